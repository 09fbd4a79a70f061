/**
 * What decides a request's way, taken from a stack's plan: distributions with the code of their functions, host
 * names and what they lead to, and the load balancer's listeners and rules. Physical ids are not known before
 * the first deployment, so that resources are told apart by what the plan says that they depend on.
 */
import * as vm from "node:vm";

import type { Plan, PlannedResource } from "../../analysis/plan/model";
import { isUnknown, reveal } from "../../analysis/plan/values";
import { type PathCondition, pathPatterns } from "../../facts/path-conditions";
import {
  type BehaviorInputs,
  distributionModel,
  type DistributionInputs,
  type DistributionModel,
  type EdgeResult,
  type HeaderCondition,
  type OriginInputs,
  type RuleModel,
} from "./request-way";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy";
const EDGE_FUNCTION = "aws:cloudfront/function:Function";
const LISTENER = "aws:lb/listener:Listener";
const LISTENER_RULE = "aws:lb/listenerRule:ListenerRule";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
const SERVICE = "aws:ecs/service:Service";
const RECORD = "aws:route53/record:Record";
const HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** What a host name leads to by one of its records. */
export interface HostModel {
  readonly host: string;
  /** A, AAAA. */
  readonly recordType: string;
  /** When the record is the one that answers, as far as it is not alone. @default always */
  readonly when?: string;
  /** Distribution, load balancer or other host. */
  readonly target: string;
}

/** A listener of the load balancer. */
export interface ListenerModel {
  readonly port: number;
  readonly protocol: string;
  /** The answer to a request that no rule matches, in words. */
  readonly otherwise: string;
  /** Sources that may connect to the port. */
  readonly sources: readonly string[];
}

/** What a distribution makes of errors, by status. */
export interface ErrorModel {
  readonly distribution: string;
  /** How long it caches one at least, in seconds. */
  readonly seconds: ReadonlyMap<number, number>;
  /** The page it shows instead, and with which status. */
  readonly pages: ReadonlyMap<number, { readonly path: string; readonly status: number }>;
}

/** Seconds for which CloudFront caches an answer: the minimum, the default without headers, the maximum. */
export type Lifetime = readonly [least: number, usual: number, most: number];

/** Everything that decides where requests go. */
export interface RequestWayModels {
  readonly distributions: readonly DistributionModel[];
  readonly errors: readonly ErrorModel[];
  /** The stack's own cache policies, by name. */
  readonly lifetimes: ReadonlyMap<string, Lifetime>;
  readonly hosts: readonly HostModel[];
  /** Logical name of the load balancer behind the distributions or, without them, behind the hosts. */
  readonly balancer: string;
  readonly listeners: readonly ListenerModel[];
  /** Rules of the listener on port 443, by priority. */
  readonly rules: readonly RuleModel[];
}

/** The models of a plan; an error for what they have no way to say, so that no page claims too much. */
export function requestWayModels(plan: Plan): RequestWayModels {
  return new PlanReader(plan.resources).models();
}

/** How a record's target is told that is a distribution. */
export function distributionTarget(name: string): string {
  return `distribution ${name}`;
}

/** What a CloudFront Function of type viewer-request makes of a path, by running its code in a context of its own. */
export function runViewerRequest(code: string, uri: string): EdgeResult {
  const event = {
    viewer: { ip: "192.0.2.1" },
    request: { method: "GET", uri, querystring: {}, headers: {}, cookies: {} },
  };
  const context = vm.createContext({ event });
  const script = `${code}\n;JSON.stringify(handler(event));`;
  const result = JSON.parse(vm.runInContext(script, context, { timeout: 1000 }) as string) as {
    readonly uri?: string;
    readonly statusCode?: number;
  };
  if (result.statusCode !== undefined) {
    return { status: result.statusCode };
  }
  if (result.uri === undefined) {
    throw new Error(`${uri}: the function returned neither a request nor a response.`);
  }
  return result.uri;
}

interface RuleInputs {
  readonly priority: number;
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  readonly actions: readonly { readonly type: string }[];
}

interface ListenerInputs {
  readonly port: number;
  readonly protocol: string;
  readonly defaultActions: readonly {
    readonly type: string;
    readonly fixedResponse?: { readonly statusCode: string; readonly messageBody?: string };
    readonly redirect?: { readonly protocol: string; readonly statusCode: string };
  }[];
}

