/** docs/conformance.md: every value and demand of the owner's architecture document, and what the plan has for it. */
import type { PlannedResource } from "../../../analysis/plan/model";
import type { Plan } from "../../../tools/preview/index";
import { DATABASE, EDGE, REDIS, STORAGE } from "./data";
import { planned, type Row, type Section } from "./model";
import { BALANCING, COMPUTE, NETWORK, OVERVIEW, SECURITY_GROUPS } from "./network";
import {
  BACKUP,
  CHECKLIST,
  COST,
  FUNCTIONS,
  MONITORING,
  PIPELINE,
  PROGRAM,
  QUEUES,
  RECOVERY,
  TOPICS,
  TRACING,
} from "./working";

/** The page, below the project's folder. */
export const CONFORMANCE_PAGE = "docs/conformance.md";

/** The document from top to bottom. */
export const SECTIONS: readonly Section[] = [
  OVERVIEW,
  NETWORK,
  SECURITY_GROUPS,
  ...COMPUTE,
  DATABASE,
  REDIS,
  BALANCING,
  STORAGE,
  EDGE,
  FUNCTIONS,
  QUEUES,
  TOPICS,
  PROGRAM,
  MONITORING,
  TRACING,
  COST,
  BACKUP,
  RECOVERY,
  PIPELINE,
  CHECKLIST,
];

/** How many demands the plan meets exactly, and how many otherwise by a decision. */
export interface Counts {
  readonly rows: number;
  readonly exact: number;
  readonly decided: number;
  /** Words of the rows that differ without a decision. */
  readonly open: readonly string[];
}

/** The demands counted. */
export function conformance(resources: readonly PlannedResource[]): Counts {
  const rows = SECTIONS.flatMap(({ title, rows: own }) => own.map((row) => ({ title, row })));
  const others = rows.filter(({ row }) => planned(row, resources) !== row.documented);
  const open = others.filter(({ row }) => row.decision === undefined);
  return {
    rows: rows.length,
    exact: rows.length - others.length,
    decided: others.length - open.length,
    open: open.map(({ title, row }) => `${title}: ${row.words}`),
  };
}

/** In one sentence. */
export function conformanceSentence(resources: readonly PlannedResource[]): string {
  const { rows, exact, decided, open } = conformance(resources);
  const rest = open.length > 0 ? `, ${open.length} differ without one` : "";
  return `Of ${rows} values and demands of the architecture document ${exact} are met exactly, ${decided} otherwise by a decision${rest}.`;
}

/**
 * Text of the page.
 *
 * @param decisions text of docs/decisions.md, for the links to its entries
 */
export function conformancePage({ stack, resources }: Plan, decisions: string): string {
  const parts = SECTIONS.map(({ title, rows }) => {
    const lines = rows.map((row) => lineOf(row, resources, decisions));
    const head = ["| demand | document | planned | where | verdict |", "|---|---|---|---|---|"];
    return [`## ${title}`, "", ...head, ...lines].join("\n");
  });
  return `${[
    "# Conformance",
    `Written by \`npm run accept\` from the offline preview of ${stack}; CI fails while it is out of date. ${conformanceSentence(resources)}`,
    "A value that the document has in words or in other units stands here as AWS has it. `@` is the resource that a value is made of; " +
      "`count` is how many resources have such a name, `atleast` no fewer than the document has.",
    ...parts,
  ].join("\n\n")}\n`;
}

function lineOf(row: Row, resources: readonly PlannedResource[], decisions: string): string {
  const found = planned(row, resources);
  const where = row.where.startsWith("test ")
    ? `[${row.property}](../${row.where.slice(5)})`
    : row.where === "stated" || row.where === "spot"
      ? ""
      : [row.where, row.property].flatMap((one) => (one === "" ? [] : `\`${one}\``)).join(" ");
  const verdict = found === row.documented ? "exact" : decisionOf(row, decisions);
  const cells = [row.words, row.documented, found, where, verdict];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function decisionOf({ words, decision }: Row, decisions: string): string {
  if (decision === undefined) return "differs";
  const heading = sectionOf(decision, decisions);
  if (heading === undefined) {
    throw new Error(`${words}: expected an entry of docs/decisions.md that begins so, got ${decision}`);
  }
  return `[${decision}](decisions.md#${heading})`;
} // prettier-ignore

/** The anchor of the section that has an entry with such a beginning. */
export function sectionOf(beginning: string, decisions: string): string | undefined {
  let heading: string | undefined;
  for (const line of decisions.split("\n")) {
    if (/^##+ /.test(line)) heading = line.replace(/^#+ /, "").toLowerCase().replaceAll(" ", "-");
    if (line.startsWith(`**${beginning}`)) return heading;
  }
  return undefined;
}
