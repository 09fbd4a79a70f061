/** What a program says of itself that none of its resources tells: `about.json` beside its stack files. */
import type { BucketPurpose } from "./recovery/data-stores";

/** What findings may be about, each with one advice. */
export const ADVISED = [
  "copies",
  "certificates",
  "parameters",
  "quotas",
  "watch",
  "budget",
] as const;

/** What the program's side hands in; everything has a default that fits any program. */
export interface About {
  /** The first whose word is in a bucket's name counts. */
  readonly buckets?: readonly BucketPurpose[];
  /** By type of a store that begins empty in another region: why that is acceptable. */
  readonly lostWithTheRegion?: Readonly<Record<string, string>>;
  /** The stack that stands in another region for the loss of this one's; its plan names the alarm on its replica. */
  readonly recoveryStack?: string;
  /** The program's own settings that answer a finding, shown after it. */
  readonly advice?: Readonly<Partial<Record<(typeof ADVISED)[number], string>>>;
  /** Beside what an update in the emergency needs, by its name in `NEEDS`: how the program has it. */
  readonly needs?: Readonly<Record<string, string>>;
  /** By pack: the page of the repository that has a heading for each rule. */
  readonly policies?: Readonly<Record<string, string>>;
  /** Shown after a finding on a change: by type where a resource is lost, by type and property where that stays as it is. */
  readonly changes?: Readonly<Record<string, string>>;
}
