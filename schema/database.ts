/** `crm:database`: the PostgreSQL primary, its read replica and who gets a URL of which. */
import { z } from "zod";

import {
  DATABASE_AUTHORITIES,
  isStaticParameter,
  POSTGRES,
  POSTGRES_GP3,
  insteadOfMinor,
  POSTGRES_RANGE,
  POSTGRES_STORAGE,
  postgresFamily,
  STORAGE_GROWTH,
} from "../facts/database-engines";
import { isWellKnownUser, WELL_KNOWN_USERS } from "../facts/database-users";
import { INSIGHTS_DAYS, MONITORING_INTERVALS } from "../facts/limits";
import { NAME_LENGTHS } from "../facts/name-lengths";
import {
  DATABASE_BACKUP_DAYS,
  DATABASE_PORTS,
  KEY_DELETION_DAYS,
  SECRET_RECOVERY_DAYS,
} from "../facts/setting-bounds";
import { DATABASE_WINDOWS } from "../facts/time-windows";
import {
  arn,
  availabilityZone,
  dailyWindow,
  filledIn,
  flag,
  group,
  integer,
  within,
  list,
  logRetentionDays,
  namedGroup,
  oneOf,
  oneOfNumbers,
  text,
  weeklyWindow,
  word,
  type Report,
  type SectionRules,
} from "./common";
import { loginRules, loginsSchema, taskSchema, usersSchema } from "./database-logins";
import { windowRules } from "./windows";

/** Port of the instances where none is set. */
export const DATABASE_PORT = POSTGRES.port;

const STRIPED = POSTGRES_GP3.striped;

const instanceClass = () =>
  text(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, "an RDS instance class such as db.r6g.large");

/** A name in PostgreSQL. */
const identifier = () =>
  text(
    /^[a-z][a-z0-9_]{0,62}$/,
    "1 to 63 lower-case letters, digits and underscores, a letter first",
  );

const parameterSchema = group({
  name: text(/^[a-z][a-z0-9_.]*$/, "a PostgreSQL parameter such as log_statement"),
  value: z
    .union([z.string(), z.number()], { error: "a text or a number" })
    .transform(String)
    .describe("Value in the parameter's own unit"),
  applyMethod: oneOf(["immediate", "pending-reboot"])
    .default("immediate")
    .describe("When it takes effect; static parameters take pending-reboot only"),
});

const parameters = () => list(parameterSchema, 0, 100, "parameters").default([]);

const performanceInsightsSchema = group({
  enabled: flag().default(true).describe("Whether the load is broken down by query"),
  retentionPeriod: integer(INSIGHTS_DAYS.least, INSIGHTS_DAYS.most, "days")
    .default(7)
    .describe("Retention of the breakdown in days: 7 (free of charge), a multiple of 31, or 731"),
});

const PAST_MOMENT = "a past time in UTC, such as 2026-01-31T12:00:00Z";

const restoreSchema = group({
  sourceDbInstanceAutomatedBackupsArn: arn("rds").describe(
    "Automated backups, replicated to this stack's region, from which the primary is created",
  ),
  restoreTime: z.iso
    .datetime({ precision: 0, error: PAST_MOMENT })
    .refine((moment) => Date.parse(moment) < Date.now(), { error: PAST_MOMENT })
    .optional()
    .describe("Time to which the database is restored"),
  useLatestRestorableTime: flag()
    .default(false)
    .describe("Whether the latest possible time is restored instead"),
});

const replicaSchema = group({
  enabled: flag().default(true).describe("Whether there is a read replica"),
  instanceClass: instanceClass()
    .default("db.r6g.large")
    .describe("Size of the replica; a change restarts it"),
  availabilityZone: filledIn(
    availabilityZone().describe(
      "Zone of the replica, other than those of the primary and its standby. Changing it replaces the replica",
    ),
    "the third of crm:network.availabilityZones",
  ),
  publiclyAccessible: flag()
    .default(false)
    .describe("Whether the replica has an address on the internet"),
  parameters: parameters().describe("Parameters of the replica, tuned for long queries"),
});

