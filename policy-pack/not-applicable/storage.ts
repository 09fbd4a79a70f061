/** Controls about buckets that no rule judges. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "CKV_AWS_19",
    reason:
      "S3 encrypts each object since 2023, whatever a program says; s3-encrypted asks for a key of one's own.",
  },
  {
    control: "S3.20",
    reason:
      "S3 takes no lifecycle rules on a bucket with MFA delete, and s3-lifecycle asks for these; versions and copies guard against deletion.",
  },
  {
    control: "2.1.2",
    reason:
      "S3 takes no lifecycle rules on a bucket with MFA delete, and only the root user can turn it on.",
  },
  {
    control: "AWS-0170",
    reason:
      "S3 takes no lifecycle rules on a bucket with MFA delete, and only the root user can turn it on.",
  },
];
