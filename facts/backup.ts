/** What AWS Backup takes and assumes of a rule. */
import { apiText, type Fact } from "./fact";

/** Minutes in which a backup begins, or counts as failed: the least, and what holds where nothing is said. */
export const START_WINDOW = {
  minimum: 60,
  default: 480,
  source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html",
  asOf: "2026-11-23",
} as const satisfies Fact & Record<string, unknown>;

/** Minutes in which a backup is complete, or counts as failed; both windows count from the schedule. */
export const COMPLETION_WINDOW = {
  /** More than the start window, at least. */
  afterStart: 60,
  minimum: START_WINDOW.minimum + 60,
  source: START_WINDOW.source,
  asOf: START_WINDOW.asOf,
  unverified: "the page has the window without a bound; AWS Backup refuses one that is shorter",
} as const satisfies Fact & Record<string, unknown>;

/** States of the events with which a job of AWS Backup ends without a recovery point; of a partial job there is none. */
export const LOST_JOBS = {
  states: ["FAILED", "EXPIRED", "ABORTED"],
  source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** States that DescribeBackupJob answers and that no complete backup follows: beside those of the events, one that begins to end and one that ends in part. */
export const FAILED_JOBS = {
  states: ["ABORTING", "ABORTED", "FAILED", "EXPIRED", "PARTIAL"],
  source: apiText("backup", "3.1092.0"),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Actions on a recovery point that delete it or shorten its retention. */
export const RECOVERY_POINT_DELETION = {
  actions: [
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:DisassociateRecoveryPointFromParent",
    "backup:UpdateRecoveryPointLifecycle",
  ],
  source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html",
  asOf: "2026-09-26",
} as const satisfies Fact & Record<string, unknown>;

/** Events that a vault still sends to its topic; of those that the API takes beside them none arrives any more. */
export const VAULT_EVENTS = {
  sent: [
    "BACKUP_JOB_STARTED",
    "BACKUP_JOB_COMPLETED",
    "COPY_JOB_STARTED",
    "COPY_JOB_SUCCESSFUL",
    "COPY_JOB_FAILED",
    "RESTORE_JOB_STARTED",
    "RESTORE_JOB_COMPLETED",
    "RECOVERY_POINT_MODIFIED",
    "S3_BACKUP_OBJECT_FAILED",
    "S3_RESTORE_OBJECT_FAILED",
  ],
  source:
    "https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsBackupBackupVaultNotificationsDetails.html",
  asOf: "2026-11-27",
} as const satisfies Fact & Record<string, unknown>;

export type VaultEvent = (typeof VAULT_EVENTS.sent)[number];

/**
 * Metric, by DBInstanceIdentifier, of the seconds since the newest moment to which a database can be restored in its own region.
 * The same function measures it.
 */
export const RESTORABLE_AGE = "RestorableAge";

/** Metric, by Store, of the seconds since the newest copy of AWS Backup in another region. The same function measures it. */
export const COPY_AGE = "NewestCopyAge";

/**
 * Metric, by DBInstanceIdentifier, of the seconds since the newest moment to which a region's automated backups restore a database. A
 * function measures it where they are copied to: RDS publishes none.
 */
export const BACKUP_AGE = "NewestBackupAge";
