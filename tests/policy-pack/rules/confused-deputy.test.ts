/** Services on behalf of strangers: IAM User Guide, "The confused deputy problem", and the guides of the services named. */
import { resourcePolicyRules } from "../../../policy-pack/rules/resource-policies";
import { documentOf, ruleOf } from "../rows";
import { type Row, ruleTable, UNKNOWN_TEXT } from "../support";

const ACCOUNT = "123456789012";

/** Policies with the property that holds them, a service, and an action. */
const GRANTS: Readonly<
  Record<string, readonly [property: string, service: string, action: string]>
> = {
  "aws:s3/bucketPolicy:BucketPolicy": ["policy", "cloudtrail", "s3:PutObject"],
  "aws:s3/bucket:Bucket": ["policy", "cloudtrail", "s3:PutObject"],
  "aws:s3/bucketV2:BucketV2": ["policy", "cloudtrail", "s3:PutObject"],
  "aws:sqs/queuePolicy:QueuePolicy": ["policy", "sns", "sqs:SendMessage"],
  "aws:sns/topicPolicy:TopicPolicy": ["policy", "s3", "sns:Publish"],
  "aws:kms/key:Key": ["policy", "cloudfront", "kms:Decrypt"],
  "aws:kms/keyPolicy:KeyPolicy": ["policy", "cloudfront", "kms:Decrypt"],
  "aws:ecr/repositoryPolicy:RepositoryPolicy": ["policy", "codebuild", "ecr:BatchGetImage"],
  "aws:backup/vaultPolicy:VaultPolicy": ["policy", "backup", "backup:CopyIntoBackupVault"],
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ["policy", "events", "events:PutEvents"],
  "aws:secretsmanager/secretPolicy:SecretPolicy": [
    "policy",
    "glue",
    "secretsmanager:GetSecretValue",
  ],
};

/** A resource whose policy allows its service this, under a condition. */
const sample = (type: string, condition?: object, change: object = {}) => {
  const [property, service, action] = GRANTS[type]!;
  const statement = {
    Effect: "Allow",
    Principal: { Service: `${service}.amazonaws.com` },
    Action: action,
    // AWS takes no Resource in the policy of a repository.
    ...(!action.startsWith("ecr:") && { Resource: "*" }),
    ...(condition && { Condition: condition }),
    ...change,
  };
  return { type, props: { [property]: documentOf(statement) } };
};
const BUCKET = "aws:s3/bucketPolicy:BucketPolicy";
const KEY = "aws:kms/key:Key";
const service = (name: string) => ({ Principal: { Service: `${name}.amazonaws.com` } });

/** Access logs of load balancers, as the guide's policies have them. */
const logs = (resource: string | readonly string[], change: object = {}) =>
  sample(BUCKET, undefined, {
    ...service("logdelivery.elasticloadbalancing"),
    ...{ Action: "s3:PutObject", Resource: resource, ...change },
  });

