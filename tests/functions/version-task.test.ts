/** The function that runs a task before a new version: one call after the other, as ECS makes them. */
import assert from "node:assert/strict";

import { bundledSource } from "../../components/function/function-code";
import type { HookResponse } from "../../functions/deployment-hook";
import { step } from "../../functions/version-task/handler";
import type { TaskDetails, TaskState } from "../../functions/version-task/runner";

const DEPLOYMENT = "arn:aws:ecs:us-east-1:123456789012:service-deployment/crm/auth/1";
const TASK = "arn:aws:ecs:us-east-1:123456789012:task/crm/1";
const DETAILS: TaskDetails = {
  ...{
    task: "migrate",
    cluster: "crm",
    taskDefinition: "arn:aws:ecs:::task-definition/crm-auth:7",
  },
  ...{ platformVersion: "1.4.0", subnets: ["a", "b"], securityGroups: ["sg"], timeoutSeconds: 60 },
};

describe("the task before a new version", () => {
  let calls: unknown[][];
  let state: TaskState | undefined;
  let started: { taskArn?: string; why?: string } | Error;
  beforeEach(() => {
    calls = [];
    state = { stopped: false };
    started = { taskArn: TASK };
  });

  const call = (hookDetails: unknown, now = 0): Promise<HookResponse> =>
    step(
      { resourceArn: DEPLOYMENT, hookDetails },
      {
        now,
        log: () => undefined,
        runner: {
          start: (details, token) => {
            calls.push(["start", details.taskDefinition, token]);
            return started instanceof Error ? Promise.reject(started) : Promise.resolve(started);
          },
          look: (...args) => {
            calls.push(["look", ...args]);
            return Promise.resolve(state);
          },
          stop: (...args) => {
            calls.push(["stop", ...args]);
            return Promise.resolve();
          },
        },
      },
    );
  /** The next call gets what the one before gave back, as JSON. */
  const again = (response: HookResponse, now: number) =>
    call(JSON.parse(JSON.stringify(response.hookDetails)), now);

  it("is started once, looked at, and good when its container ended with 0", async () => {
    const first = await call(JSON.stringify(DETAILS));
    assert.equal(first.hookStatus, "IN_PROGRESS");
    const second = await again(first, 15_000);
    assert.equal(second.hookStatus, "IN_PROGRESS");
    state = { stopped: true, exitCode: 0 };
    assert.deepEqual(await again(second, 30_000), { hookStatus: "SUCCEEDED" });
    assert.deepEqual(
      calls.map(([what]) => what),
      ["start", "look", "look"],
    );
    assert.deepEqual(calls[1], ["look", "crm", TASK, "migrate"]);
  });

  it("starts no second task when ECS repeats its first call", async () => {
    await call(DETAILS);
    await call(DETAILS);
    const [one, other] = calls.map(([, , token]) => token);
    assert.equal(one, other);
    assert.match(String(one), /^[0-9a-f]{64}$/);
  });

  const ends: [string, TaskState | undefined, RegExp][] = [
    ["with an error", { stopped: true, exitCode: 1, reason: "Essential container" }, /with 1: E/],
    ["before it ran", { stopped: true, reason: "CannotPull" }, /no code: Ca/],
    ["without a reason", { stopped: true }, /no reason given/],
    ["unseen", undefined, /not known to ECS/],
  ];
  for (const [how, end, reason] of ends) {
    it(`stops the deployment when it ended ${how}`, async () => {
      const first = await call(DETAILS);
      state = end;
      const response = await again(first, 15_000);
      assert.equal(response.hookStatus, "FAILED");
      assert.match(String(response.hookDetails?.["reason"]), reason);
    });
  }

  it("stops the deployment when it does not start, and says why", async () => {
    started = { why: "RESOURCE:FARGATE" };
    const { hookStatus, hookDetails } = await call(DETAILS);
    assert.equal(hookStatus, "FAILED");
    assert.match(String(hookDetails?.["reason"]), /migrate did not start: RESOURCE:FARGATE/);
  });

  it("waits for rights that the same update has given, for three minutes", async () => {
    const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
    started = denied;
    const first = await call(DETAILS, 1000);
    assert.equal(first.hookStatus, "IN_PROGRESS");
    await assert.rejects(again(first, 181_000), denied);
    started = { taskArn: TASK };
    assert.equal((await again(first, 60_000)).hookDetails?.["taskArn"], TASK);
    started = new Error("no such cluster");
    await assert.rejects(call(DETAILS), /no such cluster/);
  });

  it("is stopped when its time is over, and not a second sooner", async () => {
    const first = await call(DETAILS, 1000);
    assert.equal((await again(first, 60_999)).hookStatus, "IN_PROGRESS");
    const late = await again(first, 61_000);
    assert.equal(late.hookStatus, "FAILED");
    assert.deepEqual(calls.at(-1)!.slice(0, 3), ["stop", "crm", TASK]);
  });

  it("refuses details that it cannot use", async () => {
    await assert.rejects(call({ ...DETAILS, cluster: undefined }), /expected cluster/);
    await assert.rejects(call(undefined), /expected task, cluster/);
    await assert.rejects(call({ ...DETAILS, timeoutSeconds: "soon" }), /timeoutSeconds/);
  });

  it("is bundled with its SDK", () => {
    assert.match(bundledSource("version-task"), /RunTask/);
  });
});
