/**
 * Names that resources of two stacks have alike, from their plans: AWS refuses the second, or the two stacks would take
 * turns in changing one resource.
 */
import { homeProvider, homeRegion, regionsOf } from "../../analysis/plan/regions";
import { isUnknown } from "../../analysis/plan/values";
import { schemaOf } from "../../facts/published-schemas";
import { namesOfType, tokenMap } from "../../facts/type-names";
import type { Plan } from "../../tools/preview/index";

/** A name that two stacks give. */
export interface SharedName {
  readonly type: string;
  /** Values that make the resource's identity: `crm-staging`, or `crm-staging live` for one below another. */
  readonly name: string;
  readonly stacks: readonly [string, string];
}

/** Services whose resources have no region. */
const GLOBAL = /^aws:(budgets|cloudfront|costexplorer|iam|route53|s3)\//;

/** Bucket names are unique in all accounts. Source: Amazon S3 User Guide, "General purpose bucket naming rules". */
const OF_ALL_ACCOUNTS = /^aws:s3\//;

/** Properties that name a resource whose identifier AWS gives, with those that name what it belongs to. */
const GIVEN_NAMES = ["name", "ruleName", "family", "functionName", "cluster", "resourceId"];

type PlanOfNames = Pick<Plan, "stack" | "resources" | "region">;

/** Names that two of the plans give alike, by type and name. */
export function sharedNames(plans: readonly PlanOfNames[]): SharedName[] {
  const owners = new Map<string, string>();
  const shared: SharedName[] = [];
  for (const plan of plans) {
    const { stack, resources } = plan;
    const place = placeOf(plan);
    const regionOf = regionsOf(resources);
    for (const resource of resources) {
      const { type, inputs } = resource;
      const name = nameOf(type, inputs);
      if (name === undefined) continue;
      const region = GLOBAL.test(type) ? "" : (regionOf(resource) ?? place.region);
      const account = OF_ALL_ACCOUNTS.test(type) ? "" : place.account;
      const key = [account, region, type, name].join(" ");
      const owner = owners.get(key) ?? stack;
      owners.set(key, owner);
      if (owner !== stack) shared.push({ type, name, stacks: [owner, stack] });
    }
  }
  return shared;
}

/** What identifies a resource before AWS has made it; undefined where AWS gives the identifier, or nothing is known. */
function nameOf(type: string, inputs: Readonly<Record<string, unknown>>): string | undefined {
  const names = namesOfType(type);
  const schema = names?.aws === undefined ? undefined : schemaOf(names.aws);
  if (names === undefined || names.part || schema === undefined) {
    return undefined;
  }
  const readOnly = schema.readOnlyProperties ?? [];
  const identifiers = schema.primaryIdentifier;
  const set = identifiers.filter((one) => !readOnly.includes(one));
  const own = Object.entries(tokenMap().types[type]!.properties).filter(([, [aws]]) =>
    set.includes(`/properties/${aws}`),
  );
  const keys = own.map(([key]) => key);
  if (own.length < identifiers.length) {
    keys.push(...GIVEN_NAMES.filter((key) => !keys.includes(key) && inputs[key] !== undefined));
  }
  const values = keys.map((key) => inputs[key]).filter((value) => value !== undefined);
  const known = values.map(text).filter((value) => value !== "");
  return known.length > 0 && known.length === values.length ? known.join(" ") : undefined;
}

const text = (value: unknown) => (typeof value === "string" && !isUnknown(value) ? value : "");

function placeOf(plan: PlanOfNames): { account: string; region: string } {
  const provider = homeProvider(plan)?.inputs ?? {};
  return { account: text(provider["allowedAccountIds"]), region: homeRegion(plan) ?? "" };
}
