/** A plan as the simulation knows it, and the loads that it is tried with. */
import { instanceVcpus } from "../../facts/capacity-limits";
import { POOL } from "../../facts/pools";
import {
  BALANCER_IDLE,
  BALANCER_NAME,
  CACHE_FAILOVER,
  DATABASE_FAILOVER,
  ORIGIN_READ,
  TARGET_TRACKING,
  TASK_START,
} from "../../facts/scaling-times";
import { isRecord } from "../properties";
import { scheduledTasks, taskVcpus } from "../recovery/quotas";
import {
  isReplica,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { carriersOf, gets, type Database } from "./connections";
import { workOf } from "./database-work";
import { natConnections } from "./edge-limits";
import type { Range } from "./figures";
import { CACHE } from "./limits";
import type { Load } from "./load";
import { executionsFor, queuesOf, type FunctionQueue } from "./queue-limits";
import { boundsOf, secondsOf, type Tracking } from "./scaling";
import { gatewayZones, type Service } from "./services";
import type { SimDatabase, SimJob, SimQueue, SimService, SimStack, SimTracking } from "./sim-model";
import { checksOf } from "./zone-loss";

/** Whether all that is unknown is for the stack or against it. */
export type Side = "at best" | "at worst";

/** Picks the end of a range that is for the stack, or against it. */
interface Ends {
  readonly isWorst: boolean;
  /** Of what takes: the least, or the most. */
  readonly cost: (range: Range) => number;
  /** Of what there is. */
  readonly supply: (range: Range) => number;
}

/** The stack for one side: with the shortest times and the least that a request takes, or with the longest and the most. */
export function simStackOf(load: Load, side: Side): SimStack {
  const isWorst = side === "at worst";
  const ends: Ends = {
    isWorst,
    cost: ([least, most]) => (isWorst ? most : least),
    supply: ([least, most]) => (isWorst ? least : most),
  };
  const { stack, databases } = load;
  const services = load.services.filter(({ vcpus, most }) => vcpus > 0 && most > 0);
  const checks = services
    .filter(({ isRouted }) => isRouted)
    .map((service) => checksOf(stack, service));
  const longest = (pick: "noticed" | "healthy") =>
    Math.max(0, ...checks.map((one) => ends.cost(one[pick])));
  return {
    services: services.map((service) => simService(load, service, ends)),
    databases: databases.map((database) => simDatabase(load, database, ends)),
    queues: queuesOf(load).map((queue) => simQueue(load, queue, ends)),
    jobs: jobsOf(load),
    caches: Object.fromEntries(
      stack
        .ofType(CACHE)
        .map((one) => [
          one.name,
          failover(one, "automaticFailoverEnabled", CACHE_FAILOVER.seconds, ends),
        ]),
    ),
    vcpuQuota: ends.supply(load.quota("fargateVcpus").value),
    spotVcpuQuota: ends.supply(load.quota("fargateSpotVcpus").value),
    startSeconds: ends.cost(TASK_START.seconds) + longest("healthy"),
    noticeSeconds: longest("noticed"),
    // At best CloudFront tries the next address.
    nodeSeconds: isWorst ? BALANCER_NAME.seconds : 0,
    isReplicaApart: !isWorst,
    losesNat: isWorst && gatewayZones(stack) === 1,
    natConnections: natConnections(stack) ?? Infinity,
    timeoutSeconds: answerSeconds(stack),
    slowSeconds: SLOW_SECONDS,
  };
}

/** What a user calls slow: longer than this in a queue, in queries or in a call. */
export const SLOW_SECONDS = 2;

/**
 * Seconds after which an attempt fails: CloudFront stops reading its origin, or the load balancer is idle. CloudFront tries a GET
 * or HEAD up to `connectionAttempts` times, three by default, which is not simulated: a user may get the error only after all.
 */
export function answerSeconds(stack: RecoveryStack): number {
  const origins = stack
    .ofType("aws:cloudfront/distribution:Distribution")
    .flatMap((one) => records(value(one, "origins")))
    .flatMap(({ customOriginConfig, vpcOriginConfig }) => {
      const config = customOriginConfig ?? vpcOriginConfig;
      return config === undefined ? [] : [(config as Record<string, unknown>)["originReadTimeout"]];
    });
  const balancers = stack
    .ofType("aws:lb/loadBalancer:LoadBalancer")
    // The deployment gate's is not on the path of a request.
    .filter((one) => !["network", "gateway"].includes(text(one, "loadBalancerType") ?? ""))
    .map((one) => value(one, "idleTimeout"));
  const all = [
    ...origins.map((one) => Number(one ?? ORIGIN_READ.seconds)),
    ...balancers.map((one) => Number(one ?? BALANCER_IDLE.seconds)),
  ].filter(Number.isFinite);
  return all.length === 0 ? ORIGIN_READ.seconds : Math.min(...all);
}

function failover(
  resource: RecoveryResource,
  standsBy: string,
  seconds: Range,
  { cost }: Ends,
): number {
  return value(resource, standsBy) === true ? cost(seconds) : Infinity;
}

function simDatabase(load: Load, database: Database, ends: Ends): SimDatabase {
  const { resource, accepts } = database;
  const busy = load.assumptions.general("busyShare").value;
  const { fixed, besides } = workOf(load, database, "cpu");
  return {
    name: resource.name,
    connections: accepts === undefined ? Infinity : ends.supply(accepts.connections),
    vcpus: (instanceVcpus(text(resource, "instanceClass") ?? "") ?? Infinity) * ends.supply(busy),
    usedVcpus: ends.cost(fixed),
    besides: besides.map(({ perRequest, least, most }) => ({
      seconds: ends.cost(perRequest),
      least: least === undefined ? 0 : ends.cost(least),
      most: most === undefined ? Infinity : ends.cost(most),
    })),
    failoverSeconds: failover(resource, "multiAz", DATABASE_FAILOVER.seconds, ends),
    isReplica: isReplica(resource),
  };
}

function simService(load: Load, service: Service, { cost, supply }: Ends): SimService {
  const { stack } = load;
  const of = (id: string) => cost(load.value(service, id));
  const own = load.databases.find((one) => clientOf(one, service) !== undefined);
  const cache = stack.ofType(CACHE).find((one) => gets(service, carriersOf(stack, one)));
  const { stepIn } = service.scaling;
  const [seconds, atATime] = service.queue === undefined ? [] : load.work(service.queue);
  return {
    name: service.name,
    share: cost(load.of(service)),
    vcpus: service.vcpus,
    cpuSeconds: of("cpuMs") / 1000,
    // A service behind a load balancer that may have no task has one: nothing would start it.
    least: service.isRouted ? Math.max(1, service.least) : service.least,
    most: service.most,
    tracking: service.scaling.tracking.map(simTracking),
    ...(stepIn && { stepIn: { ...stepIn, below: stepIn.below / 100 } }),
    day: service.scaling.day,
    deploying: service.deploying,
    spotShare: service.spotShare,
    onDemandBase: service.onDemandBase,
    zones: service.zones,
    ...(seconds &&
      atATime && { work: { seconds: cost(seconds.value), atATime: supply(atATime.value) } }),
    ...(cache && { cache: cache.name }),
    ...{ calls: of("calls"), callSeconds: of("callSeconds") },
    openSeconds: cost(load.openSeconds(service, 0)),
    atATime: supply(load.value(service, "requestsAtATime")),
    ...proxyTimeout(stack, service),
    ...(own && {
      database: {
        name: own.resource.name,
        pool: clientOf(own, service)!.pool ?? of("pool"),
        heldSeconds: (of("queries") * of("queryHeldMs")) / 1000,
        // What waits for queries waits at least as long as they hold a connection.
        waitSeconds: Math.max(of("waitMs"), of("queries") * of("queryHeldMs")) / 1000,
        cpuSeconds: (of("queries") * of("queryCpuMs")) / 1000,
      },
    }),
  };
}

/**
 * The proxy of Service Connect ends the load balancer's requests as well; 0 is no limit.
 * Source: Amazon ECS Developer Guide, "Service Connect components".
 */
function proxyTimeout(stack: RecoveryStack, { resource }: Service) {
  const connect = value(resource, "serviceConnectConfiguration");
  const own = records(isRecord(connect) ? connect["services"] : undefined)
    .map(({ timeout }) => Number(isRecord(timeout) ? timeout["perRequestTimeoutSeconds"] : 0))
    .filter((seconds) => seconds > 0);
  const timeoutSeconds = Math.min(...own);
  return timeoutSeconds < answerSeconds(stack) ? { timeoutSeconds } : {};
}

function clientOf({ services }: Database, { name }: Service) {
  return services.find(({ service }) => service.name === name);
}

function simTracking({ by, target, resolution, ...cooldowns }: Tracking): SimTracking {
  const { outCooldownSeconds, inCooldownSeconds, scalesIn } = cooldowns;
  const { periodSeconds, periods, decidedSeconds } = TARGET_TRACKING[resolution];
  return {
    ...{ by, target: by === "cpu" ? target / 100 : target },
    ...{ outCooldownSeconds, inCooldownSeconds, scalesIn, periodSeconds, periods },
    lagSeconds: lagOf(decidedSeconds, periods, periodSeconds),
  };
}

function simQueue(load: Load, read: FunctionQueue, { cost, supply }: Ends): SimQueue {
  const { queue, mappings } = read;
  const { stack, assumptions, apiShare } = load;
  const of = (id: string) => cost(assumptions.queue(queue, id).value);
  // ARNs of the functions, with the aliases that the mappings call.
  const called = mappings.map(
    ({ mapping }) => text(mapping, "functionName")?.split(":function:")[1] ?? "",
  );
  return {
    name: queue,
    most: supply(executionsFor(load, read).capacity),
    share: cost(apiShare.value) * of("messages"),
    seconds: of("seconds"),
    coldSeconds: cost(assumptions.general("coldStartSeconds").value),
    ready: [...new Set(called)].map((one) => boundsOf(stack, `function:${one}`)),
  };
}

/** Tasks that a clock starts, by their schedules and task definitions. */
function jobsOf({ stack, databases, jobMinutes }: Load): SimJob[] {
  return scheduledTasks(stack)
    .filter(({ schedule }) => text(schedule, "state") !== "DISABLED")
    .map(({ schedule, definition, count }): SimJob => {
      const own = databases.find(({ tasks }) => tasks.some((one) => one.definition === definition));
      const pool = own?.tasks.find((one) => one.definition === definition)?.pool ?? POOL.usual;
      return {
        ...{ name: schedule.name, count, vcpus: count * taskVcpus(definition) },
        starts: secondsOf(
          stack,
          text(schedule, "scheduleExpression"),
          "eventbridge-scheduler",
          text(schedule, "scheduleExpressionTimezone") ?? "UTC",
        ),
        seconds: 60 * jobMinutes.value[0],
        ...(own && { database: { name: own.resource.name, pool: count * pool } }),
      };
    });
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
  /** Second of the day at which it begins. */
  readonly from: number;
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
      from: 0,
      // Least at 4 in the morning, most at 4 in the afternoon.
      rateAt: (second) => rps * (0.55 - 0.45 * Math.cos(((second / hour - 4) / 12) * Math.PI)),
    },
    {
      id: "flash-sale",
      name: "a flash sale of ten times",
      seconds: 2 * hour,
      from: 12 * hour,
      rateAt: (second) => (second >= hour / 2 && second < hour ? 10 * rps : rps),
    },
    {
      id: "slow-rise",
      name: "a slow rise to ten times",
      seconds: 4 * hour,
      from: 10 * hour,
      rateAt: (second) => rps * (1 + (9 * second) / (4 * hour)),
    },
  ];
}
