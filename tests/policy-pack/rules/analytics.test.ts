import { analyticsRules } from "../../../policy-pack/rules/analytics";
import { UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";
import { variantTable } from "../variants";

const JOB = "aws:glue/job:Job";
const CRAWLER = "aws:glue/crawler:Crawler";
const WORKGROUP = "aws:athena/workgroup:Workgroup";

describe("policy pack: analytics", () => {
  variantTable(analyticsRules, "glue-security-configuration", {
    type: JOB,
    good: { securityConfiguration: "encrypted" },
    violating: {
      none: [
        { securityConfiguration: undefined },
        /is not set; name one\. Required by GL1, GL3, CKV_AWS_195\./,
      ],
    },
    unknown: {},
    unimportant: { "its name": { securityConfiguration: UNKNOWN_TEXT } },
    rows: [
      { compliant: "a crawler", type: CRAWLER, props: { securityConfiguration: "encrypted" } },
      { violating: "a crawler without", type: CRAWLER, says: /Required by GL1, CKV_AWS_195\./ },
      {
        violating: "an endpoint without",
        type: "aws:glue/devEndpoint:DevEndpoint",
        says: /Required by CKV_AWS_195\./,
      },
    ],
  });

  const [logs, bookmarks, data] = [
    { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: "arn:x" },
    { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: UNKNOWN_TEXT },
    { s3EncryptionMode: "SSE-KMS", kmsKeyArn: "arn:x" },
  ];
  const configuration = (change: object) => ({
    encryptionConfiguration: {
      cloudwatchEncryption: logs,
      jobBookmarksEncryption: bookmarks,
      s3Encryption: data,
      ...change,
    },
  });
  variantTable(analyticsRules, "glue-security-configuration-encrypts", {
    type: "aws:glue/securityConfiguration:SecurityConfiguration",
    good: configuration({}),
    compliant: { "S3's own keys": configuration({ s3Encryption: { s3EncryptionMode: "SSE-S3" } }) },
    violating: {
      "no logs": [
        configuration({ cloudwatchEncryption: { cloudwatchEncryptionMode: "DISABLED" } }),
        /cloudwatchEncryptionMode is "DISABLED"; set it to "SSE-KMS"\. Required by GL1, CKV_AWS_99/,
      ],
      "no bookmarks": [
        configuration({ jobBookmarksEncryption: {} }),
        /jobBookmarksEncryptionMode is not set; set it to "CSE-KMS"\. Required by GL3/,
      ],
      "no data": [
        configuration({ s3Encryption: { s3EncryptionMode: "DISABLED" } }),
        /s3EncryptionMode is "DISABLED"/,
      ],
      "no key": [
        configuration({ cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS" } }),
        /cloudwatchEncryption.kmsKeyArn is not set; name a key/,
      ],
    },
    unknown: {
      mode: configuration({ s3Encryption: { s3EncryptionMode: UNKNOWN_TEXT } }),
      block: configuration({ cloudwatchEncryption: UNKNOWN_TEXT }),
    },
  });

  const catalog = (change: object) => ({
    dataCatalogEncryptionSettings: {
      encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: UNKNOWN_TEXT },
      connectionPasswordEncryption: {
        returnConnectionPasswordEncrypted: true,
        awsKmsKeyId: UNKNOWN_TEXT,
      },
      ...change,
    },
  });
  variantTable(analyticsRules, "glue-catalog-encrypted", {
    type: "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    good: catalog({}),
    compliant: {
      "with a role": catalog({
        encryptionAtRest: {
          catalogEncryptionMode: "SSE-KMS-WITH-SERVICE-ROLE",
          sseAwsKmsKeyId: "alias/catalog",
        },
      }),
    },
    violating: {
      "no catalog": [
        catalog({ encryptionAtRest: { catalogEncryptionMode: "DISABLED" } }),
        /catalogEncryptionMode is "DISABLED"; set it to "SSE-KMS"/,
      ],
      "no passwords": [
        catalog({ connectionPasswordEncryption: { returnConnectionPasswordEncrypted: false } }),
        /returnConnectionPasswordEncrypted is false/,
      ],
      "no key": [
        catalog({ encryptionAtRest: { catalogEncryptionMode: "SSE-KMS" } }),
        /encryptionAtRest.sseAwsKmsKeyId is not set; name a key/,
      ],
    },
    unknown: {
      mode: catalog({ encryptionAtRest: { catalogEncryptionMode: UNKNOWN_TEXT } }),
      switch: catalog({
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: UNKNOWN_FLAG },
      }),
    },
  });

  variantTable(analyticsRules, "glue-job-version", {
    type: JOB,
    good: { command: { name: "glueetl" }, glueVersion: "5.0" },
    compliant: {
      "the oldest": { glueVersion: "3.0" },
      "Python alone": { command: { name: "pythonshell" }, glueVersion: undefined },
      Ray: { command: { name: "glueray" }, glueVersion: undefined },
    },
    violating: {
      "without a word": [
        { glueVersion: undefined },
        /glueVersion is not set; set it to 3 or later/,
      ],
      "an old one": [{ glueVersion: "2.0" }, /glueVersion is "2.0"/],
      "Spark by default": [{ command: {}, glueVersion: "0.9" }, /glueVersion is "0.9"/],
      "a stream": [{ command: { name: "gluestreaming" }, glueVersion: "1.0" }, /is "1.0"/],
    },
    unknown: {
      version: { glueVersion: UNKNOWN_TEXT },
      command: { command: { name: UNKNOWN_TEXT }, glueVersion: "2.0" },
    },
    unimportant: { "the command of a new one": { command: { name: UNKNOWN_TEXT } } },
  });

  variantTable(analyticsRules, "firehose-encrypted", {
    type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    good: { serverSideEncryption: { enabled: true } },
    compliant: {
      "what a stream of Kinesis holds": {
        serverSideEncryption: undefined,
        kinesisSourceConfiguration: { kinesisStreamArn: UNKNOWN_TEXT },
      },
      "what a topic of Kafka holds": {
        serverSideEncryption: undefined,
        mskSourceConfiguration: { mskClusterArn: UNKNOWN_TEXT, topicName: "orders" },
      },
    },
    violating: {
      "by default": [
        { serverSideEncryption: undefined },
        /serverSideEncryption.enabled is not set/,
      ],
      off: [{ serverSideEncryption: { enabled: false } }, /is false; set it to true/],
    },
    unknown: { switch: { serverSideEncryption: { enabled: UNKNOWN_FLAG } } },
  });

  variantTable(analyticsRules, "athena-workgroup-enforced", {
    type: WORKGROUP,
    good: { configuration: { enforceWorkgroupConfiguration: true } },
    compliant: { "by default": { configuration: undefined } },
    violating: {
      off: [
        { configuration: { enforceWorkgroupConfiguration: false } },
        /is false; set it to true/,
      ],
    },
    unknown: { switch: { configuration: { enforceWorkgroupConfiguration: UNKNOWN_FLAG } } },
  });
  variantTable(analyticsRules, "athena-workgroup-metrics", {
    type: WORKGROUP,
    good: { configuration: { publishCloudwatchMetricsEnabled: true } },
    compliant: { "by default": { configuration: {} } },
    violating: { off: [{ configuration: { publishCloudwatchMetricsEnabled: false } }, /is false/] },
    unknown: { switch: { configuration: { publishCloudwatchMetricsEnabled: UNKNOWN_FLAG } } },
  });
});
