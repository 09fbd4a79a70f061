/** Where the resources of a plan are, and which region is the stack's own. */
import { known, read, UNKNOWN, type Properties } from "../properties";
import type { Plan, PlannedResource, PropertyBag } from "./model";
import { parseUrn, urnOfReference } from "./urn";

/** Type token of the providers that say where a resource is. */
export const PROVIDER = "pulumi:providers:aws";

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
export function homeRegion(plan: PlanOfRegions): string | undefined {
  return namedHomeRegion(plan) ?? regionsOfProviders(plan)[0]?.region;
}

/** The same where the setting or the provider that Pulumi makes names it: another provider's region is only a guess. */
export function namedHomeRegion(plan: PlanOfRegions): string | undefined {
  if (plan.region !== undefined) return plan.region;
  return regionsOfProviders(plan).find(({ name }) => /^default(_|$)/.test(name))?.region;
}

function regionsOfProviders({ resources }: PlanOfRegions) {
  return resources
    .filter(({ type }) => type === PROVIDER)
    .map(({ name, inputs }) => ({ name, region: regionIn(inputs) }))
    .filter((one) => one.region !== undefined);
}

/** The provider with the settings of the stack's own region; without one, the first. */
export function homeProvider<One extends PlanOfRegions["resources"][number]>(
  plan: Pick<Plan, "region"> & { readonly resources: readonly One[] },
): One | undefined {
  const home = homeRegion(plan);
  const providers: readonly One[] = plan.resources.filter(({ type }) => type === PROVIDER);
  return providers.find(({ inputs }) => regionIn(inputs) === home) ?? providers[0];
}

/** Stands for the stack's own account where nothing names it; AWS assigns no such number. */
export const SOME_ACCOUNT = "000000000000";

/** The only account of a list, or of its JSON, which is how providers get theirs. */
export function accountIn(allowed: unknown): string | undefined {
  const ids: unknown = typeof allowed === "string" ? parsed(allowed) : allowed;
  const [id, ...more] = Array.isArray(ids) ? (ids as readonly unknown[]) : [];
  return more.length === 0 && typeof id === "string" && /^\d{12}$/.test(id) ? id : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The stack's own account: the one that the provider of its own region allows, else the one that the setting allows.
 * Undefined: it is that of the person who runs Pulumi.
 */
export function homeAccount(plan: PlanOfRegions & Pick<Plan, "account">): string | undefined {
  return accountIn(known(homeProvider(plan)?.inputs["allowedAccountIds"])) ?? plan.account;
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

/** A resource or the state of one, as far as it says where it is. */
interface Placed {
  readonly inputs?: PropertyBag;
  readonly provider?: string;
}

/**
 * Region and account of each resource: its own input's or its provider's. Of a provider whose region is not known, its
 * own name; those that Pulumi makes (`default_7_1_0`) are one. Of a URN that is there twice, the later counts.
 */
export function placesOf(
  resources: readonly Pick<PlannedResource, "urn" | "type" | "inputs">[],
): (resource: Placed) => string {
  const providers = new Map(
    resources.filter(({ type }) => type === PROVIDER).map(({ urn, inputs }) => [urn, inputs]),
  );
  return ({ inputs = {}, provider = "" }) => {
    const urn = urnOfReference(provider);
    const settings = providers.get(urn) ?? {};
    const isDefault = urn === "" || /^default(_|$)/.test(parseUrn(urn).name);
    const region = regionIn(inputs) ?? regionIn(settings);
    const account = accountIn(settings["allowedAccountIds"]);
    return JSON.stringify([region ?? (isDefault ? "" : urn), account ?? ""]);
  };
}

/**
 * The region that a resource is in: its own input's, else its provider's. Undefined where neither names one, UNKNOWN where
 * it is not known yet.
 */
export function regionOf({
  properties,
  provider,
}: {
  readonly properties: Properties;
  readonly provider?: Properties | undefined;
}): unknown {
  return read(properties, "region") ?? (provider && read(provider, "region"));
}

/**
 * Inputs in which `region` says that the resource is not in the stack's own region, whether the resource or its provider names
 * the other. A region that is not known yet stays unknown; without a home region, only the input counts.
 *
 * @param region where the resource is, as {@link regionOf} or {@link regionsOf} tells
 */
export function placed(inputs: Properties, region: unknown, home: string | undefined): Properties {
  const { region: own, ...others } = inputs;
  if (home === undefined || known(own) === UNKNOWN) return inputs;
  return typeof region === "string" && region !== home ? { ...others, region } : others;
}
