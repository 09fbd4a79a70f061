import { moreServiceRules } from "../../../policy-pack/rules/more-services";
import { ruleOf } from "../rows";
import { ruleTable, type Sample, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

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
    "kinesis-encrypted",
    "aws:kinesis/stream:Stream",
    { encryptionType: "KMS" },
    { encryptionType: "NONE" },
    /encryptionType is "NONE"/,
    { encryptionType: UNKNOWN_TEXT },
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

  const KEY = "aws:kms/key:Key";
  const TRAIL = "aws:cloudtrail/trail:Trail";
  ruleTable(rule("cloudtrail-cmk"), [
    { compliant: "a key", type: TRAIL, props: { kmsKeyId: "alias/trail" } },
    {
      compliant: "a key of the stack, to come",
      resources: [
        { type: KEY, name: "key" },
        { type: TRAIL, props: { kmsKeyId: UNKNOWN_TEXT }, references: { kmsKeyId: ["key"] } },
      ],
    },
    { violating: "none", type: TRAIL, says: /kmsKeyId is not set/ },
    {
      violating: "AWS's own",
      type: TRAIL,
      props: { kmsKeyId: "arn:aws:kms:us-east-1:123456789012:alias/aws/cloudtrail" },
      says: /name a customer-managed key/,
    },
    { unknown: "whose key it is", type: TRAIL, props: { kmsKeyId: UNKNOWN_TEXT } },
    otherType,
  ]);

  const table = (serverSideEncryption: unknown): Sample => ({
    type: "aws:dynamodb/table:Table",
    props: { serverSideEncryption },
  });
  ruleTable(rule("dynamodb-cmk"), [
    {
      compliant: "a key of the stack, to come",
      resources: [
        { type: KEY, name: "key" },
        {
          ...table({ enabled: true, kmsKeyArn: UNKNOWN_TEXT }),
          references: { serverSideEncryption: ["key"] },
        },
      ],
    },
    { compliant: "a key by name", ...table({ enabled: true, kmsKeyArn: "alias/tables" }) },
    {
      violating: "without a word",
      type: "aws:dynamodb/table:Table",
      says: /serverSideEncryption.enabled is not set/,
    },
    { violating: "no key", ...table({ enabled: true }), says: /kmsKeyArn is not set/ },
    {
      violating: "AWS's own",
      ...table({ enabled: true, kmsKeyArn: "alias/aws/dynamodb" }),
      says: /kmsKeyArn is "alias\/aws\/dynamodb"; name a customer-managed key/,
    },
    { unknown: "all of it", ...table(UNKNOWN_TEXT) },
    { unknown: "the switch", ...table({ enabled: UNKNOWN_FLAG, kmsKeyArn: "alias/tables" }) },
    { unknown: "the key", ...table({ enabled: true, kmsKeyArn: UNKNOWN_TEXT }) },
    otherType,
  ]);

  const cluster = (resources: unknown) => ({
    type: "aws:eks/cluster:Cluster",
    props: { encryptionConfig: { resources, provider: { keyArn: UNKNOWN_TEXT } } },
  });
  ruleTable(rule("eks-secrets-encrypted"), [
    { compliant: "secrets", ...cluster(["secrets"]) },
    { violating: "without a word", type: "aws:eks/cluster:Cluster", says: /config is not set/i },
    {
      violating: "no key",
      type: "aws:eks/cluster:Cluster",
      props: { encryptionConfig: { resources: ["secrets"] } },
      says: /encryptionConfig.provider.keyArn is not set; name a key/,
    },
    { violating: "something else", ...cluster(["others"]), says: /resources lacks "secrets"/ },
    { unknown: "the list", ...cluster(UNKNOWN_LIST) },
    { unknown: "what is in it", ...cluster([UNKNOWN_TEXT]) },
    {
      unknown: "all of it",
      type: "aws:eks/cluster:Cluster",
      props: { encryptionConfig: UNKNOWN_TEXT },
    },
    otherType,
  ]);

  const domain = (domainEndpointOptions: unknown, type = "aws:opensearch/domain:Domain") => ({
    type,
    props: { domainEndpointOptions },
  });
  const tlsSecurityPolicy = "Policy-Min-TLS-1-2-PFS-2023-10";
  ruleTable(rule("search-https"), [
    { compliant: "TLS 1.2", ...domain({ enforceHttps: true, tlsSecurityPolicy }) },
    {
      compliant: "FIPS, by the old name of the service",
      ...domain(
        {
          enforceHttps: true,
          tlsSecurityPolicy: "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
        },
        "aws:elasticsearch/domain:Domain",
      ),
    },
    {
      violating: "without a word",
      type: "aws:opensearch/domain:Domain",
      says: /enforceHttps is not set/,
    },
    {
      violating: "HTTPS and no policy",
      ...domain({ enforceHttps: true }),
      says: /tlsSecurityPolicy is not set; set it to "Policy-Min-TLS-1-2-PFS-2023-10"/,
    },
    {
      violating: "TLS 1.0",
      ...domain({ enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-0-2019-07" }),
      says: /tlsSecurityPolicy is "Policy-Min-TLS-1-0-2019-07"/,
    },
    {
      violating: "TLS 1.2 of 2019",
      ...domain({ enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" }),
      says: /tlsSecurityPolicy is "Policy-Min-TLS-1-2-2019-07"/,
    },
    { compliant: "HTTPS by the provider's default", ...domain({ tlsSecurityPolicy }) },
    {
      violating: "no HTTPS",
      ...domain({ enforceHttps: false, tlsSecurityPolicy }),
      says: /enforceHttps is false/,
    },
    { unknown: "all of it", ...domain(UNKNOWN_TEXT) },
    {
      unknown: "the policy",
      ...domain({ enforceHttps: true, tlsSecurityPolicy: UNKNOWN_TEXT }),
    },
    otherType,
  ]);
});
