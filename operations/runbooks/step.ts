/** What a runbook is made of: the program that runs it and the page that a person follows have the same steps. */

import type { When } from "../../facts/duration-rows";

/** Value of `<name>` in a command: a person's answer, or the output of an earlier command. */
export type Values = Readonly<Record<string, string>>;

/** A question whose answer stands for `<name>`. It is asked when a command first needs it. */
export interface Question {
  /** For the person, without a question mark at its end. */
  readonly asks: string;
  /** What an answer looks like. */
  readonly pattern: RegExp;
  /** The same in words. */
  readonly expects: string;
  /** Whether an empty answer skips the commands that need it. */
  readonly optional?: true;
}

/** What success looks like. */
export interface Good {
  readonly says: string;
  /** Of what the command prints, without blanks at either end; absent: that it ends without an error. */
  readonly holds?: (printed: string, values: Values) => boolean;
}

/**
 * `check` looks whether the step may be done, and comes before the person is asked; `act` changes something; `wait` asks
 * until the answer is good; `prove` shows that the step worked. A check or a proof is asked again like a wait where it has
 * `minutes`.
 */
export type CommandKind = "check" | "act" | "wait" | "prove";

/** A command line, as a person types it and as the program runs it. */
export interface Command {
  readonly kind: CommandKind;
  /** What it is for. */
  readonly why: string;
  /** Program and arguments; `<name>` in one of them is filled in. */
  readonly argv: readonly string[];
  readonly good?: Good;
  /** For a wait, or a check that may pass later: how long it usually takes. The run waits twice that time. */
  readonly minutes?: number;
  /** Of a wait: an answer, or an error, after which no good one comes. */
  readonly bad?: RegExp;
  /** For a wait: after a failure, the action before it is repeated when the run continues, as with a failed job. */
  readonly redo?: true;
  /** Of a wait: an error that means "not yet". */
  readonly pending?: RegExp;
  /** Of a look: an error that says nothing about the step, such as a service that the account has not. */
  readonly passes?: RegExp;
  /** Of an act: the error that says, when it is repeated after a stop, that it was done already. */
  readonly already?: RegExp;
  /** Names that the person answers from what it prints; what is good is judged with them. */
  readonly asks?: readonly string[];
  /** Names of the words that it prints, in order. */
  readonly keeps?: readonly string[];
  /** File that what it prints is written to. */
  readonly into?: string;
  /** Of a wait: the row of facts/durations.json that the time since the act before it is a measurement of. */
  readonly measures?: { readonly key: string } | { readonly type: string; readonly when?: When };
  /** It speaks with the person itself, such as `pulumi up`: it gets the terminal. */
  readonly terminal?: true;
  /** What it prints is secret: it is not logged. */
  readonly secret?: true;
}

/** A step: what it is, how long it takes, what it runs, and how to undo it. */
export interface Step {
  /** Unique in its runbook, and as stable as the name of a file: a stopped run continues by it. */
  readonly id: string;
  readonly title: string;
  /** What it does and what is to be known about it, in sentences. */
  readonly says: string;
  readonly minutes: number;
  readonly commands: readonly Command[];
  /** What only a person can see, after the commands. */
  readonly look?: string;
  /** The way back while it is under way or done. */
  readonly undo: string;
}

/** Steps in order that stand in one section of a page. */
export interface Part {
  /** Name of the comments in the page that its steps stand between. */
  readonly id: string;
  /** Number of its first step in the page. */
  readonly first: number;
  /** The part whose steps stand before it in the same section. */
  readonly after?: string;
  readonly steps: readonly Step[];
}

/** A runbook of a stack. */
export interface Runbook {
  /** Name of the command, such as `restore-database`. */
  readonly command: string;
  readonly stack: string;
  /** Page below docs/runbooks. */
  readonly page: string;
  /** Checked whenever the program starts or continues. */
  readonly before: readonly Command[];
  readonly parts: readonly Part[];
  /** Sentences with figures in the page around the steps, by the name of the comments that each stands between. */
  readonly figures?: Readonly<Record<string, string>>;
  /** Parts that are run in order, by the case that they are for. The first case is the one without `--case`. */
  readonly cases: Readonly<Record<string, readonly string[]>>;
  readonly questions: Readonly<Record<string, Question>>;
}

/** Names in a text that nothing stands for yet. */
export function openNames(argv: readonly string[], values: Values): string[] {
  const names = argv.flatMap((word) => [...word.matchAll(PLACEHOLDER)].map(([, name]) => name!));
  return [...new Set(names)].filter((name) => !Object.hasOwn(values, name));
}

/** Names that the commands of a case need, ask for or print, each once: those that `--with` may give. */
export function namesOf({ before, parts, cases }: Runbook, name: string): string[] {
  const steps = parts.filter(({ id }) => cases[name]!.includes(id)).flatMap((part) => part.steps);
  const commands = [...before, ...steps.flatMap((step) => step.commands)];
  const named = commands.flatMap(({ argv, asks = [], keeps = [] }) => [
    ...openNames(argv, {}),
    ...asks,
    ...keeps,
  ]);
  return [...new Set(named)];
}

const PLACEHOLDER = /<([a-zA-Z][\w ]*)>/g;

/** The words of a command with everything filled in that is known. */
export function filled(argv: readonly string[], values: Values): string[] {
  return argv.map((word) =>
    word.replace(PLACEHOLDER, (placeholder, name: string) =>
      Object.hasOwn(values, name) ? values[name]! : placeholder,
    ),
  );
}

/** Words quoted for a shell; a placeholder stays readable. */
export function commandLine({ argv, into }: Pick<Command, "argv" | "into">, values: Values = {}) {
  const words = filled(argv, values).map((word) =>
    /^[\w@%+=:,./<> -]+$/.test(word) && !/ /.test(word.replace(PLACEHOLDER, ""))
      ? word
      : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return [...words, ...(into === undefined ? [] : [">", into])].join(" ");
}

/** Splits a command line with single quotes into words: commands are written as a person reads them. */
export function words(line: string): string[] {
  const found = line.match(/(?:'[^']*'|<[^<>]*>|[^\s'])+/g) ?? [];
  return found.map((word) => word.replaceAll("'", ""));
}
