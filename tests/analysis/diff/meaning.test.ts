/** What a change means beyond its resources: permissions and network paths. */
import assert from "node:assert/strict";

import { openingsOf } from "../../../analysis/diff/network";
import { wideningsOf, widened } from "../../../analysis/diff/permissions";
import { type PlannedResource, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { planned } from "../../support/planned";

const document = (...statements: object[]) => ({ Version: "2012-10-17", Statement: statements });
const allow = (more: object) => ({ Effect: "Allow", Resource: "arn:aws:s3:::b/*", ...more });

describe("permissions that widen", () => {
  const read = allow({ Action: "s3:GetObject" });

  it("are an action, a resource, a principal or a condition less", () => {
    const cases: [object, object, RegExp][] = [
      [read, allow({ Action: ["s3:GetObject", "s3:PutObject"] }), /^may s3:PutObject on arn/],
      [read, { ...read, Resource: "*" }, /^may s3:GetObject on \*$/],
      [
        { ...read, Principal: { AWS: "arn:aws:iam::123456789012:root" } },
        { ...read, Principal: "*" },
        /^everybody may s3:GetObject/,
      ],
      [
        { ...read, Condition: { Bool: { "aws:SecureTransport": "true" } } },
        read,
        /no longer only if Bool aws:SecureTransport true$/,
      ],
    ];
    for (const [old, now, says] of cases) {
      const found = widened(document(old), document(now));
      assert.equal(found.length, 1, JSON.stringify(found));
      assert.match(found[0]!, says);
    }
  });

  it("of a document with a secret are named without its texts", () => {
    const role = (policy: object) =>
      ({
        ...{ urn: "urn:pulumi:s::p::aws:iam/rolePolicy:RolePolicy::r", name: "r" },
        ...{ type: "aws:iam/rolePolicy:RolePolicy", propertyDependencies: {} },
        inputs: { policy: secret(JSON.stringify(policy)) },
      }) as unknown as PlannedResource;
    const wider = allow({ Action: ["s3:GetObject", "s3:PutObject"] });
    const of = (old: object, now: object) =>
      wideningsOf([{ old: role(document(old)), now: role(document(now)) }], [], new Map());
    const says = of(read, wider).map((one) => one.says);
    assert.deepEqual(says, ["policy: allows more than before; the document is secret"]);
    assert.deepEqual(of(wider, read), []);
  });

  it("name a dropped condition only where the same is allowed under fewer", () => {
    const under = (name: string) =>
      allow({ Action: "kms:Decrypt", Condition: { StringEquals: { a: name } } });
    const [says] = widened(document(under("one")), document(under("one"), under("two")));
    assert.match(says!, /^may kms:Decrypt on \S+ if StringEquals a two$/);
  });

  it("are none where an old statement covers them under another name", () => {
    const all = allow({ Action: "s3:*", Resource: "*" });
    assert.deepEqual(widened(document(all), document(read)), []);
    assert.deepEqual(widened(document(read), document(read, read)), []);
    const narrower = { ...read, Condition: { Bool: { "aws:SecureTransport": "true" } } };
    assert.deepEqual(widened(document(read), document(narrower)), []);
  });

  it("are none where a condition takes fewer values, and one where it takes more", () => {
    const from = (operator: string, ...values: string[]) =>
      document(
        allow({ Action: "s3:PutObject", Condition: { [operator]: { "aws:SourceArn": values } } }),
      );
    assert.deepEqual(widened(from("ArnLike", "a", "b"), from("ArnLike", "a")), []);
    assert.equal(widened(from("ArnLike", "a"), from("ArnLike", "a", "b")).length, 1);
    assert.deepEqual(widened(from("ArnLike", "arn:*"), from("ArnLike", "arn:x")), []);
    assert.equal(widened(from("ArnLike", "arn:x"), from("ArnLike", "arn:*")).length, 1);
    assert.deepEqual(widened(from("StringNotEquals", "a"), from("StringNotEquals", "a", "b")), []);
    assert.equal(
      widened(from("StringNotEquals", "a", "b"), from("StringNotEquals", "a")).length,
      1,
    );
  });

  it("are what is no longer denied", () => {
    const deny = { Effect: "Deny", Action: "s3:*", Resource: "*", Principal: "*" };
    assert.deepEqual(widened(document(deny), document()), [
      "everybody is no longer denied s3:* on *",
    ]);
    assert.deepEqual(widened(document(), document(deny)), []);
  });

  it("count everything but what is named as what it says", () => {
    const old = allow({ NotAction: "iam:*", Resource: "*" });
    const now = allow({ NotAction: "iam:Create*", Resource: "*" });
    assert.match(widened(document(old), document(now))[0]!, /everything but iam:Create\*/);
    assert.deepEqual(widened(document(old), document(old)), []);
  });
});

describe("network paths that open", () => {
  const rule = (name: string, inputs: Record<string, unknown>) =>
    planned("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, {
      inputs: { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 443, toPort: 443, ...inputs },
    });
  const said = (old: PlannedResource[], now: PlannedResource[]) =>
    openingsOf({ resources: old }, { resources: now }).map(({ says }) => says);

  it("are a wider network, more ports, another peer", () => {
    const old = [rule("r", { cidrIpv4: "10.0.0.0/16" })];
    assert.deepEqual(said(old, [rule("r", { cidrIpv4: "0.0.0.0/0" })]), [
      "sg-1 takes connections from 0.0.0.0/0 on port 443 (tcp)",
    ]);
    assert.equal(said(old, [rule("r", { cidrIpv4: "10.0.0.0/16", toPort: 444 })]).length, 1);
    assert.equal(said(old, [rule("r", { referencedSecurityGroupId: "sg-2" })]).length, 1);
  });

  it("are the peers of the older rule as well: another group, a prefix list, the group itself", () => {
    const older = (inputs: Record<string, unknown>) =>
      planned("aws:ec2/securityGroupRule:SecurityGroupRule", "r", {
        inputs: {
          ...{ type: "ingress", securityGroupId: "sg-1", protocol: "tcp" },
          ...{ fromPort: 443, toPort: 443, ...inputs },
        },
      });
    const peers: [Record<string, unknown>, string][] = [
      [{ sourceSecurityGroupId: "sg-2" }, "sg-2"],
      [{ prefixListIds: ["pl-1"] }, "pl-1"],
      [{ self: true }, "sg-1"],
      [{ ipv6CidrBlocks: ["::/0"] }, "::/0"],
    ];
    for (const [inputs, peer] of peers) {
      const says = `sg-1 takes connections from ${peer} on port 443 (tcp)`;
      assert.deepEqual(said([], [older(inputs)]), [says]);
      assert.deepEqual(said([older(inputs)], [older(inputs)]), []);
    }
    const group = planned("aws:ec2/securityGroup:SecurityGroup", "cache", {});
    const unknown = {
      ...older({ securityGroupId: UNKNOWN, sourceSecurityGroupId: UNKNOWN }),
      propertyDependencies: {
        securityGroupId: [group.urn],
        sourceSecurityGroupId: [group.urn],
      },
    };
    assert.deepEqual(said([], [group, unknown]), [
      "cache takes connections from cache on port 443 (tcp)",
    ]);
    const inline = (rule: Record<string, unknown>) =>
      planned("aws:ec2/securityGroup:SecurityGroup", "web", {
        inputs: { egress: [{ protocol: "tcp", fromPort: 1, toPort: 1, ...rule }] },
      });
    assert.deepEqual(said([inline({})], [inline({ prefixListIds: ["pl-1"], self: true })]), [
      "web may connect to pl-1 on port 1 (tcp)",
      "web may connect to web on port 1 (tcp)",
    ]);
  });

  it("read a protocol by name and number as one, and messages of ICMP without ports", () => {
    const older = (inputs: Record<string, unknown>) =>
      planned("aws:ec2/securityGroupRule:SecurityGroupRule", "r", {
        inputs: { type: "ingress", securityGroupId: "sg-1", cidrBlocks: ["0.0.0.0/0"], ...inputs },
      });
    const web = { fromPort: 443, toPort: 443 };
    const one = older({ ...web, protocol: "6" });
    assert.deepEqual(said([older({ ...web, protocol: "tcp" })], [one]), []);
    assert.deepEqual(said([older({ ...web, protocol: "all" })], [one]), []);
    assert.deepEqual(said([], [one]), ["sg-1 takes connections from 0.0.0.0/0 on port 443 (tcp)"]);
    const echo = older({ protocol: "icmp", fromPort: 8, toPort: -1 });
    assert.deepEqual(said([], [echo]), ["sg-1 takes connections from 0.0.0.0/0 by icmp"]);
  });

  it("name no secret address", () => {
    const hidden = rule("r", { cidrIpv4: secret("198.51.100.7/32") });
    assert.deepEqual(said([], [hidden]), [
      "sg-1 takes connections from a secret address on port 443 (tcp)",
    ]);
  });

  it("are none where a rule narrows, or moves to another resource", () => {
    const old = [rule("r", { cidrIpv4: "10.0.0.0/16" })];
    assert.deepEqual(said(old, [rule("other", { cidrIpv4: "10.0.0.0/16" })]), []);
    assert.deepEqual(said(old, [rule("r", { cidrIpv4: "10.0.1.0/24" })]), []);
    const all = [rule("r", { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" })];
    assert.deepEqual(said(all, old), []);
  });

  it("are a database with an address of the internet, and a bucket that blocks no more", () => {
    const database = (publiclyAccessible: boolean) =>
      planned("aws:rds/instance:Instance", "db", { inputs: { publiclyAccessible } });
    assert.deepEqual(said([database(false)], [database(true)]), [
      "db gets an address of the internet",
    ]);
    assert.deepEqual(said([database(true)], [database(true)]), []);
    const service = (assignPublicIp: boolean) =>
      planned("aws:ecs/service:Service", "web", {
        inputs: { networkConfiguration: { assignPublicIp } },
      });
    assert.deepEqual(said([service(false)], [service(true)]), [
      "web gives its tasks an address of the internet",
    ]);
  });

  const exposed: [string, string, Record<string, unknown>, Record<string, unknown>][] = [
    ["an older load balancer that is public", "aws:alb/loadBalancer:LoadBalancer", { internal: true }, { internal: false }],
    ["a load balancer that no longer says internal", "aws:lb/loadBalancer:LoadBalancer", { internal: true }, {}],
    ["a bucket's block that goes", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { blockPublicPolicy: true }, {}],
    ["an account's block that goes", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", { blockPublicPolicy: true }, {}],
    ["a graph database", "aws:neptune/clusterInstance:ClusterInstance", {}, { publiclyAccessible: true }],
    ["a broker", "aws:mq/broker:Broker", { publiclyAccessible: false }, { publiclyAccessible: true }],
    ["a serverless warehouse", "aws:redshiftserverless/workgroup:Workgroup", {}, { publiclyAccessible: true }],
    ["a replication instance that no longer says private", "aws:dms/replicationInstance:ReplicationInstance", { publiclyAccessible: false }, {}],
  ]; // prettier-ignore
  for (const [title, type, before, after] of exposed) {
    it(`are ${title}; the same twice is none`, () => {
      const blocks = { blockPublicAcls: true, ignorePublicAcls: true, restrictPublicBuckets: true };
      const has = (inputs: Record<string, unknown>) => [
        planned(type, "it", { inputs: type.includes("AccessBlock") ? { ...blocks, ...inputs } : inputs }),
      ]; // prettier-ignore
      assert.equal(said(has(before), has(after)).length, 1);
      assert.deepEqual(said(has(after), has(before)), []);
      assert.deepEqual(said(has(after), has(after)), []);
    });
  }

  it("are a route out, and what an access list lets in", () => {
    const route = planned("aws:ec2/route:Route", "out", {
      inputs: { destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" },
    });
    const entry = planned("aws:ec2/networkAclRule:NetworkAclRule", "all", {
      inputs: { ruleAction: "allow", cidrBlock: "0.0.0.0/0", egress: false },
    });
    assert.deepEqual(said([], [route, entry]), [
      "out sends 0.0.0.0/0 through gateway",
      "all lets 0.0.0.0/0 in",
    ]);
    assert.deepEqual(said([route, entry], [route, entry]), []);
    const other = { ...route, inputs: { ...route.inputs, gatewayId: "igw-2" } };
    assert.deepEqual(said([route], [other]), []);
  });
});
