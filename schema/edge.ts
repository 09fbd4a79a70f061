/** `crm:edge`: host names, certificates, the firewall, the distributions and who answers when the primary region does not. */
import { type z } from "zod";

import { AMAZON_ISSUERS, CERTIFICATE_SUBJECT } from "../facts/certificates";
import { entryOf } from "../facts/entry-of";
import { BODY_RULES, ruleNames } from "../facts/firewall-groups";
import {
  COMPARED_BYTES,
  GROUP_UNITS,
  HEALTH_CHECK_INTERVALS,
  RATE_WINDOWS,
  STATEMENT_UNITS,
  WEB_ACL_UNITS,
} from "../facts/limits";
import { TEXT_LENGTHS } from "../facts/name-lengths";
import { HEALTH_CHECK_FAILURES, RATE_LIMIT } from "../facts/setting-bounds";
import {
  flag,
  group,
  hostLabel as label,
  hostName,
  integer,
  within,
  list,
  logRetentionDays,
  mailbox,
  namedGroup,
  nameRule,
  oneOf,
  oneOfNumbers,
  text,
  word,
  type Report,
  type SectionRules,
} from "./common";
import { distributionSchema, hasDistributions } from "./distribution";

const zoneSchema = group({
  id: text(/^Z[A-Z0-9]{1,31}$/, "a hosted zone's id such as Z0123456789ABCDEFGHIJ")
    .optional()
    .describe("Existing hosted zone; without it the stack creates the zone"),
  acceleratedRecovery: flag()
    .default(true)
    .describe("Whether Route 53 moves the zone's changes to us-west-2 when us-east-1 fails"),
  queryLogging: flag()
    .default(true)
    .describe("Whether queries are logged, for a zone of the stack"),
  dnssec: flag()
    .default(false)
    .describe(
      "Whether the stack's zone is signed; takes effect once the parent zone has the DS record",
    ),
  delegations: namedGroup(label(), list(hostName(), 2, 8, "name servers"))
    .default({})
    .describe("Sub-zones of other stacks and the name servers that answer for them"),
  issuers: list(hostName(), 1, 10, "certificate authorities")
    .default([...AMAZON_ISSUERS.names])
    .describe("Who may issue certificates for the domain (CAA)"),
  authorizeIssuers: flag()
    .optional()
    .describe(
      "Whether the stack writes the domain's CAA record; by default only in a zone that it creates",
    ),
  violationMailbox: mailbox()
    .optional()
    .describe(
      "Mailbox to which certificate authorities report refused requests (CAA iodef); without it that of crm:tags.owner",
    ),
});

const hostsSchema = group({
  app: label().default("app").describe("Host of the application"),
  api: label().default("api").describe("Host of the API"),
  origin: label()
    .default("origin")
    .describe(
      "Host of the load balancers, which moves with a failover; it is the origin of the distributions",
    ),
  primary: label()
    .default("origin-primary")
    .describe("Host of the primary region's load balancer; the health check requests it"),
  standby: label()
    .default("origin-standby")
    .describe(
      "Host that takes over: the recovery stack's load balancer or, without one, the primary region's",
    ),
});

const RULE_NAME = new RegExp(`^[A-Za-z0-9_]{1,${TEXT_LENGTHS.firewallRule.maximum}}$`);

const managedGroupSchema = group({
  name: text(
    /^AWSManagedRules[A-Za-z0-9]{1,100}$/,
    "a managed rule group such as AWSManagedRulesCommonRuleSet",
  ).describe("AWS managed rule group"),
  action: oneOf(["block", "count"]).describe(
    "block: the group's rules act; count: they only count matches",
  ),
  countedRules: list(text(RULE_NAME, "a rule's name"), 0, 100, "rules")
    .default([])
    .describe("Rules of a blocking group that only count"),
});

/** How paths begin, as far as WAF compares them. */
const pathStart = () =>
  text(
    new RegExp(`^/[A-Za-z0-9/_.~-]{0,${COMPARED_BYTES.most - 1}}$`),
    "the start of a path such as /api/v1/uploads",
  );

