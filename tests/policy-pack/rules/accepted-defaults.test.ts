/**
 * What AWS does by default is no finding with `acceptDefault`, as in the profile baseline; what a program sets is judged as ever.
 * S3 since 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html (public access, ACLs),
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
 */
import assert from "node:assert/strict";

import baseline from "../../../policy-pack/profiles/baseline.json";
import { RULES } from "../../../policy-pack/rules";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const rule = (id: string) => ruleOf(RULES, id);
const config = { acceptDefault: true };
const bucket = { type: "aws:s3/bucket:Bucket", name: "bucket" };
const part = (type: string, props: object) => ({
  ...{ type, props: { bucket: UNKNOWN_TEXT, ...props }, references: { bucket: ["bucket"] } },
});
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const ENCRYPTION =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const algorithm = (sseAlgorithm: string) =>
  part(ENCRYPTION, { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }] });
const otherType = { otherType: "a key", config, type: "aws:kms/key:Key" };
const FUNCTION = "aws:lambda/function:Function";
const GROUP = "aws:lb/targetGroup:TargetGroup";

describe("policy pack: accepted defaults", () => {
  ruleTable(rule("s3-public-access-block"), [
    { compliant: "a new bucket", config, resources: [bucket] },
    { violating: "the controls' own reading", resources: [bucket], says: /add one/ },
    {
      unknown: "whose block it is",
      resources: [
        bucket,
        {
          type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
          props: { bucket: UNKNOWN_TEXT },
        },
      ],
    },
    otherType,
  ]);
  ruleTable(rule("s3-acl-disabled"), [
    { compliant: "a new bucket", config, resources: [bucket] },
    {
      violating: "ACLs turned on",
      config,
      resources: [bucket, part(OWNERSHIP, { rule: { objectOwnership: "ObjectWriter" } })],
      says: /BucketOwnerEnforced/,
    },
    {
      unknown: "ownership",
      config,
      resources: [bucket, part(OWNERSHIP, { rule: { objectOwnership: UNKNOWN_TEXT } })],
    },
    otherType,
  ]);
  ruleTable(rule("s3-encrypted"), [
    { compliant: "a new bucket", config, resources: [bucket] },
    {
      violating: "an own choice without a key",
      config,
      resources: [bucket, algorithm("AES256")],
      says: /aws:kms/,
    },
    { unknown: "algorithm", config, resources: [bucket, algorithm(UNKNOWN_TEXT)] },
    otherType,
  ]);
  ruleTable(rule("lambda-in-vpc-multi-az"), [
    { compliant: "outside of a VPC", config, resources: [{ type: FUNCTION }] },
    {
      violating: "one subnet",
      config,
      resources: [
        { type: FUNCTION, props: { vpcConfig: { subnetIds: ["a"], securityGroupIds: ["g"] } } },
      ],
      says: /1 entry/,
    },
    {
      unknown: "subnets",
      config,
      resources: [
        {
          type: FUNCTION,
          props: { vpcConfig: { subnetIds: UNKNOWN_LIST, securityGroupIds: ["g"] } },
        },
      ],
    },
    otherType,
  ]);
  ruleTable(rule("alb-target-group-healthcheck"), [
    { compliant: "the load balancer's own check", config, type: GROUP },
    { compliant: "its own matcher", config, type: GROUP, props: { healthCheck: { path: "/up" } } },
    {
      violating: "turned off",
      config,
      type: GROUP,
      props: { healthCheck: { enabled: false } },
      says: /enabled is false/,
    },
    { unknown: "path", config, type: GROUP, props: { healthCheck: { path: UNKNOWN_TEXT } } },
    otherType,
  ]);

  it("are accepted in the profile baseline, by every rule with the setting", () => {
    const given = baseline as Readonly<Record<string, unknown>>;
    const accepting = RULES.filter(({ info }) => {
      const defaults = (info as { defaults?: object }).defaults ?? {};
      return "acceptDefault" in defaults;
    });
    assert.equal(accepting.length, 7);
    for (const { info } of accepting) {
      assert.equal((given[info.id] as { acceptDefault?: true }).acceptDefault, true, info.id);
    }
  });
});
