/** Where a stack's copies are, and what for. */
import { text, type RecoveryStack } from "./resources";
import { standInRegion } from "./stand-in";

/** Regions that the stack's copies are in: replicated backups, vaults. */
export function copyRegions(stack: RecoveryStack): string[] {
  const types = [
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    "aws:backup/vault:Vault",
  ];
  const regions = types
    .flatMap((type) => stack.ofType(type))
    .map((resource) => text(resource, "region"))
    .filter((region) => region !== undefined);
  return [...new Set(regions)].sort();
}

/**
 * Regions that the platform is created in again from these copies. A stack that stands in for another has none: its
 * copies go home, where the other stack still has all that is its own.
 */
export function recoveryRegions(stack: RecoveryStack): string[] {
  return standInRegion(stack) === undefined ? copyRegions(stack) : [];
}
