/** How fast functions grow: environments of one function, and batches of a queue that are worked on at a time. */
import { FUNCTION_SCALING, QUEUE_SCALING } from "../../facts/scaling-times";

/** Environments that a function may have so many seconds after a burst begins. */
export function environmentsAt(seconds: number, most: number): number {
  const { environments, seconds: each } = FUNCTION_SCALING;
  return Math.min(most, environments * (Math.floor(seconds / each) + 1));
}

/** Batches of a queue in work so many seconds after messages pile up. */
export function batchesAt(seconds: number, most: number): number {
  const { start, perMinute } = QUEUE_SCALING;
  return Math.min(most, start + (perMinute * seconds) / 60);
}
