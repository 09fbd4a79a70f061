/** Buckets: public access. Their policies and their objects' lifecycle have files of their own. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, read, shown, UNKNOWN } from "../../analysis/properties";
import { BUCKET_NAMES } from "../../facts/name-lengths";
import { PRIVATE_ACLS } from "../../facts/object-storage";
import { ACCESS_BLOCKS } from "../../facts/public-exposure";
import { type Controls, expect, resourceRule, type Rule, stackRule } from "../define";
import { type AcceptsDefault, REQUIRES_SETTING } from "../lists";
import { companions, isSet, isText, itemPaths, typesWithTwins } from "../relations";
import { united } from "../table-rules";
import { BUCKET, bucketRules } from "./storage-lifecycle";
import { bucketPolicyRules } from "./storage-policies";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";

const accessBlock = stackRule<AcceptsDefault>({
  id: "s3-public-access-block",
  description: "A bucket has a public access block.",
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
  defaults: REQUIRES_SETTING,
  check(graph, reportOn, { acceptDefault }) {
    const accountWide = graph
      .ofType(ACCOUNT_BLOCK)
      .some(({ properties }) => ACCESS_BLOCKS.every((flag) => read(properties, flag) === true));
    for (const bucket of accountWide || acceptDefault ? [] : graph.ofType(BUCKET)) {
      const report = reportOn(bucket);
      if (companions(graph, bucket, ACCESS_BLOCK, "bucket", report)?.length === 0) {
        report.violation("no BucketPublicAccessBlock has it as its bucket; add one.", {
          checkov: ["CKV2_AWS_6"],
          trivy: ["AWS-0094"],
        });
      }
    }
  },
});

/** The controls about some switches of a public access block. */
function blockControls(flags: readonly string[]): Controls {
  const ids: Readonly<Record<string, { checkov: string[]; trivy: string[] }>> = {
    blockPublicAcls: { checkov: ["CKV_AWS_53", "CKV2_AWS_6"], trivy: ["AWS-0086"] },
    blockPublicPolicy: { checkov: ["CKV_AWS_54", "CKV2_AWS_6"], trivy: ["AWS-0087"] },
    ignorePublicAcls: { checkov: ["CKV_AWS_55"], trivy: ["AWS-0091"] },
    restrictPublicBuckets: { checkov: ["CKV_AWS_56"], trivy: ["AWS-0093"] },
  };
  const own = united(flags.map((flag) => ids[flag] ?? {}));
  return { securityHub: ["S3.8"], cis: ["2.1.4"], cdkNag: ["S2"], ...own };
}

const accessBlockValues = resourceRule({
  id: "s3-public-access-block-values",
  description: "A public access block blocks ACLs and policies, new and existing.",
  severity: "critical",
  controls: {
    securityHub: ["S3.8"],
    cis: ["2.1.4"],
    cdkNag: ["S2"],
    checkov: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"],
    trivy: ["AWS-0086", "AWS-0087", "AWS-0091", "AWS-0093"],
  },
  remediation: `Set ${ACCESS_BLOCKS.join(", ")} to true.`,
  url: `${GUIDE}/s3-controls.html#s3-8`,
  types: [ACCESS_BLOCK, ACCOUNT_BLOCK],
  check(subject, report) {
    const values = ACCESS_BLOCKS.map((flag) => ({ flag, value: read(subject.properties, flag) }));
    for (const { flag } of values.filter(({ value }) => value === UNKNOWN)) {
      report.undecided(flag, undefined, blockControls([flag]));
    }
    const off = values.filter(({ value }) => value !== UNKNOWN && value !== true);
    if (off.length > 0) {
      const what = [...new Set(off.map(({ value }) => shown(value)))].map((state) => {
        const flags = off.filter(({ value }) => shown(value) === state).map(({ flag }) => flag);
        return `${flags.join(", ")} ${flags.length > 1 ? "are" : "is"} ${state}`;
      });
      report.violation(
        `${what.join(", ")}; set ${off.length > 1 ? "them" : "it"} to true.`,
        off.length === ACCESS_BLOCKS.length
          ? undefined
          : blockControls(off.map(({ flag }) => flag)),
      );
    }
  },
  remediate(inputs) {
    ACCESS_BLOCKS.forEach((flag) => {
      inputs[flag] = true;
    });
  },
});

const isPrivate = (acl: unknown) => acl === undefined || PRIVATE_ACLS.names.includes(acl as string);
const EVERYBODY = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

const ALL_USERS = "AllUsers";

/** The controls that a public grant breaks, by who is granted what. */
function grantControls(
  who: string,
  permissions: readonly unknown[] | typeof UNKNOWN,
): Controls | undefined {
  if (permissions === UNKNOWN || permissions.some((one) => !isText(one))) {
    return undefined;
  }
  const has = (pattern: RegExp) => permissions.some((one) => pattern.test(String(one)));
  const [reads, writes] = [has(/^(READ|FULL_CONTROL)/), has(/^(WRITE|FULL_CONTROL)/)];
  const all = who.endsWith(ALL_USERS);
  return {
    securityHub: [...(reads ? ["S3.2"] : []), ...(writes ? ["S3.3"] : [])],
    checkov: [
      ...(reads ? ["CKV_AWS_20"] : []),
      ...(all && writes ? ["CKV_AWS_57"] : []),
      ...(all && has(/^(READ_ACP|FULL_CONTROL)$/) ? ["CKV_AWS_375"] : []),
      ...(all ? [] : ["CKV2_AWS_43"]),
    ],
    trivy: ["AWS-0092"],
  };
}

