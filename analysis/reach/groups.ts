/** Security groups: what a group lets in and out. Stateful, so answers pass. */
import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import type { Node, StackGraph } from "../graph";
import { isRecord, items, known, read, UNKNOWN } from "../properties";
import { coversPort, type NormalRule, securityGroupRules } from "../security-group-rules";
import { type AddressSet, addressesOf, ALL, NONE, union } from "./addresses";
import { type Layer, narrowing, once } from "./decide";
import type { Protocol } from "./model";
import { asNamed, type Choice, choiceIn } from "./named";

export const GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** The groups of an interface. */
export interface Membership {
  /** URNs of groups of the stack, ids of others, and `default of <URN of the VPC>`. */
  readonly keys: ReadonlySet<string>;
  readonly nodes: readonly Node[];
  /** Whether all groups are known, so that it is in no other. */
  readonly exact: boolean;
  /** Whether nothing filters: a network load balancer without groups. */
  readonly free?: true;
  /** Whether one of the groups is a VPC's default group that the stack leaves as AWS creates it. */
  readonly untouched?: true;
  /** What the groups belong to, where none is in the stack. */
  readonly owner: Node;
}

/** The other end, as a group's rules see it. */
export interface Peer {
  readonly label: string;
  readonly membership?: Membership;
  /** Whether CloudFront calls. */
  readonly isCloudFront?: boolean;
  /** The endpoint whose service is called. */
  readonly endpoint?: Node;
}

/** A rule with what it lets through worked out. */
interface Entry {
  readonly rule: NormalRule;
  readonly networks: AddressSet;
  readonly peers: ReadonlySet<string>;
  readonly lists: readonly ListMeaning[];
  readonly vague: { readonly networks: boolean; readonly peers: boolean };
}

type ListMeaning = "cloudfront" | "unknown" | Node;

/** The rules of all groups of a stack. */
export class GroupRules {
  private readonly byKey = new Map<string, Entry[]>();
  /** Rules of which the group is not known. */
  private readonly loose: Entry[] = [];

  public constructor(private readonly graph: StackGraph) {
    for (const rule of securityGroupRules(graph)) {
      const entry = this.entryOf(rule);
      if (rule.groups === UNKNOWN) {
        this.loose.push(entry);
        continue;
      }
      for (const key of [...rule.groups.map(({ urn }) => urn), ...rule.foreign.groups]) {
        this.byKey.set(key, [...(this.byKey.get(key) ?? []), entry]);
      }
    }
  }

  /** What the groups of `own` let through to (`egress`) or from (`ingress`) the other end. */
  public layer(
    own: Membership,
    direction: "ingress" | "egress",
    peer: Peer,
    protocol: Protocol,
    port: number,
  ): readonly Layer[] {
    if (own.free) return [];
    const end = direction === "egress" ? "called" : "caller";
    const way = direction === "egress" ? "out to" : "from";
    return [
      {
        filter: narrowing(end, (hopeful) =>
          this.allowed(own, direction, peer, protocol, port, hopeful),
        ),
        setting: (effect) => {
          const verb = direction === "egress" ? "lets no" : "accepts no";
          const names = own.nodes.map(({ name }) => name).join(", ");
          const subject = names || `the default group of ${own.owner.name}`;
          const foreign = [...own.keys].filter((key) => /^sg-/.test(key));
          return {
            effect,
            resource: asNamed(own.nodes[0] ?? own.owner),
            property: direction,
            says:
              effect === "blocks"
                ? `${subject} ${verb} ${protocol} ${port} ${way} ${peer.label}`
                : foreign.length > 0
                  ? `the rules of ${foreign.join(", ")}, which is not in the plan, are not known`
                  : `what ${subject} lets ${direction === "egress" ? "out" : "in"} is not known yet`,
          };
        },
        allows: once(() =>
          this.witnesses(own, direction, peer, protocol, port).map((node) => ({
            effect: "allows",
            resource: asNamed(node),
            says: `${node.name} allows ${protocol} ${port} ${way} ${peer.label}`,
          })),
        ),
      },
    ];
  }

  /** The first and last ports that rules of a direction name, so that between two of them nothing changes. */
  public portBounds(own: Membership, direction: "ingress" | "egress"): readonly number[] {
    return this.entriesOf(own, true)
      .filter(({ rule }) => rule.direction === direction && rule.ports !== UNKNOWN)
      .flatMap(({ rule: { ports } }) => (ports === UNKNOWN ? [] : [ports[0], ports[1] + 1]));
  }

  private entriesOf(own: Membership, hopeful: boolean): readonly Entry[] {
    const entries = [...own.keys].flatMap((key) => this.byKey.get(key) ?? []);
    return hopeful ? [...entries, ...this.loose] : entries;
  }

  private allowed(
    own: Membership,
    direction: "ingress" | "egress",
    peer: Peer,
    protocol: Protocol,
    port: number,
    hopeful: boolean,
  ): AddressSet {
    if (hopeful && (!own.exact || [...own.keys].some((key) => key.startsWith("sg-")))) return ALL;
    let set: AddressSet = own.untouched ? untouched(own, direction, peer, hopeful) : NONE;
    for (const entry of this.entriesOf(own, hopeful)) {
      if (set === ALL) break;
      const covers = coversPort(entry.rule, port, protocol);
      const concerns = entry.rule.direction === direction;
      if (concerns && (covers === UNKNOWN ? hopeful : covers)) {
        set = union(set, this.reached(entry, own, peer, hopeful));
      }
    }
    return set;
  }

