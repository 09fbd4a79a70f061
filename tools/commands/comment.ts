/**
 * `npm run comment -- <directory>`: the comment on a pull request, as Markdown, from the documents that the
 * preview workflow left in a directory. For each stack:
 *
 *   <stack>.offline.json   `npm run preview -- --json` of the branch
 *   <stack>.base.json      the same of the branch that it goes into; absent for a new stack
 *   <stack>.pulumi.json    `pulumi preview --json`; absent on a fork
 *   <stack>.status.txt     its exit code, and <stack>.stderr.txt its messages; absent on a fork
 *   <stack>.undeployed.txt where the stack's first update is still to come
 *   <stack>.guard.txt      what `npm run guard` said; absent on a fork
 */
import * as fs from "node:fs";
import * as path from "node:path";

import {
  type OfflineDocument,
  type PulumiDocument,
  renderComment,
  type StackReport,
} from "./comment-render";

const USAGE = `Usage: npm run --silent comment -- <directory>

Writes the comment on a pull request to standard output, from the documents of the preview workflow.`;

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const [directory] = args;
  if (args.length !== 1 || directory === undefined || directory === "--help") {
    console.error(USAGE);
    return directory === "--help" ? 0 : 2;
  }
  if (!fs.existsSync(directory)) {
    console.error(`${directory}: there is no such directory.\n\n${USAGE}`);
    return 2;
  }
  process.stdout.write(renderComment(readReports(directory)));
  return 0;
}

/** The documents of a directory, by stack, production first. */
export function readReports(directory: string): StackReport[] {
  const stacks = fs
    .readdirSync(directory)
    .flatMap((file) => /^(.+)\.offline\.json$/.exec(file)?.[1] ?? [])
    .sort((a, b) => Number(b === "production") - Number(a === "production") || a.localeCompare(b));
  return stacks.map((stack) => {
    const file = (name: string) => path.join(directory, `${stack}.${name}`);
    return {
      stack,
      offline: document<OfflineDocument>(file("offline.json")),
      base: document<OfflineDocument>(file("base.json")),
      pulumi: document<PulumiDocument>(file("pulumi.json")),
      undeployed: fs.existsSync(file("undeployed.txt")),
      failure: failureOf(file("status.txt"), file("stderr.txt")),
      guard: fs.existsSync(file("guard.txt"))
        ? fs.readFileSync(file("guard.txt"), "utf8")
        : undefined,
    };
  });
}

/** Messages of a `pulumi preview` that failed; undefined where it did not, or where there was none. */
function failureOf(status: string, messages: string): string | undefined {
  if (!fs.existsSync(status) || fs.readFileSync(status, "utf8").trim() === "0") {
    return undefined;
  }
  return fs.existsSync(messages) ? fs.readFileSync(messages, "utf8") : "";
}

/** A document; undefined where there is none, or where a step failed half way. */
function document<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}
