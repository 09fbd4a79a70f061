/** Which resource of the one plan is which of the other: by URN, else by an alias, a parent's included. */
import type { PlannedResource } from "../plan/model";
import { makeUrn, parseUrn } from "../plan/urn";

/** A resource on both sides. */
export interface Pair {
  readonly old: PlannedResource;
  readonly now: PlannedResource;
}

export interface Pairs {
  readonly both: readonly Pair[];
  readonly added: readonly PlannedResource[];
  readonly removed: readonly PlannedResource[];
}

/** Pairs the resources of two plans, each side in its own order. */
export function pairsOf(old: readonly PlannedResource[], now: readonly PlannedResource[]): Pairs {
  const before = new Map(old.map((resource) => [resource.urn, resource]));
  const present = new Set(now.map(({ urn }) => urn));
  const aliases = aliasesOf(now);
  const both: Pair[] = [];
  const added: PlannedResource[] = [];
  const taken = new Set<string>();
  for (const resource of now) {
    const names = [resource.urn, ...aliases.get(resource.urn)!.filter((urn) => !present.has(urn))];
    const found = names.find((urn) => before.has(urn) && !taken.has(urn));
    if (found === undefined) {
      added.push(resource);
    } else {
      taken.add(found);
      both.push({ old: before.get(found)!, now: resource });
    }
  }
  return { both, added, removed: old.filter(({ urn }) => !taken.has(urn)) };
}

/**
 * The aliases of every resource, with those that it has because its parent has some: the child of a renamed component is
 * found under the old name too, also where its own name begins with the component's.
 * Source: Pulumi CLI, pkg/resource/deploy/step_generator.go, inheritedChildAlias.
 */
function aliasesOf(resources: readonly PlannedResource[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const names = new Map(resources.map(({ urn, name }) => [urn, name]));
  for (const { urn, type, name, parent, aliases } of resources) {
    const inherited = (parent === undefined ? [] : (found.get(parent) ?? [])).map((above) => {
      const { stack, project, name: aboveName } = parseUrn(above);
      const parentName = names.get(parent!) ?? "";
      const own = name.startsWith(parentName) ? aboveName + name.slice(parentName.length) : name;
      return makeUrn(stack, project, above, type, own);
    });
    found.set(urn, [...new Set([...aliases, ...inherited])]);
  }
  return found;
}
