/** Changes in place that delete data: AWS's pages in facts/expirations.ts say of each that it applies to what is there. */
import assert from "node:assert/strict";

import { changesOf } from "../../../analysis/diff/changes";
import { expiredBy } from "../../../analysis/diff/expirations";
import { findingsOf } from "../../../analysis/diff/findings";
import type { PlannedResource } from "../../../analysis/plan/model";
import { UNKNOWN } from "../../../analysis/plan/model";
import { EXPIRATIONS } from "../../../facts/expirations";
import { guard } from "../../../tools/commands/guard";
import { planOf } from "../../support/plans";

const QUEUE = "aws:sqs/queue:Queue";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const BUCKET = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const IMAGES = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const PLAN = "aws:backup/plan:Plan";

const lost = (type: string, old: object | undefined, now: object) =>
  expiredBy(type, old as PlannedResource["inputs"], now as PlannedResource["inputs"])?.holds;

describe("what a lower limit deletes", () => {
  for (const [type, { property, deletes, unit }] of Object.entries(EXPIRATIONS)) {
    it(`of ${type}: ${deletes} that are older`, () => {
      const says = `${deletes} that are older than 3 ${unit}`;
      assert.equal(lost(type, { [property]: 7 }, { [property]: 3 }), says);
      assert.equal(lost(type, { [property]: 3 }, { [property]: 7 }), undefined);
      assert.equal(lost(type, { [property]: 3 }, { [property]: 3, other: 1 }), undefined);
      assert.equal(lost(type, { [property]: 3 }, { [property]: UNKNOWN }), undefined);
    });
  }

  it("goes by the service's default where nothing is set, and by the value that keeps for ever", () => {
    const messages = "messageRetentionSeconds";
    assert.match(lost(QUEUE, { [messages]: 1_209_600 }, {})!, /older than 345600 seconds$/);
    assert.equal(lost(QUEUE, {}, { [messages]: 1_209_600 }), undefined);
    assert.match(lost(LOGS, {}, { retentionInDays: 30 })!, /^log events .* 30 days$/);
    assert.match(lost(LOGS, { retentionInDays: 0 }, { retentionInDays: 30 })!, /30 days$/);
    assert.equal(lost(LOGS, { retentionInDays: 30 }, { retentionInDays: 0 }), undefined);
    const database = (days: number) => ({ backupRetentionPeriod: days });
    assert.equal(
      lost("aws:rds/instance:Instance", database(7), database(0)),
      "all automated backups",
    );
  });

  const rule = (id: string, more: object, filter: object = { prefix: "" }) => ({
    ...{ id, status: "Enabled", filter },
    ...more,
  });
  const days = (count: number) => ({ expiration: { days: count } });
  const noncurrent = (count: number, newer?: number) => ({
    noncurrentVersionExpiration: { noncurrentDays: count, newerNoncurrentVersions: newer },
  });
  const bucket = (old: object[] | undefined, now: object[]) =>
    lost(BUCKET, old && { rules: old }, { rules: now });

  it("is objects and versions of a bucket, by what a rule applies to and not by its name", () => {
    assert.equal(
      bucket([rule("a", days(2555))], [rule("a", days(30))]),
      "objects that are older than 30 days",
    );
    assert.equal(bucket([rule("a", days(30))], [rule("b", days(30), {})]), undefined);
    assert.equal(bucket([rule("a", days(30))], [rule("a", days(2555))]), undefined);
    assert.equal(bucket([rule("a", days(30))], []), undefined);
    assert.match(bucket([], [rule("a", days(30))])!, /30 days/);
    const off = { ...rule("a", days(30)), status: "Disabled" };
    assert.match(bucket([off], [rule("a", days(30))])!, /30 days/);
    assert.equal(bucket([rule("a", days(30))], [off]), undefined);
    // Another prefix than before, or one inside of what expires already.
    const part = rule("p", days(30), { prefix: "x/" });
    assert.match(bucket([part], [rule("p", days(30), { prefix: "y/" })])!, /30 days/);
    assert.equal(bucket([rule("a", days(30))], [rule("a", days(30)), part]), undefined);
    assert.match(
      bucket([rule("v", noncurrent(90))], [rule("v", noncurrent(1))])!,
      /noncurrent for more than 1 days/,
    );
    assert.match(bucket([rule("v", noncurrent(9, 5))], [rule("v", noncurrent(9, 2))])!, /9 days/);
    assert.equal(bucket([rule("v", noncurrent(9, 2))], [rule("v", noncurrent(9, 5))]), undefined);
    const date = (value: string) => rule("d", { expiration: { date: value } });
    assert.match(bucket([date("2027-01-01")], [date("2026-12-01")])!, /there on 2026-12-01/);
  });

  // Source: S3 User Guide, "Lifecycle configuration elements": objects have to match all that a filter names.
  it("is nothing of a bucket where a rule applies to less than before", () => {
    const tag = (key: string) => ({ key, value: "x" });
    const wide = [
      { prefix: "logs/" },
      { and: { prefix: "logs/", tags: { a: "1" } } },
      { and: { prefix: "logs/", objectSizeGreaterThan: 100, objectSizeLessThan: 900 } },
      { objectSizeGreaterThan: 100 },
      { tag: tag("a") },
    ];
    const narrow = [
      { prefix: "logs/2020/" },
      { and: { prefix: "logs/2020/", tags: { a: "1", b: "2" } } },
      { and: { prefix: "logs/", objectSizeGreaterThan: 200, objectSizeLessThan: 800 } },
      { and: { prefix: "logs/", objectSizeGreaterThan: 100 } },
      { and: { tags: { a: "x" }, objectSizeLessThan: 900 } },
    ];
    for (const [index, filter] of wide.entries()) {
      const less = narrow[index]!;
      const said = JSON.stringify([filter, less]);
      const [before, after] = [rule("a", days(30), filter), rule("a", days(30), less)];
      assert.equal(bucket([before], [after]), undefined, said);
      assert.match(bucket([after], [before])!, /30 days/, said);
      assert.match(bucket([before], [rule("a", days(29), less)])!, /29 days/, said);
    }
    for (const [old, now] of [
      [{ prefix: "logs/" }, { prefix: "log" }],
      [{ tag: tag("a") }, { tag: { key: "a", value: "y" } }],
      [{ and: { prefix: "logs/", tags: { a: "1" } } }, { prefix: "logs/2020/" }],
      [{ prefix: "logs/" }, { objectSizeGreaterThan: 100 }],
      // What this does not know is compared whole.
      [{ other: "a" }, { other: "ab" }],
      [{ prefix: "logs/" }, { prefix: UNKNOWN }],
      ...[{ and: UNKNOWN }, { and: { tags: UNKNOWN } }, { tag: UNKNOWN }].map(
        (one) => [one, { prefix: "logs/" }] as const,
      ),
      [UNKNOWN, { prefix: "logs/" }],
    ]) {
      const [before, after] = [
        rule("a", days(30), old as object),
        rule("a", days(30), now as object),
      ];
      assert.match(bucket([before], [after])!, /30 days/, JSON.stringify([old, now]));
    }
    const deprecated = (prefix: string) => ({ ...rule("a", days(30)), filter: undefined, prefix });
    assert.equal(bucket([deprecated("logs/")], [deprecated("logs/2020/")]), undefined);
    assert.equal(
      bucket([deprecated("logs/")], [rule("a", days(30), { prefix: "logs/2020/" })]),
      undefined,
    );
  });

  it("is images of a repository", () => {
    const policy = (countNumber: number, tagStatus = "any") => ({
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            selection: { tagStatus, countType: "imageCountMoreThan", countNumber },
          },
        ],
      }),
    });
    assert.equal(
      lost(IMAGES, policy(50), policy(5)),
      "images (any) that are not among the newest 5",
    );
    assert.equal(lost(IMAGES, policy(5), policy(50)), undefined);
    const acting = (type: string) => {
      const { rules } = JSON.parse(policy(5).policy) as { rules: object[] };
      return { policy: JSON.stringify({ rules: [{ ...rules[0], action: { type } }] }) };
    };
    assert.equal(lost(IMAGES, policy(50), acting("transition")), undefined);
    assert.match(lost(IMAGES, policy(50), acting("expire"))!, /newest 5/);
    assert.match(lost(IMAGES, acting("transition"), acting("expire"))!, /newest 5/);
    assert.match(lost(IMAGES, policy(50), policy(50, "untagged"))!, /untagged/);
    assert.equal(lost(IMAGES, policy(50), { policy: UNKNOWN }), undefined);
  });

  it("is points in time of a continuous backup, and no recovery point that was made for its time", () => {
    const plan = (deleteAfter: number, enableContinuousBackup?: boolean) => ({
      rules: [{ ruleName: "r", enableContinuousBackup, lifecycle: { deleteAfter } }],
    });
    assert.equal(lost(PLAN, plan(35), plan(7)), undefined);
    assert.match(lost(PLAN, plan(35, true), plan(7, true))!, /older than 7 days/);
  });
});

