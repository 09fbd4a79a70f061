/** docs/conformance.md: the demands of the owner's document, which the fixtures' production stack has or decides otherwise. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse, stringify } from "yaml";

import type { PlannedResource } from "../../analysis/plan/model";
import { OBJECTIVES } from "../../analysis/recovery/objectives";
import {
  AWS,
  foundBy,
  NOTHING,
  OWNERS_TASK,
  PULUMI,
  section,
  type Plans,
} from "../../operations/pages/conformance/model";
import {
  conformance,
  conformancePage,
  conformanceSentence,
  entryOf,
  SECTIONS,
} from "../../operations/pages/conformance/page";
import { previewStack } from "../../tools/preview/index";
import { planOf } from "../support/plans";
import { BOOTSTRAP_PROJECT, STACKS_PROJECT, stackFileText } from "../support/stack-files";
import { type Files, NOT_DOCUMENTED, OTHERWISE } from "./conformance-settings";

const ROOT = path.join(__dirname, "..", "..");
const DECISIONS = fs.readFileSync(path.join(ROOT, "docs", "decisions.md"), "utf8");
const ROWS = SECTIONS.flatMap(({ title, rows }) => rows.map((row) => ({ title, row })));

const fixtures = async (): Promise<Plans> => ({
  production: await planOf("production"),
  recovery: await planOf("recovery"),
  bootstrap: await planOf("bootstrap"),
  stacks: STACKS_PROJECT,
});

const known = new Map<string, ReadonlySet<string>>();

/** Arguments of a resource, in the provider's own declarations. */
function argumentsOf(kind: string): ReadonlySet<string> {
  let names = known.get(kind);
  if (names === undefined) {
    const file = path.join(ROOT, "node_modules", "@pulumi", "aws", `${kind}.d.ts`);
    const text = fs.readFileSync(file, "utf8");
    const args = text.slice(text.indexOf("Args {"));
    names = new Set([...args.matchAll(/^    (\w+)\??: /gm)].map(([, name]) => name!));
    known.set(kind, names);
  }
  return names;
}

/** The values of a stack file. */
const configOf = (project: string, stack: string) =>
  (
    parse(fs.readFileSync(path.join(project, `Pulumi.${stack}.yaml`), "utf8")) as {
      config: Record<string, unknown>;
    }
  ).config;

/** What each row finds in the plans, by section and words. */
const values = (plans: Plans, rows = ROWS) =>
  new Map(rows.map(({ title, row }) => [`${title}: ${row.words}`, foundBy(row, plans).value]));

