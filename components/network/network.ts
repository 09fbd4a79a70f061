import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Names } from "../../platform/names";
import { policyDocument, serviceTrust } from "../../platform/policy-documents";
import { behindCloudFront, type GroupRules, withoutGroup } from "../../platform/security-rules";
import type { FunctionNetwork } from "../function";
import { type ExistingVpc, existingVpc } from "./existing-vpc";
import { InterfaceEndpoints } from "./interface-endpoints";
import { ownVpc, type OwnVpcArgs } from "./own-vpc";
import { SecurityGroups, type SecurityGroupSpec } from "./security-groups";

/** The platform's groups; each one's description in AWS states its purpose. */
const PURPOSES = {
  alb: "Load balancer of the CRM services",
  ecs: "Tasks of the CRM services",
  rds: "CRM database",
  elasticache: "CRM cache",
  functions: "CRM functions that reach the database",
} as const;

/** Name of one of the platform's security groups. */
export type SecurityGroupName = keyof typeof PURPOSES;

export interface CrmNetworkArgs extends OwnVpcArgs {
  /**
   * A VPC of another owner, with its subnets: then the stack creates neither, and no routes, NAT gateways, endpoints, flow logs
   * or default group. @default none: a VPC of the stack's own
   */
  readonly existing?: ExistingVpc;
  readonly flowLogs: {
    readonly retentionDays: number;
    readonly trafficType: string;
    /** 60 or 600. */
    readonly aggregationSeconds: number;
  };
  /** Services reached through interface endpoints, such as `ecr.api`; none beside `existing`. */
  readonly interfaceEndpoints: readonly string[];
  /** Whether there is a cache; without one its group and the rules that name it are left out. @default true */
  readonly hasCache?: boolean;
  /** Rules of each group. */
  readonly securityGroups: Readonly<Record<SecurityGroupName, GroupRules>>;
  /**
   * CloudFront's origin-facing prefix list of the region; replaces 0.0.0.0/0 in the load
   * balancer's rule for HTTPS, and its rules for other ports from 0.0.0.0/0 go: the list fits into a
   * group once. @default none: the rules apply as written
   */
  readonly cloudFrontPrefixListId?: string;
  /** Port to which CloudFront connects. @default 443 */
  readonly cloudFrontPort?: number;
  /** Key that encrypts log groups. */
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  readonly names: Names;
}

type SubnetIds = pulumi.Output<string[]>;

export interface ServiceNetwork {
  readonly vpcId: pulumi.Output<string>;
  readonly privateSubnetIds: SubnetIds;
  readonly ecsSecurityGroupId: pulumi.Output<string>;
}

export interface LoadBalancerNetwork {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: SubnetIds;
  readonly privateSubnetIds: SubnetIds;
  readonly albSecurityGroupId: pulumi.Output<string>;
}

export interface DataNetwork {
  readonly databaseSubnetIds: SubnetIds;
  /** The engine's own group. */
  readonly securityGroupId: pulumi.Output<string>;
}

export interface WatchedNetwork {
  /** In the order of the zones: as many as zones, one, or none. */
  readonly natGatewayIds: readonly pulumi.Output<string>[];
  /** None in a VPC that exists. */
  readonly flowLogGroupName: string | undefined;
}

/**
 * The network: a VPC with three tiers in every zone, ways out for the private one, endpoints for AWS's
 * services, flow logs and the security groups; in a VPC that exists the endpoints and the security groups only.
 *
 * Each NAT gateway and each zone of an interface endpoint costs by the hour, and traffic by its size.
 */
