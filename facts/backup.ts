/** What AWS Backup takes and assumes of a rule. */
import type { Fact } from "./fact";

/** Minutes in which a backup begins, or counts as failed: the least, and what holds where nothing is said. */
export const START_WINDOW = {
  minimum: 60,
  default: 480,
  source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html",
  asOf: "2026-11-23",
} as const satisfies Fact & Record<string, unknown>;
