/** Services that run at certain hours only. */
import assert from "node:assert/strict";

import { Arns } from "../../platform/arns";
import type { Hours } from "../../schema/hours";
import { planService } from "../support/compute-plan";
import { planObservability } from "../support/observability";

const HOURS: Hours = {
  days: ["MON", "TUE", "WED", "THU", "FRI"],
  from: "07:00",
  until: "20:30",
  timeZone: "America/New_York",
};
const ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction";
const TARGET = "aws:appautoscaling/target:Target";
const MUTE = "aws:cloudwatch/alarmMuteRule:AlarmMuteRule";

describe("hours of services", () => {
  it("give tasks at their beginning and take them away at their end", async () => {
    const plan = await planService("auth", {}, {}, { hours: HOURS });
    const actions = plan
      .ofType(ACTION)
      .map(({ inputs }) => [
        inputs["name"],
        inputs["schedule"],
        inputs["timezone"],
        inputs["scalableTargetAction"],
      ]);
    assert.deepEqual(actions, [
      [
        "crm-auth-service-hours-begin",
        "cron(0 7 ? * MON,TUE,WED,THU,FRI *)",
        "America/New_York",
        { minCapacity: 2, maxCapacity: 10 },
      ],
      [
        "crm-auth-service-hours-end",
        "cron(30 20 ? * MON,TUE,WED,THU,FRI *)",
        "America/New_York",
        { minCapacity: 0, maxCapacity: 0 },
      ],
    ]);
  });

  it("keep both capacities out of a plan, which would put them back", async () => {
    const always = await planService("auth");
    assert.deepEqual(always.ofType(ACTION), []);
    assert.deepEqual(always.only(TARGET).ignoreChanges ?? [], []);
    const plan = await planService("auth", {}, {}, { hours: HOURS });
    assert.deepEqual(plan.only(TARGET).ignoreChanges, ["minCapacity", "maxCapacity"]);
  });

  it("mute what fires without tasks until those of the morning are well, and nothing else", async () => {
    const plan = await planObservability({ hours: HOURS });
    const rules = plan.ofType(MUTE).map(({ inputs }) => inputs);
    assert.deepEqual(
      rules.map(({ name, rule, region }) => [name, rule.schedule, region]),
      [
        [
          "crm-outside-hours-1",
          {
            expression: "cron(30 20 * * MON,TUE,WED,THU)",
            duration: `PT${10 * 60 + 30 + 15}M`,
            timezone: "America/New_York",
          },
          undefined,
        ],
        [
          "crm-outside-hours-2",
          {
            expression: "cron(30 20 * * FRI)",
            duration: `PT${58 * 60 + 30 + 15}M`,
            timezone: "America/New_York",
          },
          undefined,
        ],
      ],
    );
    const muted: string[] = rules[0]!["muteTargets"].alarmNames;
    assert.deepEqual(rules[1]!["muteTargets"].alarmNames, muted);
    for (const part of ["core-no-tasks", "region-unhealthy", "cloudfront-api-errors"]) {
      assert.ok(
        muted.some((one) => one.endsWith(part)),
        part,
      );
    }
    assert.ok(muted.includes("crm-customers-affected"));
    assert.ok(muted.some((one) => one.endsWith("email-notifications-age")));
    assert.ok(!muted.some((one) => /storage|depth|cpu|tasks-missing/i.test(one)), muted.join("\n"));
    const names = plan
      .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ inputs }) => inputs["name"]);
    assert.deepEqual(
      muted.filter((one) => one !== "crm-customers-affected" && !names.includes(one)),
      [],
    );
  });

  it("mute the edge's alarms where they are", async () => {
    const there = new Arns({ partition: "aws", region: "eu-west-1", accountId: "123456789012" });
    const plan = await planObservability({ hours: HOURS, arns: there });
    const regions = plan
      .ofType(MUTE)
      .map(({ inputs }) => [
        inputs["region"],
        inputs["muteTargets"].alarmNames.some((one: string) => one.endsWith("region-unhealthy")),
      ]);
    assert.deepEqual(regions, [
      [undefined, false],
      [undefined, false],
      ["us-east-1", true],
      ["us-east-1", true],
    ]);
  });

  it("mute nothing where there are none", async () => {
    assert.deepEqual((await planObservability({})).ofType(MUTE), []);
  });
});
