/** What a plan is tried with: a day, a flash sale, a slow rise, and failures; at best and at worst. */
import { value } from "../recovery/resources";
import { slowPartyOf, type SlowParty } from "./balancer-limits";
import type { Range } from "./figures";
import type { Load } from "./load";
import { usdOf } from "./prices";
import type { Outcome, SimEvent, SimStack } from "./sim-model";
import { profilesFor, simStackOf, type Profile } from "./sim-of-plan";
import { SLOWER } from "./sim-serve";
import { spotTasksAt } from "./sim-tasks";
import { simulate } from "./simulate";
import { readReplicas } from "./zone-loss";

/** One trial with its two outcomes. */
export interface Trial {
  readonly name: string;
  /** Requests a second in the busiest hour of the profile's own load. */
  readonly rps: number;
  readonly best: Outcome;
  readonly worst: Outcome;
  /** USD of the tasks for the time of the trial, on demand, at the prices of the plan's region and processors. */
  readonly usd?: Range;
}

const SLOW_PARTY = {
  name: "another party ten times as slow for five minutes",
  event: { kind: "slow party", seconds: 300 },
} as const;

const SPOT_GONE = { name: "all Spot capacity gone", event: { kind: "spot gone" } } as const;

const DEPLOYMENT = { name: "a deployment", event: { kind: "deployment" } } as const;

/** The failures, each in the middle of half an hour of a steady load. */
const FAILURES: readonly { readonly name: string; readonly event: Omit<SimEvent, "at"> }[] = [
  { name: "a zone lost", event: { kind: "zone lost" } },
  { name: "a database failover", event: { kind: "database failover" } },
  { name: "a cache failover", event: { kind: "cache failover" } },
  DEPLOYMENT,
  {
    name: "a database ten times as slow for five minutes",
    event: { kind: "slow database", seconds: 300 },
  },
  SLOW_PARTY,
];

export interface Trials {
  readonly profiles: readonly Trial[];
  readonly failures: readonly Trial[];
  readonly slowParty?: SlowParty;
}

/** USD of a vCPU for an hour with the memory beside it: of all services, in the proportion of their fewest tasks. */
export function vcpuHourUsd({
  stack,
  services,
}: Pick<Load, "stack" | "services">): number | undefined {
  let [usd, vcpus] = [0, 0];
  for (const service of services) {
    const platform = service.definition && value(service.definition, "runtimePlatform");
    const isArm =
      (platform as { cpuArchitecture?: unknown } | undefined)?.cpuArchitecture === "ARM64";
    const price = (of: string) => usdOf(stack, `fargate-${isArm ? "arm" : "x86"}-${of}`);
    const [vcpu, gib] = [price("vcpu"), price("gb")];
    if (vcpu === undefined || gib === undefined) return undefined;
    const tasks = Math.max(1, service.least);
    usd += tasks * (service.vcpus * vcpu + service.gib * gib);
    vcpus += tasks * service.vcpus;
  }
  return vcpus === 0 ? undefined : usd / vcpus;
}

/** Most that a load is raised to, in multiples, until a task is on Spot. */
const MOST_TIMES = 1000;

/** The least load above another, to one percent, at which a task is on Spot; undefined where none ever is. */
function leastOnSpot(stack: SimStack, above: number): number | undefined {
  let [low, high] = [above, above];
  while (spotTasksAt(stack, high) === 0) {
    [low, high] = [high, 2 * high];
    if (high > MOST_TIMES * above) return undefined;
  }
  while (high - low > high / 100) {
    const middle = (low + high) / 2;
    if (spotTasksAt(stack, middle) > 0) high = middle;
    else low = middle;
  }
  return high;
}

/** What a stack does at worst with a day, a flash sale and a slow rise; nothing else is simulated. */
export function worstProfiles(load: Load, busiest: number): Pick<Trial, "name" | "worst">[] {
  const stack = simStackOf(load, "at worst");
  return profilesFor(busiest).map(({ name, rateAt, seconds, from }) => ({
    name,
    worst: simulate(stack, rateAt, seconds, { from }),
  }));
}

/** Tries a stack with the load of its busiest hour, and in failures with the loads that are given. */
export function trialsOf(
  load: Load,
  busiest: number,
  loads: readonly number[] = [busiest],
): Trials {
  const worst = simStackOf(load, "at worst");
  const best = simStackOf(load, "at best");
  const each = vcpuHourUsd(load);
  const run = (
    name: string,
    rps: number,
    profile: Pick<Profile, "rateAt" | "seconds"> & Partial<Pick<Profile, "from">>,
    events: readonly SimEvent[] = [],
  ): Trial => {
    const outcomes = [best, worst].map((one) =>
      simulate(one, profile.rateAt, profile.seconds, { events, from: profile.from }),
    ) as [Outcome, Outcome];
    return {
      ...{ name, rps },
      ...{ best: outcomes[0], worst: outcomes[1] },
      ...(each !== undefined && {
        usd: [outcomes[0].vcpuHours * each, outcomes[1].vcpuHours * each],
      }),
    };
  };
  const slowParty = slowPartyOf(load, SLOWER);
  // All services are deployed together: it ends with the slowest of them.
  const deploying = Math.max(0, ...load.services.map((one) => one.deployingSeconds));
  const failures = FAILURES.map((one) =>
    one === DEPLOYMENT ? { ...one, event: { ...one.event, seconds: deploying } } : one,
  );
  const steady = (name: string, rps: number, event?: Omit<SimEvent, "at">) =>
    run(name, rps, { rateAt: () => rps, seconds: 3600 }, event && [{ at: 900, ...event }]);
  /** Failures at a load, after what it does without one: past other limits that is not nothing. */
  const at = (rps: number, each: typeof FAILURES) => [
    steady("no failure", rps),
    ...each.map(({ name, event }) => steady(name, rps, event)),
  ];
  // At best fewer tasks carry a load: where one of them is on Spot, one is at worst too.
  const withSpot = loads.filter((rps) => spotTasksAt(best, rps) > 0);
  const least = leastOnSpot(best, Math.max(...loads));
  const onSpot = withSpot.length > 0 || least === undefined ? withSpot : [least];
  // A replica's zone has no primary at best, and the primaries of databases and caches too at worst.
  const replicas = readReplicas(load.databases).map(({ resource: { name } }) => ({
    name: `the zone of ${name} lost`,
    event: { kind: "zone lost", takes: name } as const,
  }));
  return {
    ...(slowParty && { slowParty }),
    profiles: profilesFor(busiest).map((profile) => run(profile.name, busiest, profile)),
    failures: [
      ...loads.flatMap((rps) => at(rps, [...failures, ...replicas])),
      // Where its tasks cannot keep all requests open any more, and just past that.
      ...(slowParty === undefined ? [] : at(1.1 * slowParty.holds[0], [SLOW_PARTY])),
      ...onSpot.flatMap((rps) => at(rps, [SPOT_GONE])),
    ],
  };
}
