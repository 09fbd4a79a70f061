import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { PreviewStep } from "../../../analysis/diff/steps";
import { renderComment } from "../../../tools/commands/comment-render";
import { guard } from "../../../tools/commands/guard";
import { type GuardException, readExceptions } from "../../../tools/commands/guard-exceptions";
import { diffOf } from "../../../tools/diff/document";
import { MARKER, shownLine, stepDigest } from "../../../tools/diff/shown";
import { spawnSync } from "../../support/child";

const TODAY = "2026-11-22";
const TOMORROW = new Date(Date.now() + 24 * 3600 * 1000).toISOString().slice(0, 10);
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
  urn: "urn:pulumi:production::*::crm-database-primary",
  operation: "replace",
  reason: "Moved to the new instance on Saturday, data copied",
  owner: "platform@crm-consulting.com",
  expires: "2026-12-01",
};

describe("guard", () => {
  it("refuses the replacement of a database once, with the property and the safe procedure", () => {
    const { findings } = guard({ steps: replaced }, [], TODAY);
    assert.equal(findings.length, 1);
    assert.match(
      findings[0]!.message,
      /"crm-database-primary" would be replaced because storageEncrypted changes/,
    );
    assert.match(findings[0]!.message, /loses the database and its automated backups/);
    assert.match(findings[0]!.message, /Safe way: take a snapshot/);
  });

  it("refuses the priority of a rule that is still there, in a real preview", () => {
    const rule = (name: string, op: string, before: number, after: number): PreviewStep => ({
      ...{ op, urn: `urn:pulumi:production::crm::aws:lb/listenerRule:ListenerRule::${name}` },
      oldState: { inputs: { listenerArn: "arn:l", priority: before } },
      newState: { inputs: { listenerArn: "arn:l", priority: after } },
    });
    const found = (steps: PreviewStep[]) =>
      guard({ steps }, [], TODAY).findings.map(({ message }) => message);
    assert.deepEqual(found([rule("a", "update", 200, 250), rule("b", "same", 300, 300)]), []);
    const [taken, ...rest] = found([rule("a", "update", 200, 300), rule("b", "same", 300, 300)]);
    assert.deepEqual(rest, []);
    assert.match(taken!, /"a": priority 300 belongs to b: .*PriorityInUse/);
  });

  it("refuses another subnet group of a database that lives, before the update fails at it", () => {
    const type = "aws:rds/instance:Instance";
    const steps: PreviewStep[] = [
      {
        ...{ op: "update", urn: DATABASE },
        detailedDiff: { dbSubnetGroupName: { kind: "update" } },
        oldState: { type, inputs: { dbSubnetGroupName: "crm-db-subnet-group-2026" } },
        newState: { type, inputs: { dbSubnetGroupName: "crm-db-subnet-group" } },
      },
    ];
    const [finding] = guard({ steps }, [{ ...exception, operation: "interrupt" }], TODAY).findings;
    assert.match(finding!.message, /RDS refuses it.*Keep the group/);
  });

  it("refuses a deletion and names the alias that a rename needs", () => {
    const type = "aws:rds/instance:Instance";
    const steps = [
      { op: "delete", urn: DATABASE, oldState: { type } },
      { op: "create", urn: DATABASE.replace("primary", "main"), newState: { type } },
    ];
    const [finding] = guard({ steps }, [], TODAY).findings;
    assert.match(finding!.message, /would be deleted/);
    assert.ok(finding!.message.includes(`aliases: ["${DATABASE}"]`), finding!.message);
    // Without another database it has no new name.
    const [alone] = guard({ steps: steps.slice(0, 1) }, [], TODAY).findings;
    assert.doesNotMatch(alone!.message, /alias/);
  });

  it("lets everything else pass", () => {
    const steps = [
      { op: "update", urn: DATABASE, oldState: { type: "aws:rds/instance:Instance" } },
      { op: "same", urn: DATABASE },
      { op: "replace", urn: TOPIC, oldState: { type: "aws:sns/topic:Topic" } },
      { op: "create", urn: DATABASE.replace("primary", "new") },
    ];
    assert.deepEqual(guard({ steps: steps.slice(0, 1) }, [], TODAY).findings, []);
    assert.deepEqual(guard({ steps }, [], TODAY).findings, []);
  });

  it("knows the type from the URN when a step has no old state", () => {
    assert.equal(guard({ steps: [{ op: "delete", urn: DATABASE }] }, [], TODAY).findings.length, 1);
  });

  it("lets go what AWS keeps", () => {
    const steps = [
      {
        op: "delete",
        urn: DATABASE,
        oldState: { type: "aws:rds/instance:Instance", retainOnDelete: true },
      },
    ];
    assert.deepEqual(guard({ steps }, [], TODAY).findings, []);
  });

  it("accepts an exception until its last day", () => {
    assert.deepEqual(guard({ steps: replaced }, [exception], TODAY).findings, []);
    assert.deepEqual(guard({ steps: replaced }, [exception], "2026-12-01").findings, []);
    const [finding] = guard({ steps: replaced }, [exception], "2026-12-02").findings;
    assert.match(finding!.message, /The exception for it expired on 2026-12-01/);
  });

  it("does not take an exception for a replacement as one for a deletion", () => {
    const steps = [
      { op: "delete", urn: DATABASE, oldState: { type: "aws:rds/instance:Instance" } },
    ];
    const { findings, unused } = guard({ steps }, [exception], TODAY);
    assert.equal(findings.length, 1);
    assert.deepEqual(unused, [exception]);
  });

  it("lets an exception stand that is done, until its last day", () => {
    const steps = [{ op: "same", urn: DATABASE }];
    assert.deepEqual(guard({ steps }, [exception], TODAY), { findings: [], unused: [exception] });
    const [finding] = guard({ steps }, [exception], "2026-12-02").findings;
    assert.match(finding!.message, /allows replace until 2026-12-01, which is in the past; remove/);
  });

  it("has no opinion on another stack's exceptions", () => {
    const steps = [{ op: "same", urn: DATABASE.replace(":production::", ":staging::") }];
    const nothing = { findings: [], unused: [] };
    assert.deepEqual(guard({ steps }, [exception], TODAY), nothing);
    assert.deepEqual(guard({ steps }, [exception], "2027-01-01"), nothing);
  });

  it("refuses the replacement of what AWS would keep: the platform goes on with an empty one", () => {
    const steps = replaced.map((step) => ({
      ...step,
      oldState: { ...step.oldState, retainOnDelete: true },
    }));
    const [finding] = guard({ steps }, [], TODAY).findings;
    assert.match(finding!.message, /would be replaced .* leaves behind the database/);
  });

  it("refuses a preview that failed, of which it sees a part", () => {
    const diagnostics = [
      { severity: "warning", message: "an example account" },
      { severity: "error", message: "Error: no such file\n    at index.ts" },
    ];
    const steps = [{ op: "same", urn: "urn:pulumi:p::crm::pulumi:pulumi:Stack::crm-p" }];
    const [finding] = guard({ steps, diagnostics }, [], TODAY).findings;
    assert.match(finding!.message, /^the preview failed, .*: Error: no such file$/);
  });
});

