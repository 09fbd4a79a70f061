import * as pulumi from "@pulumi/pulumi";

import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { functionDeadLetters } from "../../platform/dead-letters";
import type { PLATFORM_TOPICS } from "../../platform/platform-names";
import { publisherGrants } from "../../platform/publishers";
import { mapped } from "../../platform/records";
import { EncryptionKey } from "../encryption-key";
import { FUNCTION_ALIAS } from "../function";
import { createFailureQueues, createFunctions } from "./functions";
import { createChats, createQueues, createTopics } from "./messages";
import type { EventingFunction, EventingQueue, EventingTopic } from "./outputs";
import type { CrmEventingArgs, Scope } from "./scope";
import { createObjectTriggers, createQueueTriggers, createSchedules } from "./triggers";

/**
 * The platform's events: queues, topics, functions and what calls them. Every path of an event ends in a
 * dead-letter queue, and one customer-managed key encrypts all of them. To add a queue, topic or function, add a
 * block to the stack file. Costs a key a month, requests, and provisioned concurrency.
 */
export class CrmEventing extends pulumi.ComponentResource {
  /** The key of queues, topics, schedules and environment variables. */
  public readonly messagingKey: { readonly arn: pulumi.Output<string>; readonly aliasName: string };
  public readonly queues: Readonly<Record<string, EventingQueue>>;
  public readonly topics: Readonly<Record<string, EventingTopic>>;
  public readonly functions: Readonly<Record<string, EventingFunction>>;
  /** Of the topic for events of database and backups. */
  public readonly systemTopicArn: pulumi.Output<string>;
  /** Of the topic for alarms. */
  public readonly alarmTopicArn: pulumi.Output<string>;
  /** Of the topic for the cache's events. */
  public readonly notificationTopicArn: pulumi.Output<string>;
  /** Every dead-letter queue, for an alarm on its depth. */
  public readonly deadLetterQueueNames: readonly string[];

  public constructor(name: string, args: CrmEventingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmEventing", name, {}, opts);

    const key = createKey(this, name, args);
    const scope: Scope = { parent: this, name, args, key };
    const queues = createQueues(scope);
    const topics = createTopics(scope, queues);
    createChats(scope, topics);
    const failures = createFailureQueues(scope);
    const deadLetterQueues = { ...queues, ...failures };
    const functions = createFunctions(scope, deadLetterQueues);
    createQueueTriggers(scope, queues, functions);
    createSchedules(scope, functions, failures);
    createObjectTriggers(scope, functions);

    this.messagingKey = { arn: key.arn, aliasName: key.aliasName };
    this.queues = mapped(queues, (queue) => ({
      name: queue.queueName,
      arn: queue.arn,
      url: queue.url,
      deadLetterQueueName: queue.deadLetterQueueName,
      visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
    }));
    this.topics = mapped(topics, (topic) => ({ name: topic.topicName, arn: topic.arn }));
    const platformTopic = (topic: keyof typeof PLATFORM_TOPICS) => topics[topic]!.arn;
    this.systemTopicArn = platformTopic("system-notifications");
    this.alarmTopicArn = platformTopic("alert-notifications");
    this.notificationTopicArn = platformTopic("notifications");
    this.functions = mapped(functions, (fn, label) => ({
      name: fn.functionName,
      arn: fn.arn,
      alias: FUNCTION_ALIAS,
      timeoutSeconds: args.config.functions[label]!.timeoutSeconds,
      logGroupName: args.names.functionLog(label),
      deadLetterQueueName: args.names.of(functionDeadLetters(args.config, label), "queue"),
    }));
    this.deadLetterQueueNames = [
      ...Object.values(queues).map((queue) => queue.deadLetterQueueName),
      ...Object.values(topics).map((topic) => topic.deadLetterQueueName),
      ...Object.values(failures).map((queue) => queue.queueName),
    ];
    this.registerOutputs({
      keyArn: this.messagingKey.arn,
      keyAlias: this.messagingKey.aliasName,
      queues: this.queues,
      topics: this.topics,
      functions: this.functions,
      deadLetterQueueNames: this.deadLetterQueueNames,
    });
  }
}

function createKey(parent: CrmEventing, name: string, args: CrmEventingArgs): EncryptionKey {
  const publishers = Object.values(args.config.topics)
    .filter((topic) => topic.encrypted)
    .flatMap((topic) => topic.publishers);
  return new EncryptionKey(
    `${name}-key`,
    {
      alias: args.names.keyAlias("messaging"),
      description: "Queues, topics, schedules and environment variables of functions",
      deletionWindowDays: args.config.keyDeletionWindowDays,
      protect: args.config.protect,
      services: [
        { service: SERVICE_PRINCIPALS.sns, actions: ["kms:Decrypt", "kms:GenerateDataKey*"] },
        { service: SERVICE_PRINCIPALS.s3, actions: ["kms:Decrypt", "kms:GenerateDataKey*"] },
        ...publisherGrants(args.arns, publishers),
      ],
      arns: args.arns,
      tags: args.tags,
    },
    { parent },
  );
}
