import * as path from "node:path";

import type { Diagnostic } from "../../../analysis/plan/model";
import { causeOfMissing, PreviewError } from "./errors";
import { Frames } from "./frames";
import { secretFilter, withoutSecrets } from "./hidden";
import type { Job, Line, Progress, Report } from "./host-protocol";
import { type Exit, onLines, type NodeProcess, startNode } from "./process";
import { cleanEnvironment } from "./program";
import { failuresOf, toFailure } from "./program-errors";

/** How the SDK begins the message for a setting that the program requires and does not get. */
const MISSING = "Missing required configuration variable";

/** A preview's process, as the command sees it. */
export class Host {
  private readonly process: NodeProcess;
  private readonly printed: Diagnostic[] = [];
  private readonly stderr: string[] = [];
  private report: Report | undefined;

  /**
   * Starts the process: it loads what it needs while the command reads the configuration.
   *
   * @param nodeArguments what the project asks for beside (`runtime.options.nodeargs`)
   * @param plain without the quick start: see plain.ts
   * @param again whether it is a second evaluation: see assigned.ts
   * @param cwd where these arguments name files and packages: the program's folder
   */
  constructor(
    onProgress: (progress: Progress) => void = () => {},
    nodeArguments: readonly string[] = [],
    plain = false,
    cwd?: string,
    again = false,
  ) {
    const host = [
      path.join(__dirname, "start-host.js"),
      ...(plain ? ["--plain"] : []),
      ...(again ? ["--again"] : []),
    ];
    this.process = startNode([...nodeArguments, ...host], {
      env: cleanEnvironment(),
      cwd,
    });
    const { child, report } = this.process;
    onLines(child.stdout, (message) => this.printed.push({ severity: "info", message }));
    onLines(child.stderr, (line) => this.stderr.push(line));
    onLines(report, (text) => {
      const line = JSON.parse(text) as Line;
      if ("report" in line) this.report = line.report;
      else onProgress(line.progress);
    });
  }

  /**
   * Lets the program run, and the packs judge it.
   *
   * @throws PreviewError if the program fails or a pack cannot be run
   */
  async run(job: Job): Promise<Report & Required<Pick<Report, "policies">>> {
    // For a process that has already ended, its exit states the reason.
    this.process.child.send(job, () => {});
    const exit = await this.process.exit;
    const { printed } = this;
    const hide = secretFilter(job.config);
    const report = this.report && withoutSecrets(this.report, job.config, hide);
    const frames = Frames.ofProgram(job.project, job.plain);
    const stderr = this.stderr.map(hide);
    const logged = [...printed, ...(report?.diagnostics ?? [])].map((one) => ({
      ...one,
      message: hide(one.message),
    }));
    this.throwPackFailure();
    const failures = failuresOf(frames, stderr, logged, exit).map((failure) =>
      failure.message.startsWith(MISSING)
        ? { ...failure, message: failure.message + causeOfMissing(job.config) }
        : failure,
    );
    const notes = logged.filter(({ severity }) => severity !== "error");
    const { policies } = report ?? {};
    if (failures.length || !report || !policies) {
      const all = failures.length ? failures : [incomplete(frames, exit)];
      const { resources, judged } = report ?? {};
      throw new PreviewError("program", all, notes, resources, judged, job.identity);
    }
    for (const message of stderr) notes.push({ severity: "info", message });
    return { ...report, policies, diagnostics: notes };
  }

  /** Ends the process, if it has not ended. */
  stop(): Promise<void> {
    return this.process.stop();
  }

  private throwPackFailure(): void {
    const { packFailure, loadingPack } = this.report ?? {};
    if (packFailure) throw new PreviewError("policy", packFailure);
    if (loadingPack === undefined) return;
    const text = [...(this.report?.diagnostics ?? []).map(({ message }) => message), ...this.stderr]
      .join("\n")
      .trim();
    const failure = toFailure(new Frames(loadingPack), {
      message: text || "it ended without a message",
    });
    const message = `policy pack ${loadingPack} did not start: ${failure.message}`;
    throw new PreviewError("policy", [{ ...failure, message }]);
  }
}

/** A program that ended early with success: it called `process.exit`. */
function incomplete(frames: Frames, { code }: Exit) {
  const message = `the program ended itself (exit code ${code}) before it was complete`;
  return toFailure(frames, { message });
}
