/** The two plans that are compared: the branch's as it stands, the base's from a worktree of its commit or a document. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import { containsKnownSecret } from "../../analysis/plan/values";
import { shownValue } from "../../facts/problem-text";
import { installerOf, LOCK_FILES } from "../lock-files";
import { nameOf, readNamedJson } from "../named-file";
import { previewError } from "../preview/engine/errors";
import { type Plan, previewStack } from "../preview/index";

const run = promisify(execFile);

/** Where a base comes from. */
export interface Base {
  /** Root of the checkout that the base's project is in. */
  readonly root: string;
  readonly commit: string;
  readonly notes: readonly string[];
  /** Takes the worktree away. */
  readonly remove: () => Promise<void>;
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", ["-C", cwd, ...args], { maxBuffer: 2 ** 26 });
    return stdout.trim();
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    const why = code === "ENOENT" ? "git is not installed" : stderr.trim().split("\n")[0];
    throw previewError("usage", `git ${args[0]}: ${why ?? "failed"}`);
  }
}

/** The root of the checkout around a directory. */
export function rootOf(cwd: string): Promise<string> {
  return git(cwd, "rev-parse", "--show-toplevel").catch(() => {
    throw previewError(
      "usage",
      "--base: expected a git checkout, got none here; name a plan instead: npm run diff -- --base-plan plan.json",
    );
  });
}

/** The commit that a branch is compared with: the merge base with main, or with what is named. */
export async function baseCommit(root: string, ref: string | undefined): Promise<string> {
  const names = ref === undefined ? ["origin/main", "main"] : [ref];
  for (const name of names) {
    const commit = await git(root, "merge-base", "HEAD", name).catch(() => undefined);
    if (commit) return commit;
  }
  throw previewError(
    "usage",
    ref === undefined
      ? "--base: expected a branch main or origin/main to compare with, got neither; name another: npm run diff -- --base REF, or --base-plan plan.json"
      : `--base: expected a commit that shares history with this branch, got ${shownValue(ref)}; fetch it first: git fetch origin`,
  );
}

/** A file as it was at a commit; nothing where there was none. */
export function fileAt(root: string, commit: string, file: string): Promise<string | undefined> {
  return git(root, "show", `${commit}:${file.split(path.sep).join("/")}`).catch(() => undefined);
}

/**
 * A worktree of a commit, with the packages of this checkout where the lock files are the same.
 *
 * @param projects folders of the projects, from the root: they may have packages of their own
 */
export async function baseOf(
  root: string,
  commit: string,
  projects: readonly string[],
): Promise<Base> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "diff-base-"));
  const remove = async () => {
    fs.rmSync(directory, { recursive: true, force: true });
    await git(root, "worktree", "prune");
  };
  try {
    await git(root, "worktree", "add", "--detach", "--force", directory, commit);
    const notes: string[] = [];
    for (const folder of new Set(projects.flatMap(foldersTo))) {
      const note = await bringPackages(path.join(root, folder), path.join(directory, folder));
      if (note !== undefined) notes.push(note);
    }
    return { root: directory, commit, notes, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The folders from the root to a project, both included: packages are found in each of them. */
export function foldersTo(project: string): string[] {
  const parts = project.split(path.sep).filter(Boolean);
  return ["", ...parts.map((_, index) => path.join(...parts.slice(0, index + 1)))];
}

/** What Yarn writes in the place of node_modules: https://yarnpkg.com/features/pnp */
const PLUG_AND_PLAY = ".pnp.cjs";

/** Links or installs the packages of one folder; says so where they are not this checkout's. */
async function bringPackages(here: string, base: string): Promise<string | undefined> {
  const there = path.join(base, "node_modules");
  if (!fs.existsSync(base) || fs.existsSync(there)) return undefined;
  const lock = (of: string, name: string) => {
    const file = path.join(of, name);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  };
  const hasNoFolder = (of: string) => fs.existsSync(path.join(of, PLUG_AND_PLAY));
  const differs = LOCK_FILES.find((name) => lock(here, name) !== lock(base, name));
  const isUncommitted = hasNoFolder(here) && !hasNoFolder(base);
  if (differs === undefined && !isUncommitted) {
    const own = path.join(here, "node_modules");
    if (fs.existsSync(own)) fs.symlinkSync(own, there, "dir");
    return undefined;
  }
  const installer = installerOf(base);
  if (installer !== undefined) await install(base, installer.exactly);
  return differs && `the base has packages of its own: ${differs} differs`;
}

async function install(
  directory: string,
  [program = "", ...args]: readonly string[],
): Promise<void> {
  try {
    await run(program, args, { cwd: directory });
  } catch (error) {
    const { stderr = "", message } = error as { stderr?: string; message: string };
    const said = (stderr || message).trim().split("\n").slice(-3).join("\n");
    throw previewError("program", `${program} ${args[0]} of the base: ${said}`);
  }
}

/** A plan that a document of the preview holds. */
export function planIn(file: string, option = "--base-plan"): Plan {
  const what = "the output of `npm run --silent preview -- --json`";
  let document: unknown;
  try {
    document = readNamedJson(file, what);
  } catch (error) {
    throw previewError("usage", `${option}: ${(error as Error).message}`);
  }
  const plan = (document ?? {}) as Partial<Plan> & { error?: unknown };
  if (plan.error !== undefined) {
    throw previewError(
      "usage",
      `${option}: ${nameOf(file)}: expected ${what}, got a program that failed`,
    );
  }
  if (!Array.isArray(plan.resources) || plan.policies === undefined) {
    throw previewError("usage", `${option}: ${nameOf(file)}: expected ${what}, got no resources`);
  }
  return plan as Plan;
}

/** What a plan is made of besides the commit: this program's own engine and Node's version. */
function keyOf(commit: string, stack: string, project: string): string {
  const engine = path.join(__dirname, "..", "..", "package.json");
  const text = [commit, stack, project, process.version, fs.readFileSync(engine, "utf8")];
  return createHash("sha256").update(text.join("\n")).digest("hex").slice(0, 32);
}

/**
 * The plan of a stack at a commit, from the cache where it has been made before. A plan that holds a secret in clear is
 * not kept.
 */
export async function basePlan(
  base: Base,
  { stack, project, cache }: { stack: string; project: string; cache: string },
): Promise<Plan> {
  const file = path.join(cache, `${keyOf(base.commit, stack, project)}.json`);
  const plan = await previewStack({ cwd: path.join(base.root, project), stack });
  if (!containsKnownSecret([plan.resources, plan.outputs])) {
    fs.mkdirSync(cache, { recursive: true });
    const part = `${file}.${process.pid}`;
    fs.writeFileSync(part, JSON.stringify(plan), { mode: 0o600 });
    fs.renameSync(part, file);
  }
  return plan;
}

/** The plan of a stack at a commit that the cache has. */
export function cachedPlan(
  commit: string,
  { stack, project, cache }: { stack: string; project: string; cache: string },
): Plan | undefined {
  const file = path.join(cache, `${keyOf(commit, stack, project)}.json`);
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Plan;
  } catch {
    return undefined;
  }
}
