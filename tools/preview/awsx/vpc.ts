/**
 * Shows what the component `awsx:ec2:Vpc` (@pulumi/awsx 3.9) would register, without its provider plugin: same
 * types, names, parents, inputs and dependencies as in the first preview of a stack by Pulumi itself.
 */
import {
  type PropertyBag,
  type RemoteExpander,
  type RemoteExpansion,
  type RemoteRequest,
  UNKNOWN,
} from "../../../analysis/plan/model";
import { containsUnknown } from "../../../analysis/plan/values";
import { shownValue } from "../../../facts/problem-text";
import { assumedZones } from "../../../facts/regions";
import { Arguments, reference } from "./arguments";
import { Family, literal, mergeTags, outputOf, type Sourced, unknownOf } from "./family";
import { readVpcArgs, type VpcArgs } from "./vpc-args";
import { addEndpoints } from "./vpc-endpoints";
import { planSubnets, type Subnet } from "./vpc-layout";

/** Arguments that the component hands to its `aws.ec2.Vpc` as they are. */
const vpcInputs = [
  "assignGeneratedIpv6CidrBlock",
  "enableDnsHostnames",
  "enableDnsSupport",
  "enableNetworkAddressUsageMetrics",
  "instanceTenancy",
  "ipv4IpamPoolId",
  "ipv4NetmaskLength",
  "ipv6CidrBlock",
  "ipv6CidrBlockNetworkBorderGroup",
  "ipv6IpamPoolId",
  "ipv6NetmaskLength",
] as const;

const everywhere = literal("0.0.0.0/0");

/** A subnet with the URNs of what belongs to it. */
interface PlacedSubnet extends Subnet {
  urn: string;
  routeTable: string;
}

/** URNs of the children, by the output of the component in which they appear. */
interface Members {
  vpc: string;
  internetGateway: string;
  subnets: PlacedSubnet[];
  routeTableAssociations: string[];
  routes: string[];
  natGateways: string[];
  eips: string[];
  vpcEndpoints: string[];
}

/**
 * The children and outputs of an `awsx:ec2:Vpc`. Throws on arguments that awsx refuses, and on those whose
 * meaning only a cloud knows.
 */
export const expandVpc: RemoteExpander = (request) =>
  new VpcExpander(request, readVpcArgs(request.inputs, zonesFor(request))).expand();

/** The zones of the request's region, as most accounts see them: awsx asks AWS for them. */
function zonesFor({ name, region, assume }: RemoteRequest): (() => string[]) | undefined {
  if (!region) return undefined;
  return () => {
    const place = region();
    const zones = assumedZones(place);
    assume?.(
      `awsx.ec2.Vpc "${name}" finds ${zones.join(", ")} in ${place}; ` +
        `aws ec2 describe-availability-zones --region ${place} says what your account has`,
    );
    return zones;
  };
}

class VpcExpander {
  private readonly family = new Family();
  private readonly given: Arguments;
  private readonly name: string;
  private readonly region: Sourced;
  /** Tags of the component, for what carries a name of its own. */
  private readonly ownTags: Sourced;
  /** Tags of the component with its name, for everything else. */
  private readonly sharedTags: Sourced;

  constructor(
    private readonly request: RemoteRequest,
    private readonly args: VpcArgs,
  ) {
    this.given = new Arguments(request);
    this.name = request.name;
    this.region = this.given.whole("region");
    this.ownTags = mergeTags(this.given.whole("tags"));
    this.sharedTags = mergeTags(literal({ Name: this.name }), this.ownTags);
  }

  expand(): RemoteExpansion {
    const { family, args } = this;
    const { subnets, description } = planSubnets(this.name, args);
    const vpc = this.addVpc();
    const internetGateway = family.add(
      vpc,
      "aws:ec2/internetGateway:InternetGateway",
      this.name,
      { region: this.region, vpcId: unknownOf(vpc), tags: this.sharedTags },
      [vpc],
    );
    const members: Members = {
      vpc,
      internetGateway,
      subnets: [],
      routeTableAssociations: [],
      routes: [],
      natGateways: [],
      eips: [],
      vpcEndpoints: [],
    };
    args.zones.forEach((zone, index) => this.addZone(members, subnets, zone, index));
    members.vpcEndpoints = addEndpoints({
      family,
      args,
      vpc,
      subnets: members.subnets,
      region: this.region,
      tags: this.sharedTags,
      sourceOf: (value) => this.given.part("vpcEndpointSpecs", value),
      vpcCidr: this.vpcOutput("cidrBlock", args.cidrBlock, vpc),
      vpcIpv6Cidr: this.vpcOutput("ipv6CidrBlock", this.request.inputs.ipv6CidrBlock, vpc),
    });
    return { children: family.children, ...outputs(members, description) };
  }

