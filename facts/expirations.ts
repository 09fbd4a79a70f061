/** Settings after which AWS deletes what a resource holds: a lower value deletes at once what is older, and nothing brings it back. */
import type { Fact } from "./fact";

/** Of one type, the setting and what it deletes. */
export interface Expiration extends Fact {
  readonly property: string;
  readonly unit: "seconds" | "hours" | "days";
  /** What is deleted once it is older. */
  readonly deletes: string;
  /** Where it is not set; undefined where the service then goes on with what it has. */
  readonly byDefault?: number;
  /** The value with which nothing is deleted. */
  readonly forever?: number;
}

const DAY = "2026-11-29";
const RDS_RETENTION =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html";
const CACHE_BACKUPS =
  "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html";

const rds: Expiration = {
  ...{ property: "backupRetentionPeriod", unit: "days", deletes: "automated backups" },
  ...{ source: RDS_RETENTION, asOf: DAY },
};
const cache: Expiration = {
  ...{ property: "snapshotRetentionLimit", unit: "days", deletes: "automatic backups" },
  ...{ byDefault: 0, source: CACHE_BACKUPS, asOf: DAY },
};

/** One row a type, by token. */
export const EXPIRATIONS: Readonly<Record<string, Expiration>> = {
  "aws:cloudtrail/eventDataStore:EventDataStore": {
    ...{ property: "retentionPeriod", unit: "days", deletes: "events" },
    source:
      "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html",
    asOf: DAY,
  },
  "aws:cloudwatch/eventArchive:EventArchive": {
    ...{ property: "retentionDays", unit: "days", deletes: "archived events", forever: 0 },
    ...{ byDefault: 0, asOf: DAY },
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Archive.html",
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    ...{ property: "retentionInDays", unit: "days", deletes: "log events", forever: 0 },
    ...{ byDefault: 0, asOf: DAY },
    source:
      "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
  },
  "aws:elasticache/cluster:Cluster": cache,
  "aws:elasticache/replicationGroup:ReplicationGroup": cache,
  "aws:kinesis/stream:Stream": {
    ...{ property: "retentionPeriod", unit: "hours", deletes: "records", byDefault: 24 },
    source:
      "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html",
    asOf: DAY,
  },
  "aws:rds/cluster:Cluster": rds,
  "aws:rds/instance:Instance": rds,
  "aws:sqs/queue:Queue": {
    ...{ property: "messageRetentionSeconds", unit: "seconds", deletes: "messages" },
    ...{ byDefault: 345_600, asOf: DAY },
    source:
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
  },
};

/** Rules of a bucket: they apply to objects that are there as well. */
export const BUCKET_RULES: Fact = {
  source:
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html",
  asOf: DAY,
};

/**
 * Rules of a repository: they expire, within 24 hours, the images that meet them. An image with the tags of one cannot be expired
 * by a rule with a lower priority, and all rules are evaluated at the same time.
 */
export const REPOSITORY_RULES: Fact = {
  source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
  asOf: DAY,
};

/**
 * Rules of a backup plan. A continuous backup gets the new retention, older points in time included; others stay as long as they were
 * created for.
 */
export const CONTINUOUS_BACKUPS: Fact = {
  source:
    "https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-retention-period.html",
  asOf: DAY,
};
