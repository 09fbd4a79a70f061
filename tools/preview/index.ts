import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import type { Plan } from "../../analysis/plan/model";
import type * as Regions from "../../analysis/plan/regions";
import type * as OpenPaths from "../../analysis/reach/open-paths";
import type * as LockFiles from "../lock-files";
import type * as Answers from "./data/answers";
import type * as AboutFile from "./engine/about";
import type * as Config from "./engine/config";
import type * as Errors from "./engine/errors";
import { Host } from "./engine/host-process";
import type { Job, Progress } from "./engine/host-protocol";
import type * as MainFile from "./engine/main-file";
import type * as MeasuredFile from "./engine/measured";
import type * as PackManifest from "./engine/pack-manifest";
import type * as PolicyConfig from "./engine/policy-config";
import type * as SecondJudgement from "./engine/second-judgement";

export * from "../../analysis/plan/model";
export { PreviewError } from "./engine/errors";
export type { Progress } from "./engine/host-protocol";

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
  /** File with answers for data sources, relative to `cwd`: see tools/README.md. */
  answers?: string;
  /** Settings that override the stack's: key, with namespace or the project's own, to value. */
  config?: Readonly<Record<string, string>>;
  /** Without any change of Pulumi's SDK, over gRPC: slower, with the same result. Default: false */
  plain?: boolean;
  /** Whether the verdict lists the planned types that no rule of this project's pack judges. Default: false */
  unjudged?: boolean;
  /** Whether the plan has what a second evaluation knows, if it leaves undecided who reaches what by policies. Default: false */
  foreseen?: boolean;
  /** Called while the preview runs. */
  onProgress?: (progress: Progress) => void;
}

/**
 * Previews a stack offline: runs the program as the first `pulumi preview` would, and runs the policy packs on its
 * resources. Mandatory violations are part of the plan.
 * @throws PreviewError if there is no plan: wrong usage, invalid configuration, a program that fails
 */
export async function previewStack(options: PreviewOptions = {}): Promise<Plan> {
  const started = performance.now();
  const { onProgress, plain = false } = options;
  const cwd = path.resolve(options.cwd ?? process.cwd());
  // Before anything else: the process loads the SDKs while this one reads the configuration.
  let host = new Host(onProgress, [], plain);
  try {
    onProgress?.({ phase: "loading", resources: 0 });
    const job = jobOf(options, cwd);
    // Before the program runs: a file that says nonsense is an error at once.
    const measuredFile = `Pulumi.${job.identity.stack}.measured.json`;
    const measured = readBeside(job, measuredFile, measuredReader);
    const { nodeArguments, packageArguments, directory } = job.project;
    const extra = plain ? packageArguments : [...packageArguments, ...nodeArguments];
    if (extra.length) {
      await host.stop();
      host = new Host(onProgress, extra, plain, directory);
    }
    const report = await host.run(job);
    const { resources, outputs, diagnostics } = report;
    const settings = Object.keys(job.config.values);
    const region = plainSetting(job.config, "aws:region");
    const account = accountOf(job.config);
    const program = mainFile(job.project);
    const plan = {
      ...job.identity,
      ...(program !== undefined && { program }),
      resources,
      outputs,
      diagnostics,
      settings,
      ...(region !== undefined && { region }),
      ...(account !== undefined && { account }),
    };
    const asks = options.foreseen === true && isReachOpen(plan);
    const { policies, foreseen } =
      asks || report.policies.undecided.length
        ? await again(job, report, performance.now() - started, asks)
        : { ...report, foreseen: undefined };
    const durationMs = Math.round(performance.now() - started);
    const assumptions = readBeside(job, "capacity/assumptions.json", assumptionsReader);
    const about = readBeside(job, "about.json", aboutReader);
    return {
      ...plan,
      ...{ policies, durationMs },
      ...(foreseen && { foreseen }),
      ...(measured !== undefined && { measured }),
      ...(assumptions !== undefined && { assumptions }),
      ...(about !== undefined && { about }),
    };
  } finally {
    await host.stop();
  }
}

/** What is known of a program after a second evaluation. */
async function again(
  job: Job,
  first: Parameters<typeof SecondJudgement.evaluatedAgain>[1],
  firstMs: number,
  asks: boolean,
): Promise<SecondJudgement.Both> {
  const { nodeArguments, packageArguments, directory } = job.project;
  const start = () =>
    new Host(undefined, [...packageArguments, ...nodeArguments], false, directory, true);
  const { evaluatedAgain } =
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- most previews have no second evaluation
    require("./engine/second-judgement") as typeof SecondJudgement;
  return evaluatedAgain(job, first, start, { firstMs, asks });
}

