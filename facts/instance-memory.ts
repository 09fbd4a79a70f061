/** Memory of database classes, from which PostgreSQL's limits on RDS follow. */
import { entryOf } from "./entry-of";
import type { Fact } from "./fact";
import { sizeMultiple } from "./size-multiple";

const asOf = "2026-11-23";

/** Where the classes stand. */
export const INSTANCE_CLASSES: Fact = {
  source:
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html",
  asOf,
};

/** GiB of the size `large`, by the letter of the family: burstable, general purpose, memory optimized. */
const LARGE_GIB: Readonly<Record<string, number>> = { t: 8, m: 8, r: 16 };

/** Sizes below `large`, as multiples of it. */
const SIZES: Readonly<Record<string, number>> = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
};

/** GiB of memory of a class such as `db.r6g.large`; none for a family that is not known. */
export function knownMemoryGiB(instanceClass: string): number | undefined {
  const [, family, size] = /^db\.([tmr])\d[a-z]*\.([a-z0-9]+)$/.exec(instanceClass) ?? [];
  const large = entryOf(LARGE_GIB, family);
  const multiple = entryOf(SIZES, size) ?? sizeMultiple(size ?? "");
  return large === undefined || multiple === undefined ? undefined : large * multiple;
}

/** The same; throws for a family that is not known. */
export function instanceMemoryGiB(instanceClass: string): number {
  const gib = knownMemoryGiB(instanceClass);
  if (gib === undefined) {
    throw new Error(
      `The memory of ${instanceClass} is not known, and with it the thresholds of its alarms; ` +
        "classes of the families t, m and r are.",
    );
  }
  return gib;
}

/** The formula of `max_connections`: LEAST(memory in bytes / divisor, most). */
export const MAX_CONNECTIONS = {
  divisor: 9531392,
  most: 5000,
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/**
 * Connections that PostgreSQL accepts on RDS. RDS keeps some memory for itself, so that the true limit is a few
 * percent lower.
 */
export function maximumConnections(memoryGiB: number): number {
  const { divisor, most } = MAX_CONNECTIONS;
  return Math.min(most, Math.floor((memoryGiB * 1024 ** 3) / divisor));
}
