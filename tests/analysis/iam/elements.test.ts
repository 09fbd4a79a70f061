/** The elements of statements, by the examples of the IAM User Guide. */
import assert from "node:assert/strict";

import { compilePolicy } from "../../../analysis/iam";
import { document, identity, policy, verdict, why } from "./support";

const allow = (action: string | string[], resource: string | string[] = "*") =>
  identity({ Effect: "Allow", Action: action, Resource: resource });

describe("IAM: actions (guide: IAM JSON policy elements: Action, NotAction)", () => {
  it("compares names of services and actions case-insensitively", () => {
    const policies = { identity: [allow("IAM:listaccesskeys")] };
    assert.equal(verdict({ action: "iam:ListAccessKeys" }, policies), "allowed");
    assert.equal(verdict({ action: "iam:ListUsers" }, policies), "denied");
  });

  it("matches iam:*AccessKey* with the four actions that the guide lists, and no other", () => {
    const policies = { identity: [allow("iam:*AccessKey*")] };
    for (const verb of ["Create", "Delete", "Update"]) {
      assert.equal(verdict({ action: `iam:${verb}AccessKey` }, policies), "allowed", verb);
    }
    assert.equal(verdict({ action: "iam:ListAccessKeys" }, policies), "allowed");
    assert.equal(verdict({ action: "iam:CreateUser" }, policies), "denied");
  });

  it("allows every action of S3 on S3's resources but the one that NotAction names", () => {
    const example = identity({
      Effect: "Allow",
      NotAction: "s3:DeleteBucket",
      Resource: "arn:aws:s3:::*",
    });
    const policies = { identity: [example] };
    const resource = "arn:aws:s3:::amzn-s3-demo-bucket";
    assert.equal(verdict({ action: "s3:PutBucketPolicy", resource }, policies), "allowed");
    assert.equal(verdict({ action: "s3:DeleteBucket", resource }, policies), "denied");
    assert.equal(verdict({ action: "s3:ListAllMyBuckets", resource: "*" }, policies), "denied");
    const topic = "arn:aws:sns:us-east-1:111122223333:topic";
    assert.equal(verdict({ action: "sns:Publish", resource: topic }, policies), "denied");
  });

  it("denies all but IAM's actions without MFA, by NotAction with Deny", () => {
    const guard = identity({
      Sid: "DenyAllUsersNotUsingMFA",
      Effect: "Deny",
      NotAction: "iam:*",
      Resource: "*",
      Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
    });
    const policies = { identity: [guard, allow("*")] };
    const without = { "aws:MultiFactorAuthPresent": "false" };
    assert.equal(verdict({ action: "ec2:RunInstances", context: without }, policies), "denied");
    assert.equal(verdict({ action: "ec2:RunInstances" }, policies), "denied", "the key is absent");
    assert.equal(verdict({ action: "iam:ListUsers", context: without }, policies), "allowed");
    const using = { "aws:MultiFactorAuthPresent": "true" };
    assert.equal(verdict({ action: "ec2:RunInstances", context: using }, policies), "allowed");
  });
});

