/** Network ACLs: the first entry that matches decides. Stateless, so answers are judged as well. */
import { DEFAULT_ACL_RULES } from "../../facts/network-defaults";
import { PORTS } from "../../facts/setting-bounds";
import type { Node, StackGraph } from "../graph";
import { isRecord, items, known, type Properties, read, UNKNOWN } from "../properties";
import { coversPort, portsOf, protocolOf } from "../security-group-rules";
import { type AddressSet, addressesOf, ALL, intersection, NONE, union, without } from "./addresses";
import type { Cell, Layer } from "./decide";
import type { Protocol } from "./model";
import { asNamed, choiceOf } from "./named";

const ACL = "aws:ec2/networkAcl:NetworkAcl";
const DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl";
const RULE = "aws:ec2/networkAclRule:NetworkAclRule";
const ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation";
const SUBNET = "aws:ec2/subnet:Subnet";
const VPC = "aws:ec2/vpc:Vpc";

type Direction = "ingress" | "egress";

interface Entry {
  readonly number: number | typeof UNKNOWN;
  readonly allows: boolean | typeof UNKNOWN;
  readonly protocol: string | typeof UNKNOWN;
  readonly ports: readonly [number, number] | typeof UNKNOWN;
  readonly addresses: AddressSet | typeof UNKNOWN;
}

/** The entries of an ACL in both directions. */
interface Acl {
  /** Undefined: the VPC's default one, which the stack leaves alone. */
  readonly node?: Node;
  readonly entries: Readonly<Record<Direction, readonly Entry[]>>;
}

/** The ACL of a subnet, or those of which it has one. */
export interface SubnetAcl {
  readonly acls: readonly Acl[];
  readonly exact: boolean;
}

/** Matches all and may allow or deny: what stands for a list that is not known. */
const UNREADABLE: Entry = {
  ...{ number: UNKNOWN, allows: UNKNOWN, protocol: UNKNOWN, ports: UNKNOWN, addresses: UNKNOWN },
};

/** The entries of a default ACL, as AWS creates it. */
const AS_CREATED: readonly Entry[] = DEFAULT_ACL_RULES.rules.map(({ number, network }) => ({
  ...{ number, allows: true, protocol: "all", ports: [0, PORTS.maximum] },
  addresses: addressesOf(network)!,
}));

/** The ACLs of a stack's subnets. */
export class Acls {
  private readonly bySubnet = new Map<Node, SubnetAcl>();
  private readonly defaults = new Map<Node | undefined, SubnetAcl>();
  private readonly known = new Map<Node, Acl>();

  public constructor(private readonly graph: StackGraph) {
    const named = [
      ...graph.ofType(ACL, DEFAULT_ACL).map((acl) => ({
        acls: [acl],
        acl: { exact: true },
        subnets: choiceOf(graph, acl, "subnetIds", SUBNET),
      })),
      ...graph.ofType(ASSOCIATION).map((association) => {
        const acl = choiceOf(graph, association, "networkAclId", ACL);
        return { acls: acl.nodes, acl, subnets: choiceOf(graph, association, "subnetId", SUBNET) };
      }),
    ];
    for (const { acls, acl, subnets } of named) {
      for (const subnet of subnets.nodes) {
        const exact = acl.exact && subnets.exact;
        const before = this.bySubnet.get(subnet);
        const read = acls.map((node) => this.read(node));
        // An association that is sure is the only one: a subnet has one ACL.
        if (exact) {
          this.bySubnet.set(subnet, { acls: read, exact: true });
        } else if (before?.exact !== true) {
          const others = before?.acls ?? this.defaultOf(vpcOf(graph, subnet)).acls;
          this.bySubnet.set(subnet, { acls: [...others, ...read], exact: false });
        }
      }
    }
  }

  /** The ACL of a subnet. */
  public of(subnet: Node): SubnetAcl {
    const acl = this.bySubnet.get(subnet) ?? this.defaultOf(vpcOf(this.graph, subnet));
    this.bySubnet.set(subnet, acl);
    return acl;
  }

  /** The ACL of a VPC's subnets that are associated with none. */
  public defaultOf(vpc: Node | undefined): SubnetAcl {
    let found = this.defaults.get(vpc);
    if (found === undefined) {
      const own = this.graph
        .ofType(DEFAULT_ACL)
        .filter((acl) =>
          choiceOf(this.graph, acl, "defaultNetworkAclId", VPC).nodes.includes(vpc!),
        );
      const rules = this.graph
        .ofType(RULE)
        .filter((rule) => choiceOf(this.graph, rule, "networkAclId", VPC).nodes.includes(vpc!));
      const acl: Acl =
        own[0] === undefined
          ? { entries: withRules({ ingress: AS_CREATED, egress: AS_CREATED }, rules) }
          : this.read(own[0]);
      found = { acls: [acl], exact: true };
      this.defaults.set(vpc, found);
    }
    return found;
  }

