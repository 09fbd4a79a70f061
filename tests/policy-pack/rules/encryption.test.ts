import assert from "node:assert/strict";

import { encryptionRules } from "../../../policy-pack/rules/encryption";
import { judge, judgeStack, type Row, ruleTable, type Sample, UNKNOWN_TEXT } from "../support";

const [atRest, ownKey, insightsKey, rotation, secure, parameterKey, environmentKey, images, s3] =
  encryptionRules;

const DATABASE = "aws:rds/instance:Instance";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const SSE =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const key: Sample = { type: "aws:kms/key:Key", name: "key" };
const alias: Sample = { type: "aws:kms/alias:Alias", name: "alias" };
const ARN = "arn:aws:kms:us-east-1:123456789012:key/1234";

/** The rows that every rule about a key has. */
function keyRows(type: string, property: string, props: Record<string, unknown> = {}): Row[] {
  const node = (value?: unknown, references?: Record<string, string[]>): Sample => ({
    type,
    props: value === undefined ? props : { ...props, [property]: value },
    references,
  });
  return [
    {
      compliant: `${type}: a key of the stack, not known yet`,
      resources: [key, node(UNKNOWN_TEXT, { [property]: ["key"] })],
    },
    {
      compliant: `${type}: an alias of the stack`,
      resources: [alias, node(UNKNOWN_TEXT, { [property]: ["alias"] })],
    },
    { compliant: `${type}: a key by ARN`, resources: [node(ARN)] },
    { compliant: `${type}: a key by alias`, resources: [node("alias/crm-secrets")] },
    {
      violating: `${type}: no key`,
      resources: [key, node()],
      says: new RegExp(`${property} is not set; name a customer-managed key`),
    },
    {
      violating: `${type}: AWS's own key`,
      resources: [node("arn:aws:kms:us-east-1:123456789012:alias/aws/rds")],
      says: /alias\/aws\/rds"; name a customer-managed key/,
    },
    { unknown: `${type}: key`, resources: [node(UNKNOWN_TEXT)] },
  ];
}