/** Whether the plan leaves undecided who reaches what by policies. */
function isReachOpen(plan: Parameters<typeof OpenPaths.isAccessOpen>[0]): boolean {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only where it is asked
  const { isAccessOpen } = require("../../analysis/reach/open-paths") as typeof OpenPaths;
  return isAccessOpen(plan);
}

/** A setting that is there and not secret. */
function plainSetting({ values, secretKeys }: Config.StackConfig, key: string): string | undefined {
  return secretKeys.includes(key) ? undefined : values[key] || undefined;
}

/** The only account in which the stack's default providers may work. */
function accountOf(config: Config.StackConfig): string | undefined {
  const allowed = plainSetting(config, "aws:allowedAccountIds");
  if (allowed === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only where there is something to read
  return (require("../../analysis/plan/regions") as typeof Regions).accountIn(allowed);
}

/** What a file beside the stack file says; undefined without such a file. */
function readBeside<Content>(
  { project }: Job,
  name: string,
  reader: () => (file: string) => Content,
): Content | undefined {
  const file = path.join(project.stackDirectory, name);
  return fs.existsSync(file) ? reader()(file) : undefined;
}

/* eslint-disable @typescript-eslint/no-require-imports -- loaded only where there is something to read */
const mainFile = (project: Job["project"]) =>
  (require("./engine/main-file") as typeof MainFile).mainFileOf(project);
const measuredReader = () => (require("./engine/measured") as typeof MeasuredFile).readMeasured;
const assumptionsReader = () =>
  (require("./engine/measured") as typeof MeasuredFile).readAssumptions;
const aboutReader = () => (require("./engine/about") as typeof AboutFile).readAbout;
/* eslint-enable @typescript-eslint/no-require-imports */

/** The job, from the options, the project and the stack's settings. */
function jobOf(options: PreviewOptions, cwd: string): Job {
  /* eslint-disable @typescript-eslint/no-require-imports -- after the other process has started: see above */
  const { loadProject, loadStackConfig, selectStack } = require("./engine/config") as typeof Config;
  const { isOwnPack, packVersion } = require("./engine/pack-manifest") as typeof PackManifest;
  const { defaultPackConfig, readPackConfig } =
    require("./engine/policy-config") as typeof PolicyConfig;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const project = loadProject(cwd);
  const stack = selectStack(project, options.stack);
  requireSdk(project);
  const config = loadStackConfig(project, stack, options.config);
  return {
    project,
    identity: { project: project.name, stack },
    config,
    answers: answersFor(options, config, cwd),
    packs: packsOf(options, project, cwd).map(({ directory, configFile }) => {
      const file = configFile ?? defaultPackConfig(directory, stack, project.stacks);
      const config = file === undefined ? {} : readPackConfig(file);
      const version = packVersion(directory);
      return { directory, version, config, configFile: file, closed: isOwnPack(directory) };
    }),
    plain: options.plain ?? false,
    unjudged: options.unjudged ?? false,
    progress: options.onProgress !== undefined,
  };
}

/** Pulumi's SDK comes with the program. */
function requireSdk({ root, packageArguments }: Config.Project): void {
  if (packageArguments.length) return;
  try {
    createRequire(path.join(root, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    const folder = path.relative(process.cwd(), root) || ".";
    /* eslint-disable @typescript-eslint/no-require-imports -- see above */
    const { previewError } = require("./engine/errors") as typeof Errors;
    const { installerOf } = require("../lock-files") as typeof LockFiles;
    /* eslint-enable @typescript-eslint/no-require-imports */
    const install = installerOf(root)?.install ?? "npm install";
    const message = `the program's packages are not installed (@pulumi/pulumi): run ${install} in ${folder}`;
    throw previewError("config", message);
  }
}

/** Those of the file come before those of the stack's setting; what reads them is loaded where there are any. */
function answersFor(
  options: PreviewOptions,
  config: Config.StackConfig,
  cwd: string,
): readonly Answers.Answer[] {
  const setting = config.values["preview:answers"];
  if (options.answers === undefined && setting === undefined) return [];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  const { answersOf, readAnswers } = require("./data/answers") as typeof Answers;
  const ofFile =
    options.answers === undefined ? [] : readAnswers(path.resolve(cwd, options.answers));
  return [...ofFile, ...answersOf(setting)];
}

function packsOf(
  options: PreviewOptions,
  project: Config.Project,
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
