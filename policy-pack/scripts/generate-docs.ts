/**
 * The text of docs/policies.md, and the list of rule ids with the new ones. `npm run accept` writes both; a test
 * fails while either is out of date.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { CATALOGUES, coverage, type Covered } from "../coverage";
import type { Controls, Rule } from "../define";
import { RULE_GROUPS, RULES } from "../rules";

/** The page with the rules. */
export const PAGE = path.join(__dirname, "..", "..", "docs", "policies.md");

/** Ids that configurations may refer to: an id must not disappear from this list. */
export const RULE_IDS_FILE = path.join(__dirname, "..", "rule-ids.json");

/** Text of the page. */
export function policiesPage(): string {
  const covered = coverage();
  return [
    "# Policies",
    "",
    "Written by `npm run accept` from the rules in `policy-pack/rules`. How to use, configure and exempt: [policy-pack/README.md](../policy-pack/README.md).",
    "",
    `${RULES.length} rules in ${Object.keys(RULE_GROUPS).length} groups: ${Object.keys(RULE_GROUPS)
      .map((group) => `[${group}](#${group})`)
      .join(", ")}. What they cover: [catalogues](#catalogues).`,
    "",
    ...Object.entries(RULE_GROUPS).flatMap(([group, rules]) => [
      `## ${group}`,
      "",
      ...rules.flatMap(ruleSection),
    ]),
    "## Catalogues",
    "",
    "Controls of public catalogues, with the rule that requires the same, or the reason why there is none. The list has every control of these services: API Gateway, AppSync, Athena, Auto Scaling, CloudTrail, CodeBuild, Cognito, DataSync, DMS, DocumentDB, DynamoDB with DAX, EC2, EFS, EKS, Elasticsearch and OpenSearch, ElastiCache, EMR, Firehose, Glue, Kinesis, MemoryDB, MQ, MSK, Neptune, Redshift, SageMaker, Step Functions, Systems Manager, Transfer Family and WorkSpaces. Of all others, such as RDS, S3, IAM and load balancing, it has the controls on the resource types of this project and those that a rule names.",
    "",
    ...(Object.keys(CATALOGUES) as (keyof Controls)[]).flatMap((catalogue) =>
      catalogueSection(
        catalogue,
        covered.filter((entry) => entry.catalogue === catalogue),
      ),
    ),
  ].join("\n");
}

function ruleSection({ info, kind }: Rule): string[] {
  const controls = (Object.keys(CATALOGUES) as (keyof Controls)[])
    .filter((catalogue) => info.controls?.[catalogue]?.length)
    .map((catalogue) => `${CATALOGUES[catalogue]} ${info.controls![catalogue]!.join(", ")}`);
  const settings = Object.entries(info.defaults ?? {}).map(
    ([name, value]) => `\`${name}\`, by default \`${JSON.stringify(value)}\``,
  );
  return [
    `### ${info.id}`,
    "",
    info.description,
    "",
    `- ${kind === "stack" ? "Judges the stack as a whole" : "Judges single resources"}; severity ${info.severity}, ${info.level ?? "mandatory"}. [Why](${info.url})`,
    `- Fix: ${info.remediation}`,
    ...(controls.length > 0 ? [`- Controls: ${controls.join("; ")}`] : []),
    ...(settings.length > 0 ? [`- Settings: ${settings.join("; ")}`] : []),
    "",
  ];
}

function catalogueSection(catalogue: keyof Controls, covered: readonly Covered[]): string[] {
  const judged = covered.filter(({ rules }) => rules.length > 0).length;
  return [
    `### ${CATALOGUES[catalogue]}`,
    "",
    `${judged} of ${covered.length} controls have a rule.`,
    "",
    "| Control | Rule, or why there is none |",
    "| --- | --- |",
    ...covered.map(({ control, rules, reason }) => {
      const answer = [...rules.map((id) => `[${id}](#${id})`), reason].filter(Boolean).join(", ");
      return `| ${control} | ${answer || "not judged"} |`;
    }),
    "",
  ];
}

/** The listed ids with those of new rules, sorted. */
export function ruleIds(): string[] {
  const kept = fs.existsSync(RULE_IDS_FILE)
    ? (JSON.parse(fs.readFileSync(RULE_IDS_FILE, "utf8")) as string[])
    : [];
  return [...new Set([...kept, ...RULES.map(({ info }) => info.id)])].sort();
}
