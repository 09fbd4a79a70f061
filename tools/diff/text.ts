/** The comparison for a terminal: the answer first, then what must be agreed to, then every resource. */
import { counted } from "../../analysis/counted";
import { refusalIn } from "../../analysis/diff/findings";
import type { Difference, PropertyChange, ResourceChange } from "../../analysis/diff/model";
import { kindOf } from "../../analysis/plan/model";
import { parseUrn, shortType } from "../../analysis/plan/urn";
import { type Paint, paintFor, type Terminal, wrap } from "../report/style";
import { visible, visibleLines } from "../visible";
import { type DiffDocument, failed, type StackDiff } from "./document";
import { figures, headline, madeChanges, money, rank, shownPair, SIGNS } from "./headline";

/** All stacks, one after the other. */
export function renderDiffs(diffs: readonly StackDiff[], terminal: Terminal): string {
  const paint = paintFor(terminal);
  const blocks = diffs.map((diff) => renderDiff(diff, terminal, paint).join("\n"));
  return `${blocks.join("\n\n")}\n`;
}

function renderDiff(diff: StackDiff, terminal: Terminal, paint: Paint): string[] {
  if (failed(diff)) {
    return [
      paint.red(headline(diff)),
      ...diff.error.failures.map(({ message }) => `  ${visibleLines(message)}`),
    ];
  }
  return [
    paint.bold(headline(diff)),
    ...diff.notes.map((note) => paint.dim(`  ${note}`)),
    ...findingLines(diff, terminal, paint),
    ...changeLines(diff, paint),
    ...meaningLines(diff, terminal),
  ];
}

const TITLES = {
  "data lost": "Data lost",
  outage: "Outage",
  "not made": "Refused: a deployment would not make these",
} as const;

function findingLines({ findings }: DiffDocument, { width }: Terminal, paint: Paint): string[] {
  return (Object.keys(TITLES) as (keyof typeof TITLES)[]).flatMap((of) => {
    const own = findings.filter((one) => one.class === of);
    if (own.length === 0) return [];
    const lines = findingTexts(own).flatMap((one) =>
      wrap(visible(one), width - 4).map((line, index) => `${index === 0 ? "  " : "    "}${line}`),
    );
    return ["", paint.red(TITLES[of]), ...lines];
  });
}

/** A finding in one text. */
export function findingText(finding: DiffDocument["findings"][number]): string {
  return partsOf(finding).join("");
}

/** A text for each finding; those that differ in the resource's name alone are one. */
export function findingTexts(findings: DiffDocument["findings"]): string[] {
  return together(findings.map(partsOf));
}

function partsOf({ type, name, says, certain, agreed }: DiffDocument["findings"][number]): Parts {
  const end = agreed === undefined ? says : `${says} (${agreed})`;
  return [`${certain ? "" : "possibly: "}${type} `, `"${name}"`, end];
}

/** A text: what stands before a name, the name, and what follows it. */
type Parts = readonly [before: string, name: string, after: string];

/** Names in one text; the changes below have all of them. */
const MOST_NAMES = 20;

/** Those with the same first and last part as one text. */
function together(texts: readonly Parts[]): string[] {
  const groups = new Map<string, Parts[]>();
  for (const text of texts) {
    const key = JSON.stringify([text[0], text[2]]);
    groups.set(key, [...(groups.get(key) ?? []), text]);
  }
  return [...groups.values()].map((group) => {
    const [[before, , after]] = group as [Parts];
    const names = group.slice(0, MOST_NAMES).map(([, name]) => name);
    const more = group.length > MOST_NAMES ? ` and ${group.length - MOST_NAMES} more` : "";
    return `${before}${names.join(", ")}${more}${after}`;
  });
}

function changeLines({ changes }: DiffDocument, paint: Paint): string[] {
  const shown = shownChanges(changes);
  if (shown.length === 0) return [];
  return ["", paint.bold("Changes"), ...shown.flatMap((change) => resourceLines(change, paint))];
}

/** The changes of what providers make, the worst first. */
export function shownChanges(changes: readonly ResourceChange[]): ResourceChange[] {
  return madeChanges(changes)
    .map((change, index) => ({ change, index }))
    .sort((a, b) => rank(a.change) - rank(b.change) || a.index - b.index)
    .map(({ change }) => change);
}

function resourceLines(change: ResourceChange, paint: Paint): string[] {
  const { op, certain, name, type, renamedFrom } = change;
  const color = { create: paint.green, delete: paint.red, replace: paint.red } as const;
  const painted = (color as Partial<Record<string, (text: string) => string>>)[op] ?? paint.yellow;
  const from = renamedFrom === undefined ? "" : ` (renamed from ${parseUrn(renamedFrom).name})`;
  const possibly = certain || op === "may-replace" ? "" : " (possibly)";
  const line = `  ${painted(SIGNS[op].padEnd(4))} ${visible(name)} ${paint.dim(shortType(type))}${visible(from)}${possibly}${notShownIn(change)}`;
  return [
    line,
    ...(change.manner === undefined ? [] : [`         ${orderOf(change)}`]),
    ...change.properties.map((one) => `         ${propertyLine(one, change)}`),
    ...change.ignored.map((one) => `         ${ignoredLine(one)}`),
  ];
}

