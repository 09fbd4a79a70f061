/**
 * `npm run setup`: an owner's values into the stack files, bootstrap's, the policy pack's configuration and CODEOWNERS. Exit code 0:
 * written, or nothing to change; 1: what would come of it is not valid, nothing is written; 2: wrong usage, or answers missing.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline/promises";
import { parseArgs } from "node:util";

import { parseDocument } from "yaml";

import { counted } from "../analysis/counted";
import { expectedText, shownValue } from "../facts/problem-text";
import { ConfigError, type StackConfig, validate } from "../schema";
import { wrongUsage } from "../tools/commands/options";
import { nameOf, readNamed } from "../tools/named-file";
import { main as acceptFiles } from "./accept";
import { clashes } from "./setup/across";
import { answered } from "./setup/deployment";
import {
  BOOTSTRAP_FILE,
  CODE_OWNERS_FILE,
  documentOf,
  packFileOf,
  readTexts,
  stackFileOf,
  stacksOf,
  type Texts,
} from "./setup/files";
import { newStack } from "./setup/new-stack";
import { patchOf } from "./setup/patch";
import { completed, configsOf, type Present, present } from "./setup/present";
import { answerProblems, type Answers, QUESTIONS } from "./setup/questions";

const ROOT = path.join(__dirname, "..");

const USAGE = `Usage: npm run setup -- [--answers FILE] [--<answer> VALUE...] [--accept | --dry-run]
       npm run setup -- --environment NAME --from STACK [--accept | --dry-run]

Writes your values into the stack files, bootstrap's, the policy pack's configuration and .github/CODEOWNERS. In a terminal, it asks for missing values;
otherwise it lists them. Values that are already in the files count as answers; a second run changes nothing.

${QUESTIONS.map(({ name, asks }) => `  --${name.padEnd(16)}${asks}`).join("\n")}
  --answers         a YAML or JSON file with these names; copy examples/answers.yaml to start
  --environment     create a stack with this name
  --from            with --environment: the stack whose file is copied
  --accept          then update the generated pages, runbooks and lists, as npm run accept does
  --dry-run         writes nothing, prints the changes as a patch; not with --accept`;

/** A person at a terminal, who is asked one thing at a time. */
export type Ask = (question: string) => Promise<string>;

interface Options {
  readonly given: Partial<Answers>;
  readonly answers: string | undefined;
  readonly environment: string | undefined;
  readonly from: string | undefined;
  readonly accept: boolean;
  readonly dryRun: boolean;
  readonly help: boolean;
}

