/** Which function works on which queue, with how many executions at a time, and for how long a message stays with it. */
import { FUNCTION_BOUNDS } from "../../facts/eventing";
import { QUEUE_SECONDS } from "../../facts/limits";
import { QUEUE_SCALING } from "../../facts/scaling-times";
import {
  number,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { known, planned, type Figure } from "./figures";

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const QUEUE = "aws:sqs/queue:Queue";

/** An event source mapping of a queue. */
export interface QueueMapping {
  readonly mapping: RecoveryResource;
  /** Physical name. */
  readonly queue: string;
  /** The queue's resource, where it is in the stack. */
  readonly resource?: RecoveryResource;
  readonly function?: RecoveryResource;
  /** Whether Lambda reads the queue: a mapping can be disabled. */
  readonly enabled: boolean;
  /** Executions at a time at most. */
  readonly executions: Figure;
  /** What the mapping itself sets as the executions at a time; undefined: Lambda may receive more than they work on. */
  readonly maximum?: Figure;
  /** Messages of a batch at most, and seconds for which Lambda waits for them. */
  readonly batch: Figure;
  readonly window: Figure;
}

/** The mappings of the stack's queues. */
export function mappingsOf(stack: RecoveryStack): QueueMapping[] {
  return stack.ofType(MAPPING).flatMap((mapping): QueueMapping[] => {
    const arn = text(mapping, "eventSourceArn")?.split(":");
    const queue = arn?.at(-1);
    if (arn?.[2] !== "sqs" || queue === undefined) return [];
    const resource = queueOf(stack, queue);
    const called = functionOf(stack, mapping);
    const batch = number(mapping, "batchSize");
    const window = number(mapping, "maximumBatchingWindowInSeconds");
    const maximum = maximumConcurrency(mapping);
    return [
      {
        ...{ mapping, queue },
        ...(resource && { resource }),
        ...(called && { function: called }),
        enabled: value(mapping, "enabled") !== false,
        executions: queueExecutions(mapping, called),
        ...(maximum && { maximum }),
        batch:
          batch === undefined
            ? known("messages of a batch", QUEUE_SCALING.batch, "", QUEUE_SCALING)
            : planned("messages of a batch", batch, "", mapping, "batchSize"),
        window:
          window === undefined
            ? known("seconds for a batch", 0, "s", QUEUE_SCALING)
            : planned("seconds for a batch", window, "s", mapping, "maximumBatchingWindowInSeconds"), // prettier-ignore
      },
    ];
  });
}

/** The queue of a physical name. */
export function queueOf(stack: RecoveryStack, name: string): RecoveryResource | undefined {
  return stack.ofType(QUEUE).find((one) => text(one, "name") === name);
}

/** The function that a mapping calls, by its ARN or name, with or without an alias. */
function functionOf(stack: RecoveryStack, mapping: RecoveryResource): RecoveryResource | undefined {
  const called = text(mapping, "functionName");
  const [name] = (called?.split(":function:").at(-1) ?? "").split(":");
  return stack.ofType(FUNCTION).find((one) => name !== "" && text(one, "name") === name);
}

function maximumConcurrency(mapping: RecoveryResource): Figure | undefined {
  const scaling = value(mapping, "scalingConfig") as { maximumConcurrency?: unknown } | undefined;
  const most = Number(scaling?.maximumConcurrency ?? NaN);
  return Number.isFinite(most)
    ? planned("executions", most, "", mapping, "scalingConfig.maximumConcurrency")
    : undefined;
}

/** Executions that a function reserves. */
export function reservedBy(one: RecoveryResource): Figure | undefined {
  const reserved = number(one, "reservedConcurrentExecutions") ?? -1;
  return reserved < 0
    ? undefined
    : planned("executions", reserved, "", one, "reservedConcurrentExecutions");
}

/** The lesser of what the mapping may start and what the function has; else how far Lambda reads a queue. */
function queueExecutions(mapping: RecoveryResource, called: RecoveryResource | undefined): Figure {
  const bounds = [maximumConcurrency(mapping), called && reservedBy(called)].filter(
    (one) => one !== undefined,
  );
  const [least] = bounds.sort((one, other) => one.value[0] - other.value[0]);
  return least ?? known("executions", QUEUE_SCALING.most, "", QUEUE_SCALING);
}

/** Seconds for which a message that was received is not given to another reader. */
export function visibilityOf(queue: RecoveryResource | undefined): Figure {
  const { unset } = QUEUE_SECONDS.visibilityTimeout;
  const own = queue && number(queue, "visibilityTimeoutSeconds");
  return own === undefined
    ? known("visibility timeout", unset, "s", QUEUE_SECONDS)
    : planned("visibility timeout", own, "s", queue!, "visibilityTimeoutSeconds");
}

/** Seconds after which Lambda ends an execution; undefined where the function is not in the stack. */
export function timeoutOf(one: RecoveryResource | undefined): Figure | undefined {
  if (one === undefined) return undefined;
  const own = number(one, "timeout");
  return own === undefined
    ? known("timeout of the function", FUNCTION_BOUNDS.timeoutSeconds.unset, "s", FUNCTION_BOUNDS)
    : planned("timeout of the function", own, "s", one, "timeout");
}