  /** The other end's addresses that a rule is about; all, where it is about the other end itself. */
  private reached(entry: Entry, own: Membership, peer: Peer, hopeful: boolean): AddressSet {
    const { rule, networks, peers, lists, vague } = entry;
    const others = peer.membership;
    if (others !== undefined) {
      const isNamed = [...others.keys].some((key) => peers.has(key));
      if (isNamed && (hopeful || (!rule.vague && others.exact))) return ALL;
      const isSelf = rule.self && [...others.keys].some((key) => ownKeys(rule, own).has(key));
      if (isSelf && (hopeful || others.exact)) return ALL;
      // CloudFront's own group is none of the stack's.
      const isForeign = peer.isCloudFront
        ? [...peers].some((key) => key.startsWith("sg-"))
        : peers.size > 0 || rule.self;
      if (hopeful && (vague.peers || (!others.exact && isForeign))) return ALL;
    }
    if (hopeful && vague.networks) return ALL;
    if (
      lists.some((list) => {
        if (list === "unknown") return hopeful;
        return list === "cloudfront" ? peer.isCloudFront === true : list === peer.endpoint;
      })
    ) {
      return ALL;
    }
    return networks;
  }

  private witnesses(
    own: Membership,
    direction: "ingress" | "egress",
    peer: Peer,
    protocol: Protocol,
    port: number,
  ): readonly Node[] {
    const entries = this.entriesOf(own, false).filter(
      (entry) =>
        entry.rule.direction === direction &&
        coversPort(entry.rule, port, protocol) === true &&
        this.reached(entry, own, peer, false).length > 0,
    );
    return entries.slice(0, 1).map(({ rule }) => rule.node);
  }

  private entryOf(rule: NormalRule): Entry {
    const { peers, foreign, networks } = rule;
    const given = networks === UNKNOWN ? [] : networks;
    const sets = given.map(addressesOf);
    const lists = this.listsOf(rule);
    const owned = lists.filter((list): list is Node => typeof list === "object");
    const managed = owned.filter(({ type }) => type === LIST).map((list) => this.contentOf(list));
    return {
      rule,
      networks: [...sets, ...managed].reduce<AddressSet>(
        (all, set) => union(all, set ?? NONE),
        NONE,
      ),
      peers: new Set([...(peers === UNKNOWN ? [] : peers.map(({ urn }) => urn)), ...foreign.peers]),
      lists: lists.filter((list) => typeof list !== "object" || list.type !== LIST),
      vague: {
        networks: networks === UNKNOWN || [...sets, ...managed].includes(undefined),
        peers: peers === UNKNOWN && foreign.peers.length === 0,
      },
    };
  }

  private listsOf({ node, prefixLists }: NormalRule): readonly ListMeaning[] {
    return (prefixLists === UNKNOWN ? [prefixLists] : prefixLists).flatMap(
      (id): readonly ListMeaning[] => {
        if (Object.values<unknown>(CLOUDFRONT_PREFIX_LIST.ids).includes(id)) return ["cloudfront"];
        const urns = Object.values(node.references).flat();
        const chosen: Choice[] = [LIST, ENDPOINT].map((type) =>
          choiceIn(this.graph, node, id, urns, type),
        );
        const exact = chosen.filter((choice) => choice.exact).flatMap(({ nodes }) => nodes);
        const created = this.graph
          .ofType(ENDPOINT)
          .filter(({ properties }) => id !== UNKNOWN && read(properties, "prefixListId") === id);
        const found = [...exact, ...created];
        return found.length > 0 ? found : ["unknown"];
      },
    );
  }

  /** The networks of a list of the stack; undefined where not all are known. */
  private contentOf(list: Node): AddressSet | undefined {
    const given = items(list.properties["entries"]);
    const entries = [
      ...(given === UNKNOWN ? [UNKNOWN] : given.map((entry) => isRecord(entry) && entry["cidr"])),
      ...this.graph
        .referring(list, LIST_ENTRY, "prefixListId")
        .map((entry) => read(entry.properties, "cidr")),
    ].map((cidr) =>
      typeof cidr === "string" && known(cidr) !== UNKNOWN ? addressesOf(cidr) : undefined,
    );
    return entries.includes(undefined)
      ? undefined
      : entries.reduce<AddressSet>((all, set) => union(all, set!), NONE);
  }
}

/** The groups that a rule with `self` means: its own, of those of the interface. */
function ownKeys(rule: NormalRule, own: Membership): ReadonlySet<string> {
  return rule.groups === UNKNOWN
    ? own.keys
    : new Set([...rule.groups.map(({ urn }) => urn), ...rule.foreign.groups]);
}

/** A default group as AWS creates it: in from its own members, out to all. */
function untouched(
  own: Membership,
  direction: "ingress" | "egress",
  { membership }: Peer,
  hopeful: boolean,
): AddressSet {
  if (direction === "egress") return ALL;
  if (membership === undefined) return NONE;
  const isMember = [...own.keys].some(
    (key) => key.startsWith("default of ") && membership.keys.has(key),
  );
  return (isMember && (hopeful || membership.exact)) || (hopeful && !membership.exact) ? ALL : NONE;
}
