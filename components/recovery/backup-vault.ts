import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { VaultEvent } from "../../facts/backup";
import type { Tags } from "../../platform/tags";
import type { RecoveryConfig } from "../../schema/recovery";
import { vaultPolicy } from "./recovery-policies";

/**
 * What AWS Backup reports to a vault's topic. Backups that failed or expired are no such event any more: EventBridge
 * reports them (components/observability/event-alerts.ts).
 */
export const REPORTED_EVENTS: readonly VaultEvent[] = [
  "COPY_JOB_FAILED",
  "RESTORE_JOB_COMPLETED",
  "S3_BACKUP_OBJECT_FAILED",
  "S3_RESTORE_OBJECT_FAILED",
];

export interface BackupVaultArgs {
  /** Physical name. A change replaces the vault. */
  readonly vaultName: string;
  /** Region of the vault. @default the provider's region */
  readonly region?: string;
  /** Key of the backups, in the vault's region. A change replaces the vault. */
  readonly keyArn: pulumi.Input<string>;
  /** Makes backups undeletable for a time. @default only the access policy denies deletion */
  readonly lock?: RecoveryConfig["lock"];
  /** Whether Pulumi refuses to delete the vault. */
  readonly protect: boolean;
  readonly tags: Tags;
}

/** A vault with backups that no principal can delete before their time. It costs by stored data. */
export class BackupVault extends pulumi.ComponentResource {
  /** Physical name, known before the vault exists. */
  public readonly vaultName: string;
  public readonly arn: pulumi.Output<string>;
  /** The vault, for what names it and must wait for it. */
  public readonly vault: aws.backup.Vault;

  public constructor(name: string, args: BackupVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:BackupVault", name, {}, opts);

    const { region } = args;
    this.vault = new aws.backup.Vault(
      name,
      {
        name: args.vaultName,
        region,
        kmsKeyArn: args.keyArn,
        // Deleting a vault never deletes backups.
        forceDestroy: false,
        tags: { ...args.tags, Name: args.vaultName },
      },
      { parent: this, protect: args.protect },
    );
    new aws.backup.VaultPolicy(
      name,
      { backupVaultName: this.vault.name, region, policy: vaultPolicy() },
      { parent: this },
    );
    this.createLock(name, args);

    this.vaultName = args.vaultName;
    this.arn = this.vault.arn;
    this.registerOutputs({ vaultName: this.vaultName, arn: this.arn });
  }

  private createLock(name: string, { lock, region }: BackupVaultArgs): void {
    if (lock === undefined) {
      return;
    }
    new aws.backup.VaultLockConfiguration(
      name,
      {
        backupVaultName: this.vault.name,
        region,
        minRetentionDays: lock.minimumDays,
        maxRetentionDays: lock.maximumDays,
        // With days of grace the lock becomes one that no principal can remove (compliance mode).
        changeableForDays: lock.mode === "compliance" ? lock.graceDays : undefined,
      },
      // A vault has one lock, deleted by the vault's name: after the new one, the old one's deletion would remove it.
      // Source: hashicorp/terraform-provider-aws, internal/service/backup/vault_lock_configuration.go, Delete.
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
