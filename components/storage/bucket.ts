import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import { tlsOnly, policyDocument, type Statement } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import { BUCKET_LOGS_PREFIX } from "./bucket-access";

/** What pages of other sites may do with a bucket's objects. */
export interface CorsRule {
  readonly allowedHeaders: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly maxAgeSeconds: number;
}

/** What happens to a bucket's objects in time; days count from an object's creation. */
export interface BucketLifecycle {
  /** Moves to colder classes, each a rule of its own. */
  readonly transitions: readonly {
    readonly id: string;
    readonly days: number;
    readonly storageClass: string;
  }[];
  /** When objects are deleted. @default never */
  readonly expiration?: { readonly id: string; readonly days: number };
  /** Days that replaced and deleted objects are kept; of no effect without versioning. */
  readonly noncurrentDays: number;
  /** Days after which the parts of an unfinished upload are dropped. */
  readonly abortUploadDays: number;
}

export interface SecureBucketArgs {
  /** Physical name; a change replaces the bucket. */
  readonly bucketName: string;
  /** Region of the bucket; a change replaces it. @default the provider's region */
  readonly region?: string;
  /** Key for the objects (SSE-KMS with a bucket key). @default keys that S3 manages (AES256) */
  readonly keyArn?: pulumi.Input<string>;
  readonly versioning: boolean;
  readonly lifecycle: BucketLifecycle;
  /** @default none: other sites' pages get nothing */
  readonly cors?: readonly CorsRule[];
  /** Makes new versions undeletable for a time. @default none. Adding it replaces the bucket */
  readonly objectLock?: { readonly mode: string; readonly days: number };
  /** Who may use the bucket besides the account's own IAM policies. @default none */
  readonly statements?: readonly Statement[];
  /** Bucket of the same region for the access log. @default none: the bucket is one for logs */
  readonly accessLogs?: SecureBucket;
  readonly protect: boolean;
  /** Whether deleting the bucket deletes its objects. */
  readonly forceDestroy: boolean;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * A bucket as all of the platform's are: private by every route (access block, no ACLs), TLS 1.2 at least,
 * encrypted, versioned by default, logged, and with a lifecycle that deletes old versions and unfinished uploads.
 * It costs what is stored and asked for; the parts around it are free.
 */
export class SecureBucket extends pulumi.ComponentResource {
  /** Physical name, known before the bucket exists. */
  public readonly bucketName: string;
  /** ARN, known before the bucket exists. */
  public readonly bucketArn: string;
  /** Name of the bucket, once it exists. */
  public readonly name: pulumi.Output<string>;
  /** Grants to services exist once this resource does: depend on it if a service must be able to write. */
  public readonly policy: aws.s3.BucketPolicy;
  /** Replication needs versioning to be on first. */
  public readonly versioning: aws.s3.BucketVersioning;

  private readonly bucket: aws.s3.Bucket;
  private readonly common: { bucket: pulumi.Output<string>; region: string | undefined };

  public constructor(name: string, args: SecureBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:SecureBucket", name, {}, opts);

    this.bucketName = args.bucketName;
    this.bucketArn = args.arns.bucket(args.bucketName);
    this.bucket = new aws.s3.Bucket(
      name,
      {
        bucket: args.bucketName,
        region: args.region,
        forceDestroy: args.forceDestroy,
        objectLockEnabled: args.objectLock === undefined ? undefined : true,
        tags: { ...args.tags, Name: args.bucketName },
      },
      { parent: this, protect: args.protect },
    );
    this.common = { bucket: this.bucket.bucket, region: args.region };
    this.versioning = this.createVersioning(name, args);
    this.policy = this.createAccess(name, args);
    this.createEncryption(name, args);
    this.createLifecycle(name, args);
    this.createCors(name, args);
    this.createObjectLock(name, args);
    this.createLogging(name, args);

    this.name = this.bucket.bucket;
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }

  /** A new bucket starts as `Disabled`; from `Enabled`, S3 allows only `Suspended`. */
  private createVersioning(name: string, args: SecureBucketArgs): aws.s3.BucketVersioning {
    return new aws.s3.BucketVersioning(
      name,
      {
        ...this.common,
        versioningConfiguration: { status: args.versioning ? "Enabled" : "Disabled" },
      },
      { parent: this },
    );
  }

