/** Distributions. Their headers are in edge-headers.ts, their firewall in firewall.ts. */
import type { Node, StackGraph } from "../../analysis/graph";
import { regionOf } from "../../analysis/plan/regions";
import { items, type Properties, read, shown, UNKNOWN } from "../../analysis/properties";
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import {
  expect,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  stackRule,
} from "../define";
import { companions, fits, isSet, isUnnamed, itemPaths, nameOf, propertyRule } from "../relations";
import { headerRules } from "./edge-headers";
import { firewallRules } from "./firewall";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const CLOUDFRONT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const ACCESS_CONTROL = "aws:cloudfront/originAccessControl:OriginAccessControl";

/** A bucket's own host name, with or without region, and not that of its website. */
const BUCKET_HOST = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;
const FUNCTION_HOST = /\.lambda-url\.[a-z0-9-]+\.on\.aws$/;

const certificate = resourceRule({
  id: "cf-custom-cert",
  description: "A distribution uses a certificate for its own names.",
  severity: "medium",
  controls: { securityHub: ["CloudFront.7"], checkov: ["CKV2_AWS_42"] },
  remediation: "Set viewerCertificate.acmCertificateArn.",
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-7`,
  types: [DISTRIBUTION],
  check(subject, report) {
    const path = "viewerCertificate";
    if (read(subject.properties, path) === UNKNOWN) {
      report.undecided(path);
    } else if (hasCertificate(subject.properties)) {
      expect(subject, report, `${path}.cloudfrontDefaultCertificate`, isNotTrue, "remove it");
    } else {
      report.violation(
        `${path}.acmCertificateArn is not set; name a certificate in ${CLOUDFRONT_REGION}.`,
      );
    }
  },
});

/** Whether a distribution has a certificate for its own names. */
function hasCertificate(properties: Properties): boolean {
  return ["acmCertificateArn", "iamCertificateId"].some((property) =>
    isSet(properties, `viewerCertificate.${property}`),
  );
}

const certificateRegion = stackRule({
  id: "cf-certificate-region",
  description: `A distribution's certificate is in ${CLOUDFRONT_REGION}, the only region that CloudFront reads.`,
  severity: "high",
  remediation: `Set region: "${CLOUDFRONT_REGION}" on the certificate and on its validation.`,
  url: `${CLOUDFRONT}/cnames-and-https-requirements.html`,
  check(graph, reportOn) {
    for (const node of graph.ofType(DISTRIBUTION)) {
      const report = reportOn(node);
      const property = "viewerCertificate.acmCertificateArn";
      const arn = read(node.properties, property);
      const regions: readonly unknown[] | undefined =
        typeof arn === "string"
          ? [arn.split(":")[3]]
          : arn === UNKNOWN || read(node.properties, "viewerCertificate") === UNKNOWN
            ? certificatesOf(graph, node).map((one) => regionOf(one) ?? UNKNOWN)
            : undefined;
      if (regions?.length === 0 || regions?.includes(UNKNOWN)) {
        report.undecided(property);
      }
      for (const region of regions ?? []) {
        if (region !== UNKNOWN && region !== CLOUDFRONT_REGION) {
          report.violation(
            `${property} is in ${shown(region, "destination")}; name a certificate in ${CLOUDFRONT_REGION}.`,
          );
        }
      }
    }
  },
});

/** The stack's certificates and validations that a distribution's certificate comes from. */
function certificatesOf(graph: StackGraph, { references }: Node): Node[] {
  return (references["viewerCertificate"] ?? []).flatMap((urn) => {
    const found = graph.get(urn);
    return found?.type.startsWith("aws:acm/certificate") === true ? [found] : [];
  });
}

const serverName = resourceRule({
  id: "cf-sni",
  description:
    "A distribution with its own certificate serves TLS by SNI, not by a dedicated IP address.",
  severity: "low",
  controls: { securityHub: ["CloudFront.8"] },
  remediation: 'Set viewerCertificate.sslSupportMethod to "sni-only".',
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-8`,
  types: [DISTRIBUTION],
  check(subject, report) {
    if (read(subject.properties, "viewerCertificate") === UNKNOWN) {
      report.undecided("viewerCertificate");
    } else if (hasCertificate(subject.properties)) {
      expect(
        subject,
        report,
        "viewerCertificate.sslSupportMethod",
        (method) => method === "sni-only",
        'set it to "sni-only"',
      );
    }
  },
});

const logging = stackRule({
  id: "cf-logging",
  description: "Requests to a distribution are logged.",
  severity: "medium",
  controls: {
    securityHub: ["CloudFront.5"],
    cdkNag: ["CFR3"],
    checkov: ["CKV_AWS_86"],
    trivy: ["AWS-0010"],
  },
  remediation:
    "Set loggingConfig.bucket, or deliver ACCESS_LOGS by a LogDeliverySource on its ARN.",
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-5`,
  check(graph, reportOn) {
    const source = "aws:cloudwatch/logDeliverySource:LogDeliverySource";
    for (const node of graph.ofType(DISTRIBUTION)) {
      if (!isSet(node.properties, "loggingConfig")) {
        const report = reportOn(node);
        const sources = companions(graph, node, source, "resourceArn", report);
        const delivery = "aws:cloudwatch/logDelivery:LogDelivery";
        if (sources?.length === 0) {
          report.violation("loggingConfig is not set and no LogDeliverySource names it; add one.");
        }
        for (const one of sources ?? []) {
          if (companions(graph, one, delivery, "deliverySourceName", report)?.length === 0) {
            report.violation(`no LogDelivery delivers its LogDeliverySource ${one.name}; add one.`);
          }
        }
      }
    }
  },
});

