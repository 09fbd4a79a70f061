/** The shipped shape of `crm:eventing`, as the schema reads it, for tests. */
import * as pulumi from "@pulumi/pulumi";

import { CrmEventing } from "../../components/eventing";
import type { AdoptedBucket } from "../../platform/link-resolver";
import { mapped } from "../../platform/records";
import { eventingSchema, type EventingConfig } from "../../schema/eventing";
import { ACCOUNT_ID, arns, names, tags } from "./fixtures";
import { record, type Recording, type RecordOptions } from "./mocks";

/** What a stack file holds: the document's queues, topics and functions. */
export function eventingInput(): Record<string, any> {
  return {
    timeZone: "America/New_York",
    protect: true,
    queues: {
      "email-notifications": {
        component: "core",
        visibilityTimeoutSeconds: 300,
        deadLetter: { name: "dlq-email", maxReceiveCount: 3 },
      },
      "social-processing": {
        component: "social",
        visibilityTimeoutSeconds: 600,
        deadLetter: { name: "dlq-social-processor" },
      },
      "analytics-computation": { component: "analytics", visibilityTimeoutSeconds: 900 },
      "notification-processor": { visibilityTimeoutSeconds: 300 },
    },
    topics: {
      "system-notifications": {
        publishers: ["events", "rds", "backup"],
        subscriptions: [
          { email: "admin@crm-consulting.com" },
          { queue: "notification-processor", rawMessageDelivery: true },
        ],
      },
      "alert-notifications": {
        publishers: ["cloudwatch", "events", "budgets", "costalerts"],
        subscriptions: [{ email: "alerts@crm-consulting.com" }, { sms: "+1234567890" }],
      },
      notifications: {
        encrypted: false,
        publishers: ["elasticache"],
        subscriptions: [{ queue: "notification-processor" }],
      },
    },
    functions: {
      "social-data-processor": {
        component: "social",
        description: "Processes data of social media",
        runtime: "nodejs24.x",
        handler: "index.handler",
        memoryMb: 512,
        timeoutSeconds: 300,
        reservedConcurrency: 20,
        environment: { NODE_ENV: "production" },
        vpc: true,
        databaseUrl: "primary",
        links: [{ queue: "analytics-computation", access: "send" }],
        triggers: {
          queue: {
            queue: "social-processing",
            batchSize: 10,
            windowSeconds: 5,
            maximumConcurrency: 20,
          },
        },
        provisionedConcurrency: { capacity: 10, from: "09:00", until: "17:00" },
      },
      "analytics-aggregator": {
        component: "analytics",
        description: "Aggregates analytics every hour",
        runtime: "python3.13",
        handler: "app.lambda_handler",
        memoryMb: 1024,
        timeoutSeconds: 900,
        reservedConcurrency: 2,
        vpc: true,
        databaseUrl: "replica",
        triggers: { schedule: { expression: "rate(1 hour)" } },
      },
      "report-generator": {
        component: "analytics",
        description: "Makes the reports that are asked for",
        runtime: "nodejs24.x",
        handler: "report.handler",
        memoryMb: 2048,
        timeoutSeconds: 900,
        reservedConcurrency: 10,
        environment: { NODE_ENV: "production" },
        links: [
          { bucket: "report-requests", access: "read" },
          { bucket: "analytics-exports", access: "write" },
        ],
        triggers: { objectCreated: { bucket: "report-requests" } },
      },
    },
  };
}

/** The section as the schema completes it, after a change. */
export function eventingConfig(change?: (input: Record<string, any>) => void): EventingConfig {
  const input = eventingInput();
  change?.(input);
  return eventingSchema.parse(input);
}

/** What the component warned of in the last plan. */
export const warnings: string[] = [];

/** The registrations of the component for a configuration. */
export async function planEventing(
  config: EventingConfig = eventingConfig(),
  options: RecordOptions = {},
  component: (made: CrmEventing) => void = () => undefined,
  adopted: Readonly<Record<string, AdoptedBucket>> = {},
  ownNames = names,
): Promise<Recording> {
  // Mocks have no engine that a warning could go to: Pulumi would write it between the tests' lines.
  const warn = pulumi.log.warn;
  warnings.length = 0;
  Object.assign(pulumi.log, {
    warn: (message: string) => {
      warnings.push(message);
      return Promise.resolve();
    },
  });
  return record(
    () =>
      component(
        new CrmEventing("crm-eventing", {
          config,
          databaseUrlVersions: mapped(config.functions, () => "owner, owner 1, blue 1, green 1"),
          databaseParameters: mapped(
            config.functions,
            (_, label) => new pulumi.ComponentResource("test:index:DatabaseUrl", label),
          ),
          buckets: { "report-requests": "crm-report-requests-prod" },
          storage: {
            keyAlias: "alias/crm-storage",
            managedBuckets: ["analytics-exports"],
            adopted,
          },
          network: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-functions"] },
          imageRepositories: {
            core: { name: "crm-core", own: true },
            auth: { name: "crm-auth", own: false },
          },
          logsKey: {
            arn: `arn:aws:kms:us-east-1:${ACCOUNT_ID}:key/logs`,
            aliasName: "alias/crm-logs",
          },
          secretsKey: {
            arn: `arn:aws:kms:us-east-1:${ACCOUNT_ID}:key/secrets`,
            aliasName: "alias/crm-secrets",
          },
          names: ownNames,
          arns,
          tags: tags("eventing"),
        }),
      ),
    options,
  ).finally(() => Object.assign(pulumi.log, { warn }));
}

/** The statements of a policy document. */
export function statements(document: string): any[] {
  return JSON.parse(document).Statement;
}

/** The statement with this Sid; an error lists the others. */
export function statement(document: string, sid: string): any {
  const all = statements(document);
  const found = all.find((one) => one.Sid === sid);
  if (found === undefined) {
    throw new Error(`no statement ${sid}; there are: ${all.map((one) => one.Sid).join(", ")}`);
  }
  return found;
}
