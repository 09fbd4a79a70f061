import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { COLLECTOR } from "../../platform/image-lifecycle";
import { EncryptionKey } from "../encryption-key";
import type { WatchedFunction } from "../function";
import { imageReference, ImageRepository } from "../images";
import type { CrmClusterArgs, ServicePlatform } from "./cluster-args";
import { DeploymentGate } from "./deployment-gate";
import { DeploymentRoles } from "./deployment-roles";
import { ImageReplication } from "./image-replication";

/** Whether there is no certificate: then the load balancer is internal and CloudFront, its only client, speaks HTTP. */
function isPlain({ certificateArn }: Pick<CrmClusterArgs, "certificateArn">): boolean {
  return certificateArn === undefined;
}

/**
 * The ECS cluster with its capacity providers and audited ECS Exec; the load balancer with
 * its listeners, among them the test listener behind the deployment gate; the roles with which ECS deploys.
 * The load balancer and the gate's internal one are billed by the hour and by traffic.
 */
export class CrmCluster extends pulumi.ComponentResource {
  public readonly clusterArn: pulumi.Output<string>;
  public readonly clusterName: string;
  public readonly loadBalancerArn: pulumi.Output<string>;
  public readonly loadBalancerArnSuffix: pulumi.Output<string>;
  /** The load balancer as DNS and CloudFront see it: its name, the hosted zone of its own, and where requests come in. */
  public readonly loadBalancer: Readonly<
    Record<"arn" | "dnsName" | "zoneId", pulumi.Output<string>>
  > & {
    readonly listener: pulumi.Resource;
  };
  public readonly listenerArn: pulumi.Output<string>;
  public readonly testListenerArn: pulumi.Output<string>;
  public readonly execLogGroupName: string;
  /** The deployment gate's function, for alarms. */
  public readonly functions: Readonly<Record<"deployment-gate", WatchedFunction>>;
  /** The cluster and its load balancer, for alarms. */
  public readonly watched: {
    readonly clusterName: string;
    readonly loadBalancerArnSuffix: pulumi.Output<string>;
  };
  /** What CrmService takes. */
  public readonly platform: ServicePlatform;

  public constructor(name: string, args: CrmClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmCluster", name, {}, opts);

    this.clusterName = args.config.name ?? args.names.environment();
    this.execLogGroupName = `/ecs/exec/${this.clusterName}`;
    const { cluster, capacity } = this.createCluster(name, args);
    const balancer = this.createLoadBalancer(name, args);
    const { listener, testListener } = this.createListeners(name, args, balancer);
    this.associateWebAcl(name, args, balancer);
    const gate = this.createGate(name, args, balancer, testListener);
    const { names, arns, tags } = args;
    const roles = new DeploymentRoles(
      name,
      { gateFunctionArn: gate.functionArn, names, arns, tags },
      { parent: this },
    );
    const imagesKey = this.createImagesKey(name, args);
    this.replicateImages(name, args);
    const collectorImage = this.collectorImage(name, args, imagesKey);

    this.functions = { "deployment-gate": gate.watched };
    this.clusterArn = cluster.arn;
    this.loadBalancerArn = balancer.arn;
    this.loadBalancerArnSuffix = balancer.arnSuffix;
    const { arn, dnsName, zoneId } = balancer;
    this.loadBalancer = { arn, dnsName, zoneId, listener };
    this.listenerArn = listener.arn;
    this.testListenerArn = testListener.arn;
    this.watched = {
      clusterName: this.clusterName,
      loadBalancerArnSuffix: this.loadBalancerArnSuffix,
    };
    this.platform = this.platformFor(args, {
      ...{ cluster, balancer, listener, testListener, gate, roles, imagesKey, collectorImage },
      prerequisites: [capacity, ...roles.rights, ...gate.parts],
    });
    this.registerOutputs({
      clusterArn: this.clusterArn,
      clusterName: this.clusterName,
      loadBalancerArn: this.loadBalancerArn,
      loadBalancerArnSuffix: this.loadBalancerArnSuffix,
      loadBalancerDnsName: balancer.dnsName,
      loadBalancerZoneId: balancer.zoneId,
      listenerArn: this.listenerArn,
      testListenerArn: this.testListenerArn,
      execLogGroupName: this.execLogGroupName,
    });
  }

