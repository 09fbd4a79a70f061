/**
 * `npm run comment -- <directory> [--run URL] [--stack NAME]... [--offline]`: the comment on a pull request, as Markdown, from the documents that the
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
import { commandLineOf, wrongUsage } from "./options";

const USAGE = `Usage: npm run --silent comment -- <directory> [--run URL] [--stack NAME]... [--offline]

Writes the comment on a pull request to standard output, from the documents of the preview workflow. --run is the URL of
that workflow run, --stack a stack that it compares, also if it has left no document. With --offline, for a run without
credentials, only the documents of "npm run diff" count.`;

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const given = commandLineOf(args, USAGE, {
    options: {
      run: { type: "string" },
      stack: { type: "string", multiple: true },
      offline: { type: "boolean" },
    },
    named: ["<directory>"],
  });
  if (typeof given === "number") return given;
  const [directory] = given.named as [string];
  if (!fs.statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    return wrongUsage(`${directory}: expected the preview's folder, got no such folder`, USAGE);
  }
  const { run, stack, offline } = given.values;
  process.stdout.write(renderComment(readReports(directory, { stacks: stack, offline }), run));
  return 0;
}

/** What is known of the run that left the documents. */
interface Run {
  /** Stacks that it compares. @default those of which there is a document */
  readonly stacks?: readonly string[];
  /** It had no credentials: documents of a real preview are not its own. @default they are read */
  readonly offline?: boolean;
}

/** The documents of a directory, by stack, production first. */
export function readReports(directory: string, run: Run = {}): StackReport[] {
  const compared = fs
    .readdirSync(directory)
    .flatMap((file) => /^([\w-]+)\.diff\.json$/.exec(file)?.[1] ?? []);
  const stacks = [...new Set([...(run.stacks ?? []), ...compared])].sort(
    (a, b) => Number(b === "production") - Number(a === "production") || (a < b ? -1 : 1),
  );
  return stacks.map((stack) => {
    const file = (name: string) => path.join(directory, `${stack}.${name}`);
    const diff = document<{ stacks: StackDiff[] }>(file("diff.json"))?.stacks?.[0];
    if (run.offline) return { stack, diff };
    return {
      ...{ stack, diff },
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
