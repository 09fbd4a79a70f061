/** Wires the platform: reads the stack's configuration, creates the components, exports the outputs. */
import * as aws from "@pulumi/aws";

import { CrmCache } from "./components/cache";
import { CrmCluster } from "./components/cluster";
import { CrmCost } from "./components/cost";
import { CrmDatabase } from "./components/database";
import { CrmDns, CrmEdge, CrmEdgeLogs, CrmFirewall } from "./components/edge";
import { EncryptionKey, logServiceGrant } from "./components/encryption-key";
import { CrmEventing } from "./components/eventing";
import { CrmNetwork } from "./components/network";
import { CrmObservability, customMetricsLink } from "./components/observability";
import { boundRoles } from "./components/permissions-boundary";
import { CrmRecovery } from "./components/recovery";
import { CrmService, describeService } from "./components/service";
import { CrmStorage } from "./components/storage";
import { loadConfig } from "./config";
import { Arns } from "./platform/arns";
import { consoleLinks } from "./platform/console-links";
import { functionDatabases } from "./platform/function-database";
import { resolveLinks } from "./platform/link-resolver";
import { Names } from "./platform/names";
import { ORIGIN_SECRET } from "./platform/origin-header";
import { mapped } from "./platform/records";
import { componentTags, stackTags } from "./platform/tags";

const config = loadConfig();
const names = new Names({ application: "crm", ...config.naming });
const arns = new Arns({ partition: "aws", region: config.region, accountId: config.accountId });
const tagging = { ...config.tags, environment: config.environment };
const tags = (component: string) => componentTags(tagging, component);
const isPrimary = config.edge.role === "primary";

if (config.permissionsBoundary !== undefined) {
  boundRoles(arns.policy(config.permissionsBoundary));
}

const provider = new aws.Provider("aws", {
  region: config.region,
  allowedAccountIds: [config.accountId],
  defaultTags: { tags: stackTags(tagging) },
});
const opts = { providers: [provider] };

const logsKey = new EncryptionKey(
  "crm-logs",
  {
    alias: names.keyAlias("logs"),
    description: "Log groups",
    deletionWindowDays: config.keys.deletionWindowDays,
    protect: config.keys.protect,
    services: [logServiceGrant(arns)],
    arns,
    tags: tags("observability"),
  },
  opts,
);

const secretsKey = new EncryptionKey(
  "crm-secrets",
  {
    alias: names.keyAlias("secrets"),
    description: "Secrets and parameters",
    deletionWindowDays: config.keys.deletionWindowDays,
    protect: config.keys.protect,
    arns,
    tags: tags("database"),
  },
  opts,
);

const network = new CrmNetwork(
  "crm",
  {
    ...config.network,
    cloudFrontPrefixListId: config.edge.restrictOrigin
      ? config.network.cloudFrontPrefixListId
      : undefined,
    logsKey,
    names,
    arns,
    tags: tags("network"),
  },
  opts,
);

const storage = new CrmStorage(
  "crm-storage",
  {
    config: config.storage,
    loadBalancerLogsPrefix: config.cluster.loadBalancer.accessLogsPrefix,
    names,
    arns,
    tags,
  },
  opts,
);

const eventing = new CrmEventing(
  "crm-eventing",
  {
    config: config.eventing,
    buckets: storage.bucketNames,
    storage: {
      keyAlias: storage.keyAlias,
      managedBuckets: storage.managedBuckets,
      adopted: config.storage.adopted,
    },
    network: {
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [network.functionsSecurityGroupId],
    },
    logsKey,
    secretsKeyAlias: secretsKey.aliasName,
    names,
    arns,
    tags: tags("eventing"),
  },
  opts,
);

const copiesRegion = config.recovery.region;
const copiesKey =
  copiesRegion === undefined
    ? undefined
    : new EncryptionKey(
        "crm-copies",
        {
          alias: names.keyAlias("copies"),
          description: "Copies of backups and secrets for the recovery of the platform",
          deletionWindowDays: config.keys.deletionWindowDays,
          protect: config.keys.protect,
          region: copiesRegion,
          arns: arns.inRegion(copiesRegion),
          tags: tags("recovery"),
        },
        opts,
      );

