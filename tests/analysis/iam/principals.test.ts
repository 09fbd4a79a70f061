/** Whom policies mean, and policies of keys and roles, by the guides' examples. */
import assert from "node:assert/strict";

import {
  ALICE,
  decide,
  EVERYTHING,
  HERE,
  identity,
  policy,
  ROLE,
  SESSION,
  THERE,
  verdict,
} from "./support";

const bucket = (name: string, Principal: unknown) =>
  policy("resource", {
    Effect: "Allow",
    Principal,
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
  });

describe("IAM: principals (guide: AWS JSON policy elements: Principal, NotPrincipal)", () => {
  const resource = "arn:aws:s3:::data/x";

  it("lets anonymous callers in by *, in both its forms, and by nothing else", () => {
    const said = (principal: unknown) =>
      verdict({ who: "*", resource }, { resource: bucket("data", principal) });
    assert.equal(said("*"), "allowed");
    assert.equal(said({ AWS: "*" }), "allowed");
    assert.equal(said({ AWS: HERE }), "denied");
    assert.equal(said({ Service: "sns.amazonaws.com" }), "denied");
  });

  it("lets a service in by its name, and by * with the condition of the guide's queue", () => {
    const queue = `arn:aws:sqs:eu-west-1:${HERE}:jobs`;
    const topic = `arn:aws:sns:eu-west-1:${HERE}:topic`;
    const said = (principal: unknown, from?: string) =>
      verdict(
        {
          who: "sns.amazonaws.com",
          action: "sqs:SendMessage",
          resource: queue,
          context: { "aws:SourceArn": from },
        },
        {
          resource: policy("resource", {
            Effect: "Allow",
            Principal: principal,
            Action: "SQS:SendMessage",
            Resource: queue,
            Condition: { ArnEquals: { "aws:SourceArn": topic } },
          }),
        },
      );
    assert.equal(said({ Service: "sns.amazonaws.com" }, topic), "allowed");
    assert.equal(said("*", topic), "allowed");
    assert.equal(said({ Service: "sns.amazonaws.com" }, `${topic}2`), "denied");
    assert.equal(said({ Service: "sns.amazonaws.com" }), "denied");
    assert.equal(said({ Service: "s3.amazonaws.com" }, topic), "denied");
    assert.equal(said({ AWS: HERE }, topic), "denied");
  });

  it("denies all but a caller that NotPrincipal names with role and account", () => {
    const who = `arn:aws:sts::${THERE}:assumed-role/cross-account-read-only-role/cross-account-audit-app`;
    const named = [
      who,
      `arn:aws:iam::${THERE}:role/cross-account-read-only-role`,
      `arn:aws:iam::${THERE}:root`,
    ];
    const said = (caller: string, names: readonly string[]) =>
      verdict(
        { who: caller, resource },
        {
          identity: [identity(EVERYTHING)],
          resource: policy(
            "resource",
            { ...EVERYTHING, Principal: "*" },
            { ...EVERYTHING, Effect: "Deny", NotPrincipal: { AWS: names } },
          ),
        },
      );
    assert.equal(said(who, named), "allowed");
    assert.equal(said(ALICE, named), "denied");
    assert.equal(said(who, named.slice(0, 2)), "undecided", "AWS: it might deny");
    const bob = `arn:aws:iam::${THERE}:user/Bob`;
    assert.equal(said(bob, [bob, `arn:aws:iam::${THERE}:root`]), "allowed");
    assert.equal(said(bob, [bob]), "undecided");
  });

  it("grants no principal anything by the guide's Deny with NotPrincipal: it only exempts Bob", () => {
    const bob = `arn:aws:iam::${THERE}:user/Bob`;
    const example = {
      Effect: "Deny",
      NotPrincipal: { AWS: [bob, `arn:aws:iam::${THERE}:root`] },
      Action: "s3:*",
      Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    };
    const said = (who: string, at: string, ...more: object[]) => {
      const decision = decide(
        { who, action: "s3:GetObject", resource: at },
        { identity: [identity(EVERYTHING)], resource: policy("resource", example, ...more) },
      );
      const explicitly = decision.verdict === "denied" && decision.statements.length > 0;
      return explicitly ? "explicitly denied" : decision.verdict;
    };
    const allow = { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: example.Resource };
    assert.equal(said(bob, resource), "denied", "of another account: no statement allows it");
    assert.equal(said(bob, resource, allow), "allowed");
    for (const who of [ALICE, ROLE, SESSION, "*", "sns.amazonaws.com"]) {
      assert.equal(said(who, resource, allow), "explicitly denied", who);
    }
    assert.equal(said(ALICE, "arn:aws:s3:::other/x", allow), "allowed", "by her own policy");
  });

  it("denies every caller with a boundary by NotPrincipal (guide: Permissions boundaries)", () => {
    const guard = policy(
      "resource",
      { ...EVERYTHING, Principal: { AWS: ALICE } },
      { ...EVERYTHING, Effect: "Deny", NotPrincipal: { AWS: [ALICE, HERE] } },
    );
    assert.equal(verdict({ resource }, { resource: guard }), "allowed");
    const boundary = policy("boundary", EVERYTHING);
    assert.equal(verdict({ resource }, { resource: guard, boundary }), "denied");
  });

  it("finds a role by its session's ARN, with any path of the role", () => {
    const data = bucket("data", { AWS: `arn:aws:iam::${HERE}:role/service/app` });
    assert.equal(verdict({ who: SESSION, resource }, { resource: data }), "allowed");
    const other = bucket("data", { AWS: `arn:aws:iam::${HERE}:role/service/app2` });
    assert.equal(verdict({ who: SESSION, resource }, { resource: other }), "denied");
  });
});

