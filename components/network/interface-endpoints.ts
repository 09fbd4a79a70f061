import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import { HTTPS_PORT } from "../../platform/security-rules";
import type { Tags } from "../../platform/tags";
import { interfaceEndpointPolicy } from "./endpoint-policies";
import { SecurityGroups } from "./security-groups";

export interface InterfaceEndpointsArgs {
  readonly vpcId: pulumi.Input<string>;
  /** One subnet in each zone; the endpoints have an address in each. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Services by the last part of their name, such as `ecr.api`. */
  readonly services: readonly string[];
  /** Groups whose members use the endpoints, by name. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * Ways to AWS services that do not leave the VPC. The services' public names resolve to the endpoints, so
 * that programs need not know of them. They admit the clients' groups only.
 *
 * Costs by the hour for each service and zone, and for each GB.
 */
export class InterfaceEndpoints extends pulumi.ComponentResource {
  public readonly securityGroupId: pulumi.Output<string>;

  public constructor(
    name: string,
    args: InterfaceEndpointsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:InterfaceEndpoints", name, {}, opts);

    const groups = new SecurityGroups(
      name,
      {
        vpcId: args.vpcId,
        groups: {
          endpoints: {
            purpose: "Endpoints of AWS services",
            ingress: Object.keys(args.clients).map((source) => ({
              port: { from: HTTPS_PORT, to: HTTPS_PORT },
              protocol: "tcp",
              source,
            })),
            egress: [],
          },
        },
        peers: args.clients,
        tags: args.tags,
      },
      { parent: this },
    );
    for (const service of args.services) {
      const endpointName = `${name}-${service.replaceAll(".", "-")}`;
      new aws.ec2.VpcEndpoint(
        endpointName,
        {
          vpcId: args.vpcId,
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.${args.arns.region}.${service}`,
          subnetIds: args.subnetIds,
          securityGroupIds: [groups.ids.endpoints],
          privateDnsEnabled: true,
          policy: interfaceEndpointPolicy(args.arns, service),
          tags: { ...args.tags, Name: endpointName },
        },
        { parent: this },
      );
    }
    this.securityGroupId = groups.ids.endpoints;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}
