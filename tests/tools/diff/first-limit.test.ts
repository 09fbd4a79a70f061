import assert from "node:assert/strict";

import { diffOf } from "../../../tools/diff/document";
import { meaningOf } from "../../../tools/diff/text";
import type { Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

/** The plan with another class of the replica. */
const withReplica = (plan: Plan, instanceClass: string): Plan => ({
  ...plan,
  resources: plan.resources.map((one) =>
    one.name === "crm-database-replica"
      ? { ...one, inputs: { ...one.inputs, instanceClass } }
      : one,
  ),
});

describe("a change of what breaks first", () => {
  it("is told with the limit and its load before and now, and nothing where it stays", async () => {
    const plan = await planOf("production");
    const larger = diffOf(plan, withReplica(plan, "db.r6g.2xlarge"));
    assert.match(larger.firstLimit!.old, /^First limit: crm-database-replica: .* at 196 to 2,667 /);
    assert.match(larger.firstLimit!.new, /^First limit: crm-auth: processors of the service/);
    const title = "What breaks first";
    assert.equal(meaningOf(larger).find((one) => one.title === title)!.lines.length, 2);
    const same = diffOf(plan, plan);
    assert.equal(same.firstLimit, undefined);
    // A measurement on one side only is no change of the stack.
    const cpuMs = { value: 400, why: "measured", asOf: "2026-11-28" };
    const capacity = { services: { "crm-core": { cpuMs } } };
    const measured = { durations: [], usage: {}, capacity };
    assert.equal(diffOf(plan, { ...plan, measured }).firstLimit, undefined);
    assert.equal(diffOf({ ...plan, measured }, plan).firstLimit, undefined);
    assert.ok(!meaningOf(same).some((one) => one.title === title));
  });
});
