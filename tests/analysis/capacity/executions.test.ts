/** How many executions of functions there are at a time, and the connections that they take. */
import assert from "node:assert/strict";

import { problemsOf, type OwnAssumptions } from "../../../analysis/capacity/assumed";
import { UNREACHED, usedBy, type Kind } from "../../../analysis/capacity/model";
import { limitsOfPlan } from "../../../analysis/capacity/of-plan";
import { SERVICE_QUOTAS } from "../../../facts/service-quotas";
import type { Plan } from "../../../tools/preview/index";
import { planOf } from "../../support/plans";

const value = (given: number | readonly [number, number]) => ({
  ...{ value: given, why: "of the test", asOf: "2026-11-29" },
});

/** Services have no pool: what is left are the connections of functions, and the spare ones. */
const FUNCTIONS_ONLY: OwnAssumptions = {
  general: {
    spareConnections: value(0),
    eventsPerThousandRequests: value([1, 2]),
    eventSeconds: value([20, 30]),
  },
};

/** No container has a variable for its pool. */
function withoutTasks(plan: Plan): Plan {
  return {
    ...plan,
    resources: plan.resources.filter(({ type }) => !type.endsWith(":TaskDefinition")),
  };
}

function withInputs(
  plan: Plan,
  pick: (resource: Plan["resources"][number]) => boolean,
  change: Readonly<Record<string, unknown>>,
): Plan {
  const resources = plan.resources.map((one) =>
    pick(one) ? { ...one, inputs: { ...one.inputs, ...change } } : one,
  );
  return { ...plan, resources };
}

const ofType = (end: string) => (one: Plan["resources"][number]) => one.type.endsWith(`:${end}`);

