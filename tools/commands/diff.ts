/**
 * `npm run diff`: what this checkout changes of the stacks, compared with the commit that it comes from: resources,
 * property by property, what is replaced, lost and interrupted, and what that means. Offline.
 */
import * as fs from "node:fs";
import * as path from "node:path";

import type { PropertyBag } from "../../analysis/plan/model";
import { redact } from "../../analysis/plan/values";
import { diffOf, exitCodeOf, failed, type StackDiff } from "../diff/document";
import { changedSecrets } from "../diff/secrets";
import {
  type Base,
  baseCommit,
  baseOf,
  basePlan,
  cachedPlan,
  fileAt,
  planIn,
  rootOf,
} from "../diff/sides";
import { renderDiffs } from "../diff/text";
import { PreviewError } from "../preview/engine/errors";
import { type Plan, previewStack } from "../preview/index";
import { terminalOf } from "../report/style";
import { visibleStrings } from "../visible";
import { agreementOn, exceptionsOf, type GuardException } from "./guard-exceptions";
import { optionsOf } from "./options";

const USAGE = `Usage: npm run diff [-- --base REF | --base-plan FILE] [--stack NAME]... [--json]

Plans the stacks as they are here and as they were where this branch comes from, and says what changes: every resource
property by property, what is replaced, lost or interrupted, cost, rules, recovery, permissions and protections.

      --base REF        compare with the merge base with REF (default: origin/main, else main)
      --base-plan FILE  compare with a plan that \`npm run --silent preview -- --stack NAME --json\` wrote
  -s, --stack NAME      a stack, or bootstrap; may be repeated (default: production)
      --json            one JSON document on standard output
  -C, --cwd DIR         directory of the project (default: here)
  -h, --help            this text

Exit code: 0 nothing to fear; 1 a program fails, a mandatory rule is newly violated, or a change would not be made;
2 wrong usage; 3 data would be lost or something would stop.`;

const OPTIONS = {
  base: { type: "string" },
  "base-plan": { type: "string" },
  stack: { type: "string", short: "s", multiple: true },
  json: { type: "boolean" },
  cwd: { type: "string", short: "C" },
} as const;

/** What is compared, and with what. */
export interface Comparison {
  readonly stacks: readonly string[];
  readonly base?: string;
  readonly basePlan?: string;
  readonly cwd: string;
}

/** The command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args, USAGE, OPTIONS);
  if (typeof options === "number") return options;
  const stacks = [...new Set(options.stack ?? ["production"])];
  const plan = options["base-plan"];
  if (plan !== undefined && (options.base !== undefined || stacks.length > 1)) {
    console.error(`--base-plan: expected one --stack and no --base\n\n${USAGE}`);
    return 2;
  }
  try {
    const diffs = await compare({
      stacks,
      cwd: path.resolve(options.cwd ?? process.cwd()),
      ...(options.base !== undefined && { base: options.base }),
      ...(plan !== undefined && { basePlan: plan }),
    });
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ stacks: visibleStrings(diffs) }, null, 2)}\n`
        : renderDiffs(diffs, terminalOf(process.stdout)),
    );
    return exitCodeOf(diffs);
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    console.error(error.message);
    return error.kind === "usage" ? 2 : 1;
  }
}

/** The comparison of every stack; throws a PreviewError where it cannot be made at all. */
export async function compare(asked: Comparison): Promise<StackDiff[]> {
  if (asked.basePlan !== undefined) {
    const [stack = "production"] = asked.stacks;
    const old = planIn(asked.basePlan);
    // The document hides its secrets, so the other side's are hidden as well.
    const now = branchPlan(asked.cwd, stack).then(withoutSecrets);
    const note = "secrets are not compared: a plan in a file hides them";
    const file = path.join(asked.cwd, EXCEPTIONS);
    const agreed = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    return [agreedIn(await one(stack, Promise.resolve(old), now, [], [note]), agreed)];
  }
  const root = await rootOf(asked.cwd);
  const commit = await baseCommit(root, asked.base);
  const within = path.relative(fs.realpathSync(root), fs.realpathSync(asked.cwd));
  const cache = path.join(root, "node_modules", ".cache", "crm-diff");
  const keys = (stack: string) => ({ stack, project: projectOf(within, stack), cache });
  let base: Promise<Base> | undefined;
  try {
    const diffs: StackDiff[] = [];
    // A branch cannot agree to its own losses: the base's exceptions count, as with a deployment.
    const exceptions = await fileAt(root, commit, path.join(within, EXCEPTIONS));
    for (const stack of asked.stacks) {
      const now = branchPlan(asked.cwd, stack);
      now.catch(() => undefined);
      const cached = cachedPlan(commit, keys(stack));
      if (cached === undefined) base ??= baseOf(root, commit);
      const made = cached === undefined ? await base! : undefined;
      const had = made === undefined || hasStack(made.root, keys(stack).project, stack);
      const old = cached ?? (had ? basePlan(made!, keys(stack)) : undefined);
      const file = path.join(keys(stack).project, `Pulumi.${stack}.yaml`);
      const here = path.join(root, file);
      const secrets = changedSecrets(
        await fileAt(root, commit, file),
        fs.existsSync(here) ? fs.readFileSync(here, "utf8") : undefined,
      );
      const diff = await one(stack, Promise.resolve(old), now, secrets, made?.notes ?? []);
      diffs.push(agreedIn(diff, exceptions));
    }
    return diffs;
  } finally {
    await (await base?.catch(() => undefined))?.remove();
  }
}

