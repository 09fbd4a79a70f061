/**
 * What a stack will cost in a month, from its plan, the price table and the assumptions on its use. On-demand
 * list prices without free tiers, discounts and taxes; a deployment's second set of tasks is not counted.
 */
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { entryOf } from "../../facts/entry-of";
import { isFree, UNPRICED } from "../../facts/free-types";
import { type Plan, type PlannedResource } from "../plan/model";
import { homeRegion, namedHomeRegion, regionsOf } from "../plan/regions";
import { NO_COMPONENT, outermostComponent } from "../plan/tree";
import { COMPUTE } from "./estimators-compute";
import { DATA } from "./estimators-data";
import { EDGE } from "./estimators-edge";
import { OWN } from "./estimators-own";
import { SCHEDULES } from "./estimators-schedules";
import { number } from "./inputs";
import {
  PRICED_REGIONS,
  type Charge,
  type CostEstimate,
  type CostLine,
  type Estimator,
  type Gap,
  type NotEstimated,
  type PriceTable,
  type Scope,
  type Unpriced,
  type UsageTable,
} from "./model";

const ESTIMATORS: Readonly<Record<string, Estimator>> = {
  ...COMPUTE,
  ...DATA,
  ...EDGE,
  ...OWN,
  ...SCHEDULES,
};

/** The parts of a plan that cost depends on; what the team measured wins over the assumptions. */
export type PricedPlan = Pick<Plan, "stack" | "resources" | "measured" | "region">;

/** The estimate of a plan. Throws when an estimator asks for an assumption that is not there. */
export function estimate(plan: PricedPlan, prices: PriceTable, usage: UsageTable): CostEstimate {
  return estimateWithGaps(plan, prices, usage).estimate;
}

/** The same, with each resource that has no price or not for all its parts. */
export function estimateWithGaps(
  plan: PricedPlan,
  prices: PriceTable,
  usage: UsageTable,
): { readonly estimate: CostEstimate; readonly gaps: readonly Gap[] } {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const byType = new Map<string, PlannedResource[]>();
  for (const resource of plan.resources) {
    byType.set(resource.type, [...(byType.get(resource.type) ?? []), resource]);
  }
  const home = homeRegion(plan) ?? CLOUDFRONT_REGION;
  const regionOf = regionsOf(plan.resources);
  const isAssumed = namedHomeRegion(plan) === undefined;
  let assumedRegion: string | undefined;
  const lines: CostLine[] = [];
  const gaps: Gap[] = [];
  const skip = ({ urn, type, name }: PlannedResource, reason: string) =>
    gaps.push({ urn, type, name, reason });
  for (const resource of plan.resources) {
    if (resource.closed) skip(resource, "its children are not shown");
    if (!resource.custom || resource.external || isFree(resource.type)) {
      continue;
    }
    const own = regionOf(resource);
    if (own === undefined && isAssumed && resource.type.startsWith("aws:")) assumedRegion = home;
    const scope: Scope = {
      resource,
      region: own ?? home,
      usage: (id) => assumed(usage, id, plan),
      bucketGB: (name) => assumed(usage, bucketAssumption(usage, name), plan),
      ofType: (type) => byType.get(type) ?? [],
      byUrn: (urn) => byUrn.get(urn),
    };
    const charges = chargesOf(scope, prices);
    if (typeof charges === "string") {
      skip(resource, charges);
      continue;
    }
    const component = outermostComponent(resource, byUrn)?.name ?? NO_COMPONENT;
    const paid = charges.filter((one): one is Charge => !isUnpriced(one));
    lines.push(...paid.map((charge) => line(scope, component, charge, prices)));
    const reasons = new Set(charges.filter(isUnpriced).map(({ reason }) => reason));
    for (const reason of reasons) skip(resource, reason);
  }
  const byComponent = new Map<string, number>();
  for (const { component, monthlyUsd } of lines) {
    byComponent.set(component, (byComponent.get(component) ?? 0) + monthlyUsd);
  }
  const made: CostEstimate = {
    monthlyUsd: cents(lines.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0)),
    byComponent: Object.fromEntries(
      [...byComponent]
        .map(([name, usd]) => [name, cents(usd)] as const)
        .sort(([, one], [, other]) => other - one),
    ),
    lines,
    notEstimated: countedGaps(gaps).sort((a, b) => a.type.localeCompare(b.type)),
    pricesOf: prices.asOf,
    budgetUsd: budgetOf(byType),
    ...(assumedRegion !== undefined && { assumedRegion }),
  };
  return { estimate: made, gaps };
}

/** How many resources of a type have no price for one reason. */
function countedGaps(gaps: readonly Gap[]): NotEstimated[] {
  const found = new Map<string, NotEstimated>();
  for (const { type, reason } of gaps) {
    const key = `${type} ${reason}`;
    found.set(key, { type, count: (found.get(key)?.count ?? 0) + 1, reason });
  }
  return [...found.values()];
}

function isUnpriced(one: Charge | Unpriced): one is Unpriced {
  return "reason" in one;
}

function chargesOf(scope: Scope, prices: PriceTable): ReturnType<Estimator> {
  const { type } = scope.resource;
  const estimator = entryOf(ESTIMATORS, type);
  if (estimator === undefined) {
    return entryOf(UNPRICED, type) ?? "no price is known for this type";
  }
  if (!PRICED_REGIONS.includes(scope.region)) {
    return `the price table does not know ${scope.region}`;
  }
  const charges = estimator(scope);
  if (typeof charges === "string") {
    return charges;
  }
  return charges.map((charge) => {
    if (isUnpriced(charge)) return charge;
    const { price, times } = charge;
    const missing = [price, ...(times === undefined ? [] : [times])].find(
      (id) => prices.prices[id]?.usd[scope.region] === undefined,
    );
    return missing === undefined ? charge : { reason: `the price table does not know ${missing}` };
  });
}

function line(scope: Scope, component: string, charge: Charge, prices: PriceTable): CostLine {
  const usd = (id: string) => prices.prices[id]!.usd[scope.region]!;
  const unitUsd = usd(charge.price) * (charge.times === undefined ? 1 : usd(charge.times));
  return {
    urn: scope.resource.urn,
    type: scope.resource.type,
    name: scope.resource.name,
    component,
    item: charge.item,
    quantity: charge.quantity,
    price: charge.price,
    unitUsd,
    monthlyUsd: charge.quantity * unitUsd,
  };
}

export function assumed(
  { assumptions }: UsageTable,
  id: string,
  { stack, measured }: PricedPlan,
): number {
  const assumption = assumptions[id];
  if (assumption === undefined) {
    throw new Error(`analysis/cost/usage.json has no assumption ${id}.`);
  }
  return measured?.usage[id] ?? assumption.stacks?.[stack] ?? assumption.value;
}

/** The assumption that names a bucket, or that on any bucket. */
function bucketAssumption({ assumptions }: UsageTable, name: string): string {
  const own = Object.entries(assumptions).find(
    ([, { buckets }]) => buckets !== undefined && new RegExp(buckets).test(name),
  );
  return own?.[0] ?? "bucketGB";
}

function budgetOf(byType: ReadonlyMap<string, readonly PlannedResource[]>): number | undefined {
  const [budget] = byType.get("aws:budgets/budget:Budget") ?? [];
  return budget && number(budget, "limitAmount");
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
