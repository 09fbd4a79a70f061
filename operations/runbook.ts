/**
 * `npm run restore-database` and its like: a runbook of docs/runbooks as a program. Exit code 0: done; 1: stopped, to be
 * resumed by the same command; 2: wrong usage.
 */
import * as path from "node:path";
import { parseArgs } from "node:util";

import type { MeasuredDuration } from "../facts/duration-rows";
import { shownValue } from "../facts/problem-text";
import { optionProblem, requiredText, wrongUsage } from "../tools/commands/options";
import { previewStack, type Plan } from "../tools/preview/index";
import { addMeasured } from "./measured-file";
import { type UsageError } from "./platform";
import { BOOKS, PROJECT, type Book } from "./runbooks/books";
import { Clock } from "./runbooks/clock";
import { realDesk } from "./runbooks/desk";
import { planText } from "./runbooks/page";
import { runBook, Stopped, type Desk } from "./runbooks/runner";
import { namesOf, type Runbook } from "./runbooks/step";

function usage(command: string, { says, cases, stack }: Book): string {
  const rows = [
    ...Object.entries(cases).map(([name, what]) => [`--case ${name}`, what] as const),
    ["--plan", "print everything, do nothing; no account is needed"],
    ["--yes", "confirm every step in advance"],
    ["--with", "give an answer in advance"],
    ["--restart", "start at the first step, even if earlier steps are done"],
  ] as const;
  const width = Math.max(...rows.map(([option]) => option.length));
  return `Usage: npm run ${command} -- --stack ${stack ?? "<name>"} [--case <case>] [--plan] [--yes] [--restart] [--with 'name=value'...]

${says} Each step checks its conditions, asks for confirmation, acts, waits and verifies. Ctrl-C or Enter stops; the same
command resumes. The log, the answers and the last step are in .runbook/.

${rows.map(([option, what]) => `  ${option.padEnd(width)}  ${what}`).join("\n")}`;
}

const OPTIONS = {
  stack: { type: "string", short: "s" },
  case: { type: "string" },
  plan: { type: "boolean" },
  yes: { type: "boolean" },
  restart: { type: "boolean" },
  with: { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
} as const;

/** Answers by name, or what is wrong with one. */
function answersOf(given: readonly string[]): Record<string, string> | string {
  const values: Record<string, string> = {};
  for (const one of given) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(one) ?? [];
    if (name === undefined) return `--with: expected 'name=value', got ${shownValue(one)}`;
    values[name] = value!;
  }
  return values;
}

/** What is wrong with answers to questions that the case does not ask. */
function unknownAnswers(
  runbook: Runbook,
  name: string,
  values: Readonly<Record<string, string>>,
): string[] {
  const names = namesOf(runbook, name);
  const accepted =
    names.length === 0 ? `no answer in the case ${name}` : `one of ${names.join(", ")}`;
  return Object.keys(values)
    .filter((one) => !names.includes(one))
    .map((one) => `--with: expected ${accepted}, got ${shownValue(one)}`);
}

/** The command: name of the runbook, then its options. Returns its exit code. */
export async function main(
  [command = "", ...args]: readonly string[],
  desk?: Desk,
  planned: (stack: string) => Promise<Plan> = (stack) => previewStack({ stack, policyPacks: [] }),
  project = PROJECT,
): Promise<number> {
  const book = BOOKS.get(command);
  if (book === undefined) {
    console.error(
      `Which runbook: expected one of ${[...BOOKS.keys()].join(", ")}, got ${shownValue(command)}`,
    );
    return 2;
  }
  const wrong = (message: string) => wrongUsage(message, usage(command, book));
  let options;
  try {
    options = parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    return wrong(optionProblem(error as Error));
  }
  if (options.help) {
    console.log(usage(command, book));
    return 0;
  }
  const stack = options.stack ?? book.stack;
  if (stack === undefined) return wrong(requiredText(["--stack"]));
  const values = answersOf(options.with ?? []);
  if (typeof values === "string") return wrong(values);
  const plans = [];
  for (const read of book.reads(stack)) plans.push(await planned(read));
  let runbook: Runbook;
  try {
    runbook = book.make(plans, project);
  } catch (error) {
    const { kind, message } = error as Partial<UsageError>;
    if (kind === "usage") return wrong(message!);
    throw error;
  }
  const name = options.case ?? Object.keys(runbook.cases)[0]!;
  if (!Object.hasOwn(runbook.cases, name)) {
    const known = Object.keys(runbook.cases).join(", ");
    return wrong(`--case: expected one of ${known}, got ${shownValue(name)}`);
  }
  const unknown = unknownAnswers(runbook, name, values);
  if (unknown.length > 0) return wrong(unknown.join("\n"));
  if (options.plan) {
    planText(runbook, name).forEach((line) => console.log(line));
    return 0;
  }
  const { restart = false, yes = false } = options;
  const given = desk ?? realDesk(runbook, name);
  const clock = new Clock();
  const timed: Desk = {
    ...given,
    ended: (command, begun) => clock.ended(command, begun, given.now()),
  };
  const code = await run(runbook, { case: name, yes, values }, timed, restart);
  if (clock.rows.length > 0) {
    const file = addMeasured(path.dirname(project.bootstrap), stack, { durations: clock.rows });
    given.print(`Measured: ${clock.rows.map(shown).join("; ")}. Written into ${file}.`);
  }
  return code;
}

function shown(row: MeasuredDuration): string {
  if ("key" in row) return `${row.key} ${row.minutes} minutes`;
  return `${row.type}${row.when === undefined ? "" : ` ${JSON.stringify(row.when)}`} ${row.seconds} seconds`;
}

async function run(
  runbook: Runbook,
  options: Parameters<typeof runBook>[1],
  desk: Desk,
  restart: boolean,
): Promise<number> {
  if (restart) desk.keep(undefined);
  try {
    await runBook(runbook, options, desk);
    return 0;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    desk.log(`STOPPED ${error.message}`);
    desk.print(`STOPPED: ${error.message}`);
    return 1;
  }
}
