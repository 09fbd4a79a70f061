import assert from "node:assert/strict";
import * as path from "node:path";

import { onceBefore, type DeploymentBackupArgs } from "../../components/recovery/deployment-backup";
import type { BackupClient, BackupState } from "../../components/recovery/recovery-backup";
import { databaseWindows } from "../../facts/time-windows";
import { spawnSync } from "../support/child";

const ARGS: DeploymentBackupArgs = {
  hookName: "hook",
  settings: { retentionDays: 90, timeoutMinutes: 10, pollSeconds: 60 },
  region: "us-east-1",
  vaultName: "crm-backups",
  resourceArn: "arn:aws:rds:us-east-1:123456789012:db:crm-production-primary",
  roleArn: "arn:aws:iam::123456789012:role/crm-backup-service",
  tags: { Project: "CRM-System" },
  // The clock begins on 1970-01-01, a Thursday.
  windows: databaseWindows({
    backupWindow: "03:00-04:00",
    maintenanceWindow: "sun:04:00-sun:05:00",
    backupRetentionPeriod: 7,
  }),
};

function answer<T>(given: T | Error | "never"): Promise<T> {
  if (given === "never") {
    return new Promise(() => undefined);
  }
  return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
}

/** AWS Backup that answers what the test says, and a clock that moves by waiting only. */
class Fake {
  public readonly started: Parameters<BackupClient["start"]>[0][] = [];
  public readonly messages: string[] = [];
  public connections = 0;
  public asked = 0;
  public minutes = 0;

  public constructor(
    /** What is answered, in turn, the last one for ever; "never" is a dead connection. */
    private readonly states: (BackupState | Error | "never")[],
    private readonly startError?: Error | "never",
    private readonly job: string | undefined = "job-1",
    /** When RDS made the database, in minutes of the fake's clock, which begins with the program. */
    private readonly created: number | "none" | Error | "never" = -60,
  ) {}

  public hook(): ReturnType<typeof onceBefore> {
    const client: BackupClient = {
      start: (input) => {
        this.started.push(input);
        return answer(this.startError ?? this.job);
      },
      createdAt: (identifier) => {
        assert.equal(identifier, "crm-production-primary");
        this.asked++;
        const { created } = this;
        if (created === "none") return answer<Date | undefined>(undefined);
        return answer(typeof created === "number" ? new Date(created * 60_000) : created);
      },
      describe: () => {
        const state = this.states.length > 1 ? this.states.shift()! : this.states[0]!;
        return answer(state);
      },
    };
    return onceBefore(ARGS, {
      connect: () => {
        this.connections++;
        return Promise.resolve(client);
      },
      progress: {
        log: (message) => void this.messages.push(message),
        now: () => this.minutes * 60_000,
        callTimeout: 10,
        pause: (milliseconds) => {
          this.minutes += milliseconds / 60_000;
          // Who never gives up would wait here for ever, without a chance for the test's own time-out.
          return this.minutes > 1000
            ? Promise.reject(new Error("It waits for more than a day."))
            : Promise.resolve();
        },
      },
    });
  }
}

