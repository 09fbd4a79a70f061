/** Lines that requests follow, and those that name and check what they pass. */
import type { PlannedResource } from "../../analysis/plan/model";
import { pathPatterns } from "../../facts/path-conditions";
import { listedPorts, openPorts, portsBetween } from "./access";
import type { Builder } from "./builder";
import { compare, namesOf, number, record, records, text, texts } from "./lookup";
import { hooksOf } from "./nodes-request";

const DISTRIBUTION = "cloudfront/distribution:Distribution";
const LOAD_BALANCER = "lb/loadBalancer:LoadBalancer";
const TARGET_GROUP = "lb/targetGroup:TargetGroup";

/** Adds them. */
export function addRequestEdges(builder: Builder): void {
  const { lookup } = builder;
  const users = builder.nodes().find(({ kind }) => kind === "users")?.id;
  for (const zone of lookup.all("route53/zone:Zone")) {
    builder.edge(users, builder.idOf(zone), "control", "DNS");
    addNames(builder, zone);
  }
  for (const distribution of lookup.all(DISTRIBUTION)) {
    builder.edge(users, builder.idOf(distribution), "request", "HTTPS");
    addOrigins(builder, distribution);
  }
  for (const balancer of lookup.all(LOAD_BALANCER)) {
    const others = lookup.all(DISTRIBUTION).length === 0 ? listedPorts(lookup, balancer) : [];
    const open = [...openPorts(lookup, balancer), ...others];
    if (balancer.inputs["internal"] !== true && open.length > 0) {
      builder.edge(users, builder.idOf(balancer), "request", open.sort().join(", "));
    }
    addTargets(builder, balancer);
  }
  for (const service of lookup.all("ecs/service:Service")) {
    for (const arn of hooksOf(service)) {
      const hook = lookup.named(arn, "lambda/function:Function");
      builder.edge(builder.idOf(service), builder.idOf(hook), "control", "new version");
    }
  }
  addChecks(builder);
}

/** A name's record, and whether it counts only when another one's target fails. */
interface Target {
  readonly resource: PlannedResource;
  readonly standby: boolean;
}

/** What a name leads to, through records that name other records. */
function targetsOf({ lookup }: Builder, name: string, depth = 0): Target[] {
  if (depth > 4) {
    return [];
  }
  return lookup
    .all("route53/record:Record")
    .filter(({ inputs }) => text(inputs["name"]) === name && inputs["type"] === "A")
    .flatMap((found) => {
      const standby = records(found.inputs["failoverRoutingPolicies"]).some(
        ({ type }) => type === "SECONDARY",
      );
      const direct = [LOAD_BALANCER, DISTRIBUTION].flatMap((type) =>
        lookup.referred(found, "aliases", type),
      );
      const others = records(found.inputs["aliases"])
        .map((alias) => text(alias["name"]))
        .filter((other) => other !== undefined)
        .flatMap((other) => targetsOf({ lookup } as Builder, other, depth + 1));
      return [...direct.map((resource) => ({ resource, standby: false })), ...others].map(
        (target) => ({ ...target, standby: target.standby || standby }),
      );
    });
}

/** A zone's aliases: from the zone to what its names lead to. */
function addNames(builder: Builder, zone: PlannedResource): void {
  const { lookup } = builder;
  const apex = text(zone.inputs["name"]) ?? "";
  for (const found of lookup.referring(zone, "zoneId", "route53/record:Record")) {
    const name = text(found.inputs["name"]);
    if (found.inputs["type"] !== "A" || name === undefined) {
      continue;
    }
    lookup.show(found);
    const label = name === apex ? "@" : name.replace(`.${apex}`, "");
    // Also of an alias that names another record of the zone.
    for (const { resource } of targetsOf(builder, name)) {
      builder.edge(builder.idOf(zone), builder.idOf(resource), "control", label);
    }
  }
}

