import * as path from "node:path";
import { createRequire } from "node:module";
import type { Project, StackConfig } from "./config";
import { type NodeProcess, onLines, startNode } from "./process";
import type { StackIdentity } from "./registration";

/** Pulumi does not know an organization without a login; this is what it says for a local backend. */
export const ORGANIZATION = "organization";

/** Exit code of Pulumi's runner when it has logged the error itself. */
export const LOGGED_ERROR = 32;

/** The running program. */
export interface Program extends NodeProcess {
  /** What it has written to standard error so far. */
  readonly stderr: string[];
}

/** Environment variables by which Pulumi hands a stack's configuration to programs and policy packs. */
export function configEnvironment(config: StackConfig): NodeJS.ProcessEnv {
  const values = Object.entries(config.values).map(([key, value]) => {
    const colon = key.indexOf(":");
    return [`${key.slice(0, colon)}:config:${key.slice(colon + 1)}`, value];
  });
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(values)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
  };
}

/** This process's environment without what a surrounding Pulumi (or preview) has left in it. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^PULUMI_(NODEJS_|CONFIG)/.test(name) && name !== "TRACEPARENT",
  );
  return Object.fromEntries(kept);
}

/**
 * Starts the program in dry-run mode with Pulumi's own runner, the way in which Pulumi's language host for
 * Node.js starts it, except that `loader.js` stands in for ts-node.
 *
 * @param address where ResourceMonitor and Engine are served
 * @param onOutput gets each line that the program prints
 */
export function startProgram(
  project: Project,
  { stack, project: name }: StackIdentity,
  config: StackConfig,
  address: string,
  onOutput: (line: string) => void,
): Program {
  const require = createRequire(path.join(project.root, "package.json"));
  const runner = require.resolve("@pulumi/pulumi/cmd/run");
  const args = [
    runner,
    `--monitor=${address}`,
    `--engine=${address}`,
    `--organization=${ORGANIZATION}`,
    `--project=${name}`,
    `--root-directory=${project.root}`,
    `--stack=${stack}`,
    `--pwd=${project.directory}`,
    "--dry-run",
    // The engine's default is a small multiple of the cores; here nothing has to be spared.
    "--parallel=256",
    project.entry,
  ];
  const env: NodeJS.ProcessEnv = { ...cleanEnvironment(), ...configEnvironment(config) };
  // Checked by the runner: a tsconfig that is named and missing is an error.
  if (project.tsconfig !== undefined) env.PULUMI_NODEJS_TSCONFIG_PATH = project.tsconfig;
  const program = startNode(args, {
    cwd: project.directory,
    env,
    nodeArguments: project.nodeArguments,
  });
  const stderr: string[] = [];
  onLines(program.child.stdout, onOutput);
  onLines(program.child.stderr, (line) => stderr.push(line));
  return { ...program, stderr };
}
