/** The container services of a stack as capacity reads them: sizes, numbers of tasks, how they grow, what they connect to. */
import { isShifting, ROLLING, shiftOf, usualDeploymentMinutes } from "../../facts/deployment-time";
import { isRecord, read } from "../properties";
import { largestTasks, scalingTarget, spotShare, taskVcpus } from "../recovery/quotas";
import {
  isSet,
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "../recovery/resources";
import { scalingOf, type Scaling } from "./scaling";

const SERVICE = "aws:ecs/service:Service";
export const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const SUBNET = "aws:ec2/subnet:Subnet";

/** One service. */
export interface Service {
  /** Its name in the program, such as `crm-core`. */
  readonly name: string;
  readonly resource: RecoveryResource;
  readonly definition?: RecoveryResource;
  /** vCPUs and GiB of a task; 0 where they are not known. */
  readonly vcpus: number;
  readonly gib: number;
  readonly desired: number;
  readonly least: number;
  readonly most: number;
  /** Where the most stands, and under which property. */
  readonly mostOf: RecoveryResource;
  readonly mostProperty: "maxCapacity" | "desiredCount";
  readonly leastProperty: "minCapacity" | "desiredCount";
  /** Sets of tasks beside each other during a deployment, by one, and the property that says so. */
  readonly deploying: number;
  readonly deployingProperty: string;
  /** Seconds for which they are beside each other: start, the traffic's steps, bake time, and the end of the old tasks. */
  readonly deployingSeconds: number;
  readonly spotShare: number;
  /** Tasks that are always on demand. */
  readonly onDemandBase: number;
  /** Percent of the CPU above which tasks are added; undefined where nothing scales it. */
  readonly cpuTarget?: number;
  readonly cpuPolicy?: RecoveryResource;
  readonly scaling: Scaling;
  /** Whether a load balancer leads to it: a worker gets no requests. */
  readonly isRouted: boolean;
  /** Physical name of the queue by whose messages it is scaled: it works on them. */
  readonly queue?: string;
  /** Zones of its subnets; of subnets that the plan does not have, one each; 1 where no subnet is known. */
  readonly zones: number;
  /** Its subnets that the plan has. */
  readonly subnets: readonly RecoveryResource[];
  /** Ids of its subnets where the plan has none of them. */
  readonly subnetIds: readonly string[];
}

/** The services of the stack. */
export function servicesOf(stack: RecoveryStack): Service[] {
  return stack.ofType(SERVICE).map((resource) => {
    const [definition] = stack.madeOf(resource, "taskDefinition", DEFINITION);
    const target = scalingTarget(stack, resource);
    const desired = number(resource, "desiredCount") ?? 1;
    // A list that is not known yet is made of all subnets of its network: zones are right, and subnets too many.
    const subnets = stack.noting(() =>
      stack.madeOf(resource, "networkConfiguration", SUBNET),
    ).result;
    const subnetIds = subnets.length > 0 ? [] : idsOf(stack, resource);
    const scaling = scalingOf(stack, target);
    const cpu = scaling.tracking.find(({ by }) => by === "cpu");
    const queue = scaling.tracking.find(({ by }) => by === "backlog")?.queue;
    const base = records(value(resource, "capacityProviderStrategies")).find(
      ({ capacityProvider }) => capacityProvider === "FARGATE",
    )?.["base"];
    return {
      name: resource.name,
      resource,
      ...(definition && { definition }),
      vcpus: taskVcpus(definition),
      gib: definition === undefined ? 0 : Number(value(definition, "memory") ?? 0) / 1024,
      desired,
      least: (target && number(target, "minCapacity")) ?? desired,
      most: largestTasks(stack, resource),
      mostOf: target ?? resource,
      mostProperty: target === undefined ? "desiredCount" : "maxCapacity",
      leastProperty: target === undefined ? "desiredCount" : "minCapacity",
      ...deployingOf(resource),
      spotShare: spotShare(resource),
      onDemandBase: Number(base ?? 0),
      ...(cpu && { cpuTarget: cpu.target, cpuPolicy: cpu.policy }),
      scaling,
      isRouted: isSet(resource, "loadBalancers"),
      ...(queue !== undefined && { queue }),
      // AWS's guides and this platform's settings have one subnet of a tier in each zone.
      zones: Math.max(zonesOf(subnets), subnetIds.length),
      ...{ subnets, subnetIds },
    };
  });
}

/** Ids of a service's subnets, as far as they are known. */
function idsOf(stack: RecoveryStack, service: RecoveryResource): string[] {
  const given = stack.noting(() => value(service, "networkConfiguration")).result;
  const ids: unknown = isRecord(given) ? given["subnets"] : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

/** Zones of subnets, of which one is not known yet counts as one. */
export function zonesOf(subnets: readonly RecoveryResource[]): number {
  const zones = new Set(subnets.map((subnet) => text(subnet, "availabilityZone")));
  return Math.max(1, zones.size);
}

/** Zones that have a NAT gateway of their own, one for each subnet that the plan does not have; 0 without any. */
export function gatewayZones(stack: RecoveryStack): number {
  const gateways = stack.ofType("aws:ec2/natGateway:NatGateway");
  const subnets = gateways.flatMap((one) => stack.madeOf(one, "subnetId", SUBNET).slice(0, 1));
  const ids = gateways.flatMap((one) => text(one, "subnetId") ?? []);
  const named = subnets.length > 0 ? 0 : new Set(ids).size;
  return gateways.length === 0 ? 0 : Math.max(zonesOf(subnets), named);
}

/** Two colours, or as many as a rolling deployment may have beside each other. */
function deployingOf(
  service: RecoveryResource,
): Pick<Service, "deploying" | "deployingProperty" | "deployingSeconds"> {
  const configuration = value(service, "deploymentConfiguration") as
    Record<string, unknown> | undefined;
  const strategy = configuration?.["strategy"];
  if (isShifting(strategy)) {
    const shift = shiftOf(strategy, (property) => {
      const given = Number(read(configuration ?? {}, property) ?? NaN);
      return Number.isFinite(given) ? given : undefined;
    });
    return {
      ...{ deploying: 2, deployingProperty: "deploymentConfiguration.strategy" },
      deployingSeconds: 60 * usualDeploymentMinutes(shift).least,
    };
  }
  const percent = number(service, "deploymentMaximumPercent") ?? ROLLING.percent;
  return {
    deploying: Math.max(1, percent / 100),
    deployingProperty: "deploymentMaximumPercent",
    // Without a shift of traffic it is start and end alone.
    deployingSeconds:
      60 * usualDeploymentMinutes({ strategy: "BLUE_GREEN", bakeMinutes: 0 }).around,
  };
}

/** The variables and the parameters that the containers of a definition get. */
export function containersOf(definition: RecoveryResource): readonly Container[] {
  const json = text(definition, "containerDefinitions");
  if (json === undefined) return [];
  try {
    return JSON.parse(json) as readonly Container[];
  } catch {
    return [];
  }
}

export interface Container {
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}
