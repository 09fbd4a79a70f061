import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import { type FifoSettings, isFifo } from "../../platform/fifo";
import { policyDocument, tlsOnly } from "../../platform/policy-documents";
import { publisherStatement, type Publisher } from "../../platform/publishers";
import type { Tags } from "../../platform/tags";
import { CrmDeadLetterQueue } from "./dead-letter-queue";

/** One receiver of a topic's messages. */
export interface TopicSubscription {
  readonly protocol: "email" | "https" | "sms" | "sqs";
  /** Mailbox, address, phone number or the queue's ARN. Changing it replaces the subscription. */
  readonly endpoint: string;
  /** Only for queues: the message itself instead of a JSON envelope. @default an envelope */
  readonly rawMessageDelivery?: boolean;
  /** Message attributes, or fields of the message, and the values let through. @default all messages */
  readonly filterPolicy?: Readonly<Record<string, readonly string[]>>;
  /** What the filter matches; a message that is not JSON has no fields. @default MessageAttributes */
  readonly filterScope?: "MessageAttributes" | "MessageBody";
  /** The queue with its policy, which SNS needs to find in place. @default none */
  readonly startAfter?: pulumi.Resource;
}

export interface CrmTopicArgs {
  /** Physical name; with .fifo at its end a FIFO topic's. Changing it replaces the topic; mailboxes have to confirm again. */
  readonly topicName: string;
  /** How a FIFO topic tells duplicates. @default by the topic, with ids */
  readonly fifo?: FifoSettings | undefined;
  /** Sender's name in mails and text messages. @default the topic's name */
  readonly displayName?: string;
  /** Alias, with prefix, of the key that encrypts the messages. @default not encrypted */
  readonly keyAlias?: string;
  /** AWS services that publish by themselves. */
  readonly publishers: readonly Publisher[];
  readonly subscriptions: readonly TopicSubscription[];
  /** Physical name of the queue for what could not be delivered. */
  readonly deadLetterQueueName: string;
  /** Alias of the key that encrypts that queue. */
  readonly deadLetterKeyAlias: string;
  /** Whether Pulumi refuses to delete that queue. */
  readonly protect: boolean;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * A topic with its subscriptions. Roles of this account publish by their own policies; otherwise only
 * the named services may. Undeliverable messages go to a dead-letter queue. A mailbox gets nothing
 * before its owner has followed the link in AWS's mail.
 */
export class CrmTopic extends pulumi.ComponentResource {
  public readonly topicName: string;
  public readonly arn: pulumi.Output<string>;
  public readonly deadLetterQueueName: string;

  public constructor(name: string, args: CrmTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmTopic", name, {}, opts);
    const topicArn = args.arns.topic(args.topicName);

    const topic = new aws.sns.Topic(
      name,
      {
        name: args.topicName,
        ...(isFifo(args.topicName) && fifoArgs(args.fifo)),
        displayName: args.displayName,
        kmsMasterKeyId: args.keyAlias,
        signatureVersion: 2,
        tags: { ...args.tags, Name: args.topicName },
      },
      { parent: this },
    );
    const policy = new aws.sns.TopicPolicy(
      name,
      {
        arn: topic.arn,
        policy: policyDocument(
          tlsOnly([topicArn], ["sns:Publish"]),
          ...args.publishers.map((publisher) => publisherStatement(args.arns, publisher, topicArn)),
        ),
      },
      { parent: this },
    );
    const deadLetters = new CrmDeadLetterQueue(
      `${name}-dead-letters`,
      {
        queueName: args.deadLetterQueueName,
        fifo: args.fifo,
        keyAlias: args.deadLetterKeyAlias,
        topicArns: [topicArn],
        protect: args.protect,
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
    createSubscriptions(this, name, args, topic, deadLetters);

    this.topicName = args.topicName;
    // Publishers wait for the policy that allows it.
    this.arn = pulumi.all([topic.arn, policy.id]).apply(([arn]) => arn);
    this.deadLetterQueueName = args.deadLetterQueueName;
    this.registerOutputs({
      topicName: this.topicName,
      arn: this.arn,
      deadLetterQueueName: this.deadLetterQueueName,
    });
  }
}

function fifoArgs(fifo: FifoSettings | undefined): Partial<aws.sns.TopicArgs> {
  return {
    fifoTopic: true,
    contentBasedDeduplication: fifo?.contentBasedDeduplication ?? false,
    fifoThroughputScope: fifo?.highThroughput === true ? "MessageGroup" : "Topic",
  };
}

function createSubscriptions(
  parent: CrmTopic,
  name: string,
  args: CrmTopicArgs,
  topic: aws.sns.Topic,
  deadLetters: CrmDeadLetterQueue,
): void {
  for (const subscription of args.subscriptions) {
    const { protocol, endpoint, startAfter } = subscription;
    new aws.sns.TopicSubscription(
      `${name}-${protocol}-${slug(endpoint)}`,
      {
        topic: topic.arn,
        protocol,
        endpoint,
        rawMessageDelivery: protocol === "sqs" ? subscription.rawMessageDelivery : undefined,
        filterPolicyScope: subscription.filterScope,
        filterPolicy: subscription.filterPolicy && JSON.stringify(subscription.filterPolicy),
        redrivePolicy: JSON.stringify({
          deadLetterTargetArn: args.arns.queue(args.deadLetterQueueName),
        }),
      },
      { parent, dependsOn: [deadLetters, ...(startAfter ? [startAfter] : [])] },
    );
  }
}

/** An endpoint as part of a logical name: a queue by its name, others by their letters and digits. */
function slug(endpoint: string): string {
  const last = endpoint.startsWith("arn:") ? endpoint.split(":").at(-1)! : endpoint;
  return last.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
}
