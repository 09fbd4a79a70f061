/** docs/conformance.md: every value and demand of the owner's architecture document, and what the plan has for it. */
import * as path from "node:path";

import { DATABASE, EDGE, REDIS, STORAGE } from "./data";
import { foundBy, type Found, type Plans, type Row, type Section } from "./model";
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

/** How many demands are met exactly, otherwise by a decision, or shown by a test or a page. */
export interface Counts {
  readonly rows: number;
  readonly exact: number;
  readonly decided: number;
  readonly shown: number;
  /** Words of the rows that differ without a decision, or whose place the plan does not have. */
  readonly open: readonly string[];
}

/** The demands counted. */
export function conformance(plans: Plans): Counts {
  const rows = SECTIONS.flatMap(({ title, rows: own }) =>
    own.map((row) => ({ words: `${title}: ${row.words}`, ...foundBy(row, plans) })),
  );
  const of = (verdict: Found["verdict"]) => rows.filter((row) => row.verdict === verdict);
  return {
    rows: rows.length,
    exact: of("exact").length,
    decided: of("decided").length,
    shown: of("shown").length,
    open: of("open").map(({ words }) => words),
  };
}

/** In one sentence. */
export function conformanceSentence(plans: Plans): string {
  const { rows, exact, decided, shown, open } = conformance(plans);
  const rest = open.length > 0 ? `, ${open.length} differ without one` : "";
  return (
    `Of ${rows} values and demands of the architecture document ${exact} are met exactly, ${decided} otherwise by a decision${rest}; ` +
    `${shown}, which no plan shows, have a test or a page.`
  );
}

/**
 * Text of the page.
 *
 * @param decisions text of docs/decisions.md, for the links to its entries
 */
export function conformancePage(plans: Plans, decisions: string): string {
  const parts = SECTIONS.map(({ title, rows }) => {
    const lines = rows.map((row) => lineOf(row, plans, decisions));
    const head = ["| demand | document | planned | where | verdict |", "|---|---|---|---|---|"];
    return [`## ${title}`, "", ...head, ...lines].join("\n");
  });
  return `${[
    "# Conformance",
    `Written by \`npm run accept\` from the offline previews of production and recovery; CI fails while it is out of date. ${conformanceSentence(plans)}`,
    "A value that the document has in words or in other units stands here as AWS has it. `@` is the resource that a value is made of, `^` a hook; " +
      "`count` is how many resources have such a name, `atleast` no fewer than the document has, `none` what must not be there. What stands in the recovery stack's plan begins with `recovery:`. " +
      "The weeks that the document gives each phase of the work are no demand of the platform.",
    ...parts,
  ].join("\n\n")}\n`;
}

function lineOf(row: Row, plans: Plans, decisions: string): string {
  const { value, verdict } = foundBy(row, plans);
  const [kind, file] = row.where.split(" ");
  const where =
    verdict === "shown"
      ? `[${row.property}](${path.posix.relative("docs", file!)})`
      : kind === "stated" || kind === "spot"
        ? ""
        : [row.where, row.property].flatMap((one) => (one === "" ? [] : `\`${one}\``)).join(" ");
  const shown = { exact: "exact", shown: `by a ${kind}`, open: "differs" };
  const last = verdict === "decided" ? decisionOf(row, decisions) : shown[verdict];
  const cells = [row.words, row.documented, value, where, last];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The entry of docs/decisions.md, and what it rests on. */
function decisionOf({ words, decision = "" }: Row, decisions: string): string {
  const entry = entryOf(decision, decisions);
  if (entry === undefined) {
    throw new Error(`${words}: expected an entry of docs/decisions.md that begins so, got ${decision}`);
  }
  const ground = groundOf(entry.text);
  if (ground === undefined) {
    throw new Error(`docs/decisions.md, ${decision}: expected a page of AWS or a setting, got neither`);
  }
  return `[${decision}](decisions.md#${entry.section}), ${ground}`;
} // prettier-ignore

/** AWS's own pages, and the published sources of its guides. */
const OF_AWS =
  /\]\((https:\/\/(?:docs\.aws\.amazon\.com|aws\.amazon\.com|github\.com\/awsdocs)\/[^)\s]+)\)/;

/** What an entry of docs/decisions.md rests on: a page of AWS, else a setting that an owner can change. */
export function groundOf(text: string): string | undefined {
  const page = OF_AWS.exec(text)?.[1];
  return page === undefined ? /`crm(-bootstrap)?:[a-z][^`]*`/.exec(text)?.[0] : `[AWS](${page})`;
}

/** The entry with such a beginning, and the anchor of its section. */
export function entryOf(
  beginning: string,
  decisions: string,
): { readonly section: string; readonly text: string } | undefined {
  let section = "";
  for (const part of decisions.split(/\n(?=\*\*|#)/)) {
    const [heading] = part.split("\n");
    if (/^##+ /.test(heading!)) section = heading!.replace(/^#+ /, "").toLowerCase().replaceAll(" ", "-");
    if (part.startsWith(`**${beginning}`)) return { section, text: part };
  }
  return undefined;
} // prettier-ignore
