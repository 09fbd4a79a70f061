import assert from "node:assert/strict";

import type { EdgeFunction } from "../../components/edge/cloudfront-functions";
import {
  distributionModel,
  requestWay,
  requestWayTable,
  type DistributionModel,
  type RuleModel,
} from "../../operations/pages/request-way";
import { planEdge, runEdgeFunction } from "../support/edge";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const PAGES = "crm-edge-distributions-policies-pages-id";
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

describe("the path of a request", () => {
  /** The load balancer's rules: the document's, each with and without /api. */
  const rules: RuleModel[] = [
    { priority: 100, paths: ["/auth/*", "/api/auth/*"], service: "auth" },
    { priority: 200, paths: ["/social/*", "/api/social/*"], service: "social" },
    { priority: 300, paths: ["/analytics/*", "/api/analytics/*"], service: "analytics" },
    { priority: 1000, paths: ["/*"], service: "core" },
  ];
  let distributions: DistributionModel[];

  before(async () => {
    const plan = await planEdge();
    const rewriteOf = (functionArn: string) => (uri: string) => {
      const name = /(single-page-app|viewer-address)$/.exec(functionArn)![1] as EdgeFunction;
      const event = { viewer: { ip: "192.0.2.1" }, request: { uri, headers: {} } };
      return runEdgeFunction(name, event).uri as string;
    };
    distributions = ["app", "api"].map((word) =>
      distributionModel(
        word,
        plan.get(DISTRIBUTION, `crm-edge-distributions-${word}`).inputs as any,
        rewriteOf,
      ),
    );
  });

  /** host, path -> distribution, behaviour, cached, origin, path at the origin, rule, service */
  const ways: [string, string, string, string, boolean, string, string, number?, string?][] = [
    ["app", "/", "app", "*", true, "frontend-assets", "/index.html"],
    ["app", "/deals/42", "app", "*", true, "frontend-assets", "/index.html"],
    ["app", "/favicon.ico", "app", "*", true, "frontend-assets", "/favicon.ico"],
    ["app", "/static/x.js", "app", "/static/*", true, "frontend-assets", "/static/x.js"],
    [
      "app",
      "/api/auth/login",
      "app",
      "/api/*",
      false,
      "alb-api-origin",
      "/api/auth/login",
      100,
      "auth",
    ],
    [
      "app",
      "/api/v1/opportunities",
      "app",
      "/api/*",
      false,
      "alb-api-origin",
      "/api/v1/opportunities",
      1000,
      "core",
    ],
    [
      "app",
      "/api/social/posts",
      "app",
      "/api/*",
      false,
      "alb-api-origin",
      "/api/social/posts",
      200,
      "social",
    ],
    ["api", "/auth/login", "api", "*", false, "alb-api-origin", "/auth/login", 100, "auth"],
    ["api", "/v1/x", "api", "*", false, "alb-api-origin", "/v1/x", 1000, "core"],
    [
      "api",
      "/analytics/report",
      "api",
      "*",
      false,
      "alb-api-origin",
      "/analytics/report",
      300,
      "analytics",
    ],
    ["api", "/health", "api", "/health", false, "alb-primary-region", "/health", 1000, "core"],
  ];
  for (const [
    host,
    path,
    distribution,
    behavior,
    cached,
    originId,
    originPath,
    rule,
    service,
  ] of ways) {
    it(`${host}. ${path} goes to ${service ?? originId} as ${originPath}`, () => {
      const way = requestWay({ host: `${host}.crm-consulting.com`, path }, distributions, rules);
      assert.deepEqual(way, {
        distribution,
        behavior,
        cachePolicyId: cached ? (behavior === "*" ? PAGES : CACHING_OPTIMIZED) : CACHING_DISABLED,
        originId,
        originPath,
        ...(service !== undefined && { rule, service }),
      });
    });
  }

  it("gives no answer for a host without a distribution", () => {
    const request = { host: "www.crm-consulting.com", path: "/" };
    assert.equal(requestWay(request, distributions, rules), undefined);
  });

  it("is written down as a table", () => {
    const host = "app.crm-consulting.com";
    const requests = [
      { host, path: "/deals/42" },
      { host, path: "/api/auth/login" },
      { host: "www.crm-consulting.com", path: "/" },
    ];
    assert.deepEqual(requestWayTable(requests, distributions, rules).split("\n"), [
      "| Request | Distribution | Behaviour | Cache | Origin | Rule | Service |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      `| \`app.crm-consulting.com/deals/42\` | app | \`*\` | ${PAGES} | frontend-assets \`/index.html\` |  |  |`,
      "| `app.crm-consulting.com/api/auth/login` | app | `/api/*` | CachingDisabled | alb-api-origin `/api/auth/login` | 100 | auth |",
      "| `www.crm-consulting.com/` | none |  |  |  |  |  |",
    ]);
  });
});
