/**
 * `npm run guard -- <file>`: refuses a deployment that would delete or replace what holds data.
 *
 * Reads what `pulumi preview --json` prints, and the exceptions in `guard-exceptions.json`. Exit code 0:
 * nothing stateful is lost; 1: something is, or an exception has expired or fits nothing; 2: wrong usage.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { matches } from "../policy-pack/exemptions";
import { parseUrn } from "../preview/urn";
import { STATEFUL_TYPES } from "./stateful-types";

/** The steps of `pulumi preview --json`, as far as they matter here. */
export interface PreviewDocument {
  readonly steps?: readonly PreviewStep[];
}

export interface PreviewStep {
  /** `same`, `update`, `replace`, `delete` and so on; Pulumi CLI, pkg/resource/deploy/step.go. */
  readonly op: string;
  readonly urn: string;
  readonly replaceReasons?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, { readonly kind?: string }>> | null;
  readonly oldState?: {
    readonly type?: string;
    readonly external?: boolean;
    readonly retainOnDelete?: boolean;
  };
}

/** A loss that somebody has agreed to, until a day. */
export interface GuardException {
  /** The resource's URN; `*` stands for any text. */
  readonly urn: string;
  readonly operation: "delete" | "replace";
  /** Why it is right, at least 20 characters. */
  readonly reason: string;
  /** Mailbox of the team that agreed. */
  readonly owner: string;
  /** Last day of its validity, YYYY-MM-DD. */
  readonly expires: string;
}

/** One thing that stops the deployment. */
export interface GuardFinding {
  readonly urn: string;
  readonly message: string;
}

const DELETIONS = new Set(["delete", "delete-replaced", "discard", "discard-replaced"]);
const REPLACEMENTS = new Set([
  "replace",
  "create-replacement",
  "delete-replaced",
  "import-replacement",
]);

/** What in a preview would lose data, less what the exceptions allow. `today` is YYYY-MM-DD. */
export function guard(
  preview: PreviewDocument,
  exceptions: readonly GuardException[],
  today: string,
): GuardFinding[] {
  const used = new Set<GuardException>();
  const findings: GuardFinding[] = [];
  for (const [urn, steps] of stepsByUrn(preview)) {
    const loss = lossOf(steps);
    if (loss === undefined) {
      continue;
    }
    const exception = exceptions.find(
      (candidate) => candidate.operation === loss.operation && matches(candidate.urn, urn),
    );
    if (exception) {
      used.add(exception);
    }
    if (!exception || exception.expires < today) {
      const expired = exception ? ` The exception for it expired on ${exception.expires}.` : "";
      findings.push({ urn, message: `${loss.message}${expired}` });
    }
  }
  for (const exception of exceptions.filter((candidate) => !used.has(candidate))) {
    findings.push({
      urn: exception.urn,
      message: `guard-exceptions.json allows ${exception.operation} of ${exception.urn}, which this preview does not do: remove the exception.`,
    });
  }
  return findings;
}

function stepsByUrn(preview: PreviewDocument): Map<string, PreviewStep[]> {
  const byUrn = new Map<string, PreviewStep[]>();
  for (const step of preview.steps ?? []) {
    byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  }
  return byUrn;
}

/** What happens to a stateful resource, if it does not survive. */
function lossOf(
  steps: readonly PreviewStep[],
): { operation: GuardException["operation"]; message: string } | undefined {
  const [first] = steps;
  const type = first!.oldState?.type ?? parseUrn(first!.urn).type;
  const stateful = STATEFUL_TYPES[type];
  const kept = steps.some((step) => step.oldState?.external || step.oldState?.retainOnDelete);
  if (stateful === undefined || kept) {
    return undefined;
  }
  const { name } = parseUrn(first!.urn);
  if (steps.some((step) => REPLACEMENTS.has(step.op))) {
    const because = reasons(steps);
    return {
      operation: "replace",
      message: `${type} "${name}" would be replaced${because}; that loses ${stateful.holds}. Safe way: ${stateful.safeWay}.`,
    };
  }
  if (steps.some((step) => DELETIONS.has(step.op))) {
    return {
      operation: "delete",
      message: `${type} "${name}" would be deleted; that loses ${stateful.holds}. If it was renamed, give the new one an alias (\`aliases: [{ name: "${name}" }]\`). Safe way: ${stateful.safeWay}.`,
    };
  }
  return undefined;
}

function reasons(steps: readonly PreviewStep[]): string {
  const properties = new Set<string>();
  for (const step of steps) {
    step.replaceReasons?.forEach((property) => properties.add(property));
    for (const [property, difference] of Object.entries(step.detailedDiff ?? {})) {
      if (difference.kind?.endsWith("-replace")) {
        properties.add(property);
      }
    }
  }
  return properties.size === 0 ? "" : ` because ${[...properties].join(", ")} changes`;
}

/** The exceptions of a file that may be absent; throws on one that is incomplete. */
export function readExceptions(file: string): GuardException[] {
  if (!fs.existsSync(file)) {
    return [];
  }
  const entries = JSON.parse(fs.readFileSync(file, "utf8")) as GuardException[];
  entries.forEach((entry, index) => {
    const wrong = [
      !entry.urn && "urn",
      !["delete", "replace"].includes(entry.operation) && "operation (delete or replace)",
      !(entry.reason?.length >= 20) && "reason (20 characters at least)",
      !entry.owner?.includes("@") && "owner (a mailbox)",
      !/^\d{4}-\d{2}-\d{2}$/.test(entry.expires ?? "") && "expires (YYYY-MM-DD)",
    ].filter(Boolean);
    if (wrong.length > 0) {
      throw new Error(`${file}, entry ${index + 1}: ${wrong.join(", ")} missing or not valid.`);
    }
  });
  return entries;
}

const USAGE = `Usage: npm run guard -- <file>

<file> is what \`pulumi preview --json --stack <stack> > <file>\` wrote (- for standard input).
Exceptions are read from guard-exceptions.json beside Pulumi.yaml.`;

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const [file] = args;
  if (args.length !== 1 || file === undefined || file === "--help") {
    console.error(USAGE);
    return file === "--help" ? 0 : 2;
  }
  let preview: PreviewDocument;
  try {
    preview = JSON.parse(fs.readFileSync(file === "-" ? 0 : file, "utf8")) as PreviewDocument;
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (!Array.isArray(preview.steps)) {
    console.error(`${file}: no steps in it; \`pulumi preview --json\` writes them.\n\n${USAGE}`);
    return 2;
  }
  const exceptions = readExceptions(path.join(__dirname, "..", "guard-exceptions.json"));
  const findings = guard(preview, exceptions, new Date().toISOString().slice(0, 10));
  for (const finding of findings) {
    console.error(`refused: ${finding.message}\n  ${finding.urn}`);
  }
  if (findings.length > 0) {
    return 1;
  }
  console.log(
    `${preview.steps.length} steps read: nothing that holds data is replaced or deleted.`,
  );
  return 0;
}
