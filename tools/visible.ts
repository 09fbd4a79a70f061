/**
 * Untrusted text on a terminal. A terminal obeys control characters: a log line can change the window's title, write
 * the clipboard, or move up and overwrite another line; bidirectional marks change the order in which text is shown.
 * Sources: ECMA-48 (control functions); Unicode Annex #9 (bidirectional marks), Technical Report #36, 2.10.
 */
import * as fs from "node:fs";

/**
 * Characters that a terminal obeys or does not show: C0 and C1 except tab and line feed, bidirectional marks, other
 * line ends, tag characters.
 */
const OBEYED =
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]|\\udb40[\\udc00-\\udc7f]";

const obeyed = new RegExp(OBEYED, "g");
const obeyedOrLineEnd = new RegExp(`${OBEYED}|\\n`, "g");
const anyOfThem = new RegExp(`${OBEYED}|\\n`);

/** A character as JSON escapes it, so that an escaped JSON document keeps its meaning. */
function escaped(found: string): string {
  return found === "\n"
    ? "\\n"
    : Array.from(
        { length: found.length },
        (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`,
      ).join("");
}

/** Untrusted text as one line: `\u001b[31m` instead of red text. */
export function visible(text: string): string {
  return text.replace(obeyedOrLineEnd, escaped);
}

/**
 * Untrusted text of several lines; all but the first are indented, so that none looks like a line of the command.
 */
export function visibleLines(text: string, indent = "  "): string {
  return text.replace(/\r\n/g, "\n").replace(obeyed, escaped).replaceAll("\n", `\n${indent}`);
}

/** A value with all strings and names escaped; the same value if nothing needs escaping, which is the usual case. */
export function visibleStrings<T>(value: T, make: (text: string) => string = visible): T {
  if (typeof value === "string") {
    return (anyOfThem.test(value) ? make(value) : value) as T;
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    const made = items.map((item) => visibleStrings(item, make));
    return (made.some((item, index) => item !== items[index]) ? made : value) as T;
  }
  let changed = false;
  const entries = Object.entries(value).map(([key, item]: [string, unknown]) => {
    const made = [visibleStrings(key, make), visibleStrings(item, make)] as const;
    changed ||= made[0] !== key || made[1] !== item;
    return made;
  });
  return changed ? (Object.fromEntries(entries) as T) : value;
}

/**
 * Sequences that the preview itself writes: colours (tools/report/style.ts), and the progress line that overwrites
 * itself.
 */
const OURS = /(\u001b\[(?:1|2|22|31|32|33|36|39)m|\r\u001b\[K)/;

/** Of a stream that is guarded. */
export interface Guarded {
  /**
   * Whether colours and the progress line pass. Untrusted text must then be escaped before it is coloured: its
   * colours would pass as well.
   * @default false
   */
  readonly paints?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** Escapes every sequence that the terminal obeys; in a GitHub job also lines that the runner would obey. */
export function harmless(
  text: string,
  { paints = false, env = process.env }: Guarded = {},
): string {
  const shown = text
    .split(paints ? OURS : /(?!)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(obeyed, escaped)))
    .join("");
  // Source: actions/runner, ActionCommand.cs: `::name::` at the beginning of a line, `##[name]` anywhere.
  return env["GITHUB_ACTIONS"] === undefined
    ? shown
    : shown.replace(/^([^\S\n]*):(?=:)/gm, "$1\\u003a").replaceAll("##[", "#\\u0023[");
}

/** Escapes terminal sequences in a stream; each command starts with this (run-from.js, preview/command.ts). */
export function guardStream(stream: NodeJS.WriteStream, guarded?: Guarded): void {
  stream.on("error", (error: NodeJS.ErrnoException) => endedBy(error));
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? harmless(chunk, guarded) : chunk, ...rest);
}

/** Exit code after the reader has closed the pipe, as a shell reports the signal SIGPIPE. */
const READER_GONE = 141;

/**
 * Ends the process when its output cannot be written: silently if the reader closed the pipe (`| head`), else with
 * one line with the reason.
 */
function endedBy({ code, message }: NodeJS.ErrnoException): never {
  if (code === "EPIPE") process.exit(READER_GONE);
  const why = code === "ENOSPC" ? "there is no space left on the device" : visible(message);
  try {
    fs.writeSync(2, `error: the output cannot be written: ${why}\n`);
  } catch {
    // Nor can this.
  }
  process.exit(1);
}
