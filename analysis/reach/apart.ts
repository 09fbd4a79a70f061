/** What of a plan can take or start connections and is no place here, so that a missing path says nothing about it. */
import { FRONT_DOORS, NETWORK_PLACES } from "../../facts/network-places";
import { canonicalType } from "../../facts/twin-types";
import type { Node, StackGraph } from "../graph";
import { isRecord, known } from "../properties";

/** The resources of one type. */
export interface Apart {
  /** Canonical type token. */
  readonly type: string;
  /** Their names in the program. */
  readonly names: readonly string[];
}

/** Inputs of what gets network interfaces. */
const INTERFACE =
  /^(subnets?|subnetIds?|subnetMappings|vpcSubnetIds|vpcZoneIdentifiers|securityGroups|securityGroupIds|vpcSecurityGroupIds)$/;

/**
 * What has such inputs and is the network itself: a part of it, or a setting that others refer to. Instances of a launch template
 * are those of what names it.
 */
const PARTS = /^aws:(ec2|vpc|ec2transitgateway|ram|networkmanager)\/|subnetGroup:/i;
const INTERFACES = "aws:ec2/networkInterface:NetworkInterface";

/** What starts instances whose places are not derived; it may name no more than a launch template. */
const FLEETS = ["aws:ec2/fleet:Fleet", "aws:ec2/spotFleetRequest:SpotFleetRequest"];

/** All of a plan, by type. */
export function apartFromReach(graph: StackGraph): readonly Apart[] {
  const found = new Map<string, string[]>();
  for (const node of graph.nodes) {
    const type = canonicalType(node.type);
    if (Object.hasOwn(NETWORK_PLACES.types, type) || !isApart(node, type)) continue;
    found.set(type, [...(found.get(type) ?? []), node.name]);
  }
  return [...found]
    .map(([type, names]) => ({ type, names: names.sort() }))
    .sort((one, other) => (one.type < other.type ? -1 : 1));
}

function isApart({ properties }: Node, type: string): boolean {
  if ([...FRONT_DOORS.types, ...FLEETS].includes(type)) return true;
  const isPart = PARTS.test(type) && type !== INTERFACES;
  return type.startsWith("aws:") && !isPart && hasInterface(properties);
}

function hasInterface(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasInterface);
  if (!isRecord(value)) return false;
  return Object.entries(value).some(
    ([name, inner]) => (INTERFACE.test(name) && isSet(known(inner))) || hasInterface(inner),
  );
}

const isSet = (value: unknown) =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
