/** What detects that a region is lost: an alarm in the region that the platform is created in again. */
import { BACKUP_AGE, COPY_AGE, RESTORABLE_AGE } from "../../facts/backup";
import type { Missing } from "./missing";
import { number, text, value, type RecoveryResource, type RecoveryStack } from "./resources";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** Ages of backups: the other region's loss shows in them late, and they say nothing about the platform's health. */
const AGES: readonly unknown[] = [BACKUP_AGE, RESTORABLE_AGE, COPY_AGE];

/**
 * Alarms of a region other than the stack's that fire when their metric has no data, and notify through a topic
 * of that region. The metrics of Route 53's health checks do not count: they are in us-east-1 alone. Nor do the ages of
 * backups, which grow for minutes or hours before they fire, and report backups only.
 */
export function watchesFrom(stack: RecoveryStack, region: string): RecoveryResource[] {
  return stack
    .ofType(ALARM)
    .filter(
      (alarm) =>
        text(alarm, "region") === region &&
        text(alarm, "treatMissingData") === "breaching" &&
        text(alarm, "namespace") !== "AWS/Route53" &&
        !AGES.includes(text(alarm, "metricName")) &&
        topicsOf(alarm).some((arn) => arn.split(":")[3] === region),
    );
}

function topicsOf(alarm: RecoveryResource): string[] {
  const actions = value(alarm, "alarmActions");
  return Array.isArray(actions) ? actions.filter((arn) => typeof arn === "string") : [];
}

/** Seconds from a breach to ALARM at most: the periods that have to breach, and the one in which it begins. */
export function evaluationSeconds(alarm: RecoveryResource): number | undefined {
  const period = number(alarm, "period");
  const points = number(alarm, "datapointsToAlarm") ?? number(alarm, "evaluationPeriods");
  return period === undefined || points === undefined ? undefined : period * (points + 1);
}

/** Minutes from the loss to the call, by the alarm that is quickest: its periods, and the one in which the loss begins. */
export function noticedAfter(
  stack: RecoveryStack,
  region: string,
): { readonly minutes: number; readonly alarm: string } | undefined {
  const [quickest] = watchesFrom(stack, region)
    .map((alarm) => ({
      minutes: Math.ceil((evaluationSeconds(alarm) ?? 120) / 60),
      alarm: text(alarm, "name") ?? alarm.name,
    }))
    .sort((one, other) => one.minutes - other.minutes);
  return quickest;
}

/** A stack with copies, whose region's loss nothing detects. */
export function missingWatch(stack: RecoveryStack, region: string): Missing[] {
  const { result, unknown } = stack.noting(() => watchesFrom(stack, region));
  if (result.length > 0) return [];
  const [database] = stack.ofType("aws:rds/instance:Instance");
  if (database === undefined) return [];
  const hidden = unknown[0];
  return [
    hidden === undefined
      ? {
          urn: database.urn,
          message: `nothing in ${region} notices that its region is lost; add an alarm there that treats missing data as breaching.`,
        }
      : { urn: hidden.urn, undecided: hidden.property },
  ];
}
