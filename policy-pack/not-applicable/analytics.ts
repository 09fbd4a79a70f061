/** Controls of analytics, builds, Kafka and machine learning without a rule of their own. */
const S3_ENCRYPTS =
  "Since January 2023 S3 encrypts every object; Security Hub withdrew Athena.1 for that reason.";
const NO_RESOURCE = "The provider has no such resource.";

export const notApplicable: readonly { control: string; reason: string }[] = [
  { control: "Athena.1", reason: S3_ENCRYPTS },
  { control: "ATH1", reason: S3_ENCRYPTS },
  { control: "CKV_AWS_77", reason: S3_ENCRYPTS },
  { control: "CKV_AWS_159", reason: S3_ENCRYPTS },
  { control: "AWS-0006", reason: S3_ENCRYPTS },
  {
    control: "Glue.3",
    reason: "The provider's resource has no input for the encryption of a transform.",
  },
  {
    control: "CB5",
    reason: "It asks why a build has an image of its own, which no plan says.",
  },
  {
    control: "CKV2_AWS_7",
    reason:
      "Judged for every security group by sg-no-open-ingress-except-authorized; the groups that EMR makes are closed.",
  },
  {
    control: "CKV2_AWS_68",
    reason: "Judged for every role and its policies by iam-no-admin.",
  },
  {
    control: "CKV_AWS_114",
    reason: "The provider requires the realm of a cluster with Kerberos.",
  },
  {
    control: "CKV_AWS_208",
    reason:
      "Amazon MQ creates no broker of a version whose support has ended, and upgrades those that exist.",
  },
  {
    control: "CKV_AWS_295",
    reason:
      "The provider's resource has no other input for the key; Pulumi encrypts secrets in its state.",
  },
  {
    control: "DMS.10",
    reason: "The provider's resource has no input for IamAuthEnabled.",
  },
  { control: "SageMaker.10", reason: NO_RESOURCE },
  { control: "SageMaker.12", reason: NO_RESOURCE },
  { control: "SageMaker.13", reason: NO_RESOURCE },
  { control: "SageMaker.15", reason: NO_RESOURCE },
  { control: "SageMaker.20", reason: NO_RESOURCE },
  { control: "SageMaker.23", reason: NO_RESOURCE },
  { control: "SageMaker.24", reason: NO_RESOURCE },
  { control: "SageMaker.25", reason: NO_RESOURCE },
];
