/** How long things take: the dated, sourced table that all derivations use. */
import table from "../../facts/durations.json";

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
  /** `documented`, `measured`, `chosen` or `estimated`. */
  readonly kind: string;
  /** Whether the length is ours, on the careful side, until somebody measures it. */
  readonly estimate: boolean;
  readonly source: string;
  readonly url: string;
}

/** The steps of a way back, in order. */
export function steps(...names: readonly DurationName[]): Step[] {
  return names.map((name) => {
    const { minutes, kind, source, url } = table.entries[name];
    return { name, minutes, kind, estimate: kind === "estimated", source, url };
  });
}

/**
 * The same steps with a wait before the record: while us-east-1 is lost, Route 53 takes changes only after a while,
 * and a way that is shorter has to wait for it.
 */
export function whenRecordsChange(way: readonly Step[]): Step[] {
  const index = way.findIndex(({ name }) => name === "dns");
  const before = way.slice(0, index).reduce((sum, { minutes }) => sum + minutes, 0);
  const [wait] = steps("recordChanges");
  return before >= wait!.minutes
    ? [...way]
    : [...way.slice(0, index), { ...wait!, minutes: wait!.minutes - before }, ...way.slice(index)];
}
