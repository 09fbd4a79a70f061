/**
 * Who may do what with data stores. Each case states an outcome that AWS documents:
 *
 * - IAM User Guide: "How AWS enforcement code logic evaluates requests to allow or deny access", "Permissions boundaries for IAM
 *   entities" (a boundary limits, it grants nothing), "Policy evaluation for requests within a single account";
 * - AWS PrivateLink Guide: "Control access to VPC endpoints using endpoint policies" (an endpoint policy replaces no other);
 * - KMS Developer Guide: "Default key policy" (without it, policies of identities count for nothing), "Key policies in AWS KMS";
 * - S3 User Guide: "Blocking public access to your Amazon S3 storage", "Protecting data with server-side encryption with KMS keys";
 * - SQS Developer Guide: "Key management" (a producer needs GenerateDataKey and Decrypt, a consumer Decrypt).
 */
import assert from "node:assert/strict";

import { StackGraph } from "../../../analysis/graph";
import { accessPath, accessPaths } from "../../../analysis/reach/access";
import { type Sample, stackOf, UNKNOWN_TEXT } from "../../policy-pack/support";

const ACCOUNT = "111122223333";
const provider = { region: "us-east-1", allowedAccountIds: JSON.stringify([ACCOUNT]) };
const document = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (action: string, resource = "*", more: object = {}) => ({
  ...{ Effect: "Allow", Action: action, Resource: resource },
  ...more,
});
const deny = (action: string, more: object = {}) => ({
  ...allow(action, "*", more),
  Effect: "Deny",
});
const EVERYONE = { Principal: "*" };
const ROOT = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };

