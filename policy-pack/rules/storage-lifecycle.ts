/** A bucket's objects: versions, access logs, expiry, replication. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, known, read, UNKNOWN } from "../../analysis/properties";
import { expect, type Report, resourceRule, type Rule, stackRule } from "../define";
import { logBuckets } from "../log-buckets";
import {
  companions,
  fits,
  inStacks,
  isBucketCopy,
  isSet,
  nameOf,
  typesWithTwins,
} from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
export const BUCKET = "aws:s3/bucket:Bucket";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const ENCRYPTION =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";

interface VersioningSetting {
  /** Regular expressions for names of buckets without versions. */
  readonly unversioned: string[];
}

const versioning = stackRule<VersioningSetting>({
  id: "s3-versioning",
  description: "A bucket has versioning. Exports that can be recreated may do without.",
  severity: "medium",
  controls: { securityHub: ["S3.14"], checkov: ["CKV_AWS_21"], trivy: ["AWS-0090"] },
  remediation:
    'Add a BucketVersioning with status "Enabled", or name the bucket in the rule\'s setting `unversioned`.',
  url: `${GUIDE}/s3-controls.html#s3-14`,
  defaults: { unversioned: [] },
  check(graph, reportOn, config) {
    for (const bucket of graph.ofType(BUCKET)) {
      if (fits(nameOf(bucket, "bucket"), config.unversioned)) {
        continue;
      }
      const report = reportOn(bucket);
      const status = versioningOf(graph, bucket, report);
      if (status === UNKNOWN) {
        report.undecided("versioningConfiguration.status");
      } else if (status !== "Enabled" && status !== undefined) {
        report.violation('versioning is off; add a BucketVersioning with status "Enabled".');
      }
    }
  },
});

/** "Enabled" or another text; nothing when that is reported as undecided already. */
function versioningOf(
  graph: StackGraph,
  bucket: Node,
  report: Pick<Report, "undecided">,
): string | typeof UNKNOWN | undefined {
  const settings = companions(graph, bucket, VERSIONING, "bucket", report);
  const states = (settings ?? []).map(({ properties }) =>
    read(properties, "versioningConfiguration.status"),
  );
  const inline = read(bucket.properties, "versioning.enabled");
  if (inline === true || states.includes("Enabled")) {
    return "Enabled";
  }
  if (inline === UNKNOWN || states.includes(UNKNOWN)) {
    return UNKNOWN;
  }
  return settings && "none";
}

const accessLogging = stackRule({
  id: "s3-access-logging",
  description:
    "A bucket logs its requests to another bucket. Log buckets themselves are not logged.",
  severity: "medium",
  controls: {
    securityHub: ["S3.9"],
    cis: ["3.4"],
    cdkNag: ["S1"],
    checkov: ["CKV_AWS_18"],
    trivy: ["AWS-0089"],
  },
  remediation: "Add a BucketLogging with a targetBucket of its own for logs.",
  url: `${GUIDE}/s3-controls.html#s3-9`,
  check(graph, reportOn) {
    const logs = logBuckets(graph);
    for (const bucket of graph.ofType(BUCKET)) {
      const report = reportOn(bucket);
      const loggings = companions(graph, bucket, LOGGING, "bucket", report);
      const targets = [
        ...(loggings ?? []).map(({ properties }) => read(properties, "targetBucket")),
        read(bucket.properties, "logging.targetBucket"),
      ].filter((target) => target !== undefined);
      if (targets.includes(nameOf(bucket, "bucket"))) {
        report.violation("targetBucket is the bucket itself; name another one.");
      } else if (targets.length === 0 && loggings !== undefined && !logs.has(bucket)) {
        report.violation("no BucketLogging has it as its bucket; add one.");
      }
    }
  },
});

