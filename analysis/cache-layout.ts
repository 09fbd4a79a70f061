/** Where the inputs of a replication group of ElastiCache say how many nodes it has. */

type Size = "numNodeGroups" | "replicasPerNodeGroup" | "numCacheClusters";

/** The shards of a group, and the replicas of each. */
export interface CacheLayout {
  readonly shards: number;
  /** Undefined: no input states them. */
  readonly replicas: number | undefined;
}

/**
 * A group states its replicas for each shard, or all its nodes: `numCacheClusters`, primaries included. AWS tells both of a
 * group that exists.
 *
 * @param given an input's value, undefined where it is not set or not known
 */
export function cacheLayout(given: (input: Size) => number | undefined): CacheLayout {
  const shards = given("numNodeGroups") ?? 1;
  const replicas = given("replicasPerNodeGroup");
  if (replicas !== undefined) return { shards, replicas };
  const nodes = given("numCacheClusters");
  return { shards, replicas: nodes === undefined ? undefined : nodes / shards - 1 };
}
