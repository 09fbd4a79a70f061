import type { CostEstimate } from "../../analysis/cost/model";
import { counted } from "../../analysis/counted";
import { criticalPath } from "../../analysis/critical-path/critical-path";
import type { Diagnostic, Plan, PlannedResource } from "../../analysis/plan/model";
import { countByComponent, madeByProviders, toTree, type TreeNode } from "../../analysis/plan/tree";
import { shortType } from "../../analysis/plan/urn";
import { isSecret, isUnknown, redact, REDACTED } from "../../analysis/plan/values";
import type { Refusals } from "../../analysis/refusals/refusals";
import { COMMAND } from "../preview/command-name";
import type { PreviewError } from "../preview/engine/errors";
import { visibleLines, visibleStrings } from "../visible";
import { renderCost } from "./cost";
import { renderCriticalPath } from "./critical-path";
import { renderOutcome } from "./outcome";
import { recoveryOf, renderRecovery } from "./recovery";
import { renderSchemas } from "./schemas";
import { cut, type Paint, paintFor, type Terminal } from "./style";
import { renderVerdict } from "./verdict";
import { visiblePlan } from "./visible-plan";

/** All of a plan for people: component tree, counts, outputs, warnings, policies, cost, recovery, critical path, verdict. */
export function renderText(
  made: Plan,
  terminal: Terminal,
  cost?: CostEstimate,
  schemas?: Refusals,
  folder?: string,
): string {
  const paint = paintFor(terminal);
  const plan = visiblePlan(made);
  const seconds = (plan.durationMs / 1000).toFixed(1);
  const sections = [
    [paint.bold(`Preview of ${plan.project}, stack ${plan.stack}`)],
    renderTree(plan.resources, terminal, paint),
    renderCounts(plan.resources, paint),
    renderOutputs(plan, terminal, paint),
    renderDiagnostics(plan.diagnostics, paint),
    renderVerdict(plan, terminal, paint),
    schemas ? renderSchemas(schemas, paint) : [],
    cost ? renderCost(cost, terminal, paint) : [],
    renderRecovery(recoveryOf(plan), plan.stack, terminal, paint, folder),
    renderCriticalPath(criticalPath(plan.resources, plan.measured?.durations), terminal, paint),
    [
      `${counted(plan.resources.length, "resource")}, ${madeByProviders(plan.resources).length} of them created by ` +
        `providers, in ${seconds} s` +
        paint.dim(" (offline: nothing was looked up, nothing is changed)"),
    ],
    renderOutcome(plan, terminal, paint),
  ];
  return joined(sections);
}

/** The component tree of a plan, without the rest. */
export function renderComponents(made: Plan, terminal: Terminal): string {
  return joined([renderTree(visiblePlan(made).resources, terminal, paintFor(terminal))]);
}

/** Sections with an empty line between them. */
function joined(sections: readonly (readonly string[])[]): string {
  return sections
    .filter((section) => section.length)
    .map((section) => `${section.join("\n")}\n`)
    .join("\n");
}

/** What a program had registered before it failed, and what the packs said of it; nothing where it registered nothing. */
export function renderIncomplete(error: PreviewError, terminal: Terminal): string {
  const { identity, policies, resources } = error;
  // The stack itself is there before the program's first line.
  if (identity === undefined || resources.length < 2) return "";
  const paint = paintFor(terminal);
  const none = { packs: [], violations: [], undecided: [], remediations: [] };
  const plan = visiblePlan({
    ...identity,
    ...{ resources: [...resources], outputs: {}, diagnostics: [], durationMs: 0 },
    policies: policies ?? none,
  });
  const headline = `Preview of ${plan.project}, stack ${plan.stack}: incomplete, the program failed`;
  const read = `${counted(plan.resources.length, "resource")} up to the failure; stack rules, cost and recovery need the whole plan`;
  const sections = [
    [paint.bold(headline)],
    renderTree(plan.resources, terminal, paint),
    plan.policies.packs.length ? renderVerdict(plan, terminal, paint) : [],
    [read],
  ];
  const shown = sections.filter((section) => section.length);
  return `${shown.map((section) => section.join("\n")).join("\n\n")}\n\n`;
}

