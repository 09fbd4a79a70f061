/** The comment on a pull request: changes, what holds data, the verdict, the money. Pure. */
import { kindOf, type Plan } from "../../analysis/plan/model";
import { parseUrn } from "../../analysis/plan/urn";
import { entryOf } from "../../facts/entry-of";
import { STATEFUL_TYPES } from "../../facts/stateful-types";
import type { PreviewStep } from "./guard";
import { code, fenced, fitted, plain } from "./markdown";

/** First line of the comment, by which the next run finds it. */
export const MARKER = "<!-- crm-preview -->";

/** Longest table of changes for one stack. */
const MOST_ROWS = 150;

/** What `npm run preview -- --json` writes, as far as it matters here. */
export interface OfflineDocument {
  readonly resources?: readonly { readonly urn: string; readonly type: string }[];
  readonly policies?: Plan["policies"];
  readonly cost?: {
    readonly monthlyUsd: number;
    readonly byComponent: Readonly<Record<string, number>>;
  };
  readonly error?: { readonly failures: readonly { readonly message: string }[] };
}

/** What `pulumi preview --json` writes. Source: Pulumi CLI, pkg/display/json.go. */
export interface PulumiDocument {
  readonly steps?: readonly PreviewStep[];
  readonly changeSummary?: Readonly<Record<string, number>>;
  readonly diagnostics?: readonly { readonly severity: string; readonly message: string }[];
}

/** Everything known of one stack. */
export interface StackReport {
  readonly stack: string;
  readonly offline?: OfflineDocument;
  readonly base?: OfflineDocument;
  readonly pulumi?: PulumiDocument;
  /** Messages of a `pulumi preview` that failed. @default it did not, or there was none */
  readonly failure?: string;
  /** The stack's first update is still to come. */
  readonly undeployed?: boolean;
  readonly guard?: string;
}

/** The comment. */
export function renderComment(reports: readonly StackReport[]): string {
  const sections =
    reports.length === 0 ? ["No stack could be previewed."] : reports.flatMap(section);
  return fitted([`${MARKER}\n\n## Preview`, ...sections]);
}

function section(report: StackReport): string[] {
  const { stack, offline, pulumi } = report;
  return [
    `### ${plain(stack)}`,
    [headline(report), verdictLine(offline), costLine(report)]
      .map((line) => `- ${line}`)
      .join("\n"),
    ...guardNotes(report),
    ...violations(offline),
    ...errors(report),
    ...(pulumi?.steps ? changes(pulumi.steps) : offlineChanges(report)),
  ];
}

/** What each operation of Pulumi is to a reader; those that are part of another are left out. */
const OPERATIONS: Readonly<Record<string, string>> = {
  create: "create",
  update: "update",
  replace: "**replace**",
  delete: "**delete**",
  import: "import",
  discard: "forget",
};

function headline({ pulumi, offline, failure, undeployed }: StackReport): string {
  if (failure !== undefined) {
    return "**`pulumi preview` failed**: what it would change is not known";
  }
  if (pulumi?.steps) {
    const counts = Object.entries(OPERATIONS)
      .map(([op, word]) => [word, pulumi.steps!.filter((step) => step.op === op).length] as const)
      .filter(([, count]) => count > 0);
    return counts.length === 0
      ? "Changes: none"
      : `Changes: ${counts.map(([word, count]) => `${count} ${word}`).join(", ")}`;
  }
  const resources = offline?.resources?.length;
  if (undeployed && resources !== undefined) {
    return `Not deployed yet: its first update creates ${resources} resources`;
  }
  return resources === undefined
    ? "Changes: the program did not run"
    : `Offline preview only (no credentials): ${resources} resources in all`;
}

function verdictLine(offline: OfflineDocument | undefined): string {
  const policies = offline?.policies;
  if (policies === undefined) {
    return "Policies: not judged";
  }
  const count = (kind: ReturnType<typeof kindOf>) =>
    policies.violations.filter((violation) => kindOf(violation) === kind).length;
  const mandatory = count("mandatory");
  return `Policies: ${mandatory === 0 ? "no" : `**${mandatory}**`} mandatory, ${count("advisory")} advisory, ${count("exempt")} exempt, ${policies.undecided.length} undecided`;
}

