import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { estimate } from "../../cost/estimate";
import { PRICES, USAGE } from "../../cost/tables";
import { planOf } from "../support/plans";

const ROOT = path.join(__dirname, "..", "..");

describe("cost: hand calculation", () => {
  it("docs/cost.md has the estimate of production's components, and its sums are right", async function () {
    this.timeout(120_000);
    const plan = await planOf("production");
    const { byComponent } = estimate(plan, PRICES, USAGE);
    const sections = fs
      .readFileSync(path.join(ROOT, "docs/cost.md"), "utf8")
      .split(/^### /m)
      .slice(1);
    assert.equal(sections.length, 3);
    for (const section of sections) {
      const [, name, total] = /^(\S+): ([\d.]+)$/m.exec(section)!;
      const rows = [...section.matchAll(/\| ([\d.]+) \|$/gm)].map(([, usd]) => Number(usd));
      const sum = rows.reduce((one, other) => one + other, 0);
      assert.ok(Math.abs(sum - Number(total)) < 0.02, `${name}: rows add up to ${sum}`);
      assert.equal(byComponent[name!], Number(total), name);
    }
  });
});
