/** What an example takes for granted: an account, a region, and where a document would hang. */
export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";

/** What holds a document with principals, by the service that it speaks of. */
export const HOLDERS: Readonly<Record<string, readonly [type: string, property: string]>> = {
  s3: ["aws:s3/bucketPolicy:BucketPolicy", "policy"],
  sqs: ["aws:sqs/queuePolicy:QueuePolicy", "policy"],
  sns: ["aws:sns/topicPolicy:TopicPolicy", "policy"],
  kms: ["aws:kms/keyPolicy:KeyPolicy", "policy"],
  sts: ["aws:iam/role:Role", "assumeRolePolicy"],
  backup: ["aws:backup/vaultPolicy:VaultPolicy", "policy"],
};

/** What data sources tell of the account that everybody has. */
export const DATA: Readonly<Record<string, string>> = {
  "aws_caller_identity.account_id": ACCOUNT,
  "aws_caller_identity.arn": `arn:aws:iam::${ACCOUNT}:role/deployer`,
  "aws_region.name": REGION,
  "aws_region.id": REGION,
  "aws_region.region": REGION,
  "aws_partition.partition": "aws",
  "aws_partition.dns_suffix": "amazonaws.com",
  "aws_canonical_user_id.id": "canonical",
};
