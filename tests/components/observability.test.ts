import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { alarmModel, statesOf } from "../../analysis/alarms/metric-alarm";
import { DOCUMENTED } from "../../analysis/alarms/reading";
import { arns, REQUIRED_TAGS } from "../support/fixtures";
import { mathValue } from "../support/metric-math";
import type { Recording, Registration } from "../support/mocks";
import {
  LOAD_BALANCER,
  NODES,
  observabilityArgs,
  planManyServices,
  planObservability,
  SERVICES,
} from "../support/observability";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TOPIC = arns.topic("crm-alert-notifications");
const GIB = 1024 ** 3;

const alarmInputs = (plan: Recording, part: string) =>
  plan.get(ALARM, `crm-observability-${part}`).inputs;

/** [threshold, period of its metrics, periods, comparison, silence] */
function terms({ inputs }: Registration) {
  const { metricQueries, period, threshold, evaluationPeriods } = inputs;
  const measured = period ?? metricQueries[0].metric.period;
  const below = inputs["comparisonOperator"] === "LessThanThreshold";
  assert.ok(below || inputs["comparisonOperator"] === "GreaterThanThreshold");
  return [threshold, measured, evaluationPeriods, below ? "<" : ">", inputs["treatMissingData"]];
}

describe("CrmObservability: alarms", () => {
  let plan: Recording;
  before(async () => {
    plan = await planObservability();
  });

  it("the document's alarms have its thresholds, periods and action", () => {
    const errors = alarmInputs(plan, "high-error-rate");
    assert.equal(errors["name"], "crm-High-Error-Rate");
    assert.equal(errors["threshold"], 10);
    assert.equal(errors["evaluationPeriods"], 2);
    const { expression } = errors["metricQueries"].at(-1);
    assert.equal(mathValue(expression, { services: 30, own: 30, requests: 570 }), 10);
    assert.deepEqual(
      errors["metricQueries"].slice(0, -1).map((query: any) => query.metric.metricName),
      ["HTTPCode_Target_4XX_Count", "HTTPCode_ELB_4XX_Count", "RequestCount"],
    );
    const latency = alarmInputs(plan, "high-response-time");
    assert.equal(latency["name"], "crm-High-Response-Time");
    const [seconds] = latency["metricQueries"];
    assert.equal(seconds.metric.metricName, "TargetResponseTime");
    assert.deepEqual(seconds.metric.dimensions, { LoadBalancer: LOAD_BALANCER });
    const cpu = alarmInputs(plan, "rds-high-cpu");
    assert.equal(cpu["name"], "crm-RDS-High-CPU");
    assert.equal(cpu["metricName"], "CPUUtilization");
    assert.deepEqual(cpu["dimensions"], { DBInstanceIdentifier: "crm-production-primary" });
  });

  // EventBridge User Guide, "Monitoring Amazon EventBridge": FailedInvocations, dimension RuleName.
  it("every rule has an alarm on events that EventBridge could not deliver", () => {
    const rules = plan.ofType(RULE).map(({ inputs }) => inputs["name"]);
    assert.equal(rules.length, 4);
    const watched = plan
      .ofType(ALARM)
      .filter(({ inputs }) => inputs["metricName"] === "FailedInvocations");
    assert.deepEqual(
      watched.map(({ inputs }) => inputs["dimensions"].RuleName).sort(),
      rules.sort(),
    );
    for (const alarm of watched) {
      assert.equal(alarm.inputs["namespace"], "AWS/Events");
      assert.deepEqual(Object.keys(alarm.inputs["dimensions"]), ["RuleName"]);
      assert.deepEqual(terms(alarm), [0, 300, 1, ">", "notBreaching"]);
      assert.equal(alarm.inputs["statistic"], "Sum");
      assert.deepEqual(alarm.inputs["alarmActions"], [TOPIC]);
    }
  });

  it("every alarm compares with its threshold, and silence is decided", () => {
    const expected: Record<string, unknown[]> = {
      "high-error-rate": [10, 300, 2, ">", "notBreaching"],
      "high-response-time": [2, 60, 3, ">", "notBreaching"],
      "high-server-error-rate": [5, 60, 2, ">", "notBreaching"],
      "auth-tasks-missing": [0, 60, 15, ">", "ignore"],
      "auth-no-tasks": [1, 60, 5, "<", "breaching"],
      "auth-at-maximum": [9, 60, 15, ">", "ignore"],
      "task-placement": [0, 300, 1, ">", "notBreaching"],
      "spot-interruptions": [5, 3600, 1, ">", "notBreaching"],
      "rds-high-cpu": [80, 300, 2, ">", "breaching"],
      "rds-high-cpu-replica": [80, 300, 2, ">", "breaching"],
      "rds-primary-storage": [100 * GIB, 300, 2, "<", "ignore"],
      "rds-primary-connections": [1441, 300, 2, ">", "ignore"],
      "rds-primary-memory": [Math.round(1.6 * GIB), 300, 3, "<", "ignore"],
      "rds-replica-lag": [300, 300, 2, ">", "breaching"],
      "redis-memory": [90, 300, 2, ">", "ignore"],
      "redis-cpu": [80, 300, 2, ">", "breaching"],
      "redis-evictions": [0, 300, 1, ">", "notBreaching"],
      "redis-replication-lag": [5, 300, 2, ">", "notBreaching"],
      // S3 User Guide, "Using S3 Replication metrics": this one is published in the region of the source.
      "user-uploads-copies-failed": [0, 300, 1, ">", "notBreaching"],
      "email-notifications-age": [900, 60, 5, ">", "notBreaching"],
      "dlq-email-depth": [0, 60, 1, ">", "notBreaching"],
      "social-data-processor-errors": [0, 300, 3, ">", "notBreaching"],
      "social-data-processor-throttles": [0, 300, 3, ">", "notBreaching"],
      "social-data-processor-duration": [240_000, 300, 3, ">", "notBreaching"],
      "nat-3-ports": [0, 60, 3, ">", "notBreaching"],
      "cloudfront-api-errors": [5, 60, 5, ">", "notBreaching"],
      "region-unhealthy": [1, 60, 2, "<", "breaching"],
      "firewall-edge-blocked": [1000, 300, 2, ">", "notBreaching"],
      "firewall-load-balancer-blocked": [1000, 300, 2, ">", "notBreaching"],
      "dnssec-failure": [0, 14_400, 1, ">", "ignore"],
      "dnssec-key": [0, 14_400, 1, ">", "ignore"],
    };
    for (const [part, row] of Object.entries(expected)) {
      assert.deepEqual(terms(plan.get(ALARM, `crm-observability-${part}`)), row, part);
    }
  });

  it("no share and no average is taken of a handful of requests", () => {
    const value = (part: string, metrics: Record<string, number>) =>
      mathValue(alarmInputs(plan, part)["metricQueries"].at(-1).expression, metrics);
    assert.equal(value("high-response-time", { seconds: 9, requests: 19 }), 0);
    assert.equal(value("high-response-time", { seconds: 9, requests: 20 }), 9);
    assert.equal(value("cloudfront-api-errors", { percent: 100, requests: 1 }), 0);
    assert.equal(value("cloudfront-api-errors", { percent: 100, requests: 20 }), 100);
  });

  it("a service without tasks is an outage, told by silence too, and not before it exists", () => {
    const alarm = plan.get(ALARM, "crm-observability-auth-no-tasks");
    const service = plan.get("aws:ecs/service:Service", "auth-service");
    assert.ok(alarm.dependencies.includes(service.urn));
    const rule = plan.only(COMPOSITE).inputs["alarmRule"];
    assert.match(rule, /ALARM\("crm-auth-no-tasks"\)/);
    assert.match(rule, /ALARM\("crm-cloudfront-api-errors"\)/);
  });

  // CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data": breaching counts as bad.
  it("an alarm that fires on missing data is created after the resource that it watches", () => {
    const urn = (type: string, name: string) => plan.get(type, name).urn;
    const instance = (name: string) => urn("aws:rds/instance:Instance", name);
    const watched: Record<string, string> = {
      ...Object.fromEntries(
        SERVICES.map((one) => [
          `${one}-no-tasks`,
          urn("aws:ecs/service:Service", `${one}-service`),
        ]),
      ),
      "rds-high-cpu": instance("crm-production-primary"),
      "rds-high-cpu-replica": instance("crm-production-analytics-replica"),
      "rds-replica-lag": instance("crm-production-analytics-replica"),
      "redis-cpu": urn("aws:elasticache/replicationGroup:ReplicationGroup", "redis"),
      "region-unhealthy": urn("aws:route53/healthCheck:HealthCheck", "check"),
    };
    const silent = plan
      .ofType(ALARM)
      .filter(({ inputs }) => inputs["treatMissingData"] === "breaching");
    assert.deepEqual(
      silent.map(({ name }) => name.replace("crm-observability-", "")).sort(),
      Object.keys(watched).sort(),
    );
    for (const { name, dependencies } of silent) {
      assert.ok(dependencies.includes(watched[name.replace("crm-observability-", "")]!), name);
    }
  });

  // Route 53's checkers ask about 32 times a minute through CloudFront, and the load balancer answers 503 while no service
  // has a healthy task. Source: Route 53 Developer Guide, "Values that you specify when you create or update health checks".
  it("alarms on errors of services are created after all services", () => {
    const services = SERVICES.map((one) => plan.get("aws:ecs/service:Service", `${one}-service`));
    const early = ["high-server-error-rate", "cloudfront-app-errors", "cloudfront-api-errors"];
    for (const part of [...early, "region-unhealthy"]) {
      const { dependencies } = plan.get(ALARM, `crm-observability-${part}`);
      for (const { urn } of services) assert.ok(dependencies.includes(urn), part);
    }
  });

  it("a service that may not scale is not at its maximum", async () => {
    const services = observabilityArgs().services;
    const fixed = await planObservability({
      services: {
        auth: { ...services["auth"]!, summary: { minCapacity: 4, maxCapacity: 4 } },
      },
    });
    const parts = fixed.ofType(ALARM).map(({ name }) => name);
    assert.ok(parts.includes("crm-observability-auth-no-tasks"));
    assert.equal(parts.includes("crm-observability-auth-at-maximum"), false);
  });

  it("thresholds are the stack's", async () => {
    const changed = await planObservability(
      {},
      {
        database: { cpuPercent: 60, storageUsedPercent: 90 },
        messaging: { queueAgeMinutesByQueue: { "email-notifications": 3 } },
      },
    );
    assert.equal(alarmInputs(changed, "rds-high-cpu")["threshold"], 60);
    assert.equal(alarmInputs(changed, "rds-primary-storage")["threshold"], 50 * GIB);
    assert.equal(alarmInputs(changed, "email-notifications-age")["threshold"], 180);
    assert.equal(alarmInputs(changed, "social-processing-age")["threshold"], 900);
  });

  it("every alarm has an action and a runbook section that exists", () => {
    const alarms = [...plan.ofType(ALARM), ...plan.ofType(COMPOSITE)];
    assert.ok(alarms.length > 30);
    for (const { inputs, name } of alarms) {
      assert.deepEqual(inputs["alarmActions"], [TOPIC], name);
      assert.deepEqual(inputs["okActions"], [TOPIC], name);
      assertRunbook(inputs["alarmDescription"]);
    }
    for (const part of ["errors", "latency", "unhealthy"]) {
      assertRunbook(`Runbook: docs/runbooks/alarms.md#service-${part}`);
    }
    plan
      .ofType(RULE)
      .filter(({ name }) => /backup|storage/.test(name))
      .forEach(({ inputs }) => assertRunbook(inputs["description"]));
  });

  it("customers-affected names a hundred alarms at most, and stays one alarm for people", async () => {
    const many = await planManyServices(60);
    const [whole, ...parts] = many.ofType(COMPOSITE).sort((a, b) => (a.name < b.name ? -1 : 1));
    const named = ({ inputs }: { inputs: Record<string, any> }) =>
      [...(inputs["alarmRule"] as string).matchAll(/ALARM\("([^"]+)"\)/g)].map(([, one]) => one!);
    assert.deepEqual(
      named(whole!),
      parts.map(({ inputs }) => inputs["alarmName"] as string),
    );
    assert.equal(whole!.inputs["alarmName"], "crm-customers-affected");
    assert.ok(parts.length === 2 && parts.every((part) => named(part).length <= 100));
    assert.ok(parts.every(({ inputs }) => inputs["alarmActions"] === undefined));
    const all = parts.flatMap(named);
    for (const service of ["service-1", "service-60"]) {
      assert.ok(all.includes(`crm-${service}-service-errors`), service);
    }
    assert.equal(new Set(all).size, all.length);
  });

  it("a saved query is asked of fifty log groups at most, and none is left out", async () => {
    const many = await planManyServices(60);
    const errors = many
      .ofType("aws:cloudwatch/queryDefinition:QueryDefinition")
      .filter(({ inputs }) => /^crm\/errors/.test(inputs["name"] as string));
    assert.deepEqual(errors.map(({ inputs }) => inputs["name"] as string).sort(), [
      "crm/errors",
      "crm/errors-2",
    ]);
    const groups = errors.map(({ inputs }) => inputs["logGroupNames"] as string[]);
    assert.ok(groups.every(({ length }) => length <= 50));
    assert.ok(groups.flat().includes("/ecs/crm-service-60-service"));
  });

  it("your own alarms fire by their own numbers, and are part of customers-affected if they affect customers", async () => {
    const metric = (metricName: string) => ({
      ...{ namespace: "CRM/API", metricName, statistic: "Sum" },
      dimensions: { Service: "core" },
    });
    const own = await planObservability(
      {},
      {
        alarms: {
          refused: {
            ...{ meaning: "Cards are refused", runbook: "alarms#queue-age", silence: "good" },
            metrics: { refused: metric("Refused"), paid: metric("Paid") },
            expression: "100 * refused / SUM([refused, paid])",
            ...{ threshold: 20, periodSeconds: 60, periods: 3, badPeriods: 2, customers: true },
          },
          orders: {
            ...{ meaning: "Nobody orders", runbook: "alarms#queue-age", silence: "bad" },
            ...{ metrics: { orders: metric("Orders") }, threshold: 1, when: "below" },
          },
        },
      },
    );
    const refused = alarmModel(alarmInputs(own, "own-refused"));
    const series = (value: number) =>
      Array.from({ length: 12 }, (_, minute) => ({ value: minute < 6 ? 1 : value, minute }));
    const states = statesOf(refused, [series(50), series(50)], 12, DOCUMENTED);
    assert.deepEqual([states[0], states.at(-1)], ["OK", "ALARM"]);
    const fine = Array.from({ length: 12 }, (_, minute) => ({ value: 99, minute }));
    assert.equal(statesOf(refused, [series(1), fine], 12, DOCUMENTED).at(-1), "OK");
    const orders = alarmInputs(own, "own-orders");
    assert.equal(orders["name"], "crm-own-orders");
    assert.deepEqual(orders["dimensions"], { Service: "core" });
    const silent = statesOf(alarmModel(orders), [[]], 12, DOCUMENTED);
    assert.equal(silent.at(-1), "ALARM");
    const rule = own.only(COMPOSITE).inputs["alarmRule"];
    assert.match(rule, /ALARM\("crm-own-refused"\)/);
    assert.doesNotMatch(rule, /own-orders/);
    assertRunbook(orders["alarmDescription"]);
  });

  it("no two alarms share a name, and what takes tags has all six", () => {
    const names = plan.ofType(ALARM).map(({ inputs }) => inputs["name"]);
    assert.equal(new Set(names).size, names.length);
    const tagged = [...plan.ofType(ALARM), ...plan.ofType(COMPOSITE), ...plan.ofType(RULE)];
    for (const { inputs, name } of tagged) {
      assert.deepEqual(
        REQUIRED_TAGS.filter((tag) => !Object.hasOwn(inputs["tags"], tag)),
        [],
        name,
      );
    }
  });

  it("the composite alarm covers the alarms on customers, of services and stack", () => {
    const { inputs } = plan.only(COMPOSITE);
    const watched = [...inputs["alarmRule"].matchAll(/ALARM\("([^"]+)"\)/g)].map(
      ([, name]) => name,
    );
    assert.deepEqual(watched.slice(0, 9), [
      "crm-High-Response-Time",
      "crm-High-Server-Error-Rate",
      ...SERVICES.map((service) => `crm-${service}-no-tasks`),
      "crm-cloudfront-app-errors",
      "crm-cloudfront-api-errors",
      "crm-region-unhealthy",
    ]);
    // A task that is not well is none of them: the load balancer leads customers past it.
    assert.equal(watched.length, 9 + 2 * SERVICES.length);
    assert.ok(!watched.some((name) => name!.endsWith("-service-unhealthy")));
    assert.match(inputs["alarmRule"], / OR /);
  });

  it("outside us-east-1 the edge's alarms are there with a topic of their own", async () => {
    const west = await planObservability(
      { arns: arns.inRegion("us-west-2") },
      { edge: { mailboxes: ["alerts@crm-consulting.com"] } },
    );
    const topic = west.only("aws:sns/topic:Topic").inputs;
    assert.equal(topic["region"], "us-east-1");
    assert.equal(topic["kmsMasterKeyId"], "alias/crm-edge-alerts");
    for (const part of ["firewall-edge-blocked", "dnssec-failure", "dnssec-key"]) {
      assert.equal(alarmInputs(west, part)["region"], "us-east-1", part);
    }
    const here = alarmInputs(west, "firewall-load-balancer-blocked");
    assert.equal(here["region"], undefined);
    assert.deepEqual(here["dimensions"], {
      WebACL: "crm-load-balancer",
      Region: "us-west-2",
      Rule: "ALL",
    });
    const edge = alarmInputs(west, "cloudfront-app-errors");
    assert.equal(edge["region"], "us-east-1");
    assert.deepEqual(edge["alarmActions"], ["arn:aws:sns:us-east-1:123456789012:crm-edge-alerts"]);
    assert.equal(
      west.only("aws:sns/topicSubscription:TopicSubscription").inputs["protocol"],
      "email",
    );
    assert.doesNotMatch(west.only(COMPOSITE).inputs["alarmRule"], /cloudfront/);
    const { dashboardBody } = west.only("aws:cloudwatch/dashboard:Dashboard").inputs;
    assert.match(dashboardBody, /us-east-1:123456789012:alarm:crm-cloudfront-app-errors/);
    assert.match(dashboardBody, /us-west-2:123456789012:alarm:crm-High-Error-Rate/);
    assert.equal(plan.ofType("aws:sns/topic:Topic").length, 0);
  });

  it("the cache is watched node by node in one alarm", () => {
    const { metricQueries } = alarmInputs(plan, "redis-memory");
    assert.deepEqual(
      metricQueries.slice(0, -1).map((query: any) => query.metric.dimensions.CacheClusterId),
      NODES,
    );
  });

  it("no alarm covers more nodes than CloudWatch accepts, and every node is covered", async () => {
    const cacheNodes = Array.from({ length: 21 }, (_, index) => `crm-redis-cluster-${index}`);
    const large = await planObservability({ cacheNodes });
    const watched = ["redis-memory", "redis-memory-2", "redis-memory-3"].map((part) => {
      const { metricQueries, dimensions } = alarmInputs(large, part);
      return (
        metricQueries?.slice(0, -1).map((query: any) => query.metric.dimensions.CacheClusterId) ?? [
          dimensions.CacheClusterId,
        ]
      );
    });
    assert.deepEqual(
      watched.map(({ length }) => length),
      [10, 10, 1],
    );
    assert.deepEqual(watched.flat(), cacheNodes);
    // Those of the later alarms may not be there yet.
    const silence = ["", "-2", "-3"].map(
      (suffix) => alarmInputs(large, `redis-cpu${suffix}`)["treatMissingData"],
    );
    assert.deepEqual(silence, ["breaching", "ignore", "ignore"]);
  });
});

function assertRunbook(text: string): void {
  const [, file, anchor] = /Runbook: (\S+\.md)#(\S+)$/.exec(text) ?? [];
  assert.ok(file && anchor, text);
  const runbook = fs.readFileSync(path.join(__dirname, "..", "..", file), "utf8");
  const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!.toLowerCase().replaceAll(" ", "-"),
  );
  assert.ok(sections.includes(anchor), `${file} has no section ${anchor}`);
}
