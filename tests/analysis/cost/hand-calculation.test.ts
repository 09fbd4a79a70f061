import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { estimate } from "../../../analysis/cost/estimate";
import type { CostEstimate } from "../../../analysis/cost/model";
import { PRICES } from "../../../analysis/cost/tables";
import { planOf } from "../../support/plans";
import { USAGE } from "../../support/usage";

const DOC = path.join(__dirname, "..", "..", "..", "docs", "cost.md");

/** One component of the page: what it says that it costs, and the rows that say why. */
interface Section {
  readonly name: string;
  readonly total: number;
  readonly rows: readonly { readonly calculation: string; readonly usd: number }[];
}

function sections(): Section[] {
  return fs
    .readFileSync(DOC, "utf8")
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [, name, total] = /^(\S+): ([\d.]+)$/m.exec(text)!;
      const rows = [...text.matchAll(/^\| [^|]+ \| ([^|]+) \| ([\d.]+) \|$/gm)].map(
        ([, calculation, usd]) => ({ calculation: calculation!, usd: Number(usd) }),
      );
      return { name: name!, total: Number(total), rows };
    });
}

/** The value of sums and products such as `4 x (0.50 + 0.15 x 0.03)`; units are left out. */
function value(calculation: string): number {
  const tokens = calculation.match(/[\d.]+|x|\+|\(|\)/g) ?? [];
  const term = (): number => {
    const token = tokens.shift();
    if (token !== "(") {
      return Number(token);
    }
    const inner = sum();
    assert.equal(tokens.shift(), ")", calculation);
    return inner;
  };
  const product = (): number => {
    let result = term();
    while (tokens[0] === "x") {
      tokens.shift();
      result *= term();
    }
    return result;
  };
  const sum = (): number => {
    let result = product();
    while (tokens[0] === "+") {
      tokens.shift();
      result += product();
    }
    return result;
  };
  const result = sum();
  assert.deepEqual(tokens, [], calculation);
  return result;
}

const near = (one: number, other: number, cents: number) =>
  Math.abs(one - other) <= cents / 100 + 1e-9;

describe("cost: hand calculation", () => {
  let cost: CostEstimate;

  before(async () => {
    cost = estimate(await planOf("production"), PRICES, USAGE);
  });

  it("docs/cost.md works out three components, each row as it says", () => {
    const found = sections();
    assert.equal(found.length, 3);
    for (const { name, total, rows } of found) {
      assert.ok(rows.length >= 4, name);
      for (const { calculation, usd } of rows) {
        assert.ok(near(value(calculation), usd, 0.5), `${name}: ${calculation} is not ${usd}`);
      }
      const sum = rows.reduce((result, { calculation }) => result + value(calculation), 0);
      assert.ok(near(sum, total, 0.5), `${name}: rows add up to ${sum}`);
    }
  });

  it("the estimate of production says the same", () => {
    for (const { name, total } of sections()) {
      assert.equal(cost.byComponent[name], total, name);
    }
  });

  it("the components add up to the total", () => {
    const sum = Object.values(cost.byComponent).reduce((one, other) => one + other, 0);
    assert.ok(near(sum, cost.monthlyUsd, Object.keys(cost.byComponent).length / 2));
  });
});
