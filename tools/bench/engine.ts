/**
 * `npm run bench -- --engine`: `pulumi preview` of production with the engine and the plugins of this machine, with and without
 * the pack, and of a program with a mistake in an `apply`, beside Terraform's plan of as many resources if a folder with one is named.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { inTurns, measure, type Run } from "./process";
import { withDirectory } from "./projects";

const ROOT = path.join(__dirname, "..", "..");
const STACK = "production";
const PACK = path.join(ROOT, "policy-pack");

/** What is aimed at, in ratios. */
export const ENGINE_TARGETS = { full: 1, noPack: 0.7, pack: 0.25, mistake: 1.5, mistakeMiB: 700 };

/** What was measured. */
export interface EngineRuns {
  readonly noPack: Run;
  readonly full: Run;
  readonly mistake: Run;
  readonly terraform?: Run;
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
  return lacking.length
    ? `--engine needs on this machine what it has not: ${lacking.join(", ")}`
    : undefined;
}

/** Measures in turns. */
export function measureEngine(turns: number, terraform: string | undefined): Promise<EngineRuns> {
  return withDirectory(async (directory) => {
    const good = project(directory, "good", path.relative(path.join(directory, "good"), ROOT));
    const bad = project(directory, "bad", "mistake.js");
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
    for (const cwd of [good, bad]) {
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
    const config = path.join(PACK, `config.${STACK}.json`);
    const pack = ["--policy-pack", PACK, "--policy-pack-config", config];
    const plan = ["plan", "-input=false", "-no-color", "-refresh=false", "-lock=false"];
    const [noPack, full, mistake, planned] = await inTurns(turns, [
      () => preview(good, 0),
      () => preview(good, 0, ...pack),
      () => preview(bad, 1),
      ...(terraform === undefined
        ? []
        : [() => measure(plan, terraform, { command: "terraform", env: {} })]),
    ]);
    return { noPack: noPack, full: full, mistake: mistake, terraform: planned };
  });
}

/** A project with the production stack that runs a program. */
function project(directory: string, name: string, main: string): string {
  const folder = path.join(directory, name);
  fs.mkdirSync(folder);
  const yaml = `name: crm\nmain: ${JSON.stringify(main)}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`;
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), yaml);
  const file = `Pulumi.${STACK}.yaml`;
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  fs.writeFileSync(path.join(folder, file), text);
  return folder;
}

/** The page's section: CPU seconds, because they hold on a machine that does other work too. */
export function engineSection({ noPack, full, mistake, terraform }: EngineRuns): string {
  const { full: most, noPack: bare, pack, mistake: told, mistakeMiB } = ENGINE_TARGETS;
  const row = (what: string, { cpuSeconds, seconds, largestMiB }: Run) =>
    `| ${what} | ${cpuSeconds.toFixed(1)} | ${seconds.toFixed(1)} | ${largestMiB.toFixed(0)} |`;
  const line = (what: string, value: number, target: number, digits = 2) =>
    `- ${what}: ${value.toFixed(digits)}; target ${target}: ${value <= target ? "met" : "not met"}.`;
  const to = (one: Run, other: Run) => one.cpuSeconds / other.cpuSeconds;
  return `${[
    "## Under Pulumi's engine",
    "Written by `npm run bench -- --engine --write`.",
    [
      "| what | CPU s | wall s | largest process MiB |",
      "|---|---|---|---|",
      ...(terraform
        ? [row("`terraform plan -refresh=false` of as many resources", terraform)]
        : []),
      row("`pulumi preview`, no pack", noPack),
      row("`pulumi preview`, whole pack", full),
      row("`pulumi preview` when a function in an `apply` throws", mistake),
    ].join("\n"),
    [
      ...(terraform
        ? [
            line("Whole pack, to Terraform", to(full, terraform), most),
            line("No pack, to Terraform", to(noPack, terraform), bare),
          ]
        : []),
      line("What the pack adds", to(full, noPack) - 1, pack),
      line("The mistake, to a preview that succeeds", to(mistake, noPack), told),
      line("The mistake's largest process in MiB", mistake.largestMiB, mistakeMiB, 0),
    ].join("\n"),
  ].join("\n\n")}\n`;
}