function costLine({ offline, base }: StackReport): string {
  if (offline?.cost === undefined) {
    return "Cost: not estimated";
  }
  const now = offline.cost.monthlyUsd;
  if (base?.cost === undefined) {
    return `Cost: ${usd(now)} a month`;
  }
  const delta = now - base.cost.monthlyUsd;
  const names = new Set([
    ...Object.keys(offline.cost.byComponent),
    ...Object.keys(base.cost.byComponent),
  ]);
  const parts = [...names]
    .map(
      (name) =>
        [
          name,
          (entryOf(offline.cost!.byComponent, name) ?? 0) -
            (entryOf(base.cost!.byComponent, name) ?? 0),
        ] as const,
    )
    .filter(([, difference]) => Math.abs(difference) >= 0.005)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, 5)
    .map(([name, difference]) => `${code(name)} ${signed(difference)}`);
  return Math.abs(delta) < 0.005 && parts.length === 0
    ? `Cost: ${usd(now)} a month, unchanged`
    : `Cost: ${usd(now)} a month, **${signed(delta)}** (${parts.join(", ")})`;
}

/** What the guard refused stands first: it stops the deployment. */
function guardNotes({ guard }: StackReport): string[] {
  const refused = guard?.split("\n").filter((line) => line.startsWith("refused: ")) ?? [];
  if (refused.length === 0) {
    return [];
  }
  return [["> [!CAUTION]", ...refused.map((line) => `> ${plain(line)}`)].join("\n")];
}

function violations(offline: OfflineDocument | undefined): string[] {
  const mandatory = (offline?.policies?.violations ?? []).filter(
    ({ enforcementLevel }) => enforcementLevel === "mandatory",
  );
  return mandatory.length === 0
    ? []
    : [
        mandatory
          .map(
            ({ policy, urn, message }) =>
              `- ${code(policy)} ${urn === undefined ? "the stack" : code(parseUrn(urn).name)}: ${plain(message)}`,
          )
          .join("\n"),
      ];
}

/** Characters of a failed preview's messages that are shown: the last ones say why. */
const LONGEST_FAILURE = 3000;

function errors({ offline, pulumi, failure }: StackReport): string[] {
  const messages = [
    ...(failure === undefined ? [] : [{ message: failure.slice(-LONGEST_FAILURE) }]),
    ...(offline?.error?.failures ?? []),
    ...(pulumi?.diagnostics ?? []).filter(({ severity }) => severity === "error"),
  ].map(({ message }) => message.trim());
  return messages.length === 0 ? [] : [fenced(messages.join("\n"))];
}

function changes(steps: readonly PreviewStep[]): string[] {
  const shown = steps.filter(({ op }) => Object.hasOwn(OPERATIONS, op));
  if (shown.length === 0) {
    return [];
  }
  const rows = shown
    .slice(0, MOST_ROWS)
    .map(
      (step) =>
        `| ${OPERATIONS[step.op]} | ${code(parseUrn(step.urn).type)} | ${code(parseUrn(step.urn).name)} | ${remark(step)} |`,
    );
  const more = shown.length > MOST_ROWS ? [`| | | and ${shown.length - MOST_ROWS} more | |`] : [];
  return [
    [
      `<details><summary>${shown.length} changes</summary>\n`,
      "| | type | name | |",
      "|---|---|---|---|",
      ...rows,
      ...more,
      "\n</details>",
    ].join("\n"),
  ];
}

/** The properties that change, and whether data is in it. */
function remark(step: PreviewStep): string {
  const stateful = entryOf(STATEFUL_TYPES, parseUrn(step.urn).type);
  const loses = stateful && ["replace", "delete"].includes(step.op);
  const properties = Object.keys(step.detailedDiff ?? {});
  const listed = properties.slice(0, 5).map(code).join(", ");
  const rest = properties.length > 5 ? ` and ${properties.length - 5} more` : "";
  return `${loses ? `:warning: holds ${stateful.holds}. ` : ""}${listed}${rest}`;
}

/** Without credentials: what the branch's plan has and the other branch's has not. */
function offlineChanges({ offline, base }: StackReport): string[] {
  if (!offline?.resources || !base?.resources) {
    return [];
  }
  const [now, then] = [offline.resources, base.resources].map(
    (list) => new Set(list.map(({ urn }) => urn)),
  ) as [Set<string>, Set<string>];
  return changes([
    ...[...now].filter((urn) => !then.has(urn)).map((urn) => ({ op: "create", urn })),
    ...[...then].filter((urn) => !now.has(urn)).map((urn) => ({ op: "delete", urn })),
  ]);
}

function usd(value: number): string {
  return `$${value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",")}`;
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${usd(Math.abs(value))}`;
}
