/** Whether the platform fits into the quotas of the other region, where it runs at its largest after a loss. */
import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import {
  QUOTA_NAMES,
  SERVICE_QUOTAS,
  UNRESERVED_LAMBDA_CONCURRENCY,
  type QuotaName,
  type ServiceQuota,
} from "../../facts/service-quotas";
import { RULE_DIRECTIONS } from "../../facts/type-properties";
import { cacheLayout } from "../cache-layout";
import {
  isSet,
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
  type Unknown,
} from "./resources";

/** What the platform needs of a quota. */
export interface QuotaNeed extends ServiceQuota {
  readonly name: QuotaName;
  readonly needed: number;
  /** What the stack asks for in the region; undefined where it asks for nothing. */
  readonly requested?: number;
  /** A resource that the need comes from. */
  readonly urn?: string;
  /** What the need rests on and is not known: it is the least that is needed, and whether it fits is undecided. */
  readonly unknown?: Unknown;
}

/** Needed number, and a resource that it comes from. */
type Need = readonly [needed: number, from?: RecoveryResource];

/** Each quota with what the plan needs of it in a region; quotas of which it needs nothing are left out. */
export function quotaNeeds(stack: RecoveryStack, region: string): QuotaNeed[] {
  const needs = needsOf(stack);
  return QUOTA_NAMES.map((name) => {
    const quota = SERVICE_QUOTAS[name];
    const { result, unknown } = stack.noting(needs[name]);
    const [needed, from] = result;
    const asked = stack.noting(() => requestedOf(stack, region, quota));
    const need = { name, ...quota, needed, requested: asked.result, urn: from?.urn };
    // What is asked for matters only where it is not enough as far as is known.
    const [first] = [...unknown, ...(exceeded([need]).length > 0 ? asked.unknown : [])];
    return { ...need, unknown: first };
  }).filter(({ needed, unknown }) => needed > 0 || unknown !== undefined);
}

/** The needs that neither a new account nor a request covers. */
export function exceeded<T extends QuotaNeed>(needs: readonly T[]): T[] {
  return needs.filter(
    ({ needed, newAccount, requested }) => needed > Math.max(newAccount, requested ?? 0),
  );
}

function requestedOf(
  stack: RecoveryStack,
  region: string,
  { service, code }: ServiceQuota,
): number | undefined {
  const values = stack
    .ofType("aws:servicequotas/serviceQuota:ServiceQuota")
    .filter(
      (quota) =>
        text(quota, "region") === region &&
        text(quota, "serviceCode") === service &&
        text(quota, "quotaCode") === code,
    )
    .map((quota) => number(quota, "value") ?? 0);
  return values.length === 0 ? undefined : Math.max(...values);
}

/** How many tasks of a service are counted. */
export type Tasks = (stack: RecoveryStack, service: RecoveryResource) => number;

/** Each need separately, so that what is not known of one leaves the others decided. */
export function needsOf(
  stack: RecoveryStack,
  tasks: Tasks = largestTasks,
): Record<QuotaName, () => Need> {
  // What has a region of its own is a copy and no part of what is made again.
  const own = (type: string) => stack.ofType(type).filter((resource) => !isSet(resource, "region"));
  const count =
    (type: string, counts: (resource: RecoveryResource) => boolean = () => true) =>
    (): Need => {
      const found = own(type).filter(counts);
      return [found.length, found[0]];
    };
  const balancer = (kind: string) =>
    count(
      "aws:lb/loadBalancer:LoadBalancer",
      (one) => (text(one, "loadBalancerType") ?? "application") === kind,
    );
  const services = () => own("aws:ecs/service:Service");
  const caches = () => own("aws:elasticache/replicationGroup:ReplicationGroup");
  return {
    fargateVcpus: () => {
      return vcpus(stack, services(), () => 1, tasks, scheduledVcpus(stack));
    },
    fargateSpotVcpus: () => vcpus(stack, services(), spotShare, tasks),
    lambdaConcurrency: () => lambdaConcurrency(own("aws:lambda/function:Function")),
    vpcs: count("aws:ec2/vpc:Vpc"),
    elasticIps: count("aws:ec2/eip:Eip"),
    natGatewaysPerZone: () =>
      largestGroup(own("aws:ec2/natGateway:NatGateway"), (gateway) => zoneOf(stack, gateway)),
    interfaceEndpoints: count(
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      (one) => text(one, "vpcEndpointType") === "Interface",
    ),
    securityGroupRules: () => securityGroupRules(stack),
    applicationLoadBalancers: balancer("application"),
    networkLoadBalancers: balancer("network"),
    databaseInstances: count("aws:rds/instance:Instance"),
    cacheNodes: () => [
      caches().reduce((sum, group) => sum + nodesOf(stack, group), 0),
      caches()[0],
    ],
    cacheNodesPerCluster: () =>
      largestGroup(
        caches(),
        ({ urn }) => urn,
        (group) => nodesOf(stack, group),
      ),
  };
}