describe("executions of functions", () => {
  let [production, staging]: Plan[] = [];
  before(async () => {
    [production, staging] = await Promise.all([planOf("production"), planOf("staging")]);
  });
  const limit = (plan: Plan, kind: Kind, name: string, load?: OwnAssumptions) =>
    limitsOfPlan(plan, { load }).limits.find((one) => one.kind === kind && one.of.endsWith(name))!;
  const connections = (plan: Plan, name: string, rps: number, load = FUNCTIONS_ONLY) =>
    usedBy(limit(withoutTasks(plan), "connections", name, load), rps);

  it("share the quota of the account where nothing is reserved, counted once for all of them", () => {
    // Lambda's "Understanding concurrency": the quota is shared across all functions in the Region.
    const quota = (count: number) => ({ ...FUNCTIONS_ONLY, quotas: { lambdaConcurrency: value(count) } }); // prettier-ignore
    const unread = connections(staging!, "primary", 0, quota(7))[1];
    assert.equal(unread, 0);
    assert.equal(connections(staging!, "primary", 1e9, quota(7))[1], 7);
    assert.equal(connections(staging!, "primary", 1e9, quota(70))[1], 70);
    const { usual } = SERVICE_QUOTAS.lambdaConcurrency;
    assert.equal(connections(staging!, "primary", 1e9)[1], usual);
  });

  it("leave staging the connections that it needs today, and the reader of its queue once that is enabled", () => {
    const [first] = limitsOfPlan(staging!).limits;
    assert.notEqual(first!.kind, "connections");
    const reading = withInputs(staging!, ofType("EventSourceMapping"), { enabled: true });
    const with5 = (plan: Plan) =>
      connections(plan, "primary", 1e9, { ...FUNCTIONS_ONLY, quotas: { lambdaConcurrency: value(10) } })[1]; // prettier-ignore
    // The mapping's maximum concurrency is 5.
    assert.equal(with5(reading) - with5(staging!), 5);
  });

  it("are as many as events start for the time of each, and no more than are reserved", () => {
    // Little's law; half of the requests reach the load balancer.
    const share = limitsOfPlan(production!).apiShare.value[0];
    const near = (got: number, wanted: number) =>
      assert.ok(Math.abs(got - wanted) < 1e-9, `${got}, not ${wanted}`);
    near(connections(production!, "replica", 0)[1], 0);
    near(connections(production!, "replica", 100)[0], 100 * share * 0.001 * 20);
    near(connections(production!, "replica", 100)[1], 100 * share * 0.002 * 30);
    assert.equal(connections(production!, "replica", 1e9)[1], 10);
    // An hourly run holds one connection at every load.
    const clocked = withInputs(
      production!,
      (one) => one.name === "crm-eventing-analytics-aggregator-schedule",
      { state: "ENABLED" },
    );
    near(connections(clocked, "replica", 0)[1], 1);
  });

  it("are as many as a queue's messages keep busy, and no more than its mapping starts", () => {
    const reading = withInputs(production!, ofType("EventSourceMapping"), { enabled: true });
    const load: OwnAssumptions = {
      ...FUNCTIONS_ONLY,
      queues: { "crm-social-processing": { messages: value(0.5), seconds: value(2) } },
    };
    const share = limitsOfPlan(production!).apiShare.value[0];
    const took = (rps: number) => connections(reading, "primary", rps, load)[1];
    assert.ok(Math.abs(took(10) - 10 * share * 0.5 * 2) < 1e-9, String(took(10)));
    assert.equal(took(0), 0);
    assert.equal(took(1e9), 20);
    assert.equal(connections(production!, "primary", 1e9, load)[1], 0);
  });

  it("take of the account's quota what is reserved, and what is asked of the functions that share the rest", () => {
    // Lambda's "Understanding concurrency": reserved or not, each execution counts; an account without a raise has 10 at first.
    const load: OwnAssumptions = {
      general: { eventsPerThousandRequests: value([1, 2]), eventSeconds: value([20, 30]) },
      quotas: { lambdaConcurrency: value(10) },
    };
    const account = (plan: Plan) => limit(plan, "function-concurrency", "the account", load);
    const share = limitsOfPlan(staging!).apiShare.value[0];
    const { capacity, holds, fixed } = account(staging!);
    assert.deepEqual(capacity, [10, 10]);
    // The backup of the configuration, daily; the hourly sums are disabled, and nothing in the plan calls the deployment's gate.
    assert.deepEqual(fixed, [1, 1]);
    assert.ok(Math.abs(holds[0] / (9 / (share * 0.002 * 30)) - 1) < 1e-3, `${holds[0]}`);
    assert.ok(Math.abs(holds[1] / (9 / (share * 0.001 * 20)) - 1) < 1e-3, `${holds[1]}`);
    // More than there are may be asked for, and a queue asks for no more than its mapping starts.
    const reading = withInputs(staging!, ofType("EventSourceMapping"), { enabled: true });
    const most = (plan: Plan) => usedBy(account(plan), 1e8)[1];
    assert.ok(most(staging!) > 1e6);
    assert.ok(Math.abs(most(reading) - most(staging!) - 5) < 1e-3);
    // Production's all reserve; a function with none is stopped.
    assert.deepEqual([account(production!).fixed, account(production!).parts], [[33, 33], []]);
    const stopped = withInputs(staging!, ofType("Function"), { reservedConcurrentExecutions: 0 });
    assert.equal(account(stopped), undefined);
  });

  it("are one of the account's for a schedule that cannot be read, and all that a function reserves", () => {
    const unread = (plan: Plan, name: string) =>
      withInputs(plan, (one) => one.name === name, {
        ...{ state: "ENABLED", scheduleExpression: undefined },
      });
    const backup = "crm-recovery-configuration";
    const free = withInputs(production!, (one) => one.name === backup && one.type.endsWith(":Function"), { reservedConcurrentExecutions: undefined }); // prettier-ignore
    const account = limit(unread(free, `${backup}-schedule`), "function-concurrency", "the account"); // prettier-ignore
    // 32 are reserved.
    assert.deepEqual(account.fixed, [33, 33]);
    assert.deepEqual(account.holds, [UNREACHED, UNREACHED]);
    const clocked = unread(production!, "crm-eventing-analytics-aggregator-schedule");
    assert.equal(connections(clocked, "replica", 0)[1], 2);
  });

  describe("of several mappings", () => {
    const PROCESSOR = "crm-staging-social-data-processor";
    const QUEUES = ["crm-staging-social-processing", "crm-staging-email-notifications"] as const;
    const ARN = "arn:aws:sqs:us-east-1:123456789012:";

    /** Staging, its mapping enabled, with others like it. */
    const reading = (...others: readonly Readonly<Record<string, unknown>>[]): Plan => {
      const plan = withInputs(staging!, ofType("EventSourceMapping"), { enabled: true });
      const mapping = plan.resources.find(ofType("EventSourceMapping"))!;
      const added = others.map((change, index) => ({
        ...{ ...mapping, name: `other-${index}`, urn: `${mapping.urn}-${index}` },
        inputs: { ...mapping.inputs, ...change },
      }));
      return { ...plan, resources: [...plan.resources, ...added] };
    };
    /** Another service may start the processor as well. */
    const invoked = (plan: Plan): Plan => {
      const permission = plan.resources.find(ofType("Permission"))!;
      const inputs = { ...permission.inputs, function: PROCESSOR, principal: "sns.amazonaws.com" };
      const added = { ...permission, name: "topic", urn: `${permission.urn}-topic`, inputs };
      return { ...plan, resources: [...plan.resources, added] };
    };
    const load: OwnAssumptions = {
      general: { ...FUNCTIONS_ONLY.general, executionDatabaseCpu: value(0.1) },
      quotas: { lambdaConcurrency: value(10) },
      queues: Object.fromEntries(
        QUEUES.map((queue) => [queue, { messages: value(0.5), seconds: value(2) }]),
      ),
    };
    const account = (plan: Plan, rps: number) =>
      usedBy(limit(plan, "function-concurrency", "the account", load), rps)[1];
    const primary = (plan: Plan, rps = 1e9) => connections(plan, "primary", rps, load)[1];
    const near = (got: number, wanted: number) =>
      assert.ok(Math.abs(got - wanted) < 1e-3, `${got}, not ${wanted}`);
    let share = 0;
    before(() => {
      share = limitsOfPlan(staging!).apiShare.value[0];
    });

    it("are as many as all queues of a function may start", () => {
      // Lambda's "Configuring maximum concurrency for SQS": a setting of the event source, separate for each.
      const both = reading({ eventSourceArn: ARN + QUEUES[1], scalingConfig: { maximumConcurrency: 50 } }); // prettier-ignore
      near(account(both, 1e8) - account(staging!, 1e8), 55);
      assert.equal(primary(both) - primary(staging!), 55);
      // What has no maximum, and what another service starts, shares the account's quota.
      const without = reading({ eventSourceArn: ARN + QUEUES[1], scalingConfig: undefined });
      for (const plan of [without, invoked(both)]) {
        assert.equal(primary(plan), 10);
        assert.ok(account(plan, 1e8) - account(staging!, 1e8) > 1e6);
      }
    });

    it("are together no more than a queue's messages keep busy", () => {
      // SQS, "Standard queues": consumers of one queue share its messages.
      const one = reading();
      const other = reading({ functionName: "crm-staging-configuration-backup" });
      near(account(one, 1) - account(staging!, 1), share * 0.5 * 2);
      near(account(other, 1), account(one, 1));
      near(primary(other, 1) - primary(staging!, 1), (share * 0.5 * 2) / 2);
    });

    it("are those of events too, where a queue is read or a mapping is disabled", () => {
      const events = share * 0.002 * 30;
      near(account(invoked(staging!), 100) - account(staging!, 100), 100 * events);
      near(account(invoked(reading()), 1) - account(reading(), 1), events);
      // They work on the database, each with what an execution does.
      const vcpus = (plan: Plan) => usedBy(limit(plan, "database-cpu", "primary", load), 1)[1];
      near(vcpus(invoked(staging!)) - vcpus(staging!), events * 0.1);
      near(vcpus(invoked(reading())) - vcpus(reading()), events * 0.1);
    });
  });

  it("are bound by the quota that a program's file says of a stack, and of no other", () => {
    const load = { stacks: { staging: { quotas: { lambdaConcurrency: value(10) } } } };
    const quotaOf = (plan: Plan) =>
      limitsOfPlan(plan, { load }).load.quota("lambdaConcurrency").value[0];
    assert.equal(quotaOf(staging!), 10);
    assert.equal(quotaOf(production!), SERVICE_QUOTAS.lambdaConcurrency.usual);
    assert.deepEqual(
      problemsOf({ stacks: { staging: { quotas: { x: 1 }, stacks: {} }, other: 1 } }),
      [
        "stacks.staging.quotas.x: there is no such key. The keys here are fargateVcpus, fargateSpotVcpus, lambdaConcurrency.",
        "stacks.staging.stacks: there is no such key. The keys here are general, services, queues, quotas, settings.",
        "stacks.other: expected an object, got 1",
      ],
    );
  });
});
