/**
 * `npm run guard -- <file> [--exceptions <file>]`: refuses a deployment that would delete or replace what holds data.
 *
 * Reads what `pulumi preview --json` prints, and the exceptions in `guard-exceptions.json`. Exit code 0:
 * nothing stateful is lost; 1: something is, the preview failed, or an exception for the stack has expired;
 * 2: wrong usage, or a file that cannot be read.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import { z } from "zod";

import { parseUrn } from "../../analysis/plan/urn";
import { entryOf } from "../../facts/entry-of";
import { STATEFUL_TYPES } from "../../facts/stateful-types";
import { matches } from "../../policy-pack/exemptions";
import { visible } from "../visible";

/** The steps of `pulumi preview --json`, as far as they matter here. */
export interface PreviewDocument {
  readonly steps: readonly PreviewStep[];
  readonly diagnostics?: readonly { readonly severity?: string; readonly message?: string }[];
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

const DAY = 24 * 3600 * 1000;

/** Days for which an exception may be given: one deployment needs no more. */
const LONGEST_DAYS = 90;

/** A loss that somebody has agreed to, until a day. */
const exceptionSchema = z.strictObject({
  urn: z
    .string()
    .regex(
      /^urn:pulumi:[^*:]+::.*::[^:]*[^*:]{3}[^:]*$/,
      "urn (of one stack, urn:pulumi:<stack>::...; * stands for any text, but not for the whole name)",
    ),
  operation: z.enum(["delete", "replace"], "operation (delete or replace)"),
  reason: z.string("reason (20 characters at least)").min(20, "reason (20 characters at least)"),
  owner: z.string("owner (a mailbox)").regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "owner (a mailbox)"),
  expires: z.iso
    .date("expires (a day, YYYY-MM-DD)")
    .refine(
      (day) => Date.parse(day) - Date.now() <= LONGEST_DAYS * DAY,
      `expires (within ${LONGEST_DAYS} days)`,
    ),
});

/** An agreed loss: URN pattern, `delete` or `replace`, why, who agreed, and the last day of its validity. */
export type GuardException = Readonly<z.infer<typeof exceptionSchema>>;

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

/** What the guard says. */
export interface GuardVerdict {
  readonly findings: readonly GuardFinding[];
  /** Exceptions for the stack that this preview does not need: done, or not yet to come. */
  readonly unused: readonly GuardException[];
}

