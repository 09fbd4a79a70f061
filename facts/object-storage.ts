/** Words of S3. */
import { type Fact, guide } from "./fact";

/** Canned ACLs that give other accounts no access. */
export const PRIVATE_ACLS = {
  names: [
    "private",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
  ] as readonly string[],
  source: guide(
    "amazon-s3-userguide",
    "cc53dd6a44d3aa1d654e6d3705a0a7550f20fd2a",
    "acl-overview.md",
  ),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Days of a storage class that are paid at least, also for an object that leaves it sooner. */
export const PAID_DAYS = {
  STANDARD_IA: 30,
  GLACIER_IR: 90,
  GLACIER: 90,
  DEEP_ARCHIVE: 180,
  source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Storage classes with a waiting time, in the order in which S3 lets objects descend. */
export const DESCENDING_CLASSES = {
  names: ["STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"],
  source:
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
