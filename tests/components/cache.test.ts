import assert from "node:assert/strict";

import { assertInputs, planCache } from "../support/data";
import { REQUIRED_TAGS, tags } from "../support/fixtures";
import type { Recording } from "../support/mocks";

const CLUSTER = "aws:elasticache/replicationGroup:ReplicationGroup";
const PARAMETER = "aws:ssm/parameter:Parameter";
const TARGET = "aws:appautoscaling/target:Target";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/";

describe("CrmCache", () => {
  let production: Recording;
  let staging: Recording;
  let created: Recording;
  before(async () => {
    production = await planCache("production");
    staging = await planCache("staging");
    created = await planCache("production", { preview: false });
  });

  it("creates the cluster as the document describes it", () => {
    assertInputs(created.only(CLUSTER).inputs, {
      replicationGroupId: "crm-redis-cluster",
      description: "CRM Redis cluster for session and cache",
      engine: "redis",
      engineVersion: "7.1",
      nodeType: "cache.r6g.large",
      multiAzEnabled: true,
      automaticFailoverEnabled: true,
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      subnetGroupName: "crm-cache-subnet-group",
      securityGroupIds: ["sg-data"],
      snapshotRetentionLimit: 7,
      snapshotWindow: "03:00-05:00",
      maintenanceWindow: "sun:05:00-sun:06:00",
      notificationTopicArn: "arn:aws:sns:us-east-1:123456789012:crm-notifications",
      finalSnapshotIdentifier: "crm-redis-cluster-final-0123abcd",
      port: 6379,
      autoMinorVersionUpgrade: true,
      applyImmediately: false,
      kmsKeyId: "arn:aws:kms:us-east-1:123456789012:crm-cache",
    });
  });

  it("has the document's three nodes as one shard with two replicas", () => {
    const { inputs, ignoreChanges } = production.only(CLUSTER);
    assert.equal(inputs["numNodeGroups"], 1);
    assert.equal(inputs["replicasPerNodeGroup"], 2);
    assert.equal(inputs["numCacheClusters"], undefined);
    assert.deepEqual(ignoreChanges, ["numNodeGroups"]);
    const [root] = created.all.filter(({ type }) => type === "crm:aws:CrmCache");
    // With the nodes of the two shards that scaling may add: alarms know them before they come.
    assert.deepEqual(
      created.outputs.get(root!.urn)!["memberClusterIds"],
      ["0001", "0002", "0003"].flatMap((shard) =>
        ["001", "002", "003"].map((node) => `crm-redis-cluster-${shard}-${node}`),
      ),
    );
  });

  it("spreads more nodes evenly over more shards", async () => {
    const plan = await planCache("production", {
      change: ({ cache }) => Object.assign(cache, { shards: 2, numCacheNodes: 4 }),
    });
    const { inputs } = plan.only(CLUSTER);
    assert.equal(inputs["numNodeGroups"], 2);
    assert.equal(inputs["replicasPerNodeGroup"], 1);
  });

  it("runs in cluster mode, with the stack's own parameters", async () => {
    const { inputs } = production.only("aws:elasticache/parameterGroup:ParameterGroup");
    assert.equal(inputs["family"], "redis7");
    assert.deepEqual(inputs["parameters"], [{ name: "cluster-enabled", value: "yes" }]);
    const changed = await planCache("production", {
      change: ({ cache }) => {
        cache.engine = "valkey";
        cache.engineVersion = "8.2";
        cache.parameters = [{ name: "maxmemory-policy", value: "volatile-ttl" }];
      },
    });
    const group = changed.only("aws:elasticache/parameterGroup:ParameterGroup").inputs;
    assert.equal(group["family"], "valkey8");
    assert.equal(group["name"], "crm-cache-valkey8");
    assertInputs(changed.only(CLUSTER).inputs, { engine: "valkey", engineVersion: "8.2" });
    assert.deepEqual(group["parameters"][1], { name: "maxmemory-policy", value: "volatile-ttl" });
  });

  it("is protected, with its key, and waits long enough for nodes", () => {
    const { protect, customTimeouts } = production.only(CLUSTER);
    assert.equal(protect, true);
    assert.deepEqual(customTimeouts, { create: "90m", update: "120m", delete: "60m" });
    assert.equal(production.only("aws:kms/key:Key").protect, true);
    assert.equal(production.only("aws:kms/alias:Alias").inputs["name"], "alias/crm-cache");
  });

  it("demands a token that is a secret everywhere", () => {
    const cluster = created.only(CLUSTER);
    assert.equal(cluster.inputs["authTokenWo"], "crm-cache-token-result");
    assert.equal(cluster.inputs["authTokenWoVersion"], 1);
    assert.equal(cluster.inputs["authToken"], undefined);
    assert.equal(cluster.inputs["authTokenUpdateStrategy"], "ROTATE");
    assert.deepEqual(created.only("random:index/randomPassword:RandomPassword").inputs, {
      length: 64,
      special: false,
      keepers: { version: "1" },
    });
    for (const { name, inputs, secretInputs } of created.all) {
      for (const [input, value] of Object.entries(inputs)) {
        if (JSON.stringify(value).includes("crm-cache-token-result")) {
          assert.ok(secretInputs.includes(input), `${name}.${input}`);
        }
      }
    }
    for (const [urn, outputs] of created.outputs) {
      assert.ok(!JSON.stringify(outputs).includes("crm-cache-token-result"), urn);
    }
  });

  it("makes a new token when its version is raised", async () => {
    const rotated = await planCache("production", {
      change: ({ cache }) => Object.assign(cache, { tokenVersion: 2, tokenUpdateStrategy: "SET" }),
    });
    const token = rotated.only("random:index/randomPassword:RandomPassword");
    assert.deepEqual(token.inputs["keepers"], { version: "2" });
    assertInputs(rotated.only(CLUSTER).inputs, {
      authTokenUpdateStrategy: "SET",
      // Another number than with ROTATE: the provider sends the same token once more.
      authTokenWoVersion: 1_000_002,
    });
    assert.ok(
      rotated.only(PARAMETER).propertyDependencies["value"]!.includes(token.urn),
      "the URL holds the token",
    );
    const [root] = rotated.all.filter(({ type }) => type === "crm:aws:CrmCache");
    assert.equal(rotated.outputs.get(root!.urn)!["tokenVersion"], 2);
  });

  it("gives core an encrypted URL with TLS and the token", () => {
    const { inputs, secretInputs } = created.only(PARAMETER);
    assert.equal(inputs["name"], "/crm/core/redis-url");
    assert.equal(inputs["type"], "SecureString");
    assert.equal(inputs["keyId"], `${KEY}secrets`);
    assert.equal(inputs["value"], "rediss://:crm-cache-token-result@crm-cache.cache.example:6379");
    assert.ok(secretInputs.includes("value"));
  });

  it("can do without token and TLS, and the URL says so", async () => {
    const open = await planCache("production", {
      change: ({ cache }) => Object.assign(cache, { authToken: false, transitEncryption: false }),
      preview: false,
    });
    const { inputs } = open.only(CLUSTER);
    for (const input of ["authTokenWo", "authTokenUpdateStrategy", "transitEncryptionMode"]) {
      assert.equal(inputs[input], undefined, input);
    }
    assert.equal(open.only(PARAMETER).inputs["value"], "redis://crm-cache.cache.example:6379");
  });

  it("writes both logs into groups that exist first", () => {
    const cluster = production.only(CLUSTER);
    const groups = production.ofType(LOG_GROUP);
    assert.deepEqual(groups.map(({ inputs }) => inputs["name"]).sort(), [
      "/aws/elasticache/crm-redis-cluster/engine-log",
      "/aws/elasticache/crm-redis-cluster/slow-log",
    ]);
    for (const { urn, inputs } of groups) {
      assert.equal(inputs["kmsKeyId"], `${KEY}logs`);
      assert.equal(inputs["retentionInDays"], 30);
      assert.ok(cluster.dependencies.includes(urn));
    }
    assert.deepEqual(
      cluster.inputs["logDeliveryConfigurations"],
      ["slow-log", "engine-log"].map((log) => ({
        logType: log,
        logFormat: "json",
        destinationType: "cloudwatch-logs",
        destination: `/aws/elasticache/crm-redis-cluster/${log}`,
      })),
    );
  });

  it("scales by the document's share of memory", () => {
    const target = production.only(TARGET);
    assertInputs(target.inputs, {
      serviceNamespace: "elasticache",
      scalableDimension: "elasticache:replication-group:NodeGroups",
      resourceId: "replication-group/crm-redis-cluster",
      minCapacity: 1,
      maxCapacity: 3,
    });
    assert.ok(target.dependencies.includes(production.only(CLUSTER).urn));
    const { inputs } = production.only("aws:appautoscaling/policy:Policy");
    assert.equal(inputs["policyType"], "TargetTrackingScaling");
    assert.equal(inputs["resourceId"], "replication-group/crm-redis-cluster");
    assert.deepEqual(inputs["targetTrackingScalingPolicyConfiguration"], {
      predefinedMetricSpecification: {
        predefinedMetricType: "ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage",
      },
      targetValue: 70,
      scaleInCooldown: 600,
      scaleOutCooldown: 600,
    });
  });

  it("is smaller in staging, keeps its number of shards and leaves no snapshot behind", () => {
    const { inputs, ignoreChanges } = staging.only(CLUSTER);
    assert.equal(inputs["replicationGroupId"], "crm-staging-redis-cluster");
    assert.equal(inputs["nodeType"], "cache.t4g.small");
    assert.equal(inputs["replicasPerNodeGroup"], 1);
    assert.equal(inputs["finalSnapshotIdentifier"], undefined);
    assert.deepEqual(ignoreChanges, []);
    assert.deepEqual(staging.ofType(TARGET), []);
    assert.equal(staging.only(PARAMETER).inputs["name"], "/crm-staging/core/redis-url");
  });

  it("tags everything that can be tagged", () => {
    const untaggable = /^(random:|aws:kms\/alias:|aws:appautoscaling\/policy:)/;
    const taggable = production.all.filter(({ type, custom }) => custom && !untaggable.test(type));
    assert.equal(taggable.length, 8);
    for (const { name, inputs } of taggable) {
      for (const tag of REQUIRED_TAGS) {
        assert.equal(inputs["tags"]?.[tag], tags("cache")[tag], `${name} ${tag}`);
      }
    }
  });

  it("registers the same resources whether or not outputs are known", () => {
    const list = (recording: Recording) => recording.all.map(({ urn }) => urn).sort();
    assert.deepEqual(list(created), list(production));
  });
});