  private addVpc(): string {
    const { args, request } = this;
    const inputs: Record<string, Sourced> = {
      cidrBlock: literal(args.cidrBlock),
      region: this.region,
      tags: this.sharedTags,
    };
    for (const input of vpcInputs) inputs[input] = this.given.whole(input);
    // Private DNS of endpoints works only in a VPC that resolves names.
    if (args.autoEndpoints && args.endpoints.some(usesPrivateDns)) {
      for (const input of ["enableDnsHostnames", "enableDnsSupport"]) {
        if (request.inputs[input] === false) {
          throw new Error(`${input}: expected true for endpoints with private DNS, got false`);
        }
        if (request.inputs[input] === undefined) inputs[input] = literal(true);
      }
    }
    return this.family.add(request.urn, "aws:ec2/vpc:Vpc", this.name, inputs, []);
  }

  private addZone(members: Members, subnets: Subnet[], zone: string, index: number): void {
    const order = ["public", "private", "isolated"];
    const inZone = subnets
      .filter((subnet) => subnet.zone === zone && order.includes(subnet.spec.tier))
      .sort((one, other) => order.indexOf(one.spec.tier) - order.indexOf(other.spec.tier));
    inZone.forEach((subnet, row) => {
      const ipv6Index = index + row * this.args.zones.length;
      const placed = this.addSubnet(members, subnet, ipv6Index);
      members.subnets.push(placed);
      if (subnet.spec.tier === "public") this.addNat(members, placed, index);
      this.addRoute(members, placed, index);
    });
  }

  private addSubnet(members: Members, subnet: Subnet, ipv6Index: number): PlacedSubnet {
    const { family, region } = this;
    const { vpc } = members;
    const { spec, name, nameTag, cidrBlock } = subnet;
    const ownName = literal({ Name: nameTag, SubnetType: spec.type });
    const assignIpv6 = this.assignsIpv6(subnet);
    const urn = family.add(
      vpc,
      "aws:ec2/subnet:Subnet",
      name,
      {
        region,
        vpcId: unknownOf(vpc),
        availabilityZone: literal(subnet.zone),
        mapPublicIpOnLaunch: literal(spec.tier === "public"),
        cidrBlock: cidrBlock === undefined ? unknownOf(vpc) : literal(cidrBlock),
        assignIpv6AddressOnCreation: assignIpv6,
        ipv6CidrBlock: this.ipv6CidrBlock(vpc, assignIpv6, ipv6Index),
        tags: mergeTags(this.sharedTags, this.given.part("subnetSpecs", spec.tags), ownName),
      },
      [vpc],
    );
    const routeTable = family.add(
      urn,
      "aws:ec2/routeTable:RouteTable",
      name,
      { region, vpcId: unknownOf(vpc), tags: mergeTags(this.sharedTags, ownName) },
      [urn],
    );
    members.routeTableAssociations.push(
      family.add(
        routeTable,
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        name,
        { region, routeTableId: unknownOf(routeTable), subnetId: unknownOf(urn) },
        [routeTable],
      ),
    );
    return { ...subnet, urn, routeTable };
  }

  /** Puts a NAT gateway into a public subnet, if the strategy wants one more in this zone. */
  private addNat(members: Members, { urn }: PlacedSubnet, zone: number): void {
    const { family, args, region } = this;
    const wanted = { none: 0, single: 1, oneperaz: zone + 1 }[args.nat];
    if (members.natGateways.length >= wanted) return;
    const name = `${this.name}-${zone + 1}`;
    const tags = mergeTags(this.ownTags, literal({ Name: name }));
    let allocation = this.given.part(
      "natGateways",
      args.allocationIds.length ? args.allocationIds[zone] : undefined,
    );
    if (!args.allocationIds.length) {
      const eip = family.add(urn, "aws:ec2/eip:Eip", name, { region, tags }, [urn]);
      members.eips.push(eip);
      allocation = unknownOf(eip);
    }
    members.natGateways.push(
      family.add(
        urn,
        "aws:ec2/natGateway:NatGateway",
        name,
        { region, subnetId: unknownOf(urn), allocationId: allocation, tags },
        [urn],
      ),
    );
  }

