import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { mapped } from "../../platform/records";
import type { Tags } from "../../platform/tags";
import { type Alarm, type AlarmSpec, blockedRequestsMetric, createAlarm } from "../alarm";
import type { WatchedFunction } from "../function";
import {
  edgeAlarms,
  firewallAlarm,
  loadBalancerAlarms,
  zoneSigningAlarms,
} from "./alarms/balancer";
import { cacheAlarms, databaseAlarms, replicationAlarms } from "./alarms/data";
import { ownAlarm } from "./alarms/own";
import {
  deadLetterAlarms,
  eventRuleAlarm,
  functionAlarms,
  natGatewayAlarms,
  queueAlarms,
  serviceAlarms,
  taskEventAlarms,
} from "./alarms/work";
import { createCustomersAlarm } from "./customers-alarm";
import { createDashboard } from "./dashboard";
import { EdgeAlarmTopic } from "./edge-alarm-topic";
import { EventAlerts } from "./event-alerts";
import { logQueries } from "./log-queries";
import { createMetricFilters } from "./metric-filters";
import type { CrmObservabilityArgs } from "./observability-args";
import { createQuietHours } from "./quiet-hours";
import { TaskEvents } from "./task-events";
import { Tracing } from "./tracing";

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
