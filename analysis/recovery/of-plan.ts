import type { Plan, PropertyBag } from "../plan/model";
import { reveal } from "../plan/values";
import { RecoveryStack } from "./resources";

/** What the derivation reads of a plan. */
export type PlanOfRecovery = Pick<Plan, "resources" | "measured" | "about">;

/**
 * The resources of a plan as the derivation of RPO and RTO reads them: those that it only reads belong to others. Their
 * secrets are in clear: never print them.
 */
export function recoveryStackOf({ resources, measured, about }: PlanOfRecovery): RecoveryStack {
  const own = resources.filter(({ external }) => !external);
  return new RecoveryStack(
    own.map(({ type, name, urn, inputs, propertyDependencies, ignoreChanges }) => ({
      ...{ type, name, urn, ignoreChanges },
      inputs: reveal(inputs) as PropertyBag,
      references: propertyDependencies,
    })),
    measured?.durations,
    about,
  );
}
