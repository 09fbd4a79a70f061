/** `crm:cache`: the Redis replication group, its scaling and who gets its URL. */
import { z } from "zod";

import {
  cacheVersions,
  CLUSTER_SIZE,
  MEMORY_TARGET,
  mostShards,
  SCALABLE_NODES,
} from "../facts/cache-engines";
import { CACHE_SNAPSHOT_DAYS, DATABASE_PORTS, KEY_DELETION_DAYS } from "../facts/setting-bounds";
import { CACHE_PORTS } from "../facts/store-ports";
import { CACHE_WINDOWS } from "../facts/time-windows";
import {
  dailyWindow,
  flag,
  group,
  integer,
  within,
  list,
  logRetentionDays,
  oneOf,
  text,
  weeklyWindow,
  word,
  type Report,
  type SectionRules,
} from "./common";
import { windowRules } from "./windows";

const { replicas: MAXIMUM_REPLICAS, nodes: NODES } = CLUSTER_SIZE;
const MAXIMUM_SHARDS = mostShards(0);

/** Port of the nodes where none is set. */
export const CACHE_PORT = CACHE_PORTS.redis;

const ENGINES = { redis: "Redis", valkey: "Valkey" } as const;

const memoryScalingSchema = group({
  targetPercent: within(MEMORY_TARGET, "percent").describe(
    "Memory use at which shards are added or removed, in percent of the memory for data",
  ),
  minShards: integer(1, MAXIMUM_SHARDS, "shards").default(1).describe("Minimum number of shards"),
  maxShards: integer(1, MAXIMUM_SHARDS, "shards").describe("Maximum number of shards"),
  cooldownSeconds: integer(0, 86_400, "seconds")
    .default(600)
    .describe("Seconds between two changes of the number of shards"),
});

const parameterSchema = group({
  name: text(/^[a-z][a-z0-9-]*$/, "a Redis parameter such as maxmemory-policy"),
  value: z
    .union([z.string(), z.number()], { error: "a text or a number" })
    .transform(String)
    .describe("Value in the parameter's own unit"),
});

export const cacheSchema = group({
  enabled: flag()
    .default(true)
    .describe(
      "Whether the stack has a cache; without one no service has its URL, and the rest of the section has no effect",
    ),
  engine: oneOf(["redis", "valkey"])
    .default("redis")
    .describe(
      "Redis OSS, or Valkey, its successor; Redis becomes Valkey in place, the return replaces the cluster",
    ),
  engineVersion: text(/^\d\.\d$/, "a version such as 7.1")
    .default("7.1")
    .describe("Version of the engine; a lower one replaces the cluster"),
  nodeType: text(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "a cache node type such as cache.r6g.large")
    .default("cache.r6g.large")
    .describe("Size of each node; a change replaces node after node"),
  description: text(/^[\w .,:/()-]{1,255}$/, "1 to 255 letters, digits, spaces or .,:/()-_")
    .default("CRM Redis cluster for session and cache")
    .describe("Purpose of the cluster, shown in AWS"),
  shards: integer(1, MAXIMUM_SHARDS, "shards")
    .default(1)
    .describe("Initial number of shards; afterwards scaling sets it"),
  numCacheNodes: integer(1, NODES.raised, "nodes").describe(
    `Initial number of nodes: each shard has a primary, the others are replicas. Above ${NODES.usual}, AWS first has to raise the quota`,
  ),
  multiAz: flag().default(true).describe("Whether a shard's nodes are spread over zones"),
  automaticFailover: flag()
    .default(true)
    .describe("Whether a replica takes over when its primary fails"),
  atRestEncryption: flag().default(true).describe("Whether stored data is encrypted"),
  transitEncryption: flag().default(true).describe("Whether connections are encrypted"),
  authToken: flag().default(true).describe("Whether clients need a token"),
  tokenVersion: integer(1, 1_000_000)
    .default(1)
    .describe("Raise it to generate a new token, rewrite the URLs and restart the tasks"),
  tokenUpdateStrategy: oneOf(["ROTATE", "SET"])
    .default("ROTATE")
    .describe(
      "Whether the previous token stays valid (ROTATE) or only the last one is valid (SET)",
    ),
  port: within(DATABASE_PORTS)
    .default(CACHE_PORT)
    .describe("Port of the nodes, in the network's rules `cache`. Changing it replaces them"),
  parameters: list(parameterSchema, 0, 100, "parameters")
    .default([])
    .describe("Redis parameters besides cluster-enabled"),
  snapshotRetentionLimit: within(CACHE_SNAPSHOT_DAYS, "days")
    .default(7)
    .describe("Retention of daily snapshots in days; 0 for none"),
  snapshotWindow: dailyWindow()
    .default("03:00-05:00")
    .describe("Window in UTC in which the daily snapshot starts, at least one hour"),
  maintenanceWindow: weeklyWindow()
    .default("sun:05:00-sun:06:00")
    .describe("Window in UTC in which nodes may restart, at least one hour"),
  autoMinorVersionUpgrade: flag()
    .default(true)
    .describe(
      "Whether ElastiCache installs minor versions in the maintenance window; only with the engine's newest version",
    ),
  applyImmediately: flag()
    .default(false)
    .describe("Whether changes that restart nodes apply immediately, not in the window"),
  skipFinalSnapshot: flag().default(false).describe("Whether a deletion skips the final snapshot"),
  protect: flag().default(true).describe("Whether Pulumi refuses to delete cluster and key"),
  keyDeletionWindowDays: within(KEY_DELETION_DAYS, "days")
    .default(30)
    .describe("Days between the deletion of the key and its effect"),
  memoryScaling: memoryScalingSchema
    .optional()
    .describe("Scales the number of shards by memory use; without it the number is fixed"),
  logRetentionDays: logRetentionDays()
    .default(30)
    .describe("Days that the slow log and the engine log are kept"),
  urls: list(word(), 0, 50, "services").default([]).describe("Services that get a connection URL"),
});

