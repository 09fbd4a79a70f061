/** All commands of package.json alike: help that fits a terminal, and a wrong command line that says what is wrong. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { wrapped } from "../tools/commands/options";
import { HELP } from "../tools/preview/args";
import { spawnSync } from "./support/child";
import { COMMANDS, ran, SCRIPTS } from "./support/commands";

const ROOT = path.join(__dirname, "..");
/** Command lines of each command that lack something or have too much, with what the message has to name. */
const WRONG: Readonly<Record<string, readonly (readonly [args: string, names: RegExp])[]>> = {
  approved: [
    ["", /^--stack, --history and --out are required/],
    ["--stack staging --out x", /^--history is required/],
  ],
  diff: [["--stack", /--stack/]],
  guard: [
    ["", /<file> or --base/],
    ["a b", /a b/],
    ["a --base main", /a.*--base|--base.*a/],
    ["a --stack staging", /--stack/],
    ["--base main --shown x", /--shown/],
  ],
  policy: [["--stack", /--stack/]],
  cost: [
    ["staging", /staging/],
    ["--stack", /--stack/],
    ["--compare staging", /^--compare: expected two stacks, got "staging"$/],
    ["--compare a b c", /--compare: .*a b c/],
    ["--compare a b --stack c", /--compare/],
  ],
  recovery: [["--stack", /--stack/]],
  capacity: [["--rps none", /^--rps: .*none/]],
  reach: [
    ["--stack", /--stack/],
    ["--from a", /^--to and --port or --action are required/],
    ["--from a --to b --port 0", /^--port: .*"0"/],
    ["--from a --to b --port 1 --action s3:GetObject", /^--action/],
    ["--plan x --stack staging", /^--plan/],
  ],
  setup: [["--nothing", /--nothing/]],
  doctor: [["", /^--stack is required/]],
  teardown: [["", /^--stack is required/]],
  accept: [["staging", /staging/]],
  quotas: [["staging", /staging/]],
  nameservers: [["staging", /staging/]],
  image: [
    ["", /where.*set/],
    ["which auth --stack staging", /which/],
    ["where auth", /^--stack is required/],
    ["where --stack staging", /^<service> is required/],
    ["where auth more --stack staging", /more/],
    ["where auth --stack staging --digest x", /--digest/],
    ["set auth --stack staging", /^--digest is required/],
  ],
  "image-check": [
    ["", /^IMAGE and --service are required/],
    ["image", /^--service is required/],
    ["image more --service auth", /more/],
  ],
  rights: [["", /--stack/]],
  "job-time": [["", /^--stack is required/]],
  askable: [
    ["", /^<plan> is required/],
    ["a b", /a b/],
  ],
  example: [["nothing", /nothing/]],
  status: [["--stack", /--stack/]],
  logs: [["", /service/]],
  exec: [["", /service/]],
  gameday: [["", /--stack/]],
  load: [["", /--stack/]],
  "keep-images": [["--stack", /--stack/]],
  tunnel: [["", /service/]],
  failover: [["--case", /--case/]],
  failback: [["--case", /--case/]],
  "restore-database": [["", /^--stack is required/]],
  "restore-objects": [["", /^--stack is required/]],
  drill: [["", /^--stack is required/]],
  rotate: [["", /^--stack is required/]],
  comment: [
    ["", /^<directory> is required/],
    ["/none", /\/none/],
    ["a b", /a b/],
  ],
  drift: [
    ["", /^<stack> and <file> are required/],
    ["staging", /^<file> is required/],
    ["staging a b", /staging a b/],
  ],
  diagram: [["--stack", /--stack/]],
  pack: [["nothing", /nothing/]],
};

const tooLong = (text: string) => text.split("\n").filter((line) => line.length > 120);

