/** Names by which AWS's services appear in policies; which service is given what stands where it is given. */
import type { Fact } from "./fact";

/** Where the names stand. */
export const SERVICE_PRINCIPALS_PAGE = {
  source: "https://towardsthecloud.com/tools/aws-iam-service-principals",
  asOf: "2026-11-29",
  unverified:
    "of the list, which is made of AWS's pages, the stored copy has the first 200 of 587 rows; of the later ones the policies of public programs were seen",
} as const satisfies Fact;

/** The principals, by their first word; several of one service by what they do. */
export const SERVICE_PRINCIPALS = {
  applicationAutoscaling: "application-autoscaling.amazonaws.com",
  backup: "backup.amazonaws.com",
  budgets: "budgets.amazonaws.com",
  chatbot: "chatbot.amazonaws.com",
  cloudfront: "cloudfront.amazonaws.com",
  cloudwatch: "cloudwatch.amazonaws.com",
  config: "config.amazonaws.com",
  costAlerts: "costalerts.amazonaws.com",
  dnssec: "dnssec-route53.amazonaws.com",
  ecs: "ecs.amazonaws.com",
  ecsTasks: "ecs-tasks.amazonaws.com",
  events: "events.amazonaws.com",
  fis: "fis.amazonaws.com",
  lambda: "lambda.amazonaws.com",
  /** Access logs of load balancers. */
  loadBalancerLogs: "logdelivery.elasticloadbalancing.amazonaws.com",
  /** The same in Outposts. */
  loadBalancerLogsInOutposts: "logdelivery.elb.amazonaws.com",
  /** Logs that CloudWatch Logs delivers for other services. */
  logDelivery: "delivery.logs.amazonaws.com",
  /** Events of RDS to a topic. */
  rdsEvents: "events.rds.amazonaws.com",
  /** Enhanced monitoring of RDS. */
  rdsMonitoring: "monitoring.rds.amazonaws.com",
  route53: "route53.amazonaws.com",
  s3: "s3.amazonaws.com",
  /** Access logs of buckets. */
  s3Logs: "logging.s3.amazonaws.com",
  scheduler: "scheduler.amazonaws.com",
  sns: "sns.amazonaws.com",
  vpcFlowLogs: "vpc-flow-logs.amazonaws.com",
} as const;

/** Services whose use of a key cannot be tied to its source: a condition on the source would stop them. */
export const SOURCELESS_KEY_USERS = {
  principals: [SERVICE_PRINCIPALS.events] as readonly string[],
  source: "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/**
 * Conditions that tie a service's use of a key to a resource without a source: a grant that KMS makes for AWS's own resources, and the
 * encryption context, which the service sets to the resource's ARN.
 */
export const KEY_USE_CONDITIONS = {
  grant: "kms:grantisforawsresource",
  context: "kms:encryptioncontext:",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/**
 * Services that write an account's logs below its number alone, so that the path of a bucket policy's resource restricts them to it: "This ensures
 * that only load balancers from the specified account can write access logs to the S3 bucket."
 */
export const PATH_BOUND_LOGS = {
  principals: [
    SERVICE_PRINCIPALS.loadBalancerLogs,
    SERVICE_PRINCIPALS.loadBalancerLogsInOutposts,
  ] as readonly string[],
  /** The folder before the account's number; a prefix must not contain it. */
  folder: "AWSLogs",
  source:
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Audience of the tokens with which workflows of GitHub assume a role. */
export const STS_AUDIENCE = {
  name: "sts.amazonaws.com",
  source:
    "https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
