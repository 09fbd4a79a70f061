/** Approved exceptions: data losses and interruptions that a deployment may cause, each with a last valid day. */
import { z } from "zod";

import type { DiffFinding } from "../../analysis/diff/findings";
import {
  expectedText,
  keyAt,
  problemsText,
  unknownKeyText,
  valueAt,
} from "../../facts/problem-text";
import { matches } from "../../policy-pack/exemptions";
import { isAbsent, nameOf, readNamedJson } from "../named-file";

const DAY = 24 * 3600 * 1000;

/** Days for which an exception may be given: one deployment needs no more. */
const LONGEST_DAYS = 90;

const URN =
  "a URN of one stack, urn:pulumi:<stack>::..., with at least 3 characters of the resource's name; * matches any text";
const REASON = "at least 20 characters";
const OWNER = "a mailbox such as team@example.com";
const OPERATIONS = ["delete", "replace", "expire", "interrupt"] as const;

/** An approved data loss or interruption, with its last valid day. Each message is the phrase for what is accepted. */
const exceptionSchema = z.strictObject(
  {
    urn: z.string(URN).regex(/^urn:pulumi:[^*:]+::.*::[^:]*[^*:]{3}[^:]*$/, URN),
    operation: z.enum(OPERATIONS, `one of ${OPERATIONS.join(", ")}`),
    reason: z.string(REASON).min(20, REASON),
    owner: z.string(OWNER).regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, OWNER),
    expires: z.iso
      .date("a day, YYYY-MM-DD")
      .refine(
        (day) => Date.parse(day) - Date.now() <= LONGEST_DAYS * DAY,
        `a day within ${LONGEST_DAYS} days`,
      ),
  },
  "a group of settings",
);

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
  return isAbsent(file)
    ? []
    : exceptionsOf(readNamedJson(file, "a list of exceptions"), nameOf(file));
}

/** The exceptions of a document; throws one error with all its problems, which names the file. */
export function exceptionsOf(entries: unknown, file: string): GuardException[] {
  if (!Array.isArray(entries)) {
    throw new Error(expectedText(file, "a list of exceptions", entries));
  }
  const read = entries.map((entry) => exceptionSchema.safeParse(entry));
  const problems = read.flatMap(({ error }, index) =>
    (error?.issues ?? []).flatMap((issue) => problemsOf(issue, index, entries)),
  );
  if (problems.length > 0) {
    throw new Error(problemsText(file, problems));
  }
  return read.map(({ data }) => data!);
}

function problemsOf(issue: z.core.$ZodIssue, index: number, entries: unknown): string[] {
  const path = [index, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(exceptionSchema.shape);
    return issue.keys.map((key) => unknownKeyText(keyAt("", [...path, key]), key, known, ""));
  }
  return [expectedText(keyAt("", path), issue.message, valueAt(entries, path))];
}
