import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { CrmFunction } from "../function";

/** A function that new objects call. */
export interface ObjectReceiver {
  /** Key of the function in the stack file. */
  readonly label: string;
  readonly fn: CrmFunction;
  /** Only objects whose key begins so. @default all */
  readonly prefix?: string;
  /** Only objects whose key ends so. @default all */
  readonly suffix?: string;
}

export interface CrmObjectTriggerArgs {
  /** The bucket's name; the bucket exists before the trigger. */
  readonly bucket: pulumi.Input<string>;
  /** The bucket by ARN: what the functions' permission names. */
  readonly bucketArn: string;
  /** Account of the bucket, for a bucket of the same name may be another's one day. */
  readonly accountId: string;
  /** Every function that the bucket calls: a bucket has one notification resource, a second undoes it. */
  readonly receivers: readonly ObjectReceiver[];
}

/** Calls functions for each new object of a bucket. */
export class CrmObjectTrigger extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: CrmObjectTriggerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmObjectTrigger", name, {}, opts);

    const permissions = args.receivers.map(
      ({ label, fn }) =>
        new aws.lambda.Permission(
          `${name}-${label}`,
          {
            action: "lambda:InvokeFunction",
            function: fn.functionName,
            qualifier: fn.alias.name,
            principal: SERVICE_PRINCIPALS.s3,
            sourceArn: args.bucketArn,
            sourceAccount: args.accountId,
          },
          { parent: this },
        ),
    );
    new aws.s3.BucketNotification(
      name,
      {
        bucket: args.bucket,
        lambdaFunctions: args.receivers.map(({ label, fn, prefix, suffix }) => ({
          id: label,
          lambdaFunctionArn: fn.aliasArn,
          events: ["s3:ObjectCreated:*"],
          filterPrefix: prefix,
          filterSuffix: suffix,
        })),
      },
      // S3 calls the functions to see whether it may.
      { parent: this, dependsOn: permissions },
    );
    this.registerOutputs({});
  }
}
