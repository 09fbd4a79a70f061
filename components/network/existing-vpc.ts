/** A VPC that another stack or team owns: its ids, and S3's endpoint in its route tables. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Tags } from "../../platform/tags";
import { s3EndpointPolicy } from "./endpoint-policies";
import type { VpcParts } from "./own-vpc";

export interface ExistingVpc {
  readonly vpcId: string;
  /** Ids by tier, each list in the order of the zones. */
  readonly subnetIds: {
    /** Empty where the load balancer is internal. */
    readonly public: readonly string[];
    readonly private: readonly string[];
    readonly database: readonly string[];
  };
  /** Route tables of the private subnets. @default none: then no gateway endpoint */
  readonly routeTableIds?: readonly string[];
}

/** Its parts; gateways and the database's route tables are its owner's. */
export function existingVpc({ vpcId, subnetIds, routeTableIds = [] }: ExistingVpc): VpcParts {
  return {
    vpcId: pulumi.output(vpcId),
    publicSubnetIds: pulumi.output([...subnetIds.public]),
    privateSubnetIds: pulumi.output([...subnetIds.private]),
    databaseSubnetIds: pulumi.output([...subnetIds.database]),
    natGatewayIds: [],
    natPublicIps: pulumi.output([]),
    privateRouteTableIds: routeTableIds.map((id) => pulumi.output(id)),
    databaseRouteTableIds: [],
  };
}

/** S3's gateway endpoint, which is free; AWS refuses a second one in the same route table. */
export function s3Endpoint(
  name: string,
  { vpcId, routeTableIds = [] }: ExistingVpc,
  { arns, tags }: { readonly arns: Arns; readonly tags: Tags },
  opts: pulumi.ComponentResourceOptions,
): void {
  new aws.ec2.VpcEndpoint(
    `${name}-s3`,
    {
      vpcId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${arns.region}.s3`,
      routeTableIds: [...routeTableIds],
      policy: s3EndpointPolicy(arns),
      tags: { ...tags, Name: `${name}-s3` },
    },
    opts,
  );
}
