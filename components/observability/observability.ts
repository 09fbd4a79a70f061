import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { mapped } from "../../platform/records";
import type { Tags } from "../../platform/tags";
import type { Hours } from "../../schema/hours";
import type { ObservabilityConfig } from "../../schema/observability";
import {
  type Alarm,
  type AlarmSpec,
  blockedRequestsMetric,
  createAlarm,
  type Id,
  type ReplicationRule,
  type TargetGroups,
} from "../alarm";
import type { WatchedFunction } from "../function";
import {
  edgeAlarms,
  firewallAlarm,
  loadBalancerAlarms,
  zoneSigningAlarms,
} from "./alarms/balancer";
import {
  cacheAlarms,
  databaseAlarms,
  replicationAlarms,
  type WatchedInstance,
} from "./alarms/data";
import { ownAlarm } from "./alarms/own";
import {
  deadLetterAlarms,
  eventRuleAlarm,
  functionAlarms,
  natGatewayAlarms,
  queueAlarms,
  serviceAlarms,
  taskEventAlarms,
  type WatchedTasks,
} from "./alarms/work";
import { createCustomersAlarm, type CustomerService } from "./customers-alarm";
import { createDashboard } from "./dashboard";
import { EdgeAlarmTopic } from "./edge-alarm-topic";
import { EventAlerts } from "./event-alerts";
import { logQueries } from "./log-queries";
import { createMetricFilters, type LoggingService } from "./metric-filters";
import { createQuietHours } from "./quiet-hours";
import { TaskEvents } from "./task-events";
import { Tracing } from "./tracing";

/** A service as it is watched; a CrmService is one. */
export interface WatchedService extends WatchedTasks, LoggingService, CustomerService {
  readonly serviceName: string;
  readonly targetGroupArnSuffixes: TargetGroups;
  /** Families of its tasks that a clock starts. @default none */
  readonly taskFamilies?: readonly string[];
  /** Queues of tasks that could not be started. @default none */
  readonly deadLetterQueueNames?: readonly string[];
  /** Functions that its deployments call. @default none */
  readonly functions?: Readonly<Record<string, WatchedFunction>>;
  /** Its rollback alarms: errors, latency and health over both colours. */
  readonly alarmNames: readonly string[];
}

export interface CrmObservabilityArgs {
  /** The section of the stack's configuration: `crm:observability`. */
  readonly config: ObservabilityConfig;
  /** Topic, by ARN, that alarms and EventBridge publish to. */
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly clusterName: string;
  /** `arnSuffix`. */
  readonly loadBalancerArnSuffix: Id;
  readonly services: Readonly<Record<string, WatchedService>>;
  /** Primary first. */
  readonly databases: readonly WatchedInstance[];
  readonly databaseLogGroupNames: readonly string[];
  /** Nodes of the cache, and the cluster that they are of. @default none: there is no cache */
  readonly cacheNodes?: readonly string[];
  readonly cacheCluster?: pulumi.Resource;
  /** Queues by their key in the stack file. */
  readonly queues: Readonly<Record<string, { readonly name: string }>>;
  /** Besides those of services. */
  readonly deadLetterQueueNames: readonly string[];
  /** Functions by key, the platform's own among them; besides those of services. */
  readonly functions: Readonly<Record<string, WatchedFunction>>;
  /** As many ids as there are gateways. */
  readonly natGatewayIds: readonly Id[];
  /** None in a VPC whose flow logs are another owner's. */
  readonly flowLogGroupName: string | undefined;
  /** Ids of the distributions by name. @default none, as in a recovery stack */
  readonly distributions?: Readonly<Record<string, Id>>;
  /** Route 53's check of the primary region. @default none */
  readonly healthCheckId?: Id;
  /** Web ACLs of the distributions and of the load balancer, by name. @default none */
  readonly firewalls?: { readonly edge?: string; readonly loadBalancer?: string };
  /** Hosted zone that is signed (DNSSEC). @default none */
  readonly signedZoneId?: Id;
  /** Backup vaults of the stack, by name. @default none */
  readonly backupVaultNames?: readonly string[];
  /** Rules that copy buckets to another region, by the bucket's key. @default none */
  readonly replications?: Readonly<Record<string, ReplicationRule>>;
  /** When services run; at other times alarms that need tasks are muted. @default always */
  readonly hours?: Hours;
  /** Key of the log group and, where the stack sets it, of the account's traces. */
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  readonly keyDeletionWindowDays: number;
  /** Whether Pulumi refuses to delete a key. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * Alerting and dashboards: alarms with runbooks, one alarm for "customers are
 * affected", events of backups, storage and tasks, the application's metrics, a dashboard, saved queries and
 * the rules of tracing. Costs by the month for each metric that an alarm looks at.
 */
export class CrmObservability extends pulumi.ComponentResource {
  /** Names of all alarms of this component, the composite one last. */
  public readonly alarmNames: readonly string[];
  /** The alarm that says that customers are affected. */
  public readonly customersAlarmName: string;
  public readonly dashboardName: string;
  public readonly taskEventsLogGroupName: string;

