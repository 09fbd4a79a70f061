import { encryptionRules } from "../../../policy-pack/rules/encryption";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_TEXT } from "../support";

const DATABASE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

describe("policy pack: encryption at rest", () => {
  ruleTable(ruleOf(encryptionRules, "encrypted-at-rest"), [
    { compliant: "a database", type: DATABASE, props: { storageEncrypted: true } },
    { compliant: "a cache", type: CACHE, props: { atRestEncryptionEnabled: true } },
    { compliant: "Valkey by itself", type: CACHE, props: { engine: "valkey" } },
    {
      compliant: "a replica in its source's region",
      type: DATABASE,
      props: { replicateSourceDb: UNKNOWN_TEXT },
    },
    {
      compliant: "Redshift's text",
      type: "aws:redshift/cluster:Cluster",
      props: { encrypted: "true" },
    },
    { compliant: "Redshift by default", type: "aws:redshift/cluster:Cluster" },
    {
      compliant: "Aurora Serverless by default",
      type: "aws:rds/cluster:Cluster",
      props: { engineMode: "serverless" },
    },
    // Aurora User Guide, "Encrypting Amazon Aurora resources": every cluster created since 2026-02-18.
    ...["aurora-mysql", "aurora-postgresql"].map((engine) => ({
      compliant: `a new cluster of ${engine}`,
      type: "aws:rds/cluster:Cluster",
      props: { engine },
    })),
    {
      violating: "Aurora, switched off",
      type: "aws:rds/cluster:Cluster",
      props: { engine: "aurora-mysql", storageEncrypted: false },
      says: /storageEncrypted is false/,
    },
    {
      violating: "a replica of an Aurora cluster, encrypted as its source is",
      type: "aws:rds/cluster:Cluster",
      props: {
        engine: "aurora-mysql",
        replicationSourceIdentifier: "arn:aws:rds:us-east-1:123456789012:cluster:crm",
      },
      says: /storageEncrypted is not set/,
    },
    {
      violating: "a Multi-AZ cluster of RDS",
      type: "aws:rds/cluster:Cluster",
      props: { engine: "mysql" },
      says: /storageEncrypted is not set/,
    },
    {
      unknown: "the engine of a cluster",
      type: "aws:rds/cluster:Cluster",
      props: { engine: UNKNOWN_TEXT },
    },
    {
      violating: "Redshift's text, switched off",
      type: "aws:redshift/cluster:Cluster",
      props: { encrypted: "false" },
      says: /encrypted is "false"; set it to true/,
    },
    {
      violating: "Redis, which is not encrypted by default",
      type: CACHE,
      props: { engine: "redis" },
      says: /atRestEncryptionEnabled is not set/,
    },
    { violating: "absent", type: DATABASE, says: /storageEncrypted is not set; set it to true/ },
    {
      violating: "a replica that says no",
      type: DATABASE,
      props: { replicateSourceDb: "crm", storageEncrypted: false },
      says: /storageEncrypted is false/,
    },
    {
      violating: "a replica in another region",
      type: DATABASE,
      props: { replicateSourceDb: "arn:aws:rds:us-east-1:123456789012:db:crm" },
      says: /storageEncrypted is not set/,
    },
    { violating: "Redis by itself", type: CACHE, says: /atRestEncryptionEnabled is not set/ },
    {
      violating: "a setting inside",
      type: "aws:opensearch/domain:Domain",
      props: { encryptAtRest: { enabled: false } },
      says: /encryptAtRest\.enabled is false/,
    },
    // Amazon RDS, Amazon DocumentDB and Neptune API References, RestoreDBClusterFromSnapshot, KmsKeyId; CloudFormation,
    // AWS::RDS::DBInstance, StorageEncrypted; Amazon EC2 API Reference, CreateVolume, Encrypted.
    ...[DATABASE, CLUSTER, "aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster"].map(
      (type) => ({
        unknown: `${type} from a snapshot, which decides`,
        type,
        props: { snapshotIdentifier: "crm", engine: "aurora-mysql" },
      }),
    ),
    ...[DATABASE, CLUSTER, "aws:docdb/cluster:Cluster"].map((type) => ({
      unknown: `${type} from a point in time of another`,
      type,
      props: { restoreToPointInTime: { useLatestRestorableTime: true } },
    })),
    {
      unknown: "a volume from a snapshot",
      type: "aws:ebs/volume:Volume",
      props: { snapshotId: UNKNOWN_TEXT },
    },
    {
      compliant: "a volume from a snapshot, encrypted",
      type: "aws:ebs/volume:Volume",
      props: { snapshotId: "snap-1", encrypted: true },
    },
    {
      violating: "a database from a snapshot that says no",
      type: DATABASE,
      props: { snapshotIdentifier: "crm", storageEncrypted: false },
      says: /storageEncrypted is false/,
    },
    {
      violating: "a cache from a snapshot: ElastiCache takes the switch at creation",
      type: CACHE,
      props: { engine: "redis", snapshotName: "crm" },
      says: /atRestEncryptionEnabled is not set/,
    },
    { unknown: "switch", type: DATABASE, props: { storageEncrypted: UNKNOWN_TEXT } },
    {
      unknown: "settings around it",
      type: "aws:opensearch/domain:Domain",
      props: { encryptAtRest: UNKNOWN_TEXT },
    },
    { otherType: "a table, which is always encrypted", type: "aws:dynamodb/table:Table" },
  ]);
});
