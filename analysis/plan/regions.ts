/** Where the resources of a plan are, and which region is the stack's own. */
import { known } from "../properties";
import type { Plan, PlannedResource } from "./model";
import { urnOfReference } from "./urn";

const PROVIDER = "pulumi:providers:aws";

/** The region that an input names, if it is known. */
function regionIn(inputs: Readonly<Record<string, unknown>>): string | undefined {
  const region = known(inputs["region"]);
  return typeof region === "string" && region !== "" ? region : undefined;
}

/** What is read of a plan. */
export type PlanOfRegions = Pick<Plan, "region"> & {
  readonly resources: readonly Pick<PlannedResource, "type" | "name" | "inputs">[];
};

/**
 * The stack's own region: `aws:region`. Of a stack without it, that of the provider which Pulumi makes (`default`), else of
 * the first one. Undefined: the region comes from the environment of the person who runs Pulumi.
 */
export function homeRegion({ region, resources }: PlanOfRegions): string | undefined {
  if (region !== undefined) return region;
  const regions = resources
    .filter(({ type }) => type === PROVIDER)
    .map(({ name, inputs }) => ({ name, region: regionIn(inputs) }))
    .filter((one) => one.region !== undefined);
  return (regions.find(({ name }) => /^default(_|$)/.test(name)) ?? regions[0])?.region;
}

/** The provider with the settings of the stack's own region; without one, the first. */
export function homeProvider<One extends PlanOfRegions["resources"][number]>(
  plan: Pick<Plan, "region"> & { readonly resources: readonly One[] },
): One | undefined {
  const home = homeRegion(plan);
  const providers: readonly One[] = plan.resources.filter(({ type }) => type === PROVIDER);
  return providers.find(({ inputs }) => regionIn(inputs) === home) ?? providers[0];
}

/**
 * Region of each resource that names one, by its input `region` or by its provider's; undefined for what is in the
 * stack's own. What is unknown counts as the stack's own.
 */
export function regionsOf(
  resources: readonly PlannedResource[],
): (resource: PlannedResource) => string | undefined {
  const providers = new Map(
    resources
      .filter(({ type }) => type === PROVIDER)
      .map(({ urn, inputs }) => [urn, regionIn(inputs)]),
  );
  return ({ inputs, provider }) => regionIn(inputs) ?? providers.get(urnOfReference(provider));
}
