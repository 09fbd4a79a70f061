/** Network paths that are open now and were not. */
import { contains as cidrContains, parseCidr } from "../../facts/cidr";
import { entryOf } from "../../facts/entry-of";
import { EXPOSURES, type Exposure, opensWith } from "../../facts/public-exposure";
import { PORTS } from "../../facts/setting-bounds";
import { canonicalType } from "../../facts/twin-types";
import { RULE_DIRECTIONS } from "../../facts/type-properties";
import type { PlannedResource } from "../plan/model";
import { isUnknown } from "../plan/values";
import { read } from "../properties";
import { equal } from "./values";

/** What a rule of a security group lets through. */
interface Path {
  readonly urn: string;
  readonly group: string;
  readonly direction: "from" | "to";
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
  /** A network, a group's or prefix list's name. */
  readonly peer: string;
}

/** A path that opens. */
export interface Opening {
  readonly urn: string;
  readonly name: string;
  readonly says: string;
}

const OLDER_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";

const PEERS = ["cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"] as const;

/** The paths that open; a rule moved from one resource to another opens none. */
export function openingsOf(
  old: readonly PlannedResource[],
  now: readonly PlannedResource[],
): Opening[] {
  const before = pathsOf(old);
  const opened = pathsOf(now).filter((path) => !before.some((other) => covers(other, path)));
  const names = new Map(now.map(({ urn, name }) => [urn, name]));
  return [
    ...opened.map((path) => ({
      ...{ urn: path.urn, name: names.get(path.urn) ?? path.urn, says: sentence(path) },
    })),
    ...exposures(old, now),
  ];
}

function sentence({ group, direction, protocol, first, last, peer }: Path): string {
  const ports =
    protocol === "-1"
      ? "every port"
      : first === last
        ? `port ${first}`
        : `ports ${first} to ${last}`;
  const way = direction === "from" ? `${group} takes connections from` : `${group} may connect to`;
  return `${way} ${peer} on ${ports}${protocol === "-1" ? "" : ` (${protocol})`}`;
}

function pathsOf(resources: readonly PlannedResource[]): Path[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const named = (resource: PlannedResource, property: string): string => {
    const value = resource.inputs[property];
    if (typeof value === "string" && !isUnknown(value)) return value;
    const urns = resource.propertyDependencies[property] ?? [];
    return urns.map((urn) => byUrn.get(urn)?.name ?? urn).join(", ") || "what is not known yet";
  };
  return resources.flatMap((resource) => {
    const direction = entryOf(RULE_DIRECTIONS.types, resource.type);
    const inputs = resource.inputs;
    if (resource.type === OLDER_RULE) {
      const group = named(resource, "securityGroupId");
      return peersOf(inputs, group, (property) => named(resource, property)).map((peer) => ({
        ...{ urn: resource.urn, group, direction: inputs["type"] === "egress" ? "to" : "from" },
        ...portsOf(inputs),
        peer,
      }));
    }
    if (direction === undefined) return inlinePaths(resource);
    return PEERS.filter((peer) => inputs[peer] !== undefined).map((peer) => ({
      ...{ urn: resource.urn, group: named(resource, "securityGroupId"), direction },
      ...portsOf(inputs),
      peer: named(resource, peer),
    }));
  });
}

/** Rules that stand in the group itself. */
function inlinePaths({ type, urn, name, inputs }: PlannedResource): Path[] {
  if (!/^aws:ec2\/(default)?[sS]ecurityGroup:/.test(type)) return [];
  const rules = [
    ["from", listOf(inputs["ingress"])],
    ["to", listOf(inputs["egress"])],
  ] as const;
  return rules.flatMap(([direction, list]) =>
    list.flatMap((rule) =>
      peersOf(rule, name).map((peer) => ({ urn, group: name, direction, ...portsOf(rule), peer })),
    ),
  );
}

const LISTS = ["cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups"] as const;

