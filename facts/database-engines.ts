/** What RDS has by engine: versions and their parameter families, parameters, logs, authorities, ports. */
import { apiText, CFN_LINT_SCHEMAS, type Fact, guide } from "./fact";

const READ = "2026-11-29";
/** The last edition of the guide on GitHub. */
const page = (file: string) =>
  guide("amazon-rds-user-guide", "f2e9ed35fba2cb7e3942a1c23ed5b37162222d41", file);

/** Major versions of PostgreSQL that RDS creates, with the family of their parameter groups. */
export const POSTGRES_VERSIONS = {
  families: {
    13: "postgres13",
    14: "postgres14",
    15: "postgres15",
    16: "postgres16",
    17: "postgres17",
    18: "postgres18",
  },
  source: `${CFN_LINT_SCHEMAS}/extensions/aws_rds_dbinstance/engine_version.json`,
  asOf: "2026-11-28",
  unverified:
    "the file has the versions; no page lists the families, which are the word postgres and the version",
} as const satisfies Fact & Record<string, unknown>;

/**
 * The oldest minor versions, by major version, whose extension log_fdw does not let users read the host's files. Versions
 * before 10 have major versions of two parts; older ones than these have no corrected version.
 */
export const LOG_FDW_FIXED = {
  rds: { 9.6: 22, 10: 17, 11: 12, 12: 7, 13: 3 },
  aurora: { 10: 14, 11: 9 },
  source: "https://aws.amazon.com/security/security-bulletins/AWS-2022-004/",
  asOf: "2026-11-29",
  unverified:
    "the bulletin was not opened; the versions are those of Checkov's CKV_AWS_250, which cites it",
} as const satisfies Fact & Record<string, unknown>;

/** The oldest and the newest of these versions. */
const MAJORS = Object.keys(POSTGRES_VERSIONS.families).map(Number);
export const POSTGRES_RANGE = { oldest: Math.min(...MAJORS), newest: Math.max(...MAJORS) };

/** The family of a version such as 15 or 15.12; undefined for one that RDS does not create. */
export function postgresFamily(engineVersion: string): string | undefined {
  const major = Number.parseInt(engineVersion, 10);
  return (POSTGRES_VERSIONS.families as Readonly<Record<number, string>>)[major];
}

/**
 * Of a major version, the oldest minor one that RDS still creates. AWS's notice of 2026 says which ones it has stopped to; there is none
 * known of a major version that is not here.
 */
export const OLDEST_MINORS: Fact & { readonly minors: Readonly<Record<number, number>> } = {
  minors: { 14: 18, 15: 13, 16: 9, 17: 5 },
  source:
    "https://github.com/saayam-for-all/database/wiki/AWS-RDS-instances-%E2%80%90-Health-Checks/a95b7a0df95469eb11bfae1d4bef66e9cffccab9",
  asOf: "2026-11-28",
};

/** Versions that can be created in place of one that cannot, such as `15, or 15.13 and later`; undefined where it can be, or is not known. */
export function insteadOfMinor(engineVersion: string): string | undefined {
  const [major = 0, minor] = engineVersion.split(".").map(Number);
  const oldest = OLDEST_MINORS.minors[major];
  return minor === undefined || oldest === undefined || minor >= oldest
    ? undefined
    : `${major}, or ${major}.${oldest} and later`;
}

/**
 * Parameters of PostgreSQL that an instance takes up when it is restarted, those that the page names: RDS refuses to set
 * them at once. `rds.force_ssl` is dynamic by the page and was static in older families: either way it may wait.
 */
