/**
 * Shares a VPC's addresses out among its subnets, as awsx does.
 * https://www.pulumi.com/registry/packages/awsx/api-docs/ec2/vpc/#subnet-layout-strategies
 */
import { UNKNOWN } from "../../../analysis/plan/model";
import { type Cidr, contains, overlaps } from "../../../facts/cidr";
import { shownValue } from "../../../facts/problem-text";
import { network, type SubnetSpec, type Tier, type VpcArgs } from "./vpc-args";

/** A subnet in one zone. */
export interface Subnet {
  zone: string;
  spec: SubnetSpec;
  /** Logical name; ends in the number of the zone. */
  name: string;
  /** Value of the tag `Name`. */
  nameTag: string;
  /** Absent if an address pool has yet to choose the VPC's network. */
  cidrBlock?: string;
}

/** The subnets, zone by zone, and the component's output `subnetLayout`. */
export interface Layout {
  subnets: Subnet[];
  description: unknown;
}

interface Block {
  spec: SubnetSpec;
  /** Index of the zone. */
  zone: number;
  cidrBlock?: string;
}

/** Plans the subnets. Throws on what awsx refuses. */
export function planSubnets(vpcName: string, args: VpcArgs): Layout {
  if (args.zoneInNameTag) checkZoneSuffixes(args.zones);
  if (args.specs) checkSpecs(args.specs, args.zones.length);
  const explicit = args.specs?.some((spec) => spec.cidrBlocks) ?? false;
  if (explicit && args.strategy === "AutoMerge") {
    throw new Error('subnetSpecs with cidrBlocks need subnetStrategy "Auto" or "Exact"');
  }
  const subnets = allocate(args, explicit).map(({ spec, zone, cidrBlock }): Subnet => {
    const zoneName = args.zones[zone] ?? "";
    const stem = `${vpcName}-${spec.name ?? spec.type.toLowerCase()}`;
    const name = `${stem}-${zone + 1}`;
    const nameTag = args.zoneInNameTag ? `${stem}-${zoneSuffix(zoneName)}` : name;
    return { zone: zoneName, spec, name, nameTag, cidrBlock };
  });
  checkSubnets(subnets, args);
  return { subnets, description: describe(subnets, args) };
}

function allocate(args: VpcArgs, explicit: boolean): Block[] {
  const { cidrBlock, zones, strategy } = args;
  // Without specs, `Exact` has nothing to be exact about: awsx falls back to its oldest strategy.
  if (strategy === "Legacy" || (strategy === "Exact" && !args.specs)) {
    if (cidrBlock !== undefined) return legacyBlocks(network(cidrBlock, "cidrBlock"), args);
    throw new Error('an address pool needs subnetStrategy "Auto"; "Legacy" has to know cidrBlock');
  }
  if (explicit) {
    return zones.flatMap((_, zone) =>
      (args.specs ?? []).map((spec) => ({ spec, zone, cidrBlock: spec.cidrBlocks?.[zone] })),
    );
  }
  if (cidrBlock !== undefined) return evenBlocks(network(cidrBlock, "cidrBlock"), args);
  const specs = strategy === "AutoMerge" ? merged(args.specs, undefined) : args.specs;
  return zones.flatMap((_, zone) => (specs ?? defaults()).map((spec) => ({ spec, zone })));
}

/** What awsx makes when no subnet is specified: half a zone is private, half of the rest public. */
function defaults(zoneMask?: number): SubnetSpec[] {
  if (zoneMask !== undefined && zoneMask > 26) {
    throw new Error(`a zone has a /${zoneMask} network; subnets without a spec need a /26 or more`);
  }
  const mask = zoneMask === undefined ? undefined : Math.max(zoneMask, 16);
  return [
    { type: "Private", tier: "private", cidrMask: mask && mask + 1 },
    { type: "Public", tier: "public", cidrMask: mask && mask + 2 },
  ];
}