describe("IAM: resources (guide: IAM JSON policy elements: Resource, NotResource)", () => {
  const fits = (pattern: string, resource: string) =>
    verdict({ resource }, { identity: [allow("*", pattern)] });

  it("lets a star reach over slashes, with the guide's own lists", () => {
    const pattern = "arn:aws:s3:::DOC-EXAMPLE-BUCKET/*/test/*";
    for (const key of [
      ...["1/test/object.jpg", "1/2/test/object.jpg", "1/2/test/3/object.jpg"],
      ...["1/2/3/test/4/object.jpg", "1///test///object.jpg", "1/test/.jpg", "/test/object.jpg"],
      "1/test/",
    ]) {
      assert.equal(fits(pattern, `arn:aws:s3:::DOC-EXAMPLE-BUCKET/${key}`), "allowed", key);
    }
    for (const key of ["1-test/object.jpg", "test/object.jpg", "1/2/test.jpg"]) {
      assert.equal(fits(pattern, `arn:aws:s3:::DOC-EXAMPLE-BUCKET/${key}`), "denied", key);
    }
  });

  it("tells case apart, and takes ? for one character", () => {
    assert.equal(fits("arn:aws:s3:::data/?.txt", "arn:aws:s3:::data/a.txt"), "allowed");
    assert.equal(fits("arn:aws:s3:::data/?.txt", "arn:aws:s3:::data/ab.txt"), "denied");
    assert.equal(fits("arn:aws:s3:::Data/*", "arn:aws:s3:::data/a.txt"), "denied");
  });

  it("takes a star at the end of an ARN's part for what follows too, and one inside for that part", () => {
    const log = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/api:log-stream:x";
    assert.equal(fits("arn:aws:logs:*:*:log-group:/ecs/*", log), "allowed");
    assert.equal(fits("arn:aws:logs:*:log-stream:x", log), "allowed");
    assert.equal(fits("arn:aws:logs:e*1:*:log-group:*", log), "allowed");
    assert.equal(fits("arn:aws:logs:e*t:*:x", log), "denied");
  });

  it("denies the payroll's bucket to all others by NotResource", () => {
    const payroll = ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"];
    const guard = identity({ Effect: "Deny", Action: "s3:*", NotResource: payroll });
    const policies = { identity: [guard, allow("s3:*")] };
    const ask = (resource: string) => verdict({ resource }, policies);
    assert.equal(ask("arn:aws:s3:::HRBucket/Payroll/may"), "allowed");
    assert.equal(ask("arn:aws:s3:::HRBucket/Other"), "denied");
  });

  it("takes a policy of a resource without Resource as the resource itself (ECR)", () => {
    const repository = policy("resource", {
      Effect: "Allow",
      Principal: "*",
      Action: "ecr:BatchGetImage",
    });
    const resource = "arn:aws:ecr:eu-west-1:111122223333:repository/api";
    const policies = { resource: repository };
    assert.equal(verdict({ action: "ecr:BatchGetImage", resource }, policies), "allowed");
  });
});