const database = new CrmDatabase(
  "crm-database",
  {
    ...config.database,
    urls: [
      ...Object.entries(config.database.urls).map(([service, instance]) => ({
        service,
        database: instance,
      })),
      ...functionDatabases(config.eventing.functions),
    ],
    databaseSubnetIds: network.databaseSubnetIds,
    subnetZones: config.network.availabilityZones,
    securityGroupId: network.rdsSecurityGroupId,
    secretCopy: copiesKey && { region: copiesRegion!, keyArn: copiesKey.arn },
    systemTopicArn: eventing.topics["system-notifications"]!.arn,
    logsKey,
    secretsKey,
    names,
    arns,
    tags: tags("database"),
  },
  opts,
);

const cache = new CrmCache(
  "crm-cache",
  {
    ...config.cache,
    databaseSubnetIds: network.databaseSubnetIds,
    securityGroupId: network.elasticacheSecurityGroupId,
    notificationTopicArn: eventing.topics["notifications"]!.arn,
    logsKey,
    secretsKey,
    names,
    arns,
    tags: tags("cache"),
  },
  opts,
);

const edgeLogs = new CrmEdgeLogs(
  "crm-edge-logs",
  {
    global: isPrimary,
    logsKey,
    keyDeletionWindowDays: config.keys.deletionWindowDays,
    protect: config.keys.protect,
    names,
    arns,
    tags: tags("edge"),
  },
  opts,
);

const dns = new CrmDns(
  "crm-dns",
  {
    config: config.edge,
    logs: edgeLogs,
    keyDeletionWindowDays: config.keys.deletionWindowDays,
    names,
    arns,
    tags: tags("edge"),
  },
  opts,
);

const firewall = new CrmFirewall(
  "crm-firewall",
  {
    config: config.edge,
    originSecret: config.secrets.get(ORIGIN_SECRET),
    logs: edgeLogs,
    names,
    region: config.region,
    tags: tags("edge"),
  },
  opts,
);

const cluster = new CrmCluster(
  "crm-cluster",
  {
    config: config.cluster,
    vpcId: network.vpcId,
    publicSubnetIds: network.publicSubnetIds,
    privateSubnetIds: network.privateSubnetIds,
    albSecurityGroupId: network.albSecurityGroupId,
    certificateArn: config.cluster.loadBalancer.certificateArn ?? dns.loadBalancerCertificateArn,
    host: dns.hosts.origin,
    accessLogsBucket: storage.accessLogsBucketName,
    startAfter: [storage.accessLogsPolicy],
    webAclArn: firewall.loadBalancerAcl?.arn,
    originHeader: firewall.originHeader,
    logsKey,
    keyDeletionWindowDays: config.keys.deletionWindowDays,
    protect: config.keys.protect,
    names,
    arns,
    tags: tags("network"),
  },
  opts,
);

const recovery = new CrmRecovery(
  "crm-recovery",
  {
    config: config.recovery,
    databaseArn: database.primaryArn,
    database: database.instances,
    databaseSubnetGroup: database.subnetGroupName,
    bucketNames: storage.bucketNames,
    storageKeyAlias: storage.keyAlias,
    copiesKey,
    clusterName: cluster.clusterName,
    systemTopicArn: eventing.topics["system-notifications"]!.arn,
    messagingKey: { arn: eventing.keyArn, aliasName: eventing.keyAlias },
    logsKey,
    keyDeletionWindowDays: config.keys.deletionWindowDays,
    names,
    arns,
    tags: tags("recovery"),
  },
  opts,
);

const linkKeys = {
  storage: storage.keyAlias,
  messaging: eventing.keyAlias,
  managedBuckets: storage.managedBuckets,
  adopted: config.storage.adopted,
};
const services = mapped(
  config.services,
  (service, key) =>
    new CrmService(
      `crm-${key}`,
      {
        service: key,
        config: service,
        platform: cluster.platform,
        vpcId: network.vpcId,
        privateSubnetIds: network.privateSubnetIds,
        ecsSecurityGroupId: network.ecsSecurityGroupId,
        links: [
          ...resolveLinks(arns, names, linkKeys, service.links),
          customMetricsLink(config.observability.metricNamespace),
        ],
        secretValues: config.secrets.all,
        secretVersions: { DB_URL: database.passwordVersion, REDIS_URL: cache.tokenVersion },
        // Its own only: who does not read from the replica need not wait for it.
        startAfter: [database, cache].flatMap(({ parameters }) => parameters[key] ?? []),
        beforeUpdate: recovery.beforeUpdate,
        alarmTopicArn: arns.topic(names.of("alert-notifications")),
        runbooks: config.observability.runbooks,
        logsKey,
        secretsKey,
        protect: config.keys.protect,
        names,
        arns,
        tags: tags(key),
      },
      opts,
    ),
);

