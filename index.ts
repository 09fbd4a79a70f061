/** Wires the platform: reads the stack's configuration, creates the components, exports the outputs. */
import * as aws from "@pulumi/aws";

import { CrmCache } from "./components/cache";
import { CrmCluster } from "./components/cluster";
import { CrmCost } from "./components/cost";
import { CrmDatabase } from "./components/database";
import { CrmDns, CrmEdge, CrmEdgeLogs, CrmFirewall } from "./components/edge";
import {
  EncryptionKey,
  type EncryptionKeyArgs,
  logServiceGrant,
} from "./components/encryption-key";
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
import { databaseUrls } from "./platform/function-database";
import { resolveLinks } from "./platform/link-resolver";
import { Names } from "./platform/names";
import { ORIGIN_SECRET } from "./platform/origin-header";
import { mapped } from "./platform/records";
import { componentTags, stackTags } from "./platform/tags";

const config = loadConfig();
const { region } = config;
const names = new Names({ application: "crm", ...config.naming });
const arns = new Arns({ partition: "aws", region, accountId: config.accountId });
const tagging = { ...config.tags, environment: config.environment };
const tags = (component: string) => ({ tags: componentTags(tagging, component) });
const isPrimary = config.edge.role === "primary";

if (config.permissionsBoundary !== undefined) {
  boundRoles(arns.policy(config.permissionsBoundary));
}

const provider = new aws.Provider("aws", {
  region,
  allowedAccountIds: [config.accountId],
  defaultTags: { tags: stackTags(tagging) },
});
const opts = { providers: [provider] };

const encryptionKey = (
  name: string,
  args: Pick<EncryptionKeyArgs, "description" | "services" | "region" | "tags">,
) =>
  new EncryptionKey(
    `crm-${name}`,
    {
      ...{ alias: names.keyAlias(name), ...config.keys, ...args },
      arns: args.region === undefined ? arns : arns.inRegion(args.region),
    },
    opts,
  );
const logsKey = encryptionKey("logs", {
  description: "Log groups",
  services: [logServiceGrant(arns)],
  ...tags("observability"),
});
const secretsKey = encryptionKey("secrets", {
  description: "Secrets and parameters",
  ...tags("database"),
});

/** What most components get. */
const shared = {
  ...{ names, arns, logsKey, secretsKey, protect: config.keys.protect },
  keyDeletionWindowDays: config.keys.deletionWindowDays,
};

const { cloudFrontPrefixListId } = config.network;
const network = new CrmNetwork(
  "crm",
  {
    ...{ ...shared, ...config.network, ...tags("network") },
    cloudFrontPrefixListId: config.edge.restrictOrigin ? cloudFrontPrefixListId : undefined,
  },
  opts,
);

const storage = new CrmStorage(
  "crm-storage",
  {
    ...{ ...shared, config: config.storage, tags: (component) => tags(component).tags },
    loadBalancerLogsPrefix: config.cluster.loadBalancer.accessLogsPrefix,
  },
  opts,
);

const eventing = new CrmEventing(
  "crm-eventing",
  {
    ...{ ...shared, config: config.eventing, ...tags("eventing") },
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
    secretsKeyAlias: secretsKey.aliasName,
  },
  opts,
);
const systemTopicArn = eventing.topics["system-notifications"]!.arn;

const copiesRegion = config.recovery.region;
const copiesKey =
  copiesRegion === undefined
    ? undefined
    : encryptionKey("copies", {
        description: "Copies of backups and secrets for the recovery of the platform",
        region: copiesRegion,
        ...tags("recovery"),
      });

const database = new CrmDatabase(
  "crm-database",
  {
    ...{ ...shared, ...config.database, ...tags("database"), systemTopicArn },
    urls: databaseUrls(config.database.urls, config.eventing.functions),
    databaseSubnetIds: network.databaseSubnetIds,
    subnetZones: config.network.availabilityZones,
    securityGroupId: network.rdsSecurityGroupId,
    secretCopy: copiesKey && { region: copiesRegion!, keyArn: copiesKey.arn },
  },
  opts,
);

const cache = new CrmCache(
  "crm-cache",
  {
    ...{ ...shared, ...config.cache, ...tags("cache") },
    databaseSubnetIds: network.databaseSubnetIds,
    securityGroupId: network.elasticacheSecurityGroupId,
    notificationTopicArn: eventing.topics["notifications"]!.arn,
  },
  opts,
);

