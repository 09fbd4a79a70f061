/** Every runbook, run to its end on the tests' stacks, and with a failure of each of its commands. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { derive } from "../../../analysis/recovery/objectives";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { main } from "../../../operations/runbook";
import { BOOKS } from "../../../operations/runbooks/books";
import { ofAllPages } from "../../../operations/runbooks/commands";
import type { BookPlan } from "../../../operations/runbooks/names";
import { runBook } from "../../../operations/runbooks/runner";
import { commandLine, openNames, type Runbook } from "../../../operations/runbooks/step";
import { spawnSync } from "../../support/child";
import { planInTheEmergency } from "../../support/in-the-emergency";
import { planOf } from "../../support/plans";
import { BOOTSTRAP_PROJECT } from "../../support/stack-files";
import { scene } from "./desk";
import { play, SAYS, WELL } from "./well";

describe("runbooks as programs", () => {
  const books: Runbook[] = [];
  /** The same where nothing stands in the other region. */
  const inTheEmergency: Runbook[] = [];
  before(async () => {
    for (const [into, from] of [
      [books, planOf],
      [inTheEmergency, planInTheEmergency],
    ] as const) {
      const plans = new Map<string, BookPlan>();
      for (const { reads } of BOOKS.values()) {
        for (const stack of reads("production")) plans.set(stack, await from(stack));
      }
      for (const { reads, make } of BOOKS.values()) {
        const read = reads("production").map((stack) => plans.get(stack)!);
        into.push(make(read, { bootstrap: BOOTSTRAP_PROJECT }));
      }
    }
  });

  const runs = () =>
    [
      ...books,
      ...inTheEmergency.filter(({ command }) => ["failover", "failback"].includes(command)),
    ].flatMap((book) => Object.keys(book.cases).map((name) => ({ book, name })));

  it("come to their end where all is well, with nothing left to fill in", async () => {
    for (const { book, name } of runs()) {
      const { stopped, lines } = await play(book, name);
      assert.equal(stopped?.message, undefined, `${book.command} ${name}`);
      assert.ok(lines.length > book.before.length, `${book.command} ${name} does nothing`);
      lines.forEach((line) => assert.deepEqual(openNames([line], {}), [], line));
    }
  });

  it("ask no query about a whole list of a page alone, as --output text does", () => {
    const asked = [...books, ...inTheEmergency]
      .flatMap(({ parts }) => parts.flatMap(({ steps }) => steps))
      .flatMap(({ commands }) => commands.map(({ argv }) => argv.join(" ")))
      // One instance's backups are one page.
      .filter((line) => !line.includes("--db-instance-identifier"))
      .flatMap((line) => [...line.matchAll(/--query (.*?) --output (text|json)/gs)])
      .filter(([, query]) => /\blength\(|\breverse\(|_by\(|\| ?\[/.test(query!));
    assert.deepEqual([...new Set(asked.map(([, , output]) => output))], ["json"]);
  });

  it("say what AWS answers of all pages in words of one line, and stop where it answers nothing", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pages-"));
    const script = ofAllPages("aws ssm get-parameter-history");
    const run = (answer: string) => {
      fs.writeFileSync(path.join(folder, "aws"), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
      const env = { PATH: `${folder}:${process.env["PATH"]}` };
      const { status, stdout } = spawnSync("sh", ["-c", script], { env, encoding: "utf8" });
      return [status, stdout];
    };
    assert.deepEqual(run(`echo '"a %s b"'`), [0, "a %s b\n"]);
    assert.deepEqual(run(`echo '["arn", "2026"]'`), [0, "arn\t2026\n"]);
    assert.deepEqual(run("echo null"), [0, ""]);
    assert.deepEqual(run('[ "$4" = json ] && echo 0'), [0, "0\n"]);
    assert.equal(run("exit 254")[0], 1);
    fs.rmSync(folder, { recursive: true });
  });

  it("name no step shorter than what it waits for", () => {
    const short: string[] = [];
    for (const { command, parts } of [...books, ...inTheEmergency]) {
      for (const step of parts.flatMap(({ steps }) => steps)) {
        const waits = step.commands
          .filter(({ kind }) => kind === "wait")
          .reduce((sum, { minutes }) => sum + (minutes ?? 0), 0);
        // What is done beside another step counts for nothing.
        if (step.minutes > 0 && step.minutes < waits)
          short.push(`${command} ${step.id}: ${step.minutes}, waits ${waits}`);
      }
    }
    assert.deepEqual(short, []);
  });

  it("take as long after compromised credentials as the derivation counts, step by step of the same table", async () => {
    const measured = { asOf: "2026-11-28", minutes: 23 };
    const durations = ["lockOut", "copyHome", "chooseBackup", "restoreMetadata"].map((key) => ({
      ...{ key, ...measured },
    }));
    const plan = await planOf("production");
    for (const one of [plan, { ...plan, measured: { usage: {}, durations } }]) {
      const { findings } = derive(recoveryStackOf(one));
      const derived = (store: string) =>
        findings.find(
          (found) => found.store === store && found.scenario === "compromised credentials",
        )!.restoreMinutes;
      const minutes = (command: string, ...ids: readonly string[]) =>
        BOOKS.get(command)!
          .make([one], { bootstrap: BOOTSTRAP_PROJECT })
          .parts.filter(({ id }) => ids.includes(id))
          .flatMap(({ steps }) => steps)
          .reduce((sum, step) => sum + step.minutes, 0);
      const home = minutes("restore-database", "compromised");
      const database = home + minutes("restore-database", "vault", "swap");
      assert.equal(database, derived("crm-production-primary"));
      assert.equal(home + minutes("restore-objects", "vault"), derived("crm-user-uploads-prod"));
    }
  });

  it("stop at each failure, print how to undo, and go on without doing anything twice", async () => {
    for (const { book, name } of runs()) {
      const played = await play(book, name);
      const whole = played.lines;
      const acts = new Set(
        book.parts.flatMap(({ steps }) =>
          steps.flatMap(({ commands }) =>
            commands.filter(({ kind }) => kind === "act").map(({ why }) => why),
          ),
        ),
      );
      for (const failing of whole.keys()) {
        const where = `${book.command} ${name}: ${whole[failing]}`;
        const first = await play(book, name, failing);
        assert.match(first.stopped?.message ?? "", /Connection lost/, where);
        assert.deepEqual(first.lines, whole.slice(0, failing + 1), where);
        if (failing >= book.before.length) {
          assert.match(first.stopped!.message, /Rollback: .+\n {3}To resume: npm run /, where);
        }
        const second = await play(book, name, undefined, first.kept());
        assert.equal(second.stopped?.message, undefined, where);
        // What went well before the failure is not done again, but for looks.
        const begins = (line: string) => acts.has(line.split(": ")[0]!);
        const done = first.logged.filter(begins);
        // The last line is the command that failed: an act is begun again.
        if (begins(first.logged.at(-1)!)) done.pop();
        const twice = [...done, ...second.logged.filter(begins)];
        const once = played.logged.filter(begins);
        for (const line of new Set(twice)) {
          const times = (lines: readonly string[]) => lines.filter((one) => one === line).length;
          assert.ok(times(twice) <= times(once), `${where}: twice ${line}`);
        }
      }
    }
  });

  it("repeat each job and snapshot that failed", () => {
    const waits = runs().flatMap(({ book, name }) =>
      book.cases[name]!.flatMap((id) => book.parts.find((part) => part.id === id)!.steps)
        .flatMap(({ commands }) => commands)
        .filter(({ kind, argv }) => kind === "wait" && /-job$|-snapshots$/.test(argv[2]!))
        .map((command) => ({ book, name, command })),
    );
    assert.ok(waits.length > 4);
    for (const { book, name, command } of waits) {
      // The snapshot of an instance that was deleted cannot be made again.
      if (command.argv.some((word) => word.endsWith("-final"))) continue;
      assert.ok(command.redo, `${book.command} ${name}: ${commandLine(command)}`);
    }
  });

  it("ask whether the copies of images are there that the standby's tasks start with", async () => {
    const [home, standby] = [await planOf("production"), structuredClone(await planOf("recovery"))];
    const digest = `sha256:${"a".repeat(64)}`;
    const image = `123456789012.dkr.ecr.us-west-2.amazonaws.com/crm-otel-collector@${digest}`;
    for (const { inputs } of standby.resources) {
      const text = inputs["containerDefinitions"];
      if (typeof text !== "string") continue;
      const definitions = JSON.parse(text) as { name: string; image: string }[];
      for (const one of definitions) if (one.name === "otel-collector") one.image = image;
      inputs["containerDefinitions"] = JSON.stringify(definitions);
    }
    const book = BOOKS.get("failover")!.make([home, standby], { bootstrap: BOOTSTRAP_PROJECT });
    const asked = `aws ecr describe-images --region us-west-2 --repository-name crm-otel-collector --image-ids imageDigest=${digest}`;
    const { lines, stopped } = await play(book, "lost");
    assert.equal(lines.filter((line) => line.startsWith(asked)).length, 1);
    // No tasks would start without it.
    assert.match(stopped?.message ?? "", /The image of otel-collector is there: expected a digest/);
  });

  it("request AWS's own value where no quota was raised", () => {
    const quotas = books
      .flatMap(({ parts }) => parts.flatMap(({ steps }) => steps))
      .flatMap(({ commands }) => commands)
      .filter(({ why }) => why.startsWith("Quota: "));
    assert.ok(quotas.length > 0);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "quotas-"));
    try {
      const script = `#!/bin/sh\ncase "$2" in get-service-quota) echo NoSuchResourceException >&2; exit 254;; esac\necho 6.0\n`;
      fs.writeFileSync(path.join(folder, "aws"), script, { mode: 0o755 });
      for (const { argv } of quotas) {
        const env = { PATH: `${folder}:${process.env["PATH"]}` };
        const { status, stdout } = spawnSync(argv[0]!, argv.slice(1), { env, encoding: "utf8" });
        assert.deepEqual([status, stdout], [0, "6.0\n"], argv.join(" "));
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("have steps with names of their own, and questions for what no command prints", () => {
    for (const { book, name } of runs()) {
      const parts = book.cases[name]!.map((id) => book.parts.find((part) => part.id === id)!);
      const steps = parts.flatMap((part) => part.steps);
      assert.equal(
        new Set(steps.map(({ id }) => id)).size,
        steps.length,
        `${book.command} ${name}`,
      );
      const known = new Set(Object.keys(book.questions));
      for (const command of steps.flatMap(({ commands }) => commands)) {
        for (const open of openNames(command.argv, {})) {
          assert.ok(known.has(open), `${book.command} ${name}: ${commandLine(command)}: <${open}>`);
        }
        command.keeps?.forEach((kept) => known.add(kept));
      }
    }
  });

  it("print everything for --plan without an account, and refuse what is not theirs", async () => {
    const lines: string[] = [];
    const [log, error] = [console.log, console.error];
    console.log = console.error = (line: string) => lines.push(line);
    const run = (...args: string[]) =>
      main(args, undefined, planOf, { bootstrap: BOOTSTRAP_PROJECT });
    try {
      assert.equal(await run("restore-database", "--stack", "production", "--plan"), 0);
      assert.match(
        lines.join("\n"),
        /act: Restore\n +aws rds restore-db-instance-to-point-in-time/,
      );
      for (const wrong of [
        ["restore"],
        ["restore-database"],
        ["restore-database", "--stack", "production", "--case", "other"],
        ["restore-database", "--stack", "production", "--with", "moment"],
        ["restore-database", "--anyway"],
        ["failover", "--stack", "staging", "--plan"],
        ["restore-database", "--stack", "production", "--plan", "--with", "nosuch=foo"],
      ]) {
        assert.equal(await run(...wrong), 2, wrong.join(" "));
      }
    } finally {
      Object.assign(console, { log, error });
    }
    assert.match(lines.join("\n"), /--case: expected one of destroyed, gone, .*, got "other"/);
    assert.match(
      lines.join("\n"),
      /^--stack: expected a stack with copies in another region \(crm:recovery\), got "staging"$/m,
    );
    assert.match(lines.join("\n"), /--with: expected one of .*moment.*, got "nosuch"/);
    assert.match(lines.join("\n"), /^ +verify: /m);
    assert.doesNotMatch(lines.join("\n"), /^ +prove: /m);
  });

  it("leave the replica out of the update after a restore: the provider refuses it another source", async () => {
    const cases = [
      ["restore-database", "destroyed"],
      ["restore-database", "gone"],
      ["failback", "pause"],
    ] as const;
    for (const [command, name] of cases) {
      const { lines } = await play(
        books.find((book) => book.command === command)!,
        name,
      );
      const updates = lines.filter((line) => /^pulumi up .*--refresh/.test(line));
      assert.equal(updates.length, 1, `${command} ${name}`);
      assert.match(updates[0]!, / --exclude \*\*aws:rds\/instance:Instance::crm-database-replica$/);
    }
  });

  it("hold the standby with the record's own health check: an UPSERT takes away what it does not name", async () => {
    const { lines } = await play(
      books.find(({ command }) => command === "failover")!,
      "hold",
    );
    const change = lines.find((line) => line.includes("change-resource-record-sets"))!;
    assert.match(change, /"HealthCheckId":"11111111-2222-3333-4444-555555555555"/);
  });

  it("let the update that takes over wait for no backup, also where the database is made in it", async () => {
    for (const made of [books, inTheEmergency]) {
      const { lines } = await play(
        made.find(({ command }) => command === "failover")!,
        "lost",
      );
      const skip = lines.findIndex((line) =>
        /^pulumi config set --path crm:recovery\.beforeDeployment\.skipUntil \d{4}-\d\d-\d\d /.test(
          line,
        ),
      );
      assert.ok(skip >= 0 && skip < lines.findIndex((line) => line.startsWith("pulumi up ")));
    }
  });

  it("move no state that is in the other region already, and stop home before anything is copied", async () => {
    const [failover, failback] = ["failover", "failback"].map((name) =>
      books.find(({ command }) => command === name)!,
    );
    const over = (await play(failover!, "lost")).lines;
    assert.deepEqual(
      over.filter((line) => line.startsWith("pulumi login")),
      ["pulumi login s3://crm-pulumi-state-123456789012?region=us-west-2"],
    );
    const back = (await play(failback!, "ahead")).lines;
    assert.ok(!back.some((line) => /^pulumi (login|stack import)/.test(line)));
    const last = (pattern: RegExp) => back.findLastIndex((line) => pattern.test(line));
    assert.match(back[last(/^aws application-autoscaling/)]!, / --region us-east-1 /);
    assert.ok(last(/^aws (application-autoscaling|lambda)/) < back.findIndex((line) => / s3 sync /.test(line))); // prettier-ignore
    const pause = (await play(failback!, "pause")).lines;
    const stopped = pause.filter((line) => line.startsWith("aws application-autoscaling"));
    assert.ok(stopped.length > 0 && stopped.every((line) => / --region us-west-2 /.test(line)));
  });

  it("delete no instance of the standby without a snapshot, unless it is a replica", async () => {
    const failback = books.find(({ command }) => command === "failback")!;
    const lines = (await play(failback, "replica")).lines;
    const gone = lines.filter((line) => line.startsWith("aws rds delete-db-instance"));
    assert.equal(gone.length, 1);
    assert.match(gone[0]!, / --db-instance-identifier crm-recovery-primary --skip-final-snapshot /);
    const serving = scene({
      answers: [[/StatusType/, "None"], ...WELL],
      says: SAYS,
    });
    await assert.rejects(
      runBook(failback, { case: "replica", yes: true, values: {} }, serving.desk),
      /It is a replica until now: expected read replication, got "None"/,
    );
    const later = (await play(failback, "later")).lines.join("\n");
    assert.doesNotMatch(later, /skip-final-snapshot/);
  });

  it("save the standby's state from where it is, even while the CLI is logged in elsewhere", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "state-at-home-"));
    const home = fs
      .readFileSync(path.join(BOOTSTRAP_PROJECT, "Pulumi.bootstrap.yaml"), "utf8")
      .replace(/^ +crm-bootstrap:stateRegion.*\n/m, "");
    fs.writeFileSync(path.join(folder, "Pulumi.bootstrap.yaml"), home);
    const plans = [await planOf("production"), await planOf("recovery")];
    const book = BOOKS.get("failback")!.make(plans, { bootstrap: folder });
    fs.rmSync(folder, { recursive: true });
    const { lines } = await play(book, "ahead");
    const exported = lines.findIndex((line) => line.startsWith("pulumi stack export"));
    assert.match(lines[exported - 1]!, /^pulumi login s3:\/\/[\w-]+-copy\?region=us-west-2$/);
  });

  it("find what was deleted in the very second of the moment", () => {
    const { pattern } = books.find(({ command }) => command === "restore-objects")!.questions[
      "moment"
    ]!;
    // As AWS's command line prints it, version 2 and 1; JMESPath compares it as a text.
    for (const printed of ["2026-11-27T09:30:00+00:00", "2026-11-27T09:30:00.000Z"]) {
      for (const given of ["2026-11-27T09:30:00", "2026-11-27T09:30:00+00:00"]) {
        assert.match(given, pattern);
        assert.ok(printed >= given);
      }
    }
    assert.ok("2026-11-27T09:30:00+00:00" < "2026-11-27T09:30:00Z");
    assert.doesNotMatch("2026-11-27T09:30:00Z", pattern);
  });

  it("stop where S3 answers that it deleted nothing", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "deleted-"));
    const loops = books.flatMap(({ parts }) =>
      parts.flatMap(({ steps }) =>
        steps.flatMap(({ commands }) =>
          commands.filter(({ argv }) => argv[2]?.includes("delete-objects")),
        ),
      ),
    );
    assert.equal(loops.length, 3);
    try {
      fs.writeFileSync(path.join(folder, "batches.jsonl"), '{"Objects":[{"Key":"a"}]}\n');
      const env = { PATH: `${folder}:${process.env["PATH"]}` };
      const status = (says: string, [program, ...args]: readonly string[]) => {
        fs.writeFileSync(path.join(folder, "aws"), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
        return spawnSync(program!, args, { cwd: folder, env }).status;
      };
      for (const { argv } of loops) {
        assert.equal(status("echo None", argv), 0);
        assert.equal(status("true", argv), 0);
        assert.equal(status("printf 'a.pdf\\tAccess Denied\\n'", argv), 1);
        assert.equal(status("exit 254", argv), 1);
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("take the newest of several backups of one instance", async () => {
    for (const [command, name, one] of [
      ["failover", "lost", /ARN|Arn,Restore/],
      ["restore-database", "destroyed", /\[EarliestTime/],
      ["restore-database", "gone", /RestoreWindow\.EarliestTime/],
    ] as const) {
      const { lines } = await play(
        inTheEmergency.find((book) => book.command === command)!,
        name,
      );
      const asked = lines.find(
        (line) => line.includes("describe-db-instance-automated-backups") && one.test(line),
      )!;
      assert.match(asked, /sort_by\(.*, &RestoreWindow\.LatestTime\)\[-1\]/);
    }
  });

  it("restore a stack that has no replica and no copies without the steps for them", async () => {
    const book = BOOKS.get("restore-database")!.make([await planOf("staging")], {
      bootstrap: BOOTSTRAP_PROJECT,
    });
    const commands = book.parts.flatMap(({ steps }) => steps.flatMap((step) => step.commands));
    const lines = commands.map((command) => commandLine(command)).join("\n");
    assert.match(lines, /crm-staging-restored/);
    assert.doesNotMatch(lines, /replica|crm-production/);
  });
});