/** What in a preview would lose data, less what the exceptions allow. `today` is YYYY-MM-DD. */
export function guard(
  preview: PreviewDocument,
  exceptions: readonly GuardException[],
  today: string,
): GuardVerdict {
  const byUrn = stepsByUrn(preview);
  // All stacks share the file of exceptions; only the preview's own are judged.
  const stackOf = (urn: string) => urn.slice(0, urn.indexOf("::"));
  const stacks = new Set([...byUrn.keys()].map(stackOf));
  const ofStack = exceptions.filter(({ urn }) => stacks.has(stackOf(urn)));
  const used = new Set<GuardException>();
  const findings: GuardFinding[] = failures(preview);
  for (const [urn, steps] of byUrn) {
    const loss = lossOf(steps);
    if (loss === undefined) {
      continue;
    }
    const exception = ofStack.find(
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
  const unused = ofStack.filter((exception) => !used.has(exception));
  for (const { urn, operation, expires } of unused.filter(({ expires: day }) => day < today)) {
    findings.push({
      urn,
      message: `guard-exceptions.json allows ${operation} until ${expires}, which is past: remove the exception.`,
    });
  }
  return { findings, unused: unused.filter(({ expires }) => expires >= today) };
}

function stepsByUrn({ steps }: PreviewDocument): Map<string, PreviewStep[]> {
  const byUrn = new Map<string, PreviewStep[]>();
  for (const step of steps) {
    byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  }
  return byUrn;
}

/** A preview that failed shows a part of what a deployment would do. */
function failures({ diagnostics, steps }: PreviewDocument): GuardFinding[] {
  const [first] = (diagnostics ?? []).filter(({ severity }) => severity === "error");
  const why = first?.message?.trim().split("\n")[0];
  return first === undefined
    ? []
    : [
        {
          urn: steps[0]?.urn ?? "",
          message: `the preview failed, and is not all there is: ${why}`,
        },
      ];
}

/** What happens to a stateful resource, if it does not survive. */
function lossOf(
  steps: readonly PreviewStep[],
): { operation: GuardException["operation"]; message: string } | undefined {
  const [first] = steps;
  const type = first!.oldState?.type ?? parseUrn(first!.urn).type;
  const stateful = entryOf(STATEFUL_TYPES, type);
  if (stateful === undefined || steps.some((step) => step.oldState?.external)) {
    return undefined;
  }
  const { name } = parseUrn(first!.urn);
  const kept = steps.some((step) => step.oldState?.retainOnDelete);
  if (steps.some((step) => REPLACEMENTS.has(step.op))) {
    const because = reasons(steps);
    return {
      operation: "replace",
      message: `${type} "${name}" would be replaced${because}; that ${kept ? "leaves behind" : "loses"} ${stateful.holds}. Safe way: ${stateful.safeWay}.`,
    };
  }
  if (!kept && steps.some((step) => DELETIONS.has(step.op))) {
    return {
      operation: "delete",
      message: `${type} "${name}" would be deleted; that loses ${stateful.holds}. If it was renamed, give the new one an alias (\`aliases: ["${first!.urn}"]\`). Safe way: ${stateful.safeWay}.`,
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

/** The exceptions of a file that may be absent; throws one error that names all that is wrong in it. */
export function readExceptions(file: string): GuardException[] {
  return fs.existsSync(file) ? exceptionsOf(JSON.parse(fs.readFileSync(file, "utf8"))) : [];
}

/** The exceptions of a document; throws one error that names all that is wrong in it. */
export function exceptionsOf(entries: unknown): GuardException[] {
  if (!Array.isArray(entries)) {
    throw new Error(`expected a list of exceptions, got ${JSON.stringify(entries)}.`);
  }
  const read = entries.map((entry) => exceptionSchema.safeParse(entry));
  const wrong = read.flatMap(({ error }, index) =>
    error ? [`entry ${index + 1}: ${[...new Set(error.issues.map(problemOf))].join(", ")}`] : [],
  );
  if (wrong.length > 0) {
    throw new Error(`missing or not valid in ${wrong.join("; ")}.`);
  }
  return read.map(({ data }) => data!);
}

function problemOf(issue: z.core.$ZodIssue): string {
  return issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => `${key} (no such key)`).join(", ")
    : issue.message.startsWith("Invalid input")
      ? String(issue.path[0] ?? "a group of settings")
      : issue.message;
}

/** The preview in a file; throws when it is none. */
function readPreview(file: string): PreviewDocument {
  const document: unknown = JSON.parse(fs.readFileSync(file === "-" ? 0 : file, "utf8"));
  const { steps } = (document ?? {}) as Partial<PreviewDocument>;
  const isStep = (step: Partial<PreviewStep> | null) =>
    typeof step?.op === "string" && /^urn:pulumi:/.test(step.urn ?? "");
  if (!Array.isArray(steps) || steps.length === 0 || !steps.every(isStep)) {
    throw new Error("no steps in it; `pulumi preview --json` writes them.");
  }
  return document as PreviewDocument;
}

const USAGE = `Usage: npm run guard -- <file> [--exceptions <file>]

<file> is what \`pulumi preview --json --stack <stack> > <file>\` wrote (- for standard input).
Exceptions are read from guard-exceptions.json beside Pulumi.yaml, or from another file: a deployment uses those that
\`npm run approved\` wrote.`;

/** The command; returns its exit code. */
export function main(args: readonly string[]): number {
  const [file, option, own] = args;
  const right = args.length === 1 || (args.length === 3 && option === "--exceptions");
  if (!right || file === undefined || file === "--help") {
    console.error(USAGE);
    return file === "--help" ? 0 : 2;
  }
  const exceptionsFile = own ?? path.join(__dirname, "..", "..", "guard-exceptions.json");
  const read = <T>(name: string, reader: (name: string) => T): T | undefined => {
    try {
      return reader(name);
    } catch (error) {
      console.error(`${name}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const preview = read(file, readPreview);
  const exceptions = read(exceptionsFile, readExceptions);
  if (preview === undefined || exceptions === undefined) {
    console.error(`\n${USAGE}`);
    return 2;
  }
  const today = new Date().toISOString().slice(0, 10);
  const { findings, unused } = guard(preview, exceptions, today);
  for (const { urn, operation } of unused) {
    console.error(
      `note: the exception for ${operation} of ${visible(urn)} is not needed: remove it once it is done.`,
    );
  }
  for (const finding of findings) {
    console.error(`refused: ${visible(finding.message)}\n  ${visible(finding.urn)}`);
  }
  if (findings.length > 0) {
    return 1;
  }
  console.log(
    `${preview.steps.length} steps read: nothing that holds data is replaced or deleted.`,
  );
  return 0;
}
