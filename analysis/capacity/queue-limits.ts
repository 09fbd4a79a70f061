/** Limits of queues, of functions and workers alike. */
import { IN_FLIGHT_MESSAGES } from "../../facts/capacity-limits";
import { FUNCTION_BOUNDS } from "../../facts/eventing";
import { QUEUE_SECONDS } from "../../facts/limits";
import type { RecoveryResource } from "../recovery/resources";
import { known, planned, plus, times, type Figure, type Range } from "./figures";
import type { Load } from "./load";
import type { Draft } from "./model";
import {
  mappingsOf,
  queueOf,
  reservedBy,
  timeoutOf,
  visibilityOf,
  type QueueMapping,
} from "./queues";
import type { Service } from "./services";

/** A queue that functions work on: those whose mappings are enabled. */
export interface FunctionQueue {
  /** Physical name. */
  readonly queue: string;
  readonly mappings: readonly [QueueMapping, ...QueueMapping[]];
}

export function queuesOf({ stack }: Pick<Load, "stack">): FunctionQueue[] {
  const byQueue = new Map<string, [QueueMapping, ...QueueMapping[]]>();
  for (const one of mappingsOf(stack).filter(({ enabled }) => enabled)) {
    const others = byQueue.get(one.queue);
    if (others === undefined) byQueue.set(one.queue, [one]);
    else others.push(one);
  }
  return [...byQueue].map(([queue, mappings]) => ({ queue, mappings }));
}

/** Part of a queue's messages that some of its functions get: each mapping takes as many. */
export function partOf(
  { mappings }: Pick<FunctionQueue, "mappings">,
  functions: readonly RecoveryResource[],
): number {
  const own = mappings.filter((one) => one.function && functions.includes(one.function));
  return own.length / mappings.length;
}

/** Queues whose mappings are all disabled: messages wait there until one is enabled, at any load. */
export function idleQueues(load: Load): string[] {
  const read = queuesOf(load).map(({ queue }) => queue);
  const all = mappingsOf(load.stack).map(({ queue }) => queue);
  return [...new Set(all)].filter((queue) => !read.includes(queue));
}

/** Queues that functions and workers work on, messages in flight, and how long a batch may take. */
export function queueLimits(load: Load): Draft[] {
  return [
    ...queuesOf(load).flatMap((one) => functionQueueLimits(load, one)),
    ...load.services.flatMap((service) =>
      service.queue === undefined ? [] : workerLimits(load, service, service.queue),
    ),
  ];
}

function workerLimits(load: Load, service: Service, queue: string): Draft[] {
  const [seconds, atATime] = load.work(queue);
  const { most, resource } = service;
  const messages = load.of(service);
  const visibility = visibilityOf(queueOf(load.stack, queue));
  const base = { of: queue, urn: resource.urn };
  const figures = [seconds, load.share(service), load.apiShare];
  const tasks = planned("tasks at most", most, "", service.mostOf, service.mostProperty);
  const deploying = planned(
    "sets of tasks in a deployment",
    service.deploying,
    "",
    resource,
    service.deployingProperty,
  );
  return [
    {
      ...base,
      ...({ kind: "queue", unit: "messages" } as const),
      capacity: times(most, atATime.value),
      bounds: [{ kind: "queue", which: "worker", least: most * atATime.value[0], growth: "tasks" }],
      tasks: { most, desired: service.desired },
      parts: [{ perRequest: times(messages, seconds.value) }],
      figures: [...[tasks, atATime, ...figures]],
    },
    inFlight(
      base,
      messages,
      seconds.value,
      visibility,
      [tasks, deploying, atATime, ...figures],
      // A task receives no more than it works on.
      times(most, service.deploying, atATime.value),
    ),
    batchTime(
      base,
      visibility.value,
      seconds.value,
      [visibility, seconds],
      QUEUE_SECONDS.visibilityTimeout.maximum,
    ),
  ];
}

