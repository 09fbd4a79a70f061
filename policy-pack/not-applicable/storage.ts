/** Controls of buckets without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "CKV_AWS_19",
    reason:
      "S3 encrypts each object since 2023 in any case; s3-encrypted requires a customer-managed key.",
  },
  {
    control: "S3.20",
    reason:
      "S3 accepts no lifecycle rules on a bucket with MFA delete, and s3-lifecycle requires them; versions and replicas protect against deletion.",
  },
  {
    control: "2.1.2",
    reason:
      "S3 accepts no lifecycle rules on a bucket with MFA delete, and only the root user can turn it on.",
  },
  {
    control: "AWS-0170",
    reason:
      "S3 accepts no lifecycle rules on a bucket with MFA delete, and only the root user can turn it on.",
  },
];