const EXCEPTIONS = "guard-exceptions.json";

/** A comparison whose findings say which of them somebody has agreed to. */
function agreedIn(diff: StackDiff, text: string | undefined): StackDiff {
  if (failed(diff) || text === undefined) return diff;
  const today = new Date().toISOString().slice(0, 10);
  const exceptions = exceptionsIn(text);
  const findings = diff.findings.map((finding) => {
    const agreement = agreementOn(finding, exceptions, today);
    if (!agreement?.valid) return finding;
    const { owner, expires } = agreement.exception;
    return { ...finding, agreed: `${owner} has agreed to it until ${expires}` };
  });
  return { ...diff, findings };
}

/** A file that cannot be read allows nothing; the guard says why. */
function exceptionsIn(text: string): GuardException[] {
  try {
    return exceptionsOf(JSON.parse(text));
  } catch {
    return [];
  }
}

function withoutSecrets(plan: Plan): Plan {
  const resources = plan.resources.map((resource) => ({
    ...resource,
    inputs: redact(resource.inputs) as PropertyBag,
  }));
  return { ...plan, resources };
}

/** Bootstrap is a project of its own beside the stacks. */
function projectOf(within: string, stack: string): string {
  return stack === "bootstrap" ? path.join(within, "bootstrap") : within;
}

function branchPlan(cwd: string, stack: string): Promise<Plan> {
  return previewStack({ cwd: path.join(cwd, projectOf("", stack)), stack });
}

function hasStack(root: string, project: string, stack: string): boolean {
  return fs.existsSync(path.join(root, project, `Pulumi.${stack}.yaml`));
}

async function one(
  stack: string,
  old: Promise<Plan | undefined>,
  now: Promise<Plan>,
  secrets: readonly string[],
  notes: readonly string[],
): Promise<StackDiff> {
  const [before, after] = await Promise.allSettled([old, now]);
  // The branch's own error first: it is what its author can fix.
  if (after.status === "rejected") return failure(stack, "branch", after.reason);
  if (before.status === "rejected") return failure(stack, "base", before.reason);
  return diffOf(before.value, after.value, { secrets, notes });
}

function failure(stack: string, side: "base" | "branch", reason: unknown): StackDiff {
  if (!(reason instanceof PreviewError)) throw reason as Error;
  if (reason.kind === "usage") throw reason;
  return { stack, error: { side, failures: reason.failures } };
}
