import { moreKeyRules } from "../../../policy-pack/rules/more-keys";
import { ruleOf } from "../rows";
import { type Row, ruleTable, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const KEY = "aws:kms/key:Key";
const ARN = "arn:aws:kms:us-east-1:123456789012:key/1234";
const PROJECT = "aws:codebuild/project:Project";
const ENDPOINT = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
const FEATURES = "aws:sagemaker/featureGroup:FeatureGroup";
const STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const QUALITY = "aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition";

/** A type, its properties with a value for the key, and who requires it. */
const STORES: readonly (readonly [string, (key?: unknown) => Record<string, unknown>, RegExp])[] = [
  [
    PROJECT,
    (encryptionKey) => ({ artifacts: { type: "S3" }, encryptionKey }),
    /encryptionKey is not set.*Required by CB4, CKV_AWS_147/,
  ],
  [
    "aws:sagemaker/notebookInstance:NotebookInstance",
    (kmsKeyId) => ({ kmsKeyId }),
    /Required by SageMaker\.21, SM2, CKV_AWS_22, CKV_AWS_187/,
  ],
  [
    "aws:sagemaker/domain:Domain",
    (kmsKeyId) => ({ kmsKeyId }),
    /kmsKeyId is not set.*Required by CKV_AWS_187/,
  ],
  [
    ENDPOINT,
    (kmsKeyArn) => ({ kmsKeyArn, productionVariants: [{ instanceType: "ml.m5.large" }] }),
    /kmsKeyArn is not set.*CKV_AWS_98/,
  ],
  [
    "aws:sagemaker/flowDefinition:FlowDefinition",
    (kmsKeyId) => ({ outputConfig: { kmsKeyId } }),
    /outputConfig.kmsKeyId is not set.*CKV_AWS_372/,
  ],
  [
    QUALITY,
    (kmsKeyId) => ({
      dataQualityJobOutputConfig: { kmsKeyId },
      jobResources: { clusterConfig: { instanceType: "ml.m5.large", volumeKmsKeyId: ARN } },
    }),
    /dataQualityJobOutputConfig.kmsKeyId is not set.*CKV_AWS_367/,
  ],
  [
    QUALITY,
    (volumeKmsKeyId) => ({
      dataQualityJobOutputConfig: { kmsKeyId: ARN },
      jobResources: { clusterConfig: { instanceType: "ml.m5.large", volumeKmsKeyId } },
    }),
    /volumeKmsKeyId is not set.*CKV_AWS_368/,
  ],
  [
    FEATURES,
    (kmsKeyId) => ({ offlineStoreConfig: { s3StorageConfig: { s3Uri: "s3://x", kmsKeyId } } }),
    /s3StorageConfig.kmsKeyId is not set.*SageMaker\.17/,
  ],
  [
    FEATURES,
    (kmsKeyId) => ({
      onlineStoreConfig: { enableOnlineStore: true, securityConfig: { kmsKeyId } },
    }),
    /securityConfig.kmsKeyId is not set.*SageMaker\.18/,
  ],
  [
    "aws:msk/cluster:Cluster",
    (encryptionAtRestKmsKeyArn) => ({ encryptionInfo: { encryptionAtRestKmsKeyArn } }),
    /encryptionAtRestKmsKeyArn is not set.*AWS-0179/,
  ],
  [
    "aws:mq/broker:Broker",
    (kmsKeyId) => ({ encryptionOptions: { kmsKeyId } }),
    /encryptionOptions.kmsKeyId is not set.*CKV_AWS_209/,
  ],
  [STREAM, (keyArn) => ({ serverSideEncryption: { keyArn } }), /keyArn is not set.*CKV_AWS_241/],
  ...(
    [
      ["aws:dms/replicationInstance:ReplicationInstance", /kmsKeyArn is not set.*CKV_AWS_212/],
      ["aws:dms/endpoint:Endpoint", /kmsKeyArn is not set.*CKV_AWS_296/],
      ["aws:dms/s3Endpoint:S3Endpoint", /kmsKeyArn is not set.*CKV_AWS_298/],
    ] as const
  ).map(([type, says]) => [type, (kmsKeyArn?: unknown) => ({ kmsKeyArn }), says] as const),
];

describe("policy pack: more keys", () => {
  const rows = STORES.flatMap(([type, props, says]): Row[] => {
    const [top] = Object.entries(props(UNKNOWN_TEXT)).find(([, value]) =>
      JSON.stringify(value).includes(UNKNOWN_TEXT),
    )!;
    const short = type.split(":").at(-1)!;
    return [
      { compliant: `${short}: a key by ARN`, type, props: props(ARN) },
      {
        compliant: `${short}: a key of the stack, to come`,
        resources: [
          { type: KEY, name: "key" },
          { type, props: props(UNKNOWN_TEXT), references: { [top]: ["key"] } },
        ],
      },
      { violating: `${short}: no key`, type, props: props(), says },
      {
        violating: `${short}: AWS's own key`,
        type,
        props: props("alias/aws/s3"),
        says: /"alias\/aws\/s3"; name a customer-managed key|another text; name/,
      },
      { unknown: `${short}: whose key it is`, type, props: props(UNKNOWN_TEXT) },
    ];
  });
  ruleTable(ruleOf(moreKeyRules, "more-services-cmk"), [
    ...rows,
    { compliant: "no artifacts", type: PROJECT, props: { artifacts: { type: "NO_ARTIFACTS" } } },
    { unknown: "which artifacts", type: PROJECT, props: { artifacts: { type: UNKNOWN_TEXT } } },
    {
      compliant: "an endpoint without instances",
      type: ENDPOINT,
      props: { productionVariants: [{ serverlessConfig: { maxConcurrency: 5 } }] },
    },
    ...["ml.g5.xlarge", "ml.m5d.large", "ml.p4d.24xlarge", "ml.g4dn.xlarge"].map(
      (instanceType) => ({
        compliant: `${instanceType} encrypts its own disks`,
        type: ENDPOINT,
        props: { productionVariants: [{ instanceType }] },
      }),
    ),
    ...["ml.c5n.xlarge", "ml.p3.2xlarge", "ml.inf2.xlarge"].map((instanceType) => ({
      violating: `${instanceType} has no disks of its own`,
      type: ENDPOINT,
      props: { productionVariants: [{ instanceType }] },
      says: /kmsKeyArn is not set/,
    })),
    { unknown: "the variants", type: ENDPOINT, props: { productionVariants: UNKNOWN_LIST } },
    {
      compliant: "a stream that reads one of Kinesis",
      type: STREAM,
      props: { kinesisSourceConfiguration: UNKNOWN_TEXT },
    },
    {
      compliant: "a stream that reads a topic of Kafka",
      type: STREAM,
      props: { mskSourceConfiguration: UNKNOWN_TEXT },
    },
    { compliant: "no stores", type: FEATURES, props: {} },
    {
      compliant: "a store in memory",
      type: FEATURES,
      props: { onlineStoreConfig: { enableOnlineStore: true, storageType: "InMemory" } },
    },
    {
      compliant: "an online store that is off",
      type: FEATURES,
      props: { onlineStoreConfig: { enableOnlineStore: false, storageType: UNKNOWN_TEXT } },
    },
    {
      unknown: "whether there is an online store",
      type: FEATURES,
      props: { onlineStoreConfig: { enableOnlineStore: UNKNOWN_TEXT } },
    },
    { otherType: "a role", type: "aws:iam/role:Role" },
  ]);
});
