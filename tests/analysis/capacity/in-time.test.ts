/** What scaling, clocks, queues and failures do in the simulation. */
import assert from "node:assert/strict";

import fc from "fast-check";

import { Backlog } from "../../../analysis/capacity/backlog";
import { sampleQueue } from "../../../analysis/capacity/queueing";
import type {
  Outcome,
  SimEvent,
  SimQueue,
  SimService,
  SimStack,
  SimTracking,
} from "../../../analysis/capacity/sim-model";
import { lagOf } from "../../../analysis/capacity/sim-of-plan";
import { simulate, type Run } from "../../../analysis/capacity/simulate";
import { QUEUE_SCALING, TARGET_TRACKING } from "../../../facts/scaling-times";

const HOUR = 3600;
const { periodSeconds, periods, decidedSeconds } = TARGET_TRACKING[60];

const tracking = (change: Partial<SimTracking> = {}): SimTracking => ({
  ...{ by: "cpu", target: 0.7, scalesIn: false, outCooldownSeconds: 300, inCooldownSeconds: 300 },
  ...{ periodSeconds, periods, lagSeconds: lagOf(decidedSeconds, periods, periodSeconds) },
  ...change,
});
const service = (change: Partial<SimService> = {}): SimService => ({
  ...{ name: "core", share: 1, vcpus: 1, cpuSeconds: 0.02, least: 2, most: 20 },
  ...{ deploying: 2, spotShare: 0, onDemandBase: 0, zones: 3, day: [] },
  ...{ calls: 0, callSeconds: 1, openSeconds: 0.05, atATime: 1e6 },
  tracking: [tracking()],
  ...change,
});
const stackOf = (services: readonly SimService[], change: Partial<SimStack> = {}): SimStack => ({
  ...{ services, databases: [], queues: [], jobs: [], caches: {} },
  ...{ vcpuQuota: 64, spotVcpuQuota: 64, startSeconds: 60, noticeSeconds: 90 },
  ...{ nodeSeconds: 0, losesNat: false, natConnections: Infinity },
  ...{ timeoutSeconds: 30, slowSeconds: 2 },
  ...change,
});
const tasksOf = ({ moments }: Outcome) => moments.map(({ tasks }) => tasks);
const within = (got: number, wanted: number, part: number, what: string) =>
  assert.ok(Math.abs(got - wanted) <= part * Math.abs(wanted), `${what}: ${got}, not ${wanted}`);

describe("tasks that are taken away", () => {
  // Busy for half an hour, then almost nothing.
  const rate = (second: number) => (second < HOUR / 2 ? 300 : 5);
  const run = (change: Partial<SimService>) =>
    tasksOf(simulate(stackOf([service(change)]), rate, 3 * HOUR));

  it("stay where a policy may add only, and no step takes any", () => {
    const tasks = run({});
    assert.equal(tasks.at(-1), Math.max(...tasks));
  });

  it("go in steps of the plan, after its minutes of low use and its cooldown", () => {
    const stepIn = { tasks: 1, below: 0.3, lowSeconds: 600, cooldownSeconds: 900 };
    const tasks = run({ stepIn });
    const most = Math.max(...tasks);
    const firstLess = tasks.findIndex((count, minute) => minute > 30 && count < most);
    assert.ok(firstLess >= 39 && firstLess <= 41, `minute ${firstLess}`);
    const secondLess = tasks.findIndex((count) => count === most - 2);
    assert.ok(Math.abs(secondLess - firstLess - 15) <= 1, `minute ${secondLess}`);
    const twice = run({ stepIn: { ...stepIn, tasks: 2 } });
    assert.equal(twice[firstLess + 1], most - 2);
  });

  it("go by target tracking after 15 minutes, where it may take any away and all policies agree", () => {
    const able = tracking({ scalesIn: true });
    const tasks = run({ tracking: [able] });
    const most = Math.max(...tasks);
    const firstLess = tasks.findIndex((count, minute) => minute > 30 && count < most);
    assert.ok(firstLess >= 44 && firstLess <= 47, `minute ${firstLess}`);
    assert.equal(tasks.at(-1), 2);
    // 5 requests a second are 150 a minute for each of two tasks: more than the target of 10.
    const other = tracking({ by: "requests", target: 10, scalesIn: true });
    const both = run({ tracking: [able, other] });
    assert.equal(both.at(-1), Math.max(...both));
  });
});