const firewallSchema = group({
  enabled: flag()
    .default(true)
    .describe(
      "Whether there are firewalls; without them no rule group, rate limit or country is checked, and the policy pack asks for exemptions",
    ),
  groups: list(managedGroupSchema, 1, 10, "rule groups")
    .default([
      { name: "AWSManagedRulesAmazonIpReputationList", action: "block", countedRules: [] },
      { name: "AWSManagedRulesKnownBadInputsRuleSet", action: "block", countedRules: [] },
      { name: "AWSManagedRulesSQLiRuleSet", action: "block", countedRules: [] },
      { name: "AWSManagedRulesCommonRuleSet", action: "count", countedRules: [] },
    ])
    .describe("Managed rule groups in the order of their evaluation"),
  uploadPaths: list(pathStart(), 0, 10, "paths")
    .default(["/api/v1/uploads", "/api/v1/notes"])
    .describe(
      "Prefixes of paths that accept files or free text: matches of a blocking group in the body only count there",
    ),
  signIn: group({
    paths: list(pathStart(), 0, 10, "paths")
      .default(["/auth/login", "/api/auth/login"])
      .describe("Prefixes of the paths that accept a password; none: no separate limit"),
    limit: within(RATE_LIMIT, "requests")
      .default(100)
      .describe(
        "Requests of one address to these paths within the window above which the action applies",
      ),
    windowSeconds: oneOfNumbers(RATE_WINDOWS.seconds, "seconds")
      .default(300)
      .describe("Length of that window in seconds"),
    action: oneOf(["block", "count"])
      .default("count")
      .describe("Action above the limit: use count until the log shows that no office is affected"),
  })
    .prefault({})
    .describe("Rate limit on sign-in, against password guessing"),
  rateLimit: within(RATE_LIMIT, "requests")
    .default(20_000)
    .describe(
      "Requests of one address within the window, files included, above which the action applies: an office has one address",
    ),
  rateWindowSeconds: oneOfNumbers(RATE_WINDOWS.seconds, "seconds")
    .default(300)
    .describe("Length of the rate limit's window in seconds"),
  rateAction: oneOf(["block", "count"]).default("block").describe("Action above the limit"),
  loadBalancer: flag()
    .default(true)
    .describe(
      "Whether the load balancer has a firewall too, for requests that bypass CloudFront; without CloudFront it has the only one",
    ),
  logRetentionDays: logRetentionDays().default(90).describe("Days that the firewall's log is kept"),
  logAllowed: flag()
    .default(false)
    .describe("Whether requests without a match are logged too; then every request costs"),
});

/** Sources of a directive: keywords in single quotes, schemes and hosts. */
const source = () =>
  text(
    /^('(none|self|unsafe-inline|unsafe-eval|wasm-unsafe-eval|strict-dynamic|report-sample|(sha256|sha384|sha512)-[A-Za-z0-9+/=]+)'|(https|data|blob|wss):|((https|wss):\/\/)?(\*\.)?[a-z0-9.-]+(:\d+)?(\/\S*)?)$/,
    "a source such as 'self', data: or https://cdn.example.com",
  );

const headersSchema = group({
  hstsMaxAgeSeconds: integer(31_536_000, 63_072_000, "seconds")
    .default(63_072_000)
    .describe("Seconds for which browsers use HTTPS only"),
  hstsPreload: flag()
    .default(false)
    .describe("Whether the domain may be added to browsers' preload lists; hard to undo"),
  contentSecurityPolicy: namedGroup(
    text(/^[a-z]+(-[a-z]+)*$/, "a directive such as script-src"),
    list(source(), 0, 50, "sources"),
  )
    .default({
      "default-src": ["'self'"],
      "base-uri": ["'self'"],
      "form-action": ["'self'"],
      "frame-ancestors": ["'none'"],
      "img-src": ["'self'", "data:"],
      "object-src": ["'none'"],
      "upgrade-insecure-requests": [],
    })
    .describe(
      "Sources from which the application's pages may load, by directive; they may always call the API's host",
    ),
});

const checkedPath = () =>
  text(/^\/[A-Za-z0-9/_.-]{0,200}$/, "a path of at most 201 characters, such as /health");

