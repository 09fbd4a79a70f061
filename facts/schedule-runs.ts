/** When schedules run: the next times, those between two dates, the longest gap, how many in a month. */
import { runsOn, type Cron } from "./schedule-cron";
import type { Schedule } from "./schedules";
import { instantsOf, isUtc, wallTime } from "./time-zones";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Days of the week and of the month coincide again after 28 years. */
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
  /** Starts that do not happen, such as those in a maintenance window that comes every week. */
  readonly blocked?: (run: Date) => boolean;
}

const DEFAULT_FROM = new Date(Date.UTC(2024, 0));

/**
 * The longest time between two runs, in minutes, over 28 years. Infinite for a schedule that ends in that time or
 * whose runs are all blocked; undefined for a rate some of whose runs may be blocked, as its start decides.
 */
export function longestGap(schedule: Schedule, question: GapQuestion = {}): number | undefined {
  const { timeZone = "UTC", from = DEFAULT_FROM, blocked } = question;
  if (schedule.form === "rate") {
    return blocked === undefined ? schedule.minutes : undefined;
  }
  const lastYear = from.getUTCFullYear() + CYCLE_YEARS;
  if (schedule.form === "at" || schedule.years.at(-1)! < lastYear) {
    return Number.POSITIVE_INFINITY;
  }
  const years = isWeekly(schedule) && isUtc(timeZone) ? 1 : CYCLE_YEARS;
  const until = from.getTime() + years * 366 * DAY;
  let [longest, previous] = [0, Number.NaN];
  for (const instants of daysOf(schedule, from.getTime(), timeZone)) {
    for (const instant of instants) {
      if (instant >= from.getTime() && !blocked?.(new Date(instant))) {
        longest = Math.max(longest, Number.isNaN(previous) ? 0 : instant - previous);
        previous = instant;
      }
    }
    if (previous >= until) {
      return longest / MINUTE;
    }
    if (Number.isNaN(previous) && (instants[0] ?? 0) >= until) {
      break;
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Whether each week from the first year on is like the one before. */
function isWeekly({ days, months, years }: Cron): boolean {
  const daily = days.by === "days of the month" && days.days.size === 31;
  const unbroken = years.at(-1)! - years[0]! === years.length - 1;
  return (daily || days.by === "days of the week") && months.size === 12 && unbroken;
}

/** How often a schedule runs in a month on average, over 28 years from a date on (default: 2024). */
export function runsPerMonth(
  schedule: Schedule,
  clock: Clock & { readonly from?: Date } = {},
): number {
  const { from = DEFAULT_FROM, timeZone = "UTC" } = clock;
  const [start, end] = [from.getTime(), afterCycle(from)];
  if (schedule.form === "at") {
    return 0;
  }
  let runs = schedule.form === "rate" ? (end - start) / MINUTE / schedule.minutes : 0;
  for (const instants of schedule.form === "cron" ? daysOf(schedule, start, timeZone) : []) {
    if ((instants[0] ?? 0) >= end) {
      break;
    }
    runs += instants.filter((instant) => instant >= start && instant < end).length;
  }
  return runs / (CYCLE_YEARS * 12);
}

function afterCycle(from: Date): number {
  const end = new Date(from);
  end.setUTCFullYear(from.getUTCFullYear() + CYCLE_YEARS);
  return end.getTime();
}

/** Whether a schedule runs in each month of 28 years, February and leap years among them. */
export function runsEveryMonth(schedule: Schedule): boolean {
  if (schedule.form === "rate") {
    return schedule.minutes <= 28 * 24 * 60;
  }
  const end = afterCycle(DEFAULT_FROM);
  const months = new Set<string>();
  for (const run of schedule.form === "cron"
    ? daysOf(schedule, DEFAULT_FROM.getTime(), "UTC")
    : []) {
    if (run[0]! >= end) {
      break;
    }
    months.add(new Date(run[0]!).toISOString().slice(0, "yyyy-mm".length));
  }
  return months.size === CYCLE_YEARS * 12;
}
