import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { shownValue } from "../../facts/problem-text";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { managedPolicyArn, MANAGED_POLICIES } from "../../platform/managed-policies";
import { DATABASE_WORD } from "../../platform/platform-names";
import { serviceTrust } from "../../platform/policy-documents";
import type { RecoveryConfig } from "../../schema/recovery";
import { EncryptionKey } from "../encryption-key";
import { watchedFunction, type WatchedFunction } from "../function";
import { BackupVault, REPORTED_EVENTS } from "./backup-vault";
import { ConfigurationBackup } from "./configuration-backup";
import { QuotaRequests } from "./quota-requests";
import type { CrmRecoveryArgs } from "./recovery-args";
import { copiesVaultArn, identifierOf, recoveryRoleName, vaultNameOf } from "./recovery-names";
import { backupSchedule } from "./recovery-schedules";
import { RegionWatch } from "./region-watch";

/** A role of AWS Backup, and what has to be there before it can be used. */
interface BackupRole {
  readonly arn: string;
  readonly ready: pulumi.Resource[];
}

/**
 * Backups that survive the loss of the region and compromised credentials: replicated automated backups of the
 * database, a plan of AWS Backup with copies in another region, vaults with undeletable backups, restores tested
 * by the clock, the cluster's configuration written down every day, a backup before each deployment, and quotas of
 * the other region, asked for while there is time.
 * Costs a key a month, what is stored in two regions, and the transfer between them.
 */
export class CrmRecovery extends pulumi.ComponentResource {
  /** Names of the vaults of this region, for alarms. */
  public readonly vaultNames: readonly string[];
  /** Vault of this region; none without a plan. */
  public readonly vaultName: string | undefined;
  /** Vault with the copies in the other region. */
  public readonly copyVaultName: string | undefined;
  /** The function that saves the configuration, by a word, for alarms. */
  public readonly functions: Readonly<Record<string, WatchedFunction>>;
  /** Queues of what could not be done, for alarms. */
  public readonly deadLetterQueueNames: readonly string[];
  /** ARN that the recovery stack's `crm:database.restore` takes; it ends in an id that AWS makes. */
  public readonly replicatedBackupsArn: pulumi.Output<string> | undefined;

  public constructor(
    private readonly name: string,
    private readonly args: CrmRecoveryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmRecovery", name, {}, opts);

    const { config } = args;
    this.checkRegion();
    const replication = this.replicateAutomatedBackups();
    this.replicatedBackupsArn = replication?.id;
    this.requestQuotas();
    const plan = config.plan && this.createPlan(config.plan);
    this.watchRegion(replication, plan);
    this.vaultName = plan?.vault.vaultName;
    this.vaultNames = plan === undefined ? [] : [plan.vault.vaultName];
    this.copyVaultName = plan?.copies?.vaultName;
    const configuration = this.createConfigurationBackup();
    this.functions =
      configuration === undefined
        ? {}
        : {
            "configuration-backup": watchedFunction(
              configuration.functionName,
              config.configuration!.timeoutSeconds,
            ),
          };
    this.deadLetterQueueNames =
      configuration === undefined ? [] : [configuration.deadLetterQueueName];
    this.registerOutputs({
      vaultNames: this.vaultNames,
      vaultName: this.vaultName,
      copyVaultName: this.copyVaultName,
      functions: this.functions,
      deadLetterQueueNames: this.deadLetterQueueNames,
      replicatedBackupsArn: this.replicatedBackupsArn,
    });
  }

  private checkRegion(): void {
    const { config, arns, copiesKey } = this.args;
    if (config.region === arns.region) {
      throw new Error(
        `recovery.region: expected a region other than the stack's, got ${shownValue(config.region)}`,
      );
    }
    if ((config.region === undefined) !== (copiesKey === undefined)) {
      throw new Error(
        `recovery.region is ${config.region ?? "not set"}; the key of the copies is ${copiesKey === undefined ? "missing" : "not needed"}.`,
      );
    }
  }

  private requestQuotas(): void {
    const { region, quotas } = this.args.config;
    if (region !== undefined && Object.keys(quotas).length > 0) {
      new QuotaRequests(`${this.name}-quotas`, { region, values: quotas }, { parent: this });
    }
  }

