import assert from "node:assert/strict";

import { recoveryRules, recoverySchema } from "../../schema/recovery";
import { recoveryInput } from "../support/recovery";

/** What the section's schema and rules say. */
function problems(change: (input: Record<string, any>) => void): string[] {
  const input = recoveryInput();
  change(input);
  const parsed = recoverySchema.safeParse(input);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
  const found: string[] = [];
  recoveryRules(parsed.data, (path, given, expected) =>
    found.push(`${path.join(".")}: expected ${expected}, got ${JSON.stringify(given)}`),
  );
  return found;
}

describe("crm:recovery", () => {
  it("accepts the shipped shape, and nothing at all", () => {
    assert.deepEqual(
      problems(() => undefined),
      [],
    );
    assert.deepEqual(
      problems((input) => Object.keys(input).forEach((key) => delete input[key])),
      [],
    );
  });

  const rows: [string, (input: Record<string, any>) => void, RegExp][] = [
    [
      "an interval that divides no day",
      (i) => (i["plan"].intervalHours = 5),
      /1, 2, 3, 4, 6, 8, 12, 24/,
    ],
    [
      "a first hour that is the second's",
      (i) => Object.assign(i["plan"], { intervalHours: 2, firstHour: 2 }),
      /plan\.firstHour: expected less than intervalHours 2.*, got 2/,
    ],
    ["a start window that AWS refuses", (i) => (i["plan"].startWindowMinutes = 30), /from 60/],
    [
      "a completion window shorter than the start window and an hour",
      (i) => (i["plan"].startWindowMinutes = 150),
      /completionWindowMinutes: expected at least 210 minutes.*, got 180/,
    ],
    [
      "backups that the lock refuses",
      (i) => (i["plan"].retentionDays = 3),
      /plan\.retentionDays: expected 7 to 365 days.*, got 3/,
    ],
    [
      "a deployment's backup that the lock refuses",
      (i) => (i["lock"].maximumDays = 60),
      /beforeDeployment\.retentionDays: expected 7 to 60 days.*, got 90/,
    ],
    [
      "a lock the wrong way round",
      (i) => (i["lock"] = { minimumDays: 30, maximumDays: 20 }),
      /at least 30/,
    ],
    [
      "a bucket whose alarm would take the place of the database's own",
      (i) => (i["plan"].buckets = ["database"]),
      /plan\.buckets: expected keys other than database, .*, got "database"/,
    ],
    ["a lock without vaults", (i) => delete i["plan"], /lock: .* nothing without plan/],
    ["fewer days of grace than AWS takes", (i) => (i["lock"].graceDays = 2), /from 3/],
    [
      "a month that is none",
      (i) => (i["restoreTest"].schedule = "cron(0 8 1 0 ? *)"),
      /restoreTest.*: 1-12 or JAN-DEC, with , - \* \/ in month/,
    ],
    [
      "a rate, which AWS Backup does not know",
      (i) => (i["restoreTest"].schedule = "rate(30 days)"),
      /a schedule such as cron\(0 5/,
    ],
    [
      "a schedule that comes once",
      (i) => (i["configuration"].schedule = "at(2030-01-31T09:00:00)"),
      /a schedule such as/,
    ],
    [
      "a schedule that is none",
      (i) => (i["configuration"].schedule = "daily"),
      /a schedule such as/,
    ],
    [
      "deployments without a backup for a week",
      (i) =>
        (i["beforeDeployment"].skipUntil = new Date(Date.now() + 7 * 864e5)
          .toISOString()
          .slice(0, 10)),
      /skipUntil: a day in quotes, such as "2026-01-31", 3 days from now at most/,
    ],
    [
      "a quota that an account has anyway",
      (i) => (i["quotas"] = { fargateVcpus: 5 }),
      /quotas\.fargateVcpus: a whole number from 6/,
    ],
    ["a quota that nobody knows", (i) => (i["quotas"] = { vcpus: 64 }), /vcpus/],
    [
      "quotas of no region",
      (i) => {
        delete i["region"];
        i["quotas"] = { fargateVcpus: 64 };
      },
      /quotas: .* nothing without region/,
    ],
    ["an unknown key", (i) => (i["plann"] = {}), /plann/],
  ];
  for (const [what, change, message] of rows) {
    it(`refuses ${what}`, () => assert.match(problems(change).join("\n"), message));
  }
});
