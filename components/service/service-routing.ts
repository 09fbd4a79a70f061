import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { SERVICE_HEADER } from "../../functions/deployment-gate/checks";
import type { OriginHeader } from "../../platform/origin-header";
import type { Tags } from "../../platform/tags";
import { routePaths, type ServiceConfig } from "../../schema/services";

export interface ServiceRoutingArgs {
  /** Service, by its key in the stack file. */
  readonly service: string;
  /** Port of the containers. Changing it replaces both target groups, which a living service refuses: docs/runbooks/service-change.md. */
  readonly port: number;
  /** Changing its protocol replaces both target groups likewise. */
  readonly route: NonNullable<ServiceConfig["route"]>;
  /** Domain of the route's hosts. @default none: a route has no hosts */
  readonly domain?: string | undefined;
  readonly health: ServiceConfig["targetHealth"];
  /** Seconds that a task which leaves may finish its requests. */
  readonly deregistrationSeconds: number;
  readonly vpcId: pulumi.Input<string>;
  readonly listenerArn: pulumi.Input<string>;
  readonly testListenerArn: pulumi.Input<string>;
  /** Header that a request must have. @default none */
  readonly originHeader?: OriginHeader;
  readonly tags: Tags;
}

/**
 * Two target groups of a service, blue and green, and the rules that lead to them: users' on the HTTPS
 * listener, the gate's on the test listener. Both rules hold both groups from the start, which ECS requires;
 * from the first deployment on it owns the weights.
 */
export class ServiceRouting extends pulumi.ComponentResource {
  public readonly arnSuffixes: readonly [pulumi.Output<string>, pulumi.Output<string>];
  /** The rules: ECS must find them when the service is created. */
  public readonly rules: readonly pulumi.Resource[];

  private readonly blue: aws.lb.TargetGroup;
  private readonly green: aws.lb.TargetGroup;
  private readonly production: aws.lb.ListenerRule;
  private readonly test: aws.lb.ListenerRule;

  public constructor(
    name: string,
    private readonly args: ServiceRoutingArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ServiceRouting", name, {}, opts);

    const hosts = args.route.hosts.map((label) => `${label}.${args.domain}`);
    this.blue = this.createTargetGroup(`${name}-blue`, args);
    this.green = this.createTargetGroup(`${name}-green`, args);
    this.production = this.createRule(`${name}-production`, args, args.listenerArn, [
      { pathPattern: routePaths(args.route) },
      ...(hosts.length === 0 ? [] : [{ hostHeader: { values: hosts } }]),
      ...(args.originHeader === undefined
        ? []
        : [
            {
              httpHeader: {
                httpHeaderName: args.originHeader.name,
                // The edge takes minutes to change: the previous value is accepted too.
                values: [args.originHeader.value, args.originHeader.previousValue]
                  .filter((value) => value !== undefined)
                  .map((value) => pulumi.secret(value)),
              },
            },
          ]),
    ]);
    // By header, not by path: the gate asks each service for paths that users' rules give to another.
    this.test = this.createRule(`${name}-test`, args, args.testListenerArn, [
      { httpHeader: { httpHeaderName: SERVICE_HEADER, values: [args.service] } },
    ]);

    this.arnSuffixes = [this.blue.arnSuffix, this.green.arnSuffix];
    this.rules = [this.production, this.test];
    this.registerOutputs({ arnSuffixes: this.arnSuffixes });
  }

  /** The one load balancer block of the ECS service. */
  public forService(
    { strategy }: ServiceConfig["deployment"],
    containerName: string,
    trafficRoleArn: string,
  ) {
    return {
      targetGroupArn: this.blue.arn,
      containerName,
      containerPort: this.args.port,
      ...(strategy !== "rolling" && {
        advancedConfiguration: {
          alternateTargetGroupArn: this.green.arn,
          productionListenerRule: this.production.arn,
          testListenerRule: this.test.arn,
          roleArn: trafficRoleArn,
        },
      }),
    };
  }

  private createTargetGroup(name: string, args: ServiceRoutingArgs): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
      // Without a physical name: a replacement must exist before the old one can go.
      name,
      {
        targetType: "ip",
        protocol: "HTTP",
        ...(args.route.protocol === "grpc" && { protocolVersion: "GRPC" }),
        port: args.port,
        vpcId: args.vpcId,
        deregistrationDelay: args.deregistrationSeconds,
        loadBalancingAlgorithmType: "least_outstanding_requests",
        healthCheck: {
          enabled: true,
          protocol: "HTTP",
          path: args.health.path,
          interval: args.health.intervalSeconds,
          timeout: args.health.timeoutSeconds,
          healthyThreshold: args.health.healthyThreshold,
          unhealthyThreshold: args.health.unhealthyThreshold,
          matcher: args.health.matcher,
        },
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createRule(
    name: string,
    args: ServiceRoutingArgs,
    listenerArn: pulumi.Input<string>,
    conditions: aws.types.input.lb.ListenerRuleCondition[],
  ): aws.lb.ListenerRule {
    return new aws.lb.ListenerRule(
      name,
      {
        listenerArn,
        priority: args.route.priority,
        conditions,
        actions: [
          {
            type: "forward",
            forward: {
              targetGroups: [
                { arn: this.blue.arn, weight: 1 },
                { arn: this.green.arn, weight: 0 },
              ],
            },
          },
        ],
        tags: args.tags,
      },
      { parent: this, ignoreChanges: ["actions"] },
    );
  }
}
