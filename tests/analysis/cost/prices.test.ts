import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { estimate, type PricedPlan } from "../../../analysis/cost/estimate";
import { PRICED_REGIONS, type PriceTable } from "../../../analysis/cost/model";
import { PRICES } from "../../../analysis/cost/tables";
import { planOf } from "../../support/plans";
import { USAGE } from "../../support/usage";

const DOC = path.join(__dirname, "..", "..", "..", "docs", "cost.md");
const STACKS = ["production", "staging", "recovery"];
const GAPS = /does not know|no price is known/;

const prices = Object.entries(PRICES.prices);

/** The table without one price. */
function without(id: string): PriceTable {
  return {
    ...PRICES,
    prices: Object.fromEntries(prices.filter(([other]) => other !== id)),
  };
}

describe("cost: where prices come from", () => {
  it("each price has AWS's page and a day no later than the table's", () => {
    for (const [id, { source, asOf }] of prices) {
      assert.match(source, /^https:\/\/aws\.amazon\.com\/[a-z0-9/-]*pricing\//, id);
      assert.match(asOf, /^\d{4}-\d{2}-\d{2}$/, id);
      assert.ok(asOf <= PRICES.asOf, id);
    }
  });

  it("each region's figure has a second page, or is said to have none", () => {
    for (const [id, { seen, unconfirmed = [] }] of prices) {
      assert.deepEqual(
        [...Object.keys(seen), ...unconfirmed].sort(),
        [...PRICED_REGIONS].sort(),
        id,
      );
      for (const page of Object.values(seen)) {
        assert.equal(new URL(page).protocol, "https:", id);
      }
    }
  });

  it("docs/cost.md lists the figures without a second page, and no others", () => {
    const [, section] = /^## Not confirmed by a second source$([^]*?)^## /m.exec(
      fs.readFileSync(DOC, "utf8"),
    )!;
    const listed = [...section!.matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([\d.e-]+) \|$/gm)].map(
      ([, id, region, usd]) => [id, region, Number(usd)],
    );
    const expected = prices.flatMap(([id, { unconfirmed = [], usd }]) =>
      unconfirmed.map((region) => [id, region, usd[region]]),
    );
    assert.deepEqual(listed, expected);
  });
});

describe("cost: prices and the shipped stacks", () => {
  const plans = new Map<string, PricedPlan>();

  before(async () => {
    for (const stack of STACKS) {
      plans.set(stack, await planOf(stack));
    }
  });

  it("nothing in them lacks a price without a reason", () => {
    for (const [stack, plan] of plans) {
      const gaps = estimate(plan, PRICES, USAGE).notEstimated.filter(({ reason }) =>
        GAPS.test(reason),
      );
      assert.deepEqual(gaps, [], stack);
    }
  });

  it("a price that is taken away leaves a gap, never a zero", () => {
    const plan = plans.get("production")!;
    const { lines, monthlyUsd } = estimate(plan, PRICES, USAGE);
    const used = new Set(lines.map(({ price }) => price));
    assert.ok(used.size > 40, `${used.size} prices`);
    for (const id of used) {
      const cost = estimate(plan, without(id), USAGE);
      const priced = new Set(lines.filter(({ price }) => price === id).map(({ type }) => type));
      const gaps = cost.notEstimated.filter(
        ({ reason }) => reason === `the price table does not know ${id}`,
      );
      assert.deepEqual(new Set(gaps.map(({ type }) => type)), priced, id);
      assert.ok(cost.monthlyUsd <= monthlyUsd, id);
      assert.ok(!cost.lines.some(({ price }) => price === id), id);
    }
  });
});
