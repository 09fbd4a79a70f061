import assert from "node:assert/strict";

import type { Rule } from "../../policy-pack/define";
import { type Circumstances, type Row, ruleTable, type Sample } from "./support";

/** Properties that replace those of the compliant resource; undefined takes one away. */
type Change = Record<string, unknown>;

/** Variants of one resource, by what is special about them. */
export interface Variants {
  type: string;
  /** Properties of a resource that complies. */
  good: Record<string, unknown>;
  compliant?: Record<string, Change>;
  /** With what the message says; a tuple's third is the rule's configuration. */
  violating: Record<string, readonly [Change, RegExp]>;
  unknown: Record<string, Change>;
  /** Unknown values that do not matter to the rule. */
  unimportant?: Record<string, Change>;
  /** Configuration of the rule in all of these. @default its own defaults */
  config?: object;
  /** Rows of other shapes. */
  rows?: readonly Row[];
}

/** The table of a rule about single resources: each row changes a compliant resource. */
export function variantTable(rules: readonly Rule[], id: string, variants: Variants): void {
  const sample = (change: Change) => ({
    type: variants.type,
    props: changed(variants.good, change),
    ...(variants.config && { config: variants.config }),
  });
  ruleTable(ruleOf(rules, id), [
    { compliant: "as it should be", ...sample({}) },
    ...mapped(variants.compliant, (text, change) => ({ compliant: text, ...sample(change) })),
    ...mapped(variants.violating, (text, [change, says]) => ({
      violating: text,
      says,
      ...sample(change),
    })),
    ...mapped(variants.unknown, (text, change) => ({ unknown: text, ...sample(change) })),
    ...mapped(variants.unimportant, (text, change) => ({
      unknown: text,
      passes: true as const,
      ...sample(change),
    })),
    { otherType: "a resource of another kind", type: "random:index/randomId:RandomId" },
    ...(variants.rows ?? []),
  ]);
}

/** A stack with names, so that a variant can change or drop one of its resources. */
export type Stack = Readonly<Record<string, Sample>>;

/** What is different in a variant of a stack, by the resource's name; undefined takes it away. */
export type StackChange = Record<string, Partial<Sample> | undefined>;

/** Variants of a stack, by what is special about them. */
export interface StackVariants {
  good: Stack;
  compliant?: Record<string, StackChange>;
  violating: Record<string, readonly [StackChange, RegExp, Circumstances?]>;
  unknown: Record<string, StackChange>;
  rows?: readonly Row[];
}

/** The table of a stack rule: each row changes a compliant stack. */
export function stackTable(rules: readonly Rule[], id: string, variants: StackVariants): void {
  const stack = (change: StackChange) => ({ resources: samples(variants.good, change) });
  ruleTable(ruleOf(rules, id), [
    { compliant: "as it should be", ...stack({}) },
    ...mapped(variants.compliant, (text, change) => ({ compliant: text, ...stack(change) })),
    ...mapped(variants.violating, (text, [change, says, circumstances]) => ({
      violating: text,
      says,
      ...circumstances,
      ...stack(change),
    })),
    ...mapped(variants.unknown, (text, change) => ({ unknown: text, ...stack(change) })),
    { otherType: "nothing of the kind", resources: [{ type: "random:index/randomId:RandomId" }] },
    ...(variants.rows ?? []),
  ]);
}

/** The rule of an id. */
export function ruleOf(rules: readonly Rule[], id: string): Rule {
  const rule = rules.find(({ info }) => info.id === id);
  assert.ok(rule, `no rule ${id}`);
  return rule;
}

/** The resources of a variant of a stack. */
export function samples(good: Stack, change: StackChange): Sample[] {
  return Object.entries({ ...good, ...change }).flatMap(([name, given]) => {
    if (given === undefined) {
      return [];
    }
    const base = good[name];
    const merged = { name, ...base, ...given } as Sample;
    return [{ ...merged, props: changed(base?.props ?? {}, given.props ?? {}) }];
  });
}

function changed(properties: Record<string, unknown>, change: Change): Record<string, unknown> {
  const entries = Object.entries({ ...properties, ...change });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function mapped<T, R>(rows: Record<string, T> | undefined, make: (text: string, row: T) => R): R[] {
  return Object.entries(rows ?? {}).map(([text, row]) => make(text, row));
}
