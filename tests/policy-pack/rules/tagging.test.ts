import assert from "node:assert/strict";

import { taggableTypes } from "../../../facts/generate/taggable-types";
import taggable from "../../../facts/taggable-types.json";
import { taggingRules } from "../../../policy-pack/rules/tagging";
import production from "../../fixtures/policy-pack/config.production.json";
import { judge, ruleTable, UNKNOWN_TEXT } from "../support";

const [required, values, environment, wellFormed, provider, consistent, copyTags] = taggingRules;

const TAGS = {
  Project: "CRM-System",
  Environment: "production",
  Component: "storage",
  Owner: "platform@crm-consulting.com",
  CostCenter: "crm-platform",
  ManagedBy: "pulumi",
};
const { Component, ...SHARED } = TAGS;
const defaultTags = (tags: unknown) => ({ defaultTags: JSON.stringify({ tags }) });

const type = "aws:s3/bucket:Bucket";
const untaggable = { type: "aws:s3/bucketPolicy:BucketPolicy" };
const other = { otherType: "a type that cannot carry tags", ...untaggable };

describe("policy pack: tagging", () => {
  it("the list of taggable types is what the SDK declares", () => {
    assert.deepEqual(taggable.types, taggableTypes(), "run npm run accept");
    assert.ok(taggable.types.length > 800);
  });

  ruleTable(required!, [
    { compliant: "all on the resource", type, props: { tags: TAGS } },
    {
      compliant: "the rest from the provider",
      type,
      props: { tags: { Component } },
      provider: defaultTags(SHARED),
    },
    { compliant: "joined by the provider", type, props: { tagsAll: TAGS, tags: UNKNOWN_TEXT } },
    { compliant: "an old token", type: "aws:s3/bucketV2:BucketV2", props: { tags: TAGS } },
    { compliant: "keys of the configuration", type, config: { keys: [] } },
    {
      violating: "none at all",
      type,
      says: /tags lacks Project, Environment, Component, Owner, CostCenter, ManagedBy; add them/,
    },
    {
      violating: "one blank, one a placeholder, one null, one in another case",
      type,
      props: { tags: { ...TAGS, Owner: " ", CostCenter: "TBD", Project: null, ManagedBy: "N/A" } },
      says: /tags lacks Project, Owner, CostCenter, ManagedBy;/,
    },
    {
      violating: "a twin token",
      type: "aws:alb/loadBalancer:LoadBalancer",
      props: { tags: SHARED },
      says: /tags lacks Component; add it/,
    },
    {
      violating: "the provider's default tags cannot be read",
      type,
      props: { tags: SHARED },
      provider: { defaultTags: "{" },
      says: /lacks Component/,
    },
    { unknown: "all tags", type, props: { tags: UNKNOWN_TEXT } },
    { unknown: "one tag", type, props: { tags: { ...TAGS, Owner: UNKNOWN_TEXT } } },
    {
      unknown: "the provider's",
      type,
      props: { tags: { Component } },
      provider: { defaultTags: UNKNOWN_TEXT },
    },
    {
      unknown: "the joined ones, with the parts known",
      passes: true,
      type,
      props: { tags: TAGS, tagsAll: UNKNOWN_TEXT },
    },
    other,
  ]);

  const FORMS = production["tags-allowed-values"];
  ruleTable(values!, [
    { compliant: "the platform's values", type, props: { tags: TAGS }, config: FORMS },
    { compliant: "any value, where no form is given", type, props: { tags: { Owner: "me" } } },
    { compliant: "no tags: another rule's business", type },
    {
      compliant: "patterns of the configuration",
      type,
      props: { tags: { ...TAGS, Project: "Shop" } },
      config: { patterns: { Project: "Shop" } },
    },
    {
      violating: "a person's name for an owner",
      config: FORMS,
      type,
      props: { tags: { ...TAGS, Owner: "the storage team" } },
      says: /tags\.Owner is "the storage team"; write it in the form/,
    },
    {
      violating: "a default tag",
      config: FORMS,
      type,
      props: { tags: { Component } },
      provider: defaultTags({ ...SHARED, Environment: "prod" }),
      says: /tags\.Environment is "prod"/,
    },
    {
      violating: "only a part of the value fits",
      config: FORMS,
      type,
      props: { tags: { ...TAGS, ManagedBy: "pulumi and hand" } },
      says: /tags\.ManagedBy/,
    },
    {
      unknown: "one value",
      config: FORMS,
      passes: true,
      type,
      props: { tags: { ...TAGS, Owner: UNKNOWN_TEXT } },
    },
    other,
  ]);

  ruleTable(environment!, [
    { compliant: "the stack's", type, props: { tags: TAGS } },
    { compliant: "no tag Environment", type },
    { compliant: "a stack of another name", type, props: { tags: TAGS }, stack: "recovery" },
    {
      violating: "another stack's",
      type,
      props: { tags: TAGS },
      stack: "staging",
      says: /tags\.Environment is "production"; the stack's is "staging"/,
    },
    {
      violating: "another than configured",
      type,
      props: { tags: { ...TAGS, Environment: "staging" } },
      stack: "recovery",
      config: { environment: "production" },
      says: /the stack's is "production"/,
    },
    { unknown: "value", passes: true, type, props: { tags: { Environment: UNKNOWN_TEXT } } },
    other,
  ]);

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`Key${index}`, "value"]));
  ruleTable(wellFormed!, [
    { compliant: "the platform's", type, props: { tags: TAGS } },
    { compliant: "as many as AWS accepts", type, props: { tags: many(50) } },
    { compliant: "none", type },
    { violating: "one more", type, props: { tags: many(51) }, says: /51 entries/ },
    {
      violating: "keys that differ in case",
      type,
      props: { tags: { ...TAGS, environment: "production" } },
      says: /Environment and environment, which differ only in case/,
    },
    {
      violating: "AWS's own prefix",
      type,
      props: { tags: { "aws:project": "x" } },
      says: /begins with aws:/,
    },
    {
      violating: "a long key",
      type,
      props: { tags: { ["k".repeat(129)]: "x" } },
      says: /129 characters; AWS accepts 128/,
    },
    {
      violating: "a long value",
      type,
      props: { tags: { Note: "v".repeat(257) } },
      says: /257 characters; AWS accepts 256/,
    },
    { unknown: "all tags", passes: true, type, props: { tags: UNKNOWN_TEXT } },
    other,
  ]);

  const providerType = "pulumi:providers:aws";
  ruleTable(provider!, [
    { compliant: "all shared tags", type: providerType, props: defaultTags(SHARED) },
    { violating: "none", type: providerType, says: /defaultTags lacks Project, / },
    {
      violating: "one missing",
      type: providerType,
      props: defaultTags({ ...SHARED, Owner: "" }),
      says: /defaultTags lacks Owner;/,
    },
    {
      violating: "null",
      type: providerType,
      props: { defaultTags: "null" },
      says: /defaultTags lacks/,
    },
    { unknown: "tags", type: providerType, props: { defaultTags: UNKNOWN_TEXT } },
    { unknown: "tags inside", type: providerType, props: defaultTags(UNKNOWN_TEXT) },
    { otherType: "another provider", type: "pulumi:providers:random" },
  ]);

  const staging = { ...TAGS, Environment: "staging" };
  ruleTable(consistent!, [
    {
      compliant: "one project",
      resources: [
        { type, props: { tags: TAGS } },
        { type, props: { tags: TAGS } },
      ],
    },
    {
      violating: "one of three differs",
      resources: [
        { type, props: { tags: TAGS } },
        { type, props: { tags: staging } },
        { type, props: { tags: TAGS } },
      ],
      says: /^[^"]+tags\.Environment is "staging"; most resources \(2\) have "production"\.$/,
    },
    {
      unknown: "a value",
      passes: true,
      resources: [
        { type, props: { tags: TAGS } },
        { type, props: { tags: UNKNOWN_TEXT } },
      ],
    },
    { otherType: "what cannot carry tags", resources: [untaggable, { type, props: {} }] },
  ]);

  const database = "aws:rds/instance:Instance";
  ruleTable(copyTags!, [
    { compliant: "on", type: database, props: { copyTagsToSnapshot: true } },
    { violating: "absent", type: database, says: /copyTagsToSnapshot is not set; set it to true/ },
    {
      violating: "off, on a cluster",
      type: "aws:rds/cluster:Cluster",
      props: { copyTagsToSnapshot: false },
      says: /is false/,
    },
    { unknown: "switch", type: database, props: { copyTagsToSnapshot: UNKNOWN_TEXT } },
    { otherType: "a cache", type: "aws:elasticache/cluster:Cluster" },
  ]);

  it("a message has no text that is not a tag", () => {
    const secret = "hunter2-not-to-be-shown";
    const said = taggingRules
      .filter(({ kind }) => kind === "resource")
      .map((rule) => judge(rule, { type: database, props: { passwordWo: secret, tags: {} } }));
    assert.ok(!JSON.stringify(said).includes(secret));
  });
});
