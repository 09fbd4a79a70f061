/** Everything that changes between two plans, resource by resource, with what follows from it. */
import { interruptionOf } from "../../facts/interruption";
import { type PlannedResource, STACK_TYPE } from "../plan/model";
import { NO_COMPONENT, outermostComponent } from "../plan/tree";
import { reveal } from "../plan/values";
import { derivedChanges, type Replaced, replacedOf, verdictOf } from "./consequences";
import { contested, placesIn, sidesOf, withRefusal } from "./contested";
import { appliesTo, expiredBy, expiredIn } from "./expirations";
import { meaningOfDeletion, meaningOfReplacement } from "./meaning";
import type { Manner, Operation, PropertyChange, ResourceChange } from "./model";
import { type Pair, pairsOf } from "./pairs";
import { refusalOf } from "./refused";
import { differencesOf, type Difference } from "./values";

type Resources = readonly PlannedResource[];

/** All changes, in the order of the plan, what is deleted last. Secrets are masked. */
export function changesOf(
  old: Resources,
  now: Resources,
  pairs = pairsOf(old, now),
): ResourceChange[] {
  const [before, after] = [old, now].map((list) => new Map(list.map((one) => [one.urn, one]))) as [
    Map<string, PlannedResource>,
    Map<string, PlannedResource>,
  ];
  const paired = new Map(pairs.both.map((pair) => [pair.now.urn, pair]));
  const formerly = new Map(pairs.both.map((pair) => [pair.now.urn, pair.old.urn]));
  const replaced = new Map<string, Replaced>();
  const hasContents = (urn: string) => paired.has(urn) && !isEmptied(replaced.get(urn));
  const placeOf = placesIn(pairs);
  const found: ResourceChange[] = [];
  const present = [...after.keys()];
  for (const resource of inOrder(now, after)) {
    const pair = paired.get(resource.urn);
    // Pulumi creates one beside what it only read: pkg/resource/deploy/step_generator.go, wasExternal.
    if (pair === undefined || (pair.old.external && !resource.external)) {
      if (resource.type !== STACK_TYPE) found.push(created(resource, after, hasContents));
      continue;
    }
    if (resource.external && !pair.old.external) {
      // With its own id Pulumi only gives it up, with another it deletes it: step_generator.go, GenerateReadSteps.
      const others = present.filter((urn) => urn !== resource.urn);
      const given = deleted(pair.old, before, others);
      found.push({ ...given, urn: resource.urn, certain: false });
      continue;
    }
    const elsewhere = placeOf(pair.old) !== placeOf(pair.now);
    const change = changed({ ...pair, elsewhere }, replaced, after, formerly);
    if (change !== undefined) found.push(change);
  }
  const refused = contested(sidesOf(pairs));
  const places = new Map(now.map(({ urn }, index) => [urn, index]));
  return [
    ...found
      .sort((a, b) => places.get(a.urn)! - places.get(b.urn)!)
      .map((change) => withRefusal(change, refused)),
    ...pairs.removed
      .filter(({ type }) => type !== STACK_TYPE)
      .reverse()
      .map((resource) => deleted(resource, before, present)),
  ];
}

/** Every resource after those that its values are made of: children of a remote component may stand late in a plan. */
function inOrder(
  resources: Resources,
  byUrn: ReadonlyMap<string, PlannedResource>,
): PlannedResource[] {
  const seen = new Set<string>();
  const sorted: PlannedResource[] = [];
  for (const first of resources) {
    const path = [{ resource: first, left: needsOf(first) }];
    if (seen.has(first.urn)) continue;
    seen.add(first.urn);
    while (path.length > 0) {
      const { resource, left } = path.at(-1)!;
      const next = byUrn.get(left.pop() ?? "");
      if (next !== undefined && !seen.has(next.urn)) {
        seen.add(next.urn);
        path.push({ resource: next, left: needsOf(next) });
      } else if (next === undefined && left.length === 0) {
        sorted.push(resource);
        path.pop();
      }
    }
  }
  return sorted;
}

function needsOf({ propertyDependencies, dependencies }: PlannedResource): string[] {
  return [...new Set([...Object.values(propertyDependencies).flat(), ...dependencies])];
}

function frame(
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
): Pick<ResourceChange, "urn" | "type" | "name" | "component" | "custom" | "closed"> {
  const { urn, type, name, custom, closed } = resource;
  const component = outermostComponent(resource, byUrn)?.name ?? NO_COMPONENT;
  return { urn, type, name, component, custom, ...(closed && { closed }) };
}

/** Only what may be replaced keeps its contents, perhaps. */
function isEmptied(again: Replaced | undefined): boolean {
  return again !== undefined && again.certain;
}

/** `hasContents`: of a resource that the plan does not create. */
function created(
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
  hasContents: (urn: string) => boolean,
): ResourceChange {
  const { type, inputs, propertyDependencies: needs, external } = resource;
  if (external) return ofRead("read", resource, byUrn);
  const loss = appliesTo(needs, hasContents) ? expiredBy(type, undefined, inputs) : undefined;
  return {
    ...frame(resource, byUrn),
    ...{ op: "create", certain: true, properties: [], ignored: [] },
    ...(loss && { loss }),
  };
}

