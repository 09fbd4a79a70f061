import type { ActingRole } from "../analysis/rights/roles";
import type { Questions } from "../analysis/rights/walk";

/** A role with what it has to do. */
export interface Duty {
  readonly role: ActingRole;
  readonly questions: Questions;
  /**
   * Whether each statement of its policies must be needed: not for a user's own policies. `shared` where a call may be
   * allowed twice.
   */
  readonly minimal: boolean | "shared";
}
