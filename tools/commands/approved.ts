/**
 * `npm run --silent approved -- --stack <stack> --history <file> --out <folder>`: the exceptions that a deployment
 * may use: those of the last deployed commit. An exception that a commit adds counts from the next deployment on: a
 * change cannot approve itself.
 *
 * Writes `guard-exceptions.json`, `policy-config.json` and `deployed-commit.txt` into the folder. Exit code 0: written;
 * 1: the deployed commit is not in the repository; 2: wrong usage, or a file that cannot be read.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import type { Exemption } from "../../policy-pack/exemptions";
import { nameOf, readNamedJson } from "../named-file";
import { visible } from "../visible";
import { exceptionsOf, type GuardException } from "./guard-exceptions";
import { commandLineOf, wrongUsage } from "./options";

const EXCEPTIONS = "guard-exceptions.json";

/** An operation as `pulumi stack history --json` writes it. Source: Pulumi CLI, pkg/cmd/pulumi/stack/stack_history.go. */
export interface HistoryEntry {
  readonly kind: string;
  readonly result?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Operations that the pipeline asks for (`--page-size`), newest first. */
export const HISTORY_LENGTH = 50;

/** The commit that a stack was last deployed from; undefined for a stack that has nothing. Newest first. */
export function deployedCommit(history: readonly HistoryEntry[]): string | undefined {
  const last = history.find(
    ({ kind, result }) => ["update", "destroy"].includes(kind) && result === "succeeded",
  );
  // What is older is not in the list: that a stack has nothing is not known then.
  if (last === undefined && history.length >= HISTORY_LENGTH) {
    throw new Error(
      `none of the last ${history.length} operations is a successful deployment: no exception counts. ` +
        "Read what the update replaces and deletes, then deploy once by hand (README.md).",
    );
  }
  if (last === undefined || last.kind === "destroy") {
    return undefined;
  }
  const commit = last.environment?.["git.head"];
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) {
    throw new Error("the last deployment has no commit: it ran outside the repository.");
  }
  return commit;
}

/** The exceptions that may be used, and notes on the others. */
export interface Approved<T> {
  readonly approved: T;
  readonly notes: readonly string[];
}

const earlier = (one: string, other: string): string => (one < other ? one : other);

/** Deployed exceptions of the guard that are still present, until the earlier of both days. */
export function approvedExceptions(
  own: readonly GuardException[],
  deployed: readonly GuardException[],
): Approved<GuardException[]> {
  const notes: string[] = [];
  const approved = own.flatMap((exception) => {
    const before = deployed.find(
      ({ urn, operation }) => urn === exception.urn && operation === exception.operation,
    );
    if (before === undefined) {
      notes.push(`${exception.operation} of ${exception.urn} in guard-exceptions.json`);
      return [];
    }
    return [{ ...before, expires: earlier(before.expires, exception.expires) }];
  });
  return { approved, notes };
}

/** Configuration of the pack: a level, or settings with exemptions, by rule. */
export type PackConfig = Readonly<Record<string, unknown>>;

/** The lists of rules that a configuration is about. */
export interface RuleLists {
  /** Of the pack as it is now. */
  readonly now: readonly string[];
  /** Of the pack as it was deployed; what it had no rule for, it refused nothing for. */
  readonly deployed: readonly string[];
}

/** The pack's configuration that was deployed, without what no longer stands; a new rule's is its own. */
export function approvedPackConfig(
  own: PackConfig,
  deployed: PackConfig,
  rules: RuleLists,
): Approved<PackConfig> {
  const notes: string[] = [];
  const approved = new Map<string, unknown>();
  const given = (config: PackConfig, rule: string) =>
    Object.hasOwn(config, rule) ? settingsOf(config[rule]) : undefined;
  for (const rule of new Set([...Object.keys(deployed), ...Object.keys(own)])) {
    if (rule !== "all" && !rules.now.includes(rule)) {
      continue;
    }
    const [wanted, before] = [given(own, rule), given(deployed, rule)];
    if (rule !== "all" && !rules.deployed.includes(rule)) {
      approved.set(rule, wanted);
      continue;
    }
    notes.push(...differences(rule, wanted ?? {}, before ?? {}));
    if (before !== undefined) {
      approved.set(rule, { ...before, ...standing(wanted, before) });
    }
  }
  return { approved: Object.fromEntries(approved), notes };
}

type Settings = Readonly<Record<string, unknown>>;

function settingsOf(value: unknown): Settings {
  return typeof value === "string" ? { enforcementLevel: value } : ((value ?? {}) as Settings);
}

function exemptionsOf(settings: Settings): readonly Exemption[] {
  return (settings["exemptions"] ?? []) as readonly Exemption[];
}

/** Deployed exemptions that are still present; a removed one would be reported as unused. */
function standing(wanted: Settings | undefined, before: Settings): Settings {
  if (!("exemptions" in before)) {
    return {};
  }
  const still = exemptionsOf(before).flatMap((exemption) => {
    const now = exemptionsOf(wanted ?? {}).find(({ urn }) => urn === exemption.urn);
    return now ? [{ ...exemption, expires: earlier(exemption.expires, now.expires) }] : [];
  });
  return { exemptions: still };
}

