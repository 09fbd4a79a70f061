/** Findings as SARIF 2.1.0. Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
import { controlsBroken, controlTags, type Rule } from "../../policy-pack/define";
import type { Finding } from "./policy-findings";

/** Scores by which code scanning sorts. Source: GitHub, "SARIF support for code scanning", security-severity. */
const SCORES = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.5" } as const;

/**
 * The log for one run of the pack.
 *
 * @param notJudged what no rule has seen, if there is anything
 */
export function sarif(
  findings: readonly Finding[],
  groups: Readonly<Record<string, readonly Rule[]>>,
  notJudged?: string,
): object {
  const rules = Object.entries(groups).flatMap(([group, list]) =>
    list.map((rule) => ({ group, info: rule.info })),
  );
  const indices = new Map(rules.map(({ info }, index) => [info.id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "crm-policy-pack",
            rules: rules.map(({ group, info }) => ({
              id: info.id,
              shortDescription: { text: info.description },
              help: { text: info.remediation },
              helpUri: info.url,
              defaultConfiguration: { level: info.level === "advisory" ? "warning" : "error" },
              properties: {
                "security-severity": SCORES[info.severity],
                tags: ["security", group, ...controlTags(info.controls ?? {})],
              },
            })),
          },
        },
        ...(notJudged !== undefined && { invocations: [invocationOf(notJudged)] }),
        results: findings.map((finding) => {
          const index = indices.get(finding.policy);
          return {
            ...resultOf(finding, index),
            ...(index !== undefined && {
              properties: {
                tags: controlsBroken(finding.message, rules[index]!.info.controls ?? {}),
              },
            }),
          };
        }),
      },
    ],
  };
}

/** A note about the run: it stands at no place in the code, so it is no result. */
const invocationOf = (text: string) => ({
  executionSuccessful: true,
  toolExecutionNotifications: [{ level: "warning", message: { text } }],
});

function resultOf({ policy, kind, message, urn, place }: Finding, index: number | undefined) {
  return {
    ruleId: policy,
    ...(index !== undefined && { ruleIndex: index }),
    ...(kind === "undecided"
      ? { kind: "open", level: "none" }
      : { level: kind === "mandatory" ? "error" : "warning" }),
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: place.file },
          // Code scanning shows no result without a line.
          region: {
            startLine: place.line ?? 1,
            ...(place.column && { startColumn: place.column }),
          },
        },
        ...(urn !== undefined && {
          logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }],
        }),
      },
    ],
    partialFingerprints: { "resource/v1": `${policy} ${urn ?? ""}` },
    ...(kind === "exempt" && {
      suppressions: [{ kind: "external", justification: message }],
    }),
  };
}
