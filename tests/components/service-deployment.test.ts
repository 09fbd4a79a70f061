import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";
import {
  ALARM_TOPIC,
  createCluster,
  createService,
  serviceConfig,
  type Raw,
} from "../support/compute";
import {
  ALARM,
  ecsService,
  gateHook,
  PARAMETER,
  planService,
  RULE,
  warnings,
} from "../support/compute-plan";
import { mathValue } from "../support/metric-math";
import { boundHook, record, type Recording } from "../support/mocks";

describe("deployment of a CrmService", () => {
  const plans: Record<string, Recording> = {};
  before(async () => {
    for (const service of ["auth"]) {
      plans[service] = await planService(service);
    }
  });

  describe("ECS service", () => {
    it("runs in the private subnets without public addresses", () => {
      assert.deepEqual(ecsService(plans["auth"]!).inputs["networkConfiguration"], {
        subnets: ["private-1", "private-2", "private-3"],
        securityGroups: ["sg-ecs"],
        assignPublicIp: false,
      });
    });

    it("has a capacity provider strategy and never a launch type", () => {
      const { inputs } = ecsService(plans["auth"]!);
      assert.deepEqual(inputs["capacityProviderStrategies"], [
        { capacityProvider: "FARGATE", weight: 70, base: 2 },
        { capacityProvider: "FARGATE_SPOT", weight: 30, base: 0 },
      ]);
      assert.equal(inputs["launchType"], undefined);
      assert.equal(inputs["forceNewDeployment"], true);
      assert.equal(inputs["platformVersion"], "1.4.0");
    });

    it("has a strategy of its own where the stack file says so", async () => {
      const own = [
        { provider: "FARGATE", weight: 60 },
        { provider: "FARGATE_SPOT", weight: 40 },
      ];
      const { inputs } = ecsService(await planService("auth", { capacityProviders: own }));
      assert.deepEqual(inputs["capacityProviderStrategies"], [
        { capacityProvider: "FARGATE", weight: 60, base: 0 },
        { capacityProvider: "FARGATE_SPOT", weight: 40, base: 0 },
      ]);
    });

    it("hands its tags to the tasks and spreads them over the zones", () => {
      const { inputs } = ecsService(plans["auth"]!);
      assert.equal(inputs["propagateTags"], "SERVICE");
      assert.equal(inputs["enableEcsManagedTags"], true);
      assert.equal(inputs["availabilityZoneRebalancing"], "ENABLED");
      assert.equal(inputs["healthCheckGracePeriodSeconds"], 60);
    });

    it("never gets back a count or a target group that scaling or ECS has moved", () => {
      assert.deepEqual(ecsService(plans["auth"]!).ignoreChanges, ["desiredCount", "loadBalancers"]);
    });

    it("waits for the whole deployment, longer than start, bake and draining take", () => {
      const service = ecsService(plans["auth"]!);
      assert.equal(service.inputs["waitForSteadyState"], true);
      assert.equal(service.inputs["sigintRollback"], undefined);
      assert.deepEqual(service.customTimeouts, { create: "60m", update: "60m", delete: "30m" });
    });

    it("starts after its rules, permissions, alarms, parameters, the gate and the resources in startAfter", async () => {
      const recording = await record(() => {
        const first = new pulumi.ComponentResource("test:index:First", "first");
        const cluster = createCluster();
        createService(cluster, "auth", serviceConfig("auth"), { startAfter: [first] });
      });
      const { dependencies } = ecsService(recording);
      const names = [
        [RULE, "crm-auth-production"],
        [RULE, "crm-auth-test"],
        ["aws:iam/rolePolicy:RolePolicy", "crm-auth-execution"],
        ["aws:iam/rolePolicy:RolePolicy", "crm-auth-task"],
        ["aws:iam/rolePolicy:RolePolicy", "crm-cluster-hooks"],
        ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "crm-cluster-traffic"],
        ["aws:lambda/function:Function", "crm-cluster-gate"],
        [ALARM, "crm-auth-errors"],
        [PARAMETER, "crm-auth-jwt-secret"],
      ] as const;
      for (const [type, name] of names) {
        assert.ok(dependencies.includes(recording.get(type, name).urn), name);
      }
      const task = recording.only("aws:ecs/taskDefinition:TaskDefinition");
      assert.equal(
        task.dependencies.some((urn) => urn.includes("test:index:First")),
        false,
      );
    });

    it("runs what is to be done before an update", async () => {
      const recording = await record(() => {
        const backup = boundHook("backup");
        const hooks = { beforeUpdate: [backup], beforeCreate: [backup] };
        createService(createCluster(), "auth", serviceConfig("auth"), { hooks });
      });
      const { beforeUpdateList, beforeCreateList } = ecsService(recording).hooks;
      assert.deepEqual([beforeUpdateList, beforeCreateList], [["backup"], ["backup"]]);
    });
  });

  describe("blue-green", () => {
    it("bakes for the document's ten minutes", () => {
      const { inputs } = ecsService(plans["auth"]!);
      assert.deepEqual(inputs["deploymentController"], { type: "ECS" });
      assert.equal(inputs["deploymentConfiguration"].strategy, "BLUE_GREEN");
      assert.equal(inputs["deploymentConfiguration"].bakeTimeInMinutes, "10");
      assert.equal(inputs["deploymentMinimumHealthyPercent"], undefined);
    });

    it("has both groups on both rules from the start, whose weights are then ECS's", async () => {
      const recording = await planService("auth", {}, {}, { preview: false });
      for (const rule of ["production", "test"]) {
        const { inputs, ignoreChanges } = recording.get(RULE, `crm-auth-${rule}`);
        assert.deepEqual(inputs["actions"], [
          {
            type: "forward",
            forward: {
              targetGroups: [
                { arn: "arn:aws:lb:us-east-1:123456789012:crm-auth-blue", weight: 1 },
                { arn: "arn:aws:lb:us-east-1:123456789012:crm-auth-green", weight: 0 },
              ],
            },
          },
        ]);
        assert.deepEqual(ignoreChanges, ["actions"]);
      }
    });

    it("names one load balancer block with rules, not listeners, and the traffic role", async () => {
      const recording = await planService("auth", {}, {}, { preview: false });
      const arn = (name: string) => `arn:aws:lb:us-east-1:123456789012:${name}`;
      assert.deepEqual(ecsService(recording).inputs["loadBalancers"], [
        {
          targetGroupArn: arn("crm-auth-blue"),
          containerName: "auth-service",
          containerPort: 3001,
          advancedConfiguration: {
            alternateTargetGroupArn: arn("crm-auth-green"),
            productionListenerRule: arn("crm-auth-production"),
            testListenerRule: arn("crm-auth-test"),
            roleArn: "arn:aws:iam::123456789012:role/crm-ecs-traffic",
          },
        },
      ]);
    });

    it("asks the gate once green has the test traffic, with the other role", async () => {
      const recording = await planService(
        "auth",
        { deployment: { checks: [{ path: "/auth/login", status: 401 }] } },
        {},
        { preview: false },
      );
      const { targetType, hookTargetArn, roleArn, lifecycleStages, details } = gateHook(recording);
      assert.equal(targetType, "AWS_LAMBDA");
      assert.equal(
        hookTargetArn,
        "arn:aws:lambda:us-east-1:123456789012:function:crm-deployment-gate",
      );
      assert.equal(roleArn, "arn:aws:iam::123456789012:role/crm-ecs-hooks");
      assert.deepEqual(lifecycleStages, ["POST_TEST_TRAFFIC_SHIFT"]);
      assert.deepEqual(details, {
        endpoint: "gate.elb.example",
        service: "auth",
        port: 9443,
        host: "api.crm-consulting.com",
        checks: [
          { path: "/health", status: "200" },
          { path: "/auth/login", status: "401" },
        ],
        passes: 3,
        totalSeconds: 240,
        requestTimeoutSeconds: 5,
        retryDelaySeconds: 5,
      });
      const test = recording.get(RULE, "crm-auth-test").inputs;
      assert.deepEqual(test["conditions"], [
        { httpHeader: { httpHeaderName: "x-crm-service", values: ["auth"] } },
      ]);
      assert.equal(test["listenerArn"], "test-listener");
    });

    it("asks for what each route leads to, where the stack file names no checks", async () => {
      const checks = async (service: string, change: Raw = {}) =>
        gateHook(await planService(service, change, {}, { preview: false })).details.checks.slice(
          1,
        );
      const ready = (path: string, service: string, maxSeconds = 2) => ({
        ...{ path, status: "200", contains: `"service":"${service}"`, maxSeconds },
      });
      assert.deepEqual(await checks("auth"), [
        ready("/auth/ready", "auth"),
        ready("/api/auth/ready", "auth"),
      ]);
      assert.deepEqual(await checks("core"), [ready("/ready", "core")]);
      const deployment = { rollbackAlarms: { latencySeconds: 0.5 } };
      assert.deepEqual(await checks("social", { deployment }), [
        ready("/social/ready", "social", 0.5),
        ready("/api/social/ready", "social", 0.5),
      ]);
      const own = { checks: [{ path: "/version", status: 204, maxSeconds: 1 }] };
      assert.deepEqual(await checks("auth", { deployment: own }), [
        { path: "/version", status: "204", maxSeconds: 1 },
      ]);
      const route = { priority: 100, paths: ["/auth/login", "/a*", "/files/*.png"] };
      assert.deepEqual(await checks("auth", { route }), []);
    });

    it("warns about a service of which the gate requests only the health check", async () => {
      const found = (change: Raw) => warnings(() => planService("auth", change));
      const none = await found({ deployment: { checks: [] } });
      assert.match(
        none[0]!,
        /crm:services\.auth\.deployment\.checks has none: .* answers \/health gets/,
      );
      const rolling = { deployment: { checks: [], strategy: "rolling" } };
      assert.deepEqual([...(await found({})), ...(await found(rolling))], []);
    });

    it("warns that a gRPC service's alarm on errors does not see failed calls", async () => {
      // "HTTP-Status → :status 200", with the call's own in the trailer grpc-status: gRPC over HTTP2, "Responses".
      const grpc = (deployment: Raw = {}) => ({
        route: { priority: 100, paths: ["/a.B/*"], protocol: "grpc" },
        deployment,
      });
      const found = (change: Raw) => warnings(() => planService("auth", change));
      const [said, ...others] = await found(grpc());
      assert.match(
        said!,
        /crm:services\.auth\.route\.protocol is grpc: .* HTTP status 200, .* crm:observability\.alarms/,
      );
      assert.deepEqual(others, []);
      assert.deepEqual(await found(grpc({ rollbackAlarms: { enabled: false } })), []);
    });

    it("goes back by alarms over its own two groups that can fire within the bake", async () => {
      const recording = await planService("auth", {}, {}, { preview: false });
      const { alarms } = ecsService(recording).inputs;
      assert.deepEqual(alarms, {
        enable: true,
        rollback: true,
        alarmNames: [
          "crm-auth-service-errors",
          "crm-auth-service-latency",
          "crm-auth-service-unhealthy",
        ],
      });
      for (const part of ["errors", "latency", "unhealthy"]) {
        const { inputs } = recording.get(ALARM, `crm-auth-${part}`);
        assert.equal(inputs["treatMissingData"], "notBreaching");
        assert.deepEqual(inputs["alarmActions"], [ALARM_TOPIC]);
        const metrics = inputs["metricQueries"].filter((query: Raw) => query["metric"]);
        const groups = new Set(
          metrics.map((query: Record<string, any>) => query["metric"].dimensions.TargetGroup),
        );
        assert.deepEqual(
          [...groups],
          [
            "targetgroup/crm-auth-blue/0123456789abcdef",
            "targetgroup/crm-auth-green/0123456789abcdef",
          ],
        );
        for (const { metric } of metrics) {
          assert.ok(metric.period * inputs["evaluationPeriods"] < 600);
        }
      }
      const errors = recording.get(ALARM, "crm-auth-errors").inputs;
      assert.equal(errors["threshold"], 5);
      const latency = recording.get(ALARM, "crm-auth-latency").inputs;
      assert.equal(latency["threshold"], 2);
    });

    it("is not rolled back for one or two slow requests, of a canary or at night", async () => {
      const recording = await planService("auth", { deployment: { strategy: "canary" } });
      const { inputs } = recording.get(ALARM, "crm-auth-latency");
      const value = (metrics: Record<string, number>) =>
        mathValue(inputs["metricQueries"].at(-1).expression, metrics);
      const busy = { latency0: 0.1, requests0: 900 };
      assert.equal(value({ ...busy, latency1: 30, requests1: 1 }), 0.1);
      assert.equal(value({ ...busy, latency1: 30, requests1: 20 }), 30);
      assert.equal(value({ latency0: 30, requests0: 1, latency1: 30, requests1: 19 }), 0);
    });

    it("is told to switch its alarms off rather than to forget them", async () => {
      const recording = await planService("auth", {
        deployment: { rollbackAlarms: { enabled: false } },
      });
      const { alarms } = ecsService(recording).inputs;
      assert.equal(alarms.enable, false);
      assert.equal(alarms.rollback, false);
      assert.equal(alarms.alarmNames.length, 3);
    });

    it("serves users only by way of the edge where a header is asked for; the gate needs none", async () => {
      const recording = await planService("auth", {}, {}, { header: true, preview: false });
      const rule = recording.get(RULE, "crm-auth-production");
      assert.deepEqual(rule.inputs["conditions"][1], {
        httpHeader: { httpHeaderName: "x-origin-token", values: ["token"] },
      });
      assert.deepEqual(rule.secretInputs, ["conditions"]);
      assert.equal(recording.get(RULE, "crm-auth-test").inputs["conditions"].length, 1);
    });
  });

  describe("other strategies", () => {
    const configuration = async (deployment: Raw) =>
      ecsService(await planService("auth", { deployment })).inputs;

    it("shift a canary's share first", async () => {
      const { deploymentConfiguration: given } = await configuration({
        strategy: "canary",
        canaryPercent: 5,
        stepMinutes: 3,
      });
      assert.equal(given.strategy, "CANARY");
      assert.deepEqual(given.canaryConfiguration, {
        canaryPercent: 5,
        canaryBakeTimeInMinutes: "3",
      });
      assert.equal(given.lifecycleHooks.length, 1);
    });

    it("shift in equal steps", async () => {
      const { deploymentConfiguration: given } = await configuration({
        strategy: "linear",
        stepPercent: 25,
      });
      assert.equal(given.strategy, "LINEAR");
      assert.deepEqual(given.linearConfiguration, {
        stepPercent: 25,
        stepBakeTimeInMinutes: "5",
      });
    });

    it("take back what does not start, each of them", async () => {
      for (const strategy of ["blue-green", "canary", "linear", "rolling"]) {
        const inputs = await configuration({ strategy });
        const breaker = inputs["deploymentCircuitBreaker"];
        assert.deepEqual(breaker, { enable: true, rollback: true }, strategy);
      }
    });

    it("replace tasks one by one", async () => {
      const inputs = await configuration({ strategy: "rolling" });
      assert.deepEqual(inputs["deploymentConfiguration"], { strategy: "ROLLING" });
      assert.equal(inputs["deploymentMinimumHealthyPercent"], 100);
      assert.equal(inputs["deploymentMaximumPercent"], 200);
      assert.equal(inputs["loadBalancers"][0].advancedConfiguration, undefined);
      assert.equal(inputs["alarms"].rollback, true);
    });
  });
});