/** The default subnets, each replaced by the unnamed spec of its tier, and the specs that replace none. */
function merged(specs: SubnetSpec[] = [], zoneMask: number | undefined): SubnetSpec[] {
  const standard = defaults(zoneMask);
  const replacement = ({ tier }: SubnetSpec): SubnetSpec | undefined =>
    specs.find((spec) => spec.tier === tier && spec.name === undefined);
  const replacing = standard.map(replacement);
  return [
    ...standard.map((spec) => replacement(spec) ?? spec),
    ...specs.filter((spec) => !replacing.includes(spec)),
  ];
}

/** `Auto`: each zone has an equal share, in which the subnets follow each other in the order of the specs. */
function evenBlocks(vpc: Cidr, args: VpcArgs): Block[] {
  const zoneMask = args.zoneMask ?? vpc.length + bitsFor(args.zones.length);
  const specs =
    args.strategy === "AutoMerge"
      ? merged(args.specs, zoneMask)
      : (args.specs ?? defaults(zoneMask));
  if (!specs.length) throw new Error("subnetSpecs: expected at least one subnet, got none");
  const maskOf = (spec: SubnetSpec): number => wantedMask(spec) ?? zoneMask + bitsFor(specs.length);
  const wanted = specs.reduce((sum, spec) => sum + sizeOf(maskOf(spec)), 0);
  if (wanted > sizeOf(zoneMask)) {
    throw new Error(
      `the subnets of a zone need ${wanted} addresses; its share of the VPC has ${sizeOf(zoneMask)}`,
    );
  }
  const start = block(vpc.first, fitting(zoneMask)).first;
  return args.zones.flatMap((_, zone) => {
    let next = start + zone * sizeOf(zoneMask);
    return specs.map((spec) => {
      const cidr = alignedBlock(next, maskOf(spec));
      next = cidr.last + 1;
      return { spec, zone, cidrBlock: format(cidr) };
    });
  });
}

/** Order of the tiers under `Legacy`, with the smallest mask that each gets by default. */
const legacyTiers: readonly [Tier, string, number][] = [
  ["private", "Private", 19],
  ["public", "Public", 20],
  ["isolated", "Isolated", 24],
];

/** `Legacy`: in each zone private subnets first, then public, then isolated; `cidrBlocks` count for nothing. */
function legacyBlocks(vpc: Cidr, args: VpcArgs): Block[] {
  const zoneMask = vpc.length + bitsFor(args.zones.length);
  const shares = args.zones.map((_, zone) =>
    block(vpc.first + zone * sizeOf(zoneMask), fitting(zoneMask)),
  );
  if (args.specs) return shares.flatMap((share, zone) => legacyZone(share, args.specs ?? [], zone));
  const [privateSpec, publicSpec] = defaults() as [SubnetSpec, SubnetSpec];
  const half = fitting(zoneMask + 1);
  return [
    ...shares.map((share, zone) => ({
      spec: privateSpec,
      zone,
      cidrBlock: format(block(share.first, half)),
    })),
    ...shares.map((share, zone) => ({
      spec: publicSpec,
      zone,
      cidrBlock: format(block(share.first + sizeOf(half), fitting(half + 1))),
    })),
  ];
}

function legacyZone(share: Cidr, specs: SubnetSpec[], zone: number): Block[] {
  const blocks: Block[] = [];
  // What was taken last: at first the address before the zone's share.
  let taken: Cidr = { first: share.first - 1, last: share.first - 1, length: 32 };
  for (const [tier, type, smallest] of legacyTiers) {
    // Subnets of a tier are counted from where the tier before ends.
    const start = taken.last + 1;
    specs
      .filter((spec) => spec.tier === tier)
      .forEach((spec, index) => {
        const shared = specs.length === 1 ? 0 : 1;
        const mask = fitting(wantedMask(spec) ?? Math.max(share.length + shared, smallest));
        const address = start + index * sizeOf(mask);
        const counted = block(address, mask);
        taken = overlaps(counted, taken) ? alignedBlock(taken.last + 1, mask) : counted;
        if (taken === counted && counted.first !== address) {
          // awsx would ask for this network with host bits set, which the AWS provider refuses.
          throw new Error(
            `subnetStrategy "Legacy" cannot place subnets of these sizes in this order: ` +
              `one would begin inside ${format(counted)}. Use "Auto"`,
          );
        }
        blocks.push({ spec: { ...spec, type }, zone, cidrBlock: format(taken) });
      });
  }
  return blocks;
}

