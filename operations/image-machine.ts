/** What `npm run image-check` asks of the machine: Docker, a question over HTTP, a clock. Tests have one of their own. */
import { spawnSync } from "node:child_process";

import { visible } from "../tools/visible";
import { startCollector, type Collector } from "./image-surroundings";

/** Milliseconds that a call of Docker may take beyond what the image takes. */
const DOCKER_MS = 120_000;

/** What is outside of this process. */
export interface Machine {
  readonly docker: (
    args: readonly string[],
    milliseconds?: number,
  ) => { readonly status: number | null; readonly stdout: string; readonly stderr: string };
  /** @throws where the answer is not whole in time */
  readonly get: (
    url: string,
    milliseconds: number,
  ) => Promise<{
    readonly status: number;
    readonly body: string;
    readonly connection: string | null;
  }>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Listens for traces; if it cannot, no traces are received. */
  readonly collect: () => Promise<Collector>;
  readonly print: (line: string) => void;
}

/** Docker of this machine. */
export const REAL: Machine = {
  docker(args, milliseconds = DOCKER_MS) {
    const result = spawnSync("docker", args, { encoding: "utf8", timeout: milliseconds });
    return { ...result, stderr: result.error?.message ?? result.stderr };
  },
  async get(url, milliseconds) {
    const response = await fetch(url, { signal: AbortSignal.timeout(milliseconds) });
    const connection = response.headers.get("connection");
    return { status: response.status, body: await response.text(), connection };
  },
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  collect: startCollector,
  print: (line) => console.log(visible(line)),
};

/** Docker's answer as text. */
export const dockerOf =
  (machine: Machine) =>
  (...args: string[]): string => {
    const { status, stdout, stderr } = machine.docker(args);
    if (status !== 0) throw new Error(`docker ${args.slice(0, 2).join(" ")}: ${stderr.trim()}`);
    return stdout;
  };
