/** Who may do what with a data store: the words of the derivation from policies. Plain data. */
import type { Named, Place, Setting } from "./model";

/** Whether one place may do an action with a store's data. */
export interface AccessPath {
  /** The internet without an account, any AWS account, a distribution, or what computes. */
  readonly from: Place;
  /** The role by which it acts. */
  readonly role?: Named;
  /** What it uses the role for, where that is not its own code: `start` for what starts a task. */
  readonly purpose?: string;
  readonly to: Place;
  /** `s3:GetObject`. */
  readonly action: string;
  readonly verdict: "reachable" | "blocked" | "undecided";
  /** Patterns of the objects that it holds for, where not for all: `uploads/*`. */
  readonly objects?: readonly string[];
  /** Of a blocked path all that have to change. */
  readonly settings: readonly Setting[];
}

/** Every caller with an AWS account. */
export const ACCOUNTS: Place = {
  ...{ id: "accounts", label: "any AWS account", kind: "internet", ports: [] },
};
