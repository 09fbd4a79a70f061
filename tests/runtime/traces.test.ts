import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { spawnSync } from "../support/child";

const ROOT = path.join(__dirname, "..", "..");

/** Asks the SDK itself for the traces that it takes of a promise and of a resource. */
const PROGRAM = `interface Traced { readonly _debugStackTrace: string }
const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
const { Resource } = require("@pulumi/pulumi/resource");

const p = Promise.resolve(1);
debuggablePromise(p, "p");
export const trace = (p as unknown as Traced)._debugStackTrace;
export const calls = [1].map(() => Resource.callsites()).flat();
export const own = new Error("ours").stack;
`;

describe("runtime: traces", () => {
  // Beside the project, so that its SDK is found.
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "traces-"));
  const program = path.join(directory, "program.ts");
  before(() => {
    fs.writeFileSync(program, PROGRAM);
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(directory, "node_modules"));
  });
  after(() => fs.rmSync(directory, { recursive: true }));

  const traced = (env: Record<string, string> = {}) => {
    const script = `require("source-map-support/register");
      require(${JSON.stringify(path.join(ROOT, "runtime", "start.js"))})();
      const { trace, calls, own } = require(${JSON.stringify(program)});
      console.log(JSON.stringify({ trace, calls, own }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
      ...{ cwd: ROOT, encoding: "utf8", env: { PATH: process.env.PATH, ...env } },
    });
    assert.ok(stdout, stderr);
    return JSON.parse(stdout) as { trace: string; calls: { file?: string }[]; own: string };
  };

  it("the SDK's trace of a promise is created only with PULUMI_DEBUG_PROMISE_LEAKS", () => {
    assert.equal(traced().trace, "Error");
    const { trace } = traced({ PULUMI_DEBUG_PROMISE_LEAKS: "true" });
    assert.match(trace, /\n    at .*program\.ts:6:1/);
  });

  it("the SDK reads the place of a resource in a function without a name too, in TypeScript", () => {
    const { calls } = traced();
    const places = calls.filter(({ file }) => file === program);
    assert.deepEqual(places.slice(0, 2), [
      { file: program, line: 8, column: 45 },
      { file: program, line: 8, column: 26 },
    ]);
  });

  it("an error of the program keeps its whole trace", () => {
    assert.match(traced().own, /^Error: ours\n    at .*program\.ts:9:20\)?\n(    at .*\n?){3,}$/);
  });
});
