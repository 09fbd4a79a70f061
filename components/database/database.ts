import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { DATABASE_TASK } from "../../platform/database-logins";
import type { DatabaseUrl } from "../../platform/function-database";
import { placeTags } from "../../platform/tags";
import { createConnectionUrl, postgresUrl } from "../connection-url";
import { EncryptionKey } from "../encryption-key";
import type { BackedUpDatabase, CrmDatabaseArgs, WatchedDatabases } from "./database-args";
import { checkDatabase } from "./database-checks";
import { createDatabaseEvents } from "./database-events";
import {
  DATABASE_LOGS,
  databaseLogGroup,
  INSTANCE_TIMEOUTS,
  origin,
  sharedInstanceInputs,
} from "./database-instance";
import { createMasterSecret, createPassword } from "./database-login";
import { createLogins, type Login } from "./database-logins";
import { primaryArnOf, primaryIdentifierOf, replicaIdentifierOf } from "./database-names";
import {
  createDatabaseLogs,
  createMonitoringRole,
  createParameterGroups,
  type MonitoringRole,
} from "./database-support";
import { ReadReplica } from "./read-replica";
import { watchedInstances } from "./watched-instances";

/**
 * The PostgreSQL database: a primary with a standby in another zone, a read replica, the owner's password
 * and a connection URL for each service.
 *
 * The password is generated and passed write-only: no refresh reads it back, and Pulumi's state holds it as a
 * secret. Raising `passwordVersion` makes a new one and rewrites secret and URLs in the same update; connections that
 * are open stay so.
 */
export class CrmDatabase extends pulumi.ComponentResource {
  public readonly primaryIdentifier: string;
  /** Built from names: known before the instance exists. */
  public readonly primaryArn: string;
  /** None without a replica. */
  public readonly replicaIdentifier: string | undefined;
  public readonly replicaArn: string | undefined;
  /** Host name of the primary; it stays the same over a failover. */
  public readonly primaryAddress: pulumi.Output<string>;
  public readonly replicaAddress: pulumi.Output<string> | undefined;
  /** Subnet group of the primary. */
  public readonly subnetGroupName: pulumi.Output<string>;
  public readonly port: number;
  public readonly databaseName: string;
  public readonly keyArn: pulumi.Output<string>;
  public readonly keyAlias: string;
  public readonly masterSecretName: string;
  public readonly masterSecretArn: pulumi.Output<string>;
  /** By service or function: one restarts when the version of its URL changes. */
  public readonly urlVersions: Readonly<Record<string, number>>;
  public readonly logGroupNames: readonly string[];
  /** The URLs' parameters, by service or function: its tasks start after its own. */
  public readonly parameters: Readonly<Record<string, pulumi.Resource>>;
  /** Values for the alarms. */
  public readonly watched: WatchedDatabases;
  /** What a game day fails over, and whether another zone has its standby. */
  public readonly failover: { readonly identifier: string; readonly multiAz: boolean };
  /** What backups are taken of; they wait for the instances, which they name by identifier. */
  public readonly backedUp: BackedUpDatabase;

  private readonly instances: readonly pulumi.Resource[];

  private readonly password: pulumi.Output<string>;

  public constructor(
    private readonly name: string,
    args: CrmDatabaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:CrmDatabase", name, {}, opts);

    checkDatabase(this, args);
    this.primaryIdentifier = primaryIdentifierOf(args.names);
    this.primaryArn = primaryArnOf(args.arns, args.names);
    this.failover = { identifier: this.primaryIdentifier, multiAz: args.multiAz };
    this.port = args.port;
    this.databaseName = args.databaseName;

    const key = this.createKey(args);
    this.keyArn = key.arn;
    this.keyAlias = key.aliasName;
    this.password = createPassword(`${this.name}-master`, args.passwordVersion, { parent: this });
    const monitoring = this.createMonitoring(args);

    const parameterGroup = this.createPrimaryParameters(args);
    const primary = this.createPrimary(args, parameterGroup, monitoring);
    this.primaryAddress = primary.address;
    this.subnetGroupName = primary.dbSubnetGroupName;
    const replica = args.replica.enabled
      ? this.createReplica(args, primary, monitoring)
      : undefined;
    this.replicaIdentifier = replica && replicaIdentifierOf(args.names);
    this.replicaArn = replica && args.arns.regional("rds", `db:${replicaIdentifierOf(args.names)}`);
    this.replicaAddress = replica?.address;
    this.instances = replica ? [primary, replica.instance] : [primary];
    this.logGroupNames = this.logGroups(replica);
    const databases = watchedInstances(args, primary, replica?.instance);
    this.watched = { databases, databaseLogGroupNames: this.logGroupNames };
    this.backedUp = {
      databaseArn: this.primaryArn,
      database: this.instances,
      keepsBackups: args.backupRetentionPeriod > 0,
      databaseSubnetGroup: this.subnetGroupName,
    };

    this.masterSecretName = args.names.of("database-master", "secret");
    this.masterSecretArn = this.createMasterSecret(args);
    ({ versions: this.urlVersions, parameters: this.parameters } = this.createUrls(args));
    this.createEvents(args, [parameterGroup.name, replica?.parameterGroupName ?? []].flat());

    this.registerOutputs({
      primaryIdentifier: this.primaryIdentifier,
      primaryArn: this.primaryArn,
      replicaIdentifier: this.replicaIdentifier,
      replicaArn: this.replicaArn,
      primaryAddress: this.primaryAddress,
      replicaAddress: this.replicaAddress,
      subnetGroupName: this.subnetGroupName,
      port: this.port,
      databaseName: this.databaseName,
      keyArn: this.keyArn,
      keyAlias: this.keyAlias,
      masterSecretName: this.masterSecretName,
      masterSecretArn: this.masterSecretArn,
      urlVersions: this.urlVersions,
      logGroupNames: this.logGroupNames,
    });
  }

