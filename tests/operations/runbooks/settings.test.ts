/** What runbooks do with the stack files: each setting by its own command, committed, and never a whole file. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { BOOKS } from "../../../operations/runbooks/books";
import type { Runbook } from "../../../operations/runbooks/step";
import { spawnSync } from "../../support/child";
import { planInTheEmergency } from "../../support/in-the-emergency";
import { planOf } from "../../support/plans";
import { BOOTSTRAP_PROJECT } from "../../support/stack-files";
import { play } from "./well";

describe("runbooks and the settings in stack files", () => {
  const books: Runbook[] = [];
  before(async () => {
    for (const from of [planOf, planInTheEmergency]) {
      const plans = [await from("production"), await from("recovery")];
      for (const { make } of BOOKS.values()) {
        books.push(make(plans, { bootstrap: BOOTSTRAP_PROJECT }));
      }
    }
  });
  const steps = () => books.flatMap(({ parts }) => parts.flatMap((part) => part.steps));
  const book = (name: string) => books.find(({ command }) => command === name)!;

  it("are undone one by one: a checkout of the file would delete what was set beforehand", () => {
    for (const { id, undo, commands } of steps()) {
      const lines = commands.map(({ argv }) => argv.join(" "));
      assert.doesNotMatch([undo, ...lines].join("\n"), /git checkout/, id);
    }
  });

  it("say how what was stopped starts again: an update without --refresh does not see that it was stopped", () => {
    const restarts = steps().filter(
      ({ commands, undo }) =>
        commands.some(({ argv }) =>
          /--max-capacity 0|concurrent-executions 0/.test(argv.join(" ")),
        ) && /start|stopped/.test(undo),
    );
    for (const id of ["stop-home", "begin", "stop"]) {
      assert.ok(
        restarts.some((step) => step.id === id),
        id,
      );
    }
    for (const { id, undo } of restarts) {
      assert.doesNotMatch(undo, /next update/, id);
      for (const [update, options] of undo.matchAll(/pulumi up --stack \w+( --refresh)?/g)) {
        assert.ok(options !== undefined, `${id}: ${update}`);
      }
      assert.match(undo, /pulumi up --stack \w+ --refresh/, id);
    }
  });

  it("say that the standby does not serve, and are checked, before its database is deleted", async () => {
    const { lines, stopped } = await play(book("failback"), "later");
    assert.equal(stopped, undefined);
    const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
    const deleted = at(/^aws rds delete-db-instance .*crm-recovery-primary/);
    const before = [
      /^pulumi config set --path crm:recovery\.serving false --stack recovery$/,
      /^pulumi config set --path crm:database\.multiAz false --stack recovery$/,
      /^pulumi config rm --path crm:recovery\.beforeDeployment\.skipUntil --stack recovery$/,
      /^pulumi config get --path crm:recovery\.serving --stack recovery$/,
      /^npm run preview -- --stack recovery$/,
    ].map(at);
    assert.ok(
      before.every((index) => index >= 0 && index < deleted),
      String(before),
    );
    assert.ok(at(/git commit .*Pulumi\.recovery\.yaml/) > deleted);
    for (const [command, answer] of [
      [
        /^pulumi config get --path crm:recovery\.serving/,
        { status: 0, stdout: "true", stderr: "" },
      ],
      [/^npm run preview/, { status: 1, stdout: "", stderr: "crm:database.multiAz" }],
    ] as const) {
      const refused = await play(book("failback"), "later", (_, line) =>
        command.test(line) ? answer : undefined,
      );
      assert.ok(refused.stopped !== undefined);
      assert.ok(!refused.lines.some((line) => /delete-db-instance .*crm-recovery/.test(line)));
    }
  });

  it("hold users on the standby in a commit: a deployment of main would let them go", async () => {
    for (const [command, name] of [
      ["failover", "lost"],
      ["failover", "hold"],
      ["failback", "pause"],
    ] as const) {
      const { lines } = await play(book(command), name);
      const set = lines.findIndex((line) => line.includes("crm:edge.healthCheck.holdStandby"));
      const committed = lines.findLastIndex((line) =>
        /git commit .*Pulumi\.production\.yaml/.test(line),
      );
      assert.ok(set >= 0 && set < committed, `${command} ${name}`);
    }
  });

  it("are on main before a step is done: a deployment of an older commit would set them back", () => {
    const settings = steps().filter(({ commands }) =>
      commands.some(({ argv }) => /git commit/.test(argv.join(" "))),
    );
    for (const id of [
      "hold",
      "let-go",
      "stand-again",
      "second-zone",
      "replica",
      "copies",
      "commit",
    ]) {
      assert.ok(
        settings.some((step) => step.id === id),
        id,
      );
    }
    for (const { id, look } of settings) {
      assert.match(look ?? "", /the commit is on main, and no older run .* waits/, id);
    }
    // The setting of another stack's file, in a step of its own, is in a commit as well.
    for (const book of books) {
      for (const [name, parts] of Object.entries(book.cases)) {
        const lines = book.parts
          .filter(({ id }) => parts.includes(id))
          .flatMap((part) => part.steps)
          .flatMap(({ commands }) => commands.map(({ argv }) => argv.join(" ")));
        lines.forEach((line, index) => {
          const stack = /^pulumi config set --path .* --stack ([\w-]+)$/.exec(line)?.[1];
          assert.ok(
            stack === undefined ||
              lines
                .slice(index)
                .some((later) => later.includes("git commit") && later.includes(`.${stack}.yaml`)),
            `${book.command} ${name}: ${line}`,
          );
        });
      }
    }
  });

  it("make CI's comparison of the pages red, which the step that commits them says", () => {
    const ci = fs.readFileSync(path.join(__dirname, "../../../.github/workflows/ci.yml"), "utf8");
    assert.match(ci, /^ {2}accepted:$/m);
    const hold = steps().filter(({ id }) => id === "hold");
    assert.ok(hold.length > 0);
    for (const { says } of hold) assert.match(says, /`accepted` is red.*`npm run accept` first/);
  });

  it("say when the update after a restore fails at its backup: writes are stopped then", () => {
    const updates = steps().filter(({ commands }) =>
      commands.some(({ argv }) => /^pulumi up .*--refresh --exclude/.test(argv.join(" "))),
    );
    assert.deepEqual([...new Set(updates.map(({ id }) => id))].sort(), ["state", "update"]);
    for (const { says } of updates) {
      assert.match(
        says,
        /backup and maintenance windows, and in the 60 minutes before, .*fails at once/,
      );
      assert.match(says, /set `crm:recovery\.beforeDeployment\.skipUntil` to today/);
    }
  });

  it("are committed where something changed, and only those files", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "commit-"));
    const hold = steps().find(({ id }) => id === "hold")!;
    const { argv } = hold.commands.find((command) => /git commit/.test(command.argv.join(" ")))!;
    const run = (program: string, ...args: string[]) => {
      const { status, stdout } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
      return [status, stdout.trim()] as const;
    };
    const git = (...args: string[]) =>
      run("git", "-c", "user.name=a", "-c", "user.email=a@example.com", ...args);
    try {
      git("init", "-q");
      git("config", "user.name", "a");
      git("config", "user.email", "a@example.com");
      const names = ["Pulumi.production.yaml", "Pulumi.recovery.yaml", "other"];
      const write = (text: string) =>
        names.forEach((name) => fs.writeFileSync(path.join(folder, name), text));
      write("before");
      git("add", "-A");
      git("commit", "-qm", "first");
      write("after");
      assert.equal(run(argv[0]!, ...argv.slice(1))[0], 0);
      assert.equal(git("show", "HEAD:Pulumi.production.yaml")[1], "after");
      assert.equal(git("show", "HEAD:Pulumi.recovery.yaml")[1], "after");
      assert.equal(git("show", "HEAD:other")[1], "before");
      const head = git("rev-parse", "HEAD")[1];
      assert.equal(run(argv[0]!, ...argv.slice(1))[0], 0);
      assert.equal(git("rev-parse", "HEAD")[1], head);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
