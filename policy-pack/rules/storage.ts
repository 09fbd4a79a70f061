/** Buckets: who can reach them. What becomes of their objects is in storage-lifecycle.ts. */
import { expect, isTrue, type Report, resourceRule, type Rule, stackRule } from "../define";
import {
  accountOf,
  deniesEverybody,
  judgeStatements,
  ownAccounts,
  statementsOf,
  whenNotEncrypted,
} from "../document-rules";
import {
  allowsAction,
  coversAction,
  isPublicPrincipal,
  isUnknownPrincipal,
  type Statement,
} from "../documents";
import type { Node } from "../graph";
import { companions, itemPaths, typesWithTwins } from "../relations";
import { read, shown, UNKNOWN } from "../values";
import { BUCKET, bucketRules } from "./storage-lifecycle";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const FLAGS = [
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
] as const;

const accessBlock = stackRule({
  id: "s3-public-access-block",
  description: "Each bucket has a block on public access.",
  severity: "critical",
  controls: {
    securityHub: ["S3.1", "S3.8"],
    cis: ["2.1.4"],
    cdkNag: ["S2"],
    checkov: ["CKV2_AWS_6"],
    trivy: ["AWS-0094"],
  },
  remediation: "Add a BucketPublicAccessBlock for the bucket with all four switches true.",
  url: `${GUIDE}/s3-controls.html#s3-8`,
  check(graph, reportOn) {
    const accountWide = graph
      .ofType(ACCOUNT_BLOCK)
      .some(({ properties }) => FLAGS.every((flag) => read(properties, flag) === true));
    for (const bucket of accountWide ? [] : graph.ofType(BUCKET)) {
      const report = reportOn(bucket);
      if (companions(graph, bucket, ACCESS_BLOCK, "bucket", report)?.length === 0) {
        report.violation("no BucketPublicAccessBlock has it as its bucket; add one.");
      }
    }
  },
});

const accessBlockValues = resourceRule({
  id: "s3-public-access-block-values",
  description: "A block on public access blocks access control lists and policies, new and old.",
  severity: "critical",
  controls: {
    securityHub: ["S3.8"],
    cis: ["2.1.4"],
    cdkNag: ["S2"],
    checkov: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
    trivy: ["AWS-0086", "AWS-0087", "AWS-0091", "AWS-0093"],
  },
  remediation: `Set ${FLAGS.join(", ")} to true.`,
  url: `${GUIDE}/s3-controls.html#s3-8`,
  types: [ACCESS_BLOCK, ACCOUNT_BLOCK],
  check(subject, report) {
    FLAGS.forEach((flag) => expect(subject, report, flag, isTrue, "set it to true"));
  },
  remediate(inputs) {
    FLAGS.forEach((flag) => {
      inputs[flag] = true;
    });
  },
});

const PUBLIC_ACLS: readonly unknown[] = ["public-read", "public-read-write", "authenticated-read"];
const EVERYBODY = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

const noPublicAcl = resourceRule({
  id: "s3-no-public-acl",
  description: "No access control list opens a bucket or an object to everybody.",
  severity: "critical",
  controls: {
    securityHub: ["S3.2", "S3.3"],
    checkov: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375", "CKV2_AWS_43"],
    trivy: ["AWS-0092"],
  },
  remediation: "Remove the acl or the grant; name who may read in the bucket's policy.",
  url: `${GUIDE}/s3-controls.html#s3-2`,
  types: typesWithTwins(
    BUCKET,
    "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
  ),
  check(subject, report) {
    expect(subject, report, "acl", (acl) => !PUBLIC_ACLS.includes(acl), 'set it to "private"');
    const grants = [
      ...itemPaths(subject.properties, "grants", report).map((path) => `${path}.uri`),
      ...itemPaths(subject.properties, "accessControlPolicy.grants", report).map(
        (path) => `${path}.grantee.uri`,
      ),
    ];
    for (const path of grants) {
      expect(subject, report, path, (uri) => !EVERYBODY.test(String(uri)), "remove the grant");
    }
  },
});

const aclDisabled = stackRule({
  id: "s3-acl-disabled",
  description: "A bucket's access control lists are off: its policy alone says who may do what.",
  severity: "medium",
  controls: { securityHub: ["S3.12"], checkov: ["CKV2_AWS_65"] },
  remediation: 'Add BucketOwnershipControls with objectOwnership "BucketOwnerEnforced".',
  url: `${GUIDE}/s3-controls.html#s3-12`,
  check(graph, reportOn) {
    for (const bucket of graph.ofType(BUCKET)) {
      const report = reportOn(bucket);
      const controls = companions(graph, bucket, OWNERSHIP, "bucket", report);
      if (controls?.length === 0) {
        report.violation("no BucketOwnershipControls has it as its bucket; add them.");
      }
      for (const control of controls ?? []) {
        expect(
          control,
          report,
          "rule.objectOwnership",
          (ownership) => ownership === "BucketOwnerEnforced",
          'set it to "BucketOwnerEnforced"',
        );
      }
    }
  },
});

