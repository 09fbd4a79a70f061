/** Steps as pages show them: one command a block, and what success looks like. */
import * as path from "node:path";

import { withFigure } from "../pages/figures";
import { commandLine, openNames, type Command, type Part, type Runbook, type Step } from "./step";

/** Pages of runbooks, as they should be, by file below the project's folder. */
export function runbookPages(
  runbooks: readonly Runbook[],
  read: (file: string) => string | undefined,
): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  for (const runbook of runbooks) {
    const file = path.join("docs", "runbooks", runbook.page);
    let page = pages.get(file) ?? read(file) ?? placesOf(runbook);
    for (const part of runbook.parts) page = withFigure(page, part.id, partText(runbook, part));
    for (const [id, text] of Object.entries(runbook.figures ?? {}))
      page = withFigure(page, id, text);
    pages.set(file, page);
  }
  return pages;
}

/** A page that has nothing but places for the steps. */
function placesOf({ parts, figures = {} }: Runbook): string {
  return [...parts.map(({ id }) => id), ...Object.keys(figures)]
    .map((id) => `<!-- ${id} -->\n<!-- end of ${id} -->\n`)
    .join("\n");
}

/** A part as text. */
export function partText(runbook: Runbook, { first, steps, after }: Part): string {
  const before = stepsUpTo(runbook, after);
  const total = [...before, ...steps].reduce((sum, { minutes }) => sum + minutes, 0);
  return [
    `Total${before.length > 0 ? " with the previous steps" : ""}: ${total} minutes.`,
    ...steps.map((step, index) => stepText(runbook, step, first + index)),
  ].join("\n\n");
}

/** The steps of a part and of those before it in the same section. */
function stepsUpTo({ parts }: Pick<Runbook, "parts">, last: string | undefined): readonly Step[] {
  const part = parts.find(({ id }) => id === last);
  return part === undefined ? [] : [...stepsUpTo({ parts }, part.after), ...part.steps];
}

function stepText(runbook: Runbook, step: Step, number: number): string {
  return [
    `### ${number}. ${step.title} (${step.minutes} minutes)`,
    step.says,
    ...step.commands.map((command) => commandText(runbook, command)),
    ...(step.look === undefined ? [] : [`Confirm: ${step.look}.`]),
    ...(step.commands.some(({ kind }) => kind === "act")
      ? [`Rollback: ${readable(step.undo)}`]
      : []),
  ].join("\n\n");
}

function commandText(runbook: Runbook, command: Command): string {
  const lines = [`${readable(command.why)}${leftOut(runbook, command)}:`, "", "```sh"];
  const answer = success(command);
  lines.push("# needs an account", commandLine(command), "```");
  return [...lines, ...(answer === "" ? [] : ["", answer])].join("\n");
}

/** A text whose placeholders are not read as HTML tags. */
function readable(text: string): string {
  return text.replace(/<[^<>]+>/g, "`$&`");
}

/** That a command is for some cases only. */
function leftOut({ questions }: Runbook, { argv }: Command): string {
  return openNames(argv, {}).some((name) => questions[name]?.optional)
    ? " (skip it if there is none)"
    : "";
}

function success({ good, minutes, keeps = [], asks = [] }: Command): string {
  const kept = keeps.length === 0 ? "" : ` The output is ${list(keeps)} in the commands below.`;
  const asked = asks.length === 0 ? "" : ` Choose ${list(asks)}.`;
  const again =
    minutes === undefined
      ? ""
      : ` Repeat it until it prints this, usually within ${minutes} minutes.`;
  if (good === undefined) return `${kept}${asked}`.trim();
  return `Expected: ${good.says}.${again}${kept}${asked}`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`<${name}>\``).join(", ");
}

/** Everything that a case does, as text for a terminal: no account is asked. */
export function planText(runbook: Runbook, name: string): string[] {
  const lines = [
    `${runbook.command} ${runbook.stack}, case ${name}: plan only, nothing is changed.`,
  ];
  const commandLines = (commands: readonly Command[]) =>
    commands.flatMap((command) => {
      const answer = success(command);
      const kind = command.kind === "prove" ? "verify" : command.kind;
      const says = `   ${kind}: ${command.why}${leftOut(runbook, command)}`;
      return [says, `     ${commandLine(command)}`, ...(answer ? [`     ${answer}`] : [])];
    });
  lines.push("", "At each start and each resume", ...commandLines(runbook.before));
  for (const id of runbook.cases[name]!) {
    const { first, steps } = runbook.parts.find((part) => part.id === id)!;
    steps.forEach((step, index) => {
      lines.push("", `${id} ${first + index}. ${step.title} (${step.minutes} minutes)`);
      lines.push(`   ${step.says}`, ...commandLines(step.commands));
      if (step.look !== undefined) lines.push(`   confirm: ${step.look}`);
      lines.push(`   rollback: ${step.undo}`);
    });
  }
  return lines;
}