const BUCKET = "arn:aws:s3:::data";
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`;

/** A function with a role, a bucket and a queue. */
function stack(own: readonly object[], ...more: Sample[]): Sample[] {
  const role = { name: "worker", assumeRolePolicy: document() };
  return [
    { type: "aws:iam/role:Role", name: "role", props: role, provider },
    {
      ...{ type: "aws:iam/rolePolicy:RolePolicy", name: "own", provider },
      props: { role: "worker", policy: document(allow("logs:PutLogEvents"), ...own) },
      references: { role: ["role"] },
    },
    {
      ...{ type: "aws:lambda/function:Function", name: "worker", provider },
      props: { role: UNKNOWN_TEXT },
      references: { role: ["role"] },
    },
    { type: "aws:s3/bucket:Bucket", name: "data", props: { bucket: "data" }, provider },
    { type: "aws:sqs/queue:Queue", name: "jobs", props: { name: "jobs" }, provider },
    ...more,
  ];
}

const bucketPolicy = (...statements: object[]): Sample => ({
  ...{ type: "aws:s3/bucketPolicy:BucketPolicy", name: "bucket-policy", provider },
  props: { bucket: "data", policy: document(...statements) },
});

const queuePolicy = (...statements: object[]): Sample => ({
  ...{ type: "aws:sqs/queuePolicy:QueuePolicy", name: "queue-policy", provider },
  props: { queueUrl: UNKNOWN_TEXT, policy: document(...statements) },
  references: { queueUrl: ["jobs"] },
});

const open: Sample = {
  ...{ type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name: "block", provider },
  props: { bucket: "data", restrictPublicBuckets: false, blockPublicPolicy: false },
};
const closed: Sample = {
  ...open,
  props: { bucket: "data", restrictPublicBuckets: true, blockPublicPolicy: true },
};

/** A key for both stores, with its policy. */
function encrypted(samples: readonly Sample[], ...statements: object[]): Sample[] {
  const keyed = samples.map((one) =>
    one.name === "jobs"
      ? {
          ...one,
          props: { ...one.props, kmsMasterKeyId: UNKNOWN_TEXT },
          references: { kmsMasterKeyId: ["key"] },
        }
      : one,
  );
  const rule = { applyServerSideEncryptionByDefault: { kmsMasterKeyId: UNKNOWN_TEXT } };
  return [
    ...keyed,
    {
      ...{ type: "aws:kms/key:Key", name: "key", provider },
      props: statements.length > 0 ? { policy: document(...statements) } : {},
    },
    {
      type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      ...{ name: "encryption", provider, props: { bucket: "data", rules: [rule] } },
      references: { rules: ["key"] },
    },
  ];
}

function graphOf(samples: readonly Sample[]) {
  const graph = StackGraph.of(stackOf(samples));
  const urn = (name: string) => graph.nodes.find((one) => one.name === name)?.urn ?? name;
  return { graph, urn };
}

/** The answer in one line: the verdict, and for a blocked path the names of what has to change. */
function answer(samples: readonly Sample[], from: string, action: string): string {
  const { graph, urn } = graphOf(samples);
  // Worker names the function; its role has the same name in AWS only.
  const caller = graph.nodes.find((one) => one.type.includes("lambda") && one.name === from);
  const to = urn(action.startsWith("s3:") ? "data" : "jobs");
  const [path, ...others] = accessPath(graph, { from: caller?.urn ?? from, to, action });
  assert.equal(others.length, 0);
  const blocking = path!.settings
    .filter(({ effect }) => effect === "blocks")
    .map(({ resource, property, says }) => `${resource.name} ${property ?? "-"} (${says})`);
  return [path!.verdict, ...blocking].join("; ");
}

const verdict = (samples: readonly Sample[], from: string, action: string) =>
  answer(samples, from, action).split(";")[0]!;

describe("reach: by policies", () => {
  it("a role without a policy that allows reaches nothing; one policy of its own is enough", () => {
    assert.equal(verdict(stack([allow("sqs:ReceiveMessage", QUEUE)]), "worker", "sqs:SendMessage"), "blocked"); // prettier-ignore
    assert.equal(verdict(stack([allow("sqs:SendMessage", QUEUE)]), "worker", "sqs:SendMessage"), "reachable"); // prettier-ignore
  });

  it("within an account the resource's policy is enough", () => {
    const role = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/worker` } };
    const samples = stack([], queuePolicy(allow("sqs:SendMessage", QUEUE, role)));
    assert.equal(verdict(samples, "worker", "sqs:SendMessage"), "reachable");
  });

  it("a denial in any policy wins", () => {
    const samples = stack(
      [allow("s3:*")],
      bucketPolicy(deny("s3:GetObject", { ...EVERYONE, Sid: "Never" })),
    );
    assert.match(
      answer(samples, "worker", "s3:GetObject"),
      /^blocked; bucket-policy policy .*Never/,
    );
  });

  it("a boundary limits, and every setting is named", () => {
    const boundary: Sample = {
      ...{ type: "aws:iam/policy:Policy", name: "boundary", provider },
      props: { name: "boundary", policy: document(allow("sqs:*")) },
    };
    const samples = stack([allow("sqs:*")], boundary).map((one) =>
      one.name === "role"
        ? {
            ...one,
            props: { ...one.props, permissionsBoundary: UNKNOWN_TEXT },
            references: { permissionsBoundary: ["boundary"] },
          }
        : one,
    );
    assert.equal(verdict(samples, "worker", "sqs:SendMessage"), "reachable");
    const blocked = answer(samples, "worker", "s3:GetObject");
    assert.match(blocked, /^blocked; role - \(no policy of role allows/);
    assert.match(blocked, /role permissionsBoundary/);
  });

  it("an encrypted store needs the key: of its policy and of the role", () => {
    const sends = [allow("sqs:SendMessage", QUEUE)];
    const decrypts = [...sends, allow("kms:Decrypt"), allow("kms:GenerateDataKey")];
    const delegates = allow("kms:*", "*", ROOT);
    assert.equal(
      verdict(encrypted(stack(sends), delegates), "worker", "sqs:SendMessage"),
      "blocked",
    );
    assert.equal(
      verdict(encrypted(stack(decrypts), delegates), "worker", "sqs:SendMessage"),
      "reachable",
    );
    // Made without a policy, a key delegates to its account.
    assert.equal(verdict(encrypted(stack(decrypts)), "worker", "sqs:SendMessage"), "reachable");
    const other = allow("kms:*", "*", { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/other` } });
    const blocked = answer(encrypted(stack(sends), other), "worker", "sqs:SendMessage");
    assert.match(blocked, /no policy of role allows kms:GenerateDataKey/);
    assert.match(blocked, /no policy of role allows kms:Decrypt/);
    assert.match(blocked, /key policy \(the policy of key does not allow kms:GenerateDataKey/);
    assert.match(blocked, /key policy \(the policy of key does not allow kms:Decrypt/);
  });

  it("deleting a message needs no key", () => {
    const samples = encrypted(stack([allow("sqs:*")]), allow("kms:*", "*", ROOT));
    assert.equal(verdict(samples, "worker", "sqs:DeleteMessage"), "reachable");
    assert.equal(verdict(samples, "worker", "sqs:ReceiveMessage"), "blocked");
  });

  it("a call from a VPC passes its endpoint's policy; another VPC's endpoint does not matter", () => {
    const network = (name: string): Sample[] => [
      { type: "aws:ec2/vpc:Vpc", name, provider },
      {
        ...{ type: "aws:ec2/subnet:Subnet", name: `${name}-subnet`, provider },
        props: { vpcId: UNKNOWN_TEXT },
        references: { vpcId: [name] },
      },
      {
        ...{ type: "aws:ec2/vpcEndpoint:VpcEndpoint", name: `${name}-endpoint`, provider },
        props: {
          ...{ vpcId: UNKNOWN_TEXT, serviceName: "com.amazonaws.us-east-1.sqs" },
          policy: document(allow("sqs:ReceiveMessage", "*", EVERYONE)),
        },
        references: { vpcId: [name] },
      },
    ];
    const within = (name: string) =>
      stack([allow("sqs:*")], ...network("near"), ...network("far")).map((one) =>
        one.name === "worker"
          ? {
              ...one,
              props: { ...one.props, vpcConfig: { subnetIds: [UNKNOWN_TEXT] } },
              references: { ...one.references, vpcConfig: [`${name}-subnet`] },
            }
          : one,
      );
    assert.equal(verdict(within("near"), "worker", "sqs:ReceiveMessage"), "reachable");
    assert.match(
      answer(within("near"), "worker", "sqs:SendMessage"),
      /^blocked; near-endpoint policy \(the policy of near-endpoint does not allow sqs:SendMessage\)$/,
    );
    assert.match(answer(within("far"), "worker", "sqs:SendMessage"), /far-endpoint/);
    assert.equal(verdict(stack([allow("sqs:*")], ...network("near")), "worker", "sqs:SendMessage"), "reachable"); // prettier-ignore
  });

  it("what a request states itself is the caller's to choose", () => {
    const needsHeader = deny("s3:PutObject", {
      ...EVERYONE,
      Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } },
    });
    const samples = stack([allow("s3:PutObject", `${BUCKET}/*`)], bucketPolicy(needsHeader));
    assert.equal(verdict(samples, "worker", "s3:PutObject"), "reachable");
  });

  it("a policy for a folder reaches that folder", () => {
    const { graph } = graphOf(stack([allow("s3:GetObject", `${BUCKET}/uploads/*`)]));
    const found = accessPaths(graph).filter(({ action }) => action === "s3:GetObject");
    assert.deepEqual(
      found.map(({ verdict: one, objects }) => [one, objects]),
      [["reachable", ["uploads/*"]]],
    );
  });

  it("what is not known before the first update is undecided", () => {
    const samples = stack([]).map((one) =>
      one.name === "own" ? { ...one, props: { role: "worker", policy: UNKNOWN_TEXT } } : one,
    );
    assert.equal(verdict(samples, "worker", "sqs:SendMessage"), "undecided");
  });

  it("a key outside of the plan leaves the verdict to the plan, and is named, by its ARN or by an alias of the plan", () => {
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    const alias: Sample = {
      ...{ type: "aws:kms/alias:Alias", name: "alias", provider },
      props: { name: "alias/jobs", targetKeyId: id },
    };
    const byAlias = { kmsMasterKeyId: UNKNOWN_TEXT };
    const byArn = { kmsMasterKeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${id}` };
    const unnamed = (props: object, action = "sqs:SendMessage") => {
      const samples = stack([allow("sqs:*", QUEUE)], alias).map((one) =>
        one.name === "jobs"
          ? { ...one, props: { ...one.props, ...props }, references: { kmsMasterKeyId: ["alias"] } }
          : one,
      );
      const { graph, urn } = graphOf(samples);
      const from = graph.nodes.find(({ type }) => type.includes("lambda"))!.urn;
      const [path] = accessPath(graph, { from, to: urn("jobs"), action });
      const says = path!.settings.filter(({ effect }) => effect === "unknown");
      return [path!.verdict, ...says.map((one) => one.says)].join("; ");
    };
    for (const props of [byAlias, byArn, { kmsMasterKeyId: "alias/jobs" }]) {
      const said = unnamed(props);
      assert.match(
        said,
        /^reachable; \S*01234567-89ab-cdef-0123-456789abcdef is the key of jobs, /,
      );
      assert.match(said, /kms:GenerateDataKey/);
    }
    assert.equal(unnamed(byArn, "sqs:DeleteMessage"), "reachable");
  });

  it("a boundary outside of the plan leaves the verdict to the plan, and is named", () => {
    const samples = stack([allow("sqs:*")]).map((one) =>
      one.name === "role"
        ? {
            ...one,
            props: {
              ...one.props,
              permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/elsewhere`,
            },
          }
        : one,
    );
    const { graph, urn } = graphOf(samples);
    const from = graph.nodes.find(({ type }) => type.includes("lambda"))!.urn;
    const [path] = accessPath(graph, { from, to: urn("jobs"), action: "sqs:SendMessage" });
    assert.equal(path!.verdict, "reachable");
    assert.match(path!.settings.at(-1)!.says, /^elsewhere is the permissions boundary of role/);
  });
});

describe("reach: the internet by policies", () => {
  const publicRead = bucketPolicy(allow("s3:GetObject", `${BUCKET}/*`, EVERYONE));

  it("a public policy opens a bucket whose public access block is off", () => {
    assert.equal(verdict(stack([], publicRead, open), "internet", "s3:GetObject"), "reachable");
    assert.equal(verdict(stack([], publicRead, open), "internet", "s3:PutObject"), "blocked");
    assert.equal(verdict(stack([], publicRead, open), "accounts", "s3:GetObject"), "reachable");
  });

  it("RestrictPublicBuckets, and AWS's default, keep strangers out", () => {
    assert.match(
      answer(stack([], publicRead, closed), "internet", "s3:GetObject"),
      /^blocked; block restrictPublicBuckets/,
    );
    assert.match(answer(stack([], publicRead), "internet", "s3:GetObject"), /AWS's default/);
  });

  it("nobody without an account reads what a key of KMS encrypts", () => {
    const samples = encrypted(stack([], publicRead, closed), allow("kms:*", "*", EVERYONE));
    const blocked = answer(samples, "internet", "s3:GetObject");
    assert.match(blocked, /block restrictPublicBuckets/);
    assert.match(blocked, /KMS answers no request without an account/);
  });

  it("a condition that strangers cannot meet closes a queue, one that they choose does not", () => {
    const send = (condition: object) =>
      stack(
        [],
        queuePolicy(allow("sqs:SendMessage", QUEUE, { ...EVERYONE, Condition: condition })),
      );
    const of = (condition: object) => verdict(send(condition), "accounts", "sqs:SendMessage");
    assert.equal(of({ StringEquals: { "aws:PrincipalAccount": ACCOUNT } }), "blocked");
    assert.equal(of({ StringLike: { "aws:UserAgent": "*" } }), "reachable");
  });

  it("a distribution reads the bucket that is its origin, by the bucket's policy", () => {
    const distribution: Sample = {
      ...{ type: "aws:cloudfront/distribution:Distribution", name: "site", provider },
      props: {
        origins: [
          { domainName: "data.s3.us-east-1.amazonaws.com", originAccessControlId: UNKNOWN_TEXT },
        ],
      },
      references: { origins: ["control"] },
    };
    const control: Sample = {
      ...{ type: "aws:cloudfront/originAccessControl:OriginAccessControl", name: "control" },
      ...{ props: { signingBehavior: "always" }, provider },
    };
    const service = { Principal: { Service: "cloudfront.amazonaws.com" } };
    const samples = (account: string) =>
      stack(
        [],
        ...[distribution, control],
        bucketPolicy(
          allow("s3:GetObject", `${BUCKET}/*`, {
            ...service,
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          }),
        ),
      );
    const of = (account: string) => {
      const { graph, urn } = graphOf(samples(account));
      return accessPath(graph, { from: urn("site"), to: urn("data"), action: "s3:GetObject" }).map(
        (one) => one.verdict,
      );
    };
    assert.deepEqual(of(ACCOUNT), ["reachable"]);
    assert.deepEqual(of("999988887777"), ["blocked"]);
  });
});
