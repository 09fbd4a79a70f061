import assert from "node:assert/strict";

import { creationsWaiting, lostRegion } from "../../../analysis/recovery/control-planes";
import { recoveryStackOf } from "../../../analysis/recovery/of-plan";
import { RecoveryStack } from "../../../analysis/recovery/resources";
import { isLocated, planeElsewhere, type Operation } from "../../../facts/control-planes";
import { documentOf, rendered } from "../../../tools/commands/recovery";
import type { Plan } from "../../../tools/preview/index";
import { planInTheEmergency } from "../../support/in-the-emergency";

/** Calls of S3 that the whitepaper lists as dependent on us-east-1, by the type that makes them. */
const S3_CALLS: Readonly<Record<string, string>> = {
  CreateBucket: "aws:s3/bucket:Bucket",
  PutBucketPolicy: "aws:s3/bucketPolicy:BucketPolicy",
  PutBucketVersioning: "aws:s3/bucketVersioning:BucketVersioning",
  PutBucketLifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  PutBucketLogging: "aws:s3/bucketLogging:BucketLogging",
  PutBucketNotification: "aws:s3/bucketNotification:BucketNotification",
  PutBucketReplication: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
};

const waitingTypes = (plan: Plan, lost = "us-east-1"): string[] => [
  ...new Set(
    creationsWaiting(recoveryStackOf(plan), lost)
      .filter(({ name }) => name !== "billing")
      .flatMap(({ name, resources }) => resources.map(({ type }) => `${name} ${type}`)),
  ),
];

describe("control planes of another region", () => {
  let production: Plan;
  let recovery: Plan;
  before(async () => {
    production = await planInTheEmergency("production");
    recovery = await planInTheEmergency("recovery");
  });

  it("are looked up for each type that a stack of ours has", () => {
    for (const { resources } of [production, recovery]) {
      const missing = resources
        .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
        .filter(({ type }) => !isLocated(type))
        .map(({ type }) => type);
      assert.deepEqual([...new Set(missing)], []);
    }
    assert.equal(isLocated("aws:neptune/cluster:Cluster"), false);
  });

  it("are those that AWS's whitepaper names", () => {
    const at = (type: string, operation: Operation, inputs = {}) =>
      planeElsewhere(type, inputs, operation)?.name;
    for (const [call, type] of Object.entries(S3_CALLS)) {
      assert.equal(at(type, "create"), "buckets", call);
    }
    assert.equal(at("aws:lb/loadBalancer:LoadBalancer", "create"), "endpointNames");
    assert.equal(at("aws:lb/targetGroup:TargetGroup", "create"), undefined);
    assert.equal(
      at("aws:elasticache/replicationGroup:ReplicationGroup", "create"),
      "endpointNames",
    );
    const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
    assert.equal(at(endpoint, "create", { vpcEndpointType: "Interface" }), "endpointNames");
    assert.equal(at(endpoint, "create", { vpcEndpointType: "Gateway" }), undefined);
    assert.equal(at("aws:rds/instance:Instance", "create"), "endpointNames");
    // Promotion of a replica is a change.
    assert.equal(at("aws:rds/instance:Instance", "change"), undefined);
    assert.equal(at("aws:iam/role:Role", "change"), "iam");
    assert.equal(at("aws:ecs/service:Service", "change"), undefined);
  });

  it("decide of production what they decide of the stack that stands in for it", () => {
    assert.equal(lostRegion(recoveryStackOf(production)), "us-east-1");
    assert.equal(lostRegion(recoveryStackOf(recovery)), undefined);
    assert.deepEqual(waitingTypes(production).sort(), waitingTypes(recovery).sort());
    assert.ok(waitingTypes(recovery).length > 10);
    assert.deepEqual(waitingTypes(recovery, "us-west-2"), []);
  });

  it("are listed by the command, each with the resources that wait for it", () => {
    const text = rendered(documentOf(production));
    assert.match(text, /Route 53 makes no name for its endpoint: .*\d LoadBalancer.*6 VpcEndpoint/);
    assert.match(text, /The objectives are met where control planes in us-east-1 answer/);
    const resources = production.resources.filter(
      ({ type }) => planeElsewhere(type, { vpcEndpointType: "Interface" }, "create") === undefined,
    );
    assert.doesNotMatch(rendered(documentOf({ ...production, resources })), /control planes/);
  });

  it("count a bucket as created again where each rule of its replication is disabled", () => {
    const changed = structuredClone(production);
    for (const { type, inputs } of changed.resources) {
      if (type !== "aws:s3/bucketReplicationConfig:BucketReplicationConfig") continue;
      for (const rule of inputs["rules"] as Record<string, unknown>[]) rule["status"] = "Disabled";
    }
    const buckets = (plan: Plan) =>
      creationsWaiting(recoveryStackOf(plan), "us-east-1")
        .flatMap(({ resources }) => resources)
        .filter(({ type, urn }) => type === "aws:s3/bucket:Bucket" && urn.includes("user-uploads"));
    assert.deepEqual(buckets(production), []);
    assert.equal(buckets(changed).length, 1);
  });

  it("say nothing of what is not known before the first update", () => {
    const inputs = { vpcEndpointType: undefined };
    const urn = "urn:pulumi:x::crm::aws:ec2/vpcEndpoint:VpcEndpoint::one";
    const stack = new RecoveryStack([
      {
        ...{ type: "aws:ec2/vpcEndpoint:VpcEndpoint", name: "one", urn, inputs },
        ...{ references: {}, ignoreChanges: [] },
      },
    ]);
    assert.deepEqual(creationsWaiting(stack, "us-east-1"), []);
  });
});
