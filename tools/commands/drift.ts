/**
 * `npm run drift -- <stack> <file>`: the text of a drift issue, from what `pulumi preview --refresh --json`
 * wrote; nothing if what is deployed is what the program says.
 */
import * as fs from "node:fs";

import { parseUrn } from "../../analysis/plan/urn";
import type { PulumiDocument } from "./comment-render";
import { code, fitted, plain } from "./markdown";

const USAGE = `Usage: npm run --silent drift -- <stack> <file>

<file> is what \`pulumi preview --refresh --json --stack <stack> > <file>\` wrote.`;

/** Operations that change nothing that is deployed. */
const QUIET = new Set(["same", "refresh", "read", "read-discard"]);

/** Changes that an issue lists: GitHub takes 65,536 characters. */
const MOST_LINES = 200;

/** The issue's text, empty if there is no drift. */
export function drift(stack: string, { steps = [] }: PulumiDocument): string {
  const found = steps.filter(({ op }) => !QUIET.has(op));
  if (found.length === 0) {
    return "";
  }
  const lines = found.slice(0, MOST_LINES).map(({ op, urn, detailedDiff }) => {
    const properties = Object.keys(detailedDiff ?? {})
      .map(code)
      .join(", ");
    const { name, type } = parseUrn(urn);
    return `- ${plain(op)} ${code(name)} (${code(type)})${properties && `: ${properties}`}`;
  });
  return fitted([
    `What is deployed in **${plain(stack)}** is not what \`main\` says. A deployment would:`,
    [
      ...lines,
      ...(found.length > MOST_LINES ? [`- and ${found.length - MOST_LINES} more`] : []),
    ].join("\n"),
    "Either somebody changed it by hand, then a deployment puts it back; or the change is right, then it goes " +
      'into the program. docs/operations.md, "Drift", says how to tell. This issue is closed by itself.',
  ]);
}

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const [stack, file] = args;
  if (args.length !== 2 || stack === undefined || file === undefined) {
    console.error(USAGE);
    return 2;
  }
  let document: PulumiDocument;
  try {
    document = JSON.parse(fs.readFileSync(file, "utf8")) as PulumiDocument;
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (!Array.isArray(document.steps)) {
    console.error(`${file}: no steps in it; \`pulumi preview --json\` writes them.\n\n${USAGE}`);
    return 2;
  }
  process.stdout.write(drift(stack, document));
  return 0;
}
