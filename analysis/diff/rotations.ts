/** Generated credentials that a change rotates: each gets another value, which is what was asked for, so nothing is lost. */
import { entryOf } from "../../facts/entry-of";
import { STATEFUL_TYPES } from "../../facts/stateful-types";
import { parseUrn } from "../plan/urn";
import type { Advice } from "./findings";
import type { PropertyChange, ResourceChange } from "./model";

/** A credential that is rotated, and how. */
export interface Rotation {
  readonly urn: string;
  readonly name: string;
  readonly says: string;
}

/** Every rotation among changes, with the program's own advice on it. */
export function rotationsOf(changes: readonly ResourceChange[], advice: Advice = {}): Rotation[] {
  return changes.flatMap(({ urn, name, type, rotation }) => {
    const more = entryOf(advice, `${type}.${entryOf(STATEFUL_TYPES, type)?.rotatedBy?.property}`);
    const says = more === undefined ? rotation : `${rotation}. ${more}`;
    return rotation === undefined ? [] : [{ urn, name, says: says! }];
  });
}

/** How a replacement rotates a credential; nothing where its rotation was not asked for. */
export function rotated(
  type: string,
  properties: readonly Pick<PropertyChange, "path" | "property">[],
): string | undefined {
  const by = entryOf(STATEFUL_TYPES, type)?.rotatedBy?.property;
  const asked = properties.find(
    ({ property }) => by !== undefined && property.split(".")[0] === by,
  );
  return (
    asked && `gets another value (${asked.path}), and what reads it changes in the same update`
  );
}

/** How a deletion ends a rotation: `new-secret-2` has come before `new-secret-1` goes. An earlier number succeeds none. */
export function succeeded(
  type: string,
  urn: string,
  present: readonly string[],
): string | undefined {
  const [, stem, number] = NUMBERED.exec(urn) ?? [];
  if (stem === undefined || entryOf(STATEFUL_TYPES, type)?.rotatedBy === undefined)
    return undefined;
  const next = present.find((one) => {
    const [, other, later] = NUMBERED.exec(one) ?? [];
    return other === stem && Number(later) > Number(number);
  });
  return next && `is deleted, and ${parseUrn(next).name} stays`;
}

const NUMBERED = /^(.*::.*-)(\d+)$/;
