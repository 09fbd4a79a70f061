import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { shownValue } from "../../facts/problem-text";
import type { Arns } from "../../platform/arns";
import type { BucketKeys } from "../../platform/link-resolver";
import type { Names } from "../../platform/names";
import { mapped } from "../../platform/records";
import type { Tags } from "../../platform/tags";
import {
  ACCESS_LOGS,
  accessLogsIn,
  type BucketConfig,
  type StorageConfig,
} from "../../schema/storage";
import { EncryptionKey } from "../encryption-key";
import { SecureBucket, type BucketLifecycle } from "./bucket";
import { bucketLogs, contentDelivery, distributionLogs, loadBalancerLogs } from "./bucket-access";
import { BucketReplication } from "./bucket-replication";

export interface CrmStorageArgs {
  readonly config: StorageConfig;
  /** Folder of the load balancer's access logs in the bucket for access logs. */
  readonly loadBalancerLogsPrefix: string;
  readonly names: Names;
  readonly arns: Arns;
  /** Origin of the application, such as `https://app.example.com`: the one that a bucket's rule without origins allows. @default none: such a rule is left out */
  readonly appOrigin?: string;
  /** Tags for the resources of a component, such as `storage` or the service that a bucket belongs to. */
  readonly tagsOf: (component: string) => Tags;
}

/** A bucket that is copied and the bucket with the copies. */
export interface ReplicatedBucket {
  /** Name of the bucket that is copied. */
  readonly source: string;
  /** Name of the bucket with the copies. */
  readonly destination: string;
  readonly region: string;
  /** Id of the replication rule, a dimension of its metrics. */
  readonly ruleId: string;
}

/** The copies of buckets, by the buckets' keys. */
interface Copies {
  /** Alias of the key that encrypts them, with prefix; none where S3's keys do. */
  readonly keyAlias?: string;
  readonly replications: Readonly<Record<string, ReplicatedBucket>>;
  /** What copies. */
  readonly rules: Readonly<Record<string, pulumi.Resource>>;
}

/** A bucket of the platform or its copy. */
interface BucketPlace {
  readonly bucketName: string;
  readonly region: string;
}

export interface ServedBucket {
  readonly assets: BucketPlace;
  /** In the replication region. */
  readonly assetsCopy: BucketPlace | undefined;
  /** The bucket and its replication. */
  readonly assetsStartAfter: readonly pulumi.Resource[];
  readonly accessLogsBucketArn: string;
  /** Policy of that bucket: log delivery must be able to write. */
  readonly logsStartAfter: readonly pulumi.Resource[];
}

/**
 * The platform's buckets, the bucket for their access logs, their key, and the copies in the replication
 * region with a key and an access log of their own. Its two keys cost by the month; the rest is what is stored.
 */
export class CrmStorage extends pulumi.ComponentResource {
  /** Names of the buckets by their key in the stack file; each exists once its bucket does. */
  public readonly bucketNames: Readonly<Record<string, pulumi.Output<string>>>;
  /** ARNs of the buckets by their key in the stack file, known before they exist. */
  public readonly bucketArns: Readonly<Record<string, string>>;
  /** Name of the bucket for access logs, known before it exists. */
  public readonly accessLogsBucketName: string;
  /** Resources that log to that bucket wait for this: AWS writes to the bucket at once. */
  public readonly accessLogsPolicy: aws.s3.BucketPolicy;
  public readonly keyArn: pulumi.Output<string>;
  /** Alias of the buckets' key, with prefix. */
  public readonly keyAlias: string;
  /** Alias of the copies' key in the replication region, with prefix; none without such copies. */
  public readonly replicaKeyAlias?: string;
  /** Which key each bucket has: its users need the right to it. */
  public readonly bucketKeys: BucketKeys;
  /** What must exist before an object is written to a bucket, so that it is versioned and copied, by key. */
  public readonly startWriting: Readonly<Record<string, readonly pulumi.Resource[]>>;
  /** The buckets that are copied, by key. */
  public readonly replications: Readonly<Record<string, ReplicatedBucket>>;
  /** Where a bucket's copies are, by the bucket's key. */
  public readonly copies: Readonly<Record<string, BucketPlace>>;

  private readonly key: EncryptionKey;
  private readonly logs: SecureBucket;

