import assert from "node:assert/strict";

import { execTarget } from "../../operations/aws";
import { main } from "../../operations/exec";
import { platformOf } from "../../operations/platform";
import { STACKS_PROJECT } from "../support/stack-files";
import { errorsOf, stage, TASK } from "./world";

const platform = platformOf("production", STACKS_PROJECT);
const service = { ...platform.services.find(({ key }) => key === "core")!, exec: true };

describe("npm run exec", () => {
  it("refuses where ECS Exec is off, and says how to turn it on", async () => {
    const { code, text } = await errorsOf(() => main(["core"], stage({}).world));
    assert.equal(code, 1);
    assert.match(text, /set crm:services\.core\.exec to true in Pulumi\.production\.yaml/);
  });

  it("opens the shell in the newest task whose agent answers", async () => {
    const older = { ...TASK, taskArn: "x/older", startedAt: new Date(0) };
    const deaf = { ...TASK, taskArn: "x/deaf", startedAt: new Date(), containers: [] };
    const { world } = stage({
      ListTasks: { taskArns: ["a", "b", "c"] },
      DescribeTasks: { tasks: [older, TASK, deaf] },
    });
    assert.deepEqual(await execTarget(world, platform, service), {
      taskArn: TASK.taskArn,
      target: "ecs:crm-production_0123abcd_0123abcd-99",
    });
  });

  it("runs a command as it was given, quoted for the shell in the container", async () => {
    const { world, asked, ran } = stage({
      ListTasks: { taskArns: ["a"] },
      DescribeTasks: { tasks: [TASK] },
      ExecuteCommand: { session: { sessionId: "id", streamUrl: "wss://x", tokenValue: "t" } },
    });
    const open = { ...platform, services: [service] };
    assert.equal(await main(["core", "--", "echo", "it's"], { ...world, platform: open }), 0);
    assert.deepEqual(asked.at(-1)!.input, {
      cluster: "crm-production",
      task: TASK.taskArn,
      container: "crm-core",
      interactive: true,
      command: "echo 'it'\\''s'",
    });
    assert.equal(ran[0]!.args[0], '{"SessionId":"id","StreamUrl":"wss://x","TokenValue":"t"}');
  });

  it("says so when no task runs", async () => {
    const { world } = stage({ ListTasks: { taskArns: [] } });
    await assert.rejects(execTarget(world, platform, service), /core has no running task/);
  });

  it("needs a service", async () => {
    const { code, text } = await errorsOf(() => main([], stage({}).world));
    assert.equal(code, 2);
    assert.match(text, /^<service> is required; this command has no default\.\n/);
  });
});
