/**
 * The comment on a pull request: what each stack would change and what that means, folded by stack. Pure: the same
 * documents give the same bytes.
 */
import type { ResourceChange } from "../../analysis/diff/model";
import { changesOfSteps, type PreviewStep } from "../../analysis/diff/steps";
import { parseUrn, shortType } from "../../analysis/plan/urn";
import { failed, type StackDiff } from "../diff/document";
import { headline, madeChanges, rank, shownPair } from "../diff/headline";
import { MARKER, planDigest, riskySteps, shownLine, STEP_LENGTH } from "../diff/shown";
import { effectOf, findingTexts, meaningOf, notShownIn, orderOf } from "../diff/text";
import { code, fenced, fitted, inElement, LONGEST, plain } from "./markdown";

/** Second line of a comment that says that nothing changes: it is minimised. */
export const QUIET = "<!-- nothing changes -->";

/** Characters that findings, errors and meaning may take of one stack. */
const LONGEST_PART = 6000;

/** What `pulumi preview --json` writes. Source: Pulumi CLI, pkg/display/json.go. */
export interface PulumiDocument {
  readonly steps?: readonly PreviewStep[];
}

/** Everything known of one stack. */
export interface StackReport {
  readonly stack: string;
  readonly diff?: StackDiff;
  readonly pulumi?: PulumiDocument;
  /** Messages of a `pulumi preview` that failed. @default it did not, or there was none */
  readonly failure?: string;
  /** Whether the stack has no state yet. */
  readonly undeployed?: boolean;
  readonly guard?: string;
}

/** One stack of the comment before its rows are chosen. */
interface Section {
  /** The stack, and the digest of what is done to it; absent where that is not known. */
  readonly plan?: readonly [stack: string, digest: string];
  readonly head: string;
  readonly rows: readonly Row[];
  readonly tail: string;
  readonly quiet: boolean;
}

/** A row of the table of changes, with its place among all rows: what is risky is never cut. */
interface Row {
  readonly rank: number;
  readonly text: string;
  /** Digest of a step that has to be agreed to. */
  readonly step?: string;
}

/** The comment; `run` is the page of the run that made it. */
export function renderComment(reports: readonly StackReport[], run?: string): string {
  const sections = reports.map(readable);
  const quiet = sections.length > 0 && sections.every((section) => section.quiet);
  const begin = `${MARKER}\n${quiet ? `${QUIET}\n` : ""}`;
  const title = "\n## What this changes";
  const foot = footOf(run);
  if (sections.length === 0) return `${begin}${title}\n\nNo stack could be compared.\n\n${foot}\n`;
  const fixed = sections.map(({ head: top, tail }) => top.length + tail.length + 300);
  const room = LONGEST - foot.length - fixed.reduce((sum, one) => sum + one, 200);
  const kept = choose(sections, room);
  const lines = sections.flatMap(({ plan, rows }, index) =>
    plan === undefined
      ? []
      : [
          shownLine(
            ...plan,
            rows.slice(0, kept[index]).flatMap(({ step }) => step ?? []),
          ),
        ],
  );
  const head = `${begin}${lines.map((line) => `${line}\n`).join("")}${title}`;
  const blocks = sections.map((section, index) => blockOf(section, kept[index]!));
  return fitted([head, ...blocks, foot]);
}

/** Where the whole is: the artifacts of a run hold the documents and the pages. */
function footOf(run: string | undefined): string {
  const whole = "`npm run diff` shows all of it.";
  return run !== undefined && /^https:\/\/[\w./-]+$/.test(run)
    ? `[The run](${run}) wrote this; its [artifacts](${run}#artifacts) have the whole comparison and a page of each stack (\`<stack>.html\`). ${whole}`
    : whole;
}

/** The rows of each section that fit, those of the lowest rank first. */
function choose(sections: readonly Section[], room: number): number[] {
  const counts = sections.map(() => 0);
  const all = sections
    .flatMap(({ rows }, section) => rows.map((row, index) => ({ ...row, section, index })))
    .sort((a, b) => a.rank - b.rank || a.index - b.index || a.section - b.section);
  let left = room;
  for (const { text, step, section } of all) {
    const length = text.length + 1 + (step === undefined ? 0 : STEP_LENGTH);
    if (length > left) break;
    left -= length;
    counts[section]!++;
  }
  return counts;
}

