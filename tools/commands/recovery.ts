/**
 * `npm run recovery -- --stack production [--json]`: what a loss would cost, derived from the planned resources.
 * Exit code 0: the objectives are met, or are none of this stack's; 1: they are not met, or not known to be; 2: wrong usage.
 */

import { showCommand } from "../../analysis/account-quotas";
import { zoneLossOf, zoneLossText } from "../../analysis/capacity/zone-loss";
import { closedComponents } from "../../analysis/plan/tree";
import { missingElsewhere } from "../../analysis/recovery/closure";
import { creationsWaiting, lostRegion, type Waiting } from "../../analysis/recovery/control-planes";
import { recoveryRegions } from "../../analysis/recovery/copy-regions";
import { SCENARIOS } from "../../analysis/recovery/data-stores";
import { pulledImages } from "../../analysis/recovery/images";
import { notJudged } from "../../analysis/recovery/not-judged";
import {
  derive,
  hours,
  standingOf,
  withReplicas,
  worstOf,
  type Finding,
  type Standing,
} from "../../analysis/recovery/objectives";
import { recoveryStackOf, type PlanOfRecovery } from "../../analysis/recovery/of-plan";
import { watchOf } from "../../analysis/recovery/promises";
import { exceeded, quotaNeeds, type QuotaNeed } from "../../analysis/recovery/quotas";
import { hasPilotLight } from "../../analysis/recovery/stand-in";
import type { OtherStack } from "../../analysis/recovery/standby";
import type { Step } from "../../analysis/recovery/steps";
import { NEEDS } from "../../facts/control-planes";
import { DURATIONS_AS_OF } from "../../facts/duration-rows";
import { entryOf } from "../../facts/entry-of";
import { PreviewError, previewStack, type Plan } from "../preview/index";
import { visibleStrings } from "../visible";
import { optionsOf } from "./options";

const USAGE = `Usage: npm run recovery -- [--stack <name>] [--json] [-C <folder>]

Calculates the recovery point (RPO) and recovery time (RTO) of each data store from a preview of the stack.
--stack: the stack (default: production).
--json: print one JSON document.
-C <folder>: use the Pulumi program in another folder.`;

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args, USAGE, {
    stack: { type: "string", short: "s" },
    json: { type: "boolean" },
    cwd: { type: "string", short: "C" },
  });
  if (typeof options === "number") return options;
  const { cwd, stack } = options;
  const plan = await previewStack({ cwd, stack, policyPacks: [] });
  const document = documentOf(plan, await otherPlan(plan, cwd));
  console.log(
    options.json ? JSON.stringify(document, undefined, 2) : rendered(visibleStrings(document)),
  );
  return document.met ? 0 : 1;
}

type NamedPlan = PlanOfRecovery & Pick<Plan, "stack">;

/** The plan of the stack that stands in the other region, or why there is none. Undefined where it is not needed or named. */
async function otherPlan(plan: Plan, cwd?: string): Promise<NamedPlan | string | undefined> {
  const name = plan.about?.recoveryStack;
  if (name === undefined || !hasPilotLight(recoveryStackOf(plan))) return undefined;
  try {
    return await previewStack({ cwd, stack: name, policyPacks: [] });
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    return `the preview of ${name} fails: ${error.message}`;
  }
}

/**
 * The command's whole output, as data.
 *
 * @param other plan of the stack that stands in the other region, or why there is none
 */
