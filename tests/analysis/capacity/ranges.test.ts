/** Where a fact or an assumption is a range, so is what follows from it; and what grows has an end where AWS sets one. */
import assert from "node:assert/strict";

import { titleOf } from "../../../analysis/capacity/breaks";
import { UNREACHED } from "../../../analysis/capacity/model";
import { limitsOfPlan } from "../../../analysis/capacity/of-plan";
import { simStackOf } from "../../../analysis/capacity/sim-of-plan";
import {
  BALANCER_NAME,
  CACHE_FAILOVER,
  DATABASE_FAILOVER,
  TASK_START,
} from "../../../facts/scaling-times";
import { planOf } from "../../support/plans";

describe("ranges", () => {
  it("of a fact make the limit a range, unless what it says is one number", async () => {
    const { limits } = limitsOfPlan(await planOf("production"));
    let ranges = 0;
    for (const limit of limits.filter(({ holds }) => holds[0] < UNREACHED)) {
      const isRange = limit.figures.some(
        ({ origin, value }) => origin.from === "fact" && value[0] < value[1],
      );
      if (!isRange) continue;
      ranges += 1;
      assert.ok(limit.capacity[0] < limit.capacity[1], titleOf(limit));
      assert.ok(limit.holds[0] < limit.holds[1], titleOf(limit));
    }
    assert.ok(ranges >= 4, `${ranges} limits`);
  });

  it("of AWS's timings are both sides of the simulation", async () => {
    const { load } = limitsOfPlan(await planOf("production"));
    const [best, worst] = (["at best", "at worst"] as const).map((side) => simStackOf(load, side));
    const database = (of: typeof best) =>
      of!.databases.find(({ name }) => name.endsWith("primary"))!.failoverSeconds;
    assert.deepEqual([database(best), database(worst)], DATABASE_FAILOVER.seconds);
    assert.deepEqual(
      [best, worst].map((of) => of!.caches["crm-cache"]),
      CACHE_FAILOVER.seconds,
    );
    const [shortest, longest] = TASK_START.seconds;
    // Two checks of 30 s: the second passes 30 to 60 s later.
    assert.deepEqual([best!.startSeconds, worst!.startSeconds], [shortest + 30, longest + 60]);
    assert.deepEqual([best!.nodeSeconds, worst!.nodeSeconds], [0, BALANCER_NAME.seconds]);
  });

  it("of a cache end at 500 of the largest nodes, replicas included", async () => {
    const { limits } = limitsOfPlan(await planOf("production"));
    const of = (kind: string) => limits.find((one) => one.kind === kind)!;
    // AWS, "Working with shards": 500 nodes in a cluster, here three for each shard; r5.24xlarge has 635.61 GiB, a quarter reserved.
    const shards = Math.floor(500 / 3);
    const mib = shards * 635.61 * 1024 * 0.75;
    assert.ok(Math.abs(of("cache-memory").ceiling / mib - 1) < 1e-9);
    assert.equal(of("cache-cpu").ceiling, shards * 60_000 * 0.8);
  });
});