export type CacheConfig = z.infer<typeof cacheSchema>;

export const cacheRules: SectionRules<CacheConfig> = (cache, report) => {
  versionRules(cache, report);
  nodeRules(cache, report);
  failoverRules(cache, report);
  windowRules(cache, "snapshotWindow", CACHE_WINDOWS, report);
  scalingRules(cache, report);
  listRules(cache, report);
  if (!cache.enabled && cache.urls.length > 0) {
    report(["urls"], cache.urls, "none, as enabled is false");
  }
  if (cache.authToken && !cache.transitEncryption) {
    report(["transitEncryption"], false, "true, which authToken requires");
  }
};

/**
 * A version of the engine that AWS does not raise automatically: the provider reads the raised version back, and the stack
 * file's version is then a downgrade, which replaces the cluster.
 * Source: https://github.com/hashicorp/terraform-provider-aws, internal/service/elasticache/engine_version.go, engineVersionForceNewOnDowngrade.
 */
function versionRules(cache: CacheConfig, report: Report): void {
  const { engine, engineVersion, autoMinorVersionUpgrade } = cache;
  const versions = cacheVersions(engine);
  if (!versions.includes(engineVersion)) {
    report(
      ["engineVersion"],
      engineVersion,
      `one of the ${ENGINES[engine]} versions ${versions.join(", ")}`,
    );
    return;
  }
  const [major] = engineVersion.split(".");
  const newest = versions.filter((version) => version.split(".")[0] === major).at(-1);
  if (autoMinorVersionUpgrade && newest !== engineVersion) {
    const expected = `${newest}, as autoMinorVersionUpgrade is true, or that as false`;
    report(["engineVersion"], engineVersion, expected);
  }
}

function nodeRules({ shards, numCacheNodes }: CacheConfig, report: Report): void {
  const maximum = shards * (MAXIMUM_REPLICAS + 1);
  if (numCacheNodes % shards !== 0 || numCacheNodes < shards || numCacheNodes > maximum) {
    const expected = `a multiple of shards (${shards}) from ${shards} to ${maximum}`;
    report(["numCacheNodes"], numCacheNodes, expected);
  }
}

/** Source: ElastiCache API Reference, CreateReplicationGroup; the group is always in cluster mode. */
function failoverRules(cache: CacheConfig, report: Report): void {
  if (!cache.automaticFailover) {
    report(["automaticFailover"], false, "true, which cluster mode requires");
  }
  if (cache.multiAz && cache.numCacheNodes === cache.shards) {
    report(["multiAz"], true, "false, as the shards have no replicas");
  }
}

function scalingRules(
  { memoryScaling, shards, numCacheNodes, nodeType }: CacheConfig,
  report: Report,
): void {
  if (!memoryScaling) {
    return;
  }
  const { minShards, maxShards } = memoryScaling;
  const nodes = numCacheNodes / shards;
  const most = mostShards(nodes - 1);
  if (maxShards < minShards) {
    const expected = `at least minShards (${minShards})`;
    report(["memoryScaling", "maxShards"], maxShards, expected);
  } else if (shards < minShards || shards > maxShards) {
    const expected = `from memoryScaling.minShards (${minShards}) to maxShards (${maxShards})`;
    report(["shards"], shards, expected);
  } else if (Number.isInteger(nodes) && maxShards > most) {
    const expected = `at most ${most} shards of ${nodes} nodes, ${NODES.raised} in all`;
    report(["memoryScaling", "maxShards"], maxShards, expected);
  }
  if (!SCALABLE_NODES.pattern.test(nodeType)) {
    const expected =
      "large, xlarge or 2xlarge of r8g, r7g, r6g, r5, m8g, m7g, m6g, m5, c8gn or c7gn, which memoryScaling requires";
    report(["nodeType"], nodeType, expected);
  }
}

function listRules({ parameters }: CacheConfig, report: Report): void {
  const names = parameters.map(({ name }) => name);
  names.forEach((name, index) => {
    if (name === "cluster-enabled") {
      report(["parameters", index, "name"], name, "another parameter: the component sets this one");
    } else if (names.indexOf(name) !== index) {
      const expected = "a parameter that is not in the list already";
      report(["parameters", index, "name"], name, expected);
    }
  });
}
