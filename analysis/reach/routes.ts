/** Route tables: the most specific route that matches decides. */
import type { Node, StackGraph } from "../graph";
import { isRecord, items, known, type Properties, UNKNOWN } from "../properties";
import { networkOfNode, vpcOf } from "./acls";
import { type AddressSet, addressesOf, ALL, intersection, NONE, union, without } from "./addresses";
import { choiceIn, choiceOf } from "./named";

const SUBNET = "aws:ec2/subnet:Subnet";
const VPC = "aws:ec2/vpc:Vpc";
const TABLES = [
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/defaultRouteTable:DefaultRouteTable",
] as const;
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const ENDPOINT_ASSOCIATION =
  "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation";

/** Where a route leads, by the property that says so. */
const TARGETS = {
  gatewayId: "aws:ec2/internetGateway:InternetGateway",
  natGatewayId: "aws:ec2/natGateway:NatGateway",
  vpcPeeringConnectionId: "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
  egressOnlyGatewayId: "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
} as const;

/** `beyond`: a target past which this derivation does not look, such as a transit gateway or an appliance. */
export type TargetKind = keyof typeof TARGETS | "local" | "beyond";

export interface Route {
  /** Absent for a local route. */
  readonly node?: Node;
  readonly addresses: AddressSet | typeof UNKNOWN;
  /** Length of the destination's prefix: the longest match wins. */
  readonly length: number;
  readonly kind: TargetKind;
  /** Resource of the stack to which it leads; absent for one of another stack. */
  readonly target?: Node;
}

/** The route table of a subnet, or those of which it has one. */
export interface SubnetRoutes {
  /** Undefined: the VPC's main one, which the stack leaves alone. */
  readonly tables: readonly { readonly node?: Node; readonly routes: readonly Route[] }[];
  readonly exact: boolean;
}

/** The route tables of a stack's subnets. */
export class Routes {
  private readonly bySubnet = new Map<Node, SubnetRoutes>();
  private readonly separate: readonly Node[];

  public constructor(private readonly graph: StackGraph) {
    this.separate = graph.ofType(ROUTE);
    for (const association of graph.ofType(ASSOCIATION)) {
      const subnets = choiceOf(graph, association, "subnetId", SUBNET);
      const tables = this.tablesOf(association, "routeTableId");
      for (const subnet of subnets.nodes) {
        const exact = subnets.exact && tables.exact;
        const before = this.bySubnet.get(subnet);
        const read = tables.nodes.map((node) => this.read(node));
        if (exact) {
          this.bySubnet.set(subnet, { tables: read, exact });
        } else if (before?.exact !== true) {
          const others = before?.tables ?? this.mainOf(vpcOf(graph, subnet)).tables;
          this.bySubnet.set(subnet, { tables: [...others, ...read], exact });
        }
      }
    }
  }

  public of(subnet: Node): SubnetRoutes {
    let found = this.bySubnet.get(subnet);
    if (found === undefined) {
      found = this.mainOf(vpcOf(this.graph, subnet));
      this.bySubnet.set(subnet, found);
    }
    return found;
  }

  /** Whether the tables of a gateway endpoint's routes have that of a subnet; undefined where that is not known. */
  public leadsTo(endpoint: Node, subnet: Node): boolean | undefined {
    const own = this.of(subnet);
    const named = [
      this.tablesOf(endpoint, "routeTableIds"),
      ...this.graph
        .ofType(ENDPOINT_ASSOCIATION)
        .filter((one) =>
          choiceOf(this.graph, one, "vpcEndpointId", ENDPOINT).nodes.includes(endpoint),
        )
        .map((one) => this.tablesOf(one, "routeTableId")),
    ];
    const answers = own.tables.map(({ node }) => {
      const by = named.filter(({ nodes }) => node !== undefined && nodes.includes(node));
      return by.some(({ exact }) => exact) ? true : by.length > 0 ? undefined : false;
    });
    return answers.every((answer) => answer === answers[0]) ? answers[0] : undefined;
  }

  private tablesOf(node: Node, property: string): { nodes: readonly Node[]; exact: boolean } {
    const choices = TABLES.map((type) => choiceOf(this.graph, node, property, type));
    const nodes = choices.flatMap((choice) => choice.nodes);
    const exact = choices.some((choice) => choice.exact && choice.nodes.length > 0);
    return { nodes, exact: exact && nodes.length > 0 };
  }

  private mainOf(vpc: Node | undefined): SubnetRoutes {
    const owned = (type: string, property: string) =>
      this.graph
        .ofType(type)
        .filter((one) => choiceOf(this.graph, one, property, VPC).nodes.includes(vpc!));
    const [association] = owned(MAIN, "vpcId");
    const chosen = association && this.tablesOf(association, "routeTableId");
    const [own] = owned(TABLES[1], "defaultRouteTableId");
    const tables = chosen?.nodes ?? (own ? [own] : []);
    if (tables.length > 0) {
      return { tables: tables.map((node) => this.read(node)), exact: chosen?.exact ?? true };
    }
    // Routes of their own in the main table, which the VPC names.
    const routes = this.separate.filter(
      (route) =>
        this.tablesOf(route, "routeTableId").nodes.length === 0 &&
        choiceOf(this.graph, route, "routeTableId", VPC).nodes.includes(vpc!),
    );
    return {
      tables: [{ routes: routes.map((route) => this.routeOf(route, route.properties)) }],
      exact: true,
    };
  }