const healthCheckSchema = group({
  path: checkedPath()
    .default("/health")
    .describe(
      "Path on the API's host that shows the primary region's health; a service without route.hosts answers it",
    ),
  intervalSeconds: oneOfNumbers(HEALTH_CHECK_INTERVALS.seconds, "seconds")
    .default(30)
    .describe("Seconds between two requests of a checker"),
  failureThreshold: within(HEALTH_CHECK_FAILURES, "failures")
    .default(3)
    .describe("Failures, or successes, in a row that change the status"),
  holdStandby: flag()
    .default(false)
    .describe(
      "Whether the standby still serves although the primary region is healthy again: true from a region's loss until failback",
    ),
});

export const edgeSchema = group({
  domain: hostName()
    .optional()
    .describe(
      "Domain of the platform, and name of the zone if the stack creates it. Without it, for a first try, the application has CloudFront's own name and the API is below /api of it; to set it later, destroy the stack and create it again",
    ),
  role: oneOf(["primary", "secondary"])
    .default("primary")
    .describe(
      "primary: distributions, if there are any, zone and records; secondary: the region's certificate and firewall, and a record of the standby host",
    ),
  protect: flag().default(true).describe("Whether Pulumi refuses to delete zone and distributions"),
  zone: zoneSchema.prefault({}).describe("The hosted zone"),
  hosts: hostsSchema.prefault({}).describe("First labels of the host names"),
  assetsBucket: word()
    .default("frontend-assets")
    .describe("Bucket of the application's files, by its key in crm:storage"),
  restrictOrigin: flag()
    .default(true)
    .describe(
      "Whether the load balancer accepts requests from CloudFront only, by address and secret header",
    ),
  originSecretVersion: integer(1, 9999)
    .default(1)
    .describe(
      "Raise it to rotate the secret header; the previous value stays valid as long as acceptPreviousOriginSecret is true",
    ),
  acceptPreviousOriginSecret: flag()
    .default(true)
    .describe(
      "Whether the header's previous value is accepted too; set false once every distribution sends the new one",
    ),
  distribution: distributionSchema.prefault({}).describe("Settings of all distributions"),
  headers: headersSchema.prefault({}).describe("Security headers of the answers"),
  firewall: firewallSchema.prefault({}).describe("AWS WAF"),
  healthCheck: healthCheckSchema
    .prefault({})
    .describe("Health check that decides when the standby takes over from the primary region"),
  probePaths: list(checkedPath(), 1, 20, "paths")
    .optional()
    .describe(
      "Paths on the API's host that a deployment requests at its end, as customers do; without it the path of healthCheck",
    ),
  dnsLogRetentionDays: logRetentionDays()
    .default(90)
    .describe("Days that the log of DNS queries is kept"),
});

export type EdgeConfig = z.infer<typeof edgeSchema>;
export type FirewallConfig = EdgeConfig["firewall"];

/** Capacity units of the stack's own rules; a label or countries are 1 each. */
function ownUnits(edge: EdgeConfig): number {
  const { firewall, distribution } = edge;
  const { signIn, uploadPaths } = firewall;
  const labels = countedBodies(firewall).length;
  return (
    (hasDistributions(edge) ? 2 * STATEMENT_UNITS.exactly.units + STATEMENT_UNITS.size.units : 0) +
    STATEMENT_UNITS.rateLimit.units +
    (signIn.paths.length === 0
      ? 0
      : STATEMENT_UNITS.rateLimit.units + signIn.paths.length * STATEMENT_UNITS.pathStart.units) +
    (labels === 0 ? 0 : labels + uploadPaths.length * STATEMENT_UNITS.pathStart.units) +
    (distribution.allowedCountries.length === 0 ? 0 : 1 + STATEMENT_UNITS.pathStart.units)
  );
}

/** Rules of blocking groups that inspect bodies, if some paths accept any body. */
export function countedBodies(
  firewall: FirewallConfig,
): { readonly group: string; readonly rule: string; readonly label: string }[] {
  const blocking = firewall.uploadPaths.length === 0 ? [] : firewall.groups;
  return blocking
    .filter(({ action }) => action === "block")
    .flatMap(({ name, countedRules }) =>
      Object.entries(entryOf(BODY_RULES, name) ?? {})
        .filter(([rule]) => !countedRules.includes(rule))
        .map(([rule, label]) => ({ group: name, rule, label })),
    );
}

