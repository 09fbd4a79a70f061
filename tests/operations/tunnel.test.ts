import assert from "node:assert/strict";

import { explained, pluginArguments } from "../../operations/aws";
import { platformOf } from "../../operations/platform";
import { main } from "../../operations/tunnel";
import { STACKS_PROJECT } from "../support/stack-files";
import { errorsOf, stage, TASK } from "./world";

const production = platformOf("production", STACKS_PROJECT);
const platform = {
  ...production,
  services: production.services.map((service) => ({ ...service, exec: true })),
};

describe("npm run tunnel", () => {
  it("forwards a local port to the stack's database through a task", async () => {
    const { world, asked, ran, lines } = stage({
      ListTasks: { taskArns: ["a"] },
      DescribeTasks: { tasks: [TASK] },
      StartSession: { SessionId: "id", StreamUrl: "wss://x", TokenValue: "token" },
    });
    assert.equal(await main(["core"], { ...world, platform }), 0);
    assert.deepEqual(asked.at(-1), {
      command: "StartSession",
      input: {
        Target: "ecs:crm-production_0123abcd_0123abcd-99",
        DocumentName: "AWS-StartPortForwardingSessionToRemoteHost",
        Parameters: {
          host: ["production-databaseAddress.example"],
          portNumber: ["5432"],
          localPortNumber: ["15432"],
        },
      },
    });
    assert.equal(ran[0]!.program, "session-manager-plugin");
    assert.match(lines[0]!, /127\.0\.0\.1:15432/);
    assert.ok(!lines.join().includes("token"));
  });

  it("exits 2 on a target or a port that there is not", async () => {
    for (const args of [
      ["core", "--to", "moon"],
      ["core", "--port", "80"],
      ["core", "--port", "70000"],
    ]) {
      const { code } = await errorsOf(() => main(args, stage({}).world));
      assert.equal(code, 2, args.join(" "));
    }
  });

  it("refuses where ECS Exec is off", async () => {
    const { code, text } = await errorsOf(() =>
      main(["core", "--stack", "staging"], stage({}).world),
    );
    assert.equal(code, 1);
    assert.match(text, /ECS Exec is off for core/);
  });

  it("passes the plugin the same arguments as the AWS CLI", () => {
    const args = pluginArguments({ SessionId: "s" }, "us-east-1", { Target: "t" });
    assert.equal(args.length, 6);
    assert.deepEqual(
      [args[0], args[1], args[2], args[4], args[5]],
      [
        '{"SessionId":"s"}',
        "us-east-1",
        "StartSession",
        '{"Target":"t"}',
        "https://ssm.us-east-1.amazonaws.com",
      ],
    );
  });

  it("explains what AWS refuses", () => {
    const named = (name: string) => explained(Object.assign(new Error("raw"), { name }));
    assert.match(named("ExpiredTokenException"), /have expired/);
    assert.match(named("ClusterNotFoundException"), /is the stack deployed/);
    assert.equal(named("Other"), "raw");
  });
});
