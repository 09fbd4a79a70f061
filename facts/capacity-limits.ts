/** How much one resource of AWS carries, where a plan names it and no setting says so. A pair is the least and the most. */
import { entryOf } from "./entry-of";
import { type Fact, guide } from "./fact";
import { maximumConnections } from "./instance-memory";
import { sizeMultiple } from "./size-multiple";

const asOf = "2026-11-28";
const READ = "2026-11-29";

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

/** AWS's table of database classes. */
const CLASSES = {
  source: guide(
    "amazon-rds-user-guide",
    "f2e9ed35fba2cb7e3942a1c23ed5b37162222d41",
    "Concepts.DBInstanceClass.md",
  ),
  asOf: READ,
} as const;

/** vCPUs of the size `large` and multiples of it; the sizes below it have as many in the families t3 and t4g. */
export const INSTANCE_VCPUS = {
  large: 2,
  ...CLASSES,
} as const satisfies Fact & Record<string, unknown>;

/** vCPUs of a database class such as `db.r6g.2xlarge`; none for one that is not known. */
export function instanceVcpus(instanceClass: string): number | undefined {
  const small = /^db\.t(3|4g)\.(micro|small|medium)$/.test(instanceClass);
  const multiple = small ? 1 : sizeMultiple(instanceClass.split(".")[2] ?? "");
  return multiple === undefined ? undefined : INSTANCE_VCPUS.large * multiple;
}

/**
 * The largest class of a generation on Graviton, in multiples of `xlarge`: 192 vCPUs from the eighth on, as AWS's blog has it
 * (leveling-up-amazon-rds-with-aws-graviton4-benchmarks, 2026-11-28), 64 before.
 */
export const LARGEST_INSTANCE = {
  multiple: { upTo7: 16, from8: 48 },
  ...CLASSES,
} as const satisfies Fact & Record<string, unknown>;

/** Most vCPUs of the classes on Graviton of the generation of one such as `db.r8g.large`. */
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
    ...{ "cache.t2.micro": 20_000, "cache.t2.small": 20_000, "cache.t2.medium": 20_000 },
    ...{ "cache.t3.micro": 20_000, "cache.t4g.micro": 20_000 },
    ...{ "cache.t3.small": 46_000, "cache.t3.medium": 46_000 },
  },
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html",
  asOf: READ,
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

/** GiB of cache nodes, by their families and size. */
export const CACHE_MEMORY: Fact & {
  readonly gib: Readonly<Record<string, Readonly<Record<string, number>>>>;
} = {
  gib: {
    t2: { micro: 0.555, small: 1.55, medium: 3.22 },
    "t3 t4g": { micro: 0.5, small: 1.37, medium: 3.09 },
    m4: { large: 6.42, xlarge: 14.28, "2xlarge": 29.7, "4xlarge": 60.78, "10xlarge": 154.64 },
    m5: {
      ...{ large: 6.38, xlarge: 12.93, "2xlarge": 26.04, "4xlarge": 52.26 },
      ...{ "12xlarge": 157.12, "24xlarge": 314.32 },
    },
    "m6g m7g": {
      ...{ large: 6.38, xlarge: 12.93, "2xlarge": 26.04, "4xlarge": 52.26 },
      ...{ "8xlarge": 103.68, "12xlarge": 157.12, "16xlarge": 209.55 },
    },
    m8g: {
      ...{ large: 6.79, xlarge: 14.18, "2xlarge": 29.68, "4xlarge": 61.33 },
      ...{ "8xlarge": 124.65, "12xlarge": 187.96, "16xlarge": 251.27 },
    },
    r4: {
      ...{ large: 12.3, xlarge: 25.05, "2xlarge": 50.47, "4xlarge": 101.38 },
      ...{ "8xlarge": 203.26, "16xlarge": 407 },
    },
    r5: {
      ...{ large: 13.07, xlarge: 26.32, "2xlarge": 52.82, "4xlarge": 105.81 },
      ...{ "12xlarge": 317.77, "24xlarge": 635.61 },
    },
    "r6g r6gd r7g": {
      ...{ large: 13.07, xlarge: 26.32, "2xlarge": 52.82, "4xlarge": 105.81 },
      ...{ "8xlarge": 209.55, "12xlarge": 317.77, "16xlarge": 419.09 },
    },
    r8g: {
      ...{ large: 14.18, xlarge: 29.68, "2xlarge": 61.33, "4xlarge": 124.65 },
      ...{ "8xlarge": 251.27, "12xlarge": 377.9, "16xlarge": 504.52 },
    },
    c7gn: {
      ...{ large: 3.09, xlarge: 6.38, "2xlarge": 12.94, "4xlarge": 26.05 },
      ...{ "8xlarge": 52.26, "12xlarge": 78.56, "16xlarge": 105.81 },
    },
    c8gn: {
      ...{ large: 3.1, xlarge: 6.79, "2xlarge": 14.18, "4xlarge": 29.68 },
      ...{ "8xlarge": 61.33, "12xlarge": 92.99, "16xlarge": 124.65 },
    },
  },
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html",
  asOf: READ,
};

/** GiB of the largest node that a cache can have. */
export const LARGEST_CACHE_GIB = Math.max(
  ...Object.values(CACHE_MEMORY.gib).flatMap((sizes) => Object.values(sizes)),
);

/** GiB of a cache node type, and where that stands; none for one that is not known. */
export function cacheMemory(
  nodeType: string,
): { readonly gib: number; readonly fact: Fact } | undefined {
  const [, family = "", size] = /^cache\.(\w+)\.(\w+)$/.exec(nodeType) ?? [];
  const [, sizes = {}] =
    Object.entries(CACHE_MEMORY.gib).find(([families]) => families.split(" ").includes(family)) ??
    [];
  const gib = entryOf(sizes, size);
  return gib === undefined ? undefined : { gib, fact: CACHE_MEMORY };
}

/** What one NAT gateway carries. */
export const NAT_GATEWAY = {
  /** Connections at a time to one address, port and protocol, for each address of the gateway. */
  connections: 55_000,
  /** Addresses that a gateway may have: one, and seven more. A public one has two until quota L-5F53652F is raised. */
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
    "the page has it of a Network Load Balancer; those of the Application Load Balancer give no number",
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

/** Calls of PutLogEvents a second of an account, in each region, where no quota is raised. */
export const LOG_INGESTION = {
  callsPerSecond: 5000,
  source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html",
  asOf: READ,
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

/** Tasks that one experiment of AWS FIS may stop (aws:ecs:stop-task) where it finds them by their tags; AWS does not raise it. */
export const STOPPED_TASKS = {
  perExperiment: 500,
  source: "https://docs.aws.amazon.com/fis/latest/userguide/fis-quotas.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;
