/** An edge without CloudFront: public names lead to a load balancer that the internet reaches. */
import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";

import { CrmEdge } from "../../components/edge/edge";
import { SECONDARY, edgeConfig, planEdge, type Edge } from "../support/edge";
import type { Recording } from "../support/mocks";
import { problems } from "../support/stack-files";

const OPEN = { distribution: { enabled: false }, restrictOrigin: false };
const ACL = "aws:wafv2/webAcl:WebAcl";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const RECORD = "aws:route53/record:Record";
const CHECK = "aws:route53/healthCheck:HealthCheck";

const rulesOf = (plan: Recording, name: string) =>
  plan.get(ACL, name).inputs["rules"].map((rule: any) => rule.name); // any: as registered
const countriesOf = (plan: Recording) =>
  plan.only(ACL).inputs["rules"].find((rule: any) => rule.name === "countries"); // any: as registered

describe("an edge without CloudFront", () => {
  let plan: Recording;
  let made: Edge;
  before(async () => {
    plan = await planEdge(edgeConfig(OPEN), {
      services: { hosts: ["partners"], grpc: false },
      startAfter: () => [new aws.sns.Topic("stands-for-a-service")],
      made: (edge) => (made = edge),
    });
  });

  it("has no distribution and nothing that distributions need", () => {
    const needy = plan.all.filter(
      ({ type, name }) =>
        /^aws:(cloudfront|s3)\/|:LogDelivery/.test(type) ||
        name.startsWith("crm-edge-distributions"),
    );
    assert.deepEqual(needy, []);
    assert.equal(made.edge.distributionIds, undefined);
    assert.deepEqual(made.firewall.aclNames, {
      edge: undefined,
      loadBalancer: "crm-load-balancer",
    });
  });

  it("demands no secret header, and generates none", () => {
    assert.equal(made.firewall.originHeader, undefined);
    assert.deepEqual(plan.ofType("random:index/randomPassword:RandomPassword"), []);
  });

  it("has one record and one name in the certificate of a host that a service names as well", async () => {
    const own = await planEdge(edgeConfig(OPEN), {
      services: { hosts: ["api", "app", "partners"], grpc: false },
    });
    const { inputs } = own.only(CERTIFICATE);
    const names: string[] = [inputs["domainName"], ...inputs["subjectAlternativeNames"]];
    assert.equal(names.length, 5);
    assert.equal(new Set(names).size, 5);
    const records = (one: Recording) => one.ofType(RECORD).map(({ name }) => name);
    assert.deepEqual(records(own).sort(), records(plan).sort());
  });

  it("has one certificate, in the load balancer's region, with every name that leads there", () => {
    const { inputs } = plan.only(CERTIFICATE);
    assert.equal(inputs["region"], "us-east-1");
    assert.deepEqual(
      [inputs["domainName"], ...inputs["subjectAlternativeNames"]],
      ["origin", "origin-primary", "app", "api", "partners"].map(
        (label) => `${label}.crm-consulting.com`,
      ),
    );
    assert.equal(made.dns?.viewerCertificateArn, undefined);
  });

  it("leads the public names where origin leads, so that they move with a failover", () => {
    const zoneId = "crm-dns-zone-id";
    const aliases = ["app", "api", "partners.crm-consulting.com"].map(
      (word) => plan.get(RECORD, `crm-edge-${word}-a`).inputs,
    );
    for (const { type, aliases: to } of aliases as any[]) {
      assert.equal(type, "A");
      assert.deepEqual(to, [
        { name: "origin.crm-consulting.com", zoneId, evaluateTargetHealth: false },
      ]);
    }
    assert.equal(made.edge.records.length, 3);
    // The load balancer has no IPv6 address (crm:cluster.loadBalancer.ipAddressType).
    const types = plan.ofType(RECORD).map(({ inputs }) => inputs["type"]);
    assert.ok(!types.includes("AAAA"));
    const pair = ["primary", "standby"].map(
      (set) => plan.get(RECORD, `crm-edge-origin-${set}`).inputs["aliases"][0].name,
    );
    assert.deepEqual(pair, [
      "crm-production-alb-1.us-east-1.elb.amazonaws.com",
      "origin-standby.crm-consulting.com",
    ]);
  });

  it("checks the primary region's own host, which a failover does not move", () => {
    const { inputs } = plan.only(CHECK);
    assert.deepEqual(
      [inputs["type"], inputs["fqdn"], inputs["port"], inputs["enableSni"]],
      ["HTTPS", "origin-primary.crm-consulting.com", 443, true],
    );
    assert.equal(made.dns?.healthUrl, "https://origin-primary.crm-consulting.com/health");
    assert.deepEqual(made.dns.probeUrls, ["https://api.crm-consulting.com/health"]);
  });

  it("leads no name there before the services stand, whose rules asked for a header while there was CloudFront", () => {
    const { urn } = plan.only("aws:sns/topic:Topic");
    assert.ok(plan.only(CHECK).dependencies.includes(urn));
    const check = plan.only(CHECK).urn;
    const origin = plan.get(RECORD, "crm-edge-origin-primary");
    assert.ok(origin.dependencies.includes(check));
    assert.ok(plan.get(RECORD, "crm-edge-api-a").dependencies.includes(origin.urn));
  });

  it("has the edge's whole firewall at the load balancer, but for preflights, which services answer", async () => {
    const change = { firewall: { signIn: { action: "block" } } };
    const before = await planEdge(edgeConfig(change));
    const now = await planEdge(edgeConfig({ ...OPEN, ...change }));
    const edge = before.get(ACL, "crm-firewall-edge").inputs["rules"];
    const { inputs } = now.only(ACL);
    assert.equal(inputs["scope"], "REGIONAL");
    const numbered = (rules: any[]) =>
      rules
        .filter(({ name }) => name !== "preflights")
        .map((rule, priority) => ({ ...rule, priority }));
    assert.equal(edge.length, inputs["rules"].length + 1);
    assert.deepEqual(numbered(inputs["rules"]), numbered(edge));
  });

  it("refuses other countries there, but for the health check's path", async () => {
    const distribution = { enabled: false, allowedCountries: ["US"] };
    const restricted = await planEdge(edgeConfig({ ...OPEN, distribution }));
    assert.deepEqual(
      countriesOf(restricted).statement.andStatement.statements[0].notStatement.statement,
      { geoMatchStatement: { countryCodes: ["US"] } },
    );
    const behind = await planEdge(edgeConfig({ distribution: { allowedCountries: ["US"] } }));
    assert.ok(!rulesOf(behind, "crm-firewall-load-balancer").includes("countries"));
  });

  it("writes to us-east-1 only the log of DNS queries, and nothing there where another owner has the zone", async () => {
    const there = async (change: Record<string, unknown>) => {
      const west = await planEdge(edgeConfig({ ...OPEN, ...change }), { region: "us-west-2" });
      return west.all
        .filter(({ type, inputs }) => !type.startsWith("crm:") && inputs["region"] === "us-east-1")
        .map(({ name }) => name);
    };
    assert.deepEqual(await there({ zone: { id: "Z0PRIMARYZONE" } }), []);
    const own = await there({});
    assert.ok(own.includes("crm-dns-queries"));
    assert.ok(!own.some((name) => /viewer|firewall/.test(name)));
    const west = await planEdge(edgeConfig(OPEN), { region: "us-west-2" });
    const { policyDocument } = west.get(
      "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
      "crm-edge-logs-us-east-1",
    ).inputs;
    const sids = JSON.parse(policyDocument as string).Statement.map(({ Sid }: any) => Sid);
    assert.deepEqual(sids, ["QueryLogs"]);
  });

  it("takes over from a primary of the same kind: the certificate names the public hosts there, too", async () => {
    const standby = await planEdge(edgeConfig({ ...OPEN, ...SECONDARY }), { region: "us-west-2" });
    assert.deepEqual(standby.only(CERTIFICATE).inputs["subjectAlternativeNames"], [
      "app.crm-consulting.com",
      "api.crm-consulting.com",
    ]);
    assert.deepEqual(
      standby.ofType(RECORD).map(({ name }) => name),
      ["crm-edge-standby-recovery"],
    );
  });

  it("wants what distributions need where there are some, and not elsewhere", () => {
    const config = edgeConfig(OPEN);
    const args = { config, distributed: {} } as unknown as ConstructorParameters<typeof CrmEdge>[1];
    assert.throws(() => new CrmEdge("crm-edge", args), /has no distributions; the argument/);
  });
});

