/** An Aurora PostgreSQL cluster, Serverless v2, for one service: it gets the URL as `AURORA_URL`. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { createConnectionUrl, postgresUrl } from "../../components/connection-url";
import { EncryptionKey } from "../../components/encryption-key";
import type { Extension, PlatformParts } from "../../components/extension";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { managedPolicyArn, MANAGED_POLICIES } from "../../platform/managed-policies";
import { serviceTrust } from "../../platform/policy-documents";

/** Key in `crm:services` of the service that uses the cluster. */
const SERVICE = "analytics";
const DATABASE = "reports";
const USER = "reports_owner";
const PORT = 5432;
/** A higher number sets a new password, which the service's tasks start with. */
const PASSWORD_VERSION = 1;

class Aurora extends pulumi.ComponentResource {
  /** The URL, for the service. */
  public readonly parameter: aws.ssm.Parameter;

  public constructor(
    name: string,
    private readonly parts: PlatformParts,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("crm:extension:Aurora", name, {}, opts);

    const { names, keys } = parts;
    const tags = parts.tagsOf("aurora");
    const key = new EncryptionKey(
      name,
      {
        alias: names.keyAlias("aurora"),
        description: "Storage and backups of the Aurora cluster",
        deletionWindowDays: parts.config.keys.deletionWindowDays,
        protect: parts.config.keys.protect,
        arns: parts.arns,
        tags,
      },
      { parent: this },
    );
    const password = new random.RandomPassword(
      name,
      { length: 40, special: false, keepers: { version: String(PASSWORD_VERSION) } },
      { parent: this },
    );
    const cluster = this.createCluster(name, key, password.result);
    const instances = this.createInstances(name, key, cluster);
    this.createAlarm(name, cluster);
    this.parameter = createConnectionUrl(
      name,
      {
        service: SERVICE,
        parameter: "aurora-url",
        url: pulumi.all([password.result, cluster.endpoint]).apply(([secret, host]) =>
          postgresUrl({
            ...{ host, port: PORT, database: DATABASE, user: USER, password: secret },
            sslMode: parts.config.database.sslMode,
          }),
        ),
        secretsKey: keys.secretsKey,
        names,
        tags,
      },
      { parent: this, dependsOn: instances },
    );
    this.registerOutputs({ parameterName: this.parameter.name });
  }

