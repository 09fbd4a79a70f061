import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { FARGATE_PLATFORM } from "../../facts/fargate-sizes";
import { NOBODY_TO_ASK } from "../../functions/deployment-gate/checks";
import type { Arns } from "../../platform/arns";
import { linkEnvironment, linkStatements, type Link } from "../../platform/links";
import type { Names } from "../../platform/names";
import { placeTags, type Tags } from "../../platform/tags";
import { integrationChecks } from "../../schema/integration-checks";
import { routeOf, type ServiceConfig } from "../../schema/services";
import { runsNoTasks } from "../../schema/standing-by";
import type { MetricSource, TargetGroups } from "../alarm";
import type { ServicePlatform } from "../cluster";
import type { NamedKey } from "../function";
import { imageReference, ImageRepository, repositoryArn } from "../images";
import { containerDefinitions } from "./container-definitions";
import {
  deploymentConfiguration,
  gateDetails,
  type GateHook,
  startSettings,
} from "./deployment-settings";
import { ServiceAlarms } from "./service-alarms";
import { execRights, executionRights, tracingRights } from "./service-policies";
import { ServiceRoles } from "./service-roles";
import { ServiceRouting } from "./service-routing";
import { ServiceScaling } from "./service-scaling";
import { ServiceSecrets } from "./service-secrets";
import { summaryOf, type ServiceSummary } from "./service-summary";

export interface CrmServiceArgs {
  /** Key of the service in the stack file, such as `auth`; part of its names. */
  readonly service: string;
  readonly config: ServiceConfig;
  /**
   * Its region, where the stack takes another's place as a pilot light: each update then sets the number of tasks, scaled or not, as that
   * is how it gets its first ones. @default none
   */
  readonly standsIn?: string;
  readonly platform: ServicePlatform;
  readonly vpcId: pulumi.Input<string>;
  /** Subnets of the tasks; they get no public address. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly ecsSecurityGroupId: pulumi.Input<string>;
  /** Connections to the database that a task may open, as `DB_POOL_MAX`. @default none: it connects to none */
  readonly databasePool?: number;
  /** What the service may use, with the variables that say where it is. */
  readonly links: readonly Link[];
  /** The values set in `crm:secrets`, by name. */
  readonly secretValues: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Versions of what database and cache write, by variable; a raised one starts the tasks anew of the
   * services that have the variable. @default none
   */
  readonly secretVersions?: Readonly<Record<string, number>>;
  /** Key of the log group. */
  readonly logsKey: NamedKey;
  /** Key of the parameters. */
  readonly secretsKey: NamedKey;
  /** Topic, by ARN, that hears of alarms. */
  readonly alarmTopicArn: string;
  /** Folder or URL of the runbooks. */
  readonly runbooks: string;
  /** What tasks need to start: parameters that others write. @default nothing */
  readonly startAfter?: readonly pulumi.Resource[];
  /** Run before the ECS service is updated or created, such as a backup. @default none */
  readonly hooks?: pulumi.ResourceHookBinding;
  /** Whether Pulumi refuses to delete the image repository. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * One service: its image repository, roles, secrets, log, task definition, two target groups with their
 * rules, alarms and scaling. A new version starts beside the old one, is checked by the deployment gate and
 * then gets the traffic; an alarm in the bake time takes it back. While both run, tasks cost double. A service
 * without a route has no target groups, rules and alarms of its own: its tasks are replaced a few at a time.
 */
export class CrmService extends pulumi.ComponentResource {
  /** Physical name, such as `crm-auth-service`. */
  public readonly serviceName: string;
  public readonly logGroupName: string;
  /** The log group, for what reads it. */
  public readonly logGroup: pulumi.Resource;
  /** `arnSuffix` of both target groups, for alarms and dashboards; none without a route. */
  public readonly targetGroupArnSuffixes: TargetGroups;
  /** Whose metrics are its own. */
  public readonly metricSource: MetricSource;
  /** The alarms that take a deployment back. */
  public readonly alarmNames: readonly string[];
  /** Those of what customers feel. */
  public readonly customerAlarmNames: readonly string[];
  public readonly alarms: readonly pulumi.Resource[];
  public readonly taskDefinitionArn: pulumi.Output<string>;
  /** What runs; none while the bootstrap image does. */
  public readonly image: string | undefined;
  public readonly taskRoleName: string;
  /** URL of the image repository; none where another stack has it. */
  public readonly repositoryUrl: pulumi.Output<string> | undefined;
  public readonly summary: ServiceSummary;
  /** The ECS service, for what must come after it. */
  public readonly ecsService: aws.ecs.Service;
  /** The load balancer's rules that lead here: users' and the gate's. */
  public readonly listenerRules: readonly pulumi.Resource[];