describe("IAM: policy variables (guide: IAM policy elements: Variables and tags)", () => {
  const ask = (pattern: string, resource: string, context = {}) =>
    verdict({ resource, context }, { identity: [allow("*", pattern)] });

  it("fills in the user's name", () => {
    const pattern = "arn:aws:s3:::mybucket/${aws:username}/*";
    assert.equal(ask(pattern, "arn:aws:s3:::mybucket/alice/notes"), "allowed");
    assert.equal(ask(pattern, "arn:aws:s3:::mybucket/bob/notes"), "denied");
  });

  it("fills in a name after colons, as in the guide's queues", () => {
    const pattern = "arn:aws:sqs:us-east-2:*:${aws:username}-queue";
    assert.equal(ask(pattern, "arn:aws:sqs:us-east-2:111122223333:alice-queue"), "allowed");
    assert.equal(ask(pattern, "arn:aws:sqs:us-east-2:111122223333:bob-queue"), "denied");
  });

  it("takes the default where the key has no value", () => {
    const pattern = "arn:aws:s3:::DOC-EXAMPLE-BUCKET-${aws:PrincipalTag/team, 'company-wide'}";
    const yellow = { "aws:PrincipalTag/team": "yellow" };
    assert.equal(ask(pattern, "arn:aws:s3:::DOC-EXAMPLE-BUCKET-yellow", yellow), "allowed");
    assert.equal(ask(pattern, "arn:aws:s3:::DOC-EXAMPLE-BUCKET-company-wide", yellow), "denied");
    assert.equal(ask(pattern, "arn:aws:s3:::DOC-EXAMPLE-BUCKET-company-wide"), "allowed");
    assert.equal(ask(pattern, "arn:aws:s3:::DOC-EXAMPLE-BUCKET-yellow"), "denied");
  });

  it("takes ${*}, ${?} and ${$} for the characters themselves", () => {
    assert.equal(ask("arn:aws:s3:::data/${*}", "arn:aws:s3:::data/*"), "allowed");
    assert.equal(ask("arn:aws:s3:::data/${*}", "arn:aws:s3:::data/a"), "denied");
    assert.equal(ask("arn:aws:s3:::data/${?}${$}", "arn:aws:s3:::data/?$"), "allowed");
  });

  it("takes what stands in a variable's value for itself: no wildcard comes in with it", () => {
    const star = { "aws:PrincipalTag/team": "*" };
    assert.equal(ask("arn:aws:s3:::${aws:PrincipalTag/team}", "arn:aws:s3:::any", star), "denied");
  });

  it("matches no resource with a variable that has no value", () => {
    assert.equal(ask("arn:aws:s3:::${aws:PrincipalTag/team}", "arn:aws:s3:::"), "denied");
    assert.equal(ask("arn:aws:s3:::${aws:PrincipalTag/team}*", "arn:aws:s3:::x"), "denied");
  });

  it("holds a negated operator against a variable without a value, and no other", () => {
    const tag = { "s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}" };
    const context = { "s3:ExistingObjectTag/Team": "blue" };
    const guard = identity({
      Effect: "Deny",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::example-bucket/*",
      Condition: { StringNotEquals: tag },
    });
    const resource = "arn:aws:s3:::example-bucket/x";
    const policies = { identity: [guard, allow("*")] };
    const blue = { ...context, "aws:PrincipalTag/Team": "blue" };
    assert.equal(verdict({ resource, context }, policies), "denied");
    assert.equal(verdict({ resource, context: blue }, policies), "allowed");
    const same = identity({ ...EVERY, Condition: { StringEquals: tag } });
    assert.equal(verdict({ context }, { identity: [same] }), "denied");
  });

  it("takes ${...} literally in a document of another version", () => {
    for (const Version of ["2008-10-17", undefined]) {
      const Statement = {
        Effect: "Allow",
        Action: "*",
        Resource: "arn:aws:s3:::x/${aws:username}",
      };
      const old = compilePolicy({ Version, Statement }, "identity");
      const policies = { identity: [old] };
      assert.equal(verdict({ resource: "arn:aws:s3:::x/alice" }, policies), "denied");
      assert.equal(verdict({ resource: "arn:aws:s3:::x/${aws:username}" }, policies), "allowed");
    }
  });

  it("leaves a variable before the fifth colon undecided, and says so: the guide allows none there", () => {
    const early = allow("*", "arn:aws:sns:${aws:RequestedRegion}:111122223333:topic");
    assert.match(early.findings[0]!.message, /^doubtful: a policy variable/);
    const question = {
      resource: "arn:aws:sns:eu-west-1:111122223333:topic",
      context: { "aws:RequestedRegion": "eu-west-1" },
    };
    assert.equal(verdict(question, { identity: [early] }), "undecided");
  });
});

/** With Pulumi's text for an unknown string. */
const UNKNOWN_BUCKET = "arn:aws:s3:::04da6b54-80e4-46f7-96ec-b56ff0331ba9/x";
const EVERY = { Effect: "Allow", Action: "*", Resource: "*" };

describe("IAM: explanations", () => {
  it("names the deciding statement, its policy, and what keeps the others out", () => {
    const guard = compilePolicy(
      document(
        { ...EVERY, Sid: "All" },
        { Sid: "NoLogs", Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::logs/*" },
        {
          Effect: "Deny",
          Action: "s3:*",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ),
      "identity",
      "the task role",
    );
    const { summary, explanations } = why(
      { resource: "arn:aws:s3:::logs/x" },
      { identity: [guard] },
    );
    assert.equal(
      summary,
      "s3:GetObject on arn:aws:s3:::logs/x is denied by the task role, statement 2 (NoLogs)",
    );
    assert.equal(
      explanations[2]!.because,
      'Bool aws:securetransport "false" (the request has no aws:securetransport) does not hold',
    );
    const other = why({ resource: "arn:aws:s3:::data/x" }, { identity: [guard] });
    assert.match(other.summary, /is allowed by the task role, statement 1 \(All\)$/);
    assert.equal(other.explanations[1]!.because, "the resource does not match");
  });

  it("says what may or may not match", () => {
    const part = identity({ ...EVERY, Resource: "arn:aws:s3:::data/*" });
    const { summary, explanations } = why({ resource: UNKNOWN_BUCKET }, { identity: [part] });
    assert.equal(
      summary,
      "s3:GetObject on arn:aws:s3:::<unknown>/x is undecided: it depends on identity, statement 1",
    );
    assert.equal(explanations[0]!.because, "the resource may or may not match");
  });

  it("names the layer that does not allow", () => {
    const policies = {
      identity: [allow("*")],
      boundary: policy("boundary", { ...EVERY, Action: "s3:*" }),
    };
    const { summary, layer } = why({ action: "kms:Decrypt" }, policies);
    assert.equal(layer, "boundary");
    assert.equal(summary, "kms:Decrypt on * is denied: the permissions boundary does not allow it");
  });
});
