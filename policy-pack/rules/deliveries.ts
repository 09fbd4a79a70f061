/** Whether the policies of topics and queues allow what AWS services deliver to them. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, known, read, UNKNOWN } from "../../analysis/properties";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { type Report, type Rule, stackRule } from "../define";
import { statementsOf } from "../document-rules";
import { allows, coversAction, type Statement } from "../documents";
import { companions, isSet } from "../relations";

/** A kind of receiver, and where its policy is besides its own property `policy`. */
interface Receiver {
  readonly type: string;
  readonly policy: string;
  /** Property of the policy that names the receiver. */
  readonly property: string;
  readonly action: string;
}

const TOPIC: Receiver = {
  type: "aws:sns/topic:Topic",
  policy: "aws:sns/topicPolicy:TopicPolicy",
  property: "arn",
  action: "sns:Publish",
};
const QUEUE: Receiver = {
  type: "aws:sqs/queue:Queue",
  policy: "aws:sqs/queuePolicy:QueuePolicy",
  property: "queueUrl",
  action: "sqs:SendMessage",
};

/** What delivers, the property that names the receiver, and the service principal that it delivers as. */
interface Sender {
  readonly type: string;
  readonly property: string;
  readonly receiver: Receiver;
  readonly service: string;
  /** Whether a topic without a policy of its own allows this service in the same account. */
  readonly byDefault?: true;
}

const SENDERS: readonly Sender[] = [
  ...[TOPIC, QUEUE].flatMap((receiver) => [
    {
      type: "aws:cloudwatch/eventTarget:EventTarget",
      property: "arn",
      receiver,
      service: SERVICE_PRINCIPALS.events,
    },
    {
      type: "aws:cloudwatch/eventTarget:EventTarget",
      property: "deadLetterConfig",
      receiver,
      service: SERVICE_PRINCIPALS.events,
    },
    {
      type: "aws:sns/topicSubscription:TopicSubscription",
      property: "endpoint",
      receiver,
      service: SERVICE_PRINCIPALS.sns,
    },
  ]),
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    property: "alarmActions",
    receiver: TOPIC,
    service: SERVICE_PRINCIPALS.cloudwatch,
    byDefault: true,
  },
  {
    type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    property: "alarmActions",
    receiver: TOPIC,
    service: SERVICE_PRINCIPALS.cloudwatch,
    byDefault: true,
  },
  {
    type: "aws:rds/eventSubscription:EventSubscription",
    property: "snsTopic",
    receiver: TOPIC,
    service: SERVICE_PRINCIPALS.rdsEvents,
    byDefault: true,
  },
  {
    type: "aws:backup/vaultNotifications:VaultNotifications",
    property: "snsTopicArn",
    receiver: TOPIC,
    service: SERVICE_PRINCIPALS.backup,
  },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    property: "topics",
    receiver: TOPIC,
    service: SERVICE_PRINCIPALS.s3,
  },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    property: "queues",
    receiver: QUEUE,
    service: SERVICE_PRINCIPALS.s3,
  },
];

/** The receivers of the stack that a property names: by reference, else by the ARN that ends in their name. */
function receivers(graph: StackGraph, sender: Node, property: string, type: string): Node[] {
  const referred = graph.referred(sender, property, type);
  if (referred !== UNKNOWN) {
    return referred;
  }
  const names = new Set(graph.external(sender, property, type).map((arn) => arn.split(":").at(-1)));
  return graph.ofType(type).filter(({ properties }) => {
    const name = read(properties, "name");
    return typeof name === "string" && names.has(name);
  });
}

/** Whether a statement allows the service; UNKNOWN when its principals are not known yet. */
function letsIn(statement: Statement, service: string, action: string): boolean | typeof UNKNOWN {
  const actions = statement.actions;
  if (!allows(statement) || !actions.some((one) => one === UNKNOWN || coversAction(one, action))) {
    return statement.effect === UNKNOWN ? UNKNOWN : false;
  }
  const vague =
    actions.includes(UNKNOWN) || statement.principals.some((one) => one.value === UNKNOWN);
  const meant = statement.principals.some(
    ({ kind, value }) =>
      (value === service && kind === "Service") ||
      // EventBridge sends no owner: the default statement of a topic does not admit it
      // (EventBridge User Guide, "My rule matches events but no messages were published into my SNS topic").
      (value === "*" &&
        !(
          service === SERVICE_PRINCIPALS.events &&
          statement.conditions.some(({ key }) => key === "aws:sourceowner")
        )),
  );
  return meant || (vague ? UNKNOWN : false);
}

/** The statements of all policies of a receiver; nothing, with a report, when one is not known. */
function policiesOf(
  graph: StackGraph,
  receiver: Node,
  { policy, property }: Receiver,
  report: Report,
): readonly Statement[] | "none" | undefined {
  const found = companions(graph, receiver, policy, property, report);
  const holders = [...(isSet(receiver.properties, "policy") ? [receiver] : []), ...(found ?? [])];
  const documents = holders.map(({ properties }) => statementsOf(properties, "policy", report));
  if (found === undefined || documents.includes(undefined)) {
    return undefined;
  }
  return holders.length === 0 ? "none" : documents.flatMap((statements) => statements ?? []);
}

const deliveryAllowed = stackRule({
  id: "delivery-allowed",
  description: "The policy of a topic or queue allows what a service delivers to it.",
  severity: "high",
  remediation:
    "Allow the service in the policy of the topic or queue, limited to its source by aws:SourceArn. Without the statement no call fails, but the messages are dropped.",
  url: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html",
  check(graph, reportOn) {
    for (const sender of SENDERS) {
      for (const node of graph.ofType(sender.type)) {
        // A delivery with a role uses the role's own permissions.
        if (!isSet(node.properties, "roleArn")) {
          judge(graph, sender, node, reportOn(node));
        }
      }
    }
  },
});

function judge(graph: StackGraph, sender: Sender, node: Node, report: Report): void {
  const { property, receiver, service, byDefault } = sender;
  if (isLost(graph, node, property, receiver.type)) {
    report.undecided(`${property} and its ${receiver.action}`);
    return;
  }
  for (const target of receivers(graph, node, property, receiver.type)) {
    const statements = policiesOf(graph, target, receiver, report);
    if (statements === undefined || (statements === "none" && byDefault)) {
      continue;
    }
    const answers =
      statements === "none"
        ? []
        : statements.map((statement) => letsIn(statement, service, receiver.action));
    if (answers.includes(true)) {
      continue;
    }
    if (answers.includes(UNKNOWN)) {
      report.undecided(`policy of ${target.name}`);
    } else {
      report.violation(
        `${property} refers to ${target.name}, whose policy does not allow ${service} ${receiver.action}; add that statement.`,
      );
    }
  }
}

/** Whether a value could be a receiver of the stack: it is not known and has no dependencies. */
function isLost(graph: StackGraph, node: Node, property: string, type: string): boolean {
  const value = known(node.properties[property]);
  const unknown = items(value) === UNKNOWN || value === UNKNOWN;
  return unknown && (node.references[property] ?? []).length === 0 && graph.ofType(type).length > 0;
}

export const deliveryRules: readonly Rule[] = [deliveryAllowed];
