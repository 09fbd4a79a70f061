/** What a stack's recovery is made of. */
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { RecoveryConfig } from "../../schema/recovery";
import type { NamedKey } from "../function";
import type { RegionWatchArgs } from "./region-watch";

export interface CrmRecoveryArgs {
  readonly config: RecoveryConfig;
  /** Whether the database is a replica of another region's, which is backed up there. @default no */
  readonly standsBy?: boolean;
  /** The primary database, by ARN built from names. */
  readonly databaseArn: string;
  /** The instance itself: its backups are replicated once it is there. */
  readonly database: readonly pulumi.Resource[];
  /** Whether it has automated backups of its own. @default yes */
  readonly keepsBackups?: boolean;
  /** Subnet group for restore tests of the database. */
  readonly databaseSubnetGroup: pulumi.Input<string>;
  /** Names of the buckets, by key in the stack file. */
  readonly bucketNames: Readonly<Record<string, pulumi.Output<string>>>;
  /** Alias of the buckets' key, with prefix. */
  readonly storageKeyAlias: string;
  /** Key of the copies, in the other region; needed where there are any. */
  readonly copiesKey?: { readonly arn: pulumi.Input<string> };
  /** Buckets that are copied, by key in the stack file. @default none */
  readonly replications?: RegionWatchArgs["replications"];
  /** Address that answers 200 while the platform of this region is well. */
  readonly healthUrl?: string;
  /** What has to be there for that answer: services, and the records of the address. @default nothing */
  readonly healthStartAfter?: readonly pulumi.Resource[];
  readonly observability: RegionWatchArgs["observability"];
  /** Lengths that the stack measured, for the ages that are normal. @default none */
  readonly measured?: RegionWatchArgs["measured"];
  /** Cluster whose configuration is written down. */
  readonly clusterName: string;
  /** Whether functions set executions aside, as `crm:eventing.reserveConcurrency` says. */
  readonly reserveConcurrency: boolean;
  /** Topic that is notified of failed backups; pass an output, so that the topic exists first. */
  readonly systemTopicArn: pulumi.Input<string>;
  /** Key of the function's queue and environment. */
  readonly messagingKey: NamedKey;
  readonly logsKey: NamedKey;
  readonly keyDeletionWindowDays: number;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}
