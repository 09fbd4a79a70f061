import assert from "node:assert/strict";

import { SECONDARY, edgeConfig, planEdge, type Edge } from "../support/edge";
import { ACCOUNT_ID } from "../support/fixtures";
import type { Recording } from "../support/mocks";
import { matched } from "../support/web-acl";

const ACL = "aws:wafv2/webAcl:WebAcl";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const RECORD = "aws:route53/record:Record";
const PASSWORD = "random:index/randomPassword:RandomPassword";

const aclRules = (plan: Recording, name: string) =>
  plan.get(ACL, name).inputs["rules"] as Record<string, any>[];

describe("CrmFirewall", () => {
  let plan: Recording;

  before(async () => {
    plan = await planEdge();
  });

  it("can be left out: no web ACL, no log and no association, and the secret header stays", async () => {
    const without = await planEdge(edgeConfig({ firewall: { enabled: false } }));
    assert.deepEqual(
      without.all.filter(({ type }) => type.startsWith("aws:wafv2/")),
      [],
    );
    const distributions = without.ofType("aws:cloudfront/distribution:Distribution");
    assert.deepEqual(
      distributions.map(({ inputs }) => inputs["webAclId"]),
      [undefined, undefined],
    );
    assert.equal(without.ofType(PASSWORD).length, plan.ofType(PASSWORD).length);
    assert.ok(
      distributions.every(({ inputs }) => JSON.stringify(inputs).includes("x-origin-verify")),
    );
  });

  it("guards distributions from us-east-1 and the load balancer in the stack's region", async () => {
    const other = await planEdge(edgeConfig(), { region: "eu-west-1" });
    assert.deepEqual(
      other
        .ofType(ACL)
        .map(({ inputs }) => `${inputs["name"]} ${inputs["scope"]} ${inputs["region"]}`)
        .sort(),
      ["crm-edge CLOUDFRONT us-east-1", "crm-load-balancer REGIONAL eu-west-1"],
    );
  });

  it("judges by AWS's groups, of which the common one only counts at first, and then by rate", () => {
    for (const name of ["crm-firewall-edge", "crm-firewall-load-balancer"]) {
      const rules = aclRules(plan, name);
      assert.deepEqual(
        rules.map(({ priority }) => priority),
        rules.map((_, index) => index),
      );
      const judging = rules.filter((rule) => rule["name"] !== "preflights");
      const first = judging[0]!["priority"];
      assert.deepEqual(
        judging.map((rule) => [
          rule["priority"] - first,
          rule["statement"].managedRuleGroupStatement?.name ?? rule["name"],
          Object.keys(rule["overrideAction"] ?? rule["action"])[0],
        ]),
        [
          [0, "AWSManagedRulesAmazonIpReputationList", "none"],
          [1, "AWSManagedRulesKnownBadInputsRuleSet", "none"],
          [2, "AWSManagedRulesSQLiRuleSet", "none"],
          [3, "AWSManagedRulesCommonRuleSet", "count"],
          [4, "bodies", "block"],
          [5, "sign-in", "count"],
          [6, "rate-limit", "block"],
        ],
      );
    }
  });

  it("counts single rules of a blocking group where the stack file says so", async () => {
    const groups = [
      {
        name: "AWSManagedRulesCommonRuleSet",
        action: "block",
        countedRules: ["SizeRestrictions_BODY"],
      },
    ];
    const [rule] = aclRules(
      await planEdge(edgeConfig({ firewall: { groups, uploadPaths: [] } })),
      "crm-firewall-load-balancer",
    );
    assert.deepEqual(rule!["statement"].managedRuleGroupStatement.ruleActionOverrides, [
      { name: "SizeRestrictions_BODY", actionToUse: { count: {} } },
    ]);
  });

  it("allows an office of 200 people, and counts password guessing", () => {
    // Each opens the application twice in five minutes, 40 files each time, behind one address.
    const rules = aclRules(plan, "crm-firewall-edge");
    const [general, signIn] = ["rate-limit", "sign-in"].map((name) =>
      rules.find((rule) => rule["name"] === name),
    );
    assert.ok(general!["statement"].rateBasedStatement.limit > 200 * 2 * 40);
    assert.equal(general!["statement"].rateBasedStatement.scopeDownStatement, undefined);
    const { limit, scopeDownStatement } = signIn!["statement"].rateBasedStatement;
    assert.equal(limit, 100);
    const on = (uri: string) => matched(scopeDownStatement, { uri });
    assert.ok(on("/auth/login") && on("/api/auth/%6cogin"));
    assert.equal(on("/auth/session"), false);
  });

  it("blocks SQL in a body, but where files and notes are taken, and then it counts", () => {
    const rules = aclRules(plan, "crm-firewall-edge");
    const group = rules.find((rule) => rule["name"] === "AWSManagedRulesSQLiRuleSet")!;
    assert.deepEqual(
      group["statement"].managedRuleGroupStatement.ruleActionOverrides.map(
        ({ name, actionToUse }: any) => [name, Object.keys(actionToUse)],
      ),
      [
        ["SQLi_BODY", ["count"]],
        ["SQLiExtendedPatterns_BODY", ["count"]],
      ],
    );
    const bodies = rules.find((rule) => rule["name"] === "bodies")!;
    assert.ok(rules.indexOf(bodies) > rules.indexOf(group));
    const labels = ["awswaf:managed:aws:sql-database:SQLi_Body"];
    const blocked = (uri: string) => matched(bodies["statement"], { uri, labels });
    assert.ok(blocked("/api/v1/contacts"));
    assert.equal(blocked("/api/v1/uploads/7"), false);
    assert.equal(blocked("/api/v1/notes"), false);
    assert.equal(matched(bodies["statement"], { uri: "/api/v1/contacts" }), false);
  });

  it("leaves every body rule as it is where no path takes uploads", async () => {
    const other = await planEdge(edgeConfig({ firewall: { uploadPaths: [] } }));
    const rules = aclRules(other, "crm-firewall-edge");
    assert.equal(JSON.stringify(rules).includes("ruleActionOverrides"), false);
    assert.equal(
      rules.some((rule) => rule["name"] === "bodies"),
      false,
    );
  });

  it("serves some countries only, and the health check's path everywhere", async () => {
    const other = await planEdge(edgeConfig({ distribution: { allowedCountries: ["US", "CA"] } }));
    const rule = aclRules(other, "crm-firewall-edge").find(({ name }) => name === "countries");
    const blocked = (uri: string, country: string) => matched(rule!["statement"], { uri, country });
    assert.deepEqual(rule!["action"], { block: {} });
    assert.ok(blocked("/api/v1/contacts", "BR"));
    assert.equal(blocked("/api/v1/contacts", "US"), false);
    // Where Route 53's checkers are besides the United States.
    for (const country of ["BR", "IE", "SG", "AU", "JP"]) {
      assert.equal(blocked("/health", country), false, country);
    }
    // CloudFront's own restriction would have them all.
    for (const { inputs } of other.ofType("aws:cloudfront/distribution:Distribution")) {
      assert.equal(inputs["restrictions"].geoRestriction.restrictionType, "none");
    }
    // Behind CloudFront everybody comes from where CloudFront is.
    const behind = JSON.stringify(aclRules(other, "crm-firewall-load-balancer"));
    assert.equal(behind.includes("geoMatchStatement"), false);
  });

  it("limits 20000 requests in 5 minutes: by address at the edge, by the viewer's behind it", () => {
    const rate = (name: string) => aclRules(plan, name).at(-1)!["statement"].rateBasedStatement;
    const edge = rate("crm-firewall-edge");
    assert.equal(edge.limit, 20_000);
    assert.equal(edge.evaluationWindowSec, 300);
    assert.equal(edge.aggregateKeyType, "IP");
    assert.deepEqual(rate("crm-firewall-load-balancer"), {
      limit: 20_000,
      evaluationWindowSec: 300,
      aggregateKeyType: "FORWARDED_IP",
      forwardedIpConfig: { headerName: "x-viewer-address", fallbackBehavior: "NO_MATCH" },
    });
  });

  it("logs what was blocked or counted, encrypted, without credentials", () => {
    const logging = plan.get(
      "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
      "crm-firewall-edge",
    ).inputs;
    assert.deepEqual(logging["redactedFields"], [
      { singleHeader: { name: "authorization" } },
      { singleHeader: { name: "cookie" } },
      { singleHeader: { name: "x-origin-verify" } },
    ]);
    assert.equal(logging["loggingFilter"].defaultBehavior, "DROP");
    const group = plan.get("aws:cloudwatch/logGroup:LogGroup", "crm-firewall-edge").inputs;
    assert.equal(group["name"], "aws-waf-logs-crm-edge");
    assert.equal(group["retentionInDays"], 90);
    assert.equal(group["kmsKeyId"], `arn:aws:kms:us-east-1:${ACCOUNT_ID}:key/logs`);
    assert.equal(group["region"], "us-east-1");
  });

  it("logs every request where the stack file says so", async () => {
    const other = await planEdge(edgeConfig({ firewall: { logAllowed: true } }));
    for (const { inputs } of other.ofType(
      "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    )) {
      assert.equal(inputs["loggingFilter"], undefined);
    }
  });

  it("generates the secret header, and keeps the previous value valid after a rotation", async () => {
    const [first] = plan.ofType(PASSWORD);
    assert.equal(first!.name, "crm-firewall-origin-secret-1");
    assert.equal(first!.inputs["length"], 48);
    assert.equal(first!.inputs["special"], false);
    let made: Edge | undefined;
    const rotated = await planEdge(edgeConfig({ originSecretVersion: 3 }), {
      made: (edge) => (made = edge),
    });
    assert.deepEqual(
      rotated
        .ofType(PASSWORD)
        .map(({ name }) => name)
        .sort(),
      ["crm-firewall-origin-secret-2", "crm-firewall-origin-secret-3"],
    );
    assert.ok(made!.firewall.originHeader!.previousValue);
  });

  it("ends a rotation with the new value alone", async () => {
    let made: Edge | undefined;
    const ended = await planEdge(
      edgeConfig({ originSecretVersion: 3, acceptPreviousOriginSecret: false }),
      { made: (edge) => (made = edge) },
    );
    assert.deepEqual(
      ended.ofType(PASSWORD).map(({ name }) => name),
      ["crm-firewall-origin-secret-3"],
    );
    assert.equal(made!.firewall.originHeader!.previousValue, undefined);
  });

  it("needs the primary stack's secret in the role secondary, and makes none of its own", async () => {
    const options = { region: "us-west-2" };
    await assert.rejects(
      planEdge(edgeConfig(SECONDARY), options),
      /crm:secrets\.origin-header: expected the value of .*, got nothing/,
    );
    const plan = await planEdge(edgeConfig(SECONDARY), { ...options, originSecret: "theirs" });
    assert.equal(plan.ofType(PASSWORD).length, 0);
  });

  it("leaves the load balancer alone where the stack file says so", async () => {
    const other = await planEdge(edgeConfig({ firewall: { loadBalancer: false } }));
    assert.deepEqual(
      other.ofType(ACL).map(({ inputs }) => inputs["scope"]),
      ["CLOUDFRONT"],
    );
  });
});

describe("CrmDns", () => {
  let plan: Recording;

  before(async () => {
    plan = await planEdge();
  });

  it("makes the zone, protected, with accelerated recovery", () => {
    const zone = plan.only("aws:route53/zone:Zone");
    assert.equal(zone.inputs["name"], "crm-consulting.com");
    assert.equal(zone.inputs["enableAcceleratedRecovery"], true);
    assert.equal(zone.inputs["forceDestroy"], false);
    assert.equal(zone.protect, true);
  });

  it("takes a zone that exists by its id, and leaves its policies to its owner", async () => {
    const other = await planEdge(edgeConfig({ zone: { id: "Z0EXISTING" } }));
    assert.equal(other.ofType("aws:route53/zone:Zone").length, 0);
    assert.equal(other.ofType("aws:route53/queryLog:QueryLog").length, 0);
    const records = other.ofType(RECORD);
    assert.ok(records.every(({ inputs }) => inputs["zoneId"] === "Z0EXISTING"));
    assert.ok(!records.some(({ inputs }) => inputs["type"] === "CAA"));
  });

  it("writes the CAA record into an existing zone if the stack file says so", async () => {
    const zone = { id: "Z0EXISTING", authorizeIssuers: true };
    const caa = (await planEdge(edgeConfig({ zone }))).get(RECORD, "crm-dns-caa").inputs;
    assert.equal(caa["zoneId"], "Z0EXISTING");
    const left = await planEdge(edgeConfig({ zone: { authorizeIssuers: false } }));
    assert.ok(!left.ofType(RECORD).some(({ inputs }) => inputs["type"] === "CAA"));
    const secondary = { ...SECONDARY, zone: { ...SECONDARY.zone, authorizeIssuers: true } };
    const other = await planEdge(edgeConfig(secondary), { originSecret: "value" });
    assert.ok(!other.ofType(RECORD).some(({ inputs }) => inputs["type"] === "CAA"));
  });

  it("lets Amazon alone issue certificates", async () => {
    const config = edgeConfig({ zone: { violationMailbox: "security@crm-consulting.com" } });
    const caa = (await planEdge(config)).get(RECORD, "crm-dns-caa").inputs;
    assert.deepEqual(caa["records"], [
      '0 issue "amazon.com"',
      '0 issue "amazontrust.com"',
      '0 issue "awstrust.com"',
      '0 issue "amazonaws.com"',
      '0 iodef "mailto:security@crm-consulting.com"',
    ]);
    const owners = (await planEdge(edgeConfig())).get(RECORD, "crm-dns-caa").inputs["records"];
    assert.ok(owners.includes('0 iodef "mailto:platform@crm-consulting.com"'));
  });

  it("hands sub-zones to other stacks", async () => {
    const servers = ["ns-1.awsdns-1.com", "ns-2.awsdns-2.org"];
    const config = edgeConfig({ zone: { delegations: { staging: servers } } });
    const record = (await planEdge(config)).get(RECORD, "crm-dns-delegation-staging").inputs;
    assert.equal(record["name"], "staging.crm-consulting.com");
    assert.equal(record["type"], "NS");
    assert.deepEqual(record["records"], servers);
  });

  it("has the distributions' certificate in us-east-1 and the load balancer's in the region", async () => {
    const other = await planEdge(edgeConfig(), { region: "eu-west-1" });
    const viewer = other.get(CERTIFICATE, "crm-dns-viewer").inputs;
    assert.equal(viewer["region"], "us-east-1");
    assert.equal(viewer["domainName"], "app.crm-consulting.com");
    assert.deepEqual(viewer["subjectAlternativeNames"], ["api.crm-consulting.com"]);
    const balancer = other.get(CERTIFICATE, "crm-dns-load-balancer").inputs;
    assert.equal(balancer["region"], "eu-west-1");
    assert.equal(balancer["domainName"], "origin.crm-consulting.com");
    assert.deepEqual(balancer["subjectAlternativeNames"], ["origin-primary.crm-consulting.com"]);
    for (const { inputs } of other.ofType(CERTIFICATE)) {
      assert.equal(inputs["validationMethod"], "DNS");
    }
  });

  it("proves each host", () => {
    const records = plan.ofType(RECORD).filter(({ inputs }) => inputs["type"] === "CNAME");
    assert.deepEqual(
      records.map(({ inputs }) => inputs["name"]).sort(),
      ["api", "app", "origin-primary", "origin"].map(
        (host) => `_validation.${host}.crm-consulting.com`,
      ),
    );
    assert.deepEqual(records[0]!.inputs["records"], ["_value.example"]);
  });

  it("waits until both certificates are issued", () => {
    const validations = plan.ofType("aws:acm/certificateValidation:CertificateValidation");
    assert.deepEqual(
      validations.map(({ inputs }) => inputs["region"]),
      ["us-east-1", "us-east-1"],
    );
    for (const { dependencies, customTimeouts } of validations) {
      const records = plan.ofType(RECORD).filter(({ name }) => name.includes("-validation-"));
      assert.ok(records.every(({ urn }) => dependencies.includes(urn)));
      assert.equal(customTimeouts.create, "45m");
    }
  });

  it("creates only the region's certificate in the role secondary, validated by the primary's records", async () => {
    const options = { region: "us-west-2", originSecret: "theirs" };
    const other = await planEdge(edgeConfig(SECONDARY), options);
    const certificate = other.only(CERTIFICATE).inputs;
    assert.equal(certificate["region"], "us-west-2");
    assert.equal(certificate["domainName"], "origin.crm-consulting.com");
    const validation = other.only("aws:acm/certificateValidation:CertificateValidation").inputs;
    assert.equal(validation["validationRecordFqdns"], undefined);
    assert.equal(other.ofType("aws:route53/zone:Zone").length, 0);
  });

  it("logs queries, encrypted, in us-east-1", () => {
    const group = plan.get("aws:cloudwatch/logGroup:LogGroup", "crm-dns-queries").inputs;
    assert.equal(group["name"], "/aws/route53/crm-consulting.com");
    assert.equal(group["region"], "us-east-1");
    assert.equal(group["retentionInDays"], 90);
    assert.ok(group["kmsKeyId"]);
    const log = plan.only("aws:route53/queryLog:QueryLog");
    const policy = plan.only("aws:cloudwatch/logResourcePolicy:LogResourcePolicy");
    assert.ok(log.dependencies.includes(policy.urn));
  });

  it("signs the zone with a key of us-east-1 that only Route 53 uses, where the stack file says so", async () => {
    assert.equal(plan.ofType("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec").length, 0);
    const signed = await planEdge(edgeConfig({ zone: { dnssec: true } }));
    const key = signed.get("aws:kms/key:Key", "crm-dns-signing");
    assert.equal(key.inputs["customerMasterKeySpec"], "ECC_NIST_P256");
    assert.equal(key.inputs["keyUsage"], "SIGN_VERIFY");
    assert.equal(key.inputs["region"], "us-east-1");
    assert.equal(key.protect, true);
    const used = JSON.parse(key.inputs["policy"]).Statement.slice(1);
    for (const { Principal } of used) {
      assert.deepEqual(Principal, { Service: "dnssec-route53.amazonaws.com" });
    }
    // As "Working with customer managed keys for DNSSEC" has them: the account stands with the signing only.
    assert.deepEqual(
      used.map(({ Condition }: any) => Condition), // any: a policy document
      [
        { StringEquals: { "aws:SourceAccount": ACCOUNT_ID } },
        { Bool: { "kms:GrantIsForAWSResource": "true" } },
      ],
    );
    const dnssec = signed.only("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec").inputs;
    assert.equal(dnssec["signingStatus"], "SIGNING");
  });
});

describe("CrmEdgeLogs", () => {
  const POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy";

  it("holds all rights of a region in one policy, each for one service of this account", async () => {
    const { inputs } = (await planEdge()).only(POLICY);
    const statements = JSON.parse(inputs["policyDocument"]).Statement;
    assert.deepEqual(
      statements.map(({ Principal, Resource }: any) => [Principal.Service, Resource]),
      [
        [
          "delivery.logs.amazonaws.com",
          `arn:aws:logs:us-east-1:${ACCOUNT_ID}:log-group:aws-waf-logs-crm-*:*`,
        ],
        [
          "route53.amazonaws.com",
          `arn:aws:logs:us-east-1:${ACCOUNT_ID}:log-group:/aws/route53/*:*`,
        ],
      ],
    );
    for (const { Condition } of statements) {
      assert.equal(Condition.StringEquals["aws:SourceAccount"], ACCOUNT_ID);
    }
  });

  it("adds a key and the rights in us-east-1 where the stack is elsewhere", async () => {
    const plan = await planEdge(edgeConfig(), { region: "eu-west-1" });
    assert.deepEqual(
      plan
        .ofType(POLICY)
        .map(({ inputs }) => inputs["region"])
        .sort(),
      ["eu-west-1", "us-east-1"],
    );
    const key = plan.get("aws:kms/key:Key", "crm-edge-logs-key").inputs;
    assert.equal(key["region"], "us-east-1");
    assert.match(key["policy"], /logs\.us-east-1\.amazonaws\.com/);
    const group = plan.get("aws:cloudwatch/logGroup:LogGroup", "crm-firewall-load-balancer").inputs;
    assert.equal(group["kmsKeyId"], `arn:aws:kms:eu-west-1:${ACCOUNT_ID}:key/logs`);
  });
});
