/** Data is encrypted at rest; the platform's data with a customer-managed key. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, read, shown, UNKNOWN } from "../../analysis/properties";
import { ENCRYPTION_SWITCHES } from "../../facts/type-properties";
import { unsetValue } from "../../facts/unset-values";
import { expect, isTrue, type Report, resourceRule, type Rule, stackRule } from "../define";
import { type AcceptsDefault, REQUIRES_SETTING } from "../lists";
import { accessLogBuckets } from "../log-buckets";
import { fits } from "../relations";
import { united } from "../table-rules";
import { RESTORED } from "./backup";
import {
  customerManagedKey,
  isLocalReplica,
  isReferred,
  judgeKey,
  KEYS,
  requireKey,
} from "./customer-managed-keys";
import { AT_REST_CONTROLS } from "./data-controls";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const KEY = "aws:kms/key:Key";

/** Types whose engine decides what the switch means that is not set. */
const ENGINE_DECIDES: readonly string[] = [
  "aws:rds/cluster:Cluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
];

/** A copy has its source's encryption. Source: Amazon RDS API Reference, RestoreDBClusterFromSnapshot, KmsKeyId. */
const COPIED = [...RESTORED, "snapshotId"];

const encryptedAtRest = resourceRule({
  id: "encrypted-at-rest",
  description: "Storage is encrypted.",
  severity: "critical",
  controls: united(Object.values(AT_REST_CONTROLS)),
  remediation:
    "Turn encryption on. This replaces an existing database or cache: restore an encrypted copy of a snapshot.",
  url: `${GUIDE}/rds-controls.html#rds-3`,
  types: Object.keys(ENCRYPTION_SWITCHES.properties),
  check(subject, report) {
    const property = ENCRYPTION_SWITCHES.properties[subject.type]!;
    const absent = read(subject.properties, property) === undefined;
    const isDefault = unsetValue(subject.type, property, subject.properties) === true;
    if (absent && (isDefault || isLocalReplica(subject))) {
      // A replica in its source's region is encrypted as the source is, and AWS refuses the switch.
      return;
    }
    const engine = read(subject.properties, "engine");
    if (absent && engine === UNKNOWN && ENGINE_DECIDES.includes(subject.type)) {
      report.undecided("engine");
      return;
    }
    const source = COPIED.find((name) => read(subject.properties, name) !== undefined);
    if (absent && source !== undefined) {
      report.undecided(property, `the source of ${source} decides`);
      return;
    }
    expect(
      subject,
      report,
      property,
      isTrue,
      "set it to true",
      () => AT_REST_CONTROLS[subject.type] ?? {},
    );
  },
});

const performanceInsightsKey = stackRule({
  id: "rds-performance-insights-cmk",
  description:
    "Performance Insights, which stores SQL statements, is encrypted with a customer-managed key.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_354"], trivy: ["AWS-0078"] },
  remediation: "Set performanceInsightsKmsKeyId.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.html",
  check(graph, reportOn) {
    const types = ["aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"];
    for (const node of graph.ofType(...types)) {
      const enabled = read(node.properties, "performanceInsightsEnabled");
      if (enabled === UNKNOWN) {
        reportOn(node).undecided("performanceInsightsEnabled");
      } else if (enabled === true) {
        requireKey(graph, node, "performanceInsightsKmsKeyId", reportOn(node));
      }
    }
  },
});

