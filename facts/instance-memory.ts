/** Memory of database classes, from which PostgreSQL's limits on RDS follow. */

/** GiB of the size `large`, by the letter of the family: burstable, general purpose, memory optimized. */
const LARGE_GIB: Readonly<Record<string, number>> = { t: 8, m: 8, r: 16 };

/** Sizes as multiples of `large`. Source: RDS User Guide, "Hardware specifications for DB instance classes". */
const SIZES: Readonly<Record<string, number>> = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
};

/** GiB of memory of a class such as `db.r6g.large`. */
export function instanceMemoryGiB(instanceClass: string): number {
  const [, family, size] = /^db\.([tmr])\d[a-z]*\.([a-z0-9]+)$/.exec(instanceClass) ?? [];
  const large = LARGE_GIB[family ?? ""];
  const multiple = SIZES[size ?? ""] ?? 2 * Number(/^(\d+)xlarge$/.exec(size ?? "")?.[1] ?? NaN);
  if (large === undefined || Number.isNaN(multiple)) {
    throw new Error(
      `The memory of ${instanceClass} is not known, and with it the thresholds of its alarms; ` +
        "classes of the families t, m and r are.",
    );
  }
  return large * multiple;
}

/**
 * Connections that PostgreSQL accepts on RDS: LEAST(memory in bytes / 9531392, 5000). RDS keeps some memory
 * for itself, so that the true limit is a few percent lower.
 * Source: RDS User Guide, "Quotas and constraints", maximum number of database connections.
 */
export function maximumConnections(memoryGiB: number): number {
  return Math.min(5000, Math.floor((memoryGiB * 1024 ** 3) / 9531392));
}
