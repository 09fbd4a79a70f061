import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { DatabaseConfig } from "../../schema/database";
import {
  DATABASE_LOGS,
  databaseLogGroup,
  INSTANCE_TIMEOUTS,
  sharedInstanceInputs,
  type SharedInstanceArgs,
} from "./database-instance";
import { createDatabaseLogs, createParameterGroups } from "./database-support";

export interface ReadReplicaArgs extends SharedInstanceArgs {
  /** ARN of the primary: with a separate subnet group, RDS accepts no identifier. */
  readonly sourceArn: pulumi.Input<string>;
  readonly instanceClass: string;
  /** Changing it replaces the replica. */
  readonly availabilityZone: string;
  readonly publiclyAccessible: boolean;
  readonly engineVersion: string;
  readonly otherEngineVersion?: string;
  /** While RDS upgrades the primary it upgrades the replica, and gives it a parameter group itself. */
  readonly allowMajorVersionUpgrade: boolean;
  readonly parameters: DatabaseConfig["parameters"];
  /** Start of the parameter group's name. */
  readonly parameterGroupPrefix: string;
  readonly subnetGroupName: pulumi.Input<string>;
  readonly logRetentionDays: number;
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** What has to exist first: the primary and the monitoring role. */
  readonly startAfter: readonly pulumi.Resource[];
}

/**
 * A replica of the primary for queries that read much data. It gets user, password, backups and engine version
 * from its source; RDS for PostgreSQL refuses a replica that names its own.
 *
 * Costs as much as a single instance of its class, and its storage.
 */
export class ReadReplica extends pulumi.ComponentResource {
  /** Host name. */
  public readonly address: pulumi.Output<string>;
  public readonly logGroupNames: readonly string[];
  public readonly parameterGroupName: pulumi.Output<string>;
  /** The instance itself, for resources that must wait for it. */
  public readonly instance: aws.rds.Instance;

  public constructor(name: string, args: ReadReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:ReadReplica", name, {}, opts);

    const parameterGroup = createParameterGroups(
      name,
      {
        namePrefix: args.parameterGroupPrefix,
        description: "Read replica of the CRM database",
        engineVersion: args.engineVersion,
        otherEngineVersion: args.otherEngineVersion,
        parameters: args.parameters,
        tags: args.tags,
      },
      { parent: this },
    );
    const logs = createDatabaseLogs(
      name,
      {
        identifier: args.identifier,
        retentionDays: args.logRetentionDays,
        logsKey: args.logsKey,
        tags: args.tags,
      },
      { parent: this },
    );
    this.instance = new aws.rds.Instance(
      name,
      {
        ...sharedInstanceInputs(args),
        // No key: in its region a replica has its source's, and RDS refuses a request that names one.
        // Source: RDS API Reference, CreateDBInstanceReadReplica, KmsKeyId.
        replicateSourceDb: args.sourceArn,
        instanceClass: args.instanceClass,
        availabilityZone: args.availabilityZone,
        multiAz: false,
        publiclyAccessible: args.publiclyAccessible,
        dbSubnetGroupName: args.subnetGroupName,
        parameterGroupName: parameterGroup.name,
        // RDS refuses a final snapshot of a replica.
        skipFinalSnapshot: true,
      },
      {
        parent: this,
        protect: args.protect,
        // Two instances cannot have the same name; its data are its source's.
        deleteBeforeReplace: true,
        dependsOn: [...args.startAfter, ...logs],
        // RDS accepts changes, such as a group of the new family, only after the replica's own upgrade: in the next update.
        // Source: RDS User Guide, "How to perform a major version upgrade", Handle read replicas.
        ignoreChanges: args.allowMajorVersionUpgrade
          ? ["parameterGroupName", "applyImmediately"]
          : [],
        customTimeouts: INSTANCE_TIMEOUTS,
      },
    );
    this.address = this.instance.address;
    this.parameterGroupName = parameterGroup.name;
    this.logGroupNames = DATABASE_LOGS.map((log) => databaseLogGroup(args.identifier, log));
    this.registerOutputs({
      address: this.address,
      parameterGroupName: this.parameterGroupName,
      logGroupNames: this.logGroupNames,
    });
  }
}
