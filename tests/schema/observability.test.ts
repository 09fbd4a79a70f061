import assert from "node:assert/strict";

import { observabilityRules, observabilitySchema } from "../../schema/observability";

/** What the rules report, as `path: expected`. */
function reports(section: Record<string, unknown>): string[] {
  const found: string[] = [];
  observabilityRules(observabilitySchema.parse(section), (path, _given, expected) =>
    found.push(`${path.join(".")}: ${expected}`),
  );
  return found;
}

const METRIC = { group: "API", event: "login", value: "durationMs" };

describe("schema: observability", () => {
  it("defaults are the document's values", () => {
    const config = observabilitySchema.parse({});
    assert.equal(config.loadBalancer.clientErrorPercent, 10);
    assert.equal(config.loadBalancer.clientErrorPeriods, 2);
    assert.equal(config.loadBalancer.responseSeconds, 2);
    assert.equal(config.loadBalancer.responsePeriods, 3);
    assert.equal(config.database.cpuPercent, 80);
    assert.equal(config.database.cpuPeriods, 2);
    assert.equal(config.metricNamespace, "CRM");
    const { all, opportunities } = config.tracing.samplingRules;
    assert.deepEqual([all?.serviceName, all?.fixedTarget, all?.rate], ["*", 1, 0.1]);
    assert.deepEqual([opportunities?.fixedTarget, opportunities?.rate], [2, 0.5]);
    assert.deepEqual(reports({}), []);
  });

  it("refuses values that CloudWatch or X-Ray would refuse", () => {
    const bad: Record<string, unknown>[] = [
      { loadBalancer: { clientErrorPercent: 101 } },
      { metricNamespace: "AWS/CRM" },
      { eventLogRetentionDays: 31 },
      { runbooks: "docs/runbooks/" },
      { database: { cpu: 80 } },
      { customMetrics: { "API Time": METRIC } },
      { customMetrics: { Time: { ...METRIC, value: "$.durationMs" } } },
      { customMetrics: { Time: { ...METRIC, unit: "Hours" } } },
      { customMetrics: { Time: { ...METRIC, statistic: "p100" } } },
      {
        customMetrics: {
          Time: { ...METRIC, dimensions: { A: "a", B: "b", C: "c", D: "d" } },
        },
      },
      {
        tracing: {
          samplingRules: { all: { serviceName: "*", fixedTarget: 1, rate: 2, priority: 1 } },
        },
      },
    ];
    for (const section of bad) {
      assert.equal(observabilitySchema.safeParse(section).success, false, JSON.stringify(section));
    }
  });

  it("no two metrics have names that differ in capitals only", () => {
    const customMetrics = { LoginTime: METRIC, Logintime: METRIC };
    assert.deepEqual(reports({ customMetrics }), [
      "customMetrics: a name that differs from LoginTime in more than capitals",
    ]);
  });

  it("a sampling rule names a service once, and no two have one priority", () => {
    const rule = { fixedTarget: 1, rate: 0.1, priority: 1 };
    const samplingRules = {
      one: { ...rule },
      two: { ...rule, service: "core", serviceName: "*", priority: 2 },
      three: { ...rule, service: "core" },
    };
    assert.deepEqual(reports({ tracing: { samplingRules } }), [
      "tracing.samplingRules.one.service: either service or serviceName",
      "tracing.samplingRules.two.service: either service or serviceName",
      "tracing.samplingRules.three.priority: another number than that of one",
    ]);
  });

  it("accepts alarms of your own, and reports what CloudWatch would refuse in them", () => {
    const metric = { namespace: "CRM/API", metricName: "Orders" };
    const alarm = {
      ...{ meaning: "Nobody orders", runbook: "alarms#queue-age", silence: "bad" },
      ...{ metrics: { orders: metric }, threshold: 1, when: "below" },
    };
    assert.deepEqual(reports({ alarms: { orders: alarm } }), []);
    const wrong: [Record<string, unknown>, string][] = [
      [{ metrics: {} }, "metrics: at least one metric"],
      [
        { metrics: { orders: metric, errors: metric } },
        "expression: an expression over orders, errors",
      ],
      [
        { metrics: { errors: metric, result: metric }, expression: "errors / result" },
        "metrics: another id than that of the expression's result",
      ],
      [{ expression: "100 * failed / orders" }, "expression: one of the metrics orders"],
      [{ badPeriods: 2 }, "badPeriods: at most periods (1)"],
      [{ periodSeconds: 90 }, "periodSeconds: a multiple of 60"],
      [{ periodSeconds: 1800, periods: 49 }, "periods: periods of a day in all"],
      [{ periodSeconds: 3600, periods: 169 }, "periods: periods of a week in all"],
    ].map(([change, expected]) => [change as Record<string, unknown>, expected as string]);
    for (const [change, expected] of wrong) {
      const found = reports({ alarms: { orders: { ...alarm, ...change } } });
      assert.ok(
        found.some((one) => one.startsWith(`alarms.orders.${expected}`)),
        `${found.join()}: ${expected}`,
      );
    }
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`m${n}`, metric]));
    for (const change of [
      { metrics: eleven },
      { metrics: { Orders: metric } },
      { metrics: { orders: { ...metric, namespace: ":x" } } },
      { silence: undefined },
      { runbook: "alarms" },
      { meaning: "Nobody orders." },
    ]) {
      const parsed = observabilitySchema.safeParse({ alarms: { orders: { ...alarm, ...change } } });
      assert.equal(parsed.success, false, JSON.stringify(change));
    }
  });
});
