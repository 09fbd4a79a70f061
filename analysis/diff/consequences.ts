/**
 * What follows from a replacement. Who holds an id, name or ARN of what is replaced, changes or is replaced too: for
 * certain where AWS makes up a new id, possibly where it is not known whose output a value is made of, and not at all
 * where every value stays known.
 */
import { identityAfter, type Identity } from "../../facts/identities";
import { deletesFirst, replacement, type Replacement } from "../../facts/replacement";
import type { PlannedResource, PropertyBag } from "../plan/model";
import { containsUnknown, isSecret, isUnknown, isWhole } from "../plan/values";
import { decided } from "./conditions";
import type { Manner, PropertyChange } from "./model";
import { takenBy } from "./one-alone";

/** A resource that is replaced. */
export interface Replaced {
  readonly certain: boolean;
  readonly identity: Identity;
  readonly manner: Manner;
}

/**
 * What a replacement of one resource means to those who refer to it; `replaced` has those before it.
 *
 * @param elsewhere the new one is in another region or account
 */
export function replacedOf(
  old: PlannedResource,
  now: PlannedResource,
  certain: boolean,
  replaced: ReadonlyMap<string, Replaced>,
  elsewhere: boolean,
): Replaced {
  const identity = identityAfter(now.type, old.inputs, now.inputs);
  const manner = mannerOf(now);
  const moved = (property: string) =>
    (now.propertyDependencies[property] ?? []).some((urn) => replaced.get(urn)?.identity === "new");
  const taken =
    manner.order === "create-first" && !elsewhere
      ? takenBy(now.type, old.inputs, now.inputs, moved)
      : undefined;
  return { certain, identity, manner: taken ?? manner };
}

/** In which order the provider replaces a resource. */
export function mannerOf({ type, inputs, deleteBeforeReplace }: PlannedResource): Manner {
  const first = type.startsWith("random:") ? false : deletesFirst(type, inputs);
  if (deleteBeforeReplace === true) return { order: "delete-first", why: "the program says so" };
  if (first === undefined)
    return { order: "unknown", why: "the provider was not asked about this type" };
  if (!first) return { order: "create-first", why: "the new one gets a name of its own" };
  return deleteBeforeReplace === false
    ? { order: "name-taken", why: "the program sets the name and forbids to delete first" }
    : { order: "delete-first", why: "the program sets the name, and two cannot have it" };
}

/** What the provider does with a property, with what the program and other providers say. */
export function verdictOf(
  { type, replaceOnChanges, inputs }: PlannedResource,
  before: PropertyBag,
  { property, ...change }: Pick<PropertyChange, "property" | "kind" | "old" | "new">,
): Replacement {
  const [outer = property] = property.split(".");
  if (replaceOnChanges.some((one) => one === "*" || one === property || one === outer)) {
    return { verdict: "replaces", source: "replaceOnChanges of the program" };
  }
  if (type.startsWith("random:")) {
    return {
      verdict: "replaces",
      source:
        "https://github.com/hashicorp/terraform-provider-random, RequiresReplace on every argument",
    };
  }
  return decided(replacement(type, property), { ...change, before, after: inputs });
}

