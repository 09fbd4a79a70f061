/** How long things take: the dated, sourced table that all derivations use. */
import table from "./durations.json";

/** Name of a duration. */
export type DurationName = keyof typeof table.entries;

/** Day of the table, YYYY-MM-DD. */
export const DURATIONS_AS_OF = table.asOf;

/** Minutes of an entry. */
export function minutesOf(name: DurationName): number {
  return table.entries[name].minutes;
}

/** One step of a way back, with its length in minutes. */
export interface Step {
  readonly name: DurationName;
  readonly minutes: number;
  /** `documented`, `chosen` or `estimated`. */
  readonly kind: string;
  readonly source: string;
}

/** The steps of a way back, in order. */
export function steps(...names: readonly DurationName[]): Step[] {
  return names.map((name) => {
    const { minutes, kind, source } = table.entries[name];
    return { name, minutes, kind, source };
  });
}
