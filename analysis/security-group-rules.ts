/** The four forms of a security group's rules, as one shape. */
import { entryOf } from "../facts/entry-of";
import { PORTS } from "../facts/setting-bounds";
import { SECURITY_GROUP_RULES } from "../facts/type-properties";
import type { Node, StackGraph } from "./graph";
import { isRecord, items, known, UNKNOWN } from "./properties";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** Rules that are resources apart from their group. */
export const SEPARATE_RULES: readonly string[] = Object.keys(SECURITY_GROUP_RULES.properties);

/** A connection that a group accepts or may open. */
export interface NormalRule {
  /** Resource that holds the rule. */
  readonly node: Node;
  /**
   * The groups of the stack that the rule belongs to; UNKNOWN when they are not known, none for another stack's
   * group.
   */
  readonly groups: readonly Node[] | typeof UNKNOWN;
  readonly direction: "ingress" | "egress";
  /** `tcp`, `udp`, `icmp`, ... or `all`; UNKNOWN when not known. */
  readonly protocol: string | typeof UNKNOWN;
  /** First and last port, both included; all ports for the protocol `all`. */
  readonly ports: readonly [number, number] | typeof UNKNOWN;
  /** IPv4 and IPv6 networks. */
  readonly networks: readonly string[] | typeof UNKNOWN;
  readonly prefixLists: readonly unknown[] | typeof UNKNOWN;
  /** Other groups, by reference; UNKNOWN for an id that belongs to no group of the stack. */
  readonly peers: readonly Node[] | typeof UNKNOWN;
  /** Ids in the rule that belong to no group of the stack: its own group's, and other groups'. */
  readonly foreign: { readonly groups: readonly string[]; readonly peers: readonly string[] };
  /** Whether `peers` has groups that other rules of the same resource name: their ids are not known yet. */
  readonly vague: boolean;
  /** Whether the peer is the group itself. */
  readonly self: boolean;
}

