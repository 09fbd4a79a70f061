import { storageRules } from "../../../policy-pack/rules/storage";
import { companionRows, documentOf, ruleOf } from "../rows";
import {
  type Row,
  ruleTable,
  type Sample,
  UNKNOWN_FLAG,
  UNKNOWN_LIST,
  UNKNOWN_TEXT,
} from "../support";

const BUCKET = "aws:s3/bucket:Bucket";
const OLD_BUCKET = "aws:s3/bucketV2:BucketV2";
const NAME = "crm-user-uploads-prod";
const ARN = `arn:aws:s3:::${NAME}`;
const ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";

const bucket: Sample = { type: BUCKET, name: "uploads", props: { bucket: NAME } };
const role: Row = { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] };
const rule = (id: string) => ruleOf(storageRules, id);
const of = (type: string, props: Record<string, unknown>): Sample => ({
  type,
  props: { bucket: NAME, ...props },
});
const allFlags = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const tls = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [ARN, `${ARN}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const tls12 = { ...tls, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } };

describe("policy pack: storage", () => {
  ruleTable(rule("s3-public-access-block"), [
    ...companionRows(bucket, ACCESS_BLOCK, "bucket"),
    {
      compliant: "a block for the account",
      resources: [
        bucket,
        { type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", props: allFlags },
      ],
    },
    { violating: "a bucket by its old token", resources: [{ type: OLD_BUCKET }], says: /add one/ },
  ]);

  ruleTable(rule("s3-public-access-block-values"), [
    { compliant: "all four", type: ACCESS_BLOCK, props: allFlags },
    { violating: "three of four", type: ACCESS_BLOCK, props: { ...allFlags, ignorePublicAcls: false }, says: /ignorePublicAcls is false; set it to true/ }, // prettier-ignore
    // One finding, whichever switches are off: a second line would be a second finding.
    {
      violating: "none",
      type: ACCESS_BLOCK,
      says: /\.\nblockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets are not set; set them to true\.$/,
    },
    {
      violating: "two of them",
      type: ACCESS_BLOCK,
      props: { blockPublicAcls: true, blockPublicPolicy: false, ignorePublicAcls: true },
      says: /\.\nblockPublicPolicy is false, restrictPublicBuckets is not set; set them to true\. Required by S3\.8, 2\.1\.4, S2, CKV_AWS_54, CKV2_AWS_6, CKV_AWS_56, AWS-0087, AWS-0093\.$/,
    },
    {
      unknown: "a switch",
      type: ACCESS_BLOCK,
      props: { ...allFlags, blockPublicAcls: UNKNOWN_FLAG },
    },
    { otherType: "a bucket", type: BUCKET },
  ]);

  ruleTable(rule("s3-no-public-acl"), [
    { compliant: "private", type: BUCKET, props: { acl: "private" } },
    {
      violating: "readable",
      type: OLD_BUCKET,
      props: { acl: "public-read" },
      says: /acl is "public-read"; .*private/,
    },
    {
      violating: "a grant to all who have an account",
      type: "aws:s3/bucketAclV2:BucketAclV2",
      props: {
        accessControlPolicy: {
          grants: [
            { grantee: { uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" } },
          ],
        },
      },
      says: /grants\[0\]\.grantee\.uri is .*; remove the grant/,
    },
    { unknown: "list", type: BUCKET, props: { acl: UNKNOWN_TEXT } },
    { unknown: "grants", type: BUCKET, props: { grants: UNKNOWN_LIST } },
    { otherType: "a key", type: "aws:kms/key:Key" },
  ]);

  const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
  ruleTable(rule("s3-acl-disabled"), [
    ...companionRows(bucket, ownership, "bucket", {
      rule: { objectOwnership: "BucketOwnerEnforced" },
    }),
    {
      violating: "lists are on",
      resources: [bucket, of(ownership, { rule: { objectOwnership: "ObjectWriter" } })],
      says: /set it to "BucketOwnerEnforced"/,
    },
  ]);

  const read = { Effect: "Allow", Action: "s3:GetObject", Resource: `${ARN}/*` };
  ruleTable(rule("s3-policy-not-public"), [
    {
      compliant: "a service for an account",
      ...of(POLICY, {
        policy: documentOf({
          ...read,
          Principal: { Service: "cloudfront.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        }),
      }),
    },
    { compliant: "TLS for everybody", ...of(POLICY, { policy: documentOf(tls) }) },
    {
      violating: "everybody, in an object",
      ...of(POLICY, { policy: { Statement: { ...read, Principal: { AWS: ["*"] } } } }),
      says: /statement 1: it is public/,
    },
    {
      violating: "everybody, in the bucket itself",
      type: OLD_BUCKET,
      props: { policy: documentOf({ ...read, Principal: "*" }) },
      says: /it is public/,
    },
    {
      violating: "no JSON",
      ...of(POLICY, { policy: "{" }),
      says: /cannot be read: it is not valid JSON/,
    },
    { unknown: "document", ...of(POLICY, { policy: UNKNOWN_TEXT }) },
    {
      unknown: "principal",
      ...of(POLICY, { policy: { Statement: [{ ...read, Principal: { AWS: UNKNOWN_TEXT } }] } }),
    },
    { otherType: "a topic's policy", type: "aws:sns/topicPolicy:TopicPolicy" },
  ]);

  const change = { Effect: "Allow", Action: "s3:PutBucket*", Resource: ARN };
  const foreign = { ...change, Principal: { AWS: "arn:aws:iam::999999999999:role/x" } };
  ruleTable(rule("s3-policy-no-foreign-account"), [
    {
      compliant: "reading",
      ...of(POLICY, { policy: documentOf({ ...foreign, Action: "s3:GetObject" }) }),
    },
    {
      compliant: "our account",
      ...of(POLICY, { policy: documentOf({ ...change, Principal: { AWS: "123456789012" } }) }),
      provider: { allowedAccountIds: '["123456789012"]' },
    },
    {
      compliant: "an account of the setting",
      ...of(POLICY, { policy: documentOf(foreign) }),
      config: { ownAccounts: ["999999999999"] },
    },
    {
      violating: "another account",
      ...of(POLICY, { policy: documentOf(foreign) }),
      provider: { allowedAccountIds: '["123456789012"]' },
      says: /account 999999999999 may call s3:PutBucketAcl, s3:PutBucketPolicy/,
    },
    {
      unknown: "whether the account is the stack's own, of which one is known",
      ...of(POLICY, { policy: documentOf(foreign) }),
      provider: { allowedAccountIds: ["123456789012", UNKNOWN_TEXT] },
    },
    {
      unknown: "whether the account is the stack's own",
      ...of(POLICY, { policy: documentOf(foreign) }),
    },
    {
      unknown: "principal",
      ...of(POLICY, { policy: { Statement: [{ ...change, Principal: { AWS: UNKNOWN_TEXT } }] } }),
    },
    { otherType: "a key", type: "aws:kms/key:Key" },
  ]);

  ruleTable(rule("s3-policy-no-lockout"), [
    { compliant: "with a condition", ...of(POLICY, { policy: documentOf(tls) }) },
    {
      violating: "without one",
      ...of(POLICY, { policy: documentOf({ ...tls, Condition: undefined }) }),
      says: /it denies all principals all actions/,
    },
    { unknown: "document", ...of(POLICY, { policy: UNKNOWN_TEXT }) },
    { otherType: "a key", type: "aws:kms/key:Key" },
  ]);

  ruleTable(rule("s3-tls-only"), [
    { compliant: "both", resources: [bucket, of(POLICY, { policy: documentOf(tls, tls12) })] },
    {
      compliant: "any version, by the setting",
      resources: [bucket, of(POLICY, { policy: documentOf(tls) })],
      config: { minimumVersion: "" },
    },
    { violating: "no policy", resources: [bucket], says: /SecureTransport is "false"; add/ },
    {
      compliant: "both, on a bucket of another stack",
      resources: [
        { type: POLICY, props: { bucket: ARN.split(":::")[1], policy: documentOf(tls, tls12) } },
      ],
    },
    {
      violating: "neither, on a bucket of another stack",
      resources: [
        {
          type: POLICY,
          props: { bucket: ARN.split(":::")[1], policy: documentOf({ ...tls, Effect: "Allow" }) },
        },
      ],
      says: /SecureTransport is "false"; add/,
    },
    {
      violating: "old TLS",
      resources: [bucket, of(POLICY, { policy: documentOf(tls) })],
      says: /s3:TlsVersion is less than 1\.2; add/,
    },
    {
      violating: "one action",
      resources: [
        bucket,
        of(POLICY, { policy: documentOf({ ...tls, Action: "s3:GetObject" }, tls12) }),
      ],
      says: /SecureTransport/,
    },
    {
      violating: "the bucket without its objects",
      resources: [bucket, of(POLICY, { policy: documentOf({ ...tls, Resource: ARN }, tls12) })],
      says: /SecureTransport/,
    },
    {
      violating: "one more condition",
      resources: [
        bucket,
        of(POLICY, {
          policy: documentOf(
            {
              ...tls,
              Condition: { ...tls.Condition, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
            },
            tls12,
          ),
        }),
      ],
      says: /SecureTransport/,
    },
    { unknown: "document", resources: [bucket, of(POLICY, { policy: UNKNOWN_TEXT })] },
    role,
  ]);

  ruleTable(rule("s3-dns-name"), [
    { compliant: "letters and hyphens", ...bucket },
    { compliant: "a name that AWS makes", type: BUCKET },
    { violating: "a dot", type: BUCKET, props: { bucket: "crm.uploads" }, says: /"crm\.uploads"/ },
    { unknown: "name", type: BUCKET, props: { bucket: UNKNOWN_TEXT } },
    { otherType: "a policy", type: POLICY },
  ]);

  ruleTable(
    rule("s3-versioning"),
    [
      {
        compliant: "enabled",
        resources: [bucket, of(VERSIONING, { versioningConfiguration: { status: "Enabled" } })],
      },
      {
        compliant: "exports",
        resources: [{ type: BUCKET, props: { bucket: "crm-analytics-exports" } }],
      },
      {
        compliant: "in the bucket",
        resources: [{ type: OLD_BUCKET, props: { versioning: { enabled: true } } }],
      },
      {
        violating: "suspended",
        resources: [bucket, of(VERSIONING, { versioningConfiguration: { status: "Suspended" } })],
        says: /versioning is off/,
      },
      { violating: "nothing said", resources: [bucket], says: /versioning is off/ },
      {
        unknown: "status",
        resources: [bucket, of(VERSIONING, { versioningConfiguration: { status: UNKNOWN_TEXT } })],
      },
      role,
    ],
    { unversioned: ["analytics-exports"] },
  );

  const logs: Sample = { type: BUCKET, name: "logs", props: { bucket: "crm-access-logs" } };
  const logged = of(LOGGING, { targetBucket: "crm-access-logs" });
  ruleTable(rule("s3-access-logging"), [
    {
      compliant: "to a bucket of logs, which is not logged itself",
      resources: [bucket, logs, logged],
    },
    {
      compliant: "a bucket of a load balancer's logs, by its twin token",
      resources: [
        logs,
        {
          type: "aws:alb/loadBalancer:LoadBalancer",
          props: { accessLogs: { bucket: "crm-access-logs", enabled: true } },
        },
      ],
    },
    {
      compliant: "a bucket of a delivery, by ARN",
      resources: [
        logs,
        {
          type: "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
          props: {
            deliveryDestinationConfiguration: {
              destinationResourceArn: "arn:aws:s3:::crm-access-logs",
            },
          },
        },
      ],
    },
    {
      violating: "to itself",
      resources: [bucket, of(LOGGING, { targetBucket: NAME })],
      says: /targetBucket is the bucket itself/,
    },
    { violating: "not at all", resources: [bucket], says: /no BucketLogging/ },
    { unknown: "whose", resources: [bucket, { type: LOGGING, props: { bucket: UNKNOWN_TEXT } }] },
    role,
  ]);

  const versioned = of(VERSIONING, { versioningConfiguration: { status: "Enabled" } });
  const ends = { status: "Enabled", expiration: { days: 365 } };
  const noncurrent = { status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 30 } };
  ruleTable(rule("s3-lifecycle"), [
    { compliant: "without versions", resources: [bucket, of(LIFECYCLE, { rules: [ends] })] },
    {
      compliant: "with versions",
      resources: [bucket, versioned, of(LIFECYCLE, { rules: [ends, noncurrent] })],
    },
    { violating: "none", resources: [bucket], says: /with an enabled rule/ },
    {
      violating: "disabled",
      resources: [bucket, of(LIFECYCLE, { rules: [{ ...ends, status: "Disabled" }] })],
      says: /with an enabled rule/,
    },
    {
      violating: "versions that stay",
      resources: [bucket, versioned, of(LIFECYCLE, { rules: [ends] })],
      says: /noncurrentVersionExpiration/,
    },
    { unknown: "rules", resources: [bucket, of(LIFECYCLE, { rules: UNKNOWN_LIST })] },
    role,
  ]);

  const abort = { status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } };
  ruleTable(rule("s3-abort-multipart"), [
    { compliant: "after a week", ...of(LIFECYCLE, { rules: [ends, abort] }) },
    {
      compliant: "an empty filter",
      ...of(LIFECYCLE, { rules: [{ ...abort, filter: { prefix: "" } }] }),
    },
    {
      violating: "some of them",
      ...of(LIFECYCLE, { rules: [{ ...abort, filter: { and: { prefix: "tmp/" } } }] }),
      says: /for the whole bucket/,
    },
    {
      violating: "never",
      ...of(LIFECYCLE, { rules: [ends] }),
      says: /abortIncompleteMultipartUpload/,
    },
    {
      violating: "disabled, by its old token",
      type: "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
      props: { rules: [{ ...abort, status: "Disabled" }] },
      says: /add one/,
    },
    { unknown: "a rule", ...of(LIFECYCLE, { rules: [ends, UNKNOWN_TEXT] }) },
    { otherType: "a bucket", type: BUCKET },
  ]);

  ruleTable(rule("s3-object-lock"), [
    { compliant: "data", ...bucket },
    {
      compliant: "locked records",
      type: BUCKET,
      props: { bucket: "crm-audit", objectLockEnabled: true },
    },
    {
      violating: "records",
      type: BUCKET,
      props: { bucket: "crm-audit" },
      says: /objectLockEnabled is not set/,
    },
    {
      unknown: "lock",
      type: BUCKET,
      props: { bucket: "crm-audit", objectLockEnabled: UNKNOWN_FLAG },
    },
    { otherType: "a policy", type: POLICY },
  ]);
});