export const databaseSchema = group({
  engineVersion: text(/^\d{2}(\.\d{1,2})?$/, "a PostgreSQL version such as 15 or 15.13")
    .refine((version) => postgresFamily(version) !== undefined, {
      error: `a PostgreSQL version of ${POSTGRES_RANGE.oldest} to ${POSTGRES_RANGE.newest}, which RDS creates`,
    })
    .refine((version) => insteadOfMinor(version) === undefined, {
      error: ({ input }) => `${insteadOfMinor(String(input))}, as RDS no longer creates it`,
    })
    .default("15")
    .describe("PostgreSQL version; a major one alone leaves the minor version to RDS"),
  otherEngineVersion: text(/^\d{2}$/, "a major version such as 16")
    .refine((version) => postgresFamily(version) !== undefined, {
      error: `a major version of ${POSTGRES_RANGE.oldest} to ${POSTGRES_RANGE.newest}`,
    })
    .optional()
    .describe(
      "Second major version with parameter groups beside engineVersion's: the next one before an upgrade, the previous one during it",
    ),
  allowMajorVersionUpgrade: flag()
    .default(false)
    .describe(
      "Whether this update may raise the major version; the database is down meanwhile (docs/upgrading.md)",
    ),
  instanceClass: instanceClass()
    .default("db.r6g.large")
    .describe("Instance class of the primary; a change fails over or restarts it"),
  allocatedStorage: within(POSTGRES_STORAGE.gib, "GiB").describe("Initial storage in GiB"),
  maxAllocatedStorage: within(POSTGRES_STORAGE.gib, "GiB").describe(
    "Maximum storage in GiB, up to which RDS grows it automatically when less than 10 percent is free",
  ),
  storageType: oneOf(["gp2", "gp3"]).default("gp3").describe("Volume type of the storage"),
  iops: integer(STRIPED.iops.included, STRIPED.iops.maximum, "operations a second")
    .optional()
    .describe(
      `Input and output operations a second, of primary and replica; without it ${STRIPED.iops.included} from ${POSTGRES_GP3.stripedFromGiB} GiB of gp3 on, ${POSTGRES_GP3.below.iops} below`,
    ),
  storageThroughput: integer(
    STRIPED.throughputMiBps.included,
    STRIPED.throughputMiBps.maximum,
    "MiB a second",
  )
    .optional()
    .describe(
      `Throughput in MiB a second, of primary and replica; without it ${STRIPED.throughputMiBps.included} from ${POSTGRES_GP3.stripedFromGiB} GiB of gp3 on, ${POSTGRES_GP3.below.throughputMiBps} below`,
    ),
  storageEncrypted: z
    .literal(true, { error: "true: customer data is never stored unencrypted" })
    .default(true)
    .describe("Whether the storage is encrypted, by the database's own key"),
  multiAz: flag()
    .default(true)
    .describe(
      "Whether a standby in another zone takes over on failure; false in a pilot light until it serves",
    ),
  availabilityZones: filledIn(
    list(availabilityZone(), 2, 6, "availability zones").describe(
      "Zones of the primary and its standby; RDS assigns them",
    ),
    "the first two of crm:network.availabilityZones",
  ),
  databaseName: identifier().describe("Name of the database. Changing it replaces the instance"),
  masterUsername: identifier()
    .refine((name) => !isWellKnownUser(name), {
      error: `a name other than ${WELL_KNOWN_USERS.join(", ")}`,
    })
    .describe("User that owns the database. Changing it replaces the instance"),
  passwordVersion: integer(1, 1_000_000)
    .default(1)
    .describe("Raise it to generate a new password, rewrite the URLs and restart the tasks"),
  logins: loginsSchema
    .prefault({})
    .describe("Logins of services and functions, so that a rotation interrupts no requests"),
  users: usersSchema.describe(
    "Services and functions with logins of their own, instead of those of `logins`",
  ),
  task: taskSchema
    .optional()
    .describe("SQL inside the VPC: a task that runs once, for the logins and for migrations"),
  iamAuthentication: flag()
    .default(true)
    .describe("Whether users may also log in with IAM credentials"),
  port: within(DATABASE_PORTS)
    .default(DATABASE_PORT)
    .describe("Port of PostgreSQL, `database` in the network's rules; a change restarts it"),
  caCertificateIdentifier: oneOf(DATABASE_AUTHORITIES.names)
    .default("rds-ca-rsa2048-g1")
    .describe("Authority that signs the server's certificate"),
  backupRetentionPeriod: within(DATABASE_BACKUP_DAYS, "days")
    .default(7)
    .describe("Retention of automated backups in days; 0 for none"),
  backupWindow: dailyWindow()
    .default("03:00-04:00")
    .describe("Window in UTC in which the daily backup starts, at least half an hour"),
  maintenanceWindow: weeklyWindow()
    .default("sun:04:00-sun:05:00")
    .describe("Window in UTC in which RDS may restart the instances, at least half an hour"),
  autoMinorVersionUpgrade: flag()
    .default(true)
    .describe("Whether RDS installs minor versions in the maintenance window"),
  deleteAutomatedBackups: flag()
    .default(false)
    .describe("Whether automated backups are deleted with the instance"),
  deletionProtection: flag().default(true).describe("Whether AWS refuses to delete the instances"),
  skipFinalSnapshot: flag().default(false).describe("Whether a deletion skips the final snapshot"),
  protect: flag().default(true).describe("Whether Pulumi refuses to delete database and key"),
  keyDeletionWindowDays: within(KEY_DELETION_DAYS, "days")
    .default(30)
    .describe("Days between the deletion of the key and its effect"),
  secretRecoveryDays: within(SECRET_RECOVERY_DAYS, "days")
    .default(7)
    .describe("Days in which the deleted secret of the owner's login can be restored"),
  applyImmediately: flag()
    .default(false)
    .describe("Whether changes that restart the instances apply immediately, not in the window"),
  monitoringInterval: oneOfNumbers(MONITORING_INTERVALS.seconds, "seconds")
    .default(60)
    .describe("Interval of the operating system's metrics in seconds; 0 for none"),
  subnetGroupName: text(
    new RegExp(`^[a-z][a-z0-9-]{0,${NAME_LENGTHS.databaseSubnetGroup.maximum - 1}}$`),
    "lower-case letters, digits and hyphens",
  )
    .optional()
    .describe(
      "Name of the primary's subnet group; without it Pulumi's. RDS moves no instance to another group of its VPC: never set or change it for an existing database",
    ),
  performanceInsights: performanceInsightsSchema
    .prefault({})
    .describe("Database load by query, wait and user (Performance Insights)"),
  logRetentionDays: logRetentionDays()
    .default(30)
    .describe("Retention of the logs of PostgreSQL and of upgrades, in days"),
  parameters: parameters().describe("Parameters of the primary"),
  urls: namedGroup(word(), oneOf(["primary", "replica"]))
    .default({})
    .describe("Services that get a connection URL, and the instance"),
  sslMode: oneOf(["require", "verify-ca", "verify-full"])
    .default("verify-full")
    .describe("How strictly a client checks the server, written into the URLs"),
  sslRootCertificate: text(
    /^\/[\w./-]{1,200}$/,
    "an absolute path of at most 201 characters, such as /etc/ssl/rds.pem",
  )
    .optional()
    .describe(
      "File with AWS's certificate authorities in every image, written into the URLs; without it clients use their own settings (PGSSLROOTCERT, NODE_EXTRA_CA_CERTS)",
    ),
  restore: restoreSchema
    .optional()
    .describe("Creates the primary from replicated backups; only has an effect at creation"),
  standbyOf: arn("rds")
    .optional()
    .describe(
      "Primary in another region; this stack's primary is its replica until failover (crm:recovery.readiness pilot-light)",
    ),
  replica: replicaSchema.describe("Read replica, for read-only workloads"),
});