export function documentOf(plan: NamedPlan, other?: NamedPlan | string) {
  const stack = recoveryStackOf(plan);
  const there: OtherStack | undefined =
    typeof other === "object" ? { name: other.stack, stack: recoveryStackOf(other) } : other;
  const derived = derive(stack);
  const report = { ...derived, findings: withReplicas(derived.findings, stack, there) };
  const missing = missingElsewhere(stack);
  const exempt = report.exemptBecause !== undefined;
  const lost = lostRegion(stack);
  const notShown = closedComponents(plan.resources);
  const unjudged = notJudged(plan.resources);
  const judged = missing.length === 0 ? worstOf(report.findings) : "not met";
  // A component that the preview cannot open may hold any data store.
  const open = notShown.length > 0 || unjudged.length > 0;
  const standing = open && judged === "met" ? "not known" : judged;
  return {
    stack: plan.stack,
    met: exempt || standing === "met",
    notShown,
    notJudged: unjudged,
    standing,
    durationsAsOf: DURATIONS_AS_OF,
    ...report,
    findings: report.findings.map((finding) => ({
      ...finding,
      protections: finding.protections.map((one) => ({
        ...one,
        watchedBy: watchOf(
          stack,
          {
            ...one,
            ...{ store: finding.store, objectiveMinutes: finding.objective.lossMinutes },
          },
          there,
        ),
      })),
    })),
    recoveryRegions: recoveryRegions(stack),
    missing: missing.map((one) => ({ ...one, advice: plan.about?.advice?.[one.kind] })),
    quotas: recoveryRegions(stack).flatMap((region) =>
      quotaNeeds(stack, region).map((need) => ({ region, ...need })),
    ),
    zoneLost: zoneLossOf(stack),
    // What an objective for a lost region does not count with: that it takes its control planes along.
    lostRegion: lost,
    pilotLight: hasPilotLight(stack),
    needs: NEEDS.map(({ what, answer }) => ({
      what,
      answer: [
        answer.replaceAll("<region>", recoveryRegions(stack)[0] ?? "the other region"),
        entryOf(plan.about?.needs ?? {}, what),
      ]
        .filter(Boolean)
        .join("; "),
    })),
    publicImages: pulledImages(stack).filter(({ own }) => own === undefined),
    // What lifts that condition is the program's own.
    imagesAdvice: entryOf(plan.about?.needs ?? {}, "Images"),
    waiting: lost === undefined ? [] : creationsWaiting(stack, lost),
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
  if (document.findings.length > 0) {
    lines.push("", "minutes of each step (~ our estimate)", ...sourceLines(document.findings));
  }
  if (document.zoneLost !== undefined) lines.push("", ...zoneLines(document.zoneLost));
  lines.push("", "intentionally not recovered");
  const reasons = [...new Set(document.notRecovered.map(({ reason }) => reason))];
  for (const reason of reasons) {
    const stores = document.notRecovered.filter((one) => one.reason === reason);
    lines.push(`  ${reason}`, `       ${stores.map(({ store }) => store).join(", ")}`);
  }
  lines.push(...notJudgedLines(document));
  if (document.recoveryRegions.length > 0) {
    lines.push("", `needed in ${document.recoveryRegions.join(", ")}`);
    lines.push(
      ...document.missing.map(
        ({ urn, message, undecided, advice }) =>
          `  missing: ${message === undefined ? `${undecided} is not known yet.` : [message, advice].filter(Boolean).join(" ")}\n    ${urn}`,
      ),
    );
    lines.push(...document.quotas.map(quotaLine));
  }
  lines.push(...waitingLines(document), "", verdict(document));
  return lines.join("\n");
}

/** What the figures leave out, in any verdict. */
function notJudgedLines({ notJudged: stores, notShown }: Document): string[] {
  if (stores.length + notShown.length === 0) return [];
  return [
    "",
    "not judged",
    ...stores.map(({ store, type, because }) => `  ${store}: ${type}, ${because}`),
    ...notShown.map((component) => `  the children of ${component}`),
  ];
}

/** What a lost zone costs, and the slowest parts of the recovery. */
function zoneLines(lost: NonNullable<Document["zoneLost"]>): string[] {
  const parts = lost.parts.slice(0, 3).map(({ of, seconds, stops, zone }) => {
    if (zone !== undefined) {
      return `${of} until ${zone} recovers or a new replica is there, no answers meanwhile`;
    }
    const length = seconds === undefined ? "until it is restored" : `${seconds.join(" to ")} s`;
    return `${of} ${length}${stops ? ", no answers meanwhile" : ", with fewer tasks meanwhile"}`;
  });
  return [zoneLossText(lost), ...parts.map((part) => `  ${part}`)];
}

/** Steps without a guaranteed time while the lost region's control planes are unavailable. */
function waitingLines({
  lostRegion: lost,
  waiting,
  pilotLight,
  publicImages,
  needs,
}: Document): string[] {
  const needed = [
    "  also needed",
    ...needs.map(({ what, answer }) => `    ${what}: ${answer}`),
    ...publicImages.map(
      ({ image, containers }) =>
        `    not copied, a start of ${containers.join(", ")} pulls ${image.split("@")[0]}`,
    ),
  ];
  if (pilotLight) {
    return [
      "",
      `if the control planes in ${lost} fail as well: the other stack exists, and failover creates nothing that depends on them`,
      ...needed,
    ];
  }
  if (waiting.length === 0) return [];
  return [
    "",
    `if the control planes in ${lost} fail as well, these cannot be created meanwhile`,
    ...waiting.flatMap(({ needed, source, resources }) => [
      `  ${needed}: ${counted(resources)}`,
      `    ${source}`,
    ]),
    ...needed,
  ];
}

/** `2 LoadBalancer, 6 VpcEndpoint`. */
function counted(resources: Waiting["resources"]): string {
  const types = resources.map(({ type }) => type.split(":").at(-1)!);
  return [...new Set(types)]
    .sort()
    .map((type) => `${types.filter((one) => one === type).length} ${type}`)
    .join(", ");
}

const STATES: Readonly<Record<Standing, string>> = {
  met: "ok  ",
  "not met": "FAIL",
  "not known": "?   ",
};

function findingLines(finding: Document["findings"][number]): string[] {
  const [best, ...others] = finding.protections;
  const state = STATES[standingOf(finding)];
  if (best === undefined) {
    return [`  ${state} ${finding.store}: nothing survives`, ...unknownLines(finding)];
  }
  const way = finding.steps.map((step) => `${plain(step.name)} ${length(step)}`).join(" + ");
  return [
    `  ${state} ${finding.store}: RPO ${hours(best.lossMinutes)} (${best.source}), RTO ${hours(finding.restoreMinutes!)}`,
    `       ${way} minutes`,
    `       watch: ${best.watchedBy ?? "none"}`,
    ...others.map(
      (other) =>
        `       also: ${other.source}, RPO ${hours(other.lossMinutes)}; watch: ${other.watchedBy ?? "none"}`,
    ),
    ...finding.problems.map((problem) => `       ${problem}`),
    ...unknownLines(finding),
  ];
}

/** What has to be known to say more. */
function unknownLines({ unknown, undecided }: Finding): string[] {
  return [
    ...(unknown === undefined
      ? []
      : [`       ${unknown.property} is not known yet`, `       ${unknown.urn}`]),
    ...(undecided === undefined ? [] : [`       not known: ${undecided}`]),
  ];
}

/** `prepareStack` as `prepare stack`. */
function plain(step: string): string {
  return step.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Minutes of a step; an estimate has a ~ before it. */
function length({ minutes, estimate }: Pick<Step, "minutes" | "estimate">): string {
  return `${estimate ? "~" : ""}${minutes}`;
}

/** What the lengths of the steps rest on, each once. */
function sourceLines(findings: readonly Finding[]): string[] {
  const steps = new Map(
    findings.flatMap((finding) => finding.steps).map((step) => [step.name, step]),
  );
  return [...steps.values()].map(
    ({ name, minutes, of = minutes, estimate, kind, source, url }) =>
      `  ${plain(name)} ${length({ minutes: of, estimate })}: ${kind}, ${source}\n    ${url}`,
  );
}

function quotaLine(need: QuotaNeed & { readonly region: string }): string {
  const { region, title, newAccount, needed, requested } = need;
  const state = exceeded([need]).length === 0 ? "ok  " : "FAIL";
  const line = `  ${state} ${title} in ${region}: ${needed} needed, ${newAccount} in a new account`;
  return requested === undefined
    ? line
    : `${line}, ${requested} asked for\n       granted? ${showCommand(need)}`;
}

function verdict(document: Document): string {
  if (document.exemptBecause !== undefined) {
    return `The objectives are not this stack's: ${document.exemptBecause}.`;
  }
  const { notShown, notJudged: stores } = document;
  const open = [
    ...(stores.length > 0 ? [`${stores.map(({ store }) => store).join(", ")} are not judged`] : []),
    ...(notShown.length > 0 ? [`the children of ${notShown.join(", ")} are not shown`] : []),
  ];
  if (open.length > 0 && document.standing !== "not met") {
    return `The objectives are not known to be met: ${open.join("; ")}.`;
  }
  if (document.standing === "not known") return "The objectives are not known to be met.";
  if (!document.met) return `The objectives are NOT met: ${notMet(document).join("; ")}.`;
  if (document.pilotLight) {
    const names = document.publicImages.map(({ image }) => image.split("@")[0]);
    const advice = document.imagesAdvice === undefined ? "" : ` (${document.imagesAdvice})`;
    const images =
      names.length === 0
        ? ""
        : ` and the images that are not copied can be pulled: ${names.join(", ")}${advice}`;
    return `The objectives are met with ${document.lostRegion} wholly unavailable, where the plan of the stack there shows no violation of recovery-control-planes${images}.`;
  }
  return document.waiting.length === 0
    ? "The objectives are met."
    : `The objectives are met where control planes in ${document.lostRegion} answer; see above what waits without them.`;
}

/** The objectives that are not met, each with its data stores and with what its region lacks. */
function notMet({ findings, missing, recoveryRegions: regions }: Document): string[] {
  const lacks = [...new Set(missing.map(({ kind }) => kind))].join(", ");
  return SCENARIOS.flatMap((scenario) => {
    const stores = findings
      .filter((one) => one.scenario === scenario && standingOf(one) === "not met")
      .map(({ store }) => store);
    const needed = scenario === "region lost" && lacks !== "";
    const why = [
      ...(stores.length > 0 ? [stores.join(", ")] : []),
      ...(needed ? [`missing in ${regions.join(", ")}: ${lacks}`] : []),
    ];
    return why.length === 0 ? [] : [`${scenario} (${why.join("; ")})`];
  });
}
