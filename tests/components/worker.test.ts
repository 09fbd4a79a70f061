/** A service without a route: a worker. */
import assert from "node:assert/strict";

import { describeService } from "../../components/service";
import { createService, serviceConfig, type Raw } from "../support/compute";
import {
  ALARM,
  container,
  ecsService,
  environment,
  planService,
  platform,
  RULE,
  TARGET_GROUP,
  warnings,
} from "../support/compute-plan";
import { mathValue } from "../support/metric-math";
import { record, type Recording } from "../support/mocks";

const POLICY = "aws:appautoscaling/policy:Policy";

const WORKER: Raw = {
  ...{ route: undefined, port: undefined, secrets: {} },
  containerHealth: { command: ["node", "alive.js"] },
  links: [{ queue: "mail", access: "receive" }],
  scaling: { backlog: { queue: "mail", messagesPerTask: 100 } },
  deployment: { strategy: "rolling" },
};

describe("a service without a route", () => {
  let plan!: Recording;
  before(async () => {
    plan = await planService("auth", { ...WORKER, command: ["node", "worker.js"] });
  });

  it("has no rule, no target group, and no alarm over them", () => {
    assert.deepEqual([...plan.ofType(RULE), ...plan.ofType(TARGET_GROUP)], []);
    assert.deepEqual(
      plan.ofType(ALARM).map(({ name }) => name),
      ["crm-auth-in"],
    );
    const { inputs } = ecsService(plan);
    for (const property of ["loadBalancers", "alarms", "healthCheckGracePeriodSeconds"]) {
      assert.equal(inputs[property], undefined, property);
    }
    assert.equal(inputs["deploymentConfiguration"].strategy, "ROLLING");
    assert.deepEqual(inputs["deploymentCircuitBreaker"], { enable: true, rollback: true });
  });

  it("opens no port, and starts what the stack file says", async () => {
    const { portMappings, command, entryPoint, healthCheck } = container(plan);
    assert.deepEqual(portMappings, []);
    assert.deepEqual(command, ["node", "worker.js"]);
    assert.equal(entryPoint, undefined);
    assert.deepEqual(healthCheck.command, ["CMD", "node", "alive.js"]);
    assert.equal(environment(plan)["PORT"], undefined);
    const own = container(await planService("auth", { entryPoint: ["/bin/tini", "--"] }));
    assert.deepEqual([own["entryPoint"], own["command"]], [["/bin/tini", "--"], undefined]);
  });

  it("waits with the bootstrap image, with any command of its own image", async () => {
    let waiting!: Recording;
    await warnings(async () => {
      waiting = await planService("auth", { ...WORKER, image: undefined, command: ["worker"] });
    });
    const { command, healthCheck } = container(waiting);
    assert.deepEqual(command, ["tail", "-f", "/dev/null"]);
    assert.deepEqual(healthCheck.command, ["CMD-SHELL", "exit 0"]);
  });

  // Source: Application Auto Scaling User Guide, "Create a target tracking scaling policy using metric math", backlog per task.
  it("gets tasks by the messages that wait for each of them", () => {
    const { targetTrackingScalingPolicyConfiguration: policy } = plan.get(
      POLICY,
      "crm-auth-backlog",
    ).inputs;
    assert.equal(policy.targetValue, 100);
    const { metrics } = policy.customizedMetricSpecification;
    const [messages, running, backlog] = metrics;
    assert.deepEqual(messages.metricStat, {
      stat: "Maximum",
      metric: {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: [{ name: "QueueName", value: "crm-mail" }],
      },
    });
    assert.equal(running.metricStat.metric.metricName, "RunningTaskCount");
    assert.equal(mathValue(backlog.expression, { messages: 500, running: 2 }), 250);
    assert.equal(metrics.filter(({ returnData }: Raw) => returnData).length, 1);
  });

  it("keeps its tasks while too many messages wait, though they use little", () => {
    const queries: Raw[] = plan.get(ALARM, "crm-auth-in").inputs["metricQueries"];
    const low = (messages?: number) =>
      mathValue(String(queries.at(-1)!["expression"]), {
        ...{ load: 5, memory: 5, running: 2, messages },
      });
    // One task fewer would have more than 90 of the 100 that a task is added for. Of an idle queue there is no metric.
    assert.deepEqual([low(500), low(95), low(85), low()], [0, 0, 1, 1]);
    assert.ok(queries.some(({ id }) => id === "messages"));
  });

  it("says that it has no route", async () => {
    let said = "";
    await record(() => {
      const config = serviceConfig("auth", WORKER);
      const service = createService({ platform: platform({}) }, "auth", config);
      said = describeService(service.summary);
    });
    assert.match(said, /, no route, rolling$/);
  });
});
