/** What rules about several resources, lists and stacks have in common. */
import { getStack } from "@pulumi/pulumi";

import { expect, type Report, type ResourceRule, resourceRule, type Rule } from "./define";
import { canonicalType, type Node, type StackGraph } from "./graph";
import { items, type Properties, read, UNKNOWN } from "./values";

/** A test for type tokens that knows their twins, for the rules about single resources. */
export function typesWithTwins(...types: readonly string[]): (type: string) => boolean {
  return (type) => types.includes(canonicalType(type));
}

/**
 * The resources of a type whose property refers to the target. Nothing when there is none, but one whose
 * target is not known could be it: that is reported as undecided.
 */
export function companions(
  graph: StackGraph,
  target: Node,
  type: string,
  property: string,
  report: Pick<Report, "undecided">,
): readonly Node[] | undefined {
  const found = graph.referring(target, type, property);
  if (found.length === 0 && graph.unplaced(type, property, canonicalType(target.type)).length > 0) {
    report.undecided(`${property} of a ${type.split(":").at(-1)!}`);
    return undefined;
  }
  return found;
}

/** `property[0]`, `property[1]` and so on for the items of a list; a list that is not known is reported. */
export function itemPaths(
  properties: Properties,
  property: string,
  report: Pick<Report, "undecided">,
): readonly string[] {
  const list = items(read(properties, property));
  if (list === UNKNOWN) {
    report.undecided(property);
    return [];
  }
  return list.map((_, index) => `${property}[${index}]`);
}

/** Whether a text fits one of these regular expressions. */
export function fits(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => new RegExp(pattern).test(text));
}

/** A resource's physical name by a property, else its name in the program. */
export function nameOf(node: { name: string; properties: Properties }, property = "name"): string {
  const name = read(node.properties, property);
  return typeof name === "string" ? name : node.name;
}

/** Whether the stack is one of those that a rule's setting `stacks` names by regular expression. */
export function inStacks(patterns: readonly string[]): boolean {
  return fits(getStack(), patterns);
}

/** A rule that asks for one value of one property. */
export function propertyRule(
  rule: Omit<ResourceRule, "check"> & {
    readonly property: string;
    readonly accepts: (value: unknown) => boolean;
    /** Completes the sentence, for example `set it to true`. */
    readonly mend: string;
  },
): Rule {
  const { property, accepts, mend, ...info } = rule;
  return resourceRule({
    ...info,
    check: (subject, report) => expect(subject, report, property, accepts, mend),
  });
}

/** Accepts a text that is not empty. */
export const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** Whether a property has a value, be it one that is not known yet. */
export function isSet(properties: Properties, path: string): boolean {
  const value = read(properties, path);
  return value !== undefined && value !== "";
}
