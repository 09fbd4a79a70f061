import type { Plan } from "../../analysis/plan/model";
import type * as Output from "../report/output";
import type * as Page from "../report/page/page";
import { terminalOf } from "../report/style";
import { guardStream, visible, visibleLines } from "../visible";
import { type Arguments, HELP, parseArguments } from "./args";
import { exitCodeOf, PreviewError } from "./engine/errors";
import { killAll } from "./engine/process";
import { showProgress } from "./progress";
import { previewStack } from "./index";

/** Runs `npm run preview` with this process's arguments, and ends the process. */
export function run(): void {
  guardStream(process.stdout, { paints: true });
  guardStream(process.stderr, { paints: true });
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

/** The modules that show a plan or an error: loaded while the plan is made, or when needed. */
function output(): typeof Output {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return require("../report/output") as typeof Output;
}

/** What writes the page: loaded only where one is asked for. */
function page(): typeof Page {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return require("../report/page/page") as typeof Page;
}

async function main(argv: readonly string[]): Promise<number> {
  // Read before the other options, so that an error has the requested format.
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
    const { renderError, renderIncomplete, renderJsonError } = output();
    const planned = json
      ? renderJsonError(failure)
      : renderIncomplete(failure, terminalOf(process.stdout));
    await write(process.stdout, planned);
    await write(process.stderr, renderError(failure, terminalOf(process.stderr)));
    return exitCodeOf(failure.kind);
  }
}

async function preview(args: Arguments): Promise<number> {
  const progress = showProgress(process.stderr);
  const unjudged = args.json || args.resources;
  // The page shows who reaches what.
  const foreseen = args.html !== undefined;
  const planning = previewStack({ ...args, unjudged, foreseen, onProgress: progress.update });
  const {
    checked,
    priced,
    readWhatAwsSays,
    renderComponents,
    renderJson,
    renderSummary,
    renderText,
  } = output();
  // This process waits for the plan now.
  readWhatAwsSays();
  const { plan: judged, schemas } = checked(await planning.finally(progress.clear));
  const { plan, cost } = priced(judged);
  if (args.html) {
    page().writePage(args.html, plan, cost);
    await write(process.stderr, `wrote ${visible(args.html)}\n`);
  }
  if (args.json) {
    await write(process.stderr, warnings(plan));
    await write(process.stdout, renderJson(plan, cost, schemas));
  } else {
    const terminal = terminalOf(process.stdout);
    if (args.tree && !args.resources) {
      await write(process.stdout, `${renderComponents(plan, terminal)}\n`);
    }
    const folder = args.cwd === process.cwd() ? undefined : visible(args.cwd);
    const text = args.resources
      ? renderText(plan, terminal, cost, schemas, folder)
      : renderSummary(plan, terminal, cost, schemas);
    await write(process.stdout, text);
  }
  const violated = plan.policies.violations.some(
    ({ enforcementLevel }) => enforcementLevel === "mandatory",
  );
  return violated ? 1 : 0;
}

function warnings(plan: Plan): string {
  return plan.diagnostics
    .map(({ severity, message }) => `${severity}: ${visibleLines(message)}\n`)
    .join("");
}

/** An error of the preview itself: its stack is what helps. */
function unexpected(error: unknown): PreviewError {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new PreviewError("program", [{ message, frames: [] }]);
}

/** Writes and waits until all is written: a pipe accepts a large document in parts. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (text) stream.write(text, () => resolve());
    else resolve();
  });
}
