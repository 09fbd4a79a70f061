import { zoneLossOf, zoneLossText } from "../../analysis/capacity/zone-loss";
import type { CostEstimate, CostLine } from "../../analysis/cost/model";
import { spotAtRest } from "../../analysis/cost/spot";
import { counted } from "../../analysis/counted";
import { criticalPath } from "../../analysis/critical-path/critical-path";
import { kindOf, type Diagnostic, type Plan } from "../../analysis/plan/model";
import { countByComponent, madeByProviders } from "../../analysis/plan/tree";
import { parseUrn, shortType } from "../../analysis/plan/urn";
import { hours } from "../../analysis/recovery/objectives";
import { recoveryStackOf } from "../../analysis/recovery/of-plan";
import type { Refusals } from "../../analysis/refusals/refusals";
import { amount, dollars, leftOut, regionWarning } from "./cost";
import { minutes, SHORT_SECONDS } from "./critical-path";
import { renderOutcome } from "./outcome";
import { recoveryOf } from "./recovery";
import { renderSchemas } from "./schemas";
import { cut, type Paint, paintFor, type Terminal, wrap } from "./style";
import { visiblePlan } from "./visible-plan";
import { groupedWarnings } from "./warnings";

/** Lines of the summary at most: what a terminal shows without scrolling. */
export const MOST_LINES = 45;

const DEAREST = 5;

/** Lines that belong together; what has no room is counted in a line of its own. */
interface Section {
  readonly title: readonly string[];
  readonly rows: readonly string[];
  /** Rows that stay. */
  readonly least: number;
}

/** What a person asks first of a plan, in at most 45 lines, the verdict last. */
export function renderSummary(
  made: Plan,
  terminal: Terminal,
  cost?: CostEstimate,
  schemas?: Refusals,
): string {
  const paint = paintFor(terminal);
  const plan = visiblePlan(made);
  const sections = [
    headline(plan, paint, cost),
    components(plan, terminal, paint, cost),
    dearest(terminal, paint, cost),
    warnings(plan.diagnostics, terminal, paint),
    policies(plan, terminal, paint),
    facts(plan, terminal, paint, schemas),
    only(renderOutcome(plan, terminal, paint)),
  ].filter(({ title, rows }) => title.length + rows.length > 0);
  const lines = fitted(sections, MOST_LINES).map(({ title, rows }) => [...title, ...rows]);
  return `${lines.map((section) => section.join("\n")).join("\n\n")}\n`;
}

const only = (rows: readonly string[]): Section => ({ title: [], rows, least: rows.length });

/** The sections without the rows that have no room: the longest list gives way first. */
function fitted(sections: readonly Section[], room: number): Section[] {
  const shown = sections.map(({ rows }) => rows.length);
  const height = (index: number) => {
    const { title, rows } = sections[index]!;
    return title.length + shown[index]! + (shown[index]! < rows.length ? 1 : 0);
  };
  const total = () =>
    sections.reduce((sum, _, index) => sum + height(index), 0) + sections.length - 1;
  while (total() > room) {
    const spare = sections.map(({ least }, index) => shown[index]! - least);
    const most = Math.max(...spare);
    if (most <= 0) break;
    shown[spare.indexOf(most)]! -= 1;
  }
  return sections.map(({ title, rows, least }, index) => {
    const left = rows.length - shown[index]!;
    const more = left === 0 ? [] : [`  and ${left} more: --resources`];
    return { title, rows: [...rows.slice(0, shown[index]), ...more], least };
  });
}

function headline({ project, stack, resources }: Plan, paint: Paint, cost?: CostEstimate): Section {
  const made = madeByProviders(resources).length;
  const left = cost && leftOut(cost);
  const budget =
    left !== undefined
      ? ` ${left}`
      : cost?.budgetUsd === undefined
        ? ""
        : ` of a budget of ${dollars(cost.budgetUsd)}`;
  const parts = [
    `${counted(resources.length, "resource")}, ${made} of them created by providers`,
    ...(cost?.lines.length ? [`${dollars(cost.monthlyUsd)} a month${budget}`] : []),
  ];
  return only([
    `${paint.bold(`Preview of ${project}, stack ${stack}`)}: ${parts.join("; ")}`,
    ...(cost?.lines.length ? regionWarning(cost) : []).map((line) => paint.yellow(line)),
  ]);
}

/** Components in the order in which the program makes them, beside each other where there is room. */
function components(
  { resources }: Plan,
  { width }: Terminal,
  paint: Paint,
  cost?: CostEstimate,
): Section {
  const all = Object.entries(countByComponent(resources)).map(([name, number]) => {
    const usd = cost?.byComponent[name];
    return { name, number: String(number), usd: usd === undefined ? "" : amount(usd) };
  });
  const wide = (part: "name" | "number" | "usd") =>
    Math.max(0, ...all.map((one) => one[part].length));
  const [names, numbers, usds] = [wide("name"), wide("number"), wide("usd")];
  const cells = all.map(
    ({ name, number, usd }) =>
      `  ${name.padEnd(names)}  ${number.padStart(numbers)}  ${usd.padStart(usds)}`,
  );
  const columns = Math.max(1, Math.min(3, Math.floor(width / (cells[0]?.length ?? 1))));
  const height = Math.ceil(cells.length / columns);
  const rows = cells
    .slice(0, height)
    .map((_, row) => cells.filter((__, index) => index % height === row).join("  "));
  const title = usds > 0 ? "Components: resources, USD a month" : "Components: resources";
  return { title: [paint.bold(title)], rows: rows.map((row) => row.trimEnd()), least: 3 };
}

