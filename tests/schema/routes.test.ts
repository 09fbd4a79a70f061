/** Hosts, protocol and paths of the services' routes. */
import assert from "node:assert/strict";

import { betweenSections } from "../../schema/between-sections";
import { certificateLabels } from "../../schema/cloudfront-access";
import { edgeSchema } from "../../schema/edge";
import { serviceAt } from "../../schema/route-rules";
import { publicRoutes, servicesSchema } from "../../schema/services";
import { servicesRules } from "../../schema/services-rules";
import { DIGEST, SERVICES, type Raw } from "../support/compute";

const GRPC: Raw = {
  image: DIGEST,
  route: { protocol: "grpc", priority: 10, paths: ["/crm.search.*"] },
  containerHealth: { command: ["/bin/grpc_health_probe"] },
  targetHealth: { path: "/grpc.health.v1.Health/Check", matcher: "0,5-12" },
};

const auth = (change: Raw) => servicesSchema.parse({ auth: { ...SERVICES["auth"], ...change } });
const route = (change: Raw) => auth({ route: { priority: 10, paths: ["/*"], ...change } });

/** Of services beside one that answers the health check. */
const problems = (services: ReturnType<typeof auth>, edge?: Raw) =>
  problemsOf({ health: route({ priority: 1, paths: ["/health"] })["auth"]!, ...services }, edge);

function problemsOf(services: ReturnType<typeof auth>, edge: Raw = { domain: "example.com" }) {
  const found: string[] = [];
  const report = (path: readonly (string | number)[], _given: unknown, expected: string) =>
    found.push(`${path.filter((part) => part !== "services").join(".")}: ${expected}`);
  servicesRules(services, report);
  betweenSections({ services, edge: edgeSchema.parse(edge) }, report);
  return found;
}

