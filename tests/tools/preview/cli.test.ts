import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { pack, preview, type Result, sample } from "./support";

const cli = path.join(__dirname, "..", "..", "..", "tools", "preview", "cli.js");

/** True while a process exists. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !fs.readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, ms = 10_000): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}

describe("npm run preview", () => {
  const results: Record<string, Promise<Result>> = {};
  const run = (name: string): Promise<Result> => results[name] ?? assert.fail(name);

  before(() => {
    const failing = ["throws", "applies", "invalid", "duplicate", "remote", "exits", "noprovider"];
    const commands: [string, string[]][] = [
      ["json", ["-s", "policies", "--json", "--policy-pack", pack]],
      ["text", ["-s", "complete", "--policy-pack", pack, "--resources"]],
      ["summary", ["-s", "complete", "--policy-pack", pack, "--tree"]],
      ["usage", ["--bogus"]],
      ["stack", ["--stack", "nope"]],
      ["help", ["--help"]],
      ["pack", ["-s", "invalid", "--policy-pack", sample]],
      ["crash", ["-s", "crash", "--policy-pack", pack]],
      ["lookup", ["-s", "lookup", "--no-policy", "--resources"]],
      ["jsonError", ["-s", "throws", "--json", "--no-policy"]],
      ...failing.map((name): [string, string[]] => [name, ["-s", name, "--no-policy"]]),
    ];
    // Two at a time, as many as there are cores at least.
    let last: [Promise<unknown>, Promise<unknown>] = [Promise.resolve(), Promise.resolve()];
    for (const [name, args] of commands) {
      const started = last[0].then(() => preview(args));
      results[name] = started;
      last = [last[1], started];
    }
  });

  it("--json prints one document and nothing else; a mandatory violation is exit code 1", async () => {
    const { code, stdout } = await run("json");
    assert.equal(code, 1);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(document), [
      "project",
      "stack",
      "region",
      "resources",
      "outputs",
      "policies",
      "diagnostics",
      "summary",
      "schemas",
      "cost",
      "recovery",
      "criticalPath",
      "durationMs",
    ]);
    assert.deepEqual(document.summary, {
      resources: 5,
      madeByProviders: 4,
      byComponent: { "(stack)": 5 },
    });
  });

  it("for people, tree, outputs and verdict, without colour in a pipe; exit code 0", async () => {
    const { code, stdout, stderr } = await run("text");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /├─ store {12}sample:index:Store\n/);
    assert.match(stdout, /  generated {5}\[secret\]\n/);
    assert.match(stdout, /warning: the account is an example\n/);
    assert.match(stdout, /no mandatory violation, 2 undecided\n/);
    assert.match(stdout, /\n8 resources, \d of them created by providers, in \d+\.\d s/);
    assert.equal(stdout.includes("\u001b"), false);
    assert.match(stdout, /\nPASSED: no mandatory violation, 2 undecided [^\n]*\n$/);
  });

  it("says the main things in a few lines, after the tree if that is asked for", async () => {
    const { code, stdout, stderr } = await run("summary");
    assert.equal(code, 0, stdout + stderr);
    const [tree, summary = ""] = stdout.split("\n\nPreview of ");
    assert.match(tree!, /├─ store {12}sample:index:Store\n/);
    assert.match(
      summary,
      /^[^\n]*: 8 resources, \d of them created by providers; [\d.]+ USD a month\n/,
    );
    assert.ok(summary.split("\n").length <= 45);
    assert.doesNotMatch(summary, /generated/);
    assert.match(stdout, /\nPASSED: no mandatory violation, 2 undecided [^\n]*\n$/);
  });

  it("wrong usage is exit code 2 and says what is known", async () => {
    const usage = await run("usage");
    assert.equal(usage.code, 2);
    assert.match(usage.stderr, /^error: Unknown option '--bogus'\n/);
    const stack = await run("stack");
    assert.equal(stack.code, 2);
    assert.match(
      stack.stderr,
      /--stack: expected one of applies, callbacks, complete, .*, got "nope"\n/,
    );
    const noPack = await run("pack");
    assert.equal(noPack.code, 2);
    assert.match(
      noPack.stderr,
      /--policy-pack: expected a folder with PulumiPolicy\.yaml, got ".*sample"/,
    );
  });

  it("--help is printed without a preview", async () => {
    const { code, stdout } = await run("help");
    assert.equal(code, 0);
    assert.match(stdout, /--policy-pack-config FILE/);
  });

  it("a program error shows its message and the frames in our code, nothing of the inside", async () => {
    const { code, stdout, stderr } = await run("throws");
    assert.equal(code, 1);
    assert.match(stdout, /^Preview of sample, stack throws: incomplete, the program failed\n/);
    assert.match(
      stdout,
      /└─ broken +sample:index:Broken\n\n2 resources up to the failure; stack rules/,
    );
    assert.equal(
      stderr,
      "error: there is no such zone: us-east-1z\n" +
        "  at programs/throws.ts:11:11 (Broken.fail)\n" +
        "  at programs/throws.ts:7:10 (new Broken)\n" +
        "  at programs/throws.ts:15:1\n",
    );
  });

  it("an error in a function of an apply is told once, with resource and frame", async () => {
    const { code, stderr } = await run("applies");
    assert.equal(code, 1);
    assert.equal(
      stderr,
      "error: there is no such zone: us-east-1z\n" +
        "    while it prepared sample:index:Shop shop\n" +
        "  at programs/applies.ts:14:11\n",
    );
  });

  it("with --json a program error is a document as well", async () => {
    const { code, stdout } = await run("jsonError");
    assert.equal(code, 1);
    const { error } = JSON.parse(stdout) as { error: { failures: { message: string }[] } };
    assert.deepEqual(
      error.failures.map(({ message }) => message),
      ["there is no such zone: us-east-1z"],
    );
  });

  it("an invalid configuration is the program's own message", async () => {
    const { code, stderr } = await run("invalid");
    assert.equal(code, 1);
    assert.equal(stderr, "error: sample:size: expected a positive number, got -1\n");
  });

  it("a duplicate resource is an error that names it and where it is made", async () => {
    const { code, stderr } = await run("duplicate");
    assert.equal(code, 1);
    assert.match(stderr, /Duplicate resource URN 'urn:.*::twice'; try giving it a unique name\n/);
    assert.match(stderr, /  at programs\/duplicate\.ts:5:1\n/);
  });

  it("a data source without an answer and an unknown remote component are warnings", async () => {
    const { code, stdout } = await run("lookup");
    assert.equal(code, 0);
    assert.match(
      stdout,
      / {4}- call: aws:index\/getCallerIdentity:getCallerIdentity\n {6}result: \{ id: /,
    );
    const remote = await run("remote");
    assert.equal(remote.code, 0);
    assert.match(
      remote.stdout,
      /children not shown, outputs unknown: elsewhere:index:Cluster \(\w+\)/,
    );
  });

  it("a forbidden default provider is an error", async () => {
    const provider = await run("noprovider");
    assert.equal(provider.code, 1);
    assert.match(
      provider.stderr,
      /Default provider for 'aws' disabled\. 'aws:s3\/bucket:Bucket' must/,
    );
  });

  it("a rule that crashes ends the preview, with its message and frame", async () => {
    const { code, stderr } = await run("crash");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: policy pack sample-pack failed: .*policy 'crashes'.*\nError: the rule is broken\n {2}at \.\.\/pack\/index\.ts:\d+:\d+/,
    );
  });

  it("a program that ends without a message is reported with its output", async () => {
    const { code, stderr } = await run("exits");
    assert.equal(code, 1);
    assert.equal(stderr, "error: out of patience\n");
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    it(`${signal} leaves no process behind`, async () => {
      const child = spawn(process.execPath, [cli, "-s", "endless", "--policy-pack", pack], {
        cwd: sample,
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const file = `/proc/${child.pid}/task/${child.pid}/children`;
      const children = (): number[] =>
        fs.readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number);
      assert.ok(await until(() => children().length === 1), "program and pack run");
      const pids = children();
      child.kill(signal);
      await ended;
      assert.ok(await until(() => !pids.some(alive)), `${pids.join(", ")} have ended`);
    });
  }
});
