/** What an alarm is, as plain data: components/alarm/alarm.ts makes the resource of it. */
import type { Input, Resource } from "@pulumi/pulumi";

import type { Metric } from "./metrics";

/** What is watched: one metric, or an expression over several by their ids. */
export type Watched =
  | { readonly metric: Metric }
  | { readonly expression: string; readonly metrics: Readonly<Record<string, Metric>> };

export type AlarmSpec = Watched & {
  /** Part of its logical and physical name: `redis-memory`, `High-Error-Rate`. */
  readonly part: string;
  /** What it says, as a sentence without a full stop. */
  readonly meaning: string;
  /** Section of docs/runbooks/alarms.md, or of another runbook with its file: `database-restore#...`. */
  readonly runbook: string;
  readonly threshold: number;
  /** @default above */
  readonly when?: "above" | "below";
  readonly periodSeconds: number;
  /** Evaluated periods. */
  readonly periods: number;
  /** Periods of them that have to be bad. @default all */
  readonly badPeriods?: number;
  /**
   * What missing data means. `good`: nothing happened, as with counts of events. `bad`: what always reports is
   * gone. `keep`: the alarm stays as it is. `unknown`: not known; the reader of the alarm decides.
   */
  readonly silence: "good" | "bad" | "keep" | "unknown";
  /**
   * What must exist before it: the watched resource, if missing data is bad and no dimension of the metric is that resource's own
   * output, and the services where errors are counted that end when they answer. Earlier it would fire during the first `up`.
   * @default nothing
   */
  readonly after?: readonly Resource[];
  /** Whether customers feel it: it is then part of the composite alarm. @default false */
  readonly customers?: boolean;
  /** Whether it fires, too, when no task runs: as what customers feel does. @default false */
  readonly needsTasks?: boolean;
};

/** The maximum of a metric over the nodes that report. */
export function highest(metrics: readonly Metric[]): Watched {
  if (metrics.length === 1) {
    return { metric: metrics[0]! };
  }
  const ids = metrics.map((_, index) => `m${index}`);
  return {
    expression: `MAX([${ids.join(", ")}])`,
    metrics: Object.fromEntries(metrics.map((metric, index) => [ids[index]!, metric])),
  };
}

/** An input as it appears in a spec. */
export type Id = Input<string>;
