/** Rules between the sections of the configuration; each needs only the sections it names to be valid. */
import { PILOT_LIGHT } from "../facts/control-planes";
import { WINDOW_LEAD } from "../facts/duration-rows";
import { databaseWindows, isInWindow } from "../facts/time-windows";
import { ALERT_TOPIC } from "../platform/platform-names";
import { closedNetworkRules } from "./closed-network";
import { nameRule, type Report } from "./common";
import { connectionRules } from "./connections";
import { hasDistributions } from "./distribution";
import { environmentSizeRules } from "./environment-sizes";
import { imageService } from "./eventing";
import { existingKeyRules } from "./existing-keys";
import { publicSubnetRules } from "./existing-network";
import { gamedayRules } from "./gameday-rules";
import { hoursRules } from "./hours-rules";
import { nameLengthRules } from "./name-lengths";
import { namingRules } from "./naming-rules";
import { CERTIFICATES, placeRules } from "./place";
import { poolRules } from "./pools";
import { INTERVALS } from "./recovery";
import { routeRules } from "./route-rules";
import type { StackConfig } from "./sections";
import { calledRules } from "./service-calls";
import { imageDigestRules } from "./services-rules";
import { standingByRules } from "./standing-by";
import { openOriginRules } from "./without-distributions";

/** Checks all sections that are valid on their own; paths begin with the section. */
export function betweenSections(config: Partial<StackConfig>, report: Report): void {
  placeRules(config, report);
  publicSubnetRules(config, report);
  existingKeyRules(config, report);
  functionImageRules(config, report);
  databaseUrlRules(config, report);
  databaseZoneRules(config, report);
  poolRules(config, report);
  connectionRules(config, report);
  environmentSizeRules(config, report);
  capacityProviderRules(config, report);
  namingRules(config, report);
  nameLengthRules(config, report);
  edgeOriginRules(config, report);
  openOriginRules(config, report);
  routeRules(config, report);
  domainRules(config, report);
  storageRegionRules(config, report);
  recoveryRules(config, report);
  backupStartRules(config, report);
  automatedBackupRules(config, report);
  productionRules(config, report);
  alertRules(config, report);
  restoreRules(config, report);
  standingByRules(config, report);
  hoursRules(config, report);
  gamedayRules(config, report);
  closedNetworkRules(config, report);
  calledRules(config, report);
  if (config.services && config.cluster?.requireImageDigest) {
    imageDigestRules(config.services, report);
  }
}

/** Lambda takes images of its own region only; a short one is in a service's repository. */
function functionImageRules(
  { services, eventing, region }: Partial<StackConfig>,
  report: Report,
): void {
  if (!services || !eventing) return;
  for (const [name, { image }] of Object.entries(eventing.functions)) {
    if (image === undefined) continue;
    const path = ["eventing", "functions", name, "image"];
    const service = imageService(image);
    if (service === undefined) {
      if (region !== undefined && !image.includes(`.dkr.ecr.${region}.`)) {
        report(path, image, `an image in ECR of aws:region ${region}`);
      }
    } else if (!Object.hasOwn(services, service)) {
      const known = Object.keys(services);
      const expected = `an image in the repository of one of the services ${known.join(", ")}`;
      // The nearest is one with the same digest.
      const near = known.map((one) => image.replace(service, one));
      report(path, image, expected, near);
    }
  }
}

/** A reader of the replica needs a replica; a secret that is a URL needs the URL. */
function databaseUrlRules(
  { services, eventing, database, cache }: Partial<StackConfig>,
  report: Report,
): void {
  if (!services || !eventing || !database || !cache) {
    return;
  }
  for (const [name, settings] of Object.entries(eventing.functions)) {
    if (settings.databaseUrl === "replica" && !database.replica.enabled) {
      report(
        ["eventing", "functions", name, "databaseUrl"],
        "replica",
        "primary, as crm:database has no replica",
      );
    }
  }
  const readers = [
    ...Object.keys(database.urls),
    ...Object.entries(eventing.functions).flatMap(([name, { databaseUrl }]) =>
      databaseUrl === undefined ? [] : [name],
    ),
  ];
  for (const user of Object.keys(database.users)) {
    const of = "the services of crm:database.urls and the functions with databaseUrl";
    nameRule(["database", "users", user], user, readers, of, report);
  }
  for (const [name, service] of Object.entries(services)) {
    for (const [variable, { source }] of Object.entries(service.secrets)) {
      const path = ["services", name, "secrets", variable, "source"];
      if (source === "database-url" && !Object.hasOwn(database.urls, name)) {
        report(path, source, `an entry for ${name} in crm:database.urls, or another source`);
      }
      if (source === "redis-url" && !cache.urls.includes(name)) {
        report(path, source, `${name} in crm:cache.urls, or another source`);
      }
    }
  }
}

