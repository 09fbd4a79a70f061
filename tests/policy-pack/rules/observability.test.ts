import { observabilityRules } from "../../../policy-pack/rules/observability";
import { ruleTable, type Sample, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";

const [actions, coverage] = observabilityRules;

const type = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:crm-alert-notifications";

const alarm = (metricName: string, dimensions: Record<string, string>, name = metricName) =>
  ({
    type,
    name: `alarm-${name}`,
    props: { metricName, dimensions, alarmActions: [TOPIC] },
  }) satisfies Sample;

const composite = (name: string, props: Sample["props"]) =>
  ({
    ...{ type: "aws:cloudwatch/compositeAlarm:CompositeAlarm", name },
    props: { alarmName: name, ...props },
  }) satisfies Sample;

const queue: Sample = { type: "aws:sqs/queue:Queue", name: "mails", props: { name: "crm-mails" } };
const age = (name: string) => alarm("ApproximateAgeOfOldestMessage", { QueueName: name });

const database: Sample = {
  type: "aws:rds/instance:Instance",
  props: { identifier: "crm-primary" },
};
const databaseAlarms = [
  "CPUUtilization",
  "FreeStorageSpace",
  "DatabaseConnections",
  "FreeableMemory",
].map((metric) => alarm(metric, { DBInstanceIdentifier: "crm-primary" }));

const gateway = (name: string): Sample => ({ type: "aws:ec2/natGateway:NatGateway", name });
const ports = (references?: Sample["references"]): Sample => ({
  ...alarm("ErrorPortAllocation", { NatGatewayId: UNKNOWN_TEXT }),
  references,
});

describe("policy pack: observability", () => {
  ruleTable(actions!, [
    { compliant: "a topic", type, props: { alarmActions: [TOPIC] } },
    {
      compliant: "a composite alarm with a topic",
      type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
      props: { alarmActions: [TOPIC], actionsEnabled: true },
    },
    {
      compliant: "a part of a composite alarm with a topic",
      resources: [
        composite("whole", { alarmRule: 'ALARM("part")', alarmActions: [TOPIC] }),
        composite("part", {}),
      ],
    },
    {
      violating: "a part of a composite alarm without a topic",
      says: /alarmActions is not set/,
      resources: [composite("whole", { alarmRule: 'ALARM("part")' }), composite("part", {})],
    },
    {
      violating: "a composite alarm whose name is in another one's",
      says: /alarmActions is not set/,
      resources: [
        composite("whole", { alarmRule: 'ALARM("party")', alarmActions: [TOPIC] }),
        composite("part", {}),
      ],
    },
    { violating: "no action", type, props: {}, says: /alarmActions is not set; name a topic/ },
    { violating: "an empty list", type, props: { alarmActions: [] }, says: /alarmActions/ },
    {
      violating: "actions that are off",
      type,
      props: { alarmActions: [TOPIC], actionsEnabled: false },
      says: /actionsEnabled is false; remove it/,
    },
    {
      unknown: "whether actions are on",
      type,
      props: { alarmActions: [TOPIC], actionsEnabled: UNKNOWN_FLAG },
    },
    { unknown: "the topic's ARN", passes: true, type, props: { alarmActions: [UNKNOWN_TEXT] } },
    { otherType: "a dashboard", type: "aws:cloudwatch/dashboard:Dashboard" },
  ]);

  ruleTable(coverage!, [
    { compliant: "a queue whose age is watched", resources: [queue, age("crm-mails")] },
    {
      compliant: "a queue whose depth is watched",
      resources: [queue, alarm("ApproximateNumberOfMessagesVisible", { QueueName: "crm-mails" })],
    },
    { compliant: "a database", resources: [database, ...databaseAlarms] },
    {
      compliant: "a cache by its nodes, in an expression",
      resources: [
        {
          type: "aws:elasticache/replicationGroup:ReplicationGroup",
          props: { replicationGroupId: "crm-redis" },
        },
        {
          type,
          props: {
            metricQueries: ["DatabaseMemoryUsagePercentage", "Evictions", "ReplicationLag"].map(
              (metricName) => ({
                metric: { metricName, dimensions: { CacheClusterId: "crm-redis-0001-001" } },
              }),
            ),
          },
        },
      ],
    },
    {
      violating: "replicas of a cache that states its nodes",
      resources: [
        {
          type: "aws:elasticache/replicationGroup:ReplicationGroup",
          props: { replicationGroupId: "crm-redis", numCacheClusters: 2 },
        },
      ],
      says: /ReplicationLag/,
    },
    {
      compliant: "a gateway by reference",
      resources: [gateway("nat-1"), ports({ dimensions: ["nat-1"] })],
    },
    {
      compliant: "a distribution that nobody has to watch",
      resources: [{ type: "aws:cloudfront/distribution:Distribution", name: "crm-maintenance" }],
      config: { unwatched: ["maintenance$"] },
    },
    {
      violating: "a queue that somebody works on, of which only the depth is watched",
      resources: [
        { ...queue, props: { ...queue.props, redrivePolicy: "{}" } },
        alarm("ApproximateNumberOfMessagesVisible", { QueueName: "crm-mails" }),
      ],
      says: /no alarm watches its ApproximateAgeOfOldestMessage; add one/,
    },
    {
      violating: "a service whose tasks nobody counts",
      resources: [
        { type: "aws:ecs/service:Service", props: { name: "crm-core" } },
        alarm("CPUUtilization", { ServiceName: "crm-core" }),
      ],
      says: /no alarm watches its RunningTaskCount/,
    },
    {
      compliant: "a service whose tasks are counted",
      resources: [
        { type: "aws:ecs/service:Service", props: { name: "crm-core" } },
        alarm("RunningTaskCount", { ServiceName: "crm-core" }),
      ],
    },
    {
      violating: "a function whose time nobody watches",
      resources: [
        { type: "aws:lambda/function:Function", props: { name: "crm-mail" } },
        alarm("Errors", { FunctionName: "crm-mail" }),
        alarm("Throttles", { FunctionName: "crm-mail" }),
      ],
      says: /no alarm watches its Duration/,
    },
    {
      violating: "a queue that nobody watches",
      resources: [queue, age("crm-other")],
      says: /no alarm watches its ApproximateNumberOfMessagesVisible or ApproximateAgeOfOldestMessage/,
    },
    {
      violating: "a database without an alarm on its storage",
      resources: [database, ...databaseAlarms.filter((_, index) => index !== 1)],
      says: /no alarm watches its FreeStorageSpace; add one/,
    },
    {
      violating: "a replica without an alarm on its lag",
      resources: [
        { ...database, props: { ...database.props, replicateSourceDb: "crm" } },
        ...databaseAlarms,
      ],
      says: /ReplicaLag/,
    },
    {
      violating: "a second gateway",
      resources: [gateway("nat-1"), gateway("nat-2"), ports({ dimensions: ["nat-1"] })],
      says: /ErrorPortAllocation/,
    },
    {
      violating: "a load balancer under its old token",
      resources: [{ type: "aws:alb/loadBalancer:LoadBalancer", props: {} }],
      says: /HTTPCode_ELB_5XX_Count/,
    },
    { unknown: "which gateway is meant", resources: [gateway("nat-1"), ports()] },
    {
      unknown: "the queue's own name",
      resources: [{ ...queue, props: { name: UNKNOWN_TEXT } }, age("crm-other")],
    },
    {
      violating: "the queue's own name, while the alarm is another's",
      resources: [
        { ...queue, props: { name: UNKNOWN_TEXT } },
        { ...queue, name: "other", props: { name: "crm-other" } },
        age("crm-other"),
      ],
      says: /no alarm watches its ApproximateNumber/,
    },
    {
      unknown: "the metric",
      resources: [queue, alarm(UNKNOWN_TEXT, { QueueName: "crm-mails" })],
    },
    {
      unknown: "the expression",
      resources: [queue, { type, props: { metricQueries: UNKNOWN_TEXT } }],
    },
    {
      unknown: "kind of load balancer",
      resources: [
        {
          type: "aws:lb/loadBalancer:LoadBalancer",
          props: { loadBalancerType: UNKNOWN_TEXT },
        },
      ],
    },
    {
      otherType: "a bucket and a network load balancer",
      resources: [
        { type: "aws:s3/bucket:Bucket" },
        { type: "aws:lb/loadBalancer:LoadBalancer", props: { loadBalancerType: "network" } },
      ],
    },
  ]);
});
