import assert from "node:assert/strict";

import { CrmQueue } from "../../components/eventing/queue";
import { statement, statements } from "../support/eventing";
import { arns, REQUIRED_TAGS, tags } from "../support/fixtures";
import { record } from "../support/mocks";

const QUEUE = "aws:sqs/queue:Queue";
const POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const EMAIL_ARN = "arn:aws:sqs:us-east-1:123456789012:crm-email-notifications";
const DEAD_LETTERS_ARN = "arn:aws:sqs:us-east-1:123456789012:crm-dlq-email";

describe("CrmQueue", () => {
  const plan = (topicArns: string[] = []) =>
    record(
      () =>
        new CrmQueue("email", {
          queueName: "crm-email-notifications",
          deadLetterQueueName: "crm-dlq-email",
          maxReceiveCount: 3,
          visibilityTimeoutSeconds: 300,
          messageRetentionSeconds: 1209600,
          receiveWaitSeconds: 20,
          keyAlias: "alias/crm-messaging",
          topicArns,
          protect: true,
          arns,
          tags: tags("core"),
        }),
      { preview: true },
    );

  it("has the document's values for email notifications", async () => {
    const queue = (await plan()).get(QUEUE, "email");
    assert.equal(queue.inputs["name"], "crm-email-notifications");
    assert.equal(queue.inputs["visibilityTimeoutSeconds"], 300);
    assert.equal(queue.inputs["messageRetentionSeconds"], 1209600);
    assert.equal(queue.inputs["receiveWaitTimeSeconds"], 20);
  });

  it("moves a message to its dead-letter queue after 3 receives, and that queue takes it", async () => {
    const recording = await plan();
    assert.deepEqual(JSON.parse(recording.get(QUEUE, "email").inputs["redrivePolicy"]), {
      deadLetterTargetArn: DEAD_LETTERS_ARN,
      maxReceiveCount: 3,
    });
    const deadLetters = recording.get(QUEUE, "email-dead-letters");
    assert.equal(deadLetters.inputs["name"], "crm-dlq-email");
    assert.equal(deadLetters.inputs["messageRetentionSeconds"], 1209600);
    assert.deepEqual(JSON.parse(deadLetters.inputs["redriveAllowPolicy"]), {
      redrivePermission: "byQueue",
      sourceQueueArns: [EMAIL_ARN],
    });
    assert.ok(recording.get(QUEUE, "email").dependencies.includes(deadLetters.urn));
  });

  it("encrypts both queues with the customer-managed key, protects and tags them", async () => {
    for (const queue of (await plan()).ofType(QUEUE)) {
      assert.equal(queue.inputs["kmsMasterKeyId"], "alias/crm-messaging");
      assert.equal(queue.protect, true);
      for (const tag of REQUIRED_TAGS) {
        assert.ok(queue.inputs["tags"][tag], tag);
      }
    }
  });

  it("refuses what does not come over TLS, for both queues", async () => {
    const recording = await plan();
    for (const [name, arn] of [
      ["email", EMAIL_ARN],
      ["email-dead-letters", DEAD_LETTERS_ARN],
    ] as const) {
      const all = statements(recording.get(POLICY, name).inputs["policy"]);
      assert.deepEqual(all, [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]);
    }
  });

  it("lets only the topics send that it is given", async () => {
    const topic = "arn:aws:sns:us-east-1:123456789012:crm-system-notifications";
    const policy = (await plan([topic])).get(POLICY, "email").inputs["policy"];
    assert.deepEqual(statement(policy, "SentByTopics"), {
      Sid: "SentByTopics",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: EMAIL_ARN,
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnEquals: { "aws:SourceArn": [topic] },
      },
    });
  });
});
