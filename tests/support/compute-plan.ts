/** Plans services under mocks and reads what they registered. */
import * as pulumi from "@pulumi/pulumi";

import type { ServicePlatform } from "../../components/cluster/cluster-args";
import type { CrmServiceArgs } from "../../components/service/service-args";
import { clusterSchema } from "../../schema/cluster";
import { createService, serviceConfig, type Raw } from "./compute";
import { arns } from "./fixtures";
import { record, type Recording, type Registration } from "./mocks";

export const SERVICE = "aws:ecs/service:Service";
export const RULE = "aws:lb/listenerRule:ListenerRule";
export const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
export const PARAMETER = "aws:ssm/parameter:Parameter";
export const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

export interface PlanOptions {
  /** @default true */
  readonly preview?: boolean;
  /** Whether requests must come by way of the edge. @default false */
  readonly header?: boolean;
  /** The collector's image in a repository of the account's. @default none */
  readonly collectorImage?: string;
  /** When services run. @default always */
  readonly hours?: ServicePlatform["hours"];
}

/** What a cluster gives to its services. */
export function platform({ header = false, collectorImage, hours }: PlanOptions): ServicePlatform {
  const config = clusterSchema.parse({});
  return {
    clusterArn: pulumi.output(arns.regional("ecs", "cluster/crm-production")),
    clusterName: "crm-production",
    capacityProviders: config.capacityProviders,
    listenerArn: pulumi.output("listener"),
    testListenerArn: pulumi.output("test-listener"),
    loadBalancerArnSuffix: pulumi.output("app/crm-production-alb/1"),
    originHeader: header ? { name: "x-origin-token", value: pulumi.secret("token") } : undefined,
    trafficRoleArn: arns.role("crm-ecs-traffic"),
    hookRoleArn: arns.role("crm-ecs-hooks"),
    hookRoleName: pulumi.output("crm-ecs-hooks"),
    gateFunctionArn: arns.lambda("crm-deployment-gate"),
    gateEndpoint: pulumi.output("gate.elb.example"),
    gate: config.gate,
    host: "api.crm-consulting.com",
    imagesKeyArn: pulumi.output(arns.regional("kms", "key/images")),
    imageLifecycle: config.imageLifecycle,
    imageTags: config.imageTags,
    collectorImage,
    hours,
    exec: { logGroupName: "/ecs/exec/crm-production", keyAlias: "alias/crm-logs" },
    prerequisites: [],
  };
}

/** Plans one service. */
export function planService(
  service: string,
  change: Raw = {},
  args: Partial<CrmServiceArgs> = {},
  options: PlanOptions = {},
): Promise<Recording> {
  return record(
    () =>
      createService({ platform: platform(options) }, service, serviceConfig(service, change), args),
    { preview: options.preview ?? true },
  );
}

export const ecsService = (recording: Recording): Registration => recording.only(SERVICE);

// any: the containers are what ECS takes as JSON text
export const containers = (recording: Recording): Record<string, any>[] =>
  JSON.parse(
    recording.only("aws:ecs/taskDefinition:TaskDefinition").inputs["containerDefinitions"],
  );

/** The service's own container. */
export const container = (recording: Recording) => containers(recording)[0]!;

/** Its variables by name. */
export const environment = (recording: Recording): Record<string, string> =>
  Object.fromEntries(
    container(recording)["environment"].map((entry: { name: string; value: string }) => [
      entry.name,
      entry.value,
    ]),
  );

/** Its secrets' parameters by variable. */
export const secretParameters = (recording: Recording): Record<string, string> =>
  Object.fromEntries(
    container(recording)["secrets"].map((entry: { name: string; valueFrom: string }) => [
      entry.name,
      entry.valueFrom,
    ]),
  );

/** The statements of a role's policy. */
export const statements = (recording: Recording, role: string): Record<string, any>[] =>
  JSON.parse(recording.get("aws:iam/rolePolicy:RolePolicy", role).inputs["policy"]).Statement;

/** The statement ids of a role's policy. */
export const sids = (recording: Recording, role: string): string[] =>
  statements(recording, role).map((statement) => statement["Sid"]);

/** The gate's hook, with its details read. */
export function gateHook(recording: Recording): Record<string, any> {
  const [entry] = ecsService(recording).inputs["deploymentConfiguration"].lifecycleHooks;
  return { ...entry, details: JSON.parse(entry.hookDetails) };
}

/** Runs something and returns the warnings that it writes. */
export async function warnings(run: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  const { warn, error } = console;
  console.warn = console.error = (...words: unknown[]) => void found.push(words.join(" "));
  try {
    await run();
  } finally {
    Object.assign(console, { warn, error });
  }
  return found;
}
