import assert from "node:assert/strict";

import { availabilityOf } from "../../../analysis/capacity/availability";
import { limitsOfPlan, trialsOfPlan } from "../../../analysis/capacity/of-plan";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import type { Plan } from "../../../tools/preview/index";
import { plotOf } from "../../../tools/report/capacity-plot";
import { planOf } from "../../support/plans";

describe("availability of the whole", () => {
  let production: Plan;
  let staging: Plan;
  before(async () => {
    [production, staging] = await Promise.all([planOf("production"), planOf("staging")]);
  });
  const of = (plan: Plan) => availabilityOf(recoveryStackOf(plan));

  it("counts each part that a request needs, the firewall's too, and not the deployment gate's", () => {
    const titles = (plan: Plan) => of(plan).parts.map(({ of: name, title }) => `${title}: ${name}`);
    assert.deepEqual(titles(production).sort(), [
      "CloudFront: crm-edge-distributions-api",
      "DNS: crm-dns",
      "NAT gateway: crm-1",
      "WAF: crm-firewall-edge",
      "cache: crm-cache",
      "database: crm-database-primary",
      "load balancer: crm-cluster",
      "tasks on Fargate: crm-cluster",
    ]);
  });

  it("is the product of what AWS promises of each part, and names the single points", () => {
    const { percent, minutes, parts } = of(production);
    const product = parts.reduce((all, { level }) => all * (level.percent / 100), 1);
    assert.ok(Math.abs(percent - 100 * product) < 1e-9);
    assert.ok(Math.abs(minutes - 730 * 60 * (1 - product)) < 1e-6);
    assert.deepEqual(
      parts.filter(({ single }) => single).map(({ title }) => title),
      ["database"],
    );
  });

  it("is lower for a stack whose database and NAT gateway are in one zone, which it names", () => {
    assert.ok(of(staging).percent < of(production).percent);
    const singles = of(staging).parts.filter(({ single }) => single);
    assert.ok(singles.some(({ single }) => single === "one instance in one zone"));
    assert.ok(singles.some(({ single }) => single!.startsWith("one gateway in one zone")));
  });

  it("stands beside trials of the plan: a day without errors, a sale with some, a failover of minutes", () => {
    const trials = trialsOfPlan(limitsOfPlan(production));
    const [day, sale] = trials.profiles;
    assert.equal(day!.worst.failed, 0);
    assert.ok(sale!.worst.failed > sale!.best.failed && sale!.best.failed >= 0);
    const zone = trials.failures.find(({ name }) => name === "a zone lost")!;
    assert.ok(zone.best.degradedMinutes >= 1 && zone.worst.degradedMinutes <= 5);
    const picture = plotOf(day!);
    assert.match(picture, /^<svg [^]*<polyline [^]*<\/svg>\n$/);
    assert.ok(picture.length < 200_000);
  });
});
