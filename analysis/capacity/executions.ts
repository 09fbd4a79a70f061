/** How many executions of a function a clock has running at a time. */
import { runsAfter } from "../../facts/schedule-runs";
import { parseSchedule } from "../../facts/schedules";
import { text, value, type RecoveryResource, type RecoveryStack } from "../recovery/resources";
import { planned, type Figure } from "./figures";
import { timeoutOf } from "./queues";

const SCHEDULE = "aws:scheduler/schedule:Schedule";
const PERMISSION = "aws:lambda/permission:Permission";

/** Runs that are looked at for the shortest time between two. */
const RUNS = 100;

/** What a clock starts of a function. */
export interface Clocked {
  /** Executions at a time. */
  readonly count: number;
  /** Whether nothing but its schedules starts it. */
  readonly isAlone: boolean;
  readonly figures: readonly Figure[];
}

/**
 * Executions at a time that the schedules of a function start: none where it has none or all are disabled, one where each ends
 * before the next begins.
 */
export function executionsByClock(stack: RecoveryStack, called: RecoveryResource): Clocked {
  const name = text(called, "name");
  const timeout = timeoutOf(called)!;
  const isIts = (given: string | undefined) =>
    name !== undefined && given?.split(":function:").at(-1)?.split(":")[0] === name;
  const schedules = stack.ofType(SCHEDULE).filter((one) => {
    const target = value(one, "target") as { arn?: unknown } | undefined;
    return typeof target?.arn === "string" && isIts(target.arn);
  });
  const isInvoked = stack.ofType(PERMISSION).some((one) => isIts(text(one, "function")));
  const counted = schedules.map((one) => {
    if (text(one, "state") === "DISABLED") {
      return { count: 0, figure: planned("executions", 0, "", one, "state") };
    }
    const gap = shortestGap(one);
    const count = gap === undefined ? Infinity : Math.max(1, Math.ceil(timeout.value[1] / gap));
    return { count, figure: planned("seconds between runs", gap ?? 0, "s", one, "scheduleExpression") }; // prettier-ignore
  });
  return {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    isAlone: schedules.length > 0 && !isInvoked,
    figures: schedules.length === 0 ? [] : [...counted.map(({ figure }) => figure), timeout],
  };
}

/** Seconds between two runs, the shortest of the first hundred; undefined for an expression that cannot be read. */
function shortestGap(schedule: RecoveryResource): number | undefined {
  const parsed = parseSchedule(text(schedule, "scheduleExpression") ?? "", "eventbridge-scheduler");
  if (parsed.schedule === undefined) return undefined;
  const timeZone = text(schedule, "scheduleExpressionTimezone") ?? "UTC";
  let [shortest, previous, runs] = [Infinity, NaN, 0];
  for (const run of runsAfter(parsed.schedule, new Date(Date.UTC(2024, 0)), { timeZone })) {
    if (!Number.isNaN(previous)) shortest = Math.min(shortest, run.getTime() - previous);
    previous = run.getTime();
    runs += 1;
    if (runs === RUNS) break;
  }
  return shortest / 1000;
}
