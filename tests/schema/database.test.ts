import assert from "node:assert/strict";

import { problems, validated } from "../support/stack-files";

describe("crm:database", () => {
  const errors = (change: (database: any) => void) =>
    // any: tests reach into every field
    problems("production", (sections) => change(sections["database"]));

  it("accepts the shipped database", () => {
    assert.deepEqual(
      errors(() => {}),
      [],
    );
  });

  it("reads parameters' values as texts, in any notation of the stack file", () => {
    const { parameters } = validated("production").database;
    assert.equal(
      parameters.find(({ name }) => name === "log_min_duration_statement")!.value,
      "1000",
    );
  });

  const accepted: [string, (database: any) => void][] = [
    ["months of query statistics", (d) => (d.performanceInsights.retentionPeriod = 62)],
    ["two years of query statistics", (d) => (d.performanceInsights.retentionPeriod = 731)],
    ["exactly 10 percent to grow", (d) => (d.maxAllocatedStorage = 550)],
    [
      "the latest moment of replicated backups",
      (d) =>
        (d.restore = {
          sourceDbInstanceAutomatedBackupsArn:
            "arn:aws:rds:us-east-1:123456789012:auto-backup:ab-0123",
          useLatestRestorableTime: true,
        }),
    ],
    ["a maintenance window over midnight", (d) => (d.maintenanceWindow = "sun:23:30-mon:00:30")],
    ["no enhanced monitoring", (d) => (d.monitoringInterval = 0)],
    ["parameter groups of the next version", (d) => (d.otherEngineVersion = "16")],
    ["a major upgrade, whole", (d) => upgrade(d)],
    ["a major upgrade to a full version", (d) => upgrade(d, { engineVersion: "16.13" })],
    [
      "IOPS and throughput of striped storage",
      (d) => Object.assign(d, { iops: 16_000, storageThroughput: 4000 }),
    ],
  ];
  for (const [title, change] of accepted) {
    it(`accepts ${title}`, () => assert.deepEqual(errors(change), []));
  }

  const upgrade = (d: any, change: object = {}) =>
    // any: as above
    Object.assign(
      d,
      { engineVersion: "16", otherEngineVersion: "15" },
      { allowMajorVersionUpgrade: true, applyImmediately: true },
      change,
    );

  const cases: [string, (database: any) => void, string[]][] = [
    [
      "leaves room to grow by 10 percent",
      (d) => (d.maxAllocatedStorage = 549),
      [
        "crm:database.maxAllocatedStorage: expected at least 550 GiB, 10 percent above allocatedStorage, got 549",
      ],
    ],
    [
      "keeps groups of another family than the one in use",
      (d) => (d.otherEngineVersion = "15"),
      [
        'crm:database.otherEngineVersion: expected a major version other than engineVersion 15, got "15"',
      ],
    ],
    [
      "upgrades to a group that is there",
      (d) => upgrade(d, { otherEngineVersion: undefined }),
      [
        "crm:database.otherEngineVersion: expected the major version before engineVersion 16, which allowMajorVersionUpgrade requires, got nothing",
      ],
    ],
    [
      "upgrades upwards only",
      (d) => upgrade(d, { engineVersion: "15", otherEngineVersion: "16" }),
      [
        'crm:database.otherEngineVersion: expected the major version before engineVersion 15, which allowMajorVersionUpgrade requires, got "16"',
      ],
    ],
    [
      "swaps no groups without the upgrade",
      (d) => upgrade(d, { allowMajorVersionUpgrade: false }),
      [
        "crm:database.allowMajorVersionUpgrade: expected true, as otherEngineVersion 15 comes before engineVersion 16, got false",
      ],
    ],
    [
      "upgrades at once, not in a window",
      (d) => upgrade(d, { applyImmediately: false }),
      [
        "crm:database.applyImmediately: expected true, which allowMajorVersionUpgrade requires, got false",
      ],
    ],
    [
      "keeps groups of versions that exist",
      (d) => (d.otherEngineVersion = "99"),
      ['crm:database.otherEngineVersion: expected a major version of 13 to 18, got "99"'],
    ],
    [
      "buys no IOPS for storage that is not striped",
      (d) => Object.assign(d, { allocatedStorage: 399, iops: 12_000, storageThroughput: 500 }),
      [
        "crm:database.iops: expected nothing, as gp3 below 400 GiB has fixed values, got 12000",
        "crm:database.storageThroughput: expected nothing, as gp3 below 400 GiB has fixed values, got 500",
      ],
    ],
    [
      "buys no IOPS for gp2",
      (d) => Object.assign(d, { storageType: "gp2", iops: 12_000 }),
      ["crm:database.iops: expected nothing, as storageType is gp2, got 12000"],
    ],
    [
      "wants a quarter of IOPS as throughput at most",
      (d) => Object.assign(d, { iops: 12_000, storageThroughput: 3001 }),
      [
        "crm:database.storageThroughput: expected at most 3000 MiB a second, a quarter of iops, got 3001",
      ],
    ],
    [
      "sets IOPS and throughput together",
      (d) => (d.iops = 12_000),
      ["crm:database.storageThroughput: expected from 500 to 4000, beside the other, got nothing"],
    ],
    [
      "knows what gp3 can do",
      (d) => Object.assign(d, { iops: 11_999, storageThroughput: 4001 }),
      [
        "crm:database.iops: expected a whole number from 12000 to 64000 operations a second, got 11999",
        "crm:database.storageThroughput: expected a whole number from 500 to 4000 MiB a second, got 4001",
      ],
    ],
    [
      "wants at least 20 GiB",
      (d) => (d.allocatedStorage = 5),
      ["crm:database.allocatedStorage: expected a whole number from 20 to 65536 GiB, got 5"],
    ],
    [
      "wants half an hour for backups",
      (d) => (d.backupWindow = "03:00-03:29"),
      ['crm:database.backupWindow: expected a window of at least 30 minutes, got "03:00-03:29"'],
    ],
    [
      "keeps backup and maintenance apart",
      (d) => (d.maintenanceWindow = "sun:03:30-sun:04:30"),
      [
        'crm:database.maintenanceWindow: expected a window that does not overlap backupWindow 03:00-04:00, got "sun:03:30-sun:04:30"',
      ],
    ],
    [
      "wants half an hour for maintenance",
      (d) => (d.maintenanceWindow = "sun:23:00-sun:23:15"),
      [
        'crm:database.maintenanceWindow: expected a window of 30 minutes to 24 hours, got "sun:23:00-sun:23:15"',
      ],
    ],
    [
      "keeps the replica out of the primary's zones",
      (d) => (d.replica.availabilityZone = "us-east-1b"),
      [
        'crm:database.replica.availabilityZone: expected a zone outside availabilityZones us-east-1a, us-east-1b, got "us-east-1b"',
      ],
    ],
    [
      "wants each zone once",
      (d) => (d.availabilityZones = ["us-east-1a", "us-east-1a"]),
      [
        'crm:database.availabilityZones[1]: expected an entry that is not in the list already, got "us-east-1a"',
      ],
    ],
    [
      "wants backups for a replica",
      (d) => (d.backupRetentionPeriod = 0),
      [
        "crm:database.backupRetentionPeriod: expected at least 1 day, which a read replica requires, got 0",
      ],
    ],
    [
      "requires a replica for its readers",
      (d) => (d.replica.enabled = false),
      [
        'crm:database.urls.analytics: expected primary, as replica.enabled is false, got "replica"',
        'crm:eventing.functions.analytics-aggregator.databaseUrl: expected primary, as crm:database has no replica, got "replica"',
        'crm:eventing.functions.report-generator.databaseUrl: expected primary, as crm:database has no replica, got "replica"',
      ],
    ],
    [
      "knows how long query statistics are kept",
      (d) => (d.performanceInsights.retentionPeriod = 30),
      [
        "crm:database.performanceInsights.retentionPeriod: expected 7, a multiple of 31, or 731 days, got 30",
      ],
    ],
    [
      "knows the intervals of enhanced monitoring",
      (d) => (d.monitoringInterval = 20),
      ["crm:database.monitoringInterval: expected one of 0, 1, 5, 10, 15, 30, 60 seconds, got 20"],
    ],
    [
      "wants each parameter once",
      (d) => d.replica.parameters.push({ name: "random_page_cost", value: 2 }),
      [
        'crm:database.replica.parameters[6].name: expected a parameter that is not in the list already, got "random_page_cost"',
      ],
    ],
    [
      "refuses names that RDS keeps",
      (d) => (d.masterUsername = "admin"),
      [
        'crm:database.masterUsername: expected a name other than admin, administrator, master, postgres, rdsadmin, root, got "admin"',
      ],
    ],
    [
      "refuses storage in clear",
      (d) => (d.storageEncrypted = false),
      [
        "crm:database.storageEncrypted: expected true: customer data is never stored unencrypted, got false",
      ],
    ],
    [
      "refuses an unquoted version",
      (d) => (d.engineVersion = 15),
      ["crm:database.engineVersion: expected a PostgreSQL version such as 15 or 15.13, got 15"],
    ],
    [
      "refuses a minor version that RDS no longer creates, such as the document's",
      (d) => (d.engineVersion = "15.4"),
      [
        'crm:database.engineVersion: expected 15, or 15.13 and later, as RDS no longer creates it, got "15.4"',
      ],
    ],
    [
      "refuses a version that RDS does not create",
      (d) => (d.engineVersion = "12"),
      [
        'crm:database.engineVersion: expected a PostgreSQL version of 13 to 18, which RDS creates, got "12"',
      ],
    ],
    [
      "refuses a static parameter that is to take effect at once, as RDS does",
      (d) => (d.parameters = [{ name: "max_connections", value: 500 }]),
      [
        'crm:database.parameters[0].applyMethod: expected pending-reboot, as max_connections is static, got "immediate"',
      ],
    ],
    [
      // RDS User Guide, "Using a custom DNS server for outbound network access": it is set, then the instance is restarted.
      "refuses a static parameter of RDS's own likewise",
      (d) => (d.parameters = [{ name: "rds.custom_dns_resolution", value: 1 }]),
      [
        'crm:database.parameters[0].applyMethod: expected pending-reboot, as rds.custom_dns_resolution is static, got "immediate"',
      ],
    ],
    [
      "names the nearest key for an unknown one",
      (d) => (d.multiAZ = true),
      ["crm:database.multiAZ: there is no such key. Did you mean crm:database.multiAz?"],
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => assert.deepEqual(errors(change), expected));
  }

  it("restores moments that there are, and that are past", () => {
    for (const restoreTime of ["2026-99-99T00:00:00Z", "2126-01-31T12:00:00Z", "yesterday"]) {
      const sourceDbInstanceAutomatedBackupsArn =
        "arn:aws:rds:us-east-1:123456789012:auto-backup:ab-0123";
      const restore = { sourceDbInstanceAutomatedBackupsArn, restoreTime };
      const [problem] = errors((d) => (d.restore = restore));
      assert.match(problem!, /restoreTime: expected a past time in UTC, such as .*, got /);
    }
  });

  it("restores one moment, not two and not none", () => {
    const restore = {
      sourceDbInstanceAutomatedBackupsArn: "arn:aws:rds:us-east-1:123456789012:auto-backup:ab-0123",
    };
    for (const moment of [
      {},
      { restoreTime: "2026-01-31T12:00:00Z", useLatestRestorableTime: true },
    ]) {
      const [problem, ...more] = errors((d) => (d.restore = { ...restore, ...moment }));
      assert.match(
        problem!,
        /^crm:database\.restore: expected either restoreTime or useLatestRestorableTime: true, got .*$/,
      );
      assert.deepEqual(more, []);
    }
  });
});
