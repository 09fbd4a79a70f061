/** The network of a stack: what lies between two of its places, as layers that let through or not. */
import type { Node, StackGraph } from "../graph";
import { read, UNKNOWN } from "../properties";
import {
  aclLayer,
  aclPortBounds,
  Acls,
  isAsCreated,
  networkOfNode,
  type Passage,
  vpcOf,
} from "./acls";
import { ALL_V4, type AddressSet, holds, union } from "./addresses";
import { type Cell, gate, type Layer, narrowing, type Variant } from "./decide";
import { type Call, endsOf, type FarEnd, type Outsider, REPLY } from "./ends";
import { addressed, families, isAccepted, peered, peerings, unplaced, V4, V6 } from "./gates";
import { GroupRules, type Peer } from "./groups";
import { asNamed, choiceOf } from "./named";
import { localRoutes, type Route, routed, Routes, type SubnetRoutes, withEnds } from "./routes";
import { publicAddress, type Site, type Station } from "./stations";

const NAT = "aws:ec2/natGateway:NatGateway";
const ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment";
const SUBNET = "aws:ec2/subnet:Subnet";
const VPC = "aws:ec2/vpc:Vpc";

const BY_GATEWAY = "the internet, by an internet gateway";

/** What the groups of two ends let through. */
interface GroupLayers {
  readonly out: readonly Layer[];
  readonly into: readonly Layer[];
}

/** All that decides on the connections of a stack. */
export class Network {
  public readonly groups: GroupRules;
  public readonly acls: Acls;
  private readonly routes: Routes;
  private readonly locals = new Map<Node | undefined, readonly Route[]>();
  private readonly pairs = new Map<string, GroupLayers>();
  private readonly plain = new Map<Site, boolean>();
  private readonly faces = new Map<Station, string>();

  public constructor(private readonly graph: StackGraph) {
    this.groups = new GroupRules(graph);
    this.acls = new Acls(graph);
    this.routes = new Routes(graph);
  }

  /** From one interface to another. */
  public between(
    [from, at]: readonly [Station, Site],
    [to, there]: readonly [Station, Site],
    { protocol, port }: Call,
  ): readonly Variant[] {
    const start: Cell = { caller: at.addresses, called: there.addresses, reply: REPLY };
    const { out, into } = this.groupLayers(from, to, { protocol, port });
    const isOneSubnet = at.subnet !== undefined && at.subnet === there.subnet;
    if (isOneSubnet || (at.foreign !== undefined && at.foreign === there.foreign)) {
      return [{ start, layers: [...out, ...into] }];
    }
    if (at.isDefault && there.isDefault) {
      return [{ start, layers: [...out, ...into] }];
    }
    const far = to.place.label;
    const near = from.place.label;
    const acls = {
      out: this.acl(at, { direction: "egress", remote: "called", protocol, port, label: far }),
      into: this.acl(there, {
        direction: "ingress",
        remote: "caller",
        protocol,
        port,
        label: near,
      }),
      outBack: this.acl(there, { direction: "egress", remote: "caller", protocol, label: near }),
      intoBack: this.acl(at, { direction: "ingress", remote: "called", protocol, label: far }),
    };
    const compose = (forth: readonly Layer[], back: readonly Layer[]): Variant => ({
      start,
      layers: [
        ...[...out, ...acls.out, ...forth, ...acls.into, ...into],
        ...[...acls.outBack, ...back, ...acls.intoBack],
      ],
    });
    const [one, other] = [at.vpc, there.vpc];
    if ((one === undefined && !at.isDefault) || (other === undefined && !there.isDefault)) {
      const place = one === undefined && !at.isDefault ? from : to;
      return [compose([unplaced(place)], [])];
    }
    if (one === other) {
      const ends = union(at.addresses, there.addresses);
      const local = (site: Site, station: Station, end: "caller" | "called") =>
        this.route(site, end, ends, isLocal, `${station.place.label}, within the VPC`);
      return [compose(local(at, to, "called"), local(there, from, "caller"))];
    }
    return peerings(this.graph, one, other).map((peering) => {
      const outward = [at, there].flatMap((site) => this.routesOf(site));
      const elsewhere = outward.some(
        ({ kind, target }) => kind === "beyond" || (kind === "vpcPeeringConnectionId" && !target),
      );
      const leads = ({ kind, target }: Route) =>
        kind === "vpcPeeringConnectionId" && target !== undefined ? target === peering
        : kind === "vpcPeeringConnectionId" || kind === "beyond" ? undefined
        : false; // prettier-ignore
      const way = (site: Site, station: Station, end: "caller" | "called") =>
        this.route(site, end, site.addresses, leads, station.place.label);
      const accepted = peering ? isAccepted(this.graph, peering) : elsewhere ? undefined : false;
      const forth = [peered(peering, accepted, from, to), ...way(at, to, "called")];
      return compose(forth, way(there, from, "caller"));
    });
  }

