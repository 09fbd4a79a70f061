import assert from "node:assert/strict";

import { clusterRules, clusterSchema } from "../../schema/cluster";

/** `path: expected` of what the schema or the rules refuse. */
function problems(input: Record<string, unknown>): string[] {
  const parsed = clusterSchema.safeParse(input);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  }
  const found: string[] = [];
  clusterRules(parsed.data, (path, _given, expected) =>
    found.push(`${path.join(".")}: ${expected}`),
  );
  return found;
}

describe("schema of crm:cluster", () => {
  it("needs nothing said: the document's values are the defaults", () => {
    assert.deepEqual(problems({}), []);
    const cluster = clusterSchema.parse({});
    assert.deepEqual(cluster.capacityProviders, [
      { provider: "FARGATE", weight: 70, base: 2 },
      { provider: "FARGATE_SPOT", weight: 30, base: 0 },
    ]);
    assert.equal(cluster.loadBalancer.ipAddressType, "ipv4");
    assert.equal(cluster.loadBalancer.sslPolicy, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
    const own = { loadBalancer: { sslPolicy: "ELBSecurityPolicy-TLS-1-2-2017-01" } };
    assert.deepEqual(problems(own), [], "the document's own is accepted");
    assert.equal(cluster.loadBalancer.deletionProtection, true);
    assert.equal(cluster.gate.testPort, 9443);
    assert.equal(cluster.name, undefined);
  });

  const provider = (name: string, weight = 1, base = 0) => ({ provider: name, weight, base });
  const cases: [string, Record<string, unknown>, string][] = [
    [
      "an SSL policy that takes TLS 1.0",
      { loadBalancer: { sslPolicy: "ELBSecurityPolicy-2016-08" } },
      "loadBalancer.sslPolicy: one of ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    ],
    [
      "IPv6 addresses in a VPC without IPv6",
      { loadBalancer: { ipAddressType: "dualstack" } },
      "loadBalancer.ipAddressType: ipv4, while the VPC has no IPv6",
    ],
    [
      "a prefix that is no start of a tag",
      { imageLifecycle: { releasedPrefix: "-v" } },
      "imageLifecycle.releasedPrefix: the start of a tag",
    ],
    [
      "a provider of EC2 capacity",
      { capacityProviders: [provider("EC2")] },
      "capacityProviders.0.provider: one of FARGATE, FARGATE_SPOT",
    ],
    [
      "one provider twice",
      { capacityProviders: [provider("FARGATE"), provider("FARGATE")] },
      "capacityProviders: each provider once",
    ],
    [
      "a base on two providers",
      { capacityProviders: [provider("FARGATE", 1, 2), provider("FARGATE_SPOT", 1, 1)] },
      "capacityProviders: a base on one provider at most",
    ],
    [
      "weights of 0 alone",
      { capacityProviders: [provider("FARGATE", 0, 2)] },
      "capacityProviders: a weight above 0 on one provider at least",
    ],
    [
      "a gate without time for its rounds",
      { gate: { totalSeconds: 20, passes: 3, requestTimeoutSeconds: 5, retryDelaySeconds: 5 } },
      "gate.totalSeconds: at least 30 seconds, which 3 rounds may take",
    ],
    ["a cluster name with a dot", { name: "crm.production" }, "name: 1 to 255 letters"],
    [
      "a certificate that is no ARN",
      { loadBalancer: { certificateArn: "certificate-id" } },
      "loadBalancer.certificateArn: an ARN of acm",
    ],
    [
      "a retention that CloudWatch Logs does not know",
      { execLogRetentionDays: 100 },
      "execLogRetentionDays: a number of days that CloudWatch Logs accepts",
    ],
  ];
  for (const [what, input, expected] of cases) {
    it(`refuses ${what}`, () => {
      const found = problems(input);
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.startsWith(expected), found[0]);
    });
  }
});
