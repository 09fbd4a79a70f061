/**
 * Whole policies that AWS's guides print, with what each page says that they do. The pages are
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/<name>.html and
 * https://docs.aws.amazon.com/kms/latest/developerguide/<name>.html; their text was read in awsdocs's repositories.
 */
import assert from "node:assert/strict";

import { type Context, type Policies } from "../../../analysis/iam";
import { ALICE, EVERYTHING, HERE, identity, policy, SESSION, verdict } from "./support";

/** A row of a page: what is asked, in which context, and what the page says. */
type Row = readonly [action: string, resource: string, context: Context, verdict: string];

function says(policies: Policies, rows: readonly Row[], who: string = ALICE): void {
  for (const [action, resource, context, expected] of rows) {
    const said = verdict({ who, action, resource, context }, policies);
    assert.equal(said, expected, `${action} ${resource} ${JSON.stringify(context)}`);
  }
}

describe("IAM: whole examples of the guide (Example IAM identity-based policies)", () => {
  // reference_policies_examples_aws-dates
  it("allows between two days, by the clock of the request", () => {
    const dated = identity({
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "*",
      Condition: {
        DateGreaterThan: { "aws:CurrentTime": "2020-04-01T00:00:00Z" },
        DateLessThan: { "aws:CurrentTime": "2020-06-30T23:59:59Z" },
      },
    });
    const at = (time: string, said: string): Row => [
      "s3:GetObject",
      "arn:aws:s3:::data/x",
      { "aws:CurrentTime": time },
      said,
    ];
    says({ identity: [dated] }, [
      at("2020-04-01T00:00:00Z", "denied"),
      at("2020-04-01T00:00:01Z", "allowed"),
      at("2020-06-30T23:59:58Z", "allowed"),
      at("2020-06-30T23:59:59Z", "denied"),
    ]);
  });

  // reference_policies_examples_aws_deny-ip
  it("denies calls from elsewhere, but not those that AWS's services make for the caller", () => {
    const network = identity(EVERYTHING, {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: {
        NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] },
        Bool: { "aws:ViaAWSService": "false" },
      },
    });
    const from = (address: string, via: boolean, said: string): Row => [
      "s3:GetObject",
      "arn:aws:s3:::data/x",
      { "aws:SourceIp": address, "aws:ViaAWSService": via },
      said,
    ];
    says({ identity: [network] }, [
      from("192.0.2.7", false, "allowed"),
      from("203.0.113.255", false, "allowed"),
      from("198.51.100.1", false, "denied"),
      from("198.51.100.1", true, "allowed"),
    ]);
  });

  // reference_policies_examples_aws_deny-requested-region
  it("denies other Regions, but for the services that have none", () => {
    const regions = identity(EVERYTHING, {
      Sid: "DenyAllOutsideRequestedRegions",
      Effect: "Deny",
      NotAction: ["cloudfront:*", "iam:*", "route53:*", "support:*"],
      Resource: "*",
      Condition: { StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] } },
    });
    says({ identity: [regions] }, [
      ["ec2:RunInstances", "*", { "aws:RequestedRegion": "eu-west-1" }, "allowed"],
      ["ec2:RunInstances", "*", { "aws:RequestedRegion": "us-east-1" }, "denied"],
      ["iam:CreateRole", "*", { "aws:RequestedRegion": "us-east-1" }, "allowed"],
    ]);
  });

  // reference_policies_examples_ec2-start-stop-match-tags
  it("compares the caller's tag with the resource's, and neither with nothing", () => {
    const own = identity({
      Effect: "Allow",
      Action: ["ec2:startInstances", "ec2:stopInstances"],
      Resource: "*",
      Condition: {
        StringEquals: { "aws:ResourceTag/CostCenter": "${aws:PrincipalTag/CostCenter}" },
      },
    });
    const instance = `arn:aws:ec2:eu-west-1:${HERE}:instance/i-1`;
    const tags = (resource?: string, principal?: string): Context => ({
      "aws:ResourceTag/CostCenter": resource,
      "aws:PrincipalTag/CostCenter": principal,
    });
    says({ identity: [own] }, [
      ["ec2:StartInstances", instance, tags("crm", "crm"), "allowed"],
      ["ec2:StartInstances", instance, tags("crm", "web"), "denied"],
      ["ec2:StartInstances", instance, tags("crm"), "denied"],
      ["ec2:StartInstances", instance, tags(undefined, "crm"), "denied"],
      ["ec2:TerminateInstances", instance, tags("crm", "crm"), "denied"],
    ]);
  });

  // reference_policies_examples_dynamodb_attributes
  it("limits the attributes of a table, where the request names them", () => {
    const columns = identity({
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query"],
      Resource: ["arn:aws:dynamodb:*:*:table/table-name"],
      Condition: {
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["column-name-1", "column-name-2"] },
        StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
      },
    });
    const table = `arn:aws:dynamodb:eu-west-1:${HERE}:table/table-name`;
    const read = (attributes: string[], select: string | undefined, said: string): Row => [
      "dynamodb:Query",
      table,
      { "dynamodb:Attributes": attributes, "dynamodb:Select": select },
      said,
    ];
    says({ identity: [columns] }, [
      read(["column-name-1"], "SPECIFIC_ATTRIBUTES", "allowed"),
      read(["column-name-1"], undefined, "allowed"),
      read(["column-name-1", "secret"], "SPECIFIC_ATTRIBUTES", "denied"),
      read(["column-name-1"], "ALL_ATTRIBUTES", "denied"),
    ]);
  });

  // reference_policies_multi-value-conditions: ForAllValues "also returns true if there are no keys in the request"
  it("lets a request without tags pass ForAllValues, until Null asks for one", () => {
    const tagging = { Effect: "Allow", Action: "iam:TagUser", Resource: "*" };
    const only = { "ForAllValues:StringEquals": { "aws:TagKeys": "Department" } };
    const loose = identity({ ...tagging, Condition: only });
    const user = `arn:aws:iam::${HERE}:user/bob`;
    says({ identity: [loose] }, [
      ["iam:TagUser", user, { "aws:TagKeys": ["Department"] }, "allowed"],
      ["iam:TagUser", user, { "aws:TagKeys": ["Department", "Team"] }, "denied"],
      ["iam:TagUser", user, {}, "allowed"],
    ]);
    const strict = identity({
      ...tagging,
      Condition: { ...only, Null: { "aws:TagKeys": "false" } },
    });
    says({ identity: [strict] }, [
      ["iam:TagUser", user, { "aws:TagKeys": ["Department"] }, "allowed"],
      ["iam:TagUser", user, {}, "denied"],
    ]);
  });

  // reference_policies_examples_s3_home-directory-console
  it("opens a user's own folder, and lists what leads there", () => {
    const home = identity(
      {
        Sid: "ListObjectsInBucket",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::bucket-name",
        Condition: { StringLike: { "s3:prefix": ["", "home/", "home/${aws:username}/*"] } },
      },
      {
        Effect: "Allow",
        Action: "s3:*",
        Resource: [
          "arn:aws:s3:::bucket-name/home/${aws:username}",
          "arn:aws:s3:::bucket-name/home/${aws:username}/*",
        ],
      },
    );
    const rows = (own: string): Row[] => [
      ["s3:ListBucket", "arn:aws:s3:::bucket-name", { "s3:prefix": "home/" }, "allowed"],
      ["s3:ListBucket", "arn:aws:s3:::bucket-name", { "s3:prefix": "home/alice/a" }, own],
      ["s3:ListBucket", "arn:aws:s3:::bucket-name", { "s3:prefix": "home/bob/" }, "denied"],
      ["s3:PutObject", "arn:aws:s3:::bucket-name/home/alice/notes", {}, own],
      ["s3:PutObject", "arn:aws:s3:::bucket-name/home/bob/notes", {}, "denied"],
    ];
    says({ identity: [home] }, rows("allowed"));
    // A role's session has no aws:username.
    says({ identity: [home] }, rows("denied"), SESSION);
  });

  // reference_policies_examples_s3_deny-except-bucket
  it("denies every other service explicitly, and S3 elsewhere implicitly", () => {
    const ours = ["arn:aws:s3:::bucket-name", "arn:aws:s3:::bucket-name/*"];
    const one = identity(
      { Effect: "Allow", Action: "s3:*", Resource: ours },
      { Effect: "Deny", NotAction: "s3:*", NotResource: ours },
    );
    says({ identity: [one, identity(EVERYTHING)] }, [
      ["s3:GetObject", "arn:aws:s3:::bucket-name/x", {}, "allowed"],
      ["s3:GetObject", "arn:aws:s3:::other/x", {}, "allowed"],
      ["ec2:StopInstances", `arn:aws:ec2:eu-west-1:${HERE}:instance/i-1`, {}, "denied"],
    ]);
    says({ identity: [one] }, [["s3:GetObject", "arn:aws:s3:::other/x", {}, "denied"]]);
  });

  // reference_policies_condition-keys, aws:MultiFactorAuthPresent
  it("asks for MFA by Bool and by BoolIfExists, which differ for keys that are kept long", () => {
    const key = "aws:MultiFactorAuthPresent";
    const rows = (absent: string, without: string): Row[] => [
      ["s3:GetObject", "*", { [key]: true }, "allowed"],
      ["s3:GetObject", "*", { [key]: false }, without],
      ["s3:GetObject", "*", {}, absent],
    ];
    const allow = (Condition: object) => identity({ ...EVERYTHING, Condition });
    const deny = (Condition: object) =>
      identity(EVERYTHING, { ...EVERYTHING, Effect: "Deny", Condition });
    says({ identity: [deny({ Bool: { [key]: "false" } })] }, rows("allowed", "denied"));
    says({ identity: [deny({ BoolIfExists: { [key]: "false" } })] }, rows("denied", "denied"));
    says({ identity: [allow({ BoolIfExists: { [key]: "true" } })] }, rows("allowed", "denied"));
    says({ identity: [allow({ Bool: { [key]: "true" } })] }, rows("denied", "denied"));
    says({ identity: [allow({ Null: { [key]: "false" } })] }, rows("denied", "allowed"));
  });

  // access_policies_boundaries, "Delegating responsibility to others using permissions boundaries"
  it("lets a delegate create users with the boundary only, and none who edits it", () => {
    const boundary = `arn:aws:iam::${HERE}:policy/XCompanyBoundaries`;
    const maria = identity(
      {
        Sid: "CreateOrChangeOnlyWithBoundary",
        Effect: "Allow",
        Action: ["iam:CreateUser", "iam:PutUserPolicy"],
        Resource: "*",
        Condition: { StringEquals: { "iam:PermissionsBoundary": boundary } },
      },
      {
        Sid: "CloudWatchAndOtherIAMTasks",
        Effect: "Allow",
        Action: ["cloudwatch:*", "iam:DeleteUser", "iam:CreatePolicyVersion"],
        NotResource: `arn:aws:iam::${HERE}:user/Maria`,
      },
      {
        Sid: "NoBoundaryPolicyEdit",
        Effect: "Deny",
        Action: ["iam:CreatePolicyVersion", "iam:DeletePolicy"],
        Resource: [boundary],
      },
    );
    const user = (name: string) => `arn:aws:iam::${HERE}:user/${name}`;
    const other = { "iam:PermissionsBoundary": `arn:aws:iam::${HERE}:policy/Other` };
    says({ identity: [maria] }, [
      ["iam:CreateUser", user("Zhang"), { "iam:PermissionsBoundary": boundary }, "allowed"],
      ["iam:CreateUser", user("Zhang"), other, "denied"],
      ["iam:CreateUser", user("Zhang"), {}, "denied"],
      ["iam:DeleteUser", user("Zhang"), {}, "allowed"],
      ["iam:DeleteUser", user("Maria"), {}, "denied"],
      ["iam:CreatePolicyVersion", boundary, {}, "denied"],
    ]);
  });
});