describe("tasks that are added", () => {
  it("follow each other after the cooldown, as an alarm that stays on acts again by the minute", () => {
    const { decisions } = simulate(stackOf([service()]), (now) => (now < 900 ? 40 : 600), HOUR);
    const times = decisions["core"]!.slice(0, 3);
    assert.equal(times.length, 3);
    times.slice(1).forEach((at, index) => {
      const after = at - times[index]!;
      assert.ok(after >= 300 && after <= 300 + periodSeconds, `${after} s, cooldown 300`);
    });
  });
});

describe("tasks by the clock", () => {
  const day = [
    { second: 7 * HOUR, least: 2, most: 10 },
    { second: 19 * HOUR, least: 0, most: 0 },
  ];
  const run = (rate: (second: number) => number, of: Partial<SimService> = {}) =>
    simulate(stackOf([service({ day, ...of })]), rate, 24 * HOUR, { from: 0 });

  it("are none at night: requests then find it closed, and none is called failed", () => {
    const outcome = run(() => 20);
    const tasks = tasksOf(outcome);
    assert.deepEqual([tasks[0], tasks[7 * 60 + 3], tasks[18 * 60], tasks[19 * 60]], [0, 2, 2, 0]);
    within(outcome.closed, 12 * HOUR * 20, 0.01, "closed");
    // From seven until the first task serves, a minute later.
    within(outcome.failed, 60 * 20, 0.2, "failed");
    within(outcome.taskHours, 2 * 12, 0.01, "task hours");
  });

  it("are there before a rise that scaling would meet late", () => {
    const rate = (second: number) => (second >= 9 * HOUR && second < 10 * HOUR ? 400 : 20);
    const early = [
      { second: 8.9 * HOUR, least: 12, most: 20 },
      { second: 11 * HOUR, least: 2, most: 20 },
    ];
    const late = run(rate, { day: [] });
    const ready = run(rate, { day: early });
    assert.ok(late.degradedMinutes > 5, `${late.degradedMinutes}`);
    assert.equal(ready.degradedMinutes, 0);
  });

  it("count each task that a schedule starts, over midnight too, and each run", () => {
    const job = { name: "nightly", starts: [23.75 * HOUR], seconds: HOUR, count: 3, vcpus: 3 };
    const hours = (from: number, length: number, seconds = HOUR) => {
      const stack = stackOf([], { jobs: [{ ...job, seconds }] });
      const { taskHours, vcpuHours } = simulate(stack, () => 0, length, { from });
      assert.equal(taskHours, vcpuHours);
      return taskHours;
    };
    within(hours(0, 24 * HOUR), 3 * (0.75 + 0.25), 1e-9, "a day from midnight");
    within(hours(12 * HOUR, 24 * HOUR), 3, 1e-9, "a day from noon");
    within(hours(12 * HOUR, 72 * HOUR), 9, 1e-9, "three days");
    // Runs of 36 hours: one of the day before goes on, or two.
    within(hours(0, 24 * HOUR, 36 * HOUR), 3 * (24 + 0.25 + 11.75), 1e-9, "runs that overlap");
  });

  it("that run once take vCPUs and connections while they run", () => {
    const database = { name: "primary", pool: 10, heldSeconds: 0.01, cpuSeconds: 0.001 };
    const job = {
      ...{ name: "nightly", starts: [12 * HOUR + 600], seconds: 600, count: 1, vcpus: 60 },
      database: { name: "primary", pool: 20 },
    };
    const databases = [
      {
        name: "primary",
        connections: 22,
        vcpus: 8,
        usedVcpus: 0,
        besides: [],
        failoverSeconds: 0,
      },
    ];
    const stack = stackOf([service({ database, tracking: [] })], { databases });
    const without = simulate(stack, () => 90, HOUR);
    const beside = simulate({ ...stack, jobs: [job] }, () => 90, HOUR);
    assert.equal(without.failed, 0);
    assert.ok(beside.failed > 0);
    within(beside.vcpuHours - without.vcpuHours, 60 / 6, 0.01, "vCPU hours");
    assert.equal(beside.moments.at(-1)!.failed, 0);
    // 64 vCPUs less 60: two of the ten tasks more find room.
    const scaled = stackOf([service()], { jobs: [{ ...job, starts: [0], seconds: 24 * HOUR }] });
    assert.equal(Math.max(...tasksOf(simulate(scaled, () => 300, HOUR))), 4);
  });
});