  private platformFor(
    args: CrmClusterArgs,
    made: {
      readonly cluster: aws.ecs.Cluster;
      readonly balancer: aws.lb.LoadBalancer;
      readonly listener: aws.lb.Listener;
      readonly testListener: aws.lb.Listener;
      readonly gate: DeploymentGate;
      readonly roles: DeploymentRoles;
      readonly imagesKey: EncryptionKey;
      readonly collectorImage: string | undefined;
      readonly prerequisites: readonly pulumi.Resource[];
    },
  ): ServicePlatform {
    return {
      clusterArn: made.cluster.arn,
      clusterName: this.clusterName,
      capacityProviders: args.config.capacityProviders,
      hours: args.config.hours,
      listenerArn: made.listener.arn,
      testListenerArn: made.testListener.arn,
      loadBalancerArnSuffix: made.balancer.arnSuffix,
      originHeader: args.originHeader,
      trafficRoleArn: made.roles.trafficRoleArn,
      hookRoleArn: made.roles.hookRoleArn,
      hookRoleName: made.roles.hookRoleName,
      gateFunctionArn: made.gate.functionArn,
      gateEndpoint: made.gate.endpoint,
      gate: args.config.gate,
      plain: isPlain(args),
      host: args.host,
      imagesKeyArn: made.imagesKey.arn,
      collectorImage: made.collectorImage,
      imageLifecycle: args.config.imageLifecycle,
      imageTags: args.config.imageTags,
      exec: { logGroupName: this.execLogGroupName, keyAlias: args.logsKey.aliasName },
      prerequisites: made.prerequisites,
    };
  }

  private createCluster(name: string, args: CrmClusterArgs) {
    const execLog = new aws.cloudwatch.LogGroup(
      `${name}-exec`,
      {
        name: this.execLogGroupName,
        retentionInDays: args.config.execLogRetentionDays,
        kmsKeyId: args.logsKey.arn,
        tags: args.tags,
      },
      { parent: this },
    );
    const cluster = new aws.ecs.Cluster(
      name,
      {
        name: this.clusterName,
        settings: [{ name: "containerInsights", value: args.config.containerInsights }],
        configuration: {
          executeCommandConfiguration: {
            kmsKeyId: args.logsKey.arn,
            logging: "OVERRIDE",
            logConfiguration: {
              cloudWatchEncryptionEnabled: true,
              cloudWatchLogGroupName: this.execLogGroupName,
            },
          },
        },
        tags: args.tags,
      },
      { parent: this, dependsOn: [execLog] },
    );
    const capacity = new aws.ecs.ClusterCapacityProviders(
      name,
      {
        clusterName: cluster.name,
        capacityProviders: args.config.capacityProviders.map((entry) => entry.provider),
        defaultCapacityProviderStrategies: args.config.capacityProviders.map((entry) => ({
          capacityProvider: entry.provider,
          weight: entry.weight,
          base: entry.base,
        })),
      },
      { parent: this },
    );
    return { cluster, capacity };
  }

  private createLoadBalancer(name: string, args: CrmClusterArgs): aws.lb.LoadBalancer {
    const { loadBalancer } = args.config;
    return new aws.lb.LoadBalancer(
      name,
      {
        name: args.names.environment("alb", "loadBalancer"),
        internal: isPlain(args),
        loadBalancerType: "application",
        ipAddressType: loadBalancer.ipAddressType,
        subnets: isPlain(args) ? args.privateSubnetIds : args.publicSubnetIds,
        securityGroups: [args.albSecurityGroupId],
        idleTimeout: loadBalancer.idleTimeoutSeconds,
        enableDeletionProtection: loadBalancer.deletionProtection,
        enableZonalShift: loadBalancer.zonalShift,
        enableHttp2: true,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "defensive",
        enableWafFailOpen: false,
        accessLogs: {
          enabled: true,
          bucket: args.accessLogsBucket,
          prefix: loadBalancer.accessLogsPrefix,
        },
        tags: { ...args.tags, Name: args.names.environment("alb", "loadBalancer") },
      },
      { parent: this, dependsOn: [...(args.startAfter ?? [])] },
    );
  }

