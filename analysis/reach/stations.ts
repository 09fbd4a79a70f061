/** What of a stack has an interface in a network: its subnets, groups, public address and ports. */
import { databaseEngine } from "../../facts/database-engines";
import { DEFAULT_VPC } from "../../facts/network-defaults";
import { NETWORK_PLACES, type NetworkPlace } from "../../facts/network-places";
import { CACHE_PORTS } from "../../facts/store-ports";
import { canonicalType } from "../../facts/twin-types";
import { SECURITY_GROUPS } from "../../facts/type-properties";
import type { Node, StackGraph } from "../graph";
import { isRecord, items, read, UNKNOWN } from "../properties";
import { networkOfNode, vpcOf } from "./acls";
import { type AddressSet, addressesOf, ALL_V4 } from "./addresses";
import { listenerPorts } from "./balancers";
import { DEFAULT_GROUP, GROUP, type Membership } from "./groups";
import {
  addressProperty,
  launchAddress,
  launchMembership,
  launchSubnet,
  sourceOfLaunch,
  startsInstances,
} from "./launch";
import type { Place, Setting } from "./model";
import { asNamed, type Choice, choiceIn, choiceOf } from "./named";

export const SUBNET = "aws:ec2/subnet:Subnet";
const DATABASE = "aws:rds/instance:Instance";
const FUNCTION = "aws:lambda/function:Function";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** Where an interface may be. */
export interface Site {
  /** Absent where the plan does not have the subnet. */
  readonly subnet?: Node;
  /** Id of a subnet of another stack. */
  readonly foreign?: string;
  readonly vpc?: Node;
  /** Whether it is in the account's default VPC. */
  readonly isDefault?: true;
  /** The addresses of which the interface gets one. */
  readonly addresses: AddressSet;
}

/** A resource with an interface. */
export interface Station {
  readonly place: Place;
  readonly node: Node;
  readonly spec: NetworkPlace;
  readonly sites: readonly Site[];
  /** Whether it is in each of the sites, and not only in some of them. */
  readonly exact: boolean;
  /** Outside of every VPC: it calls from the internet, or answers there. */
  readonly outside?: true;
  /** A gateway endpoint, which tables lead to and which has no interface. */
  readonly gateway?: true;
  readonly membership: Membership;
  /** The launch template or configuration of its instances. */
  readonly source?: Node | typeof UNKNOWN;
}

/** A public address, or what it needs; undefined: not known. */
export interface PublicAddress {
  readonly has: boolean | undefined;
  readonly setting: Omit<Setting, "effect" | "says">;
  readonly says: string;
}

export function stationsOf(graph: StackGraph): readonly Station[] {
  return Object.entries(NETWORK_PLACES.types).flatMap(([type, spec]) =>
    graph.ofType(type).map((node) => stationOf(graph, node, spec)),
  );
}

function stationOf(graph: StackGraph, node: Node, spec: NetworkPlace): Station {
  const gateway = spec.kind === "service" && isGateway(node);
  const outside = !gateway && isOutside(node);
  const { sites, exact } =
    outside || gateway ? { sites: [], exact: true } : sitesOf(graph, node, spec);
  const source = startsInstances(node) ? sourceOfLaunch(graph, node) : undefined;
  return {
    place: {
      ...{ id: node.urn, label: node.name, kind: spec.kind, resource: asNamed(node) },
      ports: portsOf(graph, node, spec),
    },
    ...{ node, spec, sites, exact },
    ...(outside && { outside }),
    ...(gateway && { gateway }),
    ...(source !== undefined && { source }),
    membership: membershipOf(graph, node, sites[0], source),
  };
}

function isGateway(node: Node): boolean {
  const type = read(node.properties, "vpcEndpointType") ?? "Gateway";
  return canonicalType(node.type) === ENDPOINT && type === "Gateway";
}

function isOutside(node: Node): boolean {
  const own = canonicalType(node.type) === FUNCTION ? "vpcConfig" : "vpcOptions";
  const isAble = ["aws:opensearch/domain:Domain", FUNCTION].includes(canonicalType(node.type));
  const given = items(read(node.properties, own));
  return isAble && given !== UNKNOWN && given.length === 0;
}

function sitesOf(
  graph: StackGraph,
  node: Node,
  spec: NetworkPlace,
): Pick<Station, "sites" | "exact"> {
  const choice = subnetsOf(graph, node, spec);
  if (!choice.isSet) {
    return { sites: [placeless(node, spec)], exact: true };
  }
  const address = privateAddress(node);
  const sites = [
    ...choice.nodes.map((subnet) => ({
      subnet,
      vpc: vpcOf(graph, subnet),
      addresses: address ?? networkOfNode(subnet) ?? ALL_V4,
    })),
    ...choice.foreign.map((foreign) => ({ foreign, addresses: address ?? ALL_V4 })),
  ];
  return sites.length === 0
    ? { sites: [{ addresses: ALL_V4 }], exact: false }
    : { sites, exact: choice.exact };
}

