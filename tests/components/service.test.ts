import assert from "node:assert/strict";

import { createCluster, createService, DIGEST, SERVICES, serviceConfig } from "../support/compute";
import {
  container,
  ecsService,
  environment,
  planService,
  RULE,
  SERVICE,
  TARGET_GROUP,
} from "../support/compute-plan";
import { REQUIRED_TAGS, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";

describe("CrmService", () => {
  const plans: Record<string, Recording> = {};
  before(async () => {
    for (const service of Object.keys(SERVICES)) {
      plans[service] = await planService(service);
    }
  });

  const expected = [
    ["auth", "auth-service", "256", "512", 3001, 2, 2, 10, 100, ["/auth/*", "/api/auth/*"]],
    ["core", "crm-core", "512", "1024", 3002, 3, 2, 15, 1000, ["/*"]],
    ["social", "social-service", "512", "1024", 3003, 2, 1, 8, 200, ["/social/*", "/api/social/*"]],
    [
      "analytics",
      "analytics-service",
      "512",
      "1024",
      3004,
      2,
      1,
      6,
      300,
      ["/analytics/*", "/api/analytics/*"],
    ],
  ] as const;
  for (const [
    key,
    containerName,
    cpu,
    memory,
    port,
    desired,
    min,
    max,
    priority,
    paths,
  ] of expected) {
    it(`gives ${key} the document's names, size, counts and route`, () => {
      const recording = plans[key]!;
      const { inputs } = ecsService(recording);
      assert.equal(inputs["name"], `crm-${key}-service`);
      assert.equal(inputs["desiredCount"], desired);
      const task = recording.only("aws:ecs/taskDefinition:TaskDefinition").inputs;
      assert.equal(task["family"], `crm-${key}`);
      assert.equal(task["cpu"], cpu);
      assert.equal(task["memory"], memory);
      assert.equal(container(recording)["name"], containerName);
      assert.deepEqual(container(recording)["portMappings"], [
        { containerPort: port, hostPort: port, protocol: "tcp" },
      ]);
      assert.equal(environment(recording)["NODE_ENV"], "production");
      assert.equal(environment(recording)["PORT"], String(port));
      const target = recording.only("aws:appautoscaling/target:Target").inputs;
      assert.equal(target["minCapacity"], min);
      assert.equal(target["maxCapacity"], max);
      assert.equal(target["resourceId"], `service/crm-production/crm-${key}-service`);
      const rule = recording.get(RULE, `crm-${key}-production`).inputs;
      assert.equal(rule["priority"], priority);
      assert.deepEqual(rule["conditions"], [{ pathPattern: { values: paths } }]);
      const log = recording.get("aws:cloudwatch/logGroup:LogGroup", `crm-${key}`).inputs;
      assert.equal(log["name"], `/ecs/crm-${key}-service`);
      assert.equal(log["retentionInDays"], 30);
      assert.equal(log["kmsKeyId"], "arn:aws:kms:us-east-1:123456789012:key/logs");
      for (const colour of ["blue", "green"]) {
        const group = recording.get(TARGET_GROUP, `crm-${key}-${colour}`).inputs;
        assert.equal(group["name"], undefined);
        assert.equal(group["port"], port);
        assert.equal(group["protocol"], "HTTP");
        assert.equal(group["targetType"], "ip");
        assert.equal(group["deregistrationDelay"], 30);
        assert.deepEqual(group["healthCheck"], {
          enabled: true,
          path: "/health",
          protocol: "HTTP",
          interval: 30,
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
          matcher: "200",
        });
      }
    });
  }

  it("takes more paths than a condition has strings, in the one rule that ECS knows", async () => {
    const paths = ["/auth/*", "/api/auth/*", "/login", "/logout", "/sso/*"];
    const recording = await planService("auth", { route: { priority: 100, paths } });
    const [condition] = recording.get(RULE, "crm-auth-production").inputs["conditions"];
    assert.deepEqual(condition.pathPattern, {
      regexValues: ["^(/auth/.*|/api/auth/.*|/login|/logout|/sso/.*)$"],
    });
  });

  it("says in its outputs what it is: image, size, counts, route, strategy", () => {
    const recording = plans["auth"]!;
    const { urn } = recording.all.find((r) => r.type === "crm:aws:CrmService")!;
    assert.deepEqual(recording.outputs.get(urn)?.["summary"], {
      image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/crm-auth@${DIGEST}`,
      cpu: 256,
      memoryMiB: 512,
      desiredCount: 2,
      minCapacity: 2,
      maxCapacity: 10,
      priority: 100,
      paths: ["/auth/*", "/api/auth/*"],
      strategy: "blue-green",
    });
  });

  it("carries the six tags on everything that takes tags", () => {
    const untaggable = [
      "aws:iam/rolePolicy:RolePolicy",
      "aws:ecr/lifecyclePolicy:LifecyclePolicy",
      "aws:appautoscaling/policy:Policy",
      "random:index/randomPassword:RandomPassword",
    ];
    const own = plans["auth"]!.all.filter(
      (r) => r.custom && r.name.startsWith("crm-auth") && !untaggable.includes(r.type),
    );
    assert.ok(own.length > 10);
    for (const { type, name, inputs } of own) {
      for (const tag of REQUIRED_TAGS) {
        assert.equal(inputs["tags"]?.[tag], tags("auth")[tag], `${tag} of ${type} ${name}`);
      }
    }
  });

  it("leaves nothing unknown in what a policy reads in a first preview", () => {
    for (const recording of Object.values(plans)) {
      for (const { type, name, inputs } of recording.all) {
        for (const key of ["containerDefinitions", "policy", "assumeRolePolicy", "name"]) {
          const given = inputs[key];
          assert.ok(
            given === undefined || (typeof given === "string" && !given.includes("04da6b54")),
            `${key} of ${type} ${name}`,
          );
        }
      }
      const { inputs } = ecsService(recording);
      assert.equal(inputs["alarms"].alarmNames.length, 3);
      assert.match(inputs["deploymentConfiguration"].lifecycleHooks[0].roleArn, /^arn:/);
    }
  });

  it("plans in a preview what it makes in a deployment", async () => {
    const deployed = await planService("social", {}, {}, { preview: false });
    const urns = (recording: Recording) => recording.all.map((r) => r.urn).sort();
    assert.deepEqual(urns(plans["social"]!), urns(deployed));
  });

  it("plans forty services, each with names of its own", async () => {
    // Pulumi notes a stack for each promise; mapping them to sources would take most of the time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 1;
    const start = Date.now();
    const recording = await record(
      () => {
        const cluster = createCluster();
        for (let index = 1; index <= 40; index++) {
          const config = serviceConfig("auth", {
            route: { priority: index, paths: [`/${index}/*`] },
          });
          createService(cluster, `service-${index}`, config);
        }
      },
      { preview: true },
    ).finally(() => (Error.stackTraceLimit = stackTraceLimit));
    assert.equal(recording.ofType(SERVICE).length, 40);
    assert.equal(recording.ofType(TARGET_GROUP).length, 81);
    assert.equal(new Set(recording.all.map((r) => r.urn)).size, recording.all.length);
    assert.ok(Date.now() - start < 30_000);
  });
});
