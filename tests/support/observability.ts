/** Observability with a stack's worth of resources, for tests. */
import * as aws from "@pulumi/aws";

import { CrmObservability } from "../../components/observability/observability";
import type { CrmObservabilityArgs } from "../../components/observability/observability-args";
import { observabilitySchema } from "../../schema/observability";
import { LOGS_KEY } from "./compute";
import { arns, names, tags } from "./fixtures";
import { record, type Recording } from "./mocks";

export const LOAD_BALANCER = "app/crm-production-alb/1";
export const SERVICES = ["auth", "core", "social", "analytics"] as const;
export const QUEUES = ["email-notifications", "social-processing"] as const;
export const NODES = ["crm-redis-cluster-0001-001", "crm-redis-cluster-0001-002"];

/** What index.ts hands over, with plain values. */
export function observabilityArgs(
  change: Partial<CrmObservabilityArgs> = {},
  config: Record<string, unknown> = {},
): CrmObservabilityArgs {
  return {
    config: observabilitySchema.parse(config),
    alarmTopicArn: arns.topic("crm-alert-notifications"),
    clusterName: "crm-production",
    loadBalancerArnSuffix: LOAD_BALANCER,
    services: change.services ?? servicesOf(SERVICES),
    databases: change.databases ?? [
      instance("crm-production-primary", false),
      instance("crm-production-analytics-replica", true),
    ],
    databaseLogGroupNames: ["/aws/rds/instance/crm-production-primary/postgresql"],
    cacheNodes: NODES,
    cacheCluster:
      change.cacheCluster ??
      new aws.elasticache.ReplicationGroup("redis", { description: "sessions" }),
    replications: {
      "user-uploads": {
        source: "crm-user-uploads-prod",
        destination: "crm-user-uploads-backup-west",
        ruleId: "all-objects",
      },
    },
    queues: Object.fromEntries(QUEUES.map((queue) => [queue, { name: `crm-${queue}` }])),
    deadLetterQueueNames: ["crm-dlq-email", "crm-dlq-social-processor"],
    functions: {
      "social-data-processor": {
        name: "crm-social-data-processor",
        timeoutSeconds: 300,
        logGroupName: "/aws/lambda/crm-social-data-processor",
      },
    },
    natGatewayIds: ["nat-1", "nat-2", "nat-3"],
    flowLogGroupName: "/vpc/crm-flow-logs",
    distributions: { app: "EAPP", api: "EAPI" },
    healthCheckId: change.healthCheckId ?? healthCheck(),
    firewalls: { edge: "crm-edge", loadBalancer: "crm-load-balancer" },
    signedZoneId: "Z0ZONE",
    backupVaultNames: ["crm-backups"],
    logsKey: LOGS_KEY,
    keyDeletionWindowDays: 30,
    protect: true,
    names,
    arns,
    tags: tags("observability"),
    ...change,
  };
}

/** Services as observability watches them. */
export function servicesOf(all: readonly string[]): CrmObservabilityArgs["services"] {
  return Object.fromEntries(
    all.map((service) => [
      service,
      {
        serviceName: `crm-${service}-service`,
        logGroupName: `/ecs/crm-${service}-service`,
        logGroup: new aws.cloudwatch.LogGroup(`${service}-logs`),
        targetGroupArnSuffixes: [`targetgroup/${service}-blue/1`, `targetgroup/${service}-green/1`],
        alarmNames: ["errors", "latency", "unhealthy"].map((p) => `crm-${service}-service-${p}`),
        customerAlarmNames: ["errors", "latency"].map((p) => `crm-${service}-service-${p}`),
        alarms: [],
        ecsService: new aws.ecs.Service(`${service}-service`),
        summary: { minCapacity: 2, maxCapacity: 10 },
      },
    ]),
  );
}

function instance(identifier: string, replica: boolean) {
  const instanceClass = "db.r6g.large";
  const resource = new aws.rds.Instance(identifier, { instanceClass });
  return { identifier, instanceClass, allocatedStorage: 500, replica, resource };
}

function healthCheck() {
  return new aws.route53.HealthCheck("check", { type: "HTTPS", fqdn: "api.example.com" }).id;
}

/** Observability of so many services; they are made inside the program. */
export function planManyServices(count: number): Promise<Recording> {
  const all = Array.from({ length: count }, (_, index) => `service-${index + 1}`);
  return record(
    () =>
      new CrmObservability("crm-observability", observabilityArgs({ services: servicesOf(all) })),
    { preview: true },
  );
}

export function planObservability(
  change: Partial<CrmObservabilityArgs> = {},
  config: Record<string, unknown> = {},
): Promise<Recording> {
  return record(
    () => new CrmObservability("crm-observability", observabilityArgs(change, config)),
    { preview: true },
  );
}
