/** Wires the platform: reads the stack's configuration, creates the components, exports the outputs. */
import * as aws from "@pulumi/aws";

import { CrmCache } from "./components/cache";
import { CrmCluster } from "./components/cluster";
import { CrmCost } from "./components/cost";
import { CrmDatabase, primaryArnOf } from "./components/database";
import { CrmDatabaseTask } from "./components/database-task";
import { CrmDns, CrmEdge, CrmEdgeLogs, CrmFirewall, hostNames } from "./components/edge";
import { platformKeys } from "./components/encryption-key";
import { CrmEventing } from "./components/eventing";
import { CrmNetwork } from "./components/network";
import { CrmObservability, customMetricsLink } from "./components/observability";
import { boundRoles } from "./components/permissions-boundary";
import { backupBeforeChanges, CrmRecovery } from "./components/recovery";
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
const { region, accountId } = config;
const names = new Names({ application: "crm", ...config.naming });
const arns = new Arns({ partition: "aws", region, accountId });
const tagging = { ...config.tags, environment: config.environment };
const tagsOf = (component: string) => componentTags(tagging, component);

if (config.permissionsBoundary !== undefined) {
  boundRoles(arns.policy(config.permissionsBoundary));
}

const provider = new aws.Provider("aws", {
  region,
  allowedAccountIds: [accountId],
  defaultTags: { tags: stackTags(tagging) },
});
const opts = { providers: [provider] };

const keys = platformKeys(
  { ...config.keys, copiesRegion: config.recovery.region, names, arns, tags: tagsOf },
  opts,
);

/** What every component is handed: names, ARNs, keys, flags, and the tags of its own. */
const shared = (component: string) => ({
  names,
  arns,
  ...keys,
  protect: config.keys.protect,
  keyDeletionWindowDays: config.keys.deletionWindowDays,
  tags: tagsOf(component),
});

const { restrictOrigin, role, assetsBucket, domain, hosts: labels } = config.edge;
const network = new CrmNetwork(
  "crm",
  {
    ...shared("network"),
    ...config.network,
    cloudFrontPrefixListId: restrictOrigin ? config.network.cloudFrontPrefixListId : undefined,
  },
  opts,
);

const storage = new CrmStorage(
  "crm-storage",
  {
    ...shared("storage"),
    config: config.storage,
    appOrigin: `https://${hostNames(domain, labels).app}`,
    tags: tagsOf,
    loadBalancerLogsPrefix: config.cluster.loadBalancer.accessLogsPrefix,
  },
  opts,
);

const eventing = new CrmEventing(
  "crm-eventing",
  {
    ...shared("eventing"),
    config: config.eventing,
    buckets: storage.bucketNames,
    storage: storage.bucketKeys,
    network: network.functionNetwork,
  },
  opts,
);
const systemTopicArn = eventing.topics["system-notifications"]!.arn;

const beforeUpdate = backupBeforeChanges({
  config: config.recovery,
  databaseArn: primaryArnOf(arns, names),
  names,
  arns,
  tags: tagsOf("recovery"),
});

const database = new CrmDatabase(
  "crm-database",
  {
    ...shared("database"),
    ...config.database,
    urls: databaseUrls(config.database.urls, config.eventing.functions),
    databaseSubnetIds: network.databaseSubnetIds,
    subnetZones: config.network.availabilityZones,
    securityGroupId: network.rdsSecurityGroupId,
    systemTopicArn,
    beforeUpdate,
  },
  opts,
);

const cache = new CrmCache(
  "crm-cache",
  {
    ...shared("cache"),
    ...config.cache,
    databaseSubnetIds: network.databaseSubnetIds,
    securityGroupId: network.elasticacheSecurityGroupId,
    notificationTopicArn: eventing.topics["notifications"]!.arn,
  },
  opts,
);

const logs = new CrmEdgeLogs(
  "crm-edge-logs",
  { ...shared("edge"), global: role === "primary" },
  opts,
);
const dns = new CrmDns("crm-dns", { ...shared("edge"), config: config.edge, logs }, opts);
const originSecret = config.secrets.get(ORIGIN_SECRET);
const firewall = new CrmFirewall(
  "crm-firewall",
  { ...shared("edge"), config: config.edge, region, logs, originSecret },
  opts,
);

