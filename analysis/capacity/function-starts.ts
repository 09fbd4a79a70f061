/** What starts a function, and what bounds its executions at a time, whatever the load. */
import { runsAfter } from "../../facts/schedule-runs";
import { parseSchedule } from "../../facts/schedules";
import { text, value, type RecoveryResource, type RecoveryStack } from "../recovery/resources";
import { planned, type Figure } from "./figures";
import { mappingsOf, reservedBy, timeoutOf } from "./queues";

const SCHEDULE = "aws:scheduler/schedule:Schedule";
const PERMISSION = "aws:lambda/permission:Permission";

/** Runs that are looked at for the shortest time between two. */
const RUNS = 100;

/** A function, each execution of which has one connection. */
export interface FunctionClient {
  readonly resource: RecoveryResource;
  /** What bounds its executions at a time, in sum; undefined where only the account's quota does, shared by all such functions. */
  readonly executions?: readonly Figure[];
}

/** What a clock starts of a function. */
export interface Clocked {
  /** Executions at a time; without end where the expression of a schedule cannot be read. */
  readonly count: number;
  /** The same with one execution for each such schedule. */
  readonly least: number;
  /** Whether another service may start it. */
  readonly isInvoked: boolean;
  /** Whether a schedule starts it, or another service may. */
  readonly isStarted: boolean;
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
      return { count: 0, least: 0, figure: planned("executions", 0, "", one, "state") };
    }
    const gap = shortestGap(one);
    const count = gap === undefined ? Infinity : Math.max(1, Math.ceil(timeout.value[1] / gap));
    const least = gap === undefined ? 1 : count;
    return { count, least, figure: planned("seconds between runs", gap ?? 0, "s", one, "scheduleExpression") }; // prettier-ignore
  });
  return {
    count: counted.reduce((sum, { count }) => sum + count, 0),
    least: counted.reduce((sum, { least }) => sum + least, 0),
    isInvoked,
    isStarted: schedules.length > 0 || isInvoked,
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

/**
 * What bounds the executions of a function at a time, in sum: what is reserved, else the maximum of each of its mappings; undefined
 * where only the account's quota does.
 */
export function executionsOf(
  stack: RecoveryStack,
  one: RecoveryResource,
): readonly Figure[] | undefined {
  const reserved = reservedBy(one);
  if (reserved !== undefined) return [reserved];
  // A mapping's maximum bounds what its queue starts and nothing else.
  if (executionsByClock(stack, one).isStarted) return undefined;
  const own = mappingsOf(stack).filter((each) => each.function === one);
  const bounds = own.flatMap(({ maximum }) => maximum ?? []);
  return own.length > 0 && bounds.length === own.length ? bounds : undefined;
}

/** Whether something in the plan starts a function: a schedule, a service that may call it, or a queue. */
export function isStarted(stack: RecoveryStack, one: RecoveryResource): boolean {
  return executionsByClock(stack, one).isStarted || readsQueue(stack, one);
}

/** Whether a queue starts a function, now or once its mapping is enabled. */
export function readsQueue(stack: RecoveryStack, one: RecoveryResource): boolean {
  return mappingsOf(stack).some((each) => each.function === one);
}
