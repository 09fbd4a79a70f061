/** Services that are in no region. */
import type { Fact } from "./fact";

/** Where IAM says that a call of them is made (`aws:RequestedRegion`). */
export const GLOBAL_SERVICES = {
  prefixes: ["budgets", "ce", "cloudfront", "iam", "route53"] as readonly string[],
  region: "us-east-1",
  /** Each has one endpoint there for all regions. */
  source:
    "https://github.com/boto/botocore/blob/0e6e2404b85dc336dd2889814e089bde7d1a4c55/botocore/data/endpoints.json",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
