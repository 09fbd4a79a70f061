import { brokerRules } from "../../../policy-pack/rules/brokers";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { variantTable } from "../variants";

const CLUSTER = "aws:msk/cluster:Cluster";
const BROKER = "aws:mq/broker:Broker";
const CONNECTOR = "aws:mskconnect/connector:Connector";

describe("policy pack: brokers", () => {
  const access = (type: unknown) => ({
    brokerNodeGroupInfo: { connectivityInfo: { publicAccess: { type } } },
  });
  variantTable(brokerRules, "msk-not-public", {
    type: CLUSTER,
    good: { brokerNodeGroupInfo: { instanceType: "kafka.m7g.large" } },
    compliant: { off: access("DISABLED") },
    violating: {
      public: [access("SERVICE_PROVIDED_EIPS"), /type is "SERVICE_PROVIDED_EIPS"; set it to/],
    },
    unknown: { type: access(UNKNOWN_TEXT) },
  });

  const transit = (encryptionInTransit: unknown) => ({ encryptionInfo: { encryptionInTransit } });
  variantTable(brokerRules, "msk-brokers-tls", {
    type: CLUSTER,
    good: transit({ inCluster: true }),
    compliant: { "by default": { encryptionInfo: undefined } },
    violating: { off: [transit({ inCluster: false }), /inCluster is false; set it to true/] },
    unknown: { switch: transit({ inCluster: UNKNOWN_FLAG }), block: transit(UNKNOWN_TEXT) },
  });
  variantTable(brokerRules, "msk-clients-tls", {
    type: CLUSTER,
    good: transit({ clientBroker: "TLS" }),
    compliant: { "by default": { encryptionInfo: undefined } },
    violating: {
      "plain text": [transit({ clientBroker: "PLAINTEXT" }), /clientBroker is "PLAINTEXT"/],
      both: [transit({ clientBroker: "TLS_PLAINTEXT" }), /set it to "TLS"/],
    },
    unknown: { protocol: transit({ clientBroker: UNKNOWN_TEXT }) },
  });

  variantTable(brokerRules, "msk-monitored", {
    type: CLUSTER,
    good: { enhancedMonitoring: "PER_TOPIC_PER_BROKER" },
    compliant: { "by partition": { enhancedMonitoring: "PER_TOPIC_PER_PARTITION" } },
    violating: {
      "by default": [{ enhancedMonitoring: undefined }, /enhancedMonitoring is not set/],
      "by broker": [{ enhancedMonitoring: "PER_BROKER" }, /enhancedMonitoring is "PER_BROKER"/],
    },
    unknown: { level: { enhancedMonitoring: UNKNOWN_TEXT } },
  });

  const clients = (clientAuthentication: unknown) => ({ clientAuthentication });
  variantTable(brokerRules, "msk-authenticated", {
    type: CLUSTER,
    good: clients({ sasl: { iam: true } }),
    compliant: {
      passwords: clients({ sasl: { scram: true }, unauthenticated: false }),
      certificates: clients({ tls: { certificateAuthorityArns: [UNKNOWN_TEXT] } }),
    },
    violating: {
      "without a word": [clients(undefined), /clientAuthentication is not set; set it with/],
      "no means": [clients({ sasl: { iam: false } }), /requires nothing of a client/],
      "no authority": [clients({ tls: { certificateAuthorityArns: [] } }), /requires nothing/],
      "open as well": [clients({ sasl: { iam: true }, unauthenticated: true }), /is true; set it/],
    },
    unknown: {
      block: clients(UNKNOWN_TEXT),
      means: clients({ sasl: { iam: UNKNOWN_FLAG } }),
      authorities: clients({ tls: { certificateAuthorityArns: UNKNOWN_LIST } }),
      "whether it is open": clients({ sasl: { iam: true }, unauthenticated: UNKNOWN_FLAG }),
    },
  });

  const brokerLogs = (logs: unknown) => ({ loggingInfo: { brokerLogs: logs } });
  variantTable(brokerRules, "msk-logged", {
    type: CLUSTER,
    good: brokerLogs({ cloudwatchLogs: { enabled: true } }),
    compliant: {
      "one of two": brokerLogs({ s3: { enabled: true }, firehose: { enabled: false } }),
    },
    violating: {
      "without a word": [{ loggingInfo: undefined }, /loggingInfo.brokerLogs is not set/],
      off: [brokerLogs({ firehose: { enabled: false } }), /firehose.enabled is false; enable/],
      "none of them": [brokerLogs({}), /cloudwatchLogs.enabled is not set/],
    },
    unknown: {
      block: brokerLogs(UNKNOWN_TEXT),
      one: brokerLogs({ s3: { enabled: UNKNOWN_FLAG } }),
    },
    unimportant: {
      "another one": brokerLogs({ s3: { enabled: UNKNOWN_FLAG }, firehose: { enabled: true } }),
    },
  });

  variantTable(brokerRules, "mq-not-public", {
    type: BROKER,
    good: { publiclyAccessible: false },
    compliant: { "by default": { publiclyAccessible: undefined } },
    violating: { public: [{ publiclyAccessible: true }, /is true; set it to false/] },
    unknown: { switch: { publiclyAccessible: UNKNOWN_FLAG } },
  });
  variantTable(brokerRules, "mq-logged", {
    type: BROKER,
    good: { logs: { general: true } },
    violating: { "by default": [{ logs: undefined }, /logs.general is not set/] },
    unknown: { switch: { logs: { general: UNKNOWN_FLAG } } },
  });
  variantTable(brokerRules, "mq-minor-upgrades", {
    type: BROKER,
    good: { autoMinorVersionUpgrade: true },
    violating: { "by default": [{ autoMinorVersionUpgrade: undefined }, /is not set; set it/] },
    unknown: { switch: { autoMinorVersionUpgrade: UNKNOWN_FLAG } },
  });
  const broker = (engineType: unknown, props: object) => ({ engineType, ...props });
  variantTable(brokerRules, "mq-audit-logged", {
    type: BROKER,
    good: broker("ActiveMQ", { logs: { audit: true } }),
    compliant: {
      "RabbitMQ has none": broker("RabbitMQ", { logs: { general: true } }),
      "a text, as older SDKs have it": { logs: { audit: "true" } },
    },
    violating: { "by default": [{ logs: { general: true } }, /logs.audit is not set/] },
    unknown: {
      switch: { logs: { audit: UNKNOWN_FLAG } },
      engine: broker(UNKNOWN_TEXT, { logs: { general: true } }),
    },
    unimportant: { "the engine of one with logs": { engineType: UNKNOWN_TEXT } },
  });
  variantTable(brokerRules, "mq-redundant", {
    type: BROKER,
    good: broker("ActiveMQ", { deploymentMode: "ACTIVE_STANDBY_MULTI_AZ" }),
    compliant: { "a cluster": broker("RabbitMQ", { deploymentMode: "CLUSTER_MULTI_AZ" }) },
    violating: {
      "by default": [
        { deploymentMode: undefined },
        /deploymentMode is not set; set it to "ACTIVE_STANDBY_MULTI_AZ"\. Required by MQ\.5\./,
      ],
      "a single one": [
        broker("RabbitMQ", { deploymentMode: "SINGLE_INSTANCE" }),
        /is "SINGLE_INSTANCE"; set it to "CLUSTER_MULTI_AZ"\. Required by MQ\.6\./,
      ],
    },
    unknown: { mode: { deploymentMode: UNKNOWN_TEXT }, engine: { engineType: UNKNOWN_TEXT } },
  });

  const encrypted = (encryptionType: unknown) => ({
    kafkaClusterEncryptionInTransit: { encryptionType },
  });
  variantTable(brokerRules, "msk-connector-tls", {
    type: CONNECTOR,
    good: encrypted("TLS"),
    violating: {
      "by default": [encrypted(undefined), /encryptionType is not set/],
      "plain text": [encrypted("PLAINTEXT"), /encryptionType is "PLAINTEXT"; set it to "TLS"/],
    },
    unknown: { type: encrypted(UNKNOWN_TEXT) },
  });

  const workerLogs = (workerLogDelivery: unknown) => ({ logDelivery: { workerLogDelivery } });
  variantTable(brokerRules, "msk-connector-logged", {
    type: CONNECTOR,
    good: workerLogs({ s3: { enabled: true, bucket: UNKNOWN_TEXT } }),
    violating: {
      "without a word": [{ logDelivery: undefined }, /logDelivery.workerLogDelivery is not set/],
      off: [workerLogs({ cloudwatchLogs: { enabled: false } }), /cloudwatchLogs.enabled is false/],
    },
    unknown: { one: workerLogs({ firehose: { enabled: UNKNOWN_FLAG } }) },
  });
});