const keyRotation = resourceRule({
  id: "kms-rotation",
  description: "A symmetric key is rotated every year.",
  severity: "medium",
  controls: {
    securityHub: ["KMS.4"],
    cis: ["3.6"],
    cdkNag: ["KMS5"],
    checkov: ["CKV_AWS_7"],
    trivy: ["AWS-0065"],
  },
  remediation: "Set enableKeyRotation: true.",
  url: `${GUIDE}/kms-controls.html#kms-4`,
  types: [KEY],
  check(subject, report) {
    const spec = read(subject.properties, "customerMasterKeySpec");
    // KMS cannot rotate a key in a custom key store.
    if (read(subject.properties, "customKeyStoreId") !== undefined) {
      return;
    }
    // KMS rotates symmetric encryption keys only, which is what a key is by default.
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
    const use = read(subject.properties, "keyUsage");
    if (typeof use === "string" && use !== "ENCRYPT_DECRYPT") {
      return;
    }
    if (spec === UNKNOWN || use === UNKNOWN) {
      report.undecided(spec === UNKNOWN ? "customerMasterKeySpec" : "keyUsage");
    } else if (spec === undefined || spec === "SYMMETRIC_DEFAULT") {
      expect(subject, report, "enableKeyRotation", isTrue, "set it to true");
      expect(
        subject,
        report,
        "rotationPeriodInDays",
        (days) => days === undefined || (typeof days === "number" && days <= 365),
        "set it to at most 365",
      );
    }
  },
  remediate(inputs) {
    inputs["enableKeyRotation"] = true;
  },
});

/** A name that ends in what it holds: `database-url` is a secret, `password-min-length` is none. */
const SECRET_NAME =
  /(password|passwd|secret|token|api[-_]?key|private[-_]?key|(database|redis|connection)[-_]?(url|string)|credentials?)$/i;

const parametersSecure = resourceRule({
  id: "ssm-secure-string",
  description: "A parameter that holds a secret is a SecureString.",
  severity: "high",
  controls: { checkov: ["CKV2_AWS_34"] },
  remediation: 'Set type: "SecureString" and keyId.',
  url: "https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html",
  types: ["aws:ssm/parameter:Parameter"],
  check(subject, report) {
    const name = read(subject.properties, "name");
    if (SECRET_NAME.test(typeof name === "string" ? name : subject.name)) {
      expect(subject, report, "type", (type) => type === "SecureString", "make it a SecureString");
      expect(subject, report, "insecureValue", (v) => v === undefined, "move it to value");
    }
  },
});

const parametersKey = stackRule({
  id: "ssm-cmk",
  description: "A SecureString is encrypted with a customer-managed key.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_337"] },
  remediation: "Set keyId.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html",
  check(graph, reportOn) {
    for (const node of graph.ofType("aws:ssm/parameter:Parameter")) {
      const kind = read(node.properties, "type");
      if (kind === UNKNOWN) {
        reportOn(node).undecided("type");
      } else if (kind === "SecureString") {
        requireKey(graph, node, "keyId", reportOn(node));
      }
    }
  },
});

const functionEnvironmentKey = stackRule({
  id: "lambda-env-cmk",
  description: "A function's environment is encrypted with a customer-managed key.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_173"] },
  remediation: "Set kmsKeyArn.",
  url: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
  check(graph, reportOn) {
    for (const node of graph.ofType("aws:lambda/function:Function")) {
      if (read(node.properties, "environment") !== undefined) {
        requireKey(graph, node, "kmsKeyArn", reportOn(node));
      }
    }
  },
});

const repositoryKey = stackRule({
  id: "ecr-kms",
  description: "An image repository is encrypted with a customer-managed key.",
  severity: "medium",
  controls: { securityHub: ["ECR.5"], checkov: ["CKV_AWS_136"], trivy: ["AWS-0033"] },
  remediation: 'Set encryptionConfigurations with encryptionType "KMS" and kmsKey.',
  url: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
  check(graph, reportOn) {
    for (const node of graph.ofType("aws:ecr/repository:Repository")) {
      const [report, path] = [reportOn(node), "encryptionConfigurations[0].encryptionType"];
      const isKms = (type: unknown) => type === "KMS" || type === "KMS_DSSE";
      const type = read(node.properties, path);
      expect(node, report, path, isKms, 'set it to "KMS"');
      if (type === UNKNOWN || isKms(type)) {
        // CKV_AWS_136 accepts AWS's own key.
        requireKey(graph, node, "encryptionConfigurations[0].kmsKey", report, {
          securityHub: ["ECR.5"],
          trivy: ["AWS-0033"],
        });
      }
    }
  },
});

