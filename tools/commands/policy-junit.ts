/** Findings as JUnit XML, as CI services read it: one test case for each rule. */
import { controlsBroken, controlTags, type Rule } from "../../policy-pack/define";
import { escapeMarkup } from "../markup";
import type { Finding } from "./policy-findings";

/**
 * The report for a stack. Mandatory violations fail, what is undecided is skipped, the rest is noted. A case's properties name
 * the controls that its rule checks, and those that its findings break.
 *
 * @param notJudged what no rule has seen, if there is anything: a skipped case of its own
 */
export function junit(
  stack: string,
  findings: readonly Finding[],
  groups: Readonly<Record<string, readonly Rule[]>>,
  notJudged?: string,
): string {
  const suites = Object.entries(groups).map(([group, rules]) => {
    const cases = rules.map(({ info }) =>
      testCase(
        info,
        group,
        findings.filter(({ policy }) => policy === info.id),
      ),
    );
    const count = (element: string) => cases.filter((xml) => xml.includes(`<${element}`)).length;
    return `  <testsuite name="${text(`${stack}: ${group}`)}" tests="${cases.length}" failures="${count("failure ")}" skipped="${count("skipped ")}">\n${cases.join("")}  </testsuite>\n`;
  });
  if (notJudged !== undefined) {
    const skipped = `<testcase name="not-shown" classname="plan"><skipped message="${text(notJudged)}"/></testcase>`;
    suites.push(
      `  <testsuite name="${text(`${stack}: plan`)}" tests="1" failures="0" skipped="1">\n    ${skipped}\n  </testsuite>\n`,
    );
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="crm-policy-pack">\n${suites.join("")}</testsuites>\n`;
}

function testCase(info: Rule["info"], group: string, findings: readonly Finding[]): string {
  const lines = (...kinds: Finding["kind"][]) =>
    findings
      .filter(({ kind }) => kinds.includes(kind))
      .map(
        ({ message, urn, place }) =>
          `${[place.file, ...(place.line ? [place.line] : [])].join(":")} ${urn ?? ""}\n${message}`,
      );
  const [failed, undecided] = [lines("mandatory"), lines("undecided")];
  const noted = lines("advisory", "exempt");
  const controls = info.controls ?? {};
  const broken = new Set(
    findings
      .filter(({ kind }) => kind === "mandatory" || kind === "advisory")
      .flatMap(({ message }) => controlsBroken(message, controls)),
  );
  const properties = [
    ...controlTags(controls).map((id) => property("control", id)),
    ...[...broken].map((id) => property("broken-control", id)),
  ];
  const body = [
    properties.length > 0 && `<properties>${properties.join("")}</properties>`,
    failed.length > 0 &&
      `<failure message="${text(`${info.description} ${failed.length} violated it.`)}">${text([...failed, info.remediation].join("\n\n"))}</failure>`,
    failed.length === 0 &&
      undecided.length > 0 &&
      `<skipped message="${text(`${undecided.length} undecided`)}"/>`,
    noted.length > 0 && `<system-out>${text(noted.join("\n\n"))}</system-out>`,
  ].filter((element) => element !== false);
  const open = `    <testcase name="${text(info.id)}" classname="${text(group)}"`;
  return body.length === 0 ? `${open}/>\n` : `${open}>${body.join("")}</testcase>\n`;
}

const property = (name: string, value: string): string =>
  `<property name="${name}" value="${text(value)}"/>`;

/** Text as XML, without the characters that XML cannot hold. */
function text(value: string): string {
  return escapeMarkup(value.replace(/[^\t\n\r\x20-\uFFFD]/g, "?"));
}
