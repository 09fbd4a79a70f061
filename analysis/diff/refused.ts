/** What AWS refuses in the middle of an update, or never does, though a plan has it: it needs both sides of a change. */
import { entryOf } from "../../facts/entry-of";
import type { PlannedResource } from "../plan/model";
import type { Refusal, ResourceChange } from "./model";
import type { Pair } from "./pairs";

type Inputs = Readonly<Record<string, unknown>>;
type Rule = (old: Inputs, now: Inputs) => Refusal | undefined;

/** By type. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  "aws:elasticache/replicationGroup:ReplicationGroup": [tlsAtOnce, tlsWithLogin],
  "aws:rds/instance:Instance": [majorVersion, lessStorage],
};

const MAJOR = /^(\d+)/;

/** Why AWS refuses an update of a resource; undefined where nothing says that it does. */
export function refusalOf(type: string, old: Inputs = {}, now: Inputs = {}): Refusal | undefined {
  for (const rule of entryOf(RULES, type) ?? []) {
    const refusal = rule(old, now);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * The resources as an update leaves them: what AWS refuses to create is not there, and a property whose change it refuses keeps its
 * old value.
 */
export function asMade(
  resources: readonly PlannedResource[],
  changes: readonly ResourceChange[],
  both: readonly Pair[],
): PlannedResource[] {
  const kept = new Map(
    changes.flatMap(({ op, urn, refusal }) =>
      op === "update" && refusal !== undefined ? [[urn, refusal.property] as const] : [],
    ),
  );
  const absent = new Set(
    changes.flatMap(({ op, urn, refusal }) =>
      op === "create" && refusal !== undefined ? urn : [],
    ),
  );
  const before = new Map(both.map(({ old, now }) => [now.urn, old.inputs]));
  const made = resources.filter(({ urn }) => !absent.has(urn));
  return made.map((resource) => {
    const property = kept.get(resource.urn);
    return property === undefined
      ? resource
      : {
          ...resource,
          inputs: { ...resource.inputs, [property]: before.get(resource.urn)?.[property] },
        };
  });
}

/** Source: RDS API Reference, ModifyDBInstance, AllowMajorVersionUpgrade. */
function majorVersion(old: Inputs, now: Inputs): Refusal | undefined {
  // Of other engines a major version is more than its first number.
  if (now["engine"] !== "postgres") return undefined;
  // A replica follows its source's version; whether it stands in the source's region no update says.
  if (now["replicateSourceDb"] !== undefined) return undefined;
  const [before, after] = [old, now].map(({ engineVersion: version }) =>
    typeof version === "string" ? Number(MAJOR.exec(version)?.[1]) : NaN,
  ) as [number, number];
  const allowed = now["allowMajorVersionUpgrade"] ?? false;
  if (!(after > before) || allowed !== false) return undefined;
  return {
    property: "engineVersion",
    why: `engineVersion rises from PostgreSQL ${before} to ${after}, and RDS refuses it without allowMajorVersionUpgrade`,
  };
}

/**
 * Source: RDS User Guide, "Increasing DB instance storage capacity"; that the provider leaves it out below
 * maxAllocatedStorage: hashicorp/terraform-provider-aws, internal/service/rds/instance.go, allocated_storage.
 */
function lessStorage(old: Inputs, now: Inputs): Refusal | undefined {
  const [before, after, most] = [old, now]
    .map(({ allocatedStorage }) => allocatedStorage)
    .concat(now["maxAllocatedStorage"]);
  if (typeof before !== "number" || typeof after !== "number" || after >= before) return undefined;
  const then =
    typeof most === "number" && most > after
      ? "the provider leaves the change out, and the instance keeps and bills what it has"
      : "RDS refuses it";
  return {
    property: "allocatedStorage",
    why: `allocatedStorage falls from ${before} to ${after} GiB, and storage of an instance never shrinks: ${then}. Keep ${before}, or move the data to a new instance`,
  };
}

/** Source: ElastiCache API Reference, ModifyReplicationGroup, TransitEncryptionEnabled and TransitEncryptionMode. */
function tlsAtOnce(old: Inputs, now: Inputs): Refusal | undefined {
  const [before, after] = [old, now].map((one) => one["transitEncryptionEnabled"]);
  const mode = now["transitEncryptionMode"];
  if (before !== false || after !== true || mode === "preferred") return undefined;
  return {
    property: "transitEncryptionEnabled",
    why: "transitEncryptionEnabled changes to true, and ElastiCache refuses it for a living cache in one step: transitEncryptionMode preferred first, with which clients change to TLS, and required in a second update",
  };
}

/**
 * Also where the same change takes the token away, as the provider sends TLS first. ElastiCache answers "Modification of transit encryption is
 * not supported for access control enabled clusters": aws-controllers-k8s/community, issue 2536. The order of the calls, and that
 * a token goes only for user groups: hashicorp/terraform-provider-aws, internal/service/elasticache/replication_group.go.
 */
function tlsWithLogin(old: Inputs, now: Inputs): Refusal | undefined {
  const [before, after] = [old, now].map((one) => one["transitEncryptionEnabled"]);
  const groups = old["userGroupIds"];
  const login =
    (old["authToken"] ?? old["authTokenWo"]) !== undefined
      ? "a token"
      : groups !== undefined && !(Array.isArray(groups) && groups.length === 0)
        ? "user groups"
        : undefined;
  if (before !== true || after !== false || login === undefined) return undefined;
  return {
    property: "transitEncryptionEnabled",
    why: `transitEncryptionEnabled changes to false, and ElastiCache refuses it for a cache with ${login}, which the same update takes away too late. Keep TLS, or move to a new cache`,
  };
}
