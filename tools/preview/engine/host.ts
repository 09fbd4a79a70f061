/**
 * The process in which a preview happens: it serves Pulumi's protocols to the program and to the policy packs,
 * which run in it as well, with the SDKs' own runner and servers. One process because loading the SDKs is
 * half of a preview, and sending every resource from one to the other most of the rest (see local-grpc.js).
 */
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import type * as Protocol from "@pulumi/pulumi/proto/resource_grpc_pb";
import { type Diagnostic, UNKNOWN } from "../../../analysis/plan/model";
import { inTreeOrder } from "../../../analysis/plan/tree";
import type * as Unjudged from "../../../policy-pack/unjudged";
import { Analyzer } from "./analyzer";
import type * as Assigned from "./assigned";
import { DataSources } from "./data-sources";
import { type Failure, PreviewError } from "./errors";
import { Frames } from "./frames";
import { Gaps } from "./gaps";
import { type Job, type Line, type Report, REPORT_FD } from "./host-protocol";
import { Judge } from "./judge";
import { Monitor } from "./monitor";
import { loadPack } from "./pack";
import { runPlainly, startPack } from "./plain";
import { packEnvironment, programEnvironment, runnerArguments } from "./program";
import { toFailure } from "./program-errors";
import { expanderFor } from "./remote";
import { SdkOutputs } from "./sdk-outputs";
import { serve } from "./services";
import type * as TypeScript from "./typescript";

/** Where the quick start notes what it assumes: see quick-start/unknown.js. */
const ASSUME = Symbol.for("crm-preview:assume");

/** Where it notes encrypted settings that are read as plain values: see quick-start/settings.js. */
const ENCRYPTED = Symbol.for("crm-preview:encrypted");

/** Waits for the job. The process ends when the program has, or when the command is gone. */
export function start(): void {
  process.once("disconnect", () => process.exit(1));
  process.once("message", (job: Job) => {
    // Listening keeps a process alive; this one has to end when the program's work is done.
    process.channel?.unref();
    void preview(job);
  });
}

async function preview(job: Job): Promise<void> {
  const { project, identity, config } = job;
  const diagnostics: Diagnostic[] = [];
  const state: Pick<Report, "policies" | "packFailure" | "loadingPack"> = {};
  const judge = new Judge();
  const gaps = new Gaps();
  if (config.environment !== undefined) {
    gaps.leftOut(`not read: the settings of ${config.environment}; -c KEY=VALUE gives a value`);
  }
  if (job.plain) gaps.plainly(encryptedKeys(config));
  const data = new DataSources(project.root, config, job.answers, gaps);
  const outputs = new SdkOutputs(project.root);
  const monitor = new Monitor({
    ...identity,
    ...{ config, expanderFor, judge, gaps },
    regionOf: (provider) => data.regionOf(provider),
    onProgress: progressOf(job),
    ...(job.again && { assigned: assignedOutputs(outputs, data) }),
  });
  process.once("exit", () => {
    const resources = inTreeOrder(monitor.resources);
    const said = [...diagnostics, ...gaps.diagnostics];
    const judged = state.policies ? {} : { judged: judge.soFar };
    const { outputs: exported } = monitor;
    write({ report: { resources, outputs: exported, diagnostics: said, ...judged, ...state } });
  });
  const failed = (error: unknown): never => {
    state.packFailure = failuresOfPack(error, state.loadingPack);
    process.exit(1);
  };
  judge.failure.catch(failed);
  const complete = async (): Promise<void> => {
    const all = [...monitor.defaultProviders, ...monitor.resources];
    if (job.progress) write({ progress: { phase: "judging", resources: all.length } });
    const seen = all.map((resource) => ({
      resource,
      provider: monitor.providerOf(resource),
      outputs: outputs.of(resource),
    }));
    data.nameUnused();
    // Pulumi's engine does not ask the stack rules about what is only read: pkg/resource/deploy/step_executor.go.
    const managed = seen.filter(({ resource }) => !resource.external);
    const verdict = await judge.finish(managed).catch(failed);
    const types = [...new Set(managed.map(({ resource }) => resource.type))];
    const packs = verdict.packs.map((summary, index) => ({
      ...summary,
      ...(job.unjudged && job.packs[index]?.closed && unjudgedBy(job.packs[index], types)),
    }));
    state.policies = { ...verdict, packs };
    process.once("exit", endAtOnce);
  };
  const address = await serve({
    ...identity,
    ...{ monitor, data, gaps, frames: Frames.ofProgram(project, job.plain) },
    onLog: (diagnostic) => diagnostics.push(diagnostic),
    onComplete: complete,
  });
  if (!job.plain) {
    Object.assign(globalThis, {
      [ASSUME]: (what: string) => gaps.assume(what),
      [ENCRYPTED]: (key: string) => gaps.setting(key),
    });
    Object.assign(process.env, programEnvironment(project, identity, config, address));
    Object.assign(process.env, packEnvironment(identity));
  }
  try {
    for (const pack of job.packs) {
      state.loadingPack = pack.directory;
      const served = job.plain
        ? await startPack(pack.directory, job, address)
        : loadPack(pack.directory);
      judge.add(await Analyzer.connect(pack, served, identity, config));
      delete state.loadingPack;
    }
  } catch (error) {
    failed(error);
  }
  const endsSilently = !announcesItsEnd(project.root);
  const completeSilently = async (): Promise<void> => {
    if (endsSilently && monitor.hasOutputs) await complete();
  };
  if (job.plain) {
    const code = await runPlainly(job, address);
    if (code === 0) await completeSilently();
    process.exit(code);
  }
  process.once("beforeExit", (code) => void (code === 0 && completeSilently()));
  loadAsItSays(job, gaps);
  runProgram(job, address);
}