describe("IAM: whole examples of the KMS guide", () => {
  const key = `arn:aws:kms:us-west-2:${HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

  // conditions-kms, kms:CallerAccount and kms:ViaService
  it("allows every principal of the account to use a key through EBS, without a policy of its own", () => {
    const ebs = policy("key", {
      Sid: "Allow access through EBS for all principals in the account that are authorized to use EBS",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Condition: {
        StringEquals: {
          "kms:CallerAccount": HERE,
          "kms:ViaService": "ec2.us-west-2.amazonaws.com",
        },
      },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
      Resource: "*",
    });
    const through = (service?: string, account = HERE): Context => ({
      "kms:CallerAccount": account,
      "kms:ViaService": service,
    });
    says({ resource: ebs }, [
      [
        "kms:GenerateDataKeyWithoutPlaintext",
        key,
        through("ec2.us-west-2.amazonaws.com"),
        "allowed",
      ],
      ["kms:Decrypt", key, through("s3.us-west-2.amazonaws.com"), "denied"],
      ["kms:Decrypt", key, through(), "denied"],
      ["kms:ScheduleKeyDeletion", key, through("ec2.us-west-2.amazonaws.com"), "denied"],
    ]);
  });

  // key-policy-default: "Allows access to the AWS account and enables IAM policies"
  it("gives a caller nothing by the account's statement until an identity policy gives it", () => {
    const enabling = policy("key", {
      Sid: "Enable IAM policies",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${HERE}:root` },
      Action: "kms:*",
      Resource: "*",
    });
    const reader = identity({ Effect: "Allow", Action: "kms:Decrypt", Resource: key });
    const row = (said: string): Row[] => [["kms:Decrypt", key, {}, said]];
    says({ resource: enabling }, row("denied"));
    says({ resource: enabling, identity: [reader] }, row("allowed"));
    says({ identity: [reader] }, row("denied"));
  });
});
