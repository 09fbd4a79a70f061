/** Nodes that pass messages: queues, topics, schedules, rules, alarms, and the receivers of notifications. */
import { counted } from "../../analysis/counted";
import type { PlannedResource } from "../../analysis/plan/model";
import { entryOf } from "../../facts/entry-of";
import { duration, type Builder } from "./builder";
import { json, namesOf, number, record, records, text } from "./lookup";
import type { Part } from "./model";

const QUEUE = "sqs/queue:Queue";
const TOPIC = "sns/topic:Topic";
const SUBSCRIPTION = "sns/topicSubscription:TopicSubscription";

/** Adds them. Functions come first: a queue for their failures belongs to them. */
export function addEventNodes(builder: Builder): void {
  const { lookup } = builder;
  const failures = failureQueues(builder);
  for (const queue of lookup.all(QUEUE).filter(({ urn }) => !failures.has(urn))) {
    const { inputs } = queue;
    const retention = number(inputs["messageRetentionSeconds"]);
    const tries = number(record(json(inputs["redrivePolicy"]))["maxReceiveCount"]);
    builder.node("queue", queue, {
      title: lookup.titleOf(queue),
      details: [
        [
          retention === undefined ? "" : duration(retention),
          tries === undefined ? "" : counted(tries, "try", "tries"),
        ]
          .filter(Boolean)
          .join(" · "),
      ],
      parts: deadLettersOf(builder, queue),
    });
  }
  for (const topic of lookup.all(TOPIC)) {
    builder.node("topic", topic, {
      title: lookup.titleOf(topic),
      parts: deadLettersOf(builder, topic),
    });
  }
  for (const schedule of lookup.all("scheduler/schedule:Schedule")) {
    builder.node("schedule", schedule, {
      title: lookup.titleOf(schedule),
      details: [text(schedule.inputs["scheduleExpression"])],
    });
  }
  for (const rule of lookup.all("cloudwatch/eventRule:EventRule")) {
    const pattern = record(json(rule.inputs["eventPattern"]));
    const sources = Array.isArray(pattern["source"]) ? pattern["source"].join(", ") : undefined;
    const label = sources === undefined ? "EventBridge rule" : `Rule on ${sources}`;
    builder.node("rule", rule, { title: lookup.titleOf(rule) }, label);
  }
  addAlarms(builder);
  addRecipients(builder);
}

/** ARNs of the queues that take what failed, of a resource that can fail. */
function failureTargets(builder: Builder, resource: PlannedResource): string[] {
  const { lookup } = builder;
  const target = (given: unknown): string[] => {
    const arn = text(record(given)["deadLetterTargetArn"]);
    return arn === undefined ? [] : [arn];
  };
  switch (resource.type) {
    case `aws:${QUEUE}`:
      return target(json(resource.inputs["redrivePolicy"]));
    case `aws:${TOPIC}`:
      return lookup
        .referring(resource, "topic", SUBSCRIPTION)
        .flatMap(({ inputs }) => target(json(inputs["redrivePolicy"])));
    default:
      return lookup
        .referring(
          resource,
          "functionName",
          "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        )
        .map(({ inputs }) => record(record(inputs["destinationConfig"])["onFailure"]))
        .map((failure) => text(failure["destination"]))
        .filter((arn) => arn !== undefined);
  }
}

/** Whose failures a queue takes: the queue's, else the function's, else the topic's. By the URN of the queue. */
function failureQueues(builder: Builder): Map<string, PlannedResource> {
  const { lookup } = builder;
  const owners = new Map<string, PlannedResource>();
  for (const type of [QUEUE, "lambda/function:Function", TOPIC]) {
    for (const owner of lookup.all(type)) {
      for (const arn of failureTargets(builder, owner)) {
        const queue = lookup.named(arn, QUEUE);
        if (queue && !owners.has(queue.urn)) {
          owners.set(queue.urn, owner);
        }
      }
    }
  }
  return owners;
}

/** The queues for failures that belong to a resource. */
export function deadLettersOf(builder: Builder, owner: PlannedResource): Part[] {
  const { lookup } = builder;
  return [...failureQueues(builder)]
    .filter(([, found]) => found === owner)
    .map(([urn]) => {
      const queue = lookup.find(urn)!;
      lookup.show(queue);
      return { kind: "dead-letters", text: lookup.titleOf(queue) };
    });
}

const ALARMS = ["cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"];

/** All alarms that tell the same topic are one node, which says of how many alarms they are. */
function addAlarms(builder: Builder): void {
  const { lookup } = builder;
  const total = ALARMS.flatMap((type) => lookup.all(type)).length;
  for (const topic of lookup.all(TOPIC)) {
    const alarms = alarmsOf(builder, topic);
    alarms.forEach((alarm) => lookup.show(alarm));
    if (alarms.length > 0) {
      const id = builder.node("alarms", undefined, {
        title:
          alarms.length === total
            ? counted(total, "alarm")
            : `${alarms.length} of ${counted(total, "alarm")}`,
        details: ["metrics and composites"],
        region: lookup.regionOf(topic),
      });
      builder.edge(id, builder.idOf(topic), "event");
    }
  }
}

function alarmsOf({ lookup }: Builder, topic: PlannedResource): PlannedResource[] {
  return ALARMS.flatMap((type) => lookup.referring(topic, "alarmActions", type));
}

const PROTOCOLS: Readonly<Record<string, string>> = {
  email: "E-mail",
  "email-json": "E-mail",
  sms: "SMS",
  https: "Webhook",
  http: "Webhook",
};

/** Mailboxes, telephones and logs that messages end in. */
function addRecipients(builder: Builder): void {
  const { lookup } = builder;
  const seen = new Map<string, string>();
  for (const subscription of lookup.take(SUBSCRIPTION)) {
    const protocol = text(subscription.inputs["protocol"]) ?? "";
    const endpoint = text(subscription.inputs["endpoint"]) ?? "";
    const [topic] = lookup.referred(subscription, "topic", TOPIC);
    const queue = protocol === "sqs" ? lookup.named(endpoint, QUEUE) : undefined;
    const label = entryOf(PROTOCOLS, protocol);
    if (queue === undefined && label !== undefined && !seen.has(endpoint)) {
      const title = protocol === "sms" ? `… ${endpoint.slice(-4)}` : endpoint;
      seen.set(endpoint, builder.node("recipient", undefined, { title }, label));
    }
    builder.edge(builder.idOf(topic), builder.idOf(queue) ?? seen.get(endpoint), "event");
  }
  for (const target of lookup.take("cloudwatch/eventTarget:EventTarget")) {
    const group = lookup.named(text(target.inputs["arn"]), "cloudwatch/logGroup:LogGroup");
    if (group && builder.idOf(group) === undefined) {
      const name = namesOf(group)[0] ?? group.name;
      builder.node("log", group, { title: lookup.short(name.split("/").at(-1)!), details: [name] });
    }
  }
}

/** Records of a notification's targets, for the edges. */
export function notified(
  notification: PlannedResource,
): readonly [string, Record<string, unknown>][] {
  return (
    [
      ["lambdaFunctions", "lambdaFunctionArn"],
      ["queues", "queueArn"],
      ["topics", "topicArn"],
    ] as const
  ).flatMap(([list, key]) =>
    records(notification.inputs[list]).flatMap((entry): [string, Record<string, unknown>][] => {
      const arn = text(entry[key]);
      return arn === undefined ? [] : [[arn, entry]];
    }),
  );
}