  public constructor(
    name: string,
    private readonly args: CrmStorageArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmStorage", name, {}, opts);

    const { config, names } = args;
    const entries = Object.entries(config.buckets);
    if (config.replicationRegion === args.arns.region) {
      throw new Error(
        `storage.replicationRegion: expected a region other than the stack's, got ${shownValue(config.replicationRegion)}`,
      );
    }

    this.key = this.createKey(`${name}-key`, "storage", "The platform's buckets");
    this.logs = this.createLogs(name, entries);
    const buckets = new Map(
      entries.map(([key, bucket]) => [key, this.createBucket(`${name}-${key}`, key, bucket)]),
    );
    const copied = entries.filter(([, bucket]) => bucket.replication !== undefined);
    const copies = this.createCopies(name, buckets, copied);

    this.bucketNames = Object.fromEntries([...buckets].map(([key, made]) => [key, made.name]));
    this.bucketArns = Object.fromEntries([...buckets].map(([key, made]) => [key, made.bucketArn]));
    this.accessLogsBucketName = names.bucket(ACCESS_LOGS);
    this.accessLogsPolicy = this.logs.policy;
    this.keyArn = this.key.arn;
    this.keyAlias = this.key.aliasName;
    this.replicaKeyAlias = copies.keyAlias;
    this.bucketKeys = {
      keyAlias: this.keyAlias,
      managedBuckets: entries
        .filter(([, { encryption }]) => encryption === "s3")
        .map(([key]) => key),
      adopted: config.adopted,
    };
    this.startWriting = Object.fromEntries(
      [...buckets].map(([key, made]) => [
        key,
        [made.versioning, ...(Object.hasOwn(copies.rules, key) ? [copies.rules[key]!] : [])],
      ]),
    );
    this.replications = copies.replications;
    this.copies = mapped(this.replications, ({ destination, region }) => ({
      bucketName: destination,
      region,
    }));
    this.registerOutputs({
      bucketNames: this.bucketNames,
      bucketArns: this.bucketArns,
      accessLogsBucketName: this.accessLogsBucketName,
      keyArn: this.keyArn,
      keyAlias: this.keyAlias,
      replicaKeyAlias: this.replicaKeyAlias,
      managedBuckets: this.bucketKeys.managedBuckets,
      replications: this.replications,
    });
  }

  /** What the distributions need of a bucket that they serve, and of the bucket for their logs. */
  public served(key: string): ServedBucket {
    const { names, arns } = this.args;
    return {
      assets: { bucketName: names.bucket(key), region: arns.region },
      assetsCopy: this.copies[key],
      assetsStartAfter: this.startWriting[key]!,
      accessLogsBucketArn: arns.bucket(this.accessLogsBucketName),
      logsStartAfter: [this.accessLogsPolicy],
    };
  }

  private createKey(
    name: string,
    alias: string,
    description: string,
    region?: string,
  ): EncryptionKey {
    const { config, names, arns, tagsOf } = this.args;
    return new EncryptionKey(
      name,
      {
        alias: names.keyAlias(alias),
        description,
        deletionWindowDays: config.keyDeletionWindowDays,
        protect: config.protect,
        region,
        arns: region === undefined ? arns : arns.inRegion(region),
        tags: tagsOf("storage"),
      },
      { parent: this },
    );
  }

  /** SSE-S3: load balancers can write to no other bucket. */
  private createLogs(name: string, entries: readonly [string, BucketConfig][]): SecureBucket {
    const { names, arns, loadBalancerLogsPrefix } = this.args;
    const bucketArn = arns.bucket(names.bucket(ACCESS_LOGS));
    const sources = entries.map(([key]) => arns.bucket(names.bucket(key)));
    return this.createLogBucket(`${name}-${ACCESS_LOGS}`, names.bucket(ACCESS_LOGS), [
      bucketLogs(arns, bucketArn, sources),
      loadBalancerLogs(arns, bucketArn, loadBalancerLogsPrefix),
      ...distributionLogs(arns, bucketArn),
    ]);
  }

  private createLogBucket(
    name: string,
    bucketName: string,
    statements: ReturnType<typeof contentDelivery>,
    region?: string,
  ): SecureBucket {
    const { config, arns, tagsOf } = this.args;
    return new SecureBucket(
      name,
      {
        bucketName,
        region,
        versioning: true,
        lifecycle: {
          transitions: [],
          expiration: { id: "log_retention", days: config.accessLogRetentionDays },
          noncurrentDays: 30,
          abortUploadDays: 7,
        },
        statements,
        protect: config.protect,
        forceDestroy: config.forceDestroy,
        arns,
        tags: tagsOf("storage"),
      },
      { parent: this },
    );
  }