describe("a worker's messages", () => {
  const WORK = { seconds: 2, atATime: 1 };
  const worker = (change: Partial<SimService> = {}) =>
    service({
      ...{ name: "mail", least: 1, most: 10, work: WORK },
      tracking: [tracking({ by: "backlog", target: 100 })],
      ...change,
    });

  it("wait as in a fluid queue: what comes less what is done, and the first for that by the rate", () => {
    const rate = (second: number) => (second < HOUR ? 0.9 : 0);
    const { queues, failed } = simulate(stackOf([worker({ most: 1 })]), rate, 3 * HOUR);
    // 0.9 a second come and 0.5 are done.
    within(queues["mail"]!.mostWaiting, 0.4 * HOUR, 0.05, "most waiting");
    within(queues["mail"]!.longestSeconds, (0.4 * HOUR) / 0.5, 0.05, "longest");
    assert.equal(failed, 0);
  });

  it("bring tasks by how many wait for each, and keep them while too many do", () => {
    const rate = (second: number) => (second >= 600 && second < 2 * HOUR ? 3 : 0.01);
    const stepIn = { tasks: 1, below: 1, messagesBelow: 90, lowSeconds: 600, cooldownSeconds: 60 };
    const outcome = simulate(stackOf([worker({ stepIn })]), rate, 6 * HOUR);
    const tasks = tasksOf(outcome);
    assert.ok(Math.max(...tasks) > 6, `${Math.max(...tasks)} tasks`);
    assert.equal(tasks.at(-1), 1);
    const fixed = simulate(stackOf([worker({ tracking: [] })]), rate, 6 * HOUR);
    assert.ok(outcome.queues["mail"]!.longestSeconds < fixed.queues["mail"]!.longestSeconds / 3);
    // Not a single one starts where none runs: the figure of each task is not there.
    const none = simulate(stackOf([worker({ least: 0, share: 0.0001 })]), () => 1, HOUR);
    assert.ok(Math.max(...tasksOf(none)) <= 1);
  });
});

describe("a function's queue", () => {
  const QUEUE: SimQueue = {
    ...{ name: "posts", share: 1, seconds: 10, most: 1250, coldSeconds: 1, ready: [] },
  };
  const flooded = (change: Partial<SimQueue>, rate: (second: number) => number, seconds: number, run?: Run) =>
    simulate(stackOf([], { queues: [{ ...QUEUE, ...change }] }), rate, seconds, run).queues["posts"]!; // prettier-ignore

  it("is read by Lambda's published ramp: five batches, and 300 more a minute, within 10 %", () => {
    const { start, perMinute } = QUEUE_SCALING;
    for (const minutes of [1, 2, 4]) {
      // A flood of which nothing is left over: what is done is what the batches had room for.
      const flood = 1000;
      const { mostWaiting } = flooded({ coldSeconds: 0 }, () => flood, 60 * minutes);
      const done = flood * 60 * minutes - mostWaiting;
      const wanted = (60 * (start * minutes + (perMinute * minutes ** 2) / 2)) / QUEUE.seconds;
      within(done, wanted, 0.1, `done in ${minutes} minutes`);
    }
  });

  it("waits for cold environments outside of the hours in which some are ready", () => {
    const ready = [
      { second: 9 * HOUR, least: 10, most: 10 },
      { second: 17 * HOUR, least: 0, most: 0 },
    ];
    // A message now and then: nothing stays warm in between.
    const rate = (second: number) => (second % 1200 === 600 ? 1 : 0);
    const wait = (from: number) =>
      flooded({ seconds: 1, coldSeconds: 3, ready: [ready] }, rate, 2 * HOUR, { from })
        .longestSeconds;
    assert.equal(wait(10 * HOUR), 0);
    assert.ok(wait(18 * HOUR) >= 3);
    assert.ok(wait(6 * HOUR) >= 3);
  });

  it("has the environments that are ready of all its functions", () => {
    const one = [{ second: 0, least: 2, most: 2 }];
    // About four messages of a second, once.
    const rate = (second: number) => (second === 600 ? 4 : 0);
    const wait = (ready: readonly (typeof one)[]) =>
      flooded({ seconds: 1, coldSeconds: 3, ready }, rate, HOUR).longestSeconds;
    // What they have no room for waits for those that begin cold, or for its turn.
    assert.deepEqual([wait([]), wait([one]), wait([one, one])], [3, 2, 1]);
  });

  it("drains by the executions that it may start", () => {
    const rate = (second: number) => (second < 600 ? 4 : 0);
    const { mostWaiting, longestSeconds } = flooded({ most: 20, coldSeconds: 0 }, rate, 2 * HOUR);
    // 4 a second come, and 20 executions of 10 seconds do 2 of them.
    within(mostWaiting, 2 * 600, 0.05, "most waiting");
    within(longestSeconds, 600, 0.05, "longest");
  });

  it("tells how long the first of many has waited", () => {
    const backlog = new Backlog();
    backlog.pass(10, 0);
    backlog.pass(0, 4);
    assert.deepEqual([backlog.waiting, backlog.longestSeconds], [6, 2]);
    backlog.pass(0, 6);
    assert.deepEqual([backlog.waiting, backlog.mostWaiting, backlog.longestSeconds], [0, 10, 2]);
  });
});