const lifecycle = stackRule({
  id: "s3-lifecycle",
  description: "A bucket has lifecycle rules that expire objects, old versions included.",
  severity: "low",
  controls: { securityHub: ["S3.10", "S3.13"], checkov: ["CKV2_AWS_61"] },
  remediation:
    "Add a BucketLifecycleConfiguration with an enabled rule; a versioned bucket needs noncurrentVersionExpiration.",
  url: `${GUIDE}/s3-controls.html#s3-13`,
  check(graph, reportOn) {
    for (const bucket of graph.ofType(BUCKET)) {
      const report = reportOn(bucket);
      const configurations = companions(graph, bucket, LIFECYCLE, "bucket", report);
      if (configurations === undefined) {
        continue;
      }
      const rules = [
        ...configurations.flatMap(({ properties }) => items(properties["rules"])),
        ...[items(bucket.properties["lifecycleRules"])].flat(),
      ];
      const enabled = enabledRules(rules);
      const versioned = versioningOf(graph, bucket, { undecided: () => {} }) === "Enabled";
      // A rule with a filter does not cover the bucket.
      const ends = (rule: Record<string, unknown>) =>
        rule["noncurrentVersionExpiration"] !== undefined && isForAll(rule);
      if (versioned ? enabled.some(ends) : enabled.length > 0) {
        continue;
      }
      if (rules.includes(UNKNOWN)) {
        report.undecided("rules of its lifecycle configuration");
      } else if (enabled.length === 0) {
        report.violation("no BucketLifecycleConfiguration with an enabled rule; add one.");
      } else {
        report.violation(
          "it has versioning, but no lifecycle rule for the whole bucket has noncurrentVersionExpiration; add it.",
        );
      }
    }
  },
});

/** Enabled rules; a rule whose status is not known is left out. */
function enabledRules(rules: readonly unknown[]): Record<string, unknown>[] {
  return rules
    .filter(isRecord)
    .filter((rule) => known(rule["status"]) === "Enabled" || known(rule["enabled"]) === true);
}

/** Whether a rule covers all objects of the bucket: a filter by prefix, tag or size does not. */
function isForAll(rule: Record<string, unknown>): boolean {
  const narrows = (value: unknown): boolean => {
    const given = known(value);
    return (
      given !== undefined &&
      given !== "" &&
      (!isRecord(given) || Object.values(given).some(narrows))
    );
  };
  return !narrows(rule["filter"]) && !narrows(rule["prefix"]);
}

const abortMultipart = resourceRule({
  id: "s3-abort-multipart",
  description: "A bucket removes incomplete multipart uploads.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_300"] },
  remediation: "Add a rule with abortIncompleteMultipartUpload.daysAfterInitiation.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html",
  types: typesWithTwins(LIFECYCLE),
  check(subject, report) {
    const rules = items(subject.properties["rules"]);
    const days = (rules === UNKNOWN ? [] : enabledRules(rules).filter(isForAll)).map((rule) =>
      read(rule, "abortIncompleteMultipartUpload.daysAfterInitiation"),
    );
    if (days.some((value) => typeof value === "number")) {
      return;
    }
    if (rules === UNKNOWN || rules.includes(UNKNOWN) || days.includes(UNKNOWN)) {
      report.undecided("rules");
    } else {
      report.violation(
        "no enabled rule for the whole bucket has abortIncompleteMultipartUpload; add one, for example with 7 days.",
      );
    }
  },
});

interface ReplicationSetting {
  /** Regular expressions for names of buckets with a copy in another region. */
  readonly replicated: string[];
  /** Regular expressions for the stacks that need the copies. */
  readonly stacks: string[];
}

const replication = stackRule<ReplicationSetting>({
  id: "s3-replication",
  description:
    "Buckets whose objects cannot be recreated are replicated to another region, with the same encryption.",
  severity: "medium",
  controls: { securityHub: ["S3.7"], checkov: ["CKV_AWS_144"] },
  remediation: "Add a BucketReplicationConfig with an enabled rule.",
  url: `${GUIDE}/s3-controls.html#s3-7`,
  defaults: { replicated: [], stacks: ["^production$"] },
  check(graph, reportOn, config) {
    for (const bucket of inStacks(config.stacks) ? graph.ofType(BUCKET) : []) {
      const isCopy = isBucketCopy(graph, bucket);
      if (fits(nameOf(bucket, "bucket"), config.replicated) && isCopy !== true) {
        const report = reportOn(bucket);
        if (hasReplication(bucket)) {
          continue;
        }
        const found = companions(graph, bucket, REPLICATION, "bucket", report);
        if (found?.length === 0 && isCopy === UNKNOWN) {
          report.undecided("the destination of a BucketReplicationConfig");
        } else if (found?.length === 0) {
          report.violation("no BucketReplicationConfig has it as its bucket; add one.");
        }
      }
    }
    for (const node of graph.ofType(REPLICATION)) {
      judgeReplication(node, isKeyEncrypted(graph, node), reportOn(node));
    }
  },
});

