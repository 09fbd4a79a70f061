import assert from "node:assert/strict";

import type { CrmStorage } from "../../components/storage/storage";
import { ACCOUNT_ID, REQUIRED_TAGS } from "../support/fixtures";
import type { Recording, Registration } from "../support/mocks";
import { planStorage, storageConfig } from "../support/storage";

const BUCKET = "aws:s3/bucket:Bucket";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

/** The one resource of a type that configures a bucket. */
function of(plan: Recording, type: string, bucket: string): Registration {
  const found = plan.ofType(type).filter((resource) => resource.inputs["bucket"] === bucket);
  assert.equal(found.length, 1, `${found.length} ${type} for ${bucket}`);
  return found[0]!;
}

const versioning = (plan: Recording, bucket: string) =>
  of(plan, "aws:s3/bucketVersioning:BucketVersioning", bucket).inputs["versioningConfiguration"]
    .status;

const encryption = (plan: Recording, bucket: string) =>
  of(
    plan,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    bucket,
  ).inputs["rules"][0].applyServerSideEncryptionByDefault;

const rules = (plan: Recording, bucket: string) =>
  of(plan, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", bucket).inputs[
    "rules"
  ] as Record<string, any>[];

const statements = (plan: Recording, bucket: string) =>
  JSON.parse(of(plan, "aws:s3/bucketPolicy:BucketPolicy", bucket).inputs["policy"])
    .Statement as Record<string, any>[];

