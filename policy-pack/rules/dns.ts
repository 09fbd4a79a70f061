/** Names and certificates. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, read, shown, UNKNOWN } from "../../analysis/properties";
import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import { expect, resourceRule, type Rule, stackRule } from "../define";
import { companions, fits, inStacks, isSet, propertyRule } from "../relations";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const ZONE = "aws:route53/zone:Zone";
const RECORD = "aws:route53/record:Record";
const SIGNING_KEY = "aws:route53/keySigningKey:KeySigningKey";
const DNSSEC = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec";
const CERTIFICATE = "aws:acm/certificate:Certificate";

interface StacksSetting {
  /** Regular expressions for the stacks that need it. */
  readonly stacks: string[];
}

/** Public zones. */
function publicZones(graph: StackGraph): Node[] {
  const association = "aws:route53/zoneAssociation:ZoneAssociation";
  return graph.ofType(ZONE).filter((zone) => {
    const networks = items(zone.properties["vpcs"]);
    return (
      networks !== UNKNOWN &&
      networks.length === 0 &&
      // A zone that a VPC is associated with is private.
      graph.referring(zone, association, "zoneId").length === 0
    );
  });
}

const queryLogging = stackRule<StacksSetting>({
  id: "r53-query-logging",
  description: "In production, queries to a public zone are logged.",
  severity: "medium",
  controls: { securityHub: ["Route53.2"], checkov: ["CKV2_AWS_39"] },
  remediation: `Add a QueryLog to a log group in ${CLOUDFRONT_REGION}.`,
  url: `${GUIDE}/route53-controls.html#route53-2`,
  defaults: { stacks: ["^production$"] },
  check(graph, reportOn, { stacks }) {
    for (const zone of inStacks(stacks) ? publicZones(graph) : []) {
      const report = reportOn(zone);
      if (
        companions(graph, zone, "aws:route53/queryLog:QueryLog", "zoneId", report)?.length === 0
      ) {
        report.violation("no QueryLog has it as its zoneId; add one.");
      }
    }
  },
});

const dnssec = stackRule<StacksSetting>({
  id: "r53-dnssec",
  description: "In production, a public zone is signed with DNSSEC.",
  severity: "medium",
  controls: { checkov: ["CKV2_AWS_38"] },
  remediation:
    "Add a KeySigningKey and a HostedZoneDnsSec, and enter the DS record at the registrar.",
  url: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec.html",
  defaults: { stacks: ["^production$"] },
  check(graph, reportOn, { stacks }) {
    for (const zone of inStacks(stacks) ? publicZones(graph) : []) {
      const report = reportOn(zone);
      const keys = companions(graph, zone, SIGNING_KEY, "hostedZoneId", report);
      if (keys?.length === 0) {
        report.violation("no KeySigningKey has it as its hostedZoneId; add one.");
      }
      for (const key of keys ?? []) {
        expect(key, report, "status", (s) => s === undefined || s === "ACTIVE", 'set "ACTIVE"');
      }
      // The id often comes through the signing key, so that signing starts after the key exists.
      const signings = [zone, ...(keys ?? [])].flatMap((node) =>
        graph.referring(node, DNSSEC, "hostedZoneId"),
      );
      if (signings.length === 0 && keys !== undefined) {
        report.violation("no HostedZoneDnsSec has it as its hostedZoneId; add one.");
      }
      for (const signing of signings) {
        const fix = 'set it to "SIGNING"';
        const accepts = (status: unknown) => status === undefined || status === "SIGNING";
        expect(signing, report, "signingStatus", accepts, fix);
      }
    }
  },
});

interface TargetSetting {
  /** Regular expressions for names and addresses outside the stack that records may point to. */
  readonly external: string[];
}

const noDanglingRecords = stackRule<TargetSetting>({
  id: "r53-no-dangling-records",
  description:
    "A record points to a resource of the stack, a delegation to its zone: a stranger can take over a dangling name.",
  severity: "medium",
  controls: { checkov: ["CKV2_AWS_23"] },
  remediation:
    "Use the resource's own output as the target, or name it in the rule's setting `external`.",
  url: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/protection-from-dangling-dns.html",
  defaults: { external: [String.raw`\.acm-validations\.aws\.?$`] },
  check(graph, reportOn, { external }) {
    const records = graph.ofType(RECORD);
    const names = new Set(
      graph.nodes.flatMap(({ type, properties }) =>
        (type === RECORD ? ["name", "fqdn"] : ["dnsName", "domainName", "publicIp", "endpoint"])
          .map((property) => read(properties, property))
          .filter((name): name is string => typeof name === "string"),
      ),
    );
    for (const record of records) {
      for (const { property, target } of targetsOf(record)) {
        // An alias also names its target's zone, which may be the record's own zone.
        const sources = (record.references[property] ?? []).filter(
          (urn) => property !== "aliases" || graph.get(urn)?.type !== ZONE,
        );
        if (sources.length > 0) {
          continue;
        }
        if (target === UNKNOWN) {
          reportOn(record).undecided(property);
        } else if (!names.has(target) && !fits(target, external)) {
          reportOn(record).violation(
            `${property} points to ${shown(target, "destination")}, which belongs to no resource of the stack; use the resource's output.`,
          );
        }
      }
    }
  },
});

