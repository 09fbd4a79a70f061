import assert from "node:assert/strict";

import type { CrmEventing } from "../../components/eventing";
import { databaseUrls } from "../../platform/function-database";
import { Names } from "../../platform/names";
import { eventingConfig, planEventing, statement, warnings } from "../support/eventing";
import { names, REQUIRED_TAGS } from "../support/fixtures";
import type { Recording } from "../support/mocks";

const QUEUE = "aws:sqs/queue:Queue";
const FUNCTION = "aws:lambda/function:Function";

describe("CrmEventing", () => {
  let plan: Recording;
  before(async () => {
    plan = await planEventing(undefined, { preview: true });
  });

  it("has a queue's whole name wherever the queue is named, and no other name changes", async () => {
    const queueNames = {
      "dlq-email": "dlq-email",
      "dlq-social-processor": "dlq-social-processor",
      "notification-processor": "notification-processor",
      "analytics-computation": "computation",
    };
    const named = await planEventing(undefined, { preview: true }, undefined, undefined, new Names({ ...names["args"], queueNames }));
    const text = (recording: Recording) =>
      JSON.stringify(recording.all.map(({ inputs }) => inputs));
    for (const [part, whole] of Object.entries(queueNames)) {
      const carried = new RegExp(`(?<=[":])crm-${part}(?=["\\\\])`, "g");
      assert.ok((text(plan).match(carried) ?? []).length > 1, part);
      assert.doesNotMatch(text(named), carried);
      assert.ok(text(named).includes(`:${whole}`) || text(named).includes(`"${whole}"`), whole);
    }
    const targetOf = (label: string) => JSON.parse(named.get(QUEUE, `crm-eventing-${label}`).inputs["redrivePolicy"]).deadLetterTargetArn;
    assert.match(targetOf("email-notifications"), /:dlq-email$/);
    assert.match(targetOf("social-processing"), /:dlq-social-processor$/);
    assert.match(targetOf("analytics-computation"), /:crm-dlq-analytics-computation$/);
    const endpoints = named.ofType("aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs["endpoint"]);
    assert.ok(endpoints.some((one) => /:notification-processor$/.test(one)), endpoints.join());
  }); // prettier-ignore

  it("has a log's whole name at the function, in its role and at the log group", async () => {
    const logGroupNames = { "social-data-processor": "/aws/lambda/crm-social-processor" };
    const whole = new Names({ ...names["args"], logGroupNames });
    const named = await planEventing(undefined, { preview: true }, undefined, undefined, whole);
    const on = "crm-eventing-social-data-processor";
    const fn = named.get("aws:lambda/function:Function", on).inputs;
    assert.equal(fn["name"], "crm-social-data-processor");
    assert.equal(fn["loggingConfig"].logGroup, "/aws/lambda/crm-social-processor");
    const log = named.get("aws:cloudwatch/logGroup:LogGroup", on).inputs;
    assert.equal(log["name"], "/aws/lambda/crm-social-processor");
    const role = named.get("aws:iam/rolePolicy:RolePolicy", `${on}-role`).inputs["policy"];
    assert.match(role, /:log-group:\/aws\/lambda\/crm-social-processor:\*/);
    assert.doesNotMatch(role, /lambda\/crm-social-data-processor:/);
  });

  it("has the document's queues", () => {
    const rows = plan
      .ofType(QUEUE)
      .filter((queue) => queue.inputs["redrivePolicy"])
      .map(({ inputs }) => [
        inputs["name"],
        inputs["visibilityTimeoutSeconds"],
        inputs["messageRetentionSeconds"],
        JSON.parse(inputs["redrivePolicy"]).deadLetterTargetArn.split(":").at(-1),
        JSON.parse(inputs["redrivePolicy"]).maxReceiveCount,
      ]);
    assert.deepEqual(rows.sort(), [
      ["crm-analytics-computation", 900, 1209600, "crm-dlq-analytics-computation", 5],
      ["crm-email-notifications", 300, 1209600, "crm-dlq-email", 3],
      ["crm-notification-processor", 300, 1209600, "crm-dlq-notification-processor", 5],
      ["crm-social-processing", 600, 1209600, "crm-dlq-social-processor", 5],
    ]);
  });

  it("notifies a webhook and a chat channel, which has no permissions", async () => {
    const config = eventingConfig((input) => {
      const slack = { workspaceId: "T0123ABCD", channelId: "C0123ABCD" };
      input["topics"]["alert-notifications"].subscriptions.push(
        { https: "https://hooks.example.com/alarms" },
        { slack },
      );
      input["topics"]["system-notifications"].subscriptions.push({ slack });
    });
    const recording = await planEventing(config, { preview: true });
    const webhook = recording
      .ofType("aws:sns/topicSubscription:TopicSubscription")
      .find(({ inputs }) => inputs["protocol"] === "https")!;
    assert.equal(webhook.inputs["endpoint"], "https://hooks.example.com/alarms");
    assert.match(webhook.inputs["redrivePolicy"], /crm-dlq-alert-notifications/);
    // One configuration a channel, whatever the number of topics.
    const { inputs } = recording.only(
      "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
    );
    assert.deepEqual([inputs["slackTeamId"], inputs["slackChannelId"]], ["T0123ABCD", "C0123ABCD"]);
    assert.equal(inputs["snsTopicArns"].length, 2);
    // Without it AWS takes AdministratorAccess.
    assert.deepEqual(inputs["guardrailPolicyArns"], [
      "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess",
    ]);
    const role = recording.get("aws:iam/role:Role", "crm-eventing-chat-c0123abcd-role");
    assert.match(role.inputs["assumeRolePolicy"], /chatbot\.amazonaws\.com/);
    const rights = recording.all.filter(
      ({ type, inputs: given }) =>
        /^aws:iam\/role(Policy|PolicyAttachment):/.test(type) &&
        given["role"] === role.inputs["name"],
    );
    assert.deepEqual(rights, []);
  });

  it("has the document's topics and subscriptions", () => {
    const rows = plan
      .ofType("aws:sns/topicSubscription:TopicSubscription")
      .map(({ name, inputs }) => [
        name.replace(/-(email|sms|sqs)-.*/, ""),
        inputs["protocol"],
        inputs["endpoint"],
        inputs["rawMessageDelivery"],
      ]);
    const queue = "arn:aws:sqs:us-east-1:123456789012:crm-notification-processor";
    assert.deepEqual(rows.sort(), [
      ["crm-eventing-alert-notifications", "email", "alerts@crm-consulting.com", undefined],
      ["crm-eventing-alert-notifications", "sms", "+1234567890", undefined],
      ["crm-eventing-notifications", "sqs", queue, true],
      ["crm-eventing-system-notifications", "email", "admin@crm-consulting.com", undefined],
      ["crm-eventing-system-notifications", "sqs", queue, true],
    ]);
    assert.deepEqual(
      plan
        .ofType("aws:sns/topic:Topic")
        .map(({ inputs }) => [inputs["name"], inputs["kmsMasterKeyId"]])
        .sort(),
      [
        ["crm-alert-notifications", "alias/crm-messaging"],
        ["crm-notifications", undefined],
        ["crm-system-notifications", "alias/crm-messaging"],
      ],
    );
  });

  it("has the document's functions", () => {
    const rows = plan
      .ofType(FUNCTION)
      .map(({ inputs }) => [
        inputs["name"],
        inputs["runtime"],
        inputs["handler"],
        inputs["memorySize"],
        inputs["timeout"],
        inputs["environment"].variables.NODE_ENV,
      ]);
    assert.deepEqual(rows.sort(), [
      ["crm-analytics-aggregator", "python3.13", "app.lambda_handler", 1024, 900, undefined],
      ["crm-report-generator", "nodejs24.x", "report.handler", 2048, 900, "production"],
      ["crm-social-data-processor", "nodejs24.x", "index.handler", 512, 300, "production"],
    ]);
  });

  it("encrypts all with one key that rotates, is protected and bears the alias", () => {
    const key = plan.only("aws:kms/key:Key");
    assert.equal(key.protect, true);
    assert.equal(key.inputs["enableKeyRotation"], true);
    assert.equal(plan.only("aws:kms/alias:Alias").inputs["name"], "alias/crm-messaging");
    for (const queue of plan.ofType(QUEUE)) {
      assert.equal(queue.inputs["kmsMasterKeyId"], "alias/crm-messaging", queue.name);
      assert.equal(queue.protect, true, queue.name);
    }
  });

  it("gives functions rights and variables by their links, in step", () => {
    const environment = (name: string) =>
      plan.get(FUNCTION, `crm-eventing-${name}`).inputs["environment"].variables;
    assert.deepEqual(environment("social-data-processor"), {
      NODE_ENV: "production",
      ANALYTICS_COMPUTATION_QUEUE_URL:
        "https://sqs.us-east-1.amazonaws.com/123456789012/crm-analytics-computation",
      DATABASE_URL_PARAMETER: "/crm/social-data-processor/database-url",
      DATABASE_URL_VERSION: "owner, owner 1, blue 1, green 1",
    });
    assert.deepEqual(environment("report-generator"), {
      NODE_ENV: "production",
      REPORT_REQUESTS_BUCKET: "crm-report-requests-prod",
      ANALYTICS_EXPORTS_BUCKET: "crm-analytics-exports-prod",
    });
    const policy = rolePolicy("report-generator");
    assert.equal(
      statement(policy, "ObjectsReportRequests").Resource,
      "arn:aws:s3:::crm-report-requests-prod/*",
    );
    assert.deepEqual(statement(policy, "KeyReportRequests").Condition, {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-storage" },
    });
    // S3 encrypts this bucket with a key of its own: no key to be allowed.
    assert.throws(() => statement(policy, "KeyAnalyticsExports"), /no statement/);
  });

  it("lets a function read its database's URL as a parameter, and only in the private subnets", () => {
    const policy = rolePolicy("analytics-aggregator");
    assert.deepEqual(statement(policy, "ReadDatabaseUrl"), {
      Sid: "ReadDatabaseUrl",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource:
        "arn:aws:ssm:us-east-1:123456789012:parameter/crm/analytics-aggregator/database-url",
    });
    assert.deepEqual(statement(policy, "DecryptDatabaseUrl").Condition, {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-secrets" },
    });
    const vpc = (name: string) =>
      plan.get(FUNCTION, `crm-eventing-${name}`).inputs["vpcConfig"]?.securityGroupIds;
    assert.deepEqual(vpc("analytics-aggregator"), ["sg-functions"]);
    assert.equal(vpc("report-generator"), undefined);
    assert.deepEqual(databaseUrls({ auth: "primary" }, eventingConfig().functions), [
      { service: "auth", database: "primary" },
      { service: "social-data-processor", database: "primary" },
      { service: "analytics-aggregator", database: "replica" },
    ]);
  });

  it("tags what can be tagged with the service it belongs to", () => {
    const taggable = plan.all.filter(({ inputs }) => inputs["tags"] !== undefined);
    assert.equal(taggable.length, 30);
    for (const { name, inputs } of taggable) {
      for (const tag of REQUIRED_TAGS) {
        assert.ok(inputs["tags"][tag], `${name}: ${tag}`);
      }
    }
    const component = (type: string, name: string) =>
      plan.get(type, `crm-eventing-${name}`).inputs["tags"].Component;
    assert.equal(component(QUEUE, "social-processing"), "social");
    assert.equal(component(FUNCTION, "analytics-aggregator"), "analytics");
    assert.equal(component(QUEUE, "notification-processor"), "eventing");
  });

  it("registers the same resources in a first preview as in an update", async () => {
    const update = await planEventing();
    const urns = (recording: Recording) => recording.all.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(plan), urns(update));
  });

  it("warns of each function without code, by the key that is missing", async () => {
    await planEventing(
      eventingConfig((input) => {
        input["functions"]["report-generator"].artifact = {
          bucket: "code",
          key: "r.zip",
          version: "1",
        };
      }),
    );
    assert.deepEqual(
      warnings
        .filter((warning) => warning.includes(" is not set"))
        .map((warning) => warning.split(" is not set")[0]),
      ["social-data-processor", "analytics-aggregator"].map(
        (name) => `crm:eventing.functions.${name}.artifact`,
      ),
    );
  });

  // SNS Developer Guide, "Amazon SNS subscription filter policy scope": an alarm's message is JSON with its AlarmName.
  it("a phone gets only the alarm for the person on call, unless the stack file says otherwise", async () => {
    const sms = (recording: Recording) =>
      recording
        .ofType("aws:sns/topicSubscription:TopicSubscription")
        .find(({ inputs }) => inputs["protocol"] === "sms")!.inputs;
    const usual = sms(plan);
    assert.equal(usual["filterPolicyScope"], "MessageBody");
    assert.deepEqual(JSON.parse(usual["filterPolicy"]), { AlarmName: ["crm-customers-affected"] });
    const own = await planEventing(
      eventingConfig((input) => {
        input["topics"]["alert-notifications"].subscriptions[1] = {
          sms: "+12025550123",
          filterPolicy: { severity: ["high"] },
        };
      }),
    );
    assert.equal(sms(own)["filterPolicyScope"], undefined);
    assert.deepEqual(JSON.parse(sms(own)["filterPolicy"]), { severity: ["high"] });
    assert.ok(!warnings.some((one) => one.includes("1234567890")));
  });

  it("a filter looks where the stack file says", async () => {
    for (const receiver of [{ email: "a@example.com" }, { https: "https://example.com/alarms" }]) {
      const filter = { filterPolicy: { AlarmName: ["x"] }, filterScope: "MessageBody" };
      const own = await planEventing(
        eventingConfig((input) => {
          input["topics"]["alert-notifications"].subscriptions[0] = { ...receiver, ...filter };
        }),
      );
      const [endpoint] = Object.values(receiver);
      const found = own
        .ofType("aws:sns/topicSubscription:TopicSubscription")
        .find(({ inputs }) => inputs["endpoint"] === endpoint)!;
      assert.equal(found.inputs["filterPolicyScope"], "MessageBody");
    }
  });

  it("warns of the example's phone number", async () => {
    await planEventing();
    assert.equal(warnings.filter((one) => /\+1234567890 .*example/.test(one)).length, 1);
  });

  // Lambda API Reference, CreateEventSourceMapping: Enabled; Scheduler API Reference, CreateSchedule: State.
  it("wakes a function by queue or clock only when it has code", async () => {
    const state = (recording: Recording) => [
      recording.only("aws:lambda/eventSourceMapping:EventSourceMapping").inputs["enabled"],
      recording.only("aws:scheduler/schedule:Schedule").inputs["state"],
    ];
    assert.deepEqual(state(plan), [false, "DISABLED"]);
    const delivered = await planEventing(
      eventingConfig((input) => {
        for (const name of ["social-data-processor", "analytics-aggregator"]) {
          input["functions"][name].artifact = { bucket: "code", key: "a.zip", version: "1" };
        }
      }),
    );
    assert.deepEqual(state(delivered), [true, "ENABLED"]);
  });

  it("says for each function without code what happens to its events, and for how long", async () => {
    await planEventing();
    const said = (name: string) => warnings.find((one) => one.includes(`.${name}.artifact`))!;
    assert.match(said("social-data-processor"), /wait in crm-social-processing for 1209600 s/);
    assert.match(said("analytics-aggregator"), /schedule is disabled/);
    assert.match(said("report-generator"), /refused.*dead-letter queue.*14 days after/);
    for (const warning of warnings) {
      assert.doesNotMatch(warning, /nothing is lost|all of them are kept/);
    }
  });

  it("creates another queue and function from a block in the stack file", async () => {
    const more = await planEventing(
      eventingConfig((input) => {
        input["queues"]["imports"] = { visibilityTimeoutSeconds: 60 };
        input["functions"]["importer"] = {
          ...input["functions"]["social-data-processor"],
          timeoutSeconds: 60,
          triggers: { queue: { queue: "imports", maximumConcurrency: 2 } },
        };
      }),
    );
    assert.equal(more.get(QUEUE, "crm-eventing-imports").inputs["name"], "crm-imports");
    assert.equal(more.get(FUNCTION, "crm-eventing-importer").inputs["name"], "crm-importer");
    assert.equal(more.ofType("aws:lambda/eventSourceMapping:EventSourceMapping").length, 2);
  });

  it("tells others of its queues, topics, functions and dead-letter queues by name", async () => {
    let made: CrmEventing | undefined;
    const recording = await planEventing(undefined, { preview: true }, (one) => (made = one));
    assert.deepEqual([...made!.deadLetterQueueNames].sort(), [
      "crm-dlq-alert-notifications",
      "crm-dlq-analytics-aggregator",
      "crm-dlq-analytics-computation",
      "crm-dlq-email",
      "crm-dlq-notification-processor",
      "crm-dlq-notifications",
      "crm-dlq-report-generator",
      "crm-dlq-social-processor",
      "crm-dlq-system-notifications",
    ]);
    assert.equal(made!.queues["social-processing"]!.visibilityTimeoutSeconds, 600);
    assert.equal(made!.topics["alert-notifications"]!.name, "crm-alert-notifications");
    assert.equal(
      made!.functions["social-data-processor"]!.deadLetterQueueName,
      "crm-dlq-social-processor",
    );
    const outputs = recording.outputs.get(recording.only("crm:aws:CrmEventing").urn)!;
    assert.deepEqual(Object.keys(outputs).sort(), [
      "deadLetterQueueNames",
      "functions",
      "keyAlias",
      "keyArn",
      "queues",
      "topics",
    ]);
  });

  function rolePolicy(name: string): string {
    return plan.get("aws:iam/rolePolicy:RolePolicy", `crm-eventing-${name}-role`).inputs["policy"];
  }
});
