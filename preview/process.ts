import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A Node.js process of the preview: TypeScript is loadable in it, and it ends with the preview. */
export interface NodeProcess {
  readonly child: ChildProcess;
  /** Resolves when the process has ended and all its output has arrived. */
  readonly exit: Promise<Exit>;
  /** Asks the process to end, and ends it if it does not. */
  stop(): Promise<void>;
}

/** Time that a process gets for ending by itself. */
const graceMs = 2000;

/** A tenth less memory for each process, and no more time: what lives short here is little. */
const heapFlags = ["--max-semi-space-size=4"];

const running = new Set<ChildProcess>();

/** Starts a Node.js process. */
export function startNode(
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; nodeArguments?: readonly string[] },
): NodeProcess {
  const preload = path.join(__dirname, "child.js");
  const child = spawn(
    process.execPath,
    [...heapFlags, ...(options.nodeArguments ?? []), "--require", preload, ...args],
    { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  running.add(child);
  // Not the `close` event: it never comes once this side has closed the channel.
  const ended = new Promise<Exit>((resolve) => {
    child.once("error", () => resolve({ code: 1, signal: null }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const exit = Promise.all([ended, closed(child.stdout), closed(child.stderr)]).then(
    ([how]) => how,
  );
  void exit.then(() => running.delete(child));
  return { child, exit, stop: () => stop(child, exit) };
}

function closed(stream: NodeJS.ReadableStream | null): Promise<void> {
  return new Promise((resolve) => (stream ? stream.once("close", resolve) : resolve()));
}

/** Ends every process of the preview. */
export function killAll(): void {
  for (const child of running) end(child);
}

/** A child ends by itself when it loses the channel to this process (see child.js). */
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
