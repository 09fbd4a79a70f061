/** What a simulated stack does while another party answers late: Little's law says where it breaks. */
import assert from "node:assert/strict";

import fc from "fast-check";

import type { SimService, SimStack } from "../../../analysis/capacity/sim-model";
import { simulate } from "../../../analysis/capacity/simulate";

const HOUR = 3600;

/** Four tasks that keep 50 requests open each: 50 ms of work, and a call of 100 ms for each request, which takes 1 s when slow. */
const SERVICE: SimService = {
  ...{ name: "core", share: 1, vcpus: 1, cpuSeconds: 0.001, least: 4, most: 4 },
  ...{ deploying: 2, spotShare: 0, onDemandBase: 0, zones: 3, day: [], tracking: [] },
  ...{ calls: 1, callSeconds: 0.1, openSeconds: 0.05, atATime: 50 },
};
const stackOf = (services: readonly SimService[], change: Partial<SimStack> = {}): SimStack => ({
  ...{ services, databases: [], queues: [], jobs: [], caches: {} },
  ...{ vcpuQuota: 64, spotVcpuQuota: 64, startSeconds: 60, noticeSeconds: 90 },
  ...{ nodeSeconds: 0, losesNat: false, natConnections: Infinity },
  ...{ timeoutSeconds: 30, slowSeconds: 2 },
  ...change,
});
const within = (got: number, wanted: number, part: number, what: string) =>
  assert.ok(Math.abs(got - wanted) <= part * wanted, `${what}: ${got}, not ${wanted}`);

describe("a slow other party", () => {
  const during = (rate: number, change: Partial<SimStack> = {}) =>
    simulate(stackOf([SERVICE], change), () => rate, HOUR, {
      events: [{ at: 600, kind: "slow party", seconds: 600 }],
    });

  it("breaks at Little's law: open requests by the time that each is open", () => {
    const most = (4 * 50) / (0.05 + 1);
    const well = during(0.95 * most);
    assert.equal(well.failed, 0);
    assert.ok(well.slow < 1);
    const beyond = during(2 * most);
    // For ten minutes half of all finds no room.
    within(beyond.failed + beyond.slow, 600 * most * 2, 0.1, "failed or slow");
    // Without the event the same tasks hold seven times as much.
    assert.equal(simulate(stackOf([SERVICE]), () => 2 * most, HOUR).failed, 0);
  });

  it("fails where the NAT gateways have no connection left for a call", () => {
    // 100 a second hold 100 connections for a second; 80 are there.
    within(during(100, { natConnections: 80 }).failed, 600 * 100 * 0.2, 0.05, "failed");
  });

  it("makes slow what waits for the call, and fails what waits longer than the load balancer", () => {
    const calling = (callSeconds: number, own: Partial<SimService> = {}) => {
      const service = { ...SERVICE, calls: 0.1, callSeconds, atATime: 1e6, ...own };
      return simulate(stackOf([service]), () => 100, HOUR, {
        events: [{ at: 600, kind: "slow party", seconds: 600 }],
      });
    };
    within(calling(0.5).slow, 600 * 10, 0.05, "slow");
    within(calling(5).failed, 600 * 10, 0.05, "failed");
    within(calling(0.5, { timeoutSeconds: 3 }).failed, 600 * 10, 0.05, "failed by its own time");
  });

  it("is no worse with more connections or more open requests", () => {
    const run = (atATime: number, natConnections: number, rate: number) => {
      const stack = stackOf([{ ...SERVICE, atATime }], { natConnections });
      const events = [{ at: 300, kind: "slow party", seconds: 600 } as const];
      const { failed, slow } = simulate(stack, () => rate, 1500, { events });
      return { failed, bad: failed + slow };
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 100 }),
        fc.integer({ min: 5, max: 400 }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        fc.integer({ min: 20, max: 600 }),
        (atATime, natConnections, times, rate) => {
          const before = run(atATime, natConnections, rate);
          const slack = 1e-3 * 1500 * rate + 1;
          assert.ok(run(atATime * times, natConnections, rate).bad <= before.bad + slack);
          // A call that is refused sheds load: where tasks are the bottleneck, what is let through makes others late.
          assert.ok(run(atATime, natConnections * times, rate).failed <= before.failed + slack);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });
});
