/** Glue: jobs, crawlers and their security, the data catalog. Athena: workgroups. Firehose: streams. EMR is in emr.ts. */
import { type Properties, read, shown, UNKNOWN } from "../../analysis/properties";
import { GLUE_VERSIONS } from "../../facts/security-hub";
import { type Controls, expect, isNotFalse, isTrue, resourceRule, type Rule } from "../define";
import { isSet, propertyRule } from "../relations";
import { emrRules } from "./emr";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const GLUE = "https://docs.aws.amazon.com/glue/latest/dg";
const JOB = "aws:glue/job:Job";
const CRAWLER = "aws:glue/crawler:Crawler";
const ENDPOINT = "aws:glue/devEndpoint:DevEndpoint";
const STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const WORKGROUP = "aws:athena/workgroup:Workgroup";

/** Who requires a security configuration, by what runs under it. */
const CONFIGURED: Readonly<Record<string, Controls>> = {
  [JOB]: { cdkNag: ["GL1", "GL3"], checkov: ["CKV_AWS_195"] },
  [CRAWLER]: { cdkNag: ["GL1"], checkov: ["CKV_AWS_195"] },
  [ENDPOINT]: { checkov: ["CKV_AWS_195"] },
};

const configured = resourceRule({
  id: "glue-security-configuration",
  description: "A Glue job, crawler or endpoint has a security configuration, which encrypts.",
  severity: "medium",
  controls: { cdkNag: ["GL1", "GL3"], checkov: ["CKV_AWS_195"] },
  remediation: "Set securityConfiguration to the name of an aws.glue.SecurityConfiguration.",
  url: `${GLUE}/encryption-security-configuration.html`,
  types: Object.keys(CONFIGURED),
  check({ type, properties }, report) {
    if (!isSet(properties, "securityConfiguration")) {
      report.violation("securityConfiguration is not set; name one.", CONFIGURED[type]);
    }
  },
});

/** What a security configuration encrypts: the mode, what is accepted of it, and who requires it. */
const ENCRYPTED: readonly (readonly [string, string, readonly unknown[], Controls])[] = [
  [
    "cloudwatchEncryption",
    "cloudwatchEncryptionMode",
    ["SSE-KMS"],
    { cdkNag: ["GL1"], checkov: ["CKV_AWS_99"] },
  ],
  [
    "jobBookmarksEncryption",
    "jobBookmarksEncryptionMode",
    ["CSE-KMS"],
    { cdkNag: ["GL3"], checkov: ["CKV_AWS_99"] },
  ],
  ["s3Encryption", "s3EncryptionMode", ["SSE-KMS", "SSE-S3"], { checkov: ["CKV_AWS_99"] }],
];

const configurationEncrypts = resourceRule({
  id: "glue-security-configuration-encrypts",
  description: "A Glue security configuration encrypts logs, job bookmarks and data.",
  severity: "medium",
  controls: { cdkNag: ["GL1", "GL3"], checkov: ["CKV_AWS_99"] },
  remediation: 'Set the modes to "SSE-KMS", of job bookmarks to "CSE-KMS", each with kmsKeyArn.',
  url: `${GLUE}/encryption-security-configuration.html`,
  types: ["aws:glue/securityConfiguration:SecurityConfiguration"],
  check(subject, report) {
    for (const [block, mode, accepted, controls] of ENCRYPTED) {
      const path = `encryptionConfiguration.${block}`;
      const value = read(subject.properties, `${path}.${mode}`);
      expect(
        subject,
        report,
        `${path}.${mode}`,
        (given) => accepted.includes(given),
        `set it to "${String(accepted[0])}"`,
        () => controls,
      );
      if (value === accepted[0] && !isSet(subject.properties, `${path}.kmsKeyArn`)) {
        report.violation(`${path}.kmsKeyArn is not set; name a key.`, controls);
      }
    }
  },
});

