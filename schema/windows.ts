/** The two windows of a store: when it is backed up, and when AWS may restart it. */
import { dailyWindows, weeklyWindow, windowsOverlap } from "../facts/time-windows";
import type { Report } from "./common";

/** Both are long enough, and none is in the other. */
export function windowRules<K extends string>(
  section: Readonly<Record<K | "maintenanceWindow", string>>,
  backup: K,
  bounds: { readonly shortest: number; readonly longestMaintenance?: number },
  report: Report,
): void {
  const { shortest, longestMaintenance: longest = Number.POSITIVE_INFINITY } = bounds;
  const { [backup]: backupWindow, maintenanceWindow } = section;
  const backups = dailyWindows(backupWindow);
  const maintenance = weeklyWindow(maintenanceWindow);
  if (backups[0]!.minutes < shortest) {
    report([backup], backupWindow, `a window of at least ${shortest} minutes`);
  }
  if (maintenance.minutes < shortest || maintenance.minutes > longest) {
    const expected = Number.isFinite(longest)
      ? `a window of ${shortest} minutes to ${longest / 60} hours`
      : `a window of at least ${shortest} minutes`;
    report(["maintenanceWindow"], maintenanceWindow, expected);
  }
  if (backups.some((one) => windowsOverlap(one, maintenance))) {
    const expected = `a window that does not overlap ${backup} ${backupWindow}`;
    report(["maintenanceWindow"], maintenanceWindow, expected);
  }
}
