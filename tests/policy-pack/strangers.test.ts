import assert from "node:assert/strict";

import { RULES } from "../../policy-pack/rules";
import { judgeStack, type Sample } from "./support";

/** Conditions that everybody meets, by what they look like. */
const FITTING: Readonly<Record<string, object | undefined>> = {
  "no condition": undefined,
  "an ARN of any account": { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } },
  "a part of an ARN": { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*" } },
  "any VPC endpoint": { StringLike: { "aws:SourceVpce": "*" } },
  "any VPC": { StringLike: { "aws:SourceVpc": "vpc-*" } },
  "any organization": { StringLike: { "aws:PrincipalOrgID": "o-*" } },
  "any path of organizations": { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-*/*" } },
  "any account": { StringLike: { "aws:PrincipalAccount": "????????????" } },
  "any user id": { StringLike: { "aws:userid": "*:*" } },
  "a wildcard, if the key exists": { StringLikeIfExists: { "aws:SourceVpce": "*" } },
  "an organization, if the key exists": {
    StringEqualsIfExists: { "aws:PrincipalOrgID": "o-ours" },
  },
  "all of no values": {
    "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-ours/r-1/ou-1/" },
  },
  "a key that is there": { Null: { "aws:PrincipalArn": "false" } },
};

/** Conditions that nobody else meets. */
const CLOSED: Readonly<Record<string, object>> = {
  "one organization": { StringEquals: { "aws:PrincipalOrgID": "o-ours" } },
  "one account": { StringEquals: { "aws:PrincipalAccount": "123456789012" } },
  // IAM User Guide, aws:PrincipalAccount: "included in the request context for all requests including anonymous requests".
  "one account, if the key exists": {
    StringEqualsIfExists: { "aws:PrincipalAccount": "123456789012" },
  },
  "roles of one account": { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/*" } },
};

interface Holder {
  readonly rule: string;
  readonly type: string;
  readonly property: string;
  readonly action: string;
}

/** Where policies of resources are, with the rule that judges them. */
const HOLDERS: readonly Holder[] = [
  ["s3-policy-not-public", "aws:s3/bucketPolicy:BucketPolicy", "policy", "s3:GetObject"],
  ["s3-policy-not-public", "aws:s3/bucket:Bucket", "policy", "s3:GetObject"],
  ["sqs-policy-not-public", "aws:sqs/queuePolicy:QueuePolicy", "policy", "sqs:SendMessage"],
  ["sns-policy-not-public", "aws:sns/topicPolicy:TopicPolicy", "policy", "sns:Publish"],
  ["kms-policy-no-wildcard", "aws:kms/key:Key", "policy", "kms:Decrypt"],
  ["kms-policy-no-wildcard", "aws:kms/keyPolicy:KeyPolicy", "policy", "kms:Decrypt"],
  [
    "ecr-policy-not-public",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "policy",
    "ecr:BatchGetImage",
  ],
  [
    "secret-policy-not-public",
    "aws:secretsmanager/secret:Secret",
    "policy",
    "secretsmanager:GetSecretValue",
  ],
  [
    "resource-policy-not-public",
    "aws:backup/vaultPolicy:VaultPolicy",
    "policy",
    "backup:CopyIntoBackupVault",
  ],
  [
    "eventbus-policy-not-open",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "policy",
    "events:PutEvents",
  ],
  [
    "resource-policy-not-public",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
    "policy",
    "elasticfilesystem:ClientWrite",
  ],
  ["resource-policy-not-public", "aws:opensearch/domain:Domain", "accessPolicies", "es:ESHttpGet"],
  ["iam-trust-not-open", "aws:iam/role:Role", "assumeRolePolicy", "sts:AssumeRole"],
].map(([rule, type, property, action]) => ({
  rule: rule!,
  type: type!,
  property: property!,
  action: action!,
}));

function answerOf(
  { rule, type, property, action }: Holder,
  principal: object | string,
  condition?: object,
) {
  const statement = {
    Effect: "Allow",
    Principal: principal,
    Action: action,
    // Of trust and of repositories AWS takes no Resource.
    ...(!/^(sts|ecr):/.test(action) && { Resource: "*" }),
    ...(condition && { Condition: condition }),
  };
  const sample: Sample = {
    type,
    props: { [property]: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) },
  };
  const found = RULES.find(({ info }) => info.id === rule);
  assert.ok(found, rule);
  return judgeStack(found, [sample]);
}

const isSilent = ({ violations, undecided }: ReturnType<typeof answerOf>) =>
  violations.length + undecided.length === 0;

describe("policy pack: strangers", () => {
  for (const holder of HOLDERS) {
    const name = `${holder.type}, ${holder.property}`;

    it(`${name}: a condition that everybody meets counts for nothing`, () => {
      const silent = Object.entries(FITTING).filter(([, condition]) =>
        isSilent(answerOf(holder, { AWS: "*" }, condition)),
      );
      assert.deepEqual(silent, []);
    });

    it(`${name}: one that nobody else meets closes it`, () => {
      const said = Object.entries(CLOSED).flatMap(([, condition]) => {
        const { violations, undecided } = answerOf(holder, { AWS: "*" }, condition);
        return [...violations, ...undecided];
      });
      assert.deepEqual(said, []);
    });

    it(`${name}: a principal with a wildcard inside is told`, () => {
      for (const principal of ["arn:aws:iam::*:root", "arn:aws:iam::123456789012:role/*"]) {
        assert.match(
          answerOf(holder, { AWS: principal }).violations.join(),
          /has a wildcard inside/,
          principal,
        );
      }
    });
  }

  describe("tokens of identity providers", () => {
    const GITHUB = "token.actions.githubusercontent.com";
    const judge = (provider: string, condition?: object) => {
      const statement = {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: "sts:AssumeRoleWithWebIdentity",
        ...(condition && { Condition: condition }),
      };
      const rule = RULES.find(({ info }) => info.id === "iam-trust-not-open")!;
      const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      return judgeStack(rule, [{ type: "aws:iam/role:Role", props: { assumeRolePolicy: text } }]);
    };
    const provider = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`;
    const sub = (value: string, operator = "StringLike") => ({
      StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
      [operator]: { [`${GITHUB}:sub`]: value },
    });

    it("without a subject, or with one that other repositories can have, are public", () => {
      const open = [
        undefined,
        { StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" } },
        sub("*"),
        sub("repo:*"),
        sub("repo:ours*"),
        sub("repo:*/deploy:ref:refs/heads/main"),
        sub("repo:*", "StringLikeIfExists"),
        sub("repo:*", "ForAllValues:StringLike"),
      ];
      for (const condition of open) {
        assert.equal(judge(provider, condition).violations.length, 1, JSON.stringify(condition));
      }
      for (const other of ["accounts.google.com", "cognito-identity.amazonaws.com", "*"]) {
        assert.equal(judge(other).violations.length, 1, other);
      }
    });

    it("of one owner's repositories are theirs", () => {
      for (const value of ["repo:ours/*", "repo:ours/crm:*", "repo:ours/crm:ref:refs/heads/main"]) {
        assert.ok(isSilent(judge(provider, sub(value))), value);
      }
    });
  });

  it("a function's permission is held to sources of one account", () => {
    const judge = (props: object) => {
      const ids = ["lambda-not-public", "lambda-permission-source"];
      const rules = RULES.filter(({ info }) => ids.includes(info.id));
      const type = "aws:lambda/permission:Permission";
      return rules.flatMap((rule) => judgeStack(rule, [{ type, props: { ...props } }]).violations);
    };
    const events = "events.amazonaws.com";
    const open = [
      { principal: "*" },
      { principal: events },
      { principal: events, sourceArn: "arn:aws:events:*:*:rule/*" },
      { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::*" },
      { principal: "sns.amazonaws.com", sourceArn: "*" },
    ];
    for (const props of open) {
      assert.equal(judge(props).length, 1, JSON.stringify(props));
    }
    const closed = [
      { principal: events, sourceArn: "arn:aws:events:us-east-1:123456789012:rule/nightly" },
      {
        principal: "s3.amazonaws.com",
        sourceArn: "arn:aws:s3:::ours",
        sourceAccount: "123456789012",
      },
      { principal: "*", principalOrgId: "o-ours" },
      { principal: "210987654321" },
    ];
    for (const props of closed) {
      assert.deepEqual(judge(props), [], JSON.stringify(props));
    }
  });
});
