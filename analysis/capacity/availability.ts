/** What AWS's agreements promise of the whole, by what the plan has of each part, and which parts bound it. */
import { USUAL_REGION } from "../../facts/regions";
import { SERVICE_LEVELS, type ServiceLevel } from "../../facts/service-levels";
import { listed } from "../counted";
import {
  isReplica,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { databasesOf } from "./connections";
import { MONTH_HOURS } from "./prices";
import { gatewayZones, servicesOf, type Service } from "./services";
import { clientsOf, readReplicas } from "./zone-loss";

/** A part that every request needs. */
export interface AvailablePart {
  readonly of: string;
  readonly title: string;
  readonly level: ServiceLevel;
  /** Percent of a month, as the level says. */
  readonly percent: number;
  /** Why one failure stops it: there is one of it, or all is in one zone. */
  readonly single?: string;
}

export interface Availability {
  /** Percent of a month, all parts in a row; what AWS pays for less, not what happens. */
  readonly percent: number;
  /** Minutes of a month, as its costs are counted. */
  readonly minutes: number;
  /** The one that bounds it most first. */
  readonly parts: readonly AvailablePart[];
  /** Parts that only some requests need: they are not in the percentage of the whole. */
  readonly ofSome: readonly AvailablePart[];
}

type Found = Omit<AvailablePart, "title" | "percent">;

type Part = readonly [
  type: string,
  title: string,
  /** What a request needs of it: of all that the home region has of the type, at least one. */
  find: (all: readonly RecoveryResource[], stack: RecoveryStack) => readonly Found[],
];

const inZones = (one: RecoveryResource, property: string) => value(one, property) === true;

/** A part with one level, whose redundancy is AWS's own. */
const managed =
  (level: ServiceLevel) =>
  ([one]: readonly RecoveryResource[]): Found[] => [{ of: one!.name, level }];

/** A request passes one firewall of each scope: at CloudFront, then at the load balancer. */
const oneOfEachScope = (all: readonly RecoveryResource[]): Found[] =>
  [...new Map(all.toReversed().map((one) => [text(one, "scope"), one.name])).values()].map(
    (of) => ({ of, level: SERVICE_LEVELS.firewall }),
  );

/** A network load balancer beside an application one serves the deployment gate, not a request. */
const balancer = (all: readonly RecoveryResource[]): Found[] => {
  const application = all.filter((one) => text(one, "loadBalancerType") !== "network");
  return managed(SERVICE_LEVELS.loadBalancer)(application.length > 0 ? application : all);
};

/** Parts by the type of which each request needs one. */
const PARTS: readonly Part[] = [
  ["aws:route53/zone:Zone", "DNS", managed(SERVICE_LEVELS.dns)],
  ["aws:cloudfront/distribution:Distribution", "CloudFront", managed(SERVICE_LEVELS.distribution)],
  ["aws:wafv2/webAcl:WebAcl", "WAF", oneOfEachScope],
  ["aws:lb/loadBalancer:LoadBalancer", "load balancer", balancer],
  ["aws:ecs/service:Service", "tasks on Fargate", tasksOf],
  [
    "aws:rds/instance:Instance",
    "database",
    ([one]) => [
      inZones(one!, "multiAz")
        ? {
            ...{ of: one!.name, level: SERVICE_LEVELS.database },
            single: "one primary takes all writes: each failover stops them",
          }
        : {
            ...{ of: one!.name, level: SERVICE_LEVELS.databaseInOneZone },
            single: "one instance in one zone",
          },
    ],
  ],
  [
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "cache",
    ([one]) => [
      inZones(one!, "multiAzEnabled")
        ? { of: one!.name, level: SERVICE_LEVELS.cache }
        : {
            ...{ of: one!.name, level: SERVICE_LEVELS.cacheInOneZone },
            single: "all nodes may be in one zone",
          },
    ],
  ],
  ["aws:ec2/natGateway:NatGateway", "NAT gateway", gatewaysOf],
];

/** Zones that tasks of a service are surely in: no more than the fewest tasks that scaling leaves. */
const surely = ({ zones, least }: Service) => Math.min(zones, Math.max(1, least));

/** The service in the fewest zones: AWS promises something of tasks in two or more. A worker answers no request. */
function tasksOf(_: readonly RecoveryResource[], stack: RecoveryStack): Found[] {
  const [least] = servicesOf(stack)
    .filter(({ isRouted }) => isRouted)
    .sort((one, other) => surely(one) - surely(other));
  if (least === undefined) return [];
  const of = least.name;
  if (surely(least) > 1) return [{ of, level: SERVICE_LEVELS.tasks }];
  const isPlaced = least.subnets.length + least.subnetIds.length > 0;
  const zones = isPlaced ? "all tasks are in one zone" : "the zones of its tasks are not known";
  const single = least.zones < 2 ? zones : "scaling may leave one task";
  return [{ of, level: SERVICE_LEVELS.tasksInOneZone, single }];
}

/** A gateway is redundant in its own zone only, and no route leads to another: a request that calls out needs its zone's. */
function gatewaysOf(gateways: readonly RecoveryResource[], stack: RecoveryStack): Found[] {
  const found = { of: gateways[0]!.name, level: SERVICE_LEVELS.natGateway };
  if (gatewayZones(stack) > 1) return [found];
  const single =
    gateways.length < 2
      ? "one gateway in one zone for all calls to other parties"
      : "all gateways are in one zone";
  return [{ ...found, single }];
}

/** Whether each request may need it: not what another region has, nor a replica (every page needs the primary only). */
function isNeeded(one: RecoveryResource, home: string): boolean {
  const region = text(one, "region") ?? home;
  const isGlobal = text(one, "scope") === "CLOUDFRONT";
  return (region === home || isGlobal) && !isReplica(one);
}

const partOf = (found: Found, title: string): AvailablePart => ({
  ...{ ...found, title, percent: found.level.percent },
});

/** Buckets of the home region whose files distributions serve. */
function filesOf(stack: RecoveryStack, home: string): AvailablePart[] {
  const domains = stack
    .ofType("aws:cloudfront/distribution:Distribution")
    .flatMap((one) => records(value(one, "origins")))
    .flatMap(({ domainName }) => (typeof domainName === "string" ? domainName : []));
  return stack
    .ofType("aws:s3/bucket:Bucket")
    .filter((one) => (text(one, "region") ?? home) === home)
    .filter((one) => domains.some((domain) => domain.startsWith(`${text(one, "bucket")}.s3.`)))
    .map((one) => partOf({ of: one.name, level: SERVICE_LEVELS.objects }, "files in S3"));
}

/** Replicas without a standby, each with those who read it. */
function replicasOf(stack: RecoveryStack, home: string): AvailablePart[] {
  return readReplicas(databasesOf(stack, servicesOf(stack)))
    .filter(({ resource }) => (text(resource, "region") ?? home) === home)
    .map((one) => ({ one, clients: clientsOf(one) }))
    .filter(({ one }) => !inZones(one.resource, "multiAz"))
    .map(({ one, clients }): AvailablePart => {
      const readers = `${listed(clients)} ${clients.length > 1 ? "read" : "reads"}`;
      const found = { of: one.resource.name, level: SERVICE_LEVELS.databaseInOneZone };
      return partOf({ ...found, single: `one instance in one zone, which ${readers}` }, "replica");
    });
}

export function availabilityOf(stack: RecoveryStack): Availability {
  const home = stack.region ?? USUAL_REGION;
  const parts = PARTS.flatMap(([type, title, find]): AvailablePart[] => {
    const all = stack.ofType(type).filter((each) => isNeeded(each, home));
    return all.length === 0 ? [] : find(all, stack).map((found) => partOf(found, title));
  }).sort((one, other) => one.percent - other.percent);
  const percent = parts.reduce((all, part) => (all * part.percent) / 100, 100);
  return {
    percent,
    minutes: 60 * MONTH_HOURS * (1 - percent / 100),
    parts,
    ofSome: [...replicasOf(stack, home), ...filesOf(stack, home)],
  };
}
