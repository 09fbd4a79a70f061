/** What a plan is tried with: a day, a flash sale, a slow rise, and failures; at best and at worst. */
import { USUAL_REGION } from "../../facts/regions";
import { PRICES } from "../cost/tables";
import { text, value } from "../recovery/resources";
import type { Range } from "./figures";
import type { Load } from "./load";
import type { Outcome, SimEvent } from "./sim-model";
import { profilesFor, simStackOf, type Profile } from "./sim-of-plan";
import { simulate } from "./simulate";

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

/** The failures, each in the middle of half an hour of a steady load. */
const FAILURES: readonly { readonly name: string; readonly event: Omit<SimEvent, "at"> }[] = [
  { name: "a zone lost", event: { kind: "zone lost" } },
  { name: "all Spot capacity gone", event: { kind: "spot gone" } },
  { name: "a database failover", event: { kind: "database failover" } },
  { name: "a cache failover", event: { kind: "cache failover" } },
  { name: "a deployment", event: { kind: "deployment", seconds: 900 } },
  {
    name: "a database ten times as slow for five minutes",
    event: { kind: "slow database", seconds: 300 },
  },
];

export interface Trials {
  readonly profiles: readonly Trial[];
  readonly failures: readonly Trial[];
}

/** USD of a vCPU for an hour with the memory beside it: of all services, in the proportion of their fewest tasks. */
export function vcpuHourUsd({
  stack,
  services,
}: Pick<Load, "stack" | "services">): number | undefined {
  const [provider] = stack.ofType("pulumi:providers:aws");
  const region = (provider && text(provider, "region")) ?? USUAL_REGION;
  let [usd, vcpus] = [0, 0];
  for (const service of services) {
    const platform = service.definition && value(service.definition, "runtimePlatform");
    const isArm =
      (platform as { cpuArchitecture?: unknown } | undefined)?.cpuArchitecture === "ARM64";
    const price = (of: string) =>
      PRICES.prices[`fargate-${isArm ? "arm" : "x86"}-${of}`]?.usd[region];
    const [vcpu, gib] = [price("vcpu"), price("gb")];
    if (vcpu === undefined || gib === undefined) return undefined;
    const tasks = Math.max(1, service.least);
    usd += tasks * (service.vcpus * vcpu + service.gib * gib);
    vcpus += tasks * service.vcpus;
  }
  return vcpus === 0 ? undefined : usd / vcpus;
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
    const isIdle =
      events.some(({ kind }) => kind === "spot gone") &&
      outcomes.every(({ spotLost }) => spotLost === 0);
    return {
      ...{ name: isIdle ? `${name}: no task is on Spot at this load` : name, rps },
      ...{ best: outcomes[0], worst: outcomes[1] },
      ...(each !== undefined && {
        usd: [outcomes[0].vcpuHours * each, outcomes[1].vcpuHours * each],
      }),
    };
  };
  const at = 900;
  return {
    profiles: profilesFor(busiest).map((profile) => run(profile.name, busiest, profile)),
    failures: loads.flatMap((rps) =>
      FAILURES.map(({ name, event }) =>
        run(name, rps, { rateAt: () => rps, seconds: 3600 }, [{ at, ...event }]),
      ),
    ),
  };
}
