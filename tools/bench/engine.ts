/**
 * `npm run bench -- --engine`: `pulumi preview` of production with the engine and the plugins of this machine, with and without
 * the pack, with a pack of one rule that does nothing, and of a program with a mistake in an `apply`; beside them, where folders
 * with such are named, the same of an older checkout, and Terraform's plan of as many resources.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import { inTurns, measure, type Run } from "./process";
import { withDirectory } from "./projects";

const ROOT = path.join(__dirname, "..", "..");
const STACK = "production";

/** What is aimed at, in ratios. */
export const ENGINE_TARGETS = { full: 1, noPack: 0.7, pack: 0.25, mistake: 1.5, mistakeMiB: 700 };

/** What was measured. */
export interface EngineRuns {
  readonly noPack: Run;
  readonly full: Run;
  readonly mistake: Run;
  /** With a pack of one rule that does nothing: what the engine takes for any pack. */
  readonly emptyPack: Run;
  readonly terraform?: Run;
  /** Of the older checkout. */
  readonly before?: { readonly noPack: Run; readonly full: Run };
}

/** Folders that are measured beside. */
export interface Beside {
  /** An initialised folder with as many resources. */
  readonly terraform?: string;
  /** A checkout of an older commit, with its packages. */
  readonly before?: string;
}

/** One line that says what of an engine is missing on this machine; nothing if it is all there. */
export function missing(terraform: string | undefined): string | undefined {
  const has = (command: string) => spawnSync(command, ["version"]).status === 0;
  const wanted = ["pulumi", ...(terraform === undefined ? [] : ["terraform"])];
  const lacking = wanted.filter((command) => !has(command));
  const plugins = spawnSync("pulumi", ["plugin", "ls", "--json"], { encoding: "utf8" }).stdout;
  const installed = lacking.length ? [] : (JSON.parse(plugins) as { name: string }[]);
  for (const plugin of lacking.length ? [] : ["aws", "awsx", "random"]) {
    if (!installed.some(({ name }) => name === plugin)) lacking.push(`Pulumi's plugin ${plugin}`);
  }
  return lacking.length ? `--engine: not found on this machine: ${lacking.join(", ")}` : undefined;
}