/** The other ends of a rule: those that it lists, a group, and its own group. */
function peersOf(
  rule: Shape,
  group: string,
  named: (property: string) => string = () => "what is not known yet",
): string[] {
  return [
    ...LISTS.flatMap((property) => {
      const list = isUnknown(rule[property]) ? [named(property)] : texts(rule[property]);
      return list.map((peer) => (isUnknown(peer) ? named(property) : peer));
    }),
    ...(rule["sourceSecurityGroupId"] === undefined ? [] : [named("sourceSecurityGroupId")]),
    ...(rule["self"] === true ? [group] : []),
  ];
}

type Shape = Record<string, unknown>;
const listOf = (value: unknown): Shape[] => (Array.isArray(value) ? (value as Shape[]) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function portsOf(rule: Shape): Pick<Path, "protocol" | "first" | "last"> {
  const { ipProtocol, protocol: older } = rule as { ipProtocol?: string; protocol?: string };
  const protocol = ipProtocol ?? older ?? "-1";
  const [first, last] = [Number(rule["fromPort"] ?? 0), Number(rule["toPort"] ?? PORTS.maximum)];
  return protocol === "-1"
    ? { protocol, first: 0, last: PORTS.maximum }
    : { protocol, first, last };
}

function covers(outer: Path, inner: Path): boolean {
  const [one, other] = [parseCidr(outer.peer), parseCidr(inner.peer)];
  const peers =
    one === undefined || other === undefined ? outer.peer === inner.peer : cidrContains(one, other);
  return (
    peers &&
    outer.group === inner.group &&
    outer.direction === inner.direction &&
    (outer.protocol === "-1" || outer.protocol === inner.protocol) &&
    outer.first <= inner.first &&
    outer.last >= inner.last
  );
}

/** Resources that are open to the internet and were not, or are new. */
function exposures(old: readonly PlannedResource[], now: readonly PlannedResource[]): Opening[] {
  const before = new Map(old.map((resource) => [resource.urn, resource]));
  const exposed = now.flatMap((resource) =>
    EXPOSURES.filter((row) => {
      const was = before.get(resource.urn);
      return isOpen(row, resource) && (was === undefined || !isOpen(row, was));
    }).map(({ says }) => ({
      ...{ urn: resource.urn, name: resource.name, says: `${resource.name} ${says}` },
    })),
  );
  return [...exposed, ...routes(before, now)];
}

function isOpen(row: Exposure, { type, inputs }: PlannedResource): boolean {
  return canonicalType(type) === row.type && opensWith(row, read(inputs, row.property));
}

/** Routes out of a network, and the rules of a network's access list that let in. */
function routes(
  before: ReadonlyMap<string, PlannedResource>,
  now: readonly PlannedResource[],
): Opening[] {
  const WAYS = ["gatewayId", "natGatewayId", "transitGatewayId", "vpcPeeringConnectionId"];
  return now.flatMap(({ urn, name, type, inputs }) => {
    const was = before.get(urn)?.inputs ?? {};
    const to = inputs["destinationCidrBlock"] ?? inputs["destinationIpv6CidrBlock"];
    const opens = (property: string) =>
      inputs[property] !== undefined && was[property] === undefined;
    if (type === "aws:ec2/route:Route") {
      return WAYS.filter(opens).map((way) => ({
        ...{ urn, name, says: `${name} sends ${String(to)} through ${way.replace(/Id$/, "")}` },
      }));
    }
    const allows =
      type === "aws:ec2/networkAclRule:NetworkAclRule" && inputs["ruleAction"] === "allow";
    if (!allows || equal(was, inputs)) return [];
    const peer = String(inputs["cidrBlock"] ?? inputs["ipv6CidrBlock"]);
    return [
      { urn, name, says: `${name} lets ${peer} ${inputs["egress"] === true ? "out" : "in"}` },
    ];
  });
}