describe("guard, what people were shown", () => {
  const shown = (urn: string) => {
    const steps = [stepDigest({ operation: "replace", urn })];
    return [`${MARKER}\n${shownLine("production", "0".repeat(32), steps)}\n\n## What`];
  };
  const judged = (comments: readonly string[], exceptions = [exception]) =>
    guard({ steps: replaced }, exceptions, TODAY, comments).findings.map(({ message }) => message);

  it("refuses an allowed loss that no approved comment has shown, and accepts one that a comment has shown", () => {
    assert.deepEqual(judged(shown(DATABASE)), []);
    for (const comments of [[], shown(DATABASE.replace("primary", "replica"))]) {
      const messages = judged(comments);
      assert.equal(messages.length, 1);
      assert.match(messages[0]!, /No approved comment of the merged pull requests has shown it/);
    }
  });

  it("takes no comment for an exception, and refuses each loss once", () => {
    const messages = judged(shown(DATABASE), []);
    assert.equal(messages.length, 1);
    assert.doesNotMatch(messages[0]!, /No approved comment/);
    assert.equal(judged([], []).length, 1);
  });

  it("says whether the plan is one that an approved comment has", () => {
    const diff = { stack: "production", error: { side: "base" as const, failures: [] } };
    const report = { stack: "production", diff, pulumi: { steps: replaced } };
    assert.equal(guard({ steps: replaced }, [], TODAY, []).asApproved, false);
    assert.equal(guard({ steps: replaced }, [], TODAY).asApproved, undefined);
    // Of a stack that could not be compared the comment says nothing, so nothing of it is approved.
    assert.equal(
      guard({ steps: replaced }, [], TODAY, [renderComment([report])]).asApproved,
      false,
    );
    const empty = {
      resources: [],
      policies: { packs: [], violations: [], undecided: [], remediations: [] },
    };
    const compared = {
      ...report,
      diff: diffOf({ stack: "production", ...empty }, { stack: "production", ...empty }),
    };
    const verdict = guard({ steps: replaced }, [exception], TODAY, [renderComment([compared])]);
    assert.deepEqual([verdict.asApproved, verdict.findings], [true, []]);
  });
});

