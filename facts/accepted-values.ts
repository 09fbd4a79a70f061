/**
 * What AWS's APIs accept and the resource schemas leave open, by the names of @pulumi/aws: api-constraints.json, which
 * generate/api-constraints.ts writes from AWS's description of its APIs, and stated-constraints.json, by hand, for what
 * that description says in prose alone.
 */

import { entryOf } from "./entry-of";
import type { Fact } from "./fact";
import type { SchemaNode } from "./published-schemas";
import { readTable } from "./read-table";
import { plainPath } from "./type-names";

/** What a page says of one property. */
export interface StatedConstraint extends Fact {
  readonly type: string;
  readonly property: string;
  /** One of these must hold; of a list, for each item. */
  readonly accepts: readonly SchemaNode[];
  /** Of a resource with this value the provider does not send the property. @default it always does */
  readonly notFor?: Readonly<Record<string, string>>;
}

interface ApiConstraints {
  readonly source: { readonly package: string; readonly version: string; readonly date: string };
  readonly types: Readonly<Record<string, Readonly<Record<string, SchemaNode>>>>;
}

let api: ApiConstraints | undefined;
let stated: readonly StatedConstraint[] | undefined;
const byProperty = new Map<string, readonly SchemaNode[]>();

/** The whole generated table, read when it is first asked. */
export function apiConstraints(): ApiConstraints {
  api ??= readTable<ApiConstraints>("api-constraints.json");
  return api;
}

export function statedConstraints(): readonly StatedConstraint[] {
  if (stated === undefined) {
    stated = readTable<{ constraints: StatedConstraint[] }>("stated-constraints.json").constraints;
    for (const { type, property, accepts } of stated)
      byProperty.set(`${type} ${property}`, accepts);
  }
  return stated;
}

/** The value of another property with which the provider does not send this one. */
export function notSentWith(token: string, property: string): StatedConstraint["notFor"] {
  const name = plainPath(property);
  return statedConstraints().find((row) => row.type === token && row.property === name)?.notFor;
}

/** What the API accepts for a property of the SDK: one of these; none where nothing more is known. */
export function acceptedByApi(token: string, property: string): readonly SchemaNode[] {
  const name = plainPath(property);
  statedConstraints();
  const said = byProperty.get(`${token} ${name}`);
  if (said !== undefined) return said;
  const node = entryOf(entryOf(apiConstraints().types, token) ?? {}, name);
  return node === undefined ? [] : [node];
}
