/** How a service's tasks are scaled, as the plan says: by which figures, how fast, how they are taken away, and at what time of day. */
import { COOLDOWN } from "../../facts/scaling-times";
import { runsBetween } from "../../facts/schedule-runs";
import { parseSchedule, type ScheduleService } from "../../facts/schedules";
import { instantsOf, isTimeZone } from "../../facts/time-zones";
import {
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";

const POLICY = "aws:appautoscaling/policy:Policy";
const ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** A policy that tracks a figure of a task. */
export interface Tracking {
  readonly by: "cpu" | "requests" | "backlog";
  /** Percent of the processors; requests a minute to a task; messages that wait for a task. */
  readonly target: number;
  readonly outCooldownSeconds: number;
  readonly inCooldownSeconds: number;
  /** Whether it takes tasks away as well. */
  readonly scalesIn: boolean;
  /** Seconds of a point of its metric. */
  readonly resolution: 60 | 20;
  /** Physical name of the queue, where messages are counted. */
  readonly queue?: string;
  readonly policy: RecoveryResource;
}

/** A step that takes tasks away while an alarm says that use is low. */
export interface StepIn {
  readonly tasks: number;
  /** Percent of the processors that use has to be below; undefined where the alarm looks at something else. */
  readonly below: number;
  /** Messages of each task that is left, that have to wait for fewer. */
  readonly messagesBelow?: number;
  /** Seconds for which it has to be so. */
  readonly lowSeconds: number;
  readonly cooldownSeconds: number;
}

/** From a time of day on, these are the fewest and the most. */
export interface Bounds {
  /** Second of the day. */
  readonly second: number;
  readonly least: number;
  readonly most: number;
}

/** All of it. */
export interface Scaling {
  readonly tracking: readonly Tracking[];
  readonly stepIn?: StepIn;
  /** In the order of the day; empty where no clock sets them. */
  readonly day: readonly Bounds[];
}

/** What scales a target. */
export function scalingOf(stack: RecoveryStack, target: RecoveryResource | undefined): Scaling {
  const id = target && text(target, "resourceId");
  if (id === undefined) return { tracking: [], day: [] };
  const policies = stack.ofType(POLICY).filter((one) => text(one, "resourceId") === id);
  const stepIn = policies.flatMap((policy) => stepInOf(stack, policy) ?? [])[0];
  return {
    tracking: policies.flatMap((policy) => trackingOf(policy) ?? []),
    ...(stepIn && { stepIn }),
    day: boundsOf(stack, id),
  };
}

/** What a metric is called that a policy may track, and what of a task it counts. */
const METRICS = [
  ["cpu", /CPUUtilization/],
  ["requests", /RequestCount/],
  ["backlog", /ApproximateNumberOfMessagesVisible/],
] as const;

/** Policies that track memory are not simulated: there is no assumption on the memory of a request. */
function trackingOf(policy: RecoveryResource): Tracking | undefined {
  const given = value(policy, "targetTrackingScalingPolicyConfiguration") as
    Readonly<Record<string, unknown>> | undefined;
  if (given === undefined) return undefined;
  const json = JSON.stringify(given);
  const [by] = METRICS.find(([, name]) => name.test(json)) ?? [];
  const { targetValue, scaleOutCooldown, scaleInCooldown, disableScaleIn } = given;
  if (by === undefined || typeof targetValue !== "number") return undefined;
  const [, queue] = /"name":"QueueName","value":"([^"]+)"/.exec(json) ?? [];
  return {
    ...{ by, target: targetValue, policy },
    outCooldownSeconds: Number(scaleOutCooldown ?? COOLDOWN.seconds),
    inCooldownSeconds: Number(scaleInCooldown ?? COOLDOWN.seconds),
    scalesIn: disableScaleIn !== true,
    resolution: /HighResolution/.test(json) ? 20 : 60,
    ...(queue !== undefined && { queue }),
  };
}

