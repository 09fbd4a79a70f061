/**
 * `npm run guard -- <file> [--exceptions <file>]` or `npm run guard -- --base REF [--stack NAME]...`: refuses a deployment
 * that would lose data, stop something, or leave undone what the program says.
 *
 * Reads what `pulumi preview --json` prints, or compares two plans offline as `npm run diff` does; and the exceptions in
 * `guard-exceptions.json`. Exit code 0: nothing is refused; 1: something is, the preview failed, or an exception for the
 * stack has expired; 2: wrong usage, or a file that cannot be read.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import type { About } from "../../analysis/about";
import { counted } from "../../analysis/counted";
import { type DiffFinding, findingsOf } from "../../analysis/diff/findings";
import { changesOfSteps, type PreviewStep } from "../../analysis/diff/steps";
import { shownValue } from "../../facts/problem-text";
import { compare } from "../diff/compare";
import { type DiffDocument, failed } from "../diff/document";
import { planDigest, shownIn, stepDigest } from "../diff/shown";
import { nameOf, readNamedJson } from "../named-file";
import { readAbout } from "../preview/engine/about";
import { PreviewError } from "../preview/engine/errors";
import { visible } from "../visible";
import { agreementOn, type GuardException, readExceptions } from "./guard-exceptions";
import { commandLineOf, requiredText, wrongUsage } from "./options";

/** The steps of `pulumi preview --json`, as far as they matter here. */
export interface PreviewDocument {
  readonly steps: readonly PreviewStep[];
  readonly diagnostics?: readonly { readonly severity?: string; readonly message?: string }[];
}

/** One thing that stops the deployment. */
export interface GuardFinding {
  readonly urn: string;
  readonly message: string;
}

/** What the guard says. */
export interface GuardVerdict {
  readonly findings: readonly GuardFinding[];
  /** Exceptions for the stack that this preview does not need: done, or not yet to come. */
  readonly unused: readonly GuardException[];
  /** Whether the plan is, step by step, one that an approved comment has; absent without comments to compare with. */
  readonly asApproved?: boolean;
}

/**
 * What in a preview would lose data or stop something, less what the exceptions allow. `today` is YYYY-MM-DD. With `comments`,
 * those that approved pull requests have, what is allowed has to have been shown as well. `about` is what the program says of its resources.
 */
export function guard(
  preview: PreviewDocument,
  exceptions: readonly GuardException[],
  today: string,
  comments?: readonly string[],
  about: About = {},
): GuardVerdict {
  const stacks = new Set(preview.steps.map(({ urn }) => stackOf(urn)));
  const changes = changesOfSteps(preview.steps);
  const found = findingsOf(changes, [], about.changes);
  const { findings, unused } = judge(found, stacks, exceptions, today);
  const refused = new Set(findings.map(({ urn }) => urn));
  const hidden = comments === undefined ? [] : notShown(found, comments);
  return {
    findings: [...failures(preview), ...findings, ...hidden.filter(({ urn }) => !refused.has(urn))],
    unused,
    ...(comments && { asApproved: shownIn(comments).plans.has(planDigest(changes)) }),
  };
}

/** Steps that no approved comment has shown: the plan is another one than people have agreed to. */
function notShown(found: readonly DiffFinding[], comments: readonly string[]): GuardFinding[] {
  const { steps } = shownIn(comments);
  return found
    .filter((finding) => !steps.has(stepDigest(finding)))
    .map(({ urn, message }) => ({
      urn,
      message: `${message} No approved comment of the merged pull requests has shown it. Open a pull request: its comment shows it; have that approved, and merge it.`,
    }));
}

/** The same of two plans; what may be and is not certain is refused as well. */
export function guardDiff(
  { findings, changes, stack }: Pick<DiffDocument, "findings" | "changes" | "stack">,
  exceptions: readonly GuardException[],
  today: string,
): GuardVerdict {
  const stacks = new Set([`urn:pulumi:${stack}`, ...changes.map(({ urn }) => stackOf(urn))]);
  return judge(findings, stacks, exceptions, today);
}

const stackOf = (urn: string) => urn.slice(0, urn.indexOf("::"));

/** All stacks share the file of exceptions; only those of these stacks are judged. */
function judge(
  found: readonly DiffFinding[],
  stacks: ReadonlySet<string>,
  exceptions: readonly GuardException[],
  today: string,
): GuardVerdict {
  const ofStack = exceptions.filter(({ urn }) => stacks.has(stackOf(urn)));
  const used = new Set<GuardException>();
  const findings: GuardFinding[] = found.flatMap((one) => {
    const agreement = agreementOn(one, ofStack, today);
    if (agreement !== undefined) used.add(agreement.exception);
    if (agreement?.valid) return [];
    const expired = agreement
      ? ` The exception for it expired on ${agreement.exception.expires}.`
      : "";
    return [
      { urn: one.urn, message: `${one.certain ? "" : "possibly: "}${one.message}${expired}` },
    ];
  });
  const unused = ofStack.filter((exception) => !used.has(exception));
  for (const { urn, operation, expires } of unused.filter(({ expires: day }) => day < today)) {
    findings.push({
      urn,
      message: `guard-exceptions.json allows ${operation} until ${expires}, which is in the past; remove the exception.`,
    });
  }
  return { findings, unused: unused.filter(({ expires }) => expires >= today) };
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
          message: `the preview failed, so it is incomplete: ${why}`,
        },
      ];
}

