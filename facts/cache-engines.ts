/** Versions of Redis OSS and Valkey that ElastiCache creates, each with the family of its parameter groups. */
import type { Fact } from "./fact";

const asOf = "2026-11-28";
const READ = "2026-11-29";
/** The families with their versions; cfn-lint has the same versions from ElastiCache's API. */
const FAMILIES =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html";

/**
 * Price of a node of Valkey, as a share of the same node's of Redis OSS. A serverless cache has another share.
 * The price list has 0.1648 USD an hour for cache.r6g.large with Valkey and 0.206 with Redis OSS.
 */
export const VALKEY_NODE_PRICE = {
  share: 0.8,
  source: "https://amazonaws.cn/en/elasticache/faqs",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** The first major version of Redis with users and roles: Security Hub asks earlier ones alone for a token. */
export const REDIS_USERS = {
  fromMajor: 6,
  source:
    "https://docs.aws.amazon.com/config/latest/developerguide/elasticache-repl-grp-redis-auth-enabled.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** What one cluster may have. */
export const CLUSTER_SIZE = {
  /** Replicas of a shard. */
  replicas: 5,
  /** Primaries and replicas of all shards: usually, and where AWS has raised the quota. */
  nodes: { usual: 90, raised: 500 },
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Shards.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Shards that one cluster may have where AWS has raised the quota, each with so many replicas. */
export function mostShards(replicas: number): number {
  return Math.floor(CLUSTER_SIZE.nodes.raised / (1 + replicas));
}

/** Types of nodes whose number ElastiCache can scale by their memory: of r6gd, which it scales as well, the page advises against that. */
export const SCALABLE_NODES = {
  pattern: /^cache\.(r[678]g|r5|m[678]g|m5|c[78]gn)\.(large|xlarge|2xlarge)$/,
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Percent of the memory that shards are added for, as the guide has it; the API's reference has no bounds of a target. */
export const MEMORY_TARGET = {
  minimum: 35,
  maximum: 70,
  source:
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling-Scaling-Adding-Policy-Shards.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Percent of a node's memory that is kept for snapshots and failover, where its parameter group does not say. */
export const RESERVED_MEMORY = {
  parameter: "reserved-memory-percent",
  percent: 25,
  source:
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/red-ug/redis-memory-management.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Logs that a cache delivers. */
export const CACHE_LOGS = {
  types: ["slow-log", "engine-log"],
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** One version of one engine. */
export interface CacheVersion extends Fact {
  readonly engine: "redis" | "valkey";
  readonly version: string;
  readonly family: string;
}

export const CACHE_VERSIONS: readonly CacheVersion[] = [
  { engine: "redis", version: "6.2", family: "redis6.x", source: FAMILIES, asOf: READ },
  { engine: "redis", version: "7.0", family: "redis7", source: FAMILIES, asOf: READ },
  { engine: "redis", version: "7.1", family: "redis7", source: FAMILIES, asOf: READ },
  { engine: "valkey", version: "7.2", family: "valkey7", source: FAMILIES, asOf: READ },
  { engine: "valkey", version: "8.0", family: "valkey8", source: FAMILIES, asOf: READ },
  { engine: "valkey", version: "8.1", family: "valkey8", source: FAMILIES, asOf: READ },
  { engine: "valkey", version: "8.2", family: "valkey8", source: FAMILIES, asOf: READ },
  { engine: "valkey", version: "9.0", family: "valkey9", source: FAMILIES, asOf: READ },
  { engine: "valkey", version: "9.1", family: "valkey9", source: FAMILIES, asOf: READ },
];

/** The versions of an engine, the oldest first. */
export function cacheVersions(engine: CacheVersion["engine"]): readonly string[] {
  return CACHE_VERSIONS.filter((one) => one.engine === engine).map(({ version }) => version);
}

/** The family of a version; undefined for one that ElastiCache does not create. */
export function cacheFamily(engine: CacheVersion["engine"], version: string): string | undefined {
  return CACHE_VERSIONS.find((one) => one.engine === engine && one.version === version)?.family;
}
