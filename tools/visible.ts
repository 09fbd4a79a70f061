/**
 * Text that others wrote, on a terminal. A terminal obeys control characters: a line of a log can retitle the window,
 * write the clipboard, or move up and write over another line; bidirectional marks show text in another order than it has.
 * Sources: ECMA-48 (control functions); Unicode Annex #9 (bidirectional marks), Technical Report #36, 2.10.
 */
import * as fs from "node:fs";

/** What is obeyed or not seen: C0 and C1 but tab and line feed, bidirectional marks, other line ends, tag characters. */
const OBEYED =
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]|\\udb40[\\udc00-\\udc7f]";

const obeyed = new RegExp(OBEYED, "g");
const obeyedOrLineEnd = new RegExp(`${OBEYED}|\\n`, "g");
const anyOfThem = new RegExp(`${OBEYED}|\\n`);

/** A character as JSON writes it, so that a JSON document that is made visible is the same document. */
function escaped(found: string): string {
  return found === "\n"
    ? "\\n"
    : Array.from(
        { length: found.length },
        (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`,
      ).join("");
}

/** A text of others as one line: `\u001b[31m` for what would be red. */
export function visible(text: string): string {
  return text.replace(obeyedOrLineEnd, escaped);
}

/** A text of others of several lines; those after the first are indented, so that none looks like a line of ours. */
export function visibleLines(text: string, indent = "  "): string {
  return text.replace(/\r\n/g, "\n").replace(obeyed, escaped).replaceAll("\n", `\n${indent}`);
}

/** A value with all its strings and names visible; the value itself where there is nothing to do, which is nearly always. */
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

/** What the preview itself writes: colours (tools/report/style.ts), and a line of progress that replaces itself. */
const OURS = /(\u001b\[(?:0|1|2|31|32|33|36)m|\r\u001b\[K)/;

/** Of a stream that is guarded. */
export interface Guarded {
  /**
   * Whether colours and the line of progress pass. What others wrote has to be visible before it is painted then: their
   * colours would pass as well. @default false
   */
  readonly paints?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** Everything obeyed made visible; in a job of GitHub's, lines that its runner would obey as well. */
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

/** Lets nothing that a terminal would obey through a stream; each command begins so (run-from.js, preview/command.ts). */
export function guardStream(stream: NodeJS.WriteStream, guarded?: Guarded): void {
  stream.on("error", (error: NodeJS.ErrnoException) => endedBy(error));
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? harmless(chunk, guarded) : chunk, ...rest);
}

/** Exit code of a program whose reader has gone, as a shell reports the signal SIGPIPE. */
const READER_GONE = 141;

/** Ends where nothing more can be written: quietly where the reader has enough (`| head`), else with one line that says why. */
function endedBy({ code, message }: NodeJS.ErrnoException): never {
  if (code === "EPIPE") process.exit(READER_GONE);
  const why = code === "ENOSPC" ? "there is no room left" : visible(message);
  try {
    fs.writeSync(2, `error: the output cannot be written: ${why}\n`);
  } catch {
    // Nor can this.
  }
  process.exit(1);
}
