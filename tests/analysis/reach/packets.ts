/**
 * A second opinion on networks: single packets through small topologies, rule by rule, as the Amazon VPC User Guide
 * describes it ("Security group rules", "Network ACLs", "Route tables", "Internet gateways", "NAT gateways", "VPC
 * peering"). It shares no code with the derivation that it judges: one address is one number, one port is one port.
 */

/** A value that is not known, with the values that it may have; `Value` chooses one by its place in a list. */
export interface Open<T> {
  readonly open: readonly T[];
  readonly at: number;
}
export type Value<T> = T | Open<T>;

export interface GroupRule {
  readonly protocol: "tcp" | "udp" | "-1";
  readonly ports: readonly [number, number];
  readonly cidr?: Value<string>;
  /** Place of another group. */
  readonly group?: number;
  /** A prefix list: CloudFront's addresses, or those of the gateway endpoint's service. */
  readonly list?: "cloudfront" | "gate";
}

export interface AclEntry {
  readonly number: Value<number>;
  readonly allow: Value<boolean>;
  readonly protocol: "tcp" | "udp" | "-1";
  readonly ports: readonly [number, number];
  readonly cidr: Value<string>;
}

export interface Topology {
  readonly vpcs: readonly {
    readonly cidr: string;
    readonly main?: number;
    readonly gateway: boolean;
  }[];
  readonly tables: readonly {
    readonly vpc: number;
    readonly routes: readonly {
      readonly to: string;
      readonly via: "igw" | "nat" | "pcx" | "wrong igw";
    }[];
  }[];
  readonly acls: readonly {
    readonly ingress: readonly AclEntry[];
    readonly egress: readonly AclEntry[];
  }[];
  readonly subnets: readonly {
    readonly vpc: number;
    readonly cidr: string;
    readonly table?: number;
    readonly acl?: number;
    readonly mapsPublic: boolean;
  }[];
  readonly groups: readonly {
    readonly ingress: readonly GroupRule[];
    readonly egress: readonly GroupRule[];
  }[];
  readonly hosts: readonly {
    readonly subnets: readonly number[];
    readonly address?: string;
    readonly groups: readonly number[];
    readonly isPublic: Value<boolean> | undefined;
  }[];
  /** In a subnet; one for the whole topology. */
  readonly nat?: { readonly subnet: number; readonly isPublic: boolean };
  /** Of the two VPCs. */
  readonly peering?: { readonly accepted: boolean };
  /** A distribution, and how it calls host 0. */
  readonly edge: {
    readonly enabled: boolean;
    readonly origin?: { readonly inside: boolean; readonly port: number };
  };
  /** Tables that a gateway endpoint is in. */
  readonly gate: readonly number[];
}

/**
 * A host by its place, or what is outside of the networks: the internet, a distribution, a function outside of every VPC, and the
 * service behind a gateway endpoint. Host 3 is an interface endpoint.
 */
export type End = number | "internet" | "edge" | "lambda" | "gate";

export interface Question {
  readonly from: End;
  readonly to: End;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** What is taken as changed, by names such as `acl subnet-1 ingress back`. */
export type Repairs = ReadonlySet<string>;
/** Which of its values each open value has. */
export type Choice = readonly number[];

/** Addresses of the internet that no rule of the generator tells from others of their kind. */
export const STRANGERS = ["203.0.113.9", "198.51.100.9", "8.8.8.8", "150.0.0.1", "1.1.1.1"].map(
  numberOf,
);
/**
 * Ports from which callers call ("Ephemeral ports"): Linux from 32768 to 61000, Windows from 49152 to 65535, a NAT
 * gateway from 1024 to 65535. No rule of the generator tells other ports of a range from one of these.
 */
export const SYSTEMS = {
  linux: [32_768, 45_000, 49_500, 60_000],
  windows: [49_500, 60_000, 65_535],
};
export const NAT_PORTS = [1024, 31_000, 35_000, 45_000, 49_500, 60_000, 65_535];

export function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

const networks = new Map<string, { readonly size: number; readonly at: number }>();

function isIn(address: number, cidr: string): boolean {
  let network = networks.get(cidr);
  if (network === undefined) {
    const [start, length] = cidr.split("/");
    const size = 2 ** (32 - Number(length));
    network = { size, at: Math.floor(numberOf(start!) / size) };
    networks.set(cidr, network);
  }
  return Math.floor(address / network.size) === network.at;
}

function lengthOf(cidr: string): number {
  return Number(cidr.split("/")[1]);
}

/** One packet to try. */
export interface Trial {
  /** Places of the subnets of both ends, and their addresses. */
  readonly at: number;
  readonly from: number;
  readonly there: number;
  readonly to: number;
  /** The address in the internet. */
  readonly stranger: number;
}

export interface Packet {
  readonly source: number;
  readonly destination: number;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/** One way to be: a choice of the open values, and repairs. Knows hosts and the internet. */
export class World {
  public constructor(
    protected readonly topology: Topology,
    private readonly choice: Choice,
    protected readonly repairs: Repairs,
  ) {}

