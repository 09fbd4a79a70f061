/** Untrusted text as Markdown on GitHub: shown literally, without links, mentions or markup. */
import { escapeCell, escapeText } from "../markup";
import { visible, visibleLines } from "../visible";

/** GitHub takes 65,536 characters in a comment or an issue; the rest is for the closing lines. */
export const LONGEST = 60_000;

const CUT = "Cut here; the run's artifacts have the rest.";

/** Not seen, and in no word: what GitHub looks for is two texts with it between. */
const GAP = "\u200b";

/**
 * What GitHub makes a link of, by where it is broken. Source: GitHub Docs, "Autolinked references and URLs", "Basic
 * writing and formatting syntax" (mentions, emoji).
 */
const LINKED: readonly RegExp[] = [
  /@/g, // @team, owner/repo@commit, a mailbox
  /#(?=\d)/g, // #123, owner/repo#123
  /\bGH-(?=\d)/gi, // GH-123
  /:(?=\/\/)/g, // https://
  /\bwww(?=\.)/gi, // www.example.com
  /:(?=[a-z0-9_+-]+:)/gi, // :white_check_mark:
];

/** A commit's name, whole or short: letters and digits, so that an account's number stays whole. */
const COMMIT = /\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,40}\b/g;

/** Untrusted text in a line of prose. */
export function plain(value: string): string {
  return escapeText(unlinked(value).replace(/[\\`*_[\](){}~|$^!]/g, "\\$&"));
}

/** Untrusted text inside an HTML element, where Markdown does not apply. */
export function inElement(value: string): string {
  return escapeText(unlinked(value));
}

function unlinked(value: string): string {
  return LINKED.reduce(
    (text, pattern) => text.replace(pattern, `$&${GAP}`),
    visible(value.replace(/\s+/g, " ")),
  ).replace(COMMIT, (commit) => commit.replace(/.{6}/g, `$&${GAP}`));
}

/** A name as code, in a table too; nothing in it is a link or an entity. */
export function code(value: string): string {
  const line = visible(value.replace(/\s+/g, " ")).replaceAll("`", "'");
  return `\`${escapeCell(line)}\``;
}

/** Lines as a fenced block that none of them can close. */
export function fenced(value: string): string {
  const runs = (value.match(/`+/g) ?? []).map(({ length }) => length + 1);
  const fence = "`".repeat(runs.reduce((most, length) => Math.max(most, length), 3));
  return `${fence}text\n${visibleLines(value, "")}\n${fence}`;
}

/** Blocks as one text that GitHub takes; one that does not fit is cut between lines, and what it opened is closed. */
export function fitted(blocks: readonly string[], longest = LONGEST): string {
  const kept: string[] = [];
  let room = longest;
  for (const block of blocks) {
    if (block.length + 2 > room) {
      const part = beginning(block, room);
      return `${[...kept, ...(part === undefined ? [] : [part]), CUT].join("\n\n")}\n`;
    }
    kept.push(block);
    room -= block.length + 2;
  }
  return `${kept.join("\n\n")}\n`;
}

/** The first lines of a block, with the end that it has; undefined where not even its beginning fits. */
function beginning(block: string, room: number): string | undefined {
  const lines = block.split("\n");
  const end = ending(lines[0]!);
  // A fence, a fold with its table's head, or a line of a list: less says nothing.
  const least = end.startsWith("`") ? 2 : end === "" ? 1 : 5;
  let length = end.length + 1;
  let taken = 0;
  while (taken < lines.length && length + lines[taken]!.length + 1 <= room) {
    length += lines[taken]!.length + 1;
    taken++;
  }
  return taken < least ? undefined : [...lines.slice(0, taken), ...(end ? [end] : [])].join("\n");
}

/** What has to close a block that begins so. */
function ending(first: string): string {
  const fence = /^(`{3,})text$/.exec(first)?.[1];
  return fence ?? (first.startsWith("<details>") ? "\n</details>" : "");
}
