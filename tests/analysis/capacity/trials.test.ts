import assert from "node:assert/strict";

import { limitsOfPlan, trialsOfPlan } from "../../../analysis/capacity/of-plan";
import type { SimStack } from "../../../analysis/capacity/sim-model";
import { simStackOf } from "../../../analysis/capacity/sim-of-plan";
import { vcpuHourUsd } from "../../../analysis/capacity/trials";
import { planOf } from "../../support/plans";

describe("trials of a plan", () => {
  it("say where the loss of Spot takes nothing, because no task is on it", async () => {
    const plan = await planOf("production");
    const { failures } = trialsOfPlan(limitsOfPlan(plan));
    const spot = failures.filter(({ name }) => name.startsWith("all Spot capacity gone"));
    assert.ok(spot.length > 0);
    for (const { name, best, worst } of spot) {
      assert.equal(/no task is on Spot/.test(name), best.spotLost + worst.spotLost === 0, name);
    }
    assert.match(spot[0]!.name, /: no task is on Spot at this load$/);
  });
});

describe("scaling of a plan", () => {
  const simulated = async (
    change: (inputs: Record<string, any>, type: string) => void = () => {},
  ) => {
    const plan = await planOf("production");
    plan.resources.forEach(({ inputs, type }) => change(inputs, type));
    return simStackOf(limitsOfPlan(plan).load, "at worst");
  };
  const coreOf = ({ services }: SimStack) => services.find(({ name }) => name === "crm-core")!;

  it("is read with its targets, cooldowns, and the step that takes tasks away", async () => {
    const { tracking, stepIn, day } = coreOf(await simulated());
    assert.deepEqual(
      tracking.map(({ by, target, outCooldownSeconds, scalesIn }) => [by, target, outCooldownSeconds, scalesIn]), // prettier-ignore
      [["cpu", 0.7, 300, false]],
    );
    assert.deepEqual(stepIn, { tasks: 1, below: 0.3, lowSeconds: 600, cooldownSeconds: 600 });
    assert.deepEqual(day, []);
    const other = await simulated((inputs, type) => {
      const configuration = inputs["targetTrackingScalingPolicyConfiguration"];
      if (configuration) configuration.disableScaleIn = false;
      if (inputs["stepScalingPolicyConfiguration"]) inputs["stepScalingPolicyConfiguration"].cooldown = 60; // prettier-ignore
      if (type.endsWith(":MetricAlarm")) inputs["evaluationPeriods"] = 5;
    });
    assert.equal(coreOf(other).tracking[0]!.scalesIn, true);
    assert.deepEqual(coreOf(other).stepIn, { tasks: 1, below: 0.3, lowSeconds: 300, cooldownSeconds: 60 }); // prettier-ignore
  });

  it("knows the hours in which a function's environments are ready, and those of a service", async () => {
    const { queues } = await simulated();
    assert.deepEqual(
      queues.map(({ name, most, ready }) => [name, most, ready]),
      [["crm-social-processing", 20, [{ second: 9 * 3600, least: 10, most: 10 }, { second: 17 * 3600, least: 0, most: 0 }]]], // prettier-ignore
    );
    const resourceId = "service/crm-production/crm-core-service";
    const moved = await simulated((inputs, type) => {
      if (type.endsWith(":ScheduledAction")) inputs["resourceId"] = resourceId;
    });
    assert.deepEqual(coreOf(moved).day.map(({ second, most }) => [second / 3600, most]), [[9, 10], [17, 0]]); // prettier-ignore
  });
});

describe("what an hour of a vCPU costs in a trial", () => {
  const hourOf = async (change: (inputs: Record<string, any>, type: string) => void) => {
    const plan = await planOf("production");
    plan.resources.forEach(({ inputs, type }) => change(inputs, type));
    return vcpuHourUsd(limitsOfPlan(plan).load);
  };

  it("follows the plan's region, processors and memory", async () => {
    const asPlanned = (await hourOf(() => {}))!;
    const elsewhere = await hourOf((inputs, type) => {
      if (type === "pulumi:providers:aws") inputs["region"] = "eu-central-1";
    });
    const x86 = await hourOf((inputs) => {
      if (inputs["runtimePlatform"]) inputs["runtimePlatform"].cpuArchitecture = "X86_64";
    });
    const more = await hourOf((inputs, type) => {
      if (type.includes("taskDefinition")) inputs["memory"] = String(2 * Number(inputs["memory"]));
    });
    // AWS Fargate pricing, Linux: 0.03238 USD a vCPU and 0.00356 a GiB on ARM in us-east-1, 0.04048 and 0.004445 on x86.
    const gib = (asPlanned - 0.03238) / 0.00356;
    assert.ok(gib >= 2 && gib <= 4, `${gib} GiB a vCPU`);
    assert.ok(Math.abs(x86! - (0.04048 + gib * 0.004445)) < 1e-4);
    assert.ok(Math.abs(more! - asPlanned - gib * 0.00356) < 1e-4);
    // No price is better than that of another region.
    assert.equal(elsewhere, undefined);
  });
});