const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

/** vCPUs of a task of a definition; 0 where they are not known. */
export function taskVcpus(definition: RecoveryResource | undefined): number {
  return definition === undefined ? 0 : Number(value(definition, "cpu") ?? 0) / 1024;
}

/** vCPUs of a task of what a property names; none where it names no task. */
function cpuOf(stack: RecoveryStack, from: RecoveryResource, property: string): number {
  return taskVcpus(stack.madeOf(from, property, TASK_DEFINITION)[0]);
}

/** Tasks that a schedule starts together. */
export interface ScheduledTasks {
  readonly schedule: RecoveryResource;
  readonly definition: RecoveryResource;
  readonly count: number;
}

/** What the schedules start, those that are disabled too: a person can enable them at any time. */
export function scheduledTasks(stack: RecoveryStack): ScheduledTasks[] {
  return stack
    .ofType("aws:scheduler/schedule:Schedule")
    .filter((resource) => !isSet(resource, "region"))
    .flatMap((schedule): ScheduledTasks[] => {
      const [definition] = stack.madeOf(schedule, "target", TASK_DEFINITION);
      if (definition === undefined) return [];
      const target = value(schedule, "target") as
        { readonly ecsParameters?: { readonly taskCount?: number } } | undefined;
      return [{ schedule, definition, count: target?.ecsParameters?.taskCount ?? 1 }];
    });
}

/** vCPUs of the tasks that schedules start, which a deployment may meet. A task before a version has ended by then. */
function scheduledVcpus(stack: RecoveryStack): number {
  return scheduledTasks(stack).reduce(
    (sum, { definition, count }) => sum + count * taskVcpus(definition),
    0,
  );
}

/**
 * vCPUs of all services' tasks, twice: in a deployment, blue and green tasks run beside each other. All of
 * them count on demand, too: there may be no Spot capacity when everybody moves to the same region.
 */
function vcpus(
  stack: RecoveryStack,
  services: readonly RecoveryResource[],
  share: (service: RecoveryResource) => number,
  tasks: Tasks,
  besides = 0,
): Need {
  const sum = services.reduce((total, service) => {
    const part = share(service);
    if (part === 0) {
      return total;
    }
    return total + tasks(stack, service) * cpuOf(stack, service, "taskDefinition") * part;
  }, 0);
  return [Math.ceil(2 * sum + besides), services[0]];
}

/** What Application Auto Scaling is told about a service. */
export function scalingTarget(
  stack: RecoveryStack,
  service: RecoveryResource,
): RecoveryResource | undefined {
  const name = text(service, "name");
  return stack
    .ofType("aws:appautoscaling/target:Target")
    .find(
      (one) =>
        text(one, "serviceNamespace") === "ecs" &&
        name !== undefined &&
        text(one, "resourceId")?.endsWith(`/${name}`),
    );
}