/** What needs a domain is refused without one. */
function domainRules({ domain, role, restrictOrigin, zone, ...edge }: EdgeConfig, report: Report) {
  if (domain !== undefined) return;
  const without = "without crm:edge.domain";
  if (role === "secondary") {
    report(["domain"], domain, "the primary stack's domain, for the role secondary");
  }
  if (!restrictOrigin && edge.distribution.enabled) {
    report(["restrictOrigin"], false, `true ${without}: the load balancer has no certificate`);
  }
  for (const key of ["id", "authorizeIssuers", "violationMailbox"] as const) {
    if (zone[key] !== undefined) report(["zone", key], zone[key], `nothing ${without}`);
  }
  if (zone.dnssec) report(["zone", "dnssec"], true, `false ${without}`);
  if (Object.keys(zone.delegations).length > 0) {
    report(["zone", "delegations"], zone.delegations, `nothing ${without}`);
  }
  edge.probePaths?.forEach((path, index) => {
    if (!path.startsWith("/api/") && path !== edge.healthCheck.path) {
      const expected = `a path below /api, or ${edge.healthCheck.path}, ${without}`;
      report(["probePaths", index], path, expected);
    }
  });
  if (edge.healthCheck.holdStandby) {
    report(["healthCheck", "holdStandby"], true, `false ${without}: no name leads elsewhere`);
  }
}

/** The subject of each certificate: app's host in that of the distributions, origin's in that of the load balancer. */
function certificateRules(edge: EdgeConfig, report: Report): void {
  const { domain, hosts } = edge;
  if (domain === undefined) return;
  for (const label of [...(hasDistributions(edge) ? [hosts.app] : []), hosts.origin]) {
    const { length } = `${label}.${domain}`;
    if (length > CERTIFICATE_SUBJECT.characters) {
      const most = CERTIFICATE_SUBJECT.characters - label.length - 1;
      const expected = `at most ${most} characters, as a certificate's first name ${label}.${domain} has ${CERTIFICATE_SUBJECT.characters} at most`;
      report(["domain"], domain, expected);
      return;
    }
  }
}

export const edgeRules: SectionRules<EdgeConfig> = (edge, report) => {
  if (!edge.firewall.enabled && edge.distribution.allowedCountries.length > 0) {
    const expected = "none without crm:edge.firewall.enabled: the firewall refuses other countries";
    report(["distribution", "allowedCountries"], edge.distribution.allowedCountries, expected);
  }
  domainRules(edge, report);
  const hosts = Object.values(edge.hosts);
  if (new Set(hosts).size < hosts.length) {
    report(["hosts"], hosts, "five different labels");
  }
  certificateRules(edge, report);
  if (edge.role === "secondary" && edge.zone.id === undefined) {
    report(["zone", "id"], undefined, "the primary stack's hosted zone, for the role secondary");
  }
  if (edge.zone.id !== undefined && edge.zone.dnssec) {
    report(["zone", "dnssec"], true, "false for a zone that the stack does not create");
  }
  for (const delegated of Object.keys(edge.zone.delegations)) {
    if (hosts.includes(delegated)) {
      report(["zone", "delegations", delegated], delegated, "a label other than the stack's hosts");
    }
  }
  const names = edge.firewall.groups.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    report(["firewall", "groups"], names, "each rule group once");
  }
  edge.firewall.groups.forEach(({ name, countedRules }, index) => {
    const path = ["firewall", "groups", index];
    nameRule([...path, "name"], name, Object.keys(GROUP_UNITS), "AWS's rule groups", report);
    const known = ruleNames(name);
    if (known.length === 0) return;
    countedRules.forEach((rule, position) => {
      const at = [...path, "countedRules", position];
      nameRule(at, rule, known, `the rules of ${name}`, report);
    });
  });
  const units = names.reduce(
    (sum, name) => sum + (entryOf(GROUP_UNITS, name)?.units ?? 0),
    ownUnits(edge),
  );
  if (units > WEB_ACL_UNITS.free) {
    report(["firewall", "groups"], units, `at most ${WEB_ACL_UNITS.free} capacity units in all`);
  }
};
