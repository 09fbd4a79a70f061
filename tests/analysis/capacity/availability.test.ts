import assert from "node:assert/strict";

import { availabilityOf } from "../../../analysis/capacity/availability";
import { limitsOfPlan, trialsOfPlan } from "../../../analysis/capacity/of-plan";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import type { Plan } from "../../../tools/preview/index";
import { availabilitySentences } from "../../../tools/report/capacity";
import { plotOf } from "../../../tools/report/capacity-plot";
import { planOf } from "../../support/plans";

/** A plan with other inputs of the resources of a type. */
const withInputs = (plan: Plan, type: string, inputs: object, name = /./): Plan => ({
  ...plan,
  resources: plan.resources.map((one) =>
    one.type === type && name.test(one.name)
      ? { ...one, inputs: { ...one.inputs, ...inputs } }
      : one,
  ),
});

/** A plan in which a property of the resources of a type names what another stack has. */
const ofOthers = (
  plan: Plan,
  type: string,
  property: string,
  given: (index: number) => unknown,
): Plan => ({
  ...plan,
  resources: plan.resources.map((one, index) =>
    one.type === type
      ? {
          ...one,
          inputs: { ...one.inputs, [property]: given(index) },
          propertyDependencies: { ...one.propertyDependencies, [property]: [] },
        }
      : one,
  ),
});

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
      "WAF: crm-firewall-load-balancer",
      "cache: crm-cache",
      "database: crm-database-primary",
      "load balancer: crm-cluster",
      "tasks on Fargate: crm-analytics",
    ]);
  });

  it("counts a network load balancer where no application one stands before it", () => {
    const balancer = { loadBalancerType: "network" };
    const alone = withInputs(production, "aws:lb/loadBalancer:LoadBalancer", balancer);
    const titles = of(alone).parts.map(({ title }) => title);
    assert.equal(titles.filter((title) => title === "load balancer").length, 1);
  });

  it("counts one firewall of each scope: a request passes no other", () => {
    const acl = production.resources.find(
      ({ name, type }) => name === "crm-firewall-edge" && type === "aws:wafv2/webAcl:WebAcl",
    )!;
    const second = { ...acl, name: "crm-firewall-pages", urn: `${acl.urn}-pages` };
    const more = { ...production, resources: [...production.resources, second] };
    assert.equal(of(more).percent, of(production).percent);
  });

  it("is the product of what AWS promises of each part, and names the single points", () => {
    const { percent, minutes, parts } = of(production);
    const product = parts.reduce((all, part) => all * (part.percent / 100), 1);
    assert.ok(Math.abs(percent - 100 * product) < 1e-9);
    assert.ok(Math.abs(minutes - 730 * 60 * (1 - product)) < 1e-6);
    assert.deepEqual(
      parts.filter(({ single }) => single).map(({ title }) => title),
      ["database"],
    );
  });

  it("names a replica in one zone as a single point of those who read it, and not of every request", () => {
    const { parts, percent } = of(production);
    const replicas = (plan: Plan) => of(plan).ofSome.filter(({ title }) => title === "replica");
    assert.deepEqual(
      replicas(production).map(({ of: name, percent: own, single }) => [name, own, single]),
      [
        [
          ...["crm-database-replica", 99.5],
          "one instance in one zone, which crm-analytics, crm-eventing-analytics-aggregator and crm-eventing-report-generator read",
        ],
      ],
    );
    assert.ok(parts.every(({ of: name }) => name !== "crm-database-replica"));
    const standing = withInputs(production, "aws:rds/instance:Instance", { multiAz: true });
    assert.deepEqual([replicas(standing), of(standing).percent], [[], percent]);
    assert.match(availabilitySentences(of(production)).join("\n"), /^Single point: replica crm-database-replica, one instance in one zone, which crm-analytics, .* read\. With its 99\.5 % those requests have 99\.\d+ %\.$/m); // prettier-ignore
  });

  it("is lower for a stack whose database and NAT gateway are in one zone, which it names", () => {
    assert.ok(of(staging).percent < of(production).percent);
    const singles = of(staging).parts.filter(({ single }) => single);
    assert.ok(singles.some(({ single }) => single === "one instance in one zone"));
    assert.ok(singles.some(({ single }) => single!.startsWith("one gateway in one zone")));
  });

  it("has of NAT gateways what each zone's own has: a route leads to no other", () => {
    const nat = (plan: Plan) => of(plan).parts.find(({ title }) => title === "NAT gateway")!;
    const gateway = "aws:ec2/natGateway:NatGateway";
    const [first] = production.resources.filter(({ type }) => type === gateway);
    const alone = {
      ...production,
      resources: production.resources.filter((one) => one.type !== gateway || one === first),
    };
    // AWS, NAT gateway basics: one is redundant in its zone; what a failed one's zone sends is lost.
    assert.deepEqual([nat(production).percent, nat(production).single], [99.9, undefined]);
    assert.equal(nat(alone).percent, 99.9);
    assert.match(nat(alone).single!, /^one gateway in one zone/);
    const inOneZone = withInputs(production, "aws:ec2/subnet:Subnet", { availabilityZone: "us-east-1a" }); // prettier-ignore
    assert.equal(nat(inOneZone).single, "all gateways are in one zone");
    assert.doesNotMatch(availabilitySentences(of(production)).join(), /independently/);
  });

  it("has the files of the pages besides: those in a bucket that a distribution serves", () => {
    const buckets = of(production).ofSome.filter(({ title }) => title === "files in S3");
    assert.deepEqual(
      buckets.map(({ percent, single }) => [percent, single]),
      [[99.9, undefined]],
    );
    assert.match(availabilitySentences(of(production)).join("\n"), /^Besides, files in S3: \S+, with 99\.9 %, for the requests that it answers\.$/m); // prettier-ignore
  });

  it("follows the zones of tasks, and the fewest that scaling leaves", () => {
    const tasks = (plan: Plan) => of(plan).parts.find(({ title }) => title === "tasks on Fargate")!;
    assert.equal(tasks(production).single, undefined);
    assert.equal(tasks(production).percent, 99.99);
    const inOneZone = withInputs(production, "aws:ec2/subnet:Subnet", { availabilityZone: "us-east-1a" }); // prettier-ignore
    assert.equal(tasks(inOneZone).single, "all tasks are in one zone");
    assert.ok(tasks(inOneZone).percent < 99.99);
    const single = withInputs(production, "aws:appautoscaling/target:Target", { minCapacity: 1 }, /-core/); // prettier-ignore
    assert.deepEqual([tasks(single).of, tasks(single).single], ["crm-core", "scaling may leave one task"]); // prettier-ignore
    assert.ok(of(single).percent < of(production).percent);
  });

  it("counts a zone for each subnet that another stack has, and says where none is known", () => {
    const tasks = (plan: Plan) => of(plan).parts.find(({ title }) => title === "tasks on Fargate")!;
    const placed = (networkConfiguration: object) =>
      ofOthers(production, "aws:ecs/service:Service", "networkConfiguration", () => networkConfiguration); // prettier-ignore
    assert.equal(tasks(placed({ subnets: ["subnet-a", "subnet-b"] })).single, undefined);
    assert.equal(tasks(placed({ subnets: ["subnet-a"] })).single, "all tasks are in one zone");
    assert.equal(tasks(placed({})).single, "the zones of its tasks are not known");
    const nat = (plan: Plan) => of(plan).parts.find(({ title }) => title === "NAT gateway")!;
    const gateways = ofOthers(production, "aws:ec2/natGateway:NatGateway", "subnetId", (at) => `subnet-${at}`); // prettier-ignore
    assert.equal(nat(gateways).single, undefined);
  });

  it("stands beside trials of the plan: a day without errors, a sale with some, a failover of minutes", () => {
    const trials = trialsOfPlan(limitsOfPlan(production));
    const [day, sale] = trials.profiles;
    assert.equal(day!.worst.failed, 0);
    assert.ok(sale!.worst.failed > sale!.best.failed && sale!.best.failed >= 0);
    const zone = trials.failures.find(({ name }) => name === "a zone lost")!;
    assert.ok(zone.best.degradedMinutes >= 1 && zone.worst.degradedMinutes <= 5);
    // One request in forty reads the replica: to the end of the hour, 45 minutes later, it has no answer.
    const named = "the zone of crm-database-replica lost";
    const replica = trials.failures.find(({ name }) => name === named)!;
    assert.ok(replica.best.degradedMinutes >= 45 && replica.best.failed > zone.best.failed);
    const picture = plotOf(day!);
    assert.match(picture, /^<svg [^]*<polyline [^]*<\/svg>\n$/);
    assert.ok(picture.length < 200_000);
  });
});