/** The default VPC, where AWS takes that; else what the plan does not say. */
function placeless(node: Node, spec: NetworkPlace): Site {
  const isInDefault = spec.group !== undefined || startsInstances(node);
  return isInDefault
    ? { isDefault: true, addresses: addressesOf(DEFAULT_VPC.network)! }
    : { addresses: ALL_V4 };
}

function privateAddress(node: Node): AddressSet | undefined {
  const given = ["privateIp", "ipAddress"].map((property) => read(node.properties, property));
  const text = given.find((value) => typeof value === "string");
  return typeof text === "string" ? addressesOf(text) : undefined;
}

function subnetsOf(graph: StackGraph, node: Node, spec: NetworkPlace): Choice {
  if (spec.group !== undefined) {
    const source = sourceOf(graph, node);
    const of = read(node.properties, spec.subnets) === undefined && source ? source : node;
    const groups = choiceOf(graph, of, spec.subnets, spec.group);
    const choices = groups.nodes.map((group) => choiceOf(graph, group, "subnetIds", SUBNET));
    const nodes = [...new Set(choices.flatMap((choice) => choice.nodes))];
    const exact = groups.exact && choices.length === 1 && choices[0]!.exact;
    const foreign = choices.flatMap((choice) => choice.foreign);
    return { nodes, foreign, exact, isSet: groups.isSet };
  }
  const mappings = read(node.properties, "subnetMappings");
  if (mappings !== undefined && spec.kind === "balancer") {
    const list = items(mappings);
    const ids = list === UNKNOWN ? mappings : list.map((one) => isRecord(one) && one["subnetId"]);
    return choiceIn(graph, node, ids, node.references["subnetMappings"] ?? [], SUBNET);
  }
  const own = choiceOf(graph, node, spec.subnets, SUBNET);
  const source = own.isSet || !startsInstances(node) ? undefined : sourceOfLaunch(graph, node);
  if (source === undefined) return own;
  return source === UNKNOWN ? ELSEWHERE : (launchSubnet(graph, source, SUBNET) ?? own);
}

/** A subnet that the plan does not say. */
const ELSEWHERE: Choice = { nodes: [], foreign: [], exact: false, isSet: true };

/** The database of which one is a replica. */
function sourceOf(graph: StackGraph, node: Node): Node | undefined {
  return read(node.properties, "replicateSourceDb") === undefined
    ? undefined
    : choiceOf(graph, node, "replicateSourceDb", DATABASE).nodes[0];
}

function membershipOf(
  graph: StackGraph,
  node: Node,
  site: Site | undefined,
  source: Station["source"],
): Membership {
  const path = SECURITY_GROUPS.properties[canonicalType(node.type)];
  const paths = startsInstances(node)
    ? ["vpcSecurityGroupIds", "securityGroups"]
    : path === undefined
      ? []
      : [path];
  const choices = paths.map((one) => choiceOf(graph, node, one, GROUP));
  const nodes = choices.flatMap((choice) => choice.nodes);
  const foreign = choices.flatMap((choice) => choice.foreign);
  const keys = new Set([...nodes.map(({ urn }) => urn), ...foreign]);
  const isGiven = ["networkInterfaces", "primaryNetworkInterface"].some(
    (property) => read(node.properties, property) !== undefined,
  );
  if (choices.some(({ isSet }) => isSet) || isGiven) {
    return {
      keys,
      nodes,
      exact: !isGiven && choices.every(({ exact }) => exact),
      owner: node,
    };
  }
  const launched = source === undefined ? undefined : launchMembership(graph, node, source);
  if (launched !== undefined) return launched;
  if (read(node.properties, "loadBalancerType") === "network") {
    return { keys, nodes, exact: true, free: true, owner: node };
  }
  return defaultGroup(graph, node, site);
}

/** The default group of a VPC, which AWS takes where none is named. */
function defaultGroup(graph: StackGraph, node: Node, site: Site | undefined): Membership {
  const managed = graph
    .ofType(DEFAULT_GROUP)
    .filter((group) => site?.vpc !== undefined && vpcOf(graph, group) === site.vpc);
  if (managed.length > 0) {
    return {
      keys: new Set(managed.map(({ urn }) => urn)),
      nodes: managed,
      exact: true,
      owner: node,
    };
  }
  const key = `default of ${site?.vpc?.urn ?? site?.foreign ?? "the default VPC"}`;
  const isSure = site?.vpc !== undefined || site?.isDefault === true;
  return { keys: new Set([key]), nodes: [], exact: isSure, untouched: true, owner: node };
}

