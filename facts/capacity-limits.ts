/** How much one resource of AWS carries, where a plan names it and no setting says so. A pair is the least and the most. */
import { entryOf } from "./entry-of";
import type { Fact } from "./fact";
import { maximumConnections } from "./instance-memory";
import { sizeMultiple } from "./size-multiple";

const asOf = "2026-11-28";

/**
 * Part of the connections that the formula of `max_connections` promises which an instance really has: RDS takes memory for
 * itself. `SHOW max_connections` of four sizes from 2 to 15.25 GiB, by the formula.
 */
export const CONNECTION_SHARE = {
  share: [0.88, 0.97],
  source: "https://gist.github.com/guizmaii/1cacffef793c2ba9645083c3e18b3d8c",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/**
 * Connections that PostgreSQL on RDS keeps back: superuser_reserved_connections and rds.rds_superuser_reserved_connections, by
 * their defaults. The sessions of RDS's own rdsadmin are beside them, counted in POOL.spare.
 */
export const RESERVED_CONNECTIONS = {
  superuser: 3,
  rdsSuperuser: 2,
  count: 5,
  source:
    "https://aws.amazon.com/premiumsupport/knowledge-center/rds-postgresql-error-connection-slots/",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Connections that PostgreSQL on RDS accepts of those who are no superuser, by the instance's GiB: at least, at most. */
export function acceptedConnections(memoryGiB: number): readonly [least: number, most: number] {
  const [least, most] = CONNECTION_SHARE.share.map((share) =>
    Math.floor(maximumConnections(memoryGiB) * share - RESERVED_CONNECTIONS.count),
  );
  return [least!, most!];
}

/** vCPUs of the size `large` and multiples of it; the burstable sizes below it have as many. */
export const INSTANCE_VCPUS = {
  large: 2,
  source:
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html",
  asOf,
  unverified: "written from the table's regularity; the page was not opened in this review",
} as const satisfies Fact & Record<string, unknown>;

/** vCPUs of a database class such as `db.r6g.2xlarge`; none for a size that is not known. */
export function instanceVcpus(instanceClass: string): number | undefined {
  const size = instanceClass.split(".")[2] ?? "";
  const multiple = /^(micro|small|medium)$/.test(size) ? 1 : sizeMultiple(size);
  return multiple === undefined ? undefined : INSTANCE_VCPUS.large * multiple;
}

/** The largest class of a generation on Graviton, in multiples of `xlarge`: 192 vCPUs from the eighth on, 64 before. */
export const LARGEST_INSTANCE = {
  multiple: { upTo7: 16, from8: 48 },
  source:
    "https://aws.amazon.com/blogs/database/leveling-up-amazon-rds-with-aws-graviton4-benchmarks/",
  asOf,
  unverified: "48xlarge of M8g and R8g was read there; 16xlarge of earlier generations was not",
} as const satisfies Fact & Record<string, unknown>;

/** Most vCPUs that the family of a class such as `db.r8g.large` has. */
export function largestVcpus(instanceClass: string): number {
  const generation = Number(/^db\.[a-z]+(\d+)/.exec(instanceClass)?.[1] ?? 0);
  const { upTo7, from8 } = LARGEST_INSTANCE.multiple;
  return (generation >= 8 ? from8 : upTo7) * 2 * INSTANCE_VCPUS.large;
}

/** Clients that one node of Redis OSS or Valkey takes. */
export const CACHE_CONNECTIONS = {
  perNode: 65_000,
  source:
    "https://docs.amazonaws.cn/en_us/AmazonElastiCache/latest/dg/BestPractices.Clients.Redis.Connections.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Clients that the smallest nodes take, by node type. */
export const SMALL_CACHE_CONNECTIONS = {
  perNode: {
    ...{ "cache.t3.micro": 20_000, "cache.t4g.micro": 20_000 },
    ...{ "cache.t3.small": 46_000, "cache.t3.medium": 46_000 },
  },
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html",
  asOf,
  unverified: "the row of maxclients is quoted of it; the page was not opened",
} as const satisfies Fact & Record<string, unknown>;

/** Clients that a node of a type takes, and where that stands. */
export function cacheConnections(nodeType: string): {
  readonly count: number;
  readonly fact: Fact;
} {
  const small = entryOf(SMALL_CACHE_CONNECTIONS.perNode, nodeType);
  return small === undefined
    ? { count: CACHE_CONNECTIONS.perNode, fact: CACHE_CONNECTIONS }
    : { count: small, fact: SMALL_CACHE_CONNECTIONS };
}

/** GiB of a cache node. */
const CACHE_GIB: Readonly<Record<string, number>> = {
  "cache.t4g.micro": 0.5,
  "cache.t4g.small": 1.37,
  "cache.t4g.medium": 3.09,
  "cache.m6g.large": 6.38,
  "cache.m7g.large": 6.38,
};

/** Where the sizes stand; the rest of the list was not shown. */
export const CACHE_MEMORY = {
  source: "https://dragonflydb.io/finops/elasticache",
  asOf,
} as const satisfies Fact;

/** GiB of a node whose size no page was opened for: by its family and multiple, on the careful side. */
export const CACHE_MEMORY_BY_FAMILY = {
  largeGiB: { m: 6.38, r: 13.07 },
  source: "https://aws.amazon.com/elasticache/pricing/",
  asOf,
  unverified: "13.07 GiB of an r6g.large is widely quoted; the page was not opened",
} as const satisfies Fact & Record<string, unknown>;

/** The largest node of the memory optimized families, in multiples of `large`: 16xlarge. */
export const LARGEST_CACHE_NODE = {
  multiple: 32,
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html",
  asOf: "2026-11-29",
  unverified: "r7g.16xlarge is widely quoted of the page, which was not opened",
} as const satisfies Fact & Record<string, unknown>;

/** GiB of the largest node that a cache can have. */
export const LARGEST_CACHE_GIB = LARGEST_CACHE_NODE.multiple * CACHE_MEMORY_BY_FAMILY.largeGiB.r;

/** GiB of a cache node type, and where that stands; none for one that is not known. */
export function cacheMemory(
  nodeType: string,
): { readonly gib: number; readonly fact: Fact } | undefined {
  const exact = entryOf(CACHE_GIB, nodeType);
  if (exact !== undefined) return { gib: exact, fact: CACHE_MEMORY };
  const [, family, size] = /^cache\.([mr])\d[a-z]*\.([a-z0-9]+)$/.exec(nodeType) ?? [];
  const large = entryOf(CACHE_MEMORY_BY_FAMILY.largeGiB, family);
  const multiple = sizeMultiple(size ?? "");
  return large === undefined || multiple === undefined
    ? undefined
    : { gib: large * multiple, fact: CACHE_MEMORY_BY_FAMILY };
}

/** What one NAT gateway carries. */
export const NAT_GATEWAY = {
  /** Connections at a time to one address, port and protocol, for each address of the gateway. */
  connections: 55_000,
  /** Addresses that a gateway may have: one, and seven more. */
  mostAddresses: 8,
  source: "https://www.repost.aws/knowledge-center/vpc-troubleshoot-nat-gateway-connection",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Connections of a load balancer to one target, an address and port: at a time, or new ones in so many seconds. */
export const TARGET_CONNECTIONS = {
  perTarget: 55_000,
  seconds: 60,
  source:
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html",
  asOf: "2026-11-29",
  unverified:
    "quoted of the Network Load Balancer's page, which was not opened; those of the Application Load Balancer give no number",
} as const satisfies Fact & Record<string, unknown>;

/** What one distribution of CloudFront serves where no quota is raised. */
export const DISTRIBUTION = {
  requestsPerSecond: 250_000,
  gbps: 150,
  source:
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Messages of a standard queue that are received and not yet deleted, about. */
export const IN_FLIGHT_MESSAGES = {
  perQueue: 120_000,
  source:
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Calls of PutLogEvents a second of an account and region, where no quota is raised, and the bytes of one. */
export const LOG_INGESTION = {
  callsPerSecond: [800, 5000],
  batchBytes: 1_048_576,
  source:
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html",
  asOf,
  unverified:
    "the size of a batch was read there; of the calls a second, 800 to 5,000 by region, no stored page shows the table",
} as const satisfies Fact & Record<string, unknown>;

/** Addresses of each subnet that AWS keeps: the first four and the last. */
export const SUBNET_ADDRESSES = {
  kept: 5,
  source: "https://docs.amazonaws.cn/goto/SdkForKotlin/ec2-2016-11-15/CreateSubnet",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Requests a second that one regional web ACL judges where no quota is raised; CloudFront's quotas bound one before a distribution. */
export const WEB_ACL = {
  requestsPerSecond: 100_000,
  source: "https://docs.aws.amazon.com/waf/latest/developerguide/limits.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Tasks that one experiment of AWS FIS may stop (aws:ecs:stop-task) where the quota is not raised. */
export const STOPPED_TASKS = {
  perExperiment: 5,
  code: "L-48D12416",
  source: "https://docs.aws.amazon.com/fis/latest/userguide/fis-quotas.html",
  asOf,
  unverified:
    "the quota, its code and the 5 were seen in others' exports of Service Quotas; the page was not opened",
} as const satisfies Fact & Record<string, unknown>;