function checkSpecs(specs: SubnetSpec[], zones: number): void {
  const issues: string[] = [];
  specs.forEach((spec, index) => {
    const alike = specs.findIndex((other) => other.tier === spec.tier && other.name === spec.name);
    if (alike !== index) {
      issues.push(`subnetSpecs[${index}]: another of type ${spec.type} needs a name of its own`);
    }
    issues.push(...specIssues(spec, `subnetSpecs[${index}]`));
    if (spec.cidrBlocks && spec.cidrBlocks.length !== zones) {
      issues.push(
        `subnetSpecs[${index}].cidrBlocks: expected one for each of the ${zones} zones, got ${spec.cidrBlocks.length}`,
      );
    }
    if (!spec.cidrBlocks && specs.some((other) => other.cidrBlocks)) {
      issues.push(
        `subnetSpecs[${index}].cidrBlocks: expected networks, as another subnet has them, got none`,
      );
    }
  });
  if (issues.length) throw new Error(issues.join("; "));
}

function specIssues(spec: SubnetSpec, at: string): string[] {
  const issues: string[] = [];
  const { size, cidrMask } = spec;
  const mask = maskFor(spec);
  if (mask !== undefined && !(Number.isInteger(mask) && mask >= 0 && mask <= 30)) {
    const [name, given, expected] =
      cidrMask === undefined
        ? ["size", size, "a power of 2 from 4 up"]
        : ["cidrMask", cidrMask, "a whole number up to 30"];
    issues.push(`${at}.${name}: expected ${expected}, got ${given}`);
  } else if (mask !== undefined && size !== undefined && size !== sizeOf(mask)) {
    issues.push(
      `${at}.size: expected ${sizeOf(mask)}, the addresses of a /${mask} network, got ${size}`,
    );
  }
  spec.cidrBlocks?.forEach((text, zone) => {
    const { length } = network(text, `${at}.cidrBlocks[${zone}]`);
    if (mask !== undefined && length !== mask) {
      issues.push(
        `${at}.cidrBlocks[${zone}]: expected a /${mask} network, got ${shownValue(text)}`,
      );
    }
  });
  return issues;
}

/** What awsx checks once the networks are known. */
function checkSubnets(subnets: Subnet[], args: VpcArgs): void {
  const blocks: { name: string; cidrBlock: string; cidr: Cidr }[] = [];
  for (const { name, cidrBlock } of subnets) {
    if (cidrBlock === undefined) return;
    blocks.push({ name, cidrBlock, cidr: network(cidrBlock, name) });
  }
  const clashing = blocks.filter((one) =>
    blocks.some((other) => one !== other && overlaps(one.cidr, other.cidr)),
  );
  if (clashing.length) {
    const listed = clashing.map(({ name, cidrBlock }) => `${name} (${cidrBlock})`).join(", ");
    throw new Error(
      `subnetSpecs: expected networks that do not overlap, got ${listed}: take a larger VPC or smaller subnets`,
    );
  }
  if (args.strategy === "Exact" && args.cidrBlock !== undefined) {
    checkGaps(network(args.cidrBlock, "cidrBlock"), blocks);
  }
  const tiers = new Set(subnets.map(({ spec }) => spec.tier));
  const routed = tiers.has("public") && (tiers.has("private") || tiers.has("isolated"));
  if (args.nat !== "none" && !routed) {
    throw new Error(
      "NAT gateways need public subnets to stand in and private or isolated ones to serve; " +
        'add them or set natGateways.strategy to "None"',
    );
  }
}

/** Under `Exact` the subnets, in their order, fill the VPC without a gap. */
function checkGaps(vpc: Cidr, blocks: { name: string; cidrBlock: string; cidr: Cidr }[]): void {
  const gaps: string[] = [];
  let next = vpc.first;
  for (const { name, cidrBlock, cidr } of blocks) {
    if (cidr.first !== next) gaps.push(`before ${name} (${cidrBlock})`);
    next = cidr.last + 1;
  }
  if (next !== vpc.last + 1) gaps.push(`after ${blocks.at(-1)?.name}`);
  if (!gaps.length) return;
  throw new Error(
    `subnetStrategy "Exact" leaves no address unspecified; there are gaps ${gaps.join(", ")}. ` +
      'Fill them with specs of type "Unused", or use "Auto"',
  );
}