function blockOf({ head, rows, tail }: Section, kept: number): string {
  const shown = rows.slice(0, kept).map(({ text }) => text);
  const more = rows.length > kept ? [`| | | and ${rows.length - kept} more | |`] : [];
  const table =
    rows.length === 0 ? [] : ["", "| | name | type | |", "|---|---|---|---|", ...shown, ...more];
  return [head, ...table, ...(tail === "" ? [] : ["", tail]), "", "</details>"].join("\n");
}

/** The section of a stack; a fork may have written a document that is none. */
function readable(report: StackReport): Section {
  try {
    return sectionOf(report);
  } catch {
    return notKnown(report.stack, "its document cannot be read", "see the run");
  }
}

function sectionOf(report: StackReport): Section {
  const trouble = troubleOf(report);
  if (trouble !== undefined) return trouble;
  const diff = report.diff as Exclude<StackDiff, { error: unknown }>;
  if (diff.stack !== report.stack) throw new Error(`the document is of ${diff.stack}`);
  const real = report.pulumi?.steps;
  const made = madeChanges(real === undefined ? diff.changes : changesOfSteps(real));
  const changes = made.map((change) => asItsUrn(change, report.stack));
  const steps = riskySteps(changes);
  const rows = [...changes]
    .filter(({ op, properties }) => op !== "update" || properties.length > 0)
    .map((change) => ({
      ...{ rank: rank(change), text: rowOf(change), urn: change.urn },
      ...(steps.has(change.urn) && { step: steps.get(change.urn)! }),
    }))
    .sort((a, b) => a.rank - b.rank || (a.urn < b.urn ? -1 : 1));
  const refused = refusalsOf(report);
  const meaning = meaningOf(diff);
  const quiet = rows.length === 0 && refused === "" && meaning.length === 0;
  const notes = [
    ...(report.undeployed
      ? ["The stack is not deployed yet: its first update creates everything."]
      : []),
    ...(real === undefined && !report.undeployed
      ? ["Predicted offline, without credentials."]
      : []),
    ...(real === undefined ? [] : disagreements(diff.changes, changes)),
    ...diff.notes.map(plain),
  ];
  const head = [
    `<details${refused === "" ? "" : " open"}><summary>${inElement(headline(diff))}</summary>`,
    ...(refused === "" ? [] : ["", refused]),
    ...(notes.length === 0 ? [] : ["", notes.join("\n")]),
  ].join("\n");
  const plan = [report.stack, planDigest(changes)] as const;
  return { plan, head, rows, tail: meaningText(meaning), quiet };
}

/** A change as its URN says: what is approved is the URN's, so that a row cannot name another resource or stack. */
function asItsUrn(change: ResourceChange, stack: string): ResourceChange {
  const parts = parseUrn(change.urn);
  if (parts.stack !== stack) throw new Error(`a change of ${parts.stack}`);
  return { ...change, type: parts.type, name: parts.name };
}

/** A program or a preview that fails: its error and nothing else. */
function troubleOf({ stack, diff, failure }: StackReport): Section | undefined {
  const of = (title: string, text: string) => notKnown(stack, title, text);
  if (failure !== undefined) return of("pulumi preview fails", failure.trim());
  if (diff === undefined) return of("the comparison did not run", "see the run");
  if (!failed(diff)) return undefined;
  const side = diff.error.side === "base" ? "the base's program fails" : "the program fails";
  return of(side, diff.error.failures.map(({ message }) => message).join("\n"));
}

function notKnown(stack: string, title: string, text: string): Section {
  const summary = `${inElement(stack)}: changes not known, ${title}`;
  return {
    head: `<details open><summary>${summary}</summary>\n\n${fenced(lastPart(text))}`,
    ...{ rows: [], tail: "", quiet: false },
  };
}

/** The end of a long text: it says why. */
function lastPart(text: string): string {
  return text.length <= LONGEST_PART ? text : `...${text.slice(-LONGEST_PART)}`;
}

