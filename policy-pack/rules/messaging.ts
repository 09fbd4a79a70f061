/** Queues, topics, buses and schedules. */
import { read, UNKNOWN } from "../../analysis/properties";
import { MACHINE_PROTOCOLS } from "../../facts/eventing";
import { DEAD_LETTER_QUEUES, EVENT_KEYS } from "../../facts/type-properties";
import {
  type Controls,
  expect,
  isNotFalse,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import {
  accountOf,
  deniesEverybody,
  judgeStatements,
  OWN_ACCOUNT,
  ownershipOf,
  statementsOf,
  whenNotEncrypted,
  type Judgement,
} from "../document-rules";
import { allows, coversAction, type Statement } from "../documents";
import { openToStrangers } from "../openness";
import { companions, isSet, nameOf } from "../relations";
import { deliveryRules } from "./deliveries";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const BUS = "aws:cloudwatch/eventBus:EventBus";
const BUS_POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";
const BUS_PERMISSION = "aws:cloudwatch/eventPermission:EventPermission";

const queueEncrypted = resourceRule({
  id: "sqs-encrypted",
  description: "A queue's messages are encrypted.",
  severity: "medium",
  controls: {
    securityHub: ["SQS.1"],
    cdkNag: ["SQS2"],
    checkov: ["CKV_AWS_27"],
    trivy: ["AWS-0096"],
  },
  remediation: "Set kmsMasterKeyId; remove sqsManagedSseEnabled: false.",
  url: `${GUIDE}/sqs-controls.html#sqs-1`,
  types: [QUEUE],
  check(subject, report) {
    if (isSet(subject.properties, "kmsMasterKeyId")) {
      return;
    }
    // SQS encrypts with its own keys unless that is turned off, or the request has another attribute of encryption.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
    expect(subject, report, "sqsManagedSseEnabled", isNotFalse, "set kmsMasterKeyId");
    const period = "kmsDataKeyReusePeriodSeconds";
    if (
      isSet(subject.properties, period) &&
      read(subject.properties, "sqsManagedSseEnabled") === undefined
    ) {
      report.violation(`${period} is set without a key; remove it, or set kmsMasterKeyId.`);
    }
  },
});

const deadLetters = stackRule({
  id: "sqs-dlq",
  description: "A queue has a dead-letter queue for messages that cannot be processed.",
  severity: "medium",
  controls: { cdkNag: ["SQS3"] },
  remediation: "Set redrivePolicy with deadLetterTargetArn and maxReceiveCount.",
  url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
  check(graph, reportOn) {
    const policy = "aws:sqs/redrivePolicy:RedrivePolicy";
    const allow = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";
    const targets = JSON.stringify(
      graph.nodes.flatMap(({ properties }) =>
        ["redrivePolicy", "deadLetterConfig"].map((property) => properties[property] ?? ""),
      ),
    );
    for (const queue of graph.ofType(QUEUE)) {
      const isTarget =
        isSet(queue.properties, "redriveAllowPolicy") ||
        targets.includes(`:${nameOf(queue)}\\`) ||
        targets.includes(`:${nameOf(queue)}"`) ||
        graph.referring(queue, allow, "queueUrl").length > 0 ||
        graph.referring(queue, QUEUE, "redrivePolicy").some((other) => other !== queue);
      if (!isTarget && !isSet(queue.properties, "redrivePolicy")) {
        const report = reportOn(queue);
        if (companions(graph, queue, policy, "queueUrl", report)?.length === 0) {
          report.violation("redrivePolicy is not set; name a dead-letter queue.");
        }
      }
    }
  },
});

interface TlsRule {
  readonly id: string;
  readonly description: string;
  readonly cdkNag: string;
  readonly url: string;
  readonly type: string;
  readonly policy: string;
  /** The policy's property that names its queue or topic. */
  readonly property: string;
  /** The action that must be denied without TLS. */
  readonly action: string;
}

/** A rule that a queue or topic refuses connections without TLS. */
function tlsOnly({ type, policy, property, action, cdkNag, ...info }: TlsRule): Rule {
  return stackRule({
    ...info,
    severity: "medium",
    controls: { cdkNag: [cdkNag] },
    remediation: `Deny ${action} to all principals where aws:SecureTransport is "false".`,
    check(graph, reportOn) {
      for (const node of graph.ofType(type)) {
        const report = reportOn(node);
        const policies = companions(graph, node, policy, property, report);
        const documents = [node, ...(policies ?? [])].map(({ properties }) =>
          statementsOf(properties, "policy", report),
        );
        if (policies === undefined || documents.includes(undefined)) {
          continue;
        }
        const denies = (statement: Statement) =>
          deniesEverybody(statement) &&
          whenNotEncrypted(statement) &&
          statement.actions.some((given) => given !== UNKNOWN && coversAction(given, action));
        if (!documents.flatMap((statements) => statements ?? []).some(denies)) {
          report.violation(
            `none of its policies denies ${action} where aws:SecureTransport is "false"; add that statement.`,
          );
        }
      }
    },
  });
}

const queueTls = tlsOnly({
  id: "sqs-tls-only",
  description: "A queue refuses connections without TLS.",
  cdkNag: "SQS4",
  url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
  type: QUEUE,
  policy: QUEUE_POLICY,
  property: "queueUrl",
  action: "sqs:SendMessage",
});

const topicTls = tlsOnly({
  id: "sns-tls-only",
  description: "A topic refuses publishers without TLS.",
  cdkNag: "SNS3",
  url: "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
  type: TOPIC,
  policy: TOPIC_POLICY,
  property: "arn",
  action: "sns:Publish",
});

/**
 * What is wrong with a statement that is public or allows all actions, with the controls that require each.
 */
function open(statement: Statement, publicly: Controls, allActions: Controls): Judgement {
  const judgement = openToStrangers(
    statement,
    "name the principal, or add a condition on aws:SourceArn or aws:SourceAccount",
  );
  const allowsAll =
    allows(statement) &&
    statement.actions.some((action) => action !== UNKNOWN && /^(\w+:)?\*$/.test(action));
  if (typeof judgement !== "string") {
    return allowsAll ? { says: "it allows all actions; name them", breaks: allActions } : judgement;
  }
  return { says: judgement, breaks: allowsAll ? joined(publicly, allActions) : publicly };
}

function joined(one: Controls, other: Controls): Controls {
  const catalogues = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof Controls)[]);
  return Object.fromEntries(
    [...catalogues].map((name) => [name, [...(one[name] ?? []), ...(other[name] ?? [])]]),
  );
}

