/** PostgreSQL on RDS: what a database survives, reports and accepts. */
import { items, read, UNKNOWN } from "../../analysis/properties";
import {
  DATABASE_AUTHORITIES,
  databaseEngine,
  type DatabaseEngine,
  LOG_FDW_FIXED,
} from "../../facts/database-engines";
import { REPLICATED_BACKUPS } from "../../facts/limits";
import { DATABASE_BACKUP_DAYS } from "../../facts/setting-bounds";
import { expect, isNotTrue, isTrue, resourceRule, type Rule, type Subject } from "../define";
import { isOfPilotLight } from "../relations";
import { cacheRules } from "./cache";
import { databaseAccessRules } from "./database-access";
import { databaseRelationRules, isMember, isReplica } from "./database-relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
/** An instance of a cluster. */
const MEMBER = "aws:rds/clusterInstance:ClusterInstance";

interface Required {
  /** Whether the rule applies to this stack. */
  readonly required: boolean;
}

const multiAz = resourceRule<Required>({
  id: "rds-multi-az",
  description: "A database has a standby in another zone.",
  severity: "medium",
  controls: { securityHub: ["RDS.5"], cis: ["2.2.4"], cdkNag: ["RDS3"], checkov: ["CKV_AWS_157"] },
  remediation:
    "Set multiAz to true; where an hour of downtime is acceptable, set required to false.",
  url: `${GUIDE}/rds-controls.html#rds-5`,
  defaults: { required: true },
  types: [INSTANCE],
  check(subject, report, { required }) {
    if (required && !isReplica(subject) && !isMember(subject)) {
      expect(subject, report, "multiAz", isTrue, "set it to true");
    }
  },
});

interface Retention {
  /** Minimum retention of backups, in days. */
  readonly minimumDays: number;
}

const backupRetention = resourceRule<Retention>({
  id: "rds-backup-retention",
  description: "A database has point-in-time recovery.",
  severity: "medium",
  controls: {
    securityHub: ["RDS.11"],
    cdkNag: ["RDS13"],
    checkov: ["CKV_AWS_133"],
    trivy: ["AWS-0077"],
  },
  remediation: "Raise backupRetentionPeriod.",
  url: `${GUIDE}/rds-controls.html#rds-11`,
  defaults: { minimumDays: 7 },
  types: [INSTANCE, CLUSTER],
  check(subject, report, { minimumDays }) {
    if (!isReplica(subject) && !(subject.type === INSTANCE && isMember(subject))) {
      const { maximum } = DATABASE_BACKUP_DAYS;
      const accepts = (days: unknown) =>
        typeof days === "number" && days >= minimumDays && days <= maximum;
      const fix = `set it to between ${minimumDays} and ${maximum}`;
      expect(subject, report, "backupRetentionPeriod", accepts, fix, (days) => {
        // The provider's defaults: a day for a cluster, no backups for an instance.
        const kept = Number(days ?? (subject.type === CLUSTER ? 1 : 0));
        return kept > maximum
          ? undefined
          : kept >= 2
            ? { securityHub: ["RDS.11"] }
            : kept === 1
              ? { securityHub: ["RDS.11"], trivy: ["AWS-0077"] }
              : undefined;
      });
    }
  },
});

const replicatedRetention = resourceRule<Retention>({
  id: "rds-replicated-backup-retention",
  description:
    "Automated backups in another region have the same retention as in the source region.",
  severity: "medium",
  remediation: "Raise retentionPeriod.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html",
  defaults: { minimumDays: 7 },
  types: ["aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"],
  check(subject, report, { minimumDays }) {
    const accepts = (days: unknown) =>
      (typeof days === "number" ? days : REPLICATED_BACKUPS.unsetDays) >= minimumDays;
    expect(subject, report, "retentionPeriod", accepts, `set it to ${minimumDays} at least`);
  },
});

const deletionProtection = resourceRule({
  id: "rds-deletion-protection",
  description: "A database has deletion protection.",
  severity: "medium",
  controls: {
    securityHub: ["RDS.8"],
    cdkNag: ["RDS10"],
    checkov: ["CKV_AWS_293"],
    trivy: ["AWS-0177"],
  },
  remediation: "Set deletionProtection to true.",
  url: `${GUIDE}/rds-controls.html#rds-8`,
  types: [INSTANCE, CLUSTER],
  check(subject, report) {
    expect(subject, report, "deletionProtection", isTrue, "set it to true");
  },
});