  private logGroups(replica: ReadReplica | undefined): string[] {
    return [
      ...DATABASE_LOGS.map((log) => databaseLogGroup(this.primaryIdentifier, log)),
      ...(replica?.logGroupNames ?? []),
    ];
  }

  private createMasterSecret(args: CrmDatabaseArgs): pulumi.Output<string> {
    return createMasterSecret(
      `${this.name}-master`,
      {
        ...args,
        secretName: this.masterSecretName,
        identifier: this.primaryIdentifier,
        address: this.primaryAddress,
        password: this.password,
      },
      { parent: this },
    );
  }

  /** The parameters with the URLs, and the versions of the logins in them. */
  private createUrls(args: CrmDatabaseArgs) {
    const loginFor = createLogins(this.name, args, this.password, { parent: this });
    const versions = Object.fromEntries(
      args.urls.map(({ service }) => [service, loginFor(service).version]),
    );
    const parameters = Object.fromEntries(
      args.urls.map((url) => [url.service, this.createUrl(args, url, loginFor(url.service))]),
    );
    if (args.task !== undefined) {
      const owner = { user: args.masterUsername, password: this.password };
      this.createUrl(args, { service: DATABASE_TASK, database: "primary" }, owner);
    }
    return { versions, parameters };
  }

  private createEvents(
    args: CrmDatabaseArgs,
    parameterGroups: readonly pulumi.Input<string>[],
  ): void {
    createDatabaseEvents(
      this.name,
      {
        ...args,
        identifiers: [this.primaryIdentifier, this.replicaIdentifier ?? []].flat(),
        parameterGroups,
      },
      { parent: this },
      this.instances,
    );
  }

