import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Arns } from "../../platform/arns";
import { managedPolicyArn, MANAGED_POLICIES } from "../../platform/managed-policies";
import type { Names } from "../../platform/names";
import { serviceTrust } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import type { DatabaseConfig } from "../../schema/database";
import { DATABASE_LOGS, databaseLogGroup, parameterFamily } from "./database-instance";

export interface ParameterGroupArgs {
  /** Start of the group's name; the provider adds a random suffix, so that a new family can exist beside the old one. */
  readonly namePrefix: string;
  readonly description: string;
  /** Version of the instance, whose family the group in use has. */
  readonly engineVersion: string;
  /** Major version that a second group is kept for: the next one, or the last. @default none */
  readonly otherEngineVersion?: string;
  readonly parameters: DatabaseConfig["parameters"];
  readonly tags: Tags;
}

/**
 * Parameters of one instance: a group for each family in the settings. Each has its family in its logical name, so that
 * an upgrade swaps two groups that exist already and neither creates nor deletes one.
 *
 * @returns the group in use
 */
export function createParameterGroups(
  name: string,
  args: ParameterGroupArgs,
  opts: pulumi.CustomResourceOptions,
): aws.rds.ParameterGroup {
  const inUse = parameterFamily(args.engineVersion);
  const other =
    args.otherEngineVersion === undefined ? inUse : parameterFamily(args.otherEngineVersion);
  // A stack from before families were in the name has one group, of the older family.
  const [older] = [inUse, other].sort(byMajor);
  const create = (family: string) =>
    new aws.rds.ParameterGroup(
      `${name}-${family}`,
      {
        namePrefix: args.namePrefix,
        description: args.description,
        family,
        parameters: args.parameters,
        tags: args.tags,
      },
      { ...opts, aliases: family === older ? [{ name }] : [] },
    );
  if (other !== inUse) {
    create(other);
  }
  return create(inUse);
}

function byMajor(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

export interface DatabaseLogsArgs {
  readonly identifier: string;
  readonly retentionDays: number;
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  readonly tags: Tags;
}

/**
 * The log groups of an instance. RDS would create them automatically, without a key and without expiry, so they are
 * made before the instance.
 */
export function createDatabaseLogs(
  name: string,
  args: DatabaseLogsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup[] {
  return DATABASE_LOGS.map(
    (log) =>
      new aws.cloudwatch.LogGroup(
        `${name}-${log}`,
        {
          name: databaseLogGroup(args.identifier, log),
          retentionInDays: args.retentionDays,
          kmsKeyId: args.logsKey.arn,
          tags: args.tags,
        },
        opts,
      ),
  );
}

export interface MonitoringRoleArgs {
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** The role that RDS writes the operating system's metrics with. */
export interface MonitoringRole {
  /** Built from names: known in a first preview. */
  readonly arn: string;
  /** What an instance waits for before it names the role. */
  readonly ready: pulumi.Resource;
}

export function createMonitoringRole(
  name: string,
  args: MonitoringRoleArgs,
  opts: pulumi.CustomResourceOptions,
): MonitoringRole {
  const roleName = args.names.of("database-monitoring", "role");
  const role = new aws.iam.Role(
    name,
    {
      name: roleName,
      description: "Publishes the operating system metrics of the database",
      assumeRolePolicy: serviceTrust(
        args.arns,
        SERVICE_PRINCIPALS.rdsMonitoring,
        args.arns.regional("rds", "db:*"),
      ),
      tags: args.tags,
    },
    opts,
  );
  const ready = new aws.iam.RolePolicyAttachment(
    name,
    {
      role: role.name,
      policyArn: managedPolicyArn(args.arns, MANAGED_POLICIES.databaseMonitoring),
    },
    opts,
  );
  return { arn: args.arns.role(roleName), ready };
}
