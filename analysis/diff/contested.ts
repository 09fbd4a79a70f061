/** What one resource wants that another has until later in the same update. */
import { entryOf } from "../../facts/entry-of";
import { UNIQUE_WITHIN } from "../../facts/held-alone";
import { canonicalType } from "../../facts/twin-types";
import type { PlannedResource, PropertyBag } from "../plan/model";
import { isUnknown, scalarText } from "../plan/values";
import type { Refusal, ResourceChange } from "./model";
import type { Pairs } from "./pairs";

/** One resource on both sides, as far as it is there. */
export interface Sides {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly old?: PropertyBag;
  readonly now?: PropertyBag;
  /** What a property is within, before and after: equal texts are the same. Undefined: not known. */
  readonly within: (
    property: string,
  ) => readonly [old: string | undefined, now: string | undefined];
}

/** Why AWS refuses the new values, by URN. Pulumi deletes at the end of an update, and changes in no certain order. */
export function contested(all: readonly Sides[]): ReadonlyMap<string, Refusal> {
  const refused = new Map<string, Refusal>();
  for (const one of all) {
    const rule = entryOf(UNIQUE_WITHIN, canonicalType(one.type));
    const value = rule && one.now?.[rule.property];
    if (rule === undefined || value === undefined || isUnknown(value)) continue;
    const { property } = rule;
    const [before, place] = one.within(rule.within);
    if (place === undefined || (one.old?.[property] === value && before === place)) continue;
    const holder = all.find(
      (other) =>
        other !== one &&
        canonicalType(other.type) === canonicalType(one.type) &&
        other.old?.[property] === value &&
        other.within(rule.within)[0] === place,
    );
    if (holder === undefined) continue;
    const until = holder.now === undefined ? "deleted at the end" : "changed in the same update";
    const kept = holder.now?.[property] === value;
    refused.set(one.urn, {
      property,
      why: `${property} ${scalarText(value)} belongs to ${holder.name}${kept ? "" : `, which is ${until}`}: ${rule.why}. Take ${rule.free}, and this one in a second update if it must be this one`,
    });
  }
  return refused;
}

/** A change with its refusal, if it has one; what is replaced meanwhile is another matter. */
export function withRefusal(
  change: ResourceChange,
  refused: ReadonlyMap<string, Refusal>,
): ResourceChange {
  const refusal = refused.get(change.urn);
  return refusal !== undefined && (change.op === "create" || change.op === "update")
    ? { ...change, refusal }
    : change;
}

/** The resources of two plans: a value that is not known is the one of the resources that it is made of. */
export function sidesOf({ both, added, removed }: Pairs): Sides[] {
  const formerly = new Map(both.map(({ old, now }) => [now.urn, old.urn]));
  const place = (resource: PlannedResource | undefined, property: string) => {
    if (resource === undefined) return undefined;
    const value = resource.inputs[property];
    if (typeof value === "string" && !isUnknown(value)) return value;
    const urns = resource.propertyDependencies[property] ?? [];
    return urns.length === 0
      ? undefined
      : urns
          .map((urn) => formerly.get(urn) ?? urn)
          .sort()
          .join("\n");
  };
  const side = (old?: PlannedResource, now?: PlannedResource): Sides => {
    const { urn, name, type } = (now ?? old)!;
    return {
      ...{ urn, name, type },
      ...(old && { old: old.inputs }),
      ...(now && { now: now.inputs }),
      within: (property) => [place(old, property), place(now, property)],
    };
  };
  return [
    ...both.map(({ old, now }) => side(old, now)),
    ...added.map((now) => side(undefined, now)),
    ...removed.map((old) => side(old)),
  ];
}
