import { iamRules } from "../../../policy-pack/rules/iam";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_TEXT } from "../support";

const ROLE = "aws:iam/role:Role";
const rule = (id: string) => ruleOf(iamRules, id);
const otherType = { otherType: "a profile", type: "aws:iam/instanceProfile:InstanceProfile" };

describe("policy pack: whom roles trust", () => {
  const trust = (Principal: unknown, Condition?: object) => {
    const token = JSON.stringify(Principal).includes("Federated") ? "WithWebIdentity" : "";
    const statement = { Effect: "Allow", Action: `sts:AssumeRole${token}`, Principal, Condition };
    return { type: ROLE, props: { assumeRolePolicy: { Statement: [statement] } } };
  };
  const lambda = { Service: "lambda.amazonaws.com" };
  const account = { AWS: "arn:aws:iam::123456789012:root" };
  const github = { Federated: "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com" };
  const sub = (value: string, operator = "StringLike") =>
    trust(github, { [operator]: { "token.actions.githubusercontent.com:sub": value } });
  ruleTable(rule("iam-trust-not-open"), [
    { compliant: "a service", ...trust(lambda) },
    { compliant: "a role", ...trust({ AWS: "arn:aws:iam::123456789012:role/x" }) },
    {
      compliant: "an account with a word",
      ...trust(account, { StringEquals: { "sts:ExternalId": "abc" } }),
    },
    { compliant: "a repository", ...sub("repo:x/y:*") },
    { compliant: "an environment of a repository", ...sub("repo:x/y:environment:production") },
    { compliant: "a repository that is not known yet", ...sub(`repo:${UNKNOWN_TEXT}:*`) },
    // A subject is no name of its own: https://docs.github.com/actions/reference/security/oidc, "sub".
    { violating: "any subject", ...sub("*"), says: /every user of .*; name the subject/ },
    { violating: "any repository", ...sub("repo:*"), says: /it trusts every user/ },
    {
      violating: "anybody's main branch",
      ...sub("repo:*/*:ref:refs/heads/main"),
      says: /it trusts every user/,
    },
    { violating: "an owner's beginning", ...sub("repo:x*"), says: /it trusts every user/ },
    {
      violating: "all but some subjects",
      ...sub("repo:x/y:*", "StringNotLike"),
      says: /it trusts every user/,
    },
    {
      violating: "a token for AWS, of any user",
      ...trust(github, {
        StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
      }),
      says: /it trusts every user/,
    },
    {
      compliant: "a cluster's own provider",
      ...trust(
        { Federated: "arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A" },
        {
          StringEquals: {
            "oidc.eks.eu-west-1.amazonaws.com/id/A:sub": "system:serviceaccount:a:b",
          },
        },
      ),
    },
    {
      violating: "an account with any word",
      ...trust(account, { StringLike: { "sts:ExternalId": "*" } }),
      says: /it trusts a whole account/,
    },
    {
      violating: "everybody with a word, which is no secret",
      ...trust({ AWS: "*" }, { StringEquals: { "sts:ExternalId": "abc" } }),
      says: /it trusts every principal/,
    },
    { violating: "everybody", ...trust({ AWS: "*" }), says: /every principal; name the/ },
    { violating: "everybody, bare", ...trust("*"), says: /it trusts every principal/ },
    { violating: "an account", ...trust(account), says: /it trusts a whole account/ },
    {
      compliant: "its own account",
      ...trust(account),
      provider: { allowedAccountIds: ["123456789012"] },
    },
    {
      violating: "another account",
      ...trust(account),
      provider: { allowedAccountIds: ["111122223333"] },
      says: /it trusts a whole account/,
    },
    { compliant: "a named account", ...trust(account), config: { otherAccounts: true } },
    {
      violating: "any account",
      ...trust({ AWS: "*" }),
      config: { otherAccounts: true },
      says: /it trusts every principal/,
    },
    {
      unknown: "an account that is not known",
      ...trust({ AWS: UNKNOWN_TEXT }),
      config: { otherAccounts: true },
    },
    {
      violating: "all services",
      ...trust({ Service: "*.amazonaws.com" }),
      says: /name the service/,
    },
    { violating: "all of a provider", ...trust(github), says: /it trusts every user/ },
    { unknown: "principal", ...trust({ AWS: UNKNOWN_TEXT }) },
    { unknown: "document", type: ROLE, props: { assumeRolePolicy: UNKNOWN_TEXT } },
    otherType,
  ]);
  const tasks = { Service: "ecs-tasks.amazonaws.com" };
  ruleTable(rule("iam-trust-confused-deputy"), [
    {
      compliant: "for us",
      ...trust(tasks, { StringEquals: { "aws:SourceAccount": "123456789012" } }),
    },
    {
      compliant: "for one source of ours",
      ...trust(
        { Service: "codebuild.amazonaws.com" },
        { ArnLike: { "aws:SourceArn": "arn:aws:codebuild:us-east-1:123456789012:project/*" } },
      ),
    },
    // Their guides show no condition in a role's trust.
    ...["ecs", "ec2", "lambda", "glue", "backup", "firehose"].map((service) => ({
      compliant: `${service}, which does not say for whom it assumes the role`,
      ...trust({ Service: `${service}.amazonaws.com` }),
    })),
    {
      violating: "for any account",
      ...trust(tasks),
      says: /it trusts ecs-tasks\.amazonaws\.com for every account; add aws:SourceAccount/,
    },
    ...["codebuild", "sagemaker", "kafkaconnect", "datasync", "dms", "transfer"].map((service) => ({
      violating: `${service}, for any account`,
      ...trust({ Service: `${service}.amazonaws.com` }),
      says: /for every account; add aws:SourceAccount/,
    })),
    {
      violating: "for all",
      ...trust(tasks, { StringLike: { "aws:SourceArn": "*" } }),
      says: /add aws:SourceAccount/,
    },
    { unknown: "document", type: ROLE, props: { assumeRolePolicy: UNKNOWN_TEXT } },
    otherType,
  ]);
});
