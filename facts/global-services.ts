/** Services that are in no region. */
import type { Fact } from "./fact";

/** Where IAM says that a call of them is made (`aws:RequestedRegion`). */
export const GLOBAL_SERVICES = {
  prefixes: ["budgets", "ce", "cloudfront", "iam", "route53"] as readonly string[],
  region: "us-east-1",
  source:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html",
  asOf: "2026-11-28",
  unverified:
    "the page names CloudFront, IAM, Route 53 and Budgets; Cost Explorer (ce) it does not",
} as const satisfies Fact & Record<string, unknown>;
