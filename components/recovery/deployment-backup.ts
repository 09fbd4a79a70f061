/** A backup of the database before each deployment: resource hooks that the database, every service and every function share. */
import * as pulumi from "@pulumi/pulumi";

import type { Window } from "../../facts/time-windows";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { RecoveryConfig } from "../../schema/recovery";
import {
  backUp,
  type BackupClient,
  type BackupRequest,
  type Progress,
  wasThere,
} from "./recovery-backup";
import { recoveryRoleName, vaultNameOf } from "./recovery-names";

export interface BackupBeforeChangesArgs {
  readonly config: RecoveryConfig;
  /** What is backed up, by ARN. */
  readonly databaseArn: string;
  /** When RDS works on it: AWS Backup starts nothing then. */
  readonly windows: readonly Window[];
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** Hooks of a resource, as its options take them. */
export interface ChangeHooks {
  readonly beforeUpdate?: pulumi.ResourceHook[];
  /** A replacement is created, like a new resource: a hook cannot distinguish them. */
  readonly beforeCreate?: pulumi.ResourceHook[];
}

/**
 * What runs before the primary, an ECS service or a function is updated, and before a service or function is created beside a database that
 * lives. The first of them waits for the backup, the others find it there; a new password is so followed by its tasks at once. None without
 * a plan of backups.
 */
export function backupBeforeChanges(args: BackupBeforeChangesArgs): ChangeHooks {
  const { config, names, arns, databaseArn, windows, tags } = args;
  if (config.beforeDeployment === undefined || config.plan === undefined || skips(config)) {
    return {};
  }
  return beforeDeployment({
    hookName: names.of("backup-before-deployment"),
    settings: config.beforeDeployment,
    region: arns.region,
    vaultName: vaultNameOf(names, "vault"),
    resourceArn: databaseArn,
    roleArn: arns.role(recoveryRoleName(names, "backup")),
    tags,
    windows,
  });
}

/** Whether deployments of today begin without a backup, which is said wherever it shows. */
function skips({ beforeDeployment: settings }: RecoveryConfig): boolean {
  const until = settings?.skipUntil;
  const skipped = until !== undefined && new Date().toISOString().slice(0, 10) <= until;
  if (skipped) {
    void pulumi.log.warn(
      `crm:recovery.beforeDeployment.skipUntil is ${until}: until then a deployment begins without a backup.`,
    );
  }
  return skipped;
}

export interface DeploymentBackupArgs {
  /** Name of the hook before updates, and start of the other's; unique in the stack. */
  readonly hookName: string;
  readonly settings: NonNullable<RecoveryConfig["beforeDeployment"]>;
  readonly region: string;
  /** Vault that the backup is put into. */
  readonly vaultName: string;
  /** What is backed up, by ARN. */
  readonly resourceArn: string;
  /** Role with which AWS Backup works. */
  readonly roleArn: string;
  /** Tags of the backup. */
  readonly tags: Tags;
  /** Windows of the week in which, and in the hour before, AWS Backup starts none. */
  readonly windows: readonly Window[];
}

/** What the hook needs from its environment. */
export interface DeploymentBackupSurroundings {
  readonly connect: (region: string) => Promise<BackupClient>;
  readonly progress: Progress;
}

const LIVE: DeploymentBackupSurroundings = {
  connect: liveClient,
  progress: {
    log: (message) => void pulumi.log.info(message),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: () => Date.now(),
    callTimeout: 120_000,
  },
};

/**
 * The hooks: before the first change of an update they start a backup and wait for it; what comes after waits for the same one. When the
 * backup fails, or takes too long, the resources stay unchanged and the update fails. Previews run no hook of this kind.
 */
export function beforeDeployment(
  args: DeploymentBackupArgs,
  surroundings: DeploymentBackupSurroundings = LIVE,
): ChangeHooks {
  const backup = onceBefore(args, surroundings);
  const options = { onDryRun: false, ignoreErrors: false };
  return {
    beforeUpdate: [new pulumi.ResourceHook(args.hookName, () => backup("update"), options)],
    beforeCreate: [
      new pulumi.ResourceHook(`${args.hookName}-creation`, () => backup("create"), options),
    ],
  };
}

/**
 * The hooks' callback: one backup for as many changes as there are. None for a creation where no database was there when the
 * program started: in a stack's first update, or in one that recreates a lost database.
 */
export function onceBefore(
  args: DeploymentBackupArgs,
  surroundings: DeploymentBackupSurroundings,
): (change?: "update" | "create") => Promise<void> {
  const started = surroundings.progress.now();
  let backup: Promise<void> | undefined;
  let lives: Promise<boolean> | undefined;
  return async (change = "update") => {
    if (backup === undefined && change === "create") {
      lives ??= lived(args, surroundings, started);
      if (!(await lives)) return;
    }
    await (backup ??= take(args, surroundings));
  };
}

/** Whether the database was there when the program started: what this update makes itself holds nothing yet. */
async function lived(
  { region, resourceArn }: DeploymentBackupArgs,
  { connect, progress }: DeploymentBackupSurroundings,
  started: number,
): Promise<boolean> {
  return wasThere(await connect(region), resourceArn, started, progress.callTimeout);
}

async function take(
  args: DeploymentBackupArgs,
  { connect, progress }: DeploymentBackupSurroundings,
): Promise<void> {
  const request: BackupRequest = {
    vaultName: args.vaultName,
    resourceArn: args.resourceArn,
    roleArn: args.roleArn,
    retentionDays: args.settings.retentionDays,
    timeoutMinutes: args.settings.timeoutMinutes,
    pollSeconds: args.settings.pollSeconds,
    tags: { ...args.tags, Purpose: "before-deployment" },
    windows: args.windows,
  };
  await backUp(await connect(args.region), request, progress);
}

/** AWS itself. The SDKs are loaded when a backup is due, so that previews neither load them nor look for credentials. */
export async function liveClient(region: string): Promise<BackupClient> {
  const { Backup } = await import("@aws-sdk/client-backup");
  const { RDS, DBInstanceNotFoundFault } = await import("@aws-sdk/client-rds");
  const options = {
    region,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 20_000 },
  };
  const client = new Backup(options);
  const rds = new RDS(options);
  return {
    start: async (input) => (await client.startBackupJob(input)).BackupJobId,
    createdAt: async (DBInstanceIdentifier) => {
      try {
        const { DBInstances = [] } = await rds.describeDBInstances({ DBInstanceIdentifier });
        return DBInstances[0]?.InstanceCreateTime;
      } catch (error) {
        // AWS's code is DBInstanceNotFound, the SDK's name for it is the shape's: aws/aws-sdk-js-v3 issue 4023.
        if (error instanceof DBInstanceNotFoundFault) return undefined;
        throw error;
      }
    },
    describe: async (id) => {
      const job = await client.describeBackupJob({ BackupJobId: id });
      return { state: job.State, percent: job.PercentDone, message: job.StatusMessage };
    },
  };
}
