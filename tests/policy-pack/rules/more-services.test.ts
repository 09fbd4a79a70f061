import { moreServiceRules } from "../../../policy-pack/rules/more-services";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";

const rule = (id: string) => ruleOf(moreServiceRules, id);
const otherType = { otherType: "a role", type: "aws:iam/role:Role" };

/** One property: what is good, what is bad, what is said then, what is not known. */
const SINGLE: readonly (readonly [
  id: string,
  type: string,
  good: object,
  bad: object,
  says: RegExp,
  unknown: object,
])[] = [
  [
    "dynamodb-pitr",
    "aws:dynamodb/table:Table",
    { pointInTimeRecovery: { enabled: true } },
    {},
    /pointInTimeRecovery.enabled is not set/,
    { pointInTimeRecovery: { enabled: UNKNOWN_FLAG } },
  ],
  [
    "dynamodb-deletion-protection",
    "aws:dynamodb/table:Table",
    { deletionProtectionEnabled: true },
    { deletionProtectionEnabled: false },
    /is false/,
    { deletionProtectionEnabled: UNKNOWN_FLAG },
  ],
  [
    "dynamodb-cmk",
    "aws:dynamodb/table:Table",
    { serverSideEncryption: { enabled: true, kmsKeyArn: UNKNOWN_TEXT } },
    { serverSideEncryption: { enabled: true } },
    /kmsKeyArn in it/,
    { serverSideEncryption: UNKNOWN_TEXT },
  ],
  [
    "kinesis-encrypted",
    "aws:kinesis/stream:Stream",
    { encryptionType: "KMS" },
    { encryptionType: "NONE" },
    /encryptionType is "NONE"/,
    { encryptionType: UNKNOWN_TEXT },
  ],
  [
    "eks-secrets-encrypted",
    "aws:eks/cluster:Cluster",
    { encryptionConfig: { resources: ["secrets"], provider: { keyArn: UNKNOWN_TEXT } } },
    {},
    /encryptionConfig is not set/,
    { encryptionConfig: UNKNOWN_TEXT },
  ],
  [
    "eks-endpoint-not-public",
    "aws:eks/cluster:Cluster",
    { vpcConfig: { endpointPublicAccess: false } },
    { vpcConfig: { subnetIds: [] } },
    /endpointPublicAccess is not set/,
    { vpcConfig: { endpointPublicAccess: UNKNOWN_FLAG } },
  ],
  [
    "search-https",
    "aws:opensearch/domain:Domain",
    { domainEndpointOptions: { enforceHttps: true } },
    {},
    /enforceHttps is not set/,
    { domainEndpointOptions: UNKNOWN_TEXT },
  ],
  [
    "search-node-to-node-encrypted",
    "aws:elasticsearch/domain:Domain",
    { clusterConfig: { instanceCount: 3 }, nodeToNodeEncryption: { enabled: true } },
    { clusterConfig: { instanceCount: 3 } },
    /nodeToNodeEncryption.enabled is not set/,
    { clusterConfig: { instanceCount: 3 }, nodeToNodeEncryption: { enabled: UNKNOWN_FLAG } },
  ],
  [
    "cloudtrail-multi-region",
    "aws:cloudtrail/trail:Trail",
    { isMultiRegionTrail: true },
    {},
    /isMultiRegionTrail is not set/,
    { isMultiRegionTrail: UNKNOWN_FLAG },
  ],
  [
    "cloudtrail-validated",
    "aws:cloudtrail/trail:Trail",
    { enableLogFileValidation: true },
    {},
    /enableLogFileValidation is not set/,
    { enableLogFileValidation: UNKNOWN_FLAG },
  ],
  [
    "api-stage-traced",
    "aws:apigateway/stage:Stage",
    { xrayTracingEnabled: true },
    {},
    /xrayTracingEnabled is not set/,
    { xrayTracingEnabled: UNKNOWN_FLAG },
  ],
  [
    "api-stage-logged",
    "aws:apigatewayv2/stage:Stage",
    { accessLogSettings: { destinationArn: UNKNOWN_TEXT, format: "$context.requestId" } },
    { accessLogSettings: {} },
    /destinationArn and format in it/,
    { accessLogSettings: UNKNOWN_TEXT },
  ],
];

describe("policy pack: more services", () => {
  for (const [id, type, good, bad, says, unknown] of SINGLE) {
    ruleTable(rule(id), [
      { compliant: "as it should be", type, props: { ...good } },
      { violating: "as it should not be", type, props: { ...bad }, says },
      { unknown: "not known yet", type, props: { ...unknown } },
      otherType,
    ]);
  }

  ruleTable(rule("cloudtrail-cmk"), [
    { compliant: "a key", type: "aws:cloudtrail/trail:Trail", props: { kmsKeyId: "alias/trail" } },
    { violating: "none", type: "aws:cloudtrail/trail:Trail", says: /kmsKeyId is not set/ },
    {
      unknown: "a key to come",
      passes: true,
      type: "aws:cloudtrail/trail:Trail",
      props: { kmsKeyId: UNKNOWN_TEXT },
    },
    otherType,
  ]);
});
