/**
 * Which strangers a policy lets in. The forms are those that Amazon S3's "The meaning of public", the IAM
 * User Guide's "The confused deputy problem" and GitHub's "Configuring OpenID Connect in AWS" describe, and
 * the ways in which they are written wrongly.
 */
import assert from "node:assert/strict";

import { type PolicyKind, UNKNOWN, whoCan, type WhoCanOptions } from "../../../analysis/iam";
import { document, HERE, THERE } from "./support";

const MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const BUCKET = "arn:aws:s3:::data";
const MINE: WhoCanOptions = {
  account: HERE,
  organization: "o-1234567890",
  resource: `${BUCKET}/x`,
};

/** The strangers let in, such as `another organization: allowed`. */
function strangers(
  statements: object | readonly object[],
  kind: PolicyKind = "resource",
  options: WhoCanOptions = MINE,
): string[] {
  const list = Array.isArray(statements) ? (statements as object[]) : [statements];
  return whoCan(document(...list), kind, options)
    .openings.map(
      ({ stranger, verdict, through }) =>
        `${stranger}${through ? ` (${through})` : ""}: ${verdict}`,
    )
    .sort();
}

const read = (Principal: unknown, Condition?: object) => ({
  Effect: "Allow",
  Principal,
  Action: "s3:GetObject",
  Resource: `${BUCKET}/*`,
  ...(Condition && { Condition }),
});
const ROLES = ["another account: allowed", "another organization: allowed"];
const EVERYBODY = [
  ...ROLES,
  "anonymous: allowed",
  "service for a stranger (s3.amazonaws.com): allowed",
].sort();