/** The database is in zones that have a subnet for it. */
function databaseZoneRules({ database, network }: Partial<StackConfig>, report: Report): void {
  if (!database || !network) {
    return;
  }
  const expected = `one of crm:network.availabilityZones: ${network.availabilityZones.join(", ")}`;
  database.availabilityZones.forEach((zone, index) => {
    if (!network.availabilityZones.includes(zone)) {
      report(["database", "availabilityZones", index], zone, expected);
    }
  });
  const replicaZone = database.replica.availabilityZone;
  if (database.replica.enabled && replicaZone && !network.availabilityZones.includes(replicaZone)) {
    report(["database", "replica", "availabilityZone"], replicaZone, expected);
  }
}

/** A service runs on capacity that its cluster has. */
function capacityProviderRules({ services, cluster }: Partial<StackConfig>, report: Report): void {
  const all = cluster?.capacityProviders.map(({ provider }) => provider) ?? [];
  for (const [name, { capacityProviders = [] }] of Object.entries(cluster ? (services ?? {}) : {})) {
    capacityProviders.forEach(({ provider }, index) => {
      if (!all.includes(provider)) {
        const path = ["services", name, "capacityProviders", index, "provider"];
        report(path, provider, `one of crm:cluster.capacityProviders: ${all.join(", ")}`);
      }
    });
  }
} // prettier-ignore

/** What the edge needs of storage. */
function edgeOriginRules({ edge, storage }: Partial<StackConfig>, report: Report): void {
  if (!edge || !storage || !hasDistributions(edge)) return;
  if (storage.buckets[edge.assetsBucket]?.contentDelivery !== true) {
    const buckets = Object.entries(storage.buckets).filter(([, bucket]) => bucket.contentDelivery);
    const known = buckets.map(([name]) => name);
    const of = "the buckets of crm:storage with contentDelivery";
    nameRule(["edge", "assetsBucket"], edge.assetsBucket, known, of, report);
  }
}

/** Settings of other sections that need a domain. */
function domainRules(
  { edge, environment, recovery, cluster }: Partial<StackConfig>,
  report: Report,
): void {
  if (edge === undefined || edge.domain !== undefined) return;
  if (environment === "production") {
    report(["edge", "domain"], undefined, "a domain, as crm:environment is production");
  }
  if (recovery?.watch !== undefined) {
    report(["recovery", "watch"], recovery.watch, "nothing without crm:edge.domain");
  }
  const given = {
    balancer: cluster?.loadBalancer.certificateArn,
    viewer: edge.distribution.certificateArn,
  };
  for (const kind of ["balancer", "viewer"] as const) {
    if (given[kind] === undefined) continue;
    const expected = "nothing without crm:edge.domain: a certificate names hosts";
    report(CERTIFICATES[kind], given[kind], expected);
  }
}

/** What is backed up is versioned; configurations go to a bucket with the stack's own key. */
function recoveryRules(
  { recovery, storage, region: stackRegion }: Partial<StackConfig>,
  report: Report,
): void {
  if (!recovery || !storage) {
    return;
  }
  if (recovery.region !== undefined && recovery.region === stackRegion) {
    report(["recovery", "region"], recovery.region, "a region other than aws:region");
  }
  const { replicationRegion } = storage;
  if (
    recovery.region !== undefined &&
    replicationRegion !== undefined &&
    recovery.region !== replicationRegion
  ) {
    const expected = `crm:recovery.region ${recovery.region}, where the platform is recreated`;
    report(["storage", "replicationRegion"], replicationRegion, expected);
  }
  const buckets = Object.entries(storage.buckets);
  const versioned = buckets.flatMap(([name, { versioning }]) => (versioning ? [name] : []));
  recovery.plan?.buckets.forEach((bucket, index) => {
    const of = "the buckets of crm:storage with versioning";
    nameRule(["recovery", "plan", "buckets", index], bucket, versioned, of, report);
  });
  const bucket = recovery.configuration?.bucket;
  if (bucket !== undefined) {
    const encrypted = buckets.flatMap(([name, { encryption }]) =>
      encryption === "kms" ? [name] : [],
    );
    const of = "the buckets of crm:storage with encryption kms";
    nameRule(["recovery", "configuration", "bucket"], bucket, encrypted, of, report);
  }
}

/**
 * A backup that starts in a window of the database, or in the hour before it, is lost.
 * Source: AWS Backup Developer Guide, "Troubleshoot creating resources".
 */
