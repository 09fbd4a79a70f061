/** What one resource wants that another has until later in the same update. */
import { entryOf } from "../../facts/entry-of";
import { UNIQUE_WITHIN } from "../../facts/held-alone";
import { identifyingProperties } from "../../facts/identities";
import { canonicalType } from "../../facts/twin-types";
import type { PlannedResource, PropertyBag } from "../plan/model";
import { placesOf } from "../plan/regions";
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
  /** Where it is, as {@link placesOf} says; the last place of one that goes. */
  readonly place?: string;
  /** AWS keeps the old one, which Pulumi only gives up (`retainOnDelete`). */
  readonly kept?: true;
  /** It is in AWS already, and Pulumi takes it over. */
  readonly imported?: true;
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
    const value = rule && !one.imported ? one.now?.[rule.property] : undefined;
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
  for (const [urn, refusal] of twice(all)) if (!refused.has(urn)) refused.set(urn, refusal);
  return refused;
}

/** Created resources with the id of one that Pulumi deletes afterwards: renamed in the program, and not in AWS. */
function twice(all: readonly Sides[]): (readonly [urn: string, refusal: Refusal])[] {
  const going = new Set(
    all.flatMap(({ type, old, now, place, kept }) =>
      old && !now && !kept ? (idOf(type, old, place)?.key ?? []) : [],
    ),
  );
  return all.flatMap(({ urn, type, old, now, place, imported }) => {
    const id = now && !old && !imported ? idOf(type, now, place) : undefined;
    if (id === undefined || !going.has(id.key)) return [];
    const why = `it has the ${id.property} of one that is deleted at the end of the same update: AWS refuses the new one, or the deletion removes it. If it is the same under another name, give it an alias`;
    return [[urn, { property: id.property, why }] as const];
  });
}

/** What AWS knows a resource by, where the program says it. */
function idOf(type: string, inputs: PropertyBag, place = "") {
  const properties = identifyingProperties(canonicalType(type));
  if (typeof properties === "string") return undefined;
  const values = properties.map((one) => inputs[one] ?? "");
  const known = [inputs["region"] ?? "", ...values].every(
    (one) => typeof one === "string" && !isUnknown(one),
  );
  const property = properties[0]!;
  return known && inputs[property] !== undefined
    ? { property, key: JSON.stringify([canonicalType(type), place, ...values]) }
    : undefined;
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

/** Where the resources of two plans are. */
export function placesIn({ both, added, removed }: Pairs): ReturnType<typeof placesOf> {
  return placesOf([
    ...[...removed, ...both.map(({ old }) => old)],
    ...[...both.map(({ now }) => now), ...added],
  ]);
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
  const placeOf = placesIn({ both, added, removed });
  const side = (old?: PlannedResource, now?: PlannedResource): Sides => {
    const { urn, name, type } = (now ?? old)!;
    return {
      ...{ urn, name, type, place: placeOf((now ?? old)!) },
      ...(old?.retainOnDelete && { kept: true }),
      ...(old && { old: old.inputs }),
      ...(now && { now: now.inputs }),
      within: (property) => [place(old, property), place(now, property)],
    };
  };
  const own = ({ external }: PlannedResource) => !external;
  return [
    ...both.map(({ old, now }) => side(old, now)),
    ...added.filter(own).map((now) => side(undefined, now)),
    ...removed.filter(own).map((old) => side(old)),
  ];
}
