/** What a comparison says of cost where a price is missing on one side. */
import assert from "node:assert/strict";

import type { Plan } from "../../../analysis/plan/model";
import { diffOf } from "../../../tools/diff/document";
import { headline } from "../../../tools/diff/headline";
import { meaningOf, renderDiffs } from "../../../tools/diff/text";
import { planOf } from "../../support/plans";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const INSTANCE = "aws:rds/instance:Instance";

describe("the cost of a change", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("production");
  });
  const having = (inputs: object): Plan => ({
    ...plan,
    resources: plan.resources.map((one) =>
      one.type === INSTANCE ? { ...one, inputs: { ...one.inputs, ...inputs } } : one,
    ),
  });
  const said = (old: Plan, now: Plan) => {
    const diff = diffOf(old, now);
    const cost = meaningOf(diff).find(({ title }) => title.startsWith("Cost"));
    return { part: headline(diff).split(" | ")[1]!, lines: cost?.lines ?? [], diff };
  };

  it("is a bound where storage has no price, the class has one, and the resources are named", () => {
    const gp2 = having({ storageType: "gp2" });
    const { part, lines, diff } = said(plan, gp2);
    // The storage alone: 500 GB twice and the replica's 500 GB at 0.115.
    assert.match(part, /^at least -172\.50 USD a month/);
    assert.deepEqual(diff.cost.unpriced.map(({ name, side }) => `${name} ${side}`).sort(), [
      "crm-database-primary now",
      "crm-database-replica now",
    ]);
    assert.ok(
      lines.some((line) =>
        /crm-database-\w+, crm-database-\w+: .*only storage of type gp3/.test(line),
      ),
      lines.join("\n"),
    );
    assert.match(said(gp2, plan).part, /^at most \+172\.50 USD a month/);
  });

  it("is none where the same resources have no price on both sides", () => {
    const gp2 = having({ storageType: "gp2" });
    assert.deepEqual(said(gp2, gp2), { ...said(gp2, gp2), part: "cost unchanged", lines: [] });
    assert.match(
      said(gp2, having({ storageType: "gp2", instanceClass: "db.r6g.xlarge" })).part,
      /^\+\d/,
    );
  });

  it("is open where both sides have something without a price", () => {
    const gp2 = having({ storageType: "gp2" });
    const odd = having({ instanceClass: "db.x1.huge" });
    assert.match(said(gp2, odd).part, /^perhaps /);
  });

  it("is none of what AWS refuses: the instance keeps its storage, and the headline counts the refusal", () => {
    const primary = (allocatedStorage: number): Plan => ({
      ...plan,
      resources: plan.resources.map((one) =>
        one.type === INSTANCE && one.name === "crm-database-primary"
          ? { ...one, inputs: { ...one.inputs, allocatedStorage } }
          : one,
      ),
    });
    const less = diffOf(plan, primary(400));
    assert.match(headline(less), /, 0 to delete \| 1 change not made \| cost unchanged \| /);
    assert.deepEqual(less.cost.byComponent, []);
    assert.deepEqual(less.recovery, []);
    const text = renderDiffs([less], { width: 200, color: false });
    assert.match(text, /allocatedStorage: 500 -> 400; refused by AWS/);
    assert.doesNotMatch(text, /allocatedStorage: .*in place/);
    // 100 GB at 0.115, of two instances and the replica.
    const more = diffOf(plan, primary(600));
    assert.match(headline(more), /, 0 to delete \| \+34\.50 USD a month /);
  });

  it("is none of what AWS refuses to create", () => {
    const rename = (name: string): Plan => ({
      ...plan,
      resources: plan.resources.map((one) =>
        one.type === ALARM && one.name === "crm-analytics-errors"
          ? { ...one, name, urn: one.urn.replace(/::[^:]*$/, `::${name}`) }
          : one,
      ),
    });
    const diff = diffOf(plan, rename("other"));
    const created = diff.changes.find(({ op }) => op === "create")!;
    assert.match(created.refusal!.why, /deleted at the end of the same update/);
    const isAlarm = ({ type, name }: { type: string; name: string }) =>
      type === ALARM && name === "crm-analytics-errors";
    const without = diffOf(plan, {
      ...plan,
      resources: plan.resources.filter((one) => !isAlarm(one)),
    });
    assert.ok(without.cost.new < without.cost.old);
    assert.equal(diff.cost.new, without.cost.new);
  });
});
