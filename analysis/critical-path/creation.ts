import { creationDuration, type MeasuredDuration } from "../../facts/duration-rows";
import type { PlannedResource } from "../plan/model";

/** How long the creation of one resource typically takes. */
export interface CreationTime {
  readonly seconds: number;
  /** True where no source confirms it. */
  readonly estimate: boolean;
}

/**
 * How long a resource's creation typically takes; never longer than its own `customTimeouts.create`, after
 * which the provider gives up. Components take no time, nor does what the program only reads.
 */
export function creationTimeOf(
  resource: PlannedResource,
  measured: readonly MeasuredDuration[] = [],
): CreationTime {
  if (!resource.custom || resource.external) return { seconds: 0, estimate: false };
  const { seconds, kind } = creationDuration(resource.type, resource.inputs, measured);
  const limit = resource.customTimeouts.create ?? Infinity;
  return { seconds: Math.min(seconds, limit), estimate: kind === "estimated" };
}