describe("CrmStorage", () => {
  let plan: Recording;
  let storage: CrmStorage;

  before(async () => {
    plan = await planStorage(storageConfig(), {}, (made) => (storage = made));
  });

  it("makes the document's buckets, their access logs and the copies", () => {
    assert.deepEqual(
      plan
        .ofType(BUCKET)
        .map(({ inputs }) => inputs["bucket"])
        .sort(),
      [
        "crm-access-logs-prod",
        "crm-access-logs-us-west-2-prod",
        "crm-analytics-exports-prod",
        "crm-backups-prod",
        "crm-frontend-assets-backup-west",
        "crm-frontend-assets-prod",
        "crm-report-requests-prod",
        "crm-user-uploads-backup-west",
        "crm-user-uploads-prod",
      ],
    );
  });

  const document: [string, string, string][] = [
    ["crm-frontend-assets-prod", "Enabled", "AES256"],
    ["crm-user-uploads-prod", "Enabled", "aws:kms"],
    ["crm-backups-prod", "Enabled", "aws:kms"],
    ["crm-analytics-exports-prod", "Disabled", "AES256"],
    ["crm-report-requests-prod", "Enabled", "aws:kms"],
    ["crm-access-logs-prod", "Enabled", "AES256"],
  ];
  for (const [bucket, status, algorithm] of document) {
    it(`${bucket}: versioning ${status}, encryption ${algorithm}`, () => {
      assert.equal(versioning(plan, bucket), status);
      assert.equal(encryption(plan, bucket).sseAlgorithm, algorithm);
    });
  }

  it("moves uploads to IA after 30 days and to Glacier after 90", () => {
    assert.deepEqual(
      rules(plan, "crm-user-uploads-prod")
        .filter((rule) => rule["transitions"] !== undefined)
        .map(({ id, status, transitions }) => ({ id, status, transitions })),
      [
        {
          id: "move_to_ia",
          status: "Enabled",
          transitions: [{ days: 30, storageClass: "STANDARD_IA" }],
        },
        {
          id: "move_to_glacier",
          status: "Enabled",
          transitions: [{ days: 90, storageClass: "GLACIER" }],
        },
      ],
    );
  });

  it("keeps backups for 2555 days and analytics exports for 30", () => {
    const expiration = (bucket: string, id: string) =>
      rules(plan, bucket).find((rule) => rule["id"] === id)!["expiration"].days;
    assert.equal(expiration("crm-backups-prod", "backup_retention"), 2555);
    assert.equal(expiration("crm-analytics-exports-prod", "temp_exports"), 30);
  });

  it("lets the application's pages read the frontend's files, as the document has it, or those that a rule names", async () => {
    const cors = plan.only("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").inputs;
    assert.deepEqual(cors, {
      bucket: "crm-frontend-assets-prod",
      corsRules: [
        {
          allowedHeaders: ["*"],
          allowedMethods: ["GET", "HEAD"],
          allowedOrigins: ["https://app.crm-consulting.com"],
          maxAgeSeconds: 3600,
        },
      ],
    });
    const named = await planStorage(
      storageConfig((input) => {
        input["buckets"]["frontend-assets"].cors[0].allowedOrigins = ["https://other.example"];
      }),
    );
    const other = named.only("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").inputs;
    assert.deepEqual(other["corsRules"][0].allowedOrigins, ["https://other.example"]);
  });

  it("blocks the public, owns every object and drops unfinished uploads in every bucket", () => {
    for (const { inputs } of plan.ofType(BUCKET)) {
      const bucket = inputs["bucket"] as string;
      of(plan, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket);
      of(plan, "aws:s3/bucketOwnershipControls:BucketOwnershipControls", bucket);
      assert.ok(statements(plan, bucket).some(({ Sid }) => Sid === "TlsOnly"));
      assert.ok(rules(plan, bucket).some((rule) => rule["id"] === "abort_unfinished_uploads"));
    }
  });

  it("allows no bucket's use without a condition on the account", () => {
    for (const { inputs } of plan.ofType(BUCKET)) {
      for (const { Effect, Principal, Condition } of statements(plan, inputs["bucket"])) {
        if (Effect === "Allow") {
          assert.ok(Principal.Service, "a service, never everybody");
          assert.match(JSON.stringify(Condition), /aws:SourceAccount|aws:SourceArn/);
          assert.ok(JSON.stringify(Condition).match(new RegExp(`${ACCOUNT_ID}|arn:aws:s3:::crm-`)));
        }
      }
    }
  });

  it("lets the account's distributions, and no other service, read the frontend and its copy", () => {
    for (const bucket of ["crm-frontend-assets-prod", "crm-frontend-assets-backup-west"]) {
      const allowed = statements(plan, bucket).filter(({ Effect }) => Effect === "Allow");
      assert.deepEqual(
        allowed.map(({ Action, Resource }) => [Action, Resource]),
        [
          ["s3:GetObject", `arn:aws:s3:::${bucket}/*`],
          ["s3:ListBucket", `arn:aws:s3:::${bucket}`],
        ],
      );
      for (const { Principal, Condition } of allowed) {
        assert.deepEqual(Principal, { Service: "cloudfront.amazonaws.com" });
        assert.deepEqual(Condition, {
          StringEquals: { "aws:SourceAccount": ACCOUNT_ID },
          ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${ACCOUNT_ID}:distribution/*` },
        });
      }
    }
    assert.equal(
      statements(plan, "crm-user-uploads-prod").filter(({ Effect }) => Effect === "Allow").length,
      0,
    );
  });

  it("takes the logs of buckets, load balancer and distributions into one bucket", () => {
    const bySid = new Map(
      statements(plan, "crm-access-logs-prod").map((statement) => [statement["Sid"], statement]),
    );
    assert.deepEqual(bySid.get("LogsOfLoadBalancers"), {
      Sid: "LogsOfLoadBalancers",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `arn:aws:s3:::crm-access-logs-prod/load-balancer/AWSLogs/${ACCOUNT_ID}/*`,
      Condition: {
        ArnLike: {
          "aws:SourceArn": `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT_ID}:loadbalancer/*`,
        },
      },
    });
    assert.equal(bySid.get("LogsOfBuckets")!["Principal"].Service, "logging.s3.amazonaws.com");
    assert.deepEqual(bySid.get("LogsOfDistributions")!["Condition"], {
      StringEquals: {
        "aws:SourceAccount": ACCOUNT_ID,
        "s3:x-amz-acl": "bucket-owner-full-control",
      },
      ArnLike: { "aws:SourceArn": `arn:aws:logs:us-east-1:${ACCOUNT_ID}:delivery-source:*` },
    });
  });

  it("logs each bucket into one of its own region, never into itself", () => {
    const targets = Object.fromEntries(
      plan
        .ofType("aws:s3/bucketLogging:BucketLogging")
        .map(({ inputs }) => [inputs["bucket"], inputs["targetBucket"]]),
    );
    const west = "crm-access-logs-us-west-2-prod";
    assert.deepEqual(targets, {
      "crm-analytics-exports-prod": "crm-access-logs-prod",
      "crm-backups-prod": "crm-access-logs-prod",
      "crm-frontend-assets-prod": "crm-access-logs-prod",
      "crm-report-requests-prod": "crm-access-logs-prod",
      "crm-user-uploads-prod": "crm-access-logs-prod",
      "crm-frontend-assets-backup-west": west,
      "crm-user-uploads-backup-west": west,
    });
  });

  it("replicates uploads to us-west-2 within 15 minutes, under the copies' own key", () => {
    const inputs = of(plan, REPLICATION, "crm-user-uploads-prod").inputs;
    assert.deepEqual(inputs["rules"], [
      {
        id: "all-objects",
        status: "Enabled",
        priority: 1,
        filter: { prefix: "" },
        deleteMarkerReplication: { status: "Enabled" },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
        destination: {
          bucket: "arn:aws:s3:::crm-user-uploads-backup-west",
          encryptionConfiguration: {
            replicaKmsKeyId: "arn:aws:kms:us-east-1:123456789012:crm-storage-replica-key",
          },
          replicationTime: { status: "Enabled", time: { minutes: 15 } },
          metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
        },
      },
    ]);
    assert.equal(
      plan.get(BUCKET, "crm-storage-user-uploads-replica").inputs["region"],
      "us-west-2",
    );
    const key = plan.get("aws:kms/key:Key", "crm-storage-replica-key");
    assert.equal(key.inputs["region"], "us-west-2");
  });

  it("waits for versioning on both sides and for the role's rights before it replicates", () => {
    const { dependencies } = of(plan, REPLICATION, "crm-user-uploads-prod");
    for (const [type, name] of [
      ["aws:s3/bucketVersioning:BucketVersioning", "crm-storage-user-uploads"],
      ["aws:s3/bucketVersioning:BucketVersioning", "crm-storage-user-uploads-replica"],
      ["aws:iam/rolePolicy:RolePolicy", "crm-storage-user-uploads-replication"],
    ] as const) {
      assert.ok(dependencies.includes(plan.get(type, name).urn), `${type} ${name}`);
    }
  });

  it("gives the replication role what it needs for its two buckets and keys, and no more", () => {
    const name = "crm-storage-user-uploads-replication";
    const policy = plan.get("aws:iam/rolePolicy:RolePolicy", name).inputs["policy"];
    const uploads = "arn:aws:s3:::crm-user-uploads-prod";
    assert.deepEqual(
      JSON.parse(policy).Statement.map((s: any) => [s.Action, s.Resource, s.Condition]),
      [
        [["s3:GetReplicationConfiguration", "s3:ListBucket"], uploads, undefined],
        [
          [
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionTagging",
          ],
          `${uploads}/*`,
          undefined,
        ],
        [
          ["s3:ReplicateObject", "s3:ReplicateTags", "s3:ReplicateDelete"],
          "arn:aws:s3:::crm-user-uploads-backup-west/*",
          undefined,
        ],
        [
          "kms:Decrypt",
          `arn:aws:kms:us-east-1:${ACCOUNT_ID}:key/*`,
          {
            "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-storage" },
            StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" },
          },
        ],
        [
          ["kms:Encrypt", "kms:GenerateDataKey"],
          `arn:aws:kms:us-west-2:${ACCOUNT_ID}:key/*`,
          {
            "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/crm-storage-replica" },
            StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" },
          },
        ],
      ],
    );
    const role = plan.get("aws:iam/role:Role", name).inputs;
    assert.equal(role["name"], "crm-user-uploads-replication");
    assert.match(role["assumeRolePolicy"], /"aws:SourceArn":"arn:aws:s3:::crm-user-uploads-prod"/);
  });

  it("copies the frontend, which S3 encrypts, without a right to any key", () => {
    const name = "crm-storage-frontend-assets-replication";
    assert.doesNotMatch(plan.get("aws:iam/rolePolicy:RolePolicy", name).inputs["policy"], /kms:/);
    const [rule] = of(plan, REPLICATION, "crm-frontend-assets-prod").inputs["rules"];
    assert.equal(rule.destination.encryptionConfiguration, undefined);
    assert.equal(rule.sourceSelectionCriteria, undefined);
  });

  // S3 User Guide, "Amazon S3 replication failure reasons": DstBucketObjectLockConfigMissing.
  it("locks the copies of a locked bucket, and reads the locks that it copies", async () => {
    const locked = await planStorage(
      storageConfig((input) => {
        input["buckets"]["user-uploads"].objectLock = { mode: "GOVERNANCE", days: 30 };
      }),
    );
    const lockOf = (name: string) => [
      locked.get(BUCKET, name).inputs["objectLockEnabled"],
      locked.get(OBJECT_LOCK, name).inputs["rule"].defaultRetention,
    ];
    const copy = "crm-storage-user-uploads-replica";
    assert.deepEqual(lockOf(copy), [true, { mode: "GOVERNANCE", days: 30 }]);
    assert.equal(locked.get(OBJECT_LOCK, copy).inputs["region"], "us-west-2");
    const role = ["aws:iam/rolePolicy:RolePolicy", "crm-storage-user-uploads-replication"] as const;
    const reads = /s3:GetObjectRetention","s3:GetObjectLegalHold/;
    assert.match(locked.get(...role).inputs["policy"], reads);
    assert.doesNotMatch(plan.get(...role).inputs["policy"], reads);
  });

  it("does not replicate deletions where the stack file says so", async () => {
    const other = await planStorage(
      storageConfig((input) => {
        input["buckets"]["user-uploads"].replication.deleteMarkers = false;
      }),
    );
    const [rule] = of(other, REPLICATION, "crm-user-uploads-prod").inputs["rules"];
    assert.deepEqual(rule.deleteMarkerReplication, { status: "Disabled" });
    const policy = other.get(
      "aws:iam/rolePolicy:RolePolicy",
      "crm-storage-user-uploads-replication",
    ).inputs["policy"];
    assert.doesNotMatch(policy, /ReplicateDelete/);
  });

  it("makes nothing in another region where nothing is replicated", async () => {
    const other = await planStorage(
      storageConfig((input) => {
        delete input["buckets"]["user-uploads"].replication;
        delete input["buckets"]["frontend-assets"].replication;
      }),
    );
    assert.deepEqual(
      other.all.filter(({ inputs }) => inputs["region"] !== undefined),
      [],
    );
    assert.equal(other.ofType("aws:kms/key:Key").length, 1);
  });

  it("refuses copies in the stack's own region", async () => {
    const config = storageConfig((input) => {
      input["replicationRegion"] = "us-east-1";
    });
    await assert.rejects(planStorage(config), /expected a region other than the stack's, got /);
  });

  it("tags every bucket, key and role, with the component that it belongs to", () => {
    const taggable = plan.all.filter(({ type }) =>
      [BUCKET, "aws:kms/key:Key", "aws:iam/role:Role"].includes(type),
    );
    for (const { name, inputs } of taggable) {
      for (const tag of REQUIRED_TAGS) {
        assert.ok(inputs["tags"]?.[tag], `${name} has no tag ${tag}`);
      }
    }
    assert.equal(plan.get(BUCKET, "crm-storage-user-uploads").inputs["tags"].Component, "core");
    assert.equal(plan.get(BUCKET, "crm-storage-backups").inputs["tags"].Component, "storage");
  });

  it("tells others what they need: names, keys, and which buckets need none", () => {
    assert.deepEqual(storage.bucketKeys.managedBuckets, ["frontend-assets", "analytics-exports"]);
    assert.equal(storage.keyAlias, "alias/crm-storage");
    assert.equal(storage.replicaKeyAlias, "alias/crm-storage-replica");
    assert.equal(storage.accessLogsBucketName, "crm-access-logs-prod");
    assert.deepEqual(storage.replications["user-uploads"], {
      source: "crm-user-uploads-prod",
      destination: "crm-user-uploads-backup-west",
      region: "us-west-2",
      ruleId: "all-objects",
    });
  });

  it("plans the same resources before anything exists", async () => {
    const preview = await planStorage(storageConfig(), { preview: true });
    const list = (recording: Recording) =>
      recording.all.map(({ type, name }) => `${type} ${name}`).sort();
    assert.deepEqual(list(preview), list(plan));
  });
});
