import { type Arguments, HELP, parseArguments } from "./args";
import { priced, type PricedPlan } from "./cost";
import { exitCodeOf, PreviewError } from "./errors";
import { previewStack } from "./index";
import type { Plan } from "./model";
import { killAll } from "./process";
import { showProgress } from "./progress";
import { renderJson, renderJsonError } from "./render-json";
import { renderError, renderText } from "./render-text";
import { terminalOf } from "./style";

/** Runs `npm run preview` with this process's arguments, and ends the process. */
export function run(): void {
  endWithChildren();
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}

/** A signal that ends this process ends the program and the packs as well. */
function endWithChildren(): void {
  const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
  for (const [signal, number] of Object.entries(signals)) {
    process.once(signal, () => {
      killAll();
      process.exit(128 + number);
    });
  }
  process.once("exit", killAll);
}

async function main(argv: readonly string[]): Promise<number> {
  // Known before the rest is understood, so that an error takes the form that was asked for.
  const json = argv.includes("--json");
  try {
    const args = parseArguments(argv);
    if (args.help) {
      await write(process.stdout, HELP);
      return 0;
    }
    return await preview(args);
  } catch (error) {
    const failure = error instanceof PreviewError ? error : unexpected(error);
    if (json) await write(process.stdout, renderJsonError(failure));
    await write(process.stderr, renderError(failure, terminalOf(process.stderr)));
    return exitCodeOf(failure.kind);
  }
}

async function preview(args: Arguments): Promise<number> {
  const progress = showProgress(process.stderr);
  let result: PricedPlan;
  try {
    result = priced(await previewStack({ ...args, onProgress: progress.update }));
  } finally {
    progress.clear();
  }
  const { plan, cost } = result;
  if (args.json) {
    await write(process.stderr, warnings(plan));
    await write(process.stdout, renderJson(plan, cost));
  } else {
    await write(process.stdout, renderText(plan, terminalOf(process.stdout), cost));
  }
  const violated = plan.policies.violations.some(
    ({ enforcementLevel }) => enforcementLevel === "mandatory",
  );
  return violated ? 1 : 0;
}

function warnings(plan: Plan): string {
  return plan.diagnostics.map(({ severity, message }) => `${severity}: ${message}\n`).join("");
}

/** An error of the preview itself: its stack is what helps. */
function unexpected(error: unknown): PreviewError {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new PreviewError("program", [{ message, frames: [] }]);
}

/** Writes and waits until it is written: a pipe takes a large document in parts. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (text) stream.write(text, () => resolve());
    else resolve();
  });
}
