/** Approved exceptions: data losses and interruptions that a deployment may cause, each with a last valid day. */
import * as fs from "node:fs";

import { z } from "zod";

import type { DiffFinding } from "../../analysis/diff/findings";
import { matches } from "../../policy-pack/exemptions";
import { nameOf, readNamedJson } from "../named-file";

const DAY = 24 * 3600 * 1000;

/** Days for which an exception may be given: one deployment needs no more. */
const LONGEST_DAYS = 90;

/** An approved data loss or interruption, with its last valid day. */
const exceptionSchema = z.strictObject({
  urn: z
    .string()
    .regex(
      /^urn:pulumi:[^*:]+::.*::[^:]*[^*:]{3}[^:]*$/,
      "urn (of one stack, urn:pulumi:<stack>::...; * matches any text, but not the whole name)",
    ),
  operation: z.enum(["delete", "replace", "interrupt"], "operation (delete, replace or interrupt)"),
  reason: z.string("reason (at least 20 characters)").min(20, "reason (at least 20 characters)"),
  owner: z.string("owner (a mailbox)").regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "owner (a mailbox)"),
  expires: z.iso
    .date("expires (a day, YYYY-MM-DD)")
    .refine(
      (day) => Date.parse(day) - Date.now() <= LONGEST_DAYS * DAY,
      `expires (within ${LONGEST_DAYS} days)`,
    ),
});

/** An exception: URN pattern, operation, reason, owner, and last valid day. */
export type GuardException = Readonly<z.infer<typeof exceptionSchema>>;

/** Whether an exception covers a finding. */
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

/** The exceptions of a file that may be absent; throws one error with all problems of the file. */
export function readExceptions(file: string): GuardException[] {
  if (!fs.existsSync(file)) return [];
  const entries = readNamedJson(file, "a list of exceptions");
  try {
    return exceptionsOf(entries);
  } catch (error) {
    throw new Error(`${nameOf(file)}: ${(error as Error).message}`);
  }
}

/** The exceptions of a document; throws one error with all its problems. */
export function exceptionsOf(entries: unknown): GuardException[] {
  if (!Array.isArray(entries)) {
    throw new Error(`expected a list of exceptions, got ${JSON.stringify(entries)}`);
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
