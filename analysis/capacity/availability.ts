/** What AWS's agreements promise of the whole, by what the plan has of each part, and which parts bound it. */
import { USUAL_REGION } from "../../facts/regions";
import { SERVICE_LEVELS, type ServiceLevel } from "../../facts/service-levels";
import { USAGE } from "../cost/tables";
import {
  isSet,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";

/** A part that every request needs. */
export interface AvailablePart {
  readonly of: string;
  readonly title: string;
  readonly level: ServiceLevel;
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
}

type Part = readonly [
  type: string,
  title: string,
  level: (one: RecoveryResource) => ServiceLevel,
  single?: (one: RecoveryResource, stack: RecoveryStack) => string | undefined,
];

const inZones = (one: RecoveryResource, property: string) => value(one, property) === true;

/** Parts by the type of which each request needs one. */
const PARTS: readonly Part[] = [
  ["aws:route53/zone:Zone", "DNS", () => SERVICE_LEVELS.dns],
  ["aws:cloudfront/distribution:Distribution", "CloudFront", () => SERVICE_LEVELS.distribution],
  ["aws:wafv2/webAcl:WebAcl", "WAF", () => SERVICE_LEVELS.firewall],
  ["aws:lb/loadBalancer:LoadBalancer", "load balancer", () => SERVICE_LEVELS.loadBalancer],
  ["aws:ecs/cluster:Cluster", "tasks on Fargate", () => SERVICE_LEVELS.tasks],
  [
    "aws:rds/instance:Instance",
    "database",
    (one) => (inZones(one, "multiAz") ? SERVICE_LEVELS.database : SERVICE_LEVELS.databaseInOneZone),
    (one) =>
      inZones(one, "multiAz")
        ? "one primary takes all writes: each failover stops them"
        : "one instance in one zone",
  ],
  [
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "cache",
    (one) =>
      inZones(one, "multiAzEnabled") ? SERVICE_LEVELS.cache : SERVICE_LEVELS.cacheInOneZone,
    (one) => (inZones(one, "multiAzEnabled") ? undefined : "all nodes may be in one zone"),
  ],
  [
    "aws:ec2/natGateway:NatGateway",
    "NAT gateway",
    () => SERVICE_LEVELS.natGateway,
    (_, stack) =>
      stack.ofType("aws:ec2/natGateway:NatGateway").length < 2
        ? "one gateway in one zone for all calls to other parties"
        : undefined,
  ],
];

/** Minutes of a month, as its costs are counted. */
const MONTH = USAGE.assumptions["hours"]!.value * 60;

/** Whether each request may need it: not what another region has, a replica, or the load balancer of the deployment gate. */
function isNeeded(one: RecoveryResource, home: string): boolean {
  const region = text(one, "region") ?? home;
  const isGlobal = text(one, "scope") === "CLOUDFRONT";
  // A replica serves part of the pages; every page needs the primary.
  const isReplica = isSet(one, "replicateSourceDb");
  const isOfTheGate = text(one, "loadBalancerType") === "network";
  return (region === home || isGlobal) && !isReplica && !isOfTheGate;
}

export function availabilityOf(stack: RecoveryStack): Availability {
  const [provider] = stack.ofType("pulumi:providers:aws");
  const home = (provider && text(provider, "region")) ?? USUAL_REGION;
  const parts = PARTS.flatMap(([type, title, level, single]): AvailablePart[] => {
    const [one] = stack.ofType(type).filter((each) => isNeeded(each, home));
    if (one === undefined) return [];
    const reason = single?.(one, stack);
    return [{ of: one.name, title, level: level(one), ...(reason && { single: reason }) }];
  }).sort((one, other) => one.level.percent - other.level.percent);
  const percent = parts.reduce((all, { level }) => (all * level.percent) / 100, 100);
  return { percent, minutes: MONTH * (1 - percent / 100), parts };
}
