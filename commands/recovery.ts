/**
 * `npm run recovery -- --stack production [--json]`: what a loss would cost, derived from the planned resources.
 * Exit code 0: the objectives are met, or are none of this stack's; 1: they are not met; 2: wrong usage.
 */
import { parseArgs } from "node:util";

import { previewStack, type Plan } from "../preview";
import { copyRegions, missingElsewhere, quotaNeeds } from "../recovery/closure";
import { DURATIONS_AS_OF } from "../recovery/steps";
import { derive, hours, type Finding } from "../recovery/objectives";
import { RecoveryStack } from "../recovery/resources";

const USAGE = `Usage: npm run recovery -- [--stack <name>] [--json]

Derives recovery point and recovery time of each data store from a preview of the stack.`;

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: { stack?: string; json?: boolean; help?: boolean };
  try {
    options = parseArgs({
      args: [...args],
      options: {
        stack: { type: "string", short: "s" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const plan = await previewStack({ stack: options.stack, policyPacks: [] });
  const document = documentOf(plan);
  console.log(options.json ? JSON.stringify(document, undefined, 2) : rendered(document));
  return document.met ? 0 : 1;
}

/** Everything that the command says, as data. */
export function documentOf(plan: Pick<Plan, "stack" | "resources">) {
  const stack = RecoveryStack.ofPlan(plan);
  const report = derive(stack);
  const missing = missingElsewhere(stack);
  const exempt = report.exemptBecause !== undefined;
  return {
    stack: plan.stack,
    met:
      exempt || (missing.length === 0 && report.findings.every((one) => one.problems.length === 0)),
    durationsAsOf: DURATIONS_AS_OF,
    ...report,
    copyRegions: copyRegions(stack),
    missing,
    quotas: quotaNeeds(stack),
  };
}

type Document = ReturnType<typeof documentOf>;

/** The same as text. */
export function rendered(document: Document): string {
  const lines = [`Recovery of stack ${document.stack} (durations as of ${document.durationsAsOf})`];
  const scenarios = [...new Set(document.findings.map(({ scenario }) => scenario))];
  for (const scenario of scenarios) {
    const findings = document.findings.filter((finding) => finding.scenario === scenario);
    const { lossMinutes, restoreMinutes } = findings[0]!.objective;
    lines.push(
      "",
      `${scenario}: RPO ${hours(lossMinutes)}, RTO ${hours(restoreMinutes)} at most`,
      ...findings.flatMap(findingLines),
    );
  }
  lines.push("", "not recovered, on purpose");
  const reasons = [...new Set(document.notRecovered.map(({ reason }) => reason))];
  for (const reason of reasons) {
    const stores = document.notRecovered.filter((one) => one.reason === reason);
    lines.push(`  ${reason}`, `       ${stores.map(({ store }) => store).join(", ")}`);
  }
  if (document.copyRegions.length > 0) {
    lines.push("", `needed in ${document.copyRegions.join(", ")}`);
    lines.push(...document.missing.map(({ urn, message }) => `  missing: ${message}\n    ${urn}`));
    lines.push(...document.quotas.map(quotaLine));
  }
  lines.push("", verdict(document));
  return lines.join("\n");
}

function findingLines(finding: Finding): string[] {
  const [best, ...others] = finding.protections;
  const state = finding.problems.length === 0 ? "ok  " : "FAIL";
  if (best === undefined) {
    return [`  ${state} ${finding.store}: nothing survives`];
  }
  const way = finding.steps.map(({ name, minutes }) => `${name} ${minutes}`).join(" + ");
  return [
    `  ${state} ${finding.store}: loses ${hours(best.lossMinutes)} (${best.source}), back in ${hours(finding.restoreMinutes!)}`,
    `       ${way} minutes`,
    ...others.map((other) => `       besides: ${other.source}, loses ${hours(other.lossMinutes)}`),
    ...finding.problems.map((problem) => `       ${problem}`),
  ];
}

function quotaLine({ service, code, name, standard, needed }: Document["quotas"][number]): string {
  const enough = needed <= standard;
  const how = enough
    ? ""
    : `; look with: aws service-quotas get-service-quota --service-code ${service} --quota-code ${code}`;
  return `  ${enough ? "ok   " : "check"} ${name}: ${needed} needed, ${standard} in a new account${how}`;
}

function verdict(document: Document): string {
  if (document.exemptBecause !== undefined) {
    return `The objectives are not this stack's: ${document.exemptBecause}.`;
  }
  return document.met ? "The objectives are met." : "The objectives are NOT met.";
}