/** What a record points to: aliases, addresses or names, and the name servers of a delegated zone. */
function targetsOf({ properties }: Node): { property: string; target: string | typeof UNKNOWN }[] {
  const kind = read(properties, "type");
  if (kind !== UNKNOWN && !["A", "AAAA", "CNAME", "NS"].includes(String(kind))) {
    return [];
  }
  const list = (property: string, path?: string) => {
    const given = items(properties[property]);
    return (given === UNKNOWN ? [UNKNOWN] : given).map((item) => ({
      property,
      target: path !== undefined && isRecord(item) ? read(item, path) : item,
    }));
  };
  return [...list("aliases", "name"), ...list("records")].filter(
    (entry): entry is { property: string; target: string | typeof UNKNOWN } =>
      typeof entry.target === "string" || entry.target === UNKNOWN,
  );
}

const strongKey = propertyRule({
  id: "acm-strong-key",
  description: "A certificate's key is RSA with at least 2,048 bits, or an elliptic curve key.",
  severity: "high",
  controls: { securityHub: ["ACM.2"] },
  remediation: 'Remove keyAlgorithm, or set it to "RSA_2048" or "EC_prime256v1".',
  url: `${GUIDE}/acm-controls.html#acm-2`,
  types: [CERTIFICATE],
  property: "keyAlgorithm",
  accepts: (algorithm) =>
    algorithm === undefined ||
    (typeof algorithm === "string" && /^(RSA_(2048|3072|4096)|EC_\w+)$/.test(algorithm)),
  fix: 'set it to "RSA_2048"',
});

const managedRenewal = resourceRule({
  id: "acm-managed-renewal",
  description: "ACM issues a certificate and renews it automatically.",
  severity: "medium",
  controls: { securityHub: ["ACM.1"] },
  remediation: 'Let ACM issue it: validationMethod "DNS", no certificateBody.',
  url: `${GUIDE}/acm-controls.html#acm-1`,
  types: [CERTIFICATE],
  check(subject, report) {
    for (const property of ["certificateBody", "privateKey"]) {
      if (isSet(subject.properties, property)) {
        report.violation(
          `${property} is set: ACM does not renew an imported certificate; let ACM issue it.`,
        );
      }
    }
    const own = isSet(subject.properties, "certificateAuthorityArn");
    if (!own && !isSet(subject.properties, "certificateBody")) {
      expect(subject, report, "validationMethod", (method) => method === "DNS", 'set it to "DNS"');
    }
  },
});

const noWildcard = resourceRule({
  id: "acm-no-wildcard",
  description: "A certificate names its hosts, without wildcards.",
  severity: "low",
  controls: { checkov: ["CKV2_AWS_71"] },
  remediation: "Name each host in domainName and subjectAlternativeNames.",
  url: "https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html",
  types: [CERTIFICATE],
  check(subject, report) {
    const names = items(subject.properties["subjectAlternativeNames"]);
    const paths = [
      "domainName",
      ...(names === UNKNOWN ? [] : names.map((_, index) => `subjectAlternativeNames[${index}]`)),
    ];
    for (const path of paths) {
      expect(subject, report, path, (name) => !String(name).startsWith("*"), "name the hosts");
    }
    if (names === UNKNOWN) {
      report.undecided("subjectAlternativeNames");
    }
  },
});

const transparency = propertyRule({
  id: "acm-transparency",
  description:
    "A certificate is in the certificate transparency logs; browsers refuse it otherwise.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_234"] },
  remediation: "Remove options.certificateTransparencyLoggingPreference.",
  url: "https://docs.aws.amazon.com/acm/latest/userguide/acm-bestpractices.html#best-practices-transparency",
  types: [CERTIFICATE],
  property: "options.certificateTransparencyLoggingPreference",
  accepts: (preference) => preference !== "DISABLED",
  fix: "remove it",
});

const createFirst = resourceRule({
  id: "acm-create-before-delete",
  description: "A new certificate is created before the old one is deleted.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_233"] },
  remediation: "Remove the resource's option deleteBeforeReplace.",
  url: "https://www.pulumi.com/docs/iac/concepts/resources/options/deletebeforereplace/",
  types: [CERTIFICATE],
  check(subject, report) {
    if (subject.options.deleteBeforeReplace === true) {
      report.violation("the option deleteBeforeReplace is true; remove it.");
    }
  },
});

export const dnsRules: readonly Rule[] = [
  queryLogging,
  dnssec,
  noDanglingRecords,
  strongKey,
  managedRenewal,
  noWildcard,
  transparency,
  createFirst,
];