interface BucketSetting {
  /** Regular expressions for names of buckets that may use S3 managed keys, such as public assets. */
  readonly managedKeyAllowed: string[];
}

const bucketEncrypted = stackRule<BucketSetting & AcceptsDefault>({
  id: "s3-encrypted",
  description:
    "A bucket sets its encryption; one with the platform's data uses a customer-managed key.",
  severity: "high",
  controls: {
    securityHub: ["S3.17"],
    checkov: ["CKV_AWS_145"],
    trivy: ["AWS-0132"],
  },
  remediation:
    'Add a BucketServerSideEncryptionConfiguration with sseAlgorithm "aws:kms", or name the bucket in the rule\'s setting `managedKeyAllowed`.',
  url: `${GUIDE}/s3-controls.html#s3-17`,
  defaults: { managedKeyAllowed: [], ...REQUIRES_SETTING },
  check(graph, reportOn, config) {
    const type =
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
    const logs = accessLogBuckets(graph);
    for (const bucket of graph.ofType("aws:s3/bucket:Bucket")) {
      const report = reportOn(bucket);
      const name = read(bucket.properties, "bucket");
      const text = typeof name === "string" ? name : bucket.name;
      const managed = fits(text, config.managedKeyAllowed) || logs.has(bucket);
      const inline = read(bucket.properties, "serverSideEncryptionConfiguration.rule");
      const separate = graph.referring(bucket, type, "bucket");
      for (const configuration of separate) {
        const rules = items(configuration.properties["rules"]);
        requireAlgorithms(graph, configuration, "rules", rules, managed, report);
      }
      if (separate.length === 0 && inline !== undefined) {
        const property = "serverSideEncryptionConfiguration";
        requireAlgorithms(graph, bucket, property, items(inline), managed, report);
      } else if (separate.length === 0) {
        if (graph.unplaced(type, "bucket", "aws:s3/bucket:Bucket").length > 0) {
          report.undecided("the bucket of an encryption configuration");
        } else if (!config.acceptDefault) {
          report.violation("no BucketServerSideEncryptionConfiguration refers to it; add one.");
        }
      }
    }
  },
});

function requireAlgorithms(
  graph: StackGraph,
  node: Node,
  property: string,
  rules: readonly unknown[] | typeof UNKNOWN,
  managed: boolean,
  report: Report,
): void {
  if (rules === UNKNOWN || rules.includes(UNKNOWN)) {
    report.undecided(`${property} of its encryption configuration`);
    return;
  }
  const accepted = [...(managed ? ["AES256"] : []), "aws:kms", "aws:kms:dsse"];
  const settings = rules.filter(isRecord).map((rule) => ({
    algorithm: read(rule, "applyServerSideEncryptionByDefault.sseAlgorithm"),
    key: read(rule, "applyServerSideEncryptionByDefault.kmsMasterKeyId"),
  }));
  for (const { algorithm, key } of settings.length > 0 ? settings : [{ algorithm: undefined }]) {
    if (algorithm === UNKNOWN) {
      report.undecided("sseAlgorithm of its encryption configuration");
    } else if (!accepted.includes(algorithm as string)) {
      report.violation(
        `sseAlgorithm is ${shown(algorithm, "sseAlgorithm")}; use ${accepted.join(" or ")}.`,
      );
    } else if (!managed && !KEYS.some((type) => isReferred(graph, node, property, type))) {
      // S3.17 and CKV_AWS_145 accept AWS's own key.
      judgeKey(key, "kmsMasterKeyId", report, { trivy: ["AWS-0132"] });
    }
  }
}

export const encryptionRules: readonly Rule[] = [
  encryptedAtRest,
  customerManagedKey,
  performanceInsightsKey,
  keyRotation,
  parametersSecure,
  parametersKey,
  functionEnvironmentKey,
  repositoryKey,
  bucketEncrypted,
];
