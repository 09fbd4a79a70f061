/** MSK: Kafka clusters, and connectors of MSK Connect. Amazon MQ: brokers. */
import { items, read, shown, UNKNOWN } from "../../analysis/properties";
import {
  expect,
  isNotFalse,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  type Subject,
} from "../define";
import { isSet, propertyRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/msk-controls.html";
const CLUSTER = "aws:msk/cluster:Cluster";
const CONNECTOR = "aws:mskconnect/connector:Connector";
const MQ = "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide";
const MQ_GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/mq-controls.html";
const BROKER = "aws:mq/broker:Broker";

const SINGLE: readonly Parameters<typeof propertyRule>[0][] = [
  {
    id: "msk-not-public",
    description: "A Kafka cluster's brokers are not reachable from the internet.",
    severity: "critical",
    controls: { securityHub: ["MSK.4"], checkov: ["CKV_AWS_291"] },
    remediation: "Remove publicAccess, or set its type to DISABLED; connect through the VPC.",
    url: `${GUIDE}#msk-4`,
    types: [CLUSTER],
    property: "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
    accepts: (type) => type === undefined || type === "DISABLED",
    fix: 'set it to "DISABLED"',
  },
  {
    id: "msk-brokers-tls",
    description: "A Kafka cluster's brokers talk to each other over TLS, as by default.",
    severity: "medium",
    controls: { securityHub: ["MSK.1"], cdkNag: ["MSK3"], checkov: ["CKV_AWS_81"] },
    remediation: "Remove inCluster, or set it to true. This replaces the cluster.",
    url: `${GUIDE}#msk-1`,
    types: [CLUSTER],
    property: "encryptionInfo.encryptionInTransit.inCluster",
    accepts: isNotFalse,
    fix: "set it to true",
  },
  {
    id: "msk-clients-tls",
    description: "A Kafka cluster's clients connect over TLS only, as by default.",
    severity: "high",
    controls: { cdkNag: ["MSK2"], checkov: ["CKV_AWS_81"], trivy: ["AWS-0073"] },
    remediation: 'Remove clientBroker, or set it to "TLS".',
    url: "https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html",
    types: [CLUSTER],
    property: "encryptionInfo.encryptionInTransit.clientBroker",
    accepts: (protocol) => protocol === undefined || protocol === "TLS",
    fix: 'set it to "TLS"',
  },
  {
    id: "msk-monitored",
    description: "A Kafka cluster has metrics by topic and broker.",
    severity: "low",
    controls: { securityHub: ["MSK.2"] },
    remediation: 'Set enhancedMonitoring to "PER_TOPIC_PER_BROKER" or "PER_TOPIC_PER_PARTITION".',
    url: `${GUIDE}#msk-2`,
    types: [CLUSTER],
    property: "enhancedMonitoring",
    accepts: (level) => level === "PER_TOPIC_PER_BROKER" || level === "PER_TOPIC_PER_PARTITION",
    fix: 'set it to "PER_TOPIC_PER_BROKER"',
  },
  {
    id: "msk-connector-tls",
    description: "A connector talks to its Kafka cluster over TLS.",
    severity: "medium",
    controls: { securityHub: ["MSK.3"] },
    remediation:
      'Set kafkaClusterEncryptionInTransit.encryptionType to "TLS". This replaces the connector.',
    url: `${GUIDE}#msk-3`,
    types: [CONNECTOR],
    property: "kafkaClusterEncryptionInTransit.encryptionType",
    accepts: (type) => type === "TLS",
    fix: 'set it to "TLS"',
  },
  {
    id: "mq-not-public",
    description: "A message broker is not reachable from the internet.",
    severity: "high",
    controls: { checkov: ["CKV_AWS_69"], trivy: ["AWS-0072"] },
    remediation: "Remove publiclyAccessible, or set it to false. This replaces the broker.",
    url: `${MQ}/using-amazon-mq-securely.html`,
    types: [BROKER],
    property: "publiclyAccessible",
    accepts: isNotTrue,
    fix: "set it to false",
  },
  {
    id: "mq-logged",
    description: "A message broker writes general logs.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_48"], trivy: ["AWS-0071"] },
    remediation: "Set logs.general to true.",
    url: `${MQ}/security-logging-monitoring.html`,
    types: [BROKER],
    property: "logs.general",
    accepts: isTrue,
    fix: "set it to true",
  },
  {
    id: "mq-minor-upgrades",
    description: "A message broker installs minor versions.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_207"] },
    remediation: "Set autoMinorVersionUpgrade to true.",
    url: `${MQ}/upgrading-brokers.html`,
    types: [BROKER],
    property: "autoMinorVersionUpgrade",
    accepts: isTrue,
    fix: "set it to true",
  },
];

/** Whether a broker runs ActiveMQ. */
function isActiveMq({ properties }: Subject): boolean | typeof UNKNOWN {
  const engine = read(properties, "engineType");
  return engine === UNKNOWN ? UNKNOWN : /^activemq$/i.test(String(engine));
}

