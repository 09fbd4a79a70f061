import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { TRACKING_IN } from "../../facts/scaling-times";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { Hours } from "../../schema/hours";
import type { ServiceConfig } from "../../schema/services";
import {
  loadExpression,
  type MetricSource,
  queueMetric,
  requestMetrics,
  requestsExpression,
  type ServiceMetric,
  serviceMetrics,
  sumOf,
} from "../alarm";
import { ServiceHours } from "./service-hours";

/** Minutes for which use must be low before a task is taken away. */
const LOW_MINUTES = 10;

export interface ServiceScalingArgs {
  /** Service, by its key in the stack file. */
  readonly service: string;
  readonly clusterName: string;
  /** Physical name of the ECS service. */
  readonly serviceName: string;
  /** The ECS service: it must exist before it can be scaled. */
  readonly ecsService: pulumi.Resource;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** When the service runs; at other times it has no task. @default always */
  readonly hours?: Hours;
  readonly settings: ServiceConfig["scaling"];
  /** Target groups and load balancer, where it has any. */
  readonly source: MetricSource;
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * Adds and removes a service's tasks. Target tracking adds tasks and never removes any;
 * one task at a time is removed when CPU and memory use are both low. CPU use is seen as if all tasks were of
 * the wanted number: while both colours run, the idle one would halve the average. A service that works on a
 * queue also gets tasks by the messages that wait for each of them, and loses none while there are too many.
 */
export class ServiceScaling extends pulumi.ComponentResource {
  public readonly scaleInAlarmName: string;

  public constructor(
    name: string,
    args: ServiceScalingArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ServiceScaling", name, {}, opts);

    const target = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: "ecs",
        scalableDimension: "ecs:service:DesiredCount",
        resourceId: `service/${args.clusterName}/${args.serviceName}`,
        minCapacity: args.minCapacity,
        maxCapacity: args.maxCapacity,
        tags: args.tags,
      },
      {
        parent: this,
        dependsOn: [args.ecsService],
        // The scheduled actions set both, twice a day.
        ...(args.hours !== undefined && { ignoreChanges: ["minCapacity", "maxCapacity"] }),
      },
    );
    if (args.hours !== undefined) {
      const { hours, serviceName, minCapacity, maxCapacity } = args;
      new ServiceHours(
        `${name}-hours`,
        { hours, serviceName, target, minCapacity, maxCapacity },
        { parent: this },
      );
    }
    this.createScaleOut(name, args, target);
    this.scaleInAlarmName = this.createScaleIn(name, args, target);
    this.registerOutputs({ scaleInAlarmName: this.scaleInAlarmName });
  }

  private createScaleOut(
    name: string,
    args: ServiceScalingArgs,
    target: aws.appautoscaling.Target,
  ): void {
    const { settings } = args;
    const { cpu, running, desired } = serviceMetrics(args.source);
    const track = (part: string, targetValue: number, metric: TrackedMetric) =>
      new aws.appautoscaling.Policy(
        `${name}-${part}`,
        {
          name: args.names.of(`${args.service}-service-${part}`),
          policyType: "TargetTrackingScaling",
          ...scaled(target),
          targetTrackingScalingPolicyConfiguration: {
            targetValue,
            disableScaleIn: true,
            scaleOutCooldown: settings.scaleOutCooldownSeconds,
            ...metric,
          },
        },
        { parent: this },
      );
    track("cpu", settings.cpuTargetPercent, {
      customizedMetricSpecification: {
        metrics: [
          ...tracked({ cpu, running, desired }),
          { id: "load", expression: loadExpression(), returnData: true },
        ],
      },
    });
    // Idle tasks hold memory too: an average over both colours is close to the truth, a corrected one is not.
    track("memory", settings.memoryTargetPercent, {
      predefinedMetricSpecification: {
        predefinedMetricType: "ECSServiceAverageMemoryUtilization",
      },
    });
    if (settings.requestsPerTask !== undefined) {
      track("requests", settings.requestsPerTask, {
        customizedMetricSpecification: {
          metrics: [
            ...tracked(requestMetrics(args.source)),
            { id: "live", expression: requestsExpression(), returnData: true },
          ],
        },
      });
    }
    if (settings.backlog !== undefined) {
      track("backlog", settings.backlog.messagesPerTask, {
        customizedMetricSpecification: {
          metrics: [
            ...tracked({ ...waiting(args), running }),
            { id: "backlog", expression: "messages / running", returnData: true },
          ],
        },
      });
    }
  }

  private createScaleIn(
    name: string,
    args: ServiceScalingArgs,
    target: aws.appautoscaling.Target,
  ): string {
    const { settings } = args;
    const policy = new aws.appautoscaling.Policy(
      `${name}-in`,
      {
        name: args.names.of(`${args.service}-service-in`),
        policyType: "StepScaling",
        ...scaled(target),
        stepScalingPolicyConfiguration: {
          adjustmentType: "ChangeInCapacity",
          cooldown: settings.scaleInCooldownSeconds,
          metricAggregationType: "Average",
          stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: -1 }],
        },
      },
      { parent: this },
    );
    const alarmName = args.names.of(`${args.service}-service-scale-in`, "alarm");
    const { cpu, memory, running, desired } = serviceMetrics(args.source);
    new aws.cloudwatch.MetricAlarm(
      `${name}-in`,
      {
        name: alarmName,
        alarmDescription:
          `CPU use below ${settings.cpuScaleInPercent} and memory use below ` +
          `${settings.memoryScaleInPercent} percent${settings.backlog === undefined ? "" : ", few messages wait"}: the ${args.service} service has a task too many`,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        evaluationPeriods: LOW_MINUTES,
        datapointsToAlarm: LOW_MINUTES,
        treatMissingData: "notBreaching",
        alarmActions: [policy.arn],
        metricQueries: [
          ...Object.entries({ cpu, memory, running, desired, ...waiting(args) }).map(
            ([id, metric]) => ({ id, metric: { ...metric, period: 60 } }),
          ),
          { id: "load", expression: loadExpression() },
          {
            id: "low",
            label: "Use is low",
            expression: `IF(${lowUse(settings).join(" AND ")}, 1, 0)`,
            returnData: true,
          },
        ],
        tags: args.tags,
      },
      { parent: this },
    );
    return alarmName;
  }
}

