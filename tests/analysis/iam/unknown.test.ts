/** What is not known makes a verdict undecided only where it matters; what AWS would refuse allows nothing. */
import assert from "node:assert/strict";

import { compilePolicy, evaluate, UNKNOWN } from "../../../analysis/iam";
import { ALICE, document, EVERYTHING, HERE, identity, policy, ROLE, verdict } from "./support";

/** Pulumi's text for an unknown string. */
const MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const DENY = { ...EVERYTHING, Effect: "Deny" };

describe("IAM: unknown values", () => {
  const when = (condition: object) => [identity({ ...EVERYTHING, Condition: condition })];
  const equals = when({ StringEquals: { "aws:SourceVpc": "vpc-1" } });

  it("depends on a key whose value is not known, and not on one that any value suits", () => {
    const context = { "aws:SourceVpc": UNKNOWN };
    assert.equal(verdict({ context }, { identity: equals }), "undecided");
    assert.equal(
      verdict({ context: { "aws:SourceVpc": [UNKNOWN] } }, { identity: equals }),
      "undecided",
    );
    const any = when({ StringLike: { "aws:SourceVpc": "*" } });
    assert.equal(
      verdict({ context: { "aws:SourceVpc": [UNKNOWN] } }, { identity: any }),
      "allowed",
    );
    assert.equal(verdict({ context }, { identity: any }), "undecided", "it may be absent");
    const all = when({ StringLikeIfExists: { "aws:SourceVpc": "*" } });
    assert.equal(verdict({ context }, { identity: all }), "allowed");
    assert.equal(verdict({}, { identity: equals }), "denied", "absent");
    assert.equal(verdict({ openContext: true }, { identity: equals }), "undecided", "open");
  });

  it("tells with Null whether a key is there, though not its value", () => {
    const missing = when({ Null: { "aws:SourceVpc": "true" } });
    assert.equal(
      verdict({ context: { "aws:SourceVpc": UNKNOWN } }, { identity: missing }),
      "undecided",
    );
    assert.equal(
      verdict({ context: { "aws:SourceVpc": [UNKNOWN] } }, { identity: missing }),
      "denied",
    );
  });

  it("is decided where another statement decides regardless", () => {
    const context = { "aws:SourceVpc": UNKNOWN };
    assert.equal(verdict({ context }, { identity: [...equals, identity(EVERYTHING)] }), "allowed");
    assert.equal(verdict({ context }, { identity: [...equals, identity(DENY)] }), "denied");
    const perhaps = identity({
      ...DENY,
      Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } },
    });
    assert.equal(verdict({ context }, { identity: [identity(EVERYTHING), perhaps] }), "undecided");
    assert.equal(verdict({ context }, { identity: [perhaps] }), "denied", "nothing allows");
  });

  it("takes an unknown part of a document's ARN for any text", () => {
    const part = [identity({ ...EVERYTHING, Resource: `arn:aws:s3:::${MARKER}/*` })];
    assert.equal(verdict({ resource: "arn:aws:s3:::data/x" }, { identity: part }), "undecided");
    assert.equal(
      verdict({ resource: `arn:aws:sqs:eu-west-1:${HERE}:jobs` }, { identity: part }),
      "denied",
    );
    assert.equal(verdict({ resource: "arn:aws:s3:::data" }, { identity: part }), "denied");
    for (const whole of [MARKER, UNKNOWN, [UNKNOWN]]) {
      const list = [identity({ ...EVERYTHING, Resource: whole })];
      assert.equal(verdict({ resource: "arn:aws:s3:::data/x" }, { identity: list }), "undecided");
    }
  });

  it("takes an unknown part of the requested resource for any text", () => {
    const resource = `arn:aws:s3:::${MARKER}/x`;
    const said = (pattern: string) =>
      verdict({ resource }, { identity: [identity({ ...EVERYTHING, Resource: pattern })] });
    assert.equal(said("arn:aws:s3:::*"), "allowed");
    assert.equal(said("arn:aws:s3:::*/x"), "allowed");
    assert.equal(said("arn:aws:s3:::data/*"), "undecided");
    assert.equal(said("arn:aws:s3:::?/x"), "undecided");
    assert.equal(said("arn:aws:s3:::*/y"), "denied");
  });

  it("takes unknown actions, principals, effects, conditions and statements for any", () => {
    const resource = "arn:aws:s3:::data/x";
    const said = (...statements: readonly object[]) =>
      verdict({ resource }, { identity: [identity(...statements)] });
    assert.equal(said({ ...EVERYTHING, Action: UNKNOWN }), "undecided");
    assert.equal(said({ ...EVERYTHING, Condition: MARKER }), "undecided");
    assert.equal(said({ ...EVERYTHING, Condition: { StringEquals: UNKNOWN } }), "undecided");
    assert.equal(said(EVERYTHING, { ...EVERYTHING, Effect: UNKNOWN }), "undecided");
    assert.equal(
      said(EVERYTHING, { ...DENY, Resource: "arn:aws:s3:::other", Condition: UNKNOWN }),
      "allowed",
    );
    for (const Principal of [
      UNKNOWN,
      { AWS: UNKNOWN },
      { AWS: [`arn:aws:iam::${HERE}:user/${MARKER}`] },
    ]) {
      const data = policy("resource", { ...EVERYTHING, Principal });
      assert.equal(verdict({ resource }, { resource: data }), "undecided");
    }
    const elsewhere = policy("resource", {
      ...EVERYTHING,
      Principal: { AWS: `arn:aws:iam::${HERE}:role/${MARKER}` },
    });
    assert.equal(verdict({ resource }, { resource: elsewhere }), "denied");
    const service = policy("resource", { ...EVERYTHING, Principal: { Service: UNKNOWN } });
    assert.equal(verdict({ resource }, { resource: service }), "denied", "no user is a service");
  });

  it("takes an unknown document for one that may allow and may deny", () => {
    for (const text of [MARKER, UNKNOWN, { Version: "2012-10-17", Statement: UNKNOWN }]) {
      const unknown = compilePolicy(text, "identity");
      assert.equal(unknown.state, "unknown");
      assert.equal(verdict({}, { identity: [unknown] }), "undecided");
      assert.equal(verdict({}, { identity: [unknown, identity(EVERYTHING)] }), "undecided");
      assert.equal(verdict({}, { identity: [unknown, identity(DENY)] }), "denied");
    }
  });

  it("does not know a role's session by its name when no name is given", () => {
    const session = `arn:aws:sts::${HERE}:assumed-role/app/session1`;
    const data = policy("resource", { ...EVERYTHING, Principal: { AWS: session } });
    assert.equal(
      verdict({ who: ROLE, resource: "arn:aws:s3:::data/x" }, { resource: data }),
      "undecided",
    );
  });

  it("is undecided where the resource's account is not known and matters", () => {
    const request = {
      caller: { kind: "user", arn: ALICE },
      action: "s3:GetObject",
      resource: "arn:aws:s3:::data/x",
    } as const;
    const own = { identity: [identity(EVERYTHING)] };
    assert.equal(evaluate(request, own).verdict, "undecided");
    assert.equal(evaluate({ ...request, resourceAccount: HERE }, own).verdict, "allowed");
    const open = { ...own, resource: policy("resource", { ...EVERYTHING, Principal: "*" }) };
    assert.equal(evaluate(request, open).verdict, "allowed");
  });
});