  private read(node: Node): SubnetRoutes["tables"][number] {
    const inline = items(node.properties["routes"]);
    const separate = TABLES.flatMap((type) =>
      type === TABLES[0] || node.type === type
        ? this.graph.referring(node, ROUTE, "routeTableId")
        : [],
    );
    const given =
      inline === UNKNOWN
        ? [{ node, addresses: UNKNOWN, length: 0, kind: "beyond" } as const]
        : inline.map((route) =>
            isRecord(route)
              ? this.routeOf(node, route, "routes")
              : ({ node, addresses: UNKNOWN, length: 0, kind: "beyond" } as const),
          );
    return {
      node,
      routes: [
        ...given,
        ...[...new Set(separate)].map((route) => this.routeOf(route, route.properties)),
      ],
    };
  }

  private routeOf(node: Node, route: Properties, under?: string): Route {
    const destination = [
      "destinationCidrBlock",
      "cidrBlock",
      "destinationIpv6CidrBlock",
      "ipv6CidrBlock",
    ]
      .map((property) => known(route[property]))
      .find((value) => value !== undefined && value !== null && value !== "");
    const text = typeof destination === "string" ? destination : undefined;
    const addresses = (text !== undefined && addressesOf(text)) || UNKNOWN;
    const length = text === undefined ? 0 : Number(text.split("/")[1] ?? 32);
    return { node, addresses, length, ...this.targetOf(node, route, under) };
  }

  private targetOf(node: Node, route: Properties, under?: string): Pick<Route, "kind" | "target"> {
    if (known(route["gatewayId"]) === "local") return { kind: "local" };
    for (const [property, type] of Object.entries(TARGETS)) {
      const value = known(route[property]);
      if (value === undefined || value === null || value === "") continue;
      const choice = choiceIn(
        this.graph,
        node,
        value,
        node.references[under ?? property] ?? [],
        type,
      );
      const isOther = typeof value === "string" && property === "gatewayId" && !/^igw-/.test(value);
      if (isOther && choice.nodes.length === 0) return { kind: "beyond" };
      // An id that is not known and comes from another resource is that of a VPN gateway.
      const isVpn =
        property === "gatewayId" && value === UNKNOWN && choice.nodes.length === 0 &&
        (node.references[under ?? property] ?? []).length > 0; // prettier-ignore
      return isVpn
        ? { kind: "beyond" }
        : {
            kind: property as TargetKind,
            ...(choice.nodes.length === 1 && { target: choice.nodes[0]! }),
          };
    }
    return { kind: "beyond" };
  }
}

/** The addresses for which a subnet's route leads where it should. */
export function routed(
  { tables }: SubnetRoutes,
  local: readonly Route[],
  leads: (route: Route) => boolean | undefined,
  hopeful: boolean,
): AddressSet {
  const sets = tables.map(({ routes }) => {
    const fits = (route: Route) => leads(route) ?? hopeful;
    // A destination that is not known may be the most specific one, or match nothing.
    const place = (route: Route) =>
      route.addresses !== UNKNOWN ? route.length : fits(route) === hopeful ? 129 : -1;
    let [set, left]: AddressSet[] = [NONE, ALL];
    for (const route of [...routes, ...local].sort((one, other) => place(other) - place(one))) {
      if (place(route) === -1) continue;
      const met = intersection(left!, route.addresses === UNKNOWN ? ALL : route.addresses);
      if (fits(route)) set = union(set!, met);
      left = without(left!, met);
    }
    return set!;
  });
  return hopeful ? sets.reduce(union) : sets.reduce(intersection);
}

/** The longest prefix of a VPC's network: only a route to a whole subnet is more specific than the local one. */
const SMALLEST_VPC = 28;

/** The local routes of a VPC, to the networks of it that are known. */
export function localRoutes(graph: StackGraph, vpc: Node | undefined): readonly Route[] {
  const more =
    vpc === undefined
      ? []
      : graph
          .ofType("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
          .filter((one) => choiceOf(graph, one, "vpcId", VPC).nodes.includes(vpc));
  return [vpc, ...more]
    .flatMap((node) => (node && networkOfNode(node)) ?? [])
    .map(([first, last]) => ({
      addresses: [[first, last]],
      length: 33 - (last - first + 1n).toString(2).length,
      kind: "local",
    }));
}

/** The local routes of a VPC with addresses that are in it, where its own networks are not all known. */
export function withEnds(local: readonly Route[], ends: AddressSet): readonly Route[] {
  let rest = ends;
  for (const { addresses } of local) {
    rest = addresses === UNKNOWN ? rest : without(rest, addresses);
  }
  return rest.length === 0
    ? local
    : [...local, { addresses: rest, length: SMALLEST_VPC, kind: "local" }];
}