/** All that has to be true before a task is taken away, as conditions of metric math. */
function lowUse(settings: ServiceScalingArgs["settings"]): string[] {
  return [
    `load < ${settings.cpuScaleInPercent}`,
    `memory < ${settings.memoryScaleInPercent}`,
    // One task fewer has to be well below the target, or it is added again. The tasks are added and taken off again: of a queue
    // that has been idle for hours there is no metric (see sumOf).
    ...(settings.backlog === undefined
      ? []
      : [
          // As target tracking leaves it.
          `${sumOf(["messages", "running"])} - running < ${TRACKING_IN.share * settings.backlog.messagesPerTask} * (running - 1)`,
        ]),
  ];
}

type TrackedMetric = Pick<
  aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfiguration,
  "customizedMetricSpecification" | "predefinedMetricSpecification"
>;

/** What ties a policy to the service. */
function scaled(target: aws.appautoscaling.Target) {
  return {
    serviceNamespace: target.serviceNamespace,
    scalableDimension: target.scalableDimension,
    resourceId: target.resourceId,
  };
}

/** The messages that wait, where the service works on a queue. */
function waiting({ settings, names }: ServiceScalingArgs): Record<string, ServiceMetric> {
  const { backlog } = settings;
  if (backlog === undefined) return {};
  const name = names.of(backlog.queue, "queue");
  return { messages: queueMetric("ApproximateNumberOfMessagesVisible", "Maximum", name) };
}

/** Metrics, by id, in the form that target tracking takes. */
function tracked(metrics: Readonly<Record<string, ServiceMetric>>) {
  return Object.entries(metrics).map(([id, { namespace, metricName, stat, dimensions }]) => ({
    id,
    returnData: false,
    metricStat: {
      stat,
      metric: {
        namespace,
        metricName,
        dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
      },
    },
  }));
}
