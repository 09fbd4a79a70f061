/** Conditions of the provider that two plans decide: what its own plan did with the values that it was asked about. */
import assert from "node:assert/strict";

import { type Conditional, decided } from "../../../analysis/diff/conditions";
import { UNKNOWN } from "../../../analysis/plan/model";
import { asked, replacement, replacements } from "../../../facts/replacement";

const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";

describe("a condition of a replacement", () => {
  const verdict = (type: string, property: string, change: Partial<Conditional>) =>
    decided(replacement(type, property), {
      ...{ kind: "changed", before: {}, after: {} },
      ...change,
    }).verdict;

  it("gives what the provider's plan gave for each pair of values that replaced", () => {
    let pairs = 0;
    for (const [type, { mayReplace }] of Object.entries(replacements().types)) {
      for (const property of Object.keys(mayReplace)) {
        const { condition = "" } = asked(type, property);
        const [, tried] = /^replaced on (.*); in place on other/.exec(condition) ?? [];
        for (const pair of tried?.split(", ").filter((one) => one.includes(" -> ")) ?? []) {
          const [old, now] = pair
            .split(" -> ")
            .map((one) => (one === "nothing" ? undefined : (JSON.parse(one) as unknown)));
          const kind = old === undefined ? "added" : now === undefined ? "removed" : "changed";
          const change = { kind, old, new: now } as const;
          // A row written by hand may know less of what is added, where the service has had its own version.
          const found = verdict(type, property, change);
          const added = kind === "added" && replacement(type, property).condition !== condition;
          const where = /where (\w+) is true/.exec(replacement(type, property).condition ?? "");
          if (added || where) continue;
          assert.equal(found, "replaces", `${type} ${property} ${pair}`);
          pairs++;
        }
      }
    }
    assert.ok(pairs > 12, String(pairs));
  });

  // hashicorp/terraform-provider-aws, internal/service/elasticache/engine_version.go and replication_group.go.
  it("is decided for a cache by its versions", () => {
    const cases: [string, Partial<Conditional>, string][] = [
      ["engineVersion", { old: "7.1", new: "7.0" }, "replaces"],
      ["engineVersion", { old: "7.0", new: "7.1" }, "in-place"],
      ["engineVersion", { old: "7.10", new: "7.9" }, "replaces"],
      ["engineVersion", { old: "6.x", new: "7.0" }, "in-place"],
      // The service has the rest of 6.x.
      ["engineVersion", { old: "6.x", new: "6.2" }, "may-replace"],
      ["engineVersion", { old: UNKNOWN, new: "7.0" }, "may-replace"],
      ["engineVersion", { kind: "added", new: "7.0" }, "may-replace"],
      ["transitEncryptionEnabled", { before: { engineVersion: "7.1" } }, "in-place"],
      ["transitEncryptionEnabled", { before: { engineVersion: "6.2" } }, "replaces"],
      ["transitEncryptionEnabled", { before: { engineVersion: "5.0.6" } }, "replaces"],
      // 7.0 may be 7.0.4 or 7.0.7.
      ["transitEncryptionEnabled", { before: { engineVersion: "7.0" } }, "may-replace"],
      ["transitEncryptionEnabled", {}, "may-replace"],
    ];
    for (const [property, change, expected] of cases) {
      assert.equal(verdict(CACHE, property, change), expected, JSON.stringify([property, change]));
    }
  });

  it("is decided by other properties, with the provider's defaults", () => {
    const cases: [string, string, Partial<Conditional>, string][] = [
      ["aws:ec2/instance:Instance", "userData", {}, "in-place"],
      [
        ...(["aws:ec2/instance:Instance", "userData"] as const),
        { after: { userDataReplaceOnChange: true } },
        "replaces",
      ],
      [
        ...(["aws:ec2/instance:Instance", "userData"] as const),
        { after: { userDataReplaceOnChange: UNKNOWN } },
        "may-replace",
      ],
      [
        ...(["aws:ec2/subnet:Subnet", "ipv6CidrBlock"] as const),
        { before: { assignIpv6AddressOnCreation: true } },
        "replaces",
      ],
      [
        ...(["aws:ec2/vpcEndpoint:VpcEndpoint", "privateDnsEnabled"] as const),
        { after: { vpcEndpointType: "Interface" } },
        "in-place",
      ],
      ["aws:ec2/vpcEndpoint:VpcEndpoint", "privateDnsEnabled", {}, "replaces"],
      ["aws:elasticache/cluster:Cluster", "nodeType", { after: { engine: "redis" } }, "in-place"],
      ["aws:elasticache/cluster:Cluster", "nodeType", {}, "may-replace"],
      ["aws:ec2/vpc:Vpc", "instanceTenancy", { old: "dedicated", new: "default" }, "in-place"],
      ["aws:ec2/vpc:Vpc", "instanceTenancy", { old: "default", new: "dedicated" }, "replaces"],
      ["aws:sqs/queue:Queue", "region", { old: "us-east-1", new: "eu-west-1" }, "replaces"],
      ["aws:sqs/queue:Queue", "region", { kind: "added", new: "eu-west-1" }, "may-replace"],
      ["aws:ssm/parameter:Parameter", "tier", { old: "Advanced", new: "Standard" }, "replaces"],
      ["aws:ssm/parameter:Parameter", "tier", { old: "Standard", new: "Advanced" }, "may-replace"],
    ];
    for (const [type, property, change, expected] of cases) {
      const about = JSON.stringify([type, property, change]);
      assert.equal(verdict(type, property, change), expected, about);
    }
  });
});
