import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { REPLICATION_MINUTES } from "../../facts/duration-rows";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import type { Arns } from "../../platform/arns";
import {
  keyByAlias,
  policyDocument,
  serviceTrust,
  type Statement,
} from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";
import type { SecureBucket } from "./bucket";

/** A key by ARN and alias. */
export interface ReplicationKey {
  readonly arn: pulumi.Input<string>;
  /** Alias with its prefix. */
  readonly aliasName: string;
}

export interface BucketReplicationArgs {
  /** Bucket whose new objects are copied; versioned. */
  readonly source: SecureBucket;
  /** Bucket that gets the copies, in `region`; versioned. */
  readonly destination: SecureBucket;
  /** Region of the destination. */
  readonly region: string;
  /** Region of the source. @default the provider's */
  readonly sourceRegion?: string;
  /** Keys of both buckets. @default both are encrypted with keys that S3 manages */
  readonly keys?: { readonly source: ReplicationKey; readonly destination: ReplicationKey };
  /** Whether a deletion hides the copy too. */
  readonly deleteMarkers: boolean;
  /** Whether both buckets have an object lock: S3 then copies each version's retention as well. @default false */
  readonly locked?: boolean;
  /** Name of the role with which S3 copies. */
  readonly roleName: string;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * Copies every new object of a bucket to another region, 99.9 percent of them within minutes (replication
 * time control), and reports how far behind it is. Costs the transfer between regions and a fee for each GB.
 */
export class BucketReplication extends pulumi.ComponentResource {
  /** The rule's id: a dimension of the metrics of its delay. */
  public readonly ruleId = "all-objects";
  /** Objects that are written after this resource exists are copied. */
  public readonly config: aws.s3.BucketReplicationConfig;

  public constructor(
    name: string,
    args: BucketReplicationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:BucketReplication", name, {}, opts);

    const role = new aws.iam.Role(
      name,
      {
        name: args.roleName,
        description: `Copies ${args.source.bucketName} to ${args.destination.bucketName}`,
        assumeRolePolicy: serviceTrust(args.arns, SERVICE_PRINCIPALS.s3, args.source.bucketArn),
        tags: args.tags,
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      { name: "replication", role: role.name, policy: policyDocument(...statements(args)) },
      { parent: this },
    );
    const minutes = { status: "Enabled", minutes: REPLICATION_MINUTES };
    this.config = new aws.s3.BucketReplicationConfig(
      name,
      {
        ...(args.sourceRegion !== undefined && { region: args.sourceRegion }),
        bucket: args.source.name,
        role: role.arn,
        rules: [
          {
            id: this.ruleId,
            status: "Enabled",
            priority: 1,
            filter: { prefix: "" },
            deleteMarkerReplication: { status: args.deleteMarkers ? "Enabled" : "Disabled" },
            ...(args.keys !== undefined && {
              sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
            }),
            destination: {
              bucket: args.destination.bucketArn,
              ...(args.keys !== undefined && {
                encryptionConfiguration: { replicaKmsKeyId: args.keys.destination.arn },
              }),
              replicationTime: {
                status: minutes.status,
                time: { minutes: minutes.minutes },
              },
              metrics: { status: minutes.status, eventThreshold: { minutes: minutes.minutes } },
            },
          },
        ],
      },
      {
        parent: this,
        // S3 checks on creation that both buckets are versioned, and copies with what the role may then do.
        dependsOn: [policy, args.source.versioning, args.destination.versioning],
      },
    );
    this.registerOutputs({ ruleId: this.ruleId });
  }
}

/** Source: S3 User Guide, "Setting up permissions for live replication" and "Replicating encrypted objects". */
function statements(args: BucketReplicationArgs): Statement[] {
  const { source, destination } = args;
  return [
    {
      sid: "ReadConfiguration",
      actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
      resources: [source.bucketArn],
    },
    {
      sid: "ReadVersions",
      actions: [
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        // Source: S3 User Guide, "Object Lock considerations", replication.
        ...(args.locked === true ? ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] : []),
      ],
      resources: [`${source.bucketArn}/*`],
    },
    {
      sid: "WriteCopies",
      actions: [
        "s3:ReplicateObject",
        "s3:ReplicateTags",
        ...(args.deleteMarkers ? ["s3:ReplicateDelete"] : []),
      ],
      resources: [`${destination.bucketArn}/*`],
    },
    ...(args.keys === undefined
      ? []
      : [
          throughS3(
            args.arns,
            keyByAlias(args.arns, "DecryptSource", args.keys.source.aliasName, ["kms:Decrypt"]),
          ),
          throughS3(
            args.arns.inRegion(args.region),
            keyByAlias(
              args.arns.inRegion(args.region),
              "EncryptCopies",
              args.keys.destination.aliasName,
              ["kms:Encrypt", "kms:GenerateDataKey"],
            ),
          ),
        ]),
  ];
}

/** The same use of a key, but for S3 of the key's region only. */
function throughS3(arns: Arns, statement: Statement): Statement {
  return {
    ...statement,
    conditions: {
      ...statement.conditions,
      StringEquals: { "kms:ViaService": `s3.${arns.region}.amazonaws.com` },
    },
  };
}
