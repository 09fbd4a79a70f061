/**
 * What a plan says and a deployment does not do: the program tells Pulumi to ignore the property of a living resource, so
 * its preview shows nothing, and what runs differs from what the program says from then on.
 */
import { entryOf } from "../../facts/entry-of";
import { KEPT_PROPERTIES } from "../../facts/service-calls";
import type { ResourceChange } from "./model";

/** An ignored property whose change has a procedure of its own. */
export interface Unseen {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly property: string;
  readonly old: unknown;
  readonly new: unknown;
  readonly says: string;
}

/** The changes that a deployment would not make and that have to be refused. */
export function unseenOf(changes: readonly ResourceChange[]): Unseen[] {
  return changes.flatMap(({ urn, name, type, ignored }) =>
    ignored.flatMap(({ path, old, new: now }) => {
      const row = (entryOf(KEPT_PROPERTIES.types, type) ?? []).find(([pattern]) =>
        pattern.test(path),
      );
      return row === undefined
        ? []
        : [{ urn, name, type, property: path, old, new: now, says: row[1] }];
    }),
  );
}
