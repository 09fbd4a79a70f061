/** DocumentDB, Neptune, MemoryDB and DynamoDB Accelerator. TLS of DocumentDB and MemoryDB is in database-in-transit.ts and encryption-in-transit.ts. */
import { read, UNKNOWN } from "../../analysis/properties";
import { CLUSTER_PORTS } from "../../facts/store-ports";
import { isNotFalse, isTrue, resourceRule, type Rule } from "../define";
import { isSet, propertyRule } from "../relations";
import { companionRule, listRule, parameterRule, typedRule } from "../table-rules";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const DOCUMENTS = "https://docs.aws.amazon.com/documentdb/latest/developerguide";
const DOCDB = "aws:docdb/cluster:Cluster";
const NEPTUNE = "aws:neptune/cluster:Cluster";
const NEPTUNE_INSTANCE = "aws:neptune/clusterInstance:ClusterInstance";

const backups = typedRule({
  id: "cluster-backup-retention",
  description: "A DocumentDB or Neptune cluster keeps its backups for a week.",
  severity: "medium",
  remediation: "Set backupRetentionPeriod to 7 or more; AWS's default is one day.",
  url: `${GUIDE}/documentdb-controls.html#documentdb-2`,
  of: {
    [DOCDB]: [
      "backupRetentionPeriod",
      { securityHub: ["DocumentDB.2"], cdkNag: ["DOC4"], checkov: ["CKV_AWS_360"] },
    ],
    [NEPTUNE]: [
      "backupRetentionPeriod",
      { securityHub: ["Neptune.5"], cdkNag: ["N3"], checkov: ["CKV_AWS_361"] },
    ],
  },
  accepts: (days) => typeof days === "number" && days >= 7,
  fix: "set it to 7 at least",
});

const auditLogs = listRule({
  id: "cluster-audit-log",
  description: "A DocumentDB or Neptune cluster exports its audit log to CloudWatch.",
  severity: "medium",
  remediation:
    'Add "audit" to the list; the cluster parameter audit_logs (DocumentDB) or neptune_enable_audit_log (Neptune) turns the log on.',
  url: `${GUIDE}/documentdb-controls.html#documentdb-4`,
  of: {
    [DOCDB]: [
      "enabledCloudwatchLogsExports",
      { securityHub: ["DocumentDB.4"], checkov: ["CKV_AWS_85"], trivy: ["AWS-0020"] },
    ],
    [NEPTUNE]: [
      "enableCloudwatchLogsExports",
      { securityHub: ["Neptune.2"], checkov: ["CKV_AWS_101"], trivy: ["AWS-0075"] },
    ],
  },
  wanted: ["audit"],
  // To Checkov and Trivy the profiler's log suffices.
  satisfies: (given) => (given.includes("profiler") ? ["CKV_AWS_85", "AWS-0020"] : []),
});

/** What the parameter may be: `enabled`, `all`, or a list of kinds of events; `disabled` and `none` are off. */
const writes = (value: string) => value !== "disabled" && value !== "none";

const auditParameter = parameterRule({
  id: "docdb-audit-parameter",
  description: "A DocumentDB parameter group turns the audit log on.",
  severity: "medium",
  remediation: 'Add the parameter audit_logs with the value "enabled".',
  url: `${DOCUMENTS}/event-auditing.html`,
  of: {
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup": [
      "parameters",
      { checkov: ["CKV_AWS_104"] },
    ],
  },
  parameter: { name: "audit_logs", accepts: writes, byDefault: false },
  fix: 'set it to "enabled"',
});

const deletion = typedRule({
  id: "cluster-deletion-protection",
  description: "A DocumentDB or Neptune cluster has deletion protection.",
  severity: "medium",
  remediation: "Set deletionProtection to true.",
  url: `${GUIDE}/documentdb-controls.html#documentdb-5`,
  of: {
    [DOCDB]: ["deletionProtection", { securityHub: ["DocumentDB.5"] }],
    [NEPTUNE]: ["deletionProtection", { securityHub: ["Neptune.4"], checkov: ["CKV2_AWS_58"] }],
  },
  accepts: isTrue,
  fix: "set it to true",
});

const neptune = [
  propertyRule({
    id: "neptune-iam-auth",
    description: "A Neptune cluster accepts IAM authentication only.",
    severity: "medium",
    controls: { securityHub: ["Neptune.7"], cdkNag: ["N5"], checkov: ["CKV_AWS_359"] },
    remediation: "Set iamDatabaseAuthenticationEnabled to true.",
    url: `${GUIDE}/neptune-controls.html#neptune-7`,
    types: [NEPTUNE],
    property: "iamDatabaseAuthenticationEnabled",
    accepts: isTrue,
    fix: "set it to true",
  }),
  propertyRule({
    id: "neptune-copy-tags",
    description: "A Neptune cluster copies its tags to snapshots.",
    severity: "low",
    controls: { securityHub: ["Neptune.8"], checkov: ["CKV_AWS_362"] },
    remediation: "Set copyTagsToSnapshot to true.",
    url: `${GUIDE}/neptune-controls.html#neptune-8`,
    types: [NEPTUNE],
    property: "copyTagsToSnapshot",
    accepts: isTrue,
    fix: "set it to true",
  }),
  propertyRule({
    id: "neptune-minor-upgrades",
    description: "A Neptune instance installs minor versions, as by default.",
    severity: "medium",
    controls: { cdkNag: ["N2"] },
    remediation: "Remove autoMinorVersionUpgrade, or set it to true.",
    url: "https://docs.aws.amazon.com/neptune/latest/userguide/engine-updates.html",
    types: [NEPTUNE_INSTANCE],
    property: "autoMinorVersionUpgrade",
    accepts: isNotFalse,
    fix: "set it to true",
  }),
  companionRule({
    id: "neptune-multi-az",
    description: "A Neptune cluster has a replica, which AWS puts into another zone.",
    severity: "medium",
    controls: { securityHub: ["Neptune.9"], cdkNag: ["N1"] },
    remediation: "Add a second aws.neptune.ClusterInstance.",
    url: `${GUIDE}/neptune-controls.html#neptune-9`,
    of: NEPTUNE,
    by: [{ type: NEPTUNE_INSTANCE, property: "clusterIdentifier" }],
    least: 2,
    fix: "it has fewer than two instances; add a ClusterInstance.",
  }),
];

