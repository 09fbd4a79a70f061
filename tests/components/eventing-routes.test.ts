/**
 * An event's way, traced from its source to where it ends when all fails. Each test begins at what sends
 * and looks up the other end in all that was registered: no name is written twice.
 */
import assert from "node:assert/strict";

import { eventingConfig, planEventing, statements } from "../support/eventing";
import { ACCOUNT_ID } from "../support/fixtures";
import type { Recording, Registration } from "../support/mocks";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";

describe("the path of an event", () => {
  let plan: Recording;
  before(async () => {
    plan = await planEventing();
  });

  /** The one resource of a type whose name ends the ARN. */
  function byArn(type: string, arn: string): Registration {
    const name = arn.split(":")[6 - (type.includes("sqs") || type.includes("sns") ? 1 : 0)];
    const found = plan.ofType(type).filter((one) => one.inputs["name"] === name);
    assert.equal(found.length, 1, `${type} for ${arn}`);
    return found[0]!;
  }

  const queueOf = (arn: string) => byArn("aws:sqs/queue:Queue", arn);
  const functionOf = (arn: string) => byArn("aws:lambda/function:Function", arn);

  function queuePolicyOf(queue: Registration): any[] {
    return statements(plan.get("aws:sqs/queuePolicy:QueuePolicy", queue.name).inputs["policy"]);
  }

  /** The statements of the role that a function runs with. */
  function roleOf(fn: Registration): any[] {
    return statements(
      plan.get("aws:iam/rolePolicy:RolePolicy", `${fn.name}-role`).inputs["policy"],
    );
  }

  function allows(policy: any[], action: string, resource: string): boolean {
    return policy.some(
      (one) =>
        one.Effect === "Allow" &&
        [one.Action].flat().includes(action) &&
        [one.Resource].flat().includes(resource),
    );
  }

  /** Whether a role may use the key by its alias for these actions. */
  function usesKey(policy: any[], alias: string, ...actions: string[]): boolean {
    return actions.every((action) =>
      policy.some(
        (one) =>
          one.Effect === "Allow" &&
          [one.Action].flat().includes(action) &&
          one.Condition?.["ForAnyValue:StringEquals"]?.["kms:ResourceAliases"] === alias,
      ),
    );
  }

  /** What the key lets a service do by itself. */
  function keyGrant(service: string): any {
    const policy = statements(plan.only("aws:kms/key:Key").inputs["policy"]);
    const grant = policy.find((one) => one.Principal.Service === service);
    assert.ok(grant, `the key knows nothing of ${service}`);
    assert.ok(grant.Action.includes("kms:GenerateDataKey*"), service);
    assert.ok(grant.Action.includes("kms:Decrypt"), service);
    return grant;
  }

  /** A dead-letter queue: encrypted with our key, kept as long as SQS can, not the queue itself. */
  function endsIn(arn: string): Registration {
    const queue = queueOf(arn);
    assert.equal(queue.inputs["kmsMasterKeyId"], "alias/crm-messaging");
    assert.equal(queue.inputs["messageRetentionSeconds"], 1209600);
    assert.ok(queue.inputs["redriveAllowPolicy"], `${queue.name} is no dead-letter queue`);
    return queue;
  }

  /** A function that keeps what it failed on: its role may send, and the destination is on the alias. */
  function keepsFailures(fn: Registration): void {
    const config = plan
      .ofType("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
      .find((one) => one.inputs["functionName"] === fn.inputs["name"])!;
    const arn = config.inputs["destinationConfig"].onFailure.destination;
    const queue = endsIn(arn);
    assert.ok(allows(roleOf(fn), "sqs:SendMessage", arn));
    assert.ok(
      usesKey(roleOf(fn), queue.inputs["kmsMasterKeyId"], "kms:GenerateDataKey", "kms:Decrypt"),
    );
    const alias = plan.get("aws:lambda/alias:Alias", fn.name);
    assert.equal(config.inputs["qualifier"], alias.inputs["name"]);
  }

  it("from each queue to its dead-letter queue, which takes from that queue alone", () => {
    const queues = plan.ofType("aws:sqs/queue:Queue").filter((one) => one.inputs["redrivePolicy"]);
    assert.equal(queues.length, 4);
    for (const queue of queues) {
      const { deadLetterTargetArn } = JSON.parse(queue.inputs["redrivePolicy"]);
      const deadLetters = endsIn(deadLetterTargetArn);
      const allowed = JSON.parse(deadLetters.inputs["redriveAllowPolicy"]).sourceQueueArns;
      assert.deepEqual(allowed, [`arn:aws:sqs:us-east-1:${ACCOUNT_ID}:${queue.inputs["name"]}`]);
    }
  });

  it("from a queue to its function: mapping, role, key, time-outs, partial answers, cap", () => {
    const mapping = plan.only(MAPPING).inputs;
    const queue = queueOf(mapping["eventSourceArn"]);
    const fn = functionOf(mapping["functionName"]);
    const role = roleOf(fn);
    for (const action of [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ChangeMessageVisibility",
    ]) {
      assert.ok(allows(role, action, mapping["eventSourceArn"]), action);
    }
    assert.ok(usesKey(role, queue.inputs["kmsMasterKeyId"], "kms:Decrypt"));
    assert.ok(queue.inputs["visibilityTimeoutSeconds"] >= fn.inputs["timeout"]);
    assert.equal(queue.inputs["name"], "crm-social-processing");
    assert.equal(fn.inputs["name"], "crm-social-data-processor");
    assert.equal(mapping["batchSize"], 10);
    assert.equal(mapping["maximumBatchingWindowInSeconds"], 5);
    assert.deepEqual(mapping["functionResponseTypes"], ["ReportBatchItemFailures"]);
    assert.equal(mapping["scalingConfig"].maximumConcurrency, 20);
    assert.ok(
      mapping["scalingConfig"].maximumConcurrency <= fn.inputs["reservedConcurrentExecutions"],
    );
    assert.ok(JSON.parse(queue.inputs["redrivePolicy"]).deadLetterTargetArn);
    keepsFailures(fn);
  });

  // Lambda refuses a reservation in an account with 10 executions at a time.
  it("reserves nothing where the account has nothing to reserve", async () => {
    const config = eventingConfig((input) => {
      input["reserveConcurrency"] = false;
      delete input["functions"]["social-data-processor"].provisionedConcurrency;
    });
    const functions = (await planEventing(config)).ofType("aws:lambda/function:Function");
    assert.ok(functions.length > 2);
    for (const { name, inputs } of functions) {
      assert.equal(inputs["reservedConcurrentExecutions"], undefined, name);
    }
  });

  it("calls aliases that exist, and only those", () => {
    const targets = [
      ...plan.ofType(MAPPING).map((one) => one.inputs["functionName"]),
      ...plan.ofType(SCHEDULE).map((one) => one.inputs["target"].arn),
      ...plan
        .ofType(NOTIFICATION)
        .flatMap((one) => one.inputs["lambdaFunctions"].map((each: any) => each.lambdaFunctionArn)),
    ];
    assert.equal(targets.length, 3);
    for (const target of targets) {
      const alias = plan.get("aws:lambda/alias:Alias", functionOf(target).name).inputs;
      assert.equal(target.split(":")[7], alias["name"]);
      assert.equal(alias["functionName"], functionOf(target).inputs["name"]);
    }
  });

  it("keeps environments ready on the alias that the queue calls", () => {
    const [, , , , , , name, alias] = plan.only(MAPPING).inputs["functionName"].split(":");
    const target = plan.only("aws:appautoscaling/target:Target").inputs;
    assert.equal(target["resourceId"], `function:${name}:${alias}`);
    assert.equal(target["maxCapacity"], 10);
  });

  it("from the topics to their queue: the queue's policy, the key, the topic's dead letters", () => {
    const subscriptions = plan.ofType(SUBSCRIPTION);
    assert.equal(subscriptions.length, 5);
    for (const { name, inputs, propertyDependencies } of subscriptions) {
      const topic = plan
        .ofType("aws:sns/topic:Topic")
        .find((one) => propertyDependencies["topic"]!.includes(one.urn))!;
      const topicArn = `arn:aws:sns:us-east-1:${ACCOUNT_ID}:${topic.inputs["name"]}`;
      const failures = endsIn(JSON.parse(inputs["redrivePolicy"]).deadLetterTargetArn);
      const targets =
        inputs["protocol"] === "sqs" ? [queueOf(inputs["endpoint"]), failures] : [failures];
      for (const target of targets) {
        const sends = queuePolicyOf(target).find((one) => one.Sid === "SentByTopics");
        assert.ok(sends, `${name}: ${target.name} lets no topic send`);
        assert.deepEqual(sends.Principal, { Service: "sns.amazonaws.com" });
        assert.ok(sends.Condition.ArnEquals["aws:SourceArn"].includes(topicArn), name);
        assert.equal(sends.Condition.StringEquals["aws:SourceAccount"], ACCOUNT_ID);
        assert.equal(target.inputs["kmsMasterKeyId"], "alias/crm-messaging");
      }
    }
    assert.deepEqual(keyGrant("sns.amazonaws.com").Condition, {
      StringEquals: { "aws:SourceAccount": ACCOUNT_ID },
    });
  });

  it("from a service to an encrypted topic: the topic's policy and the key's grant", () => {
    let publishers = 0;
    for (const topic of plan.ofType("aws:sns/topic:Topic")) {
      const policy = statements(
        plan.get("aws:sns/topicPolicy:TopicPolicy", topic.name).inputs["policy"],
      );
      for (const one of policy.filter((each) => each.Effect === "Allow")) {
        assert.ok(one.Condition, `${topic.name}: ${one.Sid} is not held to this account`);
        assert.ok(JSON.stringify(one.Condition).includes(ACCOUNT_ID), one.Sid);
        if (topic.inputs["kmsMasterKeyId"] === undefined) {
          assert.deepEqual(one.Condition.StringEquals, { "aws:SourceOwner": ACCOUNT_ID });
          continue;
        }
        const service = one.Principal.Service;
        const grant = keyGrant(service);
        publishers += 1;
        // EventBridge tells KMS of no account: the key is held to SNS instead.
        assert.deepEqual(
          grant.Condition.StringEquals,
          service === "events.amazonaws.com"
            ? { "kms:ViaService": "sns.us-east-1.amazonaws.com" }
            : { "aws:SourceAccount": ACCOUNT_ID },
        );
      }
    }
    assert.equal(publishers, 7);
  });

  it("from the clock to its function: trust, role, key, retries, both dead-letter ways", () => {
    const schedule = plan.only(SCHEDULE).inputs;
    assert.equal(schedule["scheduleExpression"], "rate(1 hour)");
    const target = schedule["target"];
    const fn = functionOf(target.arn);
    assert.equal(fn.inputs["name"], "crm-analytics-aggregator");
    const role = plan
      .ofType("aws:iam/role:Role")
      .find((one) => `arn:aws:iam::${ACCOUNT_ID}:role/${one.inputs["name"]}` === target.roleArn)!;
    const [trust] = statements(role.inputs["assumeRolePolicy"]);
    const group = plan.only("aws:scheduler/scheduleGroup:ScheduleGroup").inputs["name"];
    assert.equal(schedule["groupName"], group);
    assert.deepEqual(trust.Principal, { Service: "scheduler.amazonaws.com" });
    assert.deepEqual(trust.Condition, {
      StringEquals: { "aws:SourceAccount": ACCOUNT_ID },
      ArnLike: {
        "aws:SourceArn": `arn:aws:scheduler:us-east-1:${ACCOUNT_ID}:schedule-group/${group}`,
      },
    });
    const policy = statements(
      plan.get("aws:iam/rolePolicy:RolePolicy", role.name).inputs["policy"],
    );
    const undelivered = endsIn(target.deadLetterConfig.arn);
    assert.ok(allows(policy, "lambda:InvokeFunction", target.arn));
    assert.ok(allows(policy, "sqs:SendMessage", target.deadLetterConfig.arn));
    const alias = undelivered.inputs["kmsMasterKeyId"];
    assert.ok(usesKey(policy, alias, "kms:GenerateDataKey", "kms:Decrypt"));
    assert.equal(policy.length, 3);
    assert.deepEqual(target.retryPolicy, {
      maximumRetryAttempts: 3,
      maximumEventAgeInSeconds: 3600,
    });
    keepsFailures(fn);
  });

  it("from a new object to its function: permission on the alias, the bucket's right, its key", () => {
    const notification = plan.only(NOTIFICATION);
    const [receiver] = notification.inputs["lambdaFunctions"];
    assert.deepEqual(receiver.events, ["s3:ObjectCreated:*"]);
    const fn = functionOf(receiver.lambdaFunctionArn);
    assert.equal(fn.inputs["name"], "crm-report-generator");
    const permission = plan.only("aws:lambda/permission:Permission");
    const bucketArn = `arn:aws:s3:::${notification.inputs["bucket"]}`;
    assert.deepEqual(permission.inputs, {
      action: "lambda:InvokeFunction",
      function: fn.inputs["name"],
      qualifier: receiver.lambdaFunctionArn.split(":")[7],
      principal: "s3.amazonaws.com",
      sourceArn: bucketArn,
      sourceAccount: ACCOUNT_ID,
    });
    assert.ok(notification.dependencies.includes(permission.urn));
    assert.ok(allows(roleOf(fn), "s3:GetObject", `${bucketArn}/*`));
    assert.ok(usesKey(roleOf(fn), "alias/crm-storage", "kms:Decrypt"));
    keyGrant("s3.amazonaws.com");
    keepsFailures(fn);
  });

  it("never passes a policy that anyone may use", () => {
    const documents = plan.all.flatMap(({ name, inputs }) =>
      ["policy", "assumeRolePolicy"]
        .filter((key) => typeof inputs[key] === "string")
        .flatMap((key) => statements(inputs[key]).map((one) => ({ name, one }))),
    );
    assert.ok(documents.length > 50);
    for (const { name, one } of documents) {
      if (one.Principal === "*" || one.Principal?.AWS === "*") {
        assert.ok(one.Condition, `${name}: ${one.Sid}`);
      }
      if (one.Effect === "Allow") {
        assert.ok(![one.Action].flat().includes("*"), `${name}: ${one.Sid}`);
      }
    }
  });

  it("refuses every sender without TLS, for each queue and topic", () => {
    const policies = [
      ...plan.ofType("aws:sqs/queuePolicy:QueuePolicy"),
      ...plan.ofType("aws:sns/topicPolicy:TopicPolicy"),
    ];
    const targets = [...plan.ofType("aws:sqs/queue:Queue"), ...plan.ofType("aws:sns/topic:Topic")];
    assert.equal(policies.length, targets.length);
    for (const policy of policies) {
      const deny = statements(policy.inputs["policy"]).find((one) => one.Sid === "TlsOnly");
      assert.equal(deny.Effect, "Deny", policy.name);
      assert.deepEqual(deny.Condition, { Bool: { "aws:SecureTransport": "false" } });
    }
  });
});
