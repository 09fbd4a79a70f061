import assert from "node:assert/strict";

import fc from "fast-check";

import { spotTasks } from "../../../analysis/capacity/model";
import { erlangC, meanWait, sampleQueue } from "../../../analysis/capacity/queueing";
import { batchesAt, environmentsAt } from "../../../analysis/capacity/ramps";
import type {
  Outcome,
  SimDatabase,
  SimEvent,
  SimService,
  SimStack,
  SimTracking,
} from "../../../analysis/capacity/sim-model";
import { lagOf } from "../../../analysis/capacity/sim-of-plan";
import { simulate } from "../../../analysis/capacity/simulate";
import { QUEUE_SCALING, TARGET_TRACKING, TASK_START } from "../../../facts/scaling-times";

const SERVICE: SimService = {
  ...{ name: "core", share: 1, vcpus: 0.5, cpuSeconds: 0.02, least: 2, most: 15 },
  ...{ deploying: 2, spotShare: 0.3, onDemandBase: 0, zones: 3, day: [] },
  ...{ calls: 0, callSeconds: 1, openSeconds: 0.05, atATime: 1e6 },
  tracking: [trackingOf(60)],
  stepIn: { tasks: 1, below: 0.3, lowSeconds: 600, cooldownSeconds: 600 },
  database: { name: "primary", pool: 10, heldSeconds: 0.012, cpuSeconds: 0.001 },
};
const PRIMARY: SimDatabase = {
  ...{ name: "primary", connections: 1500, vcpus: 2, failoverSeconds: 120 },
  ...{ usedVcpus: 0, besides: [] },
};
const STACK: SimStack = {
  services: [SERVICE],
  databases: [PRIMARY],
  ...{ queues: [], jobs: [], caches: {}, vcpuQuota: 64, spotVcpuQuota: 64 },
  ...{ startSeconds: 60, noticeSeconds: 90, nodeSeconds: 0 },
  ...{ losesNat: false, natConnections: Infinity },
  ...{ timeoutSeconds: 30, slowSeconds: 2 },
};

function trackingOf(resolution: 60 | 20): SimTracking {
  const { periodSeconds, periods, decidedSeconds } = TARGET_TRACKING[resolution];
  return {
    ...{ by: "cpu", target: 0.7, scalesIn: false, outCooldownSeconds: 300, inCooldownSeconds: 300 },
    ...{ periodSeconds, periods, lagSeconds: lagOf(decidedSeconds, periods, periodSeconds) },
  };
}

const having = (change: Partial<SimService>): SimStack => ({
  ...STACK,
  services: [{ ...SERVICE, ...change }],
});

const within = (got: number, wanted: number, part: number, what: string) =>
  assert.ok(Math.abs(got / wanted - 1) <= part, `${what}: ${got}, wanted ${wanted}`);

const sale = (times: number) => (second: number) =>
  second >= 600 && second < 2400 ? 40 * times : 40;
const during = (kind: SimEvent["kind"], seconds?: number) => ({
  events: [{ at: 600, kind, ...(seconds !== undefined && { seconds }) }],
});

describe("queueing theory", () => {
  const models = [1, 2, 5, 20].flatMap((servers) =>
    [0.5, 0.7, 0.8].map((use) => ({ servers, use, seconds: 0.1 })),
  );
  for (const { servers, use, seconds } of models) {
    it(`agrees with events within 5 %: ${servers} servers, ${use * 100} % used`, () => {
      const rate = (servers * use) / seconds;
      // Long waits follow each other: the more is used, the more it takes to know their mean.
      const sample = sampleQueue({ servers, rate, seconds }, 400_000, 7);
      const offered = servers * use;
      within(sample.delayed, erlangC(servers, offered), 0.05, "delayed");
      const wait = meanWait(servers, rate, seconds);
      assert.ok(Math.abs(sample.meanWait - wait) <= 0.05 * (wait + seconds), "mean wait");
      // Little's law: what is inside is what arrives times how long it stays.
      within(sample.inside, rate * (wait + seconds), 0.05, "inside");
    });
  }

  it("knows the closed form of one server and the end of the capacity", () => {
    within(
      meanWait(1, 5, 0.1),
      0.1,
      1e-9,
      "M/M/1 at half of its capacity waits as long as it serves",
    );
    assert.equal(erlangC(3, 3), 1);
    assert.equal(meanWait(3, 31, 0.1), Infinity);
  });
});