export const STATIC_POSTGRES_PARAMETERS = {
  names: [
    "autovacuum_freeze_max_age",
    "autovacuum_max_workers",
    "logging_collector",
    "max_connections",
    "max_files_per_process",
    "max_locks_per_transaction",
    "max_pred_locks_per_transaction",
    "max_prepared_transactions",
    "rds.restrict_password_commands",
    "shared_buffers",
    "shared_preload_libraries",
    "ssl",
    "temp_file_limit",
    "track_activity_query_size",
    "wal_buffers",
  ] as readonly string[],
  source:
    "https://github.com/awsdocs/amazon-rds-user-guide/blob/1fffeb49f3ec251c577ead4655885e1e8135651b/doc_source/Appendix.PostgreSQL.CommonDBATasks.Parameters.md",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/**
 * All that `postgres --describe-config` lists as taken at its start only (context `postmaster` of pg_settings) in 13 to 18, beside those above, and of
 * the extensions that come with it.
 */
export const START_ONLY_POSTGRES_PARAMETERS = {
  names: [
    "archive_mode",
    "autovacuum_multixact_freeze_max_age",
    "autovacuum_worker_slots",
    "bonjour",
    "bonjour_name",
    "cluster_name",
    "commit_timestamp_buffers",
    "data_directory",
    "data_sync_retry",
    "dynamic_shared_memory_type",
    "event_source",
    "external_pid_file",
    "hba_file",
    "hot_standby",
    "huge_page_size",
    "huge_pages",
    "ident_file",
    "io_max_combine_limit",
    "io_max_concurrency",
    "io_method",
    "jit_provider",
    "listen_addresses",
    "max_active_replication_origins",
    "max_logical_replication_workers",
    "max_notify_queue_pages",
    "max_replication_slots",
    "max_wal_senders",
    "max_worker_processes",
    "min_dynamic_shared_memory",
    "multixact_member_buffers",
    "multixact_offset_buffers",
    "notify_buffers",
    "old_snapshot_threshold",
    "pg_prewarm.autoprewarm",
    "pg_stat_statements.max",
    "port",
    "recovery_target",
    "recovery_target_action",
    "recovery_target_inclusive",
    "recovery_target_lsn",
    "recovery_target_name",
    "recovery_target_time",
    "recovery_target_timeline",
    "recovery_target_xid",
    "reserved_connections",
    "serializable_buffers",
    "shared_memory_type",
    "subtransaction_buffers",
    "superuser_reserved_connections",
    "track_commit_timestamp",
    "transaction_buffers",
    "unix_socket_directories",
    "unix_socket_group",
    "unix_socket_permissions",
    "wal_decode_buffer_size",
    "wal_level",
    "wal_log_hints",
  ] as readonly string[],
  source: "https://www.postgresql.org/docs/18/view-pg-settings.html",
  asOf: "2026-11-28",
  unverified:
    "not from the page: what `postgres --describe-config` of 13.23, 14.23, 15.18, 16.14, 17.10 and 18.4 prints as postmaster",
} as const satisfies Fact & Record<string, unknown>;

/** Parameters of pg_cron that take a restart. */
export const START_ONLY_CRON_PARAMETERS = {
  names: [
    "cron.database_name",
    "cron.enable_superuser_jobs",
    "cron.host",
    "cron.log_run",
    "cron.log_statement",
    "cron.max_running_jobs",
    "cron.timezone",
    "cron.use_background_workers",
  ] as readonly string[],
  source: "https://docs.pgedge.com/pg-cron/v1-6-7/extension-settings",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** The parameter of RDS's own that the stacks may set. */
const START_ONLY_RDS_PARAMETER = {
  name: "rds.logical_replication",
  source: page("PostgreSQL.Concepts.General.FeatureSupport.md"),
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Another of RDS's own: set, then the instance is restarted. */
const CUSTOM_DNS_PARAMETER = {
  name: "rds.custom_dns_resolution",
  source:
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.CustomDNS.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** Whether an instance takes a parameter up when it is restarted and not before. */
export function isStaticParameter(name: string): boolean {
  return (
    STATIC_POSTGRES_PARAMETERS.names.includes(name) ||
    START_ONLY_POSTGRES_PARAMETERS.names.includes(name) ||
    START_ONLY_CRON_PARAMETERS.names.includes(name) ||
    name === START_ONLY_RDS_PARAMETER.name ||
    name === CUSTOM_DNS_PARAMETER.name
  );
}

/** Authorities that sign the certificate of an instance, those that have not expired. */
export const DATABASE_AUTHORITIES = {
  names: ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"],
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
  asOf: READ,
} as const satisfies Fact & Record<string, unknown>;

/** Logs with errors that an engine can export, and its default port. */
export interface DatabaseEngine extends Fact {
  readonly logs: readonly string[];
  readonly port: number;
}

/** By what CreateDBInstance says of log types and of default ports. */
const described = (port: number, ...logs: readonly string[]): DatabaseEngine => ({
  ...{ logs, port, source: apiText("rds", "3.1164.0"), asOf: READ },
});

export const POSTGRES = described(5432, "postgresql", "upgrade");

/**
 * Engines by the beginning of their names; what none of these begins is PostgreSQL. RDS Custom exports no logs and has the ports of its
 * engine; the logs of Aurora are those of its cluster.
 */
export const DATABASE_ENGINES: readonly (readonly [string, DatabaseEngine])[] = [
  ["aurora-mysql", described(3306, "error", "slowquery")],
  ["mysql", described(3306, "error", "slowquery")],
  ["mariadb", described(3306, "error", "slowquery")],
  ["oracle", described(1521, "alert", "listener")],
  ["custom-oracle", described(1521)],
  ["sqlserver", described(1433, "error")],
  ["custom-sqlserver", described(1433)],
  ["db2", described(50_000, "diag.log")],
];

/** What is known of an engine by its name; one that is not named, as of a replica, counts as PostgreSQL. */
export function databaseEngine(name: string): DatabaseEngine {
  return DATABASE_ENGINES.find(([start]) => name.startsWith(start))?.[1] ?? POSTGRES;
}

/** A parameter by which an engine refuses connections without TLS. */
export interface TlsParameter {
  readonly name: string;
  /** Values that refuse them, in lower case. */
  readonly on: readonly string[];
  /** The first version of the engine that refuses them where the parameter is not set. @default none does */
  readonly byDefaultFrom?: number;
}

const forceSsl = (byDefaultFrom?: number): TlsParameter => ({
  ...{ name: "rds.force_ssl", on: ["1"], byDefaultFrom },
});
const secureTransport = (byDefaultFrom?: number): TlsParameter => ({
  ...{ name: "require_secure_transport", on: ["1", "on"], byDefaultFrom },
});

/**
 * These parameters by what engines and families of parameter groups are called; the first that fits counts. Oracle has an option
 * instead, which no parameter shows. Sources of the defaults: Aurora User Guide, "Security with Amazon Aurora PostgreSQL" and "Comparing
 * Aurora MySQL version 3 and Aurora MySQL version 8.4"; RDS User Guide, "Requiring SSL/TLS for all connections to a MySQL DB instance" and
 * of MariaDB, and "Using SSL with a PostgreSQL DB instance"; DocumentDB Developer Guide, "Encrypting data in transit", and API_Parameter.
 */
export const TLS_PARAMETERS = {
  engines: [
    [/^aurora-postgres/, forceSsl(17)],
    [/^aurora/, secureTransport(8.4)],
    [
      /^docdb/,
      { name: "tls", on: ["enabled", "tls1.2+", "tls1.3+", "fips-140-3"], byDefaultFrom: 0 },
    ],
    [/postgres/, forceSsl(15)],
    [/sqlserver/, forceSsl()],
    [/mysql/, secureTransport(9.7)],
    [/mariadb/, secureTransport(11.8)],
    [/db2/, { name: "db2comm", on: ["ssl"] }],
  ] as readonly (readonly [RegExp, TlsParameter])[],
  source: "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-38",
  asOf: "2026-11-29",
  unverified:
    "the page names rds.force_ssl (RDS.38, RDS.41) and require_secure_transport (RDS.39), and the guides above the defaults; of db2comm no page was read",
} as const satisfies Fact & Record<string, unknown>;

/** Storage of PostgreSQL in GiB, and by how much it has to be able to grow. */
export const POSTGRES_STORAGE = {
  gib: { minimum: 20, maximum: 65_536 },
  source: guide(
    "amazon-rds-user-guide",
    "50e7617a861617feb57905ab25adb629c31cb98e",
    "CHAP_Storage.md",
  ),
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** Percent of its size by which the most that RDS grows a storage to is above it, at least. */
export const STORAGE_GROWTH = {
  percent: 10,
  source: guide(
    "amazon-rds-user-guide",
    "50e7617a861617feb57905ab25adb629c31cb98e",
    "USER_PIOPS.StorageTypes.md",
  ),
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** What gp3 storage of PostgreSQL does, and between what bounds more can be bought. */
export const POSTGRES_GP3 = {
  /** GiB from which storage is striped over four volumes: below, IOPS and throughput are fixed. */
  stripedFromGiB: 400,
  below: { iops: 3000, throughputMiBps: 125 },
  striped: {
    iops: { included: 12_000, maximum: 64_000 },
    throughputMiBps: { included: 500, maximum: 4000 },
  },
  /** The most MiB/s for each IOPS. */
  throughputPerIops: 0.25,
  source:
    "https://github.com/awsdocs/amazon-rds-user-guide/blob/50e7617a861617feb57905ab25adb629c31cb98e/doc_source/CHAP_Storage.md",
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** What is included in the price of gp3 of a size, of PostgreSQL on RDS. */
export function gp3Included(gib: number): { readonly iops: number; readonly mibps: number } {
  const { stripedFromGiB, below, striped } = POSTGRES_GP3;
  return gib >= stripedFromGiB
    ? { iops: striped.iops.included, mibps: striped.throughputMiBps.included }
    : { iops: below.iops, mibps: below.throughputMiBps };
}
