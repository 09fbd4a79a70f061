import assert from "node:assert/strict";

import { limitsOfPlan, trialsOfPlan } from "../../../analysis/capacity/of-plan";
import type { SimStack } from "../../../analysis/capacity/sim-model";
import { simStackOf } from "../../../analysis/capacity/sim-of-plan";
import { spotTasksAt } from "../../../analysis/capacity/sim-tasks";
import { simulate } from "../../../analysis/capacity/simulate";
import { vcpuHourUsd, type Trial } from "../../../analysis/capacity/trials";
import type { Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

describe("trials of a plan", () => {
  it("lose Spot at the least load at which some of it serves", async () => {
    const found = limitsOfPlan(await planOf("production"));
    const { failures } = trialsOfPlan(found);
    const spot = failures.filter(({ name }) => name === "all Spot capacity gone");
    assert.equal(spot.length, 1);
    const [{ rps, best, worst }] = spot as [Trial];
    assert.ok(best.spotLost > 0 && worst.spotLost >= best.spotLost);
    // core has 2 tasks on demand and 30 % of the others on Spot: the fourth more is the first, at 1.2 of three more. A task at
    // its target takes 0.35 vCPUs, and a request at the edge 0.4 times 10 ms at best.
    const stack = simStackOf(found.load, "at best");
    assert.ok(spotTasksAt(stack, rps) > 0);
    assert.equal(spotTasksAt(stack, rps * 0.98), 0);
    const tasks = Math.ceil((rps * 0.4 * 0.01) / 0.35);
    assert.equal(Math.floor((tasks - 2) * 0.3), 1);
  });

  it("have no loss of Spot where no task may be on it", async () => {
    const plan = await planOf("production");
    for (const { type, inputs } of plan.resources) {
      if (type === "aws:ecs/service:Service") {
        (inputs as Record<string, unknown>)["capacityProviderStrategies"] = [
          { capacityProvider: "FARGATE", weight: 1 },
        ];
      }
    }
    const { failures } = trialsOfPlan(limitsOfPlan(plan));
    assert.ok(failures.every(({ name }) => name !== "all Spot capacity gone"));
  });

  it("name beside each failure what the same load does without it, once a load", async () => {
    const { failures } = trialsOfPlan(limitsOfPlan(await planOf("production")));
    const loads = [...new Set(failures.map(({ rps }) => rps))];
    const calm = failures.filter(({ name }) => name === "no failure");
    assert.deepEqual(calm.map(({ rps }) => rps), loads); // prettier-ignore
    // The load at which Spot is tried is past what surely holds: its failures are there without the event too.
    const at = (name: string) => failures.find((one) => one.name === name)!;
    const spot = at("all Spot capacity gone");
    const base = calm.find(({ rps }) => rps === spot.rps)!;
    assert.ok(base.worst.failed > 0 && spot.worst.failed >= base.worst.failed);
    assert.equal(calm[0]!.worst.failed, 0);
  });

  it("pay for both sets of tasks while a deployment lasts: start and checks, the traffic's steps, the bake time", async () => {
    // ECS's "Blue/green deployments": both revisions run until the bake time is over. 10 minutes of it, and 10 of start and drain.
    const plan = await planOf("production");
    const hours = (of: Plan) => {
      const { failures } = trialsOfPlan(limitsOfPlan(of));
      const [calm, deployed] = ["no failure", "a deployment"].map((name) =>
        failures.find((one) => one.name === name)!,
      );
      assert.ok(deployed!.usd![0] > calm!.usd![0]);
      return deployed!.best.taskHours - calm!.best.taskHours;
    };
    const having = (deploymentConfiguration: Record<string, unknown>, more = {}) => ({
      ...plan,
      resources: plan.resources.map((one) =>
        one.type === "aws:ecs/service:Service"
          ? { ...one, inputs: { ...one.inputs, deploymentConfiguration, ...more } }
          : one,
      ),
    });
    const near = (got: number, minutes: number) =>
      assert.ok(Math.abs(got - (8 * minutes) / 60) < 1e-9, `${got * 60} minutes of tasks`);
    near(hours(plan), 20);
    near(hours(having({ strategy: "BLUE_GREEN", bakeTimeInMinutes: "25" })), 35);
    const canary = { canaryPercent: 10, canaryBakeTimeInMinutes: "5" };
    near(
      hours(having({ strategy: "CANARY", bakeTimeInMinutes: "5", canaryConfiguration: canary })),
      20,
    );
    // Half as many tasks more, for as long as they start and the others end.
    near(hours(having({ strategy: "ROLLING" }, { deploymentMaximumPercent: 150 })), 5);
  });

  it("fail a request after the shortest time that CloudFront and the load balancer wait for its answer", async () => {
    const plan = await planOf("production");
    const seconds = (originReadTimeout: number | undefined, idleTimeout: number | undefined) => {
      const resources = plan.resources.map((one) => {
        if (one.type === "aws:lb/loadBalancer:LoadBalancer") {
          return { ...one, inputs: { ...one.inputs, idleTimeout } };
        }
        if (one.type !== "aws:cloudfront/distribution:Distribution") return one;
        const origins = (one.inputs["origins"] as readonly Record<string, unknown>[]).map(
          ({ customOriginConfig, ...origin }) =>
            customOriginConfig === undefined
              ? origin
              : { ...origin, customOriginConfig: { ...(customOriginConfig as object), originReadTimeout } }, // prettier-ignore
        );
        return { ...one, inputs: { ...one.inputs, origins } };
      });
      return simStackOf(limitsOfPlan({ ...plan, resources }).load, "at worst").timeoutSeconds;
    };
    assert.equal(seconds(30, 60), 30);
    assert.equal(seconds(120, 60), 60);
    assert.equal(seconds(10, 60), 10);
    // CloudFront's and the load balancer's own times, where none is set.
    assert.equal(seconds(undefined, 60), 30);
    assert.equal(seconds(120, undefined), 60);
  });

  // Amazon ECS Developer Guide, "Service Connect components": the load balancer's requests pass the proxy, which ends them by
  // perRequestTimeoutSeconds; 0 is no limit.
  it("fail a request after a service's own time, where it is shorter", async () => {
    const plan = await planOf("production");
    const seconds = (perRequestTimeoutSeconds: number) => {
      const resources = plan.resources.map((one) => {
        if (one.type !== "aws:ecs/service:Service" || one.name !== "crm-core") return one;
        const timeout = { idleTimeoutSeconds: 300, perRequestTimeoutSeconds };
        const serviceConnectConfiguration = { enabled: true, services: [{ timeout }] };
        return { ...one, inputs: { ...one.inputs, serviceConnectConfiguration } };
      });
      const { services } = simStackOf(limitsOfPlan({ ...plan, resources }).load, "at worst");
      const of = (name: string) => services.find((one) => one.name === name)!.timeoutSeconds;
      assert.equal(of("crm-auth"), undefined);
      return of("crm-core");
    };
    assert.deepEqual([5, 0].map(seconds), [5, undefined]);
  });

  it("have a slow database make its requests slow, where their queries then take seconds", async () => {
    const plan = await planOf("production");
    const { failures } = trialsOfPlan(limitsOfPlan(plan));
    const slow = failures.find(({ name }) => name.startsWith("a database ten times as slow"))!;
    // 6 queries of 80 ms for a dashboard: 4.8 s, of one request in 20, for five minutes of sixty.
    const share = (100 * slow.worst.slow) / (slow.worst.served + slow.worst.failed);
    assert.ok(share > (100 * 0.05 * 5) / 60 - 0.05, `${share} %`);
    assert.equal(slow.worst.degradedMinutes, 5);
  });

  it("have in a database the processors that the table counts: those that serve before queries wait", async () => {
    const { load } = limitsOfPlan(await planOf("production"));
    const vcpus = (side: "at best" | "at worst") =>
      simStackOf(load, side).databases.map((one) => one.vcpus);
    assert.deepEqual([vcpus("at worst"), vcpus("at best")], [[1.6, 1.6], [2, 2]]); // prettier-ignore
  });

  it("lose with a replica's zone at best the replica alone, at worst a primary and a cache too", async () => {
    const { load } = limitsOfPlan(await planOf("production"));
    const takes = load.databases.find(({ resource }) => resource.name.endsWith("replica"))!;
    const failed = (side: "at best" | "at worst", named: string, stands = false) => {
      const stack = simStackOf(load, side);
      // Nothing reads the replica: what fails waits for a primary or a cache, or had reached lost tasks.
      const services = stack.services.filter(({ database }) => !database?.name.endsWith("replica"));
      const event = { kind: "zone lost", at: 600, ...(named && { takes: named }) } as const;
      const stores = {
        databases: stack.databases.map((one) => ({ ...one, failoverSeconds: 0 })),
        caches: {},
      };
      const others = { ...stack, services, ...(stands && stores) };
      return simulate(others, () => 40, 1800, { events: [event] }).failed;
    };
    const { name } = takes.resource;
    assert.ok(failed("at best", "") > failed("at best", "", true));
    assert.equal(failed("at best", name), failed("at best", name, true));
    assert.ok(failed("at worst", name) > failed("at worst", name, true));
  });

  it("slow another party where tasks can keep no more requests open", async () => {
    const { slowParty, failures } = trialsOfPlan(limitsOfPlan(await planOf("production")));
    // crm-social: 8 tasks of 100 requests at the worst; a tenth of half of the load, each with a call of 20 s and 80 ms besides.
    assert.equal(slowParty!.of, "crm-social");
    assert.ok(Math.abs(slowParty!.holds[0] - (8 * 100) / (0.5 * 0.1 * 20.08)) < 1e-6);
    const slow = failures.filter(({ name }) => name.startsWith("another party"));
    const last = slow.at(-1)!;
    assert.ok(last.rps > slowParty!.holds[0]);
    assert.ok(last.worst.failed > 0 && slow[0]!.worst.failed === 0);
  });
});

describe("scaling of a plan", () => {
  const simulated = async (
    change: (inputs: Record<string, any>, type: string) => void = () => {},
  ) => {
    const plan = await planOf("production");
    for (const { inputs, type } of plan.resources) {
      if (type.endsWith(":EventSourceMapping"))
        (inputs as Record<string, unknown>)["enabled"] = true;
      change(inputs, type);
    }
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
      [["crm-social-processing", 20, [[{ second: 9 * 3600, least: 10, most: 10 }, { second: 17 * 3600, least: 0, most: 0 }]]]], // prettier-ignore
    );
    const resourceId = "service/crm-production/crm-core-service";
    const moved = await simulated((inputs, type) => {
      if (type.endsWith(":ScheduledAction")) inputs["resourceId"] = resourceId;
    });
    assert.deepEqual(coreOf(moved).day.map(({ second, most }) => [second / 3600, most]), [[9, 10], [17, 0]]); // prettier-ignore
  });
});

describe("what an hour of a vCPU costs in a trial", () => {
  const hourOf = async (
    change: (inputs: Record<string, any>, type: string) => void,
    region?: string,
  ) => {
    const plan = await planOf("production");
    plan.resources.forEach(({ inputs, type }) => change(inputs, type));
    return vcpuHourUsd(limitsOfPlan({ ...plan, region: region ?? plan.region }).load);
  };

  it("follows the plan's region, processors and memory", async () => {
    const asPlanned = (await hourOf(() => {}))!;
    const elsewhere = await hourOf(() => {}, "eu-central-1");
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