  private readonly alarmTags: Tags;
  /** They are where the edge reports to. */
  private readonly edgeAlarmNames: readonly string[];

  public constructor(
    private readonly name: string,
    private readonly args: CrmObservabilityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmObservability", name, {}, opts);

    this.alarmTags = args.tags;
    const events = this.createTaskEvents();
    const rules = [...this.createEventAlerts().ruleNames, ...events.ruleNames];
    const alarms = this.stackAlarms(events, rules).map((spec) => this.createAlarm(spec));
    const edge = this.createEdgeAlarms();
    this.edgeAlarmNames = edge.map(({ alarmName }) => alarmName);
    this.customersAlarmName = createCustomersAlarm(name, args, [...alarms, ...edge], {
      parent: this,
    });
    this.alarmNames = [
      ...[...alarms, ...edge].map(({ alarmName }) => alarmName),
      this.customersAlarmName,
    ];
    const { customersAlarmName } = this;
    createQuietHours(name, { ...args, alarms, edge, customersAlarmName }, { parent: this });
    createMetricFilters(name, args.config, args.services, { parent: this });
    this.dashboardName = args.names.environment("overview");
    this.createDashboard(events);
    this.createQueries(events);
    new Tracing(
      `${name}-tracing`,
      {
        config: args.config.tracing,
        keyArn: args.logsKey.arn,
        names: args.names,
        tags: args.tags,
      },
      { parent: this },
    );
    this.taskEventsLogGroupName = events.logGroupName;
    this.registerOutputs({
      alarmNames: this.alarmNames,
      customersAlarmName: this.customersAlarmName,
      dashboardName: this.dashboardName,
      taskEventsLogGroupName: this.taskEventsLogGroupName,
    });
  }

  private createTaskEvents(): TaskEvents {
    const { config, clusterName, logsKey, names, arns, tags } = this.args;
    return new TaskEvents(
      `${this.name}-task-events`,
      {
        clusterName,
        namespace: `${config.metricNamespace}/Platform`,
        retentionDays: config.eventLogRetentionDays,
        logsKey,
        names,
        arns,
        tags,
      },
      { parent: this },
    );
  }

  private createEventAlerts(): EventAlerts {
    const { config, alarmTopicArn, databases, backupVaultNames, clusterName } = this.args;
    const { services, names, arns, tags } = this.args;
    return new EventAlerts(
      `${this.name}-events`,
      {
        backupVaultNames: backupVaultNames ?? [],
        databaseIdentifiers: databases.map(({ identifier }) => identifier),
        clusterName,
        taskFamilies: Object.values(services).flatMap(({ taskFamilies = [] }) => taskFamilies),
        topicArn: alarmTopicArn,
        runbooks: config.runbooks,
        names,
        arns,
        tags,
      },
      { parent: this },
    );
  }

  /** The alarms in the stack's region. */
  private stackAlarms(events: TaskEvents, rules: readonly string[]): AlarmSpec[] {
    const { args } = this;
    const { config } = args;
    const perKey = <T>(
      items: Readonly<Record<string, T>>,
      make: (key: string, item: T) => AlarmSpec[],
    ) => Object.entries(items).flatMap(([key, item]) => make(key, item));
    return [
      ...loadBalancerAlarms(config.loadBalancer, args.loadBalancerArnSuffix, this.ecsServices()),
      ...(args.firewalls?.loadBalancer === undefined
        ? []
        : [
            firewallAlarm(
              config.edge,
              "load-balancer",
              blockedRequestsMetric(args.firewalls.loadBalancer, args.arns.region),
            ),
          ]),
      ...perKey(this.metricSources(), (key, source) =>
        serviceAlarms(config.services, key, source, args.services[key]!),
      ),
      ...taskEventAlarms(config.services, events.counts),
      ...args.databases.flatMap((instance) => databaseAlarms(config.database, instance)),
      ...(args.cacheCluster === undefined
        ? []
        : cacheAlarms(config.cache, args.cacheNodes ?? [], args.cacheCluster)),
      ...perKey(args.replications ?? {}, replicationAlarms),
      ...perKey(args.queues, (key, queue) => queueAlarms(config.messaging, key, queue.name)),
      ...this.deadLetterQueueNames().flatMap((queue) =>
        deadLetterAlarms(config.messaging, this.withoutPrefix(queue), queue),
      ),
      ...perKey(this.functions(), (key, fn) => functionAlarms(config.messaging, key, fn)),
      ...natGatewayAlarms(args.natGatewayIds),
      ...rules.map((rule) => eventRuleAlarm(this.withoutPrefix(rule), rule)),
      ...Object.entries(config.alarms).map(([name, alarm]) => ownAlarm(name, alarm)),
    ];
  }

  private deadLetterQueueNames(): string[] {
    const { services, deadLetterQueueNames } = this.args;
    return [
      ...deadLetterQueueNames,
      ...Object.values(services).flatMap((service) => service.deadLetterQueueNames ?? []),
    ];
  }

