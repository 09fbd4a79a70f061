/** What databases, caches, buckets, backups, keys and messages cost. */
import { VALKEY_NODE_PRICE } from "../../facts/cache-engines";
import { STANDS_IN_TAG } from "../../facts/control-planes";
import { gp3Included } from "../../facts/database-engines";
import { countryOfNumber } from "../../facts/text-messages";
import { cacheLayout } from "../cache-layout";
import { counted } from "../counted";
import type { PlannedResource } from "../plan/model";
import { fixed } from "./estimators-compute";
import { number, records, string } from "./inputs";
import type { Charge, Estimator, Scope } from "./model";

const INSTANCE = "aws:rds/instance:Instance";

/**
 * Instance and storage, both twice with a standby. A replica has the storage of its source, a restored
 * database that of its backup, which no plan shows.
 */
const instance: Estimator = (scope) => {
  const { resource } = scope;
  const size = string(resource, "instanceClass");
  // A pilot light's is a replica of a database that no plan of its own has, or was one.
  const tags = resource.inputs["tags"] as Record<string, unknown> | undefined;
  const restored =
    tags?.[STANDS_IN_TAG] !== undefined ||
    ["restoreToPointInTime", "snapshotIdentifier"].some(
      (property) => resource.inputs[property] !== undefined,
    );
  const storage =
    number(resource, "allocatedStorage") ??
    (restored ? scope.usage("restoredDatabaseGB") : sourceStorage(scope));
  if (size === undefined || storage === undefined) {
    return "its size is not known";
  }
  const copies = resource.inputs["multiAz"] === true ? 2 : 1;
  const standby = copies === 2 ? " with standby" : "";
  const replica = resource.inputs["replicateSourceDb"] !== undefined;
  return [
    { item: `${size}${standby}`, quantity: copies * scope.usage("hours"), price: size },
    ...(string(resource, "storageType") === "gp3"
      ? [
          { item: `${storage} GB${standby}`, quantity: copies * storage, price: "rds-gp3" },
          ...aboveIncluded(resource, storage, copies),
        ]
      : [{ reason: "only storage of type gp3 has a price here" }]),
    ...(replica
      ? []
      : [
          {
            item: "automated backups beyond the free size",
            quantity: scope.usage("databaseBackupExtraGB"),
            price: "rds-backup",
          },
        ]),
  ];
};

/** IOPS and MiB/s above what gp3 includes, paid for each copy. Source: facts/database-engines.ts, POSTGRES_GP3. */
function aboveIncluded(resource: PlannedResource, storage: number, copies: number): Charge[] {
  const included = gp3Included(storage);
  const kinds = [
    {
      word: "IOPS",
      wanted: number(resource, "iops"),
      included: included.iops,
      price: "rds-gp3-iops",
    },
    {
      word: "MiB/s",
      wanted: number(resource, "storageThroughput"),
      included: included.mibps,
      price: "rds-gp3-throughput",
    },
  ];
  return kinds.flatMap(({ word, wanted = 0, included, price }) =>
    wanted <= included
      ? []
      : [
          {
            item: `${wanted - included} ${word} above the ${included} of gp3`,
            quantity: copies * (wanted - included),
            price,
          },
        ],
  );
}

function sourceStorage(scope: Scope): number | undefined {
  const primary = scope
    .ofType(INSTANCE)
    .find((candidate) => number(candidate, "allocatedStorage") !== undefined);
  return primary && number(primary, "allocatedStorage");
}

const replicationGroup: Estimator = (scope) => {
  const { resource } = scope;
  const size = string(resource, "nodeType");
  const { shards, replicas } = cacheLayout((input) => number(resource, input));
  if (size === undefined || replicas === undefined) {
    return "its size is not known";
  }
  const nodes = shards * (replicas + 1);
  const isValkey = string(resource, "engine") === "valkey";
  const share = isValkey ? VALKEY_NODE_PRICE.share : 1;
  const less = isValkey ? `, Valkey ${Math.round((1 - share) * 100)} % less` : "";
  return [
    {
      item: `${counted(nodes, "node")} ${size}${less}`,
      quantity: nodes * scope.usage("hours") * share,
      price: size,
    },
    {
      item: "snapshots beyond the first",
      quantity: scope.usage("cacheSnapshotGB"),
      price: "elasticache-backup",
    },
  ];
};

const bucket: Estimator = (scope) => {
  const name = string(scope.resource, "bucket") ?? scope.resource.name;
  return [
    { item: "objects", quantity: scope.bucketGB(name), price: "s3-gb" },
    { item: "writes", quantity: scope.usage("bucketWrites1k"), price: "s3-put-1k" },
    { item: "reads", quantity: scope.usage("bucketReads1k"), price: "s3-get-1k" },
  ];
};

