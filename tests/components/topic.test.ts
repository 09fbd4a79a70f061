import assert from "node:assert/strict";

import { CrmTopic, type CrmTopicArgs } from "../../components/eventing/topic";
import { statement, statements } from "../support/eventing";
import { arns, tags } from "../support/fixtures";
import { record } from "../support/mocks";

const ALERTS = "arn:aws:sns:us-east-1:123456789012:crm-alert-notifications";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

describe("CrmTopic", () => {
  const plan = (change: Partial<CrmTopicArgs> = {}) =>
    record(
      () =>
        new CrmTopic("alerts", {
          topicName: "crm-alert-notifications",
          displayName: "CRM alerts",
          keyAlias: "alias/crm-messaging",
          publishers: ["cloudwatch", "budgets", "costalerts"],
          subscriptions: [
            { protocol: "email", endpoint: "alerts@crm-consulting.com" },
            { protocol: "sms", endpoint: "+1234567890", filterPolicy: { severity: ["high"] } },
          ],
          deadLetterQueueName: "crm-dlq-alert-notifications",
          deadLetterKeyAlias: "alias/crm-messaging",
          protect: true,
          arns,
          tags: tags("eventing"),
          ...change,
        }),
      { preview: true },
    );

  it("is encrypted with the customer-managed key and tagged", async () => {
    const topic = (await plan()).only("aws:sns/topic:Topic");
    assert.equal(topic.inputs["name"], "crm-alert-notifications");
    assert.equal(topic.inputs["kmsMasterKeyId"], "alias/crm-messaging");
    assert.equal(topic.inputs["signatureVersion"], 2);
    assert.equal(topic.inputs["tags"].Component, "eventing");
  });

  it("notifies mailbox and phone, with a filter where one is set", async () => {
    const subscriptions = (await plan()).ofType(SUBSCRIPTION).map((one) => one.inputs);
    assert.deepEqual(
      subscriptions.map((one) => [one["protocol"], one["endpoint"], one["filterPolicy"]]),
      [
        ["email", "alerts@crm-consulting.com", undefined],
        ["sms", "+1234567890", '{"severity":["high"]}'],
      ],
    );
  });

  it("keeps what it cannot deliver in a queue that it may send to", async () => {
    const recording = await plan();
    const arn = "arn:aws:sqs:us-east-1:123456789012:crm-dlq-alert-notifications";
    for (const subscription of recording.ofType(SUBSCRIPTION)) {
      const policy = JSON.parse(subscription.inputs["redrivePolicy"]);
      assert.deepEqual(policy, { deadLetterTargetArn: arn });
    }
    const policy = recording.only("aws:sqs/queuePolicy:QueuePolicy").inputs["policy"];
    assert.equal(statement(policy, "SentByTopics").Resource, arn);
    assert.deepEqual(statement(policy, "SentByTopics").Condition.ArnEquals, {
      "aws:SourceArn": [ALERTS],
    });
    const queue = recording.only("aws:sqs/queue:Queue").inputs;
    assert.deepEqual(JSON.parse(queue["redriveAllowPolicy"]), { redrivePermission: "denyAll" });
  });

  it("lets only the named services of this account publish, over TLS", async () => {
    const policy = (await plan()).only("aws:sns/topicPolicy:TopicPolicy").inputs["policy"];
    assert.deepEqual(
      statements(policy).map((one) => one.Sid),
      ["TlsOnly", "PublishedByCloudwatch", "PublishedByBudgets", "PublishedByCostalerts"],
    );
    for (const one of statements(policy)) {
      assert.equal(one.Action, "sns:Publish");
      assert.equal(one.Resource, ALERTS);
    }
    assert.deepEqual(statement(policy, "TlsOnly").Condition, {
      Bool: { "aws:SecureTransport": "false" },
    });
    assert.deepEqual(statement(policy, "PublishedByCloudwatch").Principal, {
      Service: "cloudwatch.amazonaws.com",
    });
    assert.deepEqual(statement(policy, "PublishedByCloudwatch").Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*" },
    });
    assert.deepEqual(statement(policy, "PublishedByCostalerts").Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
    });
  });

  it("lets ElastiCache publish to a topic without encryption, for this account only", async () => {
    const recording = await plan({ publishers: ["elasticache"], keyAlias: undefined });
    assert.equal(recording.only("aws:sns/topic:Topic").inputs["kmsMasterKeyId"], undefined);
    const policy = recording.only("aws:sns/topicPolicy:TopicPolicy").inputs["policy"];
    assert.deepEqual(statement(policy, "PublishedByElasticache").Condition, {
      StringEquals: { "aws:SourceOwner": "123456789012" },
    });
    const queue = recording.only("aws:sqs/queue:Queue").inputs;
    assert.equal(queue["kmsMasterKeyId"], "alias/crm-messaging");
  });
});
