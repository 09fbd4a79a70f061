/** Schedules of backups. */

/** A start each `hours` hours from an hour of the day (UTC) on, as AWS Backup's cron expressions say it. */
export function backupSchedule(hours: number, firstHour: number): string {
  return hours === 24 ? `cron(0 ${firstHour} * * ? *)` : `cron(0 ${firstHour}/${hours} * * ? *)`;
}
