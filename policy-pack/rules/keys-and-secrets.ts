/** Keys and secrets: who may use them, and what protects them from loss. */
import { read } from "../../analysis/properties";
import { longestGap } from "../../facts/schedule-runs";
import { parseSchedule } from "../../facts/schedules";
import { KEY_DELETION_DAYS } from "../../facts/setting-bounds";
import {
  expect,
  isNotFalse,
  isNotTrue,
  isTrue,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { judgeStatements } from "../document-rules";
import { type Statement } from "../documents";
import { openToStrangers } from "../openness";
import { companions, fits, inStacks, isSet, isText, nameOf, propertyRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const KEYS = [
  KEY,
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/externalKey:ExternalKey",
  "aws:kms/replicaExternalKey:ReplicaExternalKey",
];
const SECRET = "aws:secretsmanager/secret:Secret";
const SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";
const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";

/** What is wrong with a public statement, by the keys of conditions that close it. */
const openToEverybody = (keys: string) => (statement: Statement) =>
  openToStrangers(statement, `name the principal, or add a condition on ${keys}`);

const keyPolicy = resourceRule({
  id: "kms-policy-no-wildcard",
  description: "No key policy is public.",
  severity: "critical",
  controls: { securityHub: ["KMS.5"], checkov: ["CKV_AWS_33"] },
  remediation: "Name the principals, or add a condition on kms:CallerAccount.",
  url: `${GUIDE}/kms-controls.html#kms-5`,
  types: [...KEYS, KEY_POLICY],
  check(subject, report) {
    judgeStatements(
      subject.properties,
      "policy",
      report,
      openToEverybody("kms:CallerAccount or aws:SourceAccount"),
    );
  },
});

const keyPolicyDefined = stackRule({
  id: "kms-policy-defined",
  description: "A key has an explicit policy.",
  severity: "low",
  controls: { checkov: ["CKV2_AWS_64"] },
  remediation: "Set policy, or add a KeyPolicy.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
  check(graph, reportOn) {
    for (const key of graph.ofType(...KEYS).filter((node) => !isSet(node.properties, "policy"))) {
      const report = reportOn(key);
      if (companions(graph, key, KEY_POLICY, "keyId", report)?.length === 0) {
        report.violation("policy is not set; set it, or add a KeyPolicy.");
      }
    }
  },
});

const keyEnabled = resourceRule({
  id: "kms-enabled",
  description: "A key is enabled; data under a disabled key cannot be read.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_227"] },
  remediation: "Remove isEnabled, or set it to true; remove the key if it is no longer needed.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
  types: KEYS,
  check(subject, report) {
    const property = subject.type === KEY ? "isEnabled" : "enabled";
    expect(subject, report, property, isNotFalse, "set it to true");
  },
});

interface WindowSetting {
  /**
   * Days between scheduling a key's deletion and the deletion, in the named stacks. Elsewhere KMS's minimum is
   * enough.
   */
  readonly minimumDays: number;
  /** Regular expressions for the stacks whose keys protect customer data. */
  readonly stacks: string[];
}

const deletionWindow = resourceRule<WindowSetting>({
  id: "kms-deletion-window",
  description: "In production, a key's deletion can be cancelled for as long as KMS allows.",
  severity: "medium",
  controls: { securityHub: ["KMS.3"] },
  remediation: `Remove deletionWindowInDays, or set it to ${KEY_DELETION_DAYS.maximum}.`,
  url: `${GUIDE}/kms-controls.html#kms-3`,
  defaults: { minimumDays: KEY_DELETION_DAYS.maximum, stacks: ["^(production|recovery)$"] },
  types: KEYS,
  check(subject, report, { minimumDays, stacks }) {
    const least = inStacks(stacks) ? minimumDays : KEY_DELETION_DAYS.minimum;
    expect(
      subject,
      report,
      "deletionWindowInDays",
      (days = KEY_DELETION_DAYS.unset) => typeof days === "number" && days >= least,
      `set it to at least ${least}`,
    );
  },
});

const lockoutCheck = resourceRule({
  id: "kms-no-lockout-bypass",
  description: "KMS checks that a key policy does not lock out its administrators.",
  severity: "high",
  remediation: "Remove bypassPolicyLockoutSafetyCheck.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
  types: [...KEYS, KEY_POLICY],
  check(subject, report) {
    for (const property of ["bypassPolicyLockoutSafetyCheck", "bypassPolicyLockoutCheck"]) {
      expect(subject, report, property, isNotTrue, "remove it");
    }
  },
});

const keyDescribed = stackRule({
  id: "kms-described",
  description: "A key has a description and an alias.",
  severity: "low",
  remediation: "Set description and add an Alias.",
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
  check(graph, reportOn) {
    for (const key of graph.ofType(KEY)) {
      const report = reportOn(key);
      expect(key, report, "description", isText, "describe what the key is for");
      const aliases = companions(graph, key, "aws:kms/alias:Alias", "targetKeyId", report);
      if (aliases?.length === 0) {
        report.violation("no Alias has it as its targetKeyId; add one.");
      }
    }
  },
});

