/** What AWS accepts of a number that a stack sets; a choice of ours that is narrower stands where it is made. */
import { apiModel, apiText, CFN_LINT_SCHEMAS, type Fact, guide } from "./fact";

/** Both bounds are accepted. */
export interface Bounds extends Fact {
  readonly minimum: number;
  readonly maximum: number;
  /** What holds where nothing is said. */
  readonly unset?: number;
  /** Where AWS's schema publishes them: type, then the way to the property; resource-schemas.json holds the same. */
  readonly published?: `AWS::${string}`;
}

const asOf = "2026-11-28";
const PROVIDER = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service";
const KOTLIN = "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest";
const BACKUP_API = apiText("backup", "3.1092.0");
const CONTAINER_CHECK =
  "https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ecs.HealthCheck.md";

/** Days between the deletion of a key and its effect. */
export const KEY_DELETION_DAYS = {
  ...published(7, 30, "AWS::KMS::Key/properties/PendingWindowInDays"),
  unset: 30,
} as const;

/** Days in which a deleted secret can be restored. The provider also accepts 0, which deletes at once. */
export const SECRET_RECOVERY_DAYS = {
  ...said(7, 30, `${PROVIDER}/secretsmanager/secret.go`),
  unset: 30,
} as const;

/** Days that RDS keeps automated backups; 0 is none. */
export const DATABASE_BACKUP_DAYS = said(0, 35, `${PROVIDER}/rds/instance.go`);

/** Days that ElastiCache keeps daily snapshots; 0 is none. */
export const CACHE_SNAPSHOT_DAYS = said(0, 35, `${PROVIDER}/elasticache/replication_group.go`);

/** Ports that a program can listen on. */
export const PORTS = published(
  1,
  65_535,
  "AWS::ElasticLoadBalancingV2::TargetGroup/properties/Port",
);

/** Ports of RDS for PostgreSQL; ElastiCache names no bounds of its own. */
export const DATABASE_PORTS = said(
  1150,
  65_535,
  `${KOTLIN}/rds/aws.sdk.kotlin.services.rds.model/-create-db-cluster-request/-builder/port.html`,
);

const STRATEGY = "AWS::ECS::Cluster/definitions/CapacityProviderStrategyItem/properties";

/** Share of a capacity provider. */
export const CAPACITY_WEIGHT = published(0, 1000, `${STRATEGY}/Weight`);

/** Tasks of a capacity provider before shares count. */
export const CAPACITY_BASE = published(0, 100_000, `${STRATEGY}/Base`);

const DEPLOYMENT = "AWS::ECS::Service/definitions";

/** Minutes that both versions run after the traffic has moved. */
export const BAKE_MINUTES = published(
  0,
  1440,
  `${DEPLOYMENT}/DeploymentConfiguration/properties/BakeTimeInMinutes`,
);

/** Share of the traffic that a canary gets. */
export const CANARY_PERCENT = published(
  0.1,
  100,
  `${DEPLOYMENT}/CanaryConfiguration/properties/CanaryPercent`,
);

/** Share of the traffic that moves in a step of a linear deployment. */
export const STEP_PERCENT = published(
  3,
  100,
  `${DEPLOYMENT}/LinearConfiguration/properties/StepPercent`,
);

/** Minutes between two steps of a linear deployment. */
export const STEP_MINUTES = published(
  0,
  1440,
  `${DEPLOYMENT}/LinearConfiguration/properties/StepBakeTimeInMinutes`,
);

/** The check that a container makes itself. */
export const CONTAINER_HEALTH = {
  intervalSeconds: said(5, 300, CONTAINER_CHECK),
  timeoutSeconds: said(2, 60, CONTAINER_CHECK),
  retries: said(1, 10, CONTAINER_CHECK),
  startPeriodSeconds: said(0, 300, CONTAINER_CHECK),
} as const;

const TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup/properties";

/** The check that a load balancer makes. */
export const TARGET_HEALTH = {
  intervalSeconds: {
    ...published(5, 300, `${TARGETS}/HealthCheckIntervalSeconds`),
    unset: 30,
  },
  timeoutSeconds: published(2, 120, `${TARGETS}/HealthCheckTimeoutSeconds`),
  /** Of failures as of successes. */
  threshold: { ...published(2, 10, `${TARGETS}/HealthyThresholdCount`), unset: 3 },
} as const;

/** Seconds that a target which leaves may finish its requests. */
export const DEREGISTRATION_SECONDS = said(0, 3600, `${PROVIDER}/elbv2/target_group.go`);

/** Seconds after the start in which a load balancer's check ends no task. */
export const HEALTH_GRACE_SECONDS = said(0, 2_147_483_647, `${PROVIDER}/ecs/service.go`);

/** Seconds after which a load balancer closes an idle connection. */
export const IDLE_SECONDS = said(1, 4000, apiModel("elbv2", "2015-12-01"));

/** Seconds between SIGTERM and SIGKILL on Fargate. */
export const STOP_SECONDS = said(
  1,
  120,
  `${KOTLIN}/ecs/aws.sdk.kotlin.services.ecs.model/-container-definition/stop-timeout.html`,
);

/** Order of a listener's rule. */
export const RULE_PRIORITY = published(
  1,
  50_000,
  "AWS::ElasticLoadBalancingV2::ListenerRule/properties/Priority",
);

/** Requests of one address in the window of a rate rule. */
export const RATE_LIMIT = published(10, 2_000_000_000, "AWS::WAFv2::WebACL/definitions/RateLimit");

/** Seconds that CloudFront waits for an origin's answer. */
export const ORIGIN_READ_SECONDS = said(
  1,
  120,
  "https://docs.amazonaws.cn/cloudfront/latest/APIReference/API_VpcOriginConfig.html",
);

/** Days for which S3 keeps a version from being deleted; 100 years are the most. */
export const OBJECT_LOCK_DAYS = said(
  1,
  36_500,
  guide(
    "amazon-s3-userguide",
    "1b918e0a0da664a139aad2ceb5d2ef10187c272f",
    "object-lock-managing.md",
  ),
);

/** Days that a vault keeps a backup; 100 years are the most. */
export const BACKUP_RETENTION_DAYS = said(1, 36_500, BACKUP_API);

/** Days in which the lock of a vault can be taken away. */
export const VAULT_GRACE_DAYS = said(3, 36_500, BACKUP_API);

/** Hours in which the test of a restore begins, and for which what it restored stays. */
export const RESTORE_TEST_HOURS = said(1, 168, BACKUP_API);

/** Failures in a row that make a health check of Route 53 unhealthy. */
export const HEALTH_CHECK_FAILURES = published(
  1,
  10,
  "AWS::Route53::HealthCheck/properties/HealthCheckConfig/properties/FailureThreshold",
);

/** Order of a sampling rule of X-Ray. */
export const SAMPLING_PRIORITY = published(
  1,
  9999,
  "AWS::XRay::SamplingRule/definitions/SamplingRule/properties/Priority",
);

function published(minimum: number, maximum: number, property: `AWS::${string}`): Bounds {
  return { minimum, maximum, published: property, source: `${CFN_LINT_SCHEMAS}/resources`, asOf };
}

function said(minimum: number, maximum: number, source: string): Bounds {
  return { minimum, maximum, source, asOf };
}
