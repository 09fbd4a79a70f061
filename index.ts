/** Wires the platform: reads the stack's configuration, creates the components, exports the outputs. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { CrmCache } from "./components/cache";
import { CrmCluster } from "./components/cluster";
import { CrmCost } from "./components/cost";
import { CrmDatabase, primaryArnOf } from "./components/database";
import { CrmDatabaseTask } from "./components/database-task";
import { appOrigin, CrmDns, CrmEdge, CrmEdgeLogs, CrmFirewall } from "./components/edge";
import { platformKeys } from "./components/encryption-key";
import { CrmEventing } from "./components/eventing";
import { Extensions } from "./components/extension";
import { CrmGameDay } from "./components/gameday";
import { CrmNetwork } from "./components/network";
import { CrmObservability, customMetricsLink } from "./components/observability";
import { boundRoles } from "./components/permissions-boundary";
import { backupBeforeChanges, CrmRecovery } from "./components/recovery";
import { catchAll, connectedServices, CrmService, describeService } from "./components/service";
import { CrmStorage } from "./components/storage";
import { loadConfig, PROJECT } from "./config";
import { databaseWindows } from "./facts/time-windows";
import { Arns } from "./platform/arns";
import { consoleLinks } from "./platform/console-links";
import { databaseUrls, databaseUrlVersion } from "./platform/function-database";
import { resolveLinks } from "./platform/link-resolver";
import { Names } from "./platform/names";
import { ORIGIN_SECRET } from "./platform/origin-header";
import { mapped } from "./platform/records";
import { componentTags, stackTags } from "./platform/tags";
import { cloudFrontAccess, experimentSettings, poolSizes, publicRoutes, standing } from "./schema";

const config = loadConfig();
const { region, accountId, environment } = config;
const names = new Names({ application: "crm", ...config.naming });
const existingKeys = Object.entries(config.keys.existing);
const keysByAlias = existingKeys.map(([name, arn]) => [names.keyAlias(name), arn]);
const arns = new Arns({
  ...{ partition: "aws", region, accountId },
  keys: Object.fromEntries(keysByAlias) as Record<string, string>,
});
const tagging = { ...config.tags, environment };
const tagsOf = (component: string) => componentTags(tagging, component);

boundRoles(arns, config.permissionsBoundary);

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

const { hasPilotLight, ...place } = standing(config);
/** What every component is handed: names, ARNs, keys, the stack's place beside another, and the tags of its own. */
const shared = (component: string) => ({
  ...{ names, arns, ...keys, ...place },
  tags: tagsOf(component),
});
/** How well those are kept whose sections have no such settings; beside a section that has, it is not used. */
const { protect, deletionWindowDays: keyDeletionWindowDays } = config.keys;
const kept = { protect, keyDeletionWindowDays };

const { role, assetsBucket, domain } = config.edge;
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
    databaseUrlVersions: mapped(config.eventing.functions, (_, label) =>
      databaseUrlVersion(config.database, label),
    ),
    databaseParameters: database.parameters,
    hooks,
    buckets: storage.bucketNames,
    storage: storage.bucketKeys,
    network: network.functionNetwork,
    imageRepositories: mapped(config.services, ({ repository }, key) => ({
      name: names.repository(key, repository.name),
      own: repository.create,
    })),
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

const linkKeys = {
  ...{ storage: storage.bucketKeys, messaging: messagingKey.aliasName },
  ports: mapped(config.services, ({ port }) => port),
};
const metricsLink = customMetricsLink(config.observability.metricNamespace);
const pools = poolSizes(config);
const services = connectedServices(
  config.services,
  { namespaceName: cluster.clusterName, tags: tagsOf("network") },
  opts,
  (service, key, { connection, callsAfter }) =>
    new CrmService(
      `crm-${key}`,
      {
        ...shared(key),
        ...kept,
        service: key,
        config: service,
        domain,
        platform: cluster.platform,
        ...network.serviceNetwork,
        databasePool: pools[key],
        addition: additions[key],
        links: [...resolveLinks(arns, names, linkKeys, service.links), metricsLink],
        connection,
        messagingKey,
        secretValues: config.secrets.all,
        secretVersions: {
          ...(database.urlVersions[key] !== undefined && { DB_URL: database.urlVersions[key] }),
          REDIS_URL: config.cache.tokenVersion,
        },
        // Its own only: who does not read from the replica need not wait for it.
        startAfter: [
          ...[database, cache].flatMap((store) => store?.parameters[key] ?? []),
          ...callsAfter,
        ],
        hooks,
        alarmTopicArn: arns.topic(names.of("alert-notifications")),
        runbooks,
      },
      opts,
    ),
);

const ecsServices = Object.values(services).map(({ ecsService }) => ecsService);
const edge = new CrmEdge(
  "crm-edge",
  {
    ...edgeArgs,
    dns,
    loadBalancer: cluster.loadBalancer,
    primary:
      role === "primary"
        ? {
            viewerCertificateArn: dns?.viewerCertificateArn,
            webAclArn: firewall.edgeAcl?.arn,
            originHeader: firewall.originHeader,
            ...storage.served(assetsBucket),
            rules: Object.values(services).flatMap(({ listenerRules }) => listenerRules),
          }
        : undefined,
    standbyHealth: { service: catchAll(services), topicArn: alarmTopicArn, runbooks },
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