const queuePolicy = resourceRule({
  id: "sqs-policy-not-public",
  description: "No queue policy is public or allows all actions.",
  severity: "critical",
  controls: {
    securityHub: ["SQS.3"],
    checkov: ["CKV_AWS_72", "CKV_AWS_168", "CKV_AWS_387", "CKV_AWS_283"],
    trivy: ["AWS-0097"],
  },
  remediation: "Name principals and actions, or add a condition on aws:SourceArn.",
  url: `${GUIDE}/sqs-controls.html#sqs-3`,
  types: [QUEUE, QUEUE_POLICY],
  check(subject, report) {
    judgeStatements(subject.properties, "policy", report, (statement) =>
      open(
        statement,
        { securityHub: ["SQS.3"], checkov: ["CKV_AWS_168", "CKV_AWS_387", "CKV_AWS_283"] },
        { checkov: ["CKV_AWS_72"], trivy: ["AWS-0097"] },
      ),
    );
  },
});

const ACROSS_ACCOUNTS: Controls = { checkov: ["CKV_AWS_385"] };

const topicPolicy = resourceRule({
  id: "sns-policy-not-public",
  description: "No topic policy is public or open to another account.",
  severity: "high",
  controls: { securityHub: ["SNS.4"], checkov: ["CKV_AWS_169", "CKV_AWS_385", "CKV_AWS_283"] },
  remediation:
    "Name principals, or add a condition on aws:SourceArn; name your own other accounts in the rule's setting ownAccounts.",
  url: `${GUIDE}/sns-controls.html#sns-4`,
  defaults: { ownAccounts: [] as string[] },
  types: [TOPIC, TOPIC_POLICY],
  check(subject, report, config) {
    const isOwn = ownershipOf(subject.provider, config.ownAccounts);
    judgeStatements(subject.properties, "policy", report, (statement) => {
      const foreign = statement.principals
        .map(accountOf)
        .find((account) => account !== undefined && isOwn(account) !== true);
      const judgement = open(
        statement,
        { securityHub: ["SNS.4"], checkov: ["CKV_AWS_169", "CKV_AWS_283"] },
        {},
      );
      const isForeign = foreign !== undefined && allows(statement);
      if (!isForeign || (judgement !== undefined && judgement !== UNKNOWN)) {
        return judgement;
      }
      if (isOwn(foreign) === UNKNOWN) {
        // SNS.4 lets a topic be open to a named account, whichever it is.
        report.undecided(OWN_ACCOUNT, undefined, ACROSS_ACCOUNTS);
        return judgement;
      }
      return {
        says: `it allows account ${foreign}; remove it, or add it to ownAccounts`,
        breaks: ACROSS_ACCOUNTS,
      };
    });
  },
});