describe("every command", () => {
  it("is in the list of wrong command lines", () => {
    assert.deepEqual(Object.keys(WRONG).sort(), [...COMMANDS.keys()].sort());
    const others = Object.keys(SCRIPTS).filter((name) => !COMMANDS.has(name));
    assert.deepEqual(
      others.filter((name) => /^node /.test(SCRIPTS[name]!)),
      ["preview", "pulumi:install", "pulumi:update", "bench"],
    );
  });

  for (const name of COMMANDS.keys()) {
    it(`${name}: helps in lines of at most 120 columns`, async () => {
      const { code, stdout, stderr } = await ran(name, ["--help"]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^Usage: /);
      assert.deepEqual(tooLong(stdout), []);
    });

    it(`${name}: says what is wrong, and then how it is used`, async () => {
      const lines = [...WRONG[name]!, ["--nothing-such", /--nothing-such/] as const];
      for (const [line, names] of lines) {
        const { code, stderr } = await ran(name, line.split(" ").filter(Boolean));
        assert.equal(code, 2, `${line}: ${stderr}`);
        const [reason, blank, usage] = stderr.split("\n");
        assert.match(reason!, names, line);
        assert.doesNotMatch(reason!, /^Usage/, line);
        assert.equal(blank, "", `${line}: ${stderr}`);
        assert.match(usage!, /^Usage: /, line);
      }
    });
  }

  it("ends with 2 for a stack that does not exist", async () => {
    for (const name of ["status", "cost", "gameday", "capacity"]) {
      const { code, stderr } = await ran(name, ["--stack", "nope"]);
      assert.equal(code, 2, `${name}: ${stderr}`);
      assert.match(stderr, /^--stack: expected one of [\w, ]+, got "nope"\n/, name);
    }
  });

  it("aligns the descriptions of cases and options in a runbook's help", async () => {
    for (const name of ["failover", "drill", "rotate"]) {
      const { stdout } = await ran(name, ["--help"]);
      const rows = stdout.split("\n").filter((line) => /^ {2}--/.test(line));
      const columns = rows.map((row) => /^ {2}--(?:case )?\S+ +/.exec(row)![0].length);
      assert.equal(new Set(columns).size, 1, stdout);
    }
  });
});

describe("the preview's help", () => {
  it("has lines of at most 120 columns", () => assert.deepEqual(tooLong(HELP), []));
});

describe("the releases of the Pulumi CLI", () => {
  for (const command of ["install", "update"]) {
    it(`${command} --help prints the usage and does nothing else`, () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "releases-"));
      try {
        const script = path.join(ROOT, ".github", "scripts", "pulumi-releases.mjs");
        const file = path.join(ROOT, ".github", "pulumi-releases.json");
        const before = fs.readFileSync(file, "utf8");
        // Without credentials in the environment, and with a home of its own: whatever it did would show.
        const env = { PATH: process.env["PATH"], HOME: folder };
        for (const option of ["--help", "-h"]) {
          const done = spawnSync(process.execPath, [script, command, option], {
            ...{ cwd: folder, env, encoding: "utf8" },
          });
          assert.deepEqual([done.status, done.stderr], [0, ""]);
          assert.match(done.stdout, new RegExp(`^Usage: npm run pulumi:${command}`, "m"));
          assert.deepEqual(tooLong(done.stdout), []);
        }
        const wrong = spawnSync(process.execPath, [script, command, "--nothing"], {
          ...{ cwd: folder, env, encoding: "utf8" },
        });
        assert.equal(wrong.status, 2);
        assert.match(wrong.stderr, /--nothing[^\n]*\n\nUsage: /);
        assert.deepEqual(fs.readdirSync(folder), []);
        assert.equal(fs.readFileSync(file, "utf8"), before);
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    });
  }
});

describe("a help text", () => {
  it("is wrapped below its own column, and a paragraph as one text", () => {
    const word = "word ".repeat(30).trim();
    assert.equal(
      wrapped(`  --option  ${word}\n  --other   x`),
      `  --option  ${"word ".repeat(21).trim()}\n            ${"word ".repeat(9).trim()}\n  --other   x`,
    );
    assert.equal(
      wrapped(`${word}\nlast.\n`),
      `${"word ".repeat(24).trim()}\n${"word ".repeat(6)}last.\n`,
    );
    assert.equal(wrapped("short\nlines"), "short\nlines");
  });
});
