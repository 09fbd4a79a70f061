import { moreServiceRules } from "../../../policy-pack/rules/more-services";
import { ruleOf } from "../rows";
import { type Row, ruleTable, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";
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
  [
    "ec2-detailed-monitoring",
    INSTANCE,
    { monitoring: true },
    {},
    /monitoring is not set/,
    { monitoring: UNKNOWN_FLAG },
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

  const metadata = (options: unknown, type = INSTANCE) => ({
    type,
    props: { metadataOptions: options },
  });
  ruleTable(rule("ec2-imdsv2"), [
    { compliant: "tokens", ...metadata({ httpTokens: "required" }) },
    { compliant: "nothing to ask", ...metadata({ httpEndpoint: "disabled" }, TEMPLATE) },
    { violating: "without a word", type: CONFIGURATION, says: /metadataOptions is not set/ },
    { violating: "tokens or none", ...metadata({ httpTokens: "optional" }), says: /httpTokens/ },
    { unknown: "options", ...metadata(UNKNOWN_TEXT) },
    otherType,
  ]);
  ruleTable(rule("ec2-no-public-ip"), [
    { compliant: "without a word", type: INSTANCE },
    {
      violating: "a server's",
      type: INSTANCE,
      props: { associatePublicIpAddress: true },
      says: /associatePublicIpAddress is true/,
    },
    {
      violating: "a template's",
      type: TEMPLATE,
      props: { networkInterfaces: [{ associatePublicIpAddress: "true" }] },
      says: /networkInterfaces\[0\]/,
    },
    { unknown: "switch", type: INSTANCE, props: { associatePublicIpAddress: UNKNOWN_FLAG } },
    { unknown: "interfaces", type: TEMPLATE, props: { networkInterfaces: UNKNOWN_LIST } },
    otherType,
  ]);
  const disks: Row[] = [
    {
      compliant: "encrypted",
      resources: [
        {
          type: INSTANCE,
          props: { rootBlockDevice: { encrypted: true }, ebsBlockDevices: [{ encrypted: true }] },
        },
      ],
    },
    {
      compliant: "by the account's default",
      resources: [{ type: INSTANCE }, { type: "aws:ebs/encryptionByDefault:EncryptionByDefault" }],
    },
    {
      compliant: "a template's, and the host's own",
      resources: [
        {
          type: TEMPLATE,
          props: { blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { virtualName: "e0" }] },
        },
      ],
    },
    {
      violating: "what the image has",
      resources: [{ type: INSTANCE }],
      says: /rootBlockDevice is not set/,
    },
    {
      violating: "a template's",
      resources: [{ type: TEMPLATE, props: { blockDeviceMappings: [{ ebs: {} }] } }],
      says: /blockDeviceMappings\[0\].ebs.encrypted is not true/,
    },
    {
      unknown: "disks",
      resources: [{ type: TEMPLATE, props: { blockDeviceMappings: UNKNOWN_LIST } }],
    },
    { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] },
  ];
  ruleTable(rule("ec2-disks-encrypted"), disks);
  const data = (userData: string) => ({ type: INSTANCE, props: { userData } });
  // Made up here, so that no scanner takes the test for a leak.
  const key = `AKIA${"ABCD".repeat(4)}`;
  ruleTable(rule("ec2-no-user-data-secrets"), [
    { compliant: "a script", ...data("#!/bin/bash\nyum update -y") },
    { violating: "a key", ...data(`export AWS_ACCESS_KEY_ID=${key}`), says: /holds an access key/ },
    {
      violating: "a key in base 64",
      type: TEMPLATE,
      props: { userData: Buffer.from(`key=${key}`).toString("base64") },
      says: /holds an access key/,
    },
    { unknown: "the script", ...data(UNKNOWN_TEXT) },
    otherType,
  ]);
});