const firewall = resourceRule({
  id: "cf-waf",
  description: "A distribution has a web ACL.",
  severity: "medium",
  controls: {
    securityHub: ["CloudFront.6"],
    cdkNag: ["CFR2"],
    checkov: ["CKV_AWS_68", "CKV2_AWS_47"],
    trivy: ["AWS-0011"],
  },
  remediation: "Set webAclId to the ARN of a web ACL of scope CLOUDFRONT.",
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-6`,
  types: [DISTRIBUTION],
  check(subject, report) {
    // One that is not known yet counts.
    if (!isSet(subject.properties, "webAclId")) {
      report.violation("webAclId is not set; name a web ACL.");
    }
  },
});

/** Whether an origin is a web server, in a VPC or elsewhere, and no bucket. */
function isCustom(properties: Properties, path: string): boolean {
  return ["customOriginConfig", "vpcOriginConfig"].some((kind) =>
    isSet(properties, `${path}.${kind}`),
  );
}

/** Paths of the origins of the default behaviour, directly or through an origin group. */
function defaultOrigins(properties: Properties, report: Report): readonly string[] {
  const target = read(properties, "defaultCacheBehavior.targetOriginId");
  const members = itemPaths(properties, "originGroups", report)
    .filter((path) => read(properties, `${path}.originId`) === target)
    .flatMap((path) => itemPaths(properties, `${path}.members`, report))
    .map((path) => read(properties, `${path}.originId`));
  const ids = members.length > 0 ? members : [target];
  return itemPaths(properties, "origins", report).filter((path) =>
    ids.includes(read(properties, `${path}.originId`)),
  );
}

const rootObject = resourceRule({
  id: "cf-root-object",
  description:
    "A distribution in front of a bucket has a default root object, so that it never lists the bucket.",
  severity: "high",
  controls: { securityHub: ["CloudFront.1"], checkov: ["CKV_AWS_305"] },
  remediation: 'Set defaultRootObject, to "index.html" for example.',
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-1`,
  types: [DISTRIBUTION],
  check(subject, report) {
    const { properties } = subject;
    if (isSet(properties, "defaultRootObject")) {
      return;
    }
    const hosts = defaultOrigins(properties, report).map((path) => ({
      host: read(properties, `${path}.domainName`),
      custom: isCustom(properties, path),
    }));
    if (hosts.some(({ host }) => typeof host === "string" && BUCKET_HOST.test(host))) {
      report.violation("defaultRootObject is not set and the default origin is a bucket; set it.");
    } else if (hosts.some(({ host, custom }) => host === UNKNOWN && !custom)) {
      report.undecided("origins");
    }
  },
});

const accessControl = resourceRule({
  id: "cf-oac",
  description: "A distribution signs its requests to a bucket or a function.",
  severity: "medium",
  controls: {
    securityHub: ["CloudFront.13", "CloudFront.16"],
    cdkNag: ["CFR7"],
    checkov: ["CKV2_AWS_46"],
  },
  remediation: "Set originAccessControlId to an OriginAccessControl that always signs with sigv4.",
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-13`,
  types: [DISTRIBUTION, ACCESS_CONTROL],
  check(subject, report) {
    if (subject.type === ACCESS_CONTROL) {
      expect(subject, report, "signingBehavior", (v) => v === "always", 'set it to "always"');
      expect(subject, report, "signingProtocol", (v) => v === "sigv4", 'set it to "sigv4"');
      return;
    }
    for (const path of itemPaths(subject.properties, "origins", report)) {
      const host = read(subject.properties, `${path}.domainName`);
      const custom = isCustom(subject.properties, path);
      const signed = isSet(subject.properties, `${path}.originAccessControlId`);
      const isFunction = typeof host === "string" && FUNCTION_HOST.test(host);
      // An origin without a configuration for others is a bucket, whatever its name. Source: Amazon CloudFront API
      // Reference, Origin.
      const isBucket = host === UNKNOWN ? !custom : BUCKET_HOST.test(String(host));
      const identity = `${path}.s3OriginConfig.originAccessIdentity`;
      if ((isBucket || isFunction) && !signed) {
        report.violation(
          `${path}.originAccessControlId is not set; name an OriginAccessControl.`,
          isFunction
            ? { securityHub: ["CloudFront.16"] }
            : {
                securityHub: ["CloudFront.13"],
                cdkNag: ["CFR7"],
                // It accepts the older origin access identity.
                checkov: isSet(subject.properties, identity) ? [] : ["CKV2_AWS_46"],
              },
        );
      }
    }
  },
});

interface BucketSetting {
  /** Regular expressions for names of buckets outside the stack. */
  readonly externalBuckets: string[];
}

const bucketExists = stackRule<BucketSetting>({
  id: "cf-s3-origin-exists",
  description:
    "The bucket behind a distribution belongs to the stack: a stranger could register a free name.",
  severity: "high",
  controls: { securityHub: ["CloudFront.12"] },
  remediation: "Use the bucket's output, or name it in the rule's setting `externalBuckets`.",
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-12`,
  defaults: { externalBuckets: [] },
  check(graph, reportOn, { externalBuckets }) {
    const type = "aws:s3/bucket:Bucket";
    const buckets = new Set(graph.ofType(type).map((node) => nameOf(node, "bucket")));
    const unnamed = graph.ofType(type).some(isUnnamed);
    for (const node of graph.ofType(DISTRIBUTION)) {
      const report = reportOn(node);
      const linked = (node.references["origins"] ?? []).some(
        (urn) => graph.get(urn)?.type.startsWith("aws:s3/bucket") === true,
      );
      for (const path of itemPaths(node.properties, "origins", report)) {
        const host = read(node.properties, `${path}.domainName`);
        const bucket = typeof host === "string" ? BUCKET_HOST.exec(host)?.[1] : undefined;
        if (bucket !== undefined && !buckets.has(bucket) && !fits(bucket, externalBuckets)) {
          if (unnamed) {
            report.undecided(`${path}.domainName`);
            continue;
          }
          report.violation(
            `${path}.domainName is ${shown(bucket, "destination")}, which is not a bucket of the stack; name one that is.`,
          );
        } else if (host === UNKNOWN && !linked && !isCustom(node.properties, path)) {
          report.undecided(`${path}.domainName`);
        }
      }
    }
  },
});

