/** The page about the ways of requests: right for the paths that matter. */
import assert from "node:assert/strict";

import type { PlannedResource } from "../../analysis/plan/model";
import { requestWay } from "../../operations/pages/request-way";
import { requestWayModels, runViewerRequest } from "../../operations/pages/request-way-models";
import { requestWaysPage, sampleRequests } from "../../operations/pages/request-ways";
import type { Plan } from "../../tools/preview/index";
import { planOf } from "../support/plans";

const APP = "app.crm-consulting.com";
const API = "api.crm-consulting.com";
const SECRET =
  "urn:pulumi:production::crm::crm:aws:CrmFirewall$random:index/randomPassword:RandomPassword::crm-firewall-origin-secret-1";

/** A resource of a plan, to be read or changed. */
function find(plan: Plan, kind: string, name: string): PlannedResource & { inputs: any } {
  const found = plan.resources.find(
    (resource) => resource.type.endsWith(`:${kind}`) && resource.name === name,
  );
  assert.ok(found, `${kind} ${name}`);
  return found;
}

const distribution = (plan: Plan, name: string) =>
  find(plan, "Distribution", `crm-edge-distributions-${name}`);
const rule = (plan: Plan, service: string) =>
  find(plan, "ListenerRule", `crm-${service}-production`);

/** The row of a request on the page of a plan. */
function row(plan: Plan, request: string): string | undefined {
  return requestWaysPage(plan)
    .split("\n")
    .find((line) => line.startsWith(`| \`${request}\` |`));
}

