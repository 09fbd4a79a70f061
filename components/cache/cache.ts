import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { CACHE_LOGS, cacheFamily } from "../../facts/cache-engines";
import { CACHE_NODES, unlistedClass } from "../../facts/instance-families";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { CacheConfig } from "../../schema/cache";
import { createConnectionUrl, redisUrl } from "../connection-url";
import { EncryptionKey } from "../encryption-key";
import { createCacheScaling } from "./cache-scaling";

/**
 * Letters and digits of the token: 64 carry 380 bits. AUTH accepts 16 to 128 characters and few special characters.
 * Source: ElastiCache User Guide, "Authenticating with the AUTH command".
 */
const TOKEN_LENGTH = 64;

export interface CrmCacheArgs extends CacheConfig {
  /** Subnets without a way to the internet, in two zones at least. */
  readonly databaseSubnetIds: pulumi.Input<string[]>;
  readonly securityGroupId: pulumi.Input<string>;
  /** Key that encrypts log groups. */
  readonly logsKey: { readonly arn: pulumi.Input<string> };
  /** Key that encrypts the URLs. */
  readonly secretsKey: { readonly arn: pulumi.Input<string> };
  /**
   * Topic that ElastiCache reports events to. It cannot publish to an encrypted one; pass an output, so
   * that the topic exists first.
   */
  readonly notificationTopicArn: pulumi.Input<string>;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * The Redis cluster for sessions and cached data: shards with replicas in other zones, encrypted on disk
 * and on the way, with a token, daily snapshots and a number of shards that follows the memory in use.
 *
 * Clients have to speak Redis Cluster: they ask the configuration endpoint where a key is.
 */
export class CrmCache extends pulumi.ComponentResource {
  /** Known before the cluster exists. */
  public readonly replicationGroupId: string;
  /** Built from names. */
  public readonly arn: string;
  /** Host name of the configuration endpoint. */
  public readonly address: pulumi.Output<string>;
  public readonly port: number;
  /**
   * Ids of the nodes, which metrics go by: `crm-redis-cluster-0001-001`. Those that scaling may add are among
   * them, after those of the start.
   */
  public readonly memberClusterIds: readonly string[];
  /** What alarms look at: the nodes, and the cluster that an alarm on their silence waits for. */
  public readonly watched: {
    readonly cacheNodes: readonly string[];
    readonly cacheCluster: pulumi.Resource;
  };
  /** What a game day fails over; nothing without replicas in other zones. */
  public readonly failover: { readonly id: string } | undefined;
  /** None without encryption of what is stored. */
  public readonly keyArn: pulumi.Output<string> | undefined;
  public readonly keyAlias: string | undefined;
  /** What holds a URL restarts when it is raised. */
  public readonly tokenVersion: number;
  public readonly logGroupNames: readonly string[];
  /** The URLs' parameters, by service: its tasks start after its own. */
  public readonly parameters: Readonly<Record<string, pulumi.Resource>>;

  public constructor(
    private readonly name: string,
    args: CrmCacheArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmCache", name, {}, opts);

    const unlisted = unlistedClass(args.nodeType, CACHE_NODES[args.engine]);
    if (unlisted !== undefined) void pulumi.log.warn(`crm:cache.nodeType: ${unlisted}`, this);
    this.replicationGroupId = args.names.of("redis-cluster", "replicationGroup");
    this.arn = args.arns.regional("elasticache", `replicationgroup:${this.replicationGroupId}`);
    this.failover = args.multiAz ? { id: this.replicationGroupId } : undefined;
    this.port = args.port;
    this.tokenVersion = args.tokenVersion;
    this.memberClusterIds = memberClusterIds(this.replicationGroupId, args);
    this.logGroupNames = CACHE_LOGS.types.map((log) => this.logGroupName(log));

    const key = args.atRestEncryption ? this.createKey(args) : undefined;
    this.keyArn = key?.arn;
    this.keyAlias = key?.aliasName;
    const token = args.authToken ? this.createToken(args) : undefined;
    const cluster = this.createCluster(args, token);
    this.watched = { cacheNodes: this.memberClusterIds, cacheCluster: cluster };
    this.address = cluster.configurationEndpointAddress;
    if (args.memoryScaling) {
      createCacheScaling(
        name,
        {
          ...args.memoryScaling,
          replicationGroupId: this.replicationGroupId,
          policyName: args.names.of("redis-memory"),
          tags: args.tags,
        },
        { parent: this, dependsOn: [cluster] },
      );
    }
    this.parameters = Object.fromEntries(
      args.urls.map((service) => [service, this.createUrl(args, service, token)]),
    );

    this.registerOutputs({
      replicationGroupId: this.replicationGroupId,
      arn: this.arn,
      address: this.address,
      port: this.port,
      memberClusterIds: this.memberClusterIds,
      keyArn: this.keyArn,
      keyAlias: this.keyAlias,
      tokenVersion: this.tokenVersion,
      logGroupNames: this.logGroupNames,
    });
  }

