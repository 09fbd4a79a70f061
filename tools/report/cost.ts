import { estimate } from "../../analysis/cost/estimate";
import type { CostEstimate, UsageTable } from "../../analysis/cost/model";
import { PRICES, USAGE } from "../../analysis/cost/tables";
import { counted } from "../../analysis/counted";
import type { Plan, PropertyBag } from "../../analysis/plan/model";
import { cut, type Paint, type Terminal } from "./style";

/** A plan with what it costs. */
export interface PricedPlan {
  plan: Plan;
  cost: CostEstimate;
}

/** Estimates a plan; one that costs more than its own monthly budget has an advisory violation more. */
export function priced(plan: Plan, usage: UsageTable = USAGE): PricedPlan {
  const cost = estimate(plan, PRICES, usage);
  if (cost.budgetUsd === undefined || cost.monthlyUsd <= cost.budgetUsd) return { plan, cost };
  const budget = plan.resources.find(({ type }) => type === "aws:budgets/budget:Budget");
  const advice = plan.about?.advice?.budget === undefined ? "" : ` ${plan.about.advice.budget}`;
  const violation = {
    pack: "cost-estimate",
    policy: "over-own-budget",
    enforcementLevel: "advisory" as const,
    urn: budget?.urn,
    message:
      `The stack is estimated at ${dollars(cost.monthlyUsd)} a month, its budget is ` +
      `${dollars(cost.budgetUsd)}; raise the budget or make the stack smaller.${advice}`,
  };
  const violations = [...plan.policies.violations, violation];
  return { plan: { ...plan, policies: { ...plan.policies, violations } }, cost };
}

/** The estimate in the document of `--json`, in USD a month. */
export function jsonCost({ monthlyUsd, byComponent, notEstimated }: CostEstimate): PropertyBag {
  return { monthlyUsd, byComponent, notEstimated };
}

/** The estimate for people; nothing for a plan in which nothing has to do with a price. */
export function renderCost(cost: CostEstimate, { width }: Terminal, paint: Paint): string[] {
  if (!cost.lines.length && !cost.notEstimated.length) return [];
  const rows = [
    ...Object.entries(cost.byComponent).map(([name, usd]) => [name, amount(usd)] as const),
    ["total", totalOf(cost)] as const,
  ];
  const names = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, usd]) => usd.length));
  return [
    paint.bold("Estimated cost, USD a month"),
    ...rows.map(([name, usd]) => `  ${name.padEnd(names)}  ${usd.padStart(digits)}`),
    ...(cost.budgetUsd === undefined || leftOut(cost)
      ? []
      : [`  of a budget of ${dollars(cost.budgetUsd)}`]),
    ...cost.notEstimated.map(({ type, count, reason }) =>
      paint.dim(cut(`  not estimated: ${count} ${type} (${reason})`, width)),
    ),
    ...regionWarning(cost).map((line) => paint.yellow(`  ${line}`)),
    paint.dim(
      `  on-demand list prices as of ${cost.pricesOf}; assumptions in analysis/cost/usage.json`,
    ),
  ];
}

/** That the region of the prices is a guess, if it is one. */
export function regionWarning({ assumedRegion }: Pick<CostEstimate, "assumedRegion">): string[] {
  return assumedRegion === undefined
    ? []
    : [
        `assumed: what names no region is in ${assumedRegion}; pulumi config set aws:region REGION names yours`,
      ];
}

/** What a sum leaves out where most resources that cost something have no price, as in a region without prices; else nothing. */
export function leftOut({ lines, notEstimated }: CostEstimate): string | undefined {
  const unpriced = notEstimated.reduce((sum, { count }) => sum + count, 0);
  const isMost = unpriced > new Set(lines.map(({ urn }) => urn)).size;
  return isMost ? `without ${counted(unpriced, "resource")} that have no price here` : undefined;
}

/** The sum of an estimate that knows no price. */
export const UNKNOWN_TOTAL = "not known";

/** The sum in USD; not known where nothing has a price and something should have one. */
export function totalOf({ lines, notEstimated, monthlyUsd }: CostEstimate): string {
  return lines.length === 0 && notEstimated.length > 0 ? UNKNOWN_TOTAL : amount(monthlyUsd);
}

/** `1234.5` as `1,234.50`. */
export function amount(usd: number): string {
  return usd.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",");
}

/** `4000` as `4,000.00 USD`. */
export function dollars(usd: number): string {
  return `${amount(usd)} USD`;
}