describe("the page about the ways of requests", () => {
  let plan: Plan;
  beforeEach(async () => {
    plan = await planOf("production");
  });

  const files = (path: string, behavior: string, asked: string) =>
    `| \`${APP}${path}\` | app | \`${behavior}\` | ${behavior === "*" ? "crm-pages" : "CachingOptimized"} | frontend-assets \`${asked}\` |  |  |`;
  const passed = (host: string, path: string, behavior: string, rest: string) =>
    `| \`${host}${path}\` | ${host.slice(0, 3)} | \`${behavior}\` | CachingDisabled | alb-api-origin \`${path}\` | ${rest} |`;
  const rows = [
    files("/", "*", "/index.html"),
    files("/deals/42", "*", "/index.html"),
    files("/companies/example.com", "*", "/index.html"),
    files("/no-such-page", "*", "/index.html"),
    files("/favicon.ico", "*", "/favicon.ico"),
    files("/static/x.js", "/static/*", "/static/x.js"),
    files("/static/no-such-file", "/static/*", "/static/no-such-file"),
    passed(APP, "/api/auth/login", "/api/*", "100 | crm-auth-service"),
    passed(APP, "/api/v1/opportunities", "/api/*", "1000 | crm-core-service"),
    passed(APP, "/api/no-such-thing", "/api/*", "1000 | crm-core-service"),
    passed(APP, "/api/auth/x", "/api/*", "100 | crm-auth-service"),
    passed(APP, "/api/social/x", "/api/*", "200 | crm-social-service"),
    passed(APP, "/api/analytics/x", "/api/*", "300 | crm-analytics-service"),
    passed(API, "/auth/login", "*", "100 | crm-auth-service"),
    passed(API, "/v1/x", "*", "1000 | crm-core-service"),
    passed(API, "/auth", "*", "1000 | crm-core-service"),
    passed(API, "/no-such-thing", "*", "1000 | crm-core-service"),
    `| \`${API}/health\` | api | \`/health\` | CachingDisabled | alb-primary-region \`/health\` | 1000 | crm-core-service |`,
    `| \`${API}/maintenance/unavailable.json\` | api | \`/maintenance/unavailable.json\` | CachingOptimized | frontend-assets \`/maintenance/unavailable.json\` |  |  |`,
    passed(API, "/auth/x", "*", "100 | crm-auth-service"),
    passed(API, "/social/x", "*", "200 | crm-social-service"),
    passed(API, "/analytics/x", "*", "300 | crm-analytics-service"),
    "| `www.crm-consulting.com/` | none |  |  |  |  |  |",
  ];
  for (const line of rows) {
    const request = /`([^`]+)`/.exec(line)![1]!;
    it(`sends ${request} where it belongs`, () => {
      assert.equal(row(plan, request), line);
    });
  }

  it("has these requests and no others", () => {
    const requests = sampleRequests(requestWayModels(plan)).map(({ host, path }) => host + path);
    assert.deepEqual(
      requests,
      rows.map((line) => /`([^`]+)`/.exec(line)![1]),
    );
  });

  it("has a request for every service behind the load balancer", () => {
    const services = plan.resources
      .filter(({ type, inputs }) => type === "aws:ecs/service:Service" && inputs.loadBalancers)
      .map(({ inputs }) => inputs.name as string);
    assert.equal(services.length, 4);
    for (const service of services) {
      assert.ok(
        rows.some((line) => line.endsWith(`| ${service} |`)),
        service,
      );
    }
  });

  it("requests hosts whose records lead to the distribution that answers", () => {
    const models = requestWayModels(plan);
    for (const request of sampleRequests(models)) {
      const way = requestWay(request, models.distributions, models.rules);
      const targets = models.hosts.filter(({ host }) => host === request.host);
      assert.deepEqual(
        [...new Set(targets.map(({ target }) => target))],
        way === undefined ? [] : [`distribution ${way.distribution}`],
      );
    }
  });

  it("shows where each host leads", () => {
    const target = "load balancer crm-cluster";
    const standby = "origin-standby.crm-consulting.com";
    const hosts = requestWayModels(plan).hosts.filter(({ host }) => host.startsWith("origin"));
    assert.deepEqual(hosts, [
      {
        host: "origin.crm-consulting.com",
        recordType: "A",
        when: `primary while ${API}/health is healthy`,
        target,
      },
      {
        host: "origin.crm-consulting.com",
        recordType: "A",
        when: "secondary",
        target: standby,
      },
      { host: "origin-primary.crm-consulting.com", recordType: "A", when: undefined, target },
      {
        host: standby,
        recordType: "A",
        when: "primary, weight 0",
        target,
      },
    ]);
  });

  it("shows what is cached and for how long", () => {
    const page = requestWaysPage(plan);
    const kept = "CachingOptimized | 1 second to 365 days, 24 hours by default |";
    assert.ok(page.includes(`| app | \`/static/*\` | ${kept}`));
    const pages = "crm-pages | 0 seconds to 365 days, not cached by default |";
    assert.ok(page.includes(`| app | \`*\` | ${pages}`));
    assert.ok(page.includes("| app | `/api/*` | CachingDisabled | not cached |"));
    assert.ok(page.includes("| api | `*` | CachingDisabled | not cached |"));
    const statuses = "400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504";
    assert.ok(
      page.includes(`Errors of api, app are not cached unless their headers say so (${statuses})`),
    );
    const shown = (file: string) => `502 and 504 become 503 with \`${file}\``;
    assert.ok(
      page.includes(
        `api: ${shown("/maintenance/unavailable.json")}; app: ${shown("/maintenance/unavailable.json")}.`,
      ),
    );
    distribution(plan, "app").inputs.customErrorResponses = [
      { errorCode: 404, errorCachingMinTtl: 300 },
    ];
    distribution(plan, "api").inputs.customErrorResponses = [];
    const changed = requestWaysPage(plan);
    assert.ok(changed.includes("Errors of app are cached for 5 minutes (404)."));
    assert.ok(changed.includes("Errors of api are cached for 10 seconds."));
  });

  it("names who carries the secret header, and not its value", () => {
    const { distributions, rules } = requestWayModels(plan);
    const carriers = distributions.flatMap(({ name, origins }) =>
      [...origins].map(([id, { headers }]) => [name, id, Object.fromEntries(headers)]),
    );
    const header = { "x-origin-verify": SECRET };
    assert.deepEqual(carriers, [
      ["api", "s3-frontend-assets", {}],
      ["api", "s3-frontend-assets-copy", {}],
      ["api", "alb-api-origin", header],
      ["api", "alb-primary-region", header],
      ["app", "s3-frontend-assets", {}],
      ["app", "s3-frontend-assets-copy", {}],
      ["app", "alb-api-origin", header],
    ]);
    for (const { headers } of rules) {
      assert.deepEqual(headers, [{ name: "x-origin-verify", values: [SECRET] }]);
    }
    assert.ok(!requestWaysPage(plan).includes("urn:"));
  });

  it("says 403 for a direct request to the load balancer", () => {
    assert.deepEqual(requestWayModels(plan).listeners, [
      { port: 80, protocol: "HTTP", otherwise: "301 to HTTPS", sources: [] },
      {
        port: 443,
        protocol: "HTTPS",
        otherwise: "403 Forbidden",
        sources: ["prefix list pl-3b927c52"],
      },
      {
        port: 9443,
        protocol: "HTTPS",
        otherwise: "404 Not found",
        sources: ["security group crm-cluster-gate-entrance"],
      },
    ]);
    const forbidden = "the answer is **403 Forbidden** for every path";
    assert.ok(requestWaysPage(plan).includes(forbidden));
    rule(plan, "auth").inputs.conditions.pop();
    const open = requestWaysPage(plan);
    assert.ok(!open.includes(forbidden));
    assert.ok(
      open.includes(
        "these rules match without the header: 100 (`/auth/*`, `/api/auth/*`, crm-auth-service)",
      ),
    );
  });

  describe("follows the plan", () => {
    it("in the order of behaviours", () => {
      distribution(plan, "app").inputs.orderedCacheBehaviors.unshift({
        ...distribution(plan, "app").inputs.orderedCacheBehaviors[1],
        pathPattern: "/api/auth/*",
      });
      assert.equal(
        row(plan, `${APP}/api/auth/login`),
        `| \`${APP}/api/auth/login\` | app | \`/api/auth/*\` | CachingOptimized | frontend-assets \`/api/auth/login\` |  |  |`,
      );
    });

    it("by host, where a rule has hosts and the distribution passes the viewer's on", () => {
      find(plan, "ListenerRule", "crm-auth-production").inputs.conditions!.push({
        hostHeader: { values: ["api.crm-consulting.com"] },
      });
      const service = (host: string) => row(plan, `${host}/auth/login`)!.split(" | ").at(-1);
      const before = service("api.crm-consulting.com");
      distribution(plan, "api").inputs.defaultCacheBehavior.originRequestPolicyId =
        "216adef6-5c7f-47e4-b989-5492eafa07d3";
      assert.match(String(before), /^crm-core-service/);
      assert.match(String(service("api.crm-consulting.com")), /^crm-auth-service/);
    });

    it("in the function's code", () => {
      find(plan, "Function", "crm-edge-distributions-policies-single-page-app").inputs.code =
        `function handler(event) { event.request.uri = "/v2" + event.request.uri; return event.request; }`;
      assert.equal(
        row(plan, `${APP}/deals/42`),
        files("/deals/42", "*", "/v2/deals/42"),
        "the default behaviour",
      );
      assert.equal(
        row(plan, `${APP}/static/x.js`),
        files("/static/x.js", "/static/*", "/static/x.js"),
        "a behaviour without the function",
      );
    });

    it("in the root object", () => {
      distribution(plan, "app").inputs.defaultRootObject = "start.html";
      delete distribution(plan, "app").inputs.defaultCacheBehavior.functionAssociations;
      assert.equal(row(plan, `${APP}/`), files("/", "*", "/start.html"));
    });

    it("in a header that is missing or has another value", () => {
      const unanswered = passed(API, "/auth/login", "*", "default | none");
      delete distribution(plan, "api").inputs.origins[2].customHeaders;
      assert.equal(row(plan, `${API}/auth/login`), unanswered);
      assert.equal(row(plan, `${APP}/api/auth/login`), rows[7]);
    });

    it("in a rule that requires another secret", () => {
      const other = { ...find(plan, "RandomPassword", "crm-firewall-origin-secret-1") };
      other.urn = `${other.urn}-other`;
      plan.resources.push(other);
      rule(plan, "auth").propertyDependencies.conditions = [other.urn];
      assert.equal(
        row(plan, `${API}/auth/login`),
        passed(API, "/auth/login", "*", "1000 | crm-core-service"),
      );
    });

    it("in priorities, hosts and target groups", () => {
      rule(plan, "auth").inputs.priority = 2000;
      assert.equal(
        row(plan, `${API}/auth/login`),
        passed(API, "/auth/login", "*", "1000 | crm-core-service"),
      );
      rule(plan, "social").inputs.conditions.push({ hostHeader: { values: [API] } });
      assert.equal(
        row(plan, `${API}/social/x`),
        passed(API, "/social/x", "*", "1000 | crm-core-service"),
        "the origin gets its own host",
      );
      rule(plan, "analytics").propertyDependencies.actions = rule(
        plan,
        "social",
      ).propertyDependencies.actions!;
      assert.equal(
        row(plan, `${API}/analytics/x`),
        passed(API, "/analytics/x", "*", "300 | crm-social-service"),
      );
    });
  });

  describe("is not written where the plan does not say enough", () => {
    const refuses = (what: string, change: (plan: Plan) => void, message: RegExp) =>
      it(what, () => {
        change(plan);
        assert.throws(() => requestWaysPage(plan), message);
      });

    refuses(
      "a condition that the model does not know",
      (changed) => rule(changed, "auth").inputs.conditions.push({ sourceIp: { values: [] } }),
      /crm-auth-production: a condition sourceIp more than the model knows/,
    );
    refuses(
      "a second function on the same property",
      (changed) =>
        distribution(changed, "app").propertyDependencies.defaultCacheBehavior!.push(
          find(changed, "Function", "crm-edge-distributions-policies-viewer-address").urn,
        ),
      /behind defaultCacheBehavior of crm-edge-distributions-app: expected one, got 2/,
    );
    refuses(
      "an origin whose host leads nowhere",
      (changed) => {
        find(changed, "Record", "crm-edge-origin-primary").inputs.name = "other.example";
      },
      /load balancers behind origin\.crm-consulting\.com: expected one, got 0/,
    );
    refuses(
      "a rule without a service",
      (changed) => {
        rule(changed, "auth").propertyDependencies.actions = [];
      },
      /services behind crm-auth-production: expected one, got 0/,
    );
    refuses(
      "a policy of which it is not known whose host it sends",
      (changed) => {
        distribution(changed, "api").inputs.defaultCacheBehavior.originRequestPolicyId = "own";
      },
      /^Error: api, behaviour \*: expected no origin request policy, AllViewer or AllViewerExceptHostHeader, got "own"$/,
    );
    refuses(
      "a cache policy of unknown lifetimes",
      (changed) => {
        distribution(changed, "api").inputs.defaultCacheBehavior.cachePolicyId = "own";
      },
      /Cache policy own: its lifetimes are not known/,
    );
    refuses(
      "a function that returns nothing",
      (changed) => {
        find(changed, "Function", "crm-edge-distributions-policies-single-page-app").inputs.code =
          `function handler() { return {}; }`;
      },
      /the function returned neither a request nor a response/,
    );
  });

  it("runs functions without anything of Node in reach", () => {
    const code = `function handler(event) { event.request.uri = typeof process + typeof require; return event.request; }`;
    assert.equal(runViewerRequest(code, "/"), "undefinedundefined");
  });
});
