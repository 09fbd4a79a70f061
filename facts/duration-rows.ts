/** How long things take: one dated, sourced table for every analysis of times. */
import table from "./durations.json";

/** Where a length was read. */
export interface DurationSource {
  readonly url: string;
  /** What stands there, in a few words. */
  readonly says: string;
}

/** What a length rests on. */
export const DURATION_KINDS = ["documented", "measured", "chosen", "estimated"] as const;
export type DurationKind = (typeof DURATION_KINDS)[number];

interface Row {
  readonly kind: DurationKind;
  /** Shortest and longest that the sources name, in the unit of the row. */
  readonly observed?: readonly [number, number];
  readonly sources: readonly DurationSource[];
  /** Day on which the sources were read, YYYY-MM-DD. */
  readonly asOf: string;
  readonly note?: string;
}

/** A step by name, in minutes. */
export interface StepRow extends Row {
  readonly key: string;
  readonly minutes: number;
}

/** Inputs by which a row applies: a value, or "set" for any value. */
export type When = Readonly<Record<string, string | boolean>>;

/** The creation of a resource, in seconds. */
export interface CreationRow extends Row {
  /** Type token. */
  readonly type: string;
  /** Absent: it applies to any inputs. */
  readonly when?: When;
  readonly seconds: number;
}

/** What a look-up answers. */
export interface Duration {
  readonly seconds: number;
  /** The longest that others measured, where that is more. */
  readonly longest?: number;
  readonly kind: DurationKind;
  readonly sources: readonly DurationSource[];
}

/** Lengths that a team measured on its own stacks: each replaces the row of the same key, or type and `when`. */
export type MeasuredDuration =
  | { readonly key: string; readonly minutes: number; readonly asOf: string }
  | {
      readonly type: string;
      readonly when?: When;
      readonly seconds: number;
      readonly asOf: string;
    };

const ROWS = table.rows as unknown as readonly (StepRow | CreationRow)[];

/** Steps by name. */
export const STEP_ROWS: readonly StepRow[] = ROWS.filter((row) => "key" in row);

/** Minutes before a window of RDS in which AWS Backup starts nothing either. Source: facts/durations.json. */
export const WINDOW_LEAD = STEP_ROWS.find(({ key }) => key === "maintenanceLead")!.minutes;

/** Creations by type and inputs; of several rows of a type the first that applies counts. */
export const CREATION_ROWS: readonly CreationRow[] = ROWS.filter((row) => "type" in row);

/** Day of the table, YYYY-MM-DD. */
export const DURATIONS_AS_OF = table.asOf;

/** Seconds for types without a row: one or two calls that AWS answers at once. An estimate. */
export const OTHER_SECONDS = table.otherSeconds;

const steps = new Map(STEP_ROWS.map((row) => [row.key, row]));
const creations = new Map<string, CreationRow[]>();
for (const row of CREATION_ROWS) {
  creations.set(row.type, [...(creations.get(row.type) ?? []), row]);
}

/** The cases of a type with a length, the most specific first; one without conditions for other types. */
export function casesOf(type: string): readonly (When | undefined)[] {
  return creations.get(type)?.map(({ when }) => when) ?? [undefined];
}

/** Whether two rows are about the same case. */
export function isSameCase(one: When = {}, other: When = {}): boolean {
  const entries = Object.entries(one);
  return (
    entries.length === Object.keys(other).length &&
    entries.every(([name, value]) => other[name] === value)
  );
}

/** The length of a step. Throws for a name that is not in the table. */
export function stepDuration(key: string, measured: readonly MeasuredDuration[] = []): Duration {
  const own = measured.find((one) => "key" in one && one.key === key);
  if (own !== undefined && "minutes" in own) {
    return { seconds: own.minutes * 60, ...ownKind(own.asOf) };
  }
  const row = steps.get(key);
  if (row === undefined) {
    throw new Error(`facts/durations.json has no step ${key}.`);
  }
  return { seconds: row.minutes * 60, kind: row.kind, sources: row.sources };
}

/** Seconds of a step as a bound, which a measurement raises and never lowers, as it is one sample: figures and alarms follow it alike. */
export function stepBound(key: string, measured: readonly MeasuredDuration[]): number {
  return Math.max(stepDuration(key).seconds, stepDuration(key, measured).seconds);
}

/** The row for the creation of a resource: of several the first that applies. */
function creationRow(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): CreationRow | undefined {
  return creations.get(type)?.find((one) => applies(one, inputs));
}

/** The case whose length counts for such a resource, for who measures it; none where every resource of the type counts alike. */
export function creationCase(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): When | undefined {
  return creationRow(type, inputs)?.when;
}

/** How long the creation of a resource of a type with these inputs takes. */
export function creationDuration(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  measured: readonly MeasuredDuration[] = [],
): Duration {
  const row = creationRow(type, inputs);
  const own = measured.find(
    (one) => "type" in one && one.type === type && isSameCase(one.when, row?.when),
  );
  if (own !== undefined && "seconds" in own) {
    return { seconds: own.seconds, ...ownKind(own.asOf) };
  }
  if (row === undefined) return { seconds: OTHER_SECONDS, kind: "estimated", sources: [] };
  const { seconds, observed, kind, sources } = row;
  const longest = Math.max(seconds, observed?.[1] ?? 0);
  return { seconds, ...(longest > seconds && { longest }), kind, sources };
}

/** Seconds as whole minutes: what has begun counts, so that no two pages round the same length apart. */
export function wholeMinutes(seconds: number): number {
  return Math.ceil(seconds / 60);
}

/** Minutes of S3's replication time control, which knows this one value. */
export const REPLICATION_MINUTES = wholeMinutes(stepDuration("bucketReplication").seconds);

function ownKind(asOf: string): Pick<Duration, "kind" | "sources"> {
  const says = `measured on this stack, ${asOf}`;
  return { kind: "measured", sources: [{ url: "Pulumi.<stack>.measured.json", says }] };
}

function applies({ when }: { when?: When }, inputs: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(when ?? {}).every(([name, value]) =>
    value === "set" ? inputs[name] !== undefined : inputs[name] === value,
  );
}
