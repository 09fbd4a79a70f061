/** What a deployment installs is enough for it: nothing that runs is a package for development alone. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { execFileSync, spawnSync } from "../support/child";

const ROOT = path.join(__dirname, "..", "..");

describe("npm ci --omit=dev", () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "without-development-"));
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
    }).split("\n");
    for (const file of files.filter((name) => fs.existsSync(path.join(ROOT, name)) && name)) {
      fs.cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true });
    }
    const installed = spawnSync("npm", ["ci", "--omit=dev", "--prefer-offline", "--no-audit"], {
      cwd: folder,
    });
    assert.equal(installed.status, 0, installed.stderr);
    assert.ok(!fs.existsSync(path.join(folder, "node_modules", "mocha")));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const npm = (...args: string[]) =>
    spawnSync("npm", ["run", "--silent", ...args], { cwd: folder });

  it("is enough for the preview with its pack, as JSON and as a page", () => {
    const result = npm("preview", "--", "--json", "--html", "out.html");
    assert.equal(result.status, 0, result.stderr);
    const { resources, policies } = JSON.parse(result.stdout) as {
      resources: object[];
      policies: { packs: object[] };
    };
    assert.ok(resources.length > 500);
    assert.equal(policies.packs.length, 1);
    assert.ok(fs.statSync(path.join(folder, "out.html")).size > 100_000);
  });

  it("is enough for the pack under Pulumi's own runner", () => {
    // It serves until it is ended; what it prints first is its port.
    const runner = path.join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    const { stdout, stderr } = spawnSync(
      "timeout",
      ["20", process.execPath, runner, "127.0.0.1:1", "."],
      {
        cwd: path.join(folder, "policy-pack"),
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], PULUMI_CONFIG: "{}" },
      },
    );
    assert.match(stdout, /^\d+\n$/, stderr);
  });

  // The pipeline's commands, and those that a person runs with an account.
  const commands = [
    ...["approved", "guard", "drift", "comment", "keep-images"],
    ...["status", "logs", "exec", "tunnel", "policy", "cost", "diagram", "recovery"],
  ];
  for (const command of commands) {
    it(`is enough for npm run ${command}`, () => {
      const { status, stdout, stderr } = npm(command, "--", "--help");
      assert.ok(status === 0 || status === 2, stderr);
      assert.match(stdout + stderr, /^Usage: npm run /);
    });
  }
});
