import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import {
  approvedExceptions,
  approvedPackConfig,
  deployedCommit,
  HISTORY_LENGTH,
  main,
  writeApproved,
  type HistoryEntry,
} from "../../../tools/commands/approved";
import type { GuardException } from "../../../tools/commands/guard-exceptions";
import { execFileSync } from "../../support/child";

const day = (days: number) =>
  new Date(Date.now() + days * 24 * 3600 * 1000).toISOString().slice(0, 10);

const exception = (name: string, days = 30): GuardException => ({
  urn: `urn:pulumi:production::crm::*::${name}`,
  operation: "delete",
  reason: "Moved to the new instance on Saturday",
  owner: "platform@crm-consulting.com",
  expires: day(days),
});

const exemption = (urn: string, expires = "2027-06-30") => ({
  urn,
  reason: "The owner asks for it in writing.",
  owner: "platform@crm-consulting.com",
  expires,
});

const update = (commit: string, result = "succeeded"): HistoryEntry => ({
  kind: "update",
  result,
  environment: { "git.head": commit },
});

describe("approved exceptions", () => {
  const A = "a".repeat(40);
  const B = "b".repeat(40);

  it("are those of the last update that succeeded", () => {
    assert.equal(deployedCommit([update(B, "failed"), update(A), update(B)]), A);
    assert.equal(deployedCommit([{ kind: "refresh", result: "succeeded" }, update(A)]), A);
  });

  it("are the stack's own as long as there is nothing to lose", () => {
    assert.equal(deployedCommit([]), undefined);
    assert.equal(deployedCommit([{ kind: "destroy", result: "succeeded" }, update(A)]), undefined);
  });

  it("are none if the deployed commit is not known", () => {
    const failed = Array.from({ length: HISTORY_LENGTH }, () => update(A, "failed"));
    assert.equal(deployedCommit(failed.slice(1)), undefined);
    assert.throws(() => deployedCommit(failed), /none of the last 50 .* no exception counts/);
    assert.equal(deployedCommit([...failed, update(B)]), B);
    const unknown = { kind: "update", result: "succeeded", environment: {} };
    assert.throws(() => deployedCommit([unknown, update(A)]), /has no commit/);
    assert.throws(() => deployedCommit([update("main; rm -rf /")]), /has no commit/);
  });

  it("of the guard: what was deployed and still stands, until the earlier day", () => {
    const own = [exception("old", 60), exception("shorter", 5), exception("new")];
    const deployed = [exception("old", 30), exception("shorter", 30), exception("gone")];
    const { approved, notes } = approvedExceptions(own, deployed);
    assert.deepEqual(approved, [exception("old", 30), exception("shorter", 5)]);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /^delete of .*::new in guard-exceptions\.json$/);
    const replacing = [{ ...exception("old"), operation: "replace" as const }];
    assert.deepEqual(approvedExceptions(replacing, deployed).approved, []);
  });

  const rules = { now: ["one", "two", "new"], deployed: ["one", "two", "removed"] };

  it("of the pack: exemptions that were deployed and still stand", () => {
    const own = { one: { exemptions: [exemption("a", "2028-01-01"), exemption("b")] } };
    const deployed = { one: { exemptions: [exemption("a"), exemption("c")] } };
    const { approved, notes } = approvedPackConfig(own, deployed, rules);
    assert.deepEqual(approved, { one: { exemptions: [exemption("a")] } });
    assert.deepEqual(notes, ["the exemption of b from one"]);
  });

  it("of the pack: levels and settings as they were deployed", () => {
    const own = {
      one: "disabled",
      two: { minimumDays: 1, reason: "We want to." },
      all: "advisory",
    };
    const deployed = { two: { minimumDays: 14 } };
    const { approved, notes } = approvedPackConfig(own, deployed, rules);
    assert.deepEqual(approved, { two: { minimumDays: 14 } });
    assert.deepEqual([...notes].sort(), [
      "enforcementLevel of all",
      "enforcementLevel of one",
      "minimumDays of two",
    ]);
    // Taking a setting out may be what makes a rule weaker.
    assert.deepEqual(approvedPackConfig({}, deployed, rules).approved, deployed);
  });

  it("of the pack: a new rule's configuration is its own, a removed one's goes", () => {
    const { approved, notes } = approvedPackConfig(
      { new: { exemptions: [exemption("a")] } },
      { removed: { exemptions: [exemption("a")] } },
      rules,
    );
    assert.deepEqual(approved, { new: { exemptions: [exemption("a")] } });
    assert.deepEqual(notes, []);
  });

  it("of the pack: names that every object has are no rules", () => {
    const { approved } = approvedPackConfig(
      JSON.parse('{"constructor": "disabled", "__proto__": {"a": 1}}') as object as never,
      {},
      { now: ["constructor", "__proto__"], deployed: ["constructor", "__proto__"] },
    );
    assert.deepEqual(approved, {});
  });

  describe("in a repository", () => {
    let root: string;
    beforeEach(() => {
      root = fs.mkdtempSync(path.join(os.tmpdir(), "approved-"));
      git("init", "--quiet");
      fs.mkdirSync(path.join(root, "policy-pack"));
      write("policy-pack/rule-ids.json", ["one"]);
    });
    afterEach(() => fs.rmSync(root, { recursive: true }));

    const write = (file: string, content: unknown) =>
      fs.writeFileSync(path.join(root, file), JSON.stringify(content));
    const git = (...args: string[]) =>
      execFileSync(
        "git",
        [
          "-c",
          "user.name=t",
          "-c",
          "user.email=t@example.com",
          "-c",
          "commit.gpgsign=false",
          ...args,
        ],
        { cwd: root, encoding: "utf8" },
      ).trim();
    const commit = () => {
      git("add", "--all");
      git("commit", "--quiet", "--message", "x");
      return git("rev-parse", "HEAD");
    };
    const out = () => path.join(root, "out");
    const read = (file: string) =>
      JSON.parse(fs.readFileSync(path.join(out(), file), "utf8")) as unknown;

    it("an exception counts one deployment after the commit that brings it", () => {
      const first = commit();
      write("guard-exceptions.json", [exception("database")]);
      const stack = "production";
      write(`policy-pack/config.${stack}.json`, { one: { exemptions: [exemption("a")] } });
      const second = commit();
      const approve = (history: HistoryEntry[]) =>
        writeApproved(root, { stack, history, out: out() });
      assert.equal(approve([update(first)]).length, 2);
      assert.deepEqual(read("guard-exceptions.json"), []);
      assert.deepEqual(read("policy-config.json"), {});
      assert.deepEqual(approve([update(second), update(first)]), []);
      assert.deepEqual(read("guard-exceptions.json"), [exception("database")]);
      assert.deepEqual(read("policy-config.json"), { one: { exemptions: [exemption("a")] } });
      assert.deepEqual(approve([]), []);
      assert.deepEqual(read("guard-exceptions.json"), [exception("database")]);
    });

    it("a commit that is not there ends the deployment", () => {
      commit();
      write("history.json", [update("c".repeat(40))]);
      const history = path.join(root, "history.json");
      const code = main(["--stack", "production", "--history", history, "--out", out()], root);
      assert.equal(code, 1);
      assert.ok(!fs.existsSync(out()));
    });

    it("what is no history is wrong usage", () => {
      write("history.json", { steps: [] });
      const history = path.join(root, "history.json");
      assert.equal(main(["--stack", "p", "--history", history, "--out", out()], root), 2);
      assert.equal(main(["--stack", "p"], root), 2);
      assert.equal(main(["--nonsense"], root), 2);
    });
  });
});
