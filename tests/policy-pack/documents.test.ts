import assert from "node:assert/strict";

import { UNKNOWN } from "../../analysis/properties";
import {
  allows,
  allowsAction,
  coversAction,
  isPublicPrincipal,
  isUnknownPrincipal,
  parseDocument,
  type PolicyDocument,
} from "../../policy-pack/documents";
import { UNKNOWN_TEXT } from "./support";

const read = (statement: unknown): PolicyDocument => {
  const document = parseDocument({ Version: "2012-10-17", Statement: statement });
  assert.ok(document !== undefined && document !== UNKNOWN);
  return document;
};
const one = (statement: object) =>
  read({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...statement }).statements[0]!;

describe("policy pack: documents", () => {
  it("text and object, one and many, are the same", () => {
    const plain = { Effect: "Allow", Action: "s3:*", Principal: { AWS: "1" }, Resource: "r" };
    const listed = {
      Effect: "Allow",
      Action: ["s3:*"],
      Principal: { AWS: ["1"] },
      Resource: ["r"],
    };
    const expected = read([listed]);
    assert.deepEqual(read(plain), expected);
    assert.deepEqual(parseDocument(JSON.stringify({ Statement: plain })), expected);
    assert.deepEqual(expected.statements, [
      {
        label: "1",
        effect: "Allow",
        actions: ["s3:*"],
        notActions: [],
        resources: ["r"],
        notResources: [],
        principals: [{ kind: "AWS", value: "1" }],
        notPrincipals: [],
        conditions: [],
      },
    ]);
  });

  it("the negative forms and conditions have a place of their own", () => {
    const statement = read({
      Sid: "Odd",
      Effect: "Deny",
      NotAction: "iam:*",
      NotResource: ["a", "b"],
      NotPrincipal: "*",
      Condition: { StringEquals: { "AWS:SourceAccount": "1", "aws:RequestTag/x": ["y"] } },
    }).statements[0]!;
    assert.equal(statement.label, "Odd");
    assert.equal(allows(statement), false);
    assert.deepEqual(statement.notActions, ["iam:*"]);
    assert.deepEqual(statement.notResources, ["a", "b"]);
    assert.deepEqual(statement.notPrincipals, [{ kind: "*", value: "*" }]);
    assert.deepEqual(statement.conditions, [
      { operator: "StringEquals", key: "aws:sourceaccount", values: ["1"] },
      { operator: "StringEquals", key: "aws:requesttag/x", values: ["y"] },
    ]);
  });

  for (const [what, value, error] of [
    ["malformed JSON", "{", "it is not valid JSON"],
    ["a list", "[]", "it is not a JSON object"],
    ["null", "null", "it is not a JSON object"],
    ["a number", 5, "it is not a JSON object"],
    ["no statement", {}, "it has no Statement"],
    ["no effect", { Statement: { Action: "a" } }, "statement 1 needs an Effect of Allow or Deny"],
    ["effect in lower case", { Statement: [{ Effect: "allow" }] }, "statement 1 needs an Effect"],
    ["no action", { Statement: { Effect: "Allow" } }, "statement 1 has neither Action nor"],
    ["text for a statement", { Statement: ["x"] }, "statement 1 is not an object"],
    [
      "text for a condition",
      { Statement: { Effect: "Allow", Action: "a", Condition: "x" } },
      "statement 1 has a Condition that is not an object",
    ],
  ] as const) {
    it(`an error and no exception: ${what}`, () => {
      const document = parseDocument(value) as PolicyDocument;
      assert.ok(document.error?.startsWith(error), document.error);
      assert.deepEqual(document.statements, []);
    });
  }

  it("what is not known is not known, and what is absent is nothing", () => {
    assert.equal(parseDocument(UNKNOWN_TEXT), UNKNOWN);
    assert.equal(parseDocument({ Statement: UNKNOWN_TEXT }), UNKNOWN);
    assert.equal(parseDocument(undefined), undefined);
    assert.equal(parseDocument(""), undefined);
    assert.equal(read([UNKNOWN_TEXT]).statements[0]!.effect, UNKNOWN);
    assert.deepEqual(one({ Resource: [UNKNOWN_TEXT, "x"] }).resources, [UNKNOWN, "x"]);
  });

  it("actions are compared with wildcards and without case", () => {
    assert.ok(coversAction("IAM:pass*", "iam:PassRole"));
    assert.ok(coversAction("*", "iam:PassRole"));
    assert.ok(coversAction("iam:?assRole", "iam:PassRole"));
    assert.ok(!coversAction("iam:Pass", "iam:PassRole"));
    assert.ok(!coversAction("iam.*", "iam:PassRole"));
    assert.ok(allowsAction(one({ Action: ["s3:*", "iam:*"] }), "iam:PassRole"));
    assert.ok(!allowsAction(one({ Effect: "Deny" }), "s3:GetObject"));
    assert.ok(allowsAction(one({ Action: undefined, NotAction: "s3:*" }), "iam:PassRole"));
    assert.ok(!allowsAction(one({ Action: undefined, NotAction: "iam:*" }), "iam:PassRole"));
    assert.ok(!allowsAction(one({ Action: UNKNOWN_TEXT }), "iam:PassRole"));
  });

  const everybody = { Principal: "*" };
  const when = (operator: string, key: string, value: unknown) => ({
    ...everybody,
    Condition: { [operator]: { [key]: value } },
  });
  for (const [what, statement] of [
    ["an asterisk", everybody],
    ["of AWS", { Principal: { AWS: "*" } }],
    ["among others", { Principal: { AWS: ["arn:aws:iam::1:root", "*"] } }],
    ["all but one", { NotPrincipal: { AWS: "1" } }],
    ["a condition about something else", when("Bool", "aws:SecureTransport", "true")],
    ["every organisation", when("StringLike", "aws:PrincipalOrgID", "*")],
    ["every organisation, with its prefix", when("StringLike", "aws:PrincipalOrgID", "o-*")],
    ["one of the values is all", when("StringLike", "aws:SourceAccount", ["1", "*"])],
    ["not one account", when("StringNotEquals", "aws:SourceAccount", "1")],
    ["only if the key is there", when("StringEqualsIfExists", "aws:SourceAccount", "1")],
    ["all of no values", when("ForAllValues:StringEquals", "aws:SourceAccount", "1")],
    [
      "whatever the caller is",
      when("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),
    ],
    [
      "a private network, which every VPC may have",
      when("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16"),
    ],
    ["every source", when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*")],
    ["all addresses", when("IpAddress", "aws:SourceIp", ["0.0.0.0/0"])],
    ["half of all addresses", when("IpAddress", "aws:SourceIp", ["128.0.0.0/1"])],
    ["the way, not the caller", when("StringEquals", "kms:ViaService", "s3.amazonaws.com")],
  ] as const) {
    it(`public: ${what}`, () => {
      assert.equal(isPublicPrincipal(one(statement)), true);
    });
  }

  for (const [what, statement] of [
    ["an account", { Principal: { AWS: "arn:aws:iam::1:root" } }],
    ["a service", { Principal: { Service: "sns.amazonaws.com" } }],
    ["nobody", {}],
    ["a denial", { Effect: "Deny", ...everybody }],
    ["for an account", when("StringEquals", "aws:SourceAccount", "123456789012")],
    ["key in another case", when("StringEquals", "AWS:SourceOwner", "123456789012")],
    ["an organisation", when("StringEquals", "aws:PrincipalOrgID", "o-1234567890")],
    ["any of", when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/r-1/*")],
    ["a topic", when("ArnEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:1:topic")],
    ["a bucket", when("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:bucket")],
    ["an account's", when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:123456789012:*")],
    ["the key's account", when("StringEquals", "kms:CallerAccount", "123456789012")],
    ["no values, which match nothing", when("StringEquals", "aws:SourceAccount", [])],
    ["what no service can say", when("StringEquals", "aws:SourceAccount", "${aws:userid}")],
    ["an address", when("IpAddress", "aws:SourceIp", "203.0.113.7")],
    ["a resource to come", when("ArnEquals", "aws:SourceArn", UNKNOWN_TEXT)],
  ] as const) {
    it(`not public: ${what}`, () => {
      assert.equal(isPublicPrincipal(one(statement)), false);
      assert.equal(isUnknownPrincipal(one(statement)), false);
    });
  }

  it("another statement's denial counts", () => {
    const open = { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Principal: "*" };
    const denial = (key: string) => ({
      ...open,
      Effect: "Deny",
      Action: "s3:*",
      Condition: { StringNotEquals: { [key]: "o-1234567890" } },
    });
    const first = (...statements: object[]) => read(statements).statements[0]!;
    assert.equal(isPublicPrincipal(first(open, denial("aws:PrincipalOrgID"))), false);
    assert.equal(isUnknownPrincipal(first(open, denial("aws:PrincipalOrgID"))), false);
    assert.equal(isPublicPrincipal(first(open, denial("aws:RequestTag/org"))), true);
    const unknown = { ...denial("aws:PrincipalOrgID"), Condition: UNKNOWN_TEXT };
    assert.equal(isPublicPrincipal(first(open, unknown)), false);
    assert.equal(isUnknownPrincipal(first(open, unknown)), true);
  });

  it("what AWS would refuse opens nothing, and is no exception", () => {
    for (const odd of [
      { Condition: { Whatever: { "aws:SourceAccount": "1" } } },
      { Condition: { StringEquals: "x" } },
      { Resource: { a: 1 } },
      { Principal: 5 },
      { Principal: { Nobody: "x" } },
      { Action: { a: 1 } },
    ]) {
      for (const statement of read([{ Effect: "Allow", Action: "s3:*", ...everybody, ...odd }])
        .statements) {
        assert.doesNotThrow(() => isUnknownPrincipal(statement), JSON.stringify(odd));
        assert.equal(isPublicPrincipal(statement), false, JSON.stringify(odd));
      }
    }
  });

  it("unknown principals and conditions are neither", () => {
    for (const statement of [
      { Principal: UNKNOWN_TEXT },
      { Principal: { AWS: [UNKNOWN_TEXT] } },
      { ...everybody, Condition: UNKNOWN_TEXT },
      { ...everybody, Condition: { StringEquals: UNKNOWN_TEXT } },
    ]) {
      assert.equal(isPublicPrincipal(one(statement)), false);
      assert.equal(isUnknownPrincipal(one(statement)), true);
    }
    assert.equal(isUnknownPrincipal(read([UNKNOWN_TEXT]).statements[0]!), true);
  });
});
