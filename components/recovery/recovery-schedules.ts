/** Schedules of backups. */

/** A start each `hours` hours from midnight UTC on, as AWS Backup's cron expressions say it. */
export function backupSchedule(hours: number): string {
  return hours === 24 ? "cron(0 0 * * ? *)" : `cron(0 0/${hours} * * ? *)`;
}
