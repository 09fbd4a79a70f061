/** Queues and topics. */
import * as pulumi from "@pulumi/pulumi";

import { queueDeadLetters, topicDeadLetters } from "../../platform/dead-letters";
import { mapped } from "../../platform/records";
import { CrmChat } from "./chat";
import { CrmQueue } from "./queue";
import { type Scope, tagsOf } from "./scope";
import { CrmTopic, type TopicSubscription } from "./topic";

export function createQueues({ parent, name, args, key }: Scope): Record<string, CrmQueue> {
  const { config, names, arns } = args;
  return mapped(config.queues, (queue, label) => {
    const topics = Object.entries(config.topics)
      .filter(([, topic]) => topic.subscriptions.some((one) => one.queue === label))
      .map(([topic]) => arns.topic(names.of(topic, "topic")));
    return new CrmQueue(
      `${name}-${label}`,
      {
        queueName: names.of(label, "queue"),
        fifo: queue.fifo,
        deadLetterQueueName: names.of(queueDeadLetters(config, label), "queue"),
        maxReceiveCount: queue.deadLetter.maxReceiveCount,
        visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
        messageRetentionSeconds: queue.messageRetentionSeconds,
        receiveWaitSeconds: queue.receiveWaitSeconds,
        keyAlias: key.aliasName,
        topicArns: topics,
        protect: config.protect,
        arns,
        tags: tagsOf(args, queue),
      },
      { parent, dependsOn: key },
    );
  });
}

/** One configuration a channel, as AWS requires, with all topics that name it. */
export function createChats(
  { parent, name, args }: Scope,
  topics: Readonly<Record<string, CrmTopic>>,
): void {
  const { config, names } = args;
  const channels = new Map<string, { workspaceId: string; topics: CrmTopic[] }>();
  for (const [label, { subscriptions }] of Object.entries(config.topics)) {
    for (const { slack } of subscriptions) {
      if (slack === undefined) continue;
      const channel = channels.get(slack.channelId) ?? { ...slack, topics: [] };
      channel.topics.push(topics[label]!);
      channels.set(slack.channelId, channel);
    }
  }
  for (const [channelId, channel] of channels) {
    new CrmChat(
      `${name}-chat-${channelId.toLowerCase()}`,
      {
        channelId,
        workspaceId: channel.workspaceId,
        topicArns: channel.topics.map(({ arn }) => arn),
        names,
        tags: args.tags,
      },
      { parent },
    );
  }
}

export function createTopics(
  { parent, name, args, key }: Scope,
  queues: Record<string, CrmQueue>,
): Record<string, CrmTopic> {
  const { config, names, arns } = args;
  return mapped(config.topics, (topic, label) => {
    // A channel is not a subscription of this stack: the chat application creates its own.
    const subscriptions = topic.subscriptions
      .filter(({ slack }) => slack === undefined)
      .map((one): TopicSubscription => {
        const { filterPolicy, filterScope } = one;
        if (one.queue !== undefined) {
          return {
            protocol: "sqs",
            endpoint: arns.queue(names.of(one.queue, "queue")),
            rawMessageDelivery: one.rawMessageDelivery,
            ...{ filterPolicy, filterScope },
            startAfter: queues[one.queue],
          };
        }
        if (one.email !== undefined) {
          return { protocol: "email", endpoint: one.email, filterPolicy, filterScope };
        }
        if (one.https !== undefined) {
          return { protocol: "https", endpoint: one.https, filterPolicy, filterScope };
        }
        warnOfExampleNumber(parent, label, one.sms!);
        return {
          protocol: "sms",
          endpoint: one.sms!,
          // Only what wakes a person: CloudWatch's message is JSON and names the alarm.
          ...(filterPolicy === undefined && topic.publishers.includes("cloudwatch")
            ? {
                filterPolicy: { AlarmName: [names.of("customers-affected", "alarm")] },
                filterScope: "MessageBody",
              }
            : { filterPolicy, filterScope }),
        };
      });
    return new CrmTopic(
      `${name}-${label}`,
      {
        topicName: names.of(label, "topic"),
        fifo: topic.fifo,
        displayName: topic.displayName,
        keyAlias: topic.encrypted ? key.aliasName : undefined,
        publishers: topic.publishers,
        subscriptions,
        deadLetterQueueName: names.of(topicDeadLetters(label), "queue"),
        deadLetterKeyAlias: key.aliasName,
        protect: config.protect,
        arns,
        tags: tagsOf(args, topic),
      },
      { parent, dependsOn: key },
    );
  });
}

/** The number of the shipped stack files; it is assigned to no phone. */
const EXAMPLE_NUMBER = "+1234567890";

function warnOfExampleNumber(parent: pulumi.Resource, topic: string, number: string): void {
  if (number === EXAMPLE_NUMBER) {
    void pulumi.log.warn(
      `crm:eventing.topics.${topic}.subscriptions: ${number} is the example's phone number, and no text message ` +
        "is delivered. Set yours, or remove the subscription.",
      parent,
    );
  }
}
