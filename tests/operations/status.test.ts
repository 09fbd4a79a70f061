import assert from "node:assert/strict";

import { judge, main } from "../../operations/status";
import { errorsOf, stage } from "./world";

const service = (key: string, extra: object = {}) => ({
  serviceName: `crm-${key}-service`,
  status: "ACTIVE",
  runningCount: 2,
  desiredCount: 2,
  deployments: [{ rolloutState: "COMPLETED" }],
  taskDefinition: `arn:aws:ecs:us-east-1:123456789012:task-definition/crm-${key}:7`,
  ...extra,
});
const all = ["auth", "core", "social", "analytics"].map((key) => service(key));

describe("npm run status", () => {
  it("reports that all is healthy, and exits with 0", async () => {
    const { world, lines, asked } = stage({
      DescribeServices: { services: all },
      DescribeAlarms: {},
    });
    assert.equal(await main([], world), 0);
    assert.ok(lines.includes("  auth: 2 of 2 tasks, steady, crm-auth:7"), lines.join("\n"));
    assert.equal(lines.at(-1), "  no alarm is in state ALARM");
    assert.equal(asked[0]!.input.cluster, "crm-production");
    assert.equal(asked[0]!.input.services.length, 4);
  });

  it("exits 1 on missing tasks, and shows the last messages", async () => {
    const events = [{ createdAt: new Date(0), message: "unable to place a task" }];
    const services = [service("auth", { runningCount: 1, events })];
    const { world, lines } = stage({ DescribeServices: { services }, DescribeAlarms: {} });
    assert.equal(await main(["auth"], world), 1);
    assert.match(lines.join("\n"), /1 of 2 tasks[^]*unable to place a task/);
  });

  it("exits 1 on an alarm, and leaves other stacks' alarms out", async () => {
    const MetricAlarms = ["crm-auth-service-5xx", "crm-staging-auth-service-5xx"].map(
      (AlarmName) => ({ AlarmName, StateReason: "too many" }),
    );
    const { world, lines } = stage({
      DescribeServices: { services: all },
      DescribeAlarms: [{ MetricAlarms }, {}],
    });
    assert.equal(await main([], world), 1);
    assert.deepEqual(lines.slice(-2), [
      "  1 alarm is in state ALARM",
      "    crm-auth-service-5xx: too many",
    ]);
  });

  it("asks for the alarms whose names are without the prefix as well, but not for a service", async () => {
    const firing = { MetricAlarms: [{ AlarmName: "RDS-High-CPU", StateReason: "85 above 80" }] };
    const run = async (...args: string[]) => {
      const scene = stage({
        DescribeServices: { services: all },
        DescribeAlarms: [{}, firing],
      });
      return { ...scene, code: await main(args, scene.world) };
    };
    const whole = await run();
    assert.equal(whole.code, 1);
    assert.deepEqual(whole.lines.slice(-2), [
      "  1 alarm is in state ALARM",
      "    RDS-High-CPU: 85 above 80",
    ]);
    const asked = whole.asked
      .slice(-2)
      .map(({ input }) => [input.AlarmNamePrefix, input.AlarmNames]);
    assert.deepEqual(asked, [
      ["crm-", undefined],
      [undefined, ["High-Error-Rate", "High-Response-Time", "RDS-High-CPU"]],
    ]);
    assert.equal((await run("auth")).code, 0);
  });

  it("leaves out alarms that only scale: an idle service has one that is always on", async () => {
    const scale =
      "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/ecs/x:policyName/in";
    const topic = "arn:aws:sns:us-east-1:123456789012:crm-notifications";
    const alarm = (AlarmName: string, ...AlarmActions: string[]) => ({ AlarmName, AlarmActions });
    const MetricAlarms = [alarm("crm-auth-service-scale-in", scale)];
    const idle = stage({ DescribeServices: { services: all }, DescribeAlarms: { MetricAlarms } });
    assert.equal(await main([], idle.world), 0);
    MetricAlarms.push(alarm("crm-auth-service-load", scale, topic), alarm("crm-x"));
    const DescribeAlarms = [{ MetricAlarms }, {}];
    const busy = stage({ DescribeServices: { services: all }, DescribeAlarms });
    assert.equal(await main([], busy.world), 1);
    assert.match(busy.lines.join("\n"), /2 alarms are in state ALARM/);
  });

  it("judges a deployment by the alarms that ECS rolls it back for", async () => {
    const alarms = { alarmNames: ["crm-auth-service-errors"], enable: true, rollback: true };
    const services = all.map((one) => ({ ...one, deploymentConfiguration: { alarms } }));
    const gate = async (AlarmName: string) => {
      const MetricAlarms = [{ AlarmName, StateReason: "too many" }];
      const { world } = stage({ DescribeServices: { services }, DescribeAlarms: { MetricAlarms } });
      return main(["--gate"], world);
    };
    assert.equal(await gate("crm-backup-copies-late"), 0);
    assert.equal(await gate("crm-auth-service-errors"), 1);
  });

  it("shows what others wrote into messages and alarms, and does not obey it", async () => {
    const events = [{ createdAt: new Date(0), message: "health\u001b[2K\n  auth: 2 of 2 tasks" }];
    const { world, lines } = stage({
      DescribeServices: { services: [service("auth", { runningCount: 1, events })] },
      DescribeAlarms: {
        MetricAlarms: [
          { AlarmName: "crm-auth\u202e", StateReason: "a\u0007\n  no alarm is in state ALARM" },
        ],
      },
    });
    assert.equal(await main(["auth"], world), 1);
    assert.ok(
      lines.every((line) => !/[\n\u001b\u0007\u202e]/.test(line)),
      lines.join("\n"),
    );
    assert.ok(lines.includes("    crm-auth\\u202e: a\\u0007\\n  no alarm is in state ALARM"));
  });

  it("distinguishes a failed deployment from one in progress", () => {
    const failed = judge(
      "auth",
      service("auth", { deployments: [{ rolloutState: "FAILED" }] }) as any,
    );
    assert.equal(failed.healthy, false);
    assert.match(failed.line, /deployment failed/);
    const rolling = judge(
      "auth",
      service("auth", { deployments: [{ rolloutState: "IN_PROGRESS" }] }) as any,
    );
    assert.equal(rolling.healthy, true);
    assert.match(rolling.line, /deploying/);
    assert.equal(judge("auth", undefined).healthy, false);
  });

  it("says what to do without credentials", async () => {
    const error = Object.assign(new Error("Could not load credentials from any providers"), {
      name: "CredentialsProviderError",
    });
    const { world } = stage({ DescribeServices: error });
    const { code, text } = await errorsOf(() => main([], world));
    assert.equal(code, 1);
    assert.match(text, /^No AWS credentials\. Sign in with `aws sso login`/);
  });

  it("exits 2 on a service or stack that is not there", async () => {
    const unknown = await errorsOf(() => main(["nope"], stage({}).world));
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.text,
      /^<service>: expected one of analytics, auth, core, social in stack production, got "nope"\n/,
    );
    const stack = await errorsOf(() => main(["--stack", "nope"], stage({}).world));
    assert.equal(stack.code, 2);
    assert.match(stack.text, /--stack: expected one of .*\bproduction\b.*, got "nope"/);
  });
});