  private createBucket(name: string, key: string, bucket: BucketConfig): SecureBucket {
    const { config, names, arns, appOrigin, tagsOf } = this.args;
    const bucketName = names.bucket(key);
    return new SecureBucket(
      name,
      {
        bucketName,
        keyArn: bucket.encryption === "kms" ? this.key.arn : undefined,
        versioning: bucket.versioning,
        lifecycle: lifecycle(bucket),
        cors: bucket.cors.flatMap(({ allowedOrigins, ...rule }) => {
          const own = allowedOrigins ?? (appOrigin === undefined ? [] : [appOrigin]);
          return own.length === 0 ? [] : [{ ...rule, allowedOrigins: own }];
        }),
        objectLock: bucket.objectLock,
        statements: bucket.contentDelivery ? contentDelivery(arns, arns.bucket(bucketName)) : [],
        accessLogs: this.logs,
        protect: config.protect,
        forceDestroy: config.forceDestroy,
        arns,
        tags: tagsOf(bucket.component),
      },
      { parent: this },
    );
  }

  /** The buckets in the replication region: copies do not inherit the lifecycle, so it is set there too. */
  private createCopies(
    name: string,
    buckets: ReadonlyMap<string, SecureBucket>,
    copied: readonly [string, BucketConfig][],
  ): Copies {
    const region = this.args.config.replicationRegion;
    if (region === undefined || copied.length === 0) {
      return { replications: {}, rules: {} };
    }
    const encrypted = copied.some(([, bucket]) => bucket.encryption === "kms");
    const key = encrypted
      ? this.createKey(`${name}-replica-key`, "storage-replica", "Copies of buckets", region)
      : undefined;
    const logs = this.createReplicaLogs(name, region, copied);
    const replications: Record<string, ReplicatedBucket> = {};
    const rules: Record<string, pulumi.Resource> = {};
    for (const [label, bucket] of copied) {
      const source = buckets.get(label)!;
      const destination = this.createCopy(`${name}-${label}-replica`, bucket, logs, region, key);
      const keys =
        bucket.encryption === "kms" && key !== undefined
          ? { source: this.key, destination: key }
          : undefined;
      const replication = new BucketReplication(
        `${name}-${label}-replication`,
        {
          source,
          destination,
          region,
          keys,
          deleteMarkers: bucket.replication!.deleteMarkers,
          locked: bucket.objectLock !== undefined,
          roleName: this.args.names.of(`${label}-replication`, "role"),
          arns: this.args.arns,
          tags: this.args.tagsOf(bucket.component),
        },
        { parent: this },
      );
      replications[label] = {
        source: source.bucketName,
        destination: destination.bucketName,
        region,
        ruleId: replication.ruleId,
      };
      rules[label] = replication.config;
    }
    return { keyAlias: key?.aliasName, replications, rules };
  }

  /** S3 writes a bucket's log to a bucket of the same region only. */
  private createReplicaLogs(
    name: string,
    region: string,
    copied: readonly [string, BucketConfig][],
  ): SecureBucket {
    const { names, arns } = this.args;
    const bucketName = names.bucket(accessLogsIn(region));
    const sources = copied.map(([, bucket]) => arns.bucket(bucket.replication!.bucketName));
    return this.createLogBucket(
      `${name}-${ACCESS_LOGS}-replica`,
      bucketName,
      [bucketLogs(arns, arns.bucket(bucketName), sources)],
      region,
    );
  }

  private createCopy(
    name: string,
    bucket: BucketConfig,
    accessLogs: SecureBucket,
    region: string,
    key: EncryptionKey | undefined,
  ): SecureBucket {
    const { config, arns, tagsOf } = this.args;
    const { bucketName } = bucket.replication!;
    return new SecureBucket(
      name,
      {
        bucketName,
        region,
        keyArn: bucket.encryption === "kms" ? key?.arn : undefined,
        versioning: true,
        lifecycle: lifecycle(bucket),
        // S3 copies nothing of a locked bucket to one without a lock (DstBucketObjectLockConfigMissing).
        objectLock: bucket.objectLock,
        statements: bucket.contentDelivery ? contentDelivery(arns, arns.bucket(bucketName)) : [],
        accessLogs,
        protect: config.protect,
        forceDestroy: config.forceDestroy,
        arns,
        tags: tagsOf(bucket.component),
      },
      { parent: this },
    );
  }
}

function lifecycle(bucket: BucketConfig): BucketLifecycle {
  return {
    transitions: bucket.transitions,
    expiration: bucket.expiration,
    noncurrentDays: bucket.noncurrentDays,
    abortUploadDays: bucket.abortUploadDays,
  };
}