  private createAccess(name: string, args: SecureBucketArgs): aws.s3.BucketPolicy {
    const block = new aws.s3.BucketPublicAccessBlock(
      name,
      {
        ...this.common,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this },
    );
    const ownership = new aws.s3.BucketOwnershipControls(
      name,
      { ...this.common, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { parent: this },
    );
    const resources = [this.bucketArn, `${this.bucketArn}/*`];
    return new aws.s3.BucketPolicy(
      name,
      {
        ...this.common,
        policy: policyDocument(
          tlsOnly(resources, ["s3:*"]),
          {
            sid: "Tls12AtLeast",
            effect: "Deny",
            principals: "*",
            actions: ["s3:*"],
            resources,
            conditions: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
          },
          ...(args.statements ?? []),
        ),
      },
      // S3 refuses two changes of a bucket's access at one time (OperationAborted).
      { parent: this, dependsOn: [block, ownership] },
    );
  }

  private createEncryption(name: string, args: SecureBucketArgs): void {
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        ...this.common,
        rules: [
          args.keyArn === undefined
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
            : {
                applyServerSideEncryptionByDefault: {
                  sseAlgorithm: "aws:kms",
                  kmsMasterKeyId: args.keyArn,
                },
                bucketKeyEnabled: true,
              },
        ],
      },
      { parent: this },
    );
  }

  private createLifecycle(name: string, args: SecureBucketArgs): void {
    new aws.s3.BucketLifecycleConfiguration(
      name,
      { ...this.common, rules: lifecycleRules(args) },
      // A rule for noncurrent versions is accepted only where versioning is on.
      { parent: this, dependsOn: [this.versioning] },
    );
  }

  private createCors(name: string, args: SecureBucketArgs): void {
    if (args.cors === undefined || args.cors.length === 0) {
      return;
    }
    new aws.s3.BucketCorsConfiguration(
      name,
      {
        ...this.common,
        corsRules: args.cors.map((rule) => ({
          allowedHeaders: [...rule.allowedHeaders],
          allowedMethods: [...rule.allowedMethods],
          allowedOrigins: [...rule.allowedOrigins],
          maxAgeSeconds: rule.maxAgeSeconds,
        })),
      },
      { parent: this },
    );
  }

  private createObjectLock(name: string, args: SecureBucketArgs): void {
    if (args.objectLock === undefined) {
      return;
    }
    new aws.s3.BucketObjectLockConfiguration(
      name,
      {
        ...this.common,
        rule: { defaultRetention: { mode: args.objectLock.mode, days: args.objectLock.days } },
      },
      { parent: this, dependsOn: [this.versioning] },
    );
  }

  private createLogging(name: string, args: SecureBucketArgs): void {
    if (args.accessLogs === undefined) {
      return;
    }
    new aws.s3.BucketLogging(
      name,
      {
        ...this.common,
        targetBucket: args.accessLogs.name,
        targetPrefix: `${BUCKET_LOGS_PREFIX}/${args.bucketName}/`,
        targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
      },
      { parent: this, dependsOn: [args.accessLogs.policy] },
    );
  }
}

/** Every rule applies to all objects: an empty prefix says so, an absent filter would be the deprecated form. */
function lifecycleRules(args: SecureBucketArgs) {
  const { lifecycle } = args;
  const rule = { status: "Enabled", filter: { prefix: "" } };
  return [
    ...lifecycle.transitions.map(({ id, days, storageClass }) => ({
      id,
      ...rule,
      transitions: [{ days, storageClass }],
    })),
    ...(lifecycle.expiration === undefined
      ? []
      : [
          { id: lifecycle.expiration.id, ...rule, expiration: { days: lifecycle.expiration.days } },
        ]),
    {
      id: "abort_unfinished_uploads",
      ...rule,
      abortIncompleteMultipartUpload: { daysAfterInitiation: lifecycle.abortUploadDays },
    },
    ...(args.versioning
      ? [
          {
            id: "expire_noncurrent_versions",
            ...rule,
            noncurrentVersionExpiration: { noncurrentDays: lifecycle.noncurrentDays },
            // A rule with days for current objects also removes their delete markers.
            ...(lifecycle.expiration === undefined && {
              expiration: { expiredObjectDeleteMarker: true },
            }),
          },
        ]
      : []),
  ];
}
