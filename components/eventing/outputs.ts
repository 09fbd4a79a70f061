/** What alarms, dashboards and other publishers need to know of queues, topics and functions. */
import type * as pulumi from "@pulumi/pulumi";

/** A queue, for alarms and dashboards. */
export interface EventingQueue {
  readonly name: string;
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly deadLetterQueueName: string;
  readonly visibilityTimeoutSeconds: number;
}

/** A topic, for alarms and other publishers. */
export interface EventingTopic {
  readonly name: string;
  readonly arn: pulumi.Output<string>;
}

/** A function, for alarms and dashboards. */
export interface EventingFunction {
  readonly name: string;
  readonly arn: pulumi.Output<string>;
  /** Name of the alias that event sources call. */
  readonly alias: string;
  readonly timeoutSeconds: number;
  readonly logGroupName: string;
  readonly deadLetterQueueName: string;
}
