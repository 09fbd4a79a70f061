/** Lines that messages follow. Notifications of topics and alarms are added with their receivers. */
import type { Builder } from "./builder";
import { number, text, texts } from "./lookup";
import { notified } from "./nodes-events";

const FUNCTION = "lambda/function:Function";
const TOPIC = "sns/topic:Topic";

/** Adds them. */
export function addEventEdges(builder: Builder): void {
  const { lookup } = builder;
  for (const mapping of lookup.take("lambda/eventSourceMapping:EventSourceMapping")) {
    const queue = lookup.named(text(mapping.inputs["eventSourceArn"]), "sqs/queue:Queue");
    const called = lookup.named(text(mapping.inputs["functionName"]), FUNCTION);
    const size = number(mapping.inputs["batchSize"]);
    const label = size === undefined ? "" : `${size} at a time`;
    builder.edge(builder.idOf(queue), builder.idOf(called), "event", label);
  }
  for (const notification of lookup.take("s3/bucketNotification:BucketNotification")) {
    const bucket = lookup.named(text(notification.inputs["bucket"]), "s3/bucket:Bucket");
    for (const [arn, entry] of notified(notification)) {
      const told = ["sqs/queue:Queue", TOPIC, FUNCTION].map((type) => lookup.named(arn, type));
      const created = texts(entry["events"]).some((event) => event.includes("ObjectCreated"));
      const to = builder.idOf(told.find((found) => found !== undefined));
      builder.edge(builder.idOf(bucket), to, "event", created ? "new object" : "");
    }
  }
  for (const schedule of lookup.all("scheduler/schedule:Schedule")) {
    const target = (schedule.inputs["target"] ?? {}) as Record<string, unknown>;
    const called = lookup.named(text(target["arn"]), FUNCTION);
    builder.edge(builder.idOf(schedule), builder.idOf(called), "event");
  }
  for (const target of lookup.all("cloudwatch/eventTarget:EventTarget")) {
    const [rule] = lookup.referred(target, "rule", "cloudwatch/eventRule:EventRule");
    const [topic] = lookup.referred(target, "arn", TOPIC);
    const arn = text(target.inputs["arn"]);
    const named = [FUNCTION, "sqs/queue:Queue", "cloudwatch/logGroup:LogGroup", TOPIC]
      .map((type) => lookup.named(arn, type))
      .find((found) => found !== undefined);
    builder.edge(builder.idOf(rule), builder.idOf(topic ?? named), "event");
  }
  addNotices(builder);
}

/** What databases, caches and vaults tell of themselves. */
function addNotices(builder: Builder): void {
  const { lookup } = builder;
  for (const subscription of lookup.take("rds/eventSubscription:EventSubscription")) {
    const [topic] = lookup.referred(subscription, "snsTopic", TOPIC);
    for (const name of texts(subscription.inputs["sourceIds"])) {
      const instance = lookup.named(name, "rds/instance:Instance");
      builder.edge(builder.idOf(instance), builder.idOf(topic), "event");
    }
  }
  for (const cache of lookup.all("elasticache/replicationGroup:ReplicationGroup")) {
    const [topic] = lookup.referred(cache, "notificationTopicArn", TOPIC);
    builder.edge(builder.idOf(cache), builder.idOf(topic), "event");
  }
  for (const notice of lookup.take("backup/vaultNotifications:VaultNotifications")) {
    const [topic] = lookup.referred(notice, "snsTopicArn", TOPIC);
    const [vault] = lookup.referred(notice, "backupVaultName", "backup/vault:Vault");
    builder.edge(builder.idOf(vault), builder.idOf(topic), "event");
  }
}
