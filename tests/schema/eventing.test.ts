import assert from "node:assert/strict";

import { eventingSchema } from "../../schema/eventing";
import { eventingRules } from "../../schema/eventing-rules";
import { eventingConfig, eventingInput } from "../support/eventing";

/** `path: expected` of what the schema or the rules refuse after a change. */
function problems(change: (input: Record<string, any>) => void = () => undefined): string[] {
  const input = eventingInput();
  change(input);
  const parsed = eventingSchema.safeParse(input);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  }
  const found: string[] = [];
  eventingRules(parsed.data, (path, _given, expected) =>
    found.push(`${path.join(".")}: ${expected}`),
  );
  return found;
}

describe("schema of crm:eventing", () => {
  it("accepts the document's queues, topics and functions", () => {
    assert.deepEqual(problems(), []);
  });

  it("keeps messages for 14 days unless told otherwise", () => {
    const queue = eventingConfig().queues["email-notifications"]!;
    assert.equal(queue.messageRetentionSeconds, 14 * 24 * 3600);
    assert.deepEqual(queue.deadLetter, { name: "dlq-email", maxReceiveCount: 3 });
  });

  const function_ = (input: Record<string, any>, name = "social-data-processor") =>
    input["functions"][name];
  const cases: [string, (input: Record<string, any>) => void, string][] = [
    [
      "a visibility time-out below the function's time-out",
      (input) => (input["queues"]["social-processing"].visibilityTimeoutSeconds = 299),
      "queues.social-processing.visibilityTimeoutSeconds: at least 300 seconds, the timeout of function social-data-processor",
    ],
    [
      "a visibility time-out above SQS's limit",
      (input) => (input["queues"]["email-notifications"].visibilityTimeoutSeconds = 43201),
      "queues.email-notifications.visibilityTimeoutSeconds: a whole number from 0 to 43200 seconds",
    ],
    [
      "a retention above 14 days",
      (input) => (input["queues"]["email-notifications"].messageRetentionSeconds = 1209601),
      "queues.email-notifications.messageRetentionSeconds: a whole number from 60 to 1209600 seconds",
    ],
    [
      "a queue's name with capitals",
      (input) => (input["queues"]["Email"] = { visibilityTimeoutSeconds: 30 }),
      "queues.Email: settings by name",
    ],
    [
      "a batch of more than 10 without a window",
      (input) =>
        Object.assign(function_(input).triggers.queue, { batchSize: 11, windowSeconds: 0 }),
      "functions.social-data-processor.triggers.queue.windowSeconds: at least 1 second for a batch of more than 10 messages",
    ],
    [
      "more calls for a queue than are reserved",
      (input) => (function_(input).triggers.queue.maximumConcurrency = 21),
      "functions.social-data-processor.triggers.queue.maximumConcurrency: at most the function's reservedConcurrency 20",
    ],
    [
      "a trigger by a queue that is not there",
      (input) => (function_(input).triggers.queue.queue = "social"),
      "functions.social-data-processor.triggers.queue.queue: one of the queues: email-notifications, social-processing, analytics-computation, notification-processor",
    ],
    [
      "two functions that read one queue",
      (input) =>
        (function_(input, "report-generator").triggers = {
          queue: { queue: "analytics-computation", maximumConcurrency: 2 },
        }) && (function_(input).triggers.queue.queue = "analytics-computation"),
      "functions.report-generator.triggers.queue.queue: a queue that function social-data-processor does not read",
    ],
    [
      "more provisioned than reserved concurrency",
      (input) => (function_(input).provisionedConcurrency.capacity = 21),
      "functions.social-data-processor.provisionedConcurrency.capacity: at most the function's reservedConcurrency 20",
    ],
    [
      "provisioned concurrency where nothing is reserved",
      (input) => (input["reserveConcurrency"] = false),
      "functions.social-data-processor.provisionedConcurrency: none where reserveConcurrency is false",
    ],
    [
      "peak hours of no length",
      (input) => (function_(input).provisionedConcurrency.until = "09:00"),
      "functions.social-data-processor.provisionedConcurrency.until: another time than from, 09:00",
    ],
    [
      "a time of day that is none",
      (input) => (function_(input).provisionedConcurrency.from = "24:00"),
      "functions.social-data-processor.provisionedConcurrency.from: a time of day such as 09:00",
    ],
    [
      "a time zone that is none",
      (input) => (input["timeZone"] = "America/New_Amsterdam"),
      "timeZone: a time zone such as America/New_York",
    ],
    [
      "a rate without a number",
      (input) =>
        (function_(input, "analytics-aggregator").triggers.schedule.expression = "rate(hours)"),
      "functions.analytics-aggregator.triggers.schedule.expression: 1 minute, 1 hour, 1 day, or a larger whole number of minutes, hours, days in rate",
    ],
    [
      "a phone number that is not E.164",
      (input) => (input["topics"]["alert-notifications"].subscriptions[1].sms = "1234567890"),
      "topics.alert-notifications.subscriptions.1.sms: a phone number in E.164 form such as +12025550123, in quotes",
    ],
    [
      "a mailbox that is none",
      (input) => (input["topics"]["alert-notifications"].subscriptions[0].email = "alerts"),
      "topics.alert-notifications.subscriptions.0.email: a mailbox such as team@example.com",
    ],
    [
      "a subscription with two receivers",
      (input) =>
        (input["topics"]["alert-notifications"].subscriptions[0].queue = "notification-processor"),
      "topics.alert-notifications.subscriptions.0: one of email, sms, queue, https, slack",
    ],
    [
      "a phone twice in a topic",
      (input) => {
        const list = input["topics"]["alert-notifications"].subscriptions;
        list.push({ sms: list[1].sms });
      },
      "topics.alert-notifications.subscriptions.2: another receiver than +1234567890, which the topic has already",
    ],
    [
      "two mailboxes that differ in their punctuation only",
      (input) =>
        input["topics"]["alert-notifications"].subscriptions.push(
          { email: "on-call@example.com" },
          { email: "on.call@example.com" },
        ),
      "topics.alert-notifications.subscriptions.3: another receiver than on-call@example.com, which the topic has already",
    ],
    [
      "a channel in two workspaces",
      (input) => {
        const slack = (workspaceId: string) => ({ slack: { workspaceId, channelId: "C0123ABCD" } });
        input["topics"]["alert-notifications"].subscriptions.push(slack("T0123ABCD"));
        input["topics"]["system-notifications"].subscriptions.push(slack("T9999ABCD"));
      },
      "topics.alert-notifications.subscriptions.2.slack.workspaceId: T9999ABCD, as elsewhere",
    ],
    [
      "a webhook without encryption",
      (input) =>
        (input["topics"]["alert-notifications"].subscriptions[0] = { https: "http://example.com" }),
      "topics.alert-notifications.subscriptions.0.https: an address such as https://example.com/alarms, without a user, a query or a secret key",
    ],
    [
      "a webhook with a password",
      (input) =>
        (input["topics"]["alert-notifications"].subscriptions[0] = {
          https: "https://user:key@example.com",
        }),
      "topics.alert-notifications.subscriptions.0.https: an address such as https://example.com/alarms, without a user, a query or a secret key",
    ],
    [
      "a webhook with a key in its path",
      (input) =>
        (input["topics"]["alert-notifications"].subscriptions[0] = {
          https: "https://events.example.com/integration/0123456789abcdef0123456789abcdef/enqueue",
        }),
      "topics.alert-notifications.subscriptions.0.https: an address such as https://example.com/alarms, without a user, a query or a secret key",
    ],
    [
      "a webhook with a UUID in its path",
      (input) =>
        (input["topics"]["alert-notifications"].subscriptions[0] = {
          https: "https://example.com/hooks/1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        }),
      "topics.alert-notifications.subscriptions.0.https: an address such as https://example.com/alarms, without a user, a query or a secret key",
    ],
    [
      "a filter of alarms that looks where they have no name",
      (input) =>
        (input["topics"]["alert-notifications"].subscriptions[0] = {
          https: "https://example.com/alarms",
          filterPolicy: { AlarmName: ["crm-customers-affected"] },
        }),
      "topics.alert-notifications.subscriptions.0.filterScope: MessageBody, where an alarm has its AlarmName",
    ],
    [
      "a channel with a filter",
      (input) =>
        (input["topics"]["alert-notifications"].subscriptions[0] = {
          slack: { workspaceId: "T0123ABCD", channelId: "C0123ABCD" },
          filterPolicy: { severity: ["high"] },
        }),
      "topics.alert-notifications.subscriptions.0.filterPolicy: none: a channel gets all messages",
    ],
    [
      "a subscription of a queue that is not there",
      (input) => (input["topics"]["system-notifications"].subscriptions[1].queue = "processor"),
      "topics.system-notifications.subscriptions.1.queue: one of the queues: email-notifications, social-processing, analytics-computation, notification-processor",
    ],
    [
      "ElastiCache as publisher to an encrypted topic",
      (input) => (input["topics"]["notifications"].encrypted = true),
      "topics.notifications.encrypted: false for a topic that elasticache publishes to",
    ],
    [
      "a topic without encryption for anyone but ElastiCache",
      (input) => (input["topics"]["alert-notifications"].encrypted = false),
      "topics.alert-notifications.encrypted: true unless elasticache alone publishes",
    ],
    [
      "a platform without the topic of its alarms",
      (input) => delete input["topics"]["alert-notifications"],
      "topics.alert-notifications: the topic to which the platform itself reports",
    ],
    [
      "a topic that EventBridge may not tell of failed backups",
      (input) => (input["topics"]["alert-notifications"].publishers = ["cloudwatch"]),
      "topics.alert-notifications.publishers: at least cloudwatch and events, which report here",
    ],
    [
      "a function with the name of one of the platform's own",
      (input) => {
        input["functions"]["deployment-gate"] = {
          ...function_(input, "analytics-aggregator"),
          triggers: { schedule: { expression: "rate(1 hour)" } },
        };
      },
      "functions: a name that no function of the platform itself has",
    ],
    [
      "a queue with the name of the platform's own",
      (input) =>
        (input["queues"]["dlq-configuration-backup"] = {
          visibilityTimeoutSeconds: 30,
        }),
      "queues.dlq-configuration-backup: a name that a function of the platform itself does not have",
    ],
    [
      "a runtime that AWS no longer patches",
      (input) => (function_(input).runtime = "nodejs18.x"),
      "functions.social-data-processor.runtime: one of nodejs22.x, nodejs24.x, python3.12, python3.13, python3.14, as Lambda has deprecated it",
    ],
    [
      "the document's runtime of the aggregator",
      (input) => (function_(input, "analytics-aggregator").runtime = "python3.9"),
      "functions.analytics-aggregator.runtime: one of nodejs22.x, nodejs24.x, python3.12, python3.13, python3.14, as Lambda has deprecated it",
    ],
    [
      "a runtime that Lambda does not have",
      (input) => (function_(input).runtime = "nodejs24"),
      "functions.social-data-processor.runtime: one of nodejs22.x, nodejs24.x, python3.12, python3.13, python3.14",
    ],
    [
      "a database read from outside the VPC",
      (input) => (function_(input).vpc = false),
      "functions.social-data-processor.vpc: true for a function that reads databaseUrl",
    ],
    [
      "a dead-letter queue with another queue's name",
      (input) =>
        (input["queues"]["analytics-computation"].deadLetter = { name: "dlq-social-processor" }),
      "queues.analytics-computation.deadLetter.name: a name that queue social-processing's dead-letter queue does not have",
    ],
    [
      "objects of one bucket that call two functions",
      (input) =>
        (function_(input, "analytics-aggregator").triggers.objectCreated = {
          bucket: "report-requests",
          prefix: "hourly/",
        }),
      "functions.report-generator.triggers.objectCreated.prefix: a prefix or a suffix that does not overlap with function analytics-aggregator's",
    ],
    [
      "an access that a queue does not know",
      (input) => (function_(input).links[0].access = "read"),
      "functions.social-data-processor.links.0.access: send, receive or send-receive for a queue",
    ],
    [
      "a link with two targets",
      (input) => (function_(input).links[0].topic = "alert-notifications"),
      "functions.social-data-processor.links.0: one of bucket, queue, topic",
    ],
    [
      "two links to one target",
      (input) =>
        (function_(input, "report-generator").links = [
          { bucket: "report-requests", access: "read" },
          { bucket: "report-requests", access: "write" },
        ]),
      "functions.report-generator.links.1.bucket: a bucket without another link in the list",
    ],
    [
      "two links that set one variable",
      (input) =>
        (function_(input, "report-generator").links = [
          { queue: "orders.fifo", access: "send" },
          { queue: "orders-fifo", access: "send" },
        ]),
      "functions.report-generator.links.1.queue: no link beside queue orders.fifo: both set ORDERS_FIFO_QUEUE_URL",
    ],
    [
      "an environment variable that Lambda owns",
      (input) => (function_(input).environment = { AWS_REGION: "us-east-1" }),
      "functions.social-data-processor.environment.AWS_REGION: settings by name",
    ],
  ];
  for (const [what, change, expected] of cases) {
    it(`refuses ${what}`, () => {
      const found = problems(change);
      assert.equal(found.length, 1, found.join("\n"));
      assert.equal(found[0], expected);
    });
  }

  // Lambda Developer Guide, "Lambda quotas": 4 KB for all environment variables of a function. Lambda's own refusal prints what it
  // measures, JSON: `exceeded the 4KB limit. String measured: {"POWERTOOLS_LOGGER_LOG_EVENT":"true",...`
  // (github-aws-runners/terraform-aws-github-runner#3594).
  it("accepts a long environment value, and names the limit of all where they are longer", () => {
    const long = (characters: number) =>
      problems((input) => (function_(input).environment = { RULES: "a".repeat(characters) }));
    assert.deepEqual(long(1100), []);
    assert.deepEqual(long(4096 - '{"RULES":""}'.length), []);
    const expected = "at most 4096 bytes as JSON of all names and values";
    const refused = [`functions.social-data-processor.environment: ${expected}`];
    assert.deepEqual(long(4097 - '{"RULES":""}'.length), refused);
    const many = problems((input) => {
      const names = Array.from({ length: 60 }, (_, index) => `V${index + 10}`);
      function_(input).environment = Object.fromEntries(
        names.map((name) => [name, "x".repeat(61)]),
      );
    });
    // 3,840 bytes of names and values, 4,201 of JSON.
    assert.deepEqual(many, refused);
    const quoted = problems((input) => {
      function_(input).environment = { RULES: '"'.repeat(2100) };
    });
    assert.deepEqual(quoted, refused);
  });
});
