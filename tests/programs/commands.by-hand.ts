/** All commands alike: help that runs nothing, a near option named, what npm took, a reader that goes, a disk that is full. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { NPMS_OWN, optionsIn } from "../../tools/command-hints";
import { spawnSync } from "../support/child";

const ROOT = path.join(__dirname, "..", "..");
const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
/** Scripts that start one of our commands. `bench` runs nothing of a user's, and has no such frame. */
const COMMANDS = Object.entries(scripts).flatMap(([name, line]) => {
  const parts = /^node (\S+\.js)( .*)?$/.exec(line);
  return parts === null || /bench|\.github/.test(line)
    ? []
    : [{ name, program: [parts[1]!, ...(parts[2]?.trim().split(" ") ?? [])] }];
});

/** Commands that read a file that a person names, with the arguments that name one that is not there. */
const MISSING: Readonly<Record<string, readonly string[]>> = {
  approved: ["--stack", "staging", "--history", "none.json", "--out", "out"],
  guard: ["none.json"],
  diff: ["--base-plan", "none.json"],
  askable: ["none.json"],
  drift: ["staging", "none.json"],
  comment: ["none"],
  preview: [
    ...["-C", path.join(ROOT, "tests", "tools", "preview", "fixtures", "sample")],
    ...["--stack", "complete", "--answers", "none.json"],
  ],
};

describe("every command", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "commands-"));
  after(() => fs.rmSync(directory, { recursive: true }));
  const run = (
    program: readonly string[],
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ) => {
    const [file, ...rest] = program;
    return spawnSync(process.execPath, [path.join(ROOT, file!), ...rest, ...args], {
      cwd: directory,
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        NODE_OPTIONS: process.env.NODE_OPTIONS,
        ...env,
      },
    });
  };
  const shell = (program: readonly string[], rest: string) => {
    const [file, ...args] = program;
    const line = [process.execPath, path.join(ROOT, file!), ...args].map((one) => `'${one}'`);
    return spawnSync("bash", ["-o", "pipefail", "-c", `${line.join(" ")} ${rest}`], {
      cwd: directory,
      encoding: "utf8",
    });
  };

  for (const { name, program } of COMMANDS) {
    it(`${name}: helps, names what is near, and ends in order`, () => {
      const help = run(program, ["--help"]);
      assert.deepEqual([help.status, help.stderr], [0, ""], help.stderr);
      assert.match(help.stdout, /Usage: /);
      assert.deepEqual(fs.readdirSync(directory), [], "help runs nothing");

      const [option] = optionsIn(help.stdout).filter((one) => one.length > 3);
      if (option !== undefined) {
        const near = option.slice(0, -1);
        const wrong = run(program, [`--${near}`, "x"]);
        assert.equal(wrong.status, 2, wrong.stderr);
        assert.match(wrong.stderr, /did you mean --[\w-]+\?/);
        assert.doesNotMatch(wrong.stderr, /^\s+at /m);
      }
      const own = optionsIn(help.stdout).find((one) => !NPMS_OWN.includes(one));
      if (own !== undefined) {
        const taken = run(program, [], { [`npm_config_${own.replaceAll("-", "_")}`]: "true" });
        assert.equal(taken.status, 2, taken.stderr);
        assert.ok(taken.stderr.includes(`npm consumed the option --${own}; put -- before it`));
      }
      const gone = shell(program, "--help | true");
      assert.doesNotMatch(gone.stderr, /at |EPIPE/);
      const full = shell(program, "--help >/dev/full");
      assert.equal(full.status, 1);
      assert.equal(
        full.stderr,
        "error: the output cannot be written: there is no space left on the device\n",
      );

      const missing = Object.hasOwn(MISSING, name) ? MISSING[name] : undefined;
      if (missing !== undefined) {
        const none = run(program, missing);
        assert.notEqual(none.status, 0);
        assert.match(none.stderr, /none/);
        assert.doesNotMatch(none.stderr, /^\s+at /m);
      }
    });
  }
});