  /** The way to the internet: from a public subnet direct, from a private one through NAT. */
  private addRoute(members: Members, subnet: PlacedSubnet, zone: number): void {
    const { tier } = subnet.spec;
    const nat = members.natGateways[this.args.nat === "single" ? 0 : zone];
    const inputs: Record<string, Sourced> = {
      region: this.region,
      routeTableId: unknownOf(subnet.routeTable),
      destinationCidrBlock: everywhere,
    };
    if (tier === "public") inputs.gatewayId = unknownOf(members.internetGateway);
    else if (tier === "private" && nat !== undefined) inputs.natGatewayId = unknownOf(nat);
    else return;
    members.routes.push(
      this.family.add(subnet.routeTable, "aws:ec2/route:Route", subnet.name, inputs, [
        subnet.routeTable,
      ]),
    );
  }

  private assignsIpv6({ spec }: Subnet): Sourced {
    const general = this.given.whole("assignGeneratedIpv6CidrBlock");
    return { value: spec.assignIpv6 ?? general.value ?? false, from: general.from };
  }

  private ipv6CidrBlock(vpc: string, assigns: Sourced, index: number): Sourced {
    const vpcBlock = this.vpcOutput("ipv6CidrBlock", this.request.inputs.ipv6CidrBlock, vpc);
    const from = [...vpcBlock.from, ...assigns.from];
    if (containsUnknown(vpcBlock.value) || containsUnknown(assigns.value)) {
      return { value: UNKNOWN, from };
    }
    return { value: assigns.value ? ipv6Subnet(String(vpcBlock.value), index) : undefined, from };
  }

  /** An output of the VPC: what was put in, or unknown. */
  private vpcOutput(property: string, input: unknown, vpc: string): Sourced {
    return outputOf(vpc, input ?? UNKNOWN, this.request.propertyDependencies[property]);
  }
}

function usesPrivateDns(endpoint: VpcArgs["endpoints"][number]): boolean {
  const { privateDnsEnabled } = endpoint.inputs;
  return endpoint.endpointType === "interface" && (privateDnsEnabled ?? true) === true;
}

/** The /64 network with a number in a /56 one. */
function ipv6Subnet(vpcBlock: string, index: number): string {
  const match = /^([0-9a-f]*:[0-9a-f]*:[0-9a-f]*):([0-9a-f]+):.*\/56$/i.exec(vpcBlock);
  const [, prefix, hextet] = match ?? [];
  if (prefix === undefined || hextet === undefined) {
    throw new Error(`ipv6CidrBlock: expected a /56 network, got ${shownValue(vpcBlock)}`);
  }
  const share = Math.floor(Number.parseInt(hextet, 16) / 256) * 256 + index;
  return `${prefix}:${share.toString(16)}::/64`;
}

function outputs(
  members: Members,
  subnetLayout: unknown,
): Pick<RemoteExpansion, "state" | "stateDependencies"> {
  const { vpc, subnets } = members;
  const of = (tier?: string): string[] =>
    subnets.filter(({ spec }) => !tier || spec.tier === tier).map(({ urn }) => urn);
  const resources: Record<string, string[]> = {
    eips: members.eips,
    isolatedSubnets: of("isolated"),
    natGateways: members.natGateways,
    privateSubnets: of("private"),
    publicSubnets: of("public"),
    routeTableAssociations: members.routeTableAssociations,
    routeTables: subnets.map(({ routeTable }) => routeTable),
    routes: members.routes,
    subnets: of(),
    vpcEndpoints: members.vpcEndpoints,
  };
  const state: PropertyBag = {
    vpc: reference(vpc),
    vpcId: UNKNOWN,
    internetGateway: reference(members.internetGateway),
    subnetLayout,
  };
  for (const [output, urns] of Object.entries(resources)) state[output] = urns.map(reference);
  for (const tier of ["public", "private", "isolated"]) {
    // awsx computes these lists as a whole: with an id unknown, so is their length.
    state[`${tier}SubnetIds`] = of(tier).length ? UNKNOWN : [];
  }
  // All outputs are parts of one, which is made of the ids of the VPC and its subnets.
  const origins = [vpc, ...of()];
  const stateDependencies = Object.fromEntries(
    Object.keys(state).map((output) => [
      output,
      [...new Set([...origins, ...(resources[output] ?? [])])],
    ]),
  );
  stateDependencies.internetGateway?.push(members.internetGateway);
  return { state, stateDependencies };
}