  private functions(): Readonly<Record<string, WatchedFunction>> {
    const ofServices = Object.values(this.args.services).flatMap(({ functions = {} }) =>
      Object.entries(functions),
    );
    return { ...this.args.functions, ...Object.fromEntries(ofServices) };
  }

  private ecsServices(): pulumi.Resource[] {
    return Object.values(this.args.services).map(({ ecsService }) => ecsService);
  }

  private withoutPrefix(physicalName: string): string {
    const start = `${this.args.names.prefix}-`;
    return physicalName.startsWith(start) ? physicalName.slice(start.length) : physicalName;
  }

  private createAlarm(spec: AlarmSpec): Alarm {
    const { config, alarmTopicArn, names } = this.args;
    return createAlarm(
      {
        name: this.name,
        topicArn: alarmTopicArn,
        runbooks: config.runbooks,
        names,
        tags: this.alarmTags,
      },
      spec,
      { parent: this },
    );
  }

  /** The edge reports to us-east-1: a stack elsewhere has these alarms and a topic for them there. */
  private createEdgeAlarms(): Alarm[] {
    const { args } = this;
    const { config, names, arns } = args;
    const { firewalls, signedZoneId } = args;
    const specs = [
      ...edgeAlarms(config.edge, args.distributions ?? {}, args.healthCheckId, this.ecsServices()),
      ...(firewalls?.edge === undefined
        ? []
        : [
            firewallAlarm(config.edge, "edge", blockedRequestsMetric(firewalls.edge, "CLOUDFRONT")),
          ]),
      ...(signedZoneId === undefined ? [] : zoneSigningAlarms(signedZoneId)),
    ];
    if (specs.length === 0 || arns.region === CLOUDFRONT_REGION) {
      return specs.map((spec) => this.createAlarm(spec));
    }
    const topic = new EdgeAlarmTopic(
      `${this.name}-edge`,
      {
        mailboxes: config.edge.mailboxes,
        keyDeletionWindowDays: args.keyDeletionWindowDays,
        protect: args.protect,
        names,
        arns,
        tags: args.tags,
      },
      { parent: this },
    );
    const scope = {
      name: this.name,
      topicArn: topic.topicArn,
      runbooks: config.runbooks,
      region: CLOUDFRONT_REGION,
      names,
      tags: this.alarmTags,
    };
    return specs.map((spec) => createAlarm(scope, spec, { parent: this, dependsOn: [topic] }));
  }

  private createDashboard(events: TaskEvents): void {
    const { args } = this;
    const [primary, ...replicas] = args.databases;
    createDashboard(
      `${this.name}-overview`,
      {
        dashboardName: this.dashboardName,
        region: args.arns.region,
        sources: {
          title: `CRM ${args.names.environment()}`,
          runbooks: args.config.runbooks,
          alarmArns: [
            this.customersAlarmName,
            ...Object.values(args.services).flatMap(({ alarmNames }) => alarmNames),
            ...this.alarmNames.filter((alarm) => alarm !== this.customersAlarmName),
          ].map((alarm) =>
            args.arns
              .inRegion(this.edgeAlarmNames.includes(alarm) ? CLOUDFRONT_REGION : args.arns.region)
              .alarm(alarm),
          ),
          loadBalancer: args.loadBalancerArnSuffix,
          services: this.metricSources(),
          distributions: args.distributions ?? {},
          databases: {
            ...(primary && { primary: primary.identifier }),
            ...(replicas[0] && { replica: replicas[0].identifier }),
          },
          cacheNodes: args.cacheNodes ?? [],
          queues: mapped(args.queues, ({ name }) => name),
          deadLetterQueues: this.deadLetterQueueNames(),
          functions: mapped(this.functions(), ({ name }) => name),
          natGateways: args.natGatewayIds,
          taskEvents: events.counts,
          metricNamespace: args.config.metricNamespace,
          customMetrics: args.config.customMetrics,
        },
      },
      { parent: this },
    );
  }

  private metricSources() {
    const { services, clusterName, loadBalancerArnSuffix } = this.args;
    return mapped(services, (service) => ({
      clusterName,
      serviceName: service.serviceName,
      targetGroups: service.targetGroupArnSuffixes,
      loadBalancer: loadBalancerArnSuffix,
      logGroupName: service.logGroupName,
    }));
  }

  private createQueries(events: TaskEvents): void {
    const { args } = this;
    const queries = logQueries({
      services: Object.values(args.services).map(({ logGroupName }) => logGroupName),
      functions: Object.values(this.functions()).map(({ logGroupName }) => logGroupName),
      database: args.databaseLogGroupNames,
      taskEvents: events.logGroupName,
      flowLogs: args.flowLogGroupName === undefined ? [] : [args.flowLogGroupName],
    });
    for (const query of queries) {
      new aws.cloudwatch.QueryDefinition(
        `${this.name}-${query.name}`,
        {
          // A slash makes a folder in the console.
          name: `${args.names.prefix}/${query.name}`,
          logGroupNames: [...query.logGroupNames],
          queryString: query.query,
        },
        { parent: this, dependsOn: [events.logGroup] },
      );
    }
  }
}