/** The types that none of our own pack's rules judges: the pack has a module that says so, beside its main one. */
function unjudgedBy({ directory }: Job["packs"][number], types: readonly string[]) {
  const ofPack = createRequire(path.join(directory, "package.json"));
  const { unjudgedTypes } = ofPack(
    path.join(path.dirname(ofPack.resolve(directory)), "unjudged"),
  ) as typeof Unjudged;
  return { unjudged: unjudgedTypes(types) };
}

/** Makes this the second evaluation of the program. */
function assignedOutputs(outputs: SdkOutputs, data: DataSources): Assigned.AssignedOutputs {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most previews have no second evaluation
  const { ASSIGNED, AssignedOutputs } = require("./assigned") as typeof Assigned;
  data.assigned = ASSIGNED;
  return new AssignedOutputs(outputs, {
    region: (provider) => data.regionOf(provider),
    account: (provider) => data.accountOf(provider),
  });
}

/** Settings of which the program gets Pulumi's marker for an unknown value, or a structure with it. */
const encryptedKeys = ({ values, secretKeys }: Job["config"]): string[] =>
  secretKeys.filter((key) => values[key]?.includes(UNKNOWN));

/** Whether the program's SDK asks the engine before its process ends: versions before 2025 do not. */
function announcesItsEnd(root: string): boolean {
  const ofProject = createRequire(path.join(root, "package.json"));
  const { ResourceMonitorService } = ofProject(
    "@pulumi/pulumi/proto/resource_grpc_pb",
  ) as typeof Protocol;
  return "signalAndWaitForShutdown" in ResourceMonitorService;
}

/** Ends the process after all that others do at its end: to give back its memory piece by piece takes time. */
function endAtOnce(code: number): void {
  (process as unknown as { reallyExit(code: number): void }).reallyExit(
    Number(process.exitCode ?? code),
  );
}

/** The message for a pack that did not load, or failed during its checks. */
function failuresOfPack(error: unknown, directory: string | undefined): Failure[] {
  if (error instanceof PreviewError) return [...error.failures];
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const failure = toFailure(new Frames(directory ?? ""), { message: text });
  const message = `policy pack ${directory} did not start: ${failure.message}`;
  return [{ ...failure, message }];
}

const ROOT = path.join(__dirname, "..", "..", "..");
/** Folders of this tool: a program's settings of TypeScript say nothing of what is in them. */
const OWN = ["analysis", "facts", "policy-pack", "runtime", "tools"].map((room) =>
  path.join(ROOT, room),
);

/** Makes the program's TypeScript loadable with the settings that it has. */
function loadAsItSays({ project, packs }: Job, gaps: Gaps): void {
  const { directory, root, tsconfig, typescript } = project;
  if (root === ROOT || !typescript) return;
  /* eslint-disable @typescript-eslint/no-require-imports -- other programs than this project's own */
  const { programSettings } = require("./typescript") as typeof TypeScript;
  const modules = require("../../../runtime/es-modules") as {
    isModule: (file: string) => boolean;
    install: (settings: TypeScript.ProgramSettings, own: readonly string[]) => void;
  };
  const loader = require("../../../runtime/loader") as {
    setProgram: (settings: TypeScript.ProgramSettings, own: readonly string[]) => void;
  };
  /* eslint-enable @typescript-eslint/no-require-imports */
  const settings = programSettings(directory, tsconfig);
  if (settings.wantsMetadata && !settings.compiler) {
    gaps.leftOut(
      `not emitted: the types that emitDecoratorMetadata (${tsconfig ?? "tsconfig.json"}) asks for; what reads them (reflect-metadata) finds none unless the program has TypeScript among its packages`,
    );
  }
  const own = [...OWN, ...packs.map((pack) => pack.directory)];
  if (modules.isModule(path.join(directory, "index.ts"))) {
    modules.install(settings, own);
  } else {
    loader.setProgram(settings, own);
  }
}

/** Runs the program with Pulumi's own runner, which takes its arguments from the process. */
function runProgram({ project, identity }: Job, address: string): void {
  const ofProject = createRequire(path.join(project.root, "package.json"));
  const runner = ofProject.resolve("@pulumi/pulumi/cmd/run");
  process.argv = [process.execPath, runner, ...runnerArguments(project, identity, address)];
  ofProject(runner);
  // After the runner's own listeners are there; a program that has no such entry gets short errors too.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- JavaScript without types
  const errors = require("../../../runtime/errors") as {
    install: (loader: string) => void;
  };
  errors.install(path.join(__dirname, ".."));
}

function progressOf({ progress }: Job): (resources: number) => void {
  const everyMs = 60;
  let last = 0;
  return (resources) => {
    const now = performance.now();
    if (!progress || now - last < everyMs) return;
    last = now;
    write({ progress: { phase: "registering", resources } });
  };
}

/** Writes at once and whole: the process may end right after it. */
function write(line: Line): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let written = 0; written < bytes.length;) {
    written += fs.writeSync(REPORT_FD, bytes, written);
  }
}
