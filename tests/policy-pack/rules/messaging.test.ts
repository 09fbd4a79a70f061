import { messagingRules } from "../../../policy-pack/rules/messaging";
import { companionRows, documentOf, ruleOf } from "../rows";
import { ruleTable, type Sample, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";

const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const BUS = "aws:cloudwatch/eventBus:EventBus";
const BUS_POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";
const PERMISSION = "aws:cloudwatch/eventPermission:EventPermission";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const rule = (id: string) => ruleOf(messagingRules, id);
const otherType = { otherType: "a role", type: "aws:iam/role:Role" };

const tls = (Action: string) => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const send = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: "*",
};

describe("policy pack: messaging", () => {
  ruleTable(rule("sqs-encrypted"), [
    { compliant: "by SQS", type: QUEUE },
    {
      compliant: "by a key",
      type: QUEUE,
      props: { kmsMasterKeyId: UNKNOWN_TEXT, sqsManagedSseEnabled: false },
    },
    {
      violating: "switched off",
      type: QUEUE,
      props: { sqsManagedSseEnabled: false },
      says: /sqsManagedSseEnabled is false; set kmsMasterKeyId/,
    },
    // SQS Developer Guide, Configuring SSE-SQS: the default holds only for a queue without encryption attributes.
    {
      violating: "a key's period without the key",
      type: QUEUE,
      props: { kmsDataKeyReusePeriodSeconds: 300 },
      says: /kmsDataKeyReusePeriodSeconds is set without a key.*remove it/,
    },
    {
      compliant: "a key's period, and SQS's own keys",
      type: QUEUE,
      props: { kmsDataKeyReusePeriodSeconds: 300, sqsManagedSseEnabled: true },
    },
    { unknown: "switch", type: QUEUE, props: { sqsManagedSseEnabled: UNKNOWN_FLAG } },
    otherType,
  ]);

  const dead = "arn:aws:sqs:us-east-1:123456789012:crm-dead";
  ruleTable(rule("sqs-dlq"), [
    ...companionRows(
      { type: QUEUE },
      "aws:sqs/redrivePolicy:RedrivePolicy",
      "queueUrl",
      {},
      /redrivePolicy is not set/,
    ),
    {
      compliant: "one, and the queue that it names",
      resources: [
        { type: QUEUE, props: { redrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }) } },
        { type: QUEUE, props: { name: "crm-dead" } },
      ],
    },
    {
      compliant: "one that takes what others give up",
      resources: [{ type: QUEUE, props: { redriveAllowPolicy: UNKNOWN_TEXT } }],
    },
    { violating: "none", resources: [{ type: QUEUE }], says: /redrivePolicy is not set/ },
  ]);

  for (const [id, type, policy, property, action] of [
    ["sqs-tls-only", QUEUE, QUEUE_POLICY, "queueUrl", "sqs:SendMessage"],
    ["sns-tls-only", TOPIC, TOPIC_POLICY, "arn", "sns:Publish"],
  ] as const) {
    const service = action.split(":")[0]!;
    ruleTable(rule(id), [
      ...companionRows(
        { type },
        policy,
        property,
        { policy: documentOf(tls(`${service}:*`)) },
        /add that statement/,
      ),
      { compliant: "inline", resources: [{ type, props: { policy: documentOf(tls(action)) } }] },
      {
        violating: "another action",
        resources: [{ type, props: { policy: documentOf(tls(`${service}:Tag*`)) } }],
        says: /denies .* where aws:SecureTransport is "false"/,
      },
      { unknown: "document", resources: [{ type, props: { policy: UNKNOWN_TEXT } }] },
    ]);
  }

  ruleTable(rule("sqs-policy-not-public"), [
    { compliant: "a service", type: QUEUE_POLICY, props: { policy: documentOf(send) } },
    { compliant: "TLS", type: QUEUE, props: { policy: documentOf(tls("sqs:*")) } },
    {
      violating: "everybody",
      type: QUEUE,
      props: { policy: documentOf({ ...send, Principal: { AWS: "*" } }) },
      says: /it is public/,
    },
    {
      violating: "everything",
      type: QUEUE_POLICY,
      props: { policy: documentOf({ ...send, Action: "SQS:*" }) },
      says: /it allows all actions; name them/,
    },
    { unknown: "document", type: QUEUE_POLICY, props: { policy: UNKNOWN_TEXT } },
    otherType,
  ]);

  const publish = { Effect: "Allow", Principal: "*", Action: "sns:Publish", Resource: "*" };
  const foreign = { ...publish, Principal: { AWS: "999999999999" } };
  const provider = { allowedAccountIds: '["123456789012"]' };
  ruleTable(rule("sns-policy-not-public"), [
    {
      compliant: "everybody of our account",
      type: TOPIC_POLICY,
      props: {
        policy: documentOf({
          ...publish,
          Condition: { StringEquals: { "aws:SourceOwner": "123456789012" } },
        }),
      },
    },
    {
      compliant: "our account",
      type: TOPIC,
      props: { policy: documentOf({ ...publish, Principal: { AWS: "123456789012" } }) },
      provider,
    },
    {
      violating: "everybody",
      type: TOPIC_POLICY,
      props: { policy: documentOf(publish) },
      says: /it is public/,
    },
    {
      violating: "another account",
      type: TOPIC_POLICY,
      props: { policy: documentOf(foreign) },
      provider,
      says: /it allows account 999999999999/,
    },
    {
      unknown: "whether the account is the stack's own, of which one is known",
      type: TOPIC_POLICY,
      props: { policy: documentOf(foreign) },
      provider: { allowedAccountIds: ["123456789012", UNKNOWN_TEXT] },
    },
    {
      unknown: "whether the account is the stack's own",
      type: TOPIC_POLICY,
      props: { policy: documentOf(foreign) },
      says: /is not known before the first update\. Required by CKV_AWS_385\.$/,
    },
    {
      violating: "another account than the setting's",
      type: TOPIC_POLICY,
      props: { policy: documentOf(foreign) },
      config: { ownAccounts: ["123456789012"] },
      says: /it allows account 999999999999/,
    },
    { unknown: "document", type: TOPIC, props: { policy: UNKNOWN_TEXT } },
    otherType,
  ]);

  const type = "aws:sns/topicSubscription:TopicSubscription";
  const redrivePolicy = JSON.stringify({ deadLetterTargetArn: dead });
  ruleTable(rule("sns-subscription-https"), [
    { compliant: "encrypted and kept", type, props: { protocol: "https", redrivePolicy } },
    { compliant: "mail", type, props: { protocol: "email" } },
    {
      violating: "in clear",
      type,
      props: { protocol: "http", redrivePolicy },
      says: /protocol is "http"; use "https"/,
    },
    {
      violating: "not kept",
      type,
      props: { protocol: "lambda" },
      says: /redrivePolicy is not set/,
    },
    { unknown: "protocol", type, props: { protocol: UNKNOWN_TEXT } },
    otherType,
  ]);

  const put = { Effect: "Allow", Action: "events:PutEvents", Resource: "*" };
  const ours = documentOf({ ...put, Principal: { AWS: "123456789012" } });
  ruleTable(rule("eventbus-policy-not-open"), [
    ...companionRows({ type: BUS }, BUS_POLICY, "eventBusName", { policy: ours }),
    {
      compliant: "everybody of the organization",
      resources: [
        {
          type: PERMISSION,
          props: { principal: "*", condition: { key: "aws:PrincipalOrgID", value: "o-1" } },
        },
      ],
    },
    {
      violating: "everybody",
      resources: [{ type: BUS_POLICY, props: { policy: documentOf({ ...put, Principal: "*" }) } }],
      says: /it is public/,
    },
    {
      violating: "everybody, by a permission",
      resources: [{ type: PERMISSION, props: { principal: "*" } }],
      says: /principal is "\*"; name the account/,
    },
  ]);

  ruleTable(rule("event-target-dlq"), [
    { compliant: "a target", type: TARGET, props: { deadLetterConfig: { arn: UNKNOWN_TEXT } } },
    {
      compliant: "a schedule",
      type: SCHEDULE,
      props: { target: { deadLetterConfig: { arn: dead } } },
    },
    {
      violating: "a target without",
      type: TARGET,
      says: /deadLetterConfig\.arn is not set; name a dead-letter queue/,
    },
    {
      violating: "a schedule without",
      type: SCHEDULE,
      props: { target: {} },
      says: /target\.deadLetterConfig\.arn is not set/,
    },
    { unknown: "settings", type: TARGET, props: { deadLetterConfig: UNKNOWN_TEXT } },
    otherType,
  ]);

  const allow = (service: string, Action: string) => ({
    Effect: "Allow",
    Principal: { Service: service },
    Action,
    Resource: "*",
  });
  const owner = {
    ...allow("", "sns:*"),
    Principal: { AWS: "*" },
    Condition: { StringEquals: { "AWS:SourceOwner": "123456789012" } },
  };
  const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
  const arn = "arn:aws:sns:us-east-1:123456789012:crm-alerts";
  /** A topic `subject` with a policy of these statements, and what hands something to it. */
  const delivery = (statements: Record<string, unknown>[], sender: Sample) => [
    { type: TOPIC, name: "subject", props: { name: "crm-alerts" } },
    ...(statements.length > 0
      ? [
          {
            type: TOPIC_POLICY,
            props: { arn: UNKNOWN_TEXT, policy: documentOf(...statements) },
            references: { arn: ["subject"] },
          },
        ]
      : []),
    sender,
  ];
  const events = { type: TARGET, props: { arn } };
  const alarm = { type: ALARM, props: { alarmActions: [arn] } };
  ruleTable(rule("delivery-allowed"), [
    {
      compliant: "a rule's events, by the topic's ARN",
      resources: delivery([allow("events.amazonaws.com", "sns:Publish")], events),
    },
    {
      compliant: "a rule's events, by a reference",
      resources: delivery([allow("events.amazonaws.com", "SNS:*")], {
        type: TARGET,
        props: { arn: UNKNOWN_TEXT },
        references: { arn: ["subject"] },
      }),
    },
    { compliant: "an alarm, to a topic as it comes", resources: delivery([], alarm) },
    { compliant: "an alarm, to the owner's topic", resources: delivery([owner], alarm) },
    { compliant: "a topic of others", resources: [events] },
    {
      compliant: "a queue's own policy",
      resources: [
        { type: QUEUE, name: "q", props: { policy: documentOf(send) } },
        { type: TARGET, props: { arn: UNKNOWN_TEXT }, references: { arn: ["q"] } },
      ],
    },
    {
      compliant: "a role that hands it over",
      resources: delivery([], { ...events, props: { arn, roleArn: UNKNOWN_TEXT } }),
    },
    {
      violating: "a rule's events to a topic as it comes",
      resources: delivery([], events),
      says: /arn refers to subject, whose policy does not allow events\.amazonaws\.com sns:Publish/,
    },
    {
      violating: "a rule's events to the owner's topic: EventBridge tells of no owner",
      resources: delivery([owner], events),
      says: /does not allow events\.amazonaws\.com/,
    },
    {
      violating: "an alarm to a topic for others",
      resources: delivery([allow("events.amazonaws.com", "sns:Publish")], alarm),
      says: /alarmActions refers to subject, .* cloudwatch\.amazonaws\.com sns:Publish/,
    },
    {
      violating: "a topic's messages to a queue for others",
      resources: [
        { type: QUEUE, name: "q", props: { policy: documentOf(send) } },
        {
          type: "aws:sns/topicSubscription:TopicSubscription",
          props: { protocol: "sqs", endpoint: UNKNOWN_TEXT },
          references: { endpoint: ["q"] },
        },
      ],
      says: /endpoint refers to q, whose policy does not allow sns\.amazonaws\.com sqs:SendMessage/,
    },
    {
      violating: "undelivered events to a queue without a policy",
      resources: [
        { type: QUEUE, name: "q" },
        {
          type: TARGET,
          props: { arn: "arn:aws:lambda:us-east-1:1:function:f", deadLetterConfig: { arn: dead } },
          references: { deadLetterConfig: ["q"] },
        },
      ],
      says: /deadLetterConfig refers to q/,
    },
    {
      unknown: "the topic's policy",
      resources: [
        { type: TOPIC, name: "subject", props: { name: "crm-alerts", policy: UNKNOWN_TEXT } },
        events,
      ],
    },
    {
      unknown: "whom the policy lets in",
      resources: delivery(
        [{ ...allow("", "sns:Publish"), Principal: { Service: UNKNOWN_TEXT } }],
        events,
      ),
    },
    {
      unknown: "where events go",
      resources: delivery([], { type: TARGET, props: { arn: UNKNOWN_TEXT } }),
    },
    { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] },
  ]);

  ruleTable(rule("eventbus-cmk"), [
    { compliant: "a schedule", type: SCHEDULE, props: { kmsKeyArn: "arn:aws:kms:::key/1" } },
    { violating: "a schedule without", type: SCHEDULE, says: /kmsKeyArn is not set/ },
    { violating: "a bus without", type: BUS, says: /kmsKeyIdentifier is not set/ },
    { unknown: "which", passes: true, type: BUS, props: { kmsKeyIdentifier: UNKNOWN_TEXT } },
    otherType,
  ]);
});
