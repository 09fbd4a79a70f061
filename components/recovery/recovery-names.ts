/** Names that the backup plan and the backup before a change share, and ARNs of them. */
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";

/** A vault of this region (`vault`) or of the copies' (`copies`). */
export function vaultNameOf(names: Names, part: string): string {
  return names.of(part === "vault" ? "backups" : "backup-copies");
}

/** A role of AWS Backup, by what it is for. */
export function recoveryRoleName(names: Names, part: string): string {
  return names.of(`${part}-service`, "role");
}

/** Of a vault in another region. Built from names: a plan's policy is then known in a first preview. */
export function copiesVaultArn(arns: Arns, vaultName: string, region: string): string {
  return arns.inRegion(region).regional("backup", `backup-vault:${vaultName}`);
}

/** Identifier of the instance that an ARN names. */
export function identifierOf(databaseArn: string): string {
  return databaseArn.split(":").at(-1)!;
}
