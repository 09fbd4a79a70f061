/** The replica that stands in another stack, by the plan of that stack. */
import { lostRegion } from "./control-planes";
import { recoveryRegions } from "./copy-regions";
import { isReplica, text, type RecoveryResource, type RecoveryStack } from "./resources";
import { regionOfPlace } from "./stand-in";

/** The stack that stands in the other region, with its name, or why there is no plan of it. */
export type OtherStack = { readonly name: string; readonly stack: RecoveryStack } | string;

/** What a plan has of replicas of a database. */
interface Found {
  readonly name: string;
  readonly stack: RecoveryStack;
  readonly region: string | undefined;
  readonly replicas: readonly RecoveryResource[];
}

/** A database's replicas in the other region, or why it is not known whether there is one. */
export function replicasOf(
  stack: RecoveryStack,
  database: RecoveryResource,
  other: OtherStack | undefined,
): Found | string {
  const region = recoveryRegions(stack)[0];
  if (other === undefined) {
    return `the plan of the stack in ${region} has the replica and its alarm; name that stack as recoveryStack in about.json`;
  }
  if (typeof other === "string") return other;
  const name = `:db:${text(database, "identifier")}`;
  const home = lostRegion(stack);
  const { result: replicas, unknown } = other.stack.noting(() =>
    replicasIn(other.stack, region).filter((one) => {
      const source = text(one, "replicateSourceDb");
      const from = source?.split(":")[3];
      return source?.endsWith(name) && (home === undefined || from === home);
    }),
  );
  const hidden = unknown.find(({ property }) => property === "replicateSourceDb");
  return replicas.length === 0 && hidden !== undefined
    ? `${hidden.property} of ${hidden.urn} is not known yet`
    : { ...other, region, replicas };
}

/** Replicas that take the place of another stack's database in a region. */
export function replicasIn(stack: RecoveryStack, region: string | undefined): RecoveryResource[] {
  return stack
    .ofType("aws:rds/instance:Instance")
    .filter((one) => regionOfPlace(one) === region && isReplica(one));
}
