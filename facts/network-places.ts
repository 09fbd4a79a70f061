/** Resources with network interfaces: where their subnets, public addresses and ports stand; SECURITY_GROUPS has their groups. */
import { type Fact, providerText } from "./fact";
import { CACHE_PORTS, CLUSTER_PORTS } from "./store-ports";

/** A type of resource in a network. */
export interface NetworkPlace {
  readonly kind: "compute" | "balancer" | "store" | "service";
  /** Property with its subnets, or with the name of its subnet group of type `group`. */
  readonly subnets: string;
  readonly group?: string;
  /** Property that gives it a public address: true does, except for `internal`. Absent: none of its own does. */
  readonly public?: string;
  /** Port where `port` is not set; `engine` by the engine. */
  readonly port?: number | "engine";
}

const store = (place: Omit<NetworkPlace, "kind">): NetworkPlace => ({ kind: "store", ...place });

/** By canonical type. */
export const NETWORK_PLACES: Fact & { readonly types: Readonly<Record<string, NetworkPlace>> } = {
  types: {
    "aws:ecs/service:Service": {
      kind: "compute",
      subnets: "networkConfiguration.subnets",
      public: "networkConfiguration.assignPublicIp",
    },
    "aws:lambda/function:Function": {
      kind: "compute",
      subnets: "vpcConfig.subnetIds",
    },
    "aws:ec2/instance:Instance": {
      kind: "compute",
      subnets: "subnetId",
      public: "associatePublicIpAddress",
    },
    // Where these name a launch template or configuration, that has what they do not set.
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": {
      kind: "compute",
      subnets: "subnetId",
      public: "associatePublicIpAddress",
    },
    "aws:autoscaling/group:Group": {
      kind: "compute",
      subnets: "vpcZoneIdentifiers",
    },
    "aws:lb/loadBalancer:LoadBalancer": {
      kind: "balancer",
      subnets: "subnets",
      public: "internal",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
      kind: "service",
      subnets: "subnetIds",
      port: 443,
    },
    "aws:rds/instance:Instance": store({
      subnets: "dbSubnetGroupName",
      group: "aws:rds/subnetGroup:SubnetGroup",
      public: "publiclyAccessible",
      port: "engine",
    }),
    "aws:rds/cluster:Cluster": store({
      subnets: "dbSubnetGroupName",
      group: "aws:rds/subnetGroup:SubnetGroup",
      port: "engine",
    }),
    "aws:rds/proxy:Proxy": store({
      subnets: "vpcSubnetIds",
      port: "engine",
    }),
    "aws:elasticache/replicationGroup:ReplicationGroup": store({
      subnets: "subnetGroupName",
      group: "aws:elasticache/subnetGroup:SubnetGroup",
      port: CACHE_PORTS.redis,
    }),
    "aws:elasticache/cluster:Cluster": store({
      subnets: "subnetGroupName",
      group: "aws:elasticache/subnetGroup:SubnetGroup",
      port: "engine",
    }),
    "aws:elasticache/serverlessCache:ServerlessCache": store({
      subnets: "subnetIds",
      port: "engine",
    }),
    "aws:memorydb/cluster:Cluster": store({
      subnets: "subnetGroupName",
      group: "aws:memorydb/subnetGroup:SubnetGroup",
      port: CACHE_PORTS.redis,
    }),
    "aws:docdb/cluster:Cluster": store({
      subnets: "dbSubnetGroupName",
      group: "aws:docdb/subnetGroup:SubnetGroup",
      port: CLUSTER_PORTS["aws:docdb/cluster:Cluster"].port,
    }),
    "aws:neptune/cluster:Cluster": store({
      subnets: "neptuneSubnetGroupName",
      group: "aws:neptune/subnetGroup:SubnetGroup",
      port: CLUSTER_PORTS["aws:neptune/cluster:Cluster"].port,
    }),
    "aws:redshift/cluster:Cluster": store({
      subnets: "clusterSubnetGroupName",
      public: "publiclyAccessible",
      group: "aws:redshift/subnetGroup:SubnetGroup",
      port: CLUSTER_PORTS["aws:redshift/cluster:Cluster"].port,
    }),
    "aws:opensearch/domain:Domain": store({
      subnets: "vpcOptions.subnetIds",
      port: 443,
    }),
    "aws:efs/mountTarget:MountTarget": store({
      subnets: "subnetId",
      port: 2049,
    }),
  },
  source: providerText(""),
  asOf: "2026-11-29",
};

/** What answers in the internet without an interface in a VPC, beside distributions: each has an address of its own there. */
export const FRONT_DOORS: Fact & { readonly types: readonly string[] } = {
  types: [
    "aws:amplify/app:App",
    "aws:apigateway/restApi:RestApi",
    "aws:apigatewayv2/api:Api",
    "aws:apprunner/service:Service",
    "aws:appsync/api:Api",
    "aws:appsync/graphQLApi:GraphQLApi",
    "aws:elasticbeanstalk/environment:Environment",
    "aws:globalaccelerator/accelerator:Accelerator",
    "aws:globalaccelerator/customRoutingAccelerator:CustomRoutingAccelerator",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:lightsail/containerService:ContainerService",
    "aws:lightsail/instance:Instance",
    "aws:lightsail/lb:Lb",
    "aws:transfer/server:Server",
  ],
  source: providerText(""),
  asOf: "2026-11-29",
};
