/** Runs the workflows' scripts in a folder of their own, with stand-ins for the programs that they start. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { spawnSync } from "./child";

export const SCRIPTS = path.join(__dirname, "..", "..", ".github", "scripts");

/** What Pulumi's command line does where the backend has no such stack. */
export const NO_STACK = `echo "error: no stack named 'staging' found" >&2; exit 6`;

class ScriptFolder {
  public readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "scripts-"));

  public constructor() {
    fs.mkdirSync(path.join(this.directory, "bin"));
    // Scripts start others by their path below the repository.
    fs.mkdirSync(path.join(this.directory, ".github"));
    fs.symlinkSync(SCRIPTS, path.join(this.directory, ".github", "scripts"));
  }

  public remove(): void {
    fs.rmSync(this.directory, { recursive: true });
  }

  /** Stands in for a program: notes its arguments, then does what a shell line says. */
  public program(name: string, line: string): void {
    const file = path.join(this.directory, "bin", name);
    fs.writeFileSync(file, `#!/bin/bash\necho "${name} $*" >>"${this.directory}/calls"\n${line}\n`);
    fs.chmodSync(file, 0o755);
  }

  public run(script: string, args: readonly string[], env: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync(path.join(SCRIPTS, script), [...args], {
      cwd: this.directory,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${path.join(this.directory, "bin")}:${process.env["PATH"]}`,
        BACKEND: "s3://state",
        GITHUB_OUTPUT: path.join(this.directory, "output"),
        GITHUB_STEP_SUMMARY: path.join(this.directory, "summary"),
        ...env,
      },
    });
    const calls = path.join(this.directory, "calls");
    return {
      status,
      said: stdout + stderr,
      calls: fs.existsSync(calls) ? fs.readFileSync(calls, "utf8").trim().split("\n") : [],
    };
  }

  public read(file: string): string {
    return fs.readFileSync(path.join(this.directory, file), "utf8");
  }
}

/** A folder of its own for each test of a suite: what is asked of it goes to that of the test that runs. */
export function folderForEach() {
  let folder: ScriptFolder;
  beforeEach(() => {
    folder = new ScriptFolder();
  });
  afterEach(() => folder.remove());
  return {
    at: (...names: string[]) => path.join(folder.directory, ...names),
    program: (name: string, line: string) => folder.program(name, line),
    run: (script: string, args: readonly string[], env: Record<string, string> = {}) =>
      folder.run(script, args, env),
    read: (file: string) => folder.read(file),
  };
}
