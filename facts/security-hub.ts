/** Lists in the texts of Security Hub's controls. */
import type { Fact } from "./fact";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const asOf = "2026-11-29";

/** Ports that EC2.19 refuses where they are open to the internet; Control Tower's hook of the same text has the same ones. */
export const HIGH_RISK_PORTS = {
  ports: [
    20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500,
    5601, 8080, 8088, 8888, 9200, 9300,
  ],
  source: `${GUIDE}/ec2-controls.html#ec2-19`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** SSH and RDP: the ports of remote administration of EC2.13, EC2.14, EC2.21, EC2.53 and EC2.54. */
export const ADMINISTRATION_PORTS = {
  ports: [22, 3389],
  source: `${GUIDE}/ec2-controls.html#ec2-21`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Categories of RDS's events that need a subscription, by type of source: RDS.20 and RDS.21. */
export const DATABASE_EVENTS = {
  categories: {
    "db-instance": ["maintenance", "configuration change", "failure"],
    "db-parameter-group": ["configuration change"],
  },
  source: `${GUIDE}/rds-controls.html#rds-20`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Actions on a bucket that S3.6 denies to other accounts. */
export const OWNERS_ACTIONS = {
  actions: [
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
  ],
  source: `${GUIDE}/s3-controls.html#s3-6`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** Glue.4: the oldest version of Glue on which a Spark job may run, and the commands that run Spark; undefined is `glueetl`. */
export const GLUE_VERSIONS = {
  minimum: 3,
  commands: [undefined, "glueetl", "gluestreaming"] as readonly (string | undefined)[],
  source: `${GUIDE}/glue-controls.html#glue-4`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/** SageMaker.8: the platforms of notebook instances that AWS supports. */
export const NOTEBOOK_PLATFORMS = {
  supported: ["notebook-al2023-v1"] as readonly unknown[],
  source: `${GUIDE}/sagemaker-controls.html#sagemaker-8`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;

/**
 * EKS.2 and EKS.9: the oldest version of Kubernetes with standard support, as a minor version of 1. Checkov's CKV_AWS_339 also accepts
 * versions with extended support.
 */
export const KUBERNETES_VERSIONS = {
  oldest: 34,
  extended: 29,
  source: `${GUIDE}/eks-controls.html#eks-2`,
  asOf,
} as const satisfies Fact & Record<string, unknown>;