describe("backup before a deployment", () => {
  it("starts a backup that is kept for 90 days, and waits for its end", async () => {
    const fake = new Fake([
      { state: "CREATED" },
      { state: "RUNNING", percent: "40.0" },
      { state: "RUNNING", percent: "40.0" },
      { state: "COMPLETED" },
    ]);
    await fake.hook()();
    assert.deepEqual(fake.started, [
      {
        BackupVaultName: "crm-backups",
        ResourceArn: ARGS.resourceArn,
        IamRoleArn: ARGS.roleArn,
        IdempotencyToken: "before-deployment-0",
        StartWindowMinutes: 60,
        CompleteWindowMinutes: 120,
        Lifecycle: { DeleteAfterDays: 90 },
        RecoveryPointTags: { Project: "CRM-System", Purpose: "before-deployment" },
      },
    ]);
    assert.deepEqual(fake.messages, [
      "Backup of crm-production-primary before the deployment: job job-1 started.",
      "Backup of crm-production-primary: CREATED 0.0 % after 0.0 minutes.",
      "Backup of crm-production-primary: RUNNING 40.0 % after 1.0 minutes.",
      "Backup of crm-production-primary: complete after 3.0 minutes, kept for 90 days.",
    ]);
  });

  it("fails at once where AWS Backup starts none, and says when the next can start", async () => {
    // Docs: AWS Backup Developer Guide, "Troubleshooting": not in RDS's windows, nor in the hour before them.
    const day = 24 * 60;
    for (const [minutes, next] of [
      [2 * 60, "1970-01-01T04:00Z"],
      [3 * 60 + 59, "1970-01-01T04:00Z"],
      [3 * day + 2 * 60 + 0.5, "1970-01-04T05:00Z"],
    ] as const) {
      const fake = new Fake([{ state: "COMPLETED" }]);
      fake.minutes = minutes;
      await assert.rejects(fake.hook()(), (error: Error) => {
        assert.match(error.message, /windows, nor in the 60 minutes before/);
        assert.ok(error.message.includes(`from ${next} on`), error.message);
        return true;
      });
      assert.equal(fake.started.length, 0);
      assert.equal(fake.minutes, minutes);
    }
    for (const minutes of [2 * 60 - 1, 4 * 60, 3 * day + 5 * 60]) {
      const fake = new Fake([{ state: "COMPLETED" }]);
      fake.minutes = minutes;
      await fake.hook()();
      assert.equal(fake.started.length, 1);
    }
  });

  it("is one backup for all services of an update", async () => {
    const fake = new Fake([{ state: "RUNNING" }, { state: "COMPLETED" }]);
    const hook = fake.hook();
    await Promise.all([hook(), hook(), hook()]);
    await hook();
    assert.equal(fake.started.length, 1);
    assert.equal(fake.connections, 1);
  });

  it("comes before what is created beside a database that lives, once", async () => {
    const fake = new Fake([{ state: "COMPLETED" }]);
    const hook = fake.hook();
    await Promise.all([hook("create"), hook("update"), hook("create")]);
    assert.equal(fake.started.length, 1);
  });

  it("comes before what is created beside a database of which there is no backup yet", async () => {
    const fake = new Fake([{ state: "COMPLETED" }], undefined, "job-1", -1);
    await fake.hook()("create");
    assert.equal(fake.started.length, 1);
  });

  for (const [which, created] of [
    ["is not there, whatever recovery points it left", "none"],
    ["was made by this update", 3],
  ] as const) {
    it(`does not hold up an update whose database ${which}`, async () => {
      const fake = new Fake([{ state: "COMPLETED" }], undefined, "job-1", created);
      const hook = fake.hook();
      await Promise.all([hook("create"), hook("create")]);
      assert.equal(fake.asked, 1);
      assert.deepEqual(fake.started, []);
      // What is updated was there before: so was its database, as far as the state knows.
      await hook("update");
      assert.equal(fake.started.length, 1);
    });
  }

  for (const created of [new Error("AccessDenied"), "never"] as const) {
    it(`refuses a creation where nobody knows whether the database lives: ${String(created)}`, async () => {
      const hook = new Fake([{ state: "COMPLETED" }], undefined, "job-1", created).hook();
      await assert.rejects(hook("create"), /No deployment without a backup: .* cannot be read/);
    });
  }

  for (const state of ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"]) {
    it(`refuses the deployment of every service when the backup ends as ${state}`, async () => {
      const hook = new Fake([{ state, message: "no space" }]).hook();
      const refused = new RegExp(
        `^Error: No deployment without a backup: .*job-1 ended as ${state}: no space`,
      );
      await assert.rejects(hook(), refused);
      await assert.rejects(hook(), refused);
    });
  }

  it("refuses when the backup cannot be started", async () => {
    const fake = new Fake([], new Error("AccessDeniedException"));
    await assert.rejects(fake.hook()(), /it could not be started \(AccessDeniedException\)/);
    const none = new Fake([{ state: "COMPLETED" }], undefined, "");
    await assert.rejects(none.hook()(), /AWS Backup returned no job/);
  });

  it("refuses when the time is over, and not before", async () => {
    const fake = new Fake([{ state: "RUNNING", percent: "10.0" }]);
    await assert.rejects(fake.hook()(), /job job-1 has not ended in 10 minutes/);
    assert.equal(fake.minutes, 10);
  });

  it("bears a few failed questions, but not to know nothing for good", async () => {
    const trouble = new Error("ThrottlingException");
    await new Fake([
      trouble,
      trouble,
      { state: "RUNNING" },
      trouble,
      { state: "COMPLETED" },
    ]).hook()();
    await assert.rejects(new Fake([trouble]).hook()(), /cannot be read \(ThrottlingException\)/);
  });

  it("waits for no connection that is dead", async () => {
    await assert.rejects(
      new Fake([], "never").hook()(),
      /not be started \(no answer within 0.01 s/,
    );
    await assert.rejects(new Fake(["never"]).hook()(), /cannot be read \(no answer within 0.01 s/);
    await new Fake(["never", { state: "RUNNING" }, "never", { state: "COMPLETED" }]).hook()();
  });

  it("counts failed questions in a row, not in all", async () => {
    const trouble = new Error("ThrottlingException");
    const often = Array.from({ length: 5 }, () => [trouble, { state: "RUNNING" }]).flat();
    const fake = new Fake([...often.slice(0, 9), { state: "COMPLETED" }]);
    await fake.hook()();
    assert.equal(fake.minutes, 9);
  });

  it("recognizes RDS's answer for a missing database by the SDK's error name", () => {
    // RDS API Reference, DescribeDBInstances, "Errors": DBInstanceNotFound, 404.
    const body =
      "<ErrorResponse><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code><Message>not found</Message></Error></ErrorResponse>";
    const none = `<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance><DBInstanceStatus>creating</DBInstanceStatus></DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>`;
    const there = none.replace(
      "<DBInstanceStatus>creating",
      "<InstanceCreateTime>2026-01-31T08:00:00.000Z</InstanceCreateTime><DBInstanceStatus>available",
    );
    const script = `
      require(${JSON.stringify(path.join(__dirname, "..", "..", "runtime", "loader.js"))}).install({});
      const { liveClient } = require(${JSON.stringify(path.join(__dirname, "..", "..", "components", "recovery", "deployment-backup.ts"))});
      const answers = ${JSON.stringify([
        [404, body],
        [200, none],
        [200, there],
        [403, body.replace("DBInstanceNotFound", "AccessDenied")],
      ])};
      const asked = [];
      const server = require("node:http").createServer((request, response) => {
        request.on("data", (data) => asked.push(String(data)));
        request.on("end", () => {
          const [status, text] = answers.shift();
          response.writeHead(status, { "content-type": "text/xml" }).end(text);
        });
      });
      server.listen(0, "127.0.0.1", async () => {
        process.env.AWS_ENDPOINT_URL_RDS = "http://127.0.0.1:" + server.address().port;
        const client = await liveClient("us-east-1");
        const said = [];
        for (let i = 0; i < 4; i++) {
          said.push(await client.createdAt("crm").then((at) => at?.toISOString() ?? "none", (error) => error.name));
        }
        console.log(JSON.stringify({ said, asked }));
        server.close();
        process.exit(0);
      });`;
    const run = spawnSync(process.execPath, ["-e", script], {
      encoding: "utf8",
      env: { ...process.env, AWS_ACCESS_KEY_ID: "example", AWS_SECRET_ACCESS_KEY: "example" },
    });
    const { said, asked } = JSON.parse(run.stdout) as Record<"said" | "asked", string[]>;
    assert.deepEqual(said, ["none", "none", "2026-01-31T08:00:00.000Z", "AccessDenied"]);
    assert.match(asked[0]!, /Action=DescribeDBInstances&.*DBInstanceIdentifier=crm/);
  });

  it("does not load the SDK before a backup is due", () => {
    const script = `
      require(${JSON.stringify(path.join(__dirname, "..", "..", "runtime", "loader.js"))}).install({});
      require(${JSON.stringify(path.join(__dirname, "..", "..", "components", "recovery", "deployment-backup.ts"))});
      const loaded = Object.keys(require.cache).filter((file) => /@aws-sdk.client-(backup|rds)/.test(file));
      process.exit(loaded.length === 0 ? 0 : 1);`;
    assert.equal(spawnSync(process.execPath, ["-e", script]).status, 0);
  });
});
