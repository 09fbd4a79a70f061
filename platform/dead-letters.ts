/** Dead-letter queues: one name for each queue, topic, function and service. That of a FIFO queue or topic is FIFO. */
import { isFifo } from "./fifo";

/** What the names depend on: a part of `crm:eventing`. */
export interface DeadLetterSources {
  readonly queues: Readonly<Record<string, { readonly deadLetter: { readonly name?: string } }>>;
  readonly topics: Readonly<Record<string, { readonly subscriptions: readonly unknown[] }>>;
  readonly functions: Readonly<Record<string, { readonly triggers: FunctionTriggers }>>;
}

interface FunctionTriggers {
  readonly queue?: { readonly queue: string };
  readonly schedule?: unknown;
  readonly objectCreated?: unknown;
}

/** The dead-letter queue of a queue. */
export function queueDeadLetters(sources: DeadLetterSources, queue: string): string {
  return sources.queues[queue]?.deadLetter.name ?? `dlq-${queue}`;
}

/** The queue of what a topic could not deliver. */
export function topicDeadLetters(topic: string): string {
  return `dlq-${topic}`;
}

/** The queue of a service's scheduled tasks that could not be started. */
export function tasksDeadLetters(service: string): string {
  return `dlq-${service}-tasks`;
}

/**
 * The queue of the events that a function failed on. A function that only a queue feeds shares that
 * queue's: every failed message is in one place. Lambda puts no event into a FIFO queue.
 */
export function functionDeadLetters(sources: DeadLetterSources, name: string): string {
  const triggers = sources.functions[name]?.triggers;
  return triggers?.queue !== undefined && !ownsDeadLetters(triggers)
    ? queueDeadLetters(sources, triggers.queue.queue)
    : `dlq-${name}`;
}

/** All queues of the section, with the dead-letter queues, each once. */
export function queuesOf(sources: DeadLetterSources): readonly string[] {
  const queues = Object.keys(sources.queues);
  return [
    ...new Set([
      ...queues,
      ...queues.map((queue) => queueDeadLetters(sources, queue)),
      ...Object.keys(sources.topics).map(topicDeadLetters),
      ...Object.keys(sources.functions).map((name) => functionDeadLetters(sources, name)),
    ]),
  ];
}

/** Whether events reach the function asynchronously. */
export function hasAsynchronousTrigger(triggers: FunctionTriggers): boolean {
  return triggers.schedule !== undefined || triggers.objectCreated !== undefined;
}

/** Whether the function has a dead-letter queue that it shares with no queue. */
export function ownsDeadLetters(triggers: FunctionTriggers): boolean {
  return (
    triggers.queue === undefined || isFifo(triggers.queue.queue) || hasAsynchronousTrigger(triggers)
  );
}
