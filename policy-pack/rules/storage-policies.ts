/** What policies of buckets allow, and what they have to deny. */
import type { Node } from "../../analysis/graph";
import { read, UNKNOWN } from "../../analysis/properties";
import { OWNERS_ACTIONS } from "../../facts/security-hub";
import { type Report, resourceRule, type Rule, stackRule } from "../define";
import {
  accountOf,
  deniesEverybody,
  judgeStatements,
  OWN_ACCOUNT,
  ownershipOf,
  statementsOf,
  whenNotEncrypted,
} from "../document-rules";
import { allowsAction, coversAction, type Statement } from "../documents";
import { openToStrangers } from "../openness";
import { companions, typesWithTwins } from "../relations";
import { BUCKET } from "./storage-lifecycle";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

const policyTypes = typesWithTwins(POLICY, BUCKET);

const policyNotPublic = resourceRule({
  id: "s3-policy-not-public",
  description: "No bucket policy is public.",
  severity: "critical",
  controls: {
    securityHub: ["S3.2", "S3.3"],
    cdkNag: ["S5"],
    checkov: ["CKV_AWS_70", "CKV_AWS_283"],
  },
  remediation: "Name the principals, or add a condition on aws:SourceArn or aws:PrincipalOrgID.",
  url: `${GUIDE}/s3-controls.html#s3-2`,
  types: policyTypes,
  check(subject, report) {
    judgeStatements(subject.properties, "policy", report, (statement) =>
      openToStrangers(statement, "name the principal or add a condition"),
    );
  },
});

const policyNoForeignAccount = resourceRule({
  id: "s3-policy-no-foreign-account",
  description: "No other account may change a bucket's policy, access or encryption.",
  severity: "high",
  controls: { securityHub: ["S3.6"] },
  remediation: "Remove these actions, or add the account to the rule's setting ownAccounts.",
  url: `${GUIDE}/s3-controls.html#s3-6`,
  defaults: { ownAccounts: [] as string[] },
  types: policyTypes,
  check(subject, report, config) {
    const isOwn = ownershipOf(subject.provider, config.ownAccounts);
    judgeStatements(subject.properties, "policy", report, (statement) => {
      const actions = OWNERS_ACTIONS.actions.filter((action) => allowsAction(statement, action));
      if (actions.length === 0) {
        return undefined;
      }
      const named = statement.principals.map(accountOf).filter((account) => account !== undefined);
      if (named.some((account) => isOwn(account) === UNKNOWN)) {
        report.undecided(OWN_ACCOUNT);
        return undefined;
      }
      const foreign = named.find((account) => isOwn(account) === false);
      if (foreign !== undefined) {
        return `account ${foreign} may call ${actions.join(", ")}; remove the actions`;
      }
      return statement.principals.some(({ value }) => value === UNKNOWN) ? UNKNOWN : undefined;
    });
  },
});

const policyNoLockout = resourceRule({
  id: "s3-policy-no-lockout",
  description: "No bucket policy denies all actions to all principals, the owner included.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_93"] },
  remediation: "Give the Deny a condition, or name who is denied.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
  types: policyTypes,
  check(subject, report) {
    judgeStatements(subject.properties, "policy", report, (statement) => {
      const all = statement.actions.some((action) => action === "*" || action === "s3:*");
      return all && deniesEverybody(statement) && statement.conditions.length === 0
        ? "it denies all principals all actions; add a condition"
        : undefined;
    });
  },
});

interface TlsSetting {
  /** Oldest TLS version that a policy accepts; empty: any. */
  readonly minimumVersion: string;
}

const tlsOnly = stackRule<TlsSetting>({
  id: "s3-tls-only",
  description: "A bucket's policy denies connections without TLS and with old TLS versions.",
  severity: "medium",
  controls: {
    securityHub: ["S3.5"],
    cis: ["2.1.1"],
    cdkNag: ["S10"],
    checkov: ["CKV_AWS_379"],
  },
  remediation:
    'Deny s3:* to all principals, on the bucket and its objects, where aws:SecureTransport is "false" and where s3:TlsVersion is less than 1.2.',
  url: `${GUIDE}/s3-controls.html#s3-5`,
  defaults: { minimumVersion: "1.2" },
  check(graph, reportOn, config) {
    for (const bucket of graph.ofType(BUCKET)) {
      const report = reportOn(bucket);
      const inline = read(bucket.properties, "policy") === undefined ? [] : [bucket];
      const policies = companions(graph, bucket, POLICY, "bucket", report);
      if (policies !== undefined) {
        judgeTls(bucket, [...inline, ...policies], config, report);
      }
    }
    // For a bucket of another stack, its policy is all that this stack has.
    for (const policy of graph.ofType(POLICY)) {
      if (graph.external(policy, "bucket", BUCKET).length > 0) {
        judgeTls(policy, [policy], config, reportOn(policy));
      }
    }
  },
});

function judgeTls(
  bucket: Node,
  policies: readonly Node[],
  { minimumVersion }: TlsSetting,
  report: Report,
): void {
  const documents = policies.map(({ properties }) => statementsOf(properties, "policy", report));
  if (documents.includes(undefined)) {
    return;
  }
  const denials = documents
    .flatMap((statements) => statements ?? [])
    .filter((statement) => deniesEverybody(statement) && coversBucket(statement, bucket));
  if (!denials.some(whenNotEncrypted)) {
    report.violation(
      'none of its policies denies s3:* on the bucket and its objects where aws:SecureTransport is "false"; add that statement.',
    );
  }
  if (minimumVersion !== "" && !denials.some((denial) => refusesOldTls(denial, minimumVersion))) {
    report.violation(
      `none of its policies denies s3:* where s3:TlsVersion is less than ${minimumVersion}; add that statement.`,
      {},
    );
  }
}

/** Whether a statement covers all actions on a bucket and its objects. */
function coversBucket({ actions, resources }: Statement, bucket: Node): boolean {
  const name = read(bucket.properties, "bucket");
  const covers = (resource: string) =>
    resources.some(
      (pattern) =>
        // An ARN that is not known yet is that of the bucket: the policy is its own.
        pattern === UNKNOWN ||
        (typeof name === "string"
          ? coversAction(pattern, `arn:aws:s3:::${name}${resource}`)
          : pattern.endsWith(resource)),
    );
  return actions.some((action) => action === "*" || action === "s3:*") && covers("/*");
}

function refusesOldTls({ conditions }: Statement, version: string): boolean {
  return (
    conditions.length === 1 &&
    conditions[0]!.key === "s3:tlsversion" &&
    /^NumericLessThan(IfExists)?$/i.test(conditions[0]!.operator) &&
    conditions[0]!.values.every((value) => value !== UNKNOWN && Number(value) >= Number(version))
  );
}

export const bucketPolicyRules: readonly Rule[] = [
  policyNotPublic,
  policyNoForeignAccount,
  policyNoLockout,
  tlsOnly,
];
