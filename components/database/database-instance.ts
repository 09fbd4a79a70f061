/** What the primary and its read replica have in common. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { POSTGRES, postgresFamily } from "../../facts/database-engines";
import type { Tags } from "../../platform/tags";
import type { DatabaseConfig } from "../../schema/database";

/** Logs that RDS for PostgreSQL can export. */
export const DATABASE_LOGS = POSTGRES.logs;

/** Time-out for operations that copy the data: a new instance, a standby or a new size. */
export const INSTANCE_TIMEOUTS: pulumi.CustomTimeouts = {
  create: "120m",
  update: "120m",
  delete: "90m",
};

/** `postgres15` for 15 and 15.12. */
export function parameterFamily(engineVersion: string): string {
  const family = postgresFamily(engineVersion);
  if (family === undefined) {
    throw new Error(`RDS has no parameter family for PostgreSQL ${engineVersion}.`);
  }
  return family;
}

/** The log group that RDS writes a log into; RDS chooses its name. */
export function databaseLogGroup(identifier: string, log: string): string {
  return `/aws/rds/instance/${identifier}/${log}`;
}

export interface SharedInstanceArgs extends Pick<
  DatabaseConfig,
  | "applyImmediately"
  | "autoMinorVersionUpgrade"
  | "caCertificateIdentifier"
  | "deletionProtection"
  | "iamAuthentication"
  | "iops"
  | "maintenanceWindow"
  | "maxAllocatedStorage"
  | "monitoringInterval"
  | "performanceInsights"
  | "port"
  | "storageEncrypted"
  | "storageThroughput"
  | "storageType"
> {
  readonly identifier: string;
  /** Key of the query statistics. */
  readonly keyArn: pulumi.Input<string>;
  /** Role that publishes the operating system's metrics. @default none, with an interval of 0 */
  readonly monitoringRoleArn?: string;
  readonly securityGroupId: pulumi.Input<string>;
  readonly tags: Tags;
}

/** Inputs of an instance that do not depend on its part. */
export function sharedInstanceInputs(args: SharedInstanceArgs) {
  return {
    identifier: args.identifier,
    storageType: args.storageType,
    ...(args.iops !== undefined && { iops: args.iops }),
    ...(args.storageThroughput !== undefined && { storageThroughput: args.storageThroughput }),
    maxAllocatedStorage: args.maxAllocatedStorage,
    storageEncrypted: args.storageEncrypted,
    port: args.port,
    vpcSecurityGroupIds: [args.securityGroupId],
    caCertIdentifier: args.caCertificateIdentifier,
    iamDatabaseAuthenticationEnabled: args.iamAuthentication,
    maintenanceWindow: args.maintenanceWindow,
    autoMinorVersionUpgrade: args.autoMinorVersionUpgrade,
    applyImmediately: args.applyImmediately,
    copyTagsToSnapshot: true,
    deletionProtection: args.deletionProtection,
    monitoringInterval: args.monitoringInterval,
    monitoringRoleArn: args.monitoringRoleArn,
    ...(args.performanceInsights.enabled
      ? {
          performanceInsightsEnabled: true,
          performanceInsightsRetentionPeriod: args.performanceInsights.retentionPeriod,
          performanceInsightsKmsKeyId: args.keyArn,
        }
      : { performanceInsightsEnabled: false }),
    enabledCloudwatchLogsExports: [...DATABASE_LOGS],
    tags: { ...args.tags, Name: args.identifier },
  } satisfies aws.rds.InstanceArgs | Omit<aws.rds.InstanceArgs, "instanceClass">;
}

type Origin =
  | "allocatedStorage"
  | "dbName"
  | "username"
  | "restoreToPointInTime"
  | "replicateSourceDb"
  | "passwordWo"
  | "passwordWoVersion";

/**
 * An empty database, the state of another at a moment, or a replica of one in another region: size, owner and name then
 * come from there. A replica has its source's password until it is promoted; in that update it gets its own.
 * Source: hashicorp/terraform-provider-aws, internal/service/rds/instance.go: without `replicate_source_db` the instance
 * is promoted, waited for, and then modified.
 */
export function origin(
  args: Pick<
    DatabaseConfig,
    | "allocatedStorage"
    | "databaseName"
    | "masterUsername"
    | "restore"
    | "standbyOf"
    | "passwordVersion"
  > & { readonly standsBy?: boolean },
  password: pulumi.Input<string>,
): Pick<aws.rds.InstanceArgs, Origin> {
  const login = { passwordWo: password, passwordWoVersion: args.passwordVersion };
  if (args.standbyOf !== undefined) {
    return args.standsBy ? { replicateSourceDb: args.standbyOf } : login;
  }
  if (args.restore === undefined) {
    return {
      ...login,
      allocatedStorage: args.allocatedStorage,
      dbName: args.databaseName,
      username: args.masterUsername,
    };
  }
  const { sourceDbInstanceAutomatedBackupsArn, restoreTime } = args.restore;
  return {
    ...login,
    restoreToPointInTime: {
      sourceDbInstanceAutomatedBackupsArn,
      ...(restoreTime === undefined ? { useLatestRestorableTime: true } : { restoreTime }),
    },
  };
}
