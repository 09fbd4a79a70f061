/**
 * `npm run cost -- [--stack S]` or `npm run cost -- --compare A B`: what a stack costs in a month, resource by
 * resource, or two stacks side by side. Estimated from the offline preview, see docs/cost.md.
 */
import { estimate } from "../../analysis/cost/estimate";
import type { CostEstimate } from "../../analysis/cost/model";
import { PRICES, USAGE } from "../../analysis/cost/tables";
import { entryOf } from "../../facts/entry-of";
import { shownValue } from "../../facts/problem-text";
import { previewStack } from "../preview/index";
import { amount, regionWarning, totalOf, UNKNOWN_TOTAL } from "../report/cost";
import { visibleStrings } from "../visible";
import { commandLineOf, wrongUsage } from "./options";

const USAGE_TEXT = `Usage: npm run cost -- [--stack <stack>]
       npm run cost -- --compare <stack> <stack>
       npm run cost -- -C <folder> [--stack <stack>]

Estimates the monthly cost of a stack in USD from its offline preview (default: production).
-C <folder>: use the Pulumi program in another folder.`;

/** A stack's estimate: a line for each component, below it what its money goes to, the sum last. */
export function renderStack(stack: string, cost: CostEstimate): string {
  const lines = [`Estimated cost of ${stack}, USD a month`, ""];
  for (const [component, usd] of Object.entries(cost.byComponent)) {
    lines.push(`${component.padEnd(24)} ${amount(usd).padStart(12)}`);
    const own = cost.lines
      .filter((line) => line.component === component && line.monthlyUsd >= 0.005)
      .sort((a, b) => b.monthlyUsd - a.monthlyUsd);
    for (const { name, item, monthlyUsd } of own) {
      lines.push(`  ${`${name}: ${item}`.padEnd(70)} ${amount(monthlyUsd).padStart(12)}`);
    }
  }
  lines.push(
    "",
    ...gaps(cost).map((gap) => `not estimated: ${gap}`),
    ...regionWarning(cost),
    basis(cost),
  );
  const total = totalOf(cost);
  lines.push(`${stack}: ${total === UNKNOWN_TOTAL ? total : `${total} USD a month`}`);
  return `${lines.join("\n")}\n`;
}

/** Two estimates side by side, with what the second has more. */
export function renderComparison(
  stacks: readonly [string, string],
  costs: readonly [CostEstimate, CostEstimate],
): string {
  const components = [
    ...new Set(costs.flatMap(({ byComponent }) => Object.keys(byComponent))),
  ].sort();
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(24)}${cells.map((cell) => cell.padStart(14)).join("")}`;
  const amounts = (name: string, one: number, other: number) =>
    row(name, [amount(one), amount(other), amount(other - one)]);
  return `${[
    row("USD a month", [...stacks, "difference"]),
    ...components.map((name) =>
      amounts(
        name,
        entryOf(costs[0].byComponent, name) ?? 0,
        entryOf(costs[1].byComponent, name) ?? 0,
      ),
    ),
    "",
    ...stacks.flatMap((stack, index) =>
      gaps(costs[index]!).map((gap) => `not estimated in ${stack}: ${gap}`),
    ),
    ...stacks.flatMap((stack, index) =>
      regionWarning(costs[index]!).map((line) => `${stack}: ${line}`),
    ),
    basis(costs[0]),
    costs.some((cost) => totalOf(cost) === UNKNOWN_TOTAL)
      ? row("total", [...costs.map(totalOf), UNKNOWN_TOTAL])
      : amounts("total", costs[0].monthlyUsd, costs[1].monthlyUsd),
  ].join("\n")}\n`;
}

/** What has no price, a line each. */
function gaps({ notEstimated }: CostEstimate): string[] {
  return notEstimated.map(({ type, count, reason }) => `${count} ${type} (${reason})`);
}

function basis({ pricesOf }: CostEstimate): string {
  return `On-demand list prices as of ${pricesOf}; assumptions in analysis/cost/usage.json.`;
}

async function estimateStack(
  stack: string | undefined,
  cwd?: string,
): Promise<CostEstimate & { stack: string }> {
  // The verdict of the pack has no part in the estimate.
  const plan = await previewStack({ cwd, stack, policyPacks: [] });
  return visibleStrings({ ...estimate(plan, PRICES, USAGE), stack: plan.stack });
}

/** What the command line asks for. */
export type CostRequest =
  | { readonly stack: string | undefined; readonly cwd?: string }
  | { readonly compare: readonly [string, string] };

/** The request of a command line, or the exit code if it ends here. */
export function parse(args: readonly string[]): CostRequest | number {
  const given = commandLineOf(args, USAGE_TEXT, {
    options: {
      stack: { type: "string", short: "s" },
      compare: { type: "string" },
      cwd: { type: "string", short: "C" },
    },
    free: true,
  });
  if (typeof given === "number") return given;
  const { stack, compare, cwd } = given.values;
  const wrong = (message: string) => wrongUsage(message, USAGE_TEXT);
  if (compare === undefined) {
    const [first] = given.named;
    if (first !== undefined) {
      return wrong(
        `expected options alone, got ${shownValue(given.named.join(" "))}: --stack ${first}`,
      );
    }
    return cwd === undefined ? { stack: stack ?? "production" } : { stack, cwd };
  }
  const [other, ...more] = given.named;
  if (other === undefined || more.length > 0) {
    return wrong(
      `--compare: expected two stacks, got ${shownValue([compare, ...given.named].join(" "))}`,
    );
  }
  if (stack !== undefined || cwd !== undefined) {
    return wrong("--compare: expected neither --stack nor -C beside it");
  }
  return { compare: [compare, other] };
}

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const request = parse(args);
  if (typeof request === "number") return request;
  if ("stack" in request) {
    const { stack, ...cost } = await estimateStack(request.stack, request.cwd);
    process.stdout.write(renderStack(stack, cost));
    return 0;
  }
  const [one, other] = request.compare;
  const costs = await Promise.all([estimateStack(one), estimateStack(other)]);
  process.stdout.write(renderComparison(request.compare, [costs[0], costs[1]]));
  return 0;
}