describe("policy pack: encryption", () => {
  const SOURCE_ARN = "arn:aws:rds:us-east-1:123456789012:db:crm";
  const keyed = {
    type: DATABASE,
    name: "source",
    props: { kmsKeyId: UNKNOWN_TEXT },
    references: { kmsKeyId: ["key"] },
  };
  const replicaByArn = (props: object = {}) => ({
    type: DATABASE,
    name: "replica",
    props: { replicateSourceDb: SOURCE_ARN, ...props },
    references: { replicateSourceDb: ["source"] },
  });
  ruleTable(ownKey!, [
    ...keyRows(DATABASE, "kmsKeyId"),
    ...keyRows(CACHE, "kmsKeyId"),
    ...keyRows("aws:secretsmanager/secret:Secret", "kmsKeyId"),
    ...keyRows("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId"),
    ...keyRows("aws:sqs/queue:Queue", "kmsMasterKeyId"),
    ...keyRows("aws:sns/topic:Topic", "kmsMasterKeyId"),
    ...keyRows("aws:backup/vault:Vault", "kmsKeyArn"),
    {
      compliant: "a replica has its source's key",
      resources: [{ type: DATABASE, props: { replicateSourceDb: "crm-postgresql" } }],
    },
    { compliant: "a replica by ARN of the stack's own", resources: [key, keyed, replicaByArn()] },
    {
      violating: "a replica by ARN of somebody else's",
      resources: [{ type: DATABASE, props: { replicateSourceDb: SOURCE_ARN } }],
      says: /kmsKeyId is not set/,
    },
    {
      violating: "a replica in another region",
      resources: [key, keyed, replicaByArn({ region: "us-west-2" })],
      says: /kmsKeyId is not set/,
    },
    {
      violating: "a replica by the provider of another region",
      resources: [
        key,
        { ...keyed, provider: { region: "us-east-1" } },
        { ...replicaByArn(), provider: { region: "us-west-2" } },
      ],
      says: /kmsKeyId is not set/,
    },
    {
      compliant: "a replica whose source's region a provider names, its own an input",
      resources: [
        key,
        { ...keyed, provider: { region: "us-west-2" } },
        { ...replicaByArn({ region: "us-west-2" }), provider: { region: "us-east-1" } },
      ],
    },
    {
      violating: "a source without a key",
      resources: [{ type: DATABASE, name: "source" }, replicaByArn()],
      says: /kmsKeyId is not set/,
    },
    { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] },
  ]);

  const insights = { performanceInsightsEnabled: true };
  ruleTable(insightsKey!, [
    ...keyRows(DATABASE, "performanceInsightsKmsKeyId", insights),
    { compliant: "off", resources: [{ type: DATABASE }] },
    {
      unknown: "switch",
      resources: [{ type: DATABASE, props: { performanceInsightsEnabled: UNKNOWN_TEXT } }],
    },
    { otherType: "a cluster", resources: [{ type: "aws:rds/cluster:Cluster", props: insights }] },
  ]);

  const type = "aws:kms/key:Key";
  ruleTable(rotation!, [
    { compliant: "on", type, props: { enableKeyRotation: true, rotationPeriodInDays: 365 } },
    { compliant: "an asymmetric key", type, props: { customerMasterKeySpec: "RSA_4096" } },
    // KMS rotates symmetric encryption keys only: KMS API reference, EnableKeyRotation.
    { compliant: "a key for signatures", type, props: { keyUsage: "SIGN_VERIFY" } },
    { compliant: "a key store of one's own", type, props: { customKeyStoreId: "cks-1" } },
    { violating: "absent", type, says: /enableKeyRotation is not set; set it to true/ },
    {
      violating: "every other year",
      type,
      props: { enableKeyRotation: true, rotationPeriodInDays: 730 },
      says: /rotationPeriodInDays is 730; set it to at most 365/,
    },
    { unknown: "switch", type, props: { enableKeyRotation: UNKNOWN_TEXT } },
    { unknown: "use of the key", type, props: { keyUsage: UNKNOWN_TEXT } },
    { unknown: "kind of key", type, props: { customerMasterKeySpec: UNKNOWN_TEXT } },
    { otherType: "an alias", type: "aws:kms/alias:Alias" },
  ]);

  const parameter = "aws:ssm/parameter:Parameter";
  const url = { name: "/crm/auth/database-url" };
  ruleTable(secure!, [
    {
      compliant: "a SecureString",
      type: parameter,
      props: { ...url, type: "SecureString", value: "x" },
    },
    {
      compliant: "a setting about passwords",
      type: parameter,
      props: { name: "/crm/password-min-length", type: "String" },
    },
    {
      violating: "a String",
      type: parameter,
      props: { ...url, type: "String" },
      says: /type is "String"; make it a SecureString/,
    },
    {
      violating: "by its logical name",
      type: parameter,
      name: "jwtSecret",
      props: { name: UNKNOWN_TEXT, type: "String" },
      says: /make it a SecureString/,
    },
    {
      violating: "a value that plans show",
      type: parameter,
      props: { ...url, type: "SecureString", insecureValue: "x" },
      says: /insecureValue is another text; move it to value/,
    },
    { unknown: "type", type: parameter, props: { ...url, type: UNKNOWN_TEXT } },
    { otherType: "a secret", type: "aws:secretsmanager/secret:Secret" },
  ]);

  ruleTable(parameterKey!, [
    ...keyRows(parameter, "keyId", { type: "SecureString" }),
    { compliant: "a String", resources: [{ type: parameter, props: { type: "String" } }] },
    { unknown: "type", resources: [{ type: parameter, props: { type: UNKNOWN_TEXT } }] },
    { otherType: "a secret", resources: [{ type: "aws:secretsmanager/secret:Secret" }] },
  ]);

  const lambda = "aws:lambda/function:Function";
  ruleTable(environmentKey!, [
    ...keyRows(lambda, "kmsKeyArn", { environment: { variables: { A: "1" } } }),
    { compliant: "no environment", resources: [{ type: lambda }] },
    { otherType: "a layer", resources: [{ type: "aws:lambda/layerVersion:LayerVersion" }] },
  ]);

  const repository = (encryption: unknown, references?: Record<string, string[]>): Sample => ({
    type: "aws:ecr/repository:Repository",
    props: { encryptionConfigurations: encryption },
    references,
  });
  ruleTable(images!, [
    {
      compliant: "a key of the stack",
      resources: [
        key,
        repository([{ encryptionType: "KMS", kmsKey: UNKNOWN_TEXT }], {
          encryptionConfigurations: ["key"],
        }),
      ],
    },
    { compliant: "by ARN", resources: [repository([{ encryptionType: "KMS", kmsKey: ARN }])] },
    {
      violating: "absent",
      resources: [{ type: "aws:ecr/repository:Repository" }],
      says: /encryptionType is not set; set it to "KMS"/,
    },
    {
      violating: "AWS's own key",
      resources: [repository([{ encryptionType: "KMS" }])],
      says: /kmsKey is not set/,
    },
    {
      violating: "S3's encryption",
      resources: [repository([{ encryptionType: "AES256" }])],
      says: /encryptionType is "AES256"/,
    },
    { unknown: "settings", resources: [repository(UNKNOWN_TEXT)] },
    { otherType: "a bucket", resources: [{ type: "aws:s3/bucket:Bucket" }] },
  ]);

  const bucket = (name: string, token = "aws:s3/bucket:Bucket"): Sample => ({
    type: token,
    name: "bucket",
    props: { bucket: name },
  });
  const sse = (settings: object, target: unknown = UNKNOWN_TEXT, token = SSE): Sample => ({
    type: token,
    props: { bucket: target, rules: [{ applyServerSideEncryptionByDefault: settings }] },
    references: target === UNKNOWN_TEXT ? { bucket: ["bucket"] } : {},
  });
  const kms = { sseAlgorithm: "aws:kms", kmsMasterKeyId: ARN };
  ruleTable(s3!, [
    { compliant: "a key, by dependency", resources: [bucket("crm-data"), sse(kms)] },
    { compliant: "a key, by name", resources: [bucket("crm-data"), sse(kms, "crm-data")] },
    {
      compliant: "old tokens",
      resources: [
        bucket("crm-data", "aws:s3/bucketV2:BucketV2"),
        sse(kms, UNKNOWN_TEXT, SSE.replaceAll("Configuration", "ConfigurationV2")),
      ],
    },
    {
      compliant: "S3's key where it is allowed",
      config: { managedKeyAllowed: ["assets"] },
      resources: [bucket("crm-assets"), sse({ sseAlgorithm: "AES256" })],
    },
    {
      compliant: "inline, the old way",
      resources: [
        {
          ...bucket("crm-data"),
          props: {
            bucket: "crm-data",
            serverSideEncryptionConfiguration: {
              rule: { applyServerSideEncryptionByDefault: kms },
            },
          },
        },
      ],
    },
    {
      violating: "none",
      resources: [bucket("crm-data"), sse(kms, "another-bucket")],
      says: /no BucketServerSideEncryptionConfiguration refers to it/,
    },
    {
      violating: "S3's key for data",
      resources: [bucket("crm-data"), sse({ sseAlgorithm: "AES256" })],
      says: /sseAlgorithm is "AES256"; use aws:kms or aws:kms:dsse/,
    },
    {
      violating: "AWS's KMS key for data",
      resources: [bucket("crm-data"), sse({ sseAlgorithm: "aws:kms" })],
      says: /kmsMasterKeyId is not set/,
    },
    {
      violating: "no rules",
      resources: [bucket("x"), { type: SSE, props: { bucket: "x", rules: [] } }],
      says: /sseAlgorithm is not set/,
    },
    {
      unknown: "bucket of a configuration",
      resources: [bucket("crm-data"), { type: SSE, props: { bucket: UNKNOWN_TEXT, rules: [] } }],
    },
    {
      unknown: "algorithm",
      resources: [bucket("crm-data"), sse({ sseAlgorithm: UNKNOWN_TEXT })],
    },
    {
      unknown: "key",
      resources: [
        bucket("crm-data"),
        sse({ sseAlgorithm: "aws:kms", kmsMasterKeyId: UNKNOWN_TEXT }),
      ],
    },
    { otherType: "a database", resources: [{ type: DATABASE }] },
  ]);

  it("a message has no secret", () => {
    const secret = "hunter2-not-to-be-shown";
    const props = { ...url, type: secret, insecureValue: secret, value: secret, keyId: undefined };
    const said = [
      judge(secure!, { type: parameter, props: { ...props, type: "String" } }),
      judgeStack(parameterKey!, [{ type: parameter, props: { ...props, type: "SecureString" } }]),
      judge(atRest!, { type: DATABASE, props: { storageEncrypted: secret } }),
    ];
    assert.equal(said.flatMap(({ violations }) => violations).length, 4);
    assert.ok(!JSON.stringify(said).includes(secret));
  });
});
