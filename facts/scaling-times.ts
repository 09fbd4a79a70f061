/** How fast AWS adds what is missing, and how long it takes to replace what is gone. A pair is the shortest and the longest. */
import type { Fact } from "./fact";

const asOf = "2026-11-28";

/**
 * Target tracking of ECS services, by the resolution of the metric: seconds from a jump of the load to the decision, and to
 * the new tasks. AWS's benchmark of June 2026; the page quotes it.
 */
export const TARGET_TRACKING = {
  60: { periodSeconds: 60, periods: 3, decidedSeconds: 363, runningSeconds: 386 },
  20: { periodSeconds: 20, periods: 3, decidedSeconds: 86, runningSeconds: 109 },
  source: "https://devopscloudconsult.com/blog/ecs-auto-scaling-now-4x-faster-with-20-second-metr/",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/**
 * Seconds from the decision to a task on Fargate that runs: the 23 of AWS's benchmark (`TARGET_TRACKING`), and the most that
 * this page measured of an image of 413 MB without an index (53 to 62). AWS publishes no figure of its own.
 */
export const TASK_START = {
  seconds: [23, 62],
  source: "https://elasticscale.com/blog/reduce-aws-fargate-pull-times-with-soci",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Seconds for which CloudFront waits for an origin's answer where nothing is set. */
export const ORIGIN_READ = {
  seconds: 30,
  source:
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Seconds for which an Application Load Balancer waits for data on a connection where nothing is set. */
export const BALANCER_IDLE = {
  seconds: 60,
  source:
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Seconds of a failover of an instance with a standby; longer with large transactions. */
export const DATABASE_FAILOVER = {
  seconds: [60, 120],
  source: "https://docs.amazonaws.cn/en_us/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.md",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Seconds until a replica of a cache is the primary. */
export const CACHE_FAILOVER = {
  seconds: [10, 60],
  source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
  asOf,
  unverified:
    "the page says a few seconds until writes go on; the 10 and the minute, with the time until a failure is seen and DNS has the new primary, are on no page",
} as const satisfies Fact & Record<string, unknown>;

/** Seconds between Spot's warning and the end of a task. */
export const SPOT_WARNING = {
  seconds: 120,
  source:
    "https://docs.amazonaws.cn/en_us/AmazonECS/latest/userguide/fargate-capacity-providers.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/**
 * Target tracking that takes tasks away: minutes that all have to be below, and part of the target that they have to be below. Of
 * several policies that may take tasks away, all have to be ready.
 */
export const TRACKING_IN = {
  /** Of 15 points, as AWS answers in github.com/aws/containers-roadmap/issues/1208. */
  minutes: 15,
  /** Usually: "more than 10% lower". */
  share: 0.9,
  source:
    "https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Seconds between two changes by scaling of an ECS service where its policy does not say. */
export const COOLDOWN = {
  seconds: 300,
  source:
    "https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Seconds for which a load balancer's name leads to an address that it has no more. */
export const BALANCER_NAME = {
  seconds: 60,
  source:
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-delete.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Environments that Lambda adds to one function in ten seconds. */
export const FUNCTION_SCALING = {
  environments: 1000,
  seconds: 10,
  source: "https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html",
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/**
 * Batches of a standard queue that Lambda works on at a time: at the start, more a minute, and at most. A batch has so many
 * messages, and Lambda waits for none, where the mapping does not say. An account that has 1,000 executions ends before.
 */
export const QUEUE_SCALING = {
  batch: 10,
  start: 5,
  perMinute: 300,
  most: 1250,
  source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
