/**
 * Reads the arguments of an `awsx:ec2:Vpc` that decide which resources there are. awsx takes these as plain
 * values; here they come from the wire, so each is checked. https://www.pulumi.com/registry/packages/awsx/api-docs/ec2/vpc/
 */
import type { PropertyBag } from "../../../analysis/plan/model";
import { containsUnknown } from "../../../analysis/plan/values";
import { type Cidr, parseCidr } from "../../../facts/cidr";
import { shownValue } from "../../../facts/problem-text";

/** What a subnet is for; `unused` only keeps addresses free. */
export type Tier = "public" | "private" | "isolated" | "unused";

/** How the VPC's addresses are shared out among subnets. */
export type SubnetStrategy = "Legacy" | "Auto" | "AutoMerge" | "Exact";

/** Which zones have a NAT gateway of their own. */
export type NatStrategy = "none" | "single" | "oneperaz";

/** One subnet per zone. */
export interface SubnetSpec {
  /** As the program wrote it; becomes the tag `SubnetType`. */
  type: string;
  tier: Tier;
  name?: string;
  /** One network per zone. */
  cidrBlocks?: string[];
  /** Prefix length; absent: what the strategy makes of it. */
  cidrMask?: number;
  /** Number of addresses, the same as `cidrMask` said differently. */
  size?: number;
  tags?: PropertyBag;
  assignIpv6?: boolean;
}

/** An endpoint in the VPC; what awsx only passes on is in `inputs`. */
export interface EndpointSpec {
  serviceName: string;
  /** In lower case, as given or `gateway`; undefined if it is not known yet. */
  endpointType: string | undefined;
  inputs: PropertyBag;
}

/** The arguments that decide what there is. */
export interface VpcArgs {
  /** Names of the availability zones, at least one. */
  zones: string[];
  /** The VPC's network; absent if an address pool (IPAM) will choose it. */
  cidrBlock?: string;
  nat: NatStrategy;
  /** Ids of existing Elastic IPs for the NAT gateways; empty: new ones are made. */
  allocationIds: unknown[];
  strategy: SubnetStrategy;
  /** Absent: a private and a public subnet in each zone. */
  specs?: SubnetSpec[];
  /** Prefix length of a zone's share of the VPC; absent: an even share. */
  zoneMask?: number;
  /** True if `Name` tags end in the zone (`crm-public-1a`) and not in its number. */
  zoneInNameTag: boolean;
  endpoints: EndpointSpec[];
  /** True if awsx chooses subnets, security group and route tables of endpoints that name none. */
  autoEndpoints: boolean;
}

const tiers: readonly Tier[] = ["public", "private", "isolated", "unused"];
const strategies: readonly SubnetStrategy[] = ["Legacy", "Auto", "AutoMerge", "Exact"];
const natStrategies: readonly NatStrategy[] = ["none", "single", "oneperaz"];

/**
 * Reads and checks the arguments; the error of a wrong one names it.
 *
 * @param zonesThere names of the region's zones, for a VPC that names none; absent: not known
 */
export function readVpcArgs(inputs: PropertyBag, zonesThere?: () => readonly string[]): VpcArgs {
  const zones = readZones(inputs, zonesThere);
  const nat = record(inputs.natGateways, "natGateways");
  const strategy = text(nat.strategy, "natGateways.strategy") ?? "OnePerAz";
  const args: VpcArgs = {
    zones,
    cidrBlock: readCidrBlock(inputs),
    nat: oneOf(strategy.toLowerCase(), natStrategies, "natGateways.strategy"),
    allocationIds: list(nat.elasticIpAllocationIds, "natGateways.elasticIpAllocationIds") ?? [],
    strategy: oneOf(
      text(inputs.subnetStrategy, "subnetStrategy") ?? "Legacy",
      strategies,
      "subnetStrategy",
    ),
    specs: list(inputs.subnetSpecs, "subnetSpecs")?.map(readSpec),
    zoneMask: number(inputs.availabilityZoneCidrMask, "availabilityZoneCidrMask"),
    zoneInNameTag:
      text(inputs.subnetNameTagStrategy, "subnetNameTagStrategy") === "AvailabilityZone",
    endpoints: (list(inputs.vpcEndpointSpecs, "vpcEndpointSpecs") ?? []).map(readEndpoint),
    autoEndpoints: text(inputs.vpcEndpointStrategy, "vpcEndpointStrategy") === "Auto",
  };
  checkAllocationIds(args);
  return args;
}

/** A network in canonical form, or an error that names the argument. */
export function network(value: string, argument: string): Cidr {
  const cidr = parseCidr(value);
  if (cidr) return cidr;
  throw new Error(
    `${argument}: expected an IPv4 network such as 10.0.0.0/16, got ${shownValue(value)}`,
  );
}

/** How many zones awsx uses where the program does not say. */
const USUAL_ZONES = 3;

