/** With another owner's values everything stays green, once `npm run accept` has run. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { spawnSync } from "../support/child";
import { putOwnValues } from "../support/own-values";
import { ownFiles, scratchCopy } from "../support/scratch";
import { stackNames } from "../support/stack-files";

describe("another owner's values", function () {
  this.timeout(240_000);
  let folder: string;
  before(() => {
    folder = scratchCopy();
    const { kinds, lines } = putOwnValues(folder, ownFiles());
    assert.ok(kinds >= 46 && lines >= 150, `${kinds} kinds of values, ${lines} lines`);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

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

  it("npm run accept writes their pages and lists, and has nothing to say afterwards", () => {
    const written = npm("accept");
    assert.equal(written.status, 0, written.stderr);
    assert.match(written.stdout, /^README\.md: \d+ new, \d+ gone$/m);
    const checked = npm("accept", "--", "--check");
    assert.deepEqual([checked.stdout, checked.status], ["Everything is current.\n", 0]);
    for (const file of ["docs/request-ways.md", "operations/accepted/production.urns"]) {
      const text = fs.readFileSync(path.join(folder, file), "utf8");
      assert.ok(text.includes("acme-sales.example") && !text.includes("crm-consulting"), file);
    }
  });
});