function dearest({ width }: Terminal, paint: Paint, cost?: CostEstimate): Section {
  const byUrn = new Map<string, { line: CostLine; usd: number }>();
  for (const line of cost?.lines ?? []) {
    const usd = (byUrn.get(line.urn)?.usd ?? 0) + line.monthlyUsd;
    byUrn.set(line.urn, { line, usd });
  }
  const first = [...byUrn.values()].sort((a, b) => b.usd - a.usd).slice(0, DEAREST);
  const left = cost?.notEstimated.reduce((sum, one) => sum + one.count, 0) ?? 0;
  const digits = Math.max(0, ...first.map(({ usd }) => amount(usd).length));
  const rows = first.map(({ line: { type, name }, usd }) =>
    cut(`  ${amount(usd).padStart(digits)}  ${shortType(type)} ${name}`, width),
  );
  const unknown =
    left > 0 ? [paint.dim(`  not in these figures: ${counted(left, "resource")}`)] : [];
  const title = first.length > 0 ? [paint.bold("Most expensive, USD a month")] : [];
  return { title, rows: [...rows, ...unknown], least: 1 };
}

function warnings(diagnostics: readonly Diagnostic[], { width }: Terminal, paint: Paint): Section {
  const rows = groupedWarnings(diagnostics).map(({ severity, text }) => {
    const mark = severity === "warning" ? paint.yellow("warning:") : paint.dim("note:");
    return `${mark} ${cut(text, width - severity.length - 2)}`;
  });
  return { title: [], rows, least: 3 };
}

/** What the packs say beside mandatory violations, a line a rule. */
function policies({ policies: said }: Plan, { width }: Terminal, paint: Paint): Section {
  const rows = new Map<string, { kind: string; policy: string; names: string[] }>();
  const put = (kind: string, policy: string, urn: string | undefined) => {
    const row = rows.get(`${kind} ${policy}`) ?? { kind, policy, names: [] };
    row.names.push(urn === undefined ? "the stack" : parseUrn(urn).name);
    rows.set(`${kind} ${policy}`, row);
  };
  for (const one of said.violations) {
    if (kindOf(one) !== "mandatory") put(kindOf(one), one.policy, one.urn);
  }
  for (const { policy, urn } of said.undecided) put("undecided", policy, urn);
  const order = ["undecided", "advisory", "exempt"];
  const sorted = [...rows.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return {
    title: [],
    rows: sorted.map(({ kind, policy, names }) => {
      const mark = kind === "exempt" ? paint.dim(kind) : paint.yellow(kind);
      const number = names.length > 1 ? `${names.length}: ` : "";
      return `${mark} ${cut(`${policy}: ${number}${names.join(", ")}`, width - kind.length - 1)}`;
    }),
    least: 2,
  };
}

/** What a loss costs, how long the first update takes, and where the rest is. */
function facts(
  plan: Plan,
  { width }: Terminal,
  paint: Paint,
  schemas: Refusals | undefined,
): Section {
  const stack = recoveryStackOf(plan);
  const found = recoveryOf(plan, stack);
  const worst = found.map(({ scenario, lossMinutes, restoreMinutes, standing }) => {
    const loss = lossMinutes === undefined ? "everything" : hours(lossMinutes);
    const back = restoreMinutes === undefined ? "never" : hours(restoreMinutes);
    const text = `${scenario} ${loss}, ${back}`;
    return standing === "met" ? text : `${text} (objective ${standing})`;
  });
  const zone = zoneLossOf(stack);
  const recovery = worst.length
    ? wrap(`RPO, RTO: ${[...worst, ...(zone ? [zoneLossText(zone)] : [])].join("; ")}`, width)
    : [];
  const { seconds, steps } = criticalPath(plan.resources, plan.measured?.durations);
  const longest = [...steps].sort((a, b) => b.seconds - a.seconds)[0];
  const up =
    longest === undefined || longest.seconds < SHORT_SECONDS
      ? []
      : [
          `First \`pulumi up\`: about ${minutes(seconds)}, ${minutes(longest.seconds)} of them ${shortType(longest.type)} ${longest.name}`,
        ];
  const took = `Previewed in ${(plan.durationMs / 1000).toFixed(1)} s, offline: nothing was looked up, nothing is changed.`;
  return only([
    ...recovery,
    ...up.map((line) => cut(line, width)),
    ...spot(plan).map((line) => cut(line, width)),
    ...(schemas ? renderSchemas(schemas, paint) : []),
    paint.dim(cut(`${took} More: --tree, --resources, --html FILE`, width)),
  ]);
}

/** Where Spot runs less than the weights say. */
function spot({ resources }: Plan): string[] {
  const found = spotAtRest(resources);
  if (found === undefined || found.weightPercent - found.percent < 1) return [];
  const { tasks, onDemand, percent, weightPercent } = found;
  return [
    `Without load, ${onDemand} of ${counted(tasks, "task")} run on demand (the base); Spot runs ${Math.round(percent)} %, not the ${Math.round(weightPercent)} % of its weight`,
  ];
}
