/** A plan as the simulation knows it, and the loads that it is tried with. */
import { instanceVcpus } from "../../facts/capacity-limits";
import { DATABASE_FAILOVER, TARGET_TRACKING, TASK_START } from "../../facts/scaling-times";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import { isSet, text, value } from "../recovery/resources";
import type { ServiceClient } from "./connections";
import type { Load } from "./load";
import type { Service } from "./services";
import type { SimService, SimStack } from "./sim-model";
import { checksOf } from "./zone-loss";

/** Whether all that is unknown is for the stack or against it. */
export type Side = "at best" | "at worst";

/** The stack for one side: with the shortest times and the least that a request takes, or with the longest and the most. */
export function simStackOf(load: Load, side: Side): SimStack {
  const { stack, databases, assumptions, apiShare } = load;
  const [worse, better] = side === "at worst" ? ([1, 0] as const) : ([0, 1] as const);
  const services = load.services.filter(({ vcpus, most }) => vcpus > 0 && most > 0);
  const checks = services.map((service) => checksOf(stack, service));
  const longest = (pick: "noticed" | "healthy") =>
    Math.max(0, ...checks.map((one) => one[pick][worse]));
  const database = (service: Service): SimService["database"] => {
    const isIt = (client: ServiceClient) => client.service.name === service.name;
    const own = databases.find((one) => one.services.some(isIt));
    const client = own?.services.find(isIt);
    if (own === undefined || client === undefined) return undefined;
    const of = (id: string) => load.value(service, id)[worse];
    return {
      name: own.resource.name,
      pool: client.pool ?? of("pool"),
      heldSeconds: (of("queries") * of("queryHeldMs")) / 1000,
      cpuSeconds: (of("queries") * of("queryCpuMs")) / 1000,
    };
  };
  const { periodSeconds, periods, decidedSeconds } = TARGET_TRACKING[60];
  const quota = (name: "fargateVcpus" | "fargateSpotVcpus") =>
    assumptions.quota(name)?.value[better] ?? SERVICE_QUOTAS[name].usual;
  return {
    services: services.map((service) => ({
      name: service.name,
      share: apiShare.value[worse] * load.share(service).value[worse],
      vcpus: service.vcpus,
      cpuSeconds: load.value(service, "cpuMs")[worse] / 1000,
      least: Math.max(1, service.least),
      most: service.most,
      ...(service.cpuTarget !== undefined && { target: service.cpuTarget / 100 }),
      cooldownSeconds: service.outCooldownSeconds,
      deploying: service.deploying,
      spotShare: service.spotShare,
      onDemandBase: service.onDemandBase,
      zones: service.zones,
      database: database(service),
    })),
    databases: databases.map(({ resource, accepts }) => ({
      name: resource.name,
      connections: accepts?.connections[better] ?? Infinity,
      vcpus: instanceVcpus(text(resource, "instanceClass") ?? "") ?? Infinity,
      failoverSeconds: isSet(resource, "replicateSourceDb")
        ? 0
        : value(resource, "multiAz") === true
          ? DATABASE_FAILOVER.seconds[worse]
          : Infinity,
    })),
    vcpuQuota: quota("fargateVcpus"),
    spotVcpuQuota: quota("fargateSpotVcpus"),
    tracking: {
      ...{ periodSeconds, periods },
      lagSeconds: lagOf(decidedSeconds, periods, periodSeconds),
    },
    startSeconds: TASK_START.seconds[worse] + longest("healthy"),
    noticeSeconds: longest("noticed"),
    timeoutSeconds: 30,
    slowSeconds: 2,
  };
}

/** What AWS's benchmark takes beside its periods: publication of the metric, the alarm, the decision. */
export function lagOf(decidedSeconds: number, periods: number, periodSeconds: number): number {
  return decidedSeconds - periods * periodSeconds;
}

/** A load over time. */
export interface Profile {
  /** What commands call it. */
  readonly id: "day" | "flash-sale" | "slow-rise";
  readonly name: string;
  readonly seconds: number;
  readonly rateAt: (second: number) => number;
}

/** A day whose busiest hour is `rps`, a flash sale of ten times that, and a slow rise to ten times. */
export function profilesFor(rps: number): readonly Profile[] {
  const hour = 3600;
  return [
    {
      id: "day",
      name: "a day",
      seconds: 24 * hour,
      // Least at 4 in the morning, most at 4 in the afternoon.
      rateAt: (second) => rps * (0.55 - 0.45 * Math.cos(((second / hour - 4) / 12) * Math.PI)),
    },
    {
      id: "flash-sale",
      name: "a flash sale of ten times",
      seconds: 2 * hour,
      rateAt: (second) => (second >= hour / 2 && second < hour ? 10 * rps : rps),
    },
    {
      id: "slow-rise",
      name: "a slow rise to ten times",
      seconds: 4 * hour,
      rateAt: (second) => rps * (1 + (9 * second) / (4 * hour)),
    },
  ];
}
