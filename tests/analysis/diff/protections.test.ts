/** Alarms and protections that a change takes away. */
import assert from "node:assert/strict";

import { pairsOf } from "../../../analysis/diff/pairs";
import { weakeningsOf } from "../../../analysis/diff/protections";
import { type PlannedResource, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { planned } from "../../support/planned";

describe("alarms and protections that go", () => {
  const said = (old: PlannedResource[], now: PlannedResource[]) =>
    weakeningsOf(pairsOf(old, now)).map(({ name, says }) => `${name}: ${says}`);
  const alarm = (inputs: Record<string, unknown>) =>
    planned("aws:cloudwatch/metricAlarm:MetricAlarm", "errors", { inputs });

  it("are a deleted alarm, and one without a receiver", () => {
    const old = [alarm({ alarmActions: ["arn"] })];
    assert.deepEqual(said(old, []), ["errors: the alarm is deleted"]);
    assert.deepEqual(said(old, [alarm({ alarmActions: [] })]), [
      "errors: the alarm has no receiver (alarmActions)",
    ]);
    assert.deepEqual(said([], old), []);
  });

  it("are an alarm that fires at a higher or lower value, later, or not where data is missing", () => {
    const base = { comparisonOperator: "GreaterThanThreshold", threshold: 10 };
    const from = { ...base, evaluationPeriods: 3, datapointsToAlarm: 2 };
    const cases: [object, object, string[]][] = [
      [base, { threshold: 90 }, ["fires at a higher value only (threshold 10 -> 90)"]],
      [base, { threshold: 5 }, []],
      [{ ...base, comparisonOperator: "LessThanThreshold" }, { threshold: 90 }, []],
      [
        { ...base, comparisonOperator: "LessThanThreshold" },
        { threshold: 1 },
        ["fires at a lower value only (threshold 10 -> 1)"],
      ],
      [base, { threshold: 90, comparisonOperator: "LessThanThreshold" }, []],
      [from, { datapointsToAlarm: 3 }, ["fires later (datapoints 2 -> 3)"]],
      [from, { evaluationPeriods: 5 }, []],
      [
        { ...base, treatMissingData: "breaching" },
        { treatMissingData: "missing" },
        ["does not fire any more where data is missing"],
      ],
    ];
    for (const [old, change, expected] of cases) {
      const found = said([alarm({ ...old })], [alarm({ ...old, ...change })]);
      assert.deepEqual(
        found,
        expected.map((one) => `errors: ${one}`),
        JSON.stringify([old, change]),
      );
    }
  });

  it("are an alarm that fires after a longer time, for any period", () => {
    const of = (datapoints: number, period: number) =>
      alarm({ evaluationPeriods: 5, datapointsToAlarm: datapoints, period });
    const queries = (datapoints: number, period: number) =>
      alarm({
        evaluationPeriods: datapoints,
        metricQueries: [
          { id: "sum", expression: "a+b" },
          ...["a", "b"].map((id) => ({ id, metric: { metricName: id, period } })),
        ],
      });
    for (const make of [of, queries]) {
      assert.deepEqual(said([make(1, 300)], [make(5, 60)]), []);
      assert.deepEqual(said([make(5, 60)], [make(1, 300)]), []);
      assert.deepEqual(said([make(5, 60)], [make(5, 300)]), [
        "errors: fires later (after 300 s -> 1500 s)",
      ]);
      assert.deepEqual(said([make(5, 300)], [make(5, 60)]), []);
    }
    assert.deepEqual(said([of(1, 300)], [queries(2, 300)]), [
      "errors: fires later (after 300 s -> 600 s)",
    ]);
  });

  // Class and storage of one database before and after, with thresholds of 80 percent of what AWS's pages say that they have.
  it("are no alarm whose threshold follows the size of what it watches", () => {
    const INSTANCE = "aws:rds/instance:Instance";
    const watch = (namespace: string, metricName: string, dimensions: object, threshold: number) =>
      alarm({
        ...{ namespace, metricName, dimensions, threshold },
        comparisonOperator: metricName.startsWith("Free")
          ? "LessThanThreshold"
          : "GreaterThanThreshold",
      });
    const database = (metric: string, threshold: number) =>
      watch("AWS/RDS", metric, { DBInstanceIdentifier: "db" }, threshold);
    const instance = (instanceClass: string, allocatedStorage: number) =>
      planned(INSTANCE, "db", { inputs: { identifier: "db", instanceClass, allocatedStorage } });
    const [large, xlarge] = [instance("db.r6g.large", 500), instance("db.r6g.xlarge", 500)];
    const connections = (threshold: number) => database("DatabaseConnections", threshold);
    assert.deepEqual(said([large, connections(1441)], [xlarge, connections(2883)]), []);
    // 95 percent instead of 80; the class stays; it watches another one.
    const higher = "errors: fires at a higher value only (threshold 1441 -> ";
    assert.deepEqual(said([large, connections(1441)], [xlarge, connections(3424)]), [
      `${higher}3424)`,
    ]);
    assert.deepEqual(said([large, connections(1441)], [large, connections(2883)]), [
      `${higher}2883)`,
    ]);
    assert.deepEqual(said([connections(1441)], [xlarge, connections(2883)]), [`${higher}2883)`]);
    const memory = (threshold: number) => database("FreeableMemory", threshold);
    assert.deepEqual(said([xlarge, memory(3_435_973_837)], [large, memory(1_717_986_918)]), []);

    const storage = (threshold: number) => database("FreeStorageSpace", threshold);
    const less = instance("db.r6g.large", 400);
    const [before, after] = [storage(107_374_182_400), storage(85_899_345_920)];
    assert.deepEqual(said([large, before], [less, after]), []);
    assert.equal(said([large, before], [less, storage(42_949_672_960)]).length, 1);
    assert.equal(said([large, before], [large, after]).length, 1);
    // A replica has its source's.
    const replica = planned(INSTANCE, "replica", {
      inputs: { identifier: "copy", instanceClass: "db.r6g.large", replicateSourceDb: "arn" },
      propertyDependencies: { replicateSourceDb: [large.urn] },
    });
    const copy = (threshold: number) =>
      watch("AWS/RDS", "FreeStorageSpace", { DBInstanceIdentifier: "copy" }, threshold);
    assert.deepEqual(
      said([large, replica, copy(107_374_182_400)], [less, replica, copy(85_899_345_920)]),
      [],
    );

    const run = (timeout: number) =>
      planned("aws:lambda/function:Function", "f", { inputs: { name: "f", timeout } });
    const duration = (threshold: number) =>
      watch("AWS/Lambda", "Duration", { FunctionName: "f" }, threshold);
    assert.deepEqual(said([run(300), duration(240_000)], [run(900), duration(720_000)]), []);
    assert.equal(said([run(300), duration(240_000)], [run(900), duration(890_000)]).length, 1);

    // It fires where all tasks are wanted that there may be.
    const target = (maxCapacity: number) =>
      planned("aws:appautoscaling/target:Target", "t", {
        inputs: {
          resourceId: "service/c/s",
          scalableDimension: "ecs:service:DesiredCount",
          maxCapacity,
        },
      });
    const wanted = (threshold: number) =>
      watch(
        ...(["ECS/ContainerInsights", "DesiredTaskCount"] as const),
        { ClusterName: "c", ServiceName: "s" },
        threshold,
      );
    assert.deepEqual(said([target(6), wanted(5)], [target(10), wanted(9)]), []);
    assert.equal(said([target(6), wanted(5)], [target(10), wanted(10)]).length, 1);
  });

  it("are rules of a firewall that go, count instead of blocking, or let more through", () => {
    const acl = (...rules: object[]) =>
      planned("aws:wafv2/webAcl:WebAcl", "acl", {
        inputs: { rules, defaultAction: { allow: {} } },
      });
    const group = (name: string, override: object, overrides: object[] = []) => ({
      ...{ name, overrideAction: override },
      statement: { managedRuleGroupStatement: { name, ruleActionOverrides: overrides } },
    });
    const limit = (count: number, more: object = { block: {} }, seconds?: number) => ({
      ...{ name: "limit", action: more },
      statement: { rateBasedStatement: { limit: count, evaluationWindowSec: seconds } },
    });
    const none = { none: {} };
    const counted = { name: "Size", actionToUse: { count: {} } };
    const cases: [object[], object[], string[]][] = [
      [[group("SQLi", none)], [], ["has no rule SQLi any more"]],
      [[{ name: "own", action: { allow: {} } }], [], []],
      [
        [group("SQLi", none)],
        [group("SQLi", { count: {} })],
        ["rule SQLi: count instead of the actions of its own rules"],
      ],
      [[group("SQLi", { count: {} })], [group("SQLi", none)], []],
      [
        [group("SQLi", none)],
        [group("SQLi", none, [counted])],
        ["rule SQLi: count for Size, not its own action"],
      ],
      [[group("SQLi", none, [counted])], [group("SQLi", none)], []],
      [[limit(20)], [limit(20, { count: {} })], ["rule limit: count instead of block"]],
      [[limit(20, { count: {} })], [limit(20)], []],
      [
        [limit(20_000)],
        [limit(200_000)],
        ["rule limit: lets more requests through (20000 in 300 s -> 200000 in 300 s)"],
      ],
      [
        [limit(100, { block: {} }, 600)],
        [limit(100, { block: {} }, 60)],
        ["rule limit: lets more requests through (100 in 600 s -> 100 in 60 s)"],
      ],
      [[limit(200)], [limit(100)], []],
      [
        [],
        [{ name: "friends", action: { allow: {} } }],
        ["allows what its new rule friends matches, before the rules that follow"],
      ],
    ];
    for (const [old, now, expected] of cases) {
      assert.deepEqual(
        said([acl(...old)], [acl(...now)]),
        expected.map((one) => `acl: ${one}`),
        JSON.stringify([old, now]),
      );
    }
    const deflt = (verb: string) =>
      planned("aws:wafv2/webAcl:WebAcl", "acl", {
        inputs: { rules: secret([]), defaultAction: { [verb]: {} } },
      });
    assert.deepEqual(said([deflt("block")], [deflt("allow")]), [
      "acl: allows by default what it blocked",
    ]);
  });

  it("are a backup plan's rule, copies and days", () => {
    const plan = (...rules: object[]) =>
      planned("aws:backup/plan:Plan", "plan", { inputs: { rules } });
    const rule = (days: number, copies = [days]) => ({
      ...{ ruleName: "r", lifecycle: { deleteAfter: days } },
      copyActions: copies.map((deleteAfter) => ({ lifecycle: { deleteAfter } })),
    });
    assert.deepEqual(said([plan(rule(14))], [plan()]), ["plan: has no rule r any more"]);
    assert.deepEqual(said([plan(rule(14))], [plan(rule(7))]), [
      "plan: rule r: keeps new recovery points for fewer days (14 -> 7)",
      "plan: rule r: keeps new copies for fewer days",
    ]);
    assert.deepEqual(said([plan(rule(14))], [plan(rule(14, []))]), [
      "plan: rule r: makes fewer copies",
    ]);
    assert.deepEqual(said([plan(rule(7))], [plan(rule(14))]), []);
  });

  it("are settings that are weaker, and not those that are stronger", () => {
    const database = (inputs: Record<string, unknown>, protect = false) =>
      planned("aws:rds/instance:Instance", "db", { inputs, protect });
    const strong = { deletionProtection: true, backupRetentionPeriod: 7, skipFinalSnapshot: false };
    const weak = { deletionProtection: false, backupRetentionPeriod: 1, skipFinalSnapshot: true };
    assert.equal(said([database(strong, true)], [database(weak)]).length, 4);
    assert.deepEqual(said([database(weak)], [database(strong, true)]), []);
    const versioning = (status: string) =>
      planned("aws:s3/bucketVersioning:BucketVersioning", "v", {
        inputs: { versioningConfiguration: { status } },
      });
    assert.deepEqual(said([versioning("Enabled")], [versioning("Suspended")]), [
      "v: keeps versions no longer (versioningConfiguration.status)",
    ]);
  });

  it("are encryption and the protection of contents of each type that has such a switch", () => {
    const rows: [type: string, old: Record<string, unknown>, now: Record<string, unknown>, says: string][] = [
      ["aws:rds/cluster:Cluster", { storageEncrypted: true }, { storageEncrypted: false }, "is stored unencrypted (storageEncrypted)"],
      ["aws:redshift/cluster:Cluster", { encrypted: "true" }, { encrypted: "false" }, "is stored unencrypted (encrypted)"],
      ["aws:opensearch/domain:Domain", { encryptAtRest: { enabled: true } }, {}, "is stored unencrypted (encryptAtRest.enabled)"],
      ["aws:route53/zone:Zone", {}, { forceDestroy: true }, "is deleted with everything in it (forceDestroy)"],
      ["aws:ecr/repository:Repository", {}, { forceDelete: true }, "is deleted with everything in it (forceDelete)"],
    ]; // prettier-ignore
    for (const [type, old, now, says] of rows) {
      const [before, after] = [
        planned(type, "one", { inputs: old }),
        planned(type, "one", { inputs: now }),
      ];
      assert.deepEqual(said([before], [after]), [`one: ${says}`]);
      assert.deepEqual(said([after], [before]), []);
    }
  });

  it("read an input that is not set as AWS does", () => {
    const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
    const LOGS = "aws:cloudwatch/logGroup:LogGroup";
    const rows: [type: string, old: Record<string, unknown>, now: Record<string, unknown>, says?: string][] = [
      ["aws:redshift/cluster:Cluster", { encrypted: "true" }, {}],
      ["aws:redshift/cluster:Cluster", {}, { encrypted: "false" }, "is stored unencrypted (encrypted)"],
      [CACHE, { engine: "valkey", atRestEncryptionEnabled: true }, { engine: "valkey" }],
      [CACHE, { engine: "valkey" }, { engine: "valkey", atRestEncryptionEnabled: false }, "is stored unencrypted (atRestEncryptionEnabled)"],
      [CACHE, { engine: "redis" }, { engine: "redis", atRestEncryptionEnabled: "false" }],
      ["aws:rds/instance:Instance", { deleteAutomatedBackups: false }, {}, "takes its automated backups along when it is deleted (deleteAutomatedBackups)"],
      ["aws:rds/instance:Instance", {}, { deleteAutomatedBackups: true }],
      ["aws:kms/key:Key", { deletionWindowInDays: 14 }, {}],
      ["aws:kms/key:Key", {}, { deletionWindowInDays: 14 }, "is deleted after fewer days (deletionWindowInDays)"],
      ["aws:cloudwatch/metricAlarm:MetricAlarm", {}, { actionsEnabled: false }, "the alarm has no receiver (actionsEnabled)"],
      [LOGS, { retentionInDays: 30 }, {}],
      [LOGS, {}, { retentionInDays: 30 }, "keeps logs for fewer days (retentionInDays)"],
      [LOGS, { retentionInDays: 0 }, { retentionInDays: 30 }, "keeps logs for fewer days (retentionInDays)"],
    ]; // prettier-ignore
    for (const [type, old, now, says] of rows) {
      const found = said(
        [planned(type, "one", { inputs: old })],
        [planned(type, "one", { inputs: now })],
      );
      assert.deepEqual(
        found,
        says === undefined ? [] : [`one: ${says}`],
        JSON.stringify([old, now]),
      );
    }
  });

  it("are said to be possible where a value is not known, or masked, on one side", () => {
    const store = (storageEncrypted: unknown) =>
      planned("aws:rds/cluster:Cluster", "one", { inputs: { storageEncrypted } });
    const possibly = ["one: possibly is stored unencrypted (storageEncrypted is not known)"];
    assert.deepEqual(said([store(true)], [store(UNKNOWN)]), possibly);
    assert.deepEqual(said([store(true)], [store(secret("[secret]"))]), possibly);
    assert.deepEqual(said([store(true)], [store("[secret]")]), possibly);
    assert.deepEqual(said([store(UNKNOWN)], [store(false)]), possibly);
    assert.deepEqual(said([store(UNKNOWN)], [store(UNKNOWN)]), []);
    assert.deepEqual(said([store(UNKNOWN)], [store(true)]), []);
    assert.deepEqual(said([store(false)], [store(UNKNOWN)]), []);
    assert.deepEqual(said([store(secret(true))], [store(secret(false))]), [
      "one: is stored unencrypted (storageEncrypted)",
    ]);
    const database = (backupRetentionPeriod: unknown) =>
      planned("aws:rds/instance:Instance", "db", { inputs: { backupRetentionPeriod } });
    assert.deepEqual(said([database(7)], [database(UNKNOWN)]), [
      "db: possibly keeps its automated backups for fewer days (backupRetentionPeriod is not known)",
    ]);
    const alarmed = (alarmActions: unknown) => alarm({ alarmActions });
    assert.deepEqual(said([alarmed(["a"])], [alarmed(UNKNOWN)]), []);
  });
});
