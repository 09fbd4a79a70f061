import type { Plan, PropertyBag } from "../plan/model";
import { homeRegion, regionsOf } from "../plan/regions";
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
      const region = regionOf(resource);
      // A provider of another region means the same as the resource's own input `region`.
      const place = region === undefined || region === home ? {} : { region };
      return {
        ...{ type, name, urn, ignoreChanges },
        inputs: { ...(reveal(inputs) as PropertyBag), ...place },
        secrets: Object.keys(inputs).filter((property) => containsSecret(inputs[property])),
        references: propertyDependencies,
      };
    }),
    measured?.durations ?? [],
    about,
    home,
  );
}
