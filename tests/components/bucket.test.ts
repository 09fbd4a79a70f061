import assert from "node:assert/strict";

import { SecureBucket, type SecureBucketArgs } from "../../components/storage/bucket";
import { arns, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";

const ARGS: SecureBucketArgs = {
  bucketName: "crm-example-prod",
  versioning: true,
  lifecycle: { transitions: [], noncurrentDays: 30, abortUploadDays: 7 },
  protect: true,
  forceDestroy: false,
  arns,
  tags: tags("storage"),
};

const plan = (args: Partial<SecureBucketArgs> = {}): Promise<Recording> =>
  record(() => void new SecureBucket("example", { ...ARGS, ...args }));

/** The parts that configure the bucket from outside. */
const PARTS = [
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
];

describe("SecureBucket", () => {
  it("blocks the public by every route and turns ACLs off", async () => {
    const plan1 = await plan();
    const block = plan1.only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs;
    assert.deepEqual(block, {
      bucket: "crm-example-prod",
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const ownership = plan1.only("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs;
    assert.deepEqual(ownership["rule"], { objectOwnership: "BucketOwnerEnforced" });
  });

  it("refuses requests without TLS or below TLS 1.2, and allows no principal", async () => {
    const policy = (await plan()).only("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"];
    const statements = JSON.parse(policy).Statement;
    const resources = ["arn:aws:s3:::crm-example-prod", "arn:aws:s3:::crm-example-prod/*"];
    const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: resources };
    assert.deepEqual(statements, [
      { Sid: "TlsOnly", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Sid: "Tls12AtLeast", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
    ]);
  });

  it("encrypts with S3's keys, or with a key and a bucket key", async () => {
    const type = PARTS[4]!;
    assert.deepEqual((await plan()).only(type).inputs["rules"], [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    assert.deepEqual((await plan({ keyArn: "arn:key" })).only(type).inputs["rules"], [
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: "arn:key",
        },
        bucketKeyEnabled: true,
      },
    ]);
  });

  it("gives each transition and expiration a rule of its own, as the document does", async () => {
    const rules = (
      await plan({
        lifecycle: {
          transitions: [
            { id: "move_to_ia", days: 30, storageClass: "STANDARD_IA" },
            { id: "move_to_glacier", days: 90, storageClass: "GLACIER" },
          ],
          expiration: { id: "gone", days: 365 },
          noncurrentDays: 60,
          abortUploadDays: 3,
        },
      })
    ).only(PARTS[5]!).inputs["rules"];
    const all = { status: "Enabled", filter: { prefix: "" } };
    assert.deepEqual(rules, [
      { id: "move_to_ia", ...all, transitions: [{ days: 30, storageClass: "STANDARD_IA" }] },
      { id: "move_to_glacier", ...all, transitions: [{ days: 90, storageClass: "GLACIER" }] },
      { id: "gone", ...all, expiration: { days: 365 } },
      {
        id: "abort_unfinished_uploads",
        ...all,
        abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
      },
      {
        id: "expire_noncurrent_versions",
        ...all,
        noncurrentVersionExpiration: { noncurrentDays: 60 },
      },
    ]);
  });

  it("removes lone delete markers where no rule deletes objects", async () => {
    const rules = (await plan()).only(PARTS[5]!).inputs["rules"];
    assert.deepEqual(rules.at(-1).expiration, { expiredObjectDeleteMarker: true });
  });

  it("says Disabled, and has no rule for versions, where versioning is off", async () => {
    const recording = await plan({ versioning: false });
    assert.deepEqual(recording.only(PARTS[0]!).inputs["versioningConfiguration"], {
      status: "Disabled",
    });
    const ids = recording.only(PARTS[5]!).inputs["rules"].map((rule: { id: string }) => rule.id);
    assert.deepEqual(ids, ["abort_unfinished_uploads"]);
  });

  it("puts every part into the bucket's region", async () => {
    const recording = await plan({ region: "us-west-2" });
    for (const type of ["aws:s3/bucket:Bucket", ...PARTS]) {
      assert.equal(recording.only(type).inputs["region"], "us-west-2", type);
    }
  });

  it("is deleted neither by Pulumi nor with objects in it, unless it says so", async () => {
    const bucket = (await plan()).only("aws:s3/bucket:Bucket");
    assert.equal(bucket.protect, true);
    assert.equal(bucket.inputs["forceDestroy"], false);
    const other = (await plan({ protect: false, forceDestroy: true })).only("aws:s3/bucket:Bucket");
    assert.equal(other.protect, false);
    assert.equal(other.inputs["forceDestroy"], true);
  });

  it("locks objects only where asked", async () => {
    assert.equal(
      (await plan()).only("aws:s3/bucket:Bucket").inputs["objectLockEnabled"],
      undefined,
    );
    const recording = await plan({ objectLock: { mode: "GOVERNANCE", days: 30 } });
    assert.equal(recording.only("aws:s3/bucket:Bucket").inputs["objectLockEnabled"], true);
    assert.deepEqual(
      recording.only("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").inputs[
        "rule"
      ],
      { defaultRetention: { mode: "GOVERNANCE", days: 30 } },
    );
  });

  it("changes a bucket's access in one order, as S3 requires", async () => {
    const recording = await plan();
    const policy = recording.only("aws:s3/bucketPolicy:BucketPolicy");
    for (const type of [PARTS[1]!, PARTS[2]!]) {
      assert.ok(policy.dependencies.includes(recording.only(type).urn), type);
    }
  });
});
