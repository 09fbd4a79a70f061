/** Log groups and traces. */
import { read, UNKNOWN } from "../../analysis/properties";
import { type Controls, expect, resourceRule, type Rule } from "../define";
import { isSet } from "../relations";

interface RetentionSetting {
  /** Minimum retention of entries, in days. */
  readonly minimumDays: number;
}

const retention = resourceRule<RetentionSetting>({
  id: "log-group-retention",
  description:
    "A log group sets its retention. The rule's setting is the minimum: any retention by default; the public controls require a year.",
  severity: "medium",
  controls: { securityHub: ["CloudWatch.16"], checkov: ["CKV_AWS_66", "CKV_AWS_338"] },
  remediation: "Set retentionInDays.",
  url: "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16",
  defaults: { minimumDays: 1 },
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  check(subject, report, { minimumDays }) {
    // Groups of the class DELIVERY keep entries for a day or two, regardless of the setting.
    if (read(subject.properties, "logGroupClass") !== "DELIVERY") {
      expect(
        subject,
        report,
        "retentionInDays",
        (days) => typeof days === "number" && days >= minimumDays,
        `set it to at least ${minimumDays} days (0 never expires entries)`,
        requiredRetention,
      );
    }
  },
});

/**
 * The controls that a retention breaks: who writes 0 decides to keep entries forever, which the controls accept. Source:
 * AWS Config, cw-loggroup-retention-period-check.
 */
function requiredRetention(days: unknown): Controls {
  return days === undefined
    ? { checkov: ["CKV_AWS_66", "CKV_AWS_338"] }
    : Number(days) > 0
      ? { securityHub: ["CloudWatch.16"], checkov: ["CKV_AWS_338"] }
      : {};
}

const traces = resourceRule({
  id: "xray-encrypted",
  description: "Traces are encrypted with a customer-managed key.",
  severity: "low",
  remediation: 'Set type "KMS" and keyId.',
  url: "https://docs.aws.amazon.com/xray/latest/devguide/xray-console-encryption.html",
  types: ["aws:xray/encryptionConfig:EncryptionConfig"],
  check(subject, report) {
    expect(subject, report, "type", (type) => type === "KMS", 'set it to "KMS"');
    if (read(subject.properties, "type") !== UNKNOWN && !isSet(subject.properties, "keyId")) {
      report.violation("keyId is not set; name a customer-managed key.");
    }
  },
});

export const logRules: readonly Rule[] = [retention, traces];