  private read(node: Node): Acl {
    const acl = this.known.get(node) ?? this.readAcl(node);
    this.known.set(node, acl);
    return acl;
  }

  private readAcl(node: Node): Acl {
    const rules = this.graph.referring(node, RULE, "networkAclId");
    const inline = (direction: Direction): readonly Entry[] => {
      const list = items(node.properties[direction]);
      return list === UNKNOWN
        ? [UNREADABLE]
        : list.map((entry) =>
            isRecord(entry) ? entryOf(entry, entry["ruleNo"], entry["action"]) : UNREADABLE,
          );
    };
    const entries = withRules({ ingress: inline("ingress"), egress: inline("egress") }, rules);
    return { node, entries };
  }
}

function withRules(
  entries: Acl["entries"],
  rules: readonly Node[],
): Readonly<Record<Direction, readonly Entry[]>> {
  const of = (direction: Direction) =>
    rules
      .filter(
        ({ properties }) => (known(properties["egress"]) === true) === (direction === "egress"),
      )
      .map(({ properties }) =>
        entryOf(properties, properties["ruleNumber"], properties["ruleAction"]),
      );
  return rules.length === 0
    ? entries
    : {
        ingress: [...entries.ingress, ...of("ingress")],
        egress: [...entries.egress, ...of("egress")],
      };
}

function entryOf(entry: Properties, number: unknown, action: unknown): Entry {
  const [at, does] = [known(number), known(action)];
  const { protocol, fromPort, toPort } = entry;
  return {
    number: at === UNKNOWN ? UNKNOWN : Number(at),
    allows: does === UNKNOWN ? UNKNOWN : String(does).toLowerCase() === "allow",
    protocol: protocolOf(protocol),
    ports: portsOf(protocol, fromPort, toPort),
    addresses: networksOf(entry),
  };
}

function networksOf(entry: Properties): AddressSet | typeof UNKNOWN {
  const given = ["cidrBlock", "ipv6CidrBlock"].map((family) => known(entry[family]));
  if (given.includes(UNKNOWN)) return UNKNOWN;
  return given
    .filter((network): network is string => typeof network === "string" && network !== "")
    .reduce<AddressSet>((all, network) => union(all, addressesOf(network) ?? NONE), NONE);
}

export function vpcOf(graph: StackGraph, node: Node): Node | undefined {
  return choiceOf(graph, node, "vpcId", VPC).nodes[0];
}

/** The addresses to or from which a port passes. */
function allowed(
  { acls }: SubnetAcl,
  direction: Direction,
  protocol: Protocol,
  port: number,
  hopeful: boolean,
): AddressSet {
  const sets = acls.map(({ entries }) => passing(entries[direction], protocol, port, hopeful));
  return hopeful ? sets.reduce(union) : sets.reduce(intersection);
}

const passed = new WeakMap<readonly Entry[], Map<string, AddressSet>>();

/** Once for each list of entries: many paths pass the same ACL. */
function passing(
  entries: readonly Entry[],
  protocol: Protocol,
  port: number,
  hopeful: boolean,
): AddressSet {
  const known = passed.get(entries) ?? new Map<string, AddressSet>();
  passed.set(entries, known);
  const key = `${protocol} ${port} ${hopeful}`;
  const set = known.get(key) ?? passingOf(entries, protocol, port, hopeful);
  known.set(key, set);
  return set;
}

function passingOf(
  entries: readonly Entry[],
  protocol: Protocol,
  port: number,
  hopeful: boolean,
): AddressSet {
  let [set, left]: AddressSet[] = [NONE, ALL];
  for (const entry of inOrder(entries, hopeful)) {
    const allows = entry.allows === UNKNOWN ? hopeful : entry.allows;
    // What is not known matches where that opens, or where that closes.
    const vague = allows === hopeful;
    const covers = coversPort(entry, port, protocol);
    if (covers === UNKNOWN ? !vague : !covers) continue;
    const addresses = entry.addresses === UNKNOWN ? (vague ? ALL : NONE) : entry.addresses;
    const met = intersection(left!, addresses);
    if (allows) set = union(set!, met);
    left = without(left!, met);
  }
  return set!;
}