describe("IAM: keys and roles (KMS guide: Default key policy; IAM guide: How IAM roles differ)", () => {
  const key = `arn:aws:kms:eu-west-1:${HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const decrypt = { action: "kms:Decrypt", resource: key, who: ROLE };
  const all = [identity(EVERYTHING)];
  const root = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${HERE}:root` },
    Action: "kms:*",
    Resource: "*",
  };

  it("enables identity policies by a statement for the account, and without one they are ineffective", () => {
    assert.equal(verdict(decrypt, { identity: all, resource: policy("key", root) }), "allowed");
    assert.equal(verdict(decrypt, { resource: policy("key", root) }), "denied");
    const users = policy("key", { ...root, Principal: { AWS: ALICE } });
    assert.deepEqual(decide(decrypt, { identity: all, resource: users }).layer, "resource");
    assert.equal(verdict(decrypt, { identity: all }), "denied");
  });

  it("lets a key's users use it without a policy of their own, and deny by one", () => {
    const users = policy("key", { Sid: "Allow use of the key", ...root, Principal: { AWS: ROLE } });
    assert.equal(verdict(decrypt, { resource: users }), "allowed");
    const guard = identity({ Effect: "Deny", Action: "kms:*", Resource: "*" });
    assert.equal(verdict(decrypt, { resource: users, identity: [guard] }), "denied");
  });

  it("gives the root user no key whose policy does not name it", () => {
    const who = `arn:aws:iam::${HERE}:root`;
    assert.equal(verdict({ ...decrypt, who }, { resource: policy("key", root) }), "allowed");
    const users = policy("key", { ...root, Principal: { AWS: ROLE } });
    assert.equal(verdict({ ...decrypt, who }, { resource: users }), "denied");
  });

  it("asks no key's policy where an action has no key", () => {
    assert.equal(
      verdict({ action: "kms:ListKeys", resource: "*", who: ROLE }, { identity: all }),
      "allowed",
    );
  });

  it("wants both sides for a key of another account (KMS guide: Allowing users in other accounts)", () => {
    const who = `arn:aws:iam::${THERE}:role/ExampleRole`;
    const external = policy("key", { ...root, Principal: { AWS: who } });
    assert.equal(verdict({ ...decrypt, who }, { resource: external }), "denied");
    assert.equal(verdict({ ...decrypt, who }, { resource: external, identity: all }), "allowed");
  });

  it("assumes a role by its trust policy: by name, by account with an own policy, by a service", () => {
    const assume = { action: "sts:AssumeRole", resource: `arn:aws:iam::${HERE}:role/deploy` };
    const trust = (Principal: unknown) =>
      policy("trust", { Effect: "Allow", Principal, Action: "sts:AssumeRole" });
    assert.equal(
      verdict({ ...assume, who: ALICE }, { resource: trust({ AWS: ALICE }) }),
      "allowed",
    );
    assert.equal(verdict({ ...assume, who: ALICE }, { resource: trust({ AWS: HERE }) }), "denied");
    assert.equal(
      verdict({ ...assume, who: ALICE }, { resource: trust({ AWS: HERE }), identity: all }),
      "allowed",
    );
    assert.equal(verdict({ ...assume, who: ALICE }, { identity: all }), "denied");
    const service = trust({ Service: ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com"] });
    assert.equal(
      verdict({ ...assume, who: "ecs.amazonaws.com" }, { resource: service }),
      "allowed",
    );
    assert.equal(verdict({ ...assume, who: "ec2.amazonaws.com" }, { resource: service }), "denied");
  });

  it("takes a token of the provider that a trust policy names, with its claims", () => {
    const provider = `arn:aws:iam::${HERE}:oidc-provider/token.actions.githubusercontent.com`;
    const sub = "token.actions.githubusercontent.com:sub";
    const trust = policy("trust", {
      Effect: "Allow",
      Principal: { Federated: provider },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringLike: { [sub]: "repo:octo-org/octo-repo:*" } },
    });
    const said = (claim: string, who = provider) =>
      verdict(
        {
          who,
          action: "sts:AssumeRoleWithWebIdentity",
          resource: `arn:aws:iam::${HERE}:role/deploy`,
          context: { [sub]: claim },
        },
        { resource: trust },
      );
    assert.equal(said("repo:octo-org/octo-repo:ref:refs/heads/main"), "allowed");
    assert.equal(said("repo:octo-org/other:ref:refs/heads/main"), "denied");
    const other = `arn:aws:iam::${HERE}:oidc-provider/gitlab.com`;
    assert.equal(said("repo:octo-org/octo-repo:ref:refs/heads/main", other), "denied");
  });
});
