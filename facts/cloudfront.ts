/** What is the same in every CloudFront setup of AWS: its region, managed policies and address lists. */
import type { Fact } from "./fact";

const GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide";
const asOf = "2026-11-23";

/** Where each of these stands. */
export const CLOUDFRONT_PAGES = {
  region: { source: `${GUIDE}/cnames-and-https-requirements.html`, asOf },
  cachePolicies: { source: `${GUIDE}/using-managed-cache-policies.html`, asOf },
  originRequestPolicies: { source: `${GUIDE}/using-managed-origin-request-policies.html`, asOf },
  errorStatuses: { source: `${GUIDE}/HTTPStatusCodes.html`, asOf },
  failoverStatuses: { source: `${GUIDE}/high_availability_origin_failover.html`, asOf },
  functions: { source: `${GUIDE}/cloudfront-function-restrictions.html`, asOf },
  bucketNames: {
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html",
    asOf: "2026-11-29",
  },
} as const satisfies Readonly<Record<string, Fact>>;

/**
 * Region of what CloudFront uses (certificates, web ACLs, log delivery) and of the metrics that it and Route 53
 * report.
 */
export const CLOUDFRONT_REGION = "us-east-1";

/**
 * Region whose buckets have the global name `<bucket>.s3.amazonaws.com`. S3 redirects a new bucket's requests from there to
 * another region, and CloudFront does not follow.
 */
export const GLOBAL_BUCKET_NAMES_REGION = "us-east-1";

/** Managed cache policies. */
export const CACHE_POLICIES = {
  /** Caches by path, compressed variants apart; no cookies, headers or query. */
  CachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  /** Caches nothing. */
  CachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
} as const;

/** Seconds for which CloudFront keeps an answer by each of them: at least, where the origin says nothing, and at most. */
export const CACHE_SECONDS: Readonly<
  Record<keyof typeof CACHE_POLICIES, readonly [number, number, number]>
> = {
  CachingOptimized: [1, 86_400, 31_536_000],
  CachingDisabled: [0, 0, 0],
};

/** Managed origin request policies. */
export const ORIGIN_REQUEST_POLICIES = {
  /** Sends the viewer's headers, cookies and query on; Host is the origin's own, so that its certificate fits. */
  AllViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  /** With the viewer's Host, which the origin's certificate must have as well. */
  AllViewer: "216adef6-5c7f-47e4-b989-5492eafa07d3",
} as const;

/** Statuses that CloudFront caches for ERROR_SECONDS, or for as long as a custom error response says. */
export const ERROR_STATUSES = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504] as const;

/** Seconds for which CloudFront caches an error by default. */
export const ERROR_SECONDS = 10;

/** Statuses with which CloudFront or a load balancer behind it reports that nothing answered. */
export const UNANSWERED_STATUSES: readonly number[] = [502, 504];

/** Statuses of an S3 origin at which its copy is asked. */
export const FAILOVER_STATUSES = [500, 502, 503, 504] as const;

/** Largest code of a CloudFront Function in bytes. */
export const FUNCTION_CODE_BYTES = 10_240;