const cluster = new CrmCluster(
  "crm-cluster",
  {
    ...shared("network"),
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
  },
  opts,
);

const databaseTask =
  config.database.task &&
  new CrmDatabaseTask(
    "crm-database-task",
    {
      ...shared("database"),
      task: config.database.task,
      clusterName: cluster.clusterName,
      privateSubnetIds: network.privateSubnetIds,
      securityGroupId: network.ecsSecurityGroupId,
      imageLifecycle: cluster.platform.imageLifecycle,
      imagesKeyArn: cluster.platform.imagesKeyArn,
      logRetentionDays: config.database.logRetentionDays,
    },
    opts,
  );

/** What a deployment asks at its end, and the other region every minute: by the way that customers take. */
const healthUrl = `https://${dns.hosts.api}${config.edge.healthCheck.path}`;
const recovery = new CrmRecovery(
  "crm-recovery",
  {
    ...shared("recovery"),
    config: config.recovery,
    databaseArn: database.primaryArn,
    database: database.instances,
    databaseSubnetGroup: database.subnetGroupName,
    bucketNames: storage.bucketNames,
    storageKeyAlias: storage.keyAlias,
    clusterName: cluster.clusterName,
    reserveConcurrency: config.eventing.reserveConcurrency,
    messagingKey: { arn: eventing.keyArn, aliasName: eventing.keyAlias },
    systemTopicArn,
    healthUrl,
    observability: config.observability,
  },
  opts,
);

const linkKeys = { storage: storage.bucketKeys, messaging: eventing.keyAlias };
const metricsLink = customMetricsLink(config.observability.metricNamespace);
const services = mapped(
  config.services,
  (service, key) =>
    new CrmService(
      `crm-${key}`,
      {
        ...shared(key),
        service: key,
        config: service,
        platform: cluster.platform,
        vpcId: network.vpcId,
        privateSubnetIds: network.privateSubnetIds,
        ecsSecurityGroupId: network.ecsSecurityGroupId,
        links: [...resolveLinks(arns, names, linkKeys, service.links), metricsLink],
        secretValues: config.secrets.all,
        secretVersions: { DB_URL: database.urlVersion, REDIS_URL: cache.tokenVersion },
        // Its own only: who does not read from the replica need not wait for it.
        startAfter: [database, cache].flatMap(({ parameters }) => parameters[key] ?? []),
        beforeUpdate,
        alarmTopicArn: arns.topic(names.of("alert-notifications")),
        runbooks: config.observability.runbooks,
      },
      opts,
    ),
);

const edge = new CrmEdge(
  "crm-edge",
  {
    ...shared("edge"),
    config: config.edge,
    hosts: dns.hosts,
    zoneId: dns.zoneId,
    loadBalancer: { dnsName: cluster.loadBalancerDnsName, zoneId: cluster.loadBalancerZoneId },
    primary:
      role === "primary"
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
    ...shared("observability"),
    config: config.observability,
    services,
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
      ...eventing.functions,
      ...recovery.functions,
      "deployment-gate": cluster.gateFunction,
    },
    backupVaultNames: recovery.vaultNames,
    replications: storage.replications,
    natGatewayIds: network.natGatewayIds,
    flowLogGroupName: network.flowLogGroupName,
    distributions: edge.distributionIds,
    healthCheckId: edge.healthCheckId,
    firewalls: firewall.aclNames,
    signedZoneId: dns.dsRecord && dns.zoneId,
  },
  opts,
);

const { environment } = config;
new CrmCost("crm-cost", { ...shared("observability"), ...config.cost, environment }, opts);

const { clusterName } = cluster;
export const { vpcId } = network;
export const databaseAddress = database.primaryAddress;
export const cacheAddress = cache.address;
export const { loadBalancerDnsName, loadBalancerZoneId } = cluster;
export const { hosts, zoneId, nameServers, dsRecord } = dns;
export const probeUrl = healthUrl;
/** What `aws ecs run-task --cli-input-json` takes to run the database task. */
export const databaseTaskRun = databaseTask?.run ?? "crm:database.task.image is not set";
export const { replicatedBackupsArn } = recovery;
export const originHeaderValue = firewall.originHeader?.value;
export const { dashboardName } = observability;
export const consoleUrls = consoleLinks({ region, clusterName, services, dashboardName });
export const serviceSummaries = mapped(services, ({ summary }) => describeService(summary));
