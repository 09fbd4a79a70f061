import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { INTERFACE_RELEASE } from "../../facts/interface-release";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import {
  createHookFunction,
  type NamedKey,
  watchedFunction,
  type WatchedFunction,
} from "../function";

/** Seconds that an invocation has beyond the checks: start, the last answer, its log. */
const MARGIN_SECONDS = 30;

export interface DeploymentGateArgs {
  /** Port of the test listener. */
  readonly testPort: number;
  /** Time in which a new version must pass, in seconds; less than a function may run. */
  readonly totalSeconds: number;
  /** Days for which the log is kept. */
  readonly logRetentionDays: number;
  readonly vpcId: pulumi.Input<string>;
  /** Subnets of the function and of the load balancer before the test listener. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Load balancer with the test listener. */
  readonly loadBalancerArn: pulumi.Input<string>;
  /** Its group; one rule is added to it. */
  readonly loadBalancerSecurityGroupId: pulumi.Input<string>;
  /** Test listener: a load balancer is accepted as a target on a port only once it listens there. */
  readonly testListener: pulumi.Resource;
  /** Whether that listener speaks HTTP, not HTTPS. */
  readonly plain: boolean;
  readonly deletionProtection: boolean;
  /** Key of the log group. */
  readonly logsKey: NamedKey;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * The gate of deployments: the function that ECS asks about a new version, and its way to the test
 * listener. That listener is on the internet-facing load balancer, because a target group belongs to one
 * load balancer only; whose name leads to public addresses even inside the VPC, where no security group
 * could distinguish the function from other clients. So the function goes through an internal Network Load Balancer
 * whose one target is that load balancer (ELB User Guide, "Use an Application Load Balancer as a target"),
 * and every step is allowed from group to group. Its internal load balancer costs by the hour.
 */
export class DeploymentGate extends pulumi.ComponentResource {
  /** The function, by ARN built from names. */
  public readonly functionArn: string;
  public readonly watched: WatchedFunction;
  /** DNS name that leads to the test listener. */
  public readonly endpoint: pulumi.Output<string>;
  /** Function, way and their permissions: a service's first deployment starts after them. */
  public readonly parts: readonly pulumi.Resource[];

  public constructor(
    name: string,
    args: DeploymentGateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:DeploymentGate", name, {}, opts);

    const groups = this.createSecurityGroups(name, args);
    const way = this.createWay(name, args, groups.entrance);
    const fn = this.createFunction(name, args, groups.gate);

    this.watched = watchedFunction(functionName(args), timeoutSeconds(args));
    this.functionArn = args.arns.lambda(functionName(args));
    this.endpoint = way.balancer.dnsName;
    this.parts = [fn, way.listener, way.attachment, ...groups.rules];
    this.registerOutputs({ functionArn: this.functionArn, endpoint: this.endpoint });
  }

  private createSecurityGroups(name: string, args: DeploymentGateArgs) {
    const create = (part: string, description: string) =>
      new aws.ec2.SecurityGroup(
        `${name}-${part}`,
        {
          vpcId: args.vpcId,
          description,
          revokeRulesOnDelete: true,
          tags: { ...args.tags, Name: args.names.of(`deployment-gate-${part}`) },
        },
        { parent: this, customTimeouts: { delete: INTERFACE_RELEASE.timeout } },
      );
    const gate = create("function", "Deployment gate function");
    const entrance = create("entrance", "Internal way to the test listener");
    const balancerGroup = args.loadBalancerSecurityGroupId;
    const rules = [
      this.allow(name, args, "function-out", "egress", gate.id, entrance.id, "Ask new versions"),
      this.allow(name, args, "entrance-in", "ingress", entrance.id, gate.id, "Deployment gate"),
      this.allow(name, args, "entrance-out", "egress", entrance.id, balancerGroup, "Test listener"),
      this.allow(name, args, "listener-in", "ingress", balancerGroup, entrance.id, "Test traffic"),
    ];
    return { gate, entrance, rules };
  }

  /** One rule for the test port, from group to group. */
  private allow(
    name: string,
    args: DeploymentGateArgs,
    rule: string,
    direction: "ingress" | "egress",
    securityGroupId: pulumi.Input<string>,
    referencedSecurityGroupId: pulumi.Input<string>,
    description: string,
  ): pulumi.Resource {
    const inputs = {
      securityGroupId,
      referencedSecurityGroupId,
      description,
      ipProtocol: "tcp",
      fromPort: args.testPort,
      toPort: args.testPort,
      tags: { ...args.tags, Name: args.names.of(`deployment-gate-${rule}`) },
    };
    const opts = { parent: this };
    return direction === "ingress"
      ? new aws.vpc.SecurityGroupIngressRule(`${name}-${rule}`, inputs, opts)
      : new aws.vpc.SecurityGroupEgressRule(`${name}-${rule}`, inputs, opts);
  }

  private createWay(name: string, args: DeploymentGateArgs, group: aws.ec2.SecurityGroup) {
    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        name: args.names.environment("gate", "loadBalancer"),
        internal: true,
        loadBalancerType: "network",
        subnets: args.privateSubnetIds,
        securityGroups: [group.id],
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: args.deletionProtection,
        tags: args.tags,
      },
      { parent: this },
    );
    const target = new aws.lb.TargetGroup(
      name,
      {
        targetType: "alb",
        protocol: "TCP",
        port: args.testPort,
        vpcId: args.vpcId,
        // The listener answers with any status: the gate decides whether a version works.
        healthCheck: {
          protocol: args.plain ? "HTTP" : "HTTPS",
          path: "/",
          matcher: "200-599",
          interval: 30,
          timeout: 10,
        },
        tags: args.tags,
      },
      { parent: this },
    );
    const attachment = new aws.lb.TargetGroupAttachment(
      name,
      { targetGroupArn: target.arn, targetId: args.loadBalancerArn, port: args.testPort },
      { parent: this, dependsOn: [args.testListener] },
    );
    const listener = new aws.lb.Listener(
      name,
      {
        loadBalancerArn: balancer.arn,
        // TLS passes through: an Application Load Balancer as a target accepts TCP only.
        protocol: "TCP",
        port: args.testPort,
        defaultActions: [{ type: "forward", targetGroupArn: target.arn }],
        tags: args.tags,
      },
      { parent: this },
    );
    return { balancer, listener, attachment };
  }

  private createFunction(name: string, args: DeploymentGateArgs, group: aws.ec2.SecurityGroup) {
    return createHookFunction(
      name,
      {
        functionName: functionName(args),
        roleName: args.names.of("deployment-gate", "role"),
        roleDescription: "Role of the deployment gate function",
        description: "Checks a new version of a service before users reach it",
        bundle: "deployment-gate",
        timeoutSeconds: timeoutSeconds(args),
        network: { subnetIds: args.privateSubnetIds, securityGroupIds: [group.id] },
        statements: [],
        logRetentionDays: args.logRetentionDays,
        logsKey: args.logsKey,
        arns: args.arns,
        tags: args.tags,
      },
      this,
    );
  }
}

function timeoutSeconds(args: DeploymentGateArgs): number {
  return args.totalSeconds + MARGIN_SECONDS;
}

function functionName(args: DeploymentGateArgs): string {
  return args.names.of("deployment-gate", "function");
}
