/** The AWS SDK behind the interface of the question; it is bundled with the function, in the version of package-lock.json. */
import { BackupClient, paginateListRecoveryPointsByBackupVault } from "@aws-sdk/client-backup";
import { paginateDescribeDBInstanceAutomatedBackups, RDSClient } from "@aws-sdk/client-rds";

import type { BackupReader } from "./backups";

/** Milliseconds; the next question comes in a minute. */
const CLIENT = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 2000,
    requestTimeout: 5000,
    // Without it the SDK warns and goes on waiting.
    throwOnRequestTimeout: true,
  },
};

/** Automated backups of a region, by default the function's. */
export function backupReader(
  region?: string,
  client = new RDSClient({ ...CLIENT, ...(region !== undefined && { region }) }),
): BackupReader {
  return async () => {
    const found = [];
    for await (const page of paginateDescribeDBInstanceAutomatedBackups({ client }, {})) {
      for (const one of page.DBInstanceAutomatedBackups ?? []) {
        found.push({ store: one.DBInstanceIdentifier, until: one.RestoreWindow?.LatestTime });
      }
    }
    return found;
  };
}

/** Older copies are late by any objective; without a bound every question would read all that the vault keeps. */
const OLDEST_MILLISECONDS = 7 * 24 * 3_600_000;

/** States of a recovery point that a restore takes. Source: AWS Backup API Reference, RecoveryPointByBackupVault. */
const GOOD = ["COMPLETED", "AVAILABLE"];

/** Recovery points of a vault in the function's region. */
export function copyReader(vault: string, client = new BackupClient(CLIENT)): BackupReader {
  return async () => {
    const found = [];
    const input = {
      BackupVaultName: vault,
      ByCreatedAfter: new Date(Date.now() - OLDEST_MILLISECONDS),
    };
    for await (const page of paginateListRecoveryPointsByBackupVault({ client }, input)) {
      for (const one of page.RecoveryPoints ?? []) {
        if (GOOD.includes(one.Status ?? "")) {
          // `arn:aws:rds:<region>:<account>:db:<name>`, `arn:aws:s3:::<name>`.
          found.push({ store: one.ResourceArn?.split(":").at(-1), until: one.CreationDate });
        }
      }
    }
    return found;
  };
}
