/** Nodes that a request passes: users, names, distributions, load balancers, services, functions. */
import { counted } from "../../analysis/counted";
import type { PlannedResource } from "../../analysis/plan/model";
import { listedPorts, openPorts } from "./access";
import { duration, type Builder } from "./builder";
import { number, record, records, text, texts } from "./lookup";
import type { Part } from "./model";
import { deadLettersOf } from "./nodes-events";

const DISTRIBUTION = "cloudfront/distribution:Distribution";
const LOAD_BALANCER = "lb/loadBalancer:LoadBalancer";

/** Adds them. */
export function addRequestNodes(builder: Builder): void {
  const { lookup } = builder;
  addUsers(builder);
  for (const zone of lookup.all("route53/zone:Zone")) {
    const records = lookup.referring(zone, "zoneId", "route53/record:Record");
    const checks = lookup
      .take("route53/healthCheck:HealthCheck")
      .map(({ inputs }) => `checks ${text(inputs["fqdn"])}${text(inputs["resourcePath"]) ?? ""}`);
    const signed = lookup.referring(
      zone,
      "hostedZoneId",
      "route53/hostedZoneDnsSec:HostedZoneDnsSec",
    );
    builder.node("zone", zone, {
      title: text(zone.inputs["name"]) ?? zone.name,
      details: [
        `${counted(records.length, "record")}${signed.length > 0 ? " · DNSSEC" : ""}`,
        ...checks,
      ],
    });
  }
  lookup.all(DISTRIBUTION).forEach((distribution) => addDistribution(builder, distribution));
  lookup.all(LOAD_BALANCER).forEach((balancer) => addLoadBalancer(builder, balancer));
  lookup.all("ecs/service:Service").forEach((service) => addService(builder, service));
  lookup.all("lambda/function:Function").forEach((found) => addFunction(builder, found));
}

/**
 * Users reach what faces the internet. A stack whose load balancers let only AWS's own addresses in is reached by
 * distributions of another one.
 */
function addUsers(builder: Builder): void {
  const { lookup } = builder;
  const balancers = lookup.all(LOAD_BALANCER).filter(isPublic);
  if (
    lookup.all(DISTRIBUTION).length > 0 ||
    balancers.some((one) => openPorts(lookup, one).length > 0)
  ) {
    builder.node("users", undefined, { title: "Users", details: ["browsers and API clients"] });
  } else if (balancers.some((one) => listedPorts(lookup, one).length > 0)) {
    builder.node("users", undefined, { title: "CloudFront", details: ["of another stack"] });
  }
}

/** True for a load balancer with an address on the internet. */
export function isPublic(balancer: PlannedResource): boolean {
  return balancer.inputs["internal"] !== true;
}

function addDistribution(builder: Builder, distribution: PlannedResource): void {
  const { lookup } = builder;
  const parent = lookup.find(distribution.parent)?.name;
  const title =
    parent !== undefined && distribution.name.startsWith(`${parent}-`)
      ? distribution.name.slice(parent.length + 1)
      : lookup.short(distribution.name);
  builder.node("distribution", distribution, {
    title,
    details: texts(distribution.inputs["aliases"]),
    parts: lookup
      .referred(distribution, "webAclId", "wafv2/webAcl:WebAcl")
      .map((acl) => firewall(builder, acl)),
  });
}

function firewall({ lookup }: Builder, acl: PlannedResource): Part {
  lookup.show(acl);
  const rules = records(acl.inputs["rules"]);
  const name = lookup.titleOf(acl);
  return { kind: "firewall", name, text: `WAF, ${counted(rules.length, "rule")}` };
}

function addLoadBalancer(builder: Builder, balancer: PlannedResource): void {
  const { lookup } = builder;
  const listeners = lookup.referring(balancer, "loadBalancerArn", "lb/listener:Listener");
  const acls = lookup
    .referring(balancer, "resourceArn", "wafv2/webAclAssociation:WebAclAssociation")
    .flatMap((association) => {
      lookup.show(association);
      return lookup.referred(association, "webAclArn", "wafv2/webAcl:WebAcl");
    });
  const network = text(balancer.inputs["loadBalancerType"]) === "network";
  builder.node(
    "load-balancer",
    balancer,
    {
      title: lookup.titleOf(balancer),
      details: [
        ...listeners
          .map((listener) => {
            lookup.show(listener);
            return listener.inputs;
          })
          .sort((one, other) => (number(one["port"]) ?? 0) - (number(other["port"]) ?? 0))
          .map((inputs) => listenerLine(inputs)),
        isPublic(balancer) ? "internet-facing" : "internal",
      ],
      parts: acls.map((acl) => firewall(builder, acl)),
      tier: isPublic(balancer) ? "public" : "private",
    },
    network ? "Network LB" : "Application LB",
  );
}

