/** The comparison of stacks as they are here with how they were where this branch comes from. */
import * as fs from "node:fs";
import * as path from "node:path";

import type { PropertyBag } from "../../analysis/plan/model";
import { redact } from "../../analysis/plan/values";
import { agreementOn, exceptionsOf, type GuardException } from "../commands/guard-exceptions";
import { isProject, loadProject } from "../preview/engine/config";
import { PreviewError } from "../preview/engine/errors";
import { type Plan, previewStack } from "../preview/index";
import { diffOf, failed, type StackDiff } from "./document";
import { changedSecrets } from "./secrets";
import {
  type Base,
  baseCommit,
  baseOf,
  basePlan,
  cachedPlan,
  fileAt,
  foldersTo,
  rootOf,
} from "./sides";

/** What is compared, and with what. */
export interface Comparison {
  readonly stacks: readonly string[];
  readonly base?: string;
  readonly basePlan?: Plan;
  readonly cwd: string;
}

/** What a stack's comparison gives; without a plan where the branch's program fails. */
export interface Compared {
  readonly diff: StackDiff;
  /** As it is here. */
  readonly plan?: Plan;
}

/** The comparison of every stack; throws a PreviewError where it cannot be made at all. */
export async function compare(asked: Comparison): Promise<Compared[]> {
  if (asked.basePlan !== undefined) {
    const [stack = "production"] = asked.stacks;
    // The document hides its secrets, so the other side's are hidden as well.
    const now = branchPlan(asked.cwd, stack).then(redacted);
    const note = "secrets are not compared: a plan in a file hides them";
    const file = path.join(asked.cwd, EXCEPTIONS);
    const agreed = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    return [agreedIn(await one(stack, Promise.resolve(asked.basePlan), now, [], [note]), agreed)];
  }
  const root = await rootOf(asked.cwd);
  const commit = await baseCommit(root, asked.base);
  const within = path.relative(fs.realpathSync(root), fs.realpathSync(asked.cwd));
  const cache = path.join(packagesAbove(within, root), ".cache", "crm-diff");
  const keys = (stack: string) => ({ stack, project: projectOf(within, stack), cache });
  let base: Promise<Base> | undefined;
  try {
    const diffs: Compared[] = [];
    // A branch cannot agree to its own losses: the base's exceptions count, as with a deployment.
    const exceptions = await fileAt(root, commit, path.join(within, EXCEPTIONS));
    for (const stack of asked.stacks) {
      const now = branchPlan(asked.cwd, stack);
      now.catch(() => undefined);
      const cached = cachedPlan(commit, keys(stack));
      if (cached === undefined) {
        const projects = asked.stacks.map((one) => keys(one).project);
        base ??= baseOf(root, commit, projects);
      }
      const made = cached === undefined ? await base! : undefined;
      const had = made === undefined || hasStack(made.root, keys(stack).project, stack);
      const old = cached ?? (had ? basePlan(made!, keys(stack)) : undefined);
      const file = path.join(keys(stack).project, `Pulumi.${stack}.yaml`);
      const here = path.join(root, file);
      const secrets = changedSecrets(
        await fileAt(root, commit, file),
        fs.existsSync(here) ? fs.readFileSync(here, "utf8") : undefined,
      );
      const compared = await one(stack, Promise.resolve(old), now, secrets, made?.notes ?? []);
      diffs.push(agreedIn(compared, exceptions));
    }
    return diffs;
  } finally {
    await (await base?.catch(() => undefined))?.remove();
  }
}

const EXCEPTIONS = "guard-exceptions.json";

/** A comparison whose findings say which of them an exception allows, and who agreed. */
function agreedIn(compared: Compared, text: string | undefined): Compared {
  const { diff } = compared;
  if (failed(diff) || text === undefined) return compared;
  const today = new Date().toISOString().slice(0, 10);
  const exceptions = exceptionsIn(text);
  const findings = diff.findings.map((finding) => {
    const agreement = agreementOn(finding, exceptions, today);
    if (!agreement?.valid) return finding;
    const { owner, expires } = agreement.exception;
    return { ...finding, agreed: `${owner} has agreed to it until ${expires}` };
  });
  return { ...compared, diff: { ...diff, findings } };
}

/** A file that cannot be read allows nothing; the guard says why. */
function exceptionsIn(text: string): GuardException[] {
  try {
    return exceptionsOf(JSON.parse(text), "guard-exceptions.json");
  } catch {
    return [];
  }
}

function redacted(plan: Plan): Plan {
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

/** The `node_modules` that a project of the checkout uses: the nearest one. */
function packagesAbove(project: string, root: string): string {
  const folders = foldersTo(project).map((folder) => path.join(root, folder, "node_modules"));
  return folders.findLast((folder) => fs.existsSync(folder)) ?? folders[0]!;
}

/** Whether the base has the stack's project, and in it the stack: a project without stack files has a first one. */
function hasStack(root: string, project: string, stack: string): boolean {
  const folder = path.join(root, project);
  if (!isProject(folder)) return false;
  const { stacks } = loadProject(folder);
  return stacks.length === 0 || stacks.includes(stack);
}

async function one(
  stack: string,
  old: Promise<Plan | undefined>,
  now: Promise<Plan>,
  secrets: readonly string[],
  notes: readonly string[],
): Promise<Compared> {
  const [before, after] = await Promise.allSettled([old, now]);
  // The branch's own error first: it is what its author can fix.
  if (after.status === "rejected") return { diff: failure(stack, "branch", after.reason) };
  const plan = after.value;
  if (before.status === "rejected") return { diff: failure(stack, "base", before.reason), plan };
  return { diff: diffOf(before.value, plan, { secrets, notes }), plan };
}

function failure(stack: string, side: "base" | "branch", reason: unknown): StackDiff {
  if (!(reason instanceof PreviewError)) throw reason as Error;
  if (reason.kind === "usage") throw reason;
  return { stack, error: { side, failures: reason.failures } };
}
