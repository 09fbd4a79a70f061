/** `pulumi config set` changes its own line of a stack file and nothing else, asked of the command line itself. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { spawnSync } from "../support/child";
import { installed } from "../support/runbooks";
import { BOOTSTRAP_PROJECT, STACKS_PROJECT, stackNames } from "../support/stack-files";

const pulumi = installed("pulumi");

(pulumi ? describe : describe.skip)("pulumi config set", function () {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "config-set-"));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const run = (cwd: string, ...args: string[]) => {
    const result = spawnSync(pulumi!, args, {
      cwd,
      env: {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "of a test",
        PULUMI_SKIP_UPDATE_CHECK: "1",
      },
    });
    assert.equal(result.status, 0, `pulumi ${args.join(" ")}: ${result.stderr}`);
  };

  for (const [project, stack, key] of [
    ...stackNames().map((name) => [STACKS_PROJECT, name, "crm:accountId"] as const),
    [BOOTSTRAP_PROJECT, "bootstrap", "crm-bootstrap:accountId"] as const,
  ]) {
    it(`changes one line of ${stack}'s file, and adds the secret's`, () => {
      const work = path.join(folder, stack);
      const file = path.join(work, `Pulumi.${stack}.yaml`);
      fs.mkdirSync(work);
      fs.cpSync(path.join(project, "Pulumi.yaml"), path.join(work, "Pulumi.yaml"));
      run(work, "stack", "init", stack);
      fs.cpSync(path.join(project, path.basename(file)), file);
      const before = fs.readFileSync(file, "utf8").split("\n");
      run(work, "config", "set", key, "210987654321", "--stack", stack);
      run(work, "config", "set", "--path", "crm:secrets.x", "--secret", "y", "--stack", stack);
      const after = fs.readFileSync(file, "utf8").split("\n");
      assert.deepEqual(
        before.filter((line, index) => line !== after[index]),
        [`  ${key}: "123456789012"`, ""],
      );
      const added = after.slice(before.length - 1).map((line) => line.replace(/: v1:.*/, ""));
      const lines = ["  crm:secrets:", "    x:", "      secure", "encryptionsalt", ""];
      assert.deepEqual(added, lines);
    });
  }
});
