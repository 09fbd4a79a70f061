import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { COMPOSITE_ALARM } from "../../facts/limits";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { inParts } from "../../platform/parts";
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
  const watchedResources = [
    ...here.map(({ resource }) => resource),
    ...Object.values(services).flatMap((service) => service.alarms),
  ];
  const alarmName = names.of("customers-affected", "alarm");
  const parts = inParts(watched, COMPOSITE_ALARM.children);
  const inPart =
    parts.length === 1
      ? []
      : parts.map((part, index) => createPart(name, args, part, index + 1, watchedResources, opts));
  new aws.cloudwatch.CompositeAlarm(
    `${name}-customers-affected`,
    {
      alarmName,
      alarmDescription: `Customers are affected. Runbook: ${runbookLink(config.runbooks, "alarms#customers-affected")}`,
      alarmRule: anyOf(inPart.length === 0 ? watched : inPart.map(({ alarmName: one }) => one)),
      alarmActions: [alarmTopicArn],
      okActions: [alarmTopicArn],
      tags,
    },
    {
      ...opts,
      dependsOn: inPart.length === 0 ? watchedResources : inPart.map(({ alarm }) => alarm),
    },
  );
  return alarmName;
}

/** Some of the alarms, where they are more than one rule may name; it publishes nothing itself. */
function createPart(
  name: string,
  { names, tags }: CustomersAlarmArgs,
  watched: readonly string[],
  number: number,
  dependsOn: pulumi.Resource[],
  opts: pulumi.CustomResourceOptions,
) {
  const alarmName = names.of(`customers-affected-${number}`, "alarm");
  const alarm = new aws.cloudwatch.CompositeAlarm(
    `${name}-customers-affected-${number}`,
    {
      alarmName,
      alarmDescription: `Part ${number} of ${names.of("customers-affected", "alarm")}, which publishes for all parts`,
      alarmRule: anyOf(watched),
      tags,
    },
    { ...opts, dependsOn },
  );
  return { alarmName, alarm };
}

function anyOf(alarms: readonly string[]): string {
  return alarms.map((one) => `ALARM("${one}")`).join(" OR ");
}

function isEdge(spec: AlarmSpec): boolean {
  const metrics = "metric" in spec ? [spec.metric] : Object.values(spec.metrics);
  return metrics.some(({ region }) => region === CLOUDFRONT_REGION);
}