describe("failures in the simulation", () => {
  const run = (stack: SimStack, kind: SimEvent["kind"]) =>
    simulate(stack, () => 60, HOUR, { events: [{ at: 600, kind }] });

  it("stop who cannot do without the cache until another node is its primary", () => {
    const users = [service({ cache: "redis" }), service({ name: "web" })];
    const failed = (seconds: number, kind: SimEvent["kind"] = "cache failover") =>
      run(stackOf(users, { caches: { redis: seconds } }), kind).failed;
    within(failed(20), 20 * 60, 0.1, "failed");
    within(failed(45), 45 * 60, 0.1, "failed");
    assert.ok(failed(45, "zone lost") > failed(20, "zone lost"));
    assert.ok(failed(Infinity) > 45 * 60 * 60);
  });

  it("take what a zone's nodes of the load balancer and the only NAT gateway carried", () => {
    const users = [service({ least: 6, calls: 0.1 })];
    const failed = (change: Partial<SimStack>) => run(stackOf(users, change), "zone lost").failed;
    const without = failed({});
    // A third of 60 a second for a minute, less those that are lost with their tasks already.
    within(failed({ nodeSeconds: 60 }) - without, (60 * 60 * (2 / 3)) / 3, 0.1, "nodes");
    // A tenth of all to the end, less likewise.
    within(failed({ losesNat: true }) - without, 0.1 * 60 * 3000, 0.1, "NAT");
  });
});

describe("the simulation and closed forms", () => {
  const models = [1, 2, 5, 10].flatMap((servers) =>
    [0.5, 0.6, 0.7, 0.8, 0.85].map((use) => ({ servers, use })),
  );
  for (const { servers, use } of models) {
    it(`agree within 5 % on who waits too long: ${servers} servers, ${100 * use} % used`, () => {
      const seconds = 0.2;
      const limit = seconds / servers;
      const rate = (servers * use) / seconds;
      const of = service({ least: servers, most: servers, tracking: [], cpuSeconds: seconds });
      // Without chance from second to second: the formula's is the same load at all times.
      const { served, slow } = simulate(stackOf([of], { slowSeconds: limit }), () => rate, 4 * HOUR, { seed: 5 }); // prettier-ignore
      const sample = sampleQueue({ servers, rate, seconds }, 400_000, 11, limit);
      within(slow / served, sample.late, 0.05, "late");
    });
  }
});

