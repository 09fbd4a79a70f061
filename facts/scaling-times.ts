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

/** Seconds from the decision to a task on Fargate that runs: AWS's benchmark's, and those of an image of 413 MB. */
export const TASK_START = {
  seconds: [23, 62],
  source: "https://elasticscale.com/blog/reduce-aws-fargate-pull-times-with-soci",
  asOf,
  unverified: "AWS publishes no figure; 53 to 62 s are quoted of this page, which was not opened",
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
  unverified: "no stored copy of the page was opened; a few seconds to a minute are quoted of it",
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
  minutes: 15,
  share: 0.9,
  source: "https://github.com/aws/containers-roadmap/issues/1208",
  asOf,
  unverified:
    "15 of 15 points were read there, the agreement of all policies in copilot-cli's issue 4298; 90 % of the target is what AWS's alarms show, and no page was opened that says so",
} as const satisfies Fact & Record<string, unknown>;

/** Seconds between two changes by scaling of an ECS service where its policy does not say. */
export const COOLDOWN = {
  seconds: 300,
  source:
    "https://docs.aws.amazon.com/cdk/api/latest/python/aws_cdk.aws_applicationautoscaling/BaseTargetTrackingProps.html",
  asOf,
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
 * messages, and Lambda waits for none, where the mapping does not say.
 */
export const QUEUE_SCALING = {
  batch: 10,
  start: 5,
  perMinute: 300,
  /** The page's older editions say 1,000. */
  most: [1000, 1250],
  source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
  asOf,
  unverified: "the stored copy says 1,000; 1,250 is what the newest edition is quoted with",
} as const satisfies Fact & Record<string, unknown>;