/** Conditions that every account meets, and those of one account or organization alone. */
const OPEN: Readonly<Record<string, object>> = {
  "a distribution of any account": {
    ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::*:distribution/*" },
  },
  "any account": { StringLike: { "aws:SourceAccount": "*" } },
  "a canned ACL": { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
};
const CLOSED: Readonly<Record<string, object>> = {
  "one account": { StringEquals: { "aws:SourceAccount": ACCOUNT } },
  "an account that is not known yet": { StringEquals: { "aws:SourceAccount": UNKNOWN_TEXT } },
  "resources of one account": { ArnLike: { "aws:SourceArn": `arn:aws:sns:*:${ACCOUNT}:*` } },
  "one organization": { StringEquals: { "aws:SourceOrgID": "o-ours" } },
};
const context = (arn: string) => ({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn } });

const rows = Object.keys(GRANTS).flatMap((type): Row[] => [
  {
    violating: `${type} without a condition`,
    ...sample(type),
    says: /allows \w+\.amazonaws\.com on behalf of every account; add a condition/,
  },
  ...Object.entries(CLOSED).map(([name, condition]) => ({
    compliant: `${type}: ${name}`,
    ...sample(type, condition),
  })),
]);

describe("policy pack: confused deputies", () => {
  ruleTable(ruleOf(resourcePolicyRules, "resource-policy-confused-deputy"), [
    ...rows,
    ...Object.entries(OPEN).map(([name, condition]) => ({
      violating: name,
      ...sample(BUCKET, condition),
      says: /cloudtrail/,
    })),
    // Application Load Balancers, "Enable access logs": its three policies, without the conditions that it adds as best practices.
    {
      compliant: "load balancers of the account in the path",
      ...logs(`arn:aws:s3:::logs/prefix/AWSLogs/${ACCOUNT}/*`),
    },
    {
      compliant: "load balancers of two accounts, without a prefix, in GovCloud",
      ...logs([
        `arn:aws-us-gov:s3:::logs/AWSLogs/${ACCOUNT}/*`,
        "arn:aws-us-gov:s3:::logs/AWSLogs/999988887777/*",
      ]),
    },
    {
      compliant: "load balancers in Outposts",
      ...logs(`arn:aws:s3:::logs/AWSLogs/${ACCOUNT}/*`, {
        ...service("logdelivery.elb"),
        Condition: OPEN["a canned ACL"],
      }),
    },
    {
      compliant: "load balancers of an account that is not known yet, and a bucket",
      ...logs(`arn:aws:s3:::${UNKNOWN_TEXT}/AWSLogs/${UNKNOWN_TEXT}/*`),
    },
    { unknown: "the path of load balancers' logs", ...logs(UNKNOWN_TEXT) },
    ...[
      "arn:aws:s3:::logs/*",
      "arn:aws:s3:::logs/AWSLogs/*",
      "arn:aws:s3:::logs/AWSLogs/*/elasticloadbalancing/*",
      `arn:aws:s3:::logs/AWSLogs/${ACCOUNT}*`,
      `arn:aws:s3:::logs/*/AWSLogs/${ACCOUNT}/*`,
    ].map((resource) => ({
      violating: `load balancers of any account: ${resource}`,
      ...logs([`arn:aws:s3:::logs/AWSLogs/${ACCOUNT}/*`, resource]),
      says: /logdelivery\.elasticloadbalancing\.amazonaws\.com on behalf of every account/,
    })),
    {
      violating: "load balancers that may do more than write",
      ...logs(`arn:aws:s3:::logs/AWSLogs/${ACCOUNT}/*`, { Action: "s3:*" }),
      says: /logdelivery/,
    },
    {
      violating: "another service, whose guide does not say that the path restricts it",
      ...logs(`arn:aws:s3:::logs/AWSLogs/${ACCOUNT}/*`, service("cloudtrail")),
      says: /cloudtrail/,
    },
    {
      compliant: "a service that the setting trusts",
      config: { trustedServices: ["cloudtrail.amazonaws.com"] },
      ...sample(BUCKET),
    },
    {
      violating: "another than the setting trusts",
      config: { trustedServices: ["sns.amazonaws.com"] },
      ...sample(BUCKET),
      says: /cloudtrail/,
    },
    {
      compliant: "everyone, whom other rules judge",
      ...sample(BUCKET, undefined, { Principal: "*" }),
    },
    {
      compliant: "a role",
      ...sample(BUCKET, undefined, { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/trail` } }),
    },
    { compliant: "a denial", ...sample(BUCKET, undefined, { Effect: "Deny" }) },
    // Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs".
    { compliant: "EventBridge and a key", ...sample(KEY, undefined, service("events")) },
    // CloudWatch Logs User Guide, "Encrypt log data".
    {
      compliant: "log groups of one account",
      ...sample(KEY, context(`arn:aws:logs:us-east-1:${ACCOUNT}:*`), service("logs.us-east-1")),
    },
    {
      violating: "log groups of any account",
      ...sample(KEY, context("arn:aws:logs:us-east-1:*:*"), service("logs.us-east-1")),
      says: /logs\.us-east-1/,
    },
    // Route 53 Developer Guide, "Working with customer managed keys for DNSSEC".
    {
      compliant: "grants for AWS's resources",
      ...sample(
        KEY,
        { Bool: { "kms:GrantIsForAWSResource": "true" } },
        { ...service("dnssec-route53"), Action: "kms:CreateGrant" },
      ),
    },
    {
      violating: "more than grants",
      ...sample(
        KEY,
        { Bool: { "kms:GrantIsForAWSResource": "true" } },
        { ...service("dnssec-route53"), Action: ["kms:CreateGrant", "kms:Sign"] },
      ),
      says: /dnssec-route53/,
    },
    {
      unknown: "the service",
      ...sample(BUCKET, undefined, { Principal: { Service: UNKNOWN_TEXT } }),
    },
    { unknown: "the conditions", ...sample(BUCKET, undefined, { Condition: UNKNOWN_TEXT }) },
    { unknown: "the policy", type: BUCKET, props: { policy: UNKNOWN_TEXT } },
    { otherType: "a role", type: "aws:iam/role:Role" },
  ]);
});