const policyTypes = typesWithTwins(POLICY, BUCKET);

const policyNotPublic = resourceRule({
  id: "s3-policy-not-public",
  description: "No bucket policy opens a bucket to everybody.",
  severity: "critical",
  controls: { securityHub: ["S3.2", "S3.3"], cdkNag: ["S5"], checkov: ["CKV_AWS_70"] },
  remediation: "Name the principals, or add a condition on aws:SourceArn or aws:PrincipalOrgID.",
  url: `${GUIDE}/s3-controls.html#s3-2`,
  types: policyTypes,
  check(subject, report) {
    judgeStatements(subject.properties, "policy", report, (statement) => {
      if (isPublicPrincipal(statement)) {
        return "it allows everybody; name the principal or add a condition";
      }
      return isUnknownPrincipal(statement) ? UNKNOWN : undefined;
    });
  },
});

/** What Security Hub's S3.6 keeps from other accounts. */
const OWNERS_ACTIONS = [
  "s3:DeleteBucketPolicy",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutEncryptionConfiguration",
  "s3:PutObjectAcl",
];

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
    const own = ownAccounts(subject.provider, config.ownAccounts);
    judgeStatements(subject.properties, "policy", report, (statement) => {
      const actions = OWNERS_ACTIONS.filter((action) => allowsAction(statement, action));
      if (actions.length === 0) {
        return undefined;
      }
      const foreign = statement.principals
        .map(accountOf)
        .find((account) => account !== undefined && !own.includes(account));
      if (foreign !== undefined) {
        return `account ${foreign} may ${actions.join(", ")}; remove the actions`;
      }
      return statement.principals.some(({ value }) => value === UNKNOWN) ? UNKNOWN : undefined;
    });
  },
});

const policyNoLockout = resourceRule({
  id: "s3-policy-no-lockout",
  description: "No bucket policy shuts everybody out, its owner included.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_93"] },
  remediation: "Give the Deny a condition, or name who is denied.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
  types: policyTypes,
  check(subject, report) {
    judgeStatements(subject.properties, "policy", report, (statement) => {
      const all = statement.actions.some((action) => action === "*" || action === "s3:*");
      return all && deniesEverybody(statement) && statement.conditions.length === 0
        ? "it denies everybody everything; add a condition"
        : undefined;
    });
  },
});

interface TlsSetting {
  /** Oldest TLS version that a policy lets in; empty: any. */
  readonly minimumVersion: string;
}

const tlsOnly = stackRule<TlsSetting>({
  id: "s3-tls-only",
  description: "A bucket's policy refuses connections without TLS, and by old TLS.",
  severity: "medium",
  controls: {
    securityHub: ["S3.5"],
    cis: ["2.1.1"],
    cdkNag: ["S10"],
    checkov: ["CKV_AWS_379"],
  },
  remediation:
    'Deny everybody s3:* on the bucket and its objects where aws:SecureTransport is "false", and where s3:TlsVersion is less than 1.2.',
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
      'no policy of it denies s3:* on the bucket and its objects where aws:SecureTransport is "false"; add that statement.',
    );
  }
  if (minimumVersion !== "" && !denials.some((denial) => refusesOldTls(denial, minimumVersion))) {
    report.violation(
      `no policy of it denies s3:* where s3:TlsVersion is less than ${minimumVersion}; add that statement.`,
    );
  }
}

/** Whether a statement is about all that can be done with a bucket and its objects. */
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

/** Source: Amazon S3 User Guide, "General purpose bucket naming rules"; a dot breaks the certificate of virtual hosts. */
const DNS_NAME = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

const dnsName = resourceRule({
  id: "s3-dns-name",
  description: "A bucket's name can stand in a host name under TLS.",
  severity: "low",
  controls: { trivy: ["AWS-0320"] },
  remediation: "Use 3 to 63 lower-case letters, digits and hyphens.",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  types: typesWithTwins(BUCKET),
  check(subject, report) {
    const name = read(subject.properties, "bucket");
    if (name === UNKNOWN) {
      report.undecided("bucket");
    } else if (typeof name === "string" && !DNS_NAME.test(name)) {
      report.violation(
        `bucket is ${shown(name, "description")}; use 3 to 63 lower-case letters, digits and hyphens.`,
      );
    }
  },
});

export const storageRules: readonly Rule[] = [
  accessBlock,
  accessBlockValues,
  noPublicAcl,
  aclDisabled,
  policyNotPublic,
  policyNoForeignAccount,
  policyNoLockout,
  tlsOnly,
  dnsName,
  ...bucketRules,
];
