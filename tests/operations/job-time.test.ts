import assert from "node:assert/strict";
import * as path from "node:path";

import { jobTime, LONGEST_JOB_MINUTES } from "../../operations/job-time";
import { stackConfigOf } from "../../operations/platform";
import { BootstrapPlan } from "../support/bootstrap";
import { STACKS_PROJECT } from "../support/stack-files";

const ROOT = path.join(STACKS_PROJECT);

describe("npm run job-time", () => {
  const config = () => structuredClone(stackConfigOf("production", ROOT));

  it("adds what a deployment waits for", () => {
    const { minutes, up } = jobTime(config());
    const before = config();
    const longer = { ...before };
    const [key] = Object.keys(longer.services) as [string];
    longer.services[key]!.deployment.timeoutMinutes += 20;
    const after = jobTime(longer);
    assert.deepEqual([after.minutes - minutes, after.up - up], [20, 20]);
    assert.ok(up >= 90 + 60 && minutes > up);
  });

  it("refuses what no job can hold, and names the settings", () => {
    const one = config();
    const [key] = Object.keys(one.services) as [string];
    one.services[key]!.deployment.timeoutMinutes = 250;
    assert.throws(
      () => jobTime(one),
      new RegExp(`crm:services.${key}.deployment.timeoutMinutes \\(250\\): expected 175 minutes`),
    );
  });

  // IAM refuses a session that is longer than the role's.
  it("asks for no longer a session than the deployment roles give", async () => {
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