/** Why there is no plan. */
export function renderError(error: PreviewError, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const lines = renderDiagnostics(error.diagnostics, paint);
  for (const failure of error.failures) {
    const { frames, urn } = visibleStrings(failure);
    lines.push(`${paint.red("error:")} ${visibleLines(failure.message, "")}`);
    if (urn) lines.push(paint.dim(`  resource ${urn}`));
    for (const frame of frames) lines.push(paint.dim(`  at ${frame}`));
  }
  if (error.kind === "usage") lines.push(`See ${COMMAND} --help`);
  return `${lines.join("\n")}\n`;
}

function renderTree(
  resources: readonly PlannedResource[],
  { width }: Terminal,
  paint: Paint,
): string[] {
  const rows = toTree(resources).flatMap((root) => treeRows(root, "", ""));
  const longest = Math.max(0, ...rows.map(({ lead, node }) => lead.length + nameOf(node).length));
  const types = Math.max(0, ...rows.map(({ node }) => shortType(node.resource.type).length));
  // Names matter more than types: these give way on a narrow terminal.
  const column = Math.min(longest, Math.max(24, width - types - 2));
  return rows.map(({ lead, node }) => {
    const { resource } = node;
    const name = cut(nameOf(node), Math.max(8, column - lead.length));
    const gap = " ".repeat(Math.max(2, column + 2 - lead.length - name.length));
    const type = cut(shortType(resource.type), Math.max(10, width - column - 2));
    const shown = resource.custom ? name : paint.bold(name);
    const marks = [
      ...(resource.protect ? ["protected"] : []),
      ...(resource.external ? ["read"] : []),
    ].join(" ");
    const room = width - column - 2 - type.length - marks.length - 1;
    const mark = marks && room >= 0 ? ` ${paint.dim(marks)}` : "";
    return `${paint.dim(lead)}${shown}${gap}${paint.cyan(type)}${mark}`;
  });
}

function nameOf({ resource }: TreeNode): string {
  return resource.name;
}

function treeRows(
  node: TreeNode,
  lead: string,
  childLead: string,
): { lead: string; node: TreeNode }[] {
  const rows = [{ lead, node }];
  node.children.forEach((child, index) => {
    const last = index === node.children.length - 1;
    const branch = childLead + (last ? "└─ " : "├─ ");
    rows.push(...treeRows(child, branch, childLead + (last ? "   " : "│  ")));
  });
  return rows;
}

function renderCounts(resources: readonly PlannedResource[], paint: Paint): string[] {
  const counts = Object.entries(countByComponent(resources));
  const width = Math.max(0, ...counts.map(([name]) => name.length));
  const digits = String(resources.length).length;
  return [
    paint.bold("Resources by component"),
    ...counts.map(
      ([name, number]) => `  ${name.padEnd(width)}  ${String(number).padStart(digits)}`,
    ),
    `  ${"total".padEnd(width)}  ${resources.length}`,
  ];
}

function renderOutputs(plan: Plan, { width }: Terminal, paint: Paint): string[] {
  const rows = Object.keys(plan.outputs)
    .sort()
    .flatMap((name) => outputRows(name, plan.outputs[name]));
  if (!rows.length) return [];
  const column = Math.max(...rows.map(([name]) => name.length));
  return [
    paint.bold("Outputs"),
    ...rows.map(([name, text]) =>
      `  ${name.padEnd(column)}  ${cut(text, Math.max(20, width - column - 4))}`.trimEnd(),
    ),
  ];
}

/** A structure's parts stand below its name, one a row; anything else has one row. */
function outputRows(name: string, value: unknown): [string, string][] {
  const shown = redact(value);
  if (typeof shown !== "object" || shown === null || Array.isArray(shown)) {
    return [[name, outputText(value)]];
  }
  return [
    [name, ""],
    ...Object.entries(shown).map(([key, part]): [string, string] => [`  ${key}`, outputText(part)]),
  ];
}

/** An output as it is shown: `[secret]`, `output<string>` for what is not known yet, JSON for the rest. */
export function outputText(value: unknown): string {
  if (isSecret(value)) return REDACTED;
  if (isUnknown(value)) return "output<string>";
  const shown: unknown = JSON.parse(JSON.stringify(redact(value)), (_, item: unknown) =>
    isUnknown(item) ? "output<string>" : item,
  );
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}

function renderDiagnostics(diagnostics: readonly Diagnostic[], paint: Paint): string[] {
  return diagnostics.map(({ severity, message: said }) => {
    const message = visibleLines(said);
    if (severity === "warning") return `${paint.yellow("warning:")} ${message}`;
    return `${paint.dim("note:")} ${message}`;
  });
}
