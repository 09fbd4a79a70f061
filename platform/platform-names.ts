/** Names, without prefix, that the platform itself needs or takes. */
import type { Publisher } from "./publishers";

/** The topics that the platform reports to, with the AWS services that do so; every stack has them. */
export const PLATFORM_TOPICS = {
  /** Events of the database, failed backups. */
  "system-notifications": ["rds", "backup"],
  /** Alarms; events of backups and of the database's storage. */
  "alert-notifications": ["cloudwatch", "events"],
  /** The cache's events. */
  notifications: ["elasticache"],
} as const satisfies Record<string, readonly Publisher[]>;

/** The topic of those that alarms notify. */
export const ALERT_TOPIC = "alert-notifications" satisfies keyof typeof PLATFORM_TOPICS;

/** Functions of the platform's own: no function of a stack has such a name, no queue `dlq-` before it. */
export const PLATFORM_FUNCTIONS = [
  "deployment-gate",
  "configuration-backup",
  "region-watch",
] as const;

/** The function that runs a service's task before each new version. */
export function versionTaskFunction(service: string): string {
  return `${service}-version-task`;
}

/** Word for the database among the stores whose copies are watched; buckets have their keys in the stack file. */
export const DATABASE_WORD = "database";