describe("AWS's published timings", () => {
  for (const resolution of [60, 20] as const) {
    it(`are those of target tracking with metrics of ${resolution} s, within 10 %`, () => {
      const { decidedSeconds, runningSeconds } = TARGET_TRACKING[resolution];
      // The start of the benchmark's own tasks.
      const [startSeconds] = TASK_START.seconds;
      const stack = { ...having({ tracking: [trackingOf(resolution)] }), startSeconds };
      const jump = (begin: number) => (now: number) => (now >= begin ? 200 : 40);
      /** The second of the first task more: the last moment of a run is that of its last second. */
      const firstTask = (begin: number) => {
        const { moments } = simulate(stack, jump(begin), 1800);
        const [before] = moments;
        let late = moments.find(({ tasks }) => tasks > before!.tasks)!.second;
        for (let early = late - 60; late - early > 1;) {
          const middle = Math.floor((early + late) / 2);
          const { tasks } = simulate(stack, jump(begin), middle + 1).moments.at(-1)!;
          if (tasks > before!.tasks) late = middle;
          else early = middle;
        }
        return late;
      };
      // A jump at every moment of a period.
      const phases = Array.from({ length: resolution }, (_, phase) => phase);
      const decided = phases.map((phase) => {
        const begin = 1200 + phase;
        const { decisions } = simulate(stack, jump(begin), 1800);
        return decisions["core"]!.find((at) => at >= begin)! - begin;
      });
      const running = phases.map((phase) => firstTask(1200 + phase) - 1200 - phase);
      const mean = (list: readonly number[]) =>
        list.reduce((sum, one) => sum + one, 0) / list.length;
      within(mean(decided), decidedSeconds, 0.1, "decided");
      within(mean(running), runningSeconds, 0.1, "running");
    });
  }

  it("are those of Lambda: 1,000 environments each 10 s, and a queue's 300 batches a minute more", () => {
    assert.deepEqual([0, 9, 10, 25].map((at) => environmentsAt(at, 2500)), [1000, 1000, 2000, 2500]); // prettier-ignore
    const { most } = QUEUE_SCALING;
    const seconds = Array.from({ length: 600 }, (_, at) => at).find((at) => batchesAt(at, most) === most)!; // prettier-ignore
    within(seconds / 60, (1250 - 5) / 300, 0.1, "minutes to 1,250 batches");
    assert.equal(batchesAt(0, most), 5);
  });
});