  /**
   * The services' rules forward requests; this action refuses those that no rule matches. No default action
   * forwards: ECS moves a service's weights on its rules only, and a default action with target groups
   * would go on sending users to a version that is gone.
   */
  private createListeners(name: string, args: CrmClusterArgs, balancer: aws.lb.LoadBalancer) {
    const refusal = (statusCode: string, messageBody: string) => ({
      type: "fixed-response",
      fixedResponse: { contentType: "text/plain", statusCode, messageBody },
    });
    const plain = isPlain(args);
    const serving = (port: number, refused: ReturnType<typeof refusal>) => ({
      loadBalancerArn: balancer.arn,
      port,
      ...(plain
        ? { protocol: "HTTP" }
        : {
            protocol: "HTTPS",
            sslPolicy: args.config.loadBalancer.sslPolicy,
            certificateArn: args.certificateArn,
          }),
      defaultActions: [refused],
      tags: args.tags,
    });
    const notFound = refusal("404", "Not found");
    const opts = { parent: this };
    const listener = new aws.lb.Listener(
      plain ? `${name}-http` : `${name}-https`,
      serving(
        plain ? 80 : 443,
        args.originHeader === undefined ? notFound : refusal("403", "Forbidden"),
      ),
      opts,
    );
    const testListener = new aws.lb.Listener(
      `${name}-test`,
      serving(args.config.gate.testPort, notFound),
      opts,
    );
    if (plain) return { listener, testListener };
    new aws.lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn: balancer.arn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [
          {
            type: "redirect",
            redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
          },
        ],
        tags: args.tags,
      },
      opts,
    );
    return { listener, testListener };
  }

  private associateWebAcl(name: string, args: CrmClusterArgs, balancer: aws.lb.LoadBalancer): void {
    if (args.webAclArn !== undefined) {
      new aws.wafv2.WebAclAssociation(
        name,
        { resourceArn: balancer.arn, webAclArn: args.webAclArn },
        // Deleted by the load balancer's ARN: after the new one, the old one's deletion would remove it.
        { parent: this, deleteBeforeReplace: true },
      );
    }
  }

  private createGate(
    name: string,
    args: CrmClusterArgs,
    balancer: aws.lb.LoadBalancer,
    testListener: aws.lb.Listener,
  ): DeploymentGate {
    const { gate, loadBalancer } = args.config;
    return new DeploymentGate(
      `${name}-gate`,
      {
        testPort: gate.testPort,
        totalSeconds: gate.totalSeconds,
        logRetentionDays: gate.logRetentionDays,
        vpcId: args.vpcId,
        privateSubnetIds: args.privateSubnetIds,
        loadBalancerArn: balancer.arn,
        loadBalancerSecurityGroupId: args.albSecurityGroupId,
        testListener,
        plain: isPlain(args),
        deletionProtection: loadBalancer.deletionProtection,
        logsKey: args.logsKey,
        names: args.names,
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createImagesKey(name: string, args: CrmClusterArgs): EncryptionKey {
    return new EncryptionKey(
      `${name}-images`,
      {
        alias: args.names.keyAlias("images"),
        description: "Encrypts the image repositories",
        deletionWindowDays: args.keyDeletionWindowDays,
        protect: args.protect,
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  /** The collector's image in the stack's repository, which is copied with the services'; undefined before it exists. */
  private collectorImage(
    name: string,
    args: CrmClusterArgs,
    key: EncryptionKey,
  ): string | undefined {
    const { collector, imageLifecycle } = args.config;
    if (collector === undefined) return undefined;
    const { create, name: given } = collector.repository;
    const repositoryName = args.names.repository(COLLECTOR, given);
    if (create) {
      new ImageRepository(
        `${name}-collector`,
        {
          repositoryName,
          keyArn: key.arn,
          lifecycle: imageLifecycle,
          imageTags: args.config.imageTags,
          protect: args.protect,
          tags: args.tags,
        },
        { parent: this },
      );
    }
    return collector.image && imageReference(args.arns, repositoryName, collector.image);
  }

  private replicateImages(name: string, args: CrmClusterArgs): void {
    const { imageReplication } = args.config;
    if (imageReplication !== undefined) {
      new ImageReplication(
        `${name}-images`,
        {
          region: imageReplication.region,
          prefix: `${args.names.prefix}-`,
          lifecycle: args.config.imageLifecycle,
          imageTags: args.config.imageTags,
          arns: args.arns,
        },
        { parent: this },
      );
    }
  }
}
