/**
 * `npm run drift -- <stack> <file>`: the text of a drift issue, from the output of `pulumi preview --refresh
 * --json`; empty without drift.
 */
import { parseUrn } from "../../analysis/plan/urn";
import { matches } from "../../policy-pack/exemptions";
import { isAbsent, nameOf, readNamedJson } from "../named-file";
import type { PulumiDocument } from "./comment-render";
import { code, fitted, plain } from "./markdown";
import { commandLineOf, wrongUsage } from "./options";

const USAGE = `Usage: npm run --silent drift -- <stack> <file> [--known <list>]

Prints what a deployment would change, as the text of the drift issue.
<file>: the output of \`pulumi preview --refresh --json --stack <stack> > <file>\`.
<list>: known differences to leave out; a missing file is an empty list:
[{ "urn": "... * matches any text", "properties": ["tags", ...], "reason": "..." }]`;

/**
 * Operations that change nothing that is deployed: what is only read stays in AWS when the program reads another one, or none.
 * Source: Pulumi CLI, pkg/resource/deploy/step.go, OpSame to OpReadDiscard.
 */
const QUIET = new Set([
  ...["same", "refresh", "read", "read-replacement", "discard", "discard-replaced"],
]);

/** Changes that an issue lists, so that it keeps within GitHub's length. */
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

/** The list of a document; throws where an entry is not complete. */
export function knownDifferences(list: unknown): KnownDifference[] {
  if (!Array.isArray(list)) throw new Error("expected a list of known differences, got none");
  return list.map((entry: Partial<KnownDifference> | null, place) => {
    const { urn, properties, reason } = entry ?? {};
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

/** @throws if the file holds no preview */
function refreshed(file: string): PulumiDocument {
  const what = "the output of `pulumi preview --refresh --json`";
  const document = (readNamedJson(file, what) ?? {}) as PulumiDocument;
  if (!Array.isArray(document.steps)) {
    throw new Error(`${nameOf(file)}: expected ${what}, got no steps`);
  }
  return document;
}

/** The known differences of a file that may be absent. @throws if it holds none */
function knownIn(file: string | undefined): KnownDifference[] {
  if (file === undefined || isAbsent(file)) return [];
  const list = readNamedJson(file, "a list of known differences");
  try {
    return knownDifferences(list);
  } catch (error) {
    throw new Error(`${nameOf(file)}: ${(error as Error).message}`);
  }
}

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const given = commandLineOf(args, USAGE, {
    options: { known: { type: "string" } },
    named: ["<stack>", "<file>"],
  });
  if (typeof given === "number") return given;
  const [stack, file] = given.named as [string, string];
  try {
    process.stdout.write(drift(stack, refreshed(file), knownIn(given.values.known)));
    return 0;
  } catch (error) {
    return wrongUsage((error as Error).message, USAGE);
  }
}
