import { iamRules } from "../../../policy-pack/rules/iam";
import { documentOf, ruleOf } from "../rows";
import { type Row, ruleTable, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const EVERY_USER = "aws:iam/user:User";
const rule = (id: string) => ruleOf(iamRules, id);
const otherType = { otherType: "a profile", type: "aws:iam/instanceProfile:InstanceProfile" };

const bucket = "arn:aws:s3:::crm-user-uploads-prod";
const allow = (Action: unknown, Resource: unknown = "*", more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const key = "arn:aws:kms:us-east-1:123456789012:key/*";
const byAlias = {
  Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-secrets" } },
};

/** Policies that a rule accepts, refuses and cannot judge. */
interface Cases {
  accepts: Record<string, object>;
  refuses: Record<string, [object, RegExp]>;
  /** A statement with something unknown that could violate the rule. */
  unknown: object;
}

/** Rows of a rule about statements; every refusal is tried in a role's own list as well. */
function rows({ accepts, refuses, unknown }: Cases): Row[] {
  const holding = (statement: object) => ({
    type: POLICY,
    props: { policy: { Version: "2012-10-17", Statement: [statement] } },
  });
  return [
    ...Object.entries(accepts).map(([compliant, statement]) => ({
      compliant,
      ...holding(statement),
    })),
    ...Object.entries(refuses).flatMap(([violating, [statement, says]]) => [
      { violating, says, ...holding(statement) },
      {
        violating: `${violating}, in a role`,
        says,
        type: ROLE,
        props: { inlinePolicies: [{ name: "x", policy: documentOf(statement as never) }] },
      },
    ]),
    { compliant: "denied", ...holding({ ...unknown, Effect: "Deny" }) },
    { unknown: "a part", ...holding(unknown) },
    { unknown: "document", type: "aws:iam/policy:Policy", props: { policy: UNKNOWN_TEXT } },
    { unknown: "list", type: ROLE, props: { inlinePolicies: UNKNOWN_LIST } },
    otherType,
  ];
}

const read = allow("s3:GetObject", `${bucket}/*`);

describe("policy pack: rights", () => {
  ruleTable(
    rule("iam-no-admin"),
    rows({
      accepts: { "one action": read, "all of a service": allow("s3:*") },
      refuses: {
        everything: [allow("*"), /statement 1: it allows everything/],
        "everything, in a list": [allow(["s3:GetObject", "*:*"], ["*"]), /everything/],
        "all but": [{ Effect: "Allow", Action: "*", NotResource: bucket }, /everything/],
      },
      unknown: allow("*", UNKNOWN_TEXT),
    }),
  );

  ruleTable(
    rule("iam-no-wildcard-action"),
    rows({
      accepts: { "one action": read, "a family": allow("ec2:Describe*") },
      refuses: {
        "all of a service": [allow("S3:*", bucket), /it allows S3:\*; name the actions/],
        "all of several": [allow("s*:GetObject", bucket), /it allows s\*:GetObject/],
        "all but": [
          { Effect: "Allow", NotAction: "iam:*", Resource: bucket },
          /all actions except some/,
        ],
      },
      unknown: allow(UNKNOWN_TEXT, bucket),
    }),
  );
  ruleTable(
    rule("iam-no-wildcard-resource"),
    rows({
      accepts: {
        "an object": read,
        traces: allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]),
        "a token, a list": allow(["ecr:GetAuthorizationToken", "ec2:DescribeVpc?"]),
        "a cluster by condition": allow("ecs:DescribeTasks", "*", {
          Condition: { ArnEquals: { "ecs:cluster": "arn:aws:ecs:::cluster/crm" } },
        }),
      },
      refuses: {
        everything: [allow(["xray:PutTraceSegments", "s3:GetObject"]), /s3:GetObject on every/],
        "a family": [allow("ec2:Describe*"), /ec2:Describe\*, ec2:\w+ among them, on every/],
        "a condition of no use": [
          allow("s3:GetObject", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
          /on every resource/,
        ],
        "a pattern that fits all": [
          allow("ecs:DescribeTasks", "*", { Condition: { StringLike: { "ecs:cluster": "*" } } }),
          /on every resource/,
        ],
      },
      unknown: allow("s3:GetObject", UNKNOWN_TEXT),
    }),
  );
  ruleTable(
    rule("iam-no-privilege-escalation"),
    rows({
      accepts: {
        "a named role": allow(["iam:PassRole", "ecs:RunTask"], "arn:aws:iam::1:role/crm-task"),
        "half of a way": allow("ecs:RunTask"),
      },
      refuses: {
        "a policy of one's own": [allow("iam:PutRole*"), /allows iam:PutRolePolicy on every/],
        "all of IAM": [allow("iam:*"), /can give more permissions.*\(cause: iam-no-full-iam\)/],
        "a task with any role": [
          allow(["iam:PassRole", "ecs:RunTask"]),
          /allows iam:PassRole and ecs:RunTask on every resource/,
        ],
        "any role by ARN": [
          allow("iam:AttachRolePolicy", "arn:aws:iam::123456789012:role/*"),
          /iam:AttachRolePolicy/,
        ],
      },
      unknown: allow("iam:AttachRolePolicy", UNKNOWN_TEXT),
    }),
  );
  ruleTable(
    rule("iam-no-credentials-exposure"),
    rows({
      accepts: { "a role": allow("sts:AssumeRole", "arn:aws:iam::1:role/x"), reading: read },
      refuses: { "any role": [allow("sts:AssumeRole"), /it allows sts:AssumeRole on every/] },
      unknown: allow("sts:AssumeRole", UNKNOWN_TEXT),
    }),
  );
  ruleTable(
    rule("iam-no-data-exfiltration"),
    rows({
      accepts: { "a bucket": read, "a prefix": allow("s3:GetObject", "arn:aws:s3:::crm-*/*") },
      refuses: {
        "every bucket": [allow("s3:Get*", "arn:aws:s3:::*/*"), /it allows s3:GetObject/],
        "every parameter": [
          allow("ssm:GetParameters", "arn:aws:ssm:us-east-1:1:parameter/*"),
          /ssm:GetParameters on every resource/,
        ],
        "every secret": [
          allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:1:secret:*"),
          /secretsmanager:GetSecretValue/,
        ],
      },
      unknown: allow("s3:GetObject", UNKNOWN_TEXT),
    }),
  );
  ruleTable(
    rule("iam-no-permissions-management"),
    rows({
      accepts: { "a bucket's": allow("s3:PutBucketPolicy", bucket), reading: read },
      refuses: { "every key's": [allow("kms:PutKeyPolicy", key), /kms:PutKeyPolicy on every/] },
      unknown: allow("kms:PutKeyPolicy", UNKNOWN_TEXT),
    }),
  );
  ruleTable(
    rule("iam-no-unconstrained-write"),
    rows({
      accepts: {
        "a queue": allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:1:crm"),
        looking: allow("ecs:DescribeTasks"),
        "figures of one namespace": allow("cloudwatch:PutMetricData", "*", {
          Condition: { StringEquals: { "cloudwatch:namespace": "CRM" } },
        }),
        "a function's interfaces": allow("ec2:CreateNetworkInterface"),
      },
      refuses: { "every queue": [allow("sqs:SendMessage"), /it allows sqs:SendMessage on every/] },
      unknown: allow("sqs:SendMessage", UNKNOWN_TEXT),
    }),
  );
  ruleTable(
    rule("iam-no-full-iam"),
    rows({
      accepts: { "one action": allow("iam:GetRole", "*") },
      refuses: { "all of IAM": [allow("iam:*", bucket), /it allows iam:\*/] },
      unknown: allow(UNKNOWN_TEXT, bucket),
    }),
  );
  const passing = { Condition: { StringEquals: { "iam:PassedToService": "ecs.amazonaws.com" } } };
  ruleTable(
    rule("iam-passrole-scoped"),
    rows({
      accepts: { "a role to a service": allow("iam:PassRole", "arn:aws:iam::1:role/x", passing) },
      refuses: {
        "every role": [allow("iam:PassRole", "*", passing), /for every role; name the roles/],
        "every role, by pattern": [allow("iam:Pass*", "*", passing), /for every role/],
        "to every service": [
          allow("iam:PassRole", "arn:aws:iam::1:role/x"),
          /to every service; add iam:PassedToService/,
        ],
      },
      unknown: allow("iam:PassRole", UNKNOWN_TEXT, passing),
    }),
  );
  ruleTable(
    rule("iam-kms-decrypt-scoped"),
    rows({
      accepts: { "by alias": allow("kms:Decrypt", key, byAlias) },
      refuses: { "every key": [allow("kms:Decrypt", key), /kms:Decrypt on every resource/] },
      unknown: allow("kms:Decrypt", UNKNOWN_TEXT),
    }),
  );
  ruleTable(
    rule("iam-s3-scoped"),
    rows({
      accepts: { "a bucket": allow("s3:ListBucket", bucket), "all of one": allow("s3:*", bucket) },
      refuses: {
        "all of S3": [allow("s3:*", "arn:aws:s3:::*"), /all of S3 on every bucket/],
        "a list of buckets": [allow("s3:ListAllMyBuckets"), /s3:ListAllMyBuckets on every bucket/],
      },
      unknown: allow("s3:ListBucket", UNKNOWN_TEXT),
    }),
  );
});

describe("policy pack: roles", () => {
  const aws = (name: string) => `arn:aws:iam::aws:policy/${name}`;
  const attach = (policyArn: string) => ({ type: ATTACHMENT, props: { policyArn } });
  const monitoring = aws("service-role/AmazonRDSEnhancedMonitoringRole");
  ruleTable(rule("iam-no-admin-managed-policy"), [
    { compliant: "a service's", ...attach(monitoring) },
    {
      violating: "everything",
      ...attach(aws("AdministratorAccess")),
      says: /policyArn is "arn:aws:iam::aws:policy\/AdministratorAccess"/,
    },
    {
      violating: "nearly everything, in the role",
      type: ROLE,
      props: { managedPolicyArns: [monitoring, aws("PowerUserAccess")] },
      says: /managedPolicyArns\[1\]/,
    },
    { unknown: "one of our own", passes: true, ...attach(UNKNOWN_TEXT) },
    { unknown: "list", type: ROLE, props: { managedPolicyArns: UNKNOWN_LIST } },
    otherType,
  ]);
  ruleTable(rule("iam-no-aws-managed-policy"), [
    { compliant: "a service's", ...attach(monitoring) },
    { compliant: "our own", ...attach("arn:aws:iam::123456789012:policy/crm") },
    {
      violating: "AWS's",
      ...attach(aws("AmazonS3FullAccess")),
      says: /"AmazonS3FullAccess"; write/,
    },
    { unknown: "one of our own", passes: true, ...attach(UNKNOWN_TEXT) },
    { unknown: "list", type: ROLE, props: { managedPolicyArns: UNKNOWN_LIST } },
    otherType,
  ]);

  const shared = "aws:iam/policyAttachment:PolicyAttachment";
  ruleTable(rule("iam-no-users"), [
    { compliant: "roles", type: shared, props: { roles: ["x"] } },
    { violating: "a user", type: EVERY_USER, says: /supports an IAM user; use a role/ },
    { violating: "a key", type: "aws:iam/accessKey:AccessKey", says: /use a role/ },
    { violating: "rights", type: shared, props: { users: ["x"] }, says: /users is not empty/ },
    { unknown: "users", type: shared, props: { users: UNKNOWN_LIST } },
    otherType,
  ]);

  const own = { type: ROLE, name: "role", props: { inlinePolicies: [{ policy: "{}" }] } };
  const separate = { type: POLICY, props: { role: UNKNOWN_TEXT }, references: { role: ["role"] } };
  ruleTable(rule("iam-no-policy-management-conflict"), [
    { compliant: "in the role", resources: [own] },
    { compliant: "beside it", resources: [{ type: ROLE, name: "role" }, separate] },
    {
      violating: "both",
      resources: [own, separate],
      says: /inlinePolicies is set and a RolePolicy names the role; use one/,
    },
    {
      violating: "both kinds of attachment",
      resources: [
        { type: ROLE, name: "role", props: { managedPolicyArns: ["x"] } },
        { ...separate, type: ATTACHMENT },
      ],
      says: /managedPolicyArns is set/,
    },
    { unknown: "whose", resources: [own, { type: POLICY, props: { role: UNKNOWN_TEXT } }] },
    { otherType: "a profile", resources: [{ type: otherType.type }] },
  ]);

  ruleTable(rule("iam-session-and-boundary"), [
    { compliant: "an hour", type: ROLE },
    {
      compliant: "a boundary",
      type: ROLE,
      props: { permissionsBoundary: UNKNOWN_TEXT },
      config: { boundary: true },
    },
    {
      violating: "half a day",
      type: ROLE,
      props: { maxSessionDuration: 43_200 },
      says: /maxSessionDuration is 43200; set it to at most 14400/,
    },
    {
      violating: "no boundary",
      type: ROLE,
      config: { boundary: true },
      says: /permissionsBoundary is not set/,
    },
    { unknown: "seconds", type: ROLE, props: { maxSessionDuration: UNKNOWN_TEXT } },
    otherType,
  ]);
});
