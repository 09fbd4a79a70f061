import { UNKNOWN } from "../../../analysis/plan/model";
import { type Family, literal, mergeTags, type Sourced, unknownOf } from "./family";
import type { EndpointSpec, VpcArgs } from "./vpc-args";
import type { Subnet } from "./vpc-layout";

/** What the endpoints of a VPC are made from. */
export interface EndpointContext {
  family: Family;
  args: VpcArgs;
  /** URN of the VPC. */
  vpc: string;
  subnets: (Subnet & { urn: string; routeTable: string })[];
  region: Sourced;
  tags: Sourced;
  /** Adds to a part of `vpcEndpointSpecs` where it comes from. */
  sourceOf: (value: unknown) => Sourced;
  vpcCidr: Sourced;
  vpcIpv6Cidr: Sourced;
}

/** Inputs that an endpoint takes over from its spec. */
const endpointInputs = [
  "autoAccept",
  "dnsOptions",
  "ipAddressType",
  "policy",
  "privateDnsEnabled",
  "region",
  "resourceConfigurationArn",
  "routeTableIds",
  "securityGroupIds",
  "serviceName",
  "serviceNetworkArn",
  "serviceRegion",
  "subnetConfigurations",
  "subnetIds",
  "vpcEndpointType",
] as const;

/** Adds the endpoints that `vpcEndpointSpecs` asks for; returns their URNs. */
export function addEndpoints(context: EndpointContext): string[] {
  return context.args.endpoints.map((endpoint) => {
    const { family, vpc, sourceOf } = context;
    const inputs: Record<string, Sourced> = {};
    for (const input of endpointInputs) inputs[input] = sourceOf(endpoint.inputs[input]);
    if (endpoint.inputs.region === undefined) inputs.region = context.region;
    const tags = mergeTags(context.tags, sourceOf(endpoint.inputs.tags));
    if (context.args.autoEndpoints) complete(context, endpoint, inputs, tags);
    return family.add(
      vpc,
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      endpoint.serviceName,
      { ...inputs, tags, vpcId: unknownOf(vpc) },
      [vpc],
    );
  });
}

/** With `vpcEndpointStrategy` "Auto": what the spec leaves out is taken from the VPC. */
function complete(
  context: EndpointContext,
  { serviceName, endpointType, inputs: given }: EndpointSpec,
  inputs: Record<string, Sourced>,
  tags: Sourced,
): void {
  if (endpointType === undefined) {
    throw new Error(`vpcEndpointStrategy "Auto" needs a plain vpcEndpointType for ${serviceName}`);
  }
  if (endpointType === "gateway" && given.routeTableIds === undefined) {
    inputs.routeTableIds = idsOf(context.subnets.map(({ routeTable }) => routeTable));
  }
  if (endpointType !== "interface") return;
  if (given.subnetIds === undefined && given.subnetConfigurations === undefined) {
    inputs.subnetIds = idsOf(onePerZone(context));
  }
  if (given.privateDnsEnabled === undefined) inputs.privateDnsEnabled = literal(true);
  if (given.securityGroupIds === undefined) {
    inputs.securityGroupIds = idsOf([
      addSecurityGroup(context, serviceName, inputs.region ?? context.region, tags, given),
    ]);
  }
}

/** A subnet of each zone: a private one, or else an isolated one, or else a public one. */
function onePerZone({ args, subnets }: EndpointContext): string[] {
  return args.zones.flatMap((zone) => {
    const chosen = ["private", "isolated", "public"]
      .map((tier) => subnets.find((subnet) => subnet.zone === zone && subnet.spec.tier === tier))
      .find((subnet) => subnet !== undefined);
    return chosen ? [chosen.urn] : [];
  });
}

/** A group that lets the whole VPC in to HTTPS. */
function addSecurityGroup(
  { family, vpc, vpcCidr, vpcIpv6Cidr }: EndpointContext,
  serviceName: string,
  region: Sourced,
  tags: Sourced,
  { ipAddressType }: EndpointSpec["inputs"],
): string {
  const group = family.add(
    vpc,
    "aws:ec2/securityGroup:SecurityGroup",
    `${serviceName}-sg`,
    { region, description: literal("Managed by Pulumi"), vpcId: unknownOf(vpc), tags },
    [vpc],
  );
  const usesIpv6 = ["ipv6", "dualstack"].includes(String(ipAddressType).toLowerCase());
  family.add(
    vpc,
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    `${serviceName}-ingress`,
    {
      region,
      type: literal("ingress"),
      securityGroupId: unknownOf(group),
      protocol: literal("tcp"),
      fromPort: literal(443),
      toPort: literal(443),
      cidrBlocks: { value: [vpcCidr.value], from: vpcCidr.from },
      ...(usesIpv6 && {
        ipv6CidrBlocks: { value: [vpcIpv6Cidr.value], from: vpcIpv6Cidr.from },
      }),
    },
    [group],
  );
  return group;
}

function idsOf(urns: string[]): Sourced {
  return { value: urns.map(() => UNKNOWN), from: urns };
}