describe("routes of services", () => {
  it("name hosts, and speak gRPC", () => {
    assert.deepEqual(problems(route({ hosts: ["partners", "rpc"] })), []);
    assert.deepEqual(problems(auth(GRPC)), []);
    const services = { ...route({ hosts: ["rpc", "partners"] }), other: auth(GRPC)["auth"]! };
    assert.deepEqual(publicRoutes(services), { hosts: ["partners", "rpc"], grpc: true });
  });

  // Application Load Balancers guide, "Condition basics": five strings a rule, two of them the secret header's.
  it("have as many strings for paths as hosts and header leave in a rule", () => {
    const long = Array.from({ length: 8 }, (_, index) => `/section-number-${index}/of-many/*`);
    assert.deepEqual(problems(route({ paths: long })), []);
    assert.match(
      problems(route({ paths: long, hosts: ["one", "two"] })).join(),
      /^auth\.route\.paths: paths of at most 128 characters that fit into 1 regular expression of as many$/,
    );
  });

  it("have at most six wildcards, as Application Load Balancers' quotas say", () => {
    const six = ["/a/*/b/*", "/c/?/*", "/d/*/e/*"];
    assert.deepEqual(problems(route({ paths: six })), []);
    assert.match(
      problems(route({ paths: [...six.slice(1), "/a/*/b/*/*"] })).join(),
      /^auth\.route\.paths: at most 6 wildcards/,
    );
  });

  it("are reached although another takes the same paths at another host", () => {
    const at = (priority: number, hosts: string[]) =>
      route({ priority, hosts, paths: ["/*"] })["auth"]!;
    assert.deepEqual(problems({ one: at(10, ["partners"]), two: at(20, []) }), []);
    assert.deepEqual(problems({ one: at(10, ["a", "b"]), two: at(20, ["c"]) }), []);
    assert.match(
      problems({ one: at(10, []), two: at(20, ["partners"]) }).join(),
      /^two\.route\.priority: less than 10: there one takes every request to \/\*, by \/\*$/,
    );
  });

  it("name the hosts of application and API where no CloudFront has them", () => {
    const edge = { domain: "example.com", distribution: { enabled: false }, restrictOrigin: false };
    const two = {
      core: route({ hosts: ["api"] })["auth"]!,
      site: route({ priority: 20, hosts: ["app"] })["auth"]!,
    };
    assert.deepEqual(problems(two, edge), []);
    const probed = { ...edge, probePaths: ["/api/v1"] };
    assert.deepEqual(problems(two, probed), []);
    const site = { site: two.site };
    assert.match(problems(site, probed).join(), /^edge\.probePaths\.0: [^,]*$/);
    assert.match(problems(route({ hosts: ["origin"] }), edge).join(), /^auth\.route\.hosts\.0: /);
    const config = edgeSchema.parse(edge);
    assert.deepEqual(certificateLabels(config, ["api", "app", "partners"]).balancer.slice(-3), [
      "app",
      "api",
      "partners",
    ]);
    assert.equal(new Set(certificateLabels(config, ["api", "app"]).balancer).size, 4);
  });

  // Route 53 calls an endpoint healthy that answers with 2xx or 3xx (Developer Guide, "How Route 53 determines whether a health check is
  // healthy"); a listener without a matching rule takes its default action, here 404 (Elastic Load Balancing, "Listener rules").
  it("answer what is requested from outside", () => {
    const domain = "example.com";
    const path =
      "edge.healthCheck.path: a path that a route of crm:services without hosts and gRPC takes";
    const { auth: everywhere } = route({});
    const { auth: api } = route({ priority: 5, paths: ["/api/*"] });
    const { auth: host } = route({ priority: 5, hosts: ["crmcore"] });
    assert.deepEqual(problemsOf({ core: host! }), [path]);
    assert.deepEqual(problemsOf({ core: api! }), [path]);
    assert.deepEqual(problemsOf({ core: api! }, {}), [path]);
    assert.deepEqual(problemsOf(auth(GRPC)), [path]);
    // Without a domain there is no health check, and a deployment asks for the probes' paths where they are set.
    assert.deepEqual(problemsOf({ core: api! }, { probePaths: ["/api/x"] }), []);
    const { auth: worker } = auth({ route: undefined, deployment: { strategy: "rolling" } });
    assert.deepEqual(problemsOf({ worker: worker! }, {}), []);
    assert.deepEqual(problemsOf({ core: api!, other: everywhere! }), []);
    assert.deepEqual(
      problemsOf({ core: api! }, { domain, healthCheck: { path: "/api/health" } }),
      [],
    );
    const probing = (...probePaths: string[]) => ({
      domain,
      probePaths,
      healthCheck: { path: "/api/health" },
    });
    assert.deepEqual(problemsOf({ core: api! }, probing("/api/health", "/api/v1", "/login")), [
      "edge.probePaths.2: a path that a route of crm:services without gRPC takes at the API's host",
    ]);
    // A target group for gRPC answers no HTTP/1.1.
    const { auth: rpc } = auth({
      ...GRPC,
      route: { protocol: "grpc", priority: 3, paths: ["/*"] },
    });
    assert.deepEqual(problemsOf({ rpc: rpc! }), [path]);
    assert.equal(serviceAt({ core: api!, other: everywhere! }, "/health"), "other");
    assert.equal(serviceAt({ core: api!, other: everywhere! }, "/api/health"), "core");
    assert.equal(serviceAt({ core: host!, other: everywhere! }, "/health"), "other");
    assert.equal(serviceAt({ core: host!, other: everywhere! }, "/health", "crmcore"), "core");
  });

  const refused: [
    what: string,
    services: ReturnType<typeof auth>,
    expected: RegExp[],
    edge?: Raw,
  ][] = [
    [
      "a host that the platform has itself, or has delegated",
      route({ hosts: ["api", "staging"] }),
      [
        /^auth\.route\.hosts\.0: a label that neither/,
        /^auth\.route\.hosts\.1: a label that neither/,
      ],
      {
        domain: "example.com",
        zone: { delegations: { staging: ["ns-1.example.net", "ns-2.example.net"] } },
      },
    ],
    [
      "a host without a domain",
      route({ hosts: ["partners"] }),
      [/hosts\.0: no host without crm:edge\.domain/],
      {},
    ],
    [
      "a host that is longer than a load balancer compares",
      route({ hosts: ["p".repeat(63)] }),
      [/^auth\.route\.hosts\.0: a host of at most 128 characters with the domain/],
      { domain: `${"a".repeat(61)}.example.com` },
    ],
    [
      "gRPC without a domain",
      auth(GRPC),
      [/^auth\.route\.protocol: http without crm:edge\.domain/],
      {},
    ],
    [
      "gRPC by HTTP's settings, each with what it takes",
      auth({
        route: GRPC["route"],
        deployment: { checks: [{ path: "/ready" }] },
        image: undefined,
      }),
      [
        /^auth\.targetHealth\.path: a method such as \/grpc\.health\.v1\.Health\/Check, as route\.protocol is grpc/,
        /^auth\.targetHealth\.matcher: gRPC status codes such as 0, as/,
        /^auth\.image: an image, as route\.protocol is grpc/,
        /^auth\.containerHealth\.command: a command, as route\.protocol is grpc/,
        /^auth\.deployment\.checks: no such entry, as route\.protocol is grpc/,
      ],
    ],
    [
      "gRPC's statuses for HTTP",
      auth({ targetHealth: { matcher: "0" } }),
      [/^auth\.targetHealth\.matcher: HTTP status codes such as 200 or 200-299$/],
    ],
  ];
  for (const [what, services, expected, edge] of refused) {
    it(`refuse ${what}`, () => {
      const found = problems(services, edge);
      assert.equal(found.length, expected.length, found.join("\n"));
      expected.forEach((one, index) => assert.match(found[index]!, one));
    });
  }
});
