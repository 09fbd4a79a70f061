import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { QUEUE_SECONDS } from "../../facts/limits";
import type { Arns } from "../../platform/arns";
import { type FifoSettings, isFifo } from "../../platform/fifo";
import type { Tags } from "../../platform/tags";
import { queuePolicy } from "./queue-policy";

export interface CrmDeadLetterQueueArgs {
  /** Physical name; with .fifo at its end a FIFO queue's. Changing it replaces the queue and loses its messages. */
  readonly queueName: string;
  /** How what sends here tells duplicates. @default by the queue, with ids */
  readonly fifo?: FifoSettings | undefined;
  /** Alias, with prefix, of the key that encrypts the messages; the key exists before the queue. */
  readonly keyAlias: string;
  /** Queues, by ARN, that move messages here and may take them back. @default none */
  readonly sourceQueueArns?: readonly string[];
  /** Topics, by ARN, whose undeliverable messages come here. @default none */
  readonly topicArns?: readonly string[];
  /** Whether Pulumi refuses to delete the queue. */
  readonly protect: boolean;
  /** Region of the queue. @default the provider's region */
  readonly region?: string;
  /** Of that region. */
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * A queue for messages that failed: encrypted, reached over TLS only. A message that a queue moves here is deleted 14 days after it
 * was first sent (SQS Developer Guide, "Setting-up dead-letter queue retention"); what a service puts here, 14 days after that.
 */
export class CrmDeadLetterQueue extends pulumi.ComponentResource {
  public readonly queueName: string;
  public readonly arn: pulumi.Output<string>;
  public readonly url: pulumi.Output<string>;

  public constructor(
    name: string,
    args: CrmDeadLetterQueueArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmDeadLetterQueue", name, {}, opts);
    const sources = args.sourceQueueArns ?? [];

    const queue = new aws.sqs.Queue(
      name,
      {
        name: args.queueName,
        // Equal ids in two groups are two messages here, too.
        ...fifoArgs(
          args.queueName,
          args.fifo && { ...args.fifo, contentBasedDeduplication: false },
        ),
        messageRetentionSeconds: QUEUE_SECONDS.retention.maximum,
        kmsMasterKeyId: args.keyAlias,
        redriveAllowPolicy: JSON.stringify(
          sources.length === 0
            ? { redrivePermission: "denyAll" }
            : { redrivePermission: "byQueue", sourceQueueArns: sources },
        ),
        region: args.region,
        tags: { ...args.tags, Name: args.queueName },
      },
      { parent: this, protect: args.protect },
    );
    new aws.sqs.QueuePolicy(
      name,
      {
        queueUrl: queue.url,
        policy: queuePolicy(args.arns, args.arns.queue(args.queueName), args.topicArns ?? []),
        region: args.region,
      },
      { parent: this },
    );

    this.queueName = args.queueName;
    this.arn = queue.arn;
    this.url = queue.url;
    this.registerOutputs({ queueName: this.queueName, arn: this.arn, url: this.url });
  }
}

/** Arguments of a queue that its name makes FIFO; none of another. */
export function fifoArgs(
  queueName: string,
  { contentBasedDeduplication = false, highThroughput = false }: Partial<FifoSettings> = {},
): Partial<aws.sqs.QueueArgs> {
  return {
    ...(isFifo(queueName) && { fifoQueue: true, contentBasedDeduplication }),
    ...(highThroughput && {
      deduplicationScope: "messageGroup",
      fifoThroughputLimit: "perMessageGroupId",
    }),
  };
}