/** Lowest number first; of what has no known number, what opens comes first and what closes last, or the reverse. */
function inOrder(entries: readonly Entry[], hopeful: boolean): readonly Entry[] {
  const place = ({ number, allows }: Entry) => {
    if (number !== UNKNOWN) return number;
    const opens = allows === UNKNOWN ? hopeful : allows;
    return opens === hopeful ? -1 : Infinity;
  };
  return [...entries].sort((one, other) => place(one) - place(other));
}

/** What a layer of an ACL is about. */
export interface Passage {
  readonly subnet: Node;
  readonly direction: Direction;
  readonly protocol: Protocol;
  /** The port that is called; absent for answers, which go to the caller's port. */
  readonly port?: number;
  /** The end outside of the subnet. */
  readonly remote: "caller" | "called";
  /** What a message calls that end. */
  readonly label: string;
  /** Ports of answers where another than the caller gets them: a NAT gateway, which uses all of them. */
  readonly reply?: Cell["reply"];
}

/** Whether an ACL lets all through, as AWS creates it. */
export function isAsCreated({ acls }: SubnetAcl): boolean {
  return acls.every(({ entries }) => isUntouched(entries.ingress) && isUntouched(entries.egress));
}

const isUntouched = (entries: readonly Entry[]) => entries === AS_CREATED;

/** A subnet's ACL in one direction; none where it lets all through. */
export function aclLayer(acl: SubnetAcl, passage: Passage): readonly Layer[] {
  const { subnet, direction, protocol, port, remote, label } = passage;
  if (acl.acls.every(({ entries }) => isUntouched(entries[direction]))) return [];
  const filter: Layer["filter"] = (cell, hopeful) => {
    const narrow = (at: number) =>
      intersection(cell[remote], allowed(acl, direction, protocol, at, hopeful));
    if (port !== undefined) return [{ ...cell, [remote]: narrow(port) }];
    if (passage.reply !== undefined) {
      const parts = portParts(acl, direction, passage.reply).map(([first]) => narrow(first));
      return [{ ...cell, [remote]: hopeful ? parts.reduce(union) : parts.reduce(intersection) }];
    }
    return portParts(acl, direction, cell.reply).map((reply) => ({
      ...cell,
      ...{ reply, [remote]: narrow(reply[0]) },
    }));
  };
  const nodes = acl.acls.flatMap(({ node }) => node ?? []);
  const name = nodes.map((node) => node.name).join(" or ") || "the default network ACL";
  const way = direction === "ingress" ? "in from" : "out to";
  const what =
    port === undefined ? `answers (${protocol}, to the caller's ports)` : `${protocol} ${port}`;
  return [
    {
      filter,
      ...(port === undefined && passage.reply === undefined && { replies: true }),
      setting: (effect) => ({
        effect,
        resource: asNamed(nodes[0] ?? subnet),
        property: direction,
        says:
          effect === "blocks"
            ? `${name} lets no ${what} ${way} ${label} (subnet ${subnet.name})`
            : `whether ${name} lets ${what} ${way} ${label} (subnet ${subnet.name}) is not known yet`,
      }),
    },
  ];
}

/** A range of ports in parts within which each entry matches all or none. */
function portParts(
  { acls }: SubnetAcl,
  direction: Direction,
  [first, last]: readonly [number, number],
): readonly (readonly [number, number])[] {
  const starts = acls
    .flatMap(({ entries }) => entries[direction])
    .flatMap(({ ports }) => (ports === UNKNOWN ? [] : [ports[0], ports[1] + 1]))
    .filter((port) => port > first && port <= last);
  const sorted = [first, ...[...new Set(starts)].sort((one, other) => one - other)];
  return sorted.map((start, index) => [start, (sorted[index + 1] ?? last + 1) - 1] as const);
}

/** The ports at which what an ACL lets through changes. */
export function aclPortBounds({ acls }: SubnetAcl): readonly number[] {
  return acls
    .flatMap(({ entries }) => [...entries.ingress, ...entries.egress])
    .flatMap(({ ports }) => (ports === UNKNOWN ? [] : [ports[0], ports[1] + 1]));
}

/** The IPv4 network of a subnet or VPC; undefined where it is not known. */
export function networkOfNode({ properties }: Node): AddressSet | undefined {
  const network = read(properties, "cidrBlock");
  return typeof network === "string" ? addressesOf(network) : undefined;
}
