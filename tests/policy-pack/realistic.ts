/** Rows and stacks with the inputs that a program really sends, not only with what a rule reads. */
import type { PolicyResource } from "@pulumi/policy";

import { containsUnknown, reveal } from "../../analysis/plan/values";
import { unproxied } from "../../analysis/properties";
import type { PlannedResource } from "../../tools/preview/index";
import { guarded, type Row, type Sample, UNKNOWN_TEXT } from "./support";

type Properties = Record<string, unknown>;

/**
 * The rows of a table with planned resources' inputs below what the rows say: one list for each planned
 * resource of the types that the table is about. A property that any row speaks of is the rows' alone. None
 * when nothing of these types is planned.
 */
export function onRealInputs(rows: readonly Row[], planned: readonly PlannedResource[]): Row[][] {
  const spoken = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const { type, props } of "otherType" in row ? [] : samplesOf(row)) {
      const keys = spoken.get(type) ?? new Set();
      spoken.set(type, keys);
      Object.keys(props ?? {}).forEach((key) => keys.add(key));
    }
  }
  const inputs = new Map(
    [...spoken].map(([type, keys]) => [
      type,
      planned
        .filter((candidate) => candidate.type === type && candidate.custom)
        .map((candidate) => knownInputs(candidate, keys)),
    ]),
  );
  const most = Math.max(0, ...[...inputs.values()].map((list) => list.length));
  return Array.from({ length: most }, (_, index) => {
    const filled = <T extends Sample>(sample: T): T => {
      const list = inputs.get(sample.type) ?? [];
      return { ...sample, props: { ...list[index % (list.length || 1)], ...sample.props } };
    };
    return rows.map((row) =>
      "resources" in row ? { ...row, resources: row.resources.map(filled) } : filled(row),
    );
  });
}

function samplesOf(row: Row): readonly Sample[] {
  return "resources" in row ? row.resources : [row];
}

/** Without what is not known: a row's resources refer to each other, not to the plan's. */
function knownInputs({ inputs }: PlannedResource, except: ReadonlySet<string>): Properties {
  return Object.fromEntries(
    Object.entries(reveal(inputs) as Properties).filter(
      ([key, value]) => !except.has(key) && !containsUnknown(value),
    ),
  );
}

/** A resource with one property that is not known. */
export function withoutProperty(resource: PolicyResource, property: string): PolicyResource {
  return {
    ...resource,
    props: guarded({ ...unproxied(resource.props), [property]: UNKNOWN_TEXT }),
  };
}

/**
 * A stack in which no property of a type's resources is known, or a certain one is not; what they are made of is. A
 * region stays: one that is not known is the provider's.
 */
export function withoutProperties(
  stack: readonly PolicyResource[],
  type: string,
  property?: string,
) {
  const copies = new Map(
    stack.map((resource): [PolicyResource, PolicyResource] => {
      const given = resource.type === type ? unproxied(resource.props) : {};
      const names = Object.keys(given).filter(
        (name) => name !== "region" && name === (property ?? name),
      );
      const unknown = Object.fromEntries(names.map((name) => [name, UNKNOWN_TEXT]));
      return [
        resource,
        names.length > 0
          ? { ...resource, props: guarded({ ...given, ...unknown }) }
          : { ...resource },
      ];
    }),
  );
  for (const copy of copies.values()) {
    copy.propertyDependencies = Object.fromEntries(
      Object.entries(copy.propertyDependencies).map(([property, resources]) => [
        property,
        resources.map((resource) => copies.get(resource)!),
      ]),
    );
  }
  return [...copies.values()];
}