describe("more of something", () => {
  const WORKER = service({
    ...{ name: "mail", share: 0.05, least: 1, most: 4, work: { seconds: 2, atATime: 1 } },
    tracking: [tracking({ by: "backlog", target: 50 })],
    stepIn: { tasks: 1, below: 1, messagesBelow: 45, lowSeconds: 600, cooldownSeconds: 600 },
  });
  const QUEUE = {
    ...{ name: "posts", share: 0.1, seconds: 3, most: 10, coldSeconds: 2 },
    ready: [[{ second: 0, least: 1, most: 1 }]],
  };
  const SMALL = stackOf([service({ cache: "redis", calls: 0.1 }), WORKER], {
    ...{ queues: [QUEUE], caches: { redis: 40 }, nodeSeconds: 60 },
    // Enough for all: where tasks of two services share a quota, more of one are fewer of the other.
    vcpuQuota: 40,
    jobs: [{ name: "job", starts: [12.5 * HOUR], seconds: 600, count: 1, vcpus: 2 }],
  });
  const worker = (change: (one: SimService) => Partial<SimService>): SimStack => ({
    ...SMALL,
    services: SMALL.services.map((one) => (one.work ? { ...one, ...change(one) } : one)),
  });
  const more: Readonly<Record<string, (times: number) => SimStack>> = {
    "a worker's tasks": (times) => worker(({ most }) => ({ most: Math.round(most * times) })),
    "messages at a time": (times) =>
      worker(({ work }) => ({ work: { ...work!, atATime: work!.atATime * times } })),
    "executions of a queue": (times) => ({
      ...SMALL,
      queues: [{ ...QUEUE, most: Math.round(QUEUE.most * times) }],
    }),
    "environments ready": (times) => ({
      ...SMALL,
      queues: [{ ...QUEUE, ready: [[{ second: 0, least: Math.round(times), most: 9 }]] }],
    }),
    "speed of a cold start": (times) => ({ ...SMALL, queues: [{ ...QUEUE, coldSeconds: 2 / times }] }), // prettier-ignore
    "speed of a cache's failover": (times) => ({ ...SMALL, caches: { redis: 40 / times } }),
    "speed of names": (times) => ({ ...SMALL, nodeSeconds: 60 / times }),
    quota: (times) => ({ ...SMALL, vcpuQuota: SMALL.vcpuQuota * times }),
  };

  it("never makes a queue or a failure worse", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(more)),
        fc.double({ min: 1, max: 4, noNaN: true }),
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.constantFrom<SimEvent["kind"] | undefined>(undefined, "zone lost", "cache failover"),
        (what, times, height, kind) => {
          const events = kind === undefined ? [] : [{ at: 900, kind }];
          const rate = (second: number) => (second >= 600 && second < 1800 ? 30 * height : 30);
          const run = (stack: SimStack) => simulate(stack, rate, 3000, { events });
          const [before, after] = [run(SMALL), run(more[what]!(times))];
          const slack = 1e-6 * (before.served + before.failed) + 1;
          assert.ok(after.failed <= before.failed + slack, `${what}: failed ${before.failed}, ${after.failed}`); // prettier-ignore
          // What failed before may be served late: both together. What no longer fails waits before others: a thousandth of all.
          const bad = ({ failed, slow }: Outcome) => failed + slow;
          assert.ok(
            bad(after) <= bad(before) + slack + 1e-3 * (before.served + before.failed),
            `${what}: slow ${bad(before)}, ${bad(after)}`,
          );
          for (const [name, { mostWaiting, longestSeconds }] of Object.entries(after.queues)) {
            const was = before.queues[name]!;
            assert.ok(mostWaiting <= was.mostWaiting + 1, `${what}: ${name} ${was.mostWaiting}, ${mostWaiting}`); // prettier-ignore
            assert.ok(longestSeconds <= was.longestSeconds + 1, `${what}: ${name}, seconds`);
          }
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it("of time takes steps in proportion: what the simulation reads, counted", () => {
    /** Counts each reading of a property of the stack, at any depth. */
    const counting = (count: { steps: number }) => {
      const watched = <T extends object>(given: T): T =>
        new Proxy(given, {
          get(target, key, receiver) {
            count.steps += 1;
            const value: unknown = Reflect.get(target, key, receiver);
            return typeof value === "object" && value !== null && !Array.isArray(value)
              ? watched(value)
              : value;
          },
        });
      const { services, queues } = SMALL;
      return { ...watched(SMALL), services: services.map(watched), queues: queues.map(watched) };
    };
    const stepsOf = (seconds: number) => {
      const count = { steps: 0 };
      simulate(counting(count), () => { count.steps += 1; return 60; }, seconds); // prettier-ignore
      return count.steps;
    };
    const [one, eight] = [stepsOf(HOUR), stepsOf(8 * HOUR)];
    assert.ok(one > 10 * HOUR, `${one} steps are counted`);
    within(eight / one, 8, 0.05, "times as many steps for eight times as long");
  });
});
