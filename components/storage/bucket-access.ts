/** Statements of bucket policies for AWS services that read or write buckets by themselves. */
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import type { Arns } from "../../platform/arns";
import type { Statement } from "../../platform/policy-documents";

/** Folder of the buckets' own logs in the bucket for access logs. */
export const BUCKET_LOGS_PREFIX = "buckets";

/** Folder that CloudWatch's log delivery puts in front of CloudFront's logs, after `AWSLogs/<account>`. */
const DELIVERY_FOLDER = "AWSLogs";

/**
 * Lets the account's distributions read a bucket through Origin Access Control. A distribution's id is not
 * known before it exists, so the statement names every distribution of the account: no other account's can read.
 * Listing makes S3 answer 404, not 403, for a file that is not there.
 * Source: CloudFront Developer Guide, "Restrict access to an Amazon S3 origin".
 */
export function contentDelivery(arns: Arns, bucketArn: string): Statement[] {
  const conditions = {
    StringEquals: { "aws:SourceAccount": arns.accountId },
    ArnLike: { "aws:SourceArn": arns.global("cloudfront", "distribution/*") },
  };
  const principals = { services: [SERVICE_PRINCIPALS.cloudfront] };
  return [
    {
      sid: "ReadByDistributions",
      principals,
      actions: ["s3:GetObject"],
      resources: [`${bucketArn}/*`],
      conditions,
    },
    {
      sid: "ListByDistributions",
      principals,
      actions: ["s3:ListBucket"],
      resources: [bucketArn],
      conditions,
    },
  ];
}

/**
 * Lets S3 write the access logs of this account's buckets.
 * Source: S3 User Guide, "Enabling Amazon S3 server access logging".
 */
export function bucketLogs(arns: Arns, bucketArn: string, sources: readonly string[]): Statement {
  return {
    sid: "LogsOfBuckets",
    principals: { services: [SERVICE_PRINCIPALS.s3Logs] },
    actions: ["s3:PutObject"],
    resources: [`${bucketArn}/${BUCKET_LOGS_PREFIX}/*`],
    conditions: {
      StringEquals: { "aws:SourceAccount": arns.accountId },
      ArnLike: { "aws:SourceArn": sources },
    },
  };
}

/**
 * Lets the region's load balancers write their access logs. The service principal works in every region,
 * the regional account ids that older examples name are no longer needed.
 * Source: Application Load Balancers guide, "Enable access logs for your Application Load Balancer"; the condition is
 * ours: docs/decisions.md, "Grants that only an account proves".
 */
export function loadBalancerLogs(arns: Arns, bucketArn: string, prefix: string): Statement {
  return {
    sid: "LogsOfLoadBalancers",
    principals: { services: [SERVICE_PRINCIPALS.loadBalancerLogs] },
    actions: ["s3:PutObject"],
    resources: [`${bucketArn}/${prefix}/AWSLogs/${arns.accountId}/*`],
    conditions: {
      ArnLike: { "aws:SourceArn": arns.regional("elasticloadbalancing", "loadbalancer/*") },
    },
  };
}

/**
 * Lets CloudWatch Logs deliver the distributions' access logs (standard logging v2).
 * Source: CloudWatch Logs User Guide, "Logs sent to Amazon S3" (V2 permissions).
 */
export function distributionLogs(arns: Arns, bucketArn: string): Statement[] {
  const source = arns.inRegion(CLOUDFRONT_REGION).regional("logs", "delivery-source:*");
  const delivery = { services: [SERVICE_PRINCIPALS.logDelivery] };
  return [
    {
      sid: "LogsOfDistributions",
      principals: delivery,
      actions: ["s3:PutObject"],
      resources: [`${bucketArn}/${DELIVERY_FOLDER}/${arns.accountId}/CloudFront/*`],
      conditions: {
        StringEquals: {
          "aws:SourceAccount": arns.accountId,
          "s3:x-amz-acl": "bucket-owner-full-control",
        },
        ArnLike: { "aws:SourceArn": source },
      },
    },
    {
      sid: "OwnerCheckOfLogDelivery",
      principals: delivery,
      actions: ["s3:GetBucketAcl", "s3:ListBucket"],
      resources: [bucketArn],
      conditions: {
        StringEquals: { "aws:SourceAccount": arns.accountId },
        ArnLike: { "aws:SourceArn": source },
      },
    },
  ];
}
