import assert from "node:assert/strict";
import * as path from "node:path";

import { criticalPath } from "../../analysis/critical-path/critical-path";
import { jobTime, LONGEST_JOB_MINUTES, settingsThatFit } from "../../operations/job-time";
import { stackConfigOf } from "../../operations/platform";
import { BootstrapPlan } from "../support/bootstrap";
import { planOf } from "../support/plans";
import { stackNames, STACKS_PROJECT, validated } from "../support/stack-files";

const ROOT = path.join(STACKS_PROJECT);

describe("npm run job-time", () => {
  const config = () => structuredClone(stackConfigOf("production", ROOT));

  it("adds what a deployment waits for", async () => {
    const plan = await planOf("production");
    const { minutes, up } = jobTime(config(), plan);
    const longer = config();
    const [key] = Object.keys(longer.services) as [string];
    longer.services[key]!.deployment.timeoutMinutes += 20;
    const after = jobTime(longer, plan);
    assert.deepEqual([after.minutes - minutes, after.up - up], [20, 20]);
    assert.ok(up >= 90 + 60 && minutes > up);
  });

  // The critical path is what `npm run preview` prints; the tests of analysis/critical-path judge it.
  it("gives a first update its plan's critical path twice, and fits into a job for every stack", async () => {
    for (const stack of stackNames()) {
      const plan = await planOf(stack);
      const { minutes, up } = jobTime(stackConfigOf(stack, ROOT), plan);
      const typical = criticalPath(plan.resources).seconds / 60;
      assert.ok(up >= 1.5 * typical + 30, `${stack}: ${up}, typically ${typical}`);
      assert.ok(minutes <= LONGEST_JOB_MINUTES, stack);
    }
  });

  it("grows with the plan, and refuses a plan that takes too long for any job", async () => {
    const plan = await planOf("production");
    const before = jobTime(config(), plan).up;
    const slow = (type: string, seconds: number) => {
      const one = { type, seconds, asOf: "2026-11-01" };
      return { ...plan, measured: { durations: [one], usage: {} } };
    };
    // Typically two minutes: 13 more count twice, at a first update as at another, where a backup is waited for as well.
    const gateway = "aws:ec2/natGateway:NatGateway";
    const longer = jobTime(config(), slow(gateway, 900)).up;
    assert.ok(longer > before && longer <= before + 26, `${before}, ${longer}`);
    assert.throws(
      () => jobTime(config(), slow(gateway, 3600)),
      /beforeDeployment.timeoutMinutes \(90\) and .*: expected \d+ minutes at most together, got 150: .* the rest of the update \d{3}$/,
    );
    // What holds data is made by a first update only.
    const cache = "aws:elasticache/replicationGroup:ReplicationGroup";
    assert.throws(
      () => jobTime(config(), slow(cache, 5000)),
      /Error: crm:services\.\w+\.deployment\.timeoutMinutes \(60\): expected \d+ minutes .* the rest of the first update \d{3}$/,
    );
    assert.throws(
      () => jobTime(config(), slow(gateway, 3 * 3600)),
      /^Error: the update without services: expected at most 205 minutes, got \d{3}: /,
    );
  });

  it("takes a data store's change for a bound: a measurement raises it, once, and never lowers it", async () => {
    const plan = await planOf("production");
    const withChange = (minutes: number) => {
      const durations = [{ key: "dataStoreChange", minutes, asOf: "2026-11-01" }];
      return jobTime(config(), { ...plan, measured: { durations, usage: {} } }).up;
    };
    const before = jobTime(config(), plan).up;
    assert.equal(withChange(5), before);
    const [long, longer] = [withChange(45), withChange(50)];
    assert.equal(longer - long, 5);
  }); // prettier-ignore

  it("refuses what no job can hold, and names the settings", async () => {
    const one = config();
    const [key] = Object.keys(one.services) as [string];
    one.services[key]!.deployment.timeoutMinutes = 250;
    const plan = await planOf("production");
    assert.throws(
      () => jobTime(one, plan),
      new RegExp(
        `crm:recovery.beforeDeployment.timeoutMinutes \\(90\\) and crm:services.${key}.deployment.timeoutMinutes \\(250\\): expected 175 minutes`,
      ),
    );
  });

  it("names the settings that fit: they are valid, and the deployment is as long as a job", async () => {
    const plan = await planOf("production");
    const services = Object.keys(config().services);
    const key = (name: string) => `crm:services.${name}.deployment.timeoutMinutes`;
    const backup = "crm:recovery.beforeDeployment.timeoutMinutes";
    const [one] = services as [string];
    for (const [given, keys] of [
      [{ [key(one)]: 250 }, [key(one)]],
      [Object.fromEntries(services.map((name) => [key(name), 200])), services.map(key)],
      [{ [backup]: 240 }, [backup]],
      [{ [backup]: 170, [key(one)]: 171 }, [backup, key(one)]],
    ] as const) {
      const settings: readonly [string, number][] = Object.entries(given);
      const fits = settingsThatFit(withTimes(settings), plan);
      assert.deepEqual(fits!.map(([name]) => name).sort(), [...keys].sort());
      const { minutes } = jobTime(withTimes([...settings, ...fits!]), plan);
      assert.equal(minutes, LONGEST_JOB_MINUTES);
    }
    assert.deepEqual(settingsThatFit(config(), plan), []);
    const slow = { type: "aws:ec2/natGateway:NatGateway", seconds: 3 * 3600, asOf: "2026-11-01" };
    const measured = { durations: [slow], usage: {} };
    assert.equal(settingsThatFit(config(), { ...plan, measured }), undefined);
  });

  /** Production's settings with other times, as its stack file would give them. */
  function withTimes(times: readonly (readonly [key: string, minutes: number])[]) {
    return validated("production", (sections) => {
      for (const [key, minutes] of times) {
        const path = key.slice("crm:".length).split(".");
        const last = path.pop()!;
        const group = path.reduce((all, name) => (all[name] ??= {}), sections);
        group[last] = minutes;
      }
    });
  }

  // IAM refuses a session that is longer than the role's.
  it("requests no longer session than the deployment roles allow", async () => {
    const bootstrap = await BootstrapPlan.read();
    for (const stack of ["staging", "production", "recovery"]) {
      const role = bootstrap.plan.resources.find(
        ({ type, inputs }) =>
          type === "aws:iam/role:Role" && inputs["name"] === `crm-pipeline-${stack}`,
      )!;
      assert.equal(role.inputs["maxSessionDuration"], LONGEST_JOB_MINUTES * 60);
    }
  });
});
