/**
 * The resource types whose loss is a loss of data, or of something that cannot be had again. Commands that
 * guard changes and the derivation of recovery share it.
 */
import type { Fact } from "./fact";

/** What makes a type stateful: RDS, S3 and the rest give back no data of a resource that is deleted. */
export const STATEFUL: Fact = {
  source: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/back-up-data.html",
  asOf: "2026-11-23",
};

/** Why a type is stateful and how to change it without losing what it holds. */
export interface StatefulType {
  /** What is gone when the resource is. */
  readonly holds: string;
  /** How to make a change that would replace the resource. */
  readonly safeWay: string;
  /** What holds and safe way are where a property has one of these values. */
  readonly where?: Pick<StatefulType, "holds" | "safeWay"> &
    Fact & { readonly property: string; readonly values: readonly string[] };
  /** The property that exists to ask for another value, and who says so: a rotation loses nothing. */
  readonly rotatedBy?: Fact & { readonly property: string };
  /** Where it begins empty in another region: why that is acceptable. */
  readonly lostWithTheRegion?: string;
}

/** Stateful types by token. */
export const STATEFUL_TYPES: Readonly<Record<string, StatefulType>> = {
  "aws:rds/instance:Instance": {
    holds: "the database and its automated backups",
    safeWay:
      "take a snapshot, create the new instance beside the old one from it, move the connection URLs, then remove the old one",
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    holds: "what the cache holds, sessions among it",
    safeWay:
      "create the new group beside the old one from a snapshot, move what connects to it, then remove the old one; a cold start is acceptable only outside working hours",
    lostWithTheRegion: "a cache begins empty in another region and is filled again by its users",
  },
  "aws:s3/bucket:Bucket": {
    holds: "every object and version in the bucket",
    safeWay:
      "create the bucket under its new name beside the old one, copy the objects with S3 Batch Replication, move the readers, then remove the old one",
  },
  "aws:kms/key:Key": {
    holds: "everything that was encrypted with it",
    safeWay:
      "add a second key, re-encrypt what the first one encrypted, then schedule the first one's deletion",
    where: {
      property: "keyUsage",
      values: ["SIGN_VERIFY", "GENERATE_VERIFY_MAC"],
      holds: "the key that signs; nothing is encrypted with it",
      safeWay:
        "add a second key, let what verifies trust both, sign with the second, then schedule the first one's deletion",
      source: "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
      asOf: "2026-11-29",
    },
  },
  "aws:secretsmanager/secret:Secret": {
    holds: "the secret's value and its versions",
    safeWay:
      "create the secret under its new name, move its readers, then delete the old one with its recovery window",
  },
  "aws:backup/vault:Vault": {
    holds: "every recovery point in the vault",
    safeWay:
      "add a second vault, let the plan write to both until the old recovery points have expired, then remove the first",
  },
  "aws:route53/zone:Zone": {
    holds: "the domain's records and its delegation",
    safeWay:
      "create the new zone, copy the records, change the delegation at the registrar, wait two days, remove the old one",
  },
  "aws:ecr/repository:Repository": {
    holds: "the images that running tasks and rollbacks start from",
    safeWay:
      "create the new repository, copy the images by digest, move the services, then remove the old one",
  },
  "aws:sqs/queue:Queue": {
    holds: "the messages that wait in it",
    safeWay:
      "create the new queue, move the senders, wait until the old one is empty, then remove it",
    lostWithTheRegion: "messages on their way are in the region's queues alone",
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    holds: "the log of the past days",
    safeWay: "export the group to a bucket first, or keep it with retainOnDelete",
  },
  "random:index/randomPassword:RandomPassword": {
    holds: "a generated credential",
    safeWay:
      "leave it as it is; to rotate it, raise its version in the stack's configuration, which changes everything that reads it in the same update",
    rotatedBy: {
      property: "keepers",
      source: "https://www.pulumi.com/registry/packages/random/api-docs/randompassword/",
      asOf: "2026-11-29",
    },
  },
};
