import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { readReports } from "../../../tools/commands/comment";
import { MARKER, renderComment, type StackReport } from "../../../tools/commands/comment-render";
import { drift, knownDifferences } from "../../../tools/commands/drift";

const urn = (type: string, name: string) =>
  `urn:pulumi:production::crm::crm:aws:X$${type}::${name}`;
const DATABASE = urn("aws:rds/instance:Instance", "crm-database-primary");
const policies = { packs: [], violations: [], undecided: [], remediations: [] };
const cost = (monthlyUsd: number) => ({ monthlyUsd, byComponent: { "crm-database": monthlyUsd } });

describe("the comment on a pull request", () => {
  const report: StackReport = {
    stack: "production",
    offline: { resources: [], policies, cost: cost(1200.5) },
    base: { resources: [], policies, cost: cost(1000) },
    pulumi: {
      steps: [
        { op: "same", urn: urn("aws:sns/topic:Topic", "quiet") },
        { op: "update", urn: urn("aws:sns/topic:Topic", "topic"), detailedDiff: { tags: {} } },
        { op: "replace", urn: DATABASE, detailedDiff: { storageEncrypted: {} } },
        { op: "create-replacement", urn: DATABASE },
      ],
    },
    guard: 'refused: aws:rds/instance:Instance "crm-database-primary" would be replaced\n  urn',
  };

  it("has changes, verdict, cost, and what would be lost", () => {
    const text = renderComment([report]);
    assert.ok(text.startsWith(`${MARKER}\n`));
    assert.match(text, /- Changes: 1 update, 1 \*\*replace\*\*/);
    assert.match(text, /- Policies: no mandatory, 0 advisory, 0 exempt, 0 undecided/);
    assert.match(text, /\$1,200\.50 a month, \*\*\+\$200\.50\*\* \(`crm-database` \+\$200\.50\)/);
    assert.match(text, /\[!CAUTION\]\n> refused: aws:rds/);
    assert.match(text, /`crm-database-primary` \| :warning: holds the database/);
    assert.doesNotMatch(text, /quiet/);
  });

  it("says of a stack without an update that its first one is still to come", () => {
    const resources = [{ urn: DATABASE, type: "aws:rds/instance:Instance" }];
    const text = renderComment([
      { stack: "production", offline: { resources, policies }, undeployed: true },
    ]);
    assert.match(text, /- Not deployed yet: its first update creates 1 resources?\n/);
    assert.doesNotMatch(text, /failed|no credentials/);
  });

  it("shows a fork's offline changes against the branch it goes into", () => {
    const resource = (name: string) => ({
      urn: urn("aws:sqs/queue:Queue", name),
      type: "aws:sqs/queue:Queue",
    });
    const text = renderComment([
      {
        stack: "staging",
        offline: { resources: [resource("kept"), resource("new")], policies },
        base: { resources: [resource("kept"), resource("old")], policies },
      },
    ]);
    assert.match(text, /Offline preview only \(no credentials\): 2 resources/);
    assert.match(text, /\| create \| `aws:sqs\/queue:Queue` \| `new`/);
    assert.match(text, /\| \*\*delete\*\* \| `aws:sqs\/queue:Queue` \| `old`/);
    assert.doesNotMatch(text, /`kept`/);
  });

  it("names mandatory violations and errors, as text that is no markup", () => {
    const violation = {
      pack: "p",
      policy: "rule",
      enforcementLevel: "mandatory" as const,
      urn: DATABASE,
      message: "<img> @team `x` | y",
    };
    const text = renderComment([
      {
        stack: "production",
        offline: { resources: [], policies: { ...policies, violations: [violation] } },
        pulumi: { diagnostics: [{ severity: "error", message: "```boom" }] },
      },
    ]);
    assert.match(text, /\*\*1\*\* mandatory/);
    assert.ok(!text.includes("<img>") && !text.includes("@team"));
    assert.match(text, /````text\n```boom\n````/);
  });

  it("says that the real preview failed, and why, instead of being green", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "comment-"));
    const write = (name: string, text: string) =>
      fs.writeFileSync(path.join(directory, name), text);
    write(
      "staging.offline.json",
      JSON.stringify({ resources: [], policies: { violations: [], undecided: [] } }),
    );
    write("staging.pulumi.json", "");
    write("staging.status.txt", "255\n");
    write("staging.stderr.txt", "error: no access to the state\n");
    const failed = renderComment(readReports(directory));
    assert.match(failed, /\*\*`pulumi preview` failed\*\*/);
    assert.match(failed, /error: no access to the state/);
    assert.doesNotMatch(failed, /no credentials/);
    write("staging.status.txt", "0\n");
    assert.doesNotMatch(renderComment(readReports(directory)), /failed/);
    fs.rmSync(directory, { recursive: true });
  });

  it("fits into what GitHub takes", () => {
    const steps = Array.from({ length: 3000 }, (_, index) => ({
      op: "create",
      urn: urn("aws:sns/topic:Topic", `topic-${index}`),
    }));
    const text = renderComment([{ stack: "production", pulumi: { steps } }]);
    assert.ok(text.length < 65_536);
    assert.match(text, /and 2850 more/);
  });

  it("reads what the workflow left, production first, and lives with half of it", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "comment-"));
    try {
      fs.writeFileSync(path.join(directory, "staging.offline.json"), JSON.stringify({ policies }));
      fs.writeFileSync(path.join(directory, "production.offline.json"), "{ half");
      const reports = readReports(directory);
      assert.deepEqual(
        reports.map(({ stack }) => stack),
        ["production", "staging"],
      );
      assert.match(renderComment(reports), /the program did not run[^]*Policies: not judged/);
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
    const known = knownDifferences(
      JSON.stringify([{ urn: "*::crm-database", properties: ["engineVersion"], reason: "window" }]),
    );
    const said = (...steps: ReturnType<typeof step>[]) => drift("staging", { steps }, known);
    assert.equal(said(step("update", "engineVersion")), "");
    assert.match(said(step("update", "engineVersion", "tags.Name")), /tags/);
    assert.match(said(step("replace", "engineVersion")), /replace/);
    assert.match(said(step("update")), /update/);
    assert.match(
      drift("staging", { steps: [{ ...step("update", "engineVersion"), urn: `${urn}-2` }] }, known),
      /update/,
    );
    assert.throws(() => knownDifferences('[{ "urn": "*" }]'), /entry 1: expected urn, properties/);
  });

  it("is empty when nothing differs, refreshed values included", () => {
    const steps = ["same", "refresh", "read"].map((op) => ({ op, urn: DATABASE }));
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
