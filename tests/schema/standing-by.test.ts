import assert from "node:assert/strict";

import { standsBy, whileStandingBy } from "../../schema";
import { problems, validated } from "../support/stack-files";

const PRIMARY = "arn:aws:rds:us-east-1:123456789012:db:crm-production-primary";

describe("a pilot light's settings", () => {
  it("are those of a stack without tasks, calls and backups until it serves, and its own then", () => {
    const config = validated("recovery");
    assert.equal(standsBy(config), true);
    const waiting = whileStandingBy(config);
    for (const { desiredCount, minCapacity } of Object.values(waiting.services)) {
      assert.deepEqual([desiredCount, minCapacity], [0, 0]);
    }
    assert.equal(waiting.recovery.beforeDeployment, undefined);
    assert.equal(waiting.database.multiAz, false);
    assert.equal(waiting.database.skipFinalSnapshot, true);
    const serving = validated("recovery", ({ recovery }) => (recovery.serving = true));
    assert.deepEqual(whileStandingBy(serving), serving);
  });

  it("leave the stack alone whose copies the other one is made of", () => {
    const config = validated("production");
    assert.equal(config.recovery.readiness, "pilot-light");
    assert.equal(standsBy(config), false);
    assert.deepEqual(whileStandingBy(config), config);
  });

  it("are the default where another region has copies or the primary, and nowhere else", () => {
    const readiness = (
      stack: string,
      change: (sections: Record<string, any>) => void = () => undefined,
    ) =>
      validated(stack, (sections) => {
        delete sections["recovery"]?.readiness;
        change(sections);
      }).recovery.readiness;
    assert.equal(readiness("production"), "pilot-light");
    assert.equal(readiness("recovery"), "pilot-light");
    const restored = readiness("recovery", ({ database, recovery }) => {
      delete database.standbyOf;
      recovery.restoreTest = {};
    });
    assert.equal(restored, "backup-restore");
    assert.equal(readiness("staging"), "backup-restore");
    const asked = validated(
      "production",
      ({ recovery }) => (recovery.readiness = "backup-restore"),
    );
    assert.equal(asked.recovery.readiness, "backup-restore");
  });

  const cases: readonly [string, Parameters<typeof problems>[1], RegExp][] = [
    ["no primary", ({ database }) => delete database.standbyOf, /standbyOf: expected the other/],
    [
      "a primary of its own region",
      ({ database }) => (database.standbyOf = PRIMARY.replace("us-east-1", "us-west-2")),
      /standbyOf: expected an instance of crm:accountId 123456789012 outside aws:region us-west-2/,
    ],
    [
      "another account's primary",
      ({ database }) => (database.standbyOf = PRIMARY.replace("123456789012", "210987654321")),
      /standbyOf: expected an instance of crm:accountId 123456789012/,
    ],
    [
      "a restore beside it",
      ({ database }) =>
        (database.restore = {
          sourceDbInstanceAutomatedBackupsArn:
            "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-1",
          useLatestRestorableTime: true,
        }),
      /crm:database.restore: expected nothing beside standbyOf/,
    ],
    [
      "a replica of the replica",
      ({ database }) => (database.replica.enabled = true),
      /replica.enabled: expected false, until the stack serves/,
    ],
    [
      "a second zone, for which the tasks would wait in a failover",
      ({ database }) => (database.multiAz = true),
      /multiAz: expected false, until the stack serves: the tasks would wait for the second zone, got true/,
    ],
    [
      "a login whose password only the other region's database knows",
      ({ database }) => Object.assign(database, { logins: { active: "blue" } }),
      /logins.active: expected owner, until the stack serves, got "?blue/,
    ],
    ...[
      `${PRIMARY}:0`,
      PRIMARY.replace(":db:", ":snapshot:db:"),
      `${PRIMARY}/0`,
      `${PRIMARY}-`,
    ].map((arn): (typeof cases)[number] => [
      `an instance that ${arn} does not name`,
      ({ database }) => (database.standbyOf = arn),
      /standbyOf: expected an instance of crm:accountId 123456789012 outside aws:region us-west-2/,
    ]),
    [
      "a standby that waits for the window",
      ({ database }) => (database.applyImmediately = false),
      /applyImmediately: expected true, which crm:recovery.readiness pilot-light requires/,
    ],
    [
      "a warm standby",
      ({ recovery }) => (recovery.readiness = "warm-standby"),
      /crm:recovery.readiness: expected backup-restore or pilot-light: the tasks of a warm standby could write nothing .*, got "?warm-standby/,
    ],
    [
      "another word",
      ({ recovery }) => (recovery.readiness = "hot"),
      /crm:recovery.readiness: expected one of backup-restore, pilot-light, got "?hot/,
    ],
    [
      "a replica beside backup-restore",
      ({ recovery }) => (recovery.readiness = "backup-restore"),
      /standbyOf: expected nothing, as crm:recovery.readiness is not pilot-light/,
    ],
  ];
  for (const [name, change, says] of cases) {
    it(`refuse ${name}`, () => assert.match(problems("recovery", change).join("\n"), says));
  }

  it("refuse a production that serves in another's place", () => {
    const found = problems("production", ({ recovery }) => (recovery.serving = true));
    assert.match(
      found.join("\n"),
      /serving: expected false, as crm:recovery.region means that another stack/,
    );
  });
});
