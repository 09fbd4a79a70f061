/** A stack of many teams: no limit of AWS is exceeded silently. Limits of the account, which can be raised, are the doctor's. */
import assert from "node:assert/strict";

import { COMPOSITE_ALARM, IAM_LIMITS, LOAD_BALANCER_LIMITS, LOG_QUERY } from "../../facts/limits";
import { objections, planWith } from "../../operations/example";
import type { Plan, PlannedResource } from "../../tools/preview/index";
import { packConfigFile, STACKS_PROJECT, stackFile } from "../support/stack-files";

const SERVICES = 40;
const QUEUES = 60;
const FUNCTIONS = 40;

/** Of AWS's document: rules of a security group. */
const GROUP_RULES = 60;

type Group = Record<string, any>; // any: settings are copied whole

const numbered = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);

function changes(): Group {
  const staging = stackFile("staging") as Group;
  const service = staging["crm:services"].analytics as Group;
  const fn = staging["crm:eventing"].functions["social-data-processor"] as Group;
  const queues = numbered(QUEUES, "queue");
  // The stack has core already, which takes all other paths.
  const services = numbered(SERVICES - 1, "svc").map((name, index) => {
    const links = [0, 1, 2].map((more) => ({
      ...{ queue: queues[(index + more) % QUEUES], access: "send-receive" },
    }));
    const route = { priority: 400 + index, paths: [`/${name}/*`, `/api/${name}/*`] };
    return [name, { ...service, port: 3000 + (index % 11), route, links }] as const;
  });
  const functions = numbered(FUNCTIONS, "function").map((name, index) => {
    const queue = { ...fn["triggers"].queue, queue: queues[index] };
    return [
      name,
      { ...fn, vpc: true, databaseUrl: "primary", links: [], triggers: { queue } },
    ] as const;
  });
  const urls = services.map(([name]) => [name, "primary"]);
  return {
    "crm:services": { auth: null, social: null, analytics: null, ...Object.fromEntries(services) },
    "crm:database": {
      // A smaller one has no connection for each task: the schema says so.
      instanceClass: "db.r6g.4xlarge",
      urls: { auth: null, analytics: null, ...Object.fromEntries(urls) },
      task: { image: `sha256:${"0123456789abcdef".repeat(4)}` },
      logins: { active: "blue" },
      users: Object.fromEntries(
        [...services, ...functions].map(([name]) => [name, { access: "write" }]),
      ),
    },
    "crm:eventing": {
      queues: Object.fromEntries(queues.map((name) => [name, { visibilityTimeoutSeconds: 600 }])),
      functions: Object.fromEntries(functions),
    },
  };
}

describe(`${SERVICES} services, ${QUEUES} queues and ${FUNCTIONS} functions`, () => {
  let plan: Plan;

  before(async () => {
    plan = await planWith(
      { config: changes() },
      { stack: "staging", cwd: STACKS_PROJECT, packConfig: packConfigFile("staging") },
    );
  });

  const of = (type: string) => plan.resources.filter((one) => one.type.endsWith(`:${type}`));

  /** The most that resources of a type have in common by one property. */
  function most(type: string, property: string, size = (_: PlannedResource) => 1): number {
    const sums = new Map<string, number>();
    for (const one of of(type)) {
      const { inputs, propertyDependencies } = one;
      const key = JSON.stringify([inputs[property], propertyDependencies[property]]);
      sums.set(key, (sums.get(key) ?? 0) + size(one));
    }
    return Math.max(...sums.values());
  }

  it("are planned, and nothing is against the pack or what AWS accepts", () => {
    assert.deepEqual(objections(plan), []);
    assert.equal(of("Service").length, SERVICES);
    assert.ok(of("Queue").length > QUEUES && of("Function").length > FUNCTIONS);
  });

  it("fit into the load balancer", () => {
    assert.ok(of("ListenerRule").length <= LOAD_BALANCER_LIMITS.rules);
    assert.ok(of("TargetGroup").length <= LOAD_BALANCER_LIMITS.targetGroups);
  });

  it("fit into roles and security groups", () => {
    const size = ({ inputs }: PlannedResource) => (JSON.stringify(inputs["policy"]) ?? "").length;
    assert.ok(most("RolePolicy", "role", size) <= IAM_LIMITS.inlinePolicyCharacters.role);
    for (const type of ["SecurityGroupIngressRule", "SecurityGroupEgressRule"]) {
      assert.ok(most(type, "securityGroupId") <= GROUP_RULES, type);
    }
  });

  it("fit into task definitions, log groups and the event bus", () => {
    // Amazon ECS endpoints and quotas: 64 KiB; CloudWatch Logs quotas: 100 filters; EventBridge quotas: 300 rules, 5 targets.
    for (const { name, inputs } of of("TaskDefinition")) {
      assert.ok((inputs["containerDefinitions"] as string).length <= 65_536, name);
    }
    assert.ok(most("LogMetricFilter", "logGroupName") <= 100);
    assert.ok(of("EventRule").length <= 300);
    assert.ok(most("EventTarget", "rule") <= 5);
  });

  it("fit into composite alarms and saved queries, which are split", () => {
    for (const { name, inputs } of of("CompositeAlarm")) {
      const rule = inputs["alarmRule"] as string;
      assert.ok(rule.split("ALARM(").length - 1 <= COMPOSITE_ALARM.children, name);
    }
    assert.ok(of("CompositeAlarm").length > 1);
    for (const { name, inputs } of of("QueryDefinition")) {
      assert.ok((inputs["logGroupNames"] as string[]).length <= LOG_QUERY.groups, name);
    }
    assert.ok(of("QueryDefinition").some(({ name }) => name.endsWith("errors-2")));
  });
});