export type DatabaseConfig = z.infer<typeof databaseSchema>;

export const databaseRules: SectionRules<DatabaseConfig> = (database, report) => {
  storageRules(database, report);
  performanceRules(database, report);
  loginRules(database, report);
  upgradeRules(database, report);
  windowRules(database, "backupWindow", DATABASE_WINDOWS, report);
  zoneRules(database, report);
  replicaRules(database, report);
  insightsRules(database, report);
  parameterRules(database, report);
  restoreRules(database, report);
};

function storageRules(database: DatabaseConfig, report: Report): void {
  const { percent } = STORAGE_GROWTH;
  const minimum = Math.ceil((database.allocatedStorage * (100 + percent)) / 100);
  if (database.maxAllocatedStorage < minimum) {
    const expected = `at least ${minimum} GiB, ${percent} percent above allocatedStorage`;
    report(["maxAllocatedStorage"], database.maxAllocatedStorage, expected);
  }
}

/** IOPS and throughput can be bought for gp3 from a size on. Source: facts/database-engines.ts, POSTGRES_GP3. */
function performanceRules(database: DatabaseConfig, report: Report): void {
  const { iops, storageThroughput, storageType, allocatedStorage } = database;
  const isCopy = database.restore !== undefined || database.standbyOf !== undefined;
  const given = { iops, storageThroughput };
  const { stripedFromGiB, throughputPerIops } = POSTGRES_GP3;
  const fixed =
    storageType !== "gp3"
      ? `nothing, as storageType is ${storageType}`
      : // A restored database has the size of its backup, a replica that of its source.
        !isCopy && allocatedStorage < stripedFromGiB
        ? `nothing, as gp3 below ${stripedFromGiB} GiB has fixed values`
        : undefined;
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined && fixed !== undefined) {
      report([key], value, fixed);
    }
  }
  const most = (iops ?? STRIPED.iops.included) * throughputPerIops;
  if (storageThroughput !== undefined && storageThroughput > most && fixed === undefined) {
    const expected = `at most ${most} MiB a second, a quarter of iops`;
    report(["storageThroughput"], storageThroughput, expected);
  }
  // The provider sends both when one changes.
  if (fixed === undefined && (iops === undefined) !== (storageThroughput === undefined)) {
    const absent = iops === undefined ? "iops" : "storageThroughput";
    const { included, maximum } = STRIPED[iops === undefined ? "iops" : "throughputMiBps"];
    report([absent], undefined, `from ${included} to ${maximum}, beside the other`);
  }
}

