/** The stack's own VPC with three tiers in every zone, its NAT gateways and S3's endpoint. */
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Tags } from "../../platform/tags";
import { s3EndpointPolicy } from "./endpoint-policies";

/** In the words of awsx. */
const NAT_STRATEGIES = { none: "None", single: "Single", "one-per-zone": "OnePerAz" } as const;

export interface OwnVpcArgs {
  /** Addresses of the stack's own VPC. Changing it replaces the network and everything in it. */
  readonly cidrBlock: string;
  /** Zones in which every tier has a subnet. */
  readonly availabilityZones: readonly string[];
  /** Own subnets by tier, each list in the order of the zones. Changing one replaces that subnet. @default none beside existing */
  readonly subnets?: {
    readonly public: readonly string[];
    readonly private: readonly string[];
    readonly database: readonly string[];
  };
  readonly enableDnsHostnames: boolean;
  readonly enableDnsSupport: boolean;
  /** `single` saves money and loses every way out with its zone; `none` leaves the endpoints. */
  readonly natGateways: "one-per-zone" | "single" | "none";
  /** Whether S3 is reached through a gateway endpoint, which is free. */
  readonly s3GatewayEndpoint: boolean;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** The parts of a VPC that the other components need. */
export interface VpcParts {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly databaseSubnetIds: pulumi.Output<string[]>;
  readonly natGatewayIds: readonly pulumi.Output<string>[];
  readonly natPublicIps: pulumi.Output<string[]>;
  readonly privateRouteTableIds: readonly pulumi.Output<string>[];
  readonly databaseRouteTableIds: readonly pulumi.Output<string>[];
}

/** Creates it. */
export function ownVpc(
  name: string,
  args: OwnVpcArgs,
  opts: pulumi.ComponentResourceOptions,
): VpcParts {
  const vpc = createVpc(name, args, opts);
  const { availabilityZones, natGateways } = args;
  const gateways = { none: 0, single: 1, "one-per-zone": availabilityZones.length }[natGateways];
  const gatewayIds = vpc.natGateways.apply((all) => pulumi.all(all.map(({ id }) => id)));
  // awsx makes a table for each subnet: zone by zone, in each the public one's, the private one's and the database's.
  const tables = vpc.routeTables.apply((all) => pulumi.all(all.map(({ id }) => id)));
  const tablesOf = (tier: number) =>
    availabilityZones.map((_, zone) => tables.apply((ids) => ids[zone * 3 + tier]!));
  return {
    vpcId: vpc.vpcId,
    publicSubnetIds: vpc.publicSubnetIds,
    privateSubnetIds: vpc.privateSubnetIds,
    databaseSubnetIds: vpc.isolatedSubnetIds,
    natGatewayIds: Array.from({ length: gateways }, (_, index) =>
      gatewayIds.apply((ids) => ids[index]!),
    ),
    natPublicIps: vpc.eips.apply((eips) => pulumi.all(eips.map(({ publicIp }) => publicIp))),
    privateRouteTableIds: tablesOf(1),
    databaseRouteTableIds: tablesOf(2),
  };
}

function createVpc(
  name: string,
  args: OwnVpcArgs,
  opts: pulumi.ComponentResourceOptions,
): awsx.ec2.Vpc {
  const { subnets } = args;
  if (subnets === undefined) {
    throw new Error("A VPC of the stack's own needs subnets; or set existing.");
  }
  return new awsx.ec2.Vpc(
    name,
    {
      cidrBlock: args.cidrBlock,
      availabilityZoneNames: [...args.availabilityZones],
      enableDnsHostnames: args.enableDnsHostnames,
      enableDnsSupport: args.enableDnsSupport,
      // "Exact" would refuse the gaps between the tiers' ranges.
      subnetStrategy: "Auto",
      subnetSpecs: [
        { type: "Public", name: "public", cidrBlocks: [...subnets.public] },
        { type: "Private", name: "private", cidrBlocks: [...subnets.private] },
        { type: "Isolated", name: "db", cidrBlocks: [...subnets.database] },
      ],
      natGateways: { strategy: NAT_STRATEGIES[args.natGateways] },
      // "Auto" attaches a gateway endpoint to the route tables of all tiers, which costs nothing.
      vpcEndpointStrategy: "Auto",
      vpcEndpointSpecs: args.s3GatewayEndpoint
        ? [
            {
              serviceName: `com.amazonaws.${args.arns.region}.s3`,
              vpcEndpointType: "Gateway",
              policy: s3EndpointPolicy(args.arns),
              tags: { Name: `${name}-s3` },
            },
          ]
        : [],
      tags: args.tags,
    },
    opts,
  );
}
