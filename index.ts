/** Wires the platform: reads the stack's configuration, creates the components, exports the outputs. */
import * as pulumi from "@pulumi/pulumi";

import { CrmCache } from "./components/cache";
import { CrmCluster } from "./components/cluster";
import { CrmCost } from "./components/cost";
import { CrmDatabase, primaryArnOf } from "./components/database";
import { CrmDatabaseTask } from "./components/database-task";
import { appOrigin, CrmDns, CrmEdge, CrmEdgeLogs, CrmFirewall } from "./components/edge";
import { CrmEventing } from "./components/eventing";
import { Extensions } from "./components/extension";
import { foundation } from "./components/foundation";
import { CrmGameDay } from "./components/gameday";
import { CrmNetwork } from "./components/network";
import { CrmObservability, customMetricsLink } from "./components/observability";
import { backupBeforeChanges, CrmRecovery } from "./components/recovery";
import { createServices, describeService } from "./components/service";
import { CrmStorage } from "./components/storage";
import { loadConfig, PROJECT } from "./config";
import { databaseWindows } from "./facts/time-windows";
import { consoleLinks } from "./platform/console-links";
import { databaseUrls, databaseUrlVersions } from "./platform/function-database";
import { ORIGIN_SECRET } from "./platform/origin-header";
import { mapped } from "./platform/records";
import {
  cloudFrontAccess,
  experimentSettings,
  hasDistributions,
  imageRepositories,
  poolSizes,
  publicRoutes,
  serviceAt,
} from "./schema";

const config = loadConfig();
const { region, environment } = config;
const { names, arns, keys, tagsOf, shared, kept, hasPilotLight, opts } = foundation(config);

const { assetsBucket, domain } = config.edge;
const { runbooks } = config.observability;
const network = new CrmNetwork(
  "crm",
  {
    ...shared("network"),
    ...config.network,
    hasCache: config.cache.enabled,
    ...cloudFrontAccess(config),
  },
  opts,
);

const storage = new CrmStorage(
  "crm-storage",
  {
    ...shared("storage"),
    config: config.storage,
    appOrigin: appOrigin(config.edge),
    tagsOf,
    loadBalancerLogsPrefix: config.cluster.loadBalancer.accessLogsPrefix,
  },
  opts,
);

const hooks = backupBeforeChanges({
  ...shared("recovery"),
  config: config.recovery,
  databaseArn: primaryArnOf(arns, names),
  windows: databaseWindows(config.database),
});

// Functions start after the database's URLs, and the database sends its events to their component's topic.
const [systemTopicArn, resolveSystemTopic] = pulumi.deferredOutput<string>();
const database = new CrmDatabase(
  "crm-database",
  {
    ...shared("database"),
    ...config.database,
    hasPilotLight,
    urls: databaseUrls(config.database.urls, config.eventing.functions),
    ...network.databaseNetwork,
    systemTopicArn,
    beforeUpdate: hooks.beforeUpdate,
  },
  opts,
);

const eventing = new CrmEventing(
  "crm-eventing",
  {
    ...shared("eventing"),
    config: config.eventing,
    databaseUrlVersions: databaseUrlVersions(config.database, config.eventing.functions),
    databaseParameters: database.parameters,
    hooks,
    buckets: storage.bucketNames,
    storage: storage.bucketKeys,
    network: network.functionNetwork,
    imageRepositories: imageRepositories(names, config.services),
  },
  opts,
);
resolveSystemTopic(eventing.systemTopicArn);
const { alarmTopicArn, notificationTopicArn, messagingKey } = eventing;

const cache =
  network.cacheNetwork &&
  new CrmCache(
    "crm-cache",
    { ...shared("cache"), ...config.cache, ...network.cacheNetwork, notificationTopicArn },
    opts,
  );

const edgeArgs = { ...shared("edge"), ...kept, config: config.edge, region };
const originSecret = config.secrets.get(ORIGIN_SECRET);
const { certificateArn } = config.cluster.loadBalancer;
const logs = new CrmEdgeLogs("crm-edge-logs", edgeArgs, opts);
const dns =
  domain === undefined
    ? undefined
    : new CrmDns(
        "crm-dns",
        { ...edgeArgs, domain, services: publicRoutes(config.services), logs, certificateArn },
        opts,
      );
const firewall = new CrmFirewall("crm-firewall", { ...edgeArgs, logs, originSecret }, opts);

const cluster = new CrmCluster(
  "crm-cluster",
  {
    ...shared("network"),
    ...kept,
    config: config.cluster,
    ...network.loadBalancerNetwork,
    certificateArn: dns?.loadBalancerCertificateArn,
    host: dns?.hosts.origin ?? "crm.internal",
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
      ...kept,
      ...network.serviceNetwork,
      task: config.database.task,
      users: config.database.users,
      platform: cluster.platform,
      logRetentionDays: config.database.logRetentionDays,
    },
    opts,
  );

