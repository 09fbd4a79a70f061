/** Daily and weekly windows of AWS (UTC), as minutes: whether two of them meet, and what falls into one. */
import { type Fact, providerText } from "./fact";

/** How RDS writes windows: `ddd:hh24:mi-ddd:hh24:mi` and `hh24:mi-hh24:mi`, in UTC; ElastiCache's have the same form. */
export const WINDOW_FORM: Fact = {
  source:
    "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/rds/aws.sdk.kotlin.services.rds.model/-create-db-instance-request/preferred-maintenance-window.html",
  asOf: "2026-11-28",
};

/** Minutes that the windows of a database have, of backup and maintenance alike. */
export const DATABASE_WINDOWS = {
  shortest: 30,
  longestMaintenance: 1440,
  source:
    "https://docs.aws.amazon.com/sdk-for-kotlin/api/latest/rds/aws.sdk.kotlin.services.rds.model/-create-db-instance-request/preferred-backup-window.html",
  asOf: "2026-11-28",
  unverified:
    "the page has the 30 minutes; no stored copy of a page that names a longest window was found",
} as const satisfies Fact & Record<string, unknown>;

/** Minutes that the windows of a cache have. */
export const CACHE_WINDOWS = {
  shortest: 60,
  source: providerText("elasticache/replicationGroup.ts"),
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** A window of the week: minutes from Monday 00:00 and a length, both in minutes. */
export interface Window {
  readonly start: number;
  readonly minutes: number;
}

/** The seven windows of a daily one such as `03:00-04:00`. An end before the start is on the next day. */
export function dailyWindows(text: string): Window[] {
  const [from, to] = text.split("-").map(minuteOfDay) as [number, number];
  const minutes = (to - from + DAY) % DAY;
  return DAYS.map((_, day) => ({ start: day * DAY + from, minutes }));
}

/** The window that `sun:04:00-sun:05:00` names. */
export function weeklyWindow(text: string): Window {
  const [from, to] = text.split("-").map(minuteOfWeek) as [number, number];
  return { start: from, minutes: (to - from + WEEK) % WEEK };
}

/** Whether two windows of the week share a minute. */
export function windowsOverlap(one: Window, other: Window): boolean {
  const distance = (other.start - one.start + WEEK) % WEEK;
  return distance < one.minutes || WEEK - distance < other.minutes;
}

/** Whether an instant is in a window of the week, or in the minutes before it; the window's end is outside. */
export function isInWindow(instant: Date, { start, minutes }: Window, leadMinutes = 0): boolean {
  const day = (instant.getUTCDay() + 6) % DAYS.length;
  const minute = day * DAY + instant.getUTCHours() * 60 + instant.getUTCMinutes();
  return (((minute - start + leadMinutes) % WEEK) + WEEK) % WEEK < minutes + leadMinutes;
}

/** The windows in which RDS works on a database: it makes no automated backups where they are off. */
export function databaseWindows(database: {
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  /** Days. */
  readonly backupRetentionPeriod: number;
}): Window[] {
  const { backupWindow, maintenanceWindow, backupRetentionPeriod } = database;
  return [
    ...(backupRetentionPeriod > 0 ? dailyWindows(backupWindow) : []),
    weeklyWindow(maintenanceWindow),
  ];
}

/** The first instant from one on that is in none of the windows, nor in the minutes before them; undefined where there is none. */
export function nextOutside(
  instant: Date,
  windows: readonly Window[],
  leadMinutes: number,
): Date | undefined {
  const free = (one: Date) => !windows.some((window) => isInWindow(one, window, leadMinutes));
  if (free(instant)) return instant;
  const minute = Math.floor(instant.getTime() / 60_000);
  return Array.from({ length: WEEK }, (_, ahead) => new Date((minute + ahead + 1) * 60_000)).find(
    free,
  );
}

function minuteOfDay(text: string): number {
  const [hours, minutes] = text.split(":").map(Number) as [number, number];
  return hours * 60 + minutes;
}

function minuteOfWeek(text: string): number {
  return DAYS.indexOf(text.slice(0, 3)) * DAY + minuteOfDay(text.slice(4));
}