describe("a change in place that deletes data", () => {
  it("is a finding of its own operation, offline and of the real preview, with what else it does", async () => {
    const old = await planOf("production");
    const now = structuredClone(old);
    const find = (name: string, type = BUCKET) =>
      now.resources.find((one) => one.type === type && one.name === name)!;
    const backups = find("crm-storage-backups");
    const expiring = (backups.inputs["rules"] as Record<string, unknown>[]).find(
      (one) => one["expiration"] !== undefined,
    )!;
    expiring["expiration"] = { days: 30 };
    const [change, ...rest] = changesOf(old.resources, now.resources);
    assert.deepEqual(rest, []);
    assert.equal(change!.op, "update");
    const [finding, ...others] = findingsOf([change!]);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [finding!.class, finding!.operation, finding!.certain],
      ["data lost", "expire", true],
    );
    assert.match(
      finding!.message,
      /"crm-storage-backups" would change in place, and that deletes objects that are older than 30 days\. Safe way: copy /,
    );
    const before = old.resources.find(({ urn }) => urn === backups.urn)!;
    const step = {
      ...{ op: "update", urn: backups.urn },
      oldState: { type: BUCKET, inputs: before.inputs },
      newState: { type: BUCKET, inputs: backups.inputs },
    };
    const said = guard({ steps: [step] }, [], "2026-11-22").findings;
    assert.deepEqual(
      said.map(({ message }) => message),
      [finding!.message],
    );
    const database = find("crm-database-primary", "aws:rds/instance:Instance");
    Object.assign(database.inputs, { backupRetentionPeriod: 0, applyImmediately: true });
    const both = findingsOf(changesOf(old.resources, now.resources)).find(
      ({ urn }) => urn === database.urn,
    )!;
    assert.match(both.message, /deletes all automated backups.*would be down while it changes/);
  });

  it("is a new rule of a bucket that is there, and none of a new bucket", async () => {
    const now = await planOf("production");
    const rules = now.resources.find(({ name }) => name === "crm-storage-backups")!;
    const lifecycle = now.resources.find(
      ({ name, type }) => name === "crm-storage-backups" && type === BUCKET,
    )!;
    assert.ok(rules !== undefined);
    const without = now.resources.filter((one) => one !== lifecycle);
    const [finding] = findingsOf(changesOf(without, now.resources));
    assert.deepEqual([finding!.class, finding!.operation], ["data lost", "expire"]);
    const step = (op: string, one: PlannedResource) => ({
      ...{ op, urn: one.urn },
      newState: {
        ...{ type: one.type, inputs: one.inputs },
        propertyDependencies: one.propertyDependencies,
      },
    });
    const bucket = now.resources.find(
      ({ name, type }) => name === "crm-storage-backups" && type === "aws:s3/bucket:Bucket",
    )!;
    const steps = (op: string) => [step(op, bucket), step("create", lifecycle)];
    assert.equal(guard({ steps: steps("same") }, [], "2026-11-22").findings.length, 1);
    assert.deepEqual(guard({ steps: steps("create") }, [], "2026-11-22").findings, []);
    assert.deepEqual(findingsOf(changesOf([], now.resources)), []);
  });
});
