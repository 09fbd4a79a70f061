/** Nodes that keep data: databases, caches, buckets, image registries, backups. */
import { cacheLayout } from "../../analysis/cache-layout";
import { counted } from "../../analysis/counted";
import type { PlannedResource } from "../../analysis/plan/model";
import { entryOf } from "../../facts/entry-of";
import { type Builder } from "./builder";
import { number, record, records, text } from "./lookup";
import type { Part } from "./model";

const INSTANCE = "rds/instance:Instance";
const BUCKET = "s3/bucket:Bucket";
/** A database of several instances, which share its storage. */
export const CLUSTER = "rds/cluster:Cluster";
export const FILE_SYSTEM = "efs/fileSystem:FileSystem";

/** Adds them. */
export function addDataNodes(builder: Builder): void {
  const { lookup } = builder;
  // The primary before its replicas.
  const instances = [...lookup.all(INSTANCE)].sort(
    (one, other) =>
      Number("replicateSourceDb" in one.inputs) - Number("replicateSourceDb" in other.inputs),
  );
  instances.forEach((instance) => addInstance(builder, instance));
  lookup.all(CLUSTER).forEach((cluster) => addCluster(builder, cluster));
  for (const group of lookup.all("elasticache/replicationGroup:ReplicationGroup")) {
    const { inputs } = group;
    const { shards, replicas = 0 } = cacheLayout((input) => number(inputs[input]));
    const nodes = shards * (1 + replicas);
    builder.node("cache", group, {
      title: lookup.titleOf(group),
      details: [
        `${engineName(text(inputs["engine"]))} ${text(inputs["engineVersion"]) ?? ""}`,
        `${counted(nodes, "node")} in ${counted(shards, "shard")}`,
        text(inputs["nodeType"]),
      ],
      parts: extra(inputs["automaticFailoverEnabled"] === true, "automatic failover"),
      tier: "database",
    });
  }
  lookup.all(BUCKET).forEach((bucket) => addBucket(builder, bucket));
  for (const files of lookup.all(FILE_SYSTEM)) {
    const targets = lookup.referring(files, "fileSystemId", "efs/mountTarget:MountTarget").length;
    const title = lookup.short(text(record(files.inputs["tags"])["Name"]) ?? files.name);
    const details = [targets > 0 ? counted(targets, "mount target") : undefined];
    builder.node("bucket", files, { title, details }, "EFS file system");
  }
  addRegistry(builder);
  addBackups(builder);
}

const ENGINES: Readonly<Record<string, string>> = {
  postgres: "PostgreSQL",
  "aurora-postgresql": "Aurora PostgreSQL",
  "aurora-mysql": "Aurora MySQL",
  mysql: "MySQL",
  redis: "Redis",
  valkey: "Valkey",
};

/** How an engine is written. */
function engineName(engine = ""): string {
  return entryOf(ENGINES, engine) ?? engine;
}

const extra = (when: boolean, words: string): Part[] =>
  when ? [{ kind: "extra", text: words }] : [];

function addInstance(builder: Builder, instance: PlannedResource): void {
  const { lookup } = builder;
  const { inputs } = instance;
  const source = lookup.named(text(inputs["replicateSourceDb"]), INSTANCE);
  const engine = (source ?? instance).inputs;
  const size = [number(inputs["allocatedStorage"]), number(inputs["maxAllocatedStorage"])].filter(
    (gib) => gib !== undefined,
  );
  const zone = text(inputs["availabilityZone"]);
  builder.node(
    "database",
    instance,
    {
      title: lookup.titleOf(instance),
      details: [
        `${engineName(text(engine["engine"]))} ${text(engine["engineVersion"]) ?? ""}`,
        text(inputs["instanceClass"]),
        source === undefined && size.length > 0 ? `${size.join(" to ")} GiB` : undefined,
      ],
      parts: [
        ...extra(inputs["multiAz"] === true, "standby in a second zone"),
        ...extra(inputs["multiAz"] !== true && zone !== undefined, `in ${zone}`),
      ],
      tier: "database",
    },
    source === undefined ? "RDS database" : "RDS read replica",
  );
}