  private createKey(args: CrmDatabaseArgs): EncryptionKey {
    return new EncryptionKey(
      this.name,
      {
        alias: args.names.keyAlias("database"),
        description: "Storage, backups and query statistics of the CRM database",
        deletionWindowDays: args.keyDeletionWindowDays,
        protect: args.protect,
        arns: args.arns,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createMonitoring(args: CrmDatabaseArgs): MonitoringRole | undefined {
    return args.monitoringInterval === 0
      ? undefined
      : createMonitoringRole(`${this.name}-monitoring`, args, { parent: this });
  }

  private createPrimaryParameters(args: CrmDatabaseArgs): aws.rds.ParameterGroup {
    return createParameterGroups(
      `${this.name}-primary`,
      {
        namePrefix: args.names.of("db-primary-"),
        description: "Primary of the CRM database",
        engineVersion: args.engineVersion,
        otherEngineVersion: args.otherEngineVersion,
        parameters: args.parameters,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createPrimary(
    args: CrmDatabaseArgs,
    parameterGroup: aws.rds.ParameterGroup,
    monitoring: MonitoringRole | undefined,
  ): aws.rds.Instance {
    const name = `${this.name}-primary`;
    const subnetGroup = this.createSubnetGroup(
      name,
      args.subnetGroupName === undefined
        ? { namePrefix: args.names.of("db-subnet-group-") }
        : { name: args.subnetGroupName },
      args,
      args.availabilityZones,
    );
    const logs = this.createPrimaryLogs(name, args);
    return new aws.rds.Instance(
      name,
      {
        ...sharedInstanceInputs({
          ...args,
          identifier: this.primaryIdentifier,
          keyArn: this.keyArn,
          monitoringRoleArn: monitoring?.arn,
          tags: { ...args.tags, ...placeTags(args) },
        }),
        kmsKeyId: this.keyArn,
        engine: "postgres",
        engineVersion: args.engineVersion,
        allowMajorVersionUpgrade: args.allowMajorVersionUpgrade,
        instanceClass: args.instanceClass,
        ...origin(args, this.password),
        // No zone: RDS moves a Multi-AZ primary between those of its subnet group.
        multiAz: args.multiAz,
        publiclyAccessible: false,
        dbSubnetGroupName: subnetGroup.name,
        parameterGroupName: parameterGroup.name,
        backupRetentionPeriod: args.backupRetentionPeriod,
        backupWindow: args.backupWindow,
        deleteAutomatedBackups: args.deleteAutomatedBackups,
        ...this.finalSnapshot(args),
      },
      {
        parent: this,
        protect: args.protect,
        dependsOn: [...logs, ...(monitoring ? [monitoring.ready] : [])],
        hooks: args.beforeUpdate && { beforeUpdate: [...args.beforeUpdate] },
        // Both matter only at creation: a later change would replace the database. A restored database
        // keeps the key of its backups, because RDS accepts no key in a restore.
        ignoreChanges: ["kmsKeyId", ...(args.restore ? ["restoreToPointInTime"] : [])],
        customTimeouts: INSTANCE_TIMEOUTS,
      },
    );
  }

  private createPrimaryLogs(name: string, args: CrmDatabaseArgs): aws.cloudwatch.LogGroup[] {
    return createDatabaseLogs(
      name,
      {
        identifier: this.primaryIdentifier,
        retentionDays: args.logRetentionDays,
        logsKey: args.logsKey,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  /** The name has a random suffix, because AWS keeps snapshots and accepts each name only once. */
  private finalSnapshot(
    args: CrmDatabaseArgs,
  ): Pick<aws.rds.InstanceArgs, "skipFinalSnapshot" | "finalSnapshotIdentifier"> {
    const suffix = new random.RandomId(
      `${this.name}-final-snapshot`,
      { byteLength: 4, keepers: { identifier: this.primaryIdentifier } },
      { parent: this },
    );
    return {
      skipFinalSnapshot: args.skipFinalSnapshot,
      finalSnapshotIdentifier: pulumi.interpolate`${this.primaryIdentifier}-final-${suffix.hex}`,
    };
  }

  /** The subnets of some zones: RDS places an instance only in a subnet of its group. */
  private createSubnetGroup(
    name: string,
    named: { readonly name: string } | { readonly namePrefix: string },
    args: CrmDatabaseArgs,
    zones: readonly string[],
  ): aws.rds.SubnetGroup {
    const indexes = zones.map((zone) => args.subnetZones.indexOf(zone));
    return new aws.rds.SubnetGroup(
      name,
      {
        ...named,
        description: `Database subnets in ${zones.join(", ")}`,
        subnetIds: pulumi
          .output(args.databaseSubnetIds)
          .apply((ids) => indexes.map((index) => ids[index]!)),
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private createReplica(
    args: CrmDatabaseArgs,
    primary: aws.rds.Instance,
    monitoring: MonitoringRole | undefined,
  ): ReadReplica {
    const name = `${this.name}-replica`;
    // RDS requires two zones in every group; the instance's own zone is set by name.
    const subnetGroup = this.createSubnetGroup(
      name,
      { namePrefix: args.names.of("db-replica-subnets-") },
      args,
      args.subnetZones,
    );
    return new ReadReplica(
      name,
      {
        ...args,
        ...args.replica,
        identifier: replicaIdentifierOf(args.names),
        // The URN is known in a first preview: so is the ARN, and the dependency is still recorded.
        sourceArn: primary.urn.apply(() => this.primaryArn),
        parameterGroupPrefix: args.names.of("db-replica-"),
        subnetGroupName: subnetGroup.name,
        keyArn: this.keyArn,
        monitoringRoleArn: monitoring?.arn,
        startAfter: [primary, ...(monitoring ? [monitoring.ready] : [])],
      },
      { parent: this },
    );
  }

  private createUrl(
    args: CrmDatabaseArgs,
    { service, database }: DatabaseUrl,
    login: Pick<Login, "user" | "password">,
  ): aws.ssm.Parameter {
    const address = database === "replica" ? this.replicaAddress! : this.primaryAddress;
    const url = pulumi.all([login.password, address]).apply(([password, host]) =>
      postgresUrl({
        host,
        port: args.port,
        database: args.databaseName,
        user: login.user,
        password,
        sslMode: args.sslMode,
        sslRootCertificate: args.sslRootCertificate,
      }),
    );
    return createConnectionUrl(
      this.name,
      { ...args, service, parameter: "database-url", url },
      { parent: this },
    );
  }
}
