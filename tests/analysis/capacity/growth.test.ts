import assert from "node:assert/strict";

import { cellsFor, growthOf } from "../../../analysis/capacity/growth";
import { UNREACHED } from "../../../analysis/capacity/model";
import { limitsOfPlan, type LimitsOfPlan } from "../../../analysis/capacity/of-plan";
import { growthCells } from "../../../tools/report/capacity";
import { planOf } from "../../support/plans";

const value = (given: number) => ({ value: given, why: "of the test", asOf: "2026-11-28" });

describe("growth past one stack", () => {
  let found: LimitsOfPlan;
  before(async () => {
    found = limitsOfPlan(await planOf("production"));
  });
  const near = (got: number, wanted: number, what: string) =>
    assert.ok(Math.abs(got / wanted - 1) < 2e-3, `${what}: ${got}, not ${wanted}`);
  const stepOf = (title: string, of = found) =>
    growthOf(of.load, of.limits).find((one) => one.title === title)!;

  it("holds more with each step, and names what binds then", () => {
    const steps = growthOf(found.load, found.limits);
    assert.deepEqual(
      steps.map(({ title }) => title),
      ["one stack", "shared connections", "read replicas", "Aurora", "shards"],
    );
    steps.slice(1).forEach(({ title, holds }, index) => {
      const before = steps[index]!.holds;
      assert.ok(holds[0] >= before[0] && holds[1] >= before[1], title);
    });
    assert.ok(steps.at(-1)!.holds[0] > 5 * steps[0]!.holds[0]);
    for (const step of steps) assert.ok(step.figures.length > 1, step.title);
    // One process of each replica replays 40 % of the queries at the most, until Aurora's readers share the storage.
    const writes = 0.4 * 0.5 * (0.8 * 4 + 0.05 * 3) * 0.001;
    for (const step of steps.slice(0, 3)) {
      assert.equal(step.bound!.kind, "replay");
      near(step.holds[0], 0.8 / writes, step.title);
    }
    assert.equal(steps[3]!.bound!.kind, "database-cpu");
    assert.match(growthCells(steps[2]!).join("|"), /^read replicas\|15 replicas /);
  });

  it("needs as many cells as the load is times what a stack holds", () => {
    assert.deepEqual(cellsFor({ holds: [100, 400] }, 1000), [3, 10]);
    assert.deepEqual(cellsFor({ holds: [UNREACHED, UNREACHED] }, 1000), [1, 1]);
  });

  it("is that of queries once tasks share connections, and of writes once replicas read", async () => {
    // One service takes all: a query holds its connection for 100 ms, and takes 1 ms of a processor.
    const only = {
      share: value(1),
      ...{
        queries: value(1),
        queryHeldMs: value(100),
        queryCpuMs: value(1),
        queryIos: value(1e-6),
      },
      ...{
        cacheMiBPerRequestRate: value(1e-9),
        cacheCommands: value(1e-9),
        cachePool: value(1e-9),
      },
    };
    const none = { share: value(0) };
    const production = await planOf("production");
    const resources = production.resources.map((one) =>
      one.type.endsWith(":EventSourceMapping")
        ? { ...one, inputs: { ...one.inputs, enabled: true } }
        : one,
    );
    const plan = { ...production, resources };
    const load = {
      general: { readShare: value(0.75), busyShare: value(1), spareConnections: value(0) },
      services: { "crm-core": only, "crm-auth": none, "crm-social": none, "crm-analytics": none },
      queues: { "crm-social-processing": { messages: value(0.02), queries: value(1e-6) } },
    };
    const one = limitsOfPlan(plan, { load });
    const share = one.apiShare.value[0];
    // 5,000 connections by the formula, less the 20 that the queue's function may open; each request at the load balancer holds one for 0.1 s.
    const least = (5000 * 0.88) / 0.97;
    near(stepOf("shared connections", one).holds[1], (5000 - 20) / (0.1 * share), "connections");
    // A quarter of the queries writes: four times as many requests, until the readers' connections bind.
    near(stepOf("Aurora", one).holds[1], (4 * (5000 - 20)) / (0.1 * share), "a quarter writes");
    assert.ok(stepOf("Aurora", one).holds[0] < stepOf("Aurora", one).holds[1] && least < 5000);
    // Shards: 8 routers of 5,000 connections.
    near(stepOf("shards", one).holds[1], (8 * 5000 - 20) / (0.1 * share), "routers");
  });
});