/** Measures in turns. */
export function measureEngine(turns: number, { terraform, before }: Beside): Promise<EngineRuns> {
  return withDirectory(async (directory) => {
    const good = project(directory, "good", ROOT);
    const old = before === undefined ? undefined : project(directory, "before", before);
    const bad = project(directory, "bad", ROOT, "mistake.js");
    fs.writeFileSync(
      path.join(bad, "mistake.js"),
      `require(${JSON.stringify(path.join(ROOT, "start.js"))});
const pulumi = require("@pulumi/pulumi");
const aws = require("@pulumi/aws");
new aws.sns.Topic("mistake", { displayName: pulumi.output("x").apply(() => { throw new Error("a mistake"); }) });
`,
    );
    const envOf = (cwd: string) => ({
      PULUMI_BACKEND_URL: `file://${cwd}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    });
    for (const cwd of [good, bad, ...(old === undefined ? [] : [old])]) {
      const { status, stderr } = spawnSync("pulumi", ["stack", "init", STACK], {
        ...{ cwd, encoding: "utf8", env: { ...process.env, ...envOf(cwd) } },
      });
      if (status !== 0) throw new Error(stderr);
    }
    const preview = async (cwd: string, code: number, ...args: string[]) => {
      const all = ["preview", "--stack", STACK, "--non-interactive", ...args];
      const run = await measure(all, cwd, { command: "pulumi", env: envOf(cwd) });
      if (run.code === 0 ? code !== 0 : code === 0) throw new Error(run.stdout);
      return run;
    };
    const packOf = (folder: string) => {
      const pack = path.join(folder, "policy-pack");
      const config = path.join(pack, `config.${STACK}.json`);
      return ["--policy-pack", pack, "--policy-pack-config", config];
    };
    const plan = ["plan", "-input=false", "-no-color", "-refresh=false", "-lock=false"];
    const empty = emptyPack(directory);
    const [noPack, full, nothing, mistake, ...others] = await inTurns(turns, [
      () => preview(good, 0),
      () => preview(good, 0, ...packOf(ROOT)),
      () => preview(good, 0, "--policy-pack", empty),
      () => preview(bad, 1),
      ...(old === undefined || before === undefined
        ? []
        : [() => preview(old, 0), () => preview(old, 0, ...packOf(before))]),
      ...(terraform === undefined
        ? []
        : [() => measure(plan, terraform, { command: "terraform", env: {} })]),
    ]);
    return {
      ...{ noPack, full, mistake, emptyPack: nothing },
      ...(terraform !== undefined && { terraform: others.at(-1) }),
      ...(old !== undefined && { before: { noPack: others[0]!, full: others[1]! } }),
    };
  });
}

/** A project with a checkout's production stack that runs its program, or one in the project's own folder. */
function project(directory: string, name: string, checkout: string, main?: string): string {
  const folder = path.join(directory, name);
  fs.mkdirSync(folder);
  const { runtime } = parse(fs.readFileSync(path.join(checkout, "Pulumi.yaml"), "utf8")) as {
    runtime: unknown;
  };
  const yaml = { name: "crm", main: main ?? path.relative(folder, checkout), runtime };
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(yaml));
  const file = `Pulumi.${STACK}.yaml`;
  fs.copyFileSync(path.join(checkout, file), path.join(folder, file));
  return folder;
}

/** A pack of one rule that does nothing, written with `@pulumi/policy` as its page says. */
function emptyPack(directory: string): string {
  const folder = path.join(directory, "empty");
  fs.mkdirSync(folder);
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  fs.writeFileSync(path.join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
  fs.writeFileSync(path.join(folder, "package.json"), `{"name": "empty", "version": "1.0.0"}\n`);
  fs.writeFileSync(
    path.join(folder, "index.js"),
    `const { PolicyPack } = require("@pulumi/policy");
const nothing = { name: "nothing", description: "Nothing.", enforcementLevel: "advisory", validateResource() {} };
new PolicyPack("empty", { policies: [nothing] });
`,
  );
  return folder;
}

/** The page's section: CPU seconds, because they hold on a machine that does other work too. */
export function engineSection(runs: EngineRuns): string {
  const { noPack, full, mistake, emptyPack: nothing, terraform, before } = runs;
  const { full: most, noPack: bare, pack, mistake: told, mistakeMiB } = ENGINE_TARGETS;
  const row = (what: string, { cpuSeconds, seconds, largestMiB }: Run) =>
    `| ${what} | ${cpuSeconds.toFixed(1)} | ${seconds.toFixed(1)} | ${largestMiB.toFixed(0)} |`;
  const line = (what: string, value: string, reached: number, target: number) =>
    `- ${what}: ${value}; target ${target}: ${reached <= target ? "met" : "not met"}.`;
  /** What a person waits for decides; CPU time, which others on the machine disturb less, stands beside it. */
  const compared = (one: Run, other: Run, less = 0) => {
    const wall = one.seconds / other.seconds - less;
    const cpu = one.cpuSeconds / other.cpuSeconds - less;
    return { wall, text: `${wall.toFixed(2)} (CPU ${cpu.toFixed(2)})` };
  };
  const ratio = (what: string, one: Run, other: Run, target: number, less = 0) => {
    const { wall, text } = compared(one, other, less);
    return line(what, text, wall, target);
  };
  return `${[
    "## Under Pulumi's engine",
    "Written by `npm run bench -- --engine --write`: medians, in turns.",
    [
      "| what | CPU s | wall s | largest process MiB |",
      "|---|---|---|---|",
      ...(terraform
        ? [row("`terraform plan -refresh=false` of as many resources", terraform)]
        : []),
      ...(before ? [row("`pulumi preview`, no pack, before", before.noPack)] : []),
      row("`pulumi preview`, no pack", noPack),
      ...(before ? [row("`pulumi preview`, whole pack, before", before.full)] : []),
      row("`pulumi preview`, whole pack", full),
      row("`pulumi preview`, a pack of one rule that does nothing", nothing),
      row("`pulumi preview` when a function in an `apply` throws", mistake),
    ].join("\n"),
    [
      ...(terraform
        ? [
            ratio("Whole pack, to Terraform", full, terraform, most),
            ratio("No pack, to Terraform", noPack, terraform, bare),
          ]
        : []),
      ratio("What the pack adds", full, noPack, pack, 1),
      `- What a pack of one rule that does nothing adds: ${compared(nothing, noPack, 1).text}. The engine asks a pack twice about each resource.`,
      ratio("The mistake, to a preview that succeeds", mistake, noPack, told),
      line(
        "The mistake's largest process in MiB",
        mistake.largestMiB.toFixed(0),
        mistake.largestMiB,
        mistakeMiB,
      ),
    ].join("\n"),
  ].join("\n\n")}\n`;
}