describe("strangers: who is let in by name", () => {
  it("allows every principal by *, in every notation", () => {
    assert.deepEqual(strangers(read("*")), EVERYBODY);
    assert.deepEqual(strangers(read({ AWS: "*" })), EVERYBODY);
    assert.deepEqual(strangers(read({ AWS: [HERE, "*"] })), EVERYBODY);
    const NotPrincipal = { AWS: `arn:aws:iam::${HERE}:root` };
    const others = { ...read("*"), Principal: undefined, NotPrincipal };
    assert.deepEqual(strangers(others), EVERYBODY);
  });

  it("allows no stranger by the names of the own and of another account", () => {
    const names = [HERE, `arn:aws:iam::${HERE}:root`, `arn:aws:iam::${THERE}:role/partner`];
    assert.deepEqual(strangers(read({ AWS: names })), []);
    assert.deepEqual(
      strangers(read({ CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98" })),
      [],
    );
  });

  it("cannot rule out a principal with a wildcard inside its ARN, and says that AWS takes none", () => {
    for (const name of [
      "arn:aws:iam::*:root",
      "arn:aws:iam::*:role/*",
      "arn:aws:iam::9999*:role/str*",
    ]) {
      const statement = read({ AWS: name });
      assert.deepEqual(
        strangers(statement),
        ROLES.map((one) => one.replace("allowed", "undecided")),
      );
      assert.match(
        whoCan(document(statement), "resource").findings[0]!.message,
        /wildcard inside its name/,
      );
    }
    assert.deepEqual(strangers(read({ AWS: `arn:aws:iam::${HERE}:role/*` })), []);
  });

  it("counts names that are not known yet as the program's own", () => {
    assert.deepEqual(strangers(read({ AWS: MARKER })), []);
    assert.deepEqual(strangers(read({ AWS: [UNKNOWN] })), []);
    const condition = { StringEquals: { "aws:SourceVpce": MARKER } };
    assert.deepEqual(strangers(read("*", condition)), []);
    assert.deepEqual(strangers({ ...read("*"), Resource: `${MARKER}/*` }), EVERYBODY);
    const guard = { ...read("*"), Effect: "Deny", Resource: `${MARKER}/*` };
    assert.deepEqual(strangers([{ ...read("*"), Resource: `${MARKER}/*` }, guard]), []);
  });

  it("is undecided where a whole element is not known", () => {
    assert.deepEqual(whoCan(UNKNOWN, "resource").openings[0]!.verdict, "undecided");
    assert.ok(strangers(read(UNKNOWN)).every((one) => one.endsWith("undecided")));
    assert.ok(strangers({ ...read("*"), Condition: UNKNOWN }).includes("anonymous: undecided"));
    assert.ok(strangers({ ...read("*"), Effect: UNKNOWN }).includes("anonymous: undecided"));
  });

  it("allows no stranger by a document that AWS refuses, and returns why", () => {
    const { openings, findings } = whoCan(document({ ...read("*"), Action: [] }), "resource", MINE);
    assert.deepEqual(openings, []);
    assert.match(findings[0]!.message, /^malformed/);
  });

  it("names action, resource, statement and what the request says", () => {
    const statement = {
      ...read("*", { StringLike: { "aws:UserAgent": "secret-*" } }),
      Sid: "Open",
    };
    const [opening] = whoCan(document(statement), "resource", MINE).openings;
    assert.deepEqual(
      [opening!.action, opening!.resource, opening!.statements[0]!.statement.sid, opening!.context],
      ["s3:GetObject", `${BUCKET}/any`, "Open", { "aws:useragent": "secret-" }],
    );
  });
});

describe("strangers: conditions that keep others out", () => {
  const closed: readonly object[] = [
    { StringEquals: { "aws:PrincipalAccount": HERE } },
    { StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } },
    { StringEquals: { "aws:SourceVpc": "vpc-111bbb22" } },
    { StringLike: { "aws:SourceVpc": ["vpc-111bbb22", "vpc-111bbb33"] } },
    { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${HERE}:role/*` } },
    { ArnEquals: { "aws:SourceArn": `arn:aws:cloudfront::${HERE}:distribution/E1` } },
    { StringEquals: { "aws:SourceAccount": HERE } },
    { StringLike: { "aws:userid": "AROAEXAMPLEID:*" } },
    { StringEquals: { "aws:SourceOwner": HERE } },
    { StringEquals: { "s3:DataAccessPointAccount": HERE } },
    { StringEquals: { "aws:PrincipalOrgID": "o-other" } },
    { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::one-bucket" } },
    { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
  ];
  for (const condition of closed) {
    it(JSON.stringify(condition), () => assert.deepEqual(strangers(read("*", condition)), []));
  }

  it("keep others out of the organization, and let its accounts in", () => {
    const inside = ["another account: allowed"];
    assert.deepEqual(
      strangers(read("*", { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } })),
      inside,
    );
    const paths = { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-1234567890/*" } };
    assert.deepEqual(strangers(read("*", paths)), inside);
  });

  it("keep others out by a denial that catches them", () => {
    const outside = { StringNotEquals: { "aws:PrincipalOrgID": "o-1234567890" } };
    const guard = { ...read("*", outside), Effect: "Deny", Action: "s3:*" };
    assert.deepEqual(strangers([read("*"), guard]), ["another account: allowed"]);
    const reads = { ...read("*"), Effect: "Deny", Action: "s3:GetObjectAcl" };
    assert.deepEqual(strangers([read("*"), reads]), EVERYBODY);
    const plain = { ...read("*", { Bool: { "aws:SecureTransport": "false" } }), Effect: "Deny" };
    assert.deepEqual(strangers([read("*"), plain]), EVERYBODY);
  });
});

describe("strangers: conditions that fit everybody", () => {
  const role = (condition: object) =>
    strangers(read("*", condition)).filter((one) => one.startsWith("another organization"));
  const open: readonly (readonly [why: string, condition: object])[] = [
    [
      "an ARN whose account is a wildcard",
      { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/crm-*" } },
    ],
    [
      "an ARN whose account is a part",
      { StringLike: { "aws:PrincipalArn": "arn:aws:iam::1111*:role/crm" } },
    ],
    ["an account that is a wildcard", { StringLike: { "aws:PrincipalAccount": "*" } }],
    ["an account that is a part", { StringLike: { "aws:PrincipalAccount": "12345678????" } }],
    ["a network that is a wildcard", { StringLike: { "aws:SourceVpc": "*" } }],
    ["a network that is a part", { StringLike: { "aws:SourceVpc": "vpc-*" } }],
    ["an endpoint that is a wildcard", { StringLike: { "aws:SourceVpce": "vpce-*" } }],
    ["an organization that is a wildcard", { StringLike: { "aws:PrincipalOrgID": "o-*" } }],
    ["a path of any organization", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "*" } }],
    ["a path that is a part", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-*/r-*" } }],
    ["a user id that is a wildcard", { StringLike: { "aws:userid": "*:admin" } }],
    ["IfExists with a wildcard", { StringLikeIfExists: { "aws:SourceArn": "*" } }],
    [
      "IfExists on a key that callers have not got",
      { StringEqualsIfExists: { "aws:SourceAccount": HERE } },
    ],
    ["IfExists on an endpoint", { StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } }],
    [
      "ForAllValues, which holds without the key",
      { "ForAllValues:StringEquals": { "aws:SourceAccount": [HERE] } },
    ],
    [
      "ForAllValues on an endpoint",
      { "ForAllValues:StringEquals": { "aws:SourceVpce": ["vpce-1"] } },
    ],
    ["a negated condition", { StringNotEquals: { "aws:SourceVpce": "vpce-1" } }],
    ["Null that wants the key to be absent", { Null: { "aws:SourceVpce": "true" } }],
    [
      "a tag that the caller's own account gives",
      { StringEquals: { "aws:PrincipalTag/team": "crm" } },
    ],
    ["a header", { StringEquals: { "aws:Referer": "https://crm.example.com/" } }],
    [
      "an external id, which AWS does not treat as secret",
      { StringEquals: { "sts:ExternalId": "1234" } },
    ],
    ["every address", { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }],
    ["half of all addresses", { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }],
    ["a network that many owners share", { IpAddress: { "aws:SourceIp": "64.0.0.0/6" } }],
    ["an address inside any network", { IpAddress: { "aws:VpcSourceIp": "10.1.0.0/16" } }],
    ["all but some addresses", { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }],
    ["the region", { StringEquals: { "aws:RequestedRegion": "eu-west-1" } }],
    ["TLS", { Bool: { "aws:SecureTransport": "true" } }],
    [
      "the caller's own name, as a variable",
      { StringEquals: { "aws:PrincipalAccount": "${aws:PrincipalAccount}" } },
    ],
    ["a number", { NumericLessThan: { "s3:max-keys": "10" } }],
    [
      "a service that callers choose",
      { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
    ],
  ];
  for (const [why, condition] of open) {
    it(`${why}: ${JSON.stringify(condition)}`, () =>
      assert.deepEqual(role(condition), ["another organization: allowed"]));
  }

  it("is undecided on the resource's own tags and on the time", () => {
    assert.deepEqual(role({ StringEquals: { "aws:ResourceTag/public": "yes" } }), [
      "another organization: undecided",
    ]);
    const until = { DateLessThan: { "aws:CurrentTime": "2030-01-01" } };
    assert.deepEqual(role(until), ["another organization: undecided"]);
    const now = { ...MINE, now: "2031-01-01T00:00:00Z" };
    assert.deepEqual(strangers(read("*", until), "resource", now), []);
  });

  it("takes two conditions as closed when one of them is", () => {
    const both = {
      IpAddress: { "aws:VpcSourceIp": "10.1.0.0/16" },
      StringEquals: { "aws:SourceVpc": "vpc-1" },
    };
    assert.deepEqual(strangers(read("*", both)), []);
  });
});

describe("strangers: services called on behalf of others (guide: The confused deputy problem)", () => {
  const queue = `arn:aws:sqs:eu-west-1:${HERE}:jobs`;
  const send = (service: string, Condition?: object) => ({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sqs:SendMessage",
    Resource: queue,
    ...(Condition && { Condition }),
  });
  const said = (Condition?: object) =>
    strangers(send("sns.amazonaws.com", Condition), "resource", { account: HERE });
  const OPEN = ["service for a stranger (sns.amazonaws.com): allowed"];

  it("allows a service on behalf of any account without a condition on its source", () => {
    assert.deepEqual(said(), OPEN);
    const options = { account: HERE, trustedServices: ["sns.amazonaws.com"] };
    assert.deepEqual(strangers(send("sns.amazonaws.com"), "resource", options), []);
  });

  it("keeps it to the account's own resources by SourceArn, SourceAccount and SourceOrgID", () => {
    assert.deepEqual(
      said({ ArnEquals: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${HERE}:topic` } }),
      [],
    );
    assert.deepEqual(said({ ArnLike: { "aws:SourceArn": `arn:aws:sns:*:${HERE}:*` } }), []);
    assert.deepEqual(said({ StringEquals: { "aws:SourceAccount": HERE } }), []);
    assert.deepEqual(said({ StringEquals: { "aws:SourceOrgID": "o-1234567890" } }), []);
    assert.deepEqual(said({ ArnLike: { "aws:SourceArn": MARKER } }), []);
  });

  it("does not by a source whose account, or bucket, is a wildcard", () => {
    assert.deepEqual(said({ ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:*:topic" } }), OPEN);
    assert.deepEqual(said({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }), OPEN);
    assert.deepEqual(said({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::crm-*" } }), OPEN);
    assert.deepEqual(said({ StringLike: { "aws:SourceAccount": "*" } }), OPEN);
    assert.deepEqual(said({ StringLikeIfExists: { "aws:SourceArn": "*" } }), OPEN);
  });

  it("is undecided where it would help only services that say for whom they call", () => {
    const unsure = ["service for a stranger (sns.amazonaws.com): undecided"];
    assert.deepEqual(said({ StringEqualsIfExists: { "aws:SourceAccount": HERE } }), unsure);
    assert.deepEqual(said({ "ForAllValues:StringEquals": { "aws:SourceAccount": HERE } }), unsure);
  });
});

describe("strangers: policies of each kind of resource", () => {
  const kinds: readonly (readonly [
    what: string,
    action: string,
    resource: string,
    kind: PolicyKind,
  ])[] = [
    ["bucket", "s3:*", BUCKET, "resource"],
    ["queue", "sqs:*", `arn:aws:sqs:eu-west-1:${HERE}:jobs`, "resource"],
    ["topic", "SNS:Publish", `arn:aws:sns:eu-west-1:${HERE}:topic`, "resource"],
    ["key", "kms:*", "*", "key"],
    ["secret", "secretsmanager:GetSecretValue", "*", "resource"],
    ["vault", "backup:CopyIntoBackupVault", "*", "resource"],
    ["bus", "events:PutEvents", `arn:aws:events:eu-west-1:${HERE}:event-bus/crm`, "resource"],
    [
      "function",
      "lambda:InvokeFunction",
      `arn:aws:lambda:eu-west-1:${HERE}:function:api`,
      "resource",
    ],
  ];
  for (const [what, Action, Resource, kind] of kinds) {
    it(`${what}: open by *, closed by the account`, () => {
      const arn =
        Resource === "*" ? `arn:aws:${Action.split(":")[0]}:eu-west-1:${HERE}:x/y` : Resource;
      const options = { account: HERE, ...(kind === "key" ? {} : { resource: arn }) };
      const statement = { Effect: "Allow", Action, Resource };
      const open = strangers({ ...statement, Principal: "*" }, kind, options);
      assert.ok(open.includes("another organization: allowed"), open.join());
      assert.deepEqual(strangers({ ...statement, Principal: { AWS: HERE } }, kind, options), []);
    });
  }

  it("repository of images, whose policy names no resource", () => {
    const resource = `arn:aws:ecr:eu-west-1:${HERE}:repository/api`;
    const statement = { Effect: "Allow", Principal: "*", Action: ["ecr:BatchGetImage"] };
    const open = strangers(statement, "resource", { account: HERE, resource });
    assert.ok(open.includes("another organization: allowed"), open.join());
  });

  it("key that other services use for callers of the account alone (KMS guide: kms:CallerAccount)", () => {
    const statement = (Condition: object) => ({
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "kms:Decrypt",
      Resource: "*",
      Condition,
    });
    const via = { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" };
    const own = { StringEquals: { ...via, "kms:CallerAccount": HERE } };
    assert.deepEqual(strangers(statement(own), "key", { account: HERE }), []);
    const any = strangers(statement({ StringEquals: via }), "key", { account: HERE });
    assert.ok(any.includes("another organization: allowed"));
  });
});