export class CrmNetwork extends pulumi.ComponentResource {
  public readonly vpcId: pulumi.Output<string>;
  public readonly publicSubnetIds: pulumi.Output<string[]>;
  public readonly privateSubnetIds: pulumi.Output<string[]>;
  /** Subnets without a way to the internet. */
  public readonly databaseSubnetIds: pulumi.Output<string[]>;
  public readonly albSecurityGroupId: pulumi.Output<string>;
  public readonly ecsSecurityGroupId: pulumi.Output<string>;
  public readonly rdsSecurityGroupId: pulumi.Output<string>;
  /** None without a cache. */
  public readonly elasticacheSecurityGroupId: pulumi.Output<string> | undefined;
  public readonly functionsSecurityGroupId: pulumi.Output<string>;
  /** Where functions are that reach the database or the cache. */
  public readonly functionNetwork: FunctionNetwork;
  /** Where the load balancer and the gate behind it are. */
  public readonly loadBalancerNetwork: LoadBalancerNetwork;
  /** Where tasks of services are. */
  public readonly serviceNetwork: ServiceNetwork;
  /** Where the database is. */
  public readonly databaseNetwork: DataNetwork & { readonly subnetZones: readonly string[] };
  /** Where the cache is; none without one. */
  public readonly cacheNetwork: DataNetwork | undefined;
  /** What alarms look at. */
  public readonly watched: WatchedNetwork;
  /** Group of the interface endpoints; undefined when there are none. */
  public readonly endpointsSecurityGroupId: pulumi.Output<string> | undefined;
  /** Ids of the stack's NAT gateways, in the order of the zones: as many as zones, one, or none. */
  public readonly natGatewayIds: readonly pulumi.Output<string>[];
  /** Public addresses of the stack's NAT gateways, from which the private subnets' traffic comes. */
  public readonly natPublicIps: pulumi.Output<string[]>;
  /** Route tables of the private subnets: one for each zone, or those given of a VPC that exists. */
  public readonly privateRouteTableIds: readonly pulumi.Output<string>[];
  /** Route tables of the database subnets, in the order of the zones; none of a VPC that exists. */
  public readonly databaseRouteTableIds: readonly pulumi.Output<string>[];
  /** None in a VPC that exists. */
  public readonly flowLogGroupName: string | undefined;

