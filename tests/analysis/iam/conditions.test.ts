/** Conditions, by the examples of the IAM User Guide, "IAM JSON policy elements: Condition operators". */
import assert from "node:assert/strict";

import { holds, identity, verdict } from "./support";

/** A condition, a context and what comes of it. */
type Row = readonly [condition: object, context: Record<string, unknown>, verdict: string];

function table(rows: readonly Row[]): void {
  for (const [condition, context, expected] of rows) {
    const shown = `${JSON.stringify(condition)} with ${JSON.stringify(context)}`;
    assert.equal(holds(condition, context as never), expected, shown);
  }
}

describe("IAM: condition operators (guide: Condition operators)", () => {
  it("compares strings: exactly, with any case, with wildcards, and each the other way round", () => {
    const job = "aws:PrincipalTag/job-category";
    table([
      [{ StringEquals: { [job]: "iamuser-admin" } }, { [job]: "iamuser-admin" }, "allowed"],
      [{ StringEquals: { [job]: "iamuser-admin" } }, { [job]: "IAMUser-Admin" }, "denied"],
      [{ StringEquals: { [job]: "iamuser-*" } }, { [job]: "iamuser-admin" }, "denied"],
      [{ StringEquals: { [job]: "iamuser-admin" } }, {}, "denied"],
      [{ StringNotEquals: { [job]: "iamuser-admin" } }, {}, "allowed"],
      [{ StringNotEquals: { [job]: ["a", "b"] } }, { [job]: "b" }, "denied"],
      [
        { StringEqualsIgnoreCase: { [job]: "IamUser-admin" } },
        { [job]: "iamuser-ADMIN" },
        "allowed",
      ],
      [{ StringNotEqualsIgnoreCase: { [job]: "A" } }, { [job]: "a" }, "denied"],
      [{ StringLike: { [job]: "iam*-adm?n" } }, { [job]: "iamuser-admin" }, "allowed"],
      [{ StringLike: { [job]: "IAM*" } }, { [job]: "iamuser-admin" }, "denied"],
      [{ StringNotLike: { [job]: "iam*" } }, { [job]: "iamuser-admin" }, "denied"],
      [{ StringNotLike: { [job]: "iam*" } }, {}, "allowed"],
    ]);
  });

  it("lets a user browse the own home directory", () => {
    const prefixes = ["", "home/", "home/${aws:username}/"];
    const condition = { StringLike: { "s3:prefix": prefixes } };
    table([
      [condition, { "s3:prefix": "" }, "allowed"],
      [condition, { "s3:prefix": "home/alice/" }, "allowed"],
      [condition, { "s3:prefix": "home/bob/" }, "denied"],
    ]);
  });

  it("compares numbers, as those of s3:max-keys", () => {
    const key = "s3:max-keys";
    table([
      [{ NumericLessThanEquals: { [key]: "10" } }, { [key]: "10" }, "allowed"],
      [{ NumericLessThanEquals: { [key]: "10" } }, { [key]: 9 }, "allowed"],
      [{ NumericLessThanEquals: { [key]: "10" } }, { [key]: "11" }, "denied"],
      [{ NumericLessThanEquals: { [key]: "10" } }, {}, "denied"],
      [{ NumericLessThan: { [key]: 10 } }, { [key]: "10" }, "denied"],
      [{ NumericGreaterThan: { [key]: "9.5" } }, { [key]: "10" }, "allowed"],
      [{ NumericGreaterThanEquals: { [key]: "10" } }, { [key]: "10.0" }, "allowed"],
      [{ NumericEquals: { [key]: "10" } }, { [key]: "10.0" }, "allowed"],
      [{ NumericNotEquals: { [key]: "10" } }, { [key]: "10" }, "denied"],
      [{ NumericNotEquals: { [key]: "10" } }, {}, "allowed"],
    ]);
  });

  it("compares dates of W3C's forms and seconds since 1970", () => {
    const key = "aws:TokenIssueTime";
    const issued = { [key]: "2020-06-30T12:00:00Z" };
    table([
      [{ DateGreaterThan: { [key]: "2020-01-01T00:00:01Z" } }, issued, "allowed"],
      [{ DateGreaterThan: { [key]: "2020-01-01T00:00:01Z" } }, {}, "denied"],
      [{ DateGreaterThan: { [key]: "2021" } }, issued, "denied"],
      [{ DateLessThan: { [key]: "2020-07" } }, issued, "allowed"],
      [{ DateEquals: { [key]: "2020-06-30T14:00:00+02:00" } }, issued, "allowed"],
      [{ DateEquals: { [key]: "1593518400" } }, issued, "allowed"],
      [{ DateNotEquals: { [key]: "1593518400" } }, issued, "denied"],
      [{ DateLessThanEquals: { [key]: "2020-06-30T12:00:00Z" } }, issued, "allowed"],
      [{ DateGreaterThanEquals: { [key]: "2020-06-30T12:00:01Z" } }, issued, "denied"],
    ]);
  });

  it("denies S3 without TLS", () => {
    const guard = identity(
      { Effect: "Allow", Action: "*", Resource: "*" },
      {
        Sid: "BooleanExample",
        Action: "s3:*",
        Effect: "Deny",
        Resource: ["arn:aws:s3:::DOC-EXAMPLE-BUCKET", "arn:aws:s3:::DOC-EXAMPLE-BUCKET/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    );
    const resource = "arn:aws:s3:::DOC-EXAMPLE-BUCKET/x";
    const ask = (secure: boolean) =>
      verdict({ resource, context: { "aws:SecureTransport": secure } }, { identity: [guard] });
    assert.equal(ask(false), "denied");
    assert.equal(ask(true), "allowed");
  });

  it("compares bytes by their base64", () => {
    const value = "QmluYXJ5VmFsdWVJbkJhc2U2NA==";
    table([
      [{ BinaryEquals: { key: value } }, { key: value }, "allowed"],
      [{ BinaryEquals: { key: value } }, { key: "QUJD" }, "denied"],
      [{ BinaryEquals: { key: value } }, {}, "denied"],
    ]);
  });

  it("compares addresses of both families", () => {
    const key = "aws:SourceIp";
    const both = { IpAddress: { [key]: ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] } };
    table([
      [both, { [key]: "203.0.113.0" }, "allowed"],
      [both, { [key]: "203.0.113.255" }, "allowed"],
      [both, { [key]: "203.0.114.1" }, "denied"],
      [both, { [key]: "2001:db8:1234:5678::1" }, "allowed"],
      [both, { [key]: "2001:db8:1234:5679::1" }, "denied"],
      [both, {}, "denied"],
      [{ IpAddress: { [key]: "203.0.113.7" } }, { [key]: "203.0.113.7" }, "allowed"],
      [{ IpAddress: { [key]: "0.0.0.0/0" } }, { [key]: "198.51.100.1" }, "allowed"],
      [{ IpAddress: { [key]: "0.0.0.0/0" } }, { [key]: "::1" }, "denied"],
      [{ NotIpAddress: { [key]: "203.0.113.0/24" } }, { [key]: "203.0.113.7" }, "denied"],
      [{ NotIpAddress: { [key]: "203.0.113.0/24" } }, { [key]: "2001:db8::1" }, "allowed"],
      [{ NotIpAddress: { [key]: "203.0.113.0/24" } }, {}, "allowed"],
    ]);
  });

  it("compares each part of an ARN separately, which a string operator does not do", () => {
    const pattern = "arn:aws:someservice:*:111122223333:finance/*";
    const value =
      "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    const key = "aws:SourceArn";
    table([
      [{ StringLike: { [key]: pattern } }, { [key]: value }, "allowed"],
      [{ ArnLike: { [key]: pattern } }, { [key]: value }, "denied"],
      [{ ArnEquals: { [key]: pattern } }, { [key]: value }, "denied"],
      [{ ArnNotLike: { [key]: pattern } }, { [key]: value }, "allowed"],
      [
        { ArnEquals: { [key]: "arn:aws:sns:*:1111*:t?pic" } },
        { [key]: "arn:aws:sns:eu-west-1:111122223333:topic" },
        "allowed",
      ],
      [
        { ArnNotEquals: { [key]: "arn:aws:sns:*:*:*" } },
        { [key]: "arn:aws:sns:eu-west-1:1:t" },
        "denied",
      ],
      [{ ArnNotEquals: { [key]: "arn:aws:sns:*:*:*" } }, {}, "allowed"],
      [{ ArnLike: { [key]: "arn:aws:sns:*:*:*" } }, {}, "denied"],
    ]);
  });

  it("looks at a key only if it exists, with IfExists", () => {
    const types = ["t1.*", "t2.*", "m3.*"];
    const key = "ec2:InstanceType";
    table([
      [{ StringLike: { [key]: types } }, {}, "denied"],
      [{ StringLikeIfExists: { [key]: types } }, {}, "allowed"],
      [{ StringLikeIfExists: { [key]: types } }, { [key]: "t2.micro" }, "allowed"],
      [{ StringLikeIfExists: { [key]: types } }, { [key]: "c5.large" }, "denied"],
      [{ NumericLessThanIfExists: { [key]: "3" } }, {}, "allowed"],
      [{ ArnLikeIfExists: { [key]: "arn:aws:sns:*:*:*" } }, {}, "allowed"],
      [{ BoolIfExists: { [key]: "true" } }, { [key]: "false" }, "denied"],
    ]);
  });

  it("denies by a negated operator with IfExists, whether the tag is missing or another", () => {
    const guard = identity(
      { Effect: "Allow", Action: "*", Resource: "*" },
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { StringNotEqualsIfExists: { "aws:PrincipalTag/team": "blue" } },
      },
    );
    const ask = (context: object) => verdict({ context: context as never }, { identity: [guard] });
    assert.equal(ask({}), "denied");
    assert.equal(ask({ "aws:PrincipalTag/team": "red" }), "denied");
    assert.equal(ask({ "aws:PrincipalTag/team": "blue" }), "allowed");
  });

  it("tells a missing key from one that is there, with Null", () => {
    const key = "aws:TokenIssueTime";
    table([
      [{ Null: { [key]: "true" } }, {}, "allowed"],
      [{ Null: { [key]: "true" } }, { [key]: "2020-01-01T00:00:00Z" }, "denied"],
      [{ Null: { [key]: "false" } }, { [key]: "2020-01-01T00:00:00Z" }, "allowed"],
      [{ Null: { [key]: false } }, {}, "denied"],
      [{ Null: { [key]: "true" } }, { [key]: [] }, "allowed"],
    ]);
  });

  it("derives the caller's keys from the principal (guide: AWS global condition context keys)", () => {
    const session = "arn:aws:sts::111122223333:assumed-role/app/session1";
    const said = (condition: object, who?: string) => holds({ StringLike: condition }, {}, who);
    assert.equal(
      said({ "aws:PrincipalArn": "arn:aws:iam::111122223333:role/app" }, session),
      "allowed",
    );
    assert.equal(said({ "aws:PrincipalType": "AssumedRole" }, session), "allowed");
    assert.equal(said({ "aws:userid": "*:session1" }, session), "allowed");
    assert.equal(said({ "aws:username": "*" }, session), "denied");
    assert.equal(said({ "aws:PrincipalArn": "arn:aws:iam::111122223333:user/alice" }), "allowed");
    assert.equal(
      said({ "aws:PrincipalAccount": "111122223333", "aws:PrincipalType": "User" }),
      "allowed",
    );
    assert.equal(said({ "aws:PrincipalIsAWSService": "false" }), "allowed");
  });

  it("compares names of keys case-insensitively (guide: IAM JSON policy elements: Condition)", () => {
    table([
      [{ StringEquals: { "AWS:UserName": "alice" } }, {}, "allowed"],
      [
        { IpAddress: { "aws:SourceIP": "203.0.113.0/24" } },
        { "AWS:sourceip": "203.0.113.1" },
        "allowed",
      ],
    ]);
  });

  it("wants every operator and every key, and one of a key's values (guide: Conditions with multiple keys)", () => {
    const condition = {
      StringEqualsIgnoreCase: {
        "aws:PrincipalTag/department": ["finance", "hr", "legal"],
        "aws:PrincipalTag/role": ["audit", "security"],
      },
      StringEquals: { "aws:PrincipalAccount": "111122223333" },
    };
    const [department, role] = ["aws:PrincipalTag/department", "aws:PrincipalTag/role"];
    table([
      [condition, { [department]: "HR", [role]: "audit" }, "allowed"],
      [condition, { [department]: "hr", [role]: "sales" }, "denied"],
      [condition, { [department]: "hr" }, "denied"],
    ]);
    const elsewhere = "arn:aws:iam::444455556666:user/alice";
    assert.equal(holds(condition, { [department]: "hr", [role]: "audit" }, elsewhere), "denied");
  });
});

describe("IAM: multivalued keys (guide: Single-valued vs. multivalued context keys)", () => {
  const key = "dynamodb:Attributes";

  it("wants every value of the request in the policy's list, with ForAllValues", () => {
    const condition = { "ForAllValues:StringEquals": { [key]: ["ID", "Message", "Tags"] } };
    table([
      [condition, { [key]: ["Message", "Tags"] }, "allowed"],
      [condition, { [key]: ["ID", "Message", "Tags"] }, "allowed"],
      [condition, { [key]: ["ID", "UserName"] }, "denied"],
      [condition, {}, "allowed"],
      [condition, { [key]: [] }, "allowed"],
    ]);
  });

  it("wants one value of the request in the policy's list, with ForAnyValue", () => {
    const condition = { "ForAnyValue:StringEquals": { [key]: ["ID", "PostDateTime"] } };
    table([
      [condition, { [key]: ["UserName", "Message", "PostDateTime"] }, "allowed"],
      [condition, { [key]: ["UserName"] }, "denied"],
      [condition, {}, "denied"],
      [condition, { [key]: [] }, "denied"],
    ]);
  });

  it("negates for each value separately", () => {
    const all = { "ForAllValues:StringNotEquals": { [key]: ["ID"] } };
    const any = { "ForAnyValue:StringNotEquals": { [key]: ["ID"] } };
    table([
      [all, { [key]: ["Tags", "ID"] }, "denied"],
      [all, { [key]: ["Tags"] }, "allowed"],
      [all, {}, "allowed"],
      [any, { [key]: ["Tags", "ID"] }, "allowed"],
      [any, { [key]: ["ID"] }, "denied"],
      [any, {}, "denied"],
    ]);
  });

  it("is undecided where the guide does not decide", () => {
    table([
      // A plain operator with several values; an empty text, which the guide calls a null data set.
      [{ StringEquals: { [key]: "ID" } }, { [key]: ["ID", "Tags"] }, "undecided"],
      [{ StringEquals: { [key]: "ID" } }, { [key]: ["A", "B"] }, "denied"],
      [{ "ForAllValues:StringEquals": { [key]: "ID" } }, { [key]: [""] }, "undecided"],
      [{ "ForAnyValue:StringEqualsIfExists": { [key]: "ID" } }, {}, "undecided"],
    ]);
  });
});