function listenerLine(inputs: PlannedResource["inputs"]): string {
  const redirect = records(inputs["defaultActions"])
    .map((action) => text(record(action["redirect"])["port"]))
    .find((port) => port !== undefined);
  return `${text(inputs["protocol"])} ${number(inputs["port"])}${redirect ? ` → ${redirect}` : ""}`;
}

function addService(builder: Builder, service: PlannedResource): void {
  const { lookup } = builder;
  const task = taskOf(builder, service);
  const name = text(service.inputs["name"]) ?? service.name;
  const scaling = lookup
    .all("appautoscaling/target:Target")
    .find(({ inputs }) => text(inputs["resourceId"])?.endsWith(`/${name}`));
  if (scaling) {
    lookup.show(scaling);
  }
  const range = scaling
    ? `${number(scaling.inputs["minCapacity"])} to ${number(scaling.inputs["maxCapacity"])} tasks`
    : counted(number(service.inputs["desiredCount"]) ?? 1, "task");
  const ports = records(service.inputs["loadBalancers"])
    .map((entry) => number(entry["containerPort"]))
    .filter((port) => port !== undefined);
  const memory = Number(text(task?.inputs["memory"]) ?? Number.NaN) / 1024;
  const cpu = Number(text(task?.inputs["cpu"]) ?? Number.NaN) / 1024;
  builder.node("service", service, {
    title: lookup.short(service.name),
    details: [
      `${range}${ports.length > 0 ? ` · port ${ports.join(", ")}` : ""}`,
      Number.isFinite(memory) && Number.isFinite(cpu) ? `${cpu} vCPU · ${memory} GiB` : undefined,
    ],
    parts: targetParts(builder, service),
    tier: "private",
  });
}

/** The service's task definition. */
export function taskOf({ lookup }: Builder, service: PlannedResource): PlannedResource | undefined {
  const [task] = lookup.referred(service, "taskDefinition", "ecs/taskDefinition:TaskDefinition");
  if (task) {
    lookup.show(task);
  }
  return task;
}

/** Blue and green in the order of the rule's weights: who gets the traffic is blue. */
function targetParts({ lookup }: Builder, service: PlannedResource): Part[] {
  const groups = lookup.referred(service, "loadBalancers", "lb/targetGroup:TargetGroup");
  groups.forEach((group) => lookup.show(group));
  const strategy = text(record(service.inputs["deploymentConfiguration"])["strategy"]);
  return strategy === "BLUE_GREEN" && groups.length === 2
    ? [
        { kind: "blue", text: "blue" },
        { kind: "green", text: "green" },
      ]
    : [];
}

function addFunction(builder: Builder, found: PlannedResource): void {
  const { lookup } = builder;
  const { inputs } = found;
  const seconds = number(inputs["timeout"]);
  builder.node("function", found, {
    title: lookup.titleOf(found),
    details: [
      `${text(inputs["runtime"]) ?? "image"} · ${number(inputs["memorySize"])} MB`,
      [
        seconds === undefined ? "" : duration(seconds),
        records([inputs["vpcConfig"]]).some((config) => "securityGroupIds" in config)
          ? "in the VPC"
          : "outside the VPC",
      ]
        .filter(Boolean)
        .join(" · "),
    ],
    parts: deadLettersOf(builder, found),
    tier: isHook(builder, found) ? "private" : undefined,
  });
}

/** True for a function that deployments of services ask. */
export function isHook({ lookup }: Builder, found: PlannedResource): boolean {
  return lookup
    .all("ecs/service:Service")
    .some((service) =>
      hooksOf(service).some((arn) => lookup.named(arn, "lambda/function:Function") === found),
    );
}

/** ARNs of the functions that a service's deployments ask. */
export function hooksOf(service: PlannedResource): string[] {
  return records(record(service.inputs["deploymentConfiguration"])["lifecycleHooks"]).flatMap(
    (hook) => texts(hook["hookTargetArn"]),
  );
}
