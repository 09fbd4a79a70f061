/** Stores of a stack that the derivation of RPO and RTO has no model of. */
import { suspicion } from "../../facts/data-types";
import type { PlannedResource } from "../plan/model";
import { recoveryStackOf } from "./of-plan";
import { nameOf } from "./resources";

/** A store of which nothing says what a loss costs. */
export interface NotJudged {
  /** Physical name, or the program's. */
  readonly store: string;
  readonly urn: string;
  readonly type: string;
  /** Why it counts as a store. */
  readonly because: string;
}

/** The stores of a plan that nothing is derived for, by name: of a type that no row of facts/stateful-types.ts has. */
export function notJudged(resources: readonly PlannedResource[]): NotJudged[] {
  // A component has nothing but its children.
  const stack = recoveryStackOf({ resources: resources.filter(({ custom }) => custom) });
  return stack.resources
    .flatMap((resource) => {
      const { urn, type } = resource;
      const because = suspicion(type);
      return because === undefined ? [] : [{ store: nameOf(resource), urn, type, because }];
    })
    .sort((a, b) => (a.store < b.store ? -1 : 1));
}