  public constructor(name: string, args: CrmServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmService", name, {}, opts);

    const { config, names, arns } = args;
    this.serviceName = names.of(`${args.service}-service`, "service");
    this.logGroupName = `/ecs/${this.serviceName}`;
    const repositoryName = config.repository.name ?? names.of(args.service, "repository");
    this.image = config.image && imageReference(arns, repositoryName, config.image);
    this.warnOfWhatIsMissing(args);

    const repository = this.createRepository(name, args, repositoryName);
    const logGroup = this.createLogGroup(name, args);
    const secrets = new ServiceSecrets(
      name,
      {
        service: args.service,
        secrets: config.secrets,
        values: args.secretValues,
        versions: args.secretVersions,
        secretsKey: args.secretsKey,
        names,
        arns,
        tags: args.tags,
      },
      { parent: this },
    );
    const roles = new ServiceRoles(
      name,
      {
        service: args.service,
        execution: executionRights(arns, {
          logGroupName: this.logGroupName,
          repositoryArns: [
            this.image,
            config.tracing ? args.platform.collectorImage : undefined,
          ].flatMap((image) => (image && repositoryArn(image)) ?? []),
          parameterArns: Object.values(secrets.parameterArns),
          secretsKeyAlias: args.secretsKey.aliasName,
        }),
        task: [
          ...(config.tracing ? [tracingRights()] : []),
          ...(config.exec ? execRights(arns, args.platform.exec) : []),
          ...linkStatements(args.links),
        ],
        names,
        arns,
        tags: args.tags,
      },
      { parent: this },
    );
    const definition = this.createTaskDefinition(name, args, secrets, roles);
    const routing = this.createRouting(name, args);
    const alarms = routing && this.createAlarms(name, args, routing);
    this.ecsService = this.createService(name, args, definition, routing, alarms, [
      logGroup,
      ...roles.rights,
      ...secrets.parameters,
    ]);
    this.targetGroupArnSuffixes = routing?.arnSuffixes ?? [];
    this.listenerRules = routing?.rules ?? [];
    this.metricSource = {
      clusterName: args.platform.clusterName,
      serviceName: this.serviceName,
      targetGroups: this.targetGroupArnSuffixes,
      loadBalancer: args.platform.loadBalancerArnSuffix,
    };
    this.createScaling(name, args);

    this.logGroup = logGroup;
    this.alarmNames = alarms?.alarmNames ?? [];
    this.customerAlarmNames = alarms?.customerAlarmNames ?? [];
    this.alarms = alarms?.alarms ?? [];
    this.taskDefinitionArn = definition.arn;
    this.taskRoleName = roles.taskRoleName;
    this.repositoryUrl = repository?.url;
    this.summary = summaryOf(config, this.image);
    this.registerOutputs({
      summary: this.summary,
      serviceName: this.serviceName,
      logGroupName: this.logGroupName,
      targetGroupArnSuffixes: this.targetGroupArnSuffixes,
      loadBalancerArnSuffix: this.metricSource.loadBalancer,
      alarmNames: this.alarmNames,
      customerAlarmNames: this.customerAlarmNames,
      taskDefinitionArn: this.taskDefinitionArn,
      image: this.image,
      taskRoleName: this.taskRoleName,
      repositoryUrl: this.repositoryUrl,
    });
  }

  private warnOfWhatIsMissing({ service, config }: CrmServiceArgs): void {
    const key = `crm:services.${service}`;
    if (this.image === undefined) {
      void pulumi.log.warn(
        `${key}.image is not set: the ${service} service runs a bootstrap image that answers ` +
          "its health check and nothing else. Push an image to its repository and set its digest.",
        this,
      );
    } else if (
      config.deployment.strategy !== "rolling" &&
      integrationChecks(service, config).length === 0
    ) {
      void pulumi.log.warn(
        `${key}.deployment.checks has none: a new version that answers ${config.targetHealth.path} gets the traffic. ` +
          "Name what it must answer, or leave the setting out for a check of each route (docs/integration-checks.md).",
        this,
      );
    }
  }

