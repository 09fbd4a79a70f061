import assert from "node:assert/strict";

import { CrmNetwork } from "../../components/network";
import { arns, names, REQUIRED_TAGS, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";
import { validated } from "../support/stack-files";

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

function plan(stack = "production", change: object = {}, preview = true): Promise<Recording> {
  const config = validated(stack).network;
  return record(
    () =>
      new CrmNetwork("crm", {
        ...config,
        logsKey: { arn: "arn:aws:kms:us-east-1:123456789012:key/logs" },
        names,
        arns,
        tags: tags("network"),
        ...change,
      }),
    {
      preview,
      outputs: ({ type }) => (type === "awsx:ec2:Vpc" ? { natGateways: [], eips: [] } : undefined),
    },
  );
}

describe("CrmNetwork", () => {
  let production: Recording;
  let staging: Recording;
  before(async () => {
    production = await plan();
    staging = await plan("staging");
  });

  it("gives awsx the document's addresses, zones and tiers", () => {
    const { inputs } = production.only("awsx:ec2:Vpc");
    assert.equal(inputs["cidrBlock"], "10.0.0.0/16");
    assert.equal(inputs["enableDnsHostnames"], true);
    assert.equal(inputs["enableDnsSupport"], true);
    assert.deepEqual(inputs["availabilityZoneNames"], ["us-east-1a", "us-east-1b", "us-east-1c"]);
    assert.equal(inputs["subnetStrategy"], "Auto");
    assert.deepEqual(inputs["subnetSpecs"], [
      { type: "Public", name: "public", cidrBlocks: ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"] },
      {
        type: "Private",
        name: "private",
        cidrBlocks: ["10.0.11.0/24", "10.0.12.0/24", "10.0.13.0/24"],
      },
      {
        type: "Isolated",
        name: "db",
        cidrBlocks: ["10.0.21.0/24", "10.0.22.0/24", "10.0.23.0/24"],
      },
    ]);
    assert.deepEqual(inputs["tags"], tags("network"));
  });

  it("has a NAT gateway in each zone in production and a single one in staging", () => {
    assert.deepEqual(production.only("awsx:ec2:Vpc").inputs["natGateways"], {
      strategy: "OnePerAz",
    });
    assert.deepEqual(staging.only("awsx:ec2:Vpc").inputs["natGateways"], { strategy: "Single" });
  });

  it("reaches S3 through a gateway endpoint, unless switched off", async () => {
    const [s3] = production.only("awsx:ec2:Vpc").inputs["vpcEndpointSpecs"];
    assert.equal(s3.serviceName, "com.amazonaws.us-east-1.s3");
    assert.equal(s3.vpcEndpointType, "Gateway");
    const off = await plan("production", { s3GatewayEndpoint: false });
    assert.deepEqual(off.only("awsx:ec2:Vpc").inputs["vpcEndpointSpecs"], []);
  });

  it("carries the document's rules and the corrections of its gaps", () => {
    const rules = (recording: Recording) =>
      [...recording.ofType(INGRESS), ...recording.ofType(EGRESS)]
        .map(({ name, inputs }) =>
          `${name} ${inputs["ipProtocol"]} ${inputs["fromPort"]}-${inputs["toPort"]} ${inputs["cidrIpv4"] ?? ""}`.trim(),
        )
        .filter((rule) => !rule.startsWith("crm-endpoints"))
        .sort();
    assert.deepEqual(rules(production), [
      "crm-alb-from-anywhere-443 tcp 443-443 0.0.0.0/0",
      "crm-alb-from-anywhere-80 tcp 80-80 0.0.0.0/0",
      "crm-alb-to-ecs-3000-3010 tcp 3000-3010",
      "crm-alb-to-ecs-8080 tcp 8080-8080",
      "crm-ecs-from-alb-3000-3010 tcp 3000-3010",
      "crm-ecs-from-alb-8080 tcp 8080-8080",
      "crm-ecs-to-anywhere-443 tcp 443-443 0.0.0.0/0",
      "crm-ecs-to-elasticache-6379 tcp 6379-6379",
      "crm-ecs-to-rds-5432 tcp 5432-5432",
      "crm-elasticache-from-ecs-6379 tcp 6379-6379",
      "crm-functions-to-anywhere-443 tcp 443-443 0.0.0.0/0",
      "crm-functions-to-rds-5432 tcp 5432-5432",
      "crm-rds-from-ecs-5432 tcp 5432-5432",
      "crm-rds-from-functions-5432 tcp 5432-5432",
    ]);
    assert.deepEqual(rules(staging), rules(production));
  });

  it("names the other group in a rule between groups", async () => {
    const created = await plan("production", {}, false);
    const rule = created.get(INGRESS, "crm-rds-from-ecs-5432").inputs;
    assert.equal(rule["securityGroupId"], "crm-rds-id");
    assert.equal(rule["referencedSecurityGroupId"], "crm-ecs-id");
    assert.equal(rule["description"], "tcp 5432 from ecs");
  });

  it("leaves the database's and the cache's group without a way out", () => {
    const out = production.ofType(EGRESS).map(({ name }) => name);
    assert.deepEqual(
      out.filter((name) => /^crm-(rds|elasticache)-/.test(name)),
      [],
    );
  });

  it("lets Pulumi name the groups, which must be replaced before they are deleted", () => {
    for (const group of production.ofType("aws:ec2/securityGroup:SecurityGroup")) {
      assert.equal(group.inputs["name"], undefined);
      assert.ok(group.inputs["description"].length > 0);
      assert.equal(group.inputs["ingress"], undefined);
      assert.equal(group.inputs["egress"], undefined);
    }
  });

  it("admits CloudFront alone to the load balancer when given its prefix list", async () => {
    const narrowed = await plan("production", { cloudFrontPrefixListId: "pl-3b927c52" });
    const alb = narrowed.ofType(INGRESS).filter(({ name }) => name.startsWith("crm-alb-"));
    assert.deepEqual(
      alb.map(({ name, inputs }) => [name, inputs["prefixListId"], inputs["cidrIpv4"]]),
      [
        ["crm-alb-from-cloudfront-443", "pl-3b927c52", undefined],
        ["crm-alb-from-cloudfront-80", "pl-3b927c52", undefined],
      ],
    );
    const out = narrowed.get(EGRESS, "crm-ecs-to-anywhere-443").inputs;
    assert.equal(out["cidrIpv4"], "0.0.0.0/0");
  });

  it("empties the default group", () => {
    const group = production.only("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs;
    assert.deepEqual(group["ingress"], []);
    assert.deepEqual(group["egress"], []);
  });

  it("keeps encrypted flow logs of all traffic for 30 days", () => {
    const group = production.only("aws:cloudwatch/logGroup:LogGroup").inputs;
    assert.equal(group["retentionInDays"], 30);
    assert.equal(group["kmsKeyId"], "arn:aws:kms:us-east-1:123456789012:key/logs");
    const log = production.only("aws:ec2/flowLog:FlowLog");
    assert.equal(log.inputs["trafficType"], "ALL");
    assert.equal(log.inputs["maxAggregationInterval"], 60);
    assert.equal(staging.only("aws:ec2/flowLog:FlowLog").inputs["maxAggregationInterval"], 600);
    assert.ok(log.dependencies.some((urn) => urn.includes("aws:iam/rolePolicy:RolePolicy")));
  });

  it("lets the flow log role write its own group and nothing else", () => {
    const policy = JSON.parse(production.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"]);
    assert.equal(policy.Statement.length, 1);
    const group = "arn:aws:logs:us-east-1:123456789012:log-group:/vpc/crm-flow-logs";
    assert.deepEqual(policy.Statement[0].Resource, [group, `${group}:*`]);
    const trust = JSON.parse(production.only("aws:iam/role:Role").inputs["assumeRolePolicy"]);
    assert.deepEqual(trust.Statement[0].Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*" },
    });
  });

  it("has the document's interface endpoints in production and none in staging", () => {
    const endpoints = production.ofType("aws:ec2/vpcEndpoint:VpcEndpoint");
    assert.deepEqual(
      endpoints.map(({ inputs }) => inputs["serviceName"]),
      ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "sqs"].map(
        (service) => `com.amazonaws.us-east-1.${service}`,
      ),
    );
    for (const { inputs } of endpoints) {
      assert.equal(inputs["privateDnsEnabled"], true);
      const [statement] = JSON.parse(inputs["policy"]).Statement;
      assert.deepEqual(statement.Condition, {
        StringEquals: { "aws:PrincipalAccount": "123456789012" },
      });
    }
    assert.deepEqual(
      production
        .ofType(INGRESS)
        .filter(({ name }) => name.startsWith("crm-endpoints"))
        .map(({ inputs }) => [inputs["cidrIpv4"], inputs["fromPort"]]),
      [
        ["10.0.11.0/24", 443],
        ["10.0.12.0/24", 443],
        ["10.0.13.0/24", 443],
      ],
    );
    assert.deepEqual(staging.ofType("aws:ec2/vpcEndpoint:VpcEndpoint"), []);
  });

  it("tags everything that can be tagged", () => {
    const untaggable = new Set(["aws:iam/rolePolicy:RolePolicy"]);
    const custom = production.all.filter((r) => r.custom && !untaggable.has(r.type));
    assert.ok(custom.length > 20);
    for (const { name, inputs } of custom) {
      for (const tag of REQUIRED_TAGS) {
        assert.ok(inputs["tags"]?.[tag], `${name} lacks ${tag}`);
      }
    }
  });

  it("registers the same resources whether or not outputs are known", async () => {
    const created = await plan("production", {}, false);
    const list = (recording: Recording) => recording.all.map(({ urn }) => urn).sort();
    assert.deepEqual(list(created), list(production));
  });
});