const finalSnapshot = resourceRule<Required>({
  id: "rds-final-snapshot",
  description: "The deletion of a database leaves a final snapshot and its automated backups.",
  severity: "medium",
  remediation:
    "Set skipFinalSnapshot and deleteAutomatedBackups to false, and set finalSnapshotIdentifier; for temporary stacks, set required to false.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
  defaults: { required: true },
  types: [INSTANCE, CLUSTER],
  check(subject, report, { required }) {
    if (!required || isReplica(subject)) {
      return;
    }
    expect(subject, report, "skipFinalSnapshot", isNotTrue, "set it to false");
    // A name that is not known yet counts as a name.
    if (read(subject.properties, "finalSnapshotIdentifier") === undefined) {
      report.violation("finalSnapshotIdentifier is not set; name the snapshot.");
    }
    // By default RDS deletes them.
    const kept = (value: unknown) => value === false;
    expect(subject, report, "deleteAutomatedBackups", kept, "set it to false");
  },
});

const minorUpgrade = resourceRule({
  id: "rds-auto-minor-upgrade",
  description: "A database installs minor version upgrades automatically.",
  severity: "high",
  controls: { securityHub: ["RDS.13"], cis: ["2.2.2"], checkov: ["CKV_AWS_226"] },
  remediation: "Remove autoMinorVersionUpgrade, or set it to true.",
  url: `${GUIDE}/rds-controls.html#rds-13`,
  types: [INSTANCE, MEMBER],
  check(subject, report) {
    const accepts = (value: unknown) => value !== false;
    expect(subject, report, "autoMinorVersionUpgrade", accepts, "set it to true");
  },
  remediate(inputs) {
    inputs["autoMinorVersionUpgrade"] = true;
  },
});

const enhancedMonitoring = resourceRule({
  id: "rds-enhanced-monitoring",
  description: "A database reports metrics of its operating system (Enhanced Monitoring).",
  severity: "low",
  controls: { securityHub: ["RDS.6"], checkov: ["CKV_AWS_118"] },
  remediation: "Set monitoringInterval, for example to 60, and monitoringRoleArn.",
  url: `${GUIDE}/rds-controls.html#rds-6`,
  types: [INSTANCE, MEMBER],
  check(subject, report) {
    const accepts = (seconds: unknown) => Number(seconds) > 0;
    expect(subject, report, "monitoringInterval", accepts, "set it, for example to 60");
    const seconds = read(subject.properties, "monitoringInterval");
    const isOn = seconds === UNKNOWN || accepts(seconds);
    if (isOn && read(subject.properties, "monitoringRoleArn") === undefined) {
      report.violation("monitoringRoleArn is not set; name a role.", {});
    }
  },
});

/** The engine of an instance; one that names none, such as a replica, counts as PostgreSQL. */
function engineOf({ properties }: Pick<Subject, "properties">): DatabaseEngine {
  return databaseEngine(String(read(properties, "engine")));
}

interface Logs {
  /**
   * Logs that must go to CloudWatch.
   * @default the logs with the engine's errors
   */
  readonly logs: string[];
}

const logExports = resourceRule<Logs>({
  id: "rds-log-exports",
  description: "A database exports its logs to CloudWatch.",
  severity: "medium",
  controls: { securityHub: ["RDS.9", "RDS.36"], checkov: ["CKV_AWS_129"] },
  remediation: 'Set enabledCloudwatchLogsExports; for PostgreSQL to ["postgresql", "upgrade"].',
  url: `${GUIDE}/rds-controls.html#rds-36`,
  defaults: { logs: [] },
  types: [INSTANCE],
  check(subject, report, { logs }) {
    const exported = items(subject.properties["enabledCloudwatchLogsExports"]);
    if (exported === UNKNOWN || exported.includes(UNKNOWN)) {
      report.undecided("enabledCloudwatchLogsExports");
      return;
    }
    const wanted = logs.length > 0 ? logs : engineOf(subject).logs;
    const absent = wanted.filter((log) => !exported.includes(log));
    if (absent.length > 0) {
      report.violation(
        `enabledCloudwatchLogsExports lacks ${absent.join(", ")}; add what is missing.`,
      );
    }
  },
});

const iamAuthentication = resourceRule({
  id: "rds-iam-auth",
  description: "A database accepts IAM authentication, whose tokens last minutes.",
  severity: "medium",
  controls: { securityHub: ["RDS.10"], checkov: ["CKV_AWS_161"], trivy: ["AWS-0176"] },
  remediation: "Set iamDatabaseAuthenticationEnabled to true.",
  url: `${GUIDE}/rds-controls.html#rds-10`,
  types: [INSTANCE, CLUSTER],
  check(subject, report) {
    expect(subject, report, "iamDatabaseAuthenticationEnabled", isTrue, "set it to true");
  },
});

