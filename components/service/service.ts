import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { FARGATE_PLATFORM } from "../../facts/fargate-sizes";
import { linkEnvironment } from "../../platform/links";
import { distinctStatements } from "../../platform/policy-documents";
import { placeTags } from "../../platform/tags";
import { taskBeforeVersion } from "../../schema/service-tasks";
import { routeOf } from "../../schema/services";
import type { MetricSource, TargetGroups } from "../alarm";
import type { WatchedFunction } from "../function";
import { imageReference, ImageRepository, repositoryArn } from "../images";
import { type ContainerDefinitionsArgs, containerName } from "./container-definitions";
import { deploymentInputs } from "./deployment-settings";
import { ScheduledTasks } from "./scheduled-tasks";
import { allLinks, startsAfter } from "./service-addition";
import { ServiceAlarms } from "./service-alarms";
import type { CrmServiceArgs } from "./service-args";
import { calledPort, serviceConnect } from "./service-connect";
import { execRights, executionRights, tracingRights } from "./service-policies";
import { ServiceRoles } from "./service-roles";
import { ServiceRouting } from "./service-routing";
import { ServiceScaling } from "./service-scaling";
import { ServiceSecrets } from "./service-secrets";
import { summaryOf, type ServiceSummary } from "./service-summary";
import { createTaskDefinition } from "./task-definition";
import { VersionTask } from "./version-task";
import { warnOfWhatIsMissing } from "./warnings";

