import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { ServiceConfig } from "../../schema/services";
import { runbookLink, sumOf, type TargetGroups } from "../alarm";

export interface ServiceAlarmsArgs {
  /** Service, by its key in the stack file. */
  readonly service: string;
  readonly settings: ServiceConfig["deployment"]["rollbackAlarms"];
  /** `arnSuffix` of both target groups: each colour is the live one at times. */
  readonly targetGroups: TargetGroups;
  readonly loadBalancer: pulumi.Input<string>;
  /** Topic, by ARN, that an alarm notifies. */
  readonly alarmTopicArn: string;
  /** Folder or URL of the runbooks. */
  readonly runbooks: string;
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * The alarms that take a service's new version back. Each looks at the service's own two target groups
 * together, never at the load balancer, where another service's trouble would count; a colour without
 * traffic counts as well and healthy. FILL would do so for the newest minute too, which is often late, and the
 * last period would always be good. Source: CloudWatch User Guide, "Using math expressions with CloudWatch
 * metrics". Each costs by its metrics and the month.
 */
export class ServiceAlarms extends pulumi.ComponentResource {
  /** Physical names, known before the alarms exist. */
  public readonly alarmNames: readonly string[];
  /** Those of what customers feel: the load balancer leads them past one task that is not well. */
  public readonly customerAlarmNames: readonly string[];
  public readonly alarms: readonly aws.cloudwatch.MetricAlarm[];

  public constructor(
    name: string,
    args: ServiceAlarmsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ServiceAlarms", name, {}, opts);

    const { settings } = args;
    const alarms = [
      this.createAlarm(name, args, {
        part: "errors",
        description: `More than ${settings.errorPercent} percent of answers are 5XX`,
        threshold: settings.errorPercent,
        expression:
          `IF(${both("requests")} >= ${settings.minimumRequests}, ` +
          `100 * ${both("errors")} / ${both("requests")}, 0)`,
        metrics: [
          ["errors", "HTTPCode_Target_5XX_Count", "Sum"],
          ["requests", "RequestCount", "Sum"],
        ],
      }),
      this.createAlarm(name, args, {
        part: "latency",
        description: `The 95th percentile of response times is above ${settings.latencySeconds} s`,
        threshold: settings.latencySeconds,
        // Each colour separately: a canary's few requests are as little of a percentile as a quiet night's.
        expression: `MAX([${[0, 1].map((colour) => `IF(requests${colour} >= ${settings.minimumRequests}, latency${colour}, 0)`).join(", ")}])`,
        metrics: [
          ["latency", "TargetResponseTime", "p95"],
          ["requests", "RequestCount", "Sum"],
        ],
      }),
      this.createAlarm(name, args, {
        part: "unhealthy",
        description: "A task fails the load balancer's health check",
        threshold: 0,
        expression: both("unhealthy"),
        metrics: [["unhealthy", "UnHealthyHostCount", "Maximum"]],
      }),
    ];
    this.alarms = alarms.map(({ alarm }) => alarm);
    this.alarmNames = alarms.map(({ alarmName }) => alarmName);
    this.customerAlarmNames = this.alarmNames.slice(0, 2);
    this.registerOutputs({
      alarmNames: this.alarmNames,
      customerAlarmNames: this.customerAlarmNames,
    });
  }

  private createAlarm(name: string, args: ServiceAlarmsArgs, rule: AlarmRule) {
    const { settings } = args;
    const alarmName = args.names.of(`${args.service}-service-${rule.part}`, "alarm");
    const alarm = new aws.cloudwatch.MetricAlarm(
      `${name}-${rule.part}`,
      {
        name: alarmName,
        alarmDescription: `${rule.description}; a deployment of the ${args.service} service in progress is taken back. Runbook: ${runbookLink(args.runbooks, `alarms#service-${rule.part}`)}`,
        comparisonOperator: "GreaterThanThreshold",
        threshold: rule.threshold,
        evaluationPeriods: settings.evaluationPeriods,
        datapointsToAlarm: settings.evaluationPeriods,
        treatMissingData: "notBreaching",
        alarmActions: [args.alarmTopicArn],
        okActions: [args.alarmTopicArn],
        metricQueries: [
          ...rule.metrics.flatMap(([id, metricName, stat]) =>
            args.targetGroups.map((targetGroup, colour) => ({
              id: `${id}${colour}`,
              metric: {
                namespace: "AWS/ApplicationELB",
                metricName,
                stat,
                period: settings.periodSeconds,
                dimensions: { TargetGroup: targetGroup, LoadBalancer: args.loadBalancer },
              },
            })),
          ),
          {
            id: "result",
            label: rule.part,
            expression: rule.expression,
            returnData: true,
          },
        ],
        tags: args.tags,
      },
      { parent: this },
    );
    return { alarm, alarmName };
  }
}

/** A metric of blue and green together. */
function both(id: string): string {
  return sumOf([`${id}0`, `${id}1`]);
}

interface AlarmRule {
  /** Last word of the alarm's name. */
  readonly part: string;
  readonly description: string;
  readonly threshold: number;
  /** Over `<id>0` and `<id>1`, the metric of blue and of green. */
  readonly expression: string;
  /** Id, metric, statistic. */
  readonly metrics: readonly (readonly [string, string, string])[];
}
