/** Limits of queues, of functions and workers alike. */
import { IN_FLIGHT_MESSAGES } from "../../facts/capacity-limits";
import { number, text, value, type RecoveryResource } from "../recovery/resources";
import { known, planned, times } from "./figures";
import type { Load } from "./load";
import type { Draft } from "./model";

/** A queue that a function works on, with the executions that it may start. */
export interface FunctionQueue {
  readonly mapping: RecoveryResource;
  /** Physical name. */
  readonly queue: string;
  readonly most: number;
}

export function queuesOf({ stack }: Load): FunctionQueue[] {
  return stack
    .ofType("aws:lambda/eventSourceMapping:EventSourceMapping")
    .flatMap((mapping): FunctionQueue[] => {
      const queue = text(mapping, "eventSourceArn")?.split(":").at(-1);
      const scaling = value(mapping, "scalingConfig") as { maximumConcurrency?: unknown };
      const most = Number(scaling?.maximumConcurrency ?? NaN);
      return queue === undefined || !Number.isFinite(most) ? [] : [{ mapping, queue, most }];
    });
}

/** Queues that functions and workers work on, and messages in work. */
export function queueLimits(load: Load): Draft[] {
  return [
    ...queuesOf(load).flatMap((one) => functionQueueLimits(load, one)),
    ...workerLimits(load),
  ];
}

function workerLimits(load: Load): Draft[] {
  return load.services.flatMap((service): Draft[] => {
    const { queue, most } = service;
    if (queue === undefined) return [];
    const [seconds, atATime] = load.work(queue);
    return [
      {
        ...({ kind: "queue", of: queue, urn: service.resource.urn, unit: "messages" } as const),
        capacity: times(most, atATime.value),
        bounds: [{ kind: "queue", which: "worker", least: most * atATime.value[0] }],
        parts: [{ perRequest: times(load.of(service), seconds.value) }],
        figures: [
          planned("tasks at most", most, "", service.mostOf, service.mostProperty),
          planned("tasks asked for", service.desired, "", service.resource, "desiredCount"),
          ...[atATime, seconds, load.share(service), load.apiShare],
        ],
      },
    ];
  });
}

function functionQueueLimits(load: Load, { mapping, queue, most }: FunctionQueue): Draft[] {
  const messages = load.assumptions.queue(queue, "messages");
  const seconds = load.assumptions.queue(queue, "seconds");
  const figures = [messages, seconds, load.apiShare];
  const inWork = times(load.apiShare.value, messages.value, seconds.value);
  const window = number(mapping, "maximumBatchingWindowInSeconds") ?? 0;
  const base = { of: queue, urn: mapping.urn };
  return [
    {
      ...base,
      ...({ kind: "queue", unit: "executions" } as const),
      capacity: [most, most],
      // A batch is worked on message by message.
      parts: [{ perRequest: inWork }],
      figures: [
        planned("executions", most, "", mapping, "scalingConfig.maximumConcurrency"),
        ...figures,
      ],
    },
    {
      ...base,
      ...({ kind: "in-flight", unit: "messages" } as const),
      capacity: [IN_FLIGHT_MESSAGES.perQueue, IN_FLIGHT_MESSAGES.perQueue],
      parts: [
        {
          perRequest: times(load.apiShare.value, messages.value, [
            seconds.value[0] + window,
            seconds.value[1] * (number(mapping, "batchSize") ?? 10) + window,
          ]),
        },
      ],
      figures: [
        known("messages in work", IN_FLIGHT_MESSAGES.perQueue, "", IN_FLIGHT_MESSAGES),
        ...figures,
      ],
    },
  ];
}