  /** From outside of the stack's networks to an interface. */
  public fromOutside(
    outsider: Outsider,
    [to, there]: readonly [Station, Site],
    { protocol, port }: Call,
  ): readonly Variant[] {
    const label = outsider.label;
    return families(to, there).map((family): Variant => {
      const isV6 = family === V6;
      const address = publicAddress(this.graph, to, there);
      const passage = { protocol, remote: "caller", label } as const;
      const layers = [
        ...this.inward(to, { protocol, port }, outsider),
        ...(isV6 && to.spec.public !== "internal" ? [] : [addressed(address)]),
        ...this.acl(there, { ...passage, direction: "ingress", port }),
        ...this.acl(there, { ...passage, direction: "egress" }),
        ...this.route(there, "caller", [], this.toInternet(there), BY_GATEWAY),
      ];
      return {
        start: { caller: family, called: there.addresses, reply: REPLY },
        ...(outsider.some && { some: "caller" }),
        layers: there.subnet || there.isDefault ? layers : [...layers, unplaced(to)],
      };
    });
  }

  /** From an interface to the internet: with a public address of its own, or by a NAT gateway. */
  public toOutside(
    [from, at]: readonly [Station, Site],
    call: Call,
    far: FarEnd,
  ): readonly Variant[] {
    const { protocol, port } = call;
    const { label } = far;
    const passage = { protocol, remote: "called", label } as const;
    const out = this.outward(from, call, far);
    return families(from, at).flatMap((family) => {
      const isV6 = family === V6;
      const address = publicAddress(this.graph, from, at);
      const start: Cell = { caller: at.addresses, called: family, reply: REPLY };
      const compose = (layers: readonly Layer[]): Variant => ({
        ...{ start, ...(far.some && { some: "called" }) },
        layers: [
          ...[...out, ...this.acl(at, { ...passage, direction: "egress", port }), ...layers],
          ...this.acl(at, { ...passage, direction: "ingress" }),
          ...(at.subnet || at.isDefault ? [] : [unplaced(from)]),
        ],
      });
      const leads = this.toInternet(at);
      const egressOnly = (route: Route) => route.kind === "egressOnlyGatewayId" || leads(route);
      const direct = [
        ...(isV6 ? [] : [addressed(address)]),
        ...this.route(at, "called", [], isV6 ? egressOnly : leads, BY_GATEWAY),
      ];
      const nats = isV6 ? [] : this.natsOf(at);
      return [compose(direct), ...nats.map((nat) => compose(this.byNat(nat, at, call, label)))];
    });
  }

  /** What the groups of a caller let out of the stack's networks. */
  public outward(from: Station, { protocol, port }: Call, far: FarEnd): readonly Layer[] {
    return this.groups.layer(from.membership, "egress", far, protocol, port);
  }

  /** What the groups of a place let in from outside of the stack's networks. */
  public inward(to: Station, { protocol, port }: Call, outsider: Outsider): readonly Layer[] {
    return this.groups.layer(to.membership, "ingress", outsider, protocol, port);
  }

  /** What of a station counts on a path out of the networks, beside its groups. */
  public faceOf(from: Station): string {
    const face = this.faces.get(from) ?? this.readFace(from);
    this.faces.set(from, face);
    return face;
  }

  private readFace(from: Station): string {
    const faces = from.sites.map((site) => [
      publicAddress(this.graph, from, site).has,
      families(from, site).length,
    ]);
    return `${endsOf(from)} ${faces.join(" ")}`;
  }

  /** From an interface to a service by a gateway endpoint: its subnet's table leads there. */
  public toGateway(
    [from, at]: readonly [Station, Site],
    to: Station,
    { protocol, port }: Call,
  ): readonly Variant[] {
    const label = to.place.label;
    const peer: Peer = { label, endpoint: to.node };
    const passage = { protocol, remote: "called", label } as const;
    const leads = at.subnet === undefined ? undefined : this.routes.leadsTo(to.node, at.subnet);
    const name = at.subnet?.name ?? "its subnet";
    const table: Layer = {
      filter: gate(leads),
      setting: (effect) => ({
        ...{ effect, resource: asNamed(to.node), property: "routeTableIds" },
        says:
          effect === "blocks"
            ? `${to.place.label} is not in the route table of ${name}`
            : `whether ${to.place.label} is in the route table of ${name} is not known`,
      }),
    };
    return [
      {
        // The service's addresses are not known: some of those of the internet.
        start: { caller: at.addresses, called: V4, reply: REPLY },
        layers: [
          ...this.groups.layer(from.membership, "egress", peer, protocol, port),
          ...this.acl(at, { ...passage, direction: "egress", port }),
          table,
          ...this.acl(at, { ...passage, direction: "ingress" }),
        ],
      },
    ];
  }

