/** The drill: what it measures wins over facts/, and what a stop interrupted is not measured. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { derive } from "../../../analysis/recovery/objectives";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { main } from "../../../operations/runbook";
import { BOOKS } from "../../../operations/runbooks/books";
import { stepsOf } from "../../../operations/runbooks/runner";
import { readMeasured } from "../../../tools/preview/engine/measured";
import { planOf } from "../../support/plans";
import { scene, type SceneOptions } from "./desk";
import { SAYS, WELL } from "./well";

describe("npm run drill", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "drill-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const file = () => path.join(folder, "Pulumi.production.measured.json");

  const run = async (options: Partial<SceneOptions> = {}) => {
    const played = scene({ answers: WELL, says: SAYS, ...options });
    const bootstrap = path.join(folder, "bootstrap");
    const code = await main(["drill", "--stack", "production"], played.desk, planOf, { bootstrap });
    return { ...played, code };
  };

  /** Each wait is good after so many questions, fifteen seconds apart. */
  const slow = (turns: Readonly<Record<string, number>>): SceneOptions["instead"] => {
    const asked = new Map<string, number>();
    return (_, line) => {
      const word = Object.keys(turns).find((one) => line.includes(one));
      if (word === undefined || !line.startsWith("aws ") || line.includes("RecoveryPointArn"))
        return undefined;
      const turn = (asked.get(word) ?? 0) + 1;
      asked.set(word, turn);
      return turn <= turns[word]! ? { status: 0, stdout: "coming", stderr: "" } : undefined;
    };
  };

  it("writes the times of restore, backup, copy and deletion, which win over facts/", async () => {
    fs.writeFileSync(file(), JSON.stringify({ usage: { natGB: 12 } }));
    const { code, shown } = await run({
      instead: slow({
        "DBInstances[0].DBInstanceStatus": 80,
        "describe-backup-job": 20,
        "describe-copy-job": 48,
        "length(DBInstances": 16,
      }),
    });
    assert.equal(code, 0, shown.slice(-3).join("\n"));
    const asOf = "2026-11-28";
    const measured = readMeasured(file());
    assert.deepEqual(measured, {
      durations: [
        {
          type: "aws:rds/instance:Instance",
          when: { restoreToPointInTime: "set", multiAz: true },
          ...{ seconds: 80 * 15, asOf },
        },
        { key: "backupJob", minutes: 5, asOf },
        { key: "copyJob", minutes: 12, asOf },
        { key: "deleteInstance", minutes: 4, asOf },
      ],
      usage: { natGB: 12 },
    });
    assert.match(shown.at(-1)!, /^Measured: .*copyJob 12 minutes.*Written into Pulumi\.production/);
    const plan = await planOf("production");
    const restored = (one: Parameters<typeof recoveryStackOf>[0]) =>
      derive(recoveryStackOf(one)).findings.find(
        ({ store, scenario }) =>
          store === "crm-production-primary" && scenario === "data deleted or corrupted",
      )!.restoreMinutes!;
    // 3,000 seconds by facts/, 1,200 by the drill.
    assert.equal(restored(plan) - restored({ ...plan, measured }), 30);
  });

  it("replaces what an earlier drill measured of the same, and nothing else", async () => {
    const asOf = "2026-01-01";
    const verify = { key: "verify", minutes: 4, asOf };
    const durations = [verify, { key: "copyJob", minutes: 99, asOf }];
    fs.writeFileSync(file(), JSON.stringify({ durations }));
    await run();
    const rows = readMeasured(file()).durations;
    assert.deepEqual(rows[0], verify);
    assert.equal(rows.filter((row) => "key" in row && row.key === "copyJob").length, 1);
    assert.ok(!rows.some((row) => "minutes" in row && row.minutes === 99));
  });

  it("measures nothing of a wait that goes on after a stop, and nothing of a plan", async () => {
    const lost = await run({
      instead: (_, line) =>
        line.includes("DBInstanceStatus --output") && line.startsWith("aws rds describe")
          ? { status: 255, stdout: "", stderr: "Connection lost" }
          : undefined,
    });
    assert.equal(lost.code, 1);
    assert.ok(!fs.existsSync(file()));
    const { code } = await run({ kept: lost.kept()! });
    assert.equal(code, 0);
    const rows = readMeasured(file()).durations;
    assert.deepEqual(
      rows.map((row) => ("key" in row ? row.key : row.type)),
      ["backupJob", "copyJob", "deleteInstance"],
    );
  });

  it("deletes only the resources that it created, never the primary", async () => {
    const book = BOOKS.get("drill")!.make([await planOf("production")], {
      bootstrap: path.join(folder, "bootstrap"),
    });
    const acts = stepsOf(book, "all")
      .flatMap(({ commands }) => commands)
      .filter(({ kind }) => kind === "act")
      .map(({ argv }) => argv.join(" "));
    assert.equal(acts.length, 4);
    for (const line of acts.filter((one) => /delete|modify|reboot/.test(one))) {
      assert.match(line, /--db-instance-identifier crm-production-drill /);
    }
  });
});
