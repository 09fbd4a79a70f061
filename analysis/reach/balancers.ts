/** Load balancers and distributions: on what they answer, and where they send what they get. */
import type { Node, StackGraph } from "../graph";
import { isRecord, items, read, UNKNOWN } from "../properties";
import { INSTANCE, SCALING_GROUP } from "./launch";
import type { PortRange, Protocol } from "./model";
import { choiceIn, choiceOf } from "./named";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const RULE = "aws:lb/listenerRule:ListenerRule";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const ATTACHMENT = "aws:lb/targetGroupAttachment:TargetGroupAttachment";
const SCALING_ATTACHMENT = "aws:autoscaling/attachment:Attachment";
const SOURCE_ATTACHMENT = "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment";
const SERVICE = "aws:ecs/service:Service";
const RECORD = "aws:route53/record:Record";
const VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin";
export const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

/** The ports of a load balancer's listeners. */
export function listenerPorts(graph: StackGraph, balancer: Node): readonly PortRange[] {
  return graph
    .ofType(LISTENER)
    .filter((listener) =>
      choiceOf(graph, listener, "loadBalancerArn", BALANCER).nodes.includes(balancer),
    )
    .flatMap((listener): PortRange[] => {
      const [port, protocol] = ["port", "protocol"].map((name) => read(listener.properties, name));
      const protocols: Protocol[] =
        protocol === "UDP" || protocol === "QUIC" ? ["udp"]
        : protocol === "TCP_UDP" || protocol === "TCP_QUIC" ? ["tcp", "udp"]
        : ["tcp"]; // prettier-ignore
      return typeof port === "number"
        ? protocols.map((name) => ({ protocol: name, ports: [port, port] }))
        : [];
    });
}

/** Something that a load balancer or distribution calls. */
export interface Hop {
  readonly from: Node;
  readonly to: Node;
  readonly protocol: Protocol;
  readonly port: number;
  /** Whether the target sees the first caller's address: a network load balancer that keeps it. */
  readonly keepsCaller?: true;
  /** Whether a distribution calls inside of the VPC. */
  readonly inside?: true;
}

/** What load balancers of a stack call. */
export function balancerHops(graph: StackGraph): readonly Hop[] {
  const hops = graph.ofType(TARGETS).flatMap((targets) => {
    const balancers = balancersOf(graph, targets);
    const type = read(targets.properties, "targetType") ?? "instance";
    return targetsOf(graph, targets).flatMap(({ node, port }) =>
      balancers.map((from): Hop => ({
        ...{ from, to: node, port },
        protocol: read(targets.properties, "protocol") === "UDP" ? "udp" : "tcp",
        ...(keepsCaller(targets, from, type) && { keepsCaller: true }),
      })),
    );
  });
  const seen = new Map(
    hops.map((hop) => [`${hop.from.urn} ${hop.to.urn} ${hop.protocol} ${hop.port}`, hop]),
  );
  return [...seen.values()];
}

/** By default for targets by instance, and for UDP. */
function keepsCaller(targets: Node, balancer: Node, type: unknown): boolean {
  if (read(balancer.properties, "loadBalancerType") !== "network" || type === "alb") return false;
  const own = read(targets.properties, "preserveClientIp");
  const protocol = read(targets.properties, "protocol");
  return own === undefined || own === UNKNOWN
    ? type === "instance" || protocol === "UDP" || protocol === "TCP_UDP"
    : own === true || own === "true";
}

function balancersOf(graph: StackGraph, targets: Node): readonly Node[] {
  const names = (node: Node, property: string) =>
    (node.references[property] ?? []).includes(targets.urn);
  const arn = read(targets.properties, "arn");
  const mentions = (node: Node, property: string) =>
    names(node, property) ||
    (typeof arn === "string" &&
      JSON.stringify(node.properties[property] ?? null).includes(`"${arn}"`));
  const listeners = new Set([
    ...graph.ofType(LISTENER).filter((listener) => mentions(listener, "defaultActions")),
    ...graph
      .ofType(RULE)
      .filter((rule) => mentions(rule, "actions"))
      .flatMap((rule) => choiceOf(graph, rule, "listenerArn", LISTENER).nodes),
  ]);
  return [
    ...new Set(
      [...listeners].flatMap(
        (listener) => choiceOf(graph, listener, "loadBalancerArn", BALANCER).nodes,
      ),
    ),
  ];
}

/** What a target group sends to, with the port. */
function targetsOf(graph: StackGraph, targets: Node): readonly { node: Node; port: number }[] {
  const own = read(targets.properties, "port");
  const attached = graph
    .ofType(ATTACHMENT)
    .filter((one) => choiceOf(graph, one, "targetGroupArn", TARGETS).nodes.includes(targets))
    .flatMap((one) => {
      const port = read(one.properties, "port") ?? own;
      const nodes = [INSTANCE, BALANCER].flatMap(
        (type) => choiceOf(graph, one, "targetId", type).nodes,
      );
      return nodes.map((node) => ({ node, port }));
    });
  const services = graph.ofType(SERVICE).flatMap((node) => {
    const list = items(node.properties["loadBalancers"]);
    const entries = list === UNKNOWN ? [] : list.filter(isRecord);
    return entries
      .filter((entry) => namesTargets(graph, node, entry, targets))
      .map((entry) => ({ node, port: read(entry, "containerPort") }));
  });
  const scaled = scaledTo(graph, targets).map((node) => ({ node, port: own }));
  return [...attached, ...services, ...scaled].filter(
    (target): target is { node: Node; port: number } => typeof target.port === "number",
  );
}