  private createRepository(
    name: string,
    args: CrmServiceArgs,
    repositoryName: string,
  ): ImageRepository | undefined {
    if (!args.config.repository.create) {
      return undefined;
    }
    return new ImageRepository(
      name,
      {
        repositoryName,
        keyArn: args.platform.imagesKeyArn,
        lifecycle: args.platform.imageLifecycle,
        protect: args.protect,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createLogGroup(name: string, args: CrmServiceArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      name,
      {
        name: this.logGroupName,
        retentionInDays: args.config.logRetentionDays,
        kmsKeyId: args.logsKey.arn,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createTaskDefinition(
    name: string,
    args: CrmServiceArgs,
    secrets: ServiceSecrets,
    roles: ServiceRoles,
  ): aws.ecs.TaskDefinition {
    const { config } = args;
    return new aws.ecs.TaskDefinition(
      name,
      {
        family: args.names.of(args.service),
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: String(config.cpu),
        memory: String(config.memoryMiB),
        runtimePlatform: {
          operatingSystemFamily: "LINUX",
          cpuArchitecture: config.architecture,
        },
        executionRoleArn: roles.executionRoleArn,
        taskRoleArn: roles.taskRoleArn,
        containerDefinitions: containerDefinitions({
          config,
          containerName: containerName(args),
          image: this.image,
          collectorImage: args.platform.collectorImage,
          serviceName: this.serviceName,
          logGroupName: this.logGroupName,
          region: args.arns.region,
          linkEnvironment: linkEnvironment(args.links),
          databasePool: args.databasePool,
          secrets: secrets.parameterArns,
          secretVersions: secrets.versions,
        }),
        // Old revisions stay: a rollback needs one that is active.
        skipDestroy: true,
        trackLatest: false,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createRouting(name: string, args: CrmServiceArgs): ServiceRouting | undefined {
    const route = routeOf(args.config);
    if (route === undefined) return undefined;
    return new ServiceRouting(
      name,
      {
        service: args.service,
        port: route.port,
        route,
        health: args.config.targetHealth,
        deregistrationSeconds: args.config.deregistrationSeconds,
        vpcId: args.vpcId,
        listenerArn: args.platform.listenerArn,
        testListenerArn: args.platform.testListenerArn,
        originHeader: args.platform.originHeader,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createAlarms(name: string, args: CrmServiceArgs, routing: ServiceRouting): ServiceAlarms {
    return new ServiceAlarms(
      name,
      {
        service: args.service,
        settings: args.config.deployment.rollbackAlarms,
        targetGroups: routing.arnSuffixes,
        loadBalancer: args.platform.loadBalancerArnSuffix,
        alarmTopicArn: args.alarmTopicArn,
        runbooks: args.runbooks,
        names: args.names,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createService(
    name: string,
    args: CrmServiceArgs,
    definition: aws.ecs.TaskDefinition,
    routing: ServiceRouting | undefined,
    alarms: ServiceAlarms | undefined,
    prerequisites: readonly pulumi.Resource[],
  ): aws.ecs.Service {
    const { config, platform } = args;
    const { deployment } = config;
    const timeout = `${deployment.timeoutMinutes}m`;
    return new aws.ecs.Service(
      name,
      {
        name: this.serviceName,
        cluster: platform.clusterArn,
        taskDefinition: definition.arn,
        desiredCount: config.desiredCount,
        // A launch type would exclude Spot, and changing to or from one replaces the service.
        capacityProviderStrategies: (config.capacityProviders ?? platform.capacityProviders).map(
          ({ provider, weight, base }) => ({ capacityProvider: provider, weight, base }),
        ),
        platformVersion: FARGATE_PLATFORM.version,
        // The provider refuses a changed capacity provider strategy without it.
        forceNewDeployment: true,
        deploymentController: { type: "ECS" },
        deploymentConfiguration: deploymentConfiguration(deployment, this.gate(args)),
        ...startSettings(deployment),
        alarms: alarms && {
          enable: deployment.rollbackAlarms.enabled,
          rollback: deployment.rollbackAlarms.enabled,
          alarmNames: [...alarms.alarmNames],
        },
        loadBalancers: routing && [
          routing.forService(deployment, containerName(args), platform.trafficRoleArn),
        ],
        networkConfiguration: {
          subnets: args.privateSubnetIds,
          securityGroups: [args.ecsSecurityGroupId],
          assignPublicIp: false,
        },
        // The grace is the load balancer's; ECS refuses it of a service that has none.
        healthCheckGracePeriodSeconds: routing && config.healthGraceSeconds,
        enableExecuteCommand: config.exec,
        availabilityZoneRebalancing: "ENABLED",
        propagateTags: "SERVICE",
        enableEcsManagedTags: true,
        // A deployment that was taken back is a failed update, with ECS's reason.
        waitForSteadyState: true,
        tags: { ...args.tags, ...placeTags(args) },
      },
      {
        parent: this,
        // ECS moves the target groups, and scaling the count; a plan must not put them back.
        ignoreChanges:
          args.standsIn !== undefined ? ["loadBalancers"] : ["desiredCount", "loadBalancers"],
        dependsOn: [
          ...prerequisites,
          ...platform.prerequisites,
          ...(routing?.rules ?? []),
          ...(alarms?.alarms ?? []),
          ...(args.startAfter ?? []),
        ],
        customTimeouts: { create: timeout, update: timeout, delete: "30m" },
        hooks: args.hooks,
      },
    );
  }

  private gate({ service, config, platform }: CrmServiceArgs): GateHook<pulumi.Input<string>> {
    return {
      functionArn: platform.gateFunctionArn,
      roleArn: platform.hookRoleArn,
      details: runsNoTasks(config)
        ? JSON.stringify({ service, ...NOBODY_TO_ASK })
        : pulumi.jsonStringify({
            endpoint: platform.gateEndpoint,
            ...gateDetails(service, config, platform, this.image === undefined),
          }),
    };
  }

  private createScaling(name: string, args: CrmServiceArgs): void {
    new ServiceScaling(
      name,
      {
        service: args.service,
        clusterName: args.platform.clusterName,
        serviceName: this.serviceName,
        ecsService: this.ecsService,
        minCapacity: args.config.minCapacity,
        maxCapacity: args.config.maxCapacity,
        settings: args.config.scaling,
        source: this.metricSource,
        names: args.names,
        tags: args.tags,
      },
      { parent: this },
    );
  }
}

function containerName(args: CrmServiceArgs): string {
  return args.config.containerName ?? `${args.service}-service`;
}