  private value<T>(value: Value<T>): T {
    const isOpen = typeof value === "object" && value !== null && "open" in value;
    return isOpen ? value.open[this.choice[value.at]!]! : value;
  }

  /** Whether a packet gets from one end to the other. */
  public gets({ from: host, to: other, protocol, port }: Question, trial: Trial): boolean {
    const { at, from, there, to, stranger } = trial;
    if (host === "internet") {
      const packet = { source: stranger, destination: to, port, protocol };
      return (
        this.isPublic(other as number, there) &&
        this.acl(there, "ingress", packet, stranger, "forth") &&
        this.group(other as number, "ingress", packet, undefined)
      );
    }
    const isHost = typeof other === "number";
    const packet = { source: from, destination: isHost ? to : stranger, port, protocol };
    if (!this.group(host as number, "egress", packet, other)) return false;
    if (!isHost) {
      if (!this.acl(at, "egress", packet, stranger, "forth")) return false;
      return this.goesOut(host as number, at, stranger) || this.goesByNat(at, packet);
    }
    const isThere = at === there || this.crosses(at, there, packet, "forth");
    return isThere && this.group(other, "ingress", packet, host);
  }

  /** Whether the answer gets back, for the ports that the caller and a NAT gateway have chosen. */
  public answers(question: Question, trial: Trial, own: number, natPort: number): boolean {
    const { protocol } = question;
    const { at, from, there, to, stranger } = trial;
    const back = { source: to, destination: from, port: own, protocol };
    if (question.from === "internet") {
      const packet = { ...back, destination: stranger };
      return this.acl(there, "egress", packet, stranger, "back") && this.leaves(there, stranger);
    }
    if (typeof question.to === "number") {
      return at === there || this.crosses(there, at, back, "back");
    }
    const packet = { ...back, source: stranger };
    if (!this.acl(at, "ingress", packet, stranger, "back")) return false;
    if (this.goesOut(question.from as number, at, stranger)) return true;
    const nat = this.topology.nat!.subnet;
    return (
      this.acl(nat, "ingress", { ...packet, port: natPort }, stranger, "back") &&
      (nat === at || this.acl(nat, "egress", packet, from, "back"))
    );
  }

  /** From one subnet to another one. */
  protected crosses(at: number, there: number, packet: Packet, way: "forth" | "back"): boolean {
    const { subnets, peering } = this.topology;
    const isLocal = subnets[at]!.vpc === subnets[there]!.vpc;
    const isConnected =
      isLocal ||
      this.repairs.has("peering") ||
      (peering !== undefined && (peering.accepted || this.repairs.has("accept")));
    const isRouted =
      this.repairs.has(`table ${this.tableName(at)}`) ||
      this.target(at, packet.destination) === (isLocal ? "local" : "pcx");
    return (
      isConnected &&
      isRouted &&
      this.acl(at, "egress", packet, packet.destination, way) &&
      this.acl(there, "ingress", packet, packet.source, way)
    );
  }

  protected goesOut(host: number, at: number, stranger: number): boolean {
    return this.leaves(at, stranger) && this.isPublic(host, at);
  }

  protected goesByNat(at: number, packet: Packet): boolean {
    const { nat } = this.topology;
    if (nat === undefined) return false;
    const { source, destination } = packet;
    const table = `table ${this.tableName(at)}`;
    // A table that was changed to lead to the internet gateway leads no longer to the NAT gateway.
    const isRouted =
      this.repairs.has(`${table} nat`) ||
      (!this.repairs.has(table) && this.target(at, destination) === "nat");
    return (
      isRouted &&
      (nat.isPublic || this.repairs.has("nat")) &&
      (nat.subnet === at || this.acl(nat.subnet, "ingress", packet, source, "forth")) &&
      this.acl(nat.subnet, "egress", packet, destination, "forth") &&
      (this.repairs.has("nat place") || this.leaves(nat.subnet, destination))
    );
  }