const replication: Estimator = (scope) => {
  const rules = records(scope.resource, "rules");
  const timed = rules.some(
    (rule) =>
      ((rule["destination"] as Record<string, unknown> | undefined)?.["replicationTime"] ??
        undefined) !== undefined,
  );
  const gigabytes = scope.usage("replicatedGB");
  return [
    { item: "data to the other region", quantity: gigabytes, price: "region-transfer-gb" },
    ...(timed
      ? [{ item: "replication time control", quantity: gigabytes, price: "s3-rtc-gb" }]
      : []),
  ];
};

const vault: Estimator = (scope) => {
  const gigabytes = scope.usage("vaultGB");
  const databases = gigabytes * scope.usage("vaultDatabaseShare");
  return [
    { item: "database snapshots", quantity: databases, price: "backup-rds-gb" },
    { item: "other recovery points", quantity: gigabytes - databases, price: "backup-gb" },
  ];
};

const backupPlan: Estimator = (scope) => {
  const copies = records(scope.resource, "rules").flatMap((rule) => {
    const actions = rule["copyActions"];
    return Array.isArray(actions) ? (actions as unknown[]) : [];
  });
  return copies.length === 0
    ? []
    : [
        {
          item: "copies to another region",
          quantity: copies.length * scope.usage("copiedBackupGB"),
          price: "region-transfer-gb",
        },
      ];
};

const automatedBackups: Estimator = (scope) => {
  const gigabytes = scope.usage("replicatedBackupGB");
  return [
    { item: "backups in the other region", quantity: gigabytes, price: "rds-backup" },
    {
      item: "data to the other region",
      quantity: scope.usage("replicatedBackupTransferGB"),
      price: "region-transfer-gb",
    },
  ];
};

const key: Estimator = (scope) => [
  { item: "key", quantity: 1, price: "kms-key" },
  { item: "requests", quantity: scope.usage("kmsRequests10k"), price: "kms-10k" },
];

/** Parameters of the standard tier are free. */
const parameter: Estimator = ({ resource }) =>
  [undefined, "Standard"].includes(string(resource, "tier"))
    ? []
    : "only the standard tier is free";

const queue: Estimator = (scope) => {
  const dead = isDeadLetterQueue(scope.resource);
  return [
    {
      item: "requests",
      quantity: scope.usage(dead ? "deadLetterRequestsMillion" : "queueRequestsMillion"),
      price: scope.resource.inputs["fifoQueue"] === true ? "sqs-fifo-million" : "sqs-million",
    },
  ];
};

/** A queue without a redrive policy is where messages end. */
function isDeadLetterQueue(resource: PlannedResource): boolean {
  return resource.inputs["redrivePolicy"] === undefined;
}

/** Deliveries to queues and the data of a FIFO topic have prices of their own, which are small beside that of publishing. */
const topic: Estimator = (scope) => {
  const isFifo = scope.resource.inputs["fifoTopic"] === true;
  return [
    {
      item: isFifo ? "messages published" : "messages",
      quantity: scope.usage("topicMessagesMillion"),
      price: isFifo ? "sns-fifo-million" : "sns-million",
    },
  ];
};

const subscription: Estimator = (scope): readonly Charge[] | string => {
  const protocol = string(scope.resource, "protocol");
  if (protocol === "sms") {
    const country = countryOfNumber(string(scope.resource, "endpoint") ?? "");
    if (country === undefined) return "AWS lists no price for the phone number's country";
    const quantity = scope.usage("textMessages") * scope.usage("textMessageParts");
    return [{ item: `text messages to ${country}`, quantity, price: `text-message-${country}` }];
  }
  return protocol === "email"
    ? [{ item: "mails", quantity: scope.usage("mails") / 1e5, price: "sns-mail-100k" }]
    : [];
};

export const DATA: Readonly<Record<string, Estimator>> = {
  [INSTANCE]: instance,
  "aws:elasticache/replicationGroup:ReplicationGroup": replicationGroup,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": replication,
  "aws:backup/vault:Vault": vault,
  "aws:backup/plan:Plan": backupPlan,
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication":
    automatedBackups,
  "aws:kms/key:Key": key,
  "aws:kms/replicaKey:ReplicaKey": key,
  "aws:secretsmanager/secret:Secret": fixed("secret", "secret"),
  "aws:ssm/parameter:Parameter": parameter,
  "aws:sqs/queue:Queue": queue,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicSubscription:TopicSubscription": subscription,
};
