/** Names that the backup plan and the backup before a change share. */
import type { Names } from "../../platform/names";

/** A vault of this region (`vault`) or of the copies' (`copies`). */
export function vaultNameOf(names: Names, part: string): string {
  return names.of(part === "vault" ? "backups" : "backup-copies");
}

/** A role of AWS Backup, by what it is for. */
export function recoveryRoleName(names: Names, part: string): string {
  return names.of(`${part}-service`, "role");
}
