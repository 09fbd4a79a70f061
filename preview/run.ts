import { Analyzer } from "./analyzer";
import type { Project, StackConfig } from "./config";
import { PreviewError } from "./errors";
import { Frames } from "./frames";
import { Judge } from "./judge";
import type { Listener } from "./listener";
import type { Diagnostic, Plan } from "./model";
import { Monitor } from "./monitor";
import type { PackProcess } from "./pack-process";
import type { PackConfig } from "./policy-config";
import type { Program } from "./program";
import { failuresOf } from "./program-errors";
import type { StackIdentity } from "./registration";
import { expanderFor } from "./remote";
import { SdkOutputs } from "./sdk-outputs";
import { serve } from "./services";
import type { Progress } from "./index";
import { inTreeOrder } from "./tree";

/** A preview whose processes run already. */
export interface RunningPreview {
  project: Project;
  identity: StackIdentity;
  config: StackConfig;
  listener: Listener;
  program: Program;
  packs: readonly { process: PackProcess; config: PackConfig }[];
  /** Collects what program and packs log. */
  diagnostics: Diagnostic[];
  /** `performance.now()` at the start. */
  started: number;
  onProgress?: (progress: Progress) => void;
}

/** Serves Pulumi's protocols to the program and the packs until the plan is complete. */
export async function runPreview(preview: RunningPreview): Promise<Plan> {
  const { project, identity, config, program, diagnostics, onProgress } = preview;
  const frames = new Frames(project.root);
  const analyzers = Promise.all(
    preview.packs.map((pack) => Analyzer.connect(pack.process, identity, config, pack.config)),
  );
  const judge = new Judge(analyzers);
  const monitor = new Monitor({
    ...identity,
    config,
    expanderFor,
    judge,
    onProgress: (resources) => onProgress?.({ phase: "registering", resources }),
  });
  onProgress?.({ phase: "loading", resources: 0 });
  const services = serve(preview.listener, {
    ...identity,
    frames,
    monitor,
    onLog: (diagnostic) => diagnostics.push(diagnostic),
  });
  try {
    const exit = await Promise.race([program.exit, judge.failure]);
    const failures = failuresOf(frames, program, diagnostics, exit);
    const notes = diagnostics.filter(({ severity }) => severity !== "error");
    if (failures.length) throw new PreviewError("program", failures, notes, monitor.resources);
    for (const message of program.stderr) notes.push({ severity: "info", message });
    onProgress?.({ phase: "judging", resources: monitor.resources.length });
    const outputs = new SdkOutputs(project.root);
    const policies = await judge.finish(
      [...monitor.defaultProviders, ...monitor.resources].map((resource) => ({
        resource,
        provider: monitor.providerOf(resource),
        outputs: outputs.of(resource),
      })),
    );
    return {
      ...identity,
      resources: inTreeOrder(monitor.resources),
      outputs: monitor.outputs,
      policies,
      diagnostics: notes,
      durationMs: Math.round(performance.now() - preview.started),
    };
  } finally {
    judge.close();
    services.close();
  }
}