const edge = new CrmEdge(
  "crm-edge",
  {
    config: config.edge,
    hosts: dns.hosts,
    zoneId: dns.zoneId,
    loadBalancer: { dnsName: cluster.loadBalancerDnsName, zoneId: cluster.loadBalancerZoneId },
    primary: isPrimary
      ? {
          viewerCertificateArn: dns.viewerCertificateArn!,
          webAclArn: firewall.edgeAcl!.arn,
          originHeader: firewall.originHeader,
          assets: { bucketName: names.bucket(config.edge.assetsBucket), region: config.region },
          assetsCopy: copyOf(config.edge.assetsBucket),
          assetsStartAfter: storage.startWriting[config.edge.assetsBucket]!,
          rules: Object.values(services).flatMap(({ listenerRules }) => listenerRules),
          accessLogsBucketArn: arns.bucket(storage.accessLogsBucketName),
          logsStartAfter: [storage.accessLogsPolicy],
        }
      : undefined,
    startAfter: Object.values(services).map(({ ecsService }) => ecsService),
    names,
    tags: tags("edge"),
  },
  opts,
);

const { allocatedStorage } = config.database;
const observability = new CrmObservability(
  "crm-observability",
  {
    config: config.observability,
    alarmTopicArn: eventing.topics["alert-notifications"]!.arn,
    clusterName: cluster.clusterName,
    loadBalancerArnSuffix: cluster.loadBalancerArnSuffix,
    services,
    databases: database.watched.map((instance) => ({ ...instance, allocatedStorage })),
    databaseLogGroupNames: database.logGroupNames,
    cacheNodes: cache.memberClusterIds,
    queues: eventing.queues,
    deadLetterQueueNames: [...eventing.deadLetterQueueNames, ...recovery.deadLetterQueueNames],
    functions: {
      ...eventing.functions,
      ...recovery.functions,
      "deployment-gate": cluster.gateFunction,
    },
    backupVaultNames: recovery.vaultNames,
    natGatewayIds: Array.from({ length: network.natGatewayCount }, (_, index) =>
      network.natGatewayIds.apply((ids) => ids[index]!),
    ),
    flowLogGroupName: network.flowLogGroupName,
    distributions: edge.distributions && {
      app: edge.distributions.app.id,
      api: edge.distributions.api.id,
    },
    healthCheckId: edge.healthCheckId,
    logsKey,
    keyDeletionWindowDays: config.keys.deletionWindowDays,
    protect: config.keys.protect,
    names,
    arns,
    tags: tags("observability"),
  },
  opts,
);

new CrmCost(
  "crm-cost",
  { ...config.cost, environment: config.environment, names, tags: tags("observability") },
  opts,
);

/** Where a bucket's copies are. */
function copyOf(bucket: string) {
  const replication = storage.replications[bucket];
  return replication && { bucketName: replication.destination, region: replication.region };
}

export const vpcId = network.vpcId;
export const databaseAddress = database.primaryAddress;
export const cacheAddress = cache.address;
export const loadBalancerDnsName = cluster.loadBalancerDnsName;
export const loadBalancerZoneId = cluster.loadBalancerZoneId;
export const hosts = dns.hosts;
export const zoneId = dns.zoneId;
export const nameServers = dns.nameServers;
export const dsRecord = dns.dsRecord;
export const replicatedBackupsArn = recovery.replicatedBackupsArn;
export const originHeaderValue = firewall.originHeader?.value;
export const dashboardName = observability.dashboardName;
export const consoleUrls = consoleLinks({
  region: config.region,
  clusterName: cluster.clusterName,
  services,
  dashboardName: observability.dashboardName,
});
export const serviceSummaries = mapped(services, ({ summary }) => describeService(summary));
