/** When schedules run: the next times, those between two dates, the longest gap, how many in a month. */
import { runsOn, type Cron } from "./schedule-cron";
import type { Schedule } from "./schedules";
import { instantsOf, wallTime } from "./time-zones";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Days of the week and of the month fall together anew after 28 years. */
const CYCLE_YEARS = 28;

export interface Clock {
  /** IANA name of the zone whose clocks a cron or at expression follows. Default: UTC. */
  readonly timeZone?: string;
  /** Start of a rate, its first run. Default: one interval before the first run after the date asked about. */
  readonly start?: Date;
}

/** Runs after a date, ascending, without end as long as the schedule has none. */
export function* runsAfter(schedule: Schedule, after: Date, clock: Clock = {}): Generator<Date> {
  const { timeZone = "UTC", start } = clock;
  const since = after.getTime();
  if (schedule.form === "at") {
    const [instant] = instantsOf([schedule.wall], timeZone);
    if (instant !== undefined && instant > since) {
      yield new Date(instant);
    }
    return;
  }
  if (schedule.form === "rate") {
    const interval = schedule.minutes * MINUTE;
    const first = start?.getTime() ?? since;
    for (let k = Math.max(start ? 0 : 1, Math.floor((since - first) / interval) + 1); ; k++) {
      yield new Date(first + k * interval);
    }
  }
  for (const instants of daysOf(schedule, since, timeZone)) {
    for (const instant of instants) {
      if (instant > since) {
        yield new Date(instant);
      }
    }
  }
}

/** The first run after a date, or undefined after the last. */
export function nextRun(schedule: Schedule, after: Date, clock: Clock = {}): Date | undefined {
  const next = runsAfter(schedule, after, clock).next();
  return next.done ? undefined : next.value;
}

/** Runs from a date on and before another. */
export function runsBetween(
  schedule: Schedule,
  from: Date,
  until: Date,
  clock: Clock = {},
): Date[] {
  const runs: Date[] = [];
  for (const run of runsAfter(schedule, new Date(from.getTime() - 1), clock)) {
    if (run >= until) {
      break;
    }
    runs.push(run);
  }
  return runs;
}

/** Instants of each day on which a cron expression runs, from the day of an instant on, to the end of 2199. */
function* daysOf(cron: Cron, since: number, timeZone: string): Generator<readonly number[]> {
  const times = cron.hours.flatMap((hour) =>
    cron.minutes.map((minute) => (hour * 60 + minute) * MINUTE),
  );
  const end = Date.UTC(cron.years.at(-1)! + 1, 0);
  const first = Math.max(wallTime(since, timeZone), Date.UTC(cron.years[0]!, 0));
  let midnight = Math.floor(first / DAY) * DAY;
  while (midnight < end) {
    const date = new Date(midnight);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    if (!cron.years.includes(year)) {
      midnight = Date.UTC(year + 1, 0);
    } else if (!cron.months.has(month)) {
      midnight = Date.UTC(year, month);
    } else {
      const weekday = date.getUTCDay() + 1;
      if (runsOn(cron, { year, month, day: date.getUTCDate(), weekday })) {
        yield instantsOf(
          times.map((time) => midnight + time),
          timeZone,
        );
      }
      midnight += DAY;
    }
  }
}

export interface GapQuestion extends Clock {
  /** Where to begin to look. Default: 2024, so that the answer does not change from day to day. */
  readonly from?: Date;
  /** Starts that do not happen, such as those in a maintenance window. */
  readonly blocked?: (run: Date) => boolean;
}

/**
 * The longest time between two runs, in minutes, over 28 years. Infinite for a schedule that ends, that never
 * runs, or whose runs are all blocked; undefined for a rate some of whose runs are blocked, as its start decides.
 */
export function longestGap(schedule: Schedule, question: GapQuestion = {}): number | undefined {
  const { timeZone = "UTC", from = new Date(Date.UTC(2024, 0)), blocked } = question;
  if (schedule.form === "at") {
    return Number.POSITIVE_INFINITY;
  }
  if (schedule.form === "rate") {
    return blocked === undefined ? schedule.minutes : undefined;
  }
  const until = Date.UTC(from.getUTCFullYear() + CYCLE_YEARS, from.getUTCMonth());
  let [longest, previous] = [0, Number.NaN];
  for (const instants of daysOf(schedule, from.getTime(), timeZone)) {
    for (const instant of instants) {
      if (instant < from.getTime() || blocked?.(new Date(instant))) {
        continue;
      }
      longest = Math.max(longest, Number.isNaN(previous) ? 0 : instant - previous);
      previous = instant;
    }
    if (previous >= until) {
      return longest / MINUTE;
    }
    // All blocked: 2199 is far.
    if (Number.isNaN(previous) && (instants[0] ?? 0) >= until) {
      break;
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** How often a schedule runs in a month on average, over 28 years from a date on (default: 2024). */
export function runsPerMonth(
  schedule: Schedule,
  clock: Clock & { readonly from?: Date } = {},
): number {
  const { from = new Date(Date.UTC(2024, 0)), timeZone = "UTC" } = clock;
  const until = Date.UTC(from.getUTCFullYear() + CYCLE_YEARS, from.getUTCMonth(), from.getUTCDate());
  const months = CYCLE_YEARS * 12;
  if (schedule.form === "at") {
    return 0;
  }
  if (schedule.form === "rate") {
    return (until - from.getTime()) / MINUTE / schedule.minutes / months;
  }
  let runs = 0;
  for (const instants of daysOf(schedule, from.getTime(), timeZone)) {
    const inside = instants.filter((instant) => instant >= from.getTime() && instant < until);
    runs += inside.length;
    if ((instants.at(-1) ?? 0) >= until) {
      break;
    }
  }
  return runs / months;
}

/** Whether a schedule runs in every month of a cycle of 28 years, so that February counts. */
export function runsEveryMonth(schedule: Schedule): boolean {
  const gap = longestGap(schedule);
  if (schedule.form !== "cron") {
    return schedule.form === "rate" && schedule.minutes <= 31 * 24 * 60;
  }
  if (gap === undefined || !Number.isFinite(gap)) {
    return false;
  }
  const months = new Set<string>();
  const until = Date.UTC(2024 + CYCLE_YEARS, 0);
  for (const instants of daysOf(schedule, Date.UTC(2024, 0), "UTC")) {
    if (instants[0]! >= until) {
      break;
    }
    months.add(new Date(instants[0]!).toISOString().slice(0, 7));
  }
  return months.size === CYCLE_YEARS * 12;
}
