/** What AWS refuses in the middle of an update, though the provider plans it: it needs both sides of a change. */
import type { Refusal } from "./model";

type Inputs = Readonly<Record<string, unknown>>;

const MAJOR = /^(\d+)/;

/**
 * Why AWS refuses an update of a resource; undefined where nothing says that it does.
 * Source: RDS API Reference, ModifyDBInstance, AllowMajorVersionUpgrade.
 */
export function refusalOf(type: string, old: Inputs = {}, now: Inputs = {}): Refusal | undefined {
  // Of other engines a major version is more than its first number.
  if (type !== "aws:rds/instance:Instance" || now["engine"] !== "postgres") return undefined;
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