const subscription = resourceRule({
  id: "sns-subscription-https",
  description: "A subscription delivers encrypted, and one to a machine has a dead-letter queue.",
  severity: "medium",
  remediation: 'Use protocol "https" and set redrivePolicy with deadLetterTargetArn.',
  url: "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
  types: ["aws:sns/topicSubscription:TopicSubscription"],
  check(subject, report) {
    expect(subject, report, "protocol", (protocol) => protocol !== "http", 'use "https"');
    const protocol = read(subject.properties, "protocol");
    if (
      MACHINE_PROTOCOLS.names.includes(String(protocol)) &&
      !isSet(subject.properties, "redrivePolicy")
    ) {
      report.violation("redrivePolicy is not set; name a dead-letter queue.");
    }
  },
});

interface BusSetting {
  /** Whether each bus needs a policy; without one, only its own account uses it. */
  readonly required: boolean;
}

const busPolicy = stackRule<BusSetting>({
  id: "eventbus-policy-not-open",
  description: "An event bus has a policy that names who may put events.",
  severity: "high",
  controls: { securityHub: ["EventBridge.3"], cdkNag: ["EVB1"] },
  remediation: "Add an EventBusPolicy that names accounts, or has a condition on the organization.",
  url: `${GUIDE}/eventbridge-controls.html#eventbridge-3`,
  defaults: { required: true },
  check(graph, reportOn, { required }) {
    for (const bus of required ? graph.ofType(BUS) : []) {
      const report = reportOn(bus);
      const found = [BUS_POLICY, BUS_PERMISSION].map((type) =>
        companions(graph, bus, type, "eventBusName", report),
      );
      if (found.every((list) => list?.length === 0)) {
        report.violation("no EventBusPolicy has it as its eventBusName; add one.");
      }
    }
    for (const node of graph.ofType(BUS_POLICY)) {
      judgeStatements(node.properties, "policy", reportOn(node), (statement) =>
        openToStrangers(statement, "name the accounts"),
      );
    }
    for (const node of graph.ofType(BUS_PERMISSION)) {
      if (!isSet(node.properties, "condition")) {
        const fix = "name the account, or add a condition";
        expect(node, reportOn(node), "principal", (principal) => principal !== "*", fix);
      }
    }
  },
});

const targetDeadLetters = resourceRule({
  id: "event-target-dlq",
  description: "Events that cannot be delivered go to a dead-letter queue.",
  severity: "medium",
  remediation: "Set deadLetterConfig.arn to a queue's.",
  url: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
  types: Object.keys(DEAD_LETTER_QUEUES.properties),
  check(subject, report) {
    const property = DEAD_LETTER_QUEUES.properties[subject.type]!;
    if (read(subject.properties, property.replace(/\.arn$/, "")) === UNKNOWN) {
      report.undecided(property);
    } else if (!isSet(subject.properties, property)) {
      report.violation(`${property} is not set; name a dead-letter queue.`);
    }
  },
});

const eventKeys = resourceRule({
  id: "eventbus-cmk",
  description: "Events and schedules are encrypted with a customer-managed key.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_297"] },
  remediation: "Set kmsKeyIdentifier, or a schedule's kmsKeyArn.",
  url: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption.html",
  types: Object.keys(EVENT_KEYS.properties),
  check(subject, report: Report) {
    const property = EVENT_KEYS.properties[subject.type]!;
    if (!isSet(subject.properties, property)) {
      report.violation(`${property} is not set; name a customer-managed key.`);
    }
  },
});

export const messagingRules: readonly Rule[] = [
  queueEncrypted,
  deadLetters,
  queueTls,
  queuePolicy,
  topicPolicy,
  topicTls,
  subscription,
  busPolicy,
  targetDeadLetters,
  eventKeys,
  ...deliveryRules,
];
