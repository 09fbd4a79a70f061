/** What a database does: for services and functions, and a replica for the writes of its source. */
import assert from "node:assert/strict";

import type { OwnAssumptions } from "../../../analysis/capacity/assumed";
import { userOf } from "../../../analysis/capacity/breaks";
import { growthOf } from "../../../analysis/capacity/growth";
import { scaled, usedBy, type Kind } from "../../../analysis/capacity/model";
import { moveFor } from "../../../analysis/capacity/moves";
import { capacityOf, limitsOfPlan } from "../../../analysis/capacity/of-plan";
import { simStackOf } from "../../../analysis/capacity/sim-of-plan";
import { besides } from "../../../analysis/capacity/sim-serve";
import { estimate } from "../../../analysis/cost/estimate";
import { PRICES } from "../../../analysis/cost/tables";
import type { Plan } from "../../../tools/preview/index";
import { rowCells } from "../../../tools/report/capacity";
import { planOf } from "../../support/plans";
import { USAGE } from "../../support/usage";

const value = (given: number | readonly [number, number]) => ({
  ...{ value: given, why: "of the test", asOf: "2026-11-29" },
});

/** Only core asks the primary, with one query of 1 ms and one write or read; executions do nothing. */
const SIMPLE: OwnAssumptions = {
  general: {
    readShare: value([0.7, 0.7]),
    executionDatabaseCpu: value(0),
    executionDatabaseIos: value(0),
  },
  services: {
    "crm-core": {
      ...{ share: value(1), queries: value(1), queryCpuMs: value(1), queryIos: value(1) },
    },
    "crm-auth": { share: value(0) },
    "crm-social": { share: value(0) },
    "crm-analytics": { share: value(0) },
  },
};