/**
 * One service: its image repository, roles, secrets, log, task definition, two target groups with their
 * rules, alarms and scaling. A new version starts beside the old one, is checked by the deployment gate and
 * then gets the traffic; an alarm in the bake time rolls back. While both run, tasks cost double. A service
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
  /** Functions that its deployments call, for alarms. */
  public readonly functions: Readonly<Record<string, WatchedFunction>>;
  /** Families of the tasks that a clock starts. */
  public readonly taskFamilies: readonly string[];
  /** Queues of tasks that could not be started. */
  public readonly deadLetterQueueNames: readonly string[];
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
    const repositoryName = names.repository(args.service, config.repository.name);
    this.image = config.image && imageReference(arns, repositoryName, config.image);
    warnOfWhatIsMissing(this, args.service, config, this.image);

    const repository = this.createRepository(name, args, repositoryName);
    const logGroup = this.createLogGroup(name, args);
    const secrets = this.createSecrets(name, args);
    const roles = this.createRoles(name, args, secrets);
    const container = this.container(args, secrets);
    const definition = createTaskDefinition(
      name,
      { family: names.of(args.service), container, roles, tags: args.tags },
      this,
    );
    const routing = this.createRouting(name, args);
    const alarms = routing && this.createAlarms(name, args, routing);
    const first = this.createVersionTask(name, args, container, roles);
    this.functions = first === undefined ? {} : { [first.label]: first.watched };
    this.ecsService = this.createService(name, args, definition, routing, alarms, first?.hook, [
      ...(first?.parts ?? []),
      logGroup,
      ...roles.rights,
      ...secrets.parameters,
    ]);
    this.targetGroupArnSuffixes = routing?.arnSuffixes ?? [];
    this.listenerRules = routing?.rules ?? [];
    this.metricSource = this.metricSourceOf(args);
    this.createScaling(name, args);
    const tasks = this.createScheduledTasks(name, args, container, roles);

    this.logGroup = logGroup;
    this.alarmNames = alarms?.alarmNames ?? [];
    this.customerAlarmNames = alarms?.customerAlarmNames ?? [];
    this.alarms = alarms?.alarms ?? [];
    this.taskDefinitionArn = definition.arn;
    this.taskRoleName = roles.taskRoleName;
    this.repositoryUrl = repository?.url;
    this.taskFamilies = tasks?.families ?? [];
    this.deadLetterQueueNames = tasks === undefined ? [] : [tasks.deadLetterQueueName];
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

  private createRepository(
    name: string,
    args: CrmServiceArgs,
    repositoryName: string,
  ): ImageRepository | undefined {
    if (!args.config.repository.create) return undefined;
    return new ImageRepository(
      name,
      {
        repositoryName,
        keyArn: args.platform.imagesKeyArn,
        lifecycle: args.platform.imageLifecycle,
        imageTags: args.platform.imageTags,
        protect: args.protect,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private metricSourceOf({ platform }: CrmServiceArgs): MetricSource {
    return {
      clusterName: platform.clusterName,
      serviceName: this.serviceName,
      targetGroups: this.targetGroupArnSuffixes,
      loadBalancer: platform.loadBalancerArnSuffix,
    };
  }

  private createSecrets(name: string, args: CrmServiceArgs): ServiceSecrets {
    return new ServiceSecrets(
      name,
      {
        service: args.service,
        secrets: args.config.secrets,
        addedArns: args.addition?.parameterArns,
        values: args.secretValues,
        versions: { ...args.secretVersions, ...args.addition?.secretVersions },
        secretsKey: args.secretsKey,
        names: args.names,
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createRoles(name: string, args: CrmServiceArgs, secrets: ServiceSecrets): ServiceRoles {
    const { config, names, arns } = args;
    return new ServiceRoles(
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
        task: distinctStatements([
          ...(config.tracing ? [tracingRights()] : []),
          ...(config.exec ? execRights(arns, args.platform.exec) : []),
          ...allLinks(args).flatMap(({ statements }) => statements),
        ]),
        names,
        arns,
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

  private container(
    args: CrmServiceArgs,
    { parameterArns, versions }: ServiceSecrets,
  ): ContainerDefinitionsArgs {
    return {
      ...{ config: args.config, containerName: containerName(args), image: this.image },
      collectorImage: args.platform.collectorImage,
      serviceName: this.serviceName,
      logGroupName: this.logGroupName,
      region: args.arns.region,
      linkEnvironment: linkEnvironment(allLinks(args)),
      databasePool: args.databasePool,
      ...{ secrets: parameterArns, secretVersions: versions },
      ...{ calledPort: calledPort(args), connected: args.connection !== undefined },
      volumes: args.addition?.volumes,
    };
  }

  private createRouting(name: string, args: CrmServiceArgs): ServiceRouting | undefined {
    const route = routeOf(args.config);
    if (route === undefined) return undefined;
    return new ServiceRouting(
      name,
      {
        ...args,
        port: route.port,
        route,
        health: args.config.targetHealth,
        deregistrationSeconds: args.config.deregistrationSeconds,
        listenerArn: args.platform.listenerArn,
        testListenerArn: args.platform.testListenerArn,
        originHeader: args.platform.originHeader,
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
    first: VersionTask["hook"] | undefined,
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
        ...deploymentInputs(args, alarms, this.image === undefined, first),
        loadBalancers: routing && [
          routing.forService(deployment, containerName(args), platform.trafficRoleArn),
        ],
        networkConfiguration: {
          subnets: args.privateSubnetIds,
          securityGroups: [args.ecsSecurityGroupId],
          assignPublicIp: false,
        },
        serviceConnectConfiguration: serviceConnect(args, { ...this, region: args.arns.region }),
        // The grace is the load balancer's; ECS refuses it of a service that has none.
        healthCheckGracePeriodSeconds: routing && config.healthGraceSeconds,
        enableExecuteCommand: config.exec,
        availabilityZoneRebalancing: "ENABLED",
        propagateTags: "SERVICE",
        enableEcsManagedTags: true,
        // A deployment that was rolled back is a failed update, with ECS's reason.
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
          ...startsAfter(args),
        ],
        customTimeouts: { create: timeout, update: timeout, delete: "30m" },
        hooks: args.hooks,
      },
    );
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
        hours: args.platform.hours,
        settings: args.config.scaling,
        source: this.metricSource,
        names: args.names,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  /** The task that runs before a new version; not before there is a version. */
  private createVersionTask(
    name: string,
    args: CrmServiceArgs,
    container: ContainerDefinitionsArgs,
    roles: ServiceRoles,
  ): VersionTask | undefined {
    const { config, platform } = args;
    const [task, settings] = taskBeforeVersion(config.tasks) ?? [];
    if (task === undefined || settings === undefined || this.image === undefined) return undefined;
    return new VersionTask(
      `${name}-version-task`,
      { ...args, ...{ task, settings, container, roles, platform } },
      { parent: this },
    );
  }

  private createScheduledTasks(
    name: string,
    args: CrmServiceArgs,
    container: ContainerDefinitionsArgs,
    roles: ServiceRoles,
  ): ScheduledTasks | undefined {
    const scheduled = Object.entries(args.config.tasks).filter(([, { schedule }]) => schedule);
    if (scheduled.length === 0) return undefined;
    return new ScheduledTasks(
      `${name}-tasks`,
      {
        ...args,
        ...{ tasks: Object.fromEntries(scheduled), container, roles },
        clusterName: args.platform.clusterName,
        // Schedules do not run a version that was rolled back either.
        startAfter: [this.ecsService],
      },
      { parent: this },
    );
  }
}
