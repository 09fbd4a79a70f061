import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import { policyDocument, tlsOnly } from "../../platform/policy-documents";
import { publisherStatement } from "../../platform/publishers";
import type { Tags } from "../../platform/tags";

export interface AlarmTopicArgs {
  /** Region of the topic and its alarms. */
  readonly region: string;
  readonly topicName: string;
  /** What a mail has as its sender. */
  readonly displayName: string;
  /** Alias of its key, with prefix, in that region; CloudWatch may use it. */
  readonly keyAlias: string;
  /** Mailboxes that are notified; each must confirm by the link in AWS's first mail. */
  readonly mailboxes: readonly string[];
  /** Of that region. */
  readonly arns: Arns;
  readonly tags: Tags;
}

/** A topic for alarms of a region other than the stack's: an alarm publishes to topics of its own region only. */
export function createAlarmTopic(
  name: string,
  args: AlarmTopicArgs,
  opts: { readonly parent: pulumi.Resource; readonly dependsOn: readonly pulumi.Resource[] },
): string {
  const { region, topicName, arns } = args;
  const topicArn = arns.topic(topicName);
  const topic = new aws.sns.Topic(
    name,
    {
      name: topicName,
      displayName: args.displayName,
      kmsMasterKeyId: args.keyAlias,
      region,
      tags: { ...args.tags, Name: topicName },
    },
    { parent: opts.parent, dependsOn: [...opts.dependsOn] },
  );
  new aws.sns.TopicPolicy(
    name,
    {
      arn: topic.arn,
      policy: policyDocument(
        tlsOnly([topicArn], ["sns:Publish"]),
        publisherStatement(arns, "cloudwatch", topicArn),
      ),
      region,
    },
    { parent: opts.parent },
  );
  for (const mailbox of args.mailboxes) {
    new aws.sns.TopicSubscription(
      `${name}-${mailbox.replaceAll(/[^A-Za-z0-9]+/g, "-")}`,
      { topic: topic.arn, protocol: "email", endpoint: mailbox, region },
      { parent: opts.parent },
    );
  }
  return topicArn;
}