/** Problems of a stack without CloudFront. */
const found = (stack: string, change: (sections: Record<string, any>) => void = () => {}) =>
  problems(stack, (sections) => {
    const { edge } = sections;
    delete edge.restrictOrigin;
    delete edge.headers;
    edge.distribution = { enabled: false };
    change(sections);
  });

describe("settings without CloudFront", () => {
  for (const stack of ["production", "staging", "recovery"]) {
    it(`are accepted in ${stack}`, () => {
      assert.deepEqual(found(stack), []);
    });
  }

  const WITHOUT = /without CloudFront \(crm:edge\.distribution\.enabled: false\)/.source;
  const nothing = (key: string) => new RegExp(`crm:edge\\.${key}: expected nothing ${WITHOUT}`);
  const cases: [string, (sections: Record<string, any>) => void, RegExp][] = [
    [
      "no domain, and so no certificate",
      ({ edge }) => delete edge.domain,
      /^crm:edge\.distribution\.enabled: expected true without crm:edge\.domain: a load balancer .*, got false$/,
    ],
    [
      "a restriction to CloudFront",
      ({ edge }) => (edge.restrictOrigin = true),
      new RegExp(`crm:edge\\.restrictOrigin: expected false ${WITHOUT}.*, got true`),
    ],
    [
      "no firewall at the load balancer, but one elsewhere",
      ({ edge }) => (edge.firewall.loadBalancer = false),
      new RegExp(`crm:edge\\.firewall\\.loadBalancer: expected true ${WITHOUT}.*, got false`),
    ],
    ...Object.entries({
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/one",
      priceClass: "PriceClass_100",
      httpVersion: "http2",
      minimumTls: "TLSv1.2_2021",
      originReadTimeoutSeconds: 30,
      pagesCache: "as-sent",
    }).map(([key, value]): [string, (sections: Record<string, any>) => void, RegExp] => [
      `its ${key}`,
      ({ edge }) => (edge.distribution[key] = value),
      nothing(`distribution\\.${key}`),
    ]),
    ...Object.entries({
      headers: { hstsPreload: false },
      assetsBucket: "frontend-assets",
      originSecretVersion: 2,
      acceptPreviousOriginSecret: false,
    }).map(([key, value]): [string, (sections: Record<string, any>) => void, RegExp] => [
      `CloudFront's ${key}`,
      ({ edge }) => (edge[key] = value),
      nothing(key),
    ]),
  ];
  for (const [what, change, message] of cases) {
    it(`refuse ${what}`, () => {
      const all = found("staging", change);
      assert.equal(all.length, 1, all.join("\n"));
      assert.match(all[0]!, message);
    });
  }

  it("may name countries and hosts, and leave the firewall out", () => {
    const all = found("staging", ({ edge, services }) => {
      edge.distribution.allowedCountries = ["US"];
      services.auth.route.hosts = ["partners"];
    });
    assert.deepEqual(all, []);
    assert.deepEqual(
      found("staging", ({ edge }) => (edge.firewall = { enabled: false })),
      [],
    );
  });

  it("need no bucket that CloudFront reads", () => {
    const all = found("staging", ({ storage }) => {
      storage.buckets["frontend-assets"].contentDelivery = false;
    });
    assert.deepEqual(all, []);
  });
});
