/** How many executions of functions there are at a time: started by a clock, by events, or by a queue's messages. */
import { runsAfter } from "../../facts/schedule-runs";
import { parseSchedule } from "../../facts/schedules";
import {
  isSet,
  number,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import type { FunctionClient } from "./connections";
import { planned, plus, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import { UNREACHED, type Part } from "./model";
import { partOf, queuesOf } from "./queue-limits";
import { mappingsOf, reservedBy, timeoutOf } from "./queues";

const SCHEDULE = "aws:scheduler/schedule:Schedule";
const PERMISSION = "aws:lambda/permission:Permission";

/** Runs that are looked at for the shortest time between two. */
const RUNS = 100;

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

/** Whether a queue starts a function, now or once its mapping is enabled. */
function readsQueue(stack: RecoveryStack, one: RecoveryResource): boolean {
  return mappingsOf(stack).some((each) => each.function === one);
}

/** Executions at a time of several functions. */
export interface Running {
  /** What clocks start, at every load. */
  readonly fixed: Range;
  /** What events and messages start, by the load. */
  readonly parts: readonly (Part & { readonly most: Range })[];
  readonly figures: readonly Figure[];
}

/** Executions at a time; functions without a bound of their own have no more together than the account. */
export function runningOf(
  load: Load,
  functions: readonly FunctionClient[],
  startedOf: StartedOf = startedByAll,
): Running {
  const unbound = functions.filter(({ executions }) => executions === undefined);
  return together([
    ...functions.flatMap((one) =>
      one.executions ? [groupOf(load, [one], one.executions, startedOf)] : [],
    ),
    ...(unbound.length === 0
      ? []
      : [groupOf(load, unbound, [load.quota("lambdaConcurrency")], startedOf)]),
  ]);
}

/** Those of them that no queue starts; without figures where queues alone start all functions. */
export function runningBesidesQueues(load: Load, functions: readonly FunctionClient[]): Running {
  const { stack } = load;
  const started = functions.filter(
    ({ resource: one }) => executionsByClock(stack, one).isStarted || !readsQueue(stack, one),
  );
  return runningOf(load, started, startedBesidesQueues);
}

/**
 * Executions at a time that the account's quota has to have room for: what functions of the stack's own region reserve, and what
 * the load asks of the others. Those that nothing in the plan starts are left out. Undefined where there are none.
 */
export function askedOf(load: Load): Running | undefined {
  const { stack } = load;
  const functions = stack
    .ofType("aws:lambda/function:Function")
    .filter((one) => !isSet(one, "region"))
    .map((one) => ({ one, reserved: number(one, "reservedConcurrentExecutions") ?? -1 }))
    .filter(({ one, reserved }) => reserved > 0 || (reserved < 0 && isStarted(stack, one)));
  return functions.length === 0
    ? undefined
    : together(
        functions.map(
          ({ one, reserved }) =>
          reserved > 0 ? reservedOf(one, reserved) : groupOf(load, [{ resource: one }], executionsOf(stack, one), startedByAll), // prettier-ignore
        ),
      );
}

function reservedOf(one: RecoveryResource, count: number): Running {
  const figure = planned("reserved", count, "", one, "reservedConcurrentExecutions");
  return { fixed: figure.value, parts: [], figures: [figure] };
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
function isStarted(stack: RecoveryStack, one: RecoveryResource): boolean {
  return executionsByClock(stack, one).isStarted || readsQueue(stack, one);
}

/** Executions of functions that have no more together than the sum of `bounds`; without those, as many as are asked for. */
function groupOf(
  load: Load,
  functions: readonly FunctionClient[],
  bounds: readonly Figure[] | undefined,
  startedOf: StartedOf,
): Running {
  const bound: Range = bounds ? plus(...bounds.map((one) => one.value)) : [UNREACHED, UNREACHED];
  const started = functions.map(({ resource }) => startedOf(load, resource));
  const clocked = started.reduce(
    // Without a bound, a schedule that cannot be read would ask for more than every quota.
    (sum, { clock }) => sum + (bounds ? clock.count : clock.least),
    0,
  );
  const fixed = bound.map((one) => Math.min(clocked, one)) as unknown as Range;
  const perRequest = plus(...started.map((one) => one.perRequest));
  const part = { perRequest, most: [bound[0] - fixed[0], bound[1] - fixed[1]] as Range };
  return {
    fixed,
    parts: perRequest[1] > 0 ? [part] : [],
    figures: [...(bounds ?? []), ...started.flatMap(({ figures }) => figures)],
  };
}

function together(groups: readonly Running[]): Running {
  return {
    fixed: plus(...groups.map(({ fixed }) => fixed)),
    parts: groups.flatMap(({ parts }) => parts),
    figures: groups.flatMap(({ figures }) => figures),
  };
}

/** Executions of a function at a time by the clock, and for each request a second at the edge, by Little's law. */
interface Started {
  readonly clock: Pick<Clocked, "count" | "least">;
  readonly perRequest: Range;
  readonly figures: readonly Figure[];
}

type StartedOf = (load: Load, resource: RecoveryResource) => Started;

function startedByAll(load: Load, resource: RecoveryResource): Started {
  const others = startedBesidesQueues(load, resource);
  const { apiShare, assumptions } = load;
  const each = queuesOf(load)
    .map((queue) => ({ ...queue, part: partOf(queue, [resource]) }))
    .filter(({ part }) => part > 0)
    .map(({ queue, part }) => ({
      part,
      figures: ["messages", "seconds"].map((id) => assumptions.queue(queue, id)),
    }));
  return {
    clock: others.clock,
    perRequest: plus(
      others.perRequest,
      ...each.map(({ part, figures }) =>
        times(apiShare.value, part, ...figures.map(({ value: range }) => range)),
      ),
    ),
    figures: [
      ...others.figures,
      ...(each.length === 0 ? [] : [apiShare, ...each.flatMap(({ figures }) => figures)]),
    ],
  };
}

/** By schedules, and by events where another service may start it or nothing in the plan does. */
function startedBesidesQueues(load: Load, resource: RecoveryResource): Started {
  const { apiShare, assumptions, stack } = load;
  const clock = executionsByClock(stack, resource);
  if (!clock.isInvoked && isStarted(stack, resource)) {
    return { clock, perRequest: [0, 0], figures: clock.figures };
  }
  const events = assumptions.general("eventsPerThousandRequests");
  const seconds = assumptions.general("eventSeconds");
  const timeout = timeoutOf(resource)!;
  const [longest] = timeout.value;
  const lasts = seconds.value.map((one) => Math.min(one, longest)) as unknown as Range;
  return {
    clock,
    perRequest: times(apiShare.value, events.value, 1e-3, lasts),
    figures: [...clock.figures, apiShare, events, seconds, timeout],
  };
}
