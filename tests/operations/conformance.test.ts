/** docs/conformance.md: the demands of the owner's document, which the fixtures' production stack has or decides otherwise. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import type { PlannedResource } from "../../analysis/plan/model";
import { planned, section } from "../../operations/pages/conformance/model";
import {
  conformance,
  conformancePage,
  conformanceSentence,
  sectionOf,
  SECTIONS,
} from "../../operations/pages/conformance/page";
import { previewStack } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { stackFileText } from "../support/stack-files";

const ROOT = path.join(__dirname, "..", "..");
const DECISIONS = fs.readFileSync(path.join(ROOT, "docs", "decisions.md"), "utf8");
const ROWS = SECTIONS.flatMap(({ title, rows }) => rows.map((row) => ({ title, row })));

/** What each row finds in a plan, by section and words. */
const values = (resources: readonly PlannedResource[]) =>
  new Map(ROWS.map(({ title, row }) => [`${title}: ${row.words}`, planned(row, resources)]));

describe("conformance with the architecture document", () => {
  it("has a row for each demand, each exact or decided", async () => {
    const { resources } = await planOf("production");
    const { rows, exact, decided, open } = conformance(resources);
    assert.deepEqual(open, []);
    assert.equal(exact + decided, rows);
    assert.ok(rows >= 380, `${rows} rows`);
    assert.equal(values(resources).size, rows, "two rows with the same words");
  });

  it("claims no decision where the plan has what the document says", async () => {
    const { resources } = await planOf("production");
    const needless = ROWS.filter(
      ({ row }) => row.decision !== undefined && planned(row, resources) === row.documented,
    );
    assert.deepEqual(needless.map(({ title, row }) => `${title}: ${row.words}`), []);
    const stated = ROWS.filter(({ row }) => row.where === "stated" && row.decision === undefined);
    assert.deepEqual(stated, []);
  }); // prettier-ignore

  it("links to entries that are there, each with a page of AWS or a setting", () => {
    const entries = DECISIONS.split(/\n(?=\*\*|#)/);
    for (const { row } of ROWS) {
      if (row.decision === undefined) continue;
      assert.ok(sectionOf(row.decision, DECISIONS) !== undefined, row.decision);
      const [entry, ...others] = entries.filter((one) => one.startsWith(`**${row.decision}`));
      assert.deepEqual(others, [], row.decision);
      assert.match(entry!, /https:\/\/|`crm:/, row.decision);
    }
    assert.equal(sectionOf("An entry that nobody wrote", DECISIONS), undefined);
  });

  it("names tests that are there", () => {
    const tests = ROWS.filter(({ row }) => row.where.startsWith("test "));
    assert.ok(tests.length > 10);
    for (const { row } of tests) {
      const text = fs.readFileSync(path.join(ROOT, row.where.slice(5)), "utf8");
      assert.ok(text.includes(`it("${row.property}"`), `${row.where}: ${row.property}`);
    }
  });

  it("shows a row that is lost, and one whose resource is gone", async () => {
    const plan = await planOf("production");
    const before = conformancePage(plan, DECISIONS);
    plan.resources = plan.resources.filter(({ type }) => type !== "aws:ec2/vpc:Vpc");
    const after = conformancePage(plan, DECISIONS);
    assert.match(after, /\| VPC: range \| 10\.0\.0\.0\/16 \| no such resource \| .* \| differs \|/);
    assert.notEqual(before, after);
    assert.match(conformanceSentence(plan.resources), /, \d+ differ without one\.$/);
  });

  it("changes a row for each value that a stack file changes", async function () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
    try {
      fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
      const project = `name: crm\nmain: ${JSON.stringify(ROOT)}\nruntime: nodejs\n`;
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), project);
      const stack = parse(stackFileText("production")) as { config: Record<string, any> };
      const { config } = stack;
      config["crm:network"].subnets.public[1] = "10.0.4.0/24";
      config["crm:database"].monitoringInterval = 30;
      config["crm:database"].performanceInsights.retentionPeriod = 731;
      config["crm:cache"].snapshotRetentionLimit = 14;
      config["crm:services"].auth.containerHealth.retries = 5;
      config["crm:services"].social.maxCapacity = 9;
      config["crm:storage"].buckets.backups.expiration.days = 3000;
      config["crm:eventing"].queues["email-notifications"].visibilityTimeoutSeconds = 360;
      config["crm:observability"].loadBalancer.responseSeconds = 3;
      config["crm:edge"].distribution.priceClass = "PriceClass_200";
      fs.writeFileSync(path.join(folder, "Pulumi.production.yaml"), stringify(stack));
      const { resources } = await previewStack({ cwd: folder, stack: "production", policyPacks: [] });
      const before = values((await planOf("production")).resources);
      const changed = [...values(resources)].filter(([words, value]) => before.get(words) !== value);
      assert.deepEqual(changed, [
        ["Network: Subnet public-2: range", "10.0.4.0/24"],
        ["Service auth: Health: retries", "5"],
        ["Service social: Tasks at most", "9"],
        ["PostgreSQL: Monitoring interval", "30"],
        ["PostgreSQL: Performance Insights kept", "731"],
        ["Redis: Snapshots kept", "14"],
        ["Storage: Rule backup_retention: days", "3000"],
        ["CloudFront: Price class", "PriceClass_200"],
        ["Queues: email-notifications: visibility", "360"],
        ["Monitoring: Response time: threshold", "3"],
      ]);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }); // prettier-ignore

  it("reads values as the document has them", () => {
    const resource = {
      ...{ type: "aws:x/y:Y", name: "one", urn: "urn:pulumi:a::b::c::one" },
      inputs: {
        list: [{ id: "a", value: 1 }, { id: "b/*", value: "two" }],
        text: JSON.stringify({ inside: [{ deep: true }] }),
        arn: "arn:aws:sqs:us-east-1:123456789012:queue",
        ...{ from: 1, to: 2, map: { b: 1, a: 2 }, mail: "a@b.c", words: "at 80 of 90" },
      },
      propertyDependencies: { list: ["urn:pulumi:a::b::c::key", "urn:pulumi:a::b::c::role"] },
    } as unknown as PlannedResource;
    const read = (property: string, where = "x/y one") =>
      planned(section("s", `w | ${where} | ${property} | 1`).rows[0]!, [resource]);
    assert.equal(read("list[id=b/*].value"), "two");
    assert.equal(read("list[id=c].value"), "not set");
    assert.equal(read("text.inside.0.deep"), "true");
    assert.equal(read("arn:arn"), "queue");
    assert.equal(read("from-to"), "1-2");
    assert.equal(read("map:keys"), "b, a");
    assert.equal(read("mail:mail"), "a mail address");
    assert.equal(read("words:mail"), "at 80 of 90");
    assert.equal(read("words:number1"), "90");
    assert.equal(read("@list"), "key, role");
    assert.equal(read("@list~role"), "role");
    assert.equal(read("@list~other"), "key, role");
    assert.equal(read("", "count x/y o*e"), "1");
    assert.equal(read("", "count x/y two"), "0");
    assert.equal(read("list", "x/y two"), "no such resource");
    assert.throws(() => section("s", "words | where"), /^Error: s: expected words, where/);
  }); // prettier-ignore
});
