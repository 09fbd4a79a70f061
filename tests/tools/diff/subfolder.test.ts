/** The comparison of a program that stands below the repository's root: with packages of its own, and without a stack file. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { execFileSync, spawnSync } from "../../support/child";

const ROOT = path.join(__dirname, "..", "..", "..");

const program = (size: number, title: string) => `const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
class Cluster extends pulumi.ComponentResource {
  constructor(name, args) { super("elsewhere:index:Cluster", name, args, {}, true); }
}
new Cluster("main", { size: ${size} });
new aws.sns.Topic("news", { displayName: "${title}" });
`;

describe("npm run diff of a program in a folder", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "diff-folder-"));
  const infra = path.join(directory, "apps", "infra");
  after(() => fs.rmSync(directory, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd: directory,
    });
  const write = (name: string, text: string) => fs.writeFileSync(path.join(infra, name), text);
  const diff = () =>
    spawnSync(process.execPath, [path.join(ROOT, "tools/commands/run.js"), "diff", "-C", infra], {
      cwd: directory,
    });

  before(() => {
    fs.mkdirSync(path.join(infra, "node_modules"), { recursive: true });
    fs.writeFileSync(path.join(directory, ".gitignore"), "node_modules\n");
    write("Pulumi.yaml", "name: own\nruntime: nodejs\n");
    write("package.json", '{ "name": "own" }\n');
    write("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
    write("index.js", program(1, "News"));
    for (const name of fs.readdirSync(path.join(ROOT, "node_modules"))) {
      if (name.startsWith(".")) continue;
      const target = path.join(infra, "node_modules", name);
      fs.symlinkSync(path.join(ROOT, "node_modules", name), target);
    }
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "base");
    git("checkout", "-q", "-b", "branch");
  });

  it("uses the packages of the program's own folder, and the stack that a program without one has", () => {
    write("index.js", program(1, "More"));
    const { status, stdout, stderr } = diff();
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^dev: 0 to add, 1 to change, /);
    // Nothing is left where there were no packages.
    assert.equal(fs.existsSync(path.join(directory, "node_modules")), false);
  });

  it("compares what a component gets whose children are not shown", () => {
    write("index.js", program(2, "News"));
    const { status, stdout, stderr } = diff();
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^dev: 0 to add, 1 to change, /);
    assert.match(
      stdout,
      / main elsewhere:index:Cluster \(its children are not shown\)\n +size: 1 -> 2; not known whether in place/,
    );
    write("index.js", program(2, "News").replace(/new Cluster.*/, ""));
    assert.match(diff().stdout, / main elsewhere:index:Cluster \(its children are not shown\)/);
  });

  it("installs the base's packages where Yarn's Plug'n'Play is not committed", () => {
    const shop = path.join(directory, "shop");
    const bin = path.join(directory, "bin");
    const hook = `const Module = require("node:module");
      const resolve = Module._resolveFilename;
      const theirs = Module.createRequire(${JSON.stringify(path.join(ROOT, "package.json"))});
      Module._resolveFilename = function (request, parent, ...rest) {
        const isOurs = parent?.filename?.startsWith(__dirname) && !/^[./]|^node:/.test(request);
        return isOurs ? theirs.resolve(request) : resolve.call(this, request, parent, ...rest);
      };`;
    const files = {
      "shop/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "shop/package.json": '{ "name": "shop" }',
      "shop/yarn.lock": "__metadata:\n",
      "shop/index.js": program(1, "News"),
      // Yarn, as far as this program needs it.
      "bin/yarn": `#!/bin/sh\ncp ${path.join(directory, "hook.cjs")} .pnp.cjs\n`,
      "hook.cjs": hook,
      ".gitignore": "node_modules\n.pnp.*\nbin\nhook.cjs\n",
    };
    for (const folder of [shop, bin]) fs.mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) {
      fs.writeFileSync(path.join(directory, name), text, { mode: 0o755 });
    }
    fs.copyFileSync(path.join(directory, "hook.cjs"), path.join(shop, ".pnp.cjs"));
    git("add", ".");
    git("commit", "-q", "-m", "a shop");
    fs.writeFileSync(path.join(shop, "index.js"), program(1, "More"));
    const run = path.join(ROOT, "tools/commands/run.js");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [run, "diff", "-C", shop, "--base", "HEAD"],
      { cwd: directory, env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^dev: 0 to add, 1 to change, /);
  });
});
