import assert from "node:assert/strict";

import { zoneLossOf, zoneLossText } from "../../../analysis/capacity/zone-loss";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { documentOf, rendered } from "../../../tools/commands/recovery";
import type { Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

const lossIn = (plan: Plan) => zoneLossOf(recoveryStackOf(plan))!;
/** A plan with another value of a property of all resources of a type. */
const having = (plan: Plan, type: string, property: string, value: unknown): Plan => ({
  ...plan,
  resources: plan.resources.map((one) =>
    one.type === type ? { ...one, inputs: { ...one.inputs, [property]: value } } : one,
  ),
});

describe("a lost zone", () => {
  let production: Plan;
  before(async () => {
    production = await planOf("production");
  });

  it("costs production no data and some minutes, by the slowest of its parts", () => {
    const loss = lossIn(production);
    // Checks of 30 s: 2 of 3 failed ones at the least, 23 to 62 s for a task, 1 of 2 passed ones at the least.
    assert.deepEqual(loss.degradedMinutes, [Math.ceil((60 + 23 + 30) / 60), Math.ceil((90 + 62 + 60) / 60)]); // prettier-ignore
    const text =
      "zone lost: 0 min of data, 2 to 4 min degraded; in us-east-1c, crm-database-replica does not recover automatically";
    assert.equal(zoneLossText(loss), text);
    assert.match(rendered(documentOf(production)), new RegExp(`^${text}$`, "m"));
    assert.ok(loss.parts.every(({ figures }) => figures.length > 0));
  });

  it("takes longer with slower checks, and the database where it has no standby", () => {
    const check = { interval: 120, unhealthyThreshold: 5, healthyThreshold: 5 };
    const slow = having(production, "aws:lb/targetGroup:TargetGroup", "healthCheck", check);
    assert.ok(lossIn(slow).degradedMinutes![1] > 20);
    const alone = lossIn(having(production, "aws:rds/instance:Instance", "multiAz", false));
    assert.equal(alone.lossMinutes, undefined);
    assert.match(
      zoneLossText(alone),
      /^zone lost: data since the last backup, crm-database-primary does not recover automatically;/,
    );
  });

  it("leaves all zones without NAT where the only gateway was in it", () => {
    const type = "aws:ec2/natGateway:NatGateway";
    const [first, ...others] = production.resources.filter((one) => one.type === type);
    const resources = production.resources.filter((one) => !others.includes(one));
    assert.match(
      zoneLossText(lossIn({ ...production, resources })),
      new RegExp(`^zone lost: 0 min of data, ${first!.name} does not recover automatically;`),
    );
  });

  it("leaves all zones without NAT where all gateways were in it", () => {
    const [first] = production.resources.filter(({ type }) => type.endsWith(":NatGateway"));
    const [zone] = first!.propertyDependencies["subnetId"]!;
    // The tasks stay in three zones: only the second and third gateway move to the first's.
    const resources = production.resources.map((one) =>
      one.type.endsWith(":NatGateway")
        ? { ...one, propertyDependencies: { ...one.propertyDependencies, subnetId: [zone!] } }
        : one,
    );
    assert.match(zoneLossText(lossIn({ ...production, resources })), /crm-1 does not recover automatically;/); // prettier-ignore
  });

  it("stops those who read a replica in one zone, where that is the lost one", () => {
    const partOf = (plan: Plan) =>
      lossIn(plan).parts.find(({ of }) => of === "crm-database-replica");
    const part = partOf(production)!;
    assert.deepEqual([part.seconds, part.stops, part.zone], [undefined, true, "us-east-1c"]);
    const named = part.figures.map(({ origin }) => origin.from === "plan" && origin.property);
    assert.deepEqual(named, ["multiAz"]);
    const replica = (inputs: object) => ({
      ...production,
      resources: production.resources.map((one) =>
        one.name === "crm-database-replica" && one.type.endsWith(":Instance")
          ? { ...one, inputs: { ...one.inputs, ...inputs } }
          : one,
      ),
    });
    // RDS places it in a zone of its own choice where none is given.
    assert.match(zoneLossText(lossIn(replica({ availabilityZone: undefined }))), /; in one zone, crm-database-replica does not/); // prettier-ignore
    // RDS: a read replica can be a Multi-AZ instance; its standby takes over as a primary's does.
    assert.deepEqual(partOf(replica({ multiAz: true }))!.seconds, [60, 120]);
    assert.equal(zoneLossText(lossIn(replica({ multiAz: true }))), "zone lost: 0 min of data, 2 to 4 min degraded"); // prettier-ignore
    // With no reader it stops nothing.
    const unread = production.resources.map((one) => {
      const isReader = one.name.startsWith("crm-analytics") || one.type.endsWith(":Function");
      return isReader ? { ...one, inputs: {}, propertyDependencies: {} } : one;
    });
    assert.equal(partOf({ ...production, resources: unread }), undefined);
  });

  it("stops a service with a single task", () => {
    const one = having(production, "aws:appautoscaling/target:Target", "minCapacity", 1);
    assert.ok(lossIn(one).parts.some(({ of, stops }) => of === "crm-core" && stops));
    assert.ok(!lossIn(production).parts.some(({ of, stops }) => of === "crm-core" && stops));
  });
});
