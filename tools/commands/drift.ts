/**
 * `npm run drift -- <stack> <file>`: the text of a drift issue, from the output of `pulumi preview --refresh
 * --json`; empty without drift.
 */
import * as fs from "node:fs";

import { parseUrn } from "../../analysis/plan/urn";
import { matches } from "../../policy-pack/exemptions";
import type { PulumiDocument } from "./comment-render";
import { code, fitted, plain } from "./markdown";

const USAGE = `Usage: npm run --silent drift -- <stack> <file> [--known <list>]

<file>: the output of \`pulumi preview --refresh --json --stack <stack> > <file>\`.
<list>: known differences to leave out; a missing file is an empty list:
[{ "urn": "... * matches any text", "properties": ["tags", ...], "reason": "..." }]`;

/** Operations that change nothing that is deployed. */
const QUIET = new Set(["same", "refresh", "read", "read-discard"]);

/** Changes that an issue lists: GitHub takes 65,536 characters. */
const MOST_LINES = 200;

/** A known difference with its reason: the provider always reports it, or its fix has to wait. */
export interface KnownDifference {
  /** URN of the resource; `*` stands for any text. */
  readonly urn: string;
  /** Top-level properties that may differ; an update that also changes others is not known. */
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

/** The issue's text; empty if all drift is known. */
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
    `**${plain(stack)}** has drifted from \`main\`. A deployment would:`,
    [
      ...lines,
      ...(found.length > MOST_LINES ? [`- and ${found.length - MOST_LINES} more`] : []),
    ].join("\n"),
    "If the change was manual and wrong, a deployment reverts it. If it is right, add it to " +
      'the program. See docs/operations.md, "Drift". This issue closes automatically when the drift is gone.',
  ]);
}

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const [stack, file, option, list] = args;
  if (args.length === 1 && (stack === "--help" || stack === "-h")) {
    console.log(USAGE);
    return 0;
  }
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
    console.error(
      `${file}: expected the output of \`pulumi preview --json\`, got no steps.\n\n${USAGE}`,
    );
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