function functionQueueLimits(load: Load, { queue, mappings }: FunctionQueue): Draft[] {
  const messages = load.assumptions.queue(queue, "messages");
  const seconds = load.assumptions.queue(queue, "seconds");
  const figures = [messages, seconds, load.apiShare];
  const arrived = times(load.apiShare.value, messages.value);
  const { capacity, reservations, others } = executionsFor(load, { queue, mappings });
  const [first] = mappings;
  const base = { of: queue, urn: first.mapping.urn };
  const visibility = visibilityOf(first.resource);
  const batches = mappings.map((one) => batchSeconds(one, seconds));
  // From the receipt of a batch of one, at once, to the end of a full one that Lambda waited for.
  const held: Range = [
    seconds.value[0],
    Math.max(...batches.map(([, most], index) => most + mappings[index]!.window.value[1])),
  ];
  return [
    {
      ...base,
      ...({ kind: "queue", unit: "executions" } as const),
      capacity,
      // A batch is worked on message by message.
      parts: [{ perRequest: times(arrived, seconds.value) }, ...others.map(({ part }) => part)],
      figures: [
        ...mappings.map(({ executions }) => executions),
        ...reservations,
        ...figures,
        ...others.flatMap(({ figures: its }) => its),
      ],
    },
    inFlight(
      base,
      arrived,
      held,
      visibility,
      [
        ...figures,
        ...mappings.flatMap(({ batch, window, maximum }) => [
          ...[batch, window],
          ...(maximum ? [maximum] : []),
        ]),
      ],
      // With a maximum concurrency Lambda receives no more than its executions work on.
      mappings.every(({ maximum }) => maximum !== undefined)
        ? plus(...mappings.map(({ maximum, batch }) => times(maximum!.value, batch.value)))
        : undefined,
    ),
    ...mappings.map((one, index) => {
      const timeout = timeoutOf(one.function);
      // The visibility timeout begins with the receipt, the function's with the call.
      const visible = visibility.value[0] - one.window.value[0];
      const most = Math.min(visible, timeout?.value[0] ?? Infinity);
      return batchTime(
        { of: queue, urn: one.mapping.urn },
        [most, most],
        batches[index]!,
        [...[visibility, one.window, one.batch, seconds], ...(timeout ? [timeout] : [])],
        FUNCTION_BOUNDS.timeoutSeconds.maximum,
      );
    }),
  ];
}

/**
 * Executions that work on a queue, and what its functions do besides: all mappings of a function share what it reserves, those of
 * other queues too.
 */
export function executionsFor(load: Load, { queue, mappings }: FunctionQueue) {
  const reserving = [...new Set(mappings.map((one) => one.function))].flatMap((one) => {
    const reserved = one && reservedBy(one);
    return reserved ? [{ one, reserved }] : [];
  });
  const started = (of: QueueMapping) => of.executions.value;
  const unbound = mappings.filter((each) => !reserving.some(({ one }) => one === each.function));
  const bound = reserving.map(({ one, reserved }): Range => {
    const own = plus(...mappings.filter((each) => each.function === one).map(started));
    return [Math.min(own[0], reserved.value[0]), Math.min(own[1], reserved.value[1])];
  });
  const others = queuesOf(load)
    .filter((other) => other.queue !== queue)
    .map((other) => ({
      other,
      share: partOf(
        other,
        reserving.map(({ one }) => one),
      ),
    })) // prettier-ignore
    .filter(({ share }) => share > 0)
    .map(({ other, share }) => {
      const figures = ["messages", "seconds"].map((id) => load.assumptions.queue(other.queue, id));
      const values = figures.map((one) => one.value);
      return { part: { perRequest: times(load.apiShare.value, share, ...values) }, figures };
    });
  return {
    capacity: plus(...unbound.map(started), ...bound),
    // Of a single mapping it is among the figures where it is the lesser.
    reservations: reserving
      .filter(({ one }) => mappings.filter((each) => each.function === one).length > 1)
      .map(({ reserved }) => reserved),
    others,
  };
}

/** Seconds of work for a batch: one message to a full one. */
function batchSeconds({ batch }: QueueMapping, { value: [least, most] }: Figure): Range {
  return [least, most * batch.value[1]];
}

/** Messages that were received and not deleted, by Little's law: one is in flight no longer than it is invisible. */
function inFlight(
  base: Pick<Draft, "of" | "urn">,
  arrived: Range,
  held: Range,
  visibility: Figure,
  figures: readonly Figure[],
  most?: Range,
): Draft {
  const { perQueue } = IN_FLIGHT_MESSAGES;
  const [longest] = visibility.value;
  const seconds: Range = [Math.min(held[0], longest), Math.min(held[1], longest)];
  return {
    ...base,
    ...({ kind: "in-flight", unit: "messages" } as const),
    capacity: [perQueue, perQueue],
    parts: [{ perRequest: times(arrived, seconds), ...(most && { most }) }],
    figures: [
      known("messages in flight", perQueue, "", IN_FLIGHT_MESSAGES),
      ...[visibility, ...figures],
    ],
  };
}

/** What takes longer is ended, or given to another reader: no load has a part in it. */
function batchTime(
  base: Pick<Draft, "of" | "urn">,
  capacity: Range,
  seconds: Range,
  figures: readonly Figure[],
  ceiling: number,
): Draft {
  return {
    ...base,
    ...({ kind: "visibility", unit: "s" } as const),
    ...{ capacity, fixed: seconds, parts: [], figures, ceiling },
  };
}
