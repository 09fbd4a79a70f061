import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { BACKUP_AGE, COPY_AGE, RESTORABLE_AGE } from "../../../facts/backup";
import { documentOf } from "../../../tools/commands/recovery";
import { previewStack } from "../../../tools/preview/index";
import { ChangedStack } from "../../support/changed-stack";
import { packConfigFile } from "../../support/stack-files";

const PACK = path.join(__dirname, "..", "..", "..", "policy-pack");
const WINDOWS = { backupWindow: "05:30-06:00", maintenanceWindow: "sun:08:30-sun:09:00" };

describe("ages of backups that a stack measured", () => {
  const changed = new ChangedStack();
  after(() => changed.remove());
  const measured = (rows: unknown) => {
    // With four hours between backups, a longer copy leaves no time for the alarm before the objective.
    const directory = changed.project((config) => {
      Object.assign(config["crm:recovery"].plan, { intervalHours: 3, firstHour: 1 });
      Object.assign(config["crm:database"], WINDOWS);
    });
    const file = path.join(directory, "Pulumi.production.measured.json");
    fs.writeFileSync(file, JSON.stringify({ durations: rows }));
    return previewStack({
      ...{ cwd: directory, stack: "production", policyPacks: [PACK] },
      policyPackConfigs: [packConfigFile("production")],
    });
  };

  it("raise the thresholds of the program's own alarms, which name the figures again", async () => {
    const asOf = "2026-11-20";
    const minutes = { copyJob: 40, pointInTime: 7, automatedBackupReplication: 31 };
    const plan = await measured(
      Object.entries(minutes).map(([key, length]) => ({ key, minutes: length, asOf })),
    );
    const thresholds = (metricName: string) =>
      plan.resources
        .filter(({ inputs }) => inputs["metricName"] === metricName)
        .map(({ inputs }) => inputs["threshold"]);
    const copies = thresholds(COPY_AGE);
    assert.deepEqual([...new Set(copies)], [(180 + 60 + 15 + 40) * 60]);
    assert.deepEqual(thresholds(RESTORABLE_AGE), [7 * 60]);
    assert.deepEqual(thresholds(BACKUP_AGE), [31 * 60]);
    const unwatched = documentOf(plan)
      .findings.flatMap(({ protections }) => protections)
      .filter(({ watchedBy }) => watchedBy === undefined);
    assert.deepEqual(unwatched, []);
    // The pack does not see the file.
    const violated = plan.policies.violations.map(({ policy }) => policy);
    assert.ok(!violated.includes("recovery-promises-watched"));
  });
});
