/** `npm run rotate`: what each case proves, in which order, and what it leaves behind. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { rotate } from "../../../operations/runbooks/rotate";
import { runBook } from "../../../operations/runbooks/runner";
import { commandLine, filled, type Runbook } from "../../../operations/runbooks/step";
import { spawnSync } from "../../support/child";
import { planOf } from "../../support/plans";
import { scene, type Scene } from "./desk";
import { play, SAYS, WELL } from "./well";

describe("npm run rotate", () => {
  let book: Runbook;
  before(async () => {
    book = rotate(await planOf("production"));
  });

  it("end each rotation with a proof that the old value is refused, and leave none of it behind", async () => {
    assert.deepEqual(
      Object.keys(book.cases).filter((name) => !name.startsWith("leaked-")),
      ["database", "first-login", "owner", "cache", "header", "secret"],
    );
    for (const name of Object.keys(book.cases)) {
      const { logged, lines, asked, ran, shown } = await play(book, name);
      const refused = [...logged, ...asked].findLastIndex((line) => /refused/.test(line));
      const all = [...logged, ...asked];
      assert.ok(refused > all.findLastIndex((line) => /pulumi up/.test(line)), name);
      assert.equal(ran.length, lines.length);
      // Old values are in files, and the files are gone at the end.
      const writes = lines.findLastIndex((line) =>
        /get-parameter-history|originHeaderValue/.test(line),
      );
      const gone = lines.findLastIndex((line) => /^rm -f old-value\.txt/.test(line));
      assert.ok(gone > writes || writes === -1, name);
      assert.ok(![...logged, ...shown].some((line) => line.includes("SECRET-VALUE")), name);
      if (name.startsWith("leaked-")) assert.match(lines[2]!, /cloudtrail lookup-events/);
    }
  });

  it("give the standby the new header before the old one is refused", async () => {
    const { lines } = await play(book, "header");
    const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
    assert.ok(at(/^pulumi up --stack production/) < at(/config set .*origin-header --secret --stack recovery/)); // prettier-ignore
    assert.ok(at(/^pulumi up --stack recovery/) < at(/acceptPreviousOriginSecret false/));
    assert.match(lines[at(/describe-rules/)]!, /Port==\\`443\\`/);
    const both = book.parts.find(({ id }) => id === "header")!.steps[0]!;
    assert.match(
      both.says,
      /until recovery accepts the new value as well, .* 403 after a failover/,
    );
  });

  it("rotate the login that is out of the URLs, and then the one that was in them", async () => {
    const { lines } = await play(book, "database");
    const sets = lines.filter((line) => line.startsWith("pulumi config set"));
    assert.deepEqual(
      sets.map((line) => line.split(" ").slice(4, 6).join("=")),
      ["crm:database.logins.blueVersion=2", "crm:database.logins.active=blue", "crm:database.logins.greenVersion=2"], // prettier-ignore
    );
  });

  it("end a leaked login's sessions after its password is refused, and set the password again before they are counted", async () => {
    const { lines } = await play(book, "leaked-database");
    const at = (pattern: RegExp) => lines.findLastIndex((line) => pattern.test(line));
    const order = [
      at(/greenVersion/),
      at(/^jq --rawfile old /),
      at(/pg_terminate_backend/),
      at(/run-task .*file:\/\/task\.json/),
      at(/count\(\*\) = 0/),
    ];
    assert.ok(order.every((index) => index >= 0));
    assert.deepEqual(
      order,
      [...order].sort((one, other) => one - other),
    );
    // A session could set another password and sign in with it after its end: NOLOGIN is in force, so committed, before.
    const ends = lines[order[2]!]!;
    assert.match(ends, /ALTER ROLE %I NOLOGIN.*\\gexec.*COMMIT;.*pg_terminate_backend/);
    // The task signs in as the owner, who may be the one that leaked.
    assert.match(ends, /<> current_user \\/);
  });

  describe("where the URLs have the owner's password", () => {
    /** Runs a case before a PostgreSQL that takes the owner's password until its version was raised. */
    function playOwner(name: string) {
      let isOld = true;
      const played: Scene = scene({
        answers: [[/get-parameter-history.*sed/, "crm_admin"], ...WELL],
        says: SAYS,
        instead(_, line) {
          if (line.includes("passwordVersion")) isOld = false;
          const isLetIn = isOld && played.files.has("run.json") && /describe-tasks/.test(line);
          return isLetIn ? { status: 0, stdout: "STOPPED\t1\n", stderr: "" } : undefined;
        },
      });
      const run = runBook(book, { case: name, yes: false, values: {} }, played.desk);
      return { ...played, run, lines: () => played.ran.map(({ line }) => line) };
    }

    for (const name of ["first-login", "leaked-first-login"]) {
      it(`${name} ends in the proof that the owner's is refused`, async () => {
        const { run, lines } = playOwner(name);
        await run;
        const sets = lines().filter((line) => line.startsWith("pulumi config set"));
        assert.deepEqual(
          sets.map((line) => line.split(" ").slice(4, 6).join("=")),
          ["crm:database.logins.blueVersion=2", "crm:database.logins.active=blue", "crm:database.passwordVersion=2"], // prettier-ignore
        );
        assert.ok(lines().some((line) => line.startsWith("jq --rawfile old ")));
        const ended = lines().some((line) => line.includes("pg_terminate_backend"));
        assert.equal(ended, name.startsWith("leaked-"));
      });
    }

    it("the owner's case asks for the task before it changes the password", async () => {
      const played: Scene = scene({
        answers: [[/databaseTaskRun/, "error: the image is missing"], ...WELL],
        says: SAYS,
      });
      const run = runBook(book, { case: "owner", yes: false, values: {} }, played.desk);
      await assert.rejects(run, /its JSON description, not a message that its image is missing/);
      const lines = played.ran.map(({ line }) => line);
      assert.ok(lines.some((line) => line.includes("databaseTaskRun")));
      assert.deepEqual(
        lines.filter((line) => /config set|pulumi up/.test(line)),
        [],
      );
    });

    it("the other case stops before it changes a login, and names the case that continues", async () => {
      const { run, lines } = playOwner("database");
      await assert.rejects(run, /expected crm_app_blue or crm_app_green, or a login of the service's own; if it is the owner, run `npm run rotate -- --stack production --case owner`.*, got "crm_admin"/s); // prettier-ignore
      assert.ok(!lines().some((line) => line.includes("greenVersion")));
    });

    it("reads the login before the switch without its password", () => {
      const step = book.parts.flatMap(({ steps }) => steps).find(({ id }) => id === "retire")!;
      const [, , script] = step.commands[0]!.argv;
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "login-"));
      const urls = {
        crm_app_blue: "postgresql://crm_app_blue:p%40ss:w@h.x:5432/crm?sslmode=verify-full",
        crm_admin: "postgres://crm_admin:secret@h:5432/crm",
        "": null,
      };
      for (const [login, url] of Object.entries(urls)) {
        const answer = JSON.stringify(url);
        fs.writeFileSync(path.join(folder, "aws"), `#!/bin/sh\necho '${answer}'\n`, {
          mode: 0o755,
        });
        const env = { PATH: `${folder}:${process.env["PATH"]}` };
        const { stdout } = spawnSync("sh", ["-c", script!], { env });
        assert.equal(`${stdout}`.trim(), login);
      }
      fs.rmSync(folder, { recursive: true });
    });
  });

  it("show who read a value by each call that gives it, and what was asked for", () => {
    const { commands } = book.parts.find(({ id }) => id === "readers")!.steps[0]!;
    const calls = ["GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory", "GetSecretValue"]; // prettier-ignore
    const named = commands.map(({ argv }) => /AttributeValue=(\w+)/.exec(argv.join(" "))![1]!);
    assert.deepEqual(named, calls);
    // As CloudTrail has them: names as an application spells them, ARNs and labels included; null where there are none.
    const asked: Record<string, object | null> = {
      one: { name: "/crm/auth/database-url:3", withDecryption: true },
      several: { names: ["/crm/auth/jwt-secret", "/crm/core/database-url"] },
      arn: { name: "arn:aws:ssm:us-east-1:123456789012:parameter/crm/core/database-url" },
      other: { name: "/crm/core/redis-url" },
      others: { names: ["/crm/auth/jwt-secret"] },
      path: { path: "/crm", recursive: true },
      secret: { secretId: "crm-database-url" },
      nothing: null,
    };
    const events = Object.entries(asked).map(([who, requestParameters], index) =>
      JSON.stringify({
        ...{ eventTime: "2026-11-28T03:00:00Z", sourceIPAddress: "203.0.113.9", requestParameters },
        userIdentity: index === 0 ? { invokedBy: who } : { arn: who },
        ...(who === "path" && { errorCode: "AccessDenied" }),
      }),
    );
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "readers-"));
    const run = (aws: string) => {
      fs.writeFileSync(path.join(folder, "aws"), `#!/bin/sh\n${aws}\n`, { mode: 0o755 });
      const argv = filled(commands[0]!.argv, { "part of its name": "database-url" });
      const env = { PATH: `${folder}:${process.env["PATH"]}` };
      return spawnSync(argv[0]!, argv.slice(1), { env, encoding: "utf8" });
    };
    fs.writeFileSync(path.join(folder, "events.json"), JSON.stringify(events));
    const { stdout, stderr } = run(`cat ${folder}/events.json`);
    const rows = stdout.trim().split("\n").map((line) => line.split("\t")); // prettier-ignore
    assert.deepEqual(
      rows.map(([, who, address, how, what]) => [who, address, how, what].join(" ")),
      [
        "one 203.0.113.9 read /crm/auth/database-url:3",
        "several 203.0.113.9 read /crm/auth/jwt-secret /crm/core/database-url",
        "arn 203.0.113.9 read arn:aws:ssm:us-east-1:123456789012:parameter/crm/core/database-url",
        "path 203.0.113.9 AccessDenied /crm",
        "secret 203.0.113.9 read crm-database-url",
        "nothing 203.0.113.9 read unknown",
      ],
      stderr,
    );
    assert.notEqual(run("exit 254").status, 0);
    fs.rmSync(folder, { recursive: true });
  });

  it("names no other stack where none stands in another region", async () => {
    const staging = rotate(await planOf("staging"));
    const lines = staging.parts
      .flatMap(({ steps }) => steps.flatMap(({ commands }) => commands))
      .map((command) => commandLine(command));
    assert.ok(lines.some((line) => line.includes("--stack staging")));
    assert.ok(!staging.parts.some(({ steps }) => steps.some(({ says }) => says.includes("403"))));
    assert.ok(!lines.some((line) => /--stack (recovery|production)/.test(line)));
  });
});