  /** Alarms in a lost region cannot report its loss. */
  private watchRegion(
    replication: pulumi.Resource | undefined,
    plan: ReturnType<CrmRecovery["createPlan"]> | undefined,
  ): void {
    const { config, healthUrl: url, observability, names, arns, tags } = this.args;
    const database = identifierOf(this.args.databaseArn);
    const { region, watch: settings, protect } = config;
    if (region === undefined || settings === undefined || url === undefined) return;
    const { keyDeletionWindowDays, reserveConcurrency } = this.args;
    new RegionWatch(
      `${this.name}-watch`,
      {
        ...{ settings, region, url, observability, reserveConcurrency, keyDeletionWindowDays },
        protect,
        replications: this.args.replications ?? {},
        measured: this.args.measured ?? [],
        startAfter: this.args.healthStartAfter ?? [],
        backups:
          this.args.keepsBackups === false
            ? undefined
            : { database, instances: this.args.database, replication },
        copies: config.plan &&
          plan?.copies && {
            vaultName: plan.copies.vaultName,
            stores: {
              [DATABASE_WORD]: database,
              ...Object.fromEntries(
                config.plan.buckets.map((bucket) => [bucket, names.bucket(bucket)]),
              ),
            },
            intervalMinutes: config.plan.intervalHours * 60,
            startWindowMinutes: config.plan.startWindowMinutes,
            plan: plan.selection,
          },
        ...{ names, arns, tags },
      },
      { parent: this },
    );
  }

  /** Snapshots and transaction logs, as soon as RDS has them. */
  private replicateAutomatedBackups(): aws.rds.InstanceAutomatedBackupsReplication | undefined {
    const { config, copiesKey, databaseArn, database } = this.args;
    if (config.region === undefined || config.automatedBackupDays === 0) {
      return undefined;
    }
    return new aws.rds.InstanceAutomatedBackupsReplication(
      `${this.name}-database`,
      {
        region: config.region,
        sourceDbInstanceArn: databaseArn,
        kmsKeyId: copiesKey!.arn,
        retentionPeriod: config.automatedBackupDays,
      },
      // RDS modifies the primary for it and refuses to copy one that is not available: the replica comes first.
      // https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/pull/446
      // The time for the first copy depends on the database's size.
      {
        parent: this,
        dependsOn: [...database],
        // AWS stops a replication by its source, which the new one has too: after it, the deletion would stop the new one.
        // Source: hashicorp/terraform-provider-aws, internal/service/rds/instance_automated_backups_replication.go, Delete.
        deleteBeforeReplace: true,
        customTimeouts: { create: "120m" },
      },
    );
  }

  private createPlan(plan: NonNullable<RecoveryConfig["plan"]>) {
    const { config, names, arns, tags } = this.args;
    const key = this.createKey();
    const vault = this.createVault("vault", key.arn);
    const copies =
      config.region === undefined
        ? undefined
        : this.createVault("copies", this.args.copiesKey!.arn, config.region);
    this.reportFailures(vault);
    const name = names.of("data");
    const made = new aws.backup.Plan(
      this.name,
      {
        name,
        rules: [
          {
            ruleName: `every-${plan.intervalHours}-hours`,
            targetVaultName: vault.vault.name,
            schedule: backupSchedule(plan.intervalHours, plan.firstHour),
            scheduleExpressionTimezone: "Etc/UTC",
            startWindow: plan.startWindowMinutes,
            completionWindow: plan.completionWindowMinutes,
            lifecycle: { deleteAfter: plan.retentionDays },
            recoveryPointTags: tags,
            copyActions:
              copies === undefined
                ? []
                : [
                    {
                      destinationVaultArn: copiesVaultArn(arns, copies.vaultName, config.region!),
                      lifecycle: { deleteAfter: plan.copyRetentionDays },
                    },
                  ],
          },
        ],
        tags: { ...tags, Name: name },
      },
      { parent: this, dependsOn: copies === undefined ? [] : [copies.vault] },
    );
    const selection = this.select(made, plan.buckets);
    // Operators restore with this role too: it exists with or without restore tests.
    const restoring = this.createRole("restore", [
      MANAGED_POLICIES.restore,
      ...(plan.buckets.length > 0 ? [MANAGED_POLICIES.bucketRestore] : []),
    ]);
    this.tryOut(vault, restoring);
    return { vault, copies, selection };
  }

  private createKey(): EncryptionKey {
    const { config, keyDeletionWindowDays, names, arns, tags } = this.args;
    return new EncryptionKey(
      `${this.name}-key`,
      {
        alias: names.keyAlias("backup"),
        description: "Backups by AWS Backup",
        deletionWindowDays: keyDeletionWindowDays,
        protect: config.protect,
        arns,
        tags,
      },
      { parent: this },
    );
  }

  private createVault(part: string, keyArn: pulumi.Input<string>, region?: string): BackupVault {
    const { config, names, tags } = this.args;
    return new BackupVault(
      `${this.name}-${part}`,
      {
        vaultName: vaultNameOf(names, part),
        region,
        keyArn,
        lock: config.lock,
        protect: config.protect,
        tags,
      },
      { parent: this },
    );
  }

