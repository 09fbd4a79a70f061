import { STANDS_IN_TAG } from "../../../facts/control-planes";
import { deploymentRules as rules } from "../../../policy-pack/rules/deployments";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { ruleOf, stackTable, variantTable } from "../variants";

const SERVICE = "aws:ecs/service:Service";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const RULE = "aws:lb/listenerRule:ListenerRule";
const ROLE = "aws:iam/role:Role";
const ARN = "arn:aws:iam::123456789012:role";

const HOOK = {
  lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"],
  hookTargetArn: "arn:aws:lambda:us-east-1:123456789012:function:crm-deployment-gate",
  roleArn: `${ARN}/crm-hooks`,
};
/** It lets every version pass. */
const NOBODY = { ...HOOK, hookDetails: '{"service":"auth","tasks":0}' };
const WAITS = { desiredCount: 0, tags: { [STANDS_IN_TAG]: "us-west-2" } };
const CONFIGURATION = {
  strategy: "BLUE_GREEN",
  bakeTimeInMinutes: "10",
  lifecycleHooks: [HOOK],
};
const ADVANCED = {
  alternateTargetGroupArn: UNKNOWN_TEXT,
  productionListenerRule: UNKNOWN_TEXT,
  testListenerRule: UNKNOWN_TEXT,
  roleArn: `${ARN}/crm-traffic`,
};
const BLOCK = {
  targetGroupArn: UNKNOWN_TEXT,
  containerPort: 3001,
  advancedConfiguration: ADVANCED,
};
const PROPS = {
  deploymentConfiguration: CONFIGURATION,
  loadBalancers: [BLOCK],
  alarms: { enable: true, rollback: true, alarmNames: ["crm-auth-errors"] },
};
const ROLLING = { deploymentConfiguration: { strategy: "ROLLING" } };
const configured = (change: object) => ({
  deploymentConfiguration: { ...CONFIGURATION, ...change },
});
const advanced = (change: object) => ({
  loadBalancers: [{ ...BLOCK, advancedConfiguration: { ...ADVANCED, ...change } }],
});
const SOME_STRATEGY = configured({ strategy: UNKNOWN_TEXT });

const FORWARD = { props: { actions: [{ type: "forward" }] } };
const STACK = {
  blue: { type: GROUP },
  green: { type: GROUP },
  listener: { type: "aws:lb/listener:Listener" },
  production: {
    type: RULE,
    ...FORWARD,
    opts: { ignoreChanges: ["actions"] },
    references: { actions: ["blue", "green"] },
  },
  test: {
    type: "aws:alb/listenerRule:ListenerRule",
    ...FORWARD,
    opts: { ignoreChanges: ["actions"] },
    references: { actions: ["blue", "green"] },
  },
  traffic: { type: ROLE, props: { name: "crm-traffic" } },
  hooks: { type: ROLE, props: { name: "crm-hooks" } },
  mayShift: {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    props: {
      role: "crm-traffic",
      policyArn: "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
    },
  },
  mayCall: {
    type: "aws:iam/rolePolicy:RolePolicy",
    props: {
      role: "crm-hooks",
      policy: JSON.stringify({
        Statement: { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "*" },
      }),
    },
  },
  alarm: {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    props: { name: "crm-auth-errors", period: 60, evaluationPeriods: 2 },
  },
  service: {
    type: SERVICE,
    props: PROPS,
    references: { loadBalancers: ["blue", "green", "production", "test"] },
  },
};

