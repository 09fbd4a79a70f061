import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { CrmClusterArgs } from "../../components/cluster/cluster-args";
import { CLUSTER, createCluster, type Raw } from "../support/compute";
import { arns, REQUIRED_TAGS, stagingNames, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";

const LISTENER = "aws:lb/listener:Listener";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

/**
 * Whether a repository creation template is the one of a repository. Source: Amazon ECR API Reference,
 * CreateRepositoryCreationTemplate, `prefix`: its pattern, the "/" that is added, and ROOT.
 */
function appliesTo(prefix: string, repository: string): boolean {
  const part = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
  assert.match(prefix, new RegExp(`^(${part}(/${part})*/?|ROOT)$`), "ECR refuses the prefix");
  return prefix === "ROOT" || repository.startsWith(`${prefix.replace(/\/$/, "")}/`);
}

describe("CrmCluster", () => {
  const plan = (change: Partial<CrmClusterArgs> = {}, config: Raw = CLUSTER, preview = true) =>
    record(() => createCluster(change, config), { preview });
  let production: Recording;
  before(async () => {
    production = await plan();
  });

  const balancer = (recording: Recording) =>
    recording.get("aws:lb/loadBalancer:LoadBalancer", "crm-cluster").inputs;
  const statements = (policy: unknown) => JSON.parse(policy as string).Statement;

  describe("cluster", () => {
    it("is crm-production with Container Insights", () => {
      const { inputs } = production.only("aws:ecs/cluster:Cluster");
      assert.equal(inputs["name"], "crm-production");
      assert.deepEqual(inputs["settings"], [{ name: "containerInsights", value: "enabled" }]);
    });

    it("takes its name from the stack's names where none is set", async () => {
      const recording = await plan({ names: stagingNames }, {});
      assert.equal(recording.only("aws:ecs/cluster:Cluster").inputs["name"], "crm-staging");
    });

    it("spreads tasks 70 to 30 over on-demand and Spot, the first two on demand", () => {
      const { inputs } = production.only(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
      );
      assert.deepEqual(inputs["capacityProviders"], ["FARGATE", "FARGATE_SPOT"]);
      assert.deepEqual(inputs["defaultCapacityProviderStrategies"], [
        { capacityProvider: "FARGATE", weight: 70, base: 2 },
        { capacityProvider: "FARGATE_SPOT", weight: 30, base: 0 },
      ]);
    });

    it("records the commands run in containers, encrypted", () => {
      const { inputs } = production.only("aws:ecs/cluster:Cluster");
      const exec = inputs["configuration"].executeCommandConfiguration;
      assert.equal(exec.kmsKeyId, "arn:aws:kms:us-east-1:123456789012:key/logs");
      assert.equal(exec.logging, "OVERRIDE");
      assert.deepEqual(exec.logConfiguration, {
        cloudWatchEncryptionEnabled: true,
        cloudWatchLogGroupName: "/ecs/exec/crm-production",
      });
      const log = production.get("aws:cloudwatch/logGroup:LogGroup", "crm-cluster-exec").inputs;
      assert.equal(log["name"], "/ecs/exec/crm-production");
      assert.equal(log["retentionInDays"], 365);
      assert.equal(log["kmsKeyId"], "arn:aws:kms:us-east-1:123456789012:key/logs");
    });
  });

  describe("load balancer", () => {
    it("is crm-production-alb, internet-facing in the three public subnets", () => {
      const inputs = balancer(production);
      assert.equal(inputs["name"], "crm-production-alb");
      assert.equal(inputs["internal"], false);
      assert.equal(inputs["loadBalancerType"], "application");
      assert.equal(inputs["ipAddressType"], "ipv4");
      assert.deepEqual(inputs["subnets"], ["public-1", "public-2", "public-3"]);
      assert.deepEqual(inputs["securityGroups"], ["sg-alb"]);
    });

    it("is protected, logged and strict with what it takes", () => {
      const inputs = balancer(production);
      assert.equal(inputs["enableDeletionProtection"], true);
      assert.equal(inputs["dropInvalidHeaderFields"], true);
      assert.equal(inputs["desyncMitigationMode"], "defensive");
      assert.equal(inputs["enableWafFailOpen"], false);
      assert.equal(inputs["enableZonalShift"], true);
      assert.deepEqual(inputs["accessLogs"], {
        enabled: true,
        bucket: "crm-access-logs-prod",
        prefix: "load-balancer",
      });
    });

    it("waits for the bucket's policy", async () => {
      const recording = await record(() => {
        const policy = new aws.s3.BucketPolicy("logs", { bucket: "b", policy: "{}" });
        createCluster({ startAfter: [policy] });
      });
      const { urn } = recording.only("aws:s3/bucketPolicy:BucketPolicy");
      const { dependencies } = recording.get("aws:lb/loadBalancer:LoadBalancer", "crm-cluster");
      assert.deepEqual(dependencies, [urn]);
    });

    it("answers on 443 with the certificate and TLS 1.2 at least; services' rules do the rest", () => {
      const { inputs } = production.get(LISTENER, "crm-cluster-https");
      assert.equal(inputs["port"], 443);
      assert.equal(inputs["protocol"], "HTTPS");
      assert.equal(inputs["sslPolicy"], "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
      assert.equal(inputs["certificateArn"], "arn:aws:acm:us-east-1:123456789012:certificate/1");
      const [action] = inputs["defaultActions"];
      assert.equal(action.type, "fixed-response");
      assert.equal(action.fixedResponse.statusCode, "404");
    });

    it("redirects 80 to HTTPS for good", () => {
      const { inputs } = production.get(LISTENER, "crm-cluster-http");
      assert.equal(inputs["port"], 80);
      assert.equal(inputs["protocol"], "HTTP");
      assert.deepEqual(inputs["defaultActions"], [
        { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
      ]);
    });

    it("forbids what does not come by way of the edge, where that is asked for", async () => {
      const originHeader = { name: "x-origin-token", value: pulumi.secret("token") };
      const recording = await plan({ originHeader });
      const [action] = recording.get(LISTENER, "crm-cluster-https").inputs["defaultActions"];
      assert.equal(action.fixedResponse.statusCode, "403");
      const [test] = recording.get(LISTENER, "crm-cluster-test").inputs["defaultActions"];
      assert.equal(test.fixedResponse.statusCode, "404");
    });

    it("has a web ACL when one is given", async () => {
      const type = "aws:wafv2/webAclAssociation:WebAclAssociation";
      assert.equal(production.ofType(type).length, 0);
      const webAclArn = arns.regional("wafv2", "regional/webacl/crm/1");
      const recording = await plan({ webAclArn }, CLUSTER, false);
      const { inputs } = recording.only(type);
      assert.equal(inputs["webAclArn"], webAclArn);
      assert.match(inputs["resourceArn"], /crm-cluster$/);
    });
  });

  describe("deployment gate", () => {
    it("has a test listener of its own, encrypted like the users'", () => {
      const { inputs } = production.get(LISTENER, "crm-cluster-test");
      assert.equal(inputs["port"], 9443);
      assert.equal(inputs["protocol"], "HTTPS");
      assert.equal(inputs["sslPolicy"], "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
    });

    it("gets to the test listener through an internal load balancer, which has it as its one target", async () => {
      const recording = await plan({}, CLUSTER, false);
      const way = recording.get("aws:lb/loadBalancer:LoadBalancer", "crm-cluster-gate").inputs;
      assert.equal(way["name"], "crm-production-gate");
      assert.equal(way["internal"], true);
      assert.equal(way["loadBalancerType"], "network");
      assert.deepEqual(way["subnets"], ["private-1", "private-2", "private-3"]);
      assert.deepEqual(way["securityGroups"], ["crm-cluster-gate-entrance-id"]);
      const target = recording.only("aws:lb/targetGroup:TargetGroup").inputs;
      assert.equal(target["targetType"], "alb");
      assert.equal(target["protocol"], "TCP");
      assert.equal(target["port"], 9443);
      assert.equal(target["name"], undefined);
      const attachment = recording.only("aws:lb/targetGroupAttachment:TargetGroupAttachment");
      assert.equal(attachment.inputs["targetId"], "arn:aws:lb:us-east-1:123456789012:crm-cluster");
      assert.equal(attachment.inputs["port"], 9443);
      const listener = recording.get(LISTENER, "crm-cluster-test");
      assert.ok(attachment.dependencies.includes(listener.urn));
      assert.equal(recording.get(LISTENER, "crm-cluster-gate").inputs["port"], 9443);
    });

    it("allows only the function to reach the test port, step by step from group to group", async () => {
      const recording = await plan({}, CLUSTER, false);
      const rules = [...recording.ofType(INGRESS), ...recording.ofType(EGRESS)].map((rule) => {
        const { inputs } = rule;
        assert.equal(inputs["fromPort"], 9443);
        assert.equal(inputs["toPort"], 9443);
        assert.equal(inputs["ipProtocol"], "tcp");
        assert.equal(inputs["cidrIpv4"], undefined);
        const direction = rule.type === INGRESS ? "from" : "to";
        return [inputs["securityGroupId"], direction, inputs["referencedSecurityGroupId"]].join(
          " ",
        );
      });
      assert.deepEqual(rules.sort(), [
        "crm-cluster-gate-entrance-id from crm-cluster-gate-function-id",
        "crm-cluster-gate-entrance-id to sg-alb",
        "crm-cluster-gate-function-id to crm-cluster-gate-entrance-id",
        "sg-alb from crm-cluster-gate-entrance-id",
      ]);
    });

    it("is a function in the private subnets that outlives its checks", () => {
      const { inputs } = production.only("aws:lambda/function:Function");
      assert.equal(inputs["name"], "crm-deployment-gate");
      assert.equal(inputs["handler"], "handler.handler");
      assert.equal(inputs["runtime"], "nodejs24.x");
      assert.deepEqual(inputs["architectures"], ["arm64"]);
      assert.equal(inputs["timeout"], 270);
      assert.deepEqual(inputs["vpcConfig"].subnetIds, ["private-1", "private-2", "private-3"]);
      assert.equal(inputs["environment"], undefined);
      assert.deepEqual(inputs["tracingConfig"], { mode: "Active" });
      const log = production.get("aws:cloudwatch/logGroup:LogGroup", "crm-cluster-gate").inputs;
      assert.equal(log["name"], "/aws/lambda/crm-deployment-gate");
      assert.equal(log["retentionInDays"], 30);
    });

    it("is called with a role that can do nothing else, apart from the one that moves traffic", () => {
      const hooks = production.get("aws:iam/role:Role", "crm-cluster-hooks").inputs;
      const traffic = production.get("aws:iam/role:Role", "crm-cluster-traffic").inputs;
      assert.equal(hooks["name"], "crm-ecs-hooks");
      assert.equal(traffic["name"], "crm-ecs-traffic");
      for (const role of [hooks, traffic]) {
        const [trust] = statements(role["assumeRolePolicy"]);
        assert.deepEqual(trust.Principal, { Service: "ecs.amazonaws.com" });
      }
      const policy = production.get("aws:iam/rolePolicy:RolePolicy", "crm-cluster-hooks").inputs;
      assert.deepEqual(statements(policy["policy"]), [
        {
          Sid: "CallTheGate",
          Effect: "Allow",
          Action: "lambda:InvokeFunction",
          Resource: "arn:aws:lambda:us-east-1:123456789012:function:crm-deployment-gate",
        },
      ]);
      const attachment = production.only("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
      assert.equal(
        attachment.inputs["policyArn"],
        "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
      );
      assert.equal(attachment.name, "crm-cluster-traffic");
    });
  });

  describe("images", () => {
    it("have a key that Pulumi refuses to delete", () => {
      const key = production.only("aws:kms/key:Key");
      assert.equal(key.protect, true);
      assert.equal(production.only("aws:kms/alias:Alias").inputs["name"], "alias/crm-images");
    });

    it("are copied to the recovery region, into repositories of the same kind", () => {
      const { inputs } = production.only(
        "aws:ecr/replicationConfiguration:ReplicationConfiguration",
      );
      assert.deepEqual(inputs["replicationConfiguration"].rules, [
        {
          destinations: [{ region: "us-west-2", registryId: "123456789012" }],
          repositoryFilters: [{ filter: "crm-", filterType: "PREFIX_MATCH" }],
        },
      ]);
      const template = production.only(
        "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
      ).inputs;
      assert.equal(template["region"], "us-west-2");
      assert.ok(appliesTo(String(template["prefix"]), "crm-auth"));
      assert.ok(appliesTo(String(template["prefix"]), "crm-core"));
      assert.equal(template["imageTagMutability"], "IMMUTABLE");
      assert.deepEqual(template["appliedFors"], ["REPLICATION"]);
    });

    it("have a repository for the collector, which a stack in the other region only reads", async () => {
      const digest = `sha256:${"a".repeat(64)}`;
      const collector = (settings: Raw) => plan({}, { ...CLUSTER, collector: settings });
      const own = (await collector({ image: digest })).only("aws:ecr/repository:Repository");
      // Replication copies what begins with the prefix.
      assert.equal(own.inputs["name"], "crm-otel-collector");
      assert.equal(own.inputs["imageTagMutability"], "IMMUTABLE");
      assert.equal(own.protect, true);
      const repository = { create: false, name: "crm-otel-collector" };
      const other = await collector({ image: digest, repository });
      assert.deepEqual(other.ofType("aws:ecr/repository:Repository"), []);
      assert.deepEqual(production.ofType("aws:ecr/repository:Repository"), []);
    });

    it("have a template whose prefix ECR accepts and matches as its reference says", () => {
      // Amazon ECR API Reference, CreateRepositoryCreationTemplate: `prod` is for names that begin with `prod/`.
      assert.ok(appliesTo("prod", "prod/one") && appliesTo("prod/team", "prod/team/one"));
      assert.ok(!appliesTo("prod", "prod-one") && !appliesTo("crm", "crm-auth"));
      assert.throws(() => appliesTo("crm-", "crm-auth"), /refuses/);
    });

    it("stay where they are in a stack that does not own the registry's setting", async () => {
      const recording = await plan({}, { name: "crm-production" });
      assert.deepEqual(
        recording.ofType("aws:ecr/replicationConfiguration:ReplicationConfiguration"),
        [],
      );
    });
  });

  it("carries the six tags on everything that takes tags", () => {
    const untaggable = [
      "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "aws:lb/targetGroupAttachment:TargetGroupAttachment",
      "aws:kms/alias:Alias",
      "aws:ecr/replicationConfiguration:ReplicationConfiguration",
      "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    ];
    for (const resource of production.all.filter((r) => r.custom && !untaggable.includes(r.type))) {
      const given = resource.inputs["tags"] ?? {};
      for (const tag of REQUIRED_TAGS) {
        assert.equal(given[tag], tags("core")[tag], `${tag} of ${resource.type} ${resource.name}`);
      }
    }
  });

  it("plans in a preview what it makes in a deployment", async () => {
    const deployed = await plan({}, CLUSTER, false);
    const urns = (recording: Recording) => recording.all.map((r) => r.urn).sort();
    assert.deepEqual(urns(production), urns(deployed));
  });

  it("without a certificate is internal and speaks HTTP, for CloudFront alone", async () => {
    const recording = await record(() => createCluster({ certificateArn: undefined }, CLUSTER), {
      preview: true,
    });
    assert.equal(balancer(recording)["internal"], true);
    assert.deepEqual(balancer(recording)["subnets"], ["private-1", "private-2", "private-3"]);
    const listeners = recording
      .ofType(LISTENER)
      .filter(({ inputs }) => inputs["protocol"] !== "TCP")
      .map(({ inputs }) => [inputs["port"], inputs["protocol"], inputs["certificateArn"]]);
    assert.deepEqual(listeners, [
      [80, "HTTP", undefined],
      [9443, "HTTP", undefined],
    ]);
    const target = recording.get("aws:lb/targetGroup:TargetGroup", "crm-cluster-gate").inputs;
    assert.equal(target["healthCheck"].protocol, "HTTP");
  });
});
