/**
 * What only one resource can have, besides a name: AWS refuses a new resource that wants it while the old one is there, or
 * the old one's deletion removes the new one.
 */
import { overlaps, parseCidr } from "../../facts/cidr";
import { entryOf } from "../../facts/entry-of";
import { HELD_ALONE, type HeldAlone } from "../../facts/held-alone";
import { canonicalType } from "../../facts/twin-types";
import type { PropertyBag } from "../plan/model";
import type { Manner } from "./model";
import { equal } from "./values";

const COLLIDES: Readonly<Record<HeldAlone["collides"], (old: unknown, now: unknown) => boolean>> = {
  equal,
  overlap,
  share,
};

/** Why a replacement cannot be made beside the old resource; `moved` tells which property holds the id of something new. */
export function takenBy(
  type: string,
  old: PropertyBag,
  now: PropertyBag,
  moved: (property: string) => boolean = () => false,
): Manner | undefined {
  if (!equal(old["region"], now["region"])) return undefined;
  const taken = entryOf(HELD_ALONE, canonicalType(type))?.find(
    ({ property, within, collides }) =>
      [property, within ?? property].every((one) => isThere(old[one]) && !moved(one)) &&
      COLLIDES[collides](old[property], now[property]) &&
      (within === undefined || equal(old[within], now[within])),
  );
  return taken && { order: taken.once ? "removed-after" : "name-taken", why: taken.why };
}

/** Two resources cannot compete for a property that is not set. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function overlap(old: unknown, now: unknown): boolean {
  const [one, other] = [old, now].map((text) =>
    typeof text === "string" ? parseCidr(text) : undefined,
  );
  return one && other ? overlaps(one, other) : equal(old, now);
}

function share(old: unknown, now: unknown): boolean {
  return Array.isArray(old) && Array.isArray(now)
    ? old.some((one) => now.some((other) => equal(one, other)))
    : equal(old, now);
}
