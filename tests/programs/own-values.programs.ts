/** With another owner's values everything stays green, once `npm run accept` has run. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { ANSWERS } from "../operations/doctor/world";
import { spawnSync } from "../support/child";
import { putOwnValues } from "../support/own-values";
import { ownFiles, scratchCopy } from "../support/scratch";
import { stackNames } from "../support/stack-files";

/** Pages about any deployment, whose examples are AWS's. */
const GENERAL = ["docs/conformance.md", "docs/configuration.md", "docs/judges.md", "docs/bench.md"];

/** Other regions than the shipped ones, none of which is us-east-1. */
const REGIONS = ["--region", "eu-central-1", "--copy-region", "eu-west-1"];

/** What is in us-east-1 wherever a platform is. */
const ONLY_THERE = /crm-bootstrap:regions|control planes?\b|IAM takes|KMS \(|Budgets/;

interface Check {
  readonly id: string;
  readonly status: string;
}

const failingOf = (checks: readonly Check[]): string[] =>
  checks.filter(({ status }) => status === "fail").map(({ id }) => id);

describe("another owner's values", () => {
  let folder: string;
  before(() => {
    folder = scratchCopy();
    const answered = npm("setup", "--", ...ANSWERS, ...REGIONS);
    assert.equal(answered.status, 0, answered.stderr);
    const { kinds, lines } = putOwnValues(folder, ownFiles());
    // The buckets' suffix follows from the domain.
    const all = kinds + (ANSWERS.length + REGIONS.length) / 2 + 1;
    assert.ok(all >= 46 && lines >= 100, `${all} kinds of values, ${lines} lines besides`);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const filesIn = (name: string) =>
    fs
      .readdirSync(path.join(folder, name))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${name}/${file}`);

  it("setup has nothing to change afterwards", () => {
    const again = npm("setup");
    assert.deepEqual([again.status, again.stdout.split("\n")[0]], [0, "Nothing to change."]);
  });

  for (const stack of stackNames()) {
    it(`doctor finds in ${stack} what the account, a secret or another stack brings, and nothing else`, () => {
      const result = npm("doctor", "--", "--stack", stack, "--offline", "--json");
      const { checks } = JSON.parse(result.stdout) as { checks: Check[] };
      const failing = failingOf(checks);
      const open = ["stack-init", "secrets"];
      const expected = { production: open, recovery: open };
      assert.deepEqual(failing, (expected as Record<string, string[]>)[stack] ?? []);
    });
  }

  const npm = (...args: string[]) =>
    spawnSync("npm", ["run", "--silent", ...args], {
      ...{ cwd: folder, encoding: "utf8", maxBuffer: 100_000_000 },
    });

  for (const [stack, ...where] of [
    ...stackNames().map((name) => [name]),
    ["bootstrap", "-C", "bootstrap", "--policy-pack", "../policy-pack"],
  ]) {
    it(`${stack} previews without a violation, and nothing undecided`, () => {
      const result = npm("preview", "--", ...where, "--stack", stack!, "--json");
      assert.equal(result.status, 0, result.stderr);
      const { policies } = JSON.parse(result.stdout) as {
        policies: { violations: { exempt?: boolean; message: string }[]; undecided: object[] };
      };
      const violations = policies.violations.filter(({ exempt }) => !exempt);
      assert.deepEqual(
        { violations, undecided: policies.undecided },
        { violations: [], undecided: [] },
      );
    });
  }

  it("npm run accept writes their pages and lists", () => {
    const places = ["operations/accepted", "docs", "docs/runbooks"];
    const files = () => places.map((place) => fs.readdirSync(path.join(folder, place)));
    const before = files();
    const written = npm("accept");
    assert.equal(written.status, 0, written.stderr);
    // `git commit --all` has no file that is new.
    assert.deepEqual(files(), before);
    assert.match(written.stdout, /^README\.md: \d+ new, \d+ gone$/m);
    for (const file of ["docs/request-ways.md", "operations/accepted/production.urns"]) {
      const text = fs.readFileSync(path.join(folder, file), "utf8");
      assert.ok(text.includes("acme-sales.com"), file);
    }
    const pages = ["README.md", "SECURITY.md", ...filesIn("docs"), ...filesIn("docs/runbooks")];
    for (const file of pages.filter((name) => !GENERAL.includes(name))) {
      const text = fs.readFileSync(path.join(folder, file), "utf8");
      assert.doesNotMatch(
        text,
        /crm-consulting|123456789012|crm-[a-z-]+-(prod|backup-west)\b/,
        file,
      );
    }
  });

  it("no file of settings and no runbook names another owner's region", () => {
    for (const file of [...ownFiles(), "README.md", ...filesIn("docs/runbooks")]) {
      const lines = fs.readFileSync(path.join(folder, file), "utf8").split("\n");
      const others = lines.filter(
        (line) =>
          line.includes("us-west-2") || (line.includes("us-east-1") && !ONLY_THERE.test(line)),
      );
      assert.deepEqual(others, [], file);
    }
  });

  it("a stack of their own made of staging is green as well, with no edit by hand", () => {
    const made = npm(
      "setup",
      "--",
      "--environment",
      "development",
      "--from",
      "staging",
      "--accept",
    );
    assert.equal(made.status, 0, made.stderr);
    const doctor = npm("doctor", "--", "--stack", "development", "--offline", "--json");
    const { checks } = JSON.parse(doctor.stdout) as { checks: Check[] };
    assert.deepEqual(failingOf(checks), []);
  });
});
