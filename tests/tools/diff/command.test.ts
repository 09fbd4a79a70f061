/** The command on a small program of its own in a repository of its own: which sides are planned, and how it ends. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { execFileSync, spawnSync } from "../../support/child";

const ROOT = path.join(__dirname, "..", "..", "..");

const PROGRAM = `
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config("own");
if (config.get("broken")) throw new Error("own:broken: expected nothing, got a value");
new aws.s3.Bucket("data", { bucket: config.get("bucket") ?? "own-data" });
new aws.sns.Topic("news", { name: "own-news", displayName: config.get("title") ?? "News" });
`;

describe("npm run diff", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "diff-command-"));
  after(() => fs.rmSync(directory, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd: directory,
    });
  const write = (name: string, text: string) => fs.writeFileSync(path.join(directory, name), text);
  const config = (lines: string) =>
    write("Pulumi.dev.yaml", `config:\n  aws:region: us-east-1\n${lines}`);
  const diff = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [path.join(ROOT, "tools", "commands", "run.js"), "diff", "--stack", "dev", ...args],
      { cwd: directory, env: { ...process.env, ...colour } },
    );
  let colour: NodeJS.ProcessEnv = {};

  before(() => {
    write(
      "Pulumi.yaml",
      "name: own\nmain: .\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    );
    write("index.js", PROGRAM);
    write("package.json", '{ "name": "own", "main": "index.js" }\n');
    write(".gitignore", "node_modules\n");
    config("");
    // A folder of its own, for the cache that the command writes into it.
    const modules = path.join(directory, "node_modules");
    fs.mkdirSync(modules);
    for (const name of fs.readdirSync(path.join(ROOT, "node_modules"))) {
      if (name.startsWith(".")) continue;
      fs.symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
    }
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "base");
    git("checkout", "-q", "-b", "branch");
  });

  it("says that nothing changes, and keeps the base's plan for the next time", () => {
    const first = diff();
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /^dev: nothing changes \|/);
    assert.equal(
      fs.readdirSync(path.join(directory, "node_modules", ".cache", "crm-diff")).length,
      1,
    );
    assert.equal(git("worktree", "list").trim().split("\n").length, 1);
  });

  it("ends with 3 where data would be lost, with the headline first", () => {
    config("  own:bucket: own-other\n  own:title: More\n");
    const { status, stdout } = diff();
    assert.equal(status, 3);
    const [headline] = stdout.split("\n");
    assert.match(
      headline!,
      /^dev: 0 to add, 1 to change, 1 to replace \(data lost\), 0 to delete \| cost unchanged \| /,
    );
    assert.match(stdout, /bucket: "own-data" -> "own-other"; replaces/);
    assert.match(stdout, /displayName: "News" -> "More"; in place/);
  });

  it("is coloured only if the environment says so, never by the program's output", () => {
    config(`  own:bucket: own-other\n  own:title: "\\e[31mred"\n`);
    colour = { FORCE_COLOR: "1" };
    const painted = diff().stdout;
    colour = { NO_COLOR: "1" };
    const plain = diff().stdout;
    colour = {};
    assert.match(painted, /^\u001b\[1mdev: /);
    assert.ok(!painted.includes("\u001b[31mred") && painted.includes("red"));
    assert.doesNotMatch(plain, /\u001b/);
    config("  own:bucket: own-other\n  own:title: More\n");
  });

  it("writes the same as a document", () => {
    const { status, stdout } = diff("--json");
    assert.equal(status, 3);
    const { stacks } = JSON.parse(stdout) as {
      stacks: { changes: { op: string; name: string }[]; findings: { class: string }[] }[];
    };
    assert.deepEqual(
      stacks[0]!.changes.map(({ op, name }) => `${op} ${name}`),
      ["replace data", "update news"],
    );
    assert.equal(stacks[0]!.findings[0]!.class, "data lost");
  });

  it("writes the same as the comment, and as a page that opens on the changes", () => {
    const page = path.join(directory, "dev.html");
    const { status, stdout, stderr } = diff("--markdown", "--html", page);
    assert.equal(status, 3);
    assert.match(stdout, /^<!-- crm-preview -->\n/);
    assert.match(stdout, /\| \*\*replace\*\* \| `data` \|/);
    assert.equal(stderr, `wrote ${page}\n`);
    const html = fs.readFileSync(page, "utf8");
    assert.match(html, /"changes":\{"headline":"dev: 0 to add, 1 to change, 1 to replace/);
    fs.rmSync(page);
  });

  it("says of a program that fails its error and nothing else", () => {
    config('  own:broken: "yes"\n');
    const { status, stdout } = diff();
    assert.equal(status, 1);
    assert.match(stdout, /^dev: changes not known, the program fails\n {2}.*own:broken: expected/);
    assert.doesNotMatch(stdout, /to delete|Changes/);
  });

  it("names an encrypted setting that changes, whose value is not shown", () => {
    config("  own:token:\n    secure: AAABAMCi6Jfy5Yr+QZ9hYV5vR3yJ\n");
    const { status, stdout } = diff();
    assert.equal(status, 0);
    assert.match(stdout, /1 encrypted setting changes\n {2}own:token/);
  });

  it("reads a plan on standard input once, with and without the name of its stack", () => {
    const cli = path.join(ROOT, "tools", "preview", "cli.js");
    const input = spawnSync(process.execPath, [cli, "--json"], { cwd: directory }).stdout;
    const run = path.join(ROOT, "tools", "commands", "run.js");
    for (const stack of [[], ["--stack", "dev"]]) {
      const args = [run, "diff", "--base-plan", "-", ...stack];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: directory,
        input,
      });
      assert.equal(status, 0, stdout + stderr);
      assert.match(stdout, /^dev: /);
    }
  });

  it("is told what is wrong in its usage", () => {
    for (const [args, says] of [
      [["--base", "no-such-branch"], /--base: expected a commit .* got "no-such-branch"/],
      [["--base-plan", "none.json"], /--base-plan: /],
      [["--nonsense"], /Usage: npm run diff/],
      [["--json", "--markdown"], /--markdown: expected one form/],
      [["--html", "a.html", "--stack", "other"], /--html: expected the name of a file, and one/],
    ] as const) {
      const { status, stderr } = diff(...args);
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, says);
    }
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "diff-elsewhere-"));
    fs.writeFileSync(path.join(elsewhere, "Pulumi.yaml"), "name: elsewhere\nruntime: nodejs\n");
    const outside = spawnSync(
      process.execPath,
      [path.join(ROOT, "tools", "commands", "run.js"), "diff", "-C", elsewhere],
      { env: { ...process.env, GIT_CEILING_DIRECTORIES: os.tmpdir() } },
    );
    fs.rmSync(elsewhere, { recursive: true });
    assert.equal(outside.status, 2);
    assert.match(outside.stderr, /expected a git checkout, .*--base-plan plan\.json/);
  });
});
