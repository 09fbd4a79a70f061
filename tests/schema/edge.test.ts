import assert from "node:assert/strict";

import { edgeRules, edgeSchema } from "../../schema/edge";

/** What the schema or the rules say, as `path: expected`. */
function problems(input: Record<string, unknown>): string[] {
  const parsed = edgeSchema.safeParse({ domain: "crm-consulting.com", ...input });
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
  const found: string[] = [];
  edgeRules(parsed.data, (path, _given, expected) => {
    found.push(`${path.join(".")}: ${expected}`);
  });
  return found;
}

const group = (name: string) => ({ name, action: "block" });

describe("schema/edge", () => {
  it("needs the domain alone; the rest is the document's and the safe choice", () => {
    assert.deepEqual(problems({}), []);
    const edge = edgeSchema.parse({ domain: "crm-consulting.com" });
    assert.equal(edge.role, "primary");
    assert.equal(edge.restrictOrigin, true);
    assert.equal(edge.distribution.priceClass, "PriceClass_100");
    assert.equal(edge.distribution.minimumTls, "TLSv1.2_2021");
    assert.deepEqual(edge.healthCheck, {
      path: "/health",
      intervalSeconds: 30,
      holdStandby: false,
      failureThreshold: 3,
    });
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    [
      "two hosts of one name",
      { hosts: { app: "crm", api: "crm" } },
      "hosts: five different labels",
    ],
    [
      "a secondary without the primary's zone",
      { role: "secondary" },
      "zone.id: the primary stack's hosted zone, for the role secondary",
    ],
    [
      "signing of somebody else's zone",
      { zone: { id: "Z0123456789", dnssec: true } },
      "zone.dnssec: false for a zone that the stack does not create",
    ],
    [
      "a sub-zone in the place of a host",
      { zone: { delegations: { app: ["ns-1.example.com", "ns-2.example.com"] } } },
      "zone.delegations.app: a label other than the stack's hosts",
    ],
    [
      "a rule group twice",
      {
        firewall: {
          groups: [group("AWSManagedRulesUnixRuleSet"), group("AWSManagedRulesUnixRuleSet")],
        },
      },
      "firewall.groups: each rule group once",
    ],
    [
      // 1,300 of the groups, 2 of the general limit, 122 of ten sign-in paths, 127 of ten upload paths and seven labels.
      "more paths than the web ACL has room for",
      {
        firewall: {
          groups: [
            "AWSManagedRulesCommonRuleSet",
            "AWSManagedRulesKnownBadInputsRuleSet",
            "AWSManagedRulesSQLiRuleSet",
            "AWSManagedRulesLinuxRuleSet",
          ].map(group),
          signIn: { paths: Array.from({ length: 10 }, (_, index) => `/login/${index}`) },
          uploadPaths: Array.from({ length: 10 }, (_, index) => `/uploads/${index}`),
        },
      },
      "firewall.groups: at most 1500 capacity units in all",
    ],
    [
      "an upload path that is none",
      { firewall: { uploadPaths: ["uploads"] } },
      "firewall.uploadPaths.0: the start of a path such as /api/v1/uploads",
    ],
    [
      "TLS 1.1",
      { distribution: { minimumTls: "TLSv1.1_2016" } },
      "distribution.minimumTls: one of TLSv1.2_2021, TLSv1.2_2025, TLSv1.3_2025",
    ],
    [
      "HSTS of less than a year",
      { headers: { hstsMaxAgeSeconds: 86_400 } },
      "headers.hstsMaxAgeSeconds: a whole number from 31536000 to 63072000",
    ],
    [
      "countries without the firewall that refuses the others",
      { firewall: { enabled: false }, distribution: { allowedCountries: ["US"] } },
      "distribution.allowedCountries: none without crm:edge.firewall.enabled: the firewall refuses other countries",
    ],
    [
      "a health check every 20 seconds",
      { healthCheck: { intervalSeconds: 20 } },
      "healthCheck.intervalSeconds: one of 10, 30",
    ],
    [
      "a source that would end the directive",
      { headers: { contentSecurityPolicy: { "script-src": ["'self'; script-src *"] } } },
      "headers.contentSecurityPolicy.script-src.0: a source such as 'self', data: or https://cdn.example.com",
    ],
  ];
  for (const [what, input, expected] of wrong) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(
        problems(input).map((one) => one.replace(/ seconds$/, "")),
        [expected],
      );
    });
  }

  it("refuses rule groups that need more capacity than a web ACL has", () => {
    const names = ["Common", "KnownBadInputs", "SQLi", "Linux", "Unix", "AdminProtection"];
    const groups = names.map((name) => group(`AWSManagedRules${name}RuleSet`));
    assert.deepEqual(problems({ firewall: { groups } }), [
      "firewall.groups: at most 1500 capacity units in all",
    ]);
  });

  it("refuses rule groups whose capacity is not known", () => {
    const [problem] = problems({
      firewall: { groups: [group("AWSManagedRulesBotControlRuleSet")] },
    });
    assert.match(
      problem!,
      /^firewall\.groups\.0\.name: one of AWS's rule groups: AWSManagedRulesCommonRuleSet/,
    );
  });
});
