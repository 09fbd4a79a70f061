/** Limits of queues: who reads them, how long a message is in flight, and how long a batch may take. */
import assert from "node:assert/strict";

import type { OwnAssumptions } from "../../../analysis/capacity/assumed";
import { UNREACHED, usedBy, type Kind, type Limit } from "../../../analysis/capacity/model";
import { limitsOfPlan } from "../../../analysis/capacity/of-plan";
import { simStackOf } from "../../../analysis/capacity/sim-of-plan";
import type { Plan } from "../../../tools/preview/index";
import { idleSentences } from "../../../tools/report/capacity";
import { planOf } from "../../support/plans";

const QUEUE = "crm-social-processing";
const value = (given: number) => ({ value: given, why: "of the test", asOf: "2026-11-29" });
const LOAD: OwnAssumptions = { queues: { [QUEUE]: { messages: value(1), seconds: value(2) } } };

type Change = Readonly<Record<string, unknown>>;

describe("limits of a queue", () => {
  let production: Plan;
  before(async () => {
    production = await planOf("production");
  });

  /** Production, its queue read, with other inputs of mapping, queue and function. */
  const having = (mapping: Change = {}, queue: Change = {}, called: Change = {}): Plan => ({
    ...production,
    resources: production.resources.map((one) => {
      const change = one.type.endsWith(":EventSourceMapping")
        ? { enabled: true, ...mapping }
        : one.inputs["name"] === QUEUE
          ? queue
          : one.inputs["name"] === "crm-social-data-processor" && one.type.endsWith(":Function")
            ? called
            : {};
      return { ...one, inputs: { ...one.inputs, ...change } };
    }),
  });
  const found = (plan: Plan) => limitsOfPlan(plan, { load: LOAD });
  const limitOf = (kind: Kind, plan: Plan): Limit =>
    found(plan).limits.find((one) => one.kind === kind && one.of === QUEUE)!;

  it("are none where the mapping is disabled: nothing reads it, and the report says so", () => {
    const disabled = found(having({ enabled: false }));
    assert.deepEqual(disabled.idleQueues, [QUEUE]);
    assert.ok(disabled.limits.every(({ of }) => of !== QUEUE));
    assert.deepEqual(simStackOf(disabled.load, "at worst").queues, []);
    assert.match(idleSentences(disabled)[0]!, /^Not counted: crm-social-processing: .* disabled/);
    const enabled = found(having());
    assert.deepEqual(enabled.idleQueues, []);
    assert.deepEqual(
      enabled.limits
        .filter(({ of }) => of === QUEUE)
        .map(({ kind }) => kind)
        .sort(),
      ["in-flight", "queue", "visibility"],
    );
  });

  it("are the executions of all its enabled mappings, each no more than its function has", () => {
    const most = (plan: Plan) => limitOf("queue", plan).capacity;
    assert.deepEqual(most(having({ scalingConfig: { maximumConcurrency: 12 } })), [12, 12]);
    assert.deepEqual(most(having({}, {}, { reservedConcurrentExecutions: 7 })), [7, 7]);
    // AWS, Lambda, "Configuring scaling behavior for SQS": without both, at most 1,250 executions read a standard queue.
    const unbound = having({ scalingConfig: undefined }, {}, { reservedConcurrentExecutions: undefined }); // prettier-ignore
    assert.deepEqual(most(unbound), [1250, 1250]);
    const [mapping] = having().resources.filter(({ type }) => type.endsWith(":EventSourceMapping"));
    const twice = having({}, {}, { reservedConcurrentExecutions: 40 });
    const second = (enabled: boolean) => ({
      ...twice,
      resources: [
        ...twice.resources,
        { ...mapping!, urn: `${mapping!.urn}-2`, inputs: { ...mapping!.inputs, enabled } },
      ],
    });
    assert.deepEqual(most(second(true)), [40, 40]);
    assert.deepEqual(most(second(false)), [20, 20]);
  });

  it("share what a function reserves between all its mappings, of other queues too", () => {
    // Lambda Developer Guide, "Configuring reserved concurrency": a function has no more executions than that, of all its callers.
    const plan = having({}, {}, { reservedConcurrentExecutions: 25 });
    const [mapping] = plan.resources.filter(({ type }) => type.endsWith(":EventSourceMapping"));
    const withSecond = (inputs: Change): Plan => ({
      ...plan,
      resources: [
        ...plan.resources,
        { ...mapping!, urn: `${mapping!.urn}-2`, inputs: { ...mapping!.inputs, ...inputs } },
      ],
    });
    const [maximum] = limitOf("queue", plan).capacity;
    assert.equal(maximum, 20);
    assert.deepEqual(limitOf("queue", withSecond({})).capacity, [25, 25]);
    const arn = String(mapping!.inputs["eventSourceArn"]);
    const other = withSecond({ eventSourceArn: `${arn}-other` });
    const load = { queues: { ...LOAD.queues, [`${QUEUE}-other`]: { messages: value(3), seconds: value(2) } } }; // prettier-ignore
    const [one, both] = [plan, other].map(
      (of) => limitsOfPlan(of, { load }).limits.find(({ kind, of: name }) => kind === "queue" && name === QUEUE)!, // prettier-ignore
    );
    assert.ok(Math.abs(usedBy(both!, 1000)[1] - 4 * usedBy(one!, 1000)[1]) < 1e-6);
  });

  it("are 120,000 messages in flight, each for as long as it is worked on and at most invisible", () => {
    const share = found(having()).apiShare.value[0];
    const inFlight = (plan: Plan) => usedBy(limitOf("in-flight", plan), 1000)[1];
    const near = (got: number, wanted: number) =>
      assert.ok(Math.abs(got - wanted) < 1e-6, `${got}, not ${wanted}`);
    const unbound = { scalingConfig: undefined };
    // A batch of 10 of 2 s, which Lambda has waited 5 s for.
    const waiting = { ...unbound, batchSize: 10, maximumBatchingWindowInSeconds: 5 };
    near(inFlight(having(waiting)), 1000 * share * 25);
    // AWS, SQS quotas: a message is in flight until it is deleted or visible again.
    near(inFlight(having(unbound, { visibilityTimeoutSeconds: 12 })), 1000 * share * 12);
    near(inFlight(having(unbound, { visibilityTimeoutSeconds: undefined })), 1000 * share * 25);
    // AWS, Lambda with SQS: with a maximum concurrency, Lambda receives no more than its executions work on.
    const bound = { scalingConfig: { maximumConcurrency: 12 }, batchSize: 10 };
    near(inFlight(having(bound)), 12 * 10);
    assert.deepEqual(limitOf("in-flight", having(bound)).holds, [UNREACHED, UNREACHED]);
    assert.deepEqual(limitOf("in-flight", having()).capacity, [120_000, 120_000]);
  });

  it("are no more messages in flight than the tasks of a worker receive, both sets of them in a deployment", () => {
    // AWS, SQS: a message is in flight once a consumer has received it; a task receives no more than it works on.
    const metric = { metricName: "ApproximateNumberOfMessagesVisible", dimensions: [{ name: "QueueName", value: QUEUE }] }; // prettier-ignore
    const customizedMetricSpecification = { metrics: [{ metricStat: { metric } }] };
    const plan = {
      ...production,
      resources: production.resources.map((one) => {
        const given = one.inputs["targetTrackingScalingPolicyConfiguration"];
        const isIts = one.type.endsWith(":Policy") && one.name.startsWith("crm-social");
        if (!isIts || given === undefined) return one;
        const { targetValue } = given as { readonly targetValue: number };
        const tracked = { targetValue, customizedMetricSpecification };
        return { ...one, inputs: { ...one.inputs, targetTrackingScalingPolicyConfiguration: tracked } }; // prettier-ignore
      }),
    };
    const of = { messages: value(1), seconds: value(2), taskMessages: value(5) };
    const load = { queues: { [QUEUE]: of } };
    const worker = limitsOfPlan(plan, { load });
    const { most, deploying } = worker.load.services.find(({ queue }) => queue === QUEUE)!;
    assert.deepEqual([most, deploying], [8, 2]);
    const limit = worker.limits.find(({ kind, of: name }) => kind === "in-flight" && name === QUEUE)!; // prettier-ignore
    assert.deepEqual(usedBy(limit, 1e6), [8 * 2 * 5, 8 * 2 * 5]);
    assert.deepEqual(limit.holds, [UNREACHED, UNREACHED]);
  });

  it("are passed at any load by a batch that takes longer than the function or the visibility timeout", () => {
    const holds = (...change: Parameters<typeof having>) =>
      limitOf("visibility", having(...change)).holds;
    // A batch of 10 takes 20 s at the most, and one message 2 s.
    assert.deepEqual(holds({}, { visibilityTimeoutSeconds: 25 }, { timeout: 20 }), [UNREACHED, UNREACHED]); // prettier-ignore
    assert.deepEqual(holds({}, { visibilityTimeoutSeconds: 24 }, { timeout: 20 }), [0, UNREACHED]);
    assert.deepEqual(holds({}, { visibilityTimeoutSeconds: 600 }, { timeout: 19 }), [0, UNREACHED]);
    assert.deepEqual(holds({}, { visibilityTimeoutSeconds: 600 }, { timeout: 1 }), [0, 0]);
    // AWS: 30 seconds of visibility, and 3 of a function, where nothing is said.
    assert.deepEqual(
      holds({ batchSize: 14, maximumBatchingWindowInSeconds: 0 }, { visibilityTimeoutSeconds: undefined }, { timeout: 29 }), // prettier-ignore
      [UNREACHED, UNREACHED],
    );
    assert.deepEqual(holds({}, {}, { timeout: undefined }), [0, UNREACHED]);
  });
});