interface RotationSetting {
  /** Regular expressions for names of secrets that are rotated outside Secrets Manager. */
  readonly rotatedOtherwise: string[];
}

const rotation = stackRule<RotationSetting>({
  id: "secret-rotation",
  description:
    "A secret rotates automatically. The database's rotates with a version in the stack's configuration: RDS cannot manage the password of a database with a replica.",
  severity: "medium",
  controls: { securityHub: ["SecretsManager.1"], cdkNag: ["SMG4"], checkov: ["CKV2_AWS_57"] },
  remediation: "Add a SecretRotation, or name the secret in the setting `rotatedOtherwise`.",
  url: `${GUIDE}/secretsmanager-controls.html#secretsmanager-1`,
  defaults: { rotatedOtherwise: ["database-master"] },
  check(graph, reportOn, config) {
    for (const secret of graph.ofType(SECRET)) {
      if (!fits(nameOf(secret), config.rotatedOtherwise)) {
        const report = reportOn(secret);
        if (companions(graph, secret, ROTATION, "secretId", report)?.length === 0) {
          report.violation("no SecretRotation has it as its secretId; add one.");
        }
      }
    }
  },
});

interface IntervalSetting {
  /** Longest time between two rotations, in days. */
  readonly maximumDays: number;
}

const rotationInterval = resourceRule<IntervalSetting>({
  id: "secret-rotation-interval",
  description: "A secret rotates at least every 90 days.",
  severity: "medium",
  controls: { securityHub: ["SecretsManager.4"], checkov: ["CKV_AWS_304"] },
  remediation: "Set rotationRules.automaticallyAfterDays to 90 or less.",
  url: `${GUIDE}/secretsmanager-controls.html#secretsmanager-4`,
  defaults: { maximumDays: 90 },
  types: [ROTATION],
  check(subject, report, { maximumDays }) {
    const path = "rotationRules.automaticallyAfterDays";
    if (
      read(subject.properties, path) === undefined &&
      isSet(subject.properties, "rotationRules.scheduleExpression")
    ) {
      judgeSchedule(subject, report, maximumDays);
      return;
    }
    expect(
      subject,
      report,
      path,
      (days) => typeof days === "number" && days <= maximumDays,
      `set it to at most ${maximumDays}`,
    );
  },
});

/** By a schedule that Secrets Manager accepts, at most so many days between any two rotations. */
function judgeSchedule(
  subject: Parameters<typeof expect>[0],
  report: Parameters<typeof expect>[1],
  maximumDays: number,
): void {
  expect(
    subject,
    report,
    "rotationRules.scheduleExpression",
    (expression) => {
      const { schedule } = parseSchedule(String(expression), "secrets-manager");
      const gap = schedule && longestGap(schedule);
      return gap !== undefined && gap <= maximumDays * 24 * 60;
    },
    `set a schedule that runs at least every ${maximumDays} days`,
  );
}

interface RecoverySetting {
  /** Days in which a deleted secret can be restored. */
  readonly minimumDays: number;
  /**
   * Regular expressions for the stacks that need them; others are often created and removed under the same names.
   */
  readonly stacks: string[];
}

const recoveryWindow = resourceRule<RecoverySetting>({
  id: "secret-recovery-window",
  description: "A deleted secret can be restored for a week.",
  severity: "medium",
  remediation: "Remove recoveryWindowInDays, or set it to 7 or more.",
  url: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
  defaults: { minimumDays: 7, stacks: ["."] },
  types: [SECRET],
  check(subject, report, { minimumDays, stacks }) {
    if (inStacks(stacks)) {
      expect(
        subject,
        report,
        "recoveryWindowInDays",
        (days) => days === undefined || (typeof days === "number" && days >= minimumDays),
        `set it to ${minimumDays} at least`,
      );
    }
  },
});

const secretPolicy = resourceRule({
  id: "secret-policy-not-public",
  description: "No policy makes a secret public, and blockPublicPolicy lets AWS check that.",
  severity: "high",
  remediation: "Name the principals and set blockPublicPolicy: true.",
  url: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
  types: [SECRET, SECRET_POLICY],
  check(subject, report) {
    const keys = "aws:PrincipalAccount or aws:PrincipalOrgID";
    judgeStatements(subject.properties, "policy", report, openToEverybody(keys));
    if (subject.type === SECRET_POLICY) {
      expect(subject, report, "blockPublicPolicy", isTrue, "set it to true");
    }
  },
});

const secretDescribed = propertyRule({
  id: "secret-described",
  description: "A secret has a description.",
  severity: "low",
  remediation: "Set description.",
  url: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/managing-secrets.html",
  types: [SECRET],
  property: "description",
  accepts: isText,
  fix: "describe what the secret is for",
});

export const keyAndSecretRules: readonly Rule[] = [
  keyPolicy,
  keyPolicyDefined,
  keyEnabled,
  deletionWindow,
  lockoutCheck,
  keyDescribed,
  rotation,
  rotationInterval,
  recoveryWindow,
  secretPolicy,
  secretDescribed,
];