/** The public address of a station at a site. */
export function publicAddress(graph: StackGraph, station: Station, site: Site): PublicAddress {
  const { node, spec } = station;
  const resource = asNamed(node);
  if (startsInstances(node)) return launchedAddress(graph, station, site);
  if (spec.public === undefined) {
    const has = memberIsPublic(graph, node);
    return { has, setting: { resource }, says: `${node.name} has no public address` };
  }
  const value = read(node.properties, spec.public);
  const setting = { resource, property: spec.public };
  if (spec.public === "internal") {
    const has = value === UNKNOWN ? undefined : value !== true;
    return { has, setting, says: `${node.name} is internal` };
  }
  const says = `${node.name} has no public address`;
  return { has: value === UNKNOWN ? undefined : value === true, setting, says };
}

/** Of instances: their own switch, else that of their template or configuration, else that of the subnet. */
function launchedAddress(graph: StackGraph, { node, source }: Station, site: Site): PublicAddress {
  const own = read(node.properties, "associatePublicIpAddress");
  const isInSource = own === undefined && source !== undefined && source !== UNKNOWN;
  const value =
    own !== undefined || source === undefined
      ? own
      : source === UNKNOWN
        ? UNKNOWN
        : launchAddress(source);
  return {
    has: value === true || instanceIsPublic(graph, node, site, value),
    setting: isInSource
      ? { resource: asNamed(source), property: addressProperty(source) }
      : { resource: asNamed(node), property: "associatePublicIpAddress" },
    says: `${node.name} has no public address`,
  };
}

function instanceIsPublic(
  graph: StackGraph,
  node: Node,
  { subnet, isDefault }: Site,
  value: unknown,
): boolean | undefined {
  const holders = [
    ["aws:ec2/eip:Eip", "instance"],
    ["aws:ec2/eipAssociation:EipAssociation", "instanceId"],
  ] as const;
  if (holders.some(([type, property]) => graph.referring(node, type, property).length > 0))
    return true;
  if (value === UNKNOWN) return undefined;
  if (value === false) return false;
  if (subnet === undefined) return isDefault ?? undefined;
  const maps = read(subnet.properties, "mapPublicIpOnLaunch");
  return maps === UNKNOWN ? undefined : maps === true;
}

/** Of an Aurora cluster, each instance has the switch. */
function memberIsPublic(graph: StackGraph, node: Node): boolean | undefined {
  if (canonicalType(node.type) !== "aws:rds/cluster:Cluster") return false;
  const answers = graph
    .referring(node, "aws:rds/clusterInstance:ClusterInstance", "clusterIdentifier")
    .map(({ properties }) => read(properties, "publiclyAccessible"));
  return answers.includes(true) || (answers.includes(UNKNOWN) ? undefined : false);
}

function portsOf(graph: StackGraph, node: Node, spec: NetworkPlace): Place["ports"] {
  if (spec.kind === "balancer") return listenerPorts(graph, node);
  if (canonicalType(node.type) === "aws:ecs/service:Service") return containerPorts(node);
  const own = read(node.properties, "port");
  const port =
    typeof own === "number" ? own : own === UNKNOWN ? undefined : defaultPort(graph, node, spec);
  return port === undefined ? [] : [{ protocol: "tcp", ports: [port, port] }];
}

function containerPorts(service: Node): Place["ports"] {
  const list = items(service.properties["loadBalancers"]);
  const ports = list === UNKNOWN ? [] : list.map((one) => isRecord(one) && one["containerPort"]);
  return [...new Set(ports)]
    .filter((port): port is number => typeof port === "number")
    .map((port) => ({ protocol: "tcp", ports: [port, port] }));
}

/** Families of a database proxy, which names no engine. */
const FAMILIES: Readonly<Record<string, string>> = {
  MYSQL: "mysql",
  POSTGRESQL: "postgres",
  SQLSERVER: "sqlserver",
};

function defaultPort(graph: StackGraph, node: Node, { port }: NetworkPlace): number | undefined {
  if (port !== "engine") return port;
  const given = read(sourceOf(graph, node)?.properties ?? node.properties, "engine");
  const engine = given ?? FAMILIES[String(read(node.properties, "engineFamily"))];
  if (canonicalType(node.type).startsWith("aws:elasticache/")) {
    return engine === "memcached" ? CACHE_PORTS.memcached : CACHE_PORTS.redis;
  }
  return typeof engine === "string" ? databaseEngine(engine).port : undefined;
}
