/** Customer-managed keys of services that other programs use and this platform does not. */
import type { Node } from "../../analysis/graph";
import { isRecord, items, read, UNKNOWN } from "../../analysis/properties";
import { LOCAL_STORAGE } from "../../facts/local-storage";
import type { Rule } from "../define";
import { isSet } from "../relations";
import { readsAnother } from "./analytics";
import { type Keyed, keyRule } from "./customer-managed-keys";

/** An equal value; UNKNOWN where it is not known. */
const equals = (node: Node, property: string, expected: unknown) => {
  const value = read(node.properties, property);
  return value === UNKNOWN ? UNKNOWN : value === expected;
};

const not = (value: boolean | typeof UNKNOWN) => (value === UNKNOWN ? UNKNOWN : !value);

/** Whether AWS takes a key for the storage of an instance type; serverless has neither. */
function takesKeyOn(type: unknown): boolean | typeof UNKNOWN {
  return type === UNKNOWN ? UNKNOWN : typeof type === "string" && !LOCAL_STORAGE.pattern.test(type);
}

/** Whether AWS takes a key for an endpoint: for all of its variants or for none. */
function takesKey({ properties }: Node): boolean | typeof UNKNOWN {
  const variants = items(read(properties, "productionVariants"));
  const answers = (variants === UNKNOWN ? [UNKNOWN] : variants).map((variant) =>
    isRecord(variant) ? takesKeyOn(read(variant, "instanceType")) : UNKNOWN,
  );
  return answers.includes(false) ? false : answers.includes(UNKNOWN) ? UNKNOWN : true;
}

const STORED: readonly Keyed[] = [
  {
    type: "aws:codebuild/project:Project",
    property: "encryptionKey",
    controls: { cdkNag: ["CB4"], checkov: ["CKV_AWS_147"] },
    where: (node) => not(equals(node, "artifacts.type", "NO_ARTIFACTS")),
  },
  {
    type: "aws:sagemaker/notebookInstance:NotebookInstance",
    property: "kmsKeyId",
    controls: {
      securityHub: ["SageMaker.21"],
      cdkNag: ["SM2"],
      checkov: ["CKV_AWS_22", "CKV_AWS_187"],
    },
  },
  {
    type: "aws:sagemaker/domain:Domain",
    property: "kmsKeyId",
    controls: { checkov: ["CKV_AWS_187"] },
  },
  {
    type: "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_98"] },
    where: takesKey,
  },
  {
    type: "aws:sagemaker/flowDefinition:FlowDefinition",
    property: "outputConfig.kmsKeyId",
    controls: { checkov: ["CKV_AWS_372"] },
  },
  {
    type: "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
    property: "dataQualityJobOutputConfig.kmsKeyId",
    controls: { checkov: ["CKV_AWS_367"] },
  },
  {
    type: "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition",
    property: "jobResources.clusterConfig.volumeKmsKeyId",
    controls: { checkov: ["CKV_AWS_368"] },
    where: ({ properties }) =>
      takesKeyOn(read(properties, "jobResources.clusterConfig.instanceType")),
  },
  {
    type: "aws:sagemaker/featureGroup:FeatureGroup",
    property: "offlineStoreConfig.s3StorageConfig.kmsKeyId",
    controls: { securityHub: ["SageMaker.17"] },
    where: ({ properties }) => isSet(properties, "offlineStoreConfig"),
  },
  {
    type: "aws:sagemaker/featureGroup:FeatureGroup",
    property: "onlineStoreConfig.securityConfig.kmsKeyId",
    controls: { securityHub: ["SageMaker.18"] },
    where: (node) => {
      const enabled = equals(node, "onlineStoreConfig.enableOnlineStore", true);
      const standard = not(equals(node, "onlineStoreConfig.storageType", "InMemory"));
      return enabled === false ? false : standard === true ? enabled : standard;
    },
  },
  {
    type: "aws:msk/cluster:Cluster",
    property: "encryptionInfo.encryptionAtRestKmsKeyArn",
    controls: { trivy: ["AWS-0179"] },
  },
  {
    type: "aws:mq/broker:Broker",
    property: "encryptionOptions.kmsKeyId",
    controls: { checkov: ["CKV_AWS_209"] },
  },
  {
    type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    property: "serverSideEncryption.keyArn",
    controls: { checkov: ["CKV_AWS_241"] },
    where: ({ properties }) => !readsAnother(properties),
  },
  {
    type: "aws:dms/replicationInstance:ReplicationInstance",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_212"] },
  },
  {
    type: "aws:dms/endpoint:Endpoint",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_296"] },
  },
  {
    type: "aws:dms/s3Endpoint:S3Endpoint",
    property: "kmsKeyArn",
    controls: { checkov: ["CKV_AWS_298"] },
  },
];

const moreKeys = keyRule(
  "more-services-cmk",
  "What builds, notebooks, endpoints, feature stores, brokers, delivery streams and replication instances store is encrypted with a customer-managed key.",
  STORED,
);

export const moreKeyRules: readonly Rule[] = [moreKeys];
