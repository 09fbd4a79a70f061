import { emrRules } from "../../../policy-pack/rules/emr";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { type Stack, stackTable, variantTable } from "../variants";

const CLUSTER = "aws:emr/cluster:Cluster";
const CONFIGURATION = "aws:emr/securityConfiguration:SecurityConfiguration";
const SUBNET = "aws:ec2/subnet:Subnet";

const disks = { EncryptionKeyProviderType: "AwsKms", AwsKmsKey: "x", EnableEbsEncryption: true };
const objects = { EncryptionMode: "SSE-KMS", AwsKmsKey: "x" };
const encryption = (change: object) => ({
  configuration: JSON.stringify({
    EncryptionConfiguration: {
      EnableAtRestEncryption: true,
      EnableInTransitEncryption: true,
      AtRestEncryptionConfiguration: {
        LocalDiskEncryptionConfiguration: disks,
        S3EncryptionConfiguration: objects,
      },
      ...change,
    },
  }),
});
const parts = (LocalDiskEncryptionConfiguration: unknown, S3EncryptionConfiguration: unknown) =>
  encryption({
    AtRestEncryptionConfiguration: { LocalDiskEncryptionConfiguration, S3EncryptionConfiguration },
  });

describe("policy pack: EMR", () => {
  variantTable(emrRules, "emr-encrypted-at-rest", {
    type: CONFIGURATION,
    good: encryption({}),
    compliant: { "by clients, with KMS": parts(disks, { EncryptionMode: "CSE-KMS" }) },
    violating: {
      off: [
        encryption({ EnableAtRestEncryption: false }),
        /EnableAtRestEncryption is false; set it to true\. Required by EMR\.3, EMR4, CKV_AWS_171, CKV_AWS_349, CKV_AWS_350, AWS-0137, AWS-0139\./,
      ],
      "nothing about encryption": [
        { configuration: JSON.stringify({ AuthenticationConfiguration: {} }) },
        /EnableAtRestEncryption is not set/,
      ],
      "no disks": [
        parts(undefined, objects),
        /EncryptionKeyProviderType is not set; set it to "AwsKms"\. Required by EMR4, CKV_AWS_349, AWS-0139\./,
      ],
      "no volumes": [
        parts({ EncryptionKeyProviderType: "AwsKms" }, objects),
        /EnableEbsEncryption is not set; set it to true\. Required by CKV_AWS_350\./,
      ],
      "S3's own keys": [
        parts(disks, { EncryptionMode: "SSE-S3" }),
        /EncryptionMode is "SSE-S3"; set it to "SSE-KMS"\. Required by CKV_AWS_171\./,
      ],
      "no JSON": [{ configuration: "{" }, /configuration is not valid JSON; correct it\./],
    },
    unknown: {
      document: { configuration: UNKNOWN_TEXT },
      switch: encryption({ EnableAtRestEncryption: UNKNOWN_TEXT }),
      "a part of it": parts(disks, { EncryptionMode: UNKNOWN_TEXT }),
    },
  });

  variantTable(emrRules, "emr-encrypted-in-transit", {
    type: CONFIGURATION,
    good: encryption({}),
    violating: {
      off: [encryption({ EnableInTransitEncryption: false }), /EnableInTransitEncryption is false/],
      "without a word": [{ configuration: "{}" }, /EnableInTransitEncryption is not set/],
    },
    unknown: { document: { configuration: UNKNOWN_TEXT } },
  });

  for (const [id, good, says, other] of [
    [
      "emr-security-configuration",
      { securityConfiguration: "encrypted" },
      /securityConfiguration is not set; name an aws\.emr\.SecurityConfiguration/,
      { securityConfiguration: UNKNOWN_TEXT },
    ],
    ["emr-logged", { logUri: "s3://logs/emr" }, /logUri is not set/, { logUri: UNKNOWN_TEXT }],
    [
      "emr-authenticated",
      { ec2Attributes: { keyName: "operators" } },
      /ec2Attributes\.keyName and kerberosAttributes are not set/,
      { ec2Attributes: UNKNOWN_TEXT },
    ],
  ] as const) {
    const [property] = Object.keys(good);
    variantTable(emrRules, id, {
      type: CLUSTER,
      good,
      violating: { none: [{ [property!]: undefined }, says] },
      unknown: {},
      unimportant: { "its value": other },
    });
  }

  const stack: Stack = {
    subnet: { type: SUBNET, props: {} },
    cluster: {
      type: CLUSTER,
      props: { ec2Attributes: { subnetId: UNKNOWN_TEXT } },
      references: { ec2Attributes: ["subnet"] },
    },
  };
  stackTable(emrRules, "emr-no-public-ip", {
    good: stack,
    compliant: { "said so": { subnet: { props: { mapPublicIpOnLaunch: false } } } },
    violating: {
      "a public subnet": [
        { subnet: { props: { mapPublicIpOnLaunch: true } } },
        /the subnet subnet assigns public addresses; name a private subnet/,
      ],
      "a default subnet": [
        { subnet: { type: "aws:ec2/defaultSubnet:DefaultSubnet" } },
        /the subnet subnet assigns public addresses/,
      ],
      "no subnet": [
        { cluster: { props: { ec2Attributes: { keyName: "x" } } } },
        /a default subnet assigns public addresses/,
      ],
    },
    unknown: {
      "a subnet of another stack": {
        cluster: { props: { ec2Attributes: { subnetId: "subnet-1" } }, references: {} },
      },
      "which of a component's subnets": {
        public: { type: SUBNET, props: { mapPublicIpOnLaunch: true } },
        cluster: { references: { ec2Attributes: ["subnet", "public"] } },
      },
      "one of another stack beside it": {
        cluster: { props: { ec2Attributes: { subnetIds: [UNKNOWN_TEXT, "subnet-1"] } } },
      },
      "what the subnet assigns": { subnet: { props: { mapPublicIpOnLaunch: UNKNOWN_FLAG } } },
    },
  });

  const ranges = (...permittedPublicSecurityGroupRuleRanges: unknown[]) => ({
    permittedPublicSecurityGroupRuleRanges,
  });
  variantTable(emrRules, "emr-block-public-access", {
    type: "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration",
    good: { blockPublicSecurityGroupRules: true },
    compliant: { "port 22": ranges({ minRange: 22, maxRange: 22 }) },
    violating: {
      off: [{ blockPublicSecurityGroupRules: false }, /blockPublicSecurityGroupRules is false/],
      "more ports": [
        ranges({ minRange: 22, maxRange: 22 }, { minRange: 80, maxRange: 443 }),
        /Ranges\[1\] permits the ports 80 to 443; remove it\. Required by EMR\.2\./,
      ],
    },
    unknown: {
      switch: { blockPublicSecurityGroupRules: UNKNOWN_FLAG },
      ranges: { permittedPublicSecurityGroupRuleRanges: UNKNOWN_LIST },
      port: ranges({ minRange: 22, maxRange: UNKNOWN_TEXT }),
    },
  });
});
