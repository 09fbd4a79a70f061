/** Where the pipeline keeps state and secrets. */
import assert from "node:assert/strict";

import { BootstrapPlan, list, statements } from "../support/bootstrap";

describe("bootstrap: state", () => {
  let bootstrap: BootstrapPlan;
  before(async () => {
    bootstrap = await BootstrapPlan.read();
  });

  it("is clean under the pack", () => {
    assert.equal(bootstrap.plan.policies.packs.length, 1);
    const mandatory = bootstrap.plan.policies.violations.filter(
      (v) => v.enforcementLevel === "mandatory",
    );
    assert.deepEqual(mandatory, []);
    assert.deepEqual(bootstrap.plan.policies.undecided, []);
  });

  it("keeps the state versioned, encrypted with a key of its own, private, and for good", () => {
    const bucket = bootstrap.named("aws:s3/bucket:Bucket", "crm-state");
    assert.equal(bucket.protect, true);
    const replication = bootstrap.ofType("aws:s3/bucketReplicationConfig:BucketReplicationConfig");
    assert.equal(replication.length, 1, "copied to another region");
    const at = (type: string) => bootstrap.named(type, "crm-state").inputs as any;
    assert.equal(
      at("aws:s3/bucketVersioning:BucketVersioning").versioningConfiguration.status,
      "Enabled",
    );
    const [rule] = at(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ).rules;
    assert.equal(rule.applyServerSideEncryptionByDefault.sseAlgorithm, "aws:kms");
    const block = at("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    assert.equal(block.blockPublicPolicy && block.restrictPublicBuckets, true);
    const sids = statements(at("aws:s3/bucketPolicy:BucketPolicy").policy).map(({ Sid }) => Sid);
    assert.deepEqual(sids, ["TlsOnly", "Tls12AtLeast"]);
  });

  it("gives each stack a key for its secrets, and protects all keys", () => {
    const aliases = bootstrap.ofType("aws:kms/alias:Alias").map(({ inputs }) => inputs["name"]);
    assert.deepEqual([...aliases].sort(), [
      "alias/crm-pulumi-production",
      "alias/crm-pulumi-recovery",
      "alias/crm-pulumi-staging",
      "alias/crm-pulumi-state",
      "alias/crm-pulumi-state",
    ]);
    assert.ok(bootstrap.ofType("aws:kms/key:Key").every(({ protect }) => protect));
  });

  it("keeps what the recovery's secrets need out of the region that is lost", () => {
    const key = bootstrap.named("aws:kms/key:Key", "crm-secrets-recovery");
    assert.equal(key.inputs["region"], "us-west-2");
    assert.equal(
      bootstrap.named("aws:kms/key:Key", "crm-secrets-production").inputs["region"],
      undefined,
    );
    assert.deepEqual(bootstrap.plan.outputs["secretsProviders"], {
      staging: "awskms://alias/crm-pulumi-staging?region=us-east-1",
      production: "awskms://alias/crm-pulumi-production?region=us-east-1",
      recovery: "awskms://alias/crm-pulumi-recovery?region=us-west-2",
    });
    const { stateBackend, stateCopyBackend, region } = bootstrap.plan.outputs;
    assert.deepEqual(
      [stateBackend, stateCopyBackend, region],
      [
        "s3://crm-pulumi-state-123456789012?region=us-west-2",
        "s3://crm-pulumi-state-123456789012-copy?region=us-east-1",
        "us-east-1",
      ],
    );
    const regionOf = (name: string, type = "aws:s3/bucket:Bucket") =>
      bootstrap.named(type, name).inputs["region"];
    const replication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
    assert.deepEqual(
      [
        ...["crm-state", "crm-state-access-logs", "crm-state-copy"].map((name) => regionOf(name)),
        regionOf("crm-state", "aws:kms/key:Key"),
        regionOf("crm-state-replication", replication),
      ],
      ["us-west-2", "us-west-2", undefined, "us-west-2", "us-west-2"],
    );
    const keys = (role: string) =>
      bootstrap
        .policiesOf(role)
        .filter(({ Sid }) => Sid === "Keys")
        .flatMap(({ Resource }) => list(Resource))
        .map((arn) => arn.split(":")[3]);
    assert.deepEqual(keys("crm-pipeline-recovery"), ["us-west-2"]);
    for (const role of ["production", "preview", "drift"]) {
      assert.deepEqual(keys(`crm-pipeline-${role}`), ["us-west-2", "us-east-1"], role);
    }
  });
});