  public constructor(name: string, args: CrmNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmNetwork", name, {}, opts);

    const vpc = args.existing ? existingVpc(args.existing) : ownVpc(name, args, { parent: this });
    this.vpcId = vpc.vpcId;
    this.publicSubnetIds = vpc.publicSubnetIds;
    this.privateSubnetIds = vpc.privateSubnetIds;
    this.databaseSubnetIds = vpc.databaseSubnetIds;
    this.natGatewayIds = vpc.natGatewayIds;
    this.natPublicIps = vpc.natPublicIps;
    this.privateRouteTableIds = vpc.privateRouteTableIds;
    this.databaseRouteTableIds = vpc.databaseRouteTableIds;

    if (args.existing === undefined) {
      this.closeDefaultGroup(name, args);
      this.flowLogGroupName = `/vpc/${args.names.of("flow-logs", "logGroup")}`;
      this.createFlowLogs(name, args, this.flowLogGroupName);
    }
    const groups = this.createSecurityGroups(name, args);
    this.albSecurityGroupId = groups.ids.alb;
    this.ecsSecurityGroupId = groups.ids.ecs;
    this.rdsSecurityGroupId = groups.ids.rds;
    this.elasticacheSecurityGroupId = args.hasCache === false ? undefined : groups.ids.elasticache;
    this.functionsSecurityGroupId = groups.ids.functions;
    this.functionNetwork = {
      subnetIds: this.privateSubnetIds,
      securityGroupIds: [this.functionsSecurityGroupId],
    };
    this.endpointsSecurityGroupId = this.createInterfaceEndpoints(name, args);
    const { vpcId, publicSubnetIds, privateSubnetIds } = this;
    const { albSecurityGroupId, ecsSecurityGroupId } = this;
    this.loadBalancerNetwork = { vpcId, publicSubnetIds, privateSubnetIds, albSecurityGroupId };
    this.serviceNetwork = { vpcId, privateSubnetIds, ecsSecurityGroupId };
    const { databaseSubnetIds } = this;
    this.databaseNetwork = {
      databaseSubnetIds,
      securityGroupId: this.rdsSecurityGroupId,
      subnetZones: args.availabilityZones,
    };
    this.cacheNetwork = this.elasticacheSecurityGroupId && {
      databaseSubnetIds,
      securityGroupId: this.elasticacheSecurityGroupId,
    };
    this.watched = { natGatewayIds: this.natGatewayIds, flowLogGroupName: this.flowLogGroupName };

    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      databaseSubnetIds: this.databaseSubnetIds,
      albSecurityGroupId: this.albSecurityGroupId,
      ecsSecurityGroupId: this.ecsSecurityGroupId,
      rdsSecurityGroupId: this.rdsSecurityGroupId,
      elasticacheSecurityGroupId: this.elasticacheSecurityGroupId,
      functionsSecurityGroupId: this.functionsSecurityGroupId,
      endpointsSecurityGroupId: this.endpointsSecurityGroupId,
      natGatewayCount: this.natGatewayIds.length,
      natPublicIps: this.natPublicIps,
      flowLogGroupName: this.flowLogGroupName,
    });
  }

  /** A resource without a group gets the default one: it allows no traffic in or out. */
  private closeDefaultGroup(name: string, args: CrmNetworkArgs): void {
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default`,
      {
        vpcId: this.vpcId,
        ingress: [],
        egress: [],
        tags: { ...args.tags, Name: `${name}-default-closed` },
      },
      { parent: this },
    );
  }

  private createFlowLogs(name: string, args: CrmNetworkArgs, logGroupName: string): void {
    const group = new aws.cloudwatch.LogGroup(
      `${name}-flow-logs`,
      {
        name: logGroupName,
        retentionInDays: args.flowLogs.retentionDays,
        kmsKeyId: args.logsKey.arn,
        tags: args.tags,
      },
      { parent: this },
    );
    const groupArn = args.arns.logGroup(logGroupName);
    const role = new aws.iam.Role(
      `${name}-flow-logs`,
      {
        name: args.names.of("flow-logs", "role"),
        description: "Writes the VPC's flow logs",
        assumeRolePolicy: serviceTrust(
          args.arns,
          SERVICE_PRINCIPALS.vpcFlowLogs,
          args.arns.regional("ec2", "vpc-flow-log/*"),
        ),
        tags: args.tags,
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-flow-logs`,
      {
        role: role.name,
        policy: policyDocument(
          {
            sid: "WriteFlowLogs",
            actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            resources: [groupArn, `${groupArn}:*`],
          },
          {
            // The service looks for the group in the list of all groups: one group's ARN does not match that call.
            sid: "FindLogGroup",
            actions: ["logs:DescribeLogGroups"],
            resources: [args.arns.regional("logs", "log-group:*")],
          },
        ),
      },
      { parent: this },
    );
    new aws.ec2.FlowLog(
      `${name}-flow-logs`,
      {
        vpcId: this.vpcId,
        trafficType: args.flowLogs.trafficType,
        maxAggregationInterval: args.flowLogs.aggregationSeconds,
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        tags: { ...args.tags, Name: `${name}-flow-logs` },
      },
      // EC2 refuses a second one with the same destination (FlowLogAlreadyExists).
      { parent: this, dependsOn: [policy], deleteBeforeReplace: true },
    );
  }

  private createSecurityGroups(
    name: string,
    args: CrmNetworkArgs,
  ): SecurityGroups<SecurityGroupName> {
    const cached = args.hasCache ?? true;
    const rules = cached
      ? args.securityGroups
      : withoutGroup<SecurityGroupName>(args.securityGroups, "elasticache");
    const spec = (key: SecurityGroupName): SecurityGroupSpec => ({
      purpose: PURPOSES[key],
      ...rules[key],
    });
    const alb = spec("alb");
    return new SecurityGroups<SecurityGroupName>(
      name,
      {
        vpcId: this.vpcId,
        groups: {
          alb:
            args.cloudFrontPrefixListId === undefined
              ? alb
              : { ...alb, ingress: behindCloudFront(alb.ingress, args.cloudFrontPort) },
          ecs: spec("ecs"),
          rds: spec("rds"),
          ...(cached && { elasticache: spec("elasticache") }),
          functions: spec("functions"),
        },
        publicSources: { alb: args.cloudFrontPrefixListId },
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createInterfaceEndpoints(
    name: string,
    args: CrmNetworkArgs,
  ): pulumi.Output<string> | undefined {
    // Their private names hold for the whole VPC, whose other clients they would refuse.
    if (args.existing !== undefined || args.interfaceEndpoints.length === 0) return undefined;
    const endpoints = new InterfaceEndpoints(
      name,
      {
        vpcId: this.vpcId,
        subnetIds: this.privateSubnetIds,
        services: args.interfaceEndpoints,
        clients: { ecs: this.ecsSecurityGroupId, functions: this.functionsSecurityGroupId },
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
    return endpoints.securityGroupId;
  }
}
