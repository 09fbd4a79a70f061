/** How long a store can be without a new backup, when the clock starts them. */
import { weeklyWindow } from "../../facts/time-windows";

const WEEK = 7 * 24 * 60;

/**
 * The longest time between two starts of a schedule in a week, in minutes, when those within `lead` minutes
 * before a maintenance window, or in it, do not happen. Undefined for a schedule that is not understood.
 */
export function longestGap(
  schedule: string,
  maintenanceWindow: string | undefined,
  lead: number,
): number | undefined {
  const daily = startsOfDay(schedule);
  if (daily === undefined || daily.length === 0) {
    return undefined;
  }
  const starts = Array.from({ length: 7 }, (_, day) => daily.map((at) => day * 1440 + at)).flat();
  const blocked =
    maintenanceWindow === undefined ? undefined : blockedTime(maintenanceWindow, lead);
  const kept = starts.filter((at) => blocked === undefined || !blocked(at));
  if (kept.length === 0) {
    return undefined;
  }
  return Math.max(
    ...kept.map((at, index) => {
      const next = kept[(index + 1) % kept.length]!;
      return next > at ? next - at : next + WEEK - at;
    }),
  );
}

function blockedTime(window: string, lead: number): (minute: number) => boolean {
  const { start, minutes } = weeklyWindow(window);
  const from = start - lead;
  return (minute) => {
    const since = (((minute - from) % WEEK) + WEEK) % WEEK;
    return since < lead + minutes;
  };
}

/** Minutes of the day at which a daily cron expression of EventBridge starts something. */
function startsOfDay(schedule: string): number[] | undefined {
  const fields = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/.exec(schedule)?.slice(1);
  if (fields === undefined) {
    return undefined;
  }
  const [minute, hour, ...days] = fields;
  if (days.some((field) => field !== "*" && field !== "?")) {
    return undefined;
  }
  const minutes = expanded(minute!, 60);
  const hours = expanded(hour!, 24);
  return minutes === undefined || hours === undefined
    ? undefined
    : hours.flatMap((h) => minutes.map((m) => h * 60 + m)).sort((a, b) => a - b);
}

/** The numbers of a field: `*`, `5`, `1,3`, `2-4` or `0/2`. */
function expanded(field: string, end: number): number[] | undefined {
  const numbers: number[] = [];
  for (const part of field.split(",")) {
    const match = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part);
    if (match === null) {
      return undefined;
    }
    const [, first, last, step] = match;
    const from = first === "*" ? 0 : Number(first);
    const open = first === "*" || step !== undefined;
    const to = last !== undefined ? Number(last) : open ? end - 1 : from;
    const by = step === undefined ? 1 : Number(step);
    if (by === 0 || from >= end || to >= end) {
      return undefined;
    }
    for (let number = from; number <= to; number += by) {
      numbers.push(number);
    }
  }
  return [...new Set(numbers)].sort((a, b) => a - b);
}
