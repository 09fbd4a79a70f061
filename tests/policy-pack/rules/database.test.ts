import { databaseRules } from "../../../policy-pack/rules/database";
import { type Row, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const INSTANCE = "aws:rds/instance:Instance";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const REPLICA = { replicateSourceDb: "crm-primary" };

/** A switch that has to be on, and is off without a word. */
function switchTable(
  id: string,
  type: string,
  property: string,
  compliant = {},
  rows: readonly Row[] = [],
) {
  variantTable(databaseRules, id, {
    type,
    good: { [property]: true },
    compliant,
    violating: {
      off: [{ [property]: false }, new RegExp(`${property} is false; set it to true`)],
      "without a word": [{ [property]: undefined }, new RegExp(`${property} is not set`)],
    },
    unknown: { "not known": { [property]: UNKNOWN_FLAG } },
    rows,
  });
}

describe("rules about databases", () => {
  switchTable(
    "rds-multi-az",
    INSTANCE,
    "multiAz",
    {
      "a replica": { multiAz: false, ...REPLICA },
      "a member of a cluster": { multiAz: undefined, engine: "aurora-postgresql" },
    },
    [
      {
        compliant: "where it is not required",
        type: INSTANCE,
        props: { multiAz: false },
        config: { required: false },
      },
    ],
  );
  switchTable("rds-deletion-protection", INSTANCE, "deletionProtection");
  switchTable("rds-iam-auth", INSTANCE, "iamDatabaseAuthenticationEnabled");
  switchTable("rds-performance-insights", INSTANCE, "performanceInsightsEnabled");
  switchTable("redis-failover", CACHE, "automaticFailoverEnabled");

  variantTable(databaseRules, "rds-backup-retention", {
    type: INSTANCE,
    good: { backupRetentionPeriod: 7 },
    compliant: { "a replica": { backupRetentionPeriod: undefined, ...REPLICA } },
    violating: {
      "too few days": [{ backupRetentionPeriod: 6 }, /is 6; set it to between 7 and/],
      none: [{ backupRetentionPeriod: undefined }, /not set/],
      "more days than RDS takes": [{ backupRetentionPeriod: 36 }, /and 35/],
    },
    unknown: { "not known": { backupRetentionPeriod: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "fewer days than configured",
        says: /between 30 and/,
        type: INSTANCE,
        props: { backupRetentionPeriod: 7 },
        config: { minimumDays: 30 },
      },
    ],
  });
  variantTable(databaseRules, "rds-final-snapshot", {
    type: INSTANCE,
    good: {
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: UNKNOWN_TEXT,
      deleteAutomatedBackups: false,
    },
    compliant: {
      "a replica": { skipFinalSnapshot: true, finalSnapshotIdentifier: undefined, ...REPLICA },
    },
    violating: {
      skipped: [{ skipFinalSnapshot: true }, /skipFinalSnapshot is true/],
      "without a name": [{ finalSnapshotIdentifier: undefined }, /finalSnapshotIdentifier/],
      "backups deleted by default": [{ deleteAutomatedBackups: undefined }, /deleteAutomated/],
    },
    unknown: { "not known": { skipFinalSnapshot: UNKNOWN_FLAG } },
    rows: [
      {
        compliant: "where it is not required",
        type: INSTANCE,
        props: { skipFinalSnapshot: true },
        config: { required: false },
      },
    ],
  });
  for (const [id, type] of [
    ["rds-auto-minor-upgrade", INSTANCE],
    ["redis-auto-minor-upgrade", CACHE],
  ] as const) {
    variantTable(databaseRules, id, {
      type,
      good: {},
      compliant: { "said so": { autoMinorVersionUpgrade: true } },
      violating: { off: [{ autoMinorVersionUpgrade: false }, /autoMinorVersionUpgrade is false/] },
      unknown: { "not known": { autoMinorVersionUpgrade: UNKNOWN_FLAG } },
    });
  }
  variantTable(databaseRules, "rds-enhanced-monitoring", {
    type: INSTANCE,
    good: { monitoringInterval: 60, monitoringRoleArn: UNKNOWN_TEXT },
    violating: {
      off: [{ monitoringInterval: 0 }, /monitoringInterval is 0/],
      "without a role": [{ monitoringRoleArn: undefined }, /monitoringRoleArn is not set/],
    },
    unknown: { "not known": { monitoringInterval: UNKNOWN_TEXT } },
  });
  variantTable(databaseRules, "rds-log-exports", {
    type: INSTANCE,
    good: { enabledCloudwatchLogsExports: ["postgresql", "upgrade"] },
    compliant: {
      "MySQL's": { engine: "mysql", enabledCloudwatchLogsExports: ["error", "slowquery"] },
    },
    violating: {
      "MySQL's, of another engine": [{ engine: "mariadb" }, /lacks error, slowquery/],
      "one of two": [{ enabledCloudwatchLogsExports: ["postgresql"] }, /lacks upgrade/],
      none: [{ enabledCloudwatchLogsExports: undefined }, /lacks postgresql, upgrade/],
    },
    unknown: { "the list": { enabledCloudwatchLogsExports: UNKNOWN_LIST } },
  });
  variantTable(databaseRules, "rds-non-default-port", {
    type: INSTANCE,
    good: { port: 6432 },
    compliant: {
      "a replica": { port: undefined, ...REPLICA },
      "PostgreSQL's port for MySQL": { engine: "mysql", port: 5432 },
    },
    violating: {
      "MySQL's own": [{ engine: "aurora-mysql", port: 3306 }, /is 3306; consider a non-default/],
      default: [{ port: 5432 }, /port is 5432/],
      "without a word": [{ port: undefined }, /port is not set/],
    },
    unknown: { "not known": { port: UNKNOWN_TEXT } },
  });
  variantTable(databaseRules, "rds-custom-admin-name", {
    type: INSTANCE,
    good: { username: "crm_admin" },
    violating: {
      "the engine's": [{ username: "postgres" }, /username is a well-known name/],
      "in capitals": [{ username: "Admin" }, /choose another/],
    },
    unknown: { "not known": { username: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "a cluster's",
        says: /masterUsername/,
        type: "aws:rds/cluster:Cluster",
        props: { masterUsername: "root" },
      },
    ],
  });
  variantTable(databaseRules, "rds-managed-password", {
    type: INSTANCE,
    good: { passwordWo: UNKNOWN_TEXT },
    compliant: {
      "left to RDS": { passwordWo: undefined, manageMasterUserPassword: true },
      "a replica": { passwordWo: undefined, ...REPLICA },
      "restored from a snapshot": { passwordWo: undefined, snapshotIdentifier: "crm-1" },
    },
    violating: {
      "in the state": [{ password: "hunter2hunter2" }, /^((?!hunter2).)*$/s],
      "in the state, not known": [{ password: UNKNOWN_TEXT }, /use passwordWo/],
      none: [{ passwordWo: undefined }, /passwordWo is not set/],
    },
    unknown: {
      "whether RDS has it": { passwordWo: undefined, manageMasterUserPassword: UNKNOWN_FLAG },
    },
  });
  variantTable(databaseRules, "rds-modern-ca", {
    type: INSTANCE,
    good: {},
    compliant: { named: { caCertIdentifier: "rds-ca-ecc384-g1" } },
    violating: { "run out": [{ caCertIdentifier: "rds-ca-2019" }, /rds-ca-rsa2048-g1/] },
    unknown: { "not known": { caCertIdentifier: UNKNOWN_TEXT } },
  });
  variantTable(databaseRules, "rds-supported-version", {
    type: INSTANCE,
    good: { engine: "postgres", engineVersion: "15" },
    compliant: { "another engine": { engine: "mysql", engineVersion: "8.0" } },
    violating: { old: [{ engineVersion: "12.4" }, /use 14 or later/] },
    unknown: { "not known": { engineVersion: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "extended support by default",
        says: /engineLifecycleSupport is not set/,
        type: INSTANCE,
        props: { engine: "postgres", engineVersion: "15" },
        config: { allowExtendedSupport: false },
      },
    ],
  });
});

const PARAMETERS = [
  { name: "log_statement", value: "mod" },
  { name: "log_min_duration_statement", value: "1000" },
];
const PRIMARY = {
  primary: {
    type: INSTANCE,
    props: { engine: "postgres", identifier: "crm-primary", tags: { Backup: "daily" } },
  },
};

describe("rules about what databases have of others", () => {
  const replicaIn = (family: string) => ({
    group: { props: { family, parameters: [] } },
    database: { props: { engine: undefined, replicateSourceDb: "arn:aws:rds:eu-west-1:1:db:crm" } },
  });
  stackTable(databaseRules, "rds-query-logging", {
    good: {
      group: { type: "aws:rds/parameterGroup:ParameterGroup", props: { parameters: PARAMETERS } },
      database: {
        type: INSTANCE,
        props: { engine: "postgres", parameterGroupName: UNKNOWN_TEXT },
        references: { parameterGroupName: ["group"] },
      },
    },
    compliant: {
      "another engine": { database: { props: { engine: "mysql" } } },
      "a replica of somebody else's MySQL": replicaIn("mysql8.0"),
    },
    violating: {
      "a replica of somebody else's PostgreSQL": [replicaIn("postgres16"), /log_statement and/],
      "one is off": [
        { group: { props: { parameters: [PARAMETERS[0], { ...PARAMETERS[1], value: "-1" }] } } },
        /log_min_duration_statement/,
      ],
      "none is set": [{ group: { props: { parameters: [] } } }, /log_statement and/],
    },
    unknown: {
      "the parameters": { group: { props: { parameters: UNKNOWN_LIST } } },
      "the engine": { database: { props: { engine: UNKNOWN_TEXT } } },
      "the group": { database: { references: {} } },
    },
  });
  const about = (sourceType: string, ...eventCategories: string[]) => ({
    type: "aws:rds/eventSubscription:EventSubscription",
    props: { sourceType, eventCategories },
  });
  stackTable(databaseRules, "rds-event-subscriptions", {
    good: {
      ...PRIMARY,
      events: about("db-instance", "maintenance", "configuration change", "failure"),
      changes: about("db-parameter-group", "configuration change"),
    },
    compliant: {
      "all events": { events: { props: { eventCategories: undefined } } },
      "all sources": { events: { props: { sourceType: undefined, eventCategories: undefined } } },
    },
    violating: {
      "one is missing": [{ changes: undefined }, /covers configuration change of a db-p/],
      "a category is missing": [
        { events: { props: { eventCategories: ["failure", "maintenance"] } } },
        /configuration change of a db-instance/,
      ],
      "switched off": [{ events: { props: { enabled: false } } }, /failure/],
    },
    unknown: { categories: { events: { props: { eventCategories: UNKNOWN_LIST } } } },
  });
  stackTable(databaseRules, "rds-in-backup-plan", {
    good: {
      ...PRIMARY,
      selection: {
        type: "aws:backup/selection:Selection",
        props: { resources: ["arn:aws:rds:us-east-1:123456789012:db:crm-primary"] },
      },
    },
    compliant: {
      "by tag": {
        selection: {
          props: { resources: undefined, selectionTags: [{ key: "Backup", value: "daily" }] },
        },
      },
      "by reference": {
        selection: { props: { resources: [UNKNOWN_TEXT] }, references: { resources: ["primary"] } },
      },
    },
    violating: {
      "no selection": [{ selection: undefined }, /no aws.backup.Selection names it/],
      another: [{ selection: { props: { resources: ["arn:aws:s3:::crm"] } } }, /names it/],
    },
    unknown: {
      resources: { selection: { props: { resources: UNKNOWN_LIST } } },
      "its name": { primary: { props: { identifier: UNKNOWN_TEXT } } },
      "its tags": {
        primary: { props: { tags: UNKNOWN_TEXT } },
        selection: {
          props: { resources: undefined, selectionTags: [{ key: "Backup", value: "daily" }] },
        },
      },
    },
  });
  stackTable(databaseRules, "rds-replica-hardened", {
    good: {
      ...PRIMARY,
      replica: {
        type: INSTANCE,
        provider: { region: "us-east-1" },
        props: {
          replicateSourceDb: "arn:aws:rds:us-east-1:123456789012:db:crm-primary",
          publiclyAccessible: false,
          deletionProtection: true,
        },
      },
    },
    violating: {
      none: [{ replica: undefined }, /it has 0 replicas/],
      public: [{ replica: { props: { publiclyAccessible: true } } }, /publiclyAccessible is true/],
      unprotected: [{ replica: { props: { deletionProtection: undefined } } }, /deletionProt/],
      "elsewhere without a key": [
        { replica: { provider: { region: "us-west-2" } } },
        /kmsKeyId is not set; name a key of us-west-2/,
      ],
    },
    unknown: { protection: { replica: { props: { deletionProtection: UNKNOWN_FLAG } } } },
    rows: [
      {
        compliant: "where none is required",
        resources: [PRIMARY.primary],
        config: { minimumReplicas: 0 },
      },
    ],
  });
});

describe("rules about caches", () => {
  variantTable(databaseRules, "redis-user-auth", {
    type: "aws:elasticache/user:User",
    good: { userName: "crm", accessString: "on ~crm:* +@read" },
    violating: {
      "without a password": [{ noPasswordRequired: true }, /noPasswordRequired is true/],
      "without one by mode": [
        { authenticationMode: { type: "no-password-required" } },
        /authenticationMode/,
      ],
      "all for the default user": [
        { userName: "default", accessString: "on ~* +@all" },
        /allows the default user every command/,
      ],
    },
    unknown: { rights: { accessString: UNKNOWN_TEXT } },
  });
  variantTable(databaseRules, "redis-multi-az", {
    type: CACHE,
    good: { multiAzEnabled: true, numNodeGroups: 1, replicasPerNodeGroup: 1 },
    compliant: { "by nodes": { replicasPerNodeGroup: undefined, numCacheClusters: 2 } },
    violating: {
      off: [{ multiAzEnabled: undefined }, /multiAzEnabled is not set/],
      "one node": [{ replicasPerNodeGroup: 0 }, /no second node/],
      "a node a shard": [{ replicasPerNodeGroup: 0, numCacheClusters: 3 }, /no second node/],
    },
    unknown: { nodes: { replicasPerNodeGroup: UNKNOWN_TEXT } },
  });
  variantTable(databaseRules, "redis-backup", {
    type: CACHE,
    good: { snapshotRetentionLimit: 5 },
    violating: {
      none: [{ snapshotRetentionLimit: 0 }, /is 0; set it to 1/],
      "without a word": [{ snapshotRetentionLimit: undefined }, /not set/],
    },
    unknown: { "not known": { snapshotRetentionLimit: UNKNOWN_TEXT } },
  });
  variantTable(databaseRules, "redis-custom-subnet-group", {
    type: CACHE,
    good: { subnetGroupName: "crm-cache" },
    violating: {
      default: [{ subnetGroupName: "default" }, /default group's/],
      none: [{ subnetGroupName: undefined }, /name one of the stack/],
    },
    unknown: {},
    unimportant: { "a name to come": { subnetGroupName: UNKNOWN_TEXT } },
    rows: [
      {
        compliant: "a node of a group",
        type: "aws:elasticache/cluster:Cluster",
        props: { replicationGroupId: "crm" },
      },
    ],
  });
  variantTable(databaseRules, "redis-non-default-port", {
    type: CACHE,
    good: { port: 6380 },
    violating: { default: [{ port: 6379 }, /port is 6379/], none: [{ port: undefined }, /port/] },
    unknown: { "not known": { port: UNKNOWN_TEXT } },
  });
  variantTable(databaseRules, "redis-logs", {
    type: CACHE,
    good: { logDeliveryConfigurations: [{ logType: "slow-log" }, { logType: "engine-log" }] },
    violating: {
      one: [{ logDeliveryConfigurations: [{ logType: "slow-log" }] }, /lacks engine-log/],
      none: [{ logDeliveryConfigurations: undefined }, /lacks slow-log and engine-log/],
    },
    unknown: { "the list": { logDeliveryConfigurations: UNKNOWN_LIST } },
  });
});