/** What happens to a resource that the program only reads. Source: Pulumi CLI, pkg/resource/deploy/step.go, OpRead. */
function ofRead(
  op: "read" | "discard",
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
  properties: readonly PropertyChange[] = [],
): ResourceChange {
  return { ...frame(resource, byUrn), ...{ op, certain: true, properties, ignored: [] } };
}

/** Which one is read, where that changes. */
function otherRead({ old, now }: Pair): PropertyChange[] {
  if (!old.external || !now.external || old.id === now.id) return [];
  const value = { path: "id", property: "id", kind: "changed", old: old.id, new: now.id } as const;
  const source = "pkg/resource/deploy/step_generator.go";
  return [{ ...value, ...{ verdict: "in-place", source, certain: true, read: true } }];
}

function deleted(
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
  present: readonly string[],
): ResourceChange {
  if (resource.external) return ofRead("discard", resource, byUrn);
  const made = resource.custom;
  return {
    ...frame(resource, byUrn),
    ...{ op: "delete", certain: true, properties: [], ignored: [] },
    ...(made && meaningOfDeletion(gone(resource), resource.urn, present)),
    ...(made && resource.protect && { protected: true }),
  };
}

function changed(
  { old, now, elsewhere }: Pair & { readonly elsewhere: boolean },
  replaced: Map<string, Replaced>,
  byUrn: ReadonlyMap<string, PlannedResource>,
  formerly: ReadonlyMap<string, string>,
): ResourceChange | undefined {
  const renamedFrom = old.urn === now.urn ? undefined : old.urn;
  const read = otherRead({ old, now });
  if (read.length > 0) {
    return {
      ...ofRead("read", now, byUrn, read),
      ...(renamedFrom !== undefined && { renamedFrom }),
    };
  }
  if ((!now.custom && !now.closed) || now.external) {
    return renamedFrom === undefined
      ? undefined
      : {
          ...frame(now, byUrn),
          ...{ op: "rename", certain: true, renamedFrom, properties: [], ignored: [] },
        };
  }
  const all = differencesOf(old.inputs, now.inputs);
  const isIgnored = ({ path }: Difference) =>
    now.ignoreChanges.some(
      (one) => path === one || (/^[.[]/.test(path.slice(one.length)) && path.startsWith(one)),
    );
  const ignored = all.filter(isIgnored);
  const own = all.filter((one) => !isIgnored(one)).map((one) => judged(old, now, one));
  const follows = derivedChanges(old, now, replaced, byUrn, formerly).filter(
    ({ property }) => !own.some((one) => one.property === property),
  );
  const properties = [...own, ...follows];
  if (properties.length === 0 && ignored.length === 0 && renamedFrom === undefined)
    return undefined;
  const { op, certain } = operationOf(properties, renamedFrom !== undefined);
  const isReplaced = op === "replace" || op === "may-replace";
  const revealed = reveal(now.inputs) as PlannedResource["inputs"];
  const again = isReplaced
    ? replacedOf(old, now, op === "replace" && certain, replaced, elsewhere)
    : undefined;
  if (again !== undefined) replaced.set(now.urn, again);
  const refusal = op === "update" ? refusalOf(now.type, old.inputs, now.inputs) : undefined;
  const loss = expiredIn(
    {
      op,
      type: now.type,
      old: old.inputs,
      now: now.inputs,
      needs: now.propertyDependencies,
      properties,
    },
    (urn) => !formerly.has(urn) || isEmptied(replaced.get(urn)),
  );
  return {
    ...frame(now, byUrn),
    ...{ op, certain },
    ...(renamedFrom !== undefined && { renamedFrom }),
    properties: isReplaced
      ? properties
      : properties.map((one) => withInterruption(now, revealed, one)),
    ignored,
    ...(refusal !== undefined && { refusal }),
    ...(loss && { loss }),
    ...(again && replacedMeaning(old, now.type, again.manner, properties)),
  };
}

function judged(
  old: PlannedResource,
  now: PlannedResource,
  difference: Difference,
): PropertyChange {
  return { ...difference, ...verdictOf(now, old.inputs, difference), certain: true };
}

function withInterruption(
  now: PlannedResource,
  inputs: PlannedResource["inputs"],
  change: PropertyChange,
): PropertyChange {
  const { property, old, new: value } = change;
  return {
    ...change,
    interruption: interruptionOf({ token: now.type, property, old, new: value, inputs }),
  };
}

/** What Pulumi does with a resource of which these properties change. */
function operationOf(
  properties: readonly PropertyChange[],
  renamed: boolean,
): { readonly op: Operation; readonly certain: boolean } {
  const replaces = properties.filter(({ verdict }) => verdict === "replaces");
  if (replaces.some(({ certain }) => certain)) return { op: "replace", certain: true };
  const may = properties.filter(({ verdict }) => verdict === "may-replace");
  if (replaces.length > 0 || may.length > 0) return { op: "may-replace", certain: false };
  if (properties.length === 0) return { op: renamed ? "rename" : "update", certain: true };
  return { op: "update", certain: properties.some(({ certain }) => certain) };
}

function gone({ type, inputs, retainOnDelete }: PlannedResource) {
  return { type, inputs, kept: retainOnDelete };
}

function replacedMeaning(
  old: PlannedResource,
  type: string,
  manner: Manner,
  properties: readonly PropertyChange[],
): Partial<ResourceChange> {
  return {
    manner,
    ...meaningOfReplacement({ ...gone(old), type }, manner, properties),
    ...(old.protect && { protected: true as const }),
  };
}
