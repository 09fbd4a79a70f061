import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as path from "node:path";

const PACK = path.join(__dirname, "..", "..", "policy-pack");

describe("policy pack: under Pulumi's own runner", () => {
  it("makes itself loadable, and serves", async function () {
    const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
      cwd: PACK,
      env: { PATH, HOME, PULUMI_CONFIG: "{}" },
    });
    let errors = "";
    child.stderr.on("data", (chunk) => (errors += String(chunk)));
    try {
      const said = await new Promise<string>((resolve) => {
        child.stdout.once("data", (chunk) => resolve(String(chunk)));
        child.once("exit", (code) => resolve(`ended with ${code}: ${errors}`));
      });
      assert.match(said, /^\d+\n$/, errors);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
