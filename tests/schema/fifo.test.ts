/** FIFO queues and topics, and filters of new objects: what SQS, SNS, Lambda and S3 take. */
import assert from "node:assert/strict";

import { eventingSchema } from "../../schema/eventing";
import { eventingRules } from "../../schema/eventing-rules";
import { namingRules } from "../../schema/naming-rules";
import { eventingInput } from "../support/eventing";

type Input = Record<string, any>;

/** The document's section with a FIFO topic, its queue and a function that reads it, and a change. */
function problems(change: (input: Input) => void = () => undefined, queueNames = {}): string[] {
  const input: Input = eventingInput();
  const reader = input["functions"]["social-data-processor"];
  input["queues"]["orders.fifo"] = { visibilityTimeoutSeconds: 600, fifo: {} };
  input["topics"]["placed.fifo"] = { subscriptions: [{ queue: "orders.fifo" }] };
  input["functions"]["order-writer"] = {
    ...reader,
    triggers: { queue: { queue: "orders.fifo", maximumConcurrency: 2 } },
  };
  change(input);
  const parsed = eventingSchema.safeParse(input);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  }
  const found: string[] = [];
  const report = (path: readonly (string | number)[], _given: unknown, expected: string) =>
    found.push(`${path.join(".")}: ${expected}`);
  eventingRules(parsed.data, report);
  const naming = { bucketSuffix: "x", environmentLabel: "x", bucketNames: {}, alarmNames: {} };
  namingRules(
    { naming: { ...naming, queueNames, logGroupNames: {} }, eventing: parsed.data },
    report,
  );
  return found;
}

describe("FIFO queues and topics", () => {
  it("are those whose names end with .fifo", () => {
    assert.deepEqual(problems(), []);
    assert.deepEqual(problems(undefined, { "orders.fifo": "crm-placed.fifo" }), []);
  });

  const cases: [
    what: string,
    change: (input: Input) => void,
    expected: string,
    queueNames?: object,
  ][] = [
    [
      "settings of FIFO without such a name",
      ({ queues }) => (queues["email-notifications"].fifo = {}),
      "queues.email-notifications.fifo: no such entry, as email-notifications does not end with .fifo",
    ],
    [
      "a standard dead-letter queue of a FIFO queue",
      ({ queues }) => (queues["orders.fifo"].deadLetter = { name: "dlq-orders" }),
      "queues.orders.fifo.deadLetter.name: a name that ends with .fifo, as the queue's does",
    ],
    [
      "a FIFO dead-letter queue of a standard queue",
      ({ queues }) => (queues["email-notifications"].deadLetter = { name: "dlq-email.fifo" }),
      "queues.email-notifications.deadLetter.name: a name without .fifo, as the queue's",
    ],
    [
      "a FIFO queue behind a standard topic",
      ({ topics }) => topics["system-notifications"].subscriptions.push({ queue: "orders.fifo" }),
      "topics.system-notifications.subscriptions.",
    ],
    [
      "a mailbox behind a FIFO topic",
      ({ topics }) => topics["placed.fifo"].subscriptions.push({ email: "a@example.com" }),
      "topics.placed.fifo.subscriptions.1: a queue: a FIFO topic delivers to queues alone",
    ],
    [
      "an AWS service that publishes to a FIFO topic",
      ({ topics }) => (topics["placed.fifo"].publishers = ["cloudwatch"]),
      "topics.placed.fifo.publishers: none of a FIFO topic: these services publish to standard topics",
    ],
    [
      "a larger batch than Lambda takes of a FIFO queue",
      ({ functions }) => (functions["order-writer"].triggers.queue.batchSize = 11),
      "functions.order-writer.triggers.queue.batchSize: at most 10 messages of a FIFO queue",
    ],
    [
      "a window",
      ({ functions }) => (functions["order-writer"].triggers.queue.windowSeconds = 5),
      "functions.order-writer.triggers.queue.windowSeconds: 0: a FIFO queue's messages are not collected",
    ],
    [
      "a whole name without .fifo",
      () => undefined,
      "naming.queueNames.orders.fifo: a name with .fifo at the end, as orders.fifo",
      { "orders.fifo": "crm-placed" },
    ],
  ];
  for (const [what, change, expected, queueNames] of cases) {
    it(`refuse ${what}`, () => {
      const found = problems(change, queueNames);
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.startsWith(expected), found[0]);
    });
  }
});

// S3 User Guide, "Configuring event notifications using object key name filtering": its valid and invalid examples.
describe("functions that one bucket calls", () => {
  const trigger = (prefix?: string, suffix?: string) => ({
    triggers: { objectCreated: { bucket: "report-requests", prefix, suffix } },
  });
  const overlap = (one: ReturnType<typeof trigger>, two: ReturnType<typeof trigger>) =>
    problems(({ functions }) => {
      const reader = functions["report-generator"];
      delete functions["report-generator"];
      functions["one"] = { ...reader, ...one };
      functions["two"] = { ...reader, ...two };
    }).length === 1;

  it("differ in prefix or in suffix", () => {
    assert.equal(overlap(trigger("images/"), trigger("logs/")), false);
    assert.equal(overlap(trigger(undefined, ".jpg"), trigger(undefined, ".png")), false);
    assert.equal(overlap(trigger("images", ".jpg"), trigger("images", ".png")), false);
  });

  it("are refused where an object could call both", () => {
    assert.equal(overlap(trigger(), trigger("images")), true);
    assert.equal(overlap(trigger(undefined, "jpg"), trigger(undefined, "pg")), true);
    assert.equal(overlap(trigger("images", "jpg"), trigger(undefined, "jpg")), true);
  });
});
