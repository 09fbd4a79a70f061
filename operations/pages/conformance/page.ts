/** docs/conformance.md: every value and requirement of the owner's architecture document, with the planned one. */
import * as path from "node:path";

import { shownValue } from "../../../facts/problem-text";
import { escapeCell } from "../../../tools/markup";
import { DATABASE, EDGE, REDIS, STORAGE } from "./data";
import {
  AWS,
  foundBy,
  OWNERS_TASK,
  PULUMI,
  type Found,
  type Plans,
  type Row,
  type Section,
} from "./model";
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

/** How many requirements are met exactly, differ by a decision, or are shown by a test or a page. */
export interface Counts {
  readonly rows: number;
  readonly exact: number;
  readonly decided: number;
  readonly shown: number;
  /** Words of the rows that differ without a decision, or whose place the plan does not have. */
  readonly open: readonly string[];
}

/** A row with what it finds. */
interface Judged extends Found {
  readonly title: string;
  readonly row: Row;
}

/** What all rows find, read once: the page and the sentence in README are made of the same plans. */
const judgements = new WeakMap<Plans, readonly Judged[]>();

function judged(plans: Plans): readonly Judged[] {
  const known = judgements.get(plans);
  if (known !== undefined) return known;
  const all = SECTIONS.flatMap(({ title, rows }) =>
    rows.map((row) => ({ title, row, ...foundBy(row, plans) })),
  );
  judgements.set(plans, all);
  return all;
}

/** The demands counted. */
export function conformance(plans: Plans): Counts {
  const all = judged(plans);
  const of = (verdict: Found["verdict"]) => all.filter((one) => one.verdict === verdict);
  return {
    rows: all.length,
    exact: of("exact").length,
    decided: of("decided").length,
    shown: of("shown").length,
    open: of("open").map(({ title, row }) => `${title}: ${row.words}`),
  };
}

/** In one sentence. */
export function conformanceSentence(plans: Plans): string {
  const { rows, exact, decided, shown, open } = conformance(plans);
  const rest = open.length > 0 ? `, ${open.length} differ without one` : "";
  return (
    `Of ${rows} values and requirements of the architecture document, ${exact} are met exactly and ${decided} differ by a decision${rest}; ` +
    `${shown} that no plan shows have a test or a page.`
  );
}

/**
 * Text of the page.
 *
 * @param decisions text of docs/decisions.md, for the links to its entries
 */
export function conformancePage(plans: Plans, decisions: string): string {
  const all = judged(plans);
  const parts = SECTIONS.map(({ title }) => {
    const lines = all.filter((one) => one.title === title).map((one) => lineOf(one, decisions));
    const head = [
      "| requirement | document | planned | where | verdict |",
      "|---|---|---|---|---|",
    ];
    return [`## ${title}`, "", ...head, ...lines].join("\n");
  });
  return `${[
    "# Conformance",
    `Written by \`npm run accept\` from the offline previews of production, recovery and bootstrap; CI fails while it is out of date. ${conformanceSentence(plans)}`,
    "A value that the document has in words or in other units is shown here in AWS's form. `@` is the resource that a value comes from, `^` a hook, `*` each entry of a list; " +
      "`count` is the number of resources with such a name, `none` a resource that must not exist, `file` a file of the project. A value from another stack's plan begins with that stack's name. " +
      "A decision applies only to the value that it names; any other value differs. It names its basis: a page of AWS or Pulumi, a setting that its owner may change, or the owner's task, which requires Pulumi. " +
      "The weeks that the document plans for each phase of the work are not a requirement of the platform.",
    ...parts,
  ].join("\n\n")}\n`;
}

function lineOf({ row, value, verdict }: Judged, decisions: string): string {
  const [kind, file] = row.where.split(" ");
  const where =
    verdict === "shown"
      ? `[${row.property}](${path.posix.relative("docs", file!)})`
      : kind === "spot"
        ? "`npm run preview`"
        : [row.where, row.property].flatMap((one) => (one === "" ? [] : `\`${one}\``)).join(" ");
  const shown = { exact: "exact", shown: `by a ${kind}`, open: "differs" };
  const last = verdict === "decided" ? decisionOf(row, decisions) : shown[verdict];
  const cells = [row.words, row.documented, value, where, last];
  return `| ${cells.map(escapeCell).join(" | ")} |`;
}

/** The entry of docs/decisions.md, and what in it the row is based on. */
function decisionOf({ words, decision }: Row, decisions: string): string {
  const { entry: beginning, ground } = decision!;
  const entry = entryOf(beginning, decisions);
  if (entry === undefined) {
    throw new Error(`${words}: expected an entry of docs/decisions.md that begins so, got ${shownValue(beginning)}`);
  }
  const shown = groundShown(ground);
  if (!entry.text.includes(shown.slice(shown.indexOf("](")))) {
    throw new Error(`docs/decisions.md, ${beginning}: expected ${ground}, on which "${words}" is based, got none`);
  }
  return `[${beginning}](decisions.md#${entry.section}), ${shown}`;
} // prettier-ignore

/** As the page shows it: a link, a key in backticks, or words. An entry of docs/decisions.md names it so too, a link under words of its own. */
export function groundShown(ground: string): string {
  if (ground.startsWith(`${AWS}/`)) return `[AWS](${ground})`;
  if (ground.startsWith(`${PULUMI}/`)) return `[Pulumi](${ground})`;
  return ground === OWNERS_TASK ? ground : `\`${ground}\``;
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