/** Whether a bucket itself sets its replication. */
function hasReplication({ properties }: Node): boolean {
  const rules = items(read(properties, "replicationConfiguration.rules"));
  return rules === UNKNOWN || enabledRules(rules).length > 0;
}

/** Requires that the replicas are encrypted with a KMS key. */
function isKeyEncrypted(graph: StackGraph, replication: Node): boolean {
  const sources = graph.referred(replication, "bucket", BUCKET);
  return (sources === UNKNOWN ? [] : sources)
    .flatMap((source) => graph.referring(source, ENCRYPTION, "bucket"))
    .flatMap(({ properties }) => {
      const rules = items(properties["rules"]);
      return rules === UNKNOWN ? [] : rules;
    })
    .some((rule) => {
      const algorithm =
        isRecord(rule) && read(rule, "applyServerSideEncryptionByDefault.sseAlgorithm");
      return typeof algorithm === "string" && algorithm.startsWith("aws:kms");
    });
}

function judgeReplication(node: Node, keyEncrypted: boolean, report: Report): void {
  const rules = items(node.properties["rules"]);
  if (rules === UNKNOWN || rules.includes(UNKNOWN)) {
    report.undecided("rules");
  } else if (enabledRules(rules).length === 0) {
    report.violation('rules have none with status "Enabled"; enable one.');
  }
  for (const rule of rules === UNKNOWN ? [] : enabledRules(rules)) {
    const encrypted = read(rule, "sourceSelectionCriteria.sseKmsEncryptedObjects.status");
    const key = read(rule, "destination.encryptionConfiguration.replicaKmsKeyId");
    if (encrypted === "Enabled" && key === undefined) {
      report.violation(
        "destination.encryptionConfiguration.replicaKmsKeyId is not set; name the replicas' key.",
      );
    } else if (keyEncrypted && encrypted === UNKNOWN) {
      report.undecided("sourceSelectionCriteria.sseKmsEncryptedObjects.status");
    } else if (keyEncrypted && encrypted !== "Enabled") {
      report.violation(
        'sourceSelectionCriteria.sseKmsEncryptedObjects is not "Enabled"; without it S3 does not replicate objects under a KMS key.',
      );
    }
  }
}

interface LockSetting {
  /** Regular expressions for names of buckets that need Object Lock. */
  readonly locked: string[];
}

const objectLock = resourceRule<LockSetting>({
  id: "s3-object-lock",
  description: "A bucket of audit records has Object Lock.",
  severity: "low",
  controls: { securityHub: ["S3.15"], checkov: ["CKV_AWS_143"] },
  remediation: "Set objectLockEnabled: true; this replaces an existing bucket.",
  url: `${GUIDE}/s3-controls.html#s3-15`,
  defaults: { locked: ["audit", "cloudtrail", "compliance"] },
  types: typesWithTwins(BUCKET),
  check(subject, report, config) {
    const setting = "objectLockConfiguration.objectLockEnabled";
    if (isSet(subject.properties, "objectLockConfiguration")) {
      // The only value; S3 ignores any other.
      expect(subject, report, setting, (value) => value === "Enabled", 'set it to "Enabled"');
    } else if (fits(nameOf(subject, "bucket"), config.locked)) {
      expect(subject, report, "objectLockEnabled", (value) => value === true, "set it to true");
    }
  },
});

interface NotificationSetting {
  /** Regular expressions for names of buckets whose new objects start something. */
  readonly notified: string[];
}

const eventNotifications = stackRule<NotificationSetting>({
  id: "s3-event-notifications",
  description: "A bucket whose new objects start work sends event notifications.",
  severity: "low",
  controls: { securityHub: ["S3.11"], checkov: ["CKV2_AWS_62"] },
  remediation: "Add a BucketNotification with a function, queue, topic or eventbridge.",
  url: `${GUIDE}/s3-controls.html#s3-11`,
  defaults: { notified: [] },
  check(graph, reportOn, config) {
    for (const bucket of graph.ofType(BUCKET)) {
      if (fits(nameOf(bucket, "bucket"), config.notified)) {
        const report = reportOn(bucket);
        if (companions(graph, bucket, NOTIFICATION, "bucket", report)?.length === 0) {
          report.violation("no BucketNotification has it as its bucket; add one.");
        }
      }
    }
  },
});

export const bucketRules: readonly Rule[] = [
  versioning,
  accessLogging,
  lifecycle,
  abortMultipart,
  replication,
  objectLock,
  eventNotifications,
];
