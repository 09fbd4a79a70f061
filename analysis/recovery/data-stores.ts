/** Which data a platform has, and what has to come back of it. */
import { entryOf } from "../../facts/entry-of";
import { STATEFUL_TYPES } from "../../facts/stateful-types";

/** What may happen to data. */
export const SCENARIOS = [
  "region lost",
  "data deleted or corrupted",
  "compromised credentials",
] as const;

export type Scenario = (typeof SCENARIOS)[number];

/** What a bucket's data has to survive. */
export interface Purpose {
  readonly scenarios: readonly Scenario[];
  /** Why it has to survive less than everything. */
  readonly reason?: string;
}

/** The purpose of the buckets with a word in their names. */
export interface BucketPurpose extends Purpose {
  readonly word: string;
}

/** A bucket that access logs are delivered to. */
export const ACCESS_LOGS: Purpose = {
  scenarios: [],
  reason: "access logs: nothing is made from them; they are lost with their region",
};

/** By what the program says of its buckets; one of which it says nothing has to survive everything. */
export function bucketPurpose(name: string, buckets: readonly BucketPurpose[] = []): Purpose {
  return buckets.find(({ word }) => name.includes(word)) ?? { scenarios: SCENARIOS };
}

/** Stores that begin empty in another region, by type, and why: in the program's own words, where it has some. */
export function lostWithTheRegion(
  own: Readonly<Record<string, string>> = {},
): readonly (readonly [type: string, reason: string])[] {
  return Object.entries(STATEFUL_TYPES).flatMap(([type, row]) =>
    row.lostWithTheRegion === undefined
      ? []
      : [[type, entryOf(own, type) ?? row.lostWithTheRegion] as const],
  );
}