const password = resourceRule({
  id: "docdb-managed-password",
  description:
    "DocumentDB manages a cluster's password in Secrets Manager, or the program passes it write-only.",
  severity: "high",
  controls: { cdkNag: ["DOC3"] },
  remediation: "Set manageMasterUserPassword to true instead of masterPassword.",
  url: `${DOCUMENTS}/docdb-secrets-manager.html`,
  types: [DOCDB],
  check({ properties }, report) {
    if (isSet(properties, "masterPassword")) {
      report.violation(
        "masterPassword is set, and the provider reads it back into the stack's state; use manageMasterUserPassword.",
      );
    }
  },
});

const port = propertyRule({
  id: "docdb-non-default-port",
  description:
    "A DocumentDB cluster listens on a non-default port. Advisory: this only hides it from simple port scans; its security group decides who may connect.",
  severity: "low",
  controls: { cdkNag: ["DOC2"] },
  remediation: "Set port to another number, and change the security group rules to match.",
  url: `${DOCUMENTS}/db-cluster-create.html`,
  level: "advisory",
  types: [DOCDB],
  property: "port",
  accepts: (given) => given !== undefined && given !== CLUSTER_PORTS[DOCDB].port,
  fix: "consider a non-default port",
});

const globalClusters = resourceRule({
  id: "global-cluster-encrypted",
  description: "A global cluster of DocumentDB or Neptune is encrypted.",
  severity: "high",
  controls: { checkov: ["CKV_AWS_292"] },
  remediation: "Set storageEncrypted to true. This replaces the global cluster.",
  url: `${DOCUMENTS}/encryption-at-rest.html`,
  types: ["aws:docdb/globalCluster:GlobalCluster", "aws:neptune/globalCluster:GlobalCluster"],
  check({ type, properties }, report) {
    const value = read(properties, "storageEncrypted");
    // One that is made of a cluster is encrypted as that one is.
    if (value === true || (value === undefined && isSet(properties, "sourceDbClusterIdentifier"))) {
      return;
    }
    if (value === UNKNOWN) {
      report.undecided("storageEncrypted");
    } else {
      const is = value === undefined ? "not set" : "false";
      const controls = { checkov: type.startsWith("aws:docdb/") ? ["CKV_AWS_292"] : [] };
      report.violation(`storageEncrypted is ${is}; set it to true.`, controls);
    }
  },
});

const accelerators = [
  propertyRule({
    id: "dax-encrypted",
    description: "A cluster of DynamoDB Accelerator is encrypted at rest.",
    severity: "medium",
    controls: {
      securityHub: ["DynamoDB.3"],
      cdkNag: ["DDB4"],
      checkov: ["CKV_AWS_47"],
      trivy: ["AWS-0023"],
    },
    remediation: "Set serverSideEncryption.enabled to true. This replaces the cluster.",
    url: `${GUIDE}/dynamodb-controls.html#dynamodb-3`,
    types: ["aws:dax/cluster:Cluster"],
    property: "serverSideEncryption.enabled",
    accepts: isTrue,
    fix: "set it to true",
  }),
  propertyRule({
    id: "dax-tls",
    description: "A cluster of DynamoDB Accelerator accepts TLS only.",
    severity: "medium",
    controls: { securityHub: ["DynamoDB.7"], checkov: ["CKV_AWS_239"] },
    remediation: 'Set clusterEndpointEncryptionType to "TLS". This replaces the cluster.',
    url: `${GUIDE}/dynamodb-controls.html#dynamodb-7`,
    types: ["aws:dax/cluster:Cluster"],
    property: "clusterEndpointEncryptionType",
    accepts: (value) => value === "TLS",
    fix: 'set it to "TLS"',
  }),
];

const memory = propertyRule({
  id: "memorydb-access-list",
  description: "A MemoryDB cluster authenticates its clients.",
  severity: "high",
  remediation: 'Name an aws.memorydb.Acl in aclName; "open-access" admits all who reach the port.',
  url: "https://docs.aws.amazon.com/memorydb/latest/devguide/clusters.acls.html",
  types: ["aws:memorydb/cluster:Cluster"],
  property: "aclName",
  accepts: (name) => name !== "open-access",
  fix: "name an access list with users",
});

export const clusterDatabaseRules: readonly Rule[] = [
  backups,
  auditLogs,
  auditParameter,
  deletion,
  ...neptune,
  password,
  port,
  globalClusters,
  ...accelerators,
  memory,
];