describe("conformance with the architecture document", () => {
  let plans: Plans;
  before(async () => {
    plans = await fixtures();
  });

  it("has a row for each requirement: exact, decided, or shown elsewhere", () => {
    const { rows, exact, decided, shown, open } = conformance(plans);
    assert.deepEqual(open, []);
    assert.equal(exact + decided + shown, rows);
    assert.ok(rows - shown >= 380, `${rows} rows, ${shown} of them without a plan`);
    assert.equal(values(plans).size, rows, "two rows with the same words");
  });

  it("claims no decision where the plan has what the document says", () => {
    const needless = ROWS.filter(
      ({ row }) => row.decision !== undefined && foundBy(row, plans).verdict !== "decided",
    );
    assert.deepEqual(needless.map(({ title, row }) => `${title}: ${row.words}`), []);
  }); // prettier-ignore

  it("links to entries that are there, and rests each row on a page of AWS or a setting that its entry names", () => {
    const all = DECISIONS.split(/\n(?=\*\*|#)/);
    for (const { title, row } of ROWS) {
      if (row.decision === undefined) continue;
      const { entry, ground } = row.decision;
      const others = all.filter((one) => one.startsWith(`**${entry}`));
      assert.deepEqual(others, [entryOf(entry, DECISIONS)?.text], entry);
      const isPage = ground.startsWith(`${AWS}/`) || ground.startsWith(`${PULUMI}/`);
      assert.ok(isPage || ground === OWNERS_TASK || Object.hasOwn(OTHERWISE, ground), `${title}: ${row.words}: expected a page or a setting that OTHERWISE has, got ${ground}`);
      const named = isPage ? `](${ground})` : ground === OWNERS_TASK ? ground : `\`${ground}\``;
      assert.ok(others[0]!.includes(named), `${title}: ${row.words}: ${entry} says nothing of ${ground}`);
    }
    assert.equal(entryOf("An entry that is not there", DECISIONS), undefined);
    const without = DECISIONS.replaceAll("docs.aws.amazon.com", "example.com");
    assert.throws(() => conformancePage(plans, without), /: expected https:\/\/docs\.aws.*, on which "Database subnets: two" is based, got none$/);
    assert.throws(() => section("s", "w | x/y z | a | 1 | Two distributions"), /perhaps a decision with its ground and value, got "w/);
    assert.throws(() => section("s", "w | x/y z | a | 1 | Two distributions | crm:edge"), /with its ground and value, got "w/);
  }); // prettier-ignore

  it("names tests and pages that are there, for what no plan shows and nothing else", () => {
    const shown = ROWS.filter(({ row }) => foundBy(row, plans).verdict === "shown");
    assert.ok(shown.length > 5 && shown.length < 15, `${shown.length}`);
    for (const { row } of shown) {
      const [kind, file] = row.where.split(" ");
      const text = fs.readFileSync(path.join(ROOT, file!), "utf8");
      const isThere =
        kind === "test"
          ? text.includes(`it("${row.property}"`)
          : text.split("\n").some((line) => line.replace(/^#+ /, "") === row.property && line !== row.property);
      assert.ok(isThere, `${row.where}: ${row.property}`);
    }
  }); // prettier-ignore

  it("names only properties that the provider has: a property that is not set is not a misspelling", () => {
    const asked = ROWS.filter(({ row }) => /^(\w+: )?[a-z0-9]+\/\w+ \S+$/.test(row.where));
    assert.ok(asked.length > 400, `${asked.length}`);
    for (const { title, row } of asked) {
      const at = `${title}: ${row.words}: ${row.property}`;
      const [kind] = row.where.replace(/^\w+: /, "").split(" ");
      const [first] = row.property.replace(/^@/, "").split(/[,.:~[-]/);
      if (/^[\^:]/.test(row.property)) continue;
      assert.ok(argumentsOf(kind!).has(first!), at);
      if (foundBy(row, plans).value === "not set")
        assert.equal(first, row.property.replace(/:set$/, ""), at);
    }
  });

  it("shows a row that is lost, and one whose resource is gone, even with a decision about it", () => {
    const before = conformancePage(plans, DECISIONS);
    const { resources } = plans.production;
    const without = (gone: RegExp) => ({
      ...plans,
      production: { resources: resources.filter(({ type, name }) => !gone.test(`${type} ${name}`)) },
    });
    const after = without(/:Vpc |:Distribution /);
    const page = conformancePage(after, DECISIONS);
    assert.match(page, /\| VPC: range \| 10\.0\.0\.0\/16 \| no such resource \| .* \| differs \|/);
    assert.match(page, /\| One distribution \| 1 \| no such resource \| .* \| differs \|/);
    assert.notEqual(before, page);
    assert.match(conformanceSentence(after), / by a decision, \d+ differ without one; \d+ that no plan shows have /);
  }); // prettier-ignore

  it("treats a selector that finds nothing as unknown", () => {
    const of = (where: string, documented = "0") =>
      foundBy(section("s", `w | ${where} | | ${documented} | Two distributions | crm:edge | 3`).rows[0]!, plans);
    const nothing = { value: NOTHING, verdict: "open" };
    assert.deepEqual(of("count cloudfront/distribution crm-edge", "1"), nothing);
    assert.deepEqual(of("count cloudfront/distribution crm-edge", "at least 1"), nothing);
    assert.deepEqual(of("spot", "at least 3 %"), { value: "3 %", verdict: "exact" });
    assert.equal(of("spot", "at least 4 %").verdict, "open");
    assert.equal(of("spot", "at least 3").verdict, "open");
    assert.deepEqual(of("bootstrap: count cloudfront/distribution crm-edge-distributions-"), nothing);
    assert.deepEqual(foundBy(section("s", "w | bootstrap: s3/bucket crm-state | bucket | x").rows[0]!, { ...plans, bootstrap: undefined }), nothing);
    assert.deepEqual(of("none vpc/securityGroupEgressRule crm-rds-"), { value: "0", verdict: "exact" });
    assert.deepEqual(of("none vpc/securityGroupEgressRule crm-rsd-"), nothing);
    assert.deepEqual(of("none vpc/securityGroupOutRule crm-rds-"), nothing);
    assert.deepEqual(of("none vpc/securityGroupEgressRule crm-ecs-"), { value: "3", verdict: "decided" });
    assert.deepEqual(of("recovery: count cloudfront/distribution crm-edge-distributions-"), nothing);
    assert.deepEqual(of("objective fire", "at most 1 h"), nothing);
  }); // prettier-ignore

  it("compares what a loss costs with what the document allows", () => {
    const of = (row: string) => foundBy(section("s", row).rows[0]!, plans).verdict;
    assert.equal(of("w | objective region lost | restoreMinutes | at most 2 h"), "exact");
    assert.equal(of("w | objective region lost | restoreMinutes | at most 0 h"), "open");
    // By a decision: what the program promises, and no more.
    const [, , stolen] = Object.keys(OBJECTIVES);
    const row = `w | objective ${stolen} | lossMinutes | at most 4 h`;
    assert.equal(of(row), "open");
    assert.equal(of(`${row} | RPO and RTO | crm:recovery`), "decided");
    const older = structuredClone(plans.production);
    const rules = older.resources.find(({ type }) => type === "aws:backup/plan:Plan")!.inputs[
      "rules"
    ] as Record<string, unknown>[];
    rules.forEach((rule) => (rule["schedule"] = "cron(0 1 * * ? *)"));
    assert.equal(
      foundBy(section("s", `${row} | RPO and RTO | crm:recovery`).rows[0]!, {
        ...plans,
        production: older,
      }).verdict,
      "open",
    );
  });

  it("changes a row for each value that a stack file changes", async function () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
    try {
      fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
      const project = `name: crm\nmain: ${JSON.stringify(ROOT)}\nruntime: nodejs\n`;
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), project);
      for (const file of ["about.json", "Pulumi.recovery.yaml"]) {
        fs.copyFileSync(path.join(STACKS_PROJECT, file), path.join(folder, file));
      }
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
      config["crm:recovery"].beforeDeployment.retentionDays = 60;
      fs.writeFileSync(path.join(folder, "Pulumi.production.yaml"), stringify(stack));
      const production = await previewStack({ cwd: folder, stack: "production", policyPacks: [] });
      const before = values(plans);
      const changed = [...values({ ...plans, production, stacks: folder })].filter(([words, value]) => before.get(words) !== value);
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
        ["Backup: Before each deployment: days kept", "60"],
      ]);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }); // prettier-ignore

  it("leaves a value open that is neither the document's nor the decision's", async function () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
    try {
      fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `name: crm\nmain: ${JSON.stringify(ROOT)}\nruntime: nodejs\n`);
      for (const file of ["about.json", "Pulumi.recovery.yaml"]) {
        fs.copyFileSync(path.join(STACKS_PROJECT, file), path.join(folder, file));
      }
      const stack = parse(stackFileText("production")) as { config: Record<string, any> };
      const { config } = stack;
      config["crm:database"].engineVersion = "15.14";
      config["crm:eventing"].functions["analytics-aggregator"].runtime = "python3.12";
      config["crm:cluster"].loadBalancer.sslPolicy = "ELBSecurityPolicy-TLS13-1-3-2021-06";
      Object.assign(config["crm:services"].social, { minCapacity: 4, desiredCount: 4 });
      fs.writeFileSync(path.join(folder, "Pulumi.production.yaml"), stringify(stack));
      const production = await previewStack({ cwd: folder, stack: "production", policyPacks: [] });
      assert.deepEqual(conformance({ ...plans, production, stacks: folder }).open, [
        "Service social: Tasks wanted",
        "Service social: Tasks at least",
        "PostgreSQL: Version",
        "Load balancing: HTTPS: TLS policy",
        "Functions: crm-analytics-aggregator: runtime",
        // What follows from four tasks.
        "Infrastructure as code: Tasks of social",
        "Cost: Spot: share of the tasks at rest",
      ]);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }); // prettier-ignore

  it("changes each row whose decision rests on a setting when that setting has the document's value", async function () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
    try {
      fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
      fs.copyFileSync(path.join(STACKS_PROJECT, "about.json"), path.join(folder, "about.json"));
      const preview = async (files: Files, stack: "production" | "recovery" | "bootstrap") => {
        const main = stack === "bootstrap" ? path.join(ROOT, "bootstrap", "start.js") : ROOT;
        const name = stack === "bootstrap" ? "crm-bootstrap" : "crm";
        const project = { name, main, runtime: "nodejs", config: stack === "production" ? files.project : {} };
        fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify(project));
        fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config: files[stack] }));
        return previewStack({ cwd: folder, stack, policyPacks: [] });
      };
      const filesWith = (grounds: readonly string[]): Files => {
        const files = {
          ...{ production: configOf(STACKS_PROJECT, "production"), recovery: configOf(STACKS_PROJECT, "recovery") },
          ...{ bootstrap: configOf(BOOTSTRAP_PROJECT, "bootstrap"), project: {} },
        };
        for (const ground of grounds) OTHERWISE[ground]!(files);
        return files;
      };
      // Without this service there are no rows of it: apart from the others.
      const apart = "crm:services.analytics";
      const files = filesWith(Object.keys(OTHERWISE).filter((ground) => ground !== apart));
      const together = values({
        bootstrap: await preview(files, "bootstrap"),
        recovery: await preview(files, "recovery"),
        production: await preview(files, "production"),
        stacks: folder,
      });
      const without = values({ ...plans, production: await preview(filesWith([apart]), "production") });
      const before = values(plans);
      const rows = ROWS.flatMap(({ title, row }) => {
        const words = `${title}: ${row.words}`;
        const ground = row.decision?.ground ?? "";
        if (!Object.hasOwn(OTHERWISE, ground)) return [];
        const after = (ground === apart ? without : together).get(words)!;
        return [{ words, ground, documented: row.documented, before: before.get(words)!, after }];
      });
      assert.deepEqual(Object.keys(OTHERWISE).filter((one) => !rows.some(({ ground }) => ground === one)), []);
      for (const { words, ground, before: old, after } of rows) {
        assert.ok(after !== old && after !== NOTHING, `${words}: ${ground} leaves ${old} at ${after}`);
      }
      const exact = rows.filter(({ after, documented }) => after === documented.replace("at least ", ""));
      assert.deepEqual(rows.filter((row) => !exact.includes(row)).map(({ words, after }) => `${words}: ${after}`), NOT_DOCUMENTED);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }); // prettier-ignore

  it("changes a row when one of the services, functions or repositories differs, whichever it is", () => {
    const rows = ROWS.filter(({ title }) => /^(Tracing|Cost|Backup|Deployment)$/.test(title));
    const before = values(plans, rows);
    const changedBy = (type: string, name: string, change: Readonly<Record<string, unknown>>) => {
      const { resources } = plans.production;
      const index = resources.findIndex((one) => one.type.startsWith(`aws:${type}:`) && one.name === name);
      const one = resources[index]!;
      const list = resources;
      list[index] = { ...one, inputs: { ...one.inputs, ...change } };
      const after = values(plans, rows);
      list[index] = one;
      return [...after].flatMap(([words, value]) => (before.get(words) === value ? [] : `${words}: ${value}`));
    };
    for (const name of ["auth", "core", "social", "analytics"]) {
      const rolling = changedBy("ecs/service", `crm-${name}`, { deploymentConfiguration: { strategy: "ROLLING" } });
      assert.ok(rolling.some((row) => /^Deployment: Blue-green: (BLUE_GREEN; ROLLING|ROLLING; BLUE_GREEN)$/.test(row)), `${name}: ${rolling.join()}`);
      const kept = changedBy("ecs/taskDefinition", `crm-${name}`, { skipDestroy: false });
      assert.ok(kept.length === 1 && kept[0]!.startsWith("Backup: Task definitions kept: "), kept.join());
      const scaled = changedBy("appautoscaling/policy", `crm-${name}-memory`, { targetTrackingScalingPolicyConfiguration: { targetValue: 90 } });
      assert.ok(scaled.some((row) => row.startsWith("Cost: Out: memory: ")), scaled.join());
      const tagged = changedBy("ecs/service", `crm-${name}`, { tags: { Project: "other" } });
      assert.ok(tagged.some((row) => row.startsWith("Cost: Tag Project: ")), tagged.join());
    }
    for (const name of ["social-data-processor", "analytics-aggregator", "report-generator"]) {
      const traced = changedBy("lambda/function", `crm-eventing-${name}`, { tracingConfig: { mode: "PassThrough" } });
      assert.equal(traced.length, 1, traced.join());
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
        ...{ "a:b": 3, texts: ["x/one", "x/two/*"], lists: [{ of: ["a", "b"] }, { other: 1 }, { of: ["c"] }] },
      },
      hooks: { beforeUpdate: ["backup"] },
      propertyDependencies: { list: ["urn:pulumi:a::b::c::key", "urn:pulumi:a::b::c::role"] },
    } as unknown as PlannedResource;
    const read = (property: string, where = "x/y one") =>
      foundBy(section("s", `w | ${where} | ${property} | 1`).rows[0]!, {
        production: { resources: [resource] },
        recovery: { resources: [{ ...resource, name: "other" }] },
      }).value;
    assert.equal(read("list[id=b/*].value"), "two");
    assert.equal(read("list[id=c].value"), "not set");
    assert.equal(read("text.inside.0.deep"), "true");
    assert.equal(read("arn:arn"), "queue");
    assert.equal(read("from-to"), "1-2");
    assert.equal(read("nothing,from"), "1");
    assert.equal(read("to,from"), "2");
    assert.equal(read("nothing,@list~role"), "role");
    assert.equal(read("nothing,neither"), "not set");
    assert.equal(read("map:keys"), "b, a");
    assert.equal(read("mail:mail"), "a mail address");
    assert.equal(read("words:mail"), "at 80 of 90");
    assert.equal(read("words:number1"), "90");
    assert.equal(read("@list"), "key, role");
    assert.equal(read("@list~role"), "role");
    assert.equal(read("@list~other"), "key, role");
    assert.equal(read("@nothing"), "not set");
    assert.equal(read("^beforeUpdate"), "backup");
    assert.equal(read("^beforeDelete"), "not set");
    assert.equal(read("from:percent"), "1 %");
    assert.equal(read("[a:b]"), "3");
    assert.equal(read("lists.*.of"), "a, b, c");
    assert.equal(read("lists.*:keys"), "of, other, of");
    assert.equal(read("lists.*.nothing"), "not set");
    assert.equal(read("texts[~two]:path"), "two/*");
    assert.equal(read("texts[~three]:path"), "not set");
    assert.equal(read("arn:set"), "set");
    assert.equal(read(":type"), "aws:x/y:Y");
    assert.equal(read("type", "file package.json"), "not set");
    assert.equal(read("name", "file package.json"), "crm-on-aws");
    assert.equal(read("", "count x/y o*e"), "1");
    assert.equal(read("list", "x/y two"), NOTHING);
    assert.equal(read("from", "x/y one,o*"), "1");
    assert.equal(read("from", "x/y one,two"), NOTHING);
    assert.equal(read("from", "recovery: x/y other"), "1");
    assert.equal(read("from", "recovery: x/y one"), NOTHING);
    assert.throws(() => section("s", "words | where"), /^Error: s: expected words, where/);
  }); // prettier-ignore
});
