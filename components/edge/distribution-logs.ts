import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";

export interface DistributionLogsArgs {
  /** The distributions by a word for each. */
  readonly distributions: Readonly<Record<string, aws.cloudfront.Distribution>>;
  /** Bucket for access logs, by ARN; it must let CloudWatch Logs deliver. */
  readonly bucketArn: string;
  /** Policy of that bucket. */
  readonly startAfter: readonly pulumi.Resource[];
  readonly names: Names;
  readonly tags: Tags;
}

/** Access logs of distributions (standard logging v2), in a folder by distribution and day. */
export class DistributionLogs extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: DistributionLogsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:DistributionLogs", name, {}, opts);

    const { names, tags } = args;
    const region = CLOUDFRONT_REGION;
    const destination = new aws.cloudwatch.LogDeliveryDestination(
      name,
      {
        name: names.of("distribution-logs"),
        deliveryDestinationConfiguration: { destinationResourceArn: args.bucketArn },
        outputFormat: "json",
        region,
        tags,
      },
      { parent: this, dependsOn: [...args.startAfter] },
    );
    let previous: pulumi.Resource[] = [];
    for (const [word, distribution] of Object.entries(args.distributions)) {
      const source = new aws.cloudwatch.LogDeliverySource(
        `${name}-${word}`,
        {
          name: names.of(`${word}-distribution`),
          logType: "ACCESS_LOGS",
          resourceArn: distribution.arn,
          region,
          tags,
        },
        { parent: this },
      );
      const delivery = new aws.cloudwatch.LogDelivery(
        `${name}-${word}`,
        {
          deliverySourceName: source.name,
          deliveryDestinationArn: destination.arn,
          s3DeliveryConfigurations: [
            { suffixPath: "{DistributionId}/{yyyy}/{MM}/{dd}", enableHiveCompatiblePath: false },
          ],
          region,
          tags,
        },
        // CloudWatch Logs refuses two deliveries to one destination that are made at one time (ConflictException).
        { parent: this, dependsOn: previous },
      );
      previous = [delivery];
    }
    this.registerOutputs({});
  }
}
