/** What changes between two plans of a stack; plain data. */
import type { Effect, Interruption } from "../../facts/interruption";
import type { Verdict } from "../../facts/replacement";
import type { Difference } from "./values";

export type { Difference, Effect, Interruption, Verdict };

/**
 * What an update does to one resource. A rename is none: it stands beside an update, or alone as `rename`. `read` and
 * `discard` are of what the program only reads: it is read now (or another one), or no longer; nothing changes in AWS.
 */
export type Operation =
  "create" | "update" | "replace" | "may-replace" | "rename" | "delete" | "read" | "discard";

/** One changed property, with what it does. */
export interface PropertyChange extends Difference {
  readonly verdict: Verdict;
  /** Of `may-replace`: on what it depends. */
  readonly condition?: string;
  /** Who says what the verdict is. */
  readonly source: string;
  /** False where it changes only if something else does that is not certain. */
  readonly certain: boolean;
  /** It says which existing resource is read. */
  readonly read?: true;
  /** URNs of the replaced resources whose id, name or ARN it holds. */
  readonly because?: readonly string[];
  /** What users notice; absent where the resource is replaced. */
  readonly interruption?: Interruption;
}

/** How a resource is replaced. */
export interface Manner {
  /**
   * `delete-first`: there is none in between. `name-taken`: the new one is refused while the old one is there.
   * `removed-after`: the new one takes the old one's place, and the old one's deletion removes it.
   */
  readonly order: "create-first" | "delete-first" | "name-taken" | "removed-after" | "unknown";
  readonly why: string;
}

/** An update that AWS answers with an error, half-way. */
export interface Refusal {
  /** Which property it refuses. */
  readonly property: string;
  readonly why: string;
}

/** What is lost with a resource. */
export interface Loss {
  readonly holds: string;
  readonly safeWay: string;
  /** `kept`: AWS keeps the old one, and the platform goes on with an empty one. */
  readonly kept?: true;
  /** It depends on a value that is not known. */
  readonly uncertain?: true;
}

/** Everything about one resource that changes. */
export interface ResourceChange {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly component: string;
  /** False for a component, which no provider makes. */
  readonly custom: boolean;
  /** A component whose children neither plan shows: its inputs are compared, and what follows is not known. */
  readonly closed?: true;
  readonly op: Operation;
  /** False where the operation follows only from what is not certain. */
  readonly certain: boolean;
  readonly renamedFrom?: string;
  readonly properties: readonly PropertyChange[];
  /** What differs and the program tells Pulumi to ignore: it is not changed. */
  readonly ignored: readonly Difference[];
  readonly manner?: Manner;
  readonly loss?: Loss;
  /** How a credential is rotated, which loses nothing. */
  readonly rotation?: string;
  /** What stops, and for how long where that is known. */
  readonly outage?: string;
  /** Why AWS refuses it. */
  readonly refusal?: Refusal;
  /** Pulumi refuses to delete it until it is unprotected. */
  readonly protected?: true;
}
