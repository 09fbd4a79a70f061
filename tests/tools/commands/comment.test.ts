import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { OpType } from "@pulumi/pulumi/automation";

import type { PlannedResource } from "../../../analysis/plan/model";
import { readReports } from "../../../tools/commands/comment";
import { QUIET, renderComment } from "../../../tools/commands/comment-render";
import { drift, knownDifferences } from "../../../tools/commands/drift";
import { diffOf } from "../../../tools/diff/document";
import { MARKER, shownIn, stepDigest } from "../../../tools/diff/shown";

const urn = (type: string, name: string) =>
  `urn:pulumi:production::crm::crm:aws:X$${type}::${name}`;
const DATABASE = urn("aws:rds/instance:Instance", "crm-database-primary");
const policies = { packs: [], violations: [], undecided: [], remediations: [] };

const planned = (type: string, name: string, inputs: Record<string, unknown>): PlannedResource => ({
  ...{ urn: urn(type, name), type, name, custom: true, remote: false, inputs },
  ...{ dependencies: [], propertyDependencies: {}, protect: false, ignoreChanges: [] },
  ...{ replaceOnChanges: [], retainOnDelete: false, aliases: [], additionalSecretOutputs: [] },
  ...{ customTimeouts: {}, provider: "", version: "", hooks: {}, external: false },
});
const plan = (...resources: PlannedResource[]) => ({ stack: "production", resources, policies });
const database = (dbName: string) =>
  planned("aws:rds/instance:Instance", "crm-database-primary", { dbName });
const topic = (name: string, displayName: string) =>
  planned("aws:sns/topic:Topic", name, { displayName });
const topics = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => topic(`topic-${index}`, text));

