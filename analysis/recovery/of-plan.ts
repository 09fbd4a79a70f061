import type { Plan, PropertyBag } from "../plan/model";
import { homeRegion, placed, regionsOf } from "../plan/regions";
import { containsSecret, reveal } from "../plan/values";
import { RecoveryStack } from "./resources";

/** What the derivation reads of a plan. */
export type PlanOfRecovery = Pick<Plan, "resources" | "measured" | "about" | "region">;

/**
 * The resources of a plan as the derivation of RPO and RTO reads them: those that it only reads belong to others. Their
 * secrets are in clear: never print them.
 */
export function recoveryStackOf(plan: PlanOfRecovery): RecoveryStack {
  const { resources, measured, about } = plan;
  const home = homeRegion(plan);
  const regionOf = regionsOf(resources);
  const own = resources.filter(({ external }) => !external);
  return new RecoveryStack(
    own.map((resource) => {
      const { type, name, urn, inputs, propertyDependencies, ignoreChanges } = resource;
      return {
        ...{ type, name, urn, ignoreChanges },
        inputs: placed(reveal(inputs) as PropertyBag, regionOf(resource), home),
        secrets: Object.keys(inputs).filter((property) => containsSecret(inputs[property])),
        references: propertyDependencies,
      };
    }),
    measured?.durations ?? [],
    about,
    home,
  );
}
