import assert from "node:assert/strict";

import { capacityOf, limitsOfPlan } from "../../analysis/capacity/of-plan";
import { queuesOf } from "../../analysis/capacity/queue-limits";
import { Tally } from "../../operations/load/driver";
import { cpuMsOf, messageSecondsOf, queriesOf, type Minute } from "../../operations/load/measure";
import { areReadAlone, used } from "../../operations/load/watch";
import { planOf } from "../support/plans";

describe("what a load test measures", () => {
  const minutes = (ms: number, idle: number, noise = 0): Minute[] =>
    [100, 300, 500, 700, 900, 400].map((requests, index) => ({
      requests,
      used: idle + (requests * ms) / 1000 + noise * (index % 2 === 0 ? 1 : -1),
    }));

  it("is the slope by load: what is used without requests does not count", () => {
    assert.deepEqual(cpuMsOf(minutes(15, 12)), { value: [15, 15] });
    const measured = cpuMsOf(minutes(15, 12, 0.3));
    assert.ok("value" in measured);
    const [least, most] = measured.value;
    assert.ok(least < 15 && most > 15 && most - least < 6, `${least} to ${most}`);
  });

  it("is nothing of few minutes, of an even load, or of use that does not follow the load", () => {
    assert.deepEqual(cpuMsOf(minutes(15, 12).slice(0, 4)), {
      why: "4 minutes have figures, and 5 are needed",
    });
    const even = Array.from({ length: 9 }, () => ({ requests: 100, used: 5 }));
    assert.ok("why" in cpuMsOf(even));
    assert.ok("why" in cpuMsOf(minutes(0.01, 12, 5)));
  });

  it("gives a database's milliseconds to its services in the proportion that was assumed", () => {
    const services = [
      {
        name: "crm-core",
        queries: [2, 4],
        takes: { queryCpuMs: [0.5, 1.5], queryIos: [1, 1] },
        requests: 900,
      },
      {
        name: "crm-analytics",
        queries: [2, 4],
        takes: { queryCpuMs: [5, 15], queryIos: [1, 1] },
        requests: 100,
      },
    ] as const;
    const database = {
      ...{ name: "crm-database-primary", services },
      minutes: { queryCpuMs: minutes(6, 3), queryIos: minutes(3000, 9) },
    };
    const measured = queriesOf(database, "queryCpuMs", "a test", "2026-11-28");
    assert.ok("services" in measured);
    // The queries of a request were assumed and not counted: nothing calls them measured.
    for (const own of Object.values(measured.services)) {
      assert.deepEqual(Object.keys(own), ["queryCpuMs"]);
    }
    const of = (name: string) => measured.services[name]!["queryCpuMs"]!.value as [number, number];
    for (const [end, queries] of [4, 2].entries()) {
      const perRequest = (name: string) => queries * of(name)[end]!;
      assert.ok(Math.abs(perRequest("crm-analytics") / perRequest("crm-core") - 10) < 0.1);
      const all = 0.9 * perRequest("crm-core") + 0.1 * perRequest("crm-analytics");
      assert.ok(Math.abs(all - 6) < 0.05, `${all} ms`);
    }
  });

  it("gives a database's reads and writes to its services likewise", () => {
    const takes = { queryCpuMs: [1, 1], queryIos: [1, 1] } as const;
    const services = [{ name: "crm-core", queries: [2, 4], takes, requests: 900 }] as const;
    // 3 for a request, beside 9 a minute without any.
    const database = {
      ...{ name: "crm-database-primary", services },
      minutes: { queryCpuMs: [], queryIos: minutes(3000, 9) },
    };
    const measured = queriesOf(database, "queryIos", "a test", "2026-11-28");
    assert.ok("services" in measured);
    assert.deepEqual(measured.services["crm-core"]!["queryIos"]!.value, [0.75, 1.5]);
    const none = queriesOf(database, "queryCpuMs", "a test", "2026-11-28");
    assert.match("why" in none ? none.why : "", /primary, queryCpuMs: 0 minutes have figures/);
  });

  it("gives a queue the seconds of a message, by those that were deleted", () => {
    const queue = { queue: "crm-social-processing", seconds: 60, messages: 40 };
    assert.deepEqual(messageSecondsOf(queue), { value: 1.5 });
    assert.ok("why" in messageSecondsOf({ ...queue, messages: 0 }));
  });

  it("is asked of CloudWatch by service and database, and wins in npm run capacity", async () => {
    const plan = await planOf("staging");
    const { load } = limitsOfPlan(plan);
    const first = 29_000_000;
    const rates = [0, 60, 120, 240, 360, 480, 600, 0];
    const tallies = new Map(
      load.services.map(({ name }) => [
        name,
        new Map(
          rates.map(
            (sent, index) => [first + index, Object.assign(new Tally(), { sent })] as const,
          ),
        ),
      ]),
    );
    const ecsNames = load.services.map(({ resource }) => String(resource.inputs["name"]));
    const tasks = new Map(
      ecsNames.map((name) => [name, new Map(rates.map((_, index) => [first + index, [2, 2]]))]),
    );
    const asked: any[] = [];
    const alarms = {
      send: ({ input }: { input: any }) => {
        asked.push(input);
        const { Metric } = input.MetricDataQueries[0].MetricStat;
        // 40 ms of the service's two tasks, 8 ms of the database's two processors for all services' requests.
        const percent = (sent: number) =>
          Metric.Namespace === "AWS/ECS"
            ? (100 * 0.04 * sent) / (60 * 2 * load.services[0]!.vcpus)
            : 10 + (100 * 0.008 * sent * load.databases[0]!.services.length) / (60 * 2);
        return Promise.resolve({
          MetricDataResults: [
            {
              Timestamps: rates.map((_, index) => new Date((first + index) * 60_000)),
              Values: rates.map(percent),
            },
          ],
        });
      },
    };
    const found = await used({ alarms } as never, load, tallies, tasks);
    assert.deepEqual(
      [...found.services.keys()],
      load.services.map(({ name }) => name),
    );
    const [one] = load.services;
    assert.deepEqual(cpuMsOf(found.services.get(one!.name)!), { value: [40, 40] });
    const [database] = found.databases;
    assert.deepEqual(cpuMsOf(database!.minutes.queryCpuMs), { value: [8, 8] });
    assert.deepEqual(asked[0].StartTime, new Date((first + 1) * 60_000));
    const measured = queriesOf(database!, "queryCpuMs", "a test", "2026-11-28");
    assert.ok("services" in measured);
    const before = capacityOf(plan);
    const after = capacityOf({
      ...plan,
      measured: { durations: [], usage: {}, capacity: { services: measured.services } },
    });
    const cpu = (capacity: typeof before) =>
      capacity.limits.find(({ kind, of }) => kind === "database-cpu" && of === database!.name)!;
    assert.notDeepEqual(cpu(after).holds, cpu(before).holds);
    assert.ok(
      cpu(after).figures.some(({ origin }) => origin.from === "measurement"),
      "no figure is a measurement",
    );
  });

  it("is nothing of a queue whose function something else starts, too: Duration is of all executions", async () => {
    const given = await planOf("production");
    // Staging's and production's mappings wait for an artifact.
    const enabled = given.resources.map((one) =>
      one.type.endsWith(":EventSourceMapping")
        ? { ...one, inputs: { ...one.inputs, enabled: true } }
        : one,
    );
    const { load } = limitsOfPlan({ ...given, resources: enabled });
    const [queue] = queuesOf(load);
    assert.ok(queue !== undefined && areReadAlone(load, queue.mappings));
    const name = String(queue.mappings[0].function!.inputs["name"]);
    const arn = `arn:aws:lambda:us-east-1:123456789012:function:${name}:live`;
    const resources = enabled.map((one) =>
      one.type === "aws:scheduler/schedule:Schedule"
        ? { ...one, inputs: { ...one.inputs, target: { arn } } }
        : one,
    );
    const scheduled = limitsOfPlan({ ...given, resources }).load;
    assert.ok(!areReadAlone(scheduled, queuesOf(scheduled)[0]!.mappings));
  });
});