  /** Whether a place has, or may have, a public address somewhere. */
  public mayBePublic(station: Station): boolean {
    return station.sites.some((site) => publicAddress(this.graph, station, site).has !== false);
  }

  /** The ports at which groups and ACLs on the way change, those of NAT gateways among them; undefined: the internet. */
  public portBounds(from: Station | undefined, to: Station | undefined): readonly number[] {
    const sites = [...(from?.sites ?? []), ...(to?.sites ?? [])];
    const nats = (from?.sites ?? []).flatMap((site) => this.natsOf(site));
    const subnets = [
      ...sites.flatMap(({ subnet }) => subnet ?? []),
      ...nats.flatMap((nat) => choiceOf(this.graph, nat, "subnetId", SUBNET).nodes),
    ];
    return [
      ...(from ? this.groups.portBounds(from.membership, "egress") : []),
      ...(to ? this.groups.portBounds(to.membership, "ingress") : []),
      ...[...new Set(subnets)].flatMap((subnet) => aclPortBounds(this.acls.of(subnet))),
    ];
  }

  private acl(site: Site, passage: Omit<Passage, "subnet">): readonly Layer[] {
    return site.subnet === undefined
      ? []
      : aclLayer(this.acls.of(site.subnet), { ...passage, subnet: site.subnet });
  }

  /** What the groups of two ends let through; once for two ends, wherever they are. */
  public groupLayers(from: Station, to: Station, { protocol, port }: Call): GroupLayers {
    const key = [from.place.id, to.place.id, protocol, port].join(" ");
    let layers = this.pairs.get(key);
    if (layers === undefined) {
      layers = {
        out: this.groups.layer(from.membership, "egress", peerOf(to), protocol, port),
        into: this.groups.layer(to.membership, "ingress", peerOf(from), protocol, port),
      };
      this.pairs.set(key, layers);
    }
    return layers;
  }

  /** Whether nothing but groups is between two places: they are in one VPC, which no ACL and no route of a subnet narrows. */
  public isPlain(...ends: readonly Station[]): boolean {
    const sites = ends.flatMap((end) => end.sites);
    const [first] = sites;
    return sites.every((site) => site.vpc === first?.vpc && this.isPlainSite(site));
  }

  private isPlainSite(site: Site): boolean {
    let plain = this.plain.get(site);
    if (plain === undefined) {
      const { subnet, vpc, addresses } = site;
      plain =
        subnet !== undefined &&
        vpc !== undefined &&
        addresses.every(([first]) => holds(ALL_V4, [[first, first]])) &&
        isAsCreated(this.acls.of(subnet)) &&
        this.route(site, "called", addresses, isLocal, "").length === 0;
      this.plain.set(site, plain);
    }
    return plain;
  }

  private localOf(vpc: Node | undefined, ends: AddressSet): readonly Route[] {
    let known = this.locals.get(vpc);
    if (known === undefined) {
      known = localRoutes(this.graph, vpc);
      this.locals.set(vpc, known);
    }
    return withEnds(known, ends);
  }

  private route(
    site: Site,
    end: "caller" | "called",
    ends: AddressSet,
    leads: (route: Route) => boolean | undefined,
    label: string,
  ): readonly Layer[] {
    const { subnet } = site;
    if (subnet === undefined) return [];
    const routes = this.routes.of(subnet);
    const local = this.localOf(site.vpc, ends);
    if (leads === isLocal && isUntouched(routes, local)) return [];
    const node = routes.tables[0]?.node ?? site.vpc ?? subnet;
    const table = routes.tables[0]?.node ? node.name : `the main route table of ${node.name}`;
    return [
      {
        filter: narrowing(end, (hopeful) => routed(routes, local, leads, hopeful)),
        setting: (effect) => ({
          ...{ effect, resource: asNamed(node), property: "routes" },
          says:
            effect === "blocks"
              ? `${table} has no route from ${subnet.name} to ${label}`
              : `whether ${table} leads from ${subnet.name} to ${label} is not known`,
        }),
      },
    ];
  }

