/** Network paths that are open now and were not. */
import { contains as cidrContains, parseCidr } from "../../facts/cidr";
import { EXPOSURES, type Exposure, opensWith } from "../../facts/public-exposure";
import { canonicalType } from "../../facts/twin-types";
import type { Node, StackGraph } from "../graph";
import type { PlannedResource } from "../plan/model";
import { isSecret } from "../plan/values";
import { read, UNKNOWN } from "../properties";
import { graphOfPlan, type PlanOfGraph } from "../reach/graph-of-plan";
import type { NetworkPath } from "../reach/model";
import { type NormalRule, securityGroupRules } from "../security-group-rules";
import { equal } from "./values";

/** What a rule of a security group lets through. */
interface GroupPath {
  readonly urn: string;
  /** The name of what holds the rule. */
  readonly name: string;
  readonly group: string;
  readonly direction: NormalRule["direction"];
  /** `all`, `tcp`, `icmp`; undefined where it is not known. */
  readonly protocol: string | undefined;
  /** Undefined where they are not known. */
  readonly ports: readonly [first: number, last: number] | undefined;
  /** A network, a group's or prefix list's name. */
  readonly peer: string;
  /** Whether the peer is a secret, which no message names. */
  readonly secret: boolean;
}

/** A path that opens. */
export interface Opening {
  readonly urn: string;
  readonly name: string;
  readonly says: string;
}

/**
 * The paths that open; a rule moved from one resource to another opens none.
 *
 * @param reached the network paths that open from place to place: what they show of a rule is not reported again
 */
export function openingsOf(
  old: PlanOfGraph,
  now: PlanOfGraph,
  reached: readonly NetworkPath[] = [],
): Opening[] {
  const before = groupPaths(old);
  const opened = groupPaths(now).filter(
    (path) =>
      !before.some((other) => covers(other, path)) && !reached.some((one) => shows(one, path)),
  );
  return [
    ...opened.map((path) => ({ urn: path.urn, name: path.name, says: sentence(path) })),
    ...exposures(old.resources, now.resources),
  ];
}

/** Whether a path from place to place is open by a rule. */
function shows(path: NetworkPath, { urn, protocol, ports }: GroupPath): boolean {
  const isIts = path.settings.some(
    ({ effect, resource }) => effect === "allows" && resource.urn === urn,
  );
  return (
    isIts &&
    (protocol === "all" || protocol === path.protocol) &&
    ports !== undefined &&
    ports[0] <= path.ports[0] &&
    path.ports[1] <= ports[1]
  );
}

const NOT_KNOWN = "what is not known yet";

function sentence({ group, direction, protocol, ports, peer, secret }: GroupPath): string {
  const by = protocol === undefined ? "" : ` (${protocol})`;
  const where =
    protocol === "all" ? "on every port"
    : protocol !== undefined && !/^(tcp|udp)$/.test(protocol) ? `by ${protocol}`
    : ports === undefined ? `on ports that are not known yet${by}`
    : ports[0] === ports[1] ? `on port ${ports[0]}${by}`
    : `on ports ${ports[0]} to ${ports[1]}${by}`; // prettier-ignore
  const way =
    direction === "ingress" ? `${group} takes connections from` : `${group} may connect to`;
  return `${way} ${secret ? "a secret address" : peer} ${where}`;
}

function groupPaths(plan: PlanOfGraph): GroupPath[] {
  const graph = graphOfPlan(plan);
  const secrets = new Set(
    plan.resources
      .filter(({ inputs }) => Object.values(inputs).some(isSecret))
      .map(({ urn }) => urn),
  );
  return securityGroupRules(graph).flatMap((rule) => {
    const { node, direction } = rule;
    const of = namesOf(rule.groups, rule.foreign.groups);
    return of.flatMap((group) =>
      peersOf(graph, rule, group).map((peer) => ({
        ...{ urn: node.urn, name: node.name, group, direction, peer },
        protocol: rule.protocol === UNKNOWN ? undefined : rule.protocol,
        ports: rule.ports === UNKNOWN ? undefined : rule.ports,
        secret: secrets.has(node.urn),
      })),
    );
  });
}

/** The other ends of a rule: networks, prefix lists, groups, and its own group. */
function peersOf(graph: StackGraph, rule: NormalRule, group: string): string[] {
  const { node, networks, prefixLists, peers, foreign, self } = rule;
  const made = ["prefixListId", "prefixListIds"]
    .flatMap((property) => node.references[property] ?? [])
    .flatMap((urn) => graph.get(urn)?.name ?? []);
  const lists = prefixLists === UNKNOWN ? [UNKNOWN] : prefixLists;
  return [
    ...new Set([
      ...(networks === UNKNOWN ? [NOT_KNOWN] : networks),
      ...lists.map((id) => (typeof id === "string" ? id : made.join(", ") || NOT_KNOWN)),
      ...namesOf(peers, foreign.peers),
      ...(self ? [group] : []),
    ]),
  ];
}

function namesOf(nodes: readonly Node[] | typeof UNKNOWN, foreign: readonly string[]): string[] {
  if (nodes !== UNKNOWN) return [...nodes.map(({ name }) => name), ...foreign];
  return foreign.length > 0 ? [...foreign] : [NOT_KNOWN];
}

function covers(outer: GroupPath, inner: GroupPath): boolean {
  const [one, other] = [parseCidr(outer.peer), parseCidr(inner.peer)];
  const peers =
    one === undefined || other === undefined ? outer.peer === inner.peer : cidrContains(one, other);
  const ports =
    outer.ports === undefined || inner.ports === undefined
      ? outer.ports === inner.ports
      : outer.ports[0] <= inner.ports[0] && outer.ports[1] >= inner.ports[1];
  const isAll = outer.protocol === "all";
  return (
    peers &&
    outer.group === inner.group &&
    outer.direction === inner.direction &&
    (isAll || (outer.protocol === inner.protocol && ports))
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