describe("rules about deployments", () => {
  variantTable(rules, "ecs-circuit-breaker", {
    type: SERVICE,
    good: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    compliant: {
      "blue/green": { ...PROPS, deploymentMinimumHealthyPercent: 50 },
      "somebody else deploys": {
        deploymentController: { type: "EXTERNAL" },
        deploymentCircuitBreaker: undefined,
      },
    },
    violating: {
      none: [{ deploymentCircuitBreaker: undefined }, /deploymentCircuitBreaker.enable is not set/],
      "blue/green without": [
        { ...PROPS, deploymentCircuitBreaker: undefined },
        /deploymentCircuitBreaker.enable is not set/,
      ],
      "canary without": [
        { ...configured({ strategy: "CANARY" }), deploymentCircuitBreaker: undefined },
        /deploymentCircuitBreaker.enable is not set/,
      ],
      "no way back": [{ deploymentCircuitBreaker: { enable: true } }, /rollback is not set/],
      "half of the tasks": [{ deploymentMinimumHealthyPercent: 50 }, /is 50; set it to 100/],
    },
    unknown: {
      strategy: SOME_STRATEGY,
      controller: { deploymentController: { type: UNKNOWN_TEXT } },
      breaker: { deploymentCircuitBreaker: { enable: true, rollback: UNKNOWN_FLAG } },
    },
  });
  variantTable(rules, "ecs-no-launch-type", {
    type: SERVICE,
    good: {
      capacityProviderStrategies: [{ capacityProvider: "FARGATE", weight: 70 }],
      forceNewDeployment: true,
    },
    compliant: { "the cluster's": { capacityProviderStrategies: undefined } },
    violating: {
      "a launch type": [{ launchType: "FARGATE" }, /launchType is "FARGATE"; remove it/],
      unforced: [{ forceNewDeployment: undefined }, /forceNewDeployment is not set/],
    },
    unknown: { providers: { capacityProviderStrategies: UNKNOWN_LIST } },
  });
  ruleTable(ruleOf(rules, "ecs-ignored-changes"), [
    {
      compliant: "both",
      type: SERVICE,
      props: PROPS,
      opts: { ignoreChanges: ["desiredCount", "loadBalancers"] },
    },
    {
      compliant: "rolling",
      type: SERVICE,
      props: ROLLING,
      opts: { ignoreChanges: ["desiredCount"] },
    },
    {
      violating: "the target groups",
      says: /ignoreChanges lacks loadBalancers/,
      type: SERVICE,
      props: PROPS,
      opts: { ignoreChanges: ["desiredCount"] },
    },
    { compliant: "a count that nothing changes", type: SERVICE, props: ROLLING },
    {
      unknown: "the strategy",
      type: SERVICE,
      props: SOME_STRATEGY,
      opts: { ignoreChanges: ["desiredCount"] },
    },
    { otherType: "nothing of ECS", type: "random:index/randomId:RandomId" },
  ]);
  variantTable(rules, "ecs-bluegreen-bake-time", {
    type: SERVICE,
    good: PROPS,
    compliant: { rolling: ROLLING },
    violating: {
      none: [configured({ bakeTimeInMinutes: undefined }), /bakeTimeInMinutes is not set/],
      zero: [configured({ bakeTimeInMinutes: "0" }), /bakeTimeInMinutes/],
    },
    unknown: {
      time: configured({ bakeTimeInMinutes: UNKNOWN_TEXT }),
      strategy: SOME_STRATEGY,
    },
  });
  const hour = { createSeconds: 3600, updateSeconds: 3600, deleteSeconds: 0 };
  const waiting = { type: SERVICE, opts: { customTimeouts: hour } };
  ruleTable(ruleOf(rules, "ecs-deployment-timeout"), [
    { compliant: "an hour", ...waiting, props: PROPS },
    { compliant: "rolling", type: SERVICE, props: ROLLING },
    {
      compliant: "the default, long enough",
      type: SERVICE,
      props: PROPS,
    },
    {
      violating: "the default, too short",
      says: /customTimeouts.create is 20 minutes, but a deployment takes 40/,
      type: SERVICE,
      props: configured({ bakeTimeInMinutes: "30" }),
    },
    {
      violating: "steps",
      says: /takes 65/,
      ...waiting,
      props: configured({
        strategy: "LINEAR",
        linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: "5" },
      }),
    },
    { unknown: "the time", ...waiting, props: configured({ bakeTimeInMinutes: UNKNOWN_TEXT }) },
    { otherType: "nothing of ECS", type: "random:index/randomId:RandomId" },
  ]);
  const pause = { targetType: "PAUSE", lifecycleStages: ["PRODUCTION_TRAFFIC_SHIFT"] };
  variantTable(rules, "ecs-bluegreen-hooks", {
    type: SERVICE,
    good: PROPS,
    compliant: {
      rolling: ROLLING,
      "a pilot light that waits": { ...WAITS, ...configured({ lifecycleHooks: [NOBODY] }) },
      "details of another's function": configured({
        lifecycleHooks: [
          { ...HOOK, hookDetails: "{" },
          { ...HOOK, hookDetails: '{"tasks":2}' },
        ],
      }),
      "a pause besides": configured({
        lifecycleHooks: [HOOK, { ...pause, lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }],
      }),
    },
    violating: {
      none: [configured({ lifecycleHooks: [] }), /lifecycleHooks is empty/],
      "a pause at a shift": [
        configured({ lifecycleHooks: [HOOK, pause] }),
        /lifecycleHooks\[1\] pauses at PRODUCTION_TRAFFIC_SHIFT/,
      ],
      "none, of a pilot light that waits: ECS keeps the old one": [
        { ...WAITS, ...configured({ lifecycleHooks: [] }) },
        /lifecycleHooks is empty/,
      ],
      "one that lets all pass, with tasks": [
        configured({ lifecycleHooks: [NOBODY] }),
        /lifecycleHooks\[0\]\.hookDetails say that the service has no tasks/,
      ],
      "one that lets all pass, of a pilot light that serves": [
        { ...WAITS, desiredCount: 2, ...configured({ lifecycleHooks: [NOBODY] }) },
        /only a waiting pilot light may say/,
      ],
      "no role": [configured({ lifecycleHooks: [{ ...HOOK, roleArn: undefined }] }), /roleArn/],
      "no stage": [configured({ lifecycleHooks: [{ ...HOOK, lifecycleStages: [] }] }), /a stage/],
    },
    unknown: {
      hooks: configured({ lifecycleHooks: UNKNOWN_LIST }),
      stage: configured({ lifecycleHooks: [{ ...HOOK, lifecycleStages: [UNKNOWN_TEXT] }] }),
    },
    unimportant: {
      "ARNs to come": configured({
        lifecycleHooks: [{ ...HOOK, roleArn: UNKNOWN_TEXT, hookTargetArn: UNKNOWN_TEXT }],
      }),
    },
  });
  variantTable(rules, "ecs-bluegreen-one-load-balancer", {
    type: SERVICE,
    good: PROPS,
    compliant: { rolling: { ...ROLLING, loadBalancers: [BLOCK, BLOCK] } },
    violating: {
      two: [{ loadBalancers: [BLOCK, BLOCK] }, /has 2 blocks; keep one/],
      none: [{ loadBalancers: undefined }, /has 0 blocks/],
      "no alternate": [
        advanced({ alternateTargetGroupArn: undefined }),
        /alternateTargetGroupArn is not set/,
      ],
    },
    unknown: { blocks: { loadBalancers: UNKNOWN_LIST } },
  });
  stackTable(rules, "ecs-bluegreen-rule-weights", {
    good: STACK,
    compliant: { rolling: { service: { props: ROLLING }, test: { opts: {} } } },
    violating: { "not left": [{ test: { opts: {} } }, /ignoreChanges lacks actions/] },
    unknown: { "which rules": { service: { references: {} } } },
  });
  const ruleArn = (id: string) =>
    `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/crm/1/2/${id}`;
  stackTable(rules, "ecs-bluegreen-listener-rules", {
    good: STACK,
    compliant: {
      "known ARNs": {
        service: {
          props: advanced({
            productionListenerRule: ruleArn("a"),
            testListenerRule: ruleArn("b"),
          }),
        },
      },
    },
    violating: {
      "the ARN of a listener": [
        { service: { props: advanced({ productionListenerRule: "arn:aws:e:r:1:listener/app" }) } },
        /productionListenerRule is not the ARN of a listener rule/,
      ],
      "a listener by reference": [
        { service: { references: { loadBalancers: ["blue", "green", "listener", "test"] } } },
        /refers to the listener listener/,
      ],
      "none for tests": [
        { service: { props: advanced({ testListenerRule: undefined }) } },
        /testListenerRule is not set/,
      ],
      "one for both": [
        {
          service: {
            props: advanced({
              productionListenerRule: ruleArn("a"),
              testListenerRule: ruleArn("a"),
            }),
          },
        },
        /both listener rules are the same/,
      ],
      "one for both by reference": [
        { service: { references: { loadBalancers: ["blue", "green", "test"] } } },
        /fewer listener rules/,
      ],
    },
    unknown: { "which rules": { service: { references: {} } } },
  });
  stackTable(rules, "ecs-bluegreen-target-groups", {
    good: STACK,
    violating: {
      "one in a rule": [
        { production: { references: { actions: ["blue"] } } },
        /actions lack a target group of service/,
      ],
      "one in all": [
        { service: { references: { loadBalancers: ["blue", "production", "test"] } } },
        /fewer than 2 target groups/,
      ],
    },
    unknown: {
      "of the service": { service: { references: {} } },
      "of a rule": { test: { props: { actions: UNKNOWN_LIST }, references: {} } },
    },
  });
  const roles = (traffic: string, hook: string) => ({
    props: {
      ...advanced({ roleArn: `${ARN}/${traffic}` }),
      ...configured({ lifecycleHooks: [{ ...HOOK, roleArn: `${ARN}/${hook}` }] }),
    },
  });
  stackTable(rules, "ecs-bluegreen-roles", {
    good: STACK,
    compliant: {
      "by reference": {
        service: {
          props: {
            ...advanced({ roleArn: UNKNOWN_TEXT }),
            ...configured({ lifecycleHooks: [{ ...HOOK, roleArn: UNKNOWN_TEXT }] }),
          },
          references: { loadBalancers: ["traffic"], deploymentConfiguration: ["hooks"] },
        },
      },
    },
    violating: {
      crossed: [
        { service: roles("crm-hooks", "crm-traffic") },
        /the role hooks may not call elasticloadbalancing:ModifyRule/,
      ],
      one: [{ service: roles("crm-traffic", "crm-traffic") }, /use two roles/],
      "without rights": [{ mayCall: undefined }, /role hooks may not call lambda:InvokeFunction/],
    },
    unknown: { rights: { mayCall: { props: { policy: UNKNOWN_TEXT } } } },
  });
  stackTable(rules, "ecs-bluegreen-alarms", {
    good: STACK,
    compliant: { rolling: { service: { props: ROLLING }, alarm: undefined } },
    violating: {
      off: [
        { service: { props: { alarms: { ...PROPS.alarms, enable: false } } } },
        /alarms.enable is not true/,
      ],
      none: [
        { service: { props: { alarms: { ...PROPS.alarms, alarmNames: [] } } } },
        /alarmNames is empty/,
      ],
      missing: [{ alarm: undefined }, /crm-auth-errors, which is not an alarm of the stack/],
      slow: [{ alarm: { props: { period: 300 } } }, /fires after 10 minutes.*bake time is 10/],
      "slow by a metric": [
        {
          alarm: {
            props: { period: undefined, metricQueries: [{ metric: { period: 900 } }] },
          },
        },
        /fires after 30 minutes/,
      ],
    },
    unknown: {
      names: { service: { props: { alarms: { ...PROPS.alarms, alarmNames: UNKNOWN_LIST } } } },
      period: { alarm: { props: { period: UNKNOWN_TEXT } } },
    },
  });
});
