/** The AWS SDK behind the interface of the question; it is bundled with the function, in the version of package-lock.json. */
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

/** RDS of the function's region. */
export function backupReader(client = new RDSClient(CLIENT)): BackupReader {
  return async () => {
    const found = [];
    for await (const page of paginateDescribeDBInstanceAutomatedBackups({ client }, {})) {
      for (const one of page.DBInstanceAutomatedBackups ?? []) {
        found.push({ database: one.DBInstanceIdentifier, until: one.RestoreWindow?.LatestTime });
      }
    }
    return found;
  };
}
