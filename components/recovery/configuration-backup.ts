import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { keyByAlias } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import type { RecoveryConfig } from "../../schema/recovery";
import { CrmDeadLetterQueue, CrmSchedule } from "../eventing";
import { CrmFunction, type NamedKey } from "../function";
import { clusterReading } from "./recovery-policies";

/** Folder of the bucket that the function writes to. */
export const CONFIGURATION_PREFIX = "configuration";

export interface ConfigurationBackupArgs {
  readonly settings: NonNullable<RecoveryConfig["configuration"]>;
  /** Bucket, by name, that the configuration is written to. */
  readonly bucketName: string;
  /** Alias of that bucket's key, with prefix. */
  readonly bucketKeyAlias: string;
  readonly clusterName: string;
  /** Whether the function sets one execution aside, which a new account refuses. */
  readonly reserveConcurrency: boolean;
  /** Key of queue, schedule and environment variables. */
  readonly key: NamedKey;
  readonly logsKey: NamedKey;
  /** Whether Pulumi refuses to delete the dead-letter queue. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * Writes the cluster, its services and their task definitions to a bucket, by the clock: what ran on a day can
 * be read back without the cluster. Costs a few requests a day.
 */
export class ConfigurationBackup extends pulumi.ComponentResource {
  public readonly functionName: string;
  public readonly deadLetterQueueName: string;

  public constructor(
    name: string,
    args: ConfigurationBackupArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ConfigurationBackup", name, {}, opts);

    const { names, arns, tags, key } = args;
    this.functionName = names.of("configuration-backup", "function");
    this.deadLetterQueueName = names.of("dlq-configuration-backup", "queue");
    const deadLetters = new CrmDeadLetterQueue(
      `${name}-dead-letters`,
      {
        queueName: this.deadLetterQueueName,
        keyAlias: key.aliasName,
        protect: args.protect,
        arns,
        tags,
      },
      { parent: this },
    );
    const fn = this.createFunction(name, args, deadLetters);
    this.createSchedule(name, args, fn, deadLetters);
    this.registerOutputs({
      functionName: this.functionName,
      deadLetterQueueName: this.deadLetterQueueName,
    });
  }

  private createFunction(
    name: string,
    args: ConfigurationBackupArgs,
    deadLetters: CrmDeadLetterQueue,
  ): CrmFunction {
    const { names, arns, tags, settings, key } = args;
    return new CrmFunction(
      name,
      {
        functionName: this.functionName,
        roleName: names.of("configuration-backup", "role"),
        description: "Writes the cluster's configuration to the backups bucket",
        runtime: "nodejs24.x",
        handler: "handler.handler",
        bundle: "configuration-backup",
        memoryMb: 256,
        timeoutSeconds: settings.timeoutSeconds,
        reservedConcurrency: args.reserveConcurrency ? 1 : undefined,
        logRetentionDays: settings.logRetentionDays,
        environment: {
          CLUSTER: args.clusterName,
          BUCKET: args.bucketName,
          BUCKET_OWNER: arns.accountId,
          PREFIX: CONFIGURATION_PREFIX,
        },
        deadLetterQueueArn: arns.queue(this.deadLetterQueueName),
        maximumRetries: 2,
        maximumEventAgeSeconds: 3600,
        statements: [
          ...clusterReading(arns, args.clusterName),
          {
            sid: "WriteConfiguration",
            actions: ["s3:PutObject"],
            resources: [`${arns.bucket(args.bucketName)}/${CONFIGURATION_PREFIX}/*`],
          },
          keyByAlias(arns, "EncryptConfiguration", args.bucketKeyAlias, [
            "kms:GenerateDataKey",
            "kms:Decrypt",
          ]),
        ],
        key,
        logsKey: args.logsKey,
        startAfter: [deadLetters],
        arns,
        tags,
      },
      { parent: this },
    );
  }

  private createSchedule(
    name: string,
    args: ConfigurationBackupArgs,
    fn: CrmFunction,
    deadLetters: CrmDeadLetterQueue,
  ): void {
    const { names, arns, tags } = args;
    const groupName = names.of("recovery");
    const group = new aws.scheduler.ScheduleGroup(
      `${name}-schedules`,
      { name: groupName, tags },
      { parent: this },
    );
    new CrmSchedule(
      `${name}-schedule`,
      {
        scheduleName: names.of("configuration-backup"),
        groupName,
        roleName: names.of("configuration-backup-schedule", "role"),
        description: "Daily backup of the cluster's configuration",
        expression: args.settings.schedule,
        timeZone: "Etc/UTC",
        targetArn: fn.aliasArn,
        maximumRetries: 3,
        maximumEventAgeSeconds: 3600,
        deadLetterQueueArn: arns.queue(this.deadLetterQueueName),
        key: args.key,
        startAfter: [group, fn.alias, deadLetters],
        arns,
        tags,
      },
      { parent: this },
    );
  }
}
