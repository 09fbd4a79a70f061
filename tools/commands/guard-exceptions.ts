/** What somebody has agreed to: losses and interruptions that a deployment may cause, each until a day. */
import * as fs from "node:fs";

import { z } from "zod";

import type { DiffFinding } from "../../analysis/diff/findings";
import { matches } from "../../policy-pack/exemptions";

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
  operation: z.enum(["delete", "replace", "interrupt"], "operation (delete, replace or interrupt)"),
  reason: z.string("reason (20 characters at least)").min(20, "reason (20 characters at least)"),
  owner: z.string("owner (a mailbox)").regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "owner (a mailbox)"),
  expires: z.iso
    .date("expires (a day, YYYY-MM-DD)")
    .refine(
      (day) => Date.parse(day) - Date.now() <= LONGEST_DAYS * DAY,
      `expires (within ${LONGEST_DAYS} days)`,
    ),
});

/** An agreed loss: URN pattern, operation, why, who agreed, and the last day of its validity. */
export type GuardException = Readonly<z.infer<typeof exceptionSchema>>;

/** Whether a finding is agreed to. */
export interface Agreement {
  readonly exception: GuardException;
  readonly valid: boolean;
}

/** The exception for a finding, if there is one. `today` is YYYY-MM-DD. */
export function agreementOn(
  { urn, operation }: Pick<DiffFinding, "urn" | "operation">,
  exceptions: readonly GuardException[],
  today: string,
): Agreement | undefined {
  const exception = exceptions.find(
    (candidate) => candidate.operation === operation && matches(candidate.urn, urn),
  );
  return exception && { exception, valid: exception.expires >= today };
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
