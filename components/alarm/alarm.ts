import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { ALARM_RESULT } from "../../platform/alarm-result";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { Metric } from "./metrics";
import type { AlarmSpec } from "./spec";

export interface AlarmScope {
  /** Start of the logical name. */
  readonly name: string;
  /** Topic, by ARN, in the region of the alarm: CloudWatch publishes to no other. */
  readonly topicArn: pulumi.Input<string>;
  /** Folder or URL of the runbooks. */
  readonly runbooks: string;
  /** Region of the alarm, which is that of its metric. @default the provider's region */
  readonly region?: string;
  readonly names: Names;
  readonly tags: Tags;
}

/** An alarm with its name, which composite alarms and dashboards use. */
export interface Alarm {
  readonly spec: AlarmSpec;
  readonly alarmName: string;
  readonly resource: aws.cloudwatch.MetricAlarm;
}

const SILENCE = {
  good: "notBreaching",
  bad: "breaching",
  keep: "ignore",
  unknown: "missing",
} as const;

/** The alarm of a spec: notifies the topic when it fires and when it ends. Costs by its metrics and the month. */
export function createAlarm(
  scope: AlarmScope,
  spec: AlarmSpec,
  opts: { readonly parent: pulumi.Resource; readonly dependsOn?: readonly pulumi.Resource[] },
): Alarm {
  const alarmName = scope.names.alarm(spec.part);
  const below = spec.when === "below";
  const resource = new aws.cloudwatch.MetricAlarm(
    `${scope.name}-${spec.part.toLowerCase()}`,
    {
      name: alarmName,
      alarmDescription: `${spec.meaning}. Runbook: ${runbookLink(scope.runbooks, spec.runbook)}`,
      comparisonOperator: below ? "LessThanThreshold" : "GreaterThanThreshold",
      threshold: spec.threshold,
      evaluationPeriods: spec.periods,
      datapointsToAlarm: spec.badPeriods ?? spec.periods,
      treatMissingData: SILENCE[spec.silence],
      alarmActions: [scope.topicArn],
      okActions: [scope.topicArn],
      ...watched(spec),
      region: scope.region,
      tags: scope.tags,
    },
    { ...opts, dependsOn: [...(opts.dependsOn ?? []), ...(spec.after ?? [])] },
  );
  return { spec, alarmName, resource };
}

/** `alarms#nat-ports` below `docs/runbooks` is `docs/runbooks/alarms.md#nat-ports`. */
export function runbookLink(runbooks: string, runbook: string): string {
  return `${runbooks}/${runbook.replace("#", ".md#")}`;
}

function watched(spec: AlarmSpec): Partial<aws.cloudwatch.MetricAlarmArgs> {
  if ("metric" in spec) {
    const { namespace, metricName, stat, dimensions } = spec.metric;
    return {
      namespace,
      metricName,
      period: spec.periodSeconds,
      ...(PERCENTILE.test(stat) ? { extendedStatistic: stat } : { statistic: stat }),
      ...(Object.keys(dimensions).length > 0 && { dimensions: { ...dimensions } }),
    };
  }
  return {
    metricQueries: [
      ...Object.entries(spec.metrics).map(([id, metric]) => query(id, metric, spec.periodSeconds)),
      { id: ALARM_RESULT, label: spec.part, expression: spec.expression, returnData: true },
    ],
  };
}

const PERCENTILE = /^p\d/;

function query(
  id: string,
  { namespace, metricName, stat, dimensions }: Metric,
  period: number,
): aws.types.input.cloudwatch.MetricAlarmMetricQuery {
  return { id, metric: { namespace, metricName, stat, period, dimensions: { ...dimensions } } };
}
