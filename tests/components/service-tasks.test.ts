/** Tasks of a service that run once: by the clock, and before a new version. */
import assert from "node:assert/strict";

import { serviceConfig, type Raw } from "../support/compute";
import { containers, ecsService, planService, statements, warnings } from "../support/compute-plan";
import { arns } from "../support/fixtures";
import type { Recording } from "../support/mocks";

const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const FUNCTION = "aws:lambda/function:Function";

const TASKS: Raw = {
  tasks: {
    report: {
      command: ["node", "report.js"],
      ...{ cpu: 1024, memoryMiB: 2048 },
      schedule: { expression: "cron(0 3 * * ? *)", timeZone: "Europe/Berlin" },
    },
    migrate: { command: ["node", "migrate.js"], beforeVersion: { timeoutMinutes: 20 } },
  },
  deployment: { timeoutMinutes: 90 },
};
const ROLES = [arns.role("crm-auth-execution"), arns.role("crm-auth-task")];

describe("tasks of a service that run once", () => {
  let plan!: Recording;
  before(async () => {
    plan = await planService("auth", TASKS, {}, { preview: false });
  });
  const only = (name: string) =>
    JSON.parse(plan.get(DEFINITION, name).inputs["containerDefinitions"])[0];
  const byId = (role: string) =>
    Object.fromEntries(statements(plan, role).map((one) => [one["Sid"], one]));

  it("are the service's container with another command and without a health check", async () => {
    const [own] = containers(await planService("auth"));
    const { name, command, portMappings, healthCheck, ...same } = only("crm-auth-tasks-report");
    assert.deepEqual([name, command], ["report", ["node", "report.js"]]);
    assert.deepEqual([portMappings, healthCheck], [[], undefined]);
    for (const key of ["image", "secrets", "user", "readonlyRootFilesystem", "linuxParameters"]) {
      assert.deepEqual(same[key], own![key], key);
    }
    const { inputs } = plan.get(DEFINITION, "crm-auth-tasks-report");
    assert.deepEqual(
      [inputs["family"], inputs["cpu"], inputs["memory"]],
      ["crm-auth-task-report", "1024", "2048"],
    );
    assert.equal(plan.get(DEFINITION, "crm-auth-version-task").inputs["cpu"], "256");
  });

  it("are started by the clock on capacity that stays, after the service's new version", () => {
    const { inputs, dependencies } = plan.get(SCHEDULE, "crm-auth-tasks-report");
    assert.equal(inputs["state"], "ENABLED");
    assert.equal(inputs["scheduleExpressionTimezone"], "Europe/Berlin");
    const { target } = inputs;
    assert.equal(target.arn, arns.regional("ecs", "cluster/crm-production"));
    assert.equal(target.deadLetterConfig.arn, arns.queue("crm-dlq-auth-tasks"));
    const { launchType, networkConfiguration, propagateTags } = target.ecsParameters;
    assert.deepEqual([launchType, propagateTags], ["FARGATE", "TASK_DEFINITION"]);
    assert.equal(networkConfiguration.assignPublicIp, false);
    assert.ok(dependencies.includes(ecsService(plan).urn));
  });

  // Source: ECS Developer Guide, "Amazon ECS EventBridge IAM Role".
  it("are all that a schedule may start, with the service's roles and no other", () => {
    const rights = byId("crm-auth-tasks-report-role");
    assert.deepEqual(rights["RunTask"].Condition, {
      ArnEquals: { "ecs:cluster": arns.regional("ecs", "cluster/crm-production") },
    });
    assert.equal(
      rights["RunTask"].Resource,
      arns.regional("ecs", "task-definition/crm-auth-task-report:*"),
    );
    assert.deepEqual(rights["HandRolesToTask"].Resource, ROLES);
    assert.deepEqual(rights["HandRolesToTask"].Condition, {
      StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    });
    assert.equal(rights["CallFunction"], undefined);
  });

  it("never start before the service has an image, nor in a pilot light that does not serve", async () => {
    const standing = await planService("auth", TASKS, { standsBy: true });
    let waiting!: Recording;
    await warnings(async () => {
      waiting = await planService("auth", { ...TASKS, image: undefined });
    });
    for (const one of [standing, waiting]) {
      assert.equal(one.get(SCHEDULE, "crm-auth-tasks-report").inputs["state"], "DISABLED");
    }
    assert.deepEqual(waiting.ofType(FUNCTION), []);
    const hooks = (one: Recording) =>
      ecsService(one).inputs["deploymentConfiguration"].lifecycleHooks.length;
    assert.equal(hooks(waiting), 1);
    // The gate alone, which knows that there is nobody to ask.
    const config = { ...serviceConfig("auth", TASKS), desiredCount: 0, minCapacity: 0 };
    assert.equal(hooks(await planService("auth", TASKS, { config })), 1);
  });

  it("run before a new version starts", () => {
    const { inputs, dependencies } = ecsService(plan);
    const [first, gate] = inputs["deploymentConfiguration"].lifecycleHooks;
    assert.deepEqual(first.lifecycleStages, ["PRE_SCALE_UP"]);
    assert.deepEqual(gate.lifecycleStages, ["POST_TEST_TRAFFIC_SHIFT"]);
    assert.equal(first.hookTargetArn, arns.lambda("crm-auth-version-task"));
    const details = JSON.parse(first.hookDetails);
    assert.deepEqual(
      [details.task, details.cluster, details.timeoutSeconds],
      ["migrate", "crm-production", 1200],
    );
    const role = plan.get("aws:iam/rolePolicy:RolePolicy", "crm-auth-version-task-hook");
    assert.equal(role.inputs["role"], "crm-ecs-hooks");
    assert.ok(dependencies.includes(role.urn));
    assert.ok(dependencies.includes(plan.only(FUNCTION).urn));
  });

  it("are all that the function may start, and stop", () => {
    const rights = byId("crm-auth-version-task");
    assert.deepEqual(rights["HandRolesToTask"].Resource, ROLES);
    assert.equal(
      rights["RunTask"].Resource,
      arns.regional("ecs", "task-definition/crm-auth-task-migrate:*"),
    );
    assert.deepEqual(rights["StopTask"].Condition, {
      StringEquals: { "aws:ResourceTag/Name": "crm-auth-task-migrate" },
    });
    const { tags } = plan.get(DEFINITION, "crm-auth-version-task").inputs;
    assert.equal(tags.Name, "crm-auth-task-migrate");
  });
});
