/** What the loss of one zone costs: data, and minutes until everything serves as before. */
import { CACHE_FAILOVER, DATABASE_FAILOVER, TASK_START } from "../../facts/scaling-times";
import { TARGET_HEALTH } from "../../facts/setting-bounds";
import {
  isReplica,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { DATABASE, databasesOf, type Database } from "./connections";
import { known, planned, plus, type Figure, type Range } from "./figures";
import { gatewayZones, servicesOf, type Service } from "./services";

/** What one part of the stack needs. */
export interface ZoneLossPart {
  /** Name in the program. */
  readonly of: string;
  /** Seconds until it serves as before; undefined: it does not recover automatically. */
  readonly seconds?: Range;
  /** Whether nothing of it answers meanwhile. */
  readonly stops: boolean;
  /** The only zone whose loss takes it, or `one zone` where AWS picks it; undefined: every zone's. */
  readonly zone?: string;
  readonly figures: readonly Figure[];
}

export interface ZoneLoss {
  /** Minutes of data: 0 with a standby that has each commit; undefined where there is none. */
  readonly lossMinutes?: number;
  /** Whole minutes of what each zone's loss takes; undefined where a part of that does not recover automatically. */
  readonly degradedMinutes?: Range;
  /** The slowest first. */
  readonly parts: readonly ZoneLossPart[];
}

const NAT = "aws:ec2/natGateway:NatGateway";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

/** Derives it; undefined for a stack with none of these parts. */
export function zoneLossOf(stack: RecoveryStack): ZoneLoss | undefined {
  const databases = stack.ofType(DATABASE).filter((one) => !isReplica(one));
  const all = servicesOf(stack);
  const services = all.filter(({ desired }) => desired > 0);
  const gateways = stack.ofType(NAT);
  const parts = [
    ...services.map((service) => ofTasks(stack, service)),
    // All zones send their calls through gateways in the zone that may be lost.
    ...(gatewayZones(stack) === 1 && services.some(({ zones }) => zones > 1)
      ? gateways.slice(0, 1).map((one) => onlyGateway(one, gateways.length))
      : []),
    ...databases.map((one) => ofStore(one, value(one, "multiAz") === true, DATABASE_FAILOVER)),
    ...readReplicas(databasesOf(stack, all)).map(({ resource }) => ofReplica(resource)),
    ...stack
      .ofType(CACHE)
      .map((one) => ofStore(one, value(one, "automaticFailoverEnabled") === true, CACHE_FAILOVER)),
  ];
  if (parts.length === 0) return undefined;
  const sorted = [...parts].sort(
    (one, other) => (other.seconds?.[1] ?? Infinity) - (one.seconds?.[1] ?? Infinity),
  );
  const keepsData = databases.every((one) => value(one, "multiAz") === true);
  const ofAny = parts.filter(({ zone }) => zone === undefined);
  const isWhole = ofAny.every(({ seconds }) => seconds !== undefined);
  const longest = (index: 0 | 1) =>
    Math.ceil(Math.max(0, ...ofAny.map(({ seconds }) => seconds?.[index] ?? 0)) / 60);
  return {
    ...(keepsData && { lossMinutes: 0 }),
    ...(isWhole && { degradedMinutes: [longest(0), longest(1)] }),
    parts: sorted,
  };
}

/** The replicas that something reads. */
export function readReplicas(databases: readonly Database[]): Database[] {
  return databases.filter((one) => isReplica(one.resource) && clientsOf(one).length > 0);
}

/** Names of what reads and writes a database. */
export function clientsOf({ services, tasks, functions }: Database): string[] {
  return [
    ...services.map(({ service }) => service.name),
    ...tasks.map(({ definition }) => definition.name),
    ...functions.map(({ resource }) => resource.name),
  ];
}

/** Seconds until the load balancer leaves a lost task out, and until it sends requests to a new one. */
export function checksOf(stack: RecoveryStack, { resource }: Service) {
  const [group] = stack.noting(() =>
    stack.madeOf(resource, "loadBalancers", "aws:lb/targetGroup:TargetGroup"),
  ).result;
  const check = (group && value(group, "healthCheck")) as Record<string, unknown> | undefined;
  const interval = Number(check?.["interval"] ?? TARGET_HEALTH.intervalSeconds.unset);
  const after = (checks: unknown): Range => {
    const most = interval * Number(checks ?? TARGET_HEALTH.threshold.unset);
    return [most - interval, most];
  };
  return {
    noticed: after(check?.["unhealthyThreshold"]),
    healthy: after(check?.["healthyThreshold"]),
    origin: {
      from: "plan",
      urn: (group ?? resource).urn,
      property: group === undefined ? "loadBalancers" : "healthCheck",
    } as const,
  };
}

/** The load balancer leaves lost tasks out after so many failed checks, and ECS starts others that have to pass theirs. */
function ofTasks(stack: RecoveryStack, service: Service): ZoneLossPart {
  const { noticed, healthy, origin } = checksOf(stack, service);
  const start = known("start of a task", TASK_START.seconds, "s", TASK_START);
  return {
    of: service.name,
    seconds: plus(noticed, start.value, healthy),
    stops: service.least < 2 || service.zones < 2,
    figures: [
      { name: "failed checks", value: noticed, unit: "s", origin },
      start,
      { name: "passed checks", value: healthy, unit: "s", origin },
    ],
  };
}

/** Calls to other parties fail until the zone recovers or another gateway is created. */
function onlyGateway(gateway: RecoveryResource, count: number): ZoneLossPart {
  const only = planned("gateways in one zone", count, "", gateway, "allocationId");
  return { of: gateway.name, stops: false, figures: [only] };
}

function ofStore(
  resource: RecoveryResource,
  standsBy: boolean,
  fact: typeof DATABASE_FAILOVER | typeof CACHE_FAILOVER,
): ZoneLossPart {
  const seconds = known("failover", fact.seconds, "s", fact);
  return {
    of: resource.name,
    ...(standsBy && { seconds: seconds.value }),
    stops: true,
    figures: [seconds],
  };
}

/** A replica in one zone answers again once its zone does, or another replica is created. */
function ofReplica(replica: RecoveryResource): ZoneLossPart {
  if (value(replica, "multiAz") === true) return ofStore(replica, true, DATABASE_FAILOVER);
  return {
    of: replica.name,
    stops: true,
    zone: text(replica, "availabilityZone") ?? "one zone",
    figures: [planned("standby", 0, "", replica, "multiAz")],
  };
}

/** `zone lost: 0 min of data, 2 to 4 min degraded`, and what one zone's loss takes besides. */
export function zoneLossText({ lossMinutes, degradedMinutes, parts }: ZoneLoss): string {
  const loss =
    lossMinutes === undefined ? "data since the last backup" : `${lossMinutes} min of data`;
  const [least, most] = degradedMinutes ?? [];
  const span = least === most ? `${least}` : `${least} to ${most}`;
  const back =
    degradedMinutes === undefined
      ? `${parts.find(({ seconds, zone }) => seconds === undefined && zone === undefined)!.of} does not recover automatically`
      : `${span} min degraded`;
  const besides = parts
    .filter(({ zone }) => zone !== undefined)
    .map(({ zone, of }) => `; in ${zone}, ${of} does not recover automatically`);
  return `zone lost: ${loss}, ${back}${besides.join("")}`;
}
