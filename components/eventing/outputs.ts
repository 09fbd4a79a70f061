/** What alarms, dashboards and other publishers need to know of queues, topics and functions. */
import type * as pulumi from "@pulumi/pulumi";

import type { WatchedFunction } from "../function";

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
export interface EventingFunction extends WatchedFunction {
  readonly arn: pulumi.Output<string>;
  /** Name of the alias that event sources call. */
  readonly alias: string;
  readonly deadLetterQueueName: string;
}