const edgeLogs = new CrmEdgeLogs(
  "crm-edge-logs",
  { ...shared, global: isPrimary, ...tags("edge") },
  opts,
);
const dns = new CrmDns(
  "crm-dns",
  { ...shared, config: config.edge, logs: edgeLogs, ...tags("edge") },
  opts,
);
const firewall = new CrmFirewall(
  "crm-firewall",
  {
    ...{ ...shared, config: config.edge, region, logs: edgeLogs, ...tags("edge") },
    originSecret: config.secrets.get(ORIGIN_SECRET),
  },
  opts,
);

const cluster = new CrmCluster(
  "crm-cluster",
  {
    ...{ ...shared, config: config.cluster, ...tags("network") },
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
  },
  opts,
);

const recovery = new CrmRecovery(
  "crm-recovery",
  {
    ...{ ...shared, config: config.recovery, ...tags("recovery"), copiesKey, systemTopicArn },
    databaseArn: database.primaryArn,
    database: database.instances,
    databaseSubnetGroup: database.subnetGroupName,
    bucketNames: storage.bucketNames,
    storageKeyAlias: storage.keyAlias,
    clusterName: cluster.clusterName,
    messagingKey: { arn: eventing.keyArn, aliasName: eventing.keyAlias },
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
        ...{ ...shared, service: key, config: service, ...tags(key) },
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
      },
      opts,
    ),
);

const { assetsBucket } = config.edge;
const edge = new CrmEdge(
  "crm-edge",
  {
    ...{ ...shared, config: config.edge, hosts: dns.hosts, zoneId: dns.zoneId, ...tags("edge") },
    loadBalancer: { dnsName: cluster.loadBalancerDnsName, zoneId: cluster.loadBalancerZoneId },
    primary: isPrimary
      ? {
          viewerCertificateArn: dns.viewerCertificateArn!,
          webAclArn: firewall.edgeAcl!.arn,
          originHeader: firewall.originHeader,
          assets: { bucketName: names.bucket(assetsBucket), region },
          assetsCopy: storage.copies[assetsBucket],
          assetsStartAfter: storage.startWriting[assetsBucket]!,
          rules: Object.values(services).flatMap(({ listenerRules }) => listenerRules),
          accessLogsBucketArn: arns.bucket(storage.accessLogsBucketName),
          logsStartAfter: [storage.accessLogsPolicy],
        }
      : undefined,
    startAfter: Object.values(services).map(({ ecsService }) => ecsService),
  },
  opts,
);

const observability = new CrmObservability(
  "crm-observability",
  {
    ...{ ...shared, config: config.observability, services, ...tags("observability") },
    alarmTopicArn: eventing.topics["alert-notifications"]!.arn,
    clusterName: cluster.clusterName,
    loadBalancerArnSuffix: cluster.loadBalancerArnSuffix,
    databases: database.watched,
    databaseLogGroupNames: database.logGroupNames,
    cacheNodes: cache.memberClusterIds,
    cacheCluster: cache.cluster,
    queues: eventing.queues,
    deadLetterQueueNames: [...eventing.deadLetterQueueNames, ...recovery.deadLetterQueueNames],
    functions: {
      ...{ ...eventing.functions, ...recovery.functions },
      "deployment-gate": cluster.gateFunction,
    },
    backupVaultNames: recovery.vaultNames,
    replications: storage.replications,
    natGatewayIds: network.natGatewayIds,
    flowLogGroupName: network.flowLogGroupName,
    distributions: edge.distributionIds,
    healthCheckId: edge.healthCheckId,
    firewalls: {
      edge: firewall.edgeAcl?.aclName,
      loadBalancer: firewall.loadBalancerAcl?.aclName,
    },
    signedZoneId: dns.dsRecord && dns.zoneId,
  },
  opts,
);

new CrmCost(
  "crm-cost",
  { ...shared, ...config.cost, environment: config.environment, ...tags("observability") },
  opts,
);

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
  region,
  clusterName: cluster.clusterName,
  services,
  dashboardName: observability.dashboardName,
});
export const serviceSummaries = mapped(services, ({ summary }) => describeService(summary));
