/**
 * How distributions call buckets. Source: Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin": the service's principal needs
 * an origin access control that signs; an origin access identity is a user of CloudFront's own; otherwise requests have no credentials.
 */
import assert from "node:assert/strict";

import { StackGraph } from "../../../analysis/graph";
import { accessPath, accessPaths } from "../../../analysis/reach/access";
import { type Sample, stackOf, UNKNOWN_TEXT } from "../../policy-pack/support";

const ACCOUNT = "111122223333";
const provider = { region: "us-east-1", allowedAccountIds: JSON.stringify([ACCOUNT]) };
const IDENTITY = "E2QWRUHAPOMQZL";
const BUCKET_HOST = "data.s3.us-east-1.amazonaws.com";
const SERVICE = { Service: "cloudfront.amazonaws.com" };
const identityOf = (id: string) => ({
  AWS: `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${id}`,
});

const of = (
  type: string,
  name: string,
  props: Record<string, unknown>,
  references: Sample["references"] = {},
): Sample => ({
  ...{ type: `aws:${type}`, name, provider, props, references },
});
const bucket = (name = "data") => of("s3/bucket:Bucket", name, { bucket: name });
const policy = (principal: unknown, ...more: object[]): Sample =>
  of("s3/bucketPolicy:BucketPolicy", "policy", {
    bucket: "data",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          ...{ Effect: "Allow", Principal: principal, Action: "s3:GetObject" },
          Resource: "arn:aws:s3:::data/*",
        },
        ...more,
      ],
    }),
  });
const open = of("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", {
  ...{ bucket: "data", restrictPublicBuckets: false, blockPublicPolicy: false },
});
const site = (origin: object, references: readonly string[] = [], enabled: unknown = true) =>
  of(
    "cloudfront/distribution:Distribution",
    "site",
    { enabled, origins: [{ domainName: BUCKET_HOST, ...origin }] },
    { origins: references },
  );
const control = (signingBehavior: string, name = "control") =>
  of("cloudfront/originAccessControl:OriginAccessControl", name, { signingBehavior });
const SIGNED = { originAccessControlId: UNKNOWN_TEXT };
const signed = [control("always"), site(SIGNED, ["control"])];
const withIdentity = (id: string) =>
  site({
    s3OriginConfig: { originAccessIdentity: `origin-access-identity/cloudfront/${id}` },
  });

/** The verdict, and for a blocked path what has to change. */
function answer(...samples: Sample[]): string {
  const graph = StackGraph.of(stackOf([bucket(), ...samples]));
  const urn = (name: string) => graph.nodes.find((one) => one.name === name)!.urn;
  const [path, ...others] = accessPath(graph, {
    ...{ from: urn("site"), to: urn("data"), action: "s3:GetObject" },
  });
  assert.deepEqual(others, []);
  // The list has the same.
  const listed = accessPaths(graph).find(
    ({ from, to, action }) =>
      from.id === urn("site") && to.id === urn("data") && action === "s3:GetObject",
  );
  assert.equal(listed?.verdict ?? "blocked", path!.verdict);
  const blocks = path!.settings.filter(({ effect }) => effect === "blocks");
  return [path!.verdict, ...blocks.map(({ says }) => says)].join("; ");
}

describe("reach: distributions and buckets", () => {
  it("the service's principal reads where an origin access control signs", () => {
    assert.equal(answer(...signed, policy(SERVICE)), "reachable");
    const kept = [control("no-override"), site(SIGNED, ["control"])];
    assert.equal(answer(...kept, policy(SERVICE)), "reachable");
    assert.match(
      answer(...signed, policy(identityOf(IDENTITY))),
      /^blocked; .*data does not allow/,
    );
  });

  it("without a signature CloudFront is a stranger", () => {
    const none = "site does not sign its requests to data: the origin has no originAccessControlId";
    assert.equal(answer(site({}), policy(SERVICE)), `blocked; ${none}`);
    const never = [control("never"), site(SIGNED, ["control"])];
    assert.equal(
      answer(...never, policy(SERVICE)),
      "blocked; site does not sign its requests to data: signingBehavior of control is never",
    );
    const both = answer(site({}), policy({ AWS: `arn:aws:iam::${ACCOUNT}:root` }));
    assert.match(both, /has no originAccessControlId; the policy of data does not allow/);
    assert.equal(answer(site({}), policy("*"), open), "reachable");
    assert.match(answer(site({}), policy("*")), /^blocked/);
  });

  it("an origin access identity reads what the policy allows to it", () => {
    assert.equal(answer(withIdentity(IDENTITY), policy(identityOf(IDENTITY))), "reachable");
    assert.match(answer(withIdentity(IDENTITY), policy(identityOf("E000"))), /^blocked/);
    assert.match(answer(withIdentity(IDENTITY), policy(SERVICE)), /^blocked/);
    // The canonical user of an identity is known after it is created.
    const canonical = policy({ CanonicalUser: "a".repeat(64) });
    assert.equal(answer(withIdentity(IDENTITY), canonical), "undecided");
    const planned = [
      of("cloudfront/originAccessIdentity:OriginAccessIdentity", "identity", {}),
      site({ s3OriginConfig: { originAccessIdentity: UNKNOWN_TEXT } }, ["identity"]),
    ];
    assert.equal(answer(...planned, policy(identityOf(UNKNOWN_TEXT))), "undecided");
    assert.match(answer(...planned, policy(SERVICE)), /^blocked/);
  });

  it("a disabled distribution reads nothing", () => {
    const off = [control("always"), site(SIGNED, ["control"], false)];
    assert.equal(answer(...off, policy(SERVICE)), "blocked; enabled of site is false");
  });

  it("is undecided where it is not known who signs", () => {
    assert.equal(
      answer(site({ originAccessControlId: "E1EXAMPLE" }), policy(SERVICE)),
      "undecided",
    );
    const two = [control("always"), control("never", "other")];
    assert.equal(answer(...two, site(SIGNED, ["control", "other"]), policy(SERVICE)), "undecided");
    const unknown = of(
      "cloudfront/distribution:Distribution",
      "site",
      {
        enabled: true,
        origins: [{ domainName: UNKNOWN_TEXT, ...SIGNED }, { domainName: UNKNOWN_TEXT }],
      },
      { origins: ["data", "control"] },
    );
    assert.equal(answer(control("always"), unknown, policy(SERVICE)), "undecided");
    const all = [control("always"), control("always", "other"), site(SIGNED, ["control", "other"])];
    assert.equal(answer(...all, policy(SERVICE)), "reachable");
  });
});
