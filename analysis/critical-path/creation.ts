import table from "../../facts/creation-times.json";
import type { PlannedResource } from "../plan/model";

/** Where a time was read. */
export interface TimeSource {
  readonly url: string;
  /** What stands there, in a few words. */
  readonly says: string;
}

/** How long creating a resource of one type takes. */
export interface CreationTimeRow {
  /** Inputs by which the row applies: a value, or "set" for any value. Absent: to all. */
  readonly when?: Readonly<Record<string, string | boolean>>;
  readonly seconds: number;
  /** Shortest and longest that the sources name, in seconds. */
  readonly observed?: readonly [number, number];
  readonly sources?: readonly TimeSource[];
  /** Only with `true`: no source confirms the time. */
  readonly estimate?: boolean;
  readonly note?: string;
}

/** `creation-times.json`. */
export interface CreationTimes {
  /** Day on which the sources were read. */
  readonly asOf: string;
  /** For types without an entry. */
  readonly defaultSeconds: number;
  readonly defaultNote: string;
  /** Type token to its rows; the first that applies counts. */
  readonly types: Readonly<Record<string, readonly CreationTimeRow[]>>;
}

/** How long the creation of things typically takes. */
export const CREATION_TIMES: CreationTimes = table as unknown as CreationTimes;

/** How long the creation of one resource typically takes. */
export interface CreationTime {
  readonly seconds: number;
  /** True where no source confirms it. */
  readonly estimate: boolean;
}

/**
 * How long a resource's creation typically takes; never longer than its own `customTimeouts.create`, after
 * which the provider gives up. Components take no time.
 */
export function creationTimeOf(resource: PlannedResource): CreationTime {
  if (!resource.custom) return { seconds: 0, estimate: false };
  const row = CREATION_TIMES.types[resource.type]?.find((one) => applies(one, resource));
  const seconds = row?.seconds ?? CREATION_TIMES.defaultSeconds;
  const limit = resource.customTimeouts.create ?? Infinity;
  return {
    seconds: Math.min(seconds, limit),
    estimate: row === undefined || row.estimate === true,
  };
}

function applies({ when }: CreationTimeRow, { inputs }: PlannedResource): boolean {
  return Object.entries(when ?? {}).every(([name, value]) =>
    value === "set" ? inputs[name] !== undefined : inputs[name] === value,
  );
}
