import assert from "node:assert/strict";

import { CrmEdge } from "../../components/edge/edge";
import { SECONDARY, edgeConfig, planEdge, type Edge } from "../support/edge";
import { REQUIRED_TAGS } from "../support/fixtures";
import type { Recording, Registration } from "../support/mocks";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const RECORD = "aws:route53/record:Record";
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

const list = (plan: Recording) => plan.all.map(({ type, name }) => `${type} ${name}`).sort();

describe("CrmEdge, role primary", () => {
  let plan: Recording;
  let made: Edge;
  let app: Registration;
  let api: Registration;

  before(async () => {
    plan = await planEdge(edgeConfig(), { made: (edge) => (made = edge) });
    app = plan.get(DISTRIBUTION, "crm-edge-distributions-app");
    api = plan.get(DISTRIBUTION, "crm-edge-distributions-api");
  });

  describe("distributions", () => {
    it("are one for app. and one for api.", () => {
      assert.deepEqual(
        plan.ofType(DISTRIBUTION).map(({ inputs }) => inputs["aliases"]),
        [["app.crm-consulting.com"], ["api.crm-consulting.com"]],
      );
      assert.equal(app.inputs["comment"], "CRM Frontend Distribution");
    });

    it("serve PriceClass_100, HTTP/3 and IPv6, with TLSv1.2_2021 by SNI, behind the firewall", () => {
      for (const { inputs } of [app, api]) {
        assert.equal(inputs["enabled"], true);
        assert.equal(inputs["priceClass"], "PriceClass_100");
        assert.equal(inputs["httpVersion"], "http2and3");
        assert.equal(inputs["isIpv6Enabled"], true);
        assert.deepEqual(inputs["viewerCertificate"], {
          acmCertificateArn: "arn:aws:acm:us-east-1:123456789012:crm-dns-viewer",
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: "TLSv1.2_2021",
        });
        assert.equal(inputs["webAclId"], "arn:aws:wafv2:us-east-1:123456789012:crm-firewall-edge");
        assert.deepEqual(inputs["restrictions"], {
          geoRestriction: { restrictionType: "none", locations: [] },
        });
      }
    });

    it("send app. to the private bucket by default and below /static, and /api on uncached", () => {
      const { defaultCacheBehavior, orderedCacheBehaviors } = app.inputs;
      assert.equal(defaultCacheBehavior.viewerProtocolPolicy, "redirect-to-https");
      assert.equal(defaultCacheBehavior.cachePolicyId, "crm-edge-distributions-policies-pages-id");
      assert.deepEqual(defaultCacheBehavior.allowedMethods, ["GET", "HEAD", "OPTIONS"]);
      assert.deepEqual(
        orderedCacheBehaviors.map((behavior: any) => [
          behavior.pathPattern,
          behavior.targetOriginId,
          behavior.viewerProtocolPolicy,
          behavior.cachePolicyId,
          behavior.originRequestPolicyId,
        ]),
        [
          ["/api/*", "alb-api-origin", "https-only", CACHING_DISABLED, ALL_VIEWER_EXCEPT_HOST],
          ["/static/*", "frontend-assets", "https-only", CACHING_OPTIMIZED, undefined],
        ],
      );
      assert.equal(app.inputs["defaultRootObject"], "index.html");
    });

    it("keep a page only for as long as it says: it names the files of one release", () => {
      const { inputs } = plan.only("aws:cloudfront/cachePolicy:CachePolicy");
      assert.deepEqual(
        [inputs["minTtl"], inputs["defaultTtl"], inputs["maxTtl"]],
        [0, 0, 31_536_000],
      );
      assert.deepEqual(inputs["parametersInCacheKeyAndForwardedToOrigin"], {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
      });
    });

    it("send the viewer's address to the load balancer on every path", () => {
      for (const { inputs } of [app, api]) {
        const behaviors = [inputs["defaultCacheBehavior"], ...inputs["orderedCacheBehaviors"]];
        const passing = behaviors.filter((one: any) => one.targetOriginId.startsWith("alb-"));
        assert.ok(passing.length > 0);
        for (const { functionAssociations } of passing) {
          assert.deepEqual(functionAssociations, [
            {
              eventType: "viewer-request",
              functionArn:
                "arn:aws:cloudfront:us-east-1:123456789012:crm-edge-distributions-policies-viewer-address",
            },
          ]);
        }
      }
    });

    it("send api. to the load balancer uncached, with every method", () => {
      const { defaultCacheBehavior } = api.inputs;
      assert.equal(defaultCacheBehavior.targetOriginId, "alb-api-origin");
      assert.equal(defaultCacheBehavior.cachePolicyId, CACHING_DISABLED);
      assert.equal(defaultCacheBehavior.originRequestPolicyId, ALL_VIEWER_EXCEPT_HOST);
      assert.equal(defaultCacheBehavior.viewerProtocolPolicy, "https-only");
      assert.equal(defaultCacheBehavior.allowedMethods.length, 7);
    });

    it("read the bucket signed, and its copy in us-west-2 when it fails", () => {
      const [bucket, copy] = app.inputs["origins"];
      assert.equal(bucket.originId, "s3-frontend-assets");
      assert.equal(bucket.domainName, "crm-frontend-assets-prod.s3.amazonaws.com");
      assert.equal(copy.domainName, "crm-frontend-assets-backup-west.s3.us-west-2.amazonaws.com");
      assert.deepEqual(api.inputs["origins"].slice(0, 2), [bucket, copy]);
      for (const origin of [bucket, copy]) {
        assert.equal(origin.connectionAttempts * origin.connectionTimeout, 6);
        assert.equal(origin.originAccessControlId, "crm-edge-distributions-policies-buckets-id");
      }
      assert.deepEqual(app.inputs["originGroups"], [
        {
          originId: "frontend-assets",
          failoverCriteria: { statusCodes: [500, 502, 503, 504] },
          members: [{ originId: "s3-frontend-assets" }, { originId: "s3-frontend-assets-copy" }],
        },
      ]);
      const control = plan.only("aws:cloudfront/originAccessControl:OriginAccessControl").inputs;
      assert.equal(control["signingBehavior"], "always");
      assert.equal(control["signingProtocol"], "sigv4");
      assert.equal(control["originAccessControlOriginType"], "s3");
    });

    it("ask the load balancer over TLS 1.2 by the host of its certificate, with the secret header", () => {
      const origins = [...app.inputs["origins"], ...api.inputs["origins"]].filter(
        (origin: any) => origin.customOriginConfig !== undefined,
      );
      assert.deepEqual(
        origins.map((origin: any) => [origin.originId, origin.domainName]),
        [
          ["alb-api-origin", "origin.crm-consulting.com"],
          ["alb-api-origin", "origin.crm-consulting.com"],
          ["alb-primary-region", "origin-primary.crm-consulting.com"],
        ],
      );
      for (const origin of origins) {
        assert.deepEqual(origin.customOriginConfig, {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
          originReadTimeout: 30,
        });
        assert.equal(origin.customHeaders[0].name, "x-origin-verify");
      }
      assert.ok(app.secretInputs.includes("origins"));
      assert.ok(api.secretInputs.includes("origins"));
    });

    it("cache no error, so that a record that exists a second later is found", () => {
      for (const { inputs } of [app, api]) {
        const ttls = inputs["customErrorResponses"].map((one: any) => one.errorCachingMinTtl);
        assert.deepEqual([...new Set(ttls)], [0]);
        assert.equal(ttls.length, 11);
      }
    });

    it("answer with JSON if no task answers, also below /api of the application, and leave the services' own errors unchanged", () => {
      for (const { inputs } of [app, api]) {
        const pages = inputs["customErrorResponses"]
          .filter((one: any) => one.responsePagePath !== undefined)
          .map((one: any) => [one.errorCode, one.responseCode, one.responsePagePath]);
        const page = "/maintenance/unavailable.json";
        assert.deepEqual(
          pages,
          [502, 504].map((code) => [code, 503, page]),
        );
        // Nothing that matches it leads to the load balancer, which does not answer.
        const behavior =
          inputs["orderedCacheBehaviors"].find((one: any) => one.pathPattern === page) ??
          inputs["defaultCacheBehavior"];
        assert.equal(behavior.targetOriginId, "frontend-assets");
      }
      const { inputs } = plan.only("aws:s3/bucketObjectv2:BucketObjectv2");
      assert.equal(inputs["bucket"], "crm-frontend-assets-prod");
      assert.equal(inputs["key"], "maintenance/unavailable.json");
      assert.equal(inputs["contentType"], "application/json");
      assert.equal(inputs["cacheControl"], "no-cache");
      assert.equal(JSON.parse(inputs["content"]).error, "service_unavailable");
    });

    it("let the application read the edge's own answers for the API, and leave services' CORS headers unchanged", () => {
      const policies = plan.ofType("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy");
      const policy = policies.find(({ inputs }) => inputs["corsConfig"] !== undefined)!;
      const cors = policy.inputs["corsConfig"];
      assert.deepEqual(cors.accessControlAllowOrigins.items, ["https://app.crm-consulting.com"]);
      assert.equal(cors.accessControlAllowCredentials, true);
      // CloudFront refuses a star beside credentials.
      assert.equal(JSON.stringify(cors).includes("*"), false);
      assert.equal(cors.originOverride, false);
      const used = [api.inputs["defaultCacheBehavior"], ...api.inputs["orderedCacheBehaviors"]].map(
        (one) => one.responseHeadersPolicyId,
      );
      assert.equal(new Set(used).size, 1);
    });

    it("carry HSTS, CSP, frame, referrer and content type headers on every behaviour", () => {
      for (const { inputs } of [app, api]) {
        const behaviors = [
          inputs["defaultCacheBehavior"],
          ...(inputs["orderedCacheBehaviors"] ?? []),
        ];
        assert.ok(behaviors.every((behavior: any) => behavior.responseHeadersPolicyId));
      }
      const headers = plan.get(
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "crm-edge-distributions-policies-app-headers",
      ).inputs["securityHeadersConfig"];
      assert.deepEqual(headers, {
        strictTransportSecurity: {
          accessControlMaxAgeSec: 63_072_000,
          includeSubdomains: true,
          preload: false,
          override: true,
        },
        contentSecurityPolicy: {
          contentSecurityPolicy:
            "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; " +
            "img-src 'self' data:; object-src 'none'; upgrade-insecure-requests; " +
            "connect-src 'self' https://api.crm-consulting.com",
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: true },
      });
    });

    it("are protected, and their functions run on the current runtime", () => {
      assert.ok([app, api].every((distribution) => distribution.protect));
      for (const { inputs } of plan.ofType("aws:cloudfront/function:Function")) {
        assert.equal(inputs["runtime"], "cloudfront-js-2.0");
        assert.equal(inputs["publish"], true);
      }
    });

    it("have no origin group where the files have no copy", async () => {
      const other = await planEdge(edgeConfig(), { assetsCopy: false });
      const { inputs } = other.get(DISTRIBUTION, "crm-edge-distributions-app");
      assert.equal(inputs["originGroups"], undefined);
      assert.equal(inputs["defaultCacheBehavior"].targetOriginId, "s3-frontend-assets");
    });

    it("send no header where the origin is not restricted", async () => {
      const other = await planEdge(edgeConfig({ restrictOrigin: false }));
      const { inputs } = other.get(DISTRIBUTION, "crm-edge-distributions-api");
      assert.ok(inputs["origins"].every((origin: any) => origin.customHeaders === undefined));
      assert.equal(other.ofType("random:index/randomPassword:RandomPassword").length, 0);
    });
  });

  describe("access logs", () => {
    it("are delivered for every distribution, through us-east-1, to the bucket for logs", () => {
      const destination = plan.only(
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
      ).inputs;
      assert.deepEqual(destination["deliveryDestinationConfiguration"], {
        destinationResourceArn: "arn:aws:s3:::crm-access-logs-prod",
      });
      const sources = plan.ofType("aws:cloudwatch/logDeliverySource:LogDeliverySource");
      const deliveries = plan.ofType("aws:cloudwatch/logDelivery:LogDelivery");
      assert.equal(sources.length, 2);
      assert.equal(deliveries.length, 2);
      for (const { inputs } of [...sources, ...deliveries]) {
        assert.equal(inputs["region"], "us-east-1");
      }
      assert.equal(destination["region"], "us-east-1");
      assert.deepEqual(
        sources.map(({ inputs }) => `${inputs["name"]} ${inputs["logType"]}`).sort(),
        ["api", "app"].map((word) => `crm-${word}-distribution ACCESS_LOGS`),
      );
    });
  });

  describe("DNS", () => {
    const record = (name: string) => plan.get(RECORD, name).inputs;

    it("leads app. and api. to their distributions over IPv4 and IPv6", () => {
      for (const word of ["app", "api"]) {
        for (const type of ["A", "AAAA"]) {
          const inputs = record(`crm-edge-${word}-${type.toLowerCase()}`);
          assert.equal(inputs["name"], `${word}.crm-consulting.com`);
          assert.equal(inputs["type"], type);
          assert.deepEqual(inputs["aliases"], [
            {
              name: `crm-edge-distributions-${word}.cloudfront.example`,
              zoneId: "Z2FDTNDATAQYW2",
              evaluateTargetHealth: false,
            },
          ]);
        }
      }
    });

    it("makes origin. a failover pair: the load balancer while its check passes, else the standby", () => {
      const primary = record("crm-edge-origin-primary");
      assert.deepEqual(primary["failoverRoutingPolicies"], [{ type: "PRIMARY" }]);
      assert.equal(primary["healthCheckId"], "crm-edge-id");
      assert.equal(primary["aliases"][0].name, "crm-production-alb-1.us-east-1.elb.amazonaws.com");
      const standby = record("crm-edge-origin-standby");
      assert.deepEqual(standby["failoverRoutingPolicies"], [{ type: "SECONDARY" }]);
      assert.equal(standby["aliases"][0].name, "origin-standby.crm-consulting.com");
      assert.equal(standby["aliases"][0].zoneId, "crm-dns-zone-id");
      assert.equal(primary["name"], "origin.crm-consulting.com");
      assert.equal(standby["name"], "origin.crm-consulting.com");
    });

    it("does not take over the load balancer's health: an empty green target group would fail it", () => {
      for (const { inputs } of plan.ofType(RECORD)) {
        for (const alias of inputs["aliases"] ?? []) {
          assert.equal(alias.evaluateTargetHealth, false);
        }
      }
    });

    it("puts its own load balancer behind the standby host with weight 0", () => {
      const inputs = record("crm-edge-standby-primary");
      assert.equal(inputs["name"], "origin-standby.crm-consulting.com");
      assert.equal(inputs["setIdentifier"], "primary");
      assert.deepEqual(inputs["weightedRoutingPolicies"], [{ weight: 0 }]);
      assert.equal(inputs["aliases"][0].name, "crm-production-alb-1.us-east-1.elb.amazonaws.com");
    });

    it("holds the standby where the stack file says so: origin. leads nowhere else", async () => {
      const held = await planEdge(edgeConfig({ healthCheck: { holdStandby: true } }));
      for (const name of ["crm-edge-origin-primary", "crm-edge-origin-standby"]) {
        assert.equal(
          held.get(RECORD, name).inputs["aliases"][0].name,
          "origin-standby.crm-consulting.com",
        );
      }
      assert.equal(
        held.get(RECORD, "crm-edge-origin-primary").inputs["healthCheckId"],
        "crm-edge-id",
      );
    });

    it("checks the primary region through CloudFront, by a path that never fails over", () => {
      const check = plan.only("aws:route53/healthCheck:HealthCheck").inputs;
      assert.equal(check["type"], "HTTPS");
      assert.equal(check["fqdn"], "api.crm-consulting.com");
      assert.equal(check["resourcePath"], "/health");
      assert.equal(check["requestInterval"], 30);
      assert.equal(check["failureThreshold"], 3);
      assert.equal(check["enableSni"], true);
      const [behavior] = api.inputs["orderedCacheBehaviors"];
      assert.equal(behavior.pathPattern, "/health");
      assert.equal(behavior.targetOriginId, "alb-primary-region");
      const direct = record("crm-edge-primary");
      assert.equal(direct["name"], "origin-primary.crm-consulting.com");
      assert.equal(direct["failoverRoutingPolicies"], undefined);
    });
  });

  it("tags every resource that can have tags", () => {
    const untaggable = [
      "aws:route53/record:Record",
      "aws:route53/queryLog:QueryLog",
      "aws:acm/certificateValidation:CertificateValidation",
      "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
      "aws:cloudfront/cachePolicy:CachePolicy",
      "aws:cloudfront/originAccessControl:OriginAccessControl",
      "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
      "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    ];
    const taggable = plan.all.filter(
      ({ type }) => type.startsWith("aws:") && !untaggable.includes(type),
    );
    assert.ok(taggable.length > 15);
    for (const { type, name, inputs } of taggable) {
      for (const tag of REQUIRED_TAGS) {
        assert.ok(inputs["tags"]?.[tag], `${type} ${name} has no tag ${tag}`);
      }
    }
  });

  it("plans the same resources before anything exists", async () => {
    assert.deepEqual(list(await planEdge(edgeConfig(), { preview: true })), list(plan));
  });

  it("tells others the distributions and the health check", () => {
    assert.ok(made.edge.distributionIds);
    assert.ok(made.edge.healthCheckId);
  });
});

describe("CrmEdge, role secondary", () => {
  const options = { region: "us-west-2", originSecret: "the primary's value" };

  it("makes nothing that is global but one record behind the standby host", async () => {
    const plan = await planEdge(edgeConfig(SECONDARY), options);
    const global = plan.all.filter(({ type }) => /^aws:(cloudfront|route53)\//.test(type));
    assert.deepEqual(
      global.map(({ inputs }) => [inputs["name"], inputs["type"], inputs["setIdentifier"]]),
      [["origin-standby.crm-consulting.com", "A", "recovery"]],
    );
    assert.deepEqual(global[0]!.inputs["weightedRoutingPolicies"], [{ weight: 100 }]);
    assert.equal(global[0]!.inputs["zoneId"], "Z0PRIMARYZONE");
  });

  it("stays in its region", async () => {
    const plan = await planEdge(edgeConfig(SECONDARY), options);
    const regions = new Set(plan.all.map(({ inputs }) => inputs["region"]).filter(Boolean));
    assert.deepEqual([...regions], ["us-west-2"]);
  });

  it("refuses arguments of the other role", () => {
    assert.throws(
      () =>
        new CrmEdge("wrong", {
          config: edgeConfig(),
          loadBalancer: {} as any,
          names: {} as any,
          tags: {},
        }),
      /has distributions; the argument distributed is missing/,
    );
  });
});
