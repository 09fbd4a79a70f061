/** What tables of rows have in common. */
import assert from "node:assert/strict";

import type { Rule } from "../../policy-pack/define";
import { type Row, type Sample, UNKNOWN_TEXT } from "./support";

/** The rule of a group by its id. */
export function ruleOf(rules: readonly Rule[], id: string): Rule {
  const rule = rules.find(({ info }) => info.id === id);
  assert.ok(rule, `no rule ${id}`);
  return rule;
}

/** A policy document of these statements, as text. */
export function documentOf(...statements: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The rows of a rule that a resource has a companion that refers to it by a property. */
export function companionRows(
  target: Sample,
  type: string,
  property: string,
  props: Record<string, unknown> = {},
  says = new RegExp(type.split(":").at(-1)!),
): Row[] {
  const subject = { ...target, name: "subject" };
  const companion: Sample = { type, props: { ...props, [property]: UNKNOWN_TEXT } };
  return [
    {
      compliant: "one refers to it",
      resources: [subject, { ...companion, references: { [property]: ["subject"] } }],
    },
    {
      violating: "one refers to another",
      resources: [
        subject,
        { type: "aws:sqs/queue:Queue", name: "other" },
        {
          type,
          props: { ...props, [property]: "other-name" },
          references: { [property]: ["other"] },
        },
      ],
      says,
    },
    { unknown: "whom one refers to", resources: [subject, companion] },
    { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] },
  ];
}
