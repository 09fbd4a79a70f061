import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { guard, readExceptions, type GuardException, type PreviewStep } from "../../commands/guard";

const TODAY = "2026-11-22";
const DATABASE =
  "urn:pulumi:production::crm::crm:aws:CrmDatabase$aws:rds/instance:Instance::crm-database-primary";
const TOPIC = "urn:pulumi:production::crm::crm:aws:CrmEventing$aws:sns/topic:Topic::crm-topic";

const replaced: PreviewStep[] = [
  {
    op: "create-replacement",
    urn: DATABASE,
    replaceReasons: ["storageEncrypted"],
    detailedDiff: { storageEncrypted: { kind: "update-replace" }, tags: { kind: "update" } },
    oldState: { type: "aws:rds/instance:Instance" },
  },
  { op: "replace", urn: DATABASE, oldState: { type: "aws:rds/instance:Instance" } },
  { op: "delete-replaced", urn: DATABASE, oldState: { type: "aws:rds/instance:Instance" } },
];

const exception: GuardException = {
  urn: "*::crm-database-primary",
  operation: "replace",
  reason: "Moved to the new instance on Saturday, data copied",
  owner: "platform@crm-consulting.com",
  expires: "2026-12-01",
};

describe("guard", () => {
  it("refuses the replacement of a database once, with the property and the safe way", () => {
    const findings = guard({ steps: replaced }, [], TODAY);
    assert.equal(findings.length, 1);
    assert.match(
      findings[0]!.message,
      /"crm-database-primary" would be replaced because storageEncrypted changes/,
    );
    assert.match(findings[0]!.message, /loses the database and its automated backups/);
    assert.match(findings[0]!.message, /Safe way: take a snapshot/);
  });

  it("refuses a deletion and names the alias that a rename needs", () => {
    const steps = [
      { op: "delete", urn: DATABASE, oldState: { type: "aws:rds/instance:Instance" } },
    ];
    const [finding] = guard({ steps }, [], TODAY);
    assert.match(finding!.message, /would be deleted/);
    assert.match(finding!.message, /aliases: \[\{ name: "crm-database-primary" \}\]/);
  });

  it("lets everything else pass", () => {
    const steps = [
      { op: "update", urn: DATABASE, oldState: { type: "aws:rds/instance:Instance" } },
      { op: "same", urn: DATABASE },
      { op: "replace", urn: TOPIC, oldState: { type: "aws:sns/topic:Topic" } },
      { op: "create", urn: DATABASE.replace("primary", "new") },
    ];
    assert.deepEqual(guard({ steps: steps.slice(0, 1) }, [], TODAY), []);
    assert.deepEqual(guard({ steps }, [], TODAY), []);
  });

  it("knows the type from the URN when a step has no old state", () => {
    assert.equal(guard({ steps: [{ op: "delete", urn: DATABASE }] }, [], TODAY).length, 1);
  });

  it("lets go what AWS keeps", () => {
    const steps = [
      {
        op: "delete",
        urn: DATABASE,
        oldState: { type: "aws:rds/instance:Instance", retainOnDelete: true },
      },
    ];
    assert.deepEqual(guard({ steps }, [], TODAY), []);
  });

  it("accepts an exception until its last day", () => {
    assert.deepEqual(guard({ steps: replaced }, [exception], TODAY), []);
    assert.deepEqual(guard({ steps: replaced }, [exception], "2026-12-01"), []);
    const [finding] = guard({ steps: replaced }, [exception], "2026-12-02");
    assert.match(finding!.message, /The exception for it expired on 2026-12-01/);
  });

  it("does not take an exception for a replacement as one for a deletion", () => {
    const steps = [
      { op: "delete", urn: DATABASE, oldState: { type: "aws:rds/instance:Instance" } },
    ];
    const findings = guard({ steps }, [exception], TODAY);
    assert.equal(findings.length, 2);
    assert.match(findings[1]!.message, /remove the exception/);
  });
});

describe("npm run guard", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "guard-"));
  after(() => fs.rmSync(directory, { recursive: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["commands/run.js", "guard", ...args], {
      encoding: "utf8",
    });
  const write = (name: string, value: unknown) => {
    const file = path.join(directory, name);
    fs.writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
    return file;
  };

  it("exits 1 and says why when a database would be replaced", () => {
    const result = run(write("bad.json", { steps: replaced }));
    assert.equal(result.status, 1, result.stderr);
    assert.match(result.stderr, /^refused: aws:rds\/instance:Instance/);
  });

  it("exits 0 when nothing is lost", () => {
    const result = run(write("good.json", { steps: [{ op: "same", urn: DATABASE }] }));
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /1 steps read/);
  });

  it("exits 2 on a file that is no preview, and on none", () => {
    assert.equal(run(write("text.json", "no json")).status, 2);
    assert.equal(run(write("other.json", {})).status, 2);
    assert.equal(run().status, 2);
  });

  it("refuses an exception that does not say why or until when", () => {
    const file = write("exceptions.json", [{ urn: "*", operation: "replace", reason: "short" }]);
    assert.throws(
      () => readExceptions(file),
      /entry 1: reason \(20 characters at least\), owner \(a mailbox\), expires/,
    );
  });
});
