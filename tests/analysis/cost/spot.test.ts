/** How much of the tasks Spot runs at rest, counted by hand. */
import assert from "node:assert/strict";

import { spotAtRest } from "../../../analysis/cost/spot";
import type { PlannedResource } from "../../../analysis/plan/model";
import { planOf } from "../../support/plans";

const service = (desiredCount: unknown, ...strategy: [string, number, number?][]) =>
  ({
    type: "aws:ecs/service:Service",
    inputs: {
      desiredCount,
      capacityProviderStrategies: strategy.map(([capacityProvider, weight, base]) => ({
        ...{ capacityProvider, weight, base },
      })),
    },
  }) as unknown as PlannedResource;

describe("Spot at rest", () => {
  it("is nearly nothing in production: the base of two counts for each service", async () => {
    const { resources } = await planOf("production");
    const { tasks, onDemand, percent, weightPercent } = spotAtRest(resources)!;
    assert.deepEqual([tasks, onDemand], [9, 8]);
    // One of core's three tasks is left to the shares: 0.3 of 9.
    assert.equal(percent.toFixed(2), "3.33");
    assert.equal(weightPercent.toFixed(0), "30");
  });

  it("reaches its share with the strategies that docs/decisions.md names", () => {
    const own: [string, number][] = [["FARGATE", 60], ["FARGATE_SPOT", 40]];
    const auth = service(2, ["FARGATE", 70, 2], ["FARGATE_SPOT", 30, 0]);
    const found = spotAtRest([auth, service(3, ...own), service(2, ...own), service(2, ...own)])!;
    assert.deepEqual([found.tasks, found.onDemand], [9, 2]);
    // Of the seven tasks without a base, 0.4: 2.8 of 9.
    assert.equal(found.percent.toFixed(1), "31.1");
  }); // prettier-ignore

  it("counts services that may run on Spot and have tasks, and no others", () => {
    const spot: [string, number][] = [["FARGATE_SPOT", 1]];
    assert.equal(spotAtRest([service(2, ["FARGATE", 1])]), undefined);
    assert.equal(spotAtRest([service(0, ...spot), service("04da6b54", ...spot)]), undefined);
    assert.deepEqual(spotAtRest([service(2, ...spot), service(5, ["FARGATE", 1])]), {
      ...{ tasks: 2, onDemand: 0, percent: 100, weightPercent: 100 },
    });
  });
});
