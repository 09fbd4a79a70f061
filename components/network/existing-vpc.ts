/** A VPC that another stack or team owns: its ids. */
import * as pulumi from "@pulumi/pulumi";

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
  /** Route tables of the private subnets, for routes of extensions. @default none */
  readonly routeTableIds?: readonly string[];
}

/** Its parts; gateways, endpoints and the database's route tables are its owner's. */
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
