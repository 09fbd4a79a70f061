/** Hosts of services, and gRPC: the load balancer's rules, and what leads to them. */
import assert from "node:assert/strict";

import { ORIGIN_REQUEST_POLICIES } from "../../facts/cloudfront";
import { DIGEST } from "../support/compute";
import { gateHook, planService, RULE, TARGET_GROUP, warnings } from "../support/compute-plan";
import { edgeConfig, planEdge, SECONDARY } from "../support/edge";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const RECORD = "aws:route53/record:Record";

const SERVICES = { hosts: ["partners", "rpc"], grpc: true };

describe("a route with hosts", () => {
  it("is a rule that compares the host as well", async () => {
    const route = { priority: 10, hosts: ["partners"], paths: ["/*"] };
    const plan = await planService(
      "auth",
      { route },
      { domain: "crm-consulting.com" },
      { header: true },
    );
    const { conditions } = plan.get(RULE, "crm-auth-production").inputs;
    assert.deepEqual(conditions.slice(0, 2), [
      { pathPattern: { values: ["/*"] } },
      { hostHeader: { values: ["partners.crm-consulting.com"] } },
    ]);
    assert.equal(conditions.length, 3);
  });

  it("leads there from the API's distribution, which passes the viewer's host on", async () => {
    const plan = await planEdge(edgeConfig(), { services: SERVICES });
    const { inputs } = plan.get(DISTRIBUTION, "crm-edge-distributions-api");
    const hosts = SERVICES.hosts.map((label) => `${label}.crm-consulting.com`);
    assert.deepEqual(inputs["aliases"], ["api.crm-consulting.com", ...hosts]);
    const { originRequestPolicyId, grpcConfig } = inputs["defaultCacheBehavior"];
    assert.equal(originRequestPolicyId, ORIGIN_REQUEST_POLICIES.AllViewer);
    assert.deepEqual(grpcConfig, { enabled: true });
    // The health check asks the primary region by the origin's own name.
    const [health] = inputs["orderedCacheBehaviors"];
    assert.equal(health.originRequestPolicyId, ORIGIN_REQUEST_POLICIES.AllViewerExceptHostHeader);
    for (const host of hosts) {
      const records = plan.ofType(RECORD).filter((one) => one.inputs["name"] === host);
      assert.deepEqual(
        records.map((one) => one.inputs["type"]),
        ["A", "AAAA"],
      );
    }
  });

  it("says where a certificate has more names than ACM's first quota", async () => {
    const hosts = (count: number) => Array.from({ length: count }, (_, index) => `host-${index}`);
    const said = (count: number) =>
      warnings(() => planEdge(edgeConfig(), { services: { hosts: hosts(count), grpc: false } }));
    // ACM's quotas: ten names a certificate. The load balancer's has three more than the services' hosts.
    assert.deepEqual(await said(7), []);
    assert.match((await said(8)).join(), /has 11 names; ACM accepts 10 \(2026-11-29\) until/);
  });

  it("has both certificates, each host validated once, in the recovery region too", async () => {
    const all = ["api.crm-consulting.com", "partners.crm-consulting.com", "rpc.crm-consulting.com"];
    const plan = await planEdge(edgeConfig(), { services: SERVICES });
    const names = (name: string) => plan.get(CERTIFICATE, name).inputs["subjectAlternativeNames"];
    assert.deepEqual(names("crm-dns-viewer"), all);
    assert.deepEqual(names("crm-dns-load-balancer"), ["origin-primary.crm-consulting.com", ...all]);
    const validated = plan.ofType(RECORD).filter(({ name }) => name.includes("-validation-"));
    assert.equal(validated.length, 6);
    const west = await planEdge(edgeConfig(SECONDARY), {
      services: SERVICES,
      region: "us-west-2",
      originSecret: "of the primary stack",
    });
    assert.deepEqual(west.only(CERTIFICATE).inputs["subjectAlternativeNames"], all);
  });
});

describe("a gRPC service", () => {
  it("has gRPC target groups, and a gate that calls its health method", async () => {
    const plan = await planService("auth", {
      image: DIGEST,
      route: { protocol: "grpc", priority: 10, paths: ["/crm.auth.*"] },
      targetHealth: { path: "/grpc.health.v1.Health/Check", matcher: "0" },
      containerHealth: { command: ["/bin/grpc_health_probe"] },
    });
    for (const colour of ["blue", "green"]) {
      const { protocol, protocolVersion, healthCheck } = plan.get(
        TARGET_GROUP,
        `crm-auth-${colour}`,
      ).inputs;
      assert.deepEqual([protocol, protocolVersion], ["HTTP", "GRPC"]);
      assert.equal(healthCheck.path, "/grpc.health.v1.Health/Check");
      assert.equal(healthCheck.matcher, "0");
    }
    const { grpc, checks } = gateHook(plan)["details"];
    assert.equal(grpc, true);
    assert.deepEqual(checks, [{ path: "/grpc.health.v1.Health/Check", status: "0" }]);
  });
});