/** @throws where the command line is wrong */
function optionsOf(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  const names = Object.fromEntries(QUESTIONS.map(({ name }) => [name, text]));
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...names,
      answers: text,
      environment: text,
      from: text,
      accept: { type: "boolean" },
      "dry-run": { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  const { answers, environment, from, accept = false, help = false } = values;
  if ((environment === undefined) !== (from === undefined)) {
    throw new Error("expected both --environment and --from, got one of them");
  }
  if (accept && values["dry-run"]) {
    throw new Error(
      "expected --dry-run or --accept, got both: accept reads files that a dry run does not write",
    );
  }
  const given = Object.fromEntries(
    QUESTIONS.flatMap(({ name }) => {
      const value = (values as Readonly<Record<string, unknown>>)[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Answers>;
  return { given, answers, environment, from, accept, dryRun: values["dry-run"] ?? false, help };
}

/** The answers of a file, and what is wrong with them by their names. */
interface FileAnswers {
  readonly values: Partial<Answers>;
  readonly wrong: ReadonlyMap<string, string>;
}

const NO_FILE: FileAnswers = { values: {}, wrong: new Map() };

/** The answers of a file; every value counts as it is written: an account may begin with 0. @throws where it is no YAML */
function answersOf(file: string): FileAnswers {
  const document = parseDocument(readNamed(file, "answers in YAML or JSON"), {
    schema: "failsafe",
  });
  const values = Object(document.toJS()) as Record<string, unknown>;
  const known = QUESTIONS.map(({ name }): string => name);
  if (document.errors.length > 0) {
    const lines = document.errors.map(({ message }) => `  ${message}`);
    throw new Error(`${nameOf(file)}:\n${lines.join("\n")}`);
  }
  const wrong = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    const at = `${nameOf(file)}: ${name}`;
    if (!known.includes(name)) {
      wrong.set(name, `${at}: expected one of ${known.join(", ")}, got ${shownValue(name)}`);
    } else if (typeof value !== "string") {
      wrong.set(name, expectedText(at, "a single value", value));
    }
  }
  const right = Object.entries(values).filter(([name]) => !wrong.has(name));
  return { values: Object.fromEntries(right), wrong };
}

/** Asks for every value without an option; an empty line accepts the value in brackets. */
async function asked(
  ask: Ask,
  given: Partial<Answers>,
  now: Present,
  stacks: readonly string[],
): Promise<Partial<Answers>> {
  let answers = given;
  for (const { name, asks, expected, accepts } of QUESTIONS) {
    while (answers[name] === undefined) {
      const proposed = completed(answers, now, stacks)[name];
      const bracket = proposed === undefined ? "" : ` [${proposed}]`;
      const value = (await ask(`${asks}${bracket}: `)).trim() || proposed;
      if (value !== undefined && accepts(value)) {
        answers = { ...answers, [name]: value };
      } else {
        console.error(`  expected ${expected}`);
      }
    }
  }
  return answers;
}

/** All missing and all wrong values at once; `wrong` are those of the file of answers, by their names. */
function problemsOf(
  answers: Partial<Answers>,
  stacks: readonly string[],
  wrong: FileAnswers["wrong"],
): string[] {
  const missing = QUESTIONS.filter(
    // It follows from the domain.
    ({ name }) =>
      answers[name] === undefined &&
      !wrong.has(name) &&
      (name !== "suffix" || answers.domain !== undefined),
  ).map(
    ({ name, expected }) => `${name}: expected ${expected}, got nothing. Set it with --${name}.`,
  );
  const unknown = (answers.stacks ?? "")
    .split(",")
    .filter((stack) => stack !== "" && !stacks.includes(stack))
    .map((stack) => `stacks: expected names among ${stacks.join(", ")}, got ${shownValue(stack)}`);
  return [...wrong.values(), ...missing, ...answerProblems(answers), ...unknown];
}

/** What would be wrong with the stacks once the texts are written. */
export function stackProblems(texts: Texts, stacks: readonly string[]): string[] {
  const configs = new Map<string, StackConfig>();
  const problems = stacks.flatMap((stack) => {
    const document = documentOf(stackFileOf(stack), texts.get(stackFileOf(stack))!);
    const values = (document.toJS() as { config?: Record<string, unknown> } | null)?.config ?? {};
    const sections = Object.fromEntries(
      Object.entries(values)
        .filter(([key]) => key.startsWith("crm:") && key !== "crm:secrets")
        .map(([key, value]) => [key.slice("crm:".length), value]),
    );
    try {
      configs.set(stack, validate({ region: values["aws:region"], sections }));
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map(({ message }) => `${stackFileOf(stack)}: ${message}`);
    }
  });
  return [...problems, ...clashes(configs).map(({ message }) => message)];
}

function fail(problems: readonly string[], code: number): number {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  console.error(`${count}, nothing is written:\n${problems.map((one) => `  ${one}`).join("\n")}`);
  return code;
}

/** What follows after the files are written: what is made of them, if it is to be, and the command that comes next. */
interface After {
  readonly next: string;
  /** What follows by hand. */
  readonly note?: string;
  readonly accept?: (() => Promise<number>) | undefined;
}

/** Writes or shows what changes, and says what comes next; returns the exit code. */
async function finish(
  root: string,
  texts: Texts,
  changed: Texts,
  dryRun: boolean,
  { next, note, accept }: After,
): Promise<number> {
  if (dryRun) {
    for (const [file, text] of changed) process.stdout.write(patchOf(file, texts.get(file), text));
    return 0;
  }
  for (const [file, text] of changed) {
    fs.writeFileSync(path.join(root, file), text);
    console.log(`${texts.has(file) ? "changed" : "new"}: ${file}`);
  }
  console.log(
    changed.size === 0 ? "Nothing to change." : `${counted(changed.size, "file")} written.`,
  );
  const code = (await accept?.()) ?? 0;
  if (note !== undefined) console.log(note);
  console.log(`Next: ${next}`);
  return code;
}

/** The command; returns its exit code. `ask` is there where a person sits at a terminal. */
export async function main(
  args: readonly string[],
  root = ROOT,
  ask: Ask | undefined = undefined,
  accept: (args: readonly string[], root: string) => Promise<number> = acceptFiles,
): Promise<number> {
  let options: Options;
  let file: FileAnswers;
  try {
    options = optionsOf(args);
    file = options.answers === undefined || options.help ? NO_FILE : answersOf(options.answers);
  } catch (error) {
    return wrongUsage((error as Error).message, USAGE);
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const given = { ...file.values, ...options.given };
  const made = options.accept ? () => accept([], root) : undefined;
  const stacks = stacksOf(root);
  const files = [
    ...stacks.map(stackFileOf),
    BOOTSTRAP_FILE,
    CODE_OWNERS_FILE,
    ...[...stacks, "bootstrap"].map(packFileOf),
  ];
  const texts = readTexts(root, files);
  if (options.environment !== undefined && options.from !== undefined) {
    return addStack(root, texts, stacks, options.environment, options.from, options.dryRun, made);
  }
  const configs = configsOf(texts, stacks);
  const now = present(texts, configs, given.stacks?.split(","));
  const terminal = ask === undefined && process.stdin.isTTY && process.stdout.isTTY;
  // Nothing is asked while the file has to be fixed.
  const by = file.wrong.size > 0 ? undefined : terminal ? atTerminal() : ask;
  const answers = await answersBy(by, given, now, stacks);
  const problems = problemsOf(answers, stacks, file.wrong);
  if (problems.length > 0) {
    return fail(problems, 2);
  }
  const changed = answered(texts, configs, answers as Answers);
  const chosen = answers.stacks!.split(",");
  const invalid = stackProblems(new Map([...texts, ...changed]), stacks).filter(
    // What another stack's file says was there before.
    (one) => chosen.some((stack) => one.startsWith(`${stackFileOf(stack)}:`)),
  );
  if (invalid.length > 0) {
    return fail(invalid, 1);
  }
  const first = chosen.find((stack) => stack === "staging") ?? chosen[0];
  const look = `npm run doctor -- --stack ${first}`;
  return finish(root, texts, changed, options.dryRun, {
    next: options.accept || changed.size === 0 ? look : "npm run accept",
    accept: made,
  });
}

type Asker = { readonly ask: Ask; readonly close: () => void };

function atTerminal(): Asker {
  const lines = readline.createInterface({ input: process.stdin, output: process.stdout });
  return { ask: (question) => lines.question(question), close: () => lines.close() };
}

async function answersBy(
  by: Ask | Asker | undefined,
  given: Partial<Answers>,
  now: Present,
  stacks: readonly string[],
): Promise<Partial<Answers>> {
  if (by === undefined) {
    return completed(given, now, stacks);
  }
  const { ask, close } = typeof by === "function" ? { ask: by, close: () => undefined } : by;
  try {
    return await asked(ask, given, now, stacks);
  } finally {
    close();
  }
}

async function addStack(
  root: string,
  texts: Texts,
  stacks: readonly string[],
  name: string,
  from: string,
  dryRun: boolean,
  accept: After["accept"],
): Promise<number> {
  let changed: Texts;
  try {
    changed = newStack(texts, name, from, stacks);
  } catch (error) {
    return fail([(error as Error).message], 2);
  }
  const invalid = stackProblems(new Map([...texts, ...changed]), [...stacks, name]).filter((one) =>
    one.startsWith(`${stackFileOf(name)}:`),
  );
  if (invalid.length > 0) {
    return fail(invalid, 1);
  }
  const next = accept === undefined ? "npm run accept" : `npm run doctor -- --stack ${name}`;
  const note = `No workflow deploys, previews or checks ${name}: deploy it by hand, or add it to them (docs/operations.md, "Delivery").`;
  return finish(root, texts, changed, dryRun, { next, note, accept });
}
