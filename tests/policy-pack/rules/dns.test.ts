import { dnsRules } from "../../../policy-pack/rules/dns";
import { companionRows, ruleOf } from "../rows";
import { ruleTable, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";

const ZONE = "aws:route53/zone:Zone";
const RECORD = "aws:route53/record:Record";
const SIGNING_KEY = "aws:route53/keySigningKey:KeySigningKey";
const DNSSEC = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec";
const type = "aws:acm/certificate:Certificate";
const rule = (id: string) => ruleOf(dnsRules, id);
const otherType = { otherType: "a record", type: RECORD };
const zone = { type: ZONE, name: "zone" };
const signingKey = {
  type: SIGNING_KEY,
  name: "signing",
  props: { hostedZoneId: UNKNOWN_TEXT },
  references: { hostedZoneId: ["zone"] },
};
const signing = {
  type: DNSSEC,
  props: { hostedZoneId: UNKNOWN_TEXT, signingStatus: "SIGNING" },
  references: { hostedZoneId: ["signing"] },
};

describe("policy pack: names and certificates", () => {
  ruleTable(rule("r53-query-logging"), [
    ...companionRows({ type: ZONE }, "aws:route53/queryLog:QueryLog", "zoneId"),
    { compliant: "staging", stack: "staging", resources: [zone] },
    { compliant: "private", resources: [{ type: ZONE, props: { vpcs: [{ vpcId: "vpc-1" }] } }] },
    { violating: "none", resources: [zone], says: /no QueryLog/ },
  ]);

  ruleTable(rule("r53-dnssec"), [
    { compliant: "signed", resources: [zone, signingKey, signing] },
    { compliant: "staging", stack: "staging", resources: [zone] },
    {
      compliant: "a zone that a VPC is associated with",
      resources: [
        { ...zone, name: "inside" },
        {
          type: "aws:route53/zoneAssociation:ZoneAssociation",
          props: { zoneId: UNKNOWN_TEXT, vpcId: "vpc-1" },
          references: { zoneId: ["inside"] },
        },
      ],
    },
    { violating: "no key", resources: [zone], says: /no KeySigningKey/ },
    { violating: "not signed", resources: [zone, signingKey], says: /no HostedZoneDnsSec/ },
    {
      violating: "switched off",
      resources: [
        zone,
        signingKey,
        { ...signing, props: { ...signing.props, signingStatus: "NOT_SIGNING" } },
      ],
      says: /signingStatus is/,
    },
    {
      unknown: "whose key",
      resources: [zone, { type: SIGNING_KEY, props: { hostedZoneId: UNKNOWN_TEXT } }],
    },
    { otherType: "a role", resources: [{ type: "aws:iam/role:Role" }] },
  ]);

  const record = (props: Record<string, unknown>, references?: Record<string, string[]>) => ({
    type: RECORD,
    props: { type: "A", ...props },
    references,
  });
  const balancer = { type: "aws:lb/loadBalancer:LoadBalancer", name: "balancer" };
  ruleTable(rule("r53-no-dangling-records"), [
    {
      compliant: "a load balancer",
      resources: [
        balancer,
        record({ aliases: [{ name: UNKNOWN_TEXT }] }, { aliases: ["balancer"] }),
      ],
    },
    {
      compliant: "another record of the zone",
      resources: [
        zone,
        record({ name: "standby.crm-consulting.com", records: ["192.0.2.1"], type: "TXT" }),
        record({ aliases: [{ name: "standby.crm-consulting.com" }] }, { aliases: ["zone"] }),
      ],
    },
    { compliant: "a text", resources: [record({ type: "TXT", records: ["v=spf1 -all"] })] },
    {
      compliant: "a name of the setting",
      resources: [record({ type: "CNAME", records: ["crm.example.net"] })],
      config: { external: ["example\\.net$"] },
    },
    {
      violating: "a name of nobody",
      resources: [record({ type: "CNAME", records: ["crm.example.net"] })],
      says: /records points to "crm\.example\.net", which belongs to no resource of the stack/,
    },
    {
      violating: "an alias of nobody",
      resources: [zone, record({ aliases: [{ name: "gone.example.net" }] }, { aliases: ["zone"] })],
      says: /aliases points to/,
    },
    {
      compliant: "a zone of the stack that is handed over",
      resources: [zone, record({ type: "NS", records: [UNKNOWN_TEXT] }, { records: ["zone"] })],
    },
    {
      violating: "a zone that may be nobody's",
      resources: [record({ type: "NS", records: ["ns-1.awsdns-1.com"] })],
      says: /records points to "ns-1\.awsdns-1\.com", which belongs to no resource of the stack/,
    },
    {
      compliant: "a zone of another stack, by the setting",
      resources: [record({ type: "NS", records: ["ns-1.awsdns-1.com"] })],
      config: { external: ["^ns-1\\.awsdns-1\\.com$"] },
    },
    { unknown: "target", resources: [record({ aliases: [{ name: UNKNOWN_TEXT }] })] },
    { unknown: "addresses", resources: [record({ records: UNKNOWN_LIST })] },
    { otherType: "a zone", resources: [zone] },
  ]);

  ruleTable(rule("acm-strong-key"), [
    { compliant: "ACM's own", type },
    { compliant: "elliptic", type, props: { keyAlgorithm: "EC_prime256v1" } },
    { violating: "short", type, props: { keyAlgorithm: "RSA_1024" }, says: /set it to "RSA_2048"/ },
    { unknown: "algorithm", type, props: { keyAlgorithm: UNKNOWN_TEXT } },
    otherType,
  ]);

  ruleTable(rule("acm-managed-renewal"), [
    { compliant: "by DNS", type, props: { validationMethod: "DNS" } },
    {
      compliant: "an authority of our own",
      type,
      props: { certificateAuthorityArn: UNKNOWN_TEXT },
    },
    { violating: "by mail", type, props: { validationMethod: "EMAIL" }, says: /set it to "DNS"/ },
    {
      violating: "imported",
      type,
      props: { certificateBody: UNKNOWN_TEXT },
      says: /certificateBody is set/,
    },
    { unknown: "method", type, props: { validationMethod: UNKNOWN_TEXT } },
    otherType,
  ]);

  ruleTable(rule("acm-transparency"), [
    { compliant: "logged by itself", type },
    {
      violating: "kept back",
      type,
      props: { options: { certificateTransparencyLoggingPreference: "DISABLED" } },
      says: /remove it/,
    },
    { unknown: "options", type, props: { options: UNKNOWN_TEXT } },
    otherType,
  ]);

  ruleTable(rule("acm-no-wildcard"), [
    { compliant: "names", type, props: { domainName: "app.crm-consulting.com" } },
    {
      violating: "a wildcard",
      type,
      props: { domainName: "a.b.c", subjectAlternativeNames: ["*.b.c"] },
      says: /subjectAlternativeNames\[0\] is .*; name the hosts/,
    },
    { unknown: "names", type, props: { domainName: "a.b", subjectAlternativeNames: UNKNOWN_LIST } },
    otherType,
  ]);

  ruleTable(rule("acm-create-before-delete"), [
    { compliant: "first the new", type },
    {
      violating: "first the old goes",
      type,
      opts: { deleteBeforeReplace: true },
      says: /deleteBeforeReplace is true; remove it/,
    },
    {
      unknown: "properties do not matter",
      passes: true,
      type,
      props: { domainName: UNKNOWN_TEXT },
    },
    otherType,
  ]);
});