/** The preview in a file; throws when it is none. */
function readPreview(file: string): PreviewDocument {
  const what = "the output of `pulumi preview --json`";
  const document = readNamedJson(file, what);
  const { steps } = (document ?? {}) as Partial<PreviewDocument>;
  const isStep = (step: Partial<PreviewStep> | null) =>
    typeof step?.op === "string" && /^urn:pulumi:/.test(step.urn ?? "");
  if (!Array.isArray(steps) || steps.length === 0 || !steps.every(isStep)) {
    throw new Error(`${nameOf(file)}: expected ${what}, got no steps`);
  }
  return document as PreviewDocument;
}

/** The comments in a file: what approved-comments.cjs wrote. */
function readComments(file: string): string[] {
  const what = "a list of comments, as texts";
  const comments = readNamedJson(file, what);
  if (!Array.isArray(comments) || !comments.every((one) => typeof one === "string")) {
    throw new Error(`${nameOf(file)}: expected ${what}, got something else`);
  }
  return comments;
}

const USAGE = `Usage: npm run guard -- <file> [--exceptions <file>] [--shown <file>]
       npm run guard -- --base REF [--stack NAME]... [--exceptions <file>]

Fails if a change would lose data or interrupt a service. Exit code 0: no such change without an exception; 1: at least
one, a preview that failed, or an expired exception; 2: wrong usage, or a file that cannot be read.
<file>: the output of \`pulumi preview --json --stack <stack>\` (- for standard input). With --base, compares this checkout
offline with its merge base with REF (default stack: production); that also finds changes that a deployment would skip
because the program ignores them.
Reads exceptions from guard-exceptions.json, or from another file, and advice from about.json, both in the current
directory: a deployment uses the exceptions from \`npm run approved\`. With --shown (the approved comments of the merged
pull requests), an exception counts only for what one of these comments shows.`;

const OPTIONS = {
  base: { type: "string" },
  stack: { type: "string", short: "s", multiple: true },
  exceptions: { type: "string" },
  shown: { type: "string" },
} as const;

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const given = commandLineOf(args, USAGE, { options: OPTIONS, free: true });
  if (typeof given === "number") return given;
  const { base, stack: stacks, exceptions: agreed, shown } = given.values;
  const reason = misuse(given.named, given.values);
  if (reason !== undefined) return wrongUsage(reason, USAGE);
  const [file] = given.named;
  const today = new Date().toISOString().slice(0, 10);
  const read = reader();
  const exceptions = read(() => readExceptions(agreed ?? path.resolve("guard-exceptions.json")));
  const preview = file === undefined ? undefined : read(() => readPreview(file));
  const comments = shown === undefined ? undefined : read(() => readComments(shown));
  if (read.problems.length > 0) return wrongUsage(read.problems.join("\n"), USAGE);
  if (preview === undefined) return offline(base!, stacks ?? ["production"], exceptions!, today);
  const own = path.resolve("about.json");
  const about = fs.existsSync(own) ? readAbout(own) : {};
  const verdict = guard(preview, exceptions!, today, comments, about);
  return report(verdict, `${counted(preview.steps.length, "step")} read`);
}

/** What is wrong with the arguments, if anything is. */
function misuse(
  files: readonly string[],
  { base, stack, shown }: { base?: string; stack?: readonly string[]; shown?: string },
): string | undefined {
  if (base === undefined) {
    if (files.length === 0) return requiredText(["<file> or --base"]);
    if (files.length > 1) return `expected one <file>, got ${shownValue(files.join(" "))}`;
    return (
      stack &&
      `--stack: expected with --base alone, got ${shownValue(stack.join(", "))} beside a file`
    );
  }
  if (files.length > 0)
    return `expected <file> or --base, got ${shownValue(files.join(" "))} and --base`;
  return shown && `--shown: expected with <file> alone, got ${shownValue(shown)} beside --base`;
}

/** Reads files one after the other, and keeps what is wrong with any. */
function reader() {
  const problems: string[] = [];
  const read = <T>(one: () => T): T | undefined => {
    try {
      return one();
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  return Object.assign(read, { problems });
}

async function offline(
  base: string,
  stacks: readonly string[],
  exceptions: readonly GuardException[],
  today: string,
): Promise<number> {
  try {
    const compared = await compare({ stacks, base, cwd: process.cwd() });
    const codes = compared.map(({ diff }) => {
      if (!failed(diff)) {
        const read = `${visible(diff.stack)}: ${counted(diff.changes.length, "change")} read`;
        return report(guardDiff(diff, exceptions, today), read);
      }
      for (const { message } of diff.error.failures) {
        console.error(`refused: ${visible(diff.stack)} cannot be compared: ${visible(message)}`);
      }
      return 1;
    });
    return Math.max(...codes);
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function report({ findings, unused, asApproved }: GuardVerdict, what: string): number {
  if (asApproved !== undefined) {
    const is = asApproved ? "is the one" : "is not wholly the one";
    console.error(`note: the plan ${is} that an approved comment has.`);
  }
  for (const { urn, operation } of unused) {
    console.error(
      `note: the exception for ${operation} of ${visible(urn)} is not needed: remove it once it is done.`,
    );
  }
  for (const finding of findings) {
    console.error(`refused: ${visible(finding.message)}\n  ${visible(finding.urn)}`);
  }
  if (findings.length > 0) return 1;
  console.log(`${what}: no data loss and no interruption.`);
  return 0;
}
