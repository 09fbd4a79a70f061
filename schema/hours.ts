/** `crm:cluster.hours`: when services run, and the times outside. */
import type { z } from "zod";

import { clock, group, list, oneOf, timeZone } from "./common";

/** In the words of schedule expressions. */
export const DAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] as const;

const MINUTES_OF_A_DAY = 24 * 60;

export const hoursSchema = group({
  days: list(oneOf(DAYS), 1, DAYS.length, "days")
    .default(["MON", "TUE", "WED", "THU", "FRI"])
    .describe("Days on which services run"),
  from: clock().describe("Time of day at which they start"),
  until: clock().describe("Time of day at which they stop"),
  timeZone: timeZone().describe("Time zone of both times"),
});

export type Hours = z.infer<typeof hoursSchema>;

/** A time without tasks: it begins at `until` of these days. */
export interface Rest {
  readonly days: readonly (typeof DAYS)[number][];
  readonly minutes: number;
}

/** The times outside of the hours, those of one length together. */
export function restsOf({ days, from, until }: Hours): Rest[] {
  const open = DAYS.flatMap((day, index) => (days.includes(day) ? [{ day, index }] : []));
  const byLength = new Map<number, Rest["days"]>();
  open.forEach(({ day, index }, position) => {
    const next = open[position + 1]?.index ?? open[0]!.index + DAYS.length;
    const minutes = (next - index) * MINUTES_OF_A_DAY + minuteOf(from) - minuteOf(until);
    byLength.set(minutes, [...(byLength.get(minutes) ?? []), day]);
  });
  return [...byLength].map(([minutes, of]) => ({ days: of, minutes }));
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number) as [number, number];
  return hours * 60 + minutes;
}
