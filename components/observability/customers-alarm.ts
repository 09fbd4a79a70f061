import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { ObservabilityConfig } from "../../schema/observability";
import { type Alarm, type AlarmSpec, runbookLink } from "../alarm";

/** A service whose own alarms tell that customers are affected. */
export interface CustomerService {
  /** Those of its alarms that show an effect on customers. */
  readonly customerAlarmNames: readonly string[];
  readonly alarms: readonly pulumi.Resource[];
}

export interface CustomersAlarmArgs {
  readonly config: ObservabilityConfig;
  /** Topic, by ARN, that the alarm publishes to. */
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly services: Readonly<Record<string, CustomerService>>;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * One alarm over what customers feel; returns its name. It can only look at alarms of its own region, so those
 * of the edge count only where the stack is in CloudFront's.
 */
export function createCustomersAlarm(
  name: string,
  args: CustomersAlarmArgs,
  alarms: readonly Alarm[],
  opts: pulumi.CustomResourceOptions,
): string {
  const { config, services, alarmTopicArn, arns, names, tags } = args;
  const here = alarms.filter(
    ({ spec }) => spec.customers === true && (arns.region === CLOUDFRONT_REGION || !isEdge(spec)),
  );
  const watched = [
    ...here.map(({ alarmName }) => alarmName),
    ...Object.values(services).flatMap(({ customerAlarmNames }) => customerAlarmNames),
  ];
  const alarmName = names.of("customers-affected", "alarm");
  new aws.cloudwatch.CompositeAlarm(
    `${name}-customers-affected`,
    {
      alarmName,
      alarmDescription: `Customers are affected. Runbook: ${runbookLink(config.runbooks, "alarms#customers-affected")}`,
      alarmRule: watched.map((one) => `ALARM("${one}")`).join(" OR "),
      alarmActions: [alarmTopicArn],
      okActions: [alarmTopicArn],
      tags,
    },
    {
      ...opts,
      dependsOn: [
        ...here.map(({ resource }) => resource),
        ...Object.values(services).flatMap((service) => service.alarms),
      ],
    },
  );
  return alarmName;
}

function isEdge(spec: AlarmSpec): boolean {
  const metrics = "metric" in spec ? [spec.metric] : Object.values(spec.metrics);
  return metrics.some(({ region }) => region === CLOUDFRONT_REGION);
}
