/**
 * The preview without its quick start: the program and the packs run as Pulumi's engine runs them, each in a process of its own
 * with Pulumi's own runner and nothing of it changed, and all speak gRPC. Slower, and what the quick preview is compared with.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as path from "node:path";

import type { Job } from "./host-protocol";
import { onLines } from "./process";
import { configEnvironment, packEnvironment, programEnvironment, runnerArguments } from "./program";

const children = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

function start(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  stdout: "inherit" | "pipe",
): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", stdout, "inherit"],
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** Starts a policy pack; returns the address of its Analyzer. */
export function startPack(
  directory: string,
  { config, identity }: Job,
  engine: string,
): Promise<string> {
  const require = createRequire(path.join(directory, "package.json"));
  const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const env = { ...configEnvironment(config), ...packEnvironment(identity) };
  const child = start([runner, engine, "."], directory, env, "pipe");
  return new Promise((resolve, reject) => {
    let known = false;
    onLines(child.stdout, (line) => {
      if (known || !/^\d+$/.test(line)) {
        console.log(line);
        return;
      }
      known = true;
      resolve(`127.0.0.1:${line}`);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`it ended with exit code ${code}`)));
  });
}

/** Runs the program to its end; returns its exit code. */
export function runPlainly({ project, identity, config }: Job, address: string): Promise<number> {
  const require = createRequire(path.join(project.root, "package.json"));
  const runner = require.resolve("@pulumi/pulumi/cmd/run");
  const env = {
    ...programEnvironment(project, identity, config, address),
    ...(project.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
  };
  const { packageArguments, nodeArguments } = project;
  const args = [
    ...packageArguments,
    ...nodeArguments,
    runner,
    ...runnerArguments(project, identity, address),
  ];
  const child = start(args, project.directory, env, "inherit");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
