/** What a change of a living service would do, by two plans and the provider's answers; and its refusal. */
import assert from "node:assert/strict";

import { replacement } from "../../facts/replacement";
import { livingServiceProblems, livingServices, livingServicesFile } from "../../schema";
import { serviceConfig, type Raw } from "../support/compute";
import { planService, SERVICE, TARGET_GROUP } from "../support/compute-plan";
import type { Recording } from "../support/mocks";

const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

/** Changed properties of a resource, as `type property`, apart from those that the program ignores. */
function changed(before: Recording, after: Recording, type: string, name: string) {
  const [one, other] = [before.get(type, name), after.get(type, name)];
  const keys = Object.keys({ ...one.inputs, ...other.inputs }).filter(
    (key) => JSON.stringify(one.inputs[key]) !== JSON.stringify(other.inputs[key]),
  );
  const ignored = other.ignoreChanges;
  return {
    ignored: keys.filter((key) => ignored.includes(key)),
    taken: keys.filter((key) => !ignored.includes(key)),
  };
}

describe("a change of a living service", () => {
  let before!: Recording;
  const after = (change: Raw) => planService("auth", change);
  beforeEach(async () => {
    before = await planService("auth");
  });

  it("of its port would replace target groups in use, and never reach ECS", async () => {
    const plan = await after({ port: 3009 });
    for (const colour of ["blue", "green"]) {
      assert.deepEqual(changed(before, plan, TARGET_GROUP, `crm-auth-${colour}`).taken, ["port"]);
    }
    assert.equal(replacement(TARGET_GROUP, "port").verdict, "replaces");
    const service = changed(before, plan, SERVICE, "crm-auth");
    assert.ok(service.ignored.includes("loadBalancers"));
  });

  it("of its container would never reach ECS, while the task definition has the new name alone", async () => {
    const plan = await after({ containerName: "web" });
    assert.deepEqual(changed(before, plan, SERVICE, "crm-auth").ignored, ["loadBalancers"]);
    assert.deepEqual(changed(before, plan, DEFINITION, "crm-auth").taken, ["containerDefinitions"]);
  });

  it("of its health path would reach both colours at once, in place", async () => {
    const plan = await after({ targetHealth: { path: "/ready" } });
    for (const colour of ["blue", "green"]) {
      const { taken } = changed(before, plan, TARGET_GROUP, `crm-auth-${colour}`);
      assert.deepEqual(taken, ["healthCheck"]);
    }
    assert.equal(replacement(TARGET_GROUP, "healthCheck.path").verdict, "in-place");
  });

  it("of its strategy would never reach ECS from or to rolling; between the others it is an update", async () => {
    const rolling = await after({ deployment: { strategy: "rolling" } });
    assert.deepEqual(changed(before, rolling, SERVICE, "crm-auth").ignored, ["loadBalancers"]);
    for (const strategy of ["canary", "linear"]) {
      const plan = await after({ deployment: { strategy } });
      const { ignored, taken } = changed(before, plan, SERVICE, "crm-auth");
      assert.deepEqual([ignored, taken], [[], ["deploymentConfiguration"]], strategy);
    }
  });

  it("is refused with the key, both values and the runbook; all at once", () => {
    const recorded = livingServices({ auth: serviceConfig("auth"), core: serviceConfig("core") });
    const problems = (change: Raw) =>
      livingServiceProblems(recorded, { auth: serviceConfig("auth", change) }, "production");
    const changes: [Raw, string, string][] = [
      [{ port: 3009 }, "port", "expected 3001, which the deployed service has, got 3009"],
      [{ containerName: "web" }, "containerName", 'expected "auth-service", .* got "web"'],
      [{ targetHealth: { path: "/ready" } }, "targetHealth.path", 'expected "/health", .* got "/r'],
      [
        { deployment: { strategy: "rolling" } },
        "deployment.strategy",
        'expected "blue-green", which the deployed service has, got "rolling"',
      ],
      [{ route: undefined }, "route", 'expected "public", .* got "none"'],
    ];
    for (const [change, setting, message] of changes) {
      const [problem, ...more] = problems(change);
      assert.equal(problem!.key, `crm:services.auth.${setting}`);
      assert.match(problem!.message, new RegExp(message));
      assert.match(problem!.message, /docs\/runbooks\/service-change\.md/);
      assert.ok(problem!.message.includes(livingServicesFile("production")));
      assert.deepEqual(more, []);
    }
    assert.equal(problems(Object.assign({}, ...changes.map(([change]) => change))).length, 5);
    assert.deepEqual(problems({ deployment: { strategy: "canary" } }), []);
    assert.deepEqual(problems({ cpu: 1024, memoryMiB: 2048 }), []);
    // A service that is not recorded is not deployed.
    assert.deepEqual(livingServiceProblems({}, { auth: serviceConfig("auth") }, "production"), []);
  });
});