  /** Whether a route leads to an internet gateway that belongs to the site's VPC. */
  private toInternet({ vpc }: Site): (route: Route) => boolean | undefined {
    return ({ kind, target }) => {
      if (kind === "beyond") return undefined;
      if (kind !== "gatewayId") return false;
      if (target === undefined) return true;
      const attached = [
        choiceOf(this.graph, target, "vpcId", VPC),
        ...this.graph
          .referring(target, ATTACHMENT, "internetGatewayId")
          .map((one) => choiceOf(this.graph, one, "vpcId", VPC)),
      ];
      return attached.some(({ nodes }) => nodes.includes(vpc!)) ||
        attached.some(({ exact, isSet }) => isSet && !exact)
        ? true
        : attached.some(({ foreign }) => foreign.length > 0)
          ? undefined
          : false;
    };
  }

  /** The NAT gateways to which the routes of a site lead, or, where they lead to none, could lead. */
  private natsOf(site: Site): readonly Node[] {
    const targets = this.routesOf(site).flatMap(
      ({ kind, target }) => (kind === "natGatewayId" && target) || [],
    );
    const others = this.graph.ofType(NAT).filter((nat) => {
      const [subnet] = choiceOf(this.graph, nat, "subnetId", SUBNET).nodes;
      return (
        subnet !== undefined && subnet !== site.subnet && vpcOf(this.graph, subnet) === site.vpc
      );
    });
    return targets.length > 0 ? [...new Set(targets)] : others;
  }

  private byNat(nat: Node, at: Site, { protocol, port }: Call, label: string): readonly Layer[] {
    const subnet = choiceOf(this.graph, nat, "subnetId", SUBNET).nodes[0];
    const addresses = subnet && networkOfNode(subnet);
    const vpc = subnet && vpcOf(this.graph, subnet);
    const site: Site = {
      ...(subnet && { subnet }),
      ...(vpc && { vpc }),
      addresses: addresses ?? ALL_V4,
    };
    const type = read(nat.properties, "connectivityType") ?? "public";
    const isPublic = type === UNKNOWN ? undefined : type === "public";
    const name = at.subnet?.name ?? "the caller";
    const near = { protocol, remote: "caller", label: name } as const;
    const far = { protocol, remote: "called", label, reply: REPLY } as const;
    const isApart = subnet !== at.subnet;
    return [
      ...this.route(
        at,
        "called",
        [],
        (route) => leadsToNat(route, nat),
        `${label}, by ${nat.name}`,
      ),
      {
        filter: gate(isPublic),
        setting: (effect) => ({
          ...{ effect, resource: asNamed(nat), property: "connectivityType" },
          says:
            effect === "blocks"
              ? `${nat.name} is private`
              : `whether ${nat.name} is public is not known yet`,
        }),
      },
      ...(isApart ? this.acl(site, { ...near, direction: "ingress", port }) : []),
      ...this.acl(site, { ...far, direction: "egress", port, reply: undefined }),
      ...this.outOf(nat, site),
      ...this.acl(site, { ...far, direction: "ingress" }),
      ...(isApart ? this.acl(site, { ...near, direction: "egress" }) : []),
    ];
  }

  /** The route from the subnet of a NAT gateway, which may lead to the NAT gateway itself: then it is in the wrong one. */
  private outOf(nat: Node, site: Site): readonly Layer[] {
    const layers = this.route(site, "called", [], this.toInternet(site), BY_GATEWAY);
    const isOwn = this.routesOf(site).some(({ target }) => target === nat);
    const says = `${nat.name} is in ${site.subnet?.name ?? "a subnet"}, whose routes lead to ${nat.name} itself`;
    const setting: Layer["setting"] = (effect) => ({
      ...{ effect, resource: asNamed(nat), property: "subnetId", says },
    });
    return isOwn ? layers.map((layer) => ({ ...layer, setting })) : layers;
  }

  private routesOf({ subnet }: Site): readonly Route[] {
    return subnet === undefined
      ? []
      : this.routes.of(subnet).tables.flatMap(({ routes }) => routes);
  }
}

export function peerOf(station: Station): Peer {
  return { label: station.place.label, membership: station.membership };
}

function isLocal({ kind }: Route): boolean | undefined {
  return kind === "local" ? true : kind === "beyond" ? undefined : false;
}

/** Whether no route of a subnet is as specific as the VPC's own. */
function isUntouched({ tables }: SubnetRoutes, local: readonly Route[]): boolean {
  const shortest = Math.min(...local.map(({ length }) => length));
  return tables.every(({ routes }) =>
    routes.every(({ addresses, length }) => addresses !== UNKNOWN && length < shortest),
  );
}

function leadsToNat({ kind, target }: Route, nat: Node): boolean | undefined {
  if (kind === "beyond") return undefined;
  return kind === "natGatewayId" && (target === undefined ? undefined : target === nat);
}