/** The Auto Scaling groups whose instances a target group gets: named by these, or attached. */
function scaledTo(graph: StackGraph, targets: Node): readonly Node[] {
  const sources = (node: Node, property: string) => {
    const list = items(node.properties[property]);
    const ids = list === UNKNOWN ? list : list.map((one) => isRecord(one) && one["identifier"]);
    return choiceIn(graph, node, ids, node.references[property] ?? [], TARGETS).nodes;
  };
  const own = graph
    .ofType(SCALING_GROUP)
    .filter(
      (group) =>
        choiceOf(graph, group, "targetGroupArns", TARGETS).nodes.includes(targets) ||
        sources(group, "trafficSources").includes(targets),
    );
  const attachments = [
    ...graph
      .ofType(SCALING_ATTACHMENT)
      .filter((one) => choiceOf(graph, one, "lbTargetGroupArn", TARGETS).nodes.includes(targets)),
    ...graph
      .ofType(SOURCE_ATTACHMENT)
      .filter((one) => sources(one, "trafficSource").includes(targets)),
  ];
  return [
    ...new Set([
      ...own,
      ...attachments.flatMap(
        (one) => choiceOf(graph, one, "autoscalingGroupName", SCALING_GROUP).nodes,
      ),
    ]),
  ];
}

function namesTargets(
  graph: StackGraph,
  service: Node,
  entry: Record<string, unknown>,
  targets: Node,
): boolean {
  const urns = service.references["loadBalancers"] ?? [];
  const given = [
    read(entry, "targetGroupArn"),
    read(entry, "advancedConfiguration.alternateTargetGroupArn"),
  ].filter((value) => value !== undefined);
  const { nodes, exact } = choiceIn(graph, service, given, urns, TARGETS);
  // Of several entries whose groups are not known yet, the one with the group's port.
  const fits = exact || read(targets.properties, "port") === read(entry, "containerPort");
  return nodes.includes(targets) && fits;
}

/** The load balancers and servers that distributions of a stack call. */
export function distributionHops(graph: StackGraph): readonly Hop[] {
  return graph.ofType(DISTRIBUTION).flatMap((from) => {
    const origins = items(from.properties["origins"]);
    const hops = (origins === UNKNOWN ? [] : origins.filter(isRecord)).flatMap((origin) =>
      originHops(graph, from, origin),
    );
    return [...new Map(hops.map((hop) => [`${hop.to.urn} ${hop.port}`, hop])).values()];
  });
}

function originHops(graph: StackGraph, from: Node, origin: Record<string, unknown>): Hop[] {
  const urns = from.references["origins"] ?? [];
  const inside = read(origin, "vpcOriginConfig.vpcOriginId");
  if (inside !== undefined) {
    return choiceIn(graph, from, inside, urns, VPC_ORIGIN).nodes.flatMap((one) => {
      const config = "vpcOriginEndpointConfig";
      const arn = read(one.properties, `${config}.arn`);
      return [BALANCER, "aws:ec2/instance:Instance"]
        .flatMap((type) => choiceIn(graph, one, arn, one.references[config] ?? [], type).nodes)
        .flatMap((to) =>
          portsOfOrigin(read(one.properties, config)).map((port): Hop => ({
            from,
            to,
            protocol: "tcp",
            port,
            inside: true,
          })),
        );
    });
  }
  const custom = read(origin, "customOriginConfig");
  if (custom === undefined) return [];
  const name = read(origin, "domainName");
  const direct = [BALANCER, "aws:ec2/instance:Instance"].flatMap((type) =>
    name === UNKNOWN
      ? choiceIn(graph, from, name, urns, type).nodes
      : graph.ofType(type).filter((node) => isNamed(node, name)),
  );
  const named = typeof name === "string" ? byRecord(graph, name) : [];
  return [...new Set([...direct, ...named])].flatMap((to) =>
    portsOfOrigin(custom).map((port): Hop => ({ from, to, protocol: "tcp", port })),
  );
}

/** Whether a name is that of AWS for a load balancer or an instance. */
function isNamed({ properties }: Node, name: unknown): boolean {
  return ["dnsName", "publicDns"].some((property) => read(properties, property) === name);
}

function portsOfOrigin(config: unknown): readonly number[] {
  if (!isRecord(config)) return [];
  const policy = read(config, "originProtocolPolicy");
  const ports = [
    ...(policy === "https-only" ? [] : [read(config, "httpPort") ?? 80]),
    ...(policy === "http-only" ? [] : [read(config, "httpsPort") ?? 443]),
  ];
  return ports.filter((port): port is number => typeof port === "number");
}

/** The load balancers to which a name of the stack's own zones leads. */
function byRecord(graph: StackGraph, name: string, depth = 0): readonly Node[] {
  const records = graph
    .ofType(RECORD)
    .filter(({ properties }) => read(properties, "name") === name);
  return records.flatMap((record) => {
    const known = items(record.properties["aliases"]);
    const aliases =
      known === UNKNOWN ? [] : known.filter(isRecord).map((alias) => read(alias, "name"));
    const urns = record.references["aliases"] ?? [];
    const found = aliases.includes(UNKNOWN)
      ? choiceIn(graph, record, UNKNOWN, urns, BALANCER).nodes
      : [];
    const further = aliases.filter((alias): alias is string => typeof alias === "string");
    return depth > 3
      ? found
      : [...found, ...further.flatMap((alias) => byRecord(graph, alias, depth + 1))];
  });
}
