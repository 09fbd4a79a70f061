/** Queues and topics that keep the order: AWS tells them by their name, and so does the stack file. */

/** End of the name of a FIFO queue or topic, and of its key in the stack file. */
export const FIFO_SUFFIX = ".fifo";

/** Whether a queue or topic is FIFO. @param name its name, key or ARN */
export function isFifo(name: string): boolean {
  return name.endsWith(FIFO_SUFFIX);
}

/** How a FIFO queue or topic tells duplicates. */
export interface FifoSettings {
  /** Whether equal bodies are duplicates; otherwise the sender names each message's id. */
  readonly contentBasedDeduplication: boolean;
  /** Whether each message group has the throughput for itself, and its own duplicates. */
  readonly highThroughput: boolean;
}
