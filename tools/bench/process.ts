/** Runs a command and measures it from outside: wall-clock time, and memory of the whole process tree. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";

/** One run. */
export interface Run {
  readonly seconds: number;
  /** Highest sum over the process tree in MiB, shared pages counted once (PSS); NaN where /proc is missing. */
  readonly peakMiB: number;
  readonly stdout: string;
  readonly code: number;
}

/** Milliseconds between two looks at the memory. */
const INTERVAL = 100;

/** Runs `node` with arguments. */
export function measure(args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    let peak = Number.NaN;
    const timer = setInterval(() => {
      const sum = treeMemory(child.pid!);
      peak = Number.isNaN(peak) ? sum : Math.max(peak, sum);
    }, INTERVAL);
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      resolve({
        seconds: Number(process.hrtime.bigint() - started) / 1e9,
        peakMiB: peak,
        stdout: Buffer.concat(chunks).toString("utf8"),
        code: code ?? 1,
      });
    });
  });
}

/** MiB that a process and its descendants take. */
function treeMemory(pid: number): number {
  let sum = memoryOf(pid);
  try {
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    for (const child of children.split(" ").filter(Boolean)) {
      sum += treeMemory(Number(child));
    }
  } catch {
    // It has ended, or this is no Linux.
  }
  return sum;
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
