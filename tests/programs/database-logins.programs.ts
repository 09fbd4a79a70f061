/** The database task's SQL in a real PostgreSQL, where the machine has one. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";

import {
  type DatabaseUsers,
  databaseTaskParameters,
  endSessions,
  loginStatements,
  scramVerifier,
  sessionsOf,
} from "../../platform/database-logins";
import { spawnSync } from "../support/child";
import { installed } from "../support/runbooks";

/** As in production: what ALTER ROLE is given stands in the log. */
const SETTINGS = "-c log_statement=mod -c listen_addresses=";
const NOBODY = 65_534;

(installed("postgres") && installed("initdb") && installed("psql") ? describe : describe.skip)(
  "logins that take turns, in PostgreSQL",
  function () {
    let folder: string;

    const asNobody = (program: string, ...args: string[]) => {
      // PostgreSQL refuses to be run by root.
      const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
      const result = spawnSync(program, args, { ...user, cwd: folder, stdio: "pipe" });
      assert.equal(result.status, 0, `${program}: ${result.stdout}${result.stderr}`);
    };
    const psql = (user: string, password: string, sql: string, env: Record<string, string> = {}) =>
      spawnSync(
        "psql",
        ["--no-psqlrc", "-At", "--set", "ON_ERROR_STOP=1", "--single-transaction"],
        {
          input: sql,
          env: {
            PATH: process.env["PATH"],
            PGHOST: folder,
            PGDATABASE: "crm_production",
            PGUSER: user,
            PGPASSWORD: password,
            ...env,
          },
        },
      );
    const accepts = (user: string, password: string) =>
      psql(user, password, "SELECT 1").status === 0;
    /** Runs the task's SQL; a user's passwords are its logins' variables, in lower case. */
    const run = (blue: string, green: string, users: DatabaseUsers = {}) => {
      const variables = Object.keys(databaseTaskParameters(users));
      const own = variables.map((name) => [name, scramVerifier(name.toLowerCase())] as const);
      const result = psql("crm_admin", "owner", loginStatements(users), {
        ...Object.fromEntries(own),
        ...{ BLUE_VERIFIER: scramVerifier(blue), GREEN_VERIFIER: scramVerifier(green) },
      });
      assert.equal(result.status, 0, result.stderr);
    };
    /** Runs SQL as a user's blue login. */
    const as = (user: string, sql: string) =>
      psql(`crm_blue_${user}`, `blue_verifier_${user}`, sql);
    const may = (user: string, sql: string) => {
      const { status, stderr } = as(user, sql);
      assert.equal(status, 0, stderr);
    };
    const mayNot = (user: string, sql: string, error: RegExp) => {
      const { status, stderr } = as(user, sql);
      assert.notEqual(status, 0);
      assert.match(stderr, error);
    };

    before(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), "pg-"));
      if (process.getuid?.() === 0) fs.chownSync(folder, NOBODY, NOBODY);
      const data = path.join(folder, "data");
      asNobody("initdb", "-D", data, "-U", "rdsadmin", "-A", "trust");
      const access = "local all rdsadmin trust\nlocal all all scram-sha-256\n";
      fs.writeFileSync(path.join(data, "pg_hba.conf"), access);
      const options = `${SETTINGS} -k ${folder}`;
      asNobody("pg_ctl", "-D", data, "-o", options, "-l", path.join(folder, "log"), "-w", "start");
      // RDS's owner is no superuser: it makes databases and roles.
      const made = spawnSync("psql", ["-h", folder, "-U", "rdsadmin", "postgres"], {
        input: `CREATE ROLE crm_admin LOGIN CREATEROLE CREATEDB PASSWORD 'owner';
          CREATE DATABASE crm_production OWNER crm_admin;`,
      });
      assert.equal(made.status, 0, made.stderr);
      const table = psql("crm_admin", "owner", "CREATE TABLE contacts (id int)");
      assert.equal(table.status, 0, table.stderr);
    });
    after(() => {
      const data = path.join(folder, "data");
      if (fs.existsSync(data)) asNobody("pg_ctl", "-D", data, "-m", "immediate", "stop");
      fs.rmSync(folder, { recursive: true, force: true });
    });

    it("both sign in, read what was there, and change what the other made", () => {
      run("b1", "g1");
      const made = psql(
        "crm_app_blue",
        "b1",
        "INSERT INTO contacts VALUES (1); CREATE TABLE deals (id int);",
      );
      assert.equal(made.status, 0, made.stderr);
      const changed = psql(
        "crm_app_green",
        "g1",
        "ALTER TABLE deals ADD sum int; DROP TABLE deals;",
      );
      assert.equal(changed.status, 0, changed.stderr);
    });

    it("a second run changes nothing, and takes over what the owner made since", () => {
      const late = psql("crm_admin", "owner", "CREATE TABLE late (id int)");
      assert.equal(late.status, 0, late.stderr);
      assert.notEqual(psql("crm_app_blue", "b1", "INSERT INTO late VALUES (1)").status, 0);
      run("b1", "g1");
      const added = psql("crm_app_blue", "b1", "INSERT INTO late VALUES (1)");
      assert.equal(added.status, 0, added.stderr);
    });

    it("a rotated login's old password is refused, and the other login stays", () => {
      run("b1", "g2");
      assert.ok(accepts("crm_app_blue", "b1"));
      assert.ok(accepts("crm_app_green", "g2"));
      assert.ok(!accepts("crm_app_green", "g1"));
    });

    it("a login whose sessions end cannot sign in, not even with a password of its own, until the task has run again", async () => {
      run("b1", "g2");
      const granted = spawnSync("psql", ["-h", folder, "-U", "rdsadmin", "postgres"], {
        // RDS's owner has it by rds_superuser.
        input: "GRANT pg_signal_backend TO crm_admin;",
      });
      assert.equal(granted.status, 0, granted.stderr);
      const set = psql(
        "crm_app_green",
        "g2",
        "SET ROLE NONE; ALTER ROLE crm_app_green PASSWORD 'stolen'",
      );
      assert.equal(set.status, 0, set.stderr);
      const env = { PGHOST: folder, PGDATABASE: "crm_production", PGUSER: "crm_app_green" };
      const open = spawn("psql", ["-c", "SELECT pg_sleep(60)"], {
        env: { PATH: process.env["PATH"], ...env, PGPASSWORD: "stolen" },
      });
      const ended = new Promise<number | null>((resolve) => open.on("exit", resolve));
      const isOpen = () =>
        psql(
          "crm_admin",
          "owner",
          `SELECT count(*) ${sessionsOf("crm_app_green")}`,
        ).stdout.trim() === "1";
      for (let tries = 0; tries < 50 && !isOpen(); tries += 1) await setTimeout(100);
      assert.ok(isOpen());
      const end = psql("crm_admin", "owner", endSessions("crm_app_green"));
      assert.equal(end.status, 0, end.stderr);
      assert.notEqual(await ended, 0);
      assert.ok(!accepts("crm_app_green", "stolen"));
      run("b1", "g3");
      assert.ok(accepts("crm_app_green", "g3"));
      assert.ok(!accepts("crm_app_green", "stolen"));
    });

    it("ending the owner's sessions leaves the owner's login open: the task needs it", () => {
      const end = psql("crm_admin", "owner", endSessions("crm_admin"));
      assert.equal(end.status, 0, end.stderr);
      assert.ok(accepts("crm_admin", "owner"));
    });

    it("users read, write or own, what is there and what comes later", () => {
      const users = {
        "report-generator": { access: "read" },
        core: { access: "write" },
        auth: { access: "owner" },
      } as const;
      const before = psql(
        "crm_app_blue",
        "b1",
        "CREATE SCHEMA sales; CREATE TABLE sales.orders (id serial, sum int); CREATE VIEW late_view AS SELECT * FROM late;",
      );
      assert.equal(before.status, 0, before.stderr);
      run("b1", "g3", users);
      may("auth", "CREATE SCHEMA stock; CREATE TABLE stock.items (id serial, name text)");
      const denied = /permission denied/;
      for (const table of ["sales.orders (sum) VALUES (1)", "stock.items (name) VALUES ('a')"]) {
        const name = table.split(" ")[0]!;
        may("core", `INSERT INTO ${table}; UPDATE ${name} SET id = 7; DELETE FROM ${name};`);
        may("report_generator", `SELECT * FROM ${name}`);
        mayNot("report_generator", `INSERT INTO ${table}`, denied);
        mayNot("core", `TRUNCATE ${name}`, denied);
        mayNot("core", `ALTER TABLE ${name} ADD other int`, /must be owner/);
        mayNot("core", `DROP TABLE ${name}`, /must be owner/);
      }
      may("report_generator", "SELECT * FROM late_view");
      mayNot("core", "CREATE TABLE own (id int)", denied);
      mayNot("report_generator", "SELECT rolpassword FROM pg_authid", denied);
      mayNot("core", "SET ROLE crm_app", denied);
      mayNot("core", "SET ROLE crm_user_auth", denied);
      may("auth", "DROP TABLE stock.items; DROP SCHEMA stock");
      const green = psql("crm_green_core", "green_verifier_core", "DELETE FROM sales.orders");
      assert.equal(green.status, 0, green.stderr);
    });

    it("a user whose access is narrowed loses the rest, and one that is left out cannot sign in", () => {
      run("b1", "g3", { core: { access: "read" }, auth: { access: "write" } });
      may("core", "SELECT * FROM sales.orders");
      mayNot("core", "INSERT INTO sales.orders (sum) VALUES (1)", /permission denied/);
      may("auth", "INSERT INTO sales.orders (sum) VALUES (1)");
      mayNot("auth", "DROP TABLE sales.orders", /must be owner/);
      mayNot("auth", "CREATE TABLE own (id int)", /permission denied/);
      mayNot("report_generator", "SELECT 1", /not permitted to log in/);
      run("b1", "g3");
      mayNot("core", "SELECT 1", /not permitted to log in/);
      run("b1", "g3", { core: { access: "write" } });
      may("core", "INSERT INTO sales.orders (sum) VALUES (1)");
    });

    it("no password stands in the log", () => {
      const log = fs.readFileSync(path.join(folder, "log"), "utf8");
      assert.match(log, /ALTER ROLE crm_app_blue LOGIN PASSWORD 'SCRAM-SHA-256\$/);
      assert.doesNotMatch(log, /PASSWORD '[bg]\d'/);
    });
  },
);
