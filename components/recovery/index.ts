export { backupBeforeChanges, type BackupBeforeChangesArgs } from "./deployment-backup";
export { CrmRecovery, type CrmRecoveryArgs } from "./recovery";
