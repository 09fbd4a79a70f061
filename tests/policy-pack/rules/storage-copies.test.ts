import { storageRules } from "../../../policy-pack/rules/storage";
import { companionRows, ruleOf } from "../rows";
import { type Row, ruleTable, type Sample, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const BUCKET = "aws:s3/bucket:Bucket";
const NAME = "crm-user-uploads-prod";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

const bucket: Sample = { type: BUCKET, name: "uploads", props: { bucket: NAME } };
const role: Row = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };
const rule = (id: string) => ruleOf(storageRules, id);
const of = (type: string, props: Record<string, unknown>): Sample => ({
  type,
  props: { bucket: NAME, ...props },
});

describe("policy pack: copies and notifications of buckets", () => {
  const copied = {
    status: "Enabled",
    destination: { bucket: "arn:aws:s3:::crm-user-uploads-backup" },
  };
  const encrypted = {
    ...copied,
    sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
  };
  const recrypted = {
    ...encrypted,
    destination: {
      ...copied.destination,
      encryptionConfiguration: { replicaKmsKeyId: UNKNOWN_TEXT },
    },
  };
  const underKey = of(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] },
  );
  ruleTable(
    rule("s3-replication"),
    [
      {
        compliant: "copied; the copy needs none",
        resources: [
          bucket,
          { type: BUCKET, props: { bucket: "crm-user-uploads-backup" } },
          of(REPLICATION, { rules: [copied] }),
        ],
      },
      { compliant: "staging", stack: "staging", resources: [bucket] },
      { compliant: "reports", resources: [{ type: BUCKET, props: { bucket: "crm-reports" } }] },
      { violating: "no copy", resources: [bucket], says: /no BucketReplicationConfig/ },
      {
        violating: "switched off",
        resources: [bucket, of(REPLICATION, { rules: [{ ...copied, status: "Disabled" }] })],
        says: /enable one/,
      },
      {
        violating: "no key for the copies",
        resources: [bucket, of(REPLICATION, { rules: [encrypted] })],
        says: /replicaKmsKeyId is not set/,
      },
      {
        violating: "objects under a key are left out",
        resources: [bucket, underKey, of(REPLICATION, { rules: [copied] })],
        says: /sseKmsEncryptedObjects is not "Enabled"/,
      },
      {
        compliant: "objects under a key are copied under another",
        resources: [bucket, underKey, of(REPLICATION, { rules: [recrypted] })],
      },
      {
        unknown: "whether objects under a key are copied",
        resources: [
          bucket,
          underKey,
          of(REPLICATION, {
            rules: [
              { ...copied, sourceSelectionCriteria: { sseKmsEncryptedObjects: UNKNOWN_TEXT } },
            ],
          }),
        ],
      },
      { unknown: "rules", resources: [bucket, of(REPLICATION, { rules: UNKNOWN_LIST })] },
      role,
    ],
    { replicated: ["user-uploads"] },
  );

  const requests = { type: BUCKET, props: { bucket: "crm-report-requests" } };
  const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";
  ruleTable(
    rule("s3-event-notifications"),
    [
      ...companionRows(requests, NOTIFICATION, "bucket"),
      { compliant: "a bucket that starts nothing", resources: [bucket] },
    ],
    { notified: ["report-requests"] },
  );
});