describe("IAM: malformed documents (guide: Grammar of the IAM JSON policy language)", () => {
  const bad: readonly [what: string, statement: object | string][] = [
    ["no JSON", "{"],
    ["a list", "[]"],
    ["another version", JSON.stringify({ Version: "2012-10-18", Statement: [EVERYTHING] })],
    ["no Statement", JSON.stringify({ Version: "2012-10-17" })],
    ["an empty list of statements", JSON.stringify({ Version: "2012-10-17", Statement: [] })],
    [
      "another element of the document",
      JSON.stringify({ Statement: [EVERYTHING], Statements: [] }),
    ],
    ["a statement that is a text", JSON.stringify({ Statement: ["Allow"] })],
    ["another effect", { ...EVERYTHING, Effect: "allow" }],
    ["no action", { Effect: "Allow", Resource: "*" }],
    ["Action and NotAction", { ...EVERYTHING, NotAction: "s3:*" }],
    ["Resource and NotResource", { ...EVERYTHING, NotResource: "*" }],
    ["no resource", { Effect: "Allow", Action: "*" }],
    ["an action without a service", { ...EVERYTHING, Action: "GetObject" }],
    ["an empty list of actions", { ...EVERYTHING, Action: [] }],
    ["an empty list of NotAction", { Effect: "Allow", NotAction: [], Resource: "*" }],
    ["a resource that is no ARN", { ...EVERYTHING, Resource: "data" }],
    ["a Principal for an identity", { ...EVERYTHING, Principal: "*" }],
    ["another operator", { ...EVERYTHING, Condition: { StringEqual: { a: "b" } } }],
    ["IfExists with Null", { ...EVERYTHING, Condition: { NullIfExists: { a: "true" } } }],
    ["a condition that is a text", { ...EVERYTHING, Condition: "x" }],
    ["an operator without keys", { ...EVERYTHING, Condition: { StringEquals: "x" } }],
    ["another element of the statement", { ...EVERYTHING, Actions: "*" }],
  ];

  for (const [what, statement] of bad) {
    it(`finds ${what}, allows nothing by it and leaves its denials open`, () => {
      const text = typeof statement === "string" ? statement : document(statement);
      const broken = compilePolicy(text, "identity");
      assert.equal(broken.state, "malformed");
      assert.match(broken.findings[0]!.message, /^malformed: /);
      assert.equal(verdict({}, { identity: [broken] }), "denied");
      const other = identity(EVERYTHING);
      const readable =
        typeof statement !== "string" && (statement as { Effect: string }).Effect === "Allow";
      assert.equal(verdict({}, { identity: [broken, other] }), readable ? "allowed" : "undecided");
    });
  }

  it("allows nothing by the sound statements of a malformed document, and leaves their denials open", () => {
    const wrong = { ...EVERYTHING, Action: "x" };
    assert.equal(verdict({}, { identity: [identity(EVERYTHING, wrong)] }), "denied");
    const denying = identity({ ...DENY, Action: "s3:*" }, wrong);
    assert.equal(verdict({}, { identity: [denying, identity(EVERYTHING)] }), "undecided");
    assert.equal(
      verdict({ action: "kms:ListKeys" }, { identity: [denying, identity(EVERYTHING)] }),
      "allowed",
    );
    const unclear = identity({ ...DENY, Action: "GetObject" });
    assert.equal(
      verdict({ action: "kms:ListKeys" }, { identity: [unclear, identity(EVERYTHING)] }),
      "undecided",
    );
  });

  it("wants a principal in a policy of a resource, and in a trust policy neither NotPrincipal nor Resource", () => {
    const said = (kind: "resource" | "trust", statement: object) =>
      policy(kind, statement).findings[0]?.message;
    assert.equal(
      said("resource", EVERYTHING),
      "malformed: expected either Principal or NotPrincipal",
    );
    assert.match(said("resource", { ...EVERYTHING, Principal: {} })!, /names no principal/);
    assert.match(
      said("resource", { ...EVERYTHING, Principal: { AWS: [] } })!,
      /names no principal/,
    );
    assert.match(said("resource", { ...EVERYTHING, Principal: { User: "x" } })!, /got "User"/);
    const trust = { Effect: "Allow", Action: "sts:AssumeRole" };
    assert.match(
      said("trust", { ...trust, NotPrincipal: "*" })!,
      /neither NotPrincipal nor Resource/,
    );
    assert.match(said("trust", { ...trust, Principal: "*", Resource: "*" })!, /neither/);
    assert.equal(said("trust", { ...trust, Principal: { AWS: ALICE } }), undefined);
  });

  it("calls doubtful what AWS may accept and does not document, and leaves it undecided", () => {
    const conditions = [
      { NumericLessThan: { "s3:max-keys": "ten" } },
      { DateLessThan: { "aws:CurrentTime": "tomorrow" } },
      { IpAddress: { "aws:SourceIp": "10.0.0.0/33" } },
      { Bool: { "aws:SecureTransport": "yes" } },
      { Null: { "aws:SourceVpc": "maybe" } },
    ];
    const context = {
      "s3:max-keys": "1",
      "aws:CurrentTime": "2024-01-01T00:00:00Z",
      "aws:SourceIp": "10.0.0.1",
      "aws:SecureTransport": "true",
    };
    for (const Condition of conditions) {
      const doubtful = identity({ ...EVERYTHING, Condition });
      assert.match(doubtful.findings[0]!.message, /^doubtful: /, JSON.stringify(Condition));
      assert.equal(
        verdict({ context }, { identity: [doubtful] }),
        "undecided",
        JSON.stringify(Condition),
      );
    }
    const wide = policy("resource", { ...EVERYTHING, Principal: { AWS: "arn:aws:iam::*:root" } });
    assert.match(wide.findings[0]!.message, /wildcard inside its name/);
    assert.equal(
      verdict(
        { resource: "arn:aws:s3:::data/x" },
        { resource: wide, identity: [identity(EVERYTHING)] },
      ),
      "allowed",
    );
    assert.equal(verdict({ resource: "arn:aws:s3:::data/x" }, { resource: wide }), "undecided");
  });

  it("never throws, for any document", () => {
    for (const value of [
      undefined,
      null,
      0,
      true,
      "",
      [],
      {},
      { Statement: null },
      { Statement: [null, 1, {}, []] },
      { Statement: { Effect: 1, Action: {}, Resource: [null, {}], Principal: 3, Condition: [] } },
      { Statement: { Effect: "Deny", Action: [[]], Condition: { "": { "": null } } } },
      "null",
      '"x"',
    ]) {
      for (const kind of ["identity", "resource", "trust"] as const) {
        const broken = compilePolicy(value, kind);
        assert.equal(broken.state, "malformed", JSON.stringify(value));
        assert.notEqual(verdict({}, { identity: [broken] }), "allowed");
      }
    }
  });
});
