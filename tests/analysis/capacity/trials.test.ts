import assert from "node:assert/strict";

import { limitsOfPlan, trialsOfPlan } from "../../../analysis/capacity/of-plan";
import { planOf } from "../../support/plans";

describe("trials of a plan", () => {
  it("say where the loss of Spot takes nothing, because no task is on it", async () => {
    const plan = await planOf("production");
    const { failures } = trialsOfPlan(limitsOfPlan(plan));
    const spot = failures.filter(({ name }) => name.startsWith("all Spot capacity gone"));
    assert.ok(spot.length > 0);
    for (const { name, best, worst } of spot) {
      assert.equal(/no task is on Spot/.test(name), best.spotLost + worst.spotLost === 0, name);
    }
    assert.match(spot[0]!.name, /: no task is on Spot at this load$/);
  });
});
