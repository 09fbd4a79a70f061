/** Cluster and services with production's values, for the tests of compute. */
import * as pulumi from "@pulumi/pulumi";

import { CrmCluster } from "../../components/cluster/cluster";
import type { CrmClusterArgs } from "../../components/cluster/cluster-args";
import { CrmService } from "../../components/service/service";
import type { CrmServiceArgs } from "../../components/service/service-args";
import { clusterSchema } from "../../schema/cluster";
import { serviceSchema, type ServiceConfig } from "../../schema/services";
import { arns, names, tags } from "./fixtures";

/** A group of settings as a stack file has it. */
export type Raw = Readonly<Record<string, unknown>>;

export const LOGS_KEY = {
  arn: "arn:aws:kms:us-east-1:123456789012:key/logs",
  aliasName: "alias/crm-logs",
};
export const SECRETS_KEY = {
  arn: "arn:aws:kms:us-east-1:123456789012:key/secrets",
  aliasName: "alias/crm-secrets",
};
export const MESSAGING_KEY = {
  arn: "arn:aws:kms:us-east-1:123456789012:key/messaging",
  aliasName: "alias/crm-messaging",
};
export const ALARM_TOPIC = arns.topic("crm-alert-notifications");
export const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

export const CLUSTER: Raw = { name: "crm-production", imageReplication: { region: "us-west-2" } };

/** The four services as the architecture document has them. */
export const SERVICES: Readonly<Record<string, Raw>> = {
  auth: {
    image: DIGEST,
    containerName: "auth-service",
    cpu: 256,
    memoryMiB: 512,
    port: 3001,
    desiredCount: 2,
    minCapacity: 2,
    maxCapacity: 10,
    route: { priority: 100, paths: ["/auth/*", "/api/auth/*"] },
    environment: { NODE_ENV: "production" },
    secrets: {
      JWT_SECRET: { parameter: "jwt-secret", source: "generated" },
      DB_URL: { parameter: "database-url", source: "database-url" },
    },
  },
  core: {
    image: DIGEST,
    containerName: "crm-core",
    cpu: 512,
    memoryMiB: 1024,
    port: 3002,
    desiredCount: 3,
    minCapacity: 2,
    maxCapacity: 15,
    route: { priority: 1000, paths: ["/*"] },
    environment: { NODE_ENV: "production" },
    secrets: {
      DB_URL: { parameter: "database-url", source: "database-url" },
      REDIS_URL: { parameter: "redis-url", source: "redis-url" },
    },
  },
  social: {
    image: DIGEST,
    containerName: "social-service",
    cpu: 512,
    memoryMiB: 1024,
    port: 3003,
    desiredCount: 2,
    minCapacity: 1,
    maxCapacity: 8,
    route: { priority: 200, paths: ["/social/*", "/api/social/*"] },
    environment: { NODE_ENV: "production" },
    secrets: {
      TWITTER_API_KEY: { parameter: "twitter-api-key", source: "config" },
      LINKEDIN_API_KEY: { parameter: "linkedin-api-key", source: "config" },
    },
  },
  analytics: {
    image: DIGEST,
    cpu: 512,
    memoryMiB: 1024,
    port: 3004,
    desiredCount: 2,
    minCapacity: 1,
    maxCapacity: 6,
    route: { priority: 300, paths: ["/analytics/*", "/api/analytics/*"] },
    environment: { NODE_ENV: "production" },
    secrets: { DB_URL: { parameter: "database-url", source: "database-url" } },
  },
};

/** The settings of a service, with some of them changed. */
export function serviceConfig(service: string, change: Raw = {}): ServiceConfig {
  return serviceSchema.parse({ ...SERVICES[service], ...change });
}

export function createCluster(
  change: Partial<CrmClusterArgs> = {},
  config: Raw = CLUSTER,
): CrmCluster {
  return new CrmCluster("crm-cluster", {
    config: clusterSchema.parse(config),
    vpcId: "vpc-1",
    publicSubnetIds: ["public-1", "public-2", "public-3"],
    privateSubnetIds: ["private-1", "private-2", "private-3"],
    albSecurityGroupId: "sg-alb",
    certificateArn: arns.regional("acm", "certificate/1"),
    host: "api.crm-consulting.com",
    accessLogsBucket: "crm-access-logs-prod",
    logsKey: LOGS_KEY,
    keyDeletionWindowDays: 30,
    protect: true,
    names,
    arns,
    tags: tags("core"),
    ...change,
  });
}

export function createService(
  cluster: Pick<CrmCluster, "platform">,
  service: string,
  config: ServiceConfig,
  change: Partial<CrmServiceArgs> = {},
): CrmService {
  return new CrmService(`crm-${service}`, {
    service,
    config,
    platform: cluster.platform,
    vpcId: "vpc-1",
    privateSubnetIds: ["private-1", "private-2", "private-3"],
    ecsSecurityGroupId: "sg-ecs",
    links: [],
    secretValues: {
      "twitter-api-key": pulumi.secret("twitter value"),
      "linkedin-api-key": pulumi.secret("linkedin value"),
    },
    logsKey: LOGS_KEY,
    messagingKey: MESSAGING_KEY,
    standsBy: false,
    secretsKey: SECRETS_KEY,
    alarmTopicArn: ALARM_TOPIC,
    runbooks: "docs/runbooks",
    protect: true,
    names,
    arns,
    tags: tags(service),
    ...change,
  });
}
