import assert from "node:assert/strict";

import { providerRules as rules } from "../../../policy-pack/rules/provider";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";
import { ruleOf, variantTable } from "../variants";

const PROVIDER = "pulumi:providers:aws";
const BUCKET = "aws:s3/bucket:Bucket";

describe("rules about providers and options", () => {
  variantTable(rules, "provider-no-static-credentials", {
    type: PROVIDER,
    good: { region: "us-east-1", allowedAccountIds: '["123456789012"]' },
    violating: {
      "a key": [{ secretKey: "hunter2" }, /secretKey is set; remove it/],
      "a token to come": [{ token: UNKNOWN_TEXT }, /token is set/],
    },
    unknown: {},
    unimportant: { "the region": { region: UNKNOWN_TEXT } },
  });
  variantTable(rules, "provider-account-and-region-allowlist", {
    type: PROVIDER,
    config: { allowedRegions: ["us-east-1", "us-west-2"] },
    good: { region: "us-east-1", allowedAccountIds: '["123456789012"]' },
    violating: {
      "any account": [{ allowedAccountIds: undefined }, /allowedAccountIds is not set/],
      "an empty list": [{ allowedAccountIds: "[]" }, /allowedAccountIds/],
      "no JSON": [{ allowedAccountIds: "[" }, /allowedAccountIds/],
      "another region": [{ region: "eu-west-3" }, /region is "eu-west-3"; use one of/],
    },
    unknown: { accounts: { allowedAccountIds: UNKNOWN_TEXT }, region: { region: UNKNOWN_TEXT } },
    rows: [
      { compliant: "a resource without a region", type: BUCKET },
      {
        compliant: "any region, where none is named",
        type: BUCKET,
        props: { region: "eu-west-3" },
      },
      {
        violating: "a resource elsewhere",
        says: /region is "sa-east-1"/,
        config: { allowedRegions: ["us-east-1"] },
        type: BUCKET,
        props: { region: "sa-east-1" },
      },
      {
        unknown: "which regions are allowed, where the stack has none of the settings",
        says: /region is not known: the stack sets none of aws:region, crm:recovery\.region/,
        config: { regionSettings: ["aws:region", "crm:recovery.region"] },
        type: BUCKET,
        props: { region: "sa-east-1" },
      },
    ],
  });
  describe("provider-account-and-region-allowlist, by settings of the stack", () => {
    const { settings } = ruleOf(rules, "provider-account-and-region-allowlist");
    const allowed = (configured: object, values: Record<string, string>) =>
      (settings(configured, new Map(Object.entries(values))) as { allowedRegions: string[] })
        .allowedRegions;
    const regionSettings = ["aws:region", "crm:recovery.region", "crm-bootstrap:regions"];
    const stack = {
      "aws:region": "eu-central-1",
      "crm:recovery": '{"region":"eu-west-1","copies":"sa-east-1"}',
      "crm:storage": '{"region":"us-west-2"}',
      "crm-bootstrap:regions": '["eu-north-1","eu-central-1"]',
    };
    it("allows the regions that they name, and that of CloudFront", () => {
      assert.deepEqual(allowed({ regionSettings }, stack), [
        ...["eu-central-1", "eu-west-1", "eu-north-1", "us-east-1"],
      ]);
    });
    it("allows those of the pack's configuration alone, where it names some", () => {
      const allowedRegions = ["us-east-2"];
      assert.deepEqual(allowed({ allowedRegions, regionSettings }, stack), allowedRegions);
    });
    it("allows none by a setting that the stack does not have, or not as text", () => {
      const values = { "crm:recovery": "unknown", "crm-bootstrap:regions": "[1]" };
      assert.deepEqual(allowed({ regionSettings }, values), []);
    });
  });
  ruleTable(ruleOf(rules, "stateful-protected"), [
    { compliant: "protected", type: BUCKET, opts: { protect: true } },
    { compliant: "without data", type: "aws:ec2/vpc:Vpc" },
    {
      compliant: "said to be disposable",
      type: BUCKET,
      name: "crm-scratch",
      config: { disposable: ["bucket:Bucket::crm-scratch$"] },
    },
    { violating: "a bucket", says: /protect is not set/, type: BUCKET },
    { violating: "its twin", says: /protect/, type: "aws:s3/bucketV2:BucketV2" },
    {
      unknown: "its name",
      passes: true,
      type: BUCKET,
      props: { bucket: UNKNOWN_TEXT },
      opts: { protect: true },
    },
    { otherType: "nothing of AWS", type: "random:index/randomId:RandomId" },
  ]);
  ruleTable(ruleOf(rules, "no-ignored-security-properties"), [
    { compliant: "nothing ignored", type: BUCKET },
    { compliant: "a count", type: BUCKET, opts: { ignoreChanges: ["desiredCount"] } },
    {
      violating: "tags",
      says: /ignoreChanges has tags, policy/,
      type: BUCKET,
      opts: { ignoreChanges: ["tags", "policy"] },
    },
    {
      violating: "a part of one",
      says: /ingress\[0\]\.cidrBlocks/,
      type: "aws:ec2/securityGroup:SecurityGroup",
      opts: { ignoreChanges: ["ingress[0].cidrBlocks"] },
    },
    { violating: "all", says: /has \*/, type: BUCKET, opts: { ignoreChanges: ["*"] } },
    { unknown: "its policy", passes: true, type: BUCKET, props: { policy: UNKNOWN_TEXT } },
    { otherType: "nothing of AWS", type: "random:index/randomId:RandomId" },
  ]);
  variantTable(rules, "no-force-destroy", {
    type: BUCKET,
    good: {},
    compliant: { "said so": { forceDestroy: false } },
    violating: { forced: [{ forceDestroy: true }, /forceDestroy is true/] },
    unknown: { "not known": { forceDestroy: UNKNOWN_FLAG } },
    rows: [
      {
        violating: "a repository",
        says: /forceDelete is true/,
        type: "aws:ecr/repository:Repository",
        props: { forceDelete: true },
      },
      {
        compliant: "where it may go",
        type: BUCKET,
        props: { forceDestroy: true },
        config: { allowForceDestroy: true },
      },
    ],
  });
});