const catalogEncrypted = resourceRule({
  id: "glue-catalog-encrypted",
  description: "The data catalog and its passwords for connections are encrypted with named keys.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_94"] },
  remediation:
    'Set catalogEncryptionMode to "SSE-KMS" and returnConnectionPasswordEncrypted to true, each with a key.',
  url: `${GLUE}/encrypt-glue-data-catalog.html`,
  types: ["aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"],
  check(subject, report) {
    const settings = "dataCatalogEncryptionSettings";
    const [catalog, passwords] = [
      `${settings}.encryptionAtRest`,
      `${settings}.connectionPasswordEncryption`,
    ];
    const encrypts = (mode: unknown) => mode === "SSE-KMS" || mode === "SSE-KMS-WITH-SERVICE-ROLE";
    const switches = [
      [`${catalog}.catalogEncryptionMode`, encrypts, 'set it to "SSE-KMS"', "sseAwsKmsKeyId"],
      [`${passwords}.returnConnectionPasswordEncrypted`, isTrue, "set it to true", "awsKmsKeyId"],
    ] as const;
    for (const [path, accepts, fix, key] of switches) {
      expect(subject, report, path, accepts, fix);
      const keyPath = path.replace(/\w+$/, key);
      if (accepts(read(subject.properties, path)) && !isSet(subject.properties, keyPath)) {
        report.violation(`${keyPath} is not set; name a key.`);
      }
    }
  },
});

const jobVersion = resourceRule({
  id: "glue-job-version",
  description: `A Spark job runs on Glue ${GLUE_VERSIONS.minimum} or later.`,
  severity: "medium",
  controls: { securityHub: ["Glue.4"] },
  remediation: "Set glueVersion to a version that AWS supports.",
  url: `${GUIDE}/glue-controls.html#glue-4`,
  types: [JOB],
  check({ properties }, report) {
    const command = read(properties, "command.name");
    const version = read(properties, "glueVersion");
    // Jobs in Python or Ray have other versions.
    if (command !== UNKNOWN && !GLUE_VERSIONS.commands.includes(command as string)) {
      return;
    }
    if (typeof version === "string" && Number(version) >= GLUE_VERSIONS.minimum) {
      return;
    }
    if (version === UNKNOWN) {
      report.undecided("glueVersion");
    } else if (command === UNKNOWN) {
      report.undecided("command.name");
    } else {
      const is = shown(version, "glueVersion");
      report.violation(`glueVersion is ${is}; set it to ${GLUE_VERSIONS.minimum} or later.`);
    }
  },
});

const SINGLE: readonly Parameters<typeof propertyRule>[0][] = [
  {
    id: "athena-workgroup-enforced",
    description: "A workgroup's settings apply to every query, as by default.",
    severity: "medium",
    controls: { checkov: ["CKV_AWS_82"], trivy: ["AWS-0007"] },
    remediation: "Remove enforceWorkgroupConfiguration, or set it to true.",
    url: "https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html",
    types: [WORKGROUP],
    property: "configuration.enforceWorkgroupConfiguration",
    accepts: isNotFalse,
    fix: "set it to true",
  },
  {
    id: "athena-workgroup-metrics",
    description: "A workgroup publishes metrics of its queries, as by default.",
    severity: "medium",
    controls: { securityHub: ["Athena.4"] },
    remediation: "Remove publishCloudwatchMetricsEnabled, or set it to true.",
    url: `${GUIDE}/athena-controls.html#athena-4`,
    types: [WORKGROUP],
    property: "configuration.publishCloudwatchMetricsEnabled",
    accepts: isNotFalse,
    fix: "set it to true",
  },
];

/**
 * Whether a delivery stream takes its data from another one, and so no encryption of its own: AWS accepts that with direct
 * puts alone. Source: Firehose API reference, StartDeliveryStreamEncryption.
 */
export function readsAnother(properties: Properties): boolean {
  const sources = ["kinesisSourceConfiguration", "mskSourceConfiguration"];
  return sources.some((source) => isSet(properties, source));
}

const streamEncrypted = resourceRule({
  id: "firehose-encrypted",
  description:
    "A delivery stream encrypts what it holds; one that reads a Kinesis stream or a Kafka cluster is encrypted as that is.",
  severity: "medium",
  controls: { securityHub: ["DataFirehose.1"], cdkNag: ["KDF1"], checkov: ["CKV_AWS_240"] },
  remediation: "Set serverSideEncryption.enabled to true.",
  url: `${GUIDE}/datafirehose-controls.html#datafirehose-1`,
  types: [STREAM],
  check(subject, report) {
    if (!readsAnother(subject.properties)) {
      expect(subject, report, "serverSideEncryption.enabled", isTrue, "set it to true");
    }
  },
});

export const analyticsRules: readonly Rule[] = [
  configured,
  configurationEncrypts,
  catalogEncrypted,
  jobVersion,
  ...SINGLE.map(propertyRule),
  streamEncrypted,
  ...emrRules,
];