/**
 * A major upgrade that is allowed is whole: the groups of both families exist, and nothing waits for a window, because RDS accepts
 * version and group in one request and the old group cannot be deleted while an instance uses it. That the version rises is checked
 * against the deployed version: analysis/diff/refused.ts.
 * Source: RDS User Guide, "How to perform a major version upgrade".
 */
function upgradeRules(database: DatabaseConfig, report: Report): void {
  const { engineVersion, otherEngineVersion, allowMajorVersionUpgrade: allowed } = database;
  const inUse = Number.parseInt(engineVersion, 10);
  const other = Number(otherEngineVersion ?? inUse);
  if (otherEngineVersion !== undefined && other === inUse) {
    const expected = `a major version other than engineVersion ${engineVersion}`;
    report(["otherEngineVersion"], otherEngineVersion, expected);
  } else if (allowed && other >= inUse) {
    const expected = `the major version before engineVersion ${engineVersion}, which allowMajorVersionUpgrade requires`;
    report(["otherEngineVersion"], otherEngineVersion, expected);
  } else if (!allowed && other < inUse) {
    const expected = `true, as otherEngineVersion ${otherEngineVersion} comes before engineVersion ${engineVersion}`;
    report(["allowMajorVersionUpgrade"], allowed, expected);
  }
  if (allowed && !database.applyImmediately) {
    report(["applyImmediately"], false, "true, which allowMajorVersionUpgrade requires");
  }
}

function zoneRules({ availabilityZones, replica }: DatabaseConfig, report: Report): void {
  if (replica.enabled && availabilityZones.includes(replica.availabilityZone)) {
    const expected = `a zone outside availabilityZones ${availabilityZones.join(", ")}`;
    report(["replica", "availabilityZone"], replica.availabilityZone, expected);
  }
}

function replicaRules(database: DatabaseConfig, report: Report): void {
  if (database.replica.enabled && database.backupRetentionPeriod === 0) {
    report(["backupRetentionPeriod"], 0, "at least 1 day, which a read replica requires");
  }
  for (const [service, instance] of Object.entries(database.urls)) {
    if (instance === "replica" && !database.replica.enabled) {
      report(["urls", service], instance, "primary, as replica.enabled is false");
    }
  }
}

function insightsRules({ performanceInsights }: DatabaseConfig, report: Report): void {
  const days = performanceInsights.retentionPeriod;
  const { least, most, month } = INSIGHTS_DAYS;
  if (days !== least && days !== most && days % month !== 0) {
    const expected = `${least}, a multiple of ${month}, or ${most} days`;
    report(["performanceInsights", "retentionPeriod"], days, expected);
  }
}

function parameterRules(database: DatabaseConfig, report: Report): void {
  const lists = [
    { path: ["parameters"], parameters: database.parameters },
    { path: ["replica", "parameters"], parameters: database.replica.parameters },
  ];
  for (const { path, parameters: list } of lists) {
    const names = list.map(({ name }) => name);
    list.forEach(({ name, applyMethod }, index) => {
      if (names.indexOf(name) !== index) {
        report([...path, index, "name"], name, "a parameter that is not in the list already");
      }
      if (applyMethod === "immediate" && isStaticParameter(name)) {
        const expected = `pending-reboot, as ${name} is static`;
        report([...path, index, "applyMethod"], applyMethod, expected);
      }
    });
  }
}

function restoreRules({ restore }: DatabaseConfig, report: Report): void {
  if (restore && (restore.restoreTime !== undefined) === restore.useLatestRestorableTime) {
    report(["restore"], restore, "either restoreTime or useLatestRestorableTime: true");
  }
}
