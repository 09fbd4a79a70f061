/** How long a store can be without a new backup, when the clock starts them. */
import * as runs from "../../facts/schedule-runs";
import { parseSchedule } from "../../facts/schedules";
import { isInWindow, type Window } from "../../facts/time-windows";
import { isTimeZone } from "../../facts/time-zones";

/** When a rule of a backup plan starts, as the plan says it. */
export interface BackupTimes {
  readonly schedule: string;
  /** Zone of the schedule's clock; AWS Backup's own is UTC. */
  readonly timeZone?: string;
}

/**
 * The longest time between two starts of backups, in minutes, when those in one of the windows, or within `lead`
 * minutes before it, do not happen. Undefined for a schedule that AWS Backup does not accept, that ends, or whose
 * starts are all in windows.
 */
export function longestGap(
  { schedule: text, timeZone = "UTC" }: BackupTimes,
  windows: readonly Window[],
  lead: number,
): number | undefined {
  const { schedule } = parseSchedule(text, "backup");
  if (schedule === undefined || !isTimeZone(timeZone)) {
    return undefined;
  }
  const blocked = (run: Date) => windows.some((window) => isInWindow(run, window, lead));
  const gap = runs.longestGap(schedule, { timeZone, blocked });
  return gap !== undefined && Number.isFinite(gap) ? gap : undefined;
}
