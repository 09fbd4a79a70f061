/** The commands on a program of other people: without a stack file, with a component that the preview cannot open. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { spawnSync } from "../../support/child";

const ROOT = path.join(__dirname, "..", "..", "..");
const PROGRAM = `const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
class Cluster extends pulumi.ComponentResource {
  constructor(name) { super("elsewhere:index:Cluster", name, {}, {}, true); }
}
const cluster = new Cluster("main");
new Cluster("second");
// A child of the program's own opens nothing.
new aws.sns.Topic("news", {}, { parent: cluster });
new aws.kms.Key("key");
`;

describe("commands on another program", () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "other-program-"));
    const files = {
      "Pulumi.yaml": "name: other\nruntime: nodejs\n",
      "package.json": "{}",
      "index.js": PROGRAM,
    };
    for (const [file, text] of Object.entries(files))
      fs.writeFileSync(path.join(folder, file), text);
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const run = (command: string, ...args: string[]) => {
    const script = path.join(ROOT, "tools", "commands", "run.js");
    return spawnSync(process.execPath, [script, command, "-C", folder, ...args], { cwd: ROOT });
  };

  it("cost: what its components hold is not estimated", () => {
    const { status, stdout, stderr } = run("cost");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /not estimated: 2 elsewhere:index:Cluster \(its children are not shown\)/);
    assert.match(stdout, /^dev: 1\.61 USD a month$/m);
  });

  it("recovery: the objectives are not known to be met", () => {
    const { status, stdout } = run("recovery");
    assert.equal(status, 1);
    assert.match(
      stdout,
      /The objectives are not known to be met: the children of elsewhere:index:Cluster \(main, second\) are not shown\.$/m,
    );
    const document = JSON.parse(run("recovery", "--json").stdout) as { notShown: unknown };
    assert.deepEqual(document.notShown, ["elsewhere:index:Cluster (main, second)"]);
  });

  it("diagram: the page says what the picture lacks", () => {
    assert.equal(run("diagram", "--out", folder).status, 0);
    const page = fs.readFileSync(path.join(folder, "architecture.md"), "utf8");
    assert.match(
      page,
      /The picture lacks the children of elsewhere:index:Cluster \(main, second\)/,
    );
  });

  it("policy: judged by the baseline", () => {
    const { status, stdout, stderr } = run("policy");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /kms-rotation: key \(index\.js\)/);
    assert.match(stdout, /^PASSED: dev, /m);
  });

  it("diff: compares the stack of the plan, or the program's first", () => {
    const preview = path.join(ROOT, "tools", "preview", "cli.js");
    const { stdout } = spawnSync(process.execPath, [preview, "-C", folder, "--json"], {
      cwd: ROOT,
    });
    const plan = path.join(folder, "plan.json");
    fs.writeFileSync(plan, stdout);
    const diff = run("diff", "--base-plan", plan);
    assert.equal(diff.status, 0, diff.stderr);
    assert.match(diff.stdout, /^dev: nothing changes|^dev: 0 to add/m);
  });
});