describe("a stack in time", () => {
  it("gives the same outcome for the same seed, and another for another", () => {
    const run = (seed: number) => simulate(STACK, sale(5), 3600, { seed });
    assert.deepEqual(run(3), run(3));
    assert.notDeepEqual(run(3).served, run(4).served);
  });

  it("loses nothing in a quiet hour, and all that has arrived is served or failed", () => {
    const quiet = simulate(STACK, () => 40, 3600);
    assert.equal(quiet.failed, 0);
    assert.equal(quiet.degradedMinutes, 0);
    within(quiet.served, 40 * 3600, 0.01, "served");
    const busy = simulate(STACK, sale(10), 7200);
    within(busy.served + busy.failed, 40 * 7200 + 1800 * 360, 0.01, "served and failed");
    assert.ok(busy.failed > 0 && busy.degradedMinutes > 5);
  });

  it("is worse in each failure than without, and over once it has ended", () => {
    const calm = simulate(STACK, () => 60, 3600);
    for (const kind of ["zone lost", "spot gone", "database failover", "slow database"] as const) {
      const rate = kind === "spot gone" ? 300 : kind === "slow database" ? 900 : 60;
      const before = rate === 60 ? calm : simulate(STACK, () => rate, 3600);
      const outcome = simulate(STACK, () => rate, 3600, during(kind, 300));
      assert.ok(
        outcome.failed + outcome.slow > before.failed + before.slow || kind === "slow database",
        kind,
      );
      if (rate === 60) assert.ok(outcome.moments.at(-1)!.failed === 0, kind);
    }
    const lost = simulate(STACK, () => 60, 3600, during("zone lost")).degradedMinutes;
    assert.ok(lost >= 2 && lost <= 5, String(lost));
  });

  it("stops permanently if there is no standby, and does not affect readers of a replica", () => {
    const failedWith = (failoverSeconds: number) => {
      const stack = { ...STACK, databases: [{ ...STACK.databases[0]!, failoverSeconds }] };
      return simulate(stack, () => 60, 3600, during("database failover")).failed;
    };
    assert.equal(failedWith(0), 0);
    assert.ok(failedWith(Infinity) > 2900 * 60);
    within(failedWith(120), 120 * 60, 0.1, "failed in two minutes");
  });

  it("makes slow what its queries keep for seconds, and holds its tasks' requests open longer", () => {
    const slowIn = (heldSeconds: number, change: Partial<SimService> = {}) => {
      const database = { ...SERVICE.database!, pool: 100, heldSeconds };
      const stack = having({ ...change, database });
      return simulate(stack, () => 60, 3600, during("slow database", 600));
    };
    // Ten times 0.15 s is less than the 2 s from which on a request is slow, ten times 0.25 s is more.
    const calm = simulate(STACK, () => 60, 3600).slow;
    assert.ok(slowIn(0.15).slow <= calm, `${slowIn(0.15).slow}, not ${calm}`);
    within(slowIn(0.25).slow, calm + 600 * 60, 0.01, "slow");
    // Little's law: 2 tasks of 10 requests that are open for 0.05 + 9 x 0.25 s hold 8.7 a second of 60.
    const held = slowIn(0.25, { atATime: 10, tracking: [], most: 2, cpuSeconds: 0.01 });
    assert.ok(held.failed > 0.7 * 600 * 60, String(held.failed));
    assert.equal(slowIn(0.012, { atATime: 10, tracking: [], most: 2, cpuSeconds: 0.01 }).failed, 0);
  });

  it("takes a replica with the zone that it is in, and with no other", () => {
    const replica = { ...STACK.databases[0]!, isReplica: true, failoverSeconds: Infinity };
    const failedIn = (takes?: string) => {
      const event = { kind: "zone lost", at: 600, ...(takes !== undefined && { takes }) } as const;
      const stack = { ...STACK, databases: [replica], caches: {}, services: STACK.services };
      return simulate(stack, () => 60, 3600, { events: [event] }).failed;
    };
    assert.ok(failedIn(replica.name) > 2900 * 60);
    assert.ok(failedIn() < 200 * 60);
    const stands = { ...STACK, databases: [{ ...replica, failoverSeconds: 120 }] };
    const lost = { kind: "zone lost", at: 600, takes: replica.name } as const;
    const whole = simulate(stands, () => 60, 3600, { events: [lost] });
    assert.ok(whole.failed >= 0.9 * 120 * 60 && whole.failed < 400 * 60);
  });

  it("runs out of connections in a deployment where both colours do not fit", () => {
    const tight = { ...STACK, databases: [{ ...STACK.databases[0]!, connections: 40 }] };
    const rate = () => 120;
    const failed = (stack: SimStack) => simulate(stack, rate, 1800, during("deployment", 600)).failed; // prettier-ignore
    assert.equal(failed(STACK), 0);
    assert.ok(failed(tight) > 0);
  });

  it("never has more tasks than the account's quotas allow, in a deployment counted twice", () => {
    const most = (vcpuQuota: number, spotVcpuQuota: number, spotShare: number, deploys = false) => {
      const services = [{ ...SERVICE, vcpus: 1, cpuSeconds: 0.04, spotShare }];
      const stack = { ...STACK, services, vcpuQuota, spotVcpuQuota };
      const { moments } = simulate(
        stack,
        sale(10),
        4000,
        deploys ? during("deployment", 3000) : {},
      );
      return Math.max(...moments.map(({ tasks }) => tasks));
    };
    assert.equal(most(6, 0, 0), 6);
    assert.equal(most(8, 0, 0, true), 4);
    // Half of 12 are on Spot, each half in a quota of its own.
    assert.equal(most(6, 6, 0.5), 12);
    assert.ok(most(6, 1, 0.5) < 6);
  });

  it("loses on Spot what is above the base that stays on demand", () => {
    const spot = { spotShare: 0.5, onDemandBase: 2 };
    assert.deepEqual([1, 2, 3, 4, 10].map((tasks) => spotTasks(spot, tasks)), [0, 0, 0, 1, 4]); // prettier-ignore
    const left = (onDemandBase: number) => {
      const stack = { ...STACK, services: [{ ...SERVICE, spotShare: 1, onDemandBase, tracking: [], least: 6 }] }; // prettier-ignore
      return simulate(stack, () => 40, 1200, during("spot gone")).moments.at(-1)!.tasks;
    };
    assert.deepEqual([left(0), left(2), left(6)], [0, 2, 6]);
  });

  // Not in this list, because more of it can make a result worse, in AWS too: with larger tasks fewer carry the same load, and
  // keep fewer requests open while another party is slow; with larger pools tasks open more connections than the database accepts.
  it("never gets worse with more tasks, connections, processors of the database, quotas, or faster starts", () => {
    const more: Readonly<Record<string, (stack: SimStack, times: number) => SimStack>> = {
      "tasks at most": (stack, times) => ({
        ...stack,
        services: stack.services.map((one) => ({ ...one, most: Math.round(one.most * times) })),
      }),
      connections: (stack, times) => ({
        ...stack,
        databases: stack.databases.map((one) => ({ ...one, connections: one.connections * times })),
      }),
      "processors of the database": (stack, times) => ({
        ...stack,
        databases: stack.databases.map((one) => ({ ...one, vcpus: one.vcpus * times })),
      }),
      quota: (stack, times) => ({ ...stack, vcpuQuota: stack.vcpuQuota * times, spotVcpuQuota: stack.spotVcpuQuota * times }), // prettier-ignore
      "speed of the start": (stack, times) => ({
        ...stack,
        startSeconds: Math.round(stack.startSeconds / times),
      }),
    };
    const small = { ...STACK, vcpuQuota: 4 };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(more)),
        fc.double({ min: 1, max: 4, noNaN: true }),
        fc.double({ min: 1, max: 20, noNaN: true }),
        fc.constantFrom<SimEvent["kind"] | undefined>(undefined, "zone lost", "deployment"),
        (what, times, height, kind) => {
          const options = kind === undefined ? {} : during(kind, 600);
          const run = (stack: SimStack) => simulate(stack, sale(height), 3000, options);
          const [before, after] = [run(small), run(more[what]!(small, times))];
          const slack = 1e-6 * (before.served + before.failed) + 1;
          assert.ok(after.failed <= before.failed + slack, `${what} failed ${before.failed} ${after.failed}`); // prettier-ignore
          // What failed before may be served late: both together.
          const bad = ({ failed, slow }: Outcome) => failed + slow;
          assert.ok(bad(after) <= bad(before) + slack, `${what} slow ${bad(before)} ${bad(after)}`);
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });
});