/** Names of IANA's numbers, and of EC2's -1. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "-1": "all",
  "6": "tcp",
  "17": "udp",
  "1": "icmp",
};

/** All rules of a stack's security groups, in every form. */
export function securityGroupRules(graph: StackGraph): NormalRule[] {
  return [
    ...graph
      .ofType(GROUP, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
      .flatMap((node) => [...inline(graph, node, "ingress"), ...inline(graph, node, "egress")]),
    ...graph
      .ofType("aws:ec2/securityGroupRule:SecurityGroupRule")
      .map((node) => classic(graph, node)),
    ...graph
      .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map((node) => separate(graph, node, "ingress")),
    ...graph
      .ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
      .map((node) => separate(graph, node, "egress")),
  ];
}

/** Whether a rule is about a port, of TCP if not said otherwise. */
export function coversPort(
  rule: Pick<NormalRule, "protocol" | "ports">,
  port: number,
  protocol: "tcp" | "udp" = "tcp",
): boolean | typeof UNKNOWN {
  if (rule.protocol === UNKNOWN) {
    return UNKNOWN;
  }
  if (rule.protocol === "all") {
    return true;
  }
  if (rule.protocol !== protocol) {
    return false;
  }
  return rule.ports === UNKNOWN ? UNKNOWN : rule.ports[0] <= port && port <= rule.ports[1];
}

/** Whether a network is the whole internet or half of it, in any notation. */
export function isAnywhere(network: string): boolean {
  const [address, length] = network.trim().split("/");
  const half = /^(0\.0\.0\.0|128\.0\.0\.0|[0:]+|8000:[0:]*)$/.test(address ?? "");
  return Number(length) === 0 || (half && Number(length) === 1);
}

function inline(graph: StackGraph, node: Node, direction: "ingress" | "egress"): NormalRule[] {
  const rules = items(node.properties[direction]);
  if (rules === UNKNOWN) {
    return [unknownRule(node, direction)];
  }
  return rules.map((rule) =>
    isRecord(rule)
      ? {
          node,
          groups: [node],
          direction,
          protocol: protocolOf(rule["protocol"]),
          ports: portsOf(rule["protocol"], rule["fromPort"], rule["toPort"]),
          networks: joined(rule["cidrBlocks"], rule["ipv6CidrBlocks"]),
          prefixLists: items(rule["prefixListIds"]),
          ...peersOf(graph, partOf(node, direction, rule["securityGroups"]), "peers"),
          self: known(rule["self"]) === true,
        }
      : unknownRule(node, direction),
  );
}

/** A rule's own groups under the dependencies of the whole list, which is what the engine reports. */
function partOf(node: Node, direction: "ingress" | "egress", groups: unknown): Node {
  const references = { peers: node.references[direction] ?? [] };
  return { ...node, properties: { peers: groups }, references };
}

function classic(graph: StackGraph, node: Node): NormalRule {
  const { properties } = node;
  const type = known(properties["type"]);
  return {
    node,
    groups: groupsOf(graph, node),
    direction: type === "egress" ? "egress" : "ingress",
    protocol: protocolOf(properties["protocol"]),
    ports: portsOf(properties["protocol"], properties["fromPort"], properties["toPort"]),
    networks: joined(properties["cidrBlocks"], properties["ipv6CidrBlocks"]),
    prefixLists: items(properties["prefixListIds"]),
    ...peersOf(graph, node, "sourceSecurityGroupId"),
    self: known(properties["self"]) === true,
  };
}

function separate(graph: StackGraph, node: Node, direction: "ingress" | "egress"): NormalRule {
  const { properties } = node;
  return {
    node,
    groups: groupsOf(graph, node),
    direction,
    protocol: protocolOf(properties["ipProtocol"]),
    ports: portsOf(properties["ipProtocol"], properties["fromPort"], properties["toPort"]),
    networks: joined(properties["cidrIpv4"], properties["cidrIpv6"]),
    prefixLists: items(properties["prefixListId"]),
    ...peersOf(graph, node, "referencedSecurityGroupId"),
    self: false,
  };
}

function groupsOf(graph: StackGraph, node: Node): readonly Node[] | typeof UNKNOWN {
  const named = graph.referred(node, "securityGroupId", GROUP);
  return named === UNKNOWN && graph.external(node, "securityGroupId", GROUP).length > 0
    ? []
    : named;
}

function peersOf(
  graph: StackGraph,
  node: Node,
  property: string,
): Pick<NormalRule, "peers" | "foreign" | "vague"> {
  const named = items(node.properties[property]);
  const groups = graph.external(node, "securityGroupId", GROUP);
  if (named !== UNKNOWN && named.length === 0) {
    return { peers: [], foreign: { groups, peers: [] }, vague: false };
  }
  const referred = graph.referred(node, property, GROUP);
  const found = referred === UNKNOWN ? [] : referred;
  return {
    peers: found.length === 0 ? UNKNOWN : found,
    foreign: { groups, peers: graph.external(node, property, GROUP) },
    vague: named === UNKNOWN ? found.length > 1 : found.length > named.length,
  };
}

function unknownRule(node: Node, direction: "ingress" | "egress"): NormalRule {
  return {
    node,
    groups: [node],
    direction,
    protocol: UNKNOWN,
    ports: UNKNOWN,
    networks: UNKNOWN,
    prefixLists: UNKNOWN,
    peers: UNKNOWN,
    foreign: { groups: [], peers: [] },
    vague: true,
    self: false,
  };
}

/** `tcp`, `udp`, ... or `all`, by name or number; UNKNOWN when it is not known. */
export function protocolOf(value: unknown): string | typeof UNKNOWN {
  const protocol = known(value);
  if (protocol === UNKNOWN) {
    return UNKNOWN;
  }
  const text = String(protocol).toLowerCase();
  return entryOf(PROTOCOLS, text) ?? text;
}

/** First and last port; all ports for all protocols or by default. */
export function portsOf(
  protocol: unknown,
  from: unknown,
  to: unknown,
): readonly [number, number] | typeof UNKNOWN {
  if (protocolOf(protocol) === "all") {
    return [0, PORTS.maximum];
  }
  const [first, last] = [known(from), known(to)];
  if (first === UNKNOWN || last === UNKNOWN) {
    return UNKNOWN;
  }
  // For ICMP, -1 is every type. For a protocol with ports EC2 refuses -1; here it counts as every port.
  return Number(first) === -1 || Number(last) === -1
    ? [0, PORTS.maximum]
    : [Number(first ?? 0), Number(last ?? PORTS.maximum)];
}

/** Whether two ports, first and last, are all that a program can listen on. */
export function isEveryPort([first, last]: readonly [number, number]): boolean {
  return first <= PORTS.minimum && last >= PORTS.maximum;
}

function joined(...lists: readonly unknown[]): readonly string[] | typeof UNKNOWN {
  const all = lists.map(items);
  if (all.includes(UNKNOWN)) {
    return UNKNOWN;
  }
  const values = (all as (readonly unknown[])[]).flat();
  return values.includes(UNKNOWN) ? UNKNOWN : values.map(String);
}