function addCluster(builder: Builder, cluster: PlannedResource): void {
  const { lookup } = builder;
  const { inputs } = cluster;
  const instances = lookup.referring(
    cluster,
    "clusterIdentifier",
    "rds/clusterInstance:ClusterInstance",
  ).length;
  const [range] = records([inputs["serverlessv2ScalingConfiguration"]]);
  builder.node(
    "database",
    cluster,
    {
      title: lookup.titleOf(cluster),
      details: [
        `${engineName(text(inputs["engine"]))} ${text(inputs["engineVersion"]) ?? ""}`,
        instances > 0 ? counted(instances, "instance") : undefined,
        range && `${number(range["minCapacity"])} to ${number(range["maxCapacity"])} ACUs`,
      ],
      tier: "database",
    },
    "RDS cluster",
  );
}

function addBucket(builder: Builder, bucket: PlannedResource): void {
  const { lookup } = builder;
  const versions = lookup
    .referring(bucket, "bucket", "s3/bucketVersioning:BucketVersioning")
    .some(
      ({ inputs }) => records([inputs["versioningConfiguration"]])[0]?.["status"] === "Enabled",
    );
  const keys = lookup
    .referring(
      bucket,
      "bucket",
      "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    )
    .flatMap(({ propertyDependencies }) => propertyDependencies["rules"] ?? [])
    .some((urn) => urn.includes("aws:kms/key:Key"));
  const logged = logSources(builder, bucket);
  builder.node("bucket", bucket, {
    title: lookup.titleOf(bucket),
    details: [
      logged > 0
        ? `access logs of ${counted(logged, "resource")}`
        : `${versions ? "versioned" : "no versions"} · ${keys ? "KMS key" : "S3 key"}`,
    ],
  });
}

/** Number of buckets and load balancers whose access logs go to a bucket. */
function logSources({ lookup }: Builder, bucket: PlannedResource): number {
  const balancers = lookup
    .all("lb/loadBalancer:LoadBalancer")
    .flatMap(({ inputs }) => records([inputs["accessLogs"]]))
    .filter((logs) => lookup.named(text(logs["bucket"]), BUCKET) === bucket);
  const buckets = lookup.referring(bucket, "targetBucket", "s3/bucketLogging:BucketLogging");
  return balancers.length + buckets.length;
}

/** All image repositories are one node, and so are their copies in each region. */
function addRegistry(builder: Builder): void {
  const { lookup } = builder;
  const repositories = lookup.take("ecr/repository:Repository");
  if (repositories.length === 0) {
    return;
  }
  const title = "container images";
  const count = counted(repositories.length, "repository", "repositories");
  const home = builder.node("registry", undefined, {
    ...{ title, details: [count], region: lookup.region() },
  });
  for (const setting of lookup.take("ecr/replicationConfiguration:ReplicationConfiguration")) {
    const rules = records(records([setting.inputs["replicationConfiguration"]])[0]?.["rules"]);
    for (const region of rules.flatMap((rule) => records(rule["destinations"]))) {
      const copy = builder.node("registry", setting, {
        ...{ title, details: ["copies"], region: text(region["region"]) },
      });
      builder.edge(home, copy, "copy");
    }
  }
}

function addBackups(builder: Builder): void {
  const { lookup } = builder;
  for (const vault of lookup.all("backup/vault:Vault")) {
    const [lock] = lookup.referring(
      vault,
      "backupVaultName",
      "backup/vaultLockConfiguration:VaultLockConfiguration",
    );
    const days = number(lock?.inputs["minRetentionDays"]);
    builder.node("vault", vault, {
      title: lookup.titleOf(vault),
      details: [days === undefined ? undefined : `locked for ${counted(days, "day")}`],
    });
  }
  for (const copy of lookup.all(
    "rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  )) {
    const source = lookup.named(text(copy.inputs["sourceDbInstanceArn"]), INSTANCE);
    const days = number(copy.inputs["retentionPeriod"]);
    builder.node("backup-copy", copy, {
      title: source === undefined ? lookup.short(copy.name) : lookup.titleOf(source),
      details: [days === undefined ? undefined : `point-in-time, ${counted(days, "day")}`],
    });
  }
}
