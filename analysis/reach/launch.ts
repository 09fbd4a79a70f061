/** What starts instances, as the network sees them: settings of their own, or those of one launch template or configuration. */
import { canonicalType } from "../../facts/twin-types";
import type { Node, StackGraph } from "../graph";
import { isRecord, items, read, UNKNOWN } from "../properties";
import { GROUP, type Membership } from "./groups";
import { type Choice, choiceIn, choiceOf } from "./named";

export const INSTANCE = "aws:ec2/instance:Instance";
export const SCALING_GROUP = "aws:autoscaling/group:Group";
const SPOT_REQUEST = "aws:ec2/spotInstanceRequest:SpotInstanceRequest";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";

const MIXED = "mixedInstancesPolicy.launchTemplate";

/** Inputs that name a template or a configuration. */
const SOURCES: readonly (readonly [path: string, type: string])[] = [
  ["launchTemplate.id", TEMPLATE],
  ["launchTemplate.name", TEMPLATE],
  [`${MIXED}.launchTemplateSpecification.launchTemplateId`, TEMPLATE],
  [`${MIXED}.launchTemplateSpecification.launchTemplateName`, TEMPLATE],
  ["launchConfiguration", CONFIGURATION],
];

export function startsInstances({ type }: Node): boolean {
  return [INSTANCE, SCALING_GROUP, SPOT_REQUEST].includes(canonicalType(type));
}

/** The one template or configuration by which all instances start; UNKNOWN where the plan does not have it. */
export function sourceOfLaunch(graph: StackGraph, node: Node): Node | typeof UNKNOWN | undefined {
  const overrides = items(read(node.properties, `${MIXED}.overrides`));
  const isMixed =
    overrides === UNKNOWN ||
    overrides.some(
      (one) => !isRecord(one) || read(one, "launchTemplateSpecification") !== undefined,
    );
  const named = SOURCES.filter(([path]) => read(node.properties, path) !== undefined);
  if (named.length === 0) return undefined;
  const choices = named.map(([path, type]) => choiceOf(graph, node, path, type));
  const found = new Set(choices.flatMap(({ nodes }) => nodes));
  const isOne = found.size === 1 && choices.some(({ exact, foreign }) => exact && !foreign.length);
  return isOne && !isMixed ? [...found][0]! : UNKNOWN;
}

/** The network interface of a template; UNKNOWN for one that is not known, is given, or is one of several. */
function interfaceOf(source: Node): Record<string, unknown> | typeof UNKNOWN | undefined {
  const given = items(source.properties["networkInterfaces"]);
  if (given === UNKNOWN || given.length > 1) return UNKNOWN;
  const [only] = given;
  if (only === undefined) return undefined;
  return isRecord(only) && read(only, "networkInterfaceId") === undefined ? only : UNKNOWN;
}

/** The groups that a template or configuration names; undefined where it names none. */
export function launchMembership(
  graph: StackGraph,
  node: Node,
  source: Node | typeof UNKNOWN,
): Membership | undefined {
  const unclear: Membership = { keys: new Set(), nodes: [], exact: false, owner: node };
  if (source === UNKNOWN) return unclear;
  const face = interfaceOf(source);
  const byName = read(source.properties, "securityGroupNames");
  if (face === UNKNOWN || byName !== undefined) return unclear;
  const choices = [
    ...["vpcSecurityGroupIds", "securityGroups"].map((one) => choiceOf(graph, source, one, GROUP)),
    ...(face ? [ofInterface(graph, source, face["securityGroups"], GROUP)] : []),
  ].filter(({ isSet }) => isSet);
  if (choices.length === 0) return undefined;
  const nodes = choices.flatMap((choice) => choice.nodes);
  const foreign = choices.flatMap((choice) => choice.foreign);
  return {
    keys: new Set([...nodes.map(({ urn }) => urn), ...foreign]),
    ...{ nodes, exact: choices.every(({ exact }) => exact), owner: node },
  };
}

function ofInterface(graph: StackGraph, source: Node, value: unknown, type: string): Choice {
  return choiceIn(graph, source, value, source.references["networkInterfaces"] ?? [], type);
}

/** The subnet of a template's interface. */
export function launchSubnet(graph: StackGraph, source: Node, type: string): Choice | undefined {
  const face = interfaceOf(source);
  if (face === UNKNOWN) return { nodes: [], foreign: [], exact: false, isSet: true };
  const value = face && read(face, "subnetId");
  return value === undefined ? undefined : ofInterface(graph, source, value, type);
}

/** Whether a template or configuration asks for a public address; undefined where the subnet decides. */
export function launchAddress(source: Node): boolean | typeof UNKNOWN | undefined {
  const face = interfaceOf(source);
  if (face === UNKNOWN) return UNKNOWN;
  const value = read(face ?? source.properties, "associatePublicIpAddress");
  // A template has it as a text, in which nothing leaves it to the subnet.
  if (value === undefined || value === "") return undefined;
  return value === UNKNOWN ? UNKNOWN : value === true || value === "true";
}

/** Where a template or configuration asks for a public address. */
export function addressProperty({ type }: Node): string {
  return canonicalType(type) === TEMPLATE ? "networkInterfaces" : "associatePublicIpAddress";
}

/** Whether a template gives its instances IPv6 addresses. */
export function launchesWithV6(source: Node): boolean {
  const face = interfaceOf(source);
  return (
    face !== undefined &&
    face !== UNKNOWN &&
    ["ipv6AddressCount", "ipv6Addresses"].some((name) => read(face, name) !== undefined)
  );
}