/** Tasks of a service, at most: what scaling may come to, else what is asked for. */
export function largestTasks(stack: RecoveryStack, service: RecoveryResource): number {
  const target = scalingTarget(stack, service);
  const maximum = target && number(target, "maxCapacity");
  return Math.max(maximum ?? 0, number(service, "desiredCount") ?? 1);
}

/** Part of the tasks that ECS may place on Spot, by weight. */
export function spotShare(service: RecoveryResource): number {
  const strategies = records(value(service, "capacityProviderStrategies"));
  const weight = (spot: boolean) =>
    strategies
      .filter(({ capacityProvider }) => (capacityProvider === "FARGATE_SPOT") === spot)
      .reduce((sum, strategy) => sum + Number(strategy["weight"] ?? 0), 0);
  const spot = weight(true);
  return spot === 0 ? 0 : spot / (spot + weight(false));
}

function lambdaConcurrency(functions: readonly RecoveryResource[]): Need {
  const reserved = functions.reduce(
    (sum, one) => sum + Math.max(0, number(one, "reservedConcurrentExecutions") ?? 0),
    0,
  );
  return functions.length === 0
    ? [0]
    : [
        reserved + UNRESERVED_LAMBDA_CONCURRENCY.executions,
        functions.find(isReserved) ?? functions[0],
      ];
}

function isReserved(one: RecoveryResource): boolean {
  return (number(one, "reservedConcurrentExecutions") ?? -1) >= 0;
}

/** The zone of a gateway's subnet; where it is not known, all gateways are taken to share one. */
function zoneOf(stack: RecoveryStack, gateway: RecoveryResource): string {
  const [subnet] = stack.madeOf(gateway, "subnetId", "aws:ec2/subnet:Subnet");
  return (subnet && text(subnet, "availabilityZone")) ?? "";
}

/** Rules of the group that has most, inbound or outbound; a prefix list counts as many as it has entries. */
function securityGroupRules(stack: RecoveryStack): Need {
  const needs = Object.keys(RULE_DIRECTIONS.types).map((type) =>
    largestGroup(
      stack.ofType(type),
      (rule) => (rule.references["securityGroupId"] ?? []).join() || text(rule, "securityGroupId"),
      (rule) => (isSet(rule, "prefixListId") ? CLOUDFRONT_PREFIX_LIST.weight : 1),
    ),
  );
  return needs.reduce((one, other) => (other[0] > one[0] ? other : one));
}

/** Nodes of a cache cluster with as many shards as scaling may make. */
function nodesOf(stack: RecoveryStack, group: RecoveryResource): number {
  const id = text(group, "replicationGroupId");
  const target = stack
    .ofType("aws:appautoscaling/target:Target")
    .find(
      (one) =>
        text(one, "serviceNamespace") === "elasticache" &&
        id !== undefined &&
        text(one, "resourceId") === `replication-group/${id}`,
    );
  const inShards = () => {
    const { shards, replicas = 0 } = cacheLayout((input) => number(group, input));
    return Math.max(shards, (target && number(target, "maxCapacity")) ?? 0) * (replicas + 1);
  };
  // AWS returns both numbers; before the first update only that is known which the program chose.
  const inAll = stack.noting(() => number(group, "numCacheClusters")).result;
  return inAll === undefined || stack.noting(inShards).unknown.length === 0
    ? Math.max(inShards(), inAll ?? 0)
    : inAll;
}

function largestGroup(
  resources: readonly RecoveryResource[],
  key: (resource: RecoveryResource) => string | undefined,
  weight: (resource: RecoveryResource) => number = () => 1,
): Need {
  const groups = new Map<string, { count: number; first: RecoveryResource }>();
  for (const resource of resources) {
    const group = key(resource) ?? "";
    const { count, first } = groups.get(group) ?? { count: 0, first: resource };
    groups.set(group, { count: count + weight(resource), first });
  }
  const [biggest] = [...groups.values()].sort((one, other) => other.count - one.count);
  return biggest === undefined ? [0] : [biggest.count, biggest.first];
}
