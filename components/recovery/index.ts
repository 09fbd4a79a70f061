export { backupBeforeChanges, type BackupBeforeChangesArgs } from "./deployment-backup";
export { CrmRecovery } from "./recovery";
export type { CrmRecoveryArgs } from "./recovery-args";
