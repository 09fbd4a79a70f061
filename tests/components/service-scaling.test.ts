import assert from "node:assert/strict";

import { ALARM, ecsService, planService } from "../support/compute-plan";
import { mathValue } from "../support/metric-math";
import type { Recording } from "../support/mocks";

describe("scaling of a CrmService", () => {
  const plans: Record<string, Recording> = {};
  before(async () => {
    for (const service of ["auth"]) {
      plans[service] = await planService(service);
    }
  });

  describe("scaling", () => {
    const POLICY = "aws:appautoscaling/policy:Policy";
    const tracking = (recording: Recording, part: string) =>
      recording.get(POLICY, `crm-auth-${part}`).inputs["targetTrackingScalingPolicyConfiguration"];

    it("adds tasks above 70 percent CPU and 80 percent memory, and removes none", () => {
      for (const [part, target] of [
        ["cpu", 70],
        ["memory", 80],
      ] as const) {
        const policy = tracking(plans["auth"]!, part);
        assert.equal(policy.targetValue, target);
        assert.equal(policy.disableScaleIn, true);
        assert.equal(policy.scaleOutCooldown, 300);
      }
    });

    it("sees CPU use undiluted by the idle colour", () => {
      const { metrics } = tracking(plans["auth"]!, "cpu").customizedMetricSpecification;
      assert.deepEqual(
        metrics.map((metric: Record<string, any>) => [
          metric["id"],
          metric["metricStat"]?.metric.metricName,
        ]),
        [
          ["cpu", "CPUUtilization"],
          ["running", "RunningTaskCount"],
          ["desired", "DesiredTaskCount"],
          ["load", undefined],
        ],
      );
      const load = (cpu: number, running?: number, desired?: number) =>
        mathValue(metrics[3].expression, { cpu, running, desired });
      // Eight run where four are wanted: the four that work use twice the average.
      assert.equal(load(20, 8, 4), 40);
      assert.equal(load(20, 4, 4), 20);
      assert.equal(load(20, 3, 4), 20);
      assert.equal(load(20), 20);
      assert.equal(metrics[3].returnData, true);
    });

    it("removes a task below 30 percent CPU and 40 percent memory, at most every ten minutes", () => {
      const recording = plans["auth"]!;
      const step = recording.get(POLICY, "crm-auth-in").inputs["stepScalingPolicyConfiguration"];
      assert.equal(step.cooldown, 600);
      assert.deepEqual(step.stepAdjustments, [
        { metricIntervalLowerBound: "0", scalingAdjustment: -1 },
      ]);
      const alarm = recording.get(ALARM, "crm-auth-in").inputs;
      assert.equal(alarm["name"], "crm-auth-service-scale-in");
      assert.equal(alarm["metricQueries"].at(-1).expression, "IF(load < 30 AND memory < 40, 1, 0)");
    });

    it("counts the requests of both colours where it is asked to", async () => {
      const recording = await planService("auth", { scaling: { requestsPerTask: 1000 } });
      const policy = tracking(recording, "requests");
      assert.equal(policy.targetValue, 1000);
      const { metrics } = policy.customizedMetricSpecification;
      const requests = (blue?: number, green?: number) =>
        mathValue(metrics[2].expression, { blue, green });
      assert.deepEqual([requests(5), requests(undefined, 7), requests(5, 7)], [5, 7, 12]);
      assert.equal(plans["auth"]!.ofType(POLICY).length, 3);
      assert.equal(recording.ofType(POLICY).length, 4);
    });

    it("starts after the ECS service", () => {
      const target = plans["auth"]!.only("aws:appautoscaling/target:Target");
      assert.deepEqual(target.dependencies, [ecsService(plans["auth"]!).urn]);
    });
  });
});