/** What a line says of a component that is all that the plan has of what it makes. */
export function notShownIn({ closed }: ResourceChange): string {
  return closed ? " (its children are not shown)" : "";
}

/** How a replacement goes. */
export function orderOf({ manner }: ResourceChange): string {
  const { order, why } = manner!;
  const words = {
    "create-first": "created beside the old one, which is deleted at the end",
    "delete-first": "deleted first",
    "name-taken": "refused: only one can have it, and the old one is there",
    "removed-after": "created in the old one's place, whose deletion at the end removes it",
    unknown: "not known whether it is deleted first",
  } as const;
  return `${words[order]} (${why})`;
}

/** One property: what it was, what it becomes, what that does. */
export function propertyLine(change: PropertyChange, of: ResourceChange): string {
  const { path, because = [], secret, reordered } = change;
  const value =
    because.length > 0
      ? `follows from ${because.map((urn) => parseUrn(urn).name).join(", ")}`
      : secret
        ? "a secret changes"
        : shownPair(change.old, change.new).join(" -> ");
  const order = reordered ? " (another order)" : "";
  return visible(`${path}: ${value}${order}; ${effectOf(change, of)}`);
}

/** A property that differs and that the program tells Pulumi to leave alone. */
export function ignoredLine({ path, old, new: now }: Difference): string {
  return visible(`${path}: ${shownPair(old, now).join(" -> ")}; stays as it is (ignoreChanges)`);
}

/** What a property's change does: the verdict on replacement, else what users notice. */
export function effectOf(change: PropertyChange, of: ResourceChange): string {
  const { verdict, condition, certain, interruption } = change;
  if (refusalIn(of)?.property === change.property) return "refused by AWS";
  if (change.read) return "another one is read";
  const perhaps = certain ? "" : "possibly ";
  if (verdict === "replaces") return `${perhaps}replaces`;
  if (verdict === "may-replace") return `may replace (${condition ?? "not known when"})`;
  const place = verdict === "unknown" ? "not known whether in place" : `${perhaps}in place`;
  if (interruption === undefined) return place;
  const { effect, when, obvious } = interruption;
  const says = obvious ? undefined : interruption.says;
  const moment = when === "window" ? " in the maintenance window" : "";
  if (effect === "unknown") return `${place}, interruption not known`;
  const what =
    effect === "none"
      ? "no interruption"
      : effect === "interruption"
        ? "some interruption"
        : effect;
  return `${place}, ${what}${moment}${says === undefined ? "" : ` (${says})`}`;
}

function meaningLines(diff: DiffDocument, { width }: Terminal): string[] {
  return meaningOf(diff).flatMap(({ title, lines }) => [
    "",
    title,
    ...lines.flatMap((line) =>
      wrap(visible(line), width - 4).map((part, index) => `${index === 0 ? "  " : "    "}${part}`),
    ),
  ]);
}

/** What the changes mean, under titles; without a title that has nothing below it. */
export function meaningOf(diff: DiffDocument): { title: string; lines: string[] }[] {
  const { cost, policies, recovery, firstLimit, permissions, openings, weakenings } = diff;
  const { rotations, secrets, reach } = diff;
  const finding = ({
    policy,
    urn,
    message,
    ...one
  }: DiffDocument["policies"]["violated"][number]) =>
    `${kindOf(one)} ${policy}${urn === undefined ? "" : ` ${parseUrn(urn).name}`}: ${message}`;
  const groups = [
    {
      title: "Cost, USD a month",
      lines: [
        ...cost.byComponent.map(([name, usd]) => `${name} ${money(usd)}`),
        ...together(
          cost.unpriced.map(({ name, side, reason }) => {
            const when = side === "now" ? "after" : "before";
            return ["", name, `: not fully priced ${when} the change (${reason})`];
          }),
        ),
      ],
    },
    { title: "Rules newly violated", lines: policies.violated.map(finding) },
    { title: "Exemptions added", lines: policies.exempted.map(finding) },
    { title: "Rules newly satisfied", lines: policies.satisfied.map(finding) },
    {
      title: "Recovery (max. data loss/recovery time)",
      lines: recovery.map(
        ({ scenario, old, new: now }) => `${scenario}: ${figures(old)} -> ${figures(now)}`,
      ),
    },
    {
      title: "What breaks first",
      lines:
        firstLimit === undefined ? [] : [`before: ${firstLimit.old}`, `now: ${firstLimit.new}`],
    },
    {
      title: "Permissions that widen",
      lines: permissions.map(({ name, says }) => `${name}: ${says}`),
    },
    { title: "Network paths that open", lines: openings.map(({ says }) => says) },
    { title: "Who reaches what", lines: [...reach.opened, ...reach.closed] },
    {
      title: "Alarms and protections that go",
      lines: together(
        weakenings.map(({ name, type, says }) => ["", name, ` (${shortType(type)}): ${says}`]),
      ),
    },
    {
      title: "Credentials that are rotated",
      lines: rotations.map(({ name, says }) => `${name}: ${says}`),
    },
    {
      title: counted(secrets.length, "encrypted setting changes", "encrypted settings change"),
      lines: [...secrets],
    },
  ];
  return groups.filter(({ lines }) => lines.length > 0);
}