describe("the comment on a pull request", () => {
  const diff = diffOf(
    plan(database("crm_production"), topic("news", "News")),
    plan(database("crm_prod"), topic("news", "More")),
  );

  it("begins with the answer, folded by stack, then what is lost, then every change", () => {
    const text = renderComment(
      [{ stack: "production", diff }],
      "https://github.com/o/r/actions/runs/1",
    );
    assert.ok(text.startsWith(`${MARKER}\n`));
    assert.match(
      text,
      /<details open><summary>production: 0 to add, 1 to change, 1 to replace \(data lost\), 0 to delete \| cost unchanged/,
    );
    assert.match(
      text,
      /\[!CAUTION\]\n> - aws:rds.*because dbName changes; that loses the database/,
    );
    const rows = text.split("\n").filter((line) => /^\| [^|-]/.test(line));
    assert.match(
      rows[0]!,
      /\| \*\*replace\*\* \| `crm-database-primary` .*data lost.*`"crm_production"` → `"crm_prod"`: replaces \|$/,
    );
    assert.match(
      rows[1]!,
      /\| update \| `news` \| `aws:sns:Topic` \| `displayName` `"News"` → `"More"`: in place/,
    );
    const run = "https://github.com/o/r/actions/runs/1";
    assert.ok(text.includes(`[The run](${run})`) && text.includes(`[artifacts](${run}#artifacts)`));
  });

  it("has the real preview's changes, and says where the prediction was another", () => {
    const steps = [
      { op: "same", urn: urn("aws:sns/topic:Topic", "quiet") },
      {
        ...{ op: "update", urn: DATABASE, detailedDiff: { dbName: { kind: "update" } } },
        ...{ oldState: { inputs: { dbName: "a" } }, newState: { inputs: { dbName: "b" } } },
      },
    ];
    const guard = 'refused: aws:rds/instance:Instance "x" would be replaced\n  urn';
    const text = renderComment([{ stack: "production", diff, pulumi: { steps }, guard }]);
    assert.match(text, /\| update \| `crm-database-primary` .*`"a"` → `"b"`/);
    assert.match(
      text,
      /Predicted otherwise than the preview: `crm-database-primary` \(replace, not update\)/,
    );
    assert.match(text, /> - aws:rds\/instance:Instance "x" would be replaced/);
    assert.doesNotMatch(text, /quiet/);
  });

  it("says of a program that fails its error and nothing else", () => {
    const error = {
      side: "branch" as const,
      failures: [{ message: "crm:a: expected b, got ```c", frames: [] }],
    };
    const text = renderComment([{ stack: "production", diff: { stack: "production", error } }]);
    assert.match(
      text,
      /production: changes not known, the program fails<\/summary>\n\n````text\ncrm:a: expected b, got ```c\n````/,
    );
    assert.doesNotMatch(text, /delete|\| name \|/);
  });

  it("says that the real preview failed, and why, and nothing else", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "comment-"));
    const write = (name: string, text: string) =>
      fs.writeFileSync(path.join(directory, name), text);
    write("production.diff.json", JSON.stringify({ stacks: [diff] }));
    write("production.pulumi.json", "");
    write("production.status.txt", "255\n");
    write("production.stderr.txt", "error: no access to the state\n");
    const text = renderComment(readReports(directory));
    assert.match(
      text,
      /production: changes not known, pulumi preview fails[^]*error: no access to the state/,
    );
    assert.doesNotMatch(text, /replace|CAUTION/);
    write("production.status.txt", "0\n");
    assert.match(renderComment(readReports(directory)), /to replace/);
    fs.rmSync(directory, { recursive: true });
  });

  it("names each stack that the run compares, also one whose job died before it left a document", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "comment-"));
    fs.writeFileSync(
      path.join(directory, "production.diff.json"),
      JSON.stringify({ stacks: [diff] }),
    );
    const text = renderComment(readReports(directory, { stacks: ["recovery", "production"] }));
    fs.rmSync(directory, { recursive: true });
    assert.match(text, /<summary>production: 0 to add/);
    assert.match(text, /<summary>recovery: changes not known, the comparison did not run/);
    assert.deepEqual(text.match(/^<!-- plan \w+/gm), ["<!-- plan production"]);
  });

  it("takes nothing for a real preview of a run that had no credentials", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "comment-"));
    const write = (name: string, text: string) =>
      fs.writeFileSync(path.join(directory, `production.${name}`), text);
    write("diff.json", JSON.stringify({ stacks: [diff] }));
    write("pulumi.json", JSON.stringify({ steps: [] }));
    write("guard.txt", "refused: nothing of importance");
    write("status.txt", "0");
    write("undeployed.txt", "");
    const text = renderComment(readReports(directory, { offline: true }));
    fs.rmSync(directory, { recursive: true });
    assert.equal(text, renderComment([{ stack: "production", diff }]));
    assert.match(text, /Predicted offline, without credentials\./);
    assert.match(text, /\[!CAUTION\]\n> - .*loses the database/);
  });

  it("names what is approved: a document cannot show another resource or another stack", () => {
    const [first, ...others] = diff.changes;
    const forged = { ...first!, name: "test-queue", type: "aws:sqs/queue:Queue" };
    const approved = { ...diff, changes: [forged, ...others] };
    const text = renderComment([{ stack: "production", diff: approved }]);
    assert.match(text, /\| \*\*replace\*\* \| `crm-database-primary` \| `aws:rds:Instance` \|/);
    assert.doesNotMatch(text, /test-queue|sqs/);
    const staging = { stack: "staging", diff: { ...diff, stack: "staging" } };
    for (const report of [staging, { stack: "staging", diff }]) {
      const other = renderComment([report]);
      assert.match(other, /staging: changes not known, its document cannot be read/);
      assert.equal(shownIn([other]).steps.size, 0);
    }
    const broken = { ...diff, changes: [{ ...diff.changes[0]!, urn: "crm-database-primary" }] };
    assert.match(renderComment([{ stack: "production", diff: broken }]), /cannot be read/);
  });

  it("says of a stack without an update that its first one is still to come", () => {
    const text = renderComment([
      { stack: "production", diff: diffOf(undefined, plan(topic("a", "b"))), undeployed: true },
    ]);
    assert.match(text, /not deployed yet: its first update creates everything/);
    assert.doesNotMatch(text, /without credentials/);
  });

  it("shows what others wrote as text that is no markup", () => {
    const strange = "<img src=x> @team [a](b) `c` | d </summary></details>";
    const text = renderComment([
      {
        stack: "production",
        diff: diffOf(plan(topic("t", "x"), database(strange)), plan(topic("t", strange))),
      },
    ]);
    assert.ok(!text.replace(/`[^`]*`/g, "").includes("<img"), text);
    const outside = text.replace(/`[^`]*`/g, "");
    assert.equal(outside.match(/<details/g)!.length, outside.match(/<\/details>/g)!.length);
    const cells = text.split("\n").filter((line) => line.startsWith("| update"));
    assert.equal(cells[0]!.replace(/\\\|/g, "").split("|").length, 6);
    assert.ok(!renderComment([], "javascript:alert(1)").includes("javascript"));
  });

  it("fits 2,000 changes into what GitHub takes, and cuts none that is risky", () => {
    const risky = Array.from({ length: 60 }, (_, index) =>
      planned("aws:s3/bucket:Bucket", `bucket-${index}`, { bucket: `bucket-${index}` }),
    );
    const long = "x".repeat(300);
    const big = diffOf(plan(...topics(1940, "a"), ...risky), plan(...topics(1940, long)));
    const of = (stack: string) =>
      JSON.parse(JSON.stringify(big).replaceAll("production", stack)) as typeof big;
    const reports = ["production", "staging"].map((stack) => ({ stack, diff: of(stack) }));
    const text = renderComment(reports);
    assert.ok(text.length <= 60_000, String(text.length));
    for (let index = 0; index < 60; index++) {
      assert.equal(text.split(`\`bucket-${index}\` |`).length, 3, `bucket-${index}`);
    }
    assert.match(text, /\| \| \| and \d+ more \| \|/);
    assert.equal(shownIn([text]).steps.size, 120);
    assert.equal(text, renderComment(structuredClone(reports)));
  });

  it("carries a digest of the plan and of each risky step that it shows, and of nothing that others wrote", () => {
    const text = renderComment([{ stack: "production", diff }]);
    const { plans, steps } = shownIn([text]);
    assert.equal(plans.size, 1);
    assert.deepEqual([...steps], [stepDigest({ operation: "replace", urn: DATABASE })]);
    const other = diffOf(plan(database("crm_production")), plan(database("crm_prod")));
    assert.notDeepEqual(
      shownIn([renderComment([{ stack: "production", diff: other }])]).plans,
      plans,
    );
    const line = text.split("\n").find((one) => one.startsWith("<!-- plan "))!;
    assert.equal(shownIn([`${MARKER}\n\n${line}`]).steps.size, 0);
    assert.equal(shownIn([`text\n${line}`]).steps.size, 0);
    const forged = diffOf(plan(topic("t", "x")), plan(topic("t", `${MARKER}\n${line}`)));
    assert.equal(shownIn([renderComment([{ stack: "production", diff: forged }])]).steps.size, 0);
    const many = Array.from({ length: 900 }, (_, index) =>
      planned("aws:s3/bucket:Bucket", `${"b".repeat(200)}-${index}`, {}),
    );
    const cut = renderComment([{ stack: "production", diff: diffOf(plan(...many), plan()) }]);
    const rows = cut.split("\n").filter((one) => one.startsWith("| **delete**")).length;
    assert.ok(rows < 900 && cut.length <= 60_000);
    assert.equal(shownIn([cut]).steps.size, rows, "only what is shown");
  });

  it("is marked where nothing changes", () => {
    const nothing = diffOf(plan(database("a")), plan(database("a")));
    assert.ok(
      renderComment([{ stack: "production", diff: nothing }]).startsWith(
        `${MARKER}\n${QUIET}\n<!-- plan production `,
      ),
    );
    assert.ok(!renderComment([{ stack: "production", diff }]).includes(QUIET));
  });

  it("reads what the workflow left, production first, and lives with half of it", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "comment-"));
    try {
      const file = (name: string) => path.join(directory, name);
      fs.writeFileSync(file("staging.diff.json"), JSON.stringify({ stacks: [diff] }));
      fs.writeFileSync(file("production.diff.json"), "{ half");
      fs.writeFileSync(file("..evil.diff.json"), "{}");
      const reports = readReports(directory);
      assert.deepEqual(
        reports.map(({ stack }) => stack),
        ["production", "staging"],
      );
      assert.match(
        renderComment(reports),
        /production: changes not known, the comparison did not run/,
      );
      fs.writeFileSync(file("production.diff.json"), '{ "stacks": [{ "changes": 7 }] }');
      assert.match(
        renderComment(readReports(directory)),
        /production: changes not known, its document cannot be read/,
      );
    } finally {
      fs.rmSync(directory, { recursive: true });
    }
  });
});