describe("guard, what stops", () => {
  const urn = (type: string, name: string) =>
    `urn:pulumi:production::crm::crm:aws:X$${type}::${name}`;
  const RULE = urn("aws:lb/listenerRule:ListenerRule", "crm-core");
  const said = (...steps: PreviewStep[]) =>
    guard({ steps }, [], TODAY).findings.map(({ message }) => message);

  it("refuses the deletion of what serves requests, and lets a change of it pass", () => {
    assert.match(
      said({ op: "delete", urn: RULE })[0]!,
      /would be deleted: that ends requests that it routes/,
    );
    assert.deepEqual(said({ op: "update", urn: RULE }), []);
    const SIGNING = urn("aws:route53/keySigningKey:KeySigningKey", "key");
    assert.match(said({ op: "delete", urn: SIGNING })[0]!, /while the DS record stands/);
  });

  it("refuses a replacement that deletes first, and lets one pass that creates first", () => {
    const GROUP = urn("aws:lb/targetGroup:TargetGroup", "crm-core-blue");
    const steps = (...ops: string[]) => ops.map((op) => ({ op, urn: GROUP }));
    const [message] = said(...steps("delete-replaced", "replace", "create-replacement"));
    assert.match(message!, /deleted before the new one is there/);
    assert.deepEqual(said(...steps("create-replacement", "replace", "delete-replaced")), []);
  });

  it("knows a store that no row names by AWS's schema, or by its name", () => {
    const [table] = said({ op: "delete", urn: urn("aws:dynamodb/table:Table", "t") });
    assert.match(table!, /loses what it holds \(AWS's type AWS::DynamoDB::Table has \w+\)/);
    const [other] = said({ op: "delete", urn: urn("aws:new/archive:LedgerArchive", "a") });
    assert.match(other!, /its name says that it may hold data/);
    assert.deepEqual(said({ op: "delete", urn: urn("aws:rds/subnetGroup:SubnetGroup", "s") }), []);
    assert.deepEqual(said({ op: "delete", urn: urn("aws:iam/role:Role", "r") }), []);
  });

  it("lets a rotation of a generated credential pass, and refuses another value without one", () => {
    const type = "random:index/randomPassword:RandomPassword";
    const TOKEN = urn(type, "token");
    const steps = (old: object, inputs: object): PreviewStep[] =>
      ["create-replacement", "replace", "delete-replaced"].map((op) => ({
        ...{ op, urn: TOKEN, replaceReasons: Object.keys(inputs) },
        ...{ oldState: { type, inputs: { ...old } }, newState: { type, inputs: { ...inputs } } },
      }));
    const [one, two] = [{ keepers: { version: "1" } }, { keepers: { version: "2" } }];
    assert.deepEqual(said(...steps(one, two)), []);
    assert.match(
      said(...steps({ length: 32 }, { length: 64 }))[0]!,
      /loses a generated credential/,
    );
    const secret = (op: string, number: number) => ({ op, urn: urn(type, `secret-${number}`) });
    assert.deepEqual(said(secret("delete", 1), secret("same", 2)), []);
    assert.match(
      said(secret("delete", 1), secret("delete", 2))[0]!,
      /loses a generated credential/,
    );
  });

  it("refuses another major version without its permission, even with an exception", () => {
    const step = (allowMajorVersionUpgrade: boolean): PreviewStep => ({
      ...{ op: "update", urn: DATABASE, detailedDiff: { engineVersion: { kind: "update" } } },
      oldState: {
        type: "aws:rds/instance:Instance",
        inputs: { engine: "postgres", engineVersion: "15.12" },
      },
      newState: { inputs: { engine: "postgres", engineVersion: "16", allowMajorVersionUpgrade } },
    });
    assert.match(said(step(false))[0]!, /RDS refuses it without allowMajorVersionUpgrade/);
    assert.deepEqual(said(step(true)), []);
    const allowed = { ...exception, operation: "interrupt" as const };
    assert.equal(guard({ steps: [step(false)] }, [allowed], TODAY).findings.length, 1);
  });

  it("refuses downtime at once, and not in the window, unless an exception allows it", () => {
    const step = (applyImmediately: boolean): PreviewStep => ({
      ...{ op: "update", urn: DATABASE, detailedDiff: { engineVersion: { kind: "update" } } },
      oldState: { type: "aws:rds/instance:Instance", inputs: { engineVersion: "15" } },
      newState: { inputs: { engineVersion: "16", applyImmediately } },
    });
    assert.deepEqual(said(step(false)), []);
    assert.match(said(step(true))[0]!, /would be down while it changes: engineVersion/);
    const allowed = { ...exception, operation: "interrupt" as const };
    assert.deepEqual(guard({ steps: [step(true)] }, [allowed], TODAY).findings, []);
  });
});

describe("npm run guard", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "guard-"));
  after(() => fs.rmSync(directory, { recursive: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["tools/commands/run.js", "guard", ...args], {
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
    assert.match(result.stdout, /1 step read/);
  });

  it("has the advice and the exceptions of the project in which it is run, not those beside itself", () => {
    const script = path.join(process.cwd(), "tools", "commands", "run.js");
    const file = write("elsewhere.json", { steps: replaced });
    const here = () =>
      spawnSync(process.execPath, [script, "guard", file], { cwd: directory, encoding: "utf8" });
    assert.match(here().stderr, /then remove the old one\.\n/);
    write("about.json", { changes: { "aws:rds/instance:Instance": "Ask the owner." } });
    assert.match(here().stderr, /then remove the old one\. Ask the owner\.\n/);
    write("guard-exceptions.json", [{ ...exception, expires: TOMORROW }]);
    assert.equal(here().status, 0, here().stderr);
  });

  it("exits 2 on a file that is no preview, and on none", () => {
    assert.equal(run(write("text.json", "no json")).status, 2);
    for (const document of [{}, null, { steps: [] }, { steps: [null] }, { steps: [{ op: "x" }] }]) {
      const result = run(write("other.json", document));
      assert.equal(result.status, 2, JSON.stringify(document));
      assert.match(
        result.stderr,
        /other\.json: expected the output of .*, got no steps.*\n\nUsage: /s,
      );
    }
    assert.equal(run().status, 2);
  });

  it("refuses exceptions that say too little or allow too much, all at once", () => {
    const cases: [Record<string, unknown>, RegExp][] = [
      [
        { reason: "short" },
        /problem:\n {2}\[0\]\.reason: expected at least 20 characters, got "short"$/,
      ],
      [{ owner: "@" }, /owner: expected a mailbox such as team@example\.com, got "@"/],
      [
        { operation: undefined },
        /operation: expected one of delete, replace, expire, interrupt, got nothing/,
      ],
      [{ expires: "2026-99-99" }, /expires: expected a day, YYYY-MM-DD, got "2026-99-99"/],
      [{ expires: "9999-12-31" }, /expires: expected a day within 90 days, got "9999-12-31"/],
      [{ urn: "*" }, /urn: expected a URN of one stack.*, got "\*"/],
      [{ urn: "urn:pulumi:*::crm::*::crm-database-primary" }, /urn: expected a URN of one stack/],
      [{ urn: "urn:pulumi:production::*" }, /urn: expected a URN of one stack/],
      [{ until: "2026-12-01" }, /\[0\]\.until: there is no such key\. The keys here are urn, /],
    ];
    for (const [change, says] of cases) {
      const file = write("exceptions.json", [{ ...exception, expires: TOMORROW, ...change }]);
      assert.throws(() => readExceptions(file), says);
    }
    const none = write("exceptions.json", [{}, 1]);
    assert.throws(
      () => readExceptions(none),
      / has 6 problems:\n  \[0\]\.urn: [^]*\[0\]\.expires: .*\n  \[1\]: expected a group of settings, got 1$/,
    );
    assert.throws(
      () => readExceptions(write("exceptions.json", {})),
      /exceptions\.json: expected a list of exceptions, got \{\}$/,
    );
    const good = [{ ...exception, expires: TOMORROW }];
    assert.deepEqual(readExceptions(write("exceptions.json", good)), good);
  });
});
