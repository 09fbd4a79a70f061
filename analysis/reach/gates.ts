/** What on a path lets through all or nothing: addresses, connections of VPCs, subnets that no plan has. */
import type { Node, StackGraph } from "../graph";
import { read, UNKNOWN } from "../properties";
import { ALL_V4, ALL_V6, type AddressSet, INTERNET, intersection } from "./addresses";
import { gate, type Layer } from "./decide";
import { launchesWithV6 } from "./launch";
import { asNamed, choiceOf } from "./named";
import type { PublicAddress, Site, Station } from "./stations";

const PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection";
const ACCEPTER = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter";
const VPC = "aws:ec2/vpc:Vpc";

/** The families of addresses: without an IPv6 address, IPv4 alone. */
export const V4 = intersection(INTERNET, ALL_V4);
export const V6 = intersection(INTERNET, ALL_V6);

/** A public address, or its lack. */
export function addressed({ has, setting, says }: PublicAddress): Layer {
  return {
    filter: gate(has),
    setting: (effect) => ({
      ...{ effect, ...setting },
      says:
        effect === "blocks"
          ? says
          : `whether ${setting.resource.name} has a public address is not known yet`,
    }),
  };
}

export function isAccepted(graph: StackGraph, peering: Node): boolean | undefined {
  const own = read(peering.properties, "autoAccept");
  const accepters = graph.referring(peering, ACCEPTER, "vpcPeeringConnectionId");
  return own === true || accepters.length > 0 ? true : own === UNKNOWN ? undefined : false;
}

/** The peering connections of two VPCs; undefined alone where there is none. */
export function peerings(
  graph: StackGraph,
  one: Node | undefined,
  other: Node | undefined,
): readonly (Node | undefined)[] {
  const found = graph.ofType(PEERING).filter((peering) => {
    const ends = ["vpcId", "peerVpcId"].map((end) => choiceOf(graph, peering, end, VPC).nodes);
    const joins = (a: Node | undefined, b: Node | undefined) =>
      ends[0]!.includes(a!) && ends[1]!.includes(b!);
    return joins(one, other) || joins(other, one);
  });
  return found.length > 0 ? found : [undefined];
}

/** The connection of two VPCs. */
export function peered(
  peering: Node | undefined,
  accepted: boolean | undefined,
  from: Station,
  to: Station,
): Layer {
  const ends = `the VPCs of ${from.place.label} and ${to.place.label}`;
  return {
    filter: gate(accepted),
    setting: (effect) => ({
      ...{
        effect,
        resource: asNamed(peering ?? from.node),
        ...(peering && { property: "autoAccept" }),
      },
      says:
        effect === "unknown"
          ? `whether ${ends} are connected is not known`
          : peering
            ? `${peering.name} is not accepted`
            : `${ends} are not connected`,
    }),
  };
}

/** An end of which the plan does not have the subnet, and so neither its routes nor its ACL. */
export function unplaced(station: Station): Layer {
  return {
    filter: gate(undefined),
    setting: (effect) => ({
      ...{ effect, resource: asNamed(station.node), property: station.spec.subnets },
      says: `the subnets of ${station.place.label} are not in the plan, with their routes and network ACL`,
    }),
  };
}

/** The addresses of the internet that a station can talk to: IPv6 where it has such an address. */
export function families({ node, spec, source }: Station, { subnet }: Site): readonly AddressSet[] {
  const dual = String(
    read(node.properties, "ipAddressType") ?? read(node.properties, "networkType"),
  );
  const assigned = subnet && read(subnet.properties, "assignIpv6AddressOnCreation") === true;
  const own =
    ["ipv6AddressCount", "ipv6Addresses"].some(
      (name) => read(node.properties, name) !== undefined,
    ) ||
    (source !== undefined && source !== UNKNOWN && launchesWithV6(source));
  const hasV6 = spec.kind === "compute" ? assigned === true || own : /^dual/i.test(dual);
  return hasV6 ? [V4, V6] : [V4];
}
