import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { ServiceConfig } from "../../schema/services";
import { loadExpression, requestsExpression, serviceMetrics, type MetricSource } from "../alarm";

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
  readonly settings: ServiceConfig["scaling"];
  /** `arnSuffix` of both target groups. */
  readonly targetGroups: readonly [pulumi.Input<string>, pulumi.Input<string>];
  readonly loadBalancer: pulumi.Input<string>;
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * Adds and takes away a service's tasks. Tasks are added by target tracking that never takes any away;
 * one task at a time goes when CPU and memory use are both low. CPU use is seen as if all tasks were of
 * the wanted number: while both colours run, the idle one would halve the average.
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
      { parent: this, dependsOn: [args.ecsService] },
    );
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
    const source = metricSource(args);
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
          ...tracked(source, ["cpu", "running", "desired"]),
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
            ...tracked(source, ["blue", "green"]),
            { id: "live", expression: requestsExpression(), returnData: true },
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
    const metrics = serviceMetrics(metricSource(args));
    new aws.cloudwatch.MetricAlarm(
      `${name}-in`,
      {
        name: alarmName,
        alarmDescription:
          `CPU use below ${settings.cpuScaleInPercent} and memory use below ` +
          `${settings.memoryScaleInPercent} percent: the ${args.service} service has a task too many`,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        evaluationPeriods: LOW_MINUTES,
        datapointsToAlarm: LOW_MINUTES,
        treatMissingData: "notBreaching",
        alarmActions: [policy.arn],
        metricQueries: [
          ...(["cpu", "memory", "running", "desired"] as const).map((id) => ({
            id,
            metric: { ...metrics[id], period: 60 },
          })),
          { id: "load", expression: loadExpression() },
          {
            id: "low",
            label: "Use is low",
            expression: `IF(load < ${settings.cpuScaleInPercent} AND memory < ${settings.memoryScaleInPercent}, 1, 0)`,
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

function metricSource(args: ServiceScalingArgs): MetricSource {
  return {
    clusterName: args.clusterName,
    serviceName: args.serviceName,
    targetGroups: args.targetGroups,
    loadBalancer: args.loadBalancer,
  };
}

/** Metrics in the form that target tracking takes. */
function tracked(source: MetricSource, ids: readonly (keyof ReturnType<typeof serviceMetrics>)[]) {
  const metrics = serviceMetrics(source);
  return ids.map((id) => {
    const { namespace, metricName, stat, dimensions } = metrics[id];
    return {
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
    };
  });
}