  private createKey(args: CrmCacheArgs): EncryptionKey {
    return new EncryptionKey(
      this.name,
      {
        alias: args.names.keyAlias("cache"),
        description: "Storage and snapshots of the CRM cache",
        deletionWindowDays: args.keyDeletionWindowDays,
        protect: args.protect,
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createToken(args: CrmCacheArgs): pulumi.Output<string> {
    const token = new random.RandomPassword(
      `${this.name}-token`,
      { length: TOKEN_LENGTH, special: false, keepers: { version: String(args.tokenVersion) } },
      { parent: this },
    );
    return pulumi.secret(token.result);
  }

  private createCluster(
    args: CrmCacheArgs,
    token: pulumi.Output<string> | undefined,
  ): aws.elasticache.ReplicationGroup {
    const logs = this.createLogs(args);
    return new aws.elasticache.ReplicationGroup(
      this.name,
      {
        replicationGroupId: this.replicationGroupId,
        description: args.description,
        engine: args.engine,
        engineVersion: args.engineVersion,
        nodeType: args.nodeType,
        port: args.port,
        parameterGroupName: this.createParameterGroup(args).name,
        numNodeGroups: args.shards,
        replicasPerNodeGroup: args.numCacheNodes / args.shards - 1,
        multiAzEnabled: args.multiAz,
        automaticFailoverEnabled: args.automaticFailover,
        subnetGroupName: this.createSubnetGroup(args).name,
        securityGroupIds: [args.securityGroupId],
        atRestEncryptionEnabled: args.atRestEncryption,
        kmsKeyId: this.keyArn,
        transitEncryptionEnabled: args.transitEncryption,
        transitEncryptionMode: args.transitEncryption ? "required" : undefined,
        // Write-only: the provider does not read it back. Pulumi's state holds the first value, as a secret.
        authTokenWo: token,
        authTokenWoVersion: token && tokenRevision(args),
        authTokenUpdateStrategy: token && args.tokenUpdateStrategy,
        snapshotRetentionLimit: args.snapshotRetentionLimit,
        snapshotWindow: args.snapshotWindow,
        maintenanceWindow: args.maintenanceWindow,
        autoMinorVersionUpgrade: args.autoMinorVersionUpgrade,
        applyImmediately: args.applyImmediately,
        finalSnapshotIdentifier: args.skipFinalSnapshot ? undefined : this.finalSnapshotName(),
        notificationTopicArn: args.notificationTopicArn,
        logDeliveryConfigurations: CACHE_LOGS.types.map((log) => ({
          logType: log,
          logFormat: "json",
          destinationType: "cloudwatch-logs",
          destination: this.logGroupName(log),
        })),
        tags: { ...args.tags, Name: this.replicationGroupId },
      },
      {
        parent: this,
        protect: args.protect,
        dependsOn: logs,
        // Where there is scaling, it owns the number of shards.
        ignoreChanges: args.memoryScaling ? ["numNodeGroups"] : [],
        customTimeouts: { create: "90m", update: "120m", delete: "60m" },
      },
    );
  }

  private createLogs(args: CrmCacheArgs): aws.cloudwatch.LogGroup[] {
    return CACHE_LOGS.types.map(
      (log) =>
        new aws.cloudwatch.LogGroup(
          `${this.name}-${log}`,
          {
            name: this.logGroupName(log),
            retentionInDays: args.logRetentionDays,
            kmsKeyId: args.logsKey.arn,
            tags: args.tags,
          },
          { parent: this },
        ),
    );
  }

  private createSubnetGroup(args: CrmCacheArgs): aws.elasticache.SubnetGroup {
    return new aws.elasticache.SubnetGroup(
      `${this.name}-subnet-group`,
      {
        // Only a change of its name replaces it, so the name can stay fixed.
        name: args.names.of("cache-subnet-group"),
        description: "Subnets of the CRM cache",
        subnetIds: args.databaseSubnetIds,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createParameterGroup(args: CrmCacheArgs): aws.elasticache.ParameterGroup {
    return new aws.elasticache.ParameterGroup(
      `${this.name}-parameters`,
      {
        // A change of the family replaces it, new before old: the name carries the family.
        name: args.names.of(`cache-${parameterFamily(args).replace(".", "-")}`),
        description: "CRM cache",
        family: parameterFamily(args),
        parameters: [{ name: "cluster-enabled", value: "yes" }, ...args.parameters],
        tags: args.tags,
      },
      { parent: this },
    );
  }

  /** The name has a random suffix, because AWS keeps snapshots and accepts each name only once. */
  private finalSnapshotName(): pulumi.Output<string> {
    const suffix = new random.RandomId(
      `${this.name}-final-snapshot`,
      { byteLength: 4, keepers: { replicationGroup: this.replicationGroupId } },
      { parent: this },
    );
    return pulumi.interpolate`${this.replicationGroupId}-final-${suffix.hex}`;
  }

  private logGroupName(log: string): string {
    return `/aws/elasticache/${this.replicationGroupId}/${log}`;
  }

  private createUrl(
    args: CrmCacheArgs,
    service: string,
    token: pulumi.Output<string> | undefined,
  ): aws.ssm.Parameter {
    const url = pulumi
      .all([this.address, token])
      .apply(([host, value]) =>
        redisUrl({ host, port: args.port, tls: args.transitEncryption, token: value }),
      );
    return createConnectionUrl(
      this.name,
      { ...args, service, parameter: "redis-url", url },
      { parent: this },
    );
  }
}

/** `redis7` for Redis 7.0 and 7.1, `valkey8` for Valkey 8.0 to 8.2. */
function parameterFamily({ engine, engineVersion }: CrmCacheArgs): string {
  const family = cacheFamily(engine, engineVersion);
  if (family === undefined) {
    throw new Error(`ElastiCache has no parameter family for ${engine} ${engineVersion}.`);
  }
  return family;
}

/** Above every `tokenVersion`. */
const SET_REVISIONS = 1_000_000;

/** What the provider sends the token by: a new one, or the same one once more, for SET to drop the one before it. */
function tokenRevision({ tokenVersion, tokenUpdateStrategy }: CrmCacheArgs): number {
  return tokenUpdateStrategy === "SET" ? SET_REVISIONS + tokenVersion : tokenVersion;
}

/** ElastiCache names a cluster's nodes by shard and place in it, from 1, with leading zeros. */
function memberClusterIds(id: string, args: CrmCacheArgs): string[] {
  const { shards, numCacheNodes, memoryScaling } = args;
  const ordinal = (index: number, digits: number) => String(index + 1).padStart(digits, "0");
  return Array.from({ length: memoryScaling?.maxShards ?? shards }, (_, shard) =>
    Array.from(
      { length: numCacheNodes / shards },
      (__, node) => `${id}-${ordinal(shard, 4)}-${ordinal(node, 3)}`,
    ),
  ).flat();
}