const extensions = new Extensions(config.extensions, PROJECT);
const parts = { config, names, arns, keys, tagsOf, opts, network, storage, eventing, database };
const additions = extensions.beforeServices({ ...parts, cache, cluster });

const services = createServices(
  {
    configs: config.services,
    shared,
    all: {
      ...kept,
      ...network.serviceNetwork,
      ...{ domain, messagingKey, hooks, runbooks },
      platform: cluster.platform,
      secretValues: config.secrets.all,
      alarmTopicArn: arns.topic(names.of("alert-notifications")),
    },
    ...{ additions, database, cache },
    databasePools: poolSizes(config),
    linkKeys: { storage: storage.bucketKeys, messaging: messagingKey.aliasName },
    links: [customMetricsLink(config.observability.metricNamespace)],
    namespaceName: cluster.clusterName,
    cacheTokenVersion: config.cache.tokenVersion,
  },
  opts,
);

const healthService = serviceAt(config.services, config.edge.healthCheck.path) ?? "";
const ecsServices = Object.values(services).map(({ ecsService }) => ecsService);
const edge = new CrmEdge(
  "crm-edge",
  {
    ...edgeArgs,
    dns,
    loadBalancer: cluster.loadBalancer,
    distributed: hasDistributions(config.edge)
      ? {
          viewerCertificateArn: dns?.viewerCertificateArn,
          webAclArn: firewall.edgeAcl?.arn,
          originHeader: firewall.originHeader,
          ...storage.served(assetsBucket),
          rules: Object.values(services).flatMap(({ listenerRules }) => listenerRules),
        }
      : undefined,
    standbyHealth: {
      service: services[healthService],
      topicArn: alarmTopicArn,
      runbooks,
    },
    startAfter: ecsServices,
  },
  opts,
);

const recovery = new CrmRecovery(
  "crm-recovery",
  {
    ...shared("recovery"),
    ...kept,
    config: config.recovery,
    ...database.backedUp,
    bucketNames: storage.bucketNames,
    replications: storage.replications,
    storageKeyAlias: storage.keyAlias,
    clusterName: cluster.clusterName,
    reserveConcurrency: config.eventing.reserveConcurrency,
    messagingKey,
    systemTopicArn,
    healthUrl: dns?.healthUrl,
    healthStartAfter: [...ecsServices, ...edge.records],
    observability: config.observability,
    measured: config.measured,
  },
  opts,
);

const observability = new CrmObservability(
  "crm-observability",
  {
    ...shared("observability"),
    ...kept,
    config: config.observability,
    hours: config.cluster.hours,
    services,
    alarmTopicArn,
    ...network.watched,
    ...cluster.watched,
    ...database.watched,
    ...cache?.watched,
    ...edge.watched,
    queues: eventing.queues,
    deadLetterQueueNames: [...eventing.deadLetterQueueNames, ...recovery.deadLetterQueueNames],
    functions: { ...eventing.functions, ...recovery.functions, ...cluster.functions },
    backupVaultNames: recovery.vaultNames,
    replications: storage.replications,
    firewalls: firewall.aclNames,
    signedZoneId: dns?.dsRecord && dns.zoneId,
  },
  opts,
);

new CrmCost("crm-cost", { ...shared("observability"), ...config.cost, environment }, opts);

const { clusterName } = cluster;
const experiments = experimentSettings(config);
if (experiments) {
  new CrmGameDay(
    "crm-gameday",
    {
      ...shared("gameday"),
      ...experiments,
      clusterName,
      database: database.failover,
      cache: cache?.failover,
      stopAlarmName: observability.customersAlarmName,
      startAfter: [observability],
    },
    opts,
  );
}

extensions.extend({ ...parts, cache, cluster, services, edge, recovery, observability });

export const { vpcId } = network;
export const databaseAddress = database.primaryAddress;
export const cacheAddress = cache?.address;
export const { dnsName: loadBalancerDnsName, zoneId: loadBalancerZoneId } = cluster.loadBalancer;
export const { zoneId, nameServers, dsRecord } = dns ?? {};
export const { hosts, healthUrl: probeUrl, probeUrls } = dns ?? edge.unnamed!;
/** What `aws ecs run-task --cli-input-json` takes to run the database task. */
export const databaseTaskRun = databaseTask?.run ?? "crm:database.task.image is not set";
export const { replicatedBackupsArn } = recovery;
export const originHeaderValue = firewall.originHeader?.value;
export const { dashboardName } = observability;
export const consoleUrls = consoleLinks({ region, clusterName, services, dashboardName });
export const serviceSummaries = mapped(services, ({ summary }) => describeService(summary));
