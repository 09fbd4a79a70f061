import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { FifoSettings } from "../../platform/fifo";
import type { Tags } from "../../platform/tags";
import { CrmDeadLetterQueue, fifoArgs } from "./dead-letter-queue";
import { queuePolicy } from "./queue-policy";

export interface CrmQueueArgs {
  /** Physical name; with .fifo at its end a FIFO queue's, and that of its dead-letter queue as well. Changing it replaces the queue and loses its messages. */
  readonly queueName: string;
  /** How a FIFO queue tells duplicates. @default by the queue, with ids */
  readonly fifo?: FifoSettings | undefined;
  /** Physical name of its dead-letter queue. */
  readonly deadLetterQueueName: string;
  /** Failed receives after which a message goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Seconds for which a received message stays hidden. */
  readonly visibilityTimeoutSeconds: number;
  /** Seconds after which an unread message is lost. */
  readonly messageRetentionSeconds: number;
  /** Seconds for which a receiver waits for a message. */
  readonly receiveWaitSeconds: number;
  /** Alias, with prefix, of the key that encrypts the messages; the key exists before the queue. */
  readonly keyAlias: string;
  /** Topics, by ARN, that are subscribed. @default none */
  readonly topicArns?: readonly string[];
  /** Whether Pulumi refuses to delete the queues. */
  readonly protect: boolean;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * A queue with its dead-letter queue, both encrypted and reached over TLS only. Roles of this account send
 * and receive by their own policies; otherwise only the named topics may send.
 */
export class CrmQueue extends pulumi.ComponentResource {
  public readonly queueName: string;
  public readonly arn: pulumi.Output<string>;
  public readonly url: pulumi.Output<string>;
  public readonly visibilityTimeoutSeconds: number;
  public readonly deadLetterQueueName: string;
  public readonly deadLetterQueueArn: pulumi.Output<string>;

  public constructor(name: string, args: CrmQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmQueue", name, {}, opts);
    const queueArn = args.arns.queue(args.queueName);

    const deadLetters = new CrmDeadLetterQueue(
      `${name}-dead-letters`,
      {
        queueName: args.deadLetterQueueName,
        fifo: args.fifo,
        keyAlias: args.keyAlias,
        sourceQueueArns: [queueArn],
        protect: args.protect,
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
    const queue = new aws.sqs.Queue(
      name,
      {
        name: args.queueName,
        ...fifoArgs(args.queueName, args.fifo),
        visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
        messageRetentionSeconds: args.messageRetentionSeconds,
        receiveWaitTimeSeconds: args.receiveWaitSeconds,
        kmsMasterKeyId: args.keyAlias,
        redrivePolicy: JSON.stringify({
          deadLetterTargetArn: args.arns.queue(args.deadLetterQueueName),
          maxReceiveCount: args.maxReceiveCount,
        }),
        tags: { ...args.tags, Name: args.queueName },
      },
      { parent: this, protect: args.protect, dependsOn: deadLetters },
    );
    new aws.sqs.QueuePolicy(
      name,
      {
        queueUrl: queue.url,
        policy: queuePolicy(args.arns, queueArn, args.topicArns ?? []),
      },
      { parent: this },
    );

    this.queueName = args.queueName;
    this.arn = queue.arn;
    this.url = queue.url;
    this.visibilityTimeoutSeconds = args.visibilityTimeoutSeconds;
    this.deadLetterQueueName = args.deadLetterQueueName;
    this.deadLetterQueueArn = deadLetters.arn;
    this.registerOutputs({
      queueName: this.queueName,
      arn: this.arn,
      url: this.url,
      visibilityTimeoutSeconds: this.visibilityTimeoutSeconds,
      deadLetterQueueName: this.deadLetterQueueName,
      deadLetterQueueArn: this.deadLetterQueueArn,
    });
  }
}
