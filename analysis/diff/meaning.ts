/** What it means that a resource is deleted or replaced: data that is lost with it, and what stops. */
import { dataOf } from "../../facts/data-types";
import { entryOf } from "../../facts/entry-of";
import { OUTAGE_TYPES } from "../../facts/outage-types";
import type { Loss, Manner, PropertyChange, ResourceChange } from "./model";
import { rotated, succeeded } from "./rotations";

type Meaning = Pick<ResourceChange, "loss" | "outage" | "rotation">;

/** The resource that goes, as far as its meaning needs it. */
interface Gone {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** AWS keeps it. */
  readonly kept: boolean;
}

/** What is lost with a resource. */
function lossOf({ type, inputs, kept }: Gone): Loss | undefined {
  const data = dataOf(type, inputs);
  return data && { holds: data.holds, safeWay: data.safeWay, ...(kept && { kept: true as const }) };
}

/** Of a deletion; what AWS keeps is neither lost nor stopped. `present` are the URNs of what is there afterwards. */
export function meaningOfDeletion(old: Gone, urn: string, present: readonly string[]): Meaning {
  const { type, kept } = old;
  if (kept) return {};
  const rotation = succeeded(type, urn, present);
  if (rotation !== undefined) return { rotation };
  const loss = lossOf(old);
  const stops = entryOf(OUTAGE_TYPES, type);
  return {
    ...(loss && { loss }),
    ...(stops !== undefined && { outage: `deleted: that ends ${stops}${heldOf(old)}` }),
  };
}

/** Of a replacement; where the old one is kept, the platform goes on with an empty one. */
export function meaningOfReplacement(
  old: Gone,
  manner: Manner,
  properties: readonly PropertyChange[],
): Meaning {
  const { type } = old;
  const rotation = rotated(type, properties);
  if (rotation !== undefined) return { rotation };
  const loss = lossOf(old);
  const stops = entryOf(OUTAGE_TYPES, type);
  const outage = stops === undefined ? undefined : OUTAGES[manner.order](stops, manner);
  return {
    ...(loss && { loss }),
    ...(outage !== undefined && { outage: `${outage}${heldOf(old)}` }),
  };
}

/**
 * A vault's lock that becomes immutable, which AWS does not delete afterwards. Source: AWS Backup Developer Guide,
 * DeleteBackupVaultLockConfiguration.
 */
function heldOf({ type, inputs }: Gone): string {
  const days = inputs?.["changeableForDays"];
  return type === "aws:backup/vaultLockConfiguration:VaultLockConfiguration" &&
    typeof days === "number"
    ? `; AWS refuses to delete it once it is ${days} days old`
    : "";
}

const OUTAGES: Readonly<
  Record<Manner["order"], (stops: string, manner: Manner) => string | undefined>
> = {
  "create-first": () => undefined,
  "delete-first": (stops) => `deleted before the new one is there: that stops ${stops} meanwhile`,
  "name-taken": (stops, { why }) =>
    `AWS refuses the new one beside the old one, and the update ends half-way (${why}): in danger is ${stops}`,
  "removed-after": (stops, { why }) =>
    `created in the old one's place, whose deletion at the end removes it (${why}): that ends ${stops}`,
  unknown: (stops) => `perhaps deleted before the new one is there: that stops ${stops} meanwhile`,
};