const performanceInsights = resourceRule({
  id: "rds-performance-insights",
  description: "A database reports its load by statement (Performance Insights).",
  severity: "low",
  controls: { checkov: ["CKV_AWS_353"], trivy: ["AWS-0133"] },
  remediation: "Set performanceInsightsEnabled to true.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html",
  types: [INSTANCE, MEMBER],
  check(subject, report) {
    expect(subject, report, "performanceInsightsEnabled", isTrue, "set it to true");
  },
});

const nonDefaultPort = resourceRule({
  id: "rds-non-default-port",
  description:
    "A database listens on a non-default port. Advisory: this only hides it from simple port scans; its security group decides who may connect.",
  severity: "low",
  controls: { securityHub: ["RDS.23"], cdkNag: ["RDS11"] },
  remediation: "Set port to another number, and change the security group rules to match.",
  url: `${GUIDE}/rds-controls.html#rds-23`,
  level: "advisory",
  types: [INSTANCE],
  check(subject, report) {
    if (!isReplica(subject) || isOfPilotLight(subject)) {
      const usual = engineOf(subject).port;
      const accepts = (port: unknown) => typeof port === "number" && port !== usual;
      expect(subject, report, "port", accepts, `consider a non-default port`);
    }
  },
});

const AUTHORITIES: readonly string[] = DATABASE_AUTHORITIES.names;

const modernAuthority = resourceRule({
  id: "rds-modern-ca",
  description: "A database uses a certificate authority that has not expired.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_211"] },
  remediation: `Set caCertIdentifier to "${AUTHORITIES[0]}".`,
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
  types: [INSTANCE, MEMBER],
  check(subject, report) {
    const accepts = (name: unknown) => name === undefined || AUTHORITIES.includes(name as string);
    expect(subject, report, "caCertIdentifier", accepts, `use one of ${AUTHORITIES.join(", ")}`);
  },
});

interface Versions {
  /** Oldest major version of PostgreSQL. */
  readonly minimumPostgres: number;
  /** Whether RDS may put a version past its end of support under paid Extended Support. */
  readonly allowExtendedSupport: boolean;
}

/** Whether users of a version can read the host's files with log_fdw. */
function readsFiles(engine: string, version: string): boolean {
  const fixed: Readonly<Record<string, number>> = engine.startsWith("aurora")
    ? LOG_FDW_FIXED.aurora
    : LOG_FDW_FIXED.rds;
  const [major = 0, ...rest] = version.split(".").map(Number);
  const [series, minor] = major < 10 ? [`${major}.${rest[0]}`, rest[1]] : [`${major}`, rest[0]];
  const first = fixed[series];
  return first === undefined
    ? major < Math.max(...Object.keys(fixed).map(Number))
    : minor !== undefined && minor < first;
}

const supportedVersion = resourceRule<Versions>({
  id: "rds-supported-version",
  description: "A database runs a version that is still supported.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_250", "CKV_AWS_388"] },
  remediation: "Raise engineVersion.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
  defaults: { minimumPostgres: 14, allowExtendedSupport: true },
  types: [INSTANCE, CLUSTER],
  check(subject, report, { minimumPostgres, allowExtendedSupport }) {
    if (/postgres/.test(String(read(subject.properties, "engine")))) {
      const accepts = (version: unknown) =>
        version === undefined || Number.parseInt(version as string, 10) >= minimumPostgres;
      const fix = `use ${minimumPostgres} or later`;
      const engine = String(read(subject.properties, "engine"));
      // The two controls are about one vulnerability; the end of support is the rule's own demand.
      expect(subject, report, "engineVersion", accepts, fix, (version) =>
        readsFiles(engine, String(version)) ? undefined : {},
      );
    }
    if (!allowExtendedSupport) {
      const refused = "open-source-rds-extended-support-disabled";
      const accepts = (value: unknown) => value === refused;
      expect(subject, report, "engineLifecycleSupport", accepts, `set it to "${refused}"`);
    }
  },
});

export const databaseRules: readonly Rule[] = [
  multiAz,
  backupRetention,
  replicatedRetention,
  deletionProtection,
  finalSnapshot,
  minorUpgrade,
  enhancedMonitoring,
  logExports,
  iamAuthentication,
  performanceInsights,
  nonDefaultPort,
  ...databaseAccessRules,
  modernAuthority,
  supportedVersion,
  ...databaseRelationRules,
  ...cacheRules,
];