  /** By the internet gateway of the subnet's own VPC. */
  protected leaves(at: number, destination: number): boolean {
    const { vpcs, subnets } = this.topology;
    if (this.repairs.has(`table ${this.tableName(at)}`)) return true;
    return this.target(at, destination) === "igw" && vpcs[subnets[at]!.vpc]!.gateway;
  }

  protected isPublic(host: number, at: number): boolean {
    if (this.repairs.has(`public host-${host}`)) return true;
    const own = this.topology.hosts[host]!.isPublic;
    return own === undefined ? this.topology.subnets[at]!.mapsPublic : this.value(own);
  }

  /** Name of the table of a subnet: its own, its VPC's main one, or none but the local route. */
  protected tableName(at: number): string {
    const { subnets, vpcs } = this.topology;
    const { table, vpc } = subnets[at]!;
    const place = table ?? vpcs[vpc]!.main;
    return place === undefined ? `vpc-${vpc}` : `table-${place}`;
  }

  /** "the most specific route that matches the traffic" */
  private target(at: number, destination: number): string | undefined {
    const { subnets, vpcs, tables } = this.topology;
    const { table, vpc } = subnets[at]!;
    const place = table ?? vpcs[vpc]!.main;
    const routes: { to: string; via: string }[] = [
      { to: vpcs[vpc]!.cidr, via: "local" },
      ...(place === undefined ? [] : tables[place]!.routes),
    ];
    const matching = routes.filter(({ to }) => isIn(destination, to));
    const [best] = matching.sort((one, other) => lengthOf(other.to) - lengthOf(one.to));
    return best?.via;
  }

  /** Rules are evaluated "starting with the lowest numbered rule"; the rule `*` denies. */
  protected acl(
    at: number,
    direction: "ingress" | "egress",
    packet: Packet,
    remote: number,
    way: "forth" | "back",
  ): boolean {
    if (this.repairs.has(`acl subnet-${at} ${direction} ${way}`)) return true;
    const { acl } = this.topology.subnets[at]!;
    if (acl === undefined) return true;
    const entries = [...this.topology.acls[acl]![direction]];
    entries.sort((one, other) => this.value(one.number) - this.value(other.number));
    for (const { protocol, ports, cidr, allow } of entries) {
      const isForIt =
        protocol === "-1" ||
        (protocol === packet.protocol && ports[0] <= packet.port && packet.port <= ports[1]);
      if (isForIt && isIn(remote, this.value(cidr))) return this.value(allow);
    }
    return false;
  }

  /** Any rule of any group is enough; answers need none. */
  protected group(
    host: number,
    direction: "ingress" | "egress",
    packet: Packet,
    other: End | undefined,
    /** A group that the other end has beside its own. */
    more?: number,
  ): boolean {
    const { hosts, groups } = this.topology;
    const remote = direction === "ingress" ? packet.source : packet.destination;
    return hosts[host]!.groups.some((group) => {
      if (this.repairs.has(`group group-${group} ${direction}`)) return true;
      return groups[group]![direction].some(({ protocol, ports, cidr, group: peer, list }) => {
        const isForIt =
          protocol === "-1" ||
          (protocol === packet.protocol && ports[0] <= packet.port && packet.port <= ports[1]);
        const byAddress = cidr !== undefined && isIn(remote, this.value(cidr));
        const of = typeof other === "number" ? hosts[other]!.groups : [];
        const byGroup = peer !== undefined && [...of, more].includes(peer);
        const byList = list !== undefined && (list === "cloudfront" ? "edge" : "gate") === other;
        return isForIt && (byAddress || byGroup || byList);
      });
    });
  }
}

/** The addresses of a subnet. Each has four, of which no rule of the generator tells the last two. */
export function addressesIn({ subnets }: Topology, at: number): number[] {
  const [start, length] = subnets[at]!.cidr.split("/");
  const count = 2 ** (32 - Number(length));
  return [...Array(count - 1).keys()].map((place) => numberOf(start!) + place);
}
