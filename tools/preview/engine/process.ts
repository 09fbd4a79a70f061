import { type ChildProcess, spawn } from "node:child_process";

import { REPORT_FD } from "./host-protocol";

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A Node.js process that ends with the preview. */
export interface NodeProcess {
  readonly child: ChildProcess;
  /** What the process writes to its pipe for reports. */
  readonly report: NodeJS.ReadableStream;
  /** Resolves when the process has ended and all its output has arrived. */
  readonly exit: Promise<Exit>;
  /** Asks the process to end, and ends it if it does not. */
  stop(): Promise<void>;
}

/** Time for a process to end on request. */
const graceMs = 2000;

/**
 * Most of what a preview makes lives until its end: a heap that starts large is not searched for garbage while it
 * grows, which takes a fifth of the time otherwise.
 */
const heapFlags = ["--initial-heap-size=200", "--min-semi-space-size=8", "--max-semi-space-size=8"];

const running = new Set<ChildProcess>();

/**
 * Starts a Node.js process with a channel for messages to it, and a pipe of its own for what it reports
 * (file descriptor {@link REPORT_FD}): standard output is the program's.
 */
export function startNode(
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
): NodeProcess {
  const child = spawn(process.execPath, [...heapFlags, ...args], {
    ...options,
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
  });
  running.add(child);
  // Not the `close` event: it never comes once this side has closed the channel.
  const ended = new Promise<Exit>((resolve) => {
    child.once("error", () => resolve({ code: 1, signal: null }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const report = child.stdio[REPORT_FD] as NodeJS.ReadableStream;
  const exit = Promise.all([ended, ...[child.stdout, child.stderr, report].map(closed)]).then(
    ([how]) => how,
  );
  void exit.then(() => running.delete(child));
  return { child, report, exit, stop: () => stop(child, exit) };
}

function closed(stream: NodeJS.ReadableStream | null): Promise<void> {
  return new Promise((resolve) => (stream ? stream.once("close", resolve) : resolve()));
}

/** Ends every process of the preview. */
export function killAll(): void {
  for (const child of running) end(child);
}

/** A child ends when it loses the channel to this process (see child.js). */
async function stop(child: ChildProcess, exit: Promise<Exit>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => end(child), graceMs);
  await exit;
  clearTimeout(timer);
}

function end(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}

/** Calls back for each line that a process writes to a stream, the last one included. */
export function onLines(
  stream: NodeJS.ReadableStream | null,
  onLine: (line: string) => void,
): void {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream?.on("end", () => {
    if (rest) onLine(rest);
  });
}