interface RecordInputs {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier?: string;
  readonly aliases?: readonly { readonly name: string }[];
  readonly failoverRoutingPolicies?: readonly { readonly type: string }[];
  readonly weightedRoutingPolicies?: readonly { readonly weight: number }[];
}

interface PlannedDistribution extends DistributionInputs {
  readonly customErrorResponses?: readonly {
    readonly errorCode: number;
    readonly errorCachingMinTtl?: number;
    readonly responsePagePath?: string;
    readonly responseCode?: number;
  }[];
}

interface CachePolicyInputs {
  readonly name: string;
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
}

interface IngressInputs {
  readonly ipProtocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly prefixListId?: string;
}

/** Looks relations up in the resources of one plan. */
class PlanReader {
  private readonly byUrn: ReadonlyMap<string, PlannedResource>;

  public constructor(private readonly resources: readonly PlannedResource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  public models(): RequestWayModels {
    const planned = this.ofType(DISTRIBUTION);
    const distributions = planned.map((resource) => this.distribution(resource));
    const records = this.ofType(RECORD).flatMap((record) => this.hostOf(record));
    const asked = distributions.flatMap((model) =>
      [...model.origins.values()].filter(({ server }) => server).map(({ host }) => host),
    );
    // Without distributions, clients ask for the names themselves.
    const names = new Set(planned.length > 0 ? asked : records.map(({ host }) => host));
    const balancers = new Set([...names].map((host) => this.balancerOf(host)));
    const balancer = only([...balancers], `load balancers behind ${[...names].join(", ")}`);
    const listeners = this.ofType(LISTENER).filter((listener) =>
      this.dependsOn(listener, "loadBalancerArn", balancer),
    );
    const serving = only(
      listeners.filter(({ inputs }) => inputs.port === 443),
      `listeners on port 443 of ${balancer.name}`,
    );
    return {
      distributions,
      errors: planned.map((resource) => this.errors(resource)),
      lifetimes: new Map(this.ofType(CACHE_POLICY).map((policy) => this.lifetime(policy))),
      hosts: records,
      balancer: balancer.name,
      listeners: listeners
        .map((listener) => this.listener(listener, balancer))
        .sort((one, other) => one.port - other.port),
      rules: this.ofType(LISTENER_RULE)
        .filter((rule) => this.dependsOn(rule, "listenerArn", serving))
        .map((rule) => this.rule(rule))
        .sort((one, other) => one.priority - other.priority),
    };
  }

  private distribution(resource: PlannedResource): DistributionModel {
    const inputs = reveal(resource.inputs) as PlannedDistribution;
    const knownBehavior = (property: string) => (behavior: BehaviorInputs) => {
      const associations = behavior.functionAssociations ?? [];
      return {
        ...behavior,
        cachePolicyId: isUnknown(behavior.cachePolicyId)
          ? String(this.dependency(resource, property, CACHE_POLICY).inputs.name)
          : behavior.cachePolicyId,
        functionAssociations: associations.map((association) => ({
          ...association,
          functionArn: isUnknown(association.functionArn)
            ? this.dependency(resource, property, EDGE_FUNCTION).urn
            : association.functionArn,
        })),
      };
    };
    const known: DistributionInputs = {
      ...inputs,
      origins: inputs.origins.map((origin) => this.knownOrigin(resource, origin)),
      defaultCacheBehavior: knownBehavior("defaultCacheBehavior")(inputs.defaultCacheBehavior),
      orderedCacheBehaviors: inputs.orderedCacheBehaviors?.map((behavior) => ({
        ...knownBehavior("orderedCacheBehaviors")(behavior),
        pathPattern: behavior.pathPattern,
      })),
    };
    return distributionModel(this.nameInParent(resource), known, (functionArn) => {
      const code = this.byUrn.get(functionArn)?.inputs.code;
      if (typeof code !== "string") {
        throw new Error(`${resource.name}: ${functionArn} is no function of this plan.`);
      }
      return (uri) => runViewerRequest(code, uri);
    });
  }

  /** The origin with a secret header's value replaced by the URN of what makes the value. */
  private knownOrigin(resource: PlannedResource, origin: OriginInputs): OriginInputs {
    return {
      ...origin,
      customHeaders: origin.customHeaders?.map(({ name, value }) => ({
        name,
        value: isUnknown(value)
          ? only(this.valueSources(resource, "origins"), `sources of ${origin.originId}'s ${name}`)
          : value,
      })),
    };
  }

  /** URNs of what makes the values of a property, access controls and the like aside. */
  private valueSources(resource: PlannedResource, property: string): string[] {
    return (resource.propertyDependencies[property] ?? []).filter((urn) =>
      this.byUrn.get(urn)?.type.startsWith("random:"),
    );
  }

  private lifetime({ inputs }: PlannedResource): [string, Lifetime] {
    const { name, minTtl, defaultTtl, maxTtl } = inputs as unknown as CachePolicyInputs;
    return [name, [minTtl, defaultTtl, maxTtl]];
  }

  private errors(resource: PlannedResource): ErrorModel {
    const { customErrorResponses = [] } = resource.inputs as unknown as PlannedDistribution;
    return {
      distribution: this.nameInParent(resource),
      seconds: new Map(
        customErrorResponses.flatMap(({ errorCode, errorCachingMinTtl }) =>
          errorCachingMinTtl === undefined ? [] : [[errorCode, errorCachingMinTtl] as const],
        ),
      ),
      pages: new Map(
        customErrorResponses.flatMap(({ errorCode, responsePagePath: path, responseCode }) =>
          path === undefined ? [] : [[errorCode, { path, status: responseCode! }] as const],
        ),
      ),
    };
  }

  private rule(resource: PlannedResource): RuleModel {
    const inputs = reveal(resource.inputs) as RuleInputs;
    const paths: string[] = [];
    const hosts: string[] = [];
    const headers: HeaderCondition[] = [];
    for (const condition of inputs.conditions) {
      for (const [kind, value] of Object.entries(condition)) {
        const { values, httpHeaderName } = value as {
          values: string[];
          httpHeaderName?: string;
        };
        if (kind === "pathPattern" && paths.length === 0) {
          paths.push(...pathPatterns(value as PathCondition));
        } else if (kind === "hostHeader" && hosts.length === 0) {
          hosts.push(...values);
        } else if (kind === "httpHeader") {
          const sources = values.some(isUnknown) ? this.valueSources(resource, "conditions") : [];
          const known = values.filter((one) => !isUnknown(one));
          headers.push({ name: httpHeaderName!, values: [...known, ...sources] });
        } else {
          throw new Error(`${resource.name}: a condition ${kind} more than the model knows.`);
        }
      }
    }
    return {
      priority: inputs.priority,
      paths: paths.length === 0 ? ["*"] : paths,
      ...(hosts.length > 0 && { hosts }),
      headers,
      service: this.serviceOf(resource),
    };
  }

  /** Name of the ECS service in whose target groups a rule's requests end. */
  private serviceOf(rule: PlannedResource): string {
    const groups = this.dependencies(rule, "actions", TARGET_GROUP);
    const services = this.ofType(SERVICE).filter((service) =>
      groups.some((group) => this.dependsOn(service, "loadBalancers", group)),
    );
    return String(only(services, `services behind ${rule.name}`).inputs.name);
  }

  private listener(resource: PlannedResource, balancer: PlannedResource): ListenerModel {
    const { port, protocol, defaultActions } = resource.inputs as unknown as ListenerInputs;
    const answers = defaultActions.map(({ type, fixedResponse, redirect }) => {
      if (fixedResponse !== undefined) {
        const { statusCode, messageBody } = fixedResponse;
        return messageBody === undefined ? statusCode : `${statusCode} ${messageBody}`;
      }
      return redirect === undefined
        ? type
        : `${redirect.statusCode.replace("HTTP_", "")} to ${redirect.protocol}`;
    });
    const groups = this.dependencies(balancer, "securityGroups", SECURITY_GROUP);
    const sources = this.ofType(INGRESS_RULE)
      .filter((rule) => groups.some((group) => this.dependsOn(rule, "securityGroupId", group)))
      .filter(({ inputs }) => letsIn(inputs as unknown as IngressInputs, port))
      .map((rule) => this.sourceOf(rule));
    return { port, protocol, otherwise: answers.join(", "), sources };
  }

  private sourceOf(rule: PlannedResource): string {
    const { cidrIpv4, cidrIpv6, prefixListId } = rule.inputs as unknown as IngressInputs;
    const plain =
      prefixListId === undefined ? (cidrIpv4 ?? cidrIpv6) : `prefix list ${prefixListId}`;
    return (
      plain ??
      `security group ${this.dependency(rule, "referencedSecurityGroupId", SECURITY_GROUP).name}`
    );
  }

  /** The load balancer that a host leads to, before any failover; where users are held on the standby, by the standby's host. */
  private balancerOf(host: string): PlannedResource {
    return only([...new Set(this.balancersOf(host))], `load balancers behind ${host}`);
  }

  private balancersOf(host: string): PlannedResource[] {
    return this.ofType(RECORD).flatMap((record): PlannedResource[] => {
      const inputs = record.inputs as unknown as RecordInputs;
      const isSecond = inputs.failoverRoutingPolicies?.some(({ type }) => type === "SECONDARY");
      if (inputs.name !== host || isSecond === true) return [];
      const direct = this.dependencies(record, "aliases", LOAD_BALANCER);
      if (direct.length > 0) return direct;
      // An unknown name is another resource's; a host that aliases itself leads nowhere.
      return (inputs.aliases ?? []).flatMap(({ name }) =>
        typeof name === "string" && name !== host ? this.balancersOf(name) : [],
      );
    });
  }

  /** What an alias record leads to; nothing for records of other kinds. */
  private hostOf(record: PlannedResource): HostModel[] {
    const inputs = record.inputs as unknown as RecordInputs;
    const alias = inputs.aliases?.[0];
    if (alias === undefined) {
      return [];
    }
    const failover = inputs.failoverRoutingPolicies?.[0]?.type.toLowerCase();
    const weight = inputs.weightedRoutingPolicies?.[0]?.weight;
    const [check] = this.dependencies(record, "healthCheckId", HEALTH_CHECK);
    const checked =
      check === undefined
        ? ""
        : ` while ${String(check.inputs.fqdn)}${String(check.inputs.resourcePath)} is healthy`;
    const when =
      failover === undefined
        ? weight === undefined
          ? undefined
          : `${inputs.setIdentifier}, weight ${weight}`
        : `${failover}${checked}`;
    return [{ host: inputs.name, recordType: inputs.type, when, target: this.targetOf(record) }];
  }

  private targetOf(record: PlannedResource): string {
    const [distribution] = this.dependencies(record, "aliases", DISTRIBUTION);
    if (distribution !== undefined) {
      return distributionTarget(this.nameInParent(distribution));
    }
    const [balancer] = this.dependencies(record, "aliases", LOAD_BALANCER);
    return balancer === undefined
      ? (record.inputs as unknown as RecordInputs).aliases![0]!.name
      : `load balancer ${balancer.name}`;
  }

  /** The last part of a name: what a resource is called among its siblings. */
  private nameInParent({ name, parent }: PlannedResource): string {
    const prefix = `${this.byUrn.get(parent ?? "")?.name}-`;
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
  }

  private ofType(type: string): PlannedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  private dependencies(resource: PlannedResource, property: string, type: string) {
    return (resource.propertyDependencies[property] ?? []).flatMap((urn) => {
      const found = this.byUrn.get(urn);
      return found?.type === type ? [found] : [];
    });
  }

  private dependency(resource: PlannedResource, property: string, type: string): PlannedResource {
    const found = this.dependencies(resource, property, type);
    return only(found, `${type} behind ${property} of ${resource.name}`);
  }

  private dependsOn(resource: PlannedResource, property: string, on: PlannedResource): boolean {
    return (resource.propertyDependencies[property] ?? []).includes(on.urn);
  }
}

function letsIn({ ipProtocol, fromPort, toPort }: IngressInputs, port: number): boolean {
  return (
    ipProtocol === "-1" ||
    (ipProtocol === "tcp" && fromPort! <= port && port <= (toPort ?? fromPort!))
  );
}

/** The one element of a list; an error for any other number, because then the plan does not say which it is. */
function only<T>(list: readonly T[], what: string): T {
  if (list.length !== 1) {
    throw new Error(`${what}: expected one, got ${list.length}`);
  }
  return list[0]!;
}
