/**
 * Compares the pack with Checkov on Checkov's own examples, by hand.
 *
 *     CHECKOV=/elsewhere/checkov node -r ./tests/support/register.js tests/policy-pack/checkov/compare.ts [check...]
 *
 * CHECKOV is a checkout of bridgecrewio/checkov (Apache-2.0) beside the project; nothing of it is committed. Method,
 * result, and who is right where the two differ: docs/judges.md.
 */
import type { PolicyResource, ReportViolation } from "@pulumi/policy";

import { StackGraph } from "../../../analysis/graph";
import { type Rule, type Subject, subjectOf } from "../../../policy-pack/define";
import strict from "../../../policy-pack/profiles/strict.json";
import { RULES } from "../../../policy-pack/rules";
import { parsePackConfig } from "../../../tools/preview/engine/policy-config";
import { settingsOf } from "../planned";
import { answerOf } from "../support";
import { DEFENDED } from "./defended";
import { type Example, examplesOf } from "./fixtures";
import { convert } from "./terraform";

type Verdict = "pass" | "fail" | "undecided";

interface Row {
  readonly check: string;
  readonly address: string;
  readonly expected: Verdict;
  readonly got: Verdict;
  readonly because: string;
}

const settings = settingsOf(parsePackConfig(strict, "strict.json"));

/** What the rules that claim a check say of each resource of its example. */
function rowsOf(example: Example): Row[] {
  const rules = RULES.filter(({ info }) => info.controls?.checkov?.includes(example.check));
  const converted = convert(example.files());
  const resources = converted.map(({ resource }) => resource);
  const graph = StackGraph.of(resources);
  const said = new Map<string, { violations: string[]; undecided: string[] }>();
  for (const rule of rules) {
    const { properties } = settings[rule.info.id]!;
    const about = rule.kind === "stack" ? [graph] : resources.map(subjectOf);
    for (const one of about) {
      const { violations, undecided } = answersBy(rule, properties, one);
      for (const [list, answers] of [
        ["violations", violations],
        ["undecided", undecided],
      ] as const) {
        for (const { urn, message } of answers) {
          const held = said.get(urn) ?? { violations: [], undecided: [] };
          held[list].push(`${rule.info.id}: ${message.split("\n").at(-1)!}`);
          said.set(urn, held);
        }
      }
    }
  }
  const judged = new Set([...example.pass, ...example.fail]);
  return (["pass", "fail"] as const).flatMap((expected) =>
    example[expected].flatMap((address) => {
      const found = converted.find((one) => one.address === address);
      if (found === undefined) {
        return [];
      }
      const urns = [found.resource.urn, ...partsOf(found.resource, resources, judged)];
      const answers = urns.map((urn) => said.get(urn));
      const violations = answers.flatMap((answer) => answer?.violations ?? []);
      const undecided = answers.flatMap((answer) => answer?.undecided ?? []);
      const got = violations.length > 0 ? "fail" : undecided.length > 0 ? "undecided" : "pass";
      const because = [...violations, ...undecided].join(" | ");
      return [{ check: example.check, address, expected, got, because }];
    }),
  );
}

/**
 * The resources that a resource refers to, or that refer to it, of which the example says nothing by themselves: the
 * pack names the part that has to change, such as the bucket's ACL, Checkov the bucket.
 */
function partsOf(
  of: PolicyResource,
  resources: readonly PolicyResource[],
  judged: ReadonlySet<string>,
): string[] {
  const found = new Set([of]);
  // Two steps: a load balancer, its association, the web ACL.
  for (let step = 0; step < 2; step += 1) {
    for (const one of resources) {
      const near = [...found].some(
        (other) => one.dependencies.includes(other) || other.dependencies.includes(one),
      );
      if (near && !judged.has(one.name)) {
        found.add(one);
      }
    }
  }
  found.delete(of);
  return [...found].map(({ urn }) => urn);
}

interface Said {
  readonly urn: string;
  readonly message: string;
}

function answersBy(
  rule: Rule,
  properties: object,
  about: StackGraph | Subject,
): { violations: Said[]; undecided: Said[] } {
  const said: { violations: Said[]; undecided: Said[] } = { violations: [], undecided: [] };
  const collect = (finding: Said & { readonly enforcementLevel?: string }) => {
    (finding.enforcementLevel === "advisory" ? said.undecided : said.violations).push(finding);
  };
  // Rules report with an object, of which the SDK's types know nothing.
  const report = collect as unknown as ReportViolation;
  answerOf({}, () => {
    if (about instanceof StackGraph) {
      if (rule.kind === "stack") {
        rule.judge(about, rule.settings(properties), report);
      }
    } else if (rule.kind === "resource" && rule.concerns(about.type)) {
      rule.judge(about, rule.settings(properties), report);
    }
  });
  return said;
}

function main(only: readonly string[]): void {
  const checkout = process.env["CHECKOV"];
  if (checkout === undefined) {
    throw new Error("CHECKOV: expected a checkout of bridgecrewio/checkov, got nothing");
  }
  const claimed = new Set(RULES.flatMap(({ info }) => info.controls?.checkov ?? []));
  const rows = examplesOf(checkout)
    .filter(({ check }) => claimed.has(check) && (only.length === 0 || only.includes(check)))
    .flatMap(rowsOf);
  const agrees = (row: Row) => row.got === row.expected;
  const reason = ({ check, address }: Row) => DEFENDED[check]?.[address];
  const isDefended = (row: Row) => reason(row) !== undefined;
  for (const row of rows.filter((one) => !agrees(one))) {
    const { check, address, expected, got, because } = row;
    const why = isDefended(row) ? `defended: ${reason(row)!} ` : "";
    console.log(`${check} ${address}: expected ${expected}, got ${got}. ${why}${because}`);
  }
  const checks = [...new Set(rows.map(({ check }) => check))];
  const agreeing = rows.filter(agrees).length;
  const defended = rows.filter((row) => !agrees(row) && isDefended(row)).length;
  const whole = checks.filter((check) => rows.every((row) => row.check !== check || agrees(row)));
  console.log(
    `${agreeing} of ${rows.length} resources agree, ${defended} more are defended: ` +
      `${((100 * (agreeing + defended)) / rows.length).toFixed(1)} %; ` +
      `${whole.length} of ${checks.length} checks agree wholly`,
  );
}

main(process.argv.slice(2));
