/** A VPC peering: services reach one port in another VPC of the account and region. Settings stand below `peering:`. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Extension, Platform } from "../../components/extension";

interface PeeringSettings {
  /** The other VPC. */
  readonly vpcId: string;
  /** Its addresses, which may not overlap with the platform's. */
  readonly cidrBlock: string;
  /** Its route table for the way back. */
  readonly routeTableId: string;
  /** Port that services connect to. */
  readonly port: number;
}

class Peering extends pulumi.ComponentResource {
  public constructor(
    name: string,
    settings: PeeringSettings,
    { network, config, tagsOf }: Platform,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("crm:extension:Peering", name, {}, opts);

    const tags = tagsOf("peering");
    const { cidrBlock, port } = settings;
    const connection = new aws.ec2.VpcPeeringConnection(
      name,
      {
        vpcId: network.vpcId,
        peerVpcId: settings.vpcId,
        // One account and one region: the connection is accepted here. Another's owner accepts it there.
        autoAccept: true,
        // Public host names of the other VPC lead to its private addresses, in both directions.
        requester: { allowRemoteVpcDnsResolution: true },
        accepter: { allowRemoteVpcDnsResolution: true },
        tags: { ...tags, Name: name },
      },
      { parent: this },
    );
    const route = (from: string, routeTableId: pulumi.Input<string>, destination: string) =>
      new aws.ec2.Route(
        `${name}-${from}`,
        {
          routeTableId,
          destinationCidrBlock: destination,
          vpcPeeringConnectionId: connection.id,
        },
        { parent: this },
      );
    network.privateRouteTableIds.forEach((id, zone) => route(`zone-${zone}`, id, cidrBlock));
    route("back", settings.routeTableId, config.network.cidrBlock);
    new aws.vpc.SecurityGroupEgressRule(
      name,
      {
        securityGroupId: network.ecsSecurityGroupId,
        cidrIpv4: cidrBlock,
        ...{ ipProtocol: "tcp", fromPort: port, toPort: port },
        description: "To the peered VPC",
        tags,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const extension: Extension = {
  extend: (platform) => {
    const settings = new pulumi.Config("peering");
    new Peering(
      "peering",
      {
        vpcId: settings.require("vpcId"),
        cidrBlock: settings.require("cidrBlock"),
        routeTableId: settings.require("routeTableId"),
        port: settings.requireNumber("port"),
      },
      platform,
      platform.opts,
    );
  },
};

export default extension;
