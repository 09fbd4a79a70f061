/**
 * `npm run comment -- <directory> [--run URL]`: the comment on a pull request, as Markdown, from the documents that the
 * preview workflow left in a directory. A fork may have written them: nothing in them is markup. For each stack:
 *
 *   <stack>.diff.json       `npm run diff -- --json`
 *   <stack>.pulumi.json     `pulumi preview --json`; absent without credentials
 *   <stack>.status.txt      its exit code, and <stack>.stderr.txt its messages; absent without credentials
 *   <stack>.undeployed.txt  there where the stack has no state yet
 *   <stack>.guard.txt       what `npm run guard` said; absent without credentials
 */
import * as fs from "node:fs";
import * as path from "node:path";

import type { StackDiff } from "../diff/document";
import { type PulumiDocument, renderComment, type StackReport } from "./comment-render";
import { optionsOf } from "./options";

const USAGE = `Usage: npm run --silent comment -- <directory> [--run URL]

Writes the comment on a pull request to standard output, from the documents of the preview workflow. --run is the URL of
that workflow run.`;

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const [directory = "", ...rest] = args[0]?.startsWith("-") ? ["", ...args] : args;
  const options = optionsOf(rest, USAGE, { run: { type: "string" } } as const);
  if (typeof options === "number") return options;
  if (directory === "") {
    console.error(USAGE);
    return 2;
  }
  if (!fs.existsSync(directory)) {
    console.error(`${directory}: there is no such directory.\n\n${USAGE}`);
    return 2;
  }
  process.stdout.write(renderComment(readReports(directory), options.run));
  return 0;
}

/** The documents of a directory, by stack, production first. */
export function readReports(directory: string): StackReport[] {
  const stacks = fs
    .readdirSync(directory)
    .flatMap((file) => /^([\w-]+)\.diff\.json$/.exec(file)?.[1] ?? [])
    .sort((a, b) => Number(b === "production") - Number(a === "production") || (a < b ? -1 : 1));
  return stacks.map((stack) => {
    const file = (name: string) => path.join(directory, `${stack}.${name}`);
    return {
      stack,
      diff: document<{ stacks: StackDiff[] }>(file("diff.json"))?.stacks?.[0],
      pulumi: document<PulumiDocument>(file("pulumi.json")),
      failure: failureOf(file("status.txt"), file("stderr.txt")),
      undeployed: fs.existsSync(file("undeployed.txt")),
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