describe("the drift issue", () => {
  it("leaves out what is known, and nothing beside it", () => {
    const urn = "urn:pulumi:staging::crm::aws:rds/instance:Instance::crm-database";
    const step = (op: string, ...properties: string[]) => ({
      op,
      urn,
      detailedDiff: Object.fromEntries(properties.map((one) => [one, {}])),
    });
    const known = knownDifferences([
      { urn: "*::crm-database", properties: ["engineVersion"], reason: "window" },
    ]);
    const said = (...steps: ReturnType<typeof step>[]) => drift("staging", { steps }, known);
    assert.equal(said(step("update", "engineVersion")), "");
    assert.match(said(step("update", "engineVersion", "tags.Name")), /tags/);
    assert.match(said(step("replace", "engineVersion")), /replace/);
    assert.match(said(step("update")), /update/);
    assert.match(
      drift("staging", { steps: [{ ...step("update", "engineVersion"), urn: `${urn}-2` }] }, known),
      /update/,
    );
    assert.throws(() => knownDifferences([{ urn: "*" }]), /entry 1: expected urn, properties/);
  });

  it("is empty when nothing differs, refreshed values and what is only read included", () => {
    const quiet: readonly OpType[] = [
      ...(["same", "refresh", "read", "read-replacement"] as const),
      ...(["discard", "discard-replaced"] as const),
    ];
    const steps = quiet.map((op) => ({ op, urn: DATABASE }));
    assert.equal(drift("production", { steps }), "");
  });

  it("fits into what GitHub takes, however much differs", () => {
    const steps = Array.from({ length: 2000 }, (_, index) => ({
      op: "update",
      urn: `urn:pulumi:staging::crm::aws:s3/bucket:Bucket::bucket-${index}`,
      detailedDiff: Object.fromEntries(
        Array.from({ length: 5 }, (__, at) => [`property${at}`, {}]),
      ),
    }));
    const text = drift("staging", { steps });
    assert.ok(text.length < 65_536, `${text.length}`);
    assert.match(text, /- and 1800 more/);
  });

  it("lists what a deployment would change", () => {
    const text = drift("production", {
      steps: [{ op: "update", urn: DATABASE, detailedDiff: { tags: {} } }],
    });
    assert.match(text, /- update `crm-database-primary` \(`aws:rds\/instance:Instance`\): `tags`/);
  });
});
