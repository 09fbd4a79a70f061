/** What is watched. */
import type * as pulumi from "@pulumi/pulumi";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { Hours } from "../../schema/hours";
import type { ObservabilityConfig } from "../../schema/observability";
import type { Id, ReplicationRule, TargetGroups } from "../alarm";
import type { WatchedFunction } from "../function";
import type { WatchedInstance } from "./alarms/data";
import type { WatchedTasks } from "./alarms/work";
import type { CustomerService } from "./customers-alarm";
import type { LoggingService } from "./metric-filters";

/** A service as it is watched; a CrmService is one. */
export interface WatchedService extends WatchedTasks, LoggingService, CustomerService {
  readonly serviceName: string;
  readonly targetGroupArnSuffixes: TargetGroups;
  /** Families of its tasks that a clock starts. @default none */
  readonly taskFamilies?: readonly string[];
  /** Queues of tasks that could not be started. @default none */
  readonly deadLetterQueueNames?: readonly string[];
  /** Functions that its deployments call. @default none */
  readonly functions?: Readonly<Record<string, WatchedFunction>>;
  /** Its rollback alarms: errors, latency and health over both colours. */
  readonly alarmNames: readonly string[];
}

export interface CrmObservabilityArgs {
  /** The section of the stack's configuration: `crm:observability`. */
  readonly config: ObservabilityConfig;
  /** Topic, by ARN, that alarms and EventBridge publish to. */
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly clusterName: string;
  /** `arnSuffix`. */
  readonly loadBalancerArnSuffix: Id;
  readonly services: Readonly<Record<string, WatchedService>>;
  /** Primary first. */
  readonly databases: readonly WatchedInstance[];
  readonly databaseLogGroupNames: readonly string[];
  /** Nodes of the cache, and the cluster that they are of. @default none: there is no cache */
  readonly cacheNodes?: readonly string[];
  readonly cacheCluster?: pulumi.Resource;
  /** Queues by their key in the stack file. */
  readonly queues: Readonly<Record<string, { readonly name: string }>>;
  /** Besides those of services. */
  readonly deadLetterQueueNames: readonly string[];
  /** Functions by key, the platform's own among them; besides those of services. */
  readonly functions: Readonly<Record<string, WatchedFunction>>;
  /** As many ids as there are gateways. */
  readonly natGatewayIds: readonly Id[];
  /** None in a VPC whose flow logs are another owner's. */
  readonly flowLogGroupName: string | undefined;
  /** Ids of the distributions by name. @default none, as in a recovery stack */
  readonly distributions?: Readonly<Record<string, Id>>;
  /** Route 53's check of the primary region. @default none */
  readonly healthCheckId?: Id;
  /** Web ACLs of the distributions and of the load balancer, by name. @default none */
  readonly firewalls?: { readonly edge?: string; readonly loadBalancer?: string };
  /** Hosted zone that is signed (DNSSEC). @default none */
  readonly signedZoneId?: Id;
  /** Backup vaults of the stack, by name. @default none */
  readonly backupVaultNames?: readonly string[];
  /** Rules that copy buckets to another region, by the bucket's key. @default none */
  readonly replications?: Readonly<Record<string, ReplicationRule>>;
  /** When services run; at other times alarms that need tasks are muted. @default always */
  readonly hours?: Hours;
  /** Key of the log group and, where the stack sets it, of the account's traces. */
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  readonly keyDeletionWindowDays: number;
  /** Whether Pulumi refuses to delete a key. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}
