/**
 * `npm run drift -- <stack> <file>`: the text of a drift issue, from what `pulumi preview --refresh --json`
 * wrote; nothing if what is deployed is what the program says.
 */
import * as fs from "node:fs";

import { parseUrn } from "../../analysis/plan/urn";
import { matches } from "../../policy-pack/exemptions";
import type { PulumiDocument } from "./comment-render";
import { code, fitted, plain } from "./markdown";

const USAGE = `Usage: npm run --silent drift -- <stack> <file> [--known <list>]

<file> is what \`pulumi preview --refresh --json --stack <stack> > <file>\` wrote.
<list> has differences that are known, which are left out; no such file is an empty list:
[{ "urn": "... * for any text", "properties": ["tags", ...], "reason": "..." }]`;

/** Operations that change nothing that is deployed. */
const QUIET = new Set(["same", "refresh", "read", "read-discard"]);

/** Changes that an issue lists: GitHub takes 65,536 characters. */
const MOST_LINES = 200;

/** A difference that stays, and why: a provider always sees it, or it waits for something. */
export interface KnownDifference {
  /** URN of the resource; `*` stands for any text. */
  readonly urn: string;
  /** Top-level properties that may differ; an update of others as well is no known one. */
  readonly properties: readonly string[];
  readonly reason: string;
}

type PulumiStep = NonNullable<PulumiDocument["steps"]>[number];

/** The list of a file; throws where an entry is not complete. */
export function knownDifferences(text: string): KnownDifference[] {
  const list = JSON.parse(text) as Partial<KnownDifference>[];
  if (!Array.isArray(list)) throw new Error("expected a list of known differences");
  return list.map(({ urn, properties, reason }, place) => {
    if (!urn || !Array.isArray(properties) || properties.length === 0 || !reason) {
      throw new Error(`entry ${place + 1}: expected urn, properties and reason`);
    }
    return { urn, properties, reason };
  });
}

function isKnown(
  { op, urn, detailedDiff }: PulumiStep,
  known: readonly KnownDifference[],
): boolean {
  const properties = Object.keys(detailedDiff ?? {}).map((path) => path.split(/[.[]/)[0]!);
  return (
    op === "update" &&
    properties.length > 0 &&
    known.some(
      (one) =>
        matches(one.urn, urn) && properties.every((property) => one.properties.includes(property)),
    )
  );
}

/** The issue's text, empty if there is no drift but what is known. */
export function drift(
  stack: string,
  { steps = [] }: PulumiDocument,
  known: readonly KnownDifference[] = [],
): string {
  const found = steps.filter((step) => !QUIET.has(step.op) && !isKnown(step, known));
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
  const [stack, file, option, list] = args;
  const complete = args.length === 2 || (args.length === 4 && option === "--known");
  if (!complete || stack === undefined || file === undefined) {
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
  let known: KnownDifference[] = [];
  try {
    if (list !== undefined && fs.existsSync(list)) {
      known = knownDifferences(fs.readFileSync(list, "utf8"));
    }
  } catch (error) {
    console.error(`${list}: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  process.stdout.write(drift(stack, document, known));
  return 0;
}