const audited = resourceRule({
  id: "mq-audit-logged",
  description: "An ActiveMQ broker writes audit logs; RabbitMQ has none.",
  severity: "medium",
  controls: { securityHub: ["MQ.2"], checkov: ["CKV_AWS_197"], trivy: ["AWS-0070"] },
  remediation: "Set logs.audit to true.",
  url: `${MQ_GUIDE}#mq-2`,
  types: [BROKER],
  check(subject, report) {
    const isActive = isActiveMq(subject);
    if (isActive === UNKNOWN && read(subject.properties, "logs.audit") !== true) {
      report.undecided("engineType");
    } else if (isActive === true) {
      expect(subject, report, "logs.audit", isTrue, "set it to true");
    }
  },
});

const redundant = resourceRule({
  id: "mq-redundant",
  description: "A message broker has a standby or a cluster in several zones.",
  severity: "low",
  controls: { securityHub: ["MQ.5", "MQ.6"] },
  remediation:
    'Set deploymentMode to "ACTIVE_STANDBY_MULTI_AZ", for RabbitMQ to "CLUSTER_MULTI_AZ". This replaces the broker.',
  url: `${MQ_GUIDE}#mq-5`,
  types: [BROKER],
  check(subject, report) {
    const isActive = isActiveMq(subject);
    if (isActive === UNKNOWN) {
      report.undecided("engineType");
      return;
    }
    const mode = isActive ? "ACTIVE_STANDBY_MULTI_AZ" : "CLUSTER_MULTI_AZ";
    const accepts = (value: unknown) => value === mode;
    expect(subject, report, "deploymentMode", accepts, `set it to "${mode}"`, () => ({
      securityHub: [isActive ? "MQ.5" : "MQ.6"],
    }));
  },
});

const authenticated = resourceRule({
  id: "msk-authenticated",
  description: "A Kafka cluster accepts authenticated clients only.",
  severity: "medium",
  controls: { securityHub: ["MSK.6"] },
  remediation:
    "Set clientAuthentication with sasl.iam, sasl.scram or tls, and remove unauthenticated.",
  url: `${GUIDE}#msk-6`,
  types: [CLUSTER],
  check({ properties }, report) {
    const block = "clientAuthentication";
    const open = read(properties, `${block}.unauthenticated`);
    if (open === true) {
      report.violation(`${block}.unauthenticated is true; set it to false.`);
      return;
    }
    const authorities = items(read(properties, `${block}.tls.certificateAuthorityArns`));
    const means = [
      read(properties, `${block}.sasl.iam`),
      read(properties, `${block}.sasl.scram`),
      authorities === UNKNOWN ? UNKNOWN : authorities.length > 0,
    ];
    if (open === UNKNOWN) {
      report.undecided(`${block}.unauthenticated`);
    } else if (means.includes(true)) {
      // One of them is what a client has to use.
    } else if (means.includes(UNKNOWN)) {
      report.undecided(block);
    } else {
      report.violation(
        isSet(properties, block)
          ? `${block} requires nothing of a client; set sasl.iam to true in it.`
          : `${block} is not set; set it with sasl.iam: true.`,
      );
    }
  },
});

const clusterLogged = resourceRule({
  id: "msk-logged",
  description: "A Kafka cluster's brokers write logs.",
  severity: "medium",
  controls: { cdkNag: ["MSK6"], checkov: ["CKV_AWS_80"], trivy: ["AWS-0074"] },
  remediation: "Enable cloudwatchLogs, firehose or s3 in loggingInfo.brokerLogs.",
  url: "https://docs.aws.amazon.com/msk/latest/developerguide/msk-logging.html",
  types: [CLUSTER],
  check: (subject, report) => requireLog(subject, "loggingInfo.brokerLogs", report),
});

const connectorLogged = resourceRule({
  id: "msk-connector-logged",
  description: "A connector writes logs.",
  severity: "medium",
  controls: { securityHub: ["MSK.5"] },
  remediation: "Enable cloudwatchLogs, firehose or s3 in logDelivery.workerLogDelivery.",
  url: `${GUIDE}#msk-5`,
  types: [CONNECTOR],
  check: (subject, report) => requireLog(subject, "logDelivery.workerLogDelivery", report),
});

/** One destination of logs is enabled. */
function requireLog({ properties }: Subject, block: string, report: Report): void {
  const paths = ["cloudwatchLogs", "firehose", "s3"].map((place) => `${block}.${place}.enabled`);
  const values = paths.map((path) => read(properties, path));
  const unknown = paths[values.indexOf(UNKNOWN)];
  if (values.includes(true)) {
    return;
  }
  if (unknown !== undefined) {
    report.undecided(unknown);
  } else {
    const [path] = isSet(properties, block)
      ? [paths[values.findIndex((value) => value !== undefined)] ?? paths[0]!]
      : [block];
    report.violation(
      `${path} is ${shown(read(properties, path), path)}; enable cloudwatchLogs, firehose or s3.`,
    );
  }
}

export const brokerRules: readonly Rule[] = [
  ...SINGLE.map(propertyRule),
  authenticated,
  clusterLogged,
  connectorLogged,
  audited,
  redundant,
];
