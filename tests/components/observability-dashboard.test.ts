import assert from "node:assert/strict";

import { layOut, type Widget } from "../../components/observability/dashboard-layout";
import { CrmObservability } from "../../components/observability/observability";
import { DASHBOARD_GRID } from "../../facts/limits";
import { isPublished } from "../../facts/metrics";
import { record, type Recording } from "../support/mocks";
import {
  observabilityArgs,
  planManyServices,
  planObservability,
  SERVICES,
} from "../support/observability";

const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";

/** Names of the alarms on each panel of alarms. */
function alarmsShown(widgets: readonly Widget[]): (string | undefined)[][] {
  return widgets
    .filter(({ type }) => type === "alarm")
    .map(({ properties }) =>
      (properties["alarms"] as string[]).map((arn) => arn.split(":").at(-1)),
    );
}

describe("CrmObservability: dashboard", () => {
  let plan: Recording;
  let widgets: Widget[];
  before(async () => {
    plan = await planObservability();
    widgets = JSON.parse(plan.only(DASHBOARD).inputs["dashboardBody"]).widgets;
  });

  it("no widgets overlap or leave the grid, and none is empty", () => {
    widgets.forEach((one, index) => {
      assert.ok(one.x >= 0 && one.x + one.width <= DASHBOARD_GRID.columns, JSON.stringify(one));
      assert.ok(one.width > 0 && one.height > 0);
      for (const other of widgets.slice(index + 1)) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        assert.ok(apart, `${JSON.stringify(one)} covers ${JSON.stringify(other)}`);
      }
    });
    for (const { type, properties } of widgets) {
      if (type === "metric") {
        assert.ok((properties["metrics"] as unknown[]).length > 0, String(properties["title"]));
      }
    }
  });

  it("has no section of a cache where there is none, and no alarm", async () => {
    const args = { cacheNodes: [], cacheCluster: undefined };
    const without = await record(
      () => new CrmObservability("crm-observability", { ...observabilityArgs(), ...args }),
      { preview: true },
    );
    assert.doesNotMatch(without.only(DASHBOARD).inputs["dashboardBody"], /ElastiCache|## Cache/);
    const names = without.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name.includes("redis")),
      [],
    );
  });

  it("has no graph of gateways where there are none", async () => {
    const closed = await planObservability({ natGatewayIds: [] });
    const { widgets: left } = JSON.parse(closed.only(DASHBOARD).inputs["dashboardBody"]);
    const titles = (all: Widget[]) => all.map(({ properties }) => String(properties["title"]));
    const gone = titles(widgets).filter((title) => !titles(left).includes(title));
    assert.equal(gone.length, 3);
    assert.ok(gone.every((title) => title.startsWith("NAT: ")));
  });

  it("every metric is that of a resource of the stack", () => {
    // What the resources are called, from what the component was given.
    const given = new Set<unknown>(["Global"]);
    const collect = (value: unknown): void => {
      if (typeof value === "object" && value !== null) {
        Object.values(value).forEach(collect);
      }
      given.add(value);
    };
    const { services, ...args } = observabilityArgsPlain();
    collect(args);
    collect(services);
    let metrics = 0;
    for (const { properties } of widgets.filter(({ type }) => type === "metric")) {
      for (const line of properties["metrics"] as unknown[][]) {
        if (typeof line[0] !== "string") {
          continue; // a search expression
        }
        const dimensions = line.slice(2, -1);
        dimensions
          .filter((_, index) => index % 2 === 1)
          .forEach((value) => assert.ok(given.has(value), `${String(line[1])}: ${String(value)}`));
        metrics++;
      }
    }
    assert.ok(metrics > 80);
  });

  it("every metric is published with these dimensions by AWS or by the program", () => {
    const filters = plan
      .ofType("aws:cloudwatch/logMetricFilter:LogMetricFilter")
      .map(({ inputs }) => inputs["metricTransformation"]);
    const unpublished: string[] = [];
    for (const { properties } of widgets.filter(({ type }) => type === "metric")) {
      for (const [namespace, metric, ...rest] of properties["metrics"] as unknown[][]) {
        const dimensions = rest.slice(0, -1).filter((_, index) => index % 2 === 0) as string[];
        if (
          typeof namespace === "string" &&
          !isPublished(namespace, String(metric), dimensions, filters)
        ) {
          unpublished.push(`${namespace} ${String(metric)} by ${dimensions.join()}`);
        }
      }
    }
    assert.deepEqual(unpublished, []);
  });

  it("shows traffic, latency, errors and saturation of each service, then data and cost", () => {
    const headings = widgets
      .filter(({ type }) => type === "text")
      .map(({ properties }) => String(properties["markdown"]).split("\n")[0]);
    assert.deepEqual(headings, [
      "# CRM crm-production",
      "## Entrance",
      ...SERVICES.map((service) => `## Service ${service}`),
      "## Tasks and ways out",
      "## Database",
      "## Cache",
      "## Queues",
      "## Functions",
      "## Business",
      "## Cost: what the bill follows",
    ]);
  });

  it("alarms on it exist", () => {
    const shown = alarmsShown(widgets).flat();
    const made = [
      ...plan.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs["name"]),
      ...SERVICES.flatMap((s) =>
        ["errors", "latency", "unhealthy"].map((p) => `crm-${s}-service-${p}`),
      ),
      "crm-customers-affected",
    ];
    assert.deepEqual(
      shown.filter((name) => !made.includes(name)),
      [],
    );
    assert.equal(shown[0], "crm-customers-affected");
  });

  it("alarms on it are all that there are, a hundred to a panel", async () => {
    const many = await planManyServices(60);
    const body = JSON.parse(many.only(DASHBOARD).inputs["dashboardBody"]);
    const parts = alarmsShown(body.widgets as Widget[]);
    assert.ok(parts.length > 1 && parts.every(({ length }) => length <= 100));
    const shown = parts.flat();
    assert.equal(new Set(shown).size, shown.length);
    for (const { inputs } of many.ofType("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      assert.ok(shown.includes(inputs["name"] as string), inputs["name"] as string);
    }
  });

  // CloudWatch User Guide, "CloudWatch service quotas": up to 500 widgets and 2,500 metrics of a dashboard, 500 of a widget.
  it("has no more widgets and metrics than CloudWatch takes, or says so", async () => {
    const many = await planManyServices(60);
    const { widgets: all } = JSON.parse(many.only(DASHBOARD).inputs["dashboardBody"]) as {
      widgets: Widget[];
    };
    const metrics = all.map(({ properties }) => (properties["metrics"] as unknown[])?.length ?? 0);
    assert.ok(all.length <= 500 && Math.max(...metrics) <= 500);
    assert.ok(metrics.reduce((sum, one) => sum + one, 0) <= 2500);
    await assert.rejects(
      planManyServices(100),
      /dashboard crm-production-overview: expected at most 500 widgets, which CloudWatch takes: fewer services in one stack, got \d{3}$/,
    );
  });

  it("CloudFront's graphs ask us-east-1, all others the stack's region", async () => {
    const { arns } = observabilityArgsPlain();
    const west = await planObservability({ arns: arns.inRegion("us-west-2") });
    const body = JSON.parse(west.only(DASHBOARD).inputs["dashboardBody"]);
    for (const { type, properties } of body.widgets as Widget[]) {
      if (type === "metric") {
        const edge = String(properties["title"]).startsWith("CloudFront");
        assert.equal(properties["region"], edge ? "us-east-1" : "us-west-2");
      }
    }
  });

  it("rows wrap and sections without panels are left out", () => {
    const panel = { kind: "graph" as const, title: "t", lines: [] };
    const laid = layOut(
      [
        { heading: "a", panels: [panel, panel, panel], across: 2 },
        { heading: "b", panels: [] },
      ],
      "us-east-1",
    );
    assert.deepEqual(
      laid.map(({ x, y, width, height }) => [x, y, width, height]),
      [
        [0, 0, 24, 1],
        [0, 1, 12, 6],
        [12, 1, 12, 6],
        [0, 7, 12, 6],
      ],
    );
  });
});

/** The arguments without the resources among them, which need no run of a program. */
function observabilityArgsPlain() {
  return observabilityArgs({
    services: Object.fromEntries(
      SERVICES.map((service) => [
        service,
        {
          serviceName: `crm-${service}-service`,
          logGroupName: `/ecs/crm-${service}-service`,
          logGroup: undefined as never,
          ecsService: undefined as never,
          summary: { minCapacity: 2, maxCapacity: 10 },
          targetGroupArnSuffixes: [
            `targetgroup/${service}-blue/1`,
            `targetgroup/${service}-green/1`,
          ],
          alarmNames: [],
          customerAlarmNames: [],
          alarms: [],
        },
      ]),
    ),
  });
}
