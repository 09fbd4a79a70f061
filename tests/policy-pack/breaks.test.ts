import assert from "node:assert/strict";

import { controlsBroken } from "../../policy-pack/define";
import { RULES } from "../../policy-pack/rules";
import { ruleOf } from "./rows";
import { judgeStack, type Sample, UNKNOWN_TEXT } from "./support";
import { readTables } from "./tables";

const of = (type: string, props: Record<string, unknown>): Sample[] => [{ type, props }];
const allow = (Action: string, more: object = {}) =>
  JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: "*", ...more } });
const origin = (customOriginConfig: object, domainName = "example.com") => ({
  origins: [{ domainName, customOriginConfig }],
});
const redirects = { defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" } };
const grant = (permission: string, who = "AllUsers") => ({
  accessControlPolicy: {
    grants: [{ permission, grantee: { uri: `http://acs.amazonaws.com/groups/global/${who}` } }],
  },
});

const BUCKET = "aws:s3/bucket:Bucket";
const ACL = "aws:s3/bucketAcl:BucketAcl";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const CLUSTER = "aws:ecs/cluster:Cluster";
const DATABASE = "aws:rds/instance:Instance";
const DATABASES = "aws:rds/cluster:Cluster";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const FUNCTION = "aws:lambda/function:Function";
const GROUP = "aws:cloudwatch/logGroup:LogGroup";
const QUEUE = "aws:sqs/queue:Queue";
const TOPIC = "aws:sns/topic:Topic";
const exec = (logging?: string, logConfiguration: object = {}) => ({
  configuration: { executeCommandConfiguration: { logging, logConfiguration } },
});
const ports = (from: number, to = from) => ({
  ingress: [
    { action: "allow", cidrBlock: "0.0.0.0/0", protocol: "tcp", fromPort: from, toPort: to },
  ],
});
const certificate = (sslCertificateId?: string) => ({
  listeners: [{ lbProtocol: "https", sslCertificateId }],
});
const document = (statement: object) => ({ policy: JSON.stringify({ Statement: statement }) });
const sending = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" };

/**
 * What each finding is required by, in order; undefined where the message names none, as it breaks all controls of its
 * rule. Who requires what: Security Hub's, AWS Config's and the catalogues' own pages.
 */
const FINDINGS: readonly (readonly [string, string, Sample[], ...(string | undefined)[]])[] = [
  ["log-group-retention", "never said", of(GROUP, {}), "CKV_AWS_66, CKV_AWS_338"],
  ["log-group-retention", "forever, on purpose", of(GROUP, { retentionInDays: 0 }), "none"],
  [
    "cf-tls",
    "TLS 1.2, an older policy",
    of(DISTRIBUTION, { viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2018" } }),
    "CloudFront.15, AWS-0013",
  ],
  [
    "cf-tls",
    "TLS 1.1",
    of(DISTRIBUTION, { viewerCertificate: { minimumProtocolVersion: "TLSv1.1_2016" } }),
    undefined,
  ],
  [
    "cf-origin-tls",
    "the viewer's protocol, which is HTTPS",
    of(DISTRIBUTION, {
      ...origin({ originProtocolPolicy: "match-viewer", originSslProtocols: ["TLSv1.2"] }),
      ...redirects,
    }),
    "none",
  ],
  [
    "cf-origin-tls",
    "the viewer's protocol, which may be HTTP",
    of(DISTRIBUTION, {
      ...origin({ originProtocolPolicy: "match-viewer", originSslProtocols: ["TLSv1.2"] }),
      defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" },
    }),
    "CloudFront.9",
  ],
  [
    "cf-origin-tls",
    "HTTP to a load balancer",
    of(
      DISTRIBUTION,
      origin(
        { originProtocolPolicy: "http-only", originSslProtocols: ["TLSv1.2"] },
        "api.elb.amazonaws.com",
      ),
    ),
    "CloudFront.9, CKV2_AWS_72",
  ],
  [
    "cf-origin-tls",
    "old versions",
    of(
      DISTRIBUTION,
      origin({ originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1", "TLSv1.2"] }),
    ),
    "CFR5",
  ],
  [
    "cf-origin-tls",
    "SSL",
    of(DISTRIBUTION, origin({ originProtocolPolicy: "https-only", originSslProtocols: ["SSLv3"] })),
    "CloudFront.10, CFR5, CKV2_AWS_54",
  ],
  [
    "alb-listener-tls",
    "an old policy",
    of("aws:lb/listener:Listener", { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-2016-08" }),
    "CKV_AWS_103, CKV2_AWS_74, AWS-0047",
  ],
  ["ecs-exec-logged", "off", of(CLUSTER, exec("NONE")), undefined],
  ["ecs-exec-logged", "the container's log", of(CLUSTER, exec("DEFAULT")), "none"],
  ["ecs-exec-logged", "no place", of(CLUSTER, exec("OVERRIDE")), "none"],
  [
    "search-https",
    "the provider's HTTPS, no policy",
    of("aws:opensearch/domain:Domain", { domainEndpointOptions: {} }),
    "ES.8, Opensearch.8, CKV_AWS_228, AWS-0126",
  ],
  ["lambda-in-vpc-multi-az", "no subnets", of(FUNCTION, {}), "Lambda.3, CKV_AWS_117"],
  [
    "lambda-in-vpc-multi-az",
    "one subnet",
    of(FUNCTION, { vpcConfig: { subnetIds: ["a"], securityGroupIds: ["b"] } }),
    "Lambda.5",
  ],
  [
    "lambda-xray",
    "what callers trace",
    of(FUNCTION, { tracingConfig: { mode: "PassThrough" } }),
    "Lambda.7, AWS-0066",
  ],
  ["lambda-xray", "nothing", of(FUNCTION, {}), undefined],
  [
    "nacl-no-open-admin-ports",
    "FTP",
    of("aws:ec2/networkAcl:NetworkAcl", ports(20)),
    "CKV_AWS_230",
  ],
  [
    "nacl-no-open-admin-ports",
    "all of them",
    of("aws:ec2/networkAcl:NetworkAcl", ports(0, 65535)),
    "EC2.21, 5.2, CKV_AWS_230, CKV_AWS_229, CKV_AWS_232, CKV_AWS_231, AWS-0105",
  ],
  ["rds-backup-retention", "a cluster, by default a day", of(DATABASES, {}), "RDS.11, AWS-0077"],
  ["rds-backup-retention", "an instance, by default none", of(DATABASE, {}), undefined],
  ["rds-backup-retention", "some days", of(DATABASE, { backupRetentionPeriod: 3 }), "RDS.11"],
  ["rds-enhanced-monitoring", "off, so that it needs no role", of(DATABASE, {}), undefined],
  [
    "rds-enhanced-monitoring",
    "on without a role",
    of(DATABASE, { monitoringInterval: 60 }),
    "none",
  ],
  [
    "rds-supported-version",
    "old",
    of(DATABASE, { engine: "postgres", engineVersion: "13.3" }),
    "none",
  ],
  [
    "rds-supported-version",
    "old and exposed",
    of(DATABASE, { engine: "postgres", engineVersion: "13.2" }),
    undefined,
  ],
  [
    "rds-supported-version",
    "of two parts",
    of(DATABASE, { engine: "postgres", engineVersion: "9.6.21" }),
    undefined,
  ],
  [
    "rds-supported-version",
    "of two parts, corrected",
    of(DATABASE, { engine: "postgres", engineVersion: "9.6.22" }),
    "none",
  ],
  [
    "rds-supported-version",
    "too old",
    of(DATABASE, { engine: "postgres", engineVersion: "9.5" }),
    undefined,
  ],
  [
    "rds-supported-version",
    "of Aurora",
    of(DATABASES, { engine: "aurora-postgresql", engineVersion: "11.8" }),
    undefined,
  ],
  [
    "rds-supported-version",
    "of Aurora, corrected",
    of(DATABASES, { engine: "aurora-postgresql", engineVersion: "12.4" }),
    "none",
  ],
  [
    "clb-listener-tls",
    "of IAM",
    of("aws:elb/loadBalancer:LoadBalancer", certificate("arn:aws:iam::1:server-certificate/x")),
    "ELB.2",
  ],
  [
    "clb-listener-tls",
    "no certificate",
    of("aws:elb/loadBalancer:LoadBalancer", certificate()),
    undefined,
  ],
  [
    "s3-public-access-block-values",
    "one switch",
    of(BLOCK, { blockPublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true }),
    "S3.8, 2.1.4, S2, CKV_AWS_55, AWS-0091",
  ],
  [
    "s3-no-public-acl",
    "readable",
    of(BUCKET, { acl: "public-read" }),
    "S3.2, CKV_AWS_20, AWS-0092",
  ],
  // S3.2 evaluates the bucket's ACL, and Checkov's and Trivy's checks are about buckets.
  [
    "s3-no-public-acl",
    "a readable object",
    of("aws:s3/bucketObjectv2:BucketObjectv2", { acl: "public-read" }),
    "none",
  ],
  [
    "s3-no-public-acl",
    "a copy that all may overwrite",
    of("aws:s3/objectCopy:ObjectCopy", { acl: "public-read-write" }),
    "none",
  ],
  ["s3-no-public-acl", "writable", of(BUCKET, { acl: "public-read-write" }), undefined],
  [
    "s3-no-public-acl",
    "readable by all accounts",
    of(BUCKET, { acl: "authenticated-read" }),
    "S3.2, CKV_AWS_20, CKV2_AWS_43, AWS-0092",
  ],
  ["s3-no-public-acl", "a grant to read", of(ACL, grant("READ")), "S3.2, CKV_AWS_20, AWS-0092"],
  ["s3-no-public-acl", "a grant to write", of(ACL, grant("WRITE")), "S3.3, CKV_AWS_57, AWS-0092"],
  [
    "s3-no-public-acl",
    "a grant of all",
    of(ACL, grant("FULL_CONTROL")),
    "S3.2, S3.3, CKV_AWS_20, CKV_AWS_57, CKV_AWS_375, AWS-0092",
  ],
  [
    "s3-no-public-acl",
    "a grant to all accounts",
    of(ACL, grant("WRITE", "AuthenticatedUsers")),
    "S3.3, CKV2_AWS_43, AWS-0092",
  ],
  ["s3-no-public-acl", "a grant to come", of(ACL, grant(UNKNOWN_TEXT)), undefined],
  [
    "sqs-policy-not-public",
    "public",
    of(QUEUE, document({ ...sending, Principal: "*" })),
    "SQS.3, CKV_AWS_168, CKV_AWS_387, CKV_AWS_283",
  ],
  [
    "sqs-policy-not-public",
    "all actions",
    of(QUEUE, document({ ...sending, Action: "sqs:*", Principal: { AWS: "123456789012" } })),
    "CKV_AWS_72, AWS-0097",
  ],
  [
    "sqs-policy-not-public",
    "both",
    of(QUEUE, document({ ...sending, Action: "sqs:*", Principal: "*" })),
    "SQS.3, CKV_AWS_168, CKV_AWS_387, CKV_AWS_283, CKV_AWS_72, AWS-0097",
  ],
  [
    "sns-policy-not-public",
    "another account",
    of(
      TOPIC,
      document({
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: "*",
        Principal: { AWS: "999999999999" },
      }),
    ).map((one) => ({ ...one, provider: { allowedAccountIds: '["123456789012"]' } })),
    "CKV_AWS_385",
  ],
  ["customer-managed-key", "a queue without a key", of(QUEUE, {}), "AWS-0135"],
  [
    "customer-managed-key",
    "a queue with AWS's key",
    of(QUEUE, { kmsMasterKeyId: "alias/aws/sqs" }),
    "AWS-0135, CKV2_AWS_73",
  ],
  [
    "customer-managed-key",
    "a topic with AWS's key",
    of(TOPIC, { kmsMasterKeyId: "alias/aws/sns" }),
    "AWS-0136",
  ],
  ["customer-managed-key", "a topic", of(TOPIC, {}), "SNS.1, CKV_AWS_26, AWS-0095, AWS-0136"],
  ["customer-managed-key", "a file system", of("aws:efs/fileSystem:FileSystem", {}), "CKV_AWS_184"],
  [
    "ecr-kms",
    "AWS's key",
    of("aws:ecr/repository:Repository", { encryptionConfigurations: [{ encryptionType: "KMS" }] }),
    "ECR.5, AWS-0033",
  ],
  [
    "search-node-to-node-encrypted",
    "a single node, which Checkov leaves out",
    of("aws:opensearch/domain:Domain", {}),
    "ES.3, Opensearch.3, OS2, AWS-0043",
  ],
  [
    "search-node-to-node-encrypted",
    "several nodes",
    of("aws:opensearch/domain:Domain", { clusterConfig: { instanceCount: 2 } }),
    undefined,
  ],
  [
    "redis-backup",
    "nodes that have no snapshots, which Trivy leaves out",
    of("aws:elasticache/cluster:Cluster", { engine: "redis", nodeType: "cache.t1.micro" }),
    "ElastiCache.1",
  ],
  ["ecr-kms", "no key of KMS: one finding", of("aws:ecr/repository:Repository", {}), undefined],
  [
    "iam-no-wildcard-action",
    "of one service",
    of("aws:iam/policy:Policy", { policy: allow("s3:*") }),
    "IAM.21, IAM5",
  ],
  [
    "iam-no-wildcard-action",
    "of all",
    of("aws:iam/policy:Policy", { policy: allow("*") }),
    undefined,
  ],
  [
    "iam-no-wildcard-resource",
    "under a condition",
    of("aws:iam/policy:Policy", {
      policy: allow("s3:GetObject", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    }),
    "IAM5",
  ],
];

/** What the messages say that they are required by. */
function required(messages: readonly string[]): (string | undefined)[] {
  return messages.map((message) =>
    / No public control requires it\.$/.test(message)
      ? "none"
      : / Required by (.+)\.$/.exec(message)?.[1],
  );
}

describe("findings name the controls that they break", () => {
  for (const [id, text, samples, ...expected] of FINDINGS) {
    it(`${id}: ${text}`, () => {
      const { violations, undecided } = judgeStack(ruleOf(RULES, id), samples);
      assert.deepEqual(undecided, []);
      assert.deepEqual(required(violations), expected);
    });
  }

  it("names no control that its rule does not claim", () => {
    for (const { rule, rows } of tables.values()) {
      const claimed = Object.values(rule.info.controls ?? {}).flat() as string[];
      for (const row of rows) {
        const samples = "resources" in row ? row.resources : [row];
        const { violations } = judgeStack(rule, samples, { config: row.config, stack: row.stack });
        for (const [index, ids] of required(violations).entries()) {
          // What reports read from the message, with whatever follows it.
          const read = controlsBroken(
            `${violations[index]!} Our advice.`,
            rule.info.controls ?? {},
          );
          const bare = read.map((tag) => tag.split(":")[1]!);
          const all = ids === undefined ? claimed : ids === "none" ? [] : ids.split(", ");
          assert.deepEqual(bare.sort(), [...new Set(all)].sort(), rule.info.id);
          for (const one of ids === undefined || ids === "none" ? [] : ids.split(", ")) {
            assert.ok(claimed.includes(one), `${rule.info.id} names ${one}`);
          }
        }
      }
    }
  });

  const tables = readTables();
});
