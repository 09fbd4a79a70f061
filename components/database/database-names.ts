/** Identifiers of the instances, known before there is one. */
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";

/** Identifier of the primary. */
export function primaryIdentifierOf(names: Names): string {
  return names.environment("primary", "databaseInstance");
}

/** ARN of the primary. */
export function primaryArnOf(arns: Arns, names: Names): string {
  return arns.regional("rds", `db:${primaryIdentifierOf(names)}`);
}

/** Identifier of the read replica. */
export function replicaIdentifierOf(names: Names): string {
  return names.environment("replica", "databaseInstance");
}