const noPublicAcl = resourceRule({
  id: "s3-no-public-acl",
  description: "No ACL makes a bucket or an object public.",
  severity: "critical",
  controls: {
    securityHub: ["S3.2", "S3.3"],
    checkov: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375", "CKV2_AWS_43"],
    trivy: ["AWS-0092"],
  },
  remediation: "Remove the acl or the grant; name the readers in the bucket's policy.",
  url: `${GUIDE}/s3-controls.html#s3-2`,
  types: typesWithTwins(
    BUCKET,
    "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
  ),
  check(subject, report) {
    // The catalogues' controls evaluate the ACLs of buckets.
    const isObject = /object/i.test(subject.type.split(":")[1]!);
    const none: Controls | undefined = isObject ? {} : undefined;
    expect(
      subject,
      report,
      "acl",
      isPrivate,
      'set it to "private"',
      (acl) =>
        none ??
        (acl === "public-read"
          ? grantControls(ALL_USERS, ["READ"])
          : acl === "authenticated-read"
            ? grantControls("AuthenticatedUsers", ["READ"])
            : undefined),
    );
    const grants = [
      ...itemPaths(subject.properties, "grants", report).map((path) => [
        `${path}.uri`,
        `${path}.permissions`,
      ]),
      ...itemPaths(subject.properties, "accessControlPolicy.grants", report).map((path) => [
        `${path}.grantee.uri`,
        `${path}.permission`,
      ]),
    ] as [string, string][];
    for (const [path, given] of grants) {
      const isNamed = (uri: unknown) => !EVERYBODY.test(String(uri));
      expect(
        subject,
        report,
        path,
        isNamed,
        "remove the grant",
        (uri) => none ?? grantControls(String(uri), items(read(subject.properties, given))),
      );
    }
  },
});

const aclDisabled = stackRule<AcceptsDefault>({
  id: "s3-acl-disabled",
  description: "A bucket's ACLs are disabled, so that its policy alone controls access.",
  severity: "medium",
  controls: { securityHub: ["S3.12"], checkov: ["CKV2_AWS_65"] },
  remediation: 'Add BucketOwnershipControls with objectOwnership "BucketOwnerEnforced".',
  url: `${GUIDE}/s3-controls.html#s3-12`,
  defaults: REQUIRES_SETTING,
  check(graph, reportOn, { acceptDefault }) {
    for (const bucket of graph.ofType(BUCKET)) {
      if (takesLegacyLogs(graph, bucket)) {
        continue;
      }
      const report = reportOn(bucket);
      const controls = companions(graph, bucket, OWNERSHIP, "bucket", report);
      if (controls?.length === 0 && !acceptDefault) {
        report.violation("no BucketOwnershipControls has it as its bucket; add them.", {
          checkov: ["CKV2_AWS_65"],
        });
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

/**
 * Whether a distribution writes its legacy access logs to a bucket, for which CloudFront needs an ACL. Source: Amazon
 * CloudFront Developer Guide, "Configure standard logging (legacy)".
 */
function takesLegacyLogs(graph: StackGraph, bucket: Node): boolean {
  const name = read(bucket.properties, "bucket");
  return graph.ofType("aws:cloudfront/distribution:Distribution").some((node) => {
    const target = read(node.properties, "loggingConfig.bucket");
    return (
      (node.references["loggingConfig"] ?? []).includes(bucket.urn) ||
      (typeof target === "string" && typeof name === "string" && target.startsWith(`${name}.s3.`))
    );
  });
}

const dnsName = stackRule({
  id: "s3-dns-name",
  description: "A bucket's name is valid in a host name under TLS.",
  severity: "low",
  controls: { trivy: ["AWS-0320"] },
  remediation: `Use ${BUCKET_NAMES.says}.`,
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  check(graph, reportOn) {
    const type = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";
    for (const bucket of graph.ofType(BUCKET)) {
      const name = read(bucket.properties, "bucket");
      // A website's bucket has the name of its host, and is asked without TLS.
      const isWebsite =
        isSet(bucket.properties, "website") || graph.referring(bucket, type, "bucket").length > 0;
      if (name === UNKNOWN) {
        reportOn(bucket).undecided("bucket");
      } else if (typeof name === "string" && !isWebsite && !BUCKET_NAMES.pattern.test(name)) {
        reportOn(bucket).violation(
          `bucket is ${shown(name, "description")}; use ${BUCKET_NAMES.says}.`,
        );
      }
    }
  },
});

export const storageRules: readonly Rule[] = [
  accessBlock,
  accessBlockValues,
  noPublicAcl,
  aclDisabled,
  ...bucketPolicyRules,
  dnsName,
  ...bucketRules,
];
