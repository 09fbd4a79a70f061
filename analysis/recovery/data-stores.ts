/** Which data the platform has, and what has to come back of it. */
import { STATEFUL_TYPES } from "../../facts/stateful-types";

/** What may happen to data. */
export type Scenario = "region lost" | "data deleted or corrupted" | "compromised credentials";

const ALL: readonly Scenario[] = [
  "region lost",
  "data deleted or corrupted",
  "compromised credentials",
];

/** What a bucket's data has to survive. */
export interface Purpose {
  readonly scenarios: readonly Scenario[];
  /** Why it has to survive less than everything. */
  readonly reason?: string;
}

/** A bucket that access logs are delivered to. */
export const ACCESS_LOGS: Purpose = {
  scenarios: [],
  reason: "access logs: nothing is made from them; they are lost with their region",
};

/** By a word in the bucket's name; a bucket that is not named here has to survive everything. */
const BUCKETS: readonly (Purpose & { readonly word: RegExp })[] = [
  {
    word: /frontend-assets/,
    scenarios: ["region lost", "data deleted or corrupted"],
    reason:
      "compromised credentials: the application's files are built and uploaded again by its pipeline",
  },
  { word: /access-logs/, ...ACCESS_LOGS },
  {
    word: /analytics-exports/,
    scenarios: [],
    reason: "exports that live for 30 days and are made again from the database",
  },
  {
    word: /report-requests/,
    scenarios: [],
    reason: "requests for reports: whoever misses a report asks again",
  },
];

export function bucketPurpose(name: string): Purpose {
  return BUCKETS.find(({ word }) => word.test(name)) ?? { scenarios: ALL };
}

/** Stores that begin empty in another region, by type, and why that is acceptable. */
export const LOST_WITH_THE_REGION: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(STATEFUL_TYPES).flatMap(([type, { lostWithTheRegion }]) =>
    lostWithTheRegion === undefined ? [] : [[type, lostWithTheRegion]],
  ),
);