function differences(rule: string, wanted: Settings, before: Settings): string[] {
  const known = new Set(exemptionsOf(before).map(({ urn }) => urn));
  const added = exemptionsOf(wanted).filter(({ urn }) => !known.has(urn));
  const changed = [...new Set([...Object.keys(wanted), ...Object.keys(before)])].filter(
    (key) =>
      key !== "exemptions" &&
      key !== "reason" &&
      JSON.stringify(wanted[key]) !== JSON.stringify(before[key]),
  );
  return [
    ...added.map(({ urn }) => `the exemption of ${urn} from ${rule}`),
    ...changed.map((key) => `${key} of ${rule}`),
  ];
}

/** What is read of a commit: a file's text, or undefined where it has none. */
type ReadAt = (file: string) => string | undefined;

/** Files of a commit of the repository in `root`. @throws if the repository does not have it */
function commitReader(root: string, commit: string): ReadAt {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  try {
    git("cat-file", "-e", `${commit}^{commit}`);
  } catch {
    throw new Error(
      `the stack was last deployed from ${commit}, which this checkout does not have: no exception counts. ` +
        "Push that commit, or check out the whole history.",
    );
  }
  return (file) => {
    // A file that is not there has no line in the list; an error of git is one.
    return git("ls-tree", "--name-only", commit, "--", file).trim() === ""
      ? undefined
      : git("show", `${commit}:${file}`);
  };
}

/** Writes the two files; returns what does not count yet. */
export function writeApproved(
  root: string,
  { stack, history, out }: { stack: string; history: readonly HistoryEntry[]; out: string },
): string[] {
  const here: ReadAt = (file) => {
    const found = path.join(root, file);
    return fs.existsSync(found) ? fs.readFileSync(found, "utf8") : undefined;
  };
  const commit = deployedCommit(history);
  // An empty stack has nothing to lose: its own exceptions count.
  const there = commit === undefined ? here : commitReader(root, commit);
  const json = <T>(read: ReadAt, file: string, none: T): T => {
    const text = read(file);
    return text === undefined ? none : (JSON.parse(text) as T);
  };
  const exceptions = (read: ReadAt) =>
    exceptionsOf(json<unknown>(read, EXCEPTIONS, []), EXCEPTIONS);
  const config = `policy-pack/config.${stack}.json`;
  const ids = "policy-pack/rule-ids.json";
  const guard = approvedExceptions(exceptions(here), exceptions(there));
  const pack = approvedPackConfig(
    json<PackConfig>(here, config, {}),
    json<PackConfig>(there, config, {}),
    { now: json<string[]>(here, ids, []), deployed: json<string[]>(there, ids, []) },
  );
  fs.mkdirSync(out, { recursive: true });
  const write = (file: string, content: unknown) =>
    fs.writeFileSync(path.join(out, file), `${JSON.stringify(content, null, 2)}\n`);
  // What came after it is what this deployment brings: approved-comments.cjs.
  fs.writeFileSync(path.join(out, "deployed-commit.txt"), `${commit ?? ""}\n`);
  write(EXCEPTIONS, guard.approved);
  write("policy-config.json", pack.approved);
  return [...guard.notes, ...pack.notes];
}

const USAGE = `Usage: npm run --silent approved -- --stack <stack> --history <file> --out <folder>

Writes the exceptions and pack settings in force: those of the last deployed commit that are still present.
<file>: the output of \`pulumi stack history --json --stack <stack> > <file>\`.
<folder>: gets guard-exceptions.json, policy-config.json and, with that commit, deployed-commit.txt.`;

/** @throws if the file holds no history */
function historyIn(file: string): HistoryEntry[] {
  const what = "the output of `pulumi stack history --json`";
  const entries = readNamedJson(file, what);
  if (!Array.isArray(entries)) throw new Error(`${nameOf(file)}: expected ${what}, got no list`);
  return entries as HistoryEntry[];
}

/** The command, for the project in `root`; returns its exit code. */
export function main(args: readonly string[], root = path.join(__dirname, "..", "..")): number {
  const given = commandLineOf(args, USAGE, {
    options: { stack: { type: "string" }, history: { type: "string" }, out: { type: "string" } },
    required: ["stack", "history", "out"],
  });
  if (typeof given === "number") return given;
  const { stack, history: file, out } = given.values;
  let history: readonly HistoryEntry[];
  try {
    history = historyIn(file);
  } catch (error) {
    return wrongUsage((error as Error).message, USAGE);
  }
  try {
    for (const note of writeApproved(root, { stack, history, out })) {
      console.error(`note: ${visible(note)} counts from the next deployment on.`);
    }
    return 0;
  } catch (error) {
    console.error(`${stack}: ${(error as Error).message}`);
    return 1;
  }
}
