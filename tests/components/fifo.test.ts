/** FIFO queues and topics, and what depends on their names. */
import assert from "node:assert/strict";

import { eventingSchema } from "../../schema/eventing";
import { eventingInput, planEventing } from "../support/eventing";
import { arns } from "../support/fixtures";
import type { Recording } from "../support/mocks";

const QUEUE = "aws:sqs/queue:Queue";

describe("FIFO queues and topics of crm:eventing", () => {
  let plan!: Recording;
  before(async () => {
    const input: Record<string, any> = eventingInput();
    const fifo = { contentBasedDeduplication: true, highThroughput: true };
    input["queues"]["orders.fifo"] = { visibilityTimeoutSeconds: 600, fifo };
    input["queues"]["plain.fifo"] = { visibilityTimeoutSeconds: 600 };
    input["topics"]["placed.fifo"] = { fifo, subscriptions: [{ queue: "orders.fifo" }] };
    input["functions"]["order-writer"] = {
      ...input["functions"]["social-data-processor"],
      links: [{ topic: "placed.fifo", access: "publish" }],
      triggers: { queue: { queue: "orders.fifo", maximumConcurrency: 2 } },
    };
    plan = await planEventing(eventingSchema.parse(input));
  });

  it("are FIFO, and so are their dead-letter queues, with the same scope of duplicates", () => {
    for (const [name, physical, byContent] of [
      ["orders.fifo", "crm-orders.fifo", true],
      ["orders.fifo-dead-letters", "crm-dlq-orders.fifo", false],
      ["placed.fifo-dead-letters", "crm-dlq-placed.fifo", false],
    ] as const) {
      const { inputs } = plan.get(QUEUE, `crm-eventing-${name}`);
      assert.equal(inputs["name"], physical);
      assert.equal(inputs["fifoQueue"], true);
      assert.equal(inputs["contentBasedDeduplication"], byContent, name);
      assert.equal(inputs["deduplicationScope"], "messageGroup");
      assert.equal(inputs["fifoThroughputLimit"], "perMessageGroupId");
    }
    const plain = plan.get(QUEUE, "crm-eventing-plain.fifo").inputs;
    assert.deepEqual([plain["fifoQueue"], plain["deduplicationScope"]], [true, undefined]);
    const standard = plan.get(QUEUE, "crm-eventing-email-notifications").inputs;
    assert.equal("fifoQueue" in standard, false);
  });

  it("deliver from topic to queue", () => {
    const { inputs } = plan.get("aws:sns/topic:Topic", "crm-eventing-placed.fifo");
    assert.deepEqual(
      [
        inputs["name"],
        inputs["fifoTopic"],
        inputs["contentBasedDeduplication"],
        inputs["fifoThroughputScope"],
      ],
      ["crm-placed.fifo", true, true, "MessageGroup"],
    );
    const [subscription] = plan
      .ofType("aws:sns/topicSubscription:TopicSubscription")
      .filter((one) => one.inputs["endpoint"] === arns.queue("crm-orders.fifo"));
    assert.deepEqual(JSON.parse(subscription!.inputs["redrivePolicy"]), {
      deadLetterTargetArn: arns.queue("crm-dlq-placed.fifo"),
    });
  });

  // Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations": a standard SQS queue.
  it("call a function whose own dead-letter queue is a standard one", () => {
    const config = plan.get(
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
      "crm-eventing-order-writer",
    );
    const { destination } = config.inputs["destinationConfig"].onFailure;
    assert.equal(destination, arns.queue("crm-dlq-order-writer"));
    assert.equal(
      plan.get(QUEUE, "crm-eventing-order-writer-dead-letters").inputs["fifoQueue"],
      undefined,
    );
  });

  it("are linked by variables and statements with names that are allowed", () => {
    const { variables } = plan.get("aws:lambda/function:Function", "crm-eventing-order-writer")
      .inputs["environment"];
    assert.equal(variables["PLACED_FIFO_TOPIC_ARN"], arns.topic("crm-placed.fifo"));
    const { policy } = plan.get(
      "aws:iam/rolePolicy:RolePolicy",
      "crm-eventing-order-writer-role",
    ).inputs;
    const sids: string[] = JSON.parse(policy).Statement.map(({ Sid }: { Sid: string }) => Sid);
    assert.ok(
      sids.every((sid) => /^[A-Za-z0-9]+$/.test(sid)),
      sids.join(),
    );
  });
});
