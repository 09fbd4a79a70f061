import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { spawnSync } from "../support/child";

const ROOT = path.join(__dirname, "..", "..");

/** A program whose error drags along what the SDK hangs on it: a promise, and by it all resources. */
const PROGRAM = `interface Resource { readonly index: number; others?: Resource[] }

function lookUp(zone: string): never {
  const resources: Resource[] = Array.from({ length: 300 }, (_, index) => ({ index }));
  for (const resource of resources) resource.others = resources;
  const promise = Object.assign(Promise.resolve(resources), { resources });
  Object.defineProperty(promise, "_debugCtx", {
    value: "serializeProperty.await(resource:shop[aws:s3/bucket:Bucket].bucket)",
  });
  throw Object.assign(new Error("there is no such zone: " + zone), { promise, code: "ENOZONE" });
}

export const failing = () => Promise.resolve("z").then((zone) => lookUp(zone));
`;

/** What Pulumi's runner does: its own function for the text, in its listener. */
const RUNNER = `
  require("source-map-support/register");
  const { defaultErrorMessage } = require("@pulumi/pulumi/cmd/run/error");
  process.on("unhandledRejection", (error) => { console.error(defaultErrorMessage(error)); process.exitCode = 3; });`;
const START = `require(${JSON.stringify(path.join(ROOT, "runtime", "start.js"))})();`;

describe("runtime: errors that end a program", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "errors-"));
  const program = path.join(directory, "program.ts");
  fs.writeFileSync(program, PROGRAM);
  after(() => fs.rmSync(directory, { recursive: true }));

  const run = (...lines: string[]) => {
    const script = [...lines, `require(${JSON.stringify(program)}).failing();`].join("\n");
    const { stderr, status } = spawnSync(process.execPath, ["-e", script], {
      cwd: ROOT,
      encoding: "utf8",
      env: { PATH: process.env.PATH, NO_COLOR: "1" },
    });
    // The runner colours what it prints.
    return { stderr: stderr.replace(/\x1b\[\d+m/g, ""), status };
  };
  const place = path.relative(ROOT, program);

  it("under Pulumi's runner: message, our own lines in TypeScript and resource, once and short", () => {
    const { stderr, status } = run(RUNNER, START);
    assert.equal(status, 3);
    assert.deepEqual(stderr.trimEnd().split("\n").slice(0, 4), [
      "Error: there is no such zone: z",
      `    at lookUp (${place}:10:23)`,
      `    at ${place}:13:66`,
      "    while it prepared aws:s3/bucket:Bucket shop {",
    ]);
    assert.equal(stderr.split("there is no such zone").length, 2);
    assert.match(stderr, /code: 'ENOZONE'/);
    assert.ok(stderr.length < 600, `${stderr.length} characters`);
  });

  it("under Node.js alone: the process still fails, with the short text", () => {
    const { stderr, status } = run(START);
    assert.equal(status, 1);
    assert.match(stderr, /Error: there is no such zone: z\n\s+at lookUp \(.*program\.ts:10:23\)/);
    assert.equal(stderr.split("Error: there is no such zone").length, 2);
    assert.ok(stderr.length < 1500, stderr);
  });

  it("an error without frames of ours keeps those that it has, and a cause is short as well", () => {
    const script = `${RUNNER}${START}
      const cause = Object.assign(new Error("the cause"), { graph: { deep: { deeper: Array(500).fill("x") } } });
      const error = new RangeError("from elsewhere", { cause });
      error.stack = "RangeError: from elsewhere\\n    at call (/x/node_modules/sdk/a.js:1:2)\\n    at next (node:internal:1:1)";
      Promise.reject(error);
      process.exitCode = 0;`;
    const { stderr } = spawnSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" });
    assert.match(stderr, /from elsewhere/);
    assert.match(stderr, /node_modules\/.*a\.js:1:2|a\.js:1:2/);
    assert.match(stderr, /the cause/);
    assert.doesNotMatch(stderr, /deeper/);
  });
});
