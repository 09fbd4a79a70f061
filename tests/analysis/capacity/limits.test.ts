import assert from "node:assert/strict";

import fc from "fast-check";

import { Assumptions, problemsOf, type OwnAssumptions } from "../../../analysis/capacity/assumed";
import { titleOf, type Row } from "../../../analysis/capacity/breaks";
import { holding, KINDS, usedBy, type Kind } from "../../../analysis/capacity/model";
import { capacityOf, limitsOfPlan, type PlanOfCapacity } from "../../../analysis/capacity/of-plan";
import { read } from "../../../analysis/properties";
import { POOL } from "../../../facts/pools";
import type { Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

const asOf = "2026-11-28";
const why = "of the test";
const value = (given: number | readonly [number, number]) => ({ value: given, why, asOf });

/** A plan with other inputs of the resources that a type and a part of the name pick. */
type Change = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function changed(plan: Plan, change: Change): Plan {
  const resources = plan.resources.map((resource) => {
    const inputs = Object.entries(change)
      .filter(([key]) => {
        const [type = "", name = ""] = key.split(" ");
        return resource.type.endsWith(`:${type}`) && resource.name.includes(name);
      })
      .map(([, properties]) => properties);
    return { ...resource, inputs: Object.assign({}, resource.inputs, ...inputs) as object };
  });
  return { ...plan, resources: resources as Plan["resources"] };
}

/** Every service and queue takes next to nothing: what is left are the limits of the edge. */
const LIGHT: OwnAssumptions = {
  general: { busiestAddress: value(1e-9), eventsPerThousandRequests: value(0) },
  services: Object.fromEntries(
    ["crm-auth", "crm-core", "crm-social", "crm-analytics"].map((name) => [
      name,
      Object.fromEntries(
        [
          ...["cpuMs", "waitMs", "queries", "cacheCommands", "cacheMiBPerRequestRate"],
          ...["calls", "payloadKB", "newConnections"],
        ].map((id) => [id, value(1e-6)]),
      ),
    ]),
  ),
  queues: { "crm-social-processing": { messages: value(1e-9) } },
};

const core = (id: string, given: number) => ({ services: { "crm-core": { [id]: value(given) } } });
const quotas = (name: string, given: number) => ({ quotas: { [name]: value(given) } });
const GENEROUS = { fargateVcpus: value(1e6), fargateSpotVcpus: value(1e6) };

const ENABLED: Change = { EventSourceMapping: { enabled: true } };

/** What makes each kind of limit the first: another plan, or other assumptions. */
const FIRST: Readonly<Record<Kind, { change?: Change; own?: OwnAssumptions }>> = {
  tasks: { change: { "Target crm-core": { maxCapacity: 2 } } },
  pool: { own: core("queryHeldMs", 5000) },
  connections: { change: { "Instance primary": { instanceClass: "db.t4g.micro" } } },
  "database-cpu": { own: core("queryCpuMs", 50) },
  replay: {
    change: { Instance: { instanceClass: "db.r6g.16xlarge" } },
    own: merged(core("queryCpuMs", 10), { general: { readShare: value(0.05) } }),
  },
  "database-storage": {
    change: { "Instance primary": { allocatedStorage: 100 } },
    own: { ...core("queryIos", 500), general: { ioKiB: value(1) } },
  },
  "database-throughput": { own: { general: { ioKiB: value(1e5) } } },
  "cache-connections": { own: core("cachePool", 20_000) },
  "cache-memory": {
    change: {
      ReplicationGroup: { nodeType: "cache.t4g.micro" },
      "Target cache-shards": { maxCapacity: 1 },
    },
    own: core("cacheMiBPerRequestRate", 20),
  },
  "cache-cpu": { own: core("cacheCommands", 5000) },
  "fargate-vcpus": { own: quotas("fargateVcpus", 4) },
  "fargate-spot-vcpus": { own: quotas("fargateSpotVcpus", 0.5) },
  targets: {
    change: {
      "Target crm-social": { minCapacity: 600, maxCapacity: 600 },
      Subnet: { cidrBlock: "10.0.0.0/16" },
    },
    own: { quotas: GENEROUS, general: { logCallsPerTask: value(0.01) } },
  },
  addresses: { change: { Subnet: { cidrBlock: "10.0.1.0/29" } } },
  "nat-connections": { own: merged(core("callSeconds", 50_000), core("requestsAtATime", 1e9)) },
  "distribution-requests": {
    change: { "WebAcl load-balancer": { scope: "CLOUDFRONT" } },
    own: LIGHT,
  },
  "distribution-bandwidth": { own: core("payloadKB", 1e6) },
  "firewall-rate": { own: { general: { busiestAddress: value(0.9) } } },
  "firewall-requests": {
    own: LIGHT,
  },
  queue: {
    change: { EventSourceMapping: { enabled: true, scalingConfig: { maximumConcurrency: 2 } } },
  },
  visibility: {
    change: { ...ENABLED, "Queue social-processing": { visibilityTimeoutSeconds: 20 } },
  },
  "open-requests": { own: core("requestsAtATime", 1) },
  "target-connections": {
    own: merged(core("newConnections", 5000), core("requestsAtATime", 1e9)),
  },
  "in-flight": {
    change: {
      EventSourceMapping: {
        enabled: true,
        scalingConfig: undefined,
        maximumBatchingWindowInSeconds: 300,
      },
    },
    own: {
      queues: {
        "crm-social-processing": { messages: value(10), seconds: value(0.01), queries: value(0) },
      },
    },
  },
  "function-concurrency": { own: quotas("lambdaConcurrency", 10) },
  "log-ingestion": { own: { general: { logCallsPerTask: value(500) } } },
};

/** The plan's own assumptions with others on top. */
function merged(own: OwnAssumptions = {}, over: OwnAssumptions = {}): OwnAssumptions {
  const bag = (one: object = {}, other: object = {}): object =>
    Object.fromEntries(
      [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => {
        const [left, right] = [one, other].map((each) => (each as Record<string, unknown>)[key]);
        const both = typeof left === "object" && typeof right === "object";
        const isValue = both && "value" in (right as object);
        return [key, both && !isValue ? bag(left as object, right as object) : (right ?? left)];
      }),
    );
  return bag(own, over);
}

describe("limits of a stack", () => {
  let production: Plan;
  before(async () => {
    production = await planOf("production");
  });
  const capacity = (plan: PlanOfCapacity, load?: OwnAssumptions) => capacityOf(plan, { load });

  it("name the first of production and its load, from the class, the share and what a query takes", () => {
    const [first] = capacity(production).limits;
    assert.equal(titleOf(first!), "crm-database-replica: processors of the database");
    // 2 vCPUs, of which 80 % serve before queries wait (the schedule of the aggregator is disabled); half of the requests reach
    // the load balancer, 5 % of these the service, and up to one of a thousand starts a report of a minute. It replays the
    // writes of core and auth: 40 % of their queries at the most.
    const reports = 0.5 * 0.001 * 60 * 0.05;
    const own = 0.5 * 0.05 * 6 * 0.04;
    const replayed = 0.4 * 0.5 * (0.8 * 4 * 0.001 + 0.05 * 3 * 0.001);
    const least = (2 * 0.8) / (own + replayed + reports);
    const most = 2 / (0.5 * 0.05 * 3 * 0.01);
    assert.ok(Math.abs(first!.holds[0] / least - 1) < 1e-3, String(first!.holds[0]));
    assert.ok(Math.abs(first!.holds[1] / most - 1) < 1e-3, String(first!.holds[1]));
  });

  it("can all be traced to a value of the plan, a dated fact or a dated assumption", () => {
    const byUrn = new Map(production.resources.map((resource) => [resource.urn, resource]));
    const { limits, todayFrom } = capacity(changed(production, ENABLED));
    assert.deepEqual(new Set(limits.map(({ kind }) => kind)), new Set(Object.keys(KINDS)));
    for (const { kind, of, figures } of limits) {
      assert.ok(figures.length > 0, kind);
      for (const { name, origin, value: range } of [...figures, ...todayFrom]) {
        const at = `${kind} ${of} ${name}`;
        assert.ok(range[0] <= range[1], at);
        if (origin.from === "plan") {
          const { inputs } = byUrn.get(origin.urn)!;
          assert.notEqual(read(inputs, origin.property), undefined, `${at} ${origin.property}`);
        } else {
          assert.match(origin.asOf, /^20\d\d-\d\d-\d\d$/, at);
          const where = origin.from === "fact" ? origin.source : origin.why;
          assert.ok(where.length > 10, at);
        }
      }
    }
  });

  for (const [kind, { change = {}, own }] of Object.entries(FIRST)) {
    it(`change their order: ${kind} can be the first`, () => {
      const load = merged(production.assumptions, own);
      const { limits } = capacity(changed(production, change), load);
      assert.equal(limits[0]!.kind, kind);
    });
  }

  it("are passed one after the other as the load grows, and a larger resource is paid once", () => {
    const { rows } = capacityOf(production, { rps: 300 });
    assert.ok(rows.some(({ label, rps }) => label === "asked for" && rps === 300));
    rows.slice(1).forEach((row, index) => {
      const before = rows[index]!;
      assert.ok(before.rps < row.rps);
      const titles = row.passed.map(({ limit }) => titleOf(limit));
      for (const { limit } of before.passed) assert.ok(titles.includes(titleOf(limit)));
      assert.ok(before.monthlyUsd <= row.monthlyUsd || before.beyond < row.beyond);
    });
    const isPrimary = ({ limit, move }: Row["passed"][number]) =>
      /-primary$/.test(limit.of) && move.monthlyUsd !== undefined;
    const last = rows.filter(({ passed }) => passed.filter(isPrimary).length > 1).at(-1)!;
    const primary = last.passed.filter(({ limit }) => /-primary$/.test(limit.of));
    const dearest = Math.max(...primary.map(({ move }) => move.monthlyUsd ?? 0));
    const rest = last.passed.filter(({ limit }) => !/-primary$/.test(limit.of));
    assert.ok(primary.length > 1 && dearest > 0);
    assert.ok(last.monthlyUsd <= dearest + rest.reduce((sum, { move }) => sum + (move.monthlyUsd ?? 0), 0)); // prettier-ignore
  });

  it("end, for a cache, at so many shards that all have their replicas among 500 nodes", () => {
    // AWS's "Working with shards": 83 shards (one primary and 5 replicas each) to 500 shards without a replica.
    const ceiling = (replicas: number) =>
      capacity(changed(production, { ReplicationGroup: { replicasPerNodeGroup: replicas } }))
        .limits.filter(({ kind }) => kind === "cache-cpu" || kind === "cache-memory")
        .map((one) => one.ceiling);
    const [all, few] = [ceiling(0), ceiling(5)];
    assert.equal(all.length, 2);
    all.forEach((one, index) => assert.ok(Math.abs((few[index]! / one) * 500 - 83) < 1e-9));
  });

  it("have fewer connections of a cache whose nodes are small", () => {
    const clients = (nodeType: string) =>
      capacity(changed(production, { ReplicationGroup: { nodeType } })).limits.find(
        ({ kind }) => kind === "cache-connections",
      )!.capacity[0];
    assert.deepEqual(
      ["cache.t4g.micro", "cache.t3.micro", "cache.t3.medium", "cache.r6g.large"].map(clients),
      [20_000, 20_000, 46_000, 65_000],
    );
  });

  it("leave out of a cache's memory what its parameter group reserves, else what is assumed, else AWS's default", () => {
    const memory = (change: Change, own?: OwnAssumptions) =>
      capacity(changed(production, change), own).limits.find(({ kind }) => kind === "cache-memory")!.capacity[0]; // prettier-ignore
    const parameters = [{ name: "reserved-memory-percent", value: "50" }];
    const half: Change = { "ParameterGroup cache": { parameters } };
    const all = memory({}, { general: { cacheReserved: value(0) } });
    assert.ok(Math.abs(memory({}) / all - 0.75) < 1e-9);
    assert.ok(Math.abs(memory({}, { general: { cacheReserved: value(0.4) } }) / all - 0.6) < 1e-9);
    assert.ok(Math.abs(memory(half, { general: { cacheReserved: value(0.4) } }) / all - 0.5) < 1e-9); // prettier-ignore
  });

  it("take the base of a service on demand, and its part of the tasks above on Spot", () => {
    const { limits, load } = limitsOfPlan(production);
    const [onDemand, onSpot] = ["fargate-vcpus", "fargate-spot-vcpus"].map((kind) =>
      usedBy(
        limits.find((one) => one.kind === kind)!,
        0,
      ),
    );
    // AWS: base, the tasks that at a minimum run on a provider. core and social keep 2 tasks and have a base of 2.
    const least = load.services.reduce((sum, one) => sum + one.least * one.vcpus * 2, 0);
    assert.ok(load.services.every((one) => one.spotShare === 0 || one.onDemandBase >= one.least));
    assert.ok(Math.abs(onDemand![1] - least) < 1e-9, `${onDemand![1]}, not ${least}`);
    assert.equal(onSpot![1], 0);
  });

  it("hold as many requests as their whole tasks have vCPUs for, on demand and on Spot", () => {
    // AWS's "Capacity provider strategy": the base first, then the weights divide the rest; a task is on one of them whole, and
    // the documentation does not say on which one that of a remainder is: either may have it.
    const { limits, load } = limitsOfPlan(production);
    const vcpusAt = (rps: number) => {
      const used = { demand: 0, spot: 0 };
      for (const service of load.services) {
        const { least, onDemandBase, spotShare, vcpus, deploying } = service;
        const needed = Math.max(least, Math.ceil(load.tasksFor(service)[1] * rps));
        const part = Math.max(0, needed - onDemandBase) * spotShare;
        used.spot += Math.ceil(part) * vcpus * deploying;
        used.demand += (needed - Math.floor(part)) * vcpus * deploying;
      }
      return used;
    };
    for (const [kind, on, quota] of [
      ["fargate-vcpus", "demand", 64],
      ["fargate-spot-vcpus", "spot", 32],
    ] as const) {
      const { holds } = limits.find((one) => one.kind === kind)!;
      assert.ok(vcpusAt(holds[0] * 0.999)[on] <= quota, `${kind} at ${holds[0]}`);
      assert.ok(vcpusAt(holds[0] * 1.001)[on] > quota, `${kind} past ${holds[0]}`);
    }
  });

  it("take addresses for each interface endpoint and for functions, in each zone", () => {
    const { limits } = limitsOfPlan(production);
    const { fixed, figures } = limits.find(({ kind }) => kind === "addresses")!;
    const inVpc = ({ type, inputs }: Plan["resources"][number]) =>
      type.endsWith(":Function") && inputs["vpcConfig"] !== undefined;
    const functions = production.resources.filter(inVpc).length;
    assert.ok(functions > 1);
    // AWS PrivateLink: an interface in each subnet that an endpoint has; 6 endpoints in 3 zones. Lambda: functions of the same
    // subnets and security groups share theirs.
    assert.deepEqual(fixed, [3 * 6 + 3, 3 * 6 + 3 * functions]);
    assert.equal(figures.filter(({ name }) => name === "zones of an endpoint").length, 6);
  });

  it("let what was measured win over what is assumed", () => {
    const measured = { durations: [], usage: {}, capacity: core("cpuMs", 400) };
    const { limits } = capacity({ ...production, measured });
    const [first] = limits;
    assert.equal(titleOf(first!), "crm-core: processors of the service's tasks");
    assert.ok(first!.figures.some(({ origin }) => origin.from === "measurement"));
  });

  it("hold no less with more of something, for any demand", () => {
    const range = fc
      .tuple(
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
      )
      .map(([one, more]) => [one, one + more] as const);
    const limit = fc.record({
      fixed: range,
      capacity: range,
      parts: fc.array(fc.record({ perRequest: range, least: range }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(limit, fc.double({ min: 1, max: 5, noNaN: true }), (one, more) => {
        const before = holding(one);
        const after = holding(one, [one.capacity[0] * more, one.capacity[1] * more]);
        assert.ok(after[0] >= before[0] && after[1] >= before[1]);
        // What holds is used within the capacity.
        assert.ok(before[0] === 0 || usedBy(one, before[0])[1] <= one.capacity[0]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("assumptions on the load", () => {
  it("are those of the pools that the program and its policies reckon with", () => {
    const assumptions = new Assumptions();
    assert.deepEqual(assumptions.service("any", "pool").value, [POOL.usual, POOL.usual]);
    assert.deepEqual(assumptions.general("spareConnections").value, [POOL.spare, POOL.spare]);
  });

  it("report all errors in them at once", () => {
    assert.deepEqual(
      problemsOf({
        general: { peakfactor: value(2), busyShare: { value: [1, 0.5], why, asOf } },
        services: { "crm-core": { cpuMs: { value: 3, why: "", asOf: "yesterday" } } },
        quotas: { fargateVcpus: 6 },
        servces: {},
      }),
      [
        "general.peakfactor: there is no such key. Did you mean general.peakFactor?",
        "general.busyShare.value: expected a number, or the least and the most, got [1,0.5]",
        'services.crm-core.cpuMs.why: expected a reason, got ""',
        'services.crm-core.cpuMs.asOf: expected a day, YYYY-MM-DD, got "yesterday"',
        "quotas.fargateVcpus: expected an object with value, why and asOf, got 6",
        "servces: there is no such key. Did you mean services?",
      ],
    );
    assert.deepEqual(problemsOf([]), ["the file: expected an object, got []"]);
  });
});

describe("the firewalls of a stack", () => {
  it("see all requests at the edge, and before the load balancer what the edge does not answer", async () => {
    const { limits, apiShare } = limitsOfPlan(await planOf("production"));
    const holds = (of: string) =>
      limits.find(({ kind, of: name }) => kind === "firewall-rate" && name === of)!.holds[0];
    const [, share] = apiShare.value;
    assert.ok(share < 1);
    const times = holds("crm-firewall-load-balancer") / holds("crm-firewall-edge");
    assert.ok(Math.abs(times - 1 / share) < 1e-6, `${times}`);
  });
});
