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
import { read, unproxied } from "../../../analysis/properties";
import { type Controls, type Rule, type Subject, subjectOf } from "../../../policy-pack/define";
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
  /** Why it, or a part of it, is no valid input; such a row does not count. */
  readonly refused: string | undefined;
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
      const { violations, undecided } = answersBy(rule, properties, one, example.check);
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
      if (example.pass.includes(address) && example.fail.includes(address)) {
        // Two folders have it, and the list does not say which is meant.
        return [];
      }
      // The lists leave out that something is a data source.
      const found =
        converted.find((one) => one.address === address) ??
        converted.find((one) => one.address === `data.${address}`);
      if (found === undefined) {
        return [];
      }
      const urns = [found.resource.urn, ...partsOf(found.resource, resources, judged)];
      // What a refused resource says of it is no input either.
      const refused = converted.find(
        (one) =>
          one.refused !== undefined &&
          (urns.includes(one.resource.urn) || one.mentions.includes(address)),
      );
      const answers = urns.map((urn) => said.get(urn));
      const violations = answers.flatMap((answer) => answer?.violations ?? []);
      const undecided = answers.flatMap((answer) => answer?.undecided ?? []);
      const got = violations.length > 0 ? "fail" : undecided.length > 0 ? "undecided" : "pass";
      const because = [...violations, ...undecided].join(" | ");
      const why = refused && `${refused.address}: ${refused.refused}`;
      return [{ check: example.check, address, expected, got, because, refused: why }];
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
        (other) =>
          one.dependencies.includes(other) ||
          other.dependencies.includes(one) ||
          // A bucket that stands outside of the example is known by its name.
          (bucketOf(one) !== undefined && bucketOf(one) === bucketOf(other)),
      );
      if (near && !judged.has(one.name)) {
        found.add(one);
      }
    }
  }
  found.delete(of);
  return [...found].map(({ urn }) => urn);
}

/** The name of the bucket outside of the example that a part of one belongs to. */
function bucketOf({ type, props, propertyDependencies }: PolicyResource): string | undefined {
  const bucket = read(unproxied(props), "bucket");
  const isPart = /^aws:s3\/bucket[A-Z]/.test(type) && !propertyDependencies["bucket"]?.length;
  return isPart && typeof bucket === "string" ? bucket : undefined;
}

interface Said {
  readonly urn: string;
  readonly message: string;
}

function answersBy(
  rule: Rule,
  properties: object,
  about: StackGraph | Subject,
  check: string,
): { violations: Said[]; undecided: Said[] } {
  const said: { violations: Said[]; undecided: Said[] } = { violations: [], undecided: [] };
  const collect = (finding: Said & { enforcementLevel?: string; breaks?: Controls }) => {
    const { enforcementLevel, breaks } = finding;
    // A finding that breaks another of the rule's controls is none of this check's.
    if (breaks === undefined || breaks.checkov?.includes(check)) {
      (enforcementLevel === "advisory" ? said.undecided : said.violations).push(finding);
    }
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
  const all = examplesOf(checkout)
    .filter(({ check }) => claimed.has(check) && (only.length === 0 || only.includes(check)))
    .flatMap(rowsOf);
  const rows = all.filter(({ refused }) => refused === undefined);
  for (const { check, address, refused } of all.filter((row) => !rows.includes(row))) {
    console.log(`${check} ${address}: left out, ${refused!}`);
  }
  const agrees = (row: Row) => row.got === row.expected;
  const reason = ({ check, address }: Row) => DEFENDED[check]?.[address];
  const isDefended = (row: Row) => reason(row) !== undefined;
  for (const row of rows.filter((one) => !agrees(one))) {
    const { check, address, expected, got, because } = row;
    const verdict = reason(row);
    const why = verdict ? `${verdict.judged}: ${verdict.reason} (${verdict.source}) ` : "";
    console.log(`${check} ${address}: expected ${expected}, got ${got}. ${why}${because}`);
  }
  const checks = [...new Set(rows.map(({ check }) => check))];
  const agreeing = rows.filter(agrees).length;
  const defended = rows.filter((row) => !agrees(row) && isDefended(row)).length;
  const whole = checks.filter((check) => rows.every((row) => row.check !== check || agrees(row)));
  const percent = (count: number) => ((100 * count) / rows.length).toFixed(1);
  const notInputs = all.length - rows.length;
  console.log(
    `${agreeing} of ${rows.length} resources agree (${percent(agreeing)} %), ` +
      `${defended} differ with a verdict, ${rows.length - agreeing - defended} without; ` +
      `${whole.length} of ${checks.length} checks agree wholly; ${notInputs} are no valid input`,
  );
}

main(process.argv.slice(2));
