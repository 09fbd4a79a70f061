/**
 * Programs that a test starts and waits for. Mocha's own time-out cannot end such a wait, since it blocks the process:
 * one program that never ended once held a whole run for good.
 */
import * as child from "node:child_process";

/** Milliseconds that a program of a test gets: several times what the slowest needs on a loaded machine with two cores. */
const LIMIT = { timeout: 240_000, killSignal: "SIGKILL", maxBuffer: 2 ** 26 } as const;

type Options = child.SpawnSyncOptions;

/** Like Node's own, with text as output and a time limit; a program that reaches it fails the test by name. */
export function spawnSync(program: string, args: readonly string[] = [], options: Options = {}) {
  const result = child.spawnSync(program, args, { ...LIMIT, ...options, encoding: "utf8" });
  const { error } = result;
  if (error && "code" in error && error.code === "ETIMEDOUT") {
    const said = `${result.stdout}${result.stderr}`.slice(-2000);
    throw new Error(`${program} ${args.join(" ").slice(0, 200)} did not end in time: ${said}`);
  }
  return result;
}

/** What the program printed; its failure fails the test. */
export function execFileSync(program: string, args: readonly string[] = [], options: Options = {}) {
  return child.execFileSync(program, args, { ...LIMIT, ...options, encoding: "utf8" });
}
