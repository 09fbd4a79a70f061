/** How many executions of functions there are at a time: started by a clock, by events, or by a queue's messages. */
import { isSet, number, type RecoveryResource } from "../recovery/resources";
import { planned, plus, times, type Figure, type Range } from "./figures";
import {
  executionsByClock,
  executionsOf,
  isStarted,
  readsQueue,
  type Clocked,
  type FunctionClient,
} from "./function-starts";
import type { Load } from "./load";
import { UNREACHED, type Part } from "./model";
import { partOf, queuesOf } from "./queue-limits";
import { timeoutOf } from "./queues";

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
