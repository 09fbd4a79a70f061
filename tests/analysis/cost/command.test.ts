import assert from "node:assert/strict";

import type { CostEstimate } from "../../../analysis/cost/model";
import type { Plan } from "../../../analysis/plan/model";
import { parse, renderComparison, renderStack } from "../../../tools/commands/cost";
import { jsonCost, priced, renderCost } from "../../../tools/report/cost";
import { renderJson } from "../../../tools/report/json";
import { paintFor } from "../../../tools/report/style";
import { renderText } from "../../../tools/report/text";
import { USAGE } from "../../support/usage";
import { resource, stackResource } from "../../tools/preview/support";

const plain = { width: 100, color: false };

function cost(usd: number, components: Record<string, number>): CostEstimate {
  return {
    monthlyUsd: usd,
    byComponent: components,
    lines: Object.entries(components).map(([component, monthlyUsd]) => ({
      urn: component,
      type: "aws:ec2/natGateway:NatGateway",
      name: `${component}-nat`,
      component,
      item: "hours",
      quantity: 730,
      price: "nat-hour",
      unitUsd: 0.045,
      monthlyUsd,
    })),
    notEstimated: [{ type: "aws:ecs/cluster:Cluster", count: 1, reason: "why" }],
    pricesOf: "2026-11-22",
    budgetUsd: 4000,
  };
}

function planWith(limitAmount: string): Plan {
  const component = resource("crm:aws:CrmNetwork", "network", stackResource, { custom: false });
  return {
    project: "crm",
    stack: "production",
    resources: [
      stackResource,
      component,
      resource("aws:ec2/natGateway:NatGateway", "nat", component),
      resource("aws:budgets/budget:Budget", "budget", component, { inputs: { limitAmount } }),
    ],
    outputs: {},
    policies: { packs: [], violations: [], undecided: [], remediations: [] },
    diagnostics: [],
    durationMs: 1,
  };
}

describe("cost: command and preview", () => {
  it("the command line is one stack or two to compare", () => {
    assert.deepEqual(parse([]), { stack: "production" });
    assert.deepEqual(parse(["--stack", "staging"]), { stack: "staging" });
    assert.deepEqual(parse(["--compare", "a", "b"]), { compare: ["a", "b"] });
    assert.deepEqual(parse(["-C", "x"]), { stack: undefined, cwd: "x" });
  });

  it("two stacks stand side by side with their difference", () => {
    const text = renderComparison(
      ["staging", "production"],
      [cost(30, { network: 30 }), cost(1234.5, { network: 1000, edge: 234.5 })],
    );
    assert.match(text, /^USD a month +staging +production +difference\n/);
    assert.match(text, /\nedge +0\.00 +234\.50 +234\.50\n/);
    assert.match(text, /\ntotal +30\.00 +1,234\.50 +1,204\.50\n$/);
  });

  it("a stack is shown resource by resource", () => {
    const text = renderStack("production", cost(30, { network: 30 }));
    assert.match(text, /\nproduction: 30\.00 USD a month\n$/);
    assert.match(text, /\n  network-nat: hours +30\.00\n/);
    assert.match(text, /not estimated: 1 aws:ecs\/cluster:Cluster \(why\)/);
  });

  it("a sum is not known where nothing has a price", () => {
    const unpriced = { ...cost(0, {}), budgetUsd: undefined };
    assert.match(renderStack("dev", unpriced), /\ndev: not known\n$/);
    const compared = renderComparison(["dev", "staging"], [unpriced, cost(30, { network: 30 })]);
    assert.match(compared, /\ntotal +not known +30\.00 +not known\n$/);
    assert.match(renderCost(unpriced, plain, paintFor(plain))[1]!, /^ {2}total {2}not known$/);
    // What is free costs nothing, for certain.
    assert.match(
      renderStack("dev", { ...unpriced, notEstimated: [] }),
      /\ndev: 0\.00 USD a month\n$/,
    );
  });

  it("says where the region of the prices is assumed", () => {
    const queue = (rest: object) => resource("aws:sqs/queue:Queue", "work", stackResource, rest);
    const plan = planWith("4000");
    const estimated = (region: string | undefined, rest: object = {}) => {
      const resources = [stackResource, queue(rest)];
      return priced({ ...plan, resources, ...(region !== undefined && { region }) }, USAGE).cost;
    };
    const warning =
      "assumed: what names no region is in us-east-1; pulumi config set aws:region REGION names yours";
    assert.ok(renderStack("dev", estimated(undefined)).includes(`\n${warning}\n`));
    assert.ok(renderCost(estimated(undefined), plain, paintFor(plain)).includes(`  ${warning}`));
    for (const known of [
      estimated("us-west-2"),
      estimated(undefined, { inputs: { region: "us-west-2" } }),
    ])
      assert.doesNotMatch(renderStack("dev", known), /assumed:/);
  });

  it("says the same where only a provider for other resources names a region", () => {
    const plan = planWith("4000");
    const provider = resource("pulumi:providers:aws", "west", stackResource, {
      inputs: { region: "us-west-2" },
    });
    const resources = [
      stackResource,
      provider,
      resource("aws:sqs/queue:Queue", "work", stackResource),
    ];
    assert.match(
      renderStack("dev", priced({ ...plan, resources }, USAGE).cost),
      /assumed: what names no region is in us-west-2/,
    );
  });

  it("the preview ends with the estimate, and JSON carries it", () => {
    const result = priced(planWith("4000"), USAGE);
    const text = renderText(result.plan, plain, result.cost);
    assert.match(text, /Estimated cost, USD a month\n  network  46\.35\n  total {4}46\.35\n/);
    assert.ok(text.indexOf("Estimated cost") > text.indexOf("Resources by component"));
    const document = JSON.parse(renderJson(result.plan, result.cost)) as { cost: unknown };
    assert.deepEqual(document.cost, {
      monthlyUsd: 46.35, // 730 h x 0.045 + 200 GB x 0.045
      byComponent: { network: 46.35 },
      notEstimated: [],
    });
    assert.deepEqual(Object.keys(jsonCost(result.cost)), [
      "monthlyUsd",
      "byComponent",
      "notEstimated",
    ]);
  });

  it("a stack over its own budget has an advisory violation", () => {
    assert.deepEqual(priced(planWith("50"), USAGE).plan.policies.violations, []);
    const [violation, ...others] = priced(planWith("40"), USAGE).plan.policies.violations;
    assert.deepEqual(others, []);
    assert.equal(violation!.policy, "over-own-budget");
    assert.equal(violation!.enforcementLevel, "advisory");
    assert.match(violation!.message, /estimated at 46\.35 USD a month, its budget is 40\.00 USD/);
  });

  it("a plan without anything priced has no section", () => {
    const nothing = { ...cost(0, {}), notEstimated: [] };
    assert.deepEqual(renderCost(nothing, plain, paintFor(plain)), []);
  });
});
