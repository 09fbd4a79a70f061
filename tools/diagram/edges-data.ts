/** Lines to what keeps data, and the copies of it. */
import type { PlannedResource } from "../../analysis/plan/model";
import { portsBetween, rightsOf, type Right } from "./access";
import type { Builder } from "./builder";
import { json, record, records, text, texts } from "./lookup";
import { CLUSTER, FILE_SYSTEM } from "./nodes-data";
import { taskOf } from "./nodes-request";

const INSTANCE = "rds/instance:Instance";
const CACHE = "elasticache/replicationGroup:ReplicationGroup";
const BUCKET = "s3/bucket:Bucket";
const QUEUE = "sqs/queue:Queue";
const PARAMETER = "ssm/parameter:Parameter";

/** Adds them. */
export function addDataEdges(builder: Builder): void {
  const { lookup } = builder;
  for (const service of lookup.all("ecs/service:Service")) {
    const task = taskOf(builder, service);
    if (task !== undefined) {
      const secrets = records(json(task.inputs["containerDefinitions"]))
        .flatMap((container) => records(container["secrets"]))
        .map((secret) => text(secret["valueFrom"]));
      addStores(builder, service, secrets);
      addRights(builder, service, rightsOf(lookup, task, "taskRoleArn"));
      for (const files of lookup.referred(task, "volumes", FILE_SYSTEM)) {
        builder.edge(builder.idOf(service), builder.idOf(files), "data", "mounts");
      }
    }
  }
  for (const found of lookup.all("lambda/function:Function")) {
    const rights = rightsOf(lookup, found, "role");
    const parameters = rights
      .filter(({ action }) => action === "ssm:GetParameter")
      .map(({ resource }) => resource);
    addStores(builder, found, parameters);
    addRights(builder, found, rights);
  }
  addCopies(builder);
  addBackups(builder);
}

/**
 * Databases and caches whose address is in a parameter that a service or function gets, on the ports that their
 * security group opens to it.
 */
function addStores(
  builder: Builder,
  user: PlannedResource,
  parameters: readonly (string | undefined)[],
): void {
  const { lookup } = builder;
  for (const reference of parameters) {
    const parameter = lookup.named(reference, PARAMETER);
    const stores = parameter
      ? [INSTANCE, CLUSTER, CACHE].flatMap((type) => lookup.referred(parameter, "value", type))
      : [];
    for (const store of stores) {
      const ports = portsBetween(lookup, user, store);
      if (ports.length > 0) {
        builder.edge(builder.idOf(user), builder.idOf(store), "data", ports.join(", "));
      }
    }
  }
}

/** Buckets that the rights are for, and queues that they allow to send to. */
function addRights(builder: Builder, user: PlannedResource, rights: readonly Right[]): void {
  const { lookup } = builder;
  const from = builder.idOf(user);
  for (const bucket of lookup.all(BUCKET)) {
    const actions = rights
      .filter(({ resource }) => lookup.named(resource, BUCKET) === bucket)
      .map(({ action }) => action);
    // A function that new objects call reads what it is called for: the line to it says so.
    const called = builder.connected(builder.idOf(bucket), from, "event");
    const reads = actions.includes("s3:GetObject") && !called;
    const writes = actions.includes("s3:PutObject");
    if (reads || writes) {
      const label = reads && writes ? "reads, writes" : reads ? "reads" : "writes";
      builder.edge(from, builder.idOf(bucket), "data", label);
    }
  }
  for (const { action, resource } of rights) {
    // A queue for failures has no node: what is kept there is not a way of messages.
    if (action === "sqs:SendMessage") {
      builder.edge(from, builder.idOf(lookup.named(resource, QUEUE)), "event");
    }
    // Functions are called by a mapping; services ask by themselves.
    if (action === "sqs:ReceiveMessage" && user.type.startsWith("aws:ecs/")) {
      builder.edge(builder.idOf(lookup.named(resource, QUEUE)), from, "event");
    }
  }
}

/** Replicas of databases and buckets. */
function addCopies(builder: Builder): void {
  const { lookup } = builder;
  for (const instance of lookup.all(INSTANCE)) {
    const source = lookup.named(text(instance.inputs["replicateSourceDb"]), INSTANCE);
    builder.edge(builder.idOf(source), builder.idOf(instance), "copy", "replicates");
  }
  for (const setting of lookup.take("s3/bucketReplicationConfig:BucketReplicationConfig")) {
    const source = lookup.named(text(setting.inputs["bucket"]), BUCKET);
    for (const rule of records(setting.inputs["rules"])) {
      if (rule["status"] === "Disabled") continue;
      const copy = lookup.named(text(record(rule["destination"])["bucket"]), BUCKET);
      builder.edge(builder.idOf(source), builder.idOf(copy), "copy");
    }
  }
  for (const copy of lookup.all(
    "rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  )) {
    const source = lookup.named(text(copy.inputs["sourceDbInstanceArn"]), INSTANCE);
    builder.edge(builder.idOf(source), builder.idOf(copy), "copy");
  }
}

/** What a plan backs up, into which vault, and the vaults that get a copy. */
function addBackups(builder: Builder): void {
  const { lookup } = builder;
  for (const plan of lookup.take("backup/plan:Plan")) {
    for (const rule of records(plan.inputs["rules"])) {
      const vault = builder.idOf(lookup.named(text(rule["targetVaultName"]), "backup/vault:Vault"));
      for (const action of records(rule["copyActions"])) {
        const copy = lookup.named(text(action["destinationVaultArn"]), "backup/vault:Vault");
        builder.edge(vault, builder.idOf(copy), "copy");
      }
      for (const selection of lookup.referring(plan, "planId", "backup/selection:Selection")) {
        lookup.show(selection);
        for (const arn of texts(selection.inputs["resources"])) {
          const source = lookup.named(arn, INSTANCE) ?? lookup.named(arn, BUCKET);
          builder.edge(builder.idOf(source), vault, "copy", "backup");
        }
      }
    }
  }
}
