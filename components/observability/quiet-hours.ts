import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { MUTED_ALARMS } from "../../facts/limits";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { inParts } from "../../platform/parts";
import type { Tags } from "../../platform/tags";
import { restsOf, type Hours } from "../../schema/hours";
import type { Alarm } from "../alarm";

/** Minutes for which alarms stay quiet at the beginning of the hours: tasks start, and failed periods pass. */
const START_MINUTES = 15;

export interface QuietHoursArgs {
  /** When tasks run. @default always: nothing is muted */
  readonly hours?: Hours;
  /** Alarms in the stack's region, and those of the edge. */
  readonly alarms: readonly Alarm[];
  readonly edge: readonly Alarm[];
  /** The composite alarm, in the stack's region. */
  readonly customersAlarmName: string;
  readonly arns: Arns;
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * Mutes alarms that fire because no task runs, outside of the hours: they still change state, without notifications. Each rule is where its
 * alarms are. Source: CloudWatch User Guide, "Alarm mute rules".
 */
export function createQuietHours(
  name: string,
  args: QuietHoursArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { hours } = args;
  if (hours === undefined) return;
  const resting = (alarms: readonly Alarm[]) =>
    alarms
      .filter(({ spec }) => spec.customers === true || spec.needsTasks === true)
      .map(({ alarmName }) => alarmName);
  const isHere = args.arns.region === CLOUDFRONT_REGION;
  const here = resting(isHere ? [...args.alarms, ...args.edge] : args.alarms);
  mute(`${name}-quiet`, args, hours, [...here, args.customersAlarmName], undefined, opts);
  if (!isHere) mute(`${name}-edge-quiet`, args, hours, resting(args.edge), CLOUDFRONT_REGION, opts);
}

function mute(
  name: string,
  { names, tags }: QuietHoursArgs,
  hours: Hours,
  alarmNames: readonly string[],
  region: string | undefined,
  opts: pulumi.CustomResourceOptions,
): void {
  const [hour, minute] = hours.until.split(":").map(Number);
  const parts = inParts(alarmNames, MUTED_ALARMS.perRule);
  const rules = restsOf(hours).flatMap((rest) => parts.map((part) => ({ rest, part })));
  rules.forEach(({ rest, part }, index) => {
    new aws.cloudwatch.AlarmMuteRule(
      `${name}-${index + 1}`,
      {
        name: names.of(`outside-hours-${index + 1}`),
        description: "No task runs outside of crm:cluster.hours",
        rule: {
          schedule: {
            expression: `cron(${minute} ${hour} * * ${rest.days.join(",")})`,
            duration: `PT${rest.minutes + START_MINUTES}M`,
            timezone: hours.timeZone,
          },
        },
        muteTargets: { alarmNames: part },
        region,
        tags,
      },
      opts,
    );
  });
}
