/** Database and cache as the wiring creates them, for tests. */
import assert from "node:assert/strict";

import { CrmCache } from "../../components/cache/cache";
import { CrmDatabase } from "../../components/database/database";
import type { CrmDatabaseArgs } from "../../components/database/database-args";
import { databaseUrls } from "../../platform/function-database";
import type { StackConfig } from "../../schema";
import { arns, names, stagingNames, tags } from "./fixtures";
import { record, type Recording } from "./mocks";
import { validated } from "./stack-files";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/";

/** What both components are given from outside. */
export function surroundings(component: string, stack: string) {
  return {
    databaseSubnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    securityGroupId: "sg-data",
    logsKey: { arn: `${KEY}logs` },
    secretsKey: { arn: `${KEY}secrets` },
    names: stack === "production" ? names : stagingNames,
    arns,
    tags: tags(component),
  };
}

/** The arguments of a stack's database; services and functions are both given URLs. */
export function databaseArgs(stack: string, config: StackConfig): CrmDatabaseArgs {
  return {
    ...config.database,
    ...surroundings("database", stack),
    urls: databaseUrls(config.database.urls, config.eventing.functions),
    subnetZones: config.network.availabilityZones,
    systemTopicArn: arns.topic("crm-system-notifications"),
  };
}

export interface PlanOptions {
  /** Alters the stack file's sections. @default nothing */
  readonly change?: (sections: Record<string, any>) => void; // any: tests reach into every section
  /** @default true */
  readonly preview?: boolean;
}

export function planDatabase(stack: string, options: PlanOptions = {}): Promise<Recording> {
  const config = validated(stack, options.change);
  return record(() => new CrmDatabase("crm-database", databaseArgs(stack, config)), {
    preview: options.preview ?? true,
  });
}

export function planCache(stack: string, options: PlanOptions = {}): Promise<Recording> {
  const config = validated(stack, options.change);
  return record(
    () =>
      new CrmCache("crm-cache", {
        ...config.cache,
        ...surroundings("cache", stack),
        notificationTopicArn: arns.topic("crm-notifications"),
      }),
    { preview: options.preview ?? true },
  );
}

/** The inputs that `expected` names have its values; others are of no matter. */
export function assertInputs(
  inputs: Record<string, unknown>,
  expected: Record<string, unknown>,
): void {
  const named = Object.keys(expected).map((key) => [key, inputs[key]]);
  assert.deepEqual(Object.fromEntries(named), expected);
}