function readZones(inputs: PropertyBag, zonesThere?: () => readonly string[]): string[] {
  const names = list(inputs.availabilityZoneNames, "availabilityZoneNames");
  const count = number(inputs.numberOfAvailabilityZones, "numberOfAvailabilityZones");
  if (names && count) {
    throw new Error("either availabilityZoneNames or numberOfAvailabilityZones, not both");
  }
  if (!names && zonesThere) return chosenZones(zonesThere(), count ?? USUAL_ZONES);
  if (!names) {
    throw new Error(
      "availabilityZoneNames: expected the names of the zones, got none: without them awsx requests them from AWS, " +
        "and the offline preview makes no cloud call",
    );
  }
  if (!names.length) throw new Error("availabilityZoneNames: expected at least one zone, got none");
  return names.map((name, index) => needed(text(name, `availabilityZoneNames[${index}]`), "zone"));
}

/** The first zones of a region, as awsx takes them. */
function chosenZones(there: readonly string[], count: number): string[] {
  if (there.length >= count) return there.slice(0, count);
  throw new Error(
    `numberOfAvailabilityZones: expected at most ${there.length}, as the region has ${there.join(", ")}, got ${count}`,
  );
}

function readCidrBlock(inputs: PropertyBag): string | undefined {
  const cidrBlock = text(inputs.cidrBlock, "cidrBlock");
  const pooled = present(inputs.ipv4IpamPoolId);
  if (pooled && (cidrBlock !== undefined) === present(inputs.ipv4NetmaskLength)) {
    throw new Error(
      "ipv4IpamPoolId: expected one of cidrBlock and ipv4NetmaskLength beside it, got both or neither",
    );
  }
  if (cidrBlock !== undefined) network(cidrBlock, "cidrBlock");
  return cidrBlock ?? (pooled ? undefined : "10.0.0.0/16");
}

function readSpec(value: unknown, index: number): SubnetSpec {
  const at = `subnetSpecs[${index}]`;
  const spec = record(value, at);
  const type = needed(text(spec.type, `${at}.type`), `${at}.type`);
  return {
    type,
    tier: oneOf(type.toLowerCase(), tiers, `${at}.type`),
    name: text(spec.name, `${at}.name`),
    cidrBlocks: list(spec.cidrBlocks, `${at}.cidrBlocks`)?.map((block, zone) =>
      needed(text(block, `${at}.cidrBlocks[${zone}]`), `${at}.cidrBlocks[${zone}]`),
    ),
    cidrMask: number(spec.cidrMask, `${at}.cidrMask`),
    size: number(spec.size, `${at}.size`),
    tags: present(spec.tags) ? record(spec.tags, `${at}.tags`) : undefined,
    assignIpv6: flag(spec.assignIpv6AddressOnCreation, `${at}.assignIpv6AddressOnCreation`),
  };
}

function readEndpoint(value: unknown, index: number): EndpointSpec {
  const at = `vpcEndpointSpecs[${index}]`;
  const inputs = record(value, at);
  const type = inputs.vpcEndpointType;
  return {
    serviceName: needed(text(inputs.serviceName, `${at}.serviceName`), `${at}.serviceName`),
    endpointType: containsUnknown(type)
      ? undefined
      : (text(type, `${at}.vpcEndpointType`) ?? "gateway").toLowerCase(),
    inputs,
  };
}

/** Traffic must leave by the given addresses and no others, so their number has to fit. */
function checkAllocationIds({ nat, allocationIds, zones }: VpcArgs): void {
  const given = allocationIds.length;
  const fitting = { none: 0, single: 1, oneperaz: zones.length }[nat];
  if (given === 0 || given === fitting) return;
  throw new Error(
    "natGateways.elasticIpAllocationIds: " +
      `expected ${fitting || "none"}, one for each NAT gateway, got ${given}`,
  );
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function needed<T>(value: T | undefined, argument: string): T {
  if (value === undefined) throw new Error(`${argument}: expected a value, got none`);
  return value;
}

/** The value if it passes; undefined if there is none; an error that names the argument otherwise. */
function read<T>(
  value: unknown,
  argument: string,
  expected: string,
  passes: (value: unknown) => value is T,
): T | undefined {
  if (!present(value)) return undefined;
  if (passes(value) && !(typeof value === "string" && containsUnknown(value))) return value;
  throw new Error(
    containsUnknown(value)
      ? `${argument} is not known before the stack exists; awsx needs it as a plain value`
      : `${argument}: expected ${expected}, got ${JSON.stringify(value)}`,
  );
}

function text(value: unknown, argument: string): string | undefined {
  return read(value, argument, "a text", (given) => typeof given === "string");
}

function number(value: unknown, argument: string): number | undefined {
  return read(value, argument, "a number", (given) => typeof given === "number");
}

function flag(value: unknown, argument: string): boolean | undefined {
  return read(value, argument, "true or false", (given) => typeof given === "boolean");
}

export function list(value: unknown, argument: string): unknown[] | undefined {
  return read(value, argument, "a list", (given): given is unknown[] => Array.isArray(given));
}

/** A record; empty if there is none. Its values may be unknown, it may not. */
export function record(value: unknown, argument: string): PropertyBag {
  const isRecord = (given: unknown): given is PropertyBag =>
    typeof given === "object" && given !== null && !Array.isArray(given);
  return read(value, argument, "a plain record", isRecord) ?? {};
}

function oneOf<T extends string>(value: string, accepted: readonly T[], argument: string): T {
  const found = accepted.find((item) => item === value);
  if (found) return found;
  throw new Error(`${argument}: expected one of ${accepted.join(", ")}, got ${shownValue(value)}`);
}
