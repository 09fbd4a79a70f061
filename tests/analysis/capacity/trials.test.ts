import assert from "node:assert/strict";

import { limitsOfPlan, trialsOfPlan } from "../../../analysis/capacity/of-plan";
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