/** What changes of a resource because others are replaced; `formerly` has the old URN of each that was there before. */
export function derivedChanges(
  old: PlannedResource,
  now: PlannedResource,
  replaced: ReadonlyMap<string, Replaced>,
  byUrn: ReadonlyMap<string, PlannedResource>,
  formerly: ReadonlyMap<string, string>,
): PropertyChange[] {
  const ignored = new Set(now.ignoreChanges.map((one) => one.split(/[.[]/)[0]!));
  return Object.entries(now.propertyDependencies).flatMap(([property, urns]) => {
    if (ignored.has(property)) return [];
    const sources = urns.filter((urn) => replaced.has(urn));
    const value = now.inputs[property];
    if (sources.length === 0) return madeOfOthers(old, now, property, byUrn, formerly);
    const all = sources.map((urn) => replaced.get(urn)!);
    if (containsUnknown(value) && containsUnknown(old.inputs[property])) {
      return changesIn(now, old.inputs, property, replaced, byUrn);
    }
    // Deleted first, it takes along each resource that cannot change the reference in place: Pulumi CLI,
    // pkg/resource/deploy/step_generator.go, calculateDependentReplacements.
    const first = all.filter(({ manner }) => manner.order === "delete-first");
    const change = derived(
      now,
      old.inputs,
      property,
      value,
      sources,
      first.some(({ certain }) => certain),
    );
    return first.length > 0 && change.verdict === "replaces" ? [change] : [];
  });
}

/**
 * A value that is unknown on both sides and made of other resources than before: another NAT gateway in a route. For
 * certain where none of them is the same.
 */
function madeOfOthers(
  old: PlannedResource,
  now: PlannedResource,
  property: string,
  byUrn: ReadonlyMap<string, PlannedResource>,
  formerly: ReadonlyMap<string, string>,
): PropertyChange[] {
  const value = now.inputs[property];
  if (!containsUnknown(value) || !containsUnknown(old.inputs[property])) return [];
  const own = (urns: readonly string[] = []) =>
    new Set(urns.filter((urn) => byUrn.get(urn)?.custom ?? !byUrn.has(urn)));
  const [before, after] = [
    own(old.propertyDependencies[property]),
    own(now.propertyDependencies[property]),
  ];
  return [...new Set(unknownPlaces(value, property))].flatMap((place) => {
    const meant = narrowed(place, [...after], byUrn);
    // A renamed resource is the same one.
    const added = meant.filter((urn) => !before.has(formerly.get(urn) ?? urn));
    return added.length === 0
      ? []
      : [derived(now, old.inputs, place, value, added, added.length === meant.length)];
  });
}

function changesIn(
  now: PlannedResource,
  before: PropertyBag,
  property: string,
  replaced: ReadonlyMap<string, Replaced>,
  byUrn: ReadonlyMap<string, PlannedResource>,
): PropertyChange[] {
  const value = now.inputs[property];
  const places = [...new Set(unknownPlaces(value, property))];
  return places.flatMap((place) => {
    const urns = narrowed(place, now.propertyDependencies[property]!, byUrn);
    const sources = urns.filter((urn) => replaced.has(urn));
    if (sources.length === 0) return [];
    const all = sources.map((urn) => replaced.get(urn)!);
    const changes = all.some(({ identity, certain }) => identity === "new" && certain);
    const first = all.some(({ manner, certain }) => manner.order === "delete-first" && certain);
    const verdict = verdictOf(now, before, { property: place, kind: "changed" }).verdict;
    const onlyThese = urns.every((urn) => !byUrn.get(urn)?.custom || replaced.has(urn));
    // What is deleted first takes along by the graph alone, also where the value has other parts.
    const certain = (first && verdict === "replaces") || (onlyThese && changes);
    return [derived(now, before, place, value, sources, certain)];
  });
}

/**
 * Of the resources that a value may be made of, those that its name speaks of: an output of a component depends on all that
 * the component made, and `vpcId` holds the id of a network all the same.
 */
function narrowed(
  place: string,
  urns: readonly string[],
  byUrn: ReadonlyMap<string, PlannedResource>,
): readonly string[] {
  const stem = place
    .split(".")
    .at(-1)!
    .replace(/(Id|Arn|Name)?s?$/, "")
    .toLowerCase();
  const meant = urns.filter((urn) => {
    const name = byUrn.get(urn)?.type.split(":").pop()?.toLowerCase();
    return name !== undefined && stem.endsWith(name);
  });
  return meant.length > 0 ? meant : urns;
}

function derived(
  now: PlannedResource,
  before: PropertyBag,
  property: string,
  value: unknown,
  because: readonly string[],
  certain: boolean,
): PropertyChange {
  return {
    ...{ path: property, property, kind: "changed" as const },
    ...verdictOf(now, before, { property, kind: "changed" }),
    ...{ certain, because },
    ...(isSecret(value) && { secret: true as const }),
  };
}

/** The properties, without items, in which a value is not known. */
function unknownPlaces(value: unknown, property: string): string[] {
  if (isUnknown(value) || isSecret(value)) return [property];
  if (Array.isArray(value)) return value.flatMap((one) => unknownPlaces(one, property));
  if (typeof value !== "object" || value === null) return [];
  if (isWhole(value)) return [property];
  return Object.entries(value).flatMap(([name, one]) => unknownPlaces(one, `${property}.${name}`));
}