  private reportFailures(vault: BackupVault): void {
    new aws.backup.VaultNotifications(
      this.name,
      {
        backupVaultName: vault.vault.name,
        snsTopicArn: this.args.systemTopicArn,
        backupVaultEvents: [...REPORTED_EVENTS],
      },
      // Deleted by the vault's name, as its lock is.
      { parent: this, deleteBeforeReplace: true },
    );
  }

  private roleName(part: string): string {
    return recoveryRoleName(this.args.names, part);
  }

  /** A role of AWS Backup; what it is for decides which of AWS's policies it has. */
  private createRole(part: string, policies: readonly string[]): BackupRole {
    const { arns, tags } = this.args;
    const role = new aws.iam.Role(
      `${this.name}-${part}`,
      {
        name: this.roleName(part),
        description: `AWS Backup: ${part}`,
        assumeRolePolicy: serviceTrust(arns, SERVICE_PRINCIPALS.backup),
        tags,
      },
      { parent: this },
    );
    const attachments = policies.map(
      (policy) =>
        new aws.iam.RolePolicyAttachment(
          `${this.name}-${part}-${policy.split("/").at(-1)!}`,
          { role: role.name, policyArn: managedPolicyArn(arns, policy) },
          { parent: this },
        ),
    );
    return { arn: arns.role(this.roleName(part)), ready: [role, ...attachments] };
  }

  private select(plan: aws.backup.Plan, buckets: readonly string[]): aws.backup.Selection {
    const { names, arns, databaseArn, bucketNames, standsBy } = this.args;
    const unknown = buckets.filter((bucket) => bucketNames[bucket] === undefined);
    if (unknown.length > 0) {
      throw new Error(
        `recovery.plan.buckets: expected keys of crm:storage.buckets, got ${shownValue(unknown.join(", "))}`,
      );
    }
    const role = this.createRole("backup", [
      MANAGED_POLICIES.backup,
      ...(buckets.length > 0 ? [MANAGED_POLICIES.bucketBackup] : []),
    ]);
    return new aws.backup.Selection(
      this.name,
      {
        name: names.of("data"),
        planId: plan.id,
        iamRoleArn: role.arn,
        resources: [
          ...(standsBy ? [] : [databaseArn]),
          ...buckets.map((bucket) => arns.bucket(names.bucket(bucket))),
        ],
      },
      { parent: this, dependsOn: role.ready },
    );
  }

  /** AWS Backup restores the newest backup of the database, and deletes what it restored. */
  private tryOut(vault: BackupVault, role: BackupRole): void {
    const { config, names, databaseArn, databaseSubnetGroup, tags } = this.args;
    const test = config.restoreTest;
    if (test === undefined) {
      return;
    }
    // Names of these two take letters, digits and underscores only.
    const identifier = names.of("database").replaceAll("-", "_");
    const plan = new aws.backup.RestoreTestingPlan(
      this.name,
      {
        name: identifier,
        scheduleExpression: test.schedule,
        scheduleExpressionTimezone: "Etc/UTC",
        startWindowHours: test.startWindowHours,
        recoveryPointSelection: {
          algorithm: "LATEST_WITHIN_WINDOW",
          includeVaults: [this.args.arns.regional("backup", `backup-vault:${vault.vaultName}`)],
          recoveryPointTypes: ["SNAPSHOT"],
          selectionWindowDays: 7,
        },
        tags,
      },
      { parent: this, dependsOn: [vault.vault] },
    );
    new aws.backup.RestoreTestingSelection(
      this.name,
      {
        name: identifier,
        restoreTestingPlanName: plan.name,
        protectedResourceType: "RDS",
        protectedResourceArns: [databaseArn],
        iamRoleArn: role.arn,
        validationWindowHours: test.validationHours,
        // A restored database is in the database subnets, where only the tasks could reach it.
        restoreMetadataOverrides: { dbSubnetGroupName: databaseSubnetGroup },
      },
      { parent: this, dependsOn: role.ready },
    );
  }

  private createConfigurationBackup(): ConfigurationBackup | undefined {
    const { config, names, arns, bucketNames } = this.args;
    const settings = config.configuration;
    if (settings === undefined) {
      return undefined;
    }
    if (bucketNames[settings.bucket] === undefined) {
      throw new Error(
        `recovery.configuration.bucket: expected a key of crm:storage.buckets, got ${shownValue(settings.bucket)}`,
      );
    }
    return new ConfigurationBackup(
      `${this.name}-configuration`,
      {
        settings,
        bucketName: names.bucket(settings.bucket),
        bucketKeyAlias: this.args.storageKeyAlias,
        clusterName: this.args.clusterName,
        reserveConcurrency: this.args.reserveConcurrency,
        key: this.args.messagingKey,
        logsKey: this.args.logsKey,
        protect: config.protect,
        names,
        arns,
        tags: this.args.tags,
      },
      { parent: this },
    );
  }
}