/** What must be agreed to first; of a real preview, the guard has said it. */
function refusalsOf({ diff, guard }: StackReport): string {
  const found = (diff as Exclude<StackDiff, { error: unknown }>).findings;
  const own = guard?.split("\n").flatMap((line) => /^refused: (.*)/.exec(line)?.[1] ?? []);
  const lines = own !== undefined && own.length > 0 ? own : findingTexts(found);
  if (lines.length === 0) return "";
  return ["> [!CAUTION]", ...within(lines.map((line) => `> - ${plain(line)}`))].join("\n");
}

/** The lines that fit into a part, and how many are left out. */
function within(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let room = LONGEST_PART;
  for (const line of lines) {
    room -= line.length + 1;
    if (room < 0)
      return [...kept, `> - and ${lines.length - kept.length} more, in the table below`];
    kept.push(line);
  }
  return kept;
}

function meaningText(groups: ReturnType<typeof meaningOf>): string {
  let room = LONGEST_PART;
  return groups
    .map(({ title, lines }) => {
      const shown = lines
        .map((line) => `- ${plain(line)}`)
        .filter((line) => (room -= line.length + 1) > 0);
      const rest = lines.length - shown.length;
      return [`**${title}**`, "", ...shown, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n");
    })
    .join("\n\n");
}

const WORDS = {
  create: "create",
  update: "update",
  replace: "**replace**",
  "may-replace": "may replace",
  rename: "rename",
  delete: "**delete**",
  read: "read",
  discard: "no longer read",
} as const;

/** Properties of a row; the rest is counted. */
const MOST_PROPERTIES = 6;

function rowOf(change: ResourceChange): string {
  const { op, certain, type, name, properties, loss, outage, manner, renamedFrom } = change;
  const risk = [
    ...(loss === undefined ? [] : [`:warning: data lost: ${plain(loss.holds)}`]),
    ...(outage === undefined ? [] : [`:warning: ${plain(outage)}`]),
    ...(manner === undefined || outage !== undefined ? [] : [plain(orderOf(change))]),
    ...(renamedFrom === undefined ? [] : [`from ${code(parseUrn(renamedFrom).name)}`]),
  ];
  const shown = properties
    .slice(0, MOST_PROPERTIES)
    .map((property) => propertyCell(property, change));
  const more = properties.length - shown.length;
  const cells = [...risk, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("<br>");
  const word = `${WORDS[op]}${certain || op === "may-replace" ? "" : " (possibly)"}`;
  return `| ${word} | ${code(name)} | ${code(shortType(type))}${notShownIn(change)} | ${cells} |`;
}

function propertyCell(change: ResourceChange["properties"][number], of: ResourceChange): string {
  const { path, because = [], secret } = change;
  const known = change.old !== undefined || change.new !== undefined;
  const value =
    because.length > 0
      ? `follows from ${because
          .slice(0, 2)
          .map((urn) => code(parseUrn(urn).name))
          .join(", ")}`
      : secret
        ? "a secret changes"
        : known
          ? shownPair(change.old, change.new, 60).map(code).join(" → ")
          : "changes";
  return `${code(path)} ${value}: ${plain(effectOf(change, of))}`;
}

/** Where the prediction and the real preview say otherwise, for the resources that one of them replaces or deletes. */
function disagreements(
  predicted: readonly ResourceChange[],
  real: readonly ResourceChange[],
): string[] {
  const ops = (list: readonly ResourceChange[]) =>
    new Map(list.filter(({ certain }) => certain).map(({ urn, op }) => [urn, op]));
  const [mine, its] = [ops(predicted), ops(real)];
  const matters = (op: string | undefined) => op === "replace" || op === "delete";
  const urns = [...new Set([...mine.keys(), ...its.keys()])]
    .filter((urn) => mine.get(urn) !== its.get(urn))
    .filter((urn) => matters(mine.get(urn)) || matters(its.get(urn)))
    .sort();
  const said = (op: string | undefined) => op ?? "nothing";
  return urns.length === 0
    ? []
    : [
        `Predicted otherwise than the preview: ${urns
          .slice(0, 10)
          .map(
            (urn) =>
              `${code(parseUrn(urn).name)} (${said(mine.get(urn))}, not ${said(its.get(urn))})`,
          )
          .join(", ")}${urns.length > 10 ? ` and ${urns.length - 10} more` : ""}.`,
      ];
}