describe("the work of a database", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("production");
  });
  const found = (load: OwnAssumptions, of: Plan = plan) => limitsOfPlan(of, { load });
  const taken = (kind: Kind, name: string, load: OwnAssumptions, rps: number, of?: Plan) => {
    const { limits } = found(load, of);
    return usedBy(
      limits.find((one) => one.kind === kind && one.of.endsWith(name))!,
      rps,
    );
  };
  const near = (got: number, wanted: number) =>
    assert.ok(Math.abs(got - wanted) < 1e-9, `${got}, not ${wanted}`);

  it("is on a replica all that its source writes: each write of storage, and at most as much of the processors", () => {
    // PostgreSQL's documentation, "Standby Server Operation": a standby replays the log, all of what the primary writes.
    const share = found(SIMPLE).apiShare.value[0];
    const writes = 1000 * share * 0.3;
    const [least, most] = taken("database-storage", "replica", SIMPLE, 1000);
    near(least, writes);
    near(most, writes);
    const cpu = taken("database-cpu", "replica", SIMPLE, 1000);
    near(cpu[0], 0);
    near(cpu[1], writes * 0.001);
    const only = { ...SIMPLE, general: { ...SIMPLE.general, readShare: value(1) } };
    near(taken("database-storage", "replica", only, 1000)[1], 0);
    // The primary replays nothing: all queries are its own.
    near(taken("database-storage", "primary", SIMPLE, 1000)[1], 1000 * share);
  });

  it("is replayed by one process, for any class of the replica", () => {
    // PostgreSQL's wiki, "Parallel Recovery": WAL records are replayed strictly in written order in a single thread.
    const replay = (of: Plan) => found(SIMPLE, of).limits.find(({ kind }) => kind === "replay")!;
    const limit = replay(plan);
    assert.match(limit.of, /replica$/);
    assert.deepEqual(limit.capacity, [0.8, 1]);
    const share = found(SIMPLE).apiShare.value[0];
    near(usedBy(limit, 1000)[1], 1000 * share * 0.3 * 0.001);
    const large = plan.resources.map((one) =>
      one.type.endsWith(":Instance")
        ? { ...one, inputs: { ...one.inputs, instanceClass: "db.r6g.16xlarge" } }
        : one,
    );
    assert.deepEqual(replay({ ...plan, resources: large }).holds, limit.holds);
    // No setting of the replica moves it.
    const { load } = found(SIMPLE);
    const move = moveFor(
      limit,
      limit.holds[0] * 1.1,
      load.assumptions,
      estimate(plan, PRICES, USAGE),
    );
    assert.equal(move!.isBeyond, true);
    // A read replica more does not help, Aurora's readers share the storage and replay nothing.
    const growth = growthOf(load, found(SIMPLE).limits);
    const step = (title: string) => growth.find((one) => one.title === title)!;
    assert.equal(step("read replicas").bound!.kind, "replay");
    near(step("read replicas").holds[0] / limit.holds[0], 1);
    assert.notEqual(step("Aurora").bound!.kind, "replay");
  });

  it("shows on a replica to those who read it, and on the primary to all", () => {
    const { limits } = found({});
    const of = (name: string) =>
      userOf(limits.find((one) => one.kind === "database-cpu" && one.of.endsWith(name))!);
    assert.match(of("replica"), /^only readers of the replica get slow/);
    assert.equal(of("primary"), "every page that reads or writes gets slow");
    const [early] = capacityOf(plan).rows.filter(({ passed }) => passed.length > 0);
    assert.match(rowCells(early!)[2]!, /^only readers of the replica/);
  });

  it("is as many MiB as its reads and writes are large: what executions take at least and at most as well", () => {
    // 16 KiB each: 64 of them are a MiB.
    const load = (eventsPerThousandRequests: number, readShare: number) => ({
      ...SIMPLE,
      general: {
        ...{ ioKiB: value(16), executionDatabaseIos: value(640), eventSeconds: value(10) },
        ...{
          eventsPerThousandRequests: value(eventsPerThousandRequests),
          readShare: value(readShare),
        },
      },
    });
    const both = (given: OwnAssumptions, name: string, rps: number, of?: Plan) =>
      (["database-storage", "database-throughput"] as const).map(
        (kind) => taken(kind, name, given, rps, of)[1],
      );
    // Events of 10,000 requests a second would start more than the 10 that the report generator reserves.
    const [ios, mib] = both(load(1, 1), "replica", 10_000);
    near(ios!, 10 * 640);
    near(mib!, (10 * 640) / 64);
    // What a clock starts on the primary is written by the replica too, at every load.
    const hourly = {
      ...plan,
      resources: plan.resources
        .map((one) => {
          if (!one.type.endsWith(":Schedule") || !one.name.includes("analytics-aggregator"))
            return one;
          const target = one.inputs["target"] as { readonly arn: string };
          const arn = target.arn.replace("analytics-aggregator", "social-data-processor");
          return {
            ...one,
            inputs: { ...one.inputs, state: "ENABLED", target: { ...target, arn } },
          };
        })
        .filter(({ type }) => !type.endsWith(":EventSourceMapping")),
    };
    const [written, writtenMib] = both(load(0, 0.5), "replica", 0, hourly);
    near(written!, 0.5 * 640);
    near(writtenMib!, (0.5 * 640) / 64);
  });

  it("names, of what a replica does, what it replays: scaled or not", () => {
    const [part] = scaled([{ perRequest: [1, 2], isReplayed: true }], [2, 2]);
    assert.deepEqual(part, { perRequest: [2, 4], isReplayed: true });
    const { limits } = found(SIMPLE);
    const replayed = (kind: Kind) =>
      limits
        .find((one) => one.kind === kind && one.of.endsWith("replica"))!
        .parts.filter(({ isReplayed }) => isReplayed).length;
    assert.ok(replayed("database-throughput") > 0);
    assert.equal(replayed("database-throughput"), replayed("database-storage"));
  });

  it("has executions that enabled schedules start, as many as may run at a time, at every load", () => {
    const busy = {
      ...SIMPLE,
      general: {
        ...SIMPLE.general,
        executionDatabaseCpu: value(0.1),
        eventsPerThousandRequests: value(0),
      },
    };
    /** Production, with another schedule of the aggregator, and another timeout in seconds. */
    const having = (state: string, scheduleExpression: string, timeout: number): Plan => ({
      ...plan,
      resources: plan.resources.map((one) =>
        one.name === "crm-eventing-analytics-aggregator-schedule"
          ? { ...one, inputs: { ...one.inputs, state, scheduleExpression } }
          : one.name === "crm-eventing-analytics-aggregator" && one.type.endsWith(":Function")
            ? { ...one, inputs: { ...one.inputs, timeout } }
            : one,
      ),
    });
    const vcpus = (of: Plan) => taken("database-cpu", "replica", busy, 0, of)[1];
    // The aggregator has 2 executions, and its schedule starts one an hour. Nothing starts the report generator without users.
    near(vcpus(having("DISABLED", "rate(1 hour)", 900)), 0);
    near(vcpus(having("ENABLED", "rate(1 hour)", 900)), 0.1);
    near(vcpus(having("ENABLED", "cron(0 6 * * ? *)", 900)), 0.1);
    near(vcpus(having("ENABLED", "rate(10 minutes)", 900)), 2 * 0.1);
    near(vcpus(having("ENABLED", "rate(1 minute)", 900)), 2 * 0.1);
    near(taken("database-cpu", "primary", busy, 0)[1], 0);
    const enabled = having("ENABLED", "rate(1 hour)", 900);
    const simulated = simStackOf(found(busy, enabled).load, "at worst");
    near(simulated.databases.find(({ name }) => name.endsWith("replica"))!.usedVcpus, 0.1);
  });

  it("has executions that events start as users ask for them, and no more than are reserved", () => {
    // Little's law: executions at a time are those that start a second, times the seconds of each.
    const events = {
      ...{ executionDatabaseCpu: value(0.1), readShare: value(1) },
      ...{ eventsPerThousandRequests: value([1, 2]), eventSeconds: value([20, 30]) },
    };
    const idle = { "crm-core": { share: value(1), queries: value(0) } };
    const load = { ...SIMPLE, general: { ...SIMPLE.general, ...events }, services: { ...SIMPLE.services, ...idle } }; // prettier-ignore
    const share = found(load).apiShare.value[0];
    const vcpus = (rps: number, given: OwnAssumptions = load) =>
      taken("database-cpu", "replica", given, rps);
    near(vcpus(0)[1], 0);
    near(vcpus(100)[0], 100 * share * 0.001 * 20 * 0.1);
    near(vcpus(100)[1], 100 * share * 0.002 * 30 * 0.1);
    // Lambda starts no more than the 10 that the report generator reserves.
    assert.deepEqual(vcpus(1e6), [1, 1]);
    // Lambda ends an execution after its timeout, here 15 minutes.
    const endless = { ...load, general: { ...load.general, eventSeconds: value(1e6) } };
    near(vcpus(1, endless)[1], share * 0.002 * 900 * 0.1);
    near(taken("database-cpu", "primary", load, 1e6)[1], 0);
    const ofReplica = (side: "at best" | "at worst") =>
      simStackOf(found(load).load, side).databases.find(({ name }) => name.endsWith("replica"))!;
    assert.equal(ofReplica("at worst").usedVcpus, 0);
    near(besides(ofReplica("at worst"), 100), vcpus(100)[1]);
    near(besides(ofReplica("at best"), 100), vcpus(100)[0]);
    near(besides(ofReplica("at worst"), 1e6), 1);
    // Spread over all replicas they are bounded likewise: no load of events alone is too much for them.
    const steps = growthOf(found(load).load, found(load).limits);
    assert.notEqual(steps.find(({ title }) => title === "read replicas")!.bound?.kind, "database-cpu"); // prettier-ignore
  });

  it("has on a replica what executions of its source write, as far as events and a clock start them", () => {
    const busy = {
      ...SIMPLE,
      general: {
        ...SIMPLE.general,
        ...{ executionDatabaseCpu: value(0.1), executionDatabaseIos: value(100) },
        ...{ eventsPerThousandRequests: value(1), eventSeconds: value(10) },
      },
    };
    // The processor that writes to the primary, started by events and by no queue; or by the clock that starts the aggregator.
    const byEvents = { ...plan, resources: plan.resources.filter(({ type }) => !type.endsWith(":EventSourceMapping")) }; // prettier-ignore
    const byClock = {
      ...byEvents,
      resources: byEvents.resources.map((one) => {
        if (!one.type.endsWith(":Schedule") || !one.name.includes("analytics-aggregator"))
          return one;
        const target = one.inputs["target"] as { readonly arn: string };
        const arn = target.arn.replace("analytics-aggregator", "social-data-processor");
        return { ...one, inputs: { ...one.inputs, state: "ENABLED", target: { ...target, arn } } };
      }),
    };
    const running = 1000 * found(busy).apiShare.value[0] * 1e-3 * 10;
    const more = (kind: Kind, of: Plan, rps: number) =>
      taken(kind, "replica", busy, rps, of)[1] - taken(kind, "replica", busy, rps)[1];
    near(more("database-storage", byEvents, 1000), 0.3 * running * 100);
    near(more("database-cpu", byEvents, 1000), 0.3 * running * 0.1);
    near(more("replay", byEvents, 1000), 0.3 * running * 0.1);
    near(more("database-storage", byClock, 0), 0.3 * 100);
    near(more("replay", byClock, 0), 0.3 * 0.1);
    const ofReplica = (of: Plan) =>
      simStackOf(found(busy, of).load, "at worst").databases.find(({ isReplica }) => isReplica)!;
    near(besides(ofReplica(byClock), 0), 0.3 * 0.1);
    // Each of the replicas of the growth table replays them as well.
    const { load, limits } = found(busy, byClock);
    const idle = found(busy);
    const replicas = (from: typeof idle) =>
      growthOf(from.load, from.limits).find(({ title }) => title === "read replicas")!.holds[0];
    assert.ok(replicas({ ...idle, load, limits }) < replicas(idle));
  });

  it("has the queries of messages, once their queue is read, and a replica their writes", () => {
    const queues = {
      "crm-social-processing": { messages: value(0.5), queries: value(2), queryCpuMs: value(4) },
    };
    const load = { ...SIMPLE, queues };
    const enabled = {
      ...plan,
      resources: plan.resources.map((one) =>
        one.type.endsWith(":EventSourceMapping")
          ? { ...one, inputs: { ...one.inputs, enabled: true } }
          : one,
      ),
    };
    const share = found(load).apiShare.value[0];
    const more = (name: string, of: Plan) => taken("database-cpu", name, load, 1000, of)[1];
    const messages = 1000 * share * 0.5 * 2 * 0.004;
    near(more("primary", enabled) - more("primary", plan), messages);
    near(more("replica", enabled) - more("replica", plan), 0.3 * messages);
    const simulated = simStackOf(found(load, enabled).load, "at worst");
    const primary = simulated.databases.find(({ name }) => name.endsWith("primary"))!;
    near(besides(primary, 1000), messages);
    // Another function takes as many of the messages, and asks no database.
    const mapping = enabled.resources.find(({ type }) => type.endsWith(":EventSourceMapping"))!;
    const inputs = { ...mapping.inputs, functionName: "crm-configuration-backup" };
    const other = { ...mapping, name: "other", urn: `${mapping.urn}-other`, inputs };
    const shared = { ...enabled, resources: [...enabled.resources, other] };
    near(more("primary", shared) - more("primary", plan), messages / 2);
  });

  it("counts each task that a schedule starts: in connections, in vCPUs, and in time", () => {
    const definition = plan.resources.find(
      ({ type, name }) => type.endsWith(":TaskDefinition") && name.startsWith("crm-core"),
    )!;
    const nightly = {
      ...definition,
      ...{ name: "crm-nightly", urn: `${definition.urn}-nightly` },
    };
    const schedule = plan.resources.find(({ type }) => type.endsWith(":Schedule"))!;
    const { region, ...inputs } = schedule.inputs;
    assert.equal(region, undefined);
    const started = {
      ...schedule,
      ...{ name: "crm-nightly-schedule", urn: `${schedule.urn}-nightly` },
      propertyDependencies: { target: [nightly.urn] },
      inputs: {
        ...inputs,
        state: "ENABLED",
        scheduleExpression: "cron(0 3 * * ? *)",
        target: { ecsParameters: { taskCount: 4 } },
      },
    };
    const other = { ...plan, resources: [...plan.resources, nightly, started] };
    const fixed = (kind: Kind, name: string, of: Plan) => taken(kind, name, SIMPLE, 0, of)[1];
    const pool = 10;
    near(fixed("connections", "primary", other) - fixed("connections", "primary", plan), 4 * pool);
    const vcpus = Number(definition.inputs["cpu"]) / 1024;
    near(fixed("fargate-vcpus", "account", other) - fixed("fargate-vcpus", "account", plan), 4 * vcpus); // prettier-ignore
    const [job] = simStackOf(found(SIMPLE, other).load, "at worst").jobs;
    assert.deepEqual([job!.count, job!.vcpus, job!.database!.pool], [4, 4 * vcpus, 4 * pool]);
  });
});
