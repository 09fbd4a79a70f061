/** Nodes of a replication group, for both of the provider's ways to state them, in every derivation. */
import assert from "node:assert/strict";

import { cacheLayout } from "../../analysis/cache-layout";
import { limitsOfPlan } from "../../analysis/capacity/of-plan";
import { estimate } from "../../analysis/cost/estimate";
import { PRICES } from "../../analysis/cost/tables";
import { pictureOf } from "../../tools/diagram/graph";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { USAGE } from "../support/usage";

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";

describe("the layout of a cache", () => {
  const of = (inputs: Readonly<Record<string, number>>) => cacheLayout((name) => inputs[name]);

  it("is by shards and replicas, or by nodes", () => {
    // `numCacheClusters`: "primary and replicas", conflicts with the other two (the provider's SDK).
    assert.deepEqual(of({ numNodeGroups: 2, replicasPerNodeGroup: 1 }), { shards: 2, replicas: 1 });
    assert.deepEqual(of({ numCacheClusters: 3 }), { shards: 1, replicas: 2 });
    // AWS tells all three of a group that exists.
    const told = { numNodeGroups: 3, replicasPerNodeGroup: 0, numCacheClusters: 3 };
    assert.deepEqual(of(told), { shards: 3, replicas: 0 });
    assert.deepEqual(of({ numNodeGroups: 2 }), { shards: 2, replicas: undefined });
  });

  it("is the same for the cost, the limits and the picture", async () => {
    const production = await planOf("production");
    const withNodes = (inputs: Readonly<Record<string, number>>): Plan => ({
      ...production,
      resources: production.resources.map((one) => {
        if (one.type !== GROUP) return one;
        const neither = { numNodeGroups: undefined, replicasPerNodeGroup: undefined };
        return { ...one, inputs: { ...one.inputs, ...neither, ...inputs } };
      }),
    });
    const said = (plan: Plan) => {
      const cost = estimate(plan, PRICES, USAGE).lines.filter(({ item }) => /node/.test(item));
      const { limits } = limitsOfPlan(plan);
      const cache = limits.filter(({ kind }) => kind.startsWith("cache-"));
      const node = pictureOf(plan).nodes.find(({ kind }) => kind === "cache")!;
      return [
        cost.map(({ item, monthlyUsd }) => [item, monthlyUsd]),
        cache.map(({ ceiling }) => ceiling),
        node.details,
      ];
    };
    assert.deepEqual(
      said(withNodes({ numCacheClusters: 3 })),
      said(withNodes({ numNodeGroups: 1, replicasPerNodeGroup: 2 })),
    );
  });
});