function stepInOf(stack: RecoveryStack, policy: RecoveryResource): StepIn | undefined {
  const given = value(policy, "stepScalingPolicyConfiguration") as
    Readonly<Record<string, unknown>> | undefined;
  const steps = records(given?.["stepAdjustments"]);
  const tasks = Math.max(0, ...steps.map(({ scalingAdjustment }) => -Number(scalingAdjustment)));
  const [alarm] = stack
    .ofType(ALARM)
    .filter(({ references }) => references["alarmActions"]?.includes(policy.urn));
  if (given?.["adjustmentType"] !== "ChangeInCapacity" || !(tasks > 0) || alarm === undefined) {
    return undefined;
  }
  const low = lowUseOf(alarm);
  if (low === undefined) return undefined;
  return { ...low, tasks, cooldownSeconds: Number(given["cooldown"] ?? COOLDOWN.seconds) };
}

/** What an alarm calls low: of its metric, or in the expression that it watches. */
function lowUseOf(alarm: RecoveryResource) {
  const queries = records(value(alarm, "metricQueries"));
  const metric = queries.find((query) => query["metric"] !== undefined)?.["metric"];
  const period = (metric as { readonly period?: unknown } | undefined)?.period;
  const seconds = Number(period ?? number(alarm, "period") ?? 60);
  const lowSeconds = seconds * (number(alarm, "evaluationPeriods") ?? 1);
  const threshold = number(alarm, "threshold");
  if (/CPUUtilization/.test(text(alarm, "metricName") ?? "") && threshold !== undefined) {
    return { below: threshold, lowSeconds };
  }
  const watched = queries.find(({ returnData }) => returnData === true)?.["expression"];
  const expression = typeof watched === "string" ? watched : "";
  const [, below] = /\b(?:load|cpu) < ([\d.]+)/.exec(expression) ?? [];
  const [, messages] = /< ([\d.]+) \* \(running - 1\)/.exec(expression) ?? [];
  if (below === undefined) return undefined;
  return {
    ...{ below: Number(below), lowSeconds },
    ...(messages !== undefined && { messagesBelow: Number(messages) }),
  };
}

/** The numbers that clocks set through a working day. */
export function boundsOf(stack: RecoveryStack, resourceId: string): Bounds[] {
  return stack
    .ofType(ACTION)
    .filter((one) => text(one, "resourceId") === resourceId)
    .flatMap((one) => {
      const { minCapacity, maxCapacity } = (value(one, "scalableTargetAction") ?? {}) as Readonly<
        Record<string, unknown>
      >;
      const [least, most] = [Number(minCapacity ?? NaN), Number(maxCapacity ?? NaN)];
      if (Number.isNaN(least) || Number.isNaN(most)) return [];
      const zone = text(one, "timezone") ?? "UTC";
      return secondsOf(stack, text(one, "schedule"), "application-auto-scaling", zone).map(
        (second): Bounds => ({ second, least, most }),
      );
    })
    .sort((one, other) => one.second - other.second);
}

/** A Wednesday on which no clock is changed. */
const WORKING_DAY = Date.UTC(2025, 0, 15);
const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** Seconds of a working day, where the stack's first clock is, at which a schedule runs; none for a single time. */
export function secondsOf(
  stack: RecoveryStack,
  expression: string | undefined,
  service: ScheduleService,
  timeZone: string,
): number[] {
  const { schedule } = parseSchedule(expression ?? "", service);
  if (schedule === undefined || schedule.form === "at" || !isTimeZone(timeZone)) return [];
  const [midnight] = instantsOf([WORKING_DAY], zoneOf(stack));
  const from = new Date(midnight ?? WORKING_DAY);
  const until = new Date(from.getTime() + DAY_MILLISECONDS);
  return runsBetween(schedule, from, until, { timeZone, start: from }).map(
    (run) => (run.getTime() - from.getTime()) / 1000,
  );
}

/** The zone of the first clock that sets a number of tasks; UTC where there is none. */
function zoneOf(stack: RecoveryStack): string {
  const zone = stack.ofType(ACTION).flatMap((one) => text(one, "timezone") ?? [])[0] ?? "UTC";
  return isTimeZone(zone) ? zone : "UTC";
}
