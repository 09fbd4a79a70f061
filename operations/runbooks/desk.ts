/** The runner's real surroundings: child processes, the terminal, and the files in .runbook/. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline/promises";

import type { Answer, Desk, Progress } from "./runner";
import type { Runbook } from "./step";

const ROOT = path.join(__dirname, "..", "..");

/** Its files can contain encrypted passwords and names of data to rescue: only the owner may read them. */
const OWNER_ONLY = 0o600;

export function realDesk(
  { command, stack }: Pick<Runbook, "command" | "stack">,
  name: string,
  root = ROOT,
): Desk {
  const folder = path.join(root, ".runbook");
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = path.join(folder, `${command}-${stack}-${name}.json`);
  const log = path.join(folder, `${command}-${stack}-${name}.log`);
  return {
    run: (argv, terminal) => runProgram(argv, terminal, root),
    ask,
    attended: process.stdin.isTTY && process.stdout.isTTY,
    print: (line) => console.log(line),
    log: (line) =>
      fs.appendFileSync(log, `${new Date().toISOString()} ${line}\n`, { mode: OWNER_ONLY }),
    recall: () =>
      fs.existsSync(kept) ? (JSON.parse(fs.readFileSync(kept, "utf8")) as Progress) : undefined,
    keep: (progress) => {
      if (progress === undefined) {
        fs.rmSync(kept, { force: true });
        return;
      }
      // Written beside and renamed: a stop in the middle leaves the old one.
      fs.writeFileSync(`${kept}.part`, JSON.stringify(progress, undefined, 2), {
        mode: OWNER_ONLY,
      });
      fs.renameSync(`${kept}.part`, kept);
    },
    write: (file, text) => fs.writeFileSync(path.join(root, file), text, { mode: OWNER_ONLY }),
    now: () => new Date(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
}

async function ask(question: string): Promise<string> {
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** Exit code of a shell for a program that is not there. */
const NOT_FOUND = 127;

function runProgram(argv: readonly string[], terminal: boolean, cwd: string): Promise<Answer> {
  const [program, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program!, args, {
      cwd,
      stdio: terminal ? "inherit" : ["ignore", "pipe", "pipe"],
      // A pager would wait for a key at a prompt that is not shown.
      env: { ...process.env, AWS_PAGER: "" },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "ENOENT" ? `${program} is not installed` : error.message;
      resolve({ status: NOT_FOUND, stdout, stderr: why });
    });
    child.once("close", (code, signal) =>
      resolve({
        status: code ?? 1,
        stdout,
        stderr: signal === null ? stderr : `${stderr}${signal}`,
      }),
    );
  });
}
