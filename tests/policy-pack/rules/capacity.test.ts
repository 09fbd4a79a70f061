import assert from "node:assert/strict";

import { capacityRules as rules } from "../../../policy-pack/rules/capacity";
import { type Circumstances, judgeStack, type Sample, UNKNOWN_TEXT } from "../support";
import { ruleOf, samples, type Stack, type StackChange, stackTable } from "../variants";

const NAME = "/crm/core/database-url";
const ARN = `arn:aws:ssm:us-east-1:123456789012:parameter${NAME}`;
const containers = (pool?: string) =>
  JSON.stringify([
    {
      name: "core",
      environment: pool === undefined ? [] : [{ name: "DB_POOL_MAX", value: pool }],
      secrets: [{ name: "DB_URL", valueFrom: ARN }],
    },
  ]);
const subnet = (zone: string, block: string) => ({
  type: "aws:ec2/subnet:Subnet",
  props: { availabilityZone: zone, cidrBlock: block },
});

/** A service of 2 to 15 tasks in three zones, a function, and a database of 1,580 connections at the least. */
const GOOD: Stack = {
  a: subnet("us-east-1a", "10.0.1.0/24"),
  b: subnet("us-east-1b", "10.0.2.0/24"),
  c: subnet("us-east-1c", "10.0.3.0/24"),
  group: { type: "aws:rds/parameterGroup:ParameterGroup", props: { parameters: [] } },
  database: {
    type: "aws:rds/instance:Instance",
    props: { engine: "postgres", instanceClass: "db.r6g.large", parameterGroupName: UNKNOWN_TEXT },
    references: { parameterGroupName: ["group"] },
  },
  parameter: {
    type: "aws:ssm/parameter:Parameter",
    props: { name: NAME, value: UNKNOWN_TEXT },
    references: { value: ["database"] },
  },
  task: {
    type: "aws:ecs/taskDefinition:TaskDefinition",
    props: { cpu: "512", memory: "1024", containerDefinitions: containers("10") },
  },
  service: {
    type: "aws:ecs/service:Service",
    props: {
      name: "core",
      desiredCount: 3,
      taskDefinition: UNKNOWN_TEXT,
      networkConfiguration: { subnets: UNKNOWN_TEXT },
      deploymentConfiguration: { strategy: "BLUE_GREEN" },
    },
    references: { taskDefinition: ["task"], networkConfiguration: ["a", "b", "c"] },
  },
  target: {
    type: "aws:appautoscaling/target:Target",
    props: {
      resourceId: "service/cluster/core",
      serviceNamespace: "ecs",
      minCapacity: 2,
      maxCapacity: 15,
    },
  },
  policy: {
    type: "aws:appautoscaling/policy:Policy",
    props: {
      resourceId: "service/cluster/core",
      targetTrackingScalingPolicyConfiguration: {
        targetValue: 60,
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    },
  },
  worker: {
    type: "aws:lambda/function:Function",
    props: {
      name: "worker",
      environment: { variables: { DATABASE_URL_PARAMETER: NAME } },
      reservedConcurrentExecutions: 20,
    },
  },
};

/** The address comes as a version of a secret in place of a parameter. */
const SECRET: Record<string, Sample | undefined> = {
  parameter: undefined,
  secret: { type: "aws:secretsmanager/secret:Secret", props: { name: "core-database" } },
  version: {
    type: "aws:secretsmanager/secretVersion:SecretVersion",
    props: { secretId: UNKNOWN_TEXT, secretString: UNKNOWN_TEXT },
    references: { secretId: ["secret"], secretString: ["database"] },
  },
  worker: undefined,
};
const secretArn = (name: string) =>
  containers("60").replace(
    ARN,
    `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbCdEf:url::`,
  );
const unknownContainers = (...references: string[]) => ({
  task: {
    props: { containerDefinitions: UNKNOWN_TEXT },
    references: { containerDefinitions: references },
  },
});

const target = (props: Record<string, unknown>) => ({ target: { props } });
/** The service in subnets by id, none of which is in the plan. */
const named = (...subnets: string[]) => ({
  a: undefined,
  b: undefined,
  c: undefined,
  service: {
    props: { networkConfiguration: { subnets } },
    references: { taskDefinition: ["task"] },
  },
});
const tracking = (targetValue: unknown) => ({
  policy: {
    props: {
      targetTrackingScalingPolicyConfiguration: {
        targetValue,
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    },
  },
});

describe("rules about capacity", () => {
  stackTable(rules, "capacity-connections", {
    good: GOOD,
    compliant: {
      "as many tasks as fit in a deployment": target({ maxCapacity: 69 }),
      "the usual pool, unsaid": { task: { props: { containerDefinitions: containers() } } },
      "a rolling deployment of half as many more": {
        service: { props: { deploymentConfiguration: undefined, deploymentMaximumPercent: 150 } },
        target: { props: { maxCapacity: 92 } },
      },
      "no service that gets the address": {
        task: { props: { containerDefinitions: containers("9999").replace(NAME, "/other") } },
      },
      "a name that ends like the parameter's": {
        task: {
          props: { containerDefinitions: containers("9999").replace(NAME, `/other${NAME}`) },
        },
        worker: undefined,
      },
      "another secret": {
        ...SECRET,
        task: { props: { containerDefinitions: secretArn("other-core-database") } },
      },
      "a variable of a function that is not known": {
        worker: {
          props: { environment: { variables: { DATABASE_URL_PARAMETER: NAME, X: UNKNOWN_TEXT } } },
        },
      },
    },
    violating: {
      "one task too many": [
        target({ maxCapacity: 70 }),
        /may open 1440 connections, 1422 of 1580 may be used: service: 70 tasks x 2 x 10, worker: 20 executions, 20 for others/,
      ],
      "a task that runs once, beside as many tasks as fit": [
        {
          ...target({ maxCapacity: 69 }),
          migration: {
            type: "aws:ecs/taskDefinition:TaskDefinition",
            props: { cpu: "512", containerDefinitions: containers("10") },
          },
        },
        /may open 1430 connections.*migration: 1 task x 10/,
      ],
      "a large pool": [
        { task: { props: { containerDefinitions: containers("60") } } },
        /15 tasks x 2 x 60/,
      ],
      "both sets of a rolling deployment": [
        {
          service: { props: { deploymentConfiguration: undefined } },
          target: { props: { maxCapacity: 70 } },
        },
        /70 tasks x 2 x 10/,
      ],
      "a secret of a known name": [
        { ...SECRET, task: { props: { containerDefinitions: secretArn("core-database") } } },
        /15 tasks x 2 x 60/,
      ],
      "a parameter of an unknown name that the containers refer to": [
        {
          parameter: { props: { name: UNKNOWN_TEXT } },
          task: {
            props: { containerDefinitions: containers("60").replace(NAME, "/other") },
            references: { containerDefinitions: ["parameter"] },
          },
        },
        /15 tasks x 2 x 60/,
      ],
      "a smaller class": [
        { database: { props: { instanceClass: "db.t4g.small" } } },
        /173 of 193 may be used/,
      ],
      "a limit of its own": [
        { group: { props: { parameters: [{ name: "max_connections", value: "100" }] } } },
        /85 of 95 may be used/,
      ],
      "a function without a reservation": [
        {
          worker: { props: { reservedConcurrentExecutions: undefined } },
          target: { props: { maxCapacity: 30 } },
        },
        /worker: 1000 executions of the account/,
      ],
      "less of the account, and still too much": [
        {
          worker: { props: { reservedConcurrentExecutions: undefined } },
          target: { props: { maxCapacity: 80 } },
        },
        /worker: 10 executions of the account/,
        { config: { accountConcurrency: 10 } },
      ],
    },
    unknown: {
      "its class": { database: { props: { instanceClass: UNKNOWN_TEXT } } },
      "a class of a family that is not known": {
        database: { props: { instanceClass: "db.x2g.large" } },
      },
      "the most tasks": target({ maxCapacity: UNKNOWN_TEXT }),
      "the containers": { ...unknownContainers(), worker: undefined },
      "containers made of the parameter": { ...unknownContainers("parameter"), worker: undefined },
      "containers made of the database": { ...unknownContainers("database"), worker: undefined },
      "containers made of the secret": { ...SECRET, ...unknownContainers("secret") },
      "containers whose usual pool would not fit": {
        ...unknownContainers("parameter"),
        database: { props: { instanceClass: "db.t4g.small" } },
      },
      "the parameter's name": { parameter: { props: { name: UNKNOWN_TEXT } }, worker: undefined },
      "the secret's name": {
        ...SECRET,
        secret: { type: SECRET["secret"]!.type, props: { name: UNKNOWN_TEXT } },
        task: { props: { containerDefinitions: secretArn("core-database") } },
      },
      "the parameters of its group": {
        group: { props: { parameters: UNKNOWN_TEXT } },
        worker: undefined,
      },
      max_connections: {
        group: { props: { parameters: [{ name: UNKNOWN_TEXT, value: "50" }] } },
      },
      "the value of max_connections": {
        group: { props: { parameters: [{ name: "max_connections", value: UNKNOWN_TEXT }] } },
      },
      "which group": { database: { references: {} } },
    },
  });

  stackTable(rules, "zone-loss-capacity", {
    good: GOOD,
    compliant: {
      "without scaling": { target: undefined, policy: undefined },
      // ECS spreads tasks over zones: of 3 in three zones 2 are left, of 5 and of 6 at least 3 and 4.
      "a number of tasks that divides by the zones": {
        ...target({ minCapacity: 3, maxCapacity: 3 }),
        ...tracking(70),
      },
      "tasks of which a zone never has half": {
        ...target({ minCapacity: 5, maxCapacity: 6 }),
        ...tracking(70),
      },
      "two zones and a low target": { c: subnet("us-east-1b", "10.0.3.0/24"), ...tracking(40) },
      "a pilot light that waits": {
        service: { props: { desiredCount: 0, tags: { StandsIn: "us-east-1" } } },
        target: { props: { minCapacity: 0 } },
      },
    },
    violating: {
      "one task": [
        target({ minCapacity: 1 }),
        /scaling may leave 1 of its tasks: if the zone of that task fails, it stops/,
      ],
      "one task without scaling": [
        { target: undefined, policy: undefined, service: { props: { desiredCount: 1 } } },
        /may leave 1/,
      ],
      "one zone": [
        { b: subnet("us-east-1a", "10.0.2.0/24"), c: subnet("us-east-1a", "10.0.3.0/24") },
        /its tasks are in one zone/,
      ],
      "two zones and a high target": [
        { c: subnet("us-east-1b", "10.0.3.0/24"), ...tracking(70) },
        /of 3 tasks in its 2 zones 1 is left .* would need 210 percent of its CPU at the target of 70, more than 120/,
      ],
      "three zones, and two tasks of which one is left": [
        tracking(70),
        /of 2 tasks in its 3 zones 1 is left without one of them, and would need 140 percent of its CPU at the target of 70, more than 120/,
      ],
      "as many tasks as the numbers at which one zone has half": [
        { ...tracking(70), ...target({ minCapacity: 4 }) },
        /of 4 tasks in its 3 zones 2 are left .* would need 140 percent/,
      ],
      "seven tasks, of which four are left": [
        { ...tracking(70), ...target({ minCapacity: 5, maxCapacity: 7 }) },
        /of 7 tasks .* 4 are left .* would need 123 percent/,
      ],
      "a target of 90": [tracking(90), /would need 180 percent/],
      "more than a stack's own most": [
        tracking(75),
        /would need 150 percent .* more than 140/,
        { config: { mostUsePercent: 140 } },
      ],
      "no addresses": [
        {
          a: subnet("us-east-1a", "10.0.1.0/28"),
          b: subnet("us-east-1b", "10.0.2.0/28"),
          c: subnet("us-east-1c", "10.0.3.0/28"),
        },
        /needs 30 addresses, and without the largest zone the subnets have 22/,
      ],
    },
    unknown: {
      "the fewest tasks": target({ minCapacity: UNKNOWN_TEXT }),
      "a zone": { c: subnet(UNKNOWN_TEXT, "10.0.3.0/24") },
      "a network": { c: subnet("us-east-1c", UNKNOWN_TEXT) },
      "zones of subnets that the plan does not have": named("subnet-a", "subnet-b", "subnet-c"),
      "zones of one of them": named("subnet-a"),
      "which subnets": { service: { references: { taskDefinition: ["task"] } } },
      // On EC2 with bridge networks, the instances' zones are the tasks'.
      "zones of instances": { service: { props: { networkConfiguration: undefined }, references: { taskDefinition: ["task"] } } }, // prettier-ignore
    },
  });

  describe("zone-loss-capacity of subnets that the plan does not have", () => {
    const rule = ruleOf(rules, "zone-loss-capacity");
    const answer = (change: StackChange, circumstances?: Circumstances) =>
      judgeStack(rule, samples(GOOD, change), circumstances);

    it("names them", () => {
      assert.deepEqual(answer(named("subnet-a", "subnet-b")).undecided, [
        "undecided: the number of zones of its tasks is not known: subnet-a, subnet-b are not in the plan.",
      ]);
      assert.deepEqual(answer(named("subnet-a")).undecided, [
        "undecided: the number of zones of its tasks is not known: subnet-a is not in the plan.",
      ]);
    });

    it("still counts the tasks that scaling leaves", () => {
      const { violations } = answer({ ...named("subnet-a"), ...target({ minCapacity: 1 }) });
      assert.match(violations.join(), /scaling may leave 1 of its tasks/);
    });

    it("passes where no zone matters", () => {
      const { undecided, violations } = answer(
        { ...named("subnet-a"), policy: undefined },
        { config: { minimumTasks: 1 } },
      );
      assert.deepEqual([undecided, violations], [[], []]);
    });
  });
});
