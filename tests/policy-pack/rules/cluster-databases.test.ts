import { clusterDatabaseRules } from "../../../policy-pack/rules/cluster-databases";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const DOCDB = "aws:docdb/cluster:Cluster";
const NEPTUNE = "aws:neptune/cluster:Cluster";
const INSTANCE = "aws:neptune/clusterInstance:ClusterInstance";

describe("policy pack: clusters of databases", () => {
  variantTable(clusterDatabaseRules, "cluster-backup-retention", {
    type: DOCDB,
    good: { backupRetentionPeriod: 7 },
    violating: {
      "by default": [
        { backupRetentionPeriod: undefined },
        /backupRetentionPeriod is not set; set it to 7.*Required by DocumentDB\.2, DOC4, CKV_AWS_360\./,
      ],
      "six days": [{ backupRetentionPeriod: 6 }, /is 6/],
    },
    unknown: { days: { backupRetentionPeriod: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "of Neptune",
        type: NEPTUNE,
        props: { backupRetentionPeriod: 1 },
        says: /Required by Neptune\.5, N3, CKV_AWS_361\./,
      },
    ],
  });
  variantTable(clusterDatabaseRules, "cluster-audit-log", {
    type: DOCDB,
    good: { enabledCloudwatchLogsExports: ["profiler", "audit"] },
    violating: {
      none: [
        { enabledCloudwatchLogsExports: undefined },
        /lacks audit; add.*Required by DocumentDB\.4, CKV_AWS_85, AWS-0020\./,
      ],
      "the profiler's only": [
        { enabledCloudwatchLogsExports: ["profiler"] },
        /lacks audit.*Required by DocumentDB\.4\./,
      ],
    },
    unknown: {
      list: { enabledCloudwatchLogsExports: UNKNOWN_LIST },
      item: { enabledCloudwatchLogsExports: [UNKNOWN_TEXT] },
    },
    rows: [
      {
        violating: "of Neptune",
        type: NEPTUNE,
        props: {},
        says: /enableCloudwatchLogsExports lacks audit.*Required by Neptune\.2/,
      },
    ],
  });
  const parameter = (name: unknown, value: unknown) => ({ parameters: [{ name, value }] });
  variantTable(clusterDatabaseRules, "docdb-audit-parameter", {
    type: "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
    good: parameter("audit_logs", "enabled"),
    compliant: { "kinds of events": parameter("audit_logs", "ddl, dml_write") },
    violating: {
      "by default": [parameter("tls", "enabled"), /does not set audit_logs.*set it to "enabled"/],
      off: [parameter("audit_logs", "disabled"), /audit_logs/],
      none: [parameter("audit_logs", "none"), /audit_logs/],
    },
    unknown: {
      list: { parameters: UNKNOWN_LIST },
      value: parameter("audit_logs", UNKNOWN_TEXT),
      name: parameter(UNKNOWN_TEXT, "enabled"),
    },
  });
  for (const [type, id, property] of [
    [DOCDB, "cluster-deletion-protection", "deletionProtection"],
    [NEPTUNE, "neptune-iam-auth", "iamDatabaseAuthenticationEnabled"],
    [NEPTUNE, "neptune-copy-tags", "copyTagsToSnapshot"],
    ["aws:dax/cluster:Cluster", "dax-encrypted", "serverSideEncryption"],
  ] as const) {
    const block = property === "serverSideEncryption";
    const value = (given: unknown) => ({ [property]: block ? { enabled: given } : given });
    variantTable(clusterDatabaseRules, id, {
      type,
      good: value(true),
      violating: {
        "by default": [{ [property]: undefined }, /is not set; set it to true/],
        off: [value(false), /is false; set it to true/],
      },
      unknown: { switch: value(UNKNOWN_FLAG) },
    });
  }
  variantTable(clusterDatabaseRules, "neptune-minor-upgrades", {
    type: INSTANCE,
    good: { autoMinorVersionUpgrade: true },
    compliant: { "by default": { autoMinorVersionUpgrade: undefined } },
    violating: { off: [{ autoMinorVersionUpgrade: false }, /is false; set it to true/] },
    unknown: { switch: { autoMinorVersionUpgrade: UNKNOWN_FLAG } },
  });
  const instance = (references: readonly string[]) => ({
    type: INSTANCE,
    props: { clusterIdentifier: UNKNOWN_TEXT },
    references: { clusterIdentifier: references },
  });
  stackTable(clusterDatabaseRules, "neptune-multi-az", {
    good: {
      cluster: { type: NEPTUNE },
      one: instance(["cluster"]),
      two: instance(["cluster"]),
    },
    violating: {
      "one instance": [{ two: undefined }, /fewer than two instances; add a ClusterInstance/],
      none: [{ one: undefined, two: undefined }, /fewer than two instances/],
    },
    unknown: { "whose the second is": { two: instance([]) } },
  });
  variantTable(clusterDatabaseRules, "docdb-managed-password", {
    type: DOCDB,
    good: { manageMasterUserPassword: true },
    compliant: { "write-only": { manageMasterUserPassword: undefined, masterPasswordWo: "x" } },
    violating: { "in the state": [{ masterPassword: UNKNOWN_TEXT }, /masterPassword is set, and/] },
    unknown: {},
    unimportant: { "who manages it": { manageMasterUserPassword: UNKNOWN_FLAG } },
  });
  variantTable(clusterDatabaseRules, "docdb-non-default-port", {
    type: DOCDB,
    good: { port: 27018 },
    violating: {
      "by default": [{ port: undefined }, /port is not set; consider/],
      usual: [{ port: 27017 }, /port is 27017/],
    },
    unknown: { port: { port: UNKNOWN_TEXT } },
  });
  variantTable(clusterDatabaseRules, "global-cluster-encrypted", {
    type: "aws:docdb/globalCluster:GlobalCluster",
    good: { storageEncrypted: true },
    compliant: {
      "as its source": { storageEncrypted: undefined, sourceDbClusterIdentifier: UNKNOWN_TEXT },
    },
    violating: {
      "by default": [{ storageEncrypted: undefined }, /is not set; .*Required by CKV_AWS_292\./],
      off: [{ storageEncrypted: false }, /is false; set it to true/],
    },
    unknown: { switch: { storageEncrypted: UNKNOWN_FLAG } },
    rows: [
      {
        violating: "of Neptune",
        type: "aws:neptune/globalCluster:GlobalCluster",
        props: {},
        says: /No public control requires it/,
      },
    ],
  });
  variantTable(clusterDatabaseRules, "dax-tls", {
    type: "aws:dax/cluster:Cluster",
    good: { clusterEndpointEncryptionType: "TLS" },
    violating: {
      "by default": [{ clusterEndpointEncryptionType: undefined }, /is not set; set it to "TLS"/],
      none: [{ clusterEndpointEncryptionType: "NONE" }, /is another text/],
    },
    unknown: { kind: { clusterEndpointEncryptionType: UNKNOWN_TEXT } },
  });
  variantTable(clusterDatabaseRules, "memorydb-access-list", {
    type: "aws:memorydb/cluster:Cluster",
    good: { aclName: "users" },
    violating: { open: [{ aclName: "open-access" }, /name an access list with users/] },
    unknown: { name: { aclName: UNKNOWN_TEXT } },
  });
});
