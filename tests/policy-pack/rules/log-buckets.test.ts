/** Buckets of logs, by what writes to them in the plan and by what may deliver to them from elsewhere. */
import { encryptionRules } from "../../../policy-pack/rules/encryption";
import { storageRules } from "../../../policy-pack/rules/storage";
import { ruleOf } from "../rows";
import { ruleTable, type Sample, UNKNOWN_TEXT } from "../support";

const BUCKET = "aws:s3/bucket:Bucket";
const SSE =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const bucket = (name: string): Sample => ({
  type: BUCKET,
  name: "bucket",
  props: { bucket: name },
});
const otherType = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };

describe("policy pack: buckets of logs", () => {
  const sse = (settings: object, target: unknown = UNKNOWN_TEXT): Sample => ({
    type: SSE,
    props: { bucket: target, rules: [{ applyServerSideEncryptionByDefault: settings }] },
    references: target === UNKNOWN_TEXT ? { bucket: ["bucket"] } : {},
  });
  const kms = {
    sseAlgorithm: "aws:kms",
    kmsMasterKeyId: "arn:aws:kms:us-east-1:123456789012:key/1",
  };
  const acl = (props: object): Sample => ({
    type: "aws:s3/bucketAcl:BucketAcl",
    props: { bucket: "crm-data", ...props },
  });
  const policyFor = (Service: string): Sample => ({
    type: "aws:s3/bucketPolicy:BucketPolicy",
    props: {
      bucket: "crm-data",
      policy: JSON.stringify({
        Statement: {
          Effect: "Allow",
          Principal: { Service },
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::crm-data/*",
        },
      }),
    },
  });
  ruleTable(ruleOf(encryptionRules, "s3-encrypted"), [
    {
      compliant: "access logs of a bucket, with S3's key, by a reference",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        {
          type: "aws:s3/bucketLogging:BucketLogging",
          props: { bucket: "others", targetBucket: UNKNOWN_TEXT },
          references: { targetBucket: ["bucket"] },
        },
      ],
    },
    {
      compliant: "access logs of a load balancer, by the bucket's name",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        {
          type: "aws:alb/loadBalancer:LoadBalancer",
          props: { accessLogs: { enabled: true, bucket: "crm-data" } },
        },
      ],
    },
    {
      compliant: "access logs of a bucket, by the logging in it",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        {
          type: "aws:s3/bucket:Bucket",
          name: "others",
          props: { bucket: "others", logging: { targetBucket: "crm-data" } },
        },
        sse(kms, "others"),
      ],
    },
    {
      compliant: "access logs of a bucket, by the logging in it, with the old token",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        {
          type: "aws:s3/bucketV2:BucketV2",
          name: "others",
          props: { bucket: "others", loggings: [{ targetBucket: "crm-data" }] },
        },
        sse(kms, "others"),
      ],
    },
    // What S3 needs to deliver its logs: S3 User Guide, Permissions for log delivery.
    {
      compliant: "access logs of buckets elsewhere, by the canned ACL",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        acl({ acl: "log-delivery-write" }),
      ],
    },
    {
      compliant: "access logs of buckets elsewhere, by a grant",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        acl({
          accessControlPolicy: {
            grants: [
              {
                grantee: {
                  type: "Group",
                  uri: "http://acs.amazonaws.com/groups/s3/LogDelivery",
                },
                permission: "WRITE",
              },
            ],
          },
        }),
      ],
    },
    {
      compliant: "access logs of buckets elsewhere, by a policy",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        policyFor("logging.s3.amazonaws.com"),
      ],
    },
    {
      compliant: "access logs of load balancers elsewhere, by a policy",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        policyFor("logdelivery.elasticloadbalancing.amazonaws.com"),
      ],
    },
    {
      violating: "S3's key for what another service writes",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "AES256" }),
        policyFor("cloudtrail.amazonaws.com"),
      ],
      says: /sseAlgorithm is "AES256"/,
    },
    { unknown: "algorithm", resources: [bucket("crm-data"), sse({ sseAlgorithm: UNKNOWN_TEXT })] },
    otherType,
  ]);

  const logs: Sample = { type: BUCKET, name: "logs", props: { bucket: "crm-access-logs" } };
  ruleTable(ruleOf(storageRules, "s3-access-logging"), [
    {
      compliant: "a bucket of another bucket's logs, by the logging in that",
      resources: [
        logs,
        {
          type: BUCKET,
          name: "uploads",
          props: { bucket: "crm-uploads", logging: { targetBucket: "crm-access-logs" } },
        },
      ],
    },
    {
      compliant: "a bucket of a classic load balancer's logs",
      resources: [
        logs,
        {
          type: "aws:elb/loadBalancer:LoadBalancer",
          props: { accessLogs: { bucket: "crm-access-logs" } },
        },
      ],
    },
    {
      compliant: "a bucket to which S3 may deliver logs of buckets elsewhere",
      resources: [
        logs,
        {
          type: "aws:s3/bucketAcl:BucketAcl",
          props: { bucket: "crm-access-logs", acl: "log-delivery-write" },
        },
      ],
    },
    { violating: "none of them", resources: [logs], says: /no BucketLogging/ },
    {
      unknown: "whose logging it is",
      resources: [
        logs,
        { type: "aws:s3/bucketLogging:BucketLogging", props: { bucket: UNKNOWN_TEXT } },
      ],
    },
    otherType,
  ]);
});