interface FailoverSetting {
  /** Regular expressions for names of distributions that need no origin group. */
  readonly without: string[];
}

const originFailover = resourceRule<FailoverSetting>({
  id: "cf-origin-failover",
  description:
    "A distribution has a second origin for failover. CloudFront fails over reads only: for writes, let the origin's DNS name fail over.",
  severity: "low",
  controls: { securityHub: ["CloudFront.4"], checkov: ["CKV_AWS_310"] },
  remediation: "Add originGroups, or name the distribution in the rule's setting `without`.",
  url: `${GUIDE}/cloudfront-controls.html#cloudfront-4`,
  defaults: { without: ["api"] },
  types: [DISTRIBUTION],
  check(subject, report, { without }) {
    if (fits(subject.name, without)) {
      return;
    }
    const groups = itemPaths(subject.properties, "originGroups", report);
    if (groups.length === 0 && read(subject.properties, "originGroups") !== UNKNOWN) {
      report.violation("originGroups is empty; add a group with a second origin.");
    }
    for (const group of groups) {
      const members = items(read(subject.properties, `${group}.members`));
      const codes = items(read(subject.properties, `${group}.failoverCriteria.statusCodes`));
      if (members === UNKNOWN) {
        report.undecided(`${group}.members`);
      } else if (members.length < 2) {
        report.violation(`${group}.members names ${members.length}; name two origins.`);
      }
      if (codes === UNKNOWN) {
        report.undecided(`${group}.failoverCriteria.statusCodes`);
      } else if (codes.length === 0) {
        report.violation(`${group}.failoverCriteria.statusCodes is empty; name the codes.`);
      }
    }
  },
});

interface CountriesSetting {
  readonly restrictionTypes: string[];
}

const countries = resourceRule<CountriesSetting>({
  id: "cf-geo-restriction",
  description:
    "A distribution sets its geographic restriction. This platform allows all countries, because consultants travel; the rule's setting can require a list.",
  severity: "low",
  controls: { cdkNag: ["CFR1"], checkov: ["CKV_AWS_374"] },
  remediation:
    'Set restrictions.geoRestriction.restrictionType: "none", "whitelist" or "blacklist".',
  url: `${CLOUDFRONT}/georestrictions.html`,
  defaults: { restrictionTypes: ["none", "whitelist", "blacklist"] },
  types: [DISTRIBUTION],
  check(subject, report, { restrictionTypes }) {
    const path = "restrictions.geoRestriction.restrictionType";
    const accepts = (kind: unknown) => restrictionTypes.includes(kind as string);
    expect(subject, report, path, accepts, `set it to ${restrictionTypes.join(" or ")}`);
  },
});

const enabled = propertyRule({
  id: "cf-enabled",
  description: "A distribution is enabled.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_216"] },
  remediation: "Set enabled: true, or remove the distribution.",
  url: `${CLOUDFRONT}/distribution-web-values-specify.html`,
  types: [DISTRIBUTION],
  property: "enabled",
  accepts: isTrue,
  fix: "set it to true",
});

export const edgeRules: readonly Rule[] = [
  certificate,
  certificateRegion,
  serverName,
  logging,
  firewall,
  rootObject,
  accessControl,
  bucketExists,
  originFailover,
  countries,
  ...headerRules,
  enabled,
  ...firewallRules,
];
