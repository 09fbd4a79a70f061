import assert from "node:assert/strict";

import { type PlannedResource, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { type Plan, previewStack } from "../../../tools/preview/index";
import { pack, sample } from "./support";

const find = (plan: Plan, name: string, type = ""): PlannedResource => {
  const found = plan.resources.find((one) => one.name === name && one.type.includes(type));
  assert.ok(found, `${name} is registered`);
  return found;
};

describe("preview of a program", () => {
  let complete: Plan;
  let callbacks: Plan;

  before(async () => {
    [complete, callbacks] = await Promise.all([
      previewStack({ cwd: sample, stack: "complete", policyPacks: [] }),
      previewStack({ cwd: sample, stack: "callbacks", policyPacks: [] }),
    ]);
  });

  it("every resource is listed with its place in the tree, the stack first", () => {
    const shape = complete.resources.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(shape, [
      "pulumi:pulumi:Stack sample-complete",
      "sample:index:Store store",
      "aws:s3/bucket:Bucket store-bucket",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock store-block",
      "aws:kms/key:Key existing",
      "aws:sns/topic:Topic given",
      "aws:ssm/parameter:Parameter password",
      "random:index/randomPassword:RandomPassword password",
    ]);
    const store = find(complete, "store");
    assert.equal(find(complete, "store-bucket").parent, store.urn);
    assert.equal(store.custom, false);
    assert.equal(
      find(complete, "store-bucket").urn,
      "urn:pulumi:complete::sample::sample:index:Store$aws:s3/bucket:Bucket::store-bucket",
    );
  });

  it("options of a resource arrive", () => {
    const bucket = find(complete, "store-bucket");
    assert.equal(bucket.protect, true);
    assert.deepEqual(bucket.ignoreChanges, ["tags"]);
    assert.deepEqual(bucket.aliases, [
      "urn:pulumi:complete::sample::sample:index:Store$aws:s3/bucket:Bucket::old",
    ]);
    assert.deepEqual(bucket.customTimeouts, { create: 5400 });
    assert.equal(find(complete, "store-block").deleteBeforeReplace, true);
    assert.equal(bucket.deleteBeforeReplace, undefined);
    assert.equal(find(complete, "existing").external, true);
    assert.equal(bucket.source, "programs/resources.ts:18:3");
  });

  it("a resource that names no provider gets the default one of its package and version", () => {
    const urn = "urn:pulumi:complete::sample::pulumi:providers:aws::default_7_48_0";
    assert.equal(find(complete, "store-bucket").provider, `${urn}::${UNKNOWN}`);
    assert.equal(
      complete.resources.some(({ type }) => type.startsWith("pulumi:providers")),
      false,
    );
  });

  it("outputs of new resources are unknown, and dependencies on them known", () => {
    const bucket = find(complete, "store-bucket");
    const block = find(complete, "store-block");
    assert.deepEqual(block.inputs, { bucket: UNKNOWN, blockPublicAcls: true });
    assert.deepEqual(block.propertyDependencies.bucket, [bucket.urn]);
    assert.deepEqual(block.dependencies, [bucket.urn]);
    assert.deepEqual(find(complete, "given").dependencies.sort(), [block.urn, bucket.urn].sort());
    assert.equal(complete.outputs.arn, UNKNOWN);
    assert.equal(complete.outputs.bucketName, "sample-store");
    assert.deepEqual(find(complete, "store").outputs, { arn: UNKNOWN });
  });

  it("generated and encrypted secrets are unknown secrets wherever they go", () => {
    const { value, description, plain } = find(complete, "password", "ssm").inputs;
    assert.deepEqual([value, description, plain], Array(3).fill(secret(UNKNOWN)));
    assert.deepEqual(complete.outputs.generated, secret(UNKNOWN));
    assert.deepEqual(complete.outputs.token, secret(UNKNOWN));
    assert.deepEqual(complete.outputs.nested, { size: 3, names: ["a", "b"], key: UNKNOWN });
  });

  it("the program sees the stack's configuration and that nothing is real", () => {
    const { greeting, copies, exact, region, dryRun, organization } = complete.outputs;
    assert.deepEqual(
      { greeting, copies, exact, region, dryRun, organization },
      {
        greeting: "good morning",
        copies: 2,
        exact: "1.50",
        region: "us-east-1",
        dryRun: true,
        organization: "organization",
      },
    );
  });

  it("what the program logs and prints is kept", () => {
    assert.deepEqual(complete.diagnostics, [
      { severity: "info", message: "printed by the program" },
      { severity: "warning", message: "the account is an example" },
    ]);
  });

  it("transforms of the stack and of a resource change what is registered", () => {
    assert.deepEqual(find(callbacks, "own").inputs, { own: true, transformed: true });
    assert.equal(find(callbacks, "own").protect, true);
    assert.deepEqual(find(callbacks, "hooked").inputs, { transformed: true });
  });

  it("hooks are bound, and run if they ask to run in previews", () => {
    const hooked = find(callbacks, "hooked");
    assert.deepEqual(hooked.hooks, {
      beforeCreate: ["asks"],
      afterCreate: ["silent"],
      beforeUpdate: ["waits"],
    });
    assert.deepEqual(callbacks.diagnostics, [
      { severity: "info", message: `asks ran for ${hooked.urn}` },
    ]);
  });
});

describe("preview with a policy pack", () => {
  let plan: Plan;

  before(async () => {
    plan = await previewStack({ cwd: sample, stack: "policies", policyPacks: [pack] });
  });

  const found = (level: string) =>
    plan.policies.violations
      .filter(({ enforcementLevel }) => enforcementLevel === level)
      .map(({ policy, urn, message }) => [policy, urn?.split("::").at(-1), message]);

  it("resource and stack rules report with their level, severity and message", () => {
    assert.deepEqual(found("mandatory"), [
      ["bucket-blocks-public-access", "open", "no public access block."],
      ["bucket-destroyable", "destroyable", "forceDestroy is true; remove it."],
    ]);
    const [, destroyable] = plan.policies.violations;
    assert.equal(destroyable?.severity, "high");
    assert.equal(destroyable?.pack, "sample-pack");
  });

  it("the pack's configuration for the stack is in force, over defaults and own levels", () => {
    assert.deepEqual(found("advisory"), [
      ["bucket-name-length", "destroyable", "bucket is longer than 24."],
    ]);
    // Disabled in the pack, mandatory in config.policies.json: 9 of 9 rules.
    assert.deepEqual(plan.policies.packs, [{ name: "sample-pack", version: "1.2.3", policies: 9 }]);
  });

  // The parameter's value is the ARN of a bucket with a given name, which `parameter-value-known` can judge.
  it("rules that meet an unknown value are undecided, by the SDK's word or their own", () => {
    assert.deepEqual(
      plan.policies.undecided.map(({ policy, urn, message }) => [
        policy,
        urn?.split("::").at(-1),
        message,
      ]),
      [
        ["bucket-arn-known", undefined, "string value at .arn can't be known during preview"],
        ["says-undecided", "unknown", "description is not known yet."],
      ],
    );
  });

  it("a remediation changes the resource before other rules and the program see it", () => {
    assert.deepEqual(find(plan, "destroyable").inputs.tags, { Owner: "platform" });
    assert.deepEqual(find(plan, "open").inputs.tags, { Owner: "data" });
    assert.deepEqual(
      plan.policies.remediations.map(({ policy, properties }) => [policy, properties]),
      [["bucket-tagged", ["tags"]]],
    );
  });
});
