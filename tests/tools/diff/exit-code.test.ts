/** How `npm run diff` ends: as the guard judges, certain or not. */
import assert from "node:assert/strict";

import { guardDiff } from "../../../tools/commands/guard";
import { type DiffDocument, diffOf, exitCodeOf } from "../../../tools/diff/document";
import { planOf } from "../../support/plans";

describe("the exit code of a comparison", () => {
  let nothing: DiffDocument;
  before(async () => {
    const plan = await planOf("staging");
    nothing = diffOf(plan, plan);
  });
  const having = (...findings: Partial<DiffDocument["findings"][number]>[]): DiffDocument => ({
    ...nothing,
    findings: findings.map((one) => ({
      ...{ class: "data lost", operation: "replace", urn: "urn:pulumi:staging::crm::x::y" },
      ...{ type: "x", name: "y", says: " is lost", message: "lost", certain: true },
      ...one,
    })),
  });
  const cases: [string, DiffDocument["findings"][number] | object | undefined, 0 | 1 | 3][] = [
    ["nothing", undefined, 0],
    ["a data loss", {}, 3],
    ["a data loss that the plans do not decide", { certain: false }, 3],
    ["an outage that the plans do not decide", { class: "outage", certain: false }, 3],
    ["what was agreed to", { agreed: "ops" }, 0],
    ["what AWS refuses", { class: "not made", operation: undefined }, 1],
  ];
  for (const [name, finding, expected] of cases) {
    it(`of ${name} is ${expected}`, () => {
      const diff = finding === undefined ? nothing : having(finding);
      assert.equal(exitCodeOf([diff]), expected);
      // The guard refuses what does not end with 0.
      const { findings } = guardDiff(diff, [], "2026-11-22");
      if (finding === undefined || !("agreed" in finding)) {
        assert.equal(findings.length > 0, expected > 0);
      }
    });
  }
});