/** A distribution's origins, with the paths that lead to them. */
function addOrigins(builder: Builder, distribution: PlannedResource): void {
  const { inputs } = distribution;
  const errorPages = records(inputs["customErrorResponses"]).map((one) => one["responsePagePath"]);
  const behaviours: [string, string | undefined][] = [
    ...records(inputs["orderedCacheBehaviors"]).map((behaviour): [string, string | undefined] => {
      const path = text(behaviour["pathPattern"]) ?? "";
      return [errorPages.includes(path) ? "error page" : path, text(behaviour["targetOriginId"])];
    }),
    ["/*", text(record(inputs["defaultCacheBehavior"])["targetOriginId"])],
  ];
  const groups = new Map(
    records(inputs["originGroups"]).map((group) => [
      text(group["originId"]),
      records(group["members"]).map((member) => text(member["originId"])),
    ]),
  );
  const labels = new Map<string, string[]>();
  for (const [path, origin] of behaviours) {
    const [first, ...others] = groups.get(origin) ?? [origin];
    for (const [id, words] of [[first, path], ...others.map((other) => [other, "on failure"])]) {
      for (const { resource, standby } of originOf(builder, distribution, id)) {
        const key = builder.idOf(resource);
        if (key !== undefined) {
          labels.set(key, [...(labels.get(key) ?? []), standby ? "standby" : words!]);
        }
      }
    }
  }
  for (const [target, words] of [...labels].sort(([one], [other]) => compare(one, other))) {
    // A path beside the one that takes all says nothing more.
    const label = words.includes("/*") ? "/*" : [...new Set(words)].join(", ");
    builder.edge(builder.idOf(distribution), target, "request", label);
  }
}

/** What an origin's address leads to. */
function originOf(
  builder: Builder,
  distribution: PlannedResource,
  id: string | undefined,
): Target[] {
  const { lookup } = builder;
  const origin = records(distribution.inputs["origins"]).find((one) => one["originId"] === id);
  const address = text(origin?.["domainName"]);
  if (address === undefined) {
    return [];
  }
  const bucket = lookup
    .all("s3/bucket:Bucket")
    .find((found) => namesOf(found).some((name) => address.startsWith(`${name}.s3.`)));
  if (bucket !== undefined) {
    return [{ resource: bucket, standby: false }];
  }
  const targets = targetsOf(builder, address);
  // A region that stands in for itself is no other way.
  const usual = targets.filter(({ standby }) => !standby).map(({ resource }) => resource);
  return targets.filter(({ standby, resource }) => !standby || !usual.includes(resource));
}

/** A load balancer's services, with the paths that lead to them, and load balancers behind it. */
function addTargets(builder: Builder, balancer: PlannedResource): void {
  const { lookup } = builder;
  for (const listener of lookup.referring(balancer, "loadBalancerArn", "lb/listener:Listener")) {
    for (const rule of lookup.referring(listener, "listenerArn", "lb/listenerRule:ListenerRule")) {
      lookup.show(rule);
      const paths = records(rule.inputs["conditions"]).flatMap((condition) =>
        pathPatterns({
          values: texts(record(condition["pathPattern"])["values"]),
          regexValues: texts(record(condition["pathPattern"])["regexValues"]),
        }),
      );
      for (const group of lookup.referred(rule, "actions", TARGET_GROUP)) {
        for (const service of lookup.referring(group, "loadBalancers", "ecs/service:Service")) {
          // A rule without a path is the one by which a deployment tries the new version.
          if (paths.length > 0) {
            const label = paths.join(", ");
            builder.edge(builder.idOf(balancer), builder.idOf(service), "request", label);
          }
        }
      }
    }
    for (const group of lookup.referred(listener, "defaultActions", TARGET_GROUP)) {
      lookup.show(group);
      const attachments = lookup.referring(
        group,
        "targetGroupArn",
        "lb/targetGroupAttachment:TargetGroupAttachment",
      );
      for (const attachment of attachments) {
        lookup.show(attachment);
        for (const target of lookup.referred(attachment, "targetId", LOAD_BALANCER)) {
          const port = `${number(attachment.inputs["port"]) ?? ""}`;
          builder.edge(builder.idOf(balancer), builder.idOf(target), "control", port);
        }
      }
    }
  }
}

/** Functions that a load balancer's security group lets in. */
function addChecks(builder: Builder): void {
  const { lookup } = builder;
  for (const found of lookup.all("lambda/function:Function")) {
    for (const balancer of lookup.all(LOAD_BALANCER)) {
      const ports = portsBetween(lookup, found, balancer);
      if (ports.length > 0) {
        const label = ports.join(", ");
        builder.edge(builder.idOf(found), builder.idOf(balancer), "control", label);
      }
    }
  }
}
