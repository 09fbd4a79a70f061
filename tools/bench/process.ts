/** Runs a command and measures it from outside: wall-clock time, and memory of the whole process tree. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";

/** One run. */
export interface Run {
  readonly seconds: number;
  /** Seconds that all processes of the run have computed; NaN where /proc is missing. */
  readonly cpuSeconds: number;
  /** Highest sum over the process tree in MiB, shared pages counted once (PSS); NaN where /proc is missing. */
  readonly peakMiB: number;
  /** Most that one process of them held in MiB (PSS); NaN where /proc is missing. */
  readonly largestMiB: number;
  readonly stdout: string;
  readonly code: number;
}

/** Milliseconds between two looks at the memory. */
const INTERVAL = 100;

/** What is run beside this process's own Node.js and environment. */
interface Surroundings {
  readonly command?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs `node`, or another command, with arguments. */
export function measure(
  args: readonly string[],
  cwd: string,
  { command = process.execPath, env }: Surroundings = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, {
      cwd,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    let peak = Number.NaN;
    let largest = Number.NaN;
    const computed = new Map<number, number>();
    const timer = setInterval(() => {
      const tree = treeOf(child.pid!);
      for (const pid of tree) computed.set(pid, cpuOf(pid) ?? computed.get(pid) ?? 0);
      const memory = tree.map(memoryOf);
      const sum = memory.reduce((total, one) => total + one, 0);
      peak = Number.isNaN(peak) ? sum : Math.max(peak, sum);
      largest = Math.max(Number.isNaN(largest) ? 0 : largest, ...memory);
    }, INTERVAL);
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      resolve({
        seconds: Number(process.hrtime.bigint() - started) / 1e9,
        cpuSeconds: computed.size
          ? [...computed.values()].reduce((total, one) => total + one, 0)
          : Number.NaN,
        peakMiB: peak,
        largestMiB: largest,
        stdout: Buffer.concat(chunks).toString("utf8"),
        code: code ?? 1,
      });
    });
  });
}

/** A process and its descendants: each thread has children of its own, and a program in Go starts them from any. */
export function treeOf(pid: number): number[] {
  try {
    const threads = fs.readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) => childrenOf(`/proc/${pid}/task/${thread}`));
    return [pid, ...children.flatMap(treeOf)];
  } catch {
    // It has ended, or this is no Linux.
    return [pid];
  }
}

function childrenOf(thread: string): number[] {
  try {
    return fs.readFileSync(`${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    // The thread has ended since.
    return [];
  }
}

/** Seconds that a process has computed so far. The clock of /proc ticks a hundred times a second. */
function cpuOf(pid: number): number | undefined {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

function memoryOf(pid: number): number {
  try {
    const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return fs.existsSync("/proc") ? 0 : Number.NaN;
  }
}

/** The run in the middle by time. */
export function median(runs: readonly Run[]): Run {
  return [...runs].sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)]!;
}

/** Medians of what is compared, measured in turns: a machine that grows slower does so for all of it. */
export async function inTurns<const T extends readonly Run[]>(
  times: number,
  measured: { readonly [K in keyof T]: () => Promise<T[K]> },
): Promise<T> {
  const runs: Run[][] = measured.map(() => []);
  for (let turn = 0; turn < times; turn++) {
    for (const [index, once] of measured.entries()) {
      runs[index]!.push(await once());
    }
  }
  // Each median is one of what was measured at its place.
  return runs.map(median) as readonly Run[] as T;
}
