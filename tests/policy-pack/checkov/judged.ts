/** What the pack says of public examples that were converted to its inputs, for comparisons with other catalogues. */
import type { ReportViolation } from "@pulumi/policy";

import { StackGraph } from "../../../analysis/graph";
import { type Controls, type Rule, type Subject, subjectOf } from "../../../policy-pack/define";
import strict from "../../../policy-pack/profiles/strict.json";
import { RULES } from "../../../policy-pack/rules";
import { parsePackConfig } from "../../../tools/preview/engine/policy-config";
import { settingsOf } from "../planned";
import { answerOf } from "../support";
import type { Verdict } from "./defended";
import type { Converted } from "./terraform";

type Result = "pass" | "fail" | "undecided";

/** What a reference expects of one thing, a resource or an example, and what the pack says. */
export interface Row {
  readonly check: string;
  readonly address: string;
  readonly expected: Result;
  readonly got: Result;
  readonly because: string;
  /** Why it, or a part of it, is no valid input; such a row does not count. */
  readonly refused: string | undefined;
}

/** The findings about one resource, each with its rule. */
export interface Answers {
  readonly violations: string[];
  readonly undecided: string[];
}

/** A catalogue whose checks rules claim. */
export type Catalogue = "checkov" | "trivy";

const settings = settingsOf(parsePackConfig(strict, "strict.json"));

/** The checks of a catalogue that rules claim. */
export function claimedOf(catalogue: Catalogue): ReadonlySet<string> {
  return new Set(RULES.flatMap(({ info }) => info.controls?.[catalogue] ?? []));
}

/** What the rules that claim a check say of each resource, by URN. */
export function answersTo(
  catalogue: Catalogue,
  check: string,
  converted: readonly Converted[],
): ReadonlyMap<string, Answers> {
  const resources = converted.map(({ resource }) => resource);
  const graph = StackGraph.of(resources);
  const said = new Map<string, Answers>();
  const breaks = (controls: Controls) => controls[catalogue]?.includes(check);
  for (const rule of RULES.filter(({ info }) => breaks(info.controls ?? {}))) {
    const { properties } = settings[rule.info.id]!;
    const about = rule.kind === "stack" ? [graph] : resources.map(subjectOf);
    for (const { urn, message, ...finding } of about.flatMap((one) =>
      findingsOf(rule, properties, one),
    )) {
      // A finding that breaks another of the rule's controls is none of this check's.
      if (finding.breaks === undefined || breaks(finding.breaks)) {
        const held = said.get(urn) ?? { violations: [], undecided: [] };
        const list = finding.enforcementLevel === "advisory" ? held.undecided : held.violations;
        list.push(`${rule.info.id}: ${message.split("\n").at(-1)!}`);
        said.set(urn, held);
      }
    }
  }
  return said;
}

interface Finding {
  readonly urn: string;
  readonly message: string;
  readonly enforcementLevel?: string;
  readonly breaks?: Controls;
}

function findingsOf(rule: Rule, properties: object, about: StackGraph | Subject): Finding[] {
  const found: Finding[] = [];
  // Rules report with an object, of which the SDK's types know nothing.
  const report = ((finding: Finding) => found.push(finding)) as unknown as ReportViolation;
  answerOf({}, () => {
    if (about instanceof StackGraph) {
      if (rule.kind === "stack") {
        rule.judge(about, rule.settings(properties), report);
      }
    } else if (rule.kind === "resource" && rule.concerns(about.type)) {
      rule.judge(about, rule.settings(properties), report);
    }
  });
  return found;
}

/** The result that findings add up to, and their texts. */
export function resultOf(answers: readonly (Answers | undefined)[]): Pick<Row, "got" | "because"> {
  const violations = answers.flatMap((answer) => answer?.violations ?? []);
  const undecided = answers.flatMap((answer) => answer?.undecided ?? []);
  const got = violations.length > 0 ? "fail" : undecided.length > 0 ? "undecided" : "pass";
  return { got, because: [...violations, ...undecided].join(" | ") };
}

/** Prints what was left out, each difference with its verdict, and the sum. */
export function printRows(
  all: readonly Row[],
  what: string,
  verdicts: Readonly<Record<string, Readonly<Record<string, Verdict>>>>,
): void {
  const rows = all.filter(({ refused }) => refused === undefined);
  for (const { check, address, refused } of all.filter((row) => !rows.includes(row))) {
    console.log(`${check} ${address}: left out, ${refused!}`);
  }
  const agrees = (row: Row) => row.got === row.expected;
  const verdictOn = ({ check, address }: Row) => verdicts[check]?.[address];
  for (const row of rows.filter((one) => !agrees(one))) {
    const { check, address, expected, got, because } = row;
    const verdict = verdictOn(row);
    const why = verdict ? `${verdict.judged}: ${verdict.reason} (${verdict.source}) ` : "";
    console.log(`${check} ${address}: expected ${expected}, got ${got}. ${why}${because}`);
  }
  const checks = [...new Set(rows.map(({ check }) => check))];
  const agreeing = rows.filter(agrees).length;
  const defended = rows.filter((row) => !agrees(row) && verdictOn(row) !== undefined).length;
  const whole = checks.filter((check) => rows.every((row) => row.check !== check || agrees(row)));
  const percent = (count: number) => ((100 * count) / rows.length).toFixed(1);
  const notInputs = all.length - rows.length;
  console.log(
    `${agreeing} of ${rows.length} ${what} agree (${percent(agreeing)} %), ` +
      `${defended} differ with a verdict, ${rows.length - agreeing - defended} without; ` +
      `${whole.length} of ${checks.length} checks agree wholly; ${notInputs} are no valid input`,
  );
}