function backupStartRules({ recovery, database }: Partial<StackConfig>, report: Report): void {
  const plan = recovery?.plan;
  if (plan === undefined || !database || plan.firstHour >= plan.intervalHours) {
    return;
  }
  const { backupWindow, maintenanceWindow } = database;
  const windows = databaseWindows(database);
  const fits = (interval: number, first: number) =>
    startsOfWeek(interval, first).every(
      (start) => !windows.some((window) => isInWindow(start, window, WINDOW_LEAD)),
    );
  const firstHours = (interval: number) =>
    Array.from({ length: interval }, (_, hour) => hour).filter((hour) => fits(interval, hour));
  const reason =
    `so that no backup starts in crm:database.backupWindow ${backupWindow}, ` +
    `in maintenanceWindow ${maintenanceWindow} or in the ${WINDOW_LEAD} minutes before them`;
  const hours = firstHours(plan.intervalHours);
  if (hours.length === 0) {
    const intervals = INTERVALS.filter((interval) => firstHours(interval).length > 0);
    const expected = `${intervals.length > 0 ? intervals.join(" or ") : "shorter windows"}, ${reason}`;
    report(["recovery", "plan", "intervalHours"], plan.intervalHours, expected);
  } else if (!hours.includes(plan.firstHour)) {
    const expected = `${hours.join(" or ")}, ${reason}`;
    report(["recovery", "plan", "firstHour"], plan.firstHour, expected);
  }
}

/**
 * What other regions have of the database comes from its automated backups.
 * Source: RDS API Reference, CreateDBInstanceReadReplica: the source must have backup retention enabled.
 */
function automatedBackupRules({ recovery, database }: Partial<StackConfig>, report: Report): void {
  const days = database?.backupRetentionPeriod;
  // With a read replica, the section has refused it.
  if (recovery?.region === undefined || days !== 0 || database?.replica.enabled) return;
  const { readiness, automatedBackupDays } = recovery;
  const at = ["database", "backupRetentionPeriod"];
  if (readiness === PILOT_LIGHT) {
    const why = `the replica of crm:recovery.readiness ${PILOT_LIGHT} requires`;
    report(at, days, `at least 1 day, which ${why}`);
  } else if (automatedBackupDays > 0) {
    const why = `crm:recovery.automatedBackupDays ${automatedBackupDays} requires`;
    report(at, days, `at least 1 day, which ${why}; or 0 for both`);
  }
}

/** The starts of a week, from a Monday on. */
function startsOfWeek(interval: number, first: number): Date[] {
  return Array.from(
    { length: (7 * 24) / interval },
    (_, index) => new Date(Date.UTC(2024, 0, 1, first + index * interval)),
  );
}

/** Protections that are missed only in an emergency must be set explicitly in production. */
function productionRules(
  { environment, recovery, database }: Partial<StackConfig>,
  report: Report,
): void {
  if (environment !== "production" || !recovery || !database) {
    return;
  }
  const needed = {
    plan: "backups",
    lock: "vaults with undeletable backups",
    configuration: "copies of the cluster's configuration",
    beforeDeployment: "a backup before each deployment",
    ...(recovery.region !== undefined && {
      watch: "a watch from another region that reports the region's loss",
    }),
    // A recovery stack has no restore tests: it is the restore, or a replica.
    ...(database.restore === undefined &&
      database.standbyOf === undefined && { restoreTest: "restore tests" }),
  } as const;
  for (const [key, what] of Object.entries(needed)) {
    if (recovery[key as keyof typeof needed] === undefined) {
      report(["recovery", key], undefined, `${what}, as crm:environment is production`);
    }
  }
}

/** Alarms of production reach a person: a queue calls none. */
function alertRules({ environment, eventing }: Partial<StackConfig>, report: Report): void {
  const topic = eventing?.topics[ALERT_TOPIC];
  if (environment !== "production" || topic === undefined) return;
  if (topic.subscriptions.every(({ queue }) => queue !== undefined)) {
    const at = ["eventing", "topics", ALERT_TOPIC, "subscriptions"];
    const given = topic.subscriptions.map(({ queue }) => queue);
    report(
      at,
      given,
      "a subscriber that notifies a person (email, sms, https or slack), as crm:environment is production",
    );
  }
}

/** The backups that a database is made from are this account's, replicated to this region. */
function restoreRules(
  { database, accountId, region: stackRegion }: Partial<StackConfig>,
  report: Report,
): void {
  const backups = database?.restore?.sourceDbInstanceAutomatedBackupsArn;
  if (backups === undefined || accountId === undefined || stackRegion === undefined) {
    return;
  }
  if (!backups.startsWith(`arn:aws:rds:${stackRegion}:${accountId}:auto-backup:`)) {
    const at = ["database", "restore", "sourceDbInstanceAutomatedBackupsArn"];
    report(at, backups, `automated backups in ${stackRegion} of crm:accountId ${accountId}`);
  }
}

function storageRegionRules(
  { storage, region: stackRegion }: Partial<StackConfig>,
  report: Report,
): void {
  if (storage && stackRegion !== undefined && storage.replicationRegion === stackRegion) {
    report(
      ["storage", "replicationRegion"],
      storage.replicationRegion,
      "a region other than aws:region",
    );
  }
}
