/** A first try without a domain: one distribution with CloudFront's own name before an internal load balancer. */
import assert from "node:assert/strict";

import { behindCloudFront } from "../../platform/security-rules";
import { edgeConfig, planEdge } from "../support/edge";
import type { Recording } from "../support/mocks";
import { problems } from "../support/stack-files";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

/** Problems of staging without a domain. */
const found = (stack: string, change: (sections: Record<string, any>) => void = () => {}) =>
  problems(stack, (sections) => {
    delete sections["edge"].domain;
    change(sections);
  });

describe("an edge without a domain", () => {
  let plan: Recording;
  let outside: readonly unknown[] = [];
  before(async () => {
    plan = await planEdge(edgeConfig({ domain: undefined }), {
      preview: true,
      made: ({ edge }) => {
        outside = [edge.records.length, edge.healthCheckId, edge.unnamed?.probeUrls.length];
      },
    });
  });

  const inputs = () => plan.only(DISTRIBUTION).inputs;

  it("has nothing that a name needs", () => {
    const needy = plan.all.filter(({ type }) => /^aws:(route53|acm)\//.test(type));
    assert.deepEqual(needy, []);
    assert.deepEqual(outside, [0, undefined, 1]);
  });

  it("is one distribution with CloudFront's own name and certificate", () => {
    assert.equal(inputs()["aliases"], undefined);
    assert.deepEqual(inputs()["viewerCertificate"], { cloudfrontDefaultCertificate: true });
  });

  it("reaches the load balancer through the VPC, and sends it the secret header", () => {
    const { vpcOriginEndpointConfig } = plan.only("aws:cloudfront/vpcOrigin:VpcOrigin").inputs;
    assert.equal(vpcOriginEndpointConfig.originProtocolPolicy, "http-only");
    assert.match(vpcOriginEndpointConfig.arn, /loadbalancer\/app\/crm-production-alb/);
    const origin = inputs()["origins"].find((one: any) => one.originId === "alb-api-origin"); // any: as registered
    assert.equal(origin.customOriginConfig, undefined);
    assert.equal(origin.vpcOriginConfig.originReadTimeout, 30);
    assert.equal(origin.customHeaders.length, 1);
  });

  it("sends requests for the API and its health check there, and all others to the files", () => {
    const ways = inputs()["orderedCacheBehaviors"].map((one: any) => [
      one.pathPattern,
      one.targetOriginId,
    ]); // any: as registered
    assert.deepEqual(ways, [
      ["/api/*", "alb-api-origin"],
      ["/static/*", "frontend-assets"],
      ["/health", "alb-api-origin"],
    ]);
    assert.equal(inputs()["defaultCacheBehavior"].targetOriginId, "frontend-assets");
  });

  it("lets pages call their own origin, and needs no CORS", () => {
    const type = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";
    const [app, api] = ["app", "api"].map(
      (what) => plan.get(type, `crm-edge-distributions-policies-${what}-headers`).inputs,
    );
    const policy = app!["securityHeadersConfig"].contentSecurityPolicy.contentSecurityPolicy;
    assert.doesNotMatch(policy, /connect-src (?!'self')/);
    assert.equal(api!["corsConfig"], undefined);
  });

  it("keeps port 80 for CloudFront, in place of 443", () => {
    const rule = (port: number) => ({
      port: { from: port, to: port },
      protocol: "tcp",
      source: "0.0.0.0/0",
    });
    assert.deepEqual(behindCloudFront([rule(443), rule(80)], 80), [rule(80)]);
    assert.deepEqual(behindCloudFront([rule(443), rule(80)]), [rule(443)]);
  });
});

describe("settings without a domain", () => {
  it("are accepted in staging", () => {
    assert.deepEqual(found("staging"), []);
  });

  const cases: [string, (sections: Record<string, any>) => void, RegExp][] = [
    ["DNSSEC", ({ edge }) => (edge.zone.dnssec = true), /edge\.zone\.dnssec: expected false/],
    ["a zone", ({ edge }) => (edge.zone.id = "Z0PRIMARYZONE"), /edge\.zone\.id: expected nothing/],
    [
      "sub-zones",
      ({ edge }) => (edge.zone.delegations = { staging: ["ns1.example.net", "ns2.example.net"] }),
      /edge\.zone\.delegations: expected nothing/,
    ],
    [
      "a load balancer that everybody reaches",
      ({ edge }) => (edge.restrictOrigin = false),
      /edge\.restrictOrigin: expected true without crm:edge\.domain/,
    ],
    [
      "a standby that is held",
      ({ edge }) => (edge.healthCheck.holdStandby = true),
      /edge\.healthCheck\.holdStandby: expected false/,
    ],
    [
      "probes of paths that lead to files",
      ({ edge }) => (edge.probePaths = ["/auth/ready"]),
      /edge\.probePaths\[0\]: expected a path below \/api, or \/health/,
    ],
    [
      "a certificate",
      ({ cluster }) =>
        (cluster.loadBalancer.certificateArn =
          "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"),
      /certificateArn: expected nothing without crm:edge\.domain/,
    ],
  ];
  for (const [what, change, message] of cases) {
    it(`refuse ${what}`, () => {
      const all = found("staging", change);
      assert.equal(all.length, 1, all.join("\n"));
      assert.match(all[0]!, message);
    });
  }

  it("refuse production, and a watch over the region", () => {
    const all = found("production");
    assert.ok(all.some((one) => /edge\.domain: expected a domain, as crm:env/.test(one)));
    assert.ok(all.some((one) => /recovery\.watch: expected nothing without crm:edge/.test(one)));
  });

  it("refuse a recovery stack", () => {
    const all = found("recovery");
    assert.ok(all.some((one) => /edge\.domain: expected the primary stack's domain/.test(one)));
  });
});