  private createCluster(
    name: string,
    key: EncryptionKey,
    password: pulumi.Output<string>,
  ): aws.rds.Cluster {
    const { names, network, keys } = this.parts;
    const tags = this.parts.tagsOf("aurora");
    const identifier = names.of("aurora");
    const subnets = new aws.rds.SubnetGroup(
      name,
      { namePrefix: names.of("aurora-"), subnetIds: network.databaseSubnetIds, tags },
      { parent: this },
    );
    // The family is the engine's and its major version's: Aurora User Guide, "Aurora PostgreSQL parameter groups".
    const parameters = new aws.rds.ClusterParameterGroup(
      name,
      {
        namePrefix: names.of("aurora-"),
        family: "aurora-postgresql16",
        parameters: [{ name: "rds.force_ssl", value: "1" }],
        tags,
      },
      { parent: this },
    );
    // Aurora would create it without a key, and keep it for ever.
    const log = new aws.cloudwatch.LogGroup(
      name,
      {
        name: `/aws/rds/cluster/${identifier}/postgresql`,
        retentionInDays: this.parts.config.database.logRetentionDays,
        kmsKeyId: keys.logsKey.arn,
        tags,
      },
      { parent: this },
    );
    // A snapshot of a deleted cluster keeps its name, which a second deletion could not use again.
    const snapshot = new random.RandomId(
      `${name}-final-snapshot`,
      { byteLength: 4 },
      { parent: this },
    );
    return new aws.rds.Cluster(
      name,
      {
        clusterIdentifier: identifier,
        engine: "aurora-postgresql",
        engineVersion: "16",
        // Less than 2 is too little memory for Performance Insights: Aurora User Guide, "Choosing the minimum Aurora Serverless v2
        // capacity setting for a cluster".
        serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 4 },
        // No storageType: Aurora Standard, with a price for each I/O. "aurora-iopt1" costs less once I/O is a quarter of the bill.
        databaseName: DATABASE,
        masterUsername: USER,
        masterPasswordWo: password,
        masterPasswordWoVersion: PASSWORD_VERSION,
        port: PORT,
        dbSubnetGroupName: subnets.name,
        dbClusterParameterGroupName: parameters.name,
        vpcSecurityGroupIds: [this.createSecurityGroup(name)],
        storageEncrypted: true,
        kmsKeyId: key.arn,
        iamDatabaseAuthenticationEnabled: true,
        enabledCloudwatchLogsExports: ["postgresql"],
        backupRetentionPeriod: 7,
        copyTagsToSnapshot: true,
        deletionProtection: true,
        finalSnapshotIdentifier: pulumi.interpolate`${identifier}-final-${snapshot.hex}`,
        tags: { ...tags, Name: identifier },
      },
      { parent: this, protect: true, dependsOn: [log] },
    );
  }

  /** A writer, and a reader in another zone that takes its place. */
  private createInstances(
    name: string,
    key: EncryptionKey,
    cluster: aws.rds.Cluster,
  ): pulumi.Resource[] {
    const identifier = this.parts.names.of("aurora");
    const monitoring = this.createMonitoringRole(name);
    return ["a", "b"].map(
      (one) =>
        new aws.rds.ClusterInstance(
          `${name}-${one}`,
          {
            identifier: `${identifier}-${one}`,
            clusterIdentifier: cluster.id,
            engine: "aurora-postgresql",
            instanceClass: "db.serverless",
            publiclyAccessible: false,
            autoMinorVersionUpgrade: true,
            copyTagsToSnapshot: true,
            caCertIdentifier: this.parts.config.database.caCertificateIdentifier,
            monitoringInterval: 60,
            monitoringRoleArn: monitoring.roleArn,
            performanceInsightsEnabled: true,
            performanceInsightsKmsKeyId: key.arn,
            tags: this.parts.tagsOf("aurora"),
          },
          { parent: this, dependsOn: [monitoring.ready] },
        ),
    );
  }

  /** The role that publishes the operating system's metrics. */
  private createMonitoringRole(name: string) {
    const { names, arns, tagsOf } = this.parts;
    const roleName = names.of("aurora-monitoring", "role");
    const role = new aws.iam.Role(
      `${name}-monitoring`,
      {
        name: roleName,
        assumeRolePolicy: serviceTrust(
          arns,
          SERVICE_PRINCIPALS.rdsMonitoring,
          arns.regional("rds", "db:*"),
        ),
        tags: tagsOf("aurora"),
      },
      { parent: this },
    );
    const ready = new aws.iam.RolePolicyAttachment(
      `${name}-monitoring`,
      {
        role: role.name,
        policyArn: managedPolicyArn(arns, MANAGED_POLICIES.databaseMonitoring),
      },
      { parent: this },
    );
    return { roleArn: arns.role(roleName), ready };
  }

  /** Connections from tasks of services, and from nowhere else. */
  private createSecurityGroup(name: string): pulumi.Output<string> {
    const { network } = this.parts;
    const tags = this.parts.tagsOf("aurora");
    const group = new aws.ec2.SecurityGroup(
      name,
      { description: "Aurora cluster", vpcId: network.vpcId, tags: { ...tags, Name: name } },
      { parent: this },
    );
    const port = { ipProtocol: "tcp", fromPort: PORT, toPort: PORT, tags };
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-ecs`,
      {
        ...port,
        securityGroupId: group.id,
        referencedSecurityGroupId: network.ecsSecurityGroupId,
        description: "PostgreSQL from the services",
      },
      { parent: this },
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-from-ecs`,
      {
        ...port,
        securityGroupId: network.ecsSecurityGroupId,
        referencedSecurityGroupId: group.id,
        description: "PostgreSQL to the Aurora cluster",
      },
      { parent: this },
    );
    return group.id;
  }

  /** Source: Aurora User Guide, "Performance and scaling for Aurora Serverless v2": at 100 % the cluster has no more capacity to take. */
  private createAlarm(name: string, cluster: aws.rds.Cluster): void {
    const { names, eventing } = this.parts;
    new aws.cloudwatch.MetricAlarm(
      name,
      {
        name: names.alarm("aurora-capacity"),
        alarmDescription: "The Aurora cluster works at its greatest capacity: raise maxCapacity",
        namespace: "AWS/RDS",
        metricName: "ACUUtilization",
        statistic: "Average",
        dimensions: { DBClusterIdentifier: names.of("aurora") },
        period: 300,
        evaluationPeriods: 3,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 90,
        treatMissingData: "missing",
        alarmActions: [eventing.alarmTopicArn],
        okActions: [eventing.alarmTopicArn],
        tags: this.parts.tagsOf("aurora"),
      },
      { parent: this, dependsOn: [cluster] },
    );
  }
}

const extension: Extension = {
  beforeServices: (parts) => {
    const { parameter } = new Aurora("aurora", parts, parts.opts);
    const path = parts.names.parameter(SERVICE, "aurora-url");
    return {
      [SERVICE]: {
        parameterArns: { AURORA_URL: parts.arns.parameter(path) },
        secretVersions: { AURORA_URL: PASSWORD_VERSION },
        startAfter: [parameter],
      },
    };
  },
};

export default extension;
