import assert from "node:assert/strict";

import { estimate } from "../../../analysis/cost/estimate";
import { PRICES } from "../../../analysis/cost/tables";
import { UNKNOWN } from "../../../analysis/plan/model";
import { USAGE } from "../../support/usage";
import { resource, stackResource } from "../../tools/preview/support";

const provider = resource("pulumi:providers:aws", "aws", stackResource, {
  inputs: { region: "us-east-1" },
});

const made = (type: string, name: string, inputs: Record<string, unknown>) =>
  resource(type, name, stackResource, { inputs });

const of = (...resources: ReturnType<typeof made>[]) =>
  estimate(
    { stack: "production", resources: [stackResource, provider, ...resources] },
    PRICES,
    USAGE,
  );

describe("cost: what comes by the clock", () => {
  it("counts a schedule's calls by its expression", () => {
    const calls = (scheduleExpression: string) =>
      of(made("aws:scheduler/schedule:Schedule", "s", { scheduleExpression })).lines[0]!.quantity *
      1e6;
    assert.equal(Math.round(calls("rate(1 hour)")), 731);
    assert.equal(Math.round(calls("rate(1 minute)")), 43_830);
    assert.equal(calls("cron(0 6 1 * ? *)"), 1);
    assert.equal(calls("cron(0,30 6 1 * ? *)"), 2);
    assert.equal(calls("at(2030-01-31T09:00:00)"), 0);
  });

  it("counts the minutes of the task that a schedule starts, by its size and on demand", () => {
    const definition = made("aws:ecs/taskDefinition:TaskDefinition", "t", {
      ...{ cpu: "1024", memory: "2048", runtimePlatform: { cpuArchitecture: "ARM64" } },
    });
    const nightly = resource("aws:scheduler/schedule:Schedule", "s", stackResource, {
      inputs: { scheduleExpression: "cron(0 6 1 * ? *)", target: { ecsParameters: {} } },
      propertyDependencies: { target: [definition.urn] },
    });
    const lines = of(definition, nightly).lines.map(({ item, quantity }) => [
      item,
      Math.round(quantity * 60 * 1000) / 1000,
    ]);
    // Once a month, ten minutes, of one vCPU and two GB.
    assert.deepEqual(lines.slice(1), [
      ["tasks: CPU", 10],
      ["tasks: memory", 20],
    ]);
    const unsized = made("aws:scheduler/schedule:Schedule", "u", {
      ...{ scheduleExpression: "rate(1 hour)", target: { ecsParameters: {} } },
    });
    assert.match(of(unsized).notEstimated[0]!.reason, /size of its task/);
  });

  it("says that a schedule is not known, or is none", () => {
    for (const scheduleExpression of [UNKNOWN, "cron(0 6 1 0 ? *)"]) {
      const cost = of(made("aws:scheduler/schedule:Schedule", "s", { scheduleExpression }));
      assert.deepEqual(cost.lines, []);
      assert.equal(cost.notEstimated[0]!.reason, "its schedule is not known");
    }
  });

  const action = (name: string, schedule: string, minCapacity: number, more = {}) =>
    made("aws:appautoscaling/scheduledAction:ScheduledAction", name, {
      resourceId: "function:crm-social:live",
      schedule,
      scalableTargetAction: { minCapacity, maxCapacity: minCapacity },
      ...more,
    });
  const owner = made("aws:lambda/function:Function", "social", {
    name: "crm-social",
    memorySize: 1024,
    architectures: ["arm64"],
  });
  const ready = (...actions: ReturnType<typeof action>[]) =>
    of(owner, ...actions)
      .lines.filter(({ item }) => item.endsWith("kept ready"))
      .map(({ item, quantity }) => [item, Math.round(quantity / 3600)]);

  it("keeps environments ready from one action to the next of the same target", () => {
    const end = action("end", "cron(0 17 * * ? *)", 0);
    // Two for 8 of 24 hours, of 730 a month, at 1 GB.
    assert.deepEqual(ready(action("begin", "cron(0 9 * * ? *)", 2), end), [
      ["2 environments kept ready", 487],
    ]);
    const weekdays = action("begin", "cron(0 9 ? * MON-FRI *)", 2);
    assert.deepEqual(ready(weekdays, end), [["2 environments kept ready", 348]]);
    const zone = { timezone: "America/New_York" };
    assert.deepEqual(
      ready(
        action("begin", "cron(0 9 * * ? *)", 2, zone),
        action("end", "cron(0 17 * * ? *)", 0, zone),
      ),
      [["2 environments kept ready", 487]],
    );
  });

  it("keeps them until the end of the year without another action, or with another target's", () => {
    const begin = action("begin", "at(2025-07-02T12:00:00)", 1);
    const other = action("end", "cron(0 17 * * ? *)", 0, { resourceId: "function:other:live" });
    assert.deepEqual(ready(begin, other), [["1 environment kept ready", 365]]);
    assert.equal(
      of(owner, action("begin", "cron(0 25 * * ? *)", 1)).notEstimated[0]!.reason,
      "its schedule is not known",
    );
  });

  it("counts a service's tasks for the hours that scheduled actions leave it", () => {
    const definition = made("aws:ecs/taskDefinition:TaskDefinition", "task", {
      cpu: "1024",
      memory: "1024",
    });
    const service = resource("aws:ecs/service:Service", "service", stackResource, {
      inputs: { name: "crm-core-service", desiredCount: 2 },
      propertyDependencies: { taskDefinition: [definition.urn] },
    });
    const hours = (resourceId: string) => [
      action("begin", "cron(0 7 ? * MON-FRI *)", 1, { resourceId }),
      action("end", "cron(0 20 ? * MON-FRI *)", 0, { resourceId }),
    ];
    const cpu = (...actions: ReturnType<typeof action>[]) => {
      const { item, quantity } = of(definition, service, ...actions).lines[0]!;
      return [item, Math.round(quantity)];
    };
    assert.deepEqual(cpu(), ["2 tasks on FARGATE: CPU", 1460]);
    assert.deepEqual(cpu(...hours("service/crm/crm-other-service")), [
      "2 tasks on FARGATE: CPU",
      1460,
    ]);
    // 13 of 24 hours on 5 of 7 days: 38.7 percent of 1,460.
    assert.deepEqual(cpu(...hours("service/crm/crm-core-service")), [
      "2 tasks on FARGATE, 39 percent of the time: CPU",
      566,
    ]);
    const unknown = action("begin", UNKNOWN, 1, { resourceId: "service/crm/crm-core-service" });
    assert.deepEqual(cpu(unknown), ["2 tasks on FARGATE: CPU", 1460]);
  });
});
