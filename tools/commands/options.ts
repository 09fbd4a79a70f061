import { parseArgs, type ParseArgsConfig } from "node:util";

import { listed } from "../../analysis/counted";
import { expectedText, shownValue } from "../../facts/problem-text";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

/** Columns that a line of help has at most: what a terminal of a usual width shows. */
const HELP_WIDTH = 120;

/**
 * A command's options, or its exit code if it ends here: 0 after `--help`, 2 after a wrong command line, each with
 * the usage.
 */
export function optionsOf<const T extends Options>(
  args: readonly string[],
  usage: string,
  options: T,
): Values<T> | number {
  const given = commandLineOf(args, usage, { options });
  return typeof given === "number" ? given : given.values;
}

/** What a command is called with. */
interface CommandLine<T extends Options, R extends keyof T & string> {
  readonly options: T;
  /** Options without which the command does nothing. @default none */
  readonly required?: readonly R[];
  /** Arguments that are no options, as the usage names them; all are required. @default none */
  readonly named?: readonly string[];
  /** Whether there may be any other arguments, which the command judges itself. @default false */
  readonly free?: boolean;
}

/** A command's options and its other arguments, all that it needs; or its exit code, as {@link optionsOf} has it. */
export function commandLineOf<const T extends Options, const R extends keyof T & string = never>(
  args: readonly string[],
  usage: string,
  { options, required = [], named = [], free = false }: CommandLine<T, R>,
):
  | {
      readonly values: Values<T> & { readonly [name in R]: string };
      readonly named: readonly string[];
    }
  | number {
  const help = { type: "boolean", short: "h" } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help },
      allowPositionals: free || named.length > 0,
    });
    const given = values as Record<string, unknown>;
    if (given["help"] === true) {
      console.log(usage);
      return 0;
    }
    const missing = [
      ...named.slice(positionals.length),
      ...required.filter((name) => given[name] === undefined).map((name) => `--${name}`),
    ];
    if (missing.length > 0) return wrongUsage(requiredText(missing), usage);
    if (!free && positionals.length > named.length) {
      return wrongUsage(
        `expected ${named.join(" and ")} alone, got ${shownValue(positionals.join(" "))}`,
        usage,
      );
    }
    return {
      values: values as Values<T> & { readonly [name in R]: string },
      named: positionals,
    };
  } catch (error) {
    return wrongUsage(optionProblem(error as Error), usage);
  }
}

/** What `parseArgs` found wrong. Its first sentence is enough: it may add advice on `--` that does not apply here. */
export function optionProblem({ message }: Error): string {
  return message
    .split(". ")[0]!
    .replace(
      /^Option '(?:-\w, )?(--[\w-]+) <value>' argument missing$/,
      "$1: expected a value, got none",
    );
}

/**
 * The number that an option gives; a text: what is wrong with it.
 *
 * @param expected what is accepted, for the message
 */
export function numberOf(
  option: string,
  given: string,
  expected: string,
  accepts: (value: number) => boolean,
): number | string {
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : NaN;
  return accepts(value) ? value : expectedText(option, expected, given);
}

/** The requests a second of `--rps`; a text: what is wrong with it. */
export function requestRate(given: string): number | string {
  return numberOf("--rps", given, "a number above 0", (value) => value > 0);
}

/** What a person is told of arguments that are missing. */
export function requiredText(names: readonly string[]): string {
  const one = names.length === 1;
  return `${listed(names)} ${one ? "is" : "are"} required; this command has no default.`;
}

/** Reports a wrong command line: first the reason, then the usage. @returns the exit code */
export function wrongUsage(reason: string, usage: string): number {
  console.error(`${reason}\n\n${wrapped(usage)}`);
  return 2;
}

/** A help text, its long lines wrapped below their own column. */
export function wrapped(help: string): string {
  const text = help.trimEnd();
  const end = help.slice(text.length);
  const blocks = text
    .split("\n\n")
    .map((block) => {
      const lines = block.split("\n");
      if (lines.every((line) => line.length <= HELP_WIDTH)) return block;
      // A paragraph has no columns: it is one text.
      const isText = lines.every((line) => /^(?!Usage:)\S/.test(line));
      return (isText ? [lines.join(" ")] : lines).map(wrappedLine).join("\n");
    })
    .join("\n\n");
  return blocks + end;
}

function wrappedLine(line: string): string {
  const indent = /^(?:Usage: | +\S.*? {2,}| *)/.exec(line)![0].length;
  const rows = [line.slice(0, indent)];
  let isEmpty = true;
  for (const word of line.slice(indent).split(" ")) {
    const row = rows.at(-1)!;
    if (!isEmpty && row.length + 1 + word.length > HELP_WIDTH) {
      rows.push(" ".repeat(indent) + word);
    } else {
      rows[rows.length - 1] = isEmpty ? row + word : `${row} ${word}`;
    }
    isEmpty = false;
  }
  return rows.join("\n");
}
