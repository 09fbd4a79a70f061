import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import { publisherGrants } from "../../platform/publishers";
import type { Tags } from "../../platform/tags";
import { createAlarmTopic } from "../alarm";
import { EncryptionKey } from "../encryption-key";

export interface EdgeAlarmTopicArgs {
  /** Mailboxes that are notified; each must confirm by the link in AWS's first mail. */
  readonly mailboxes: readonly string[];
  readonly keyDeletionWindowDays: number;
  /** Whether Pulumi refuses to delete the key. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * A topic in us-east-1, encrypted, for a stack elsewhere: CloudFront's metrics are there, and an alarm
 * publishes to topics of its own region only. Its key costs by the month.
 */
export class EdgeAlarmTopic extends pulumi.ComponentResource {
  public readonly topicArn: string;

  public constructor(
    name: string,
    args: EdgeAlarmTopicArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:EdgeAlarmTopic", name, {}, opts);

    const arns = args.arns.inRegion(CLOUDFRONT_REGION);
    const topicName = args.names.of("edge-alerts", "topic");
    this.topicArn = arns.topic(topicName);
    const key = new EncryptionKey(
      name,
      {
        alias: args.names.keyAlias("edge-alerts"),
        description: "Alerts of the edge",
        deletionWindowDays: args.keyDeletionWindowDays,
        protect: args.protect,
        services: publisherGrants(arns, ["cloudwatch"]),
        region: CLOUDFRONT_REGION,
        arns,
        tags: args.tags,
      },
      { parent: this },
    );
    createAlarmTopic(
      name,
      {
        region: CLOUDFRONT_REGION,
        topicName,
        displayName: "CRM edge alerts",
        keyAlias: key.aliasName,
        mailboxes: args.mailboxes,
        arns,
        tags: args.tags,
      },
      { parent: this, dependsOn: [key] },
    );
    this.registerOutputs({ topicArn: this.topicArn });
  }
}
