import * as fs from "node:fs";
import * as path from "node:path";
import { loadProject, loadStackConfig, type Project, selectStack } from "./config";
import { Listener } from "./listener";
import type * as Run from "./run";
import type { Diagnostic, Plan } from "./model";
import { defaultPackConfig, readPackConfig, type PackConfig } from "./policy-config";
import { type PackProcess, startPack } from "./pack-process";
import type { NodeProcess } from "./process";
import { startProgram } from "./program";

export * from "./model";
export { PreviewError } from "./errors";

/** What to preview. */
export interface PreviewOptions {
  /** Where the project is looked for, upwards. Default: the current directory. */
  cwd?: string;
  /** Default: production, or the only stack that there is. */
  stack?: string;
  /** Directories of policy packs, relative to `cwd`. Default: the project's `policy-pack`, if it has one. */
  policyPacks?: readonly string[];
  /** Configuration files of the packs, in their order. Default: the pack's `config.<stack>.json`. */
  policyPackConfigs?: readonly string[];
  /** Called while the preview runs. */
  onProgress?: (progress: Progress) => void;
}

/** How far a preview is. */
export interface Progress {
  phase: "loading" | "registering" | "judging";
  /** Resources so far. */
  resources: number;
}

/** A pack that is started, and its configuration. */
interface StartedPack {
  process: PackProcess;
  config: PackConfig;
}

/**
 * Previews a stack offline: runs the program as the first `pulumi preview` would, and lets the policy packs
 * judge what it registers. Mandatory violations are part of the plan.
 *
 * @throws PreviewError if there is no plan: wrong usage, invalid configuration, a program that fails
 */
export async function previewStack(options: PreviewOptions = {}): Promise<Plan> {
  const started = performance.now();
  const cwd = path.resolve(options.cwd ?? process.cwd());
  const project = loadProject(cwd);
  const stack = selectStack(project, options.stack);
  const config = loadStackConfig(project, stack);
  const identity = { project: project.name, stack };
  const diagnostics: Diagnostic[] = [];
  const onOutput = (message: string): void => void diagnostics.push({ severity: "info", message });
  const listener = await Listener.open();
  const running: NodeProcess[] = [];
  try {
    // Everything slow starts at once: the program and the packs load while this process loads gRPC.
    const program = startProgram(project, identity, config, listener.address, onOutput);
    running.push(program);
    const packs = packsOf(options, project, cwd).map(({ directory, configFile }): StartedPack => {
      const file = configFile ?? defaultPackConfig(directory, stack);
      const packConfig = file === undefined ? {} : readPackConfig(file);
      const pack = startPack(directory, identity, config, onOutput);
      running.push(pack);
      return { process: pack, config: packConfig };
    });
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded now and not before: see above
    const { runPreview } = require("./run") as typeof Run;
    return await runPreview({
      ...{ project, identity, config, listener, program, packs, diagnostics, started },
      onProgress: options.onProgress,
    });
  } finally {
    listener.close();
    await Promise.all(running.map((child) => child.stop()));
  }
}

function packsOf(
  options: PreviewOptions,
  project: Project,
  cwd: string,
): { directory: string; configFile?: string }[] {
  const standard = path.join(project.root, "policy-pack");
  const directories =
    options.policyPacks?.map((directory) => path.resolve(cwd, directory)) ??
    (fs.existsSync(path.join(standard, "PulumiPolicy.yaml")) ? [standard] : []);
  return directories.map((directory, index) => {
    const configFile = options.policyPackConfigs?.[index];
    return { directory, configFile: configFile && path.resolve(cwd, configFile) };
  });
}