/** The output `subnetLayout`: the specs, or those that would make awsx's own layout under `Auto`. */
function describe(subnets: Subnet[], { specs, strategy, zones }: VpcArgs): unknown {
  if (specs && (strategy === "Auto" || strategy === "Exact")) return specs.map(describeSpec);
  const layout: { type: string; cidrMask: number }[] = [];
  let previous: Cidr | undefined;
  for (const { name, spec, cidrBlock } of subnets.slice(0, subnets.length / zones.length)) {
    if (cidrBlock === undefined) return UNKNOWN;
    const cidr = network(cidrBlock, name);
    if (previous) layout.push(...unusedBetween(previous, cidr));
    layout.push({ type: spec.type, cidrMask: cidr.length });
    previous = cidr;
  }
  return layout;
}

function describeSpec(spec: SubnetSpec): Record<string, unknown> {
  const { type, name, cidrBlocks } = spec;
  const mask = wantedMask(spec);
  const size = cidrBlocks || mask === undefined ? spec.size : sizeOf(mask);
  const described = { name: name || undefined, cidrBlocks, cidrMask: mask, size, type };
  return Object.fromEntries(Object.entries(described).filter(([, value]) => value !== undefined));
}

/** The widest networks that fill the space between two. */
function unusedBetween(one: Cidr, other: Cidr): { type: string; cidrMask: number }[] {
  const unused: { type: string; cidrMask: number }[] = [];
  const [before, after] = one.first < other.first ? [one, other] : [other, one];
  let previous = one;
  let next = block(before.last + 1, before.length);
  while (next.first < after.first) {
    for (;;) {
      const wider = block(next.first, next.length - 1);
      if (overlaps(wider, block(previous.last, 32)) || contains(wider, block(after.first, 32))) {
        break;
      }
      next = wider;
    }
    unused.push({ type: "Unused", cidrMask: next.length });
    previous = next;
    next = block(next.last + 1, next.length);
  }
  return unused;
}

/** `1a` of `us-east-1a`, `2-lax-1a` of `us-west-2-lax-1a`; any other text as it is. */
function zoneSuffix(zone: string): string {
  return zone.replace(/^[a-z]{2}(-[a-z]+)+-/, "");
}

function checkZoneSuffixes(zones: string[]): void {
  const clash = zones.find((zone, index) =>
    zones.slice(0, index).some((other) => zoneSuffix(other) === zoneSuffix(zone)),
  );
  if (clash === undefined) return;
  throw new Error(
    `subnetNameTagStrategy "AvailabilityZone": two zones end in "${zoneSuffix(clash)}", ` +
      "so that two subnets would carry the same name",
  );
}

/** The mask that a spec asks an allocator for; beside `cidrBlocks`, awsx does not count a size as one. */
function wantedMask(spec: SubnetSpec): number | undefined {
  return spec.cidrBlocks ? spec.cidrMask : maskFor(spec);
}

function maskFor({ cidrMask, size }: SubnetSpec): number | undefined {
  return cidrMask ?? (size === undefined ? undefined : 32 - Math.log2(size));
}

/** Number of addresses in a network. */
function sizeOf(mask: number): number {
  return 2 ** (32 - mask);
}

/** Bits by which a network is split into at least `parts` equal ones. */
function bitsFor(parts: number): number {
  return Math.ceil(Math.log2(Math.max(parts, 1)));
}

function fitting(mask: number): number {
  if (mask <= 32) return mask;
  throw new Error(`the VPC is too small: a subnet would have a /${mask} network`);
}

/** The network of a size that holds an address. */
function block(address: number, mask: number): Cidr {
  const first = address - (address % sizeOf(mask));
  return { first, last: first + sizeOf(mask) - 1, length: mask };
}

/** The first network of a size that begins at an address or after it. */
function alignedBlock(address: number, mask: number): Cidr {
  return block(Math.ceil(address / sizeOf(mask)) * sizeOf(mask), fitting(mask));
}

function format({ first, length }: Cidr): string {
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${octets.join(".")}/${length}`;
}
