import assert from "node:assert/strict";

import { CrmNetwork } from "../../components/network/network";
import { arns, names, REQUIRED_TAGS, tags } from "../support/fixtures";
import { record, type Recording } from "../support/mocks";
import { validated } from "../support/stack-files";

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const OWN_ACCOUNT = {
  StringEquals: { "aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012" },
};

function plan(stack = "production", change: object = {}, preview = true): Promise<Recording> {
  const config = validated(stack).network;
  return record(
    () =>
      new CrmNetwork("crm", {
        ...config,
        // As for a stack whose load balancer answers to everybody.
        cloudFrontPrefixListId: undefined,
        logsKey: { arn: "arn:aws:kms:us-east-1:123456789012:key/logs" },
        names,
        arns,
        tags: tags("network"),
        ...change,
      }),
    { preview },
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

  it("has no group of a cache, and no rule that names it, where there is none", async () => {
    const without = await plan("staging", { hasCache: false });
    const named = (recording: Recording) =>
      recording.all.filter(({ type, name }) => /security/i.test(type) && /elasticache/.test(name));
    assert.ok(named(staging).length >= 3);
    assert.deepEqual(named(without), []);
  });

  it("has none if only endpoints are reachable", async () => {
    const closed = await plan("staging", { natGateways: "none" });
    assert.deepEqual(closed.only("awsx:ec2:Vpc").inputs["natGateways"], { strategy: "None" });
  });

  it("reaches S3 through a gateway endpoint, unless switched off", async () => {
    const { inputs } = production.only("awsx:ec2:Vpc");
    // With "Auto" awsx attaches the endpoint to every tier's route tables.
    assert.equal(inputs["vpcEndpointStrategy"], "Auto");
    const [s3] = inputs["vpcEndpointSpecs"];
    assert.equal(s3.serviceName, "com.amazonaws.us-east-1.s3");
    assert.equal(s3.vpcEndpointType, "Gateway");
    assert.deepEqual(JSON.parse(s3.policy).Statement, [
      {
        Sid: "OwnAccount",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: OWN_ACCOUNT,
      },
      {
        Sid: "ReadObjects",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::*/*",
      },
    ]);
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
    const between = [...created.ofType(INGRESS), ...created.ofType(EGRESS)]
      .filter(({ inputs }) => inputs["referencedSecurityGroupId"] !== undefined)
      .map(({ inputs }) => [
        inputs["securityGroupId"],
        inputs["referencedSecurityGroupId"],
        inputs["description"],
      ])
      .sort();
    assert.deepEqual(between, [
      ["crm-alb-id", "crm-ecs-id", "tcp 3000-3010 to ecs"],
      ["crm-alb-id", "crm-ecs-id", "tcp 8080 to ecs"],
      ["crm-ecs-id", "crm-alb-id", "tcp 3000-3010 from alb"],
      ["crm-ecs-id", "crm-alb-id", "tcp 8080 from alb"],
      ["crm-ecs-id", "crm-elasticache-id", "tcp 6379 to elasticache"],
      ["crm-ecs-id", "crm-rds-id", "tcp 5432 to rds"],
      ["crm-elasticache-id", "crm-ecs-id", "tcp 6379 from ecs"],
      ["crm-endpoints-id", "crm-ecs-id", "tcp 443 from ecs"],
      ["crm-endpoints-id", "crm-functions-id", "tcp 443 from functions"],
      ["crm-functions-id", "crm-rds-id", "tcp 5432 to rds"],
      ["crm-rds-id", "crm-ecs-id", "tcp 5432 from ecs"],
      ["crm-rds-id", "crm-functions-id", "tcp 5432 from functions"],
    ]);
  });

  it("leaves the groups of database, cache and endpoints without a way out", () => {
    const out = production.ofType(EGRESS).map(({ name }) => name);
    assert.deepEqual(
      out.filter((name) => /^crm-(rds|elasticache|endpoints)-/.test(name)),
      [],
    );
  });

  it("lets Pulumi name the groups, which must be replaced before they are deleted", () => {
    const groups = production.ofType("aws:ec2/securityGroup:SecurityGroup");
    assert.deepEqual(groups.map(({ name, inputs }) => `${name}: ${inputs["description"]}`).sort(), [
      "crm-alb: Load balancer of the CRM services",
      "crm-ecs: Tasks of the CRM services",
      "crm-elasticache: CRM cache",
      "crm-endpoints: Endpoints of AWS services",
      "crm-functions: CRM functions that reach the database",
      "crm-rds: CRM database",
    ]);
    for (const group of groups) {
      assert.equal(group.inputs["name"], undefined);
      assert.equal(group.customTimeouts.delete, "45m");
      assert.equal(group.inputs["revokeRulesOnDelete"], true);
      assert.equal(group.inputs["ingress"], undefined);
      assert.equal(group.inputs["egress"], undefined);
    }
  });

  it("admits CloudFront's prefix list once, for HTTPS: a second rule would be over the quota", async () => {
    const narrowed = await plan("production", { cloudFrontPrefixListId: "pl-3b927c52" });
    const alb = narrowed.ofType(INGRESS).filter(({ name }) => name.startsWith("crm-alb-"));
    assert.deepEqual(
      alb.map(({ name, inputs }) => [name, inputs["prefixListId"], inputs["cidrIpv4"]]),
      [["crm-alb-from-cloudfront-443", "pl-3b927c52", undefined]],
    );
    const out = narrowed.get(EGRESS, "crm-ecs-to-anywhere-443").inputs;
    assert.equal(out["cidrIpv4"], "0.0.0.0/0");
  });

  it("empties the default group", () => {
    const group = production.only("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs;
    assert.deepEqual(group["ingress"], []);
    assert.deepEqual(group["egress"], []);
    assert.equal(group["tags"]["Name"], "crm-default-closed");
  });

  it("keeps encrypted flow logs of all traffic for 30 days", () => {
    const group = production.only("aws:cloudwatch/logGroup:LogGroup").inputs;
    assert.equal(group["retentionInDays"], 30);
    assert.equal(group["kmsKeyId"], "arn:aws:kms:us-east-1:123456789012:key/logs");
    const log = production.only("aws:ec2/flowLog:FlowLog");
    assert.equal(log.inputs["trafficType"], "ALL");
    assert.equal(log.inputs["maxAggregationInterval"], 60);
    assert.equal(staging.only("aws:ec2/flowLog:FlowLog").inputs["maxAggregationInterval"], 600);
    assert.equal(log.inputs["logDestinationType"], "cloud-watch-logs");
    assert.ok(log.dependencies.some((urn) => urn.includes("aws:iam/rolePolicy:RolePolicy")));
  });

  it("lets the flow log role write its own group and nothing else", () => {
    const policy = JSON.parse(production.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"]);
    const group = "arn:aws:logs:us-east-1:123456789012:log-group:/vpc/crm-flow-logs";
    assert.deepEqual(
      policy.Statement.map((statement: any) => [statement.Action, statement.Resource]), // any: parsed JSON
      [
        [
          ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          [group, `${group}:*`],
        ],
        ["logs:DescribeLogGroups", "arn:aws:logs:us-east-1:123456789012:log-group:*"],
      ],
    );
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
      assert.equal(inputs["vpcEndpointType"], "Interface");
      assert.equal(inputs["privateDnsEnabled"], true);
    }
    assert.deepEqual(staging.ofType("aws:ec2/vpcEndpoint:VpcEndpoint"), []);
  });

  it("places the endpoints in every private subnet, in a group of their own", async () => {
    const created = await plan("production", {}, false);
    for (const { inputs } of created.ofType("aws:ec2/vpcEndpoint:VpcEndpoint")) {
      assert.deepEqual(inputs["subnetIds"], ["private-1", "private-2", "private-3"]);
      assert.deepEqual(inputs["securityGroupIds"], ["crm-endpoints-id"]);
    }
  });

  it("lets through the endpoints what stays in the account, and images and AWS's parameters", () => {
    const statements = (name: string) =>
      JSON.parse(production.get("aws:ec2/vpcEndpoint:VpcEndpoint", name).inputs["policy"])
        .Statement as any[]; // any: parsed JSON
    for (const [name, action] of [
      ["crm-ecr-api", "ecr:*"],
      ["crm-ecr-dkr", "ecr:*"],
      ["crm-logs", "logs:*"],
      ["crm-secretsmanager", "secretsmanager:*"],
      ["crm-ssm", "ssm:*"],
      ["crm-sqs", "sqs:*"],
    ] as const) {
      const [own, ...others] = statements(name);
      assert.deepEqual([own.Action, own.Condition], [action, OWN_ACCOUNT]);
      for (const other of others) {
        assert.equal(other.Condition.StringEquals["aws:PrincipalAccount"], "123456789012");
      }
    }
    assert.deepEqual(
      statements("crm-ecr-dkr").map(({ Sid }) => Sid),
      ["OwnAccount", "PullImages"],
    );
    assert.equal(statements("crm-ssm")[1].Resource, "arn:aws:ssm:us-east-1::parameter/aws/*");
    assert.equal(statements("crm-sqs").length, 1);
  });

  it("knows CloudWatch's IAM prefix", async () => {
    const changed = await plan("production", { interfaceEndpoints: ["monitoring"] });
    const endpoint = changed.only("aws:ec2/vpcEndpoint:VpcEndpoint").inputs;
    assert.equal(endpoint["serviceName"], "com.amazonaws.us-east-1.monitoring");
    assert.equal(JSON.parse(endpoint["policy"]).Statement[0].Action, "cloudwatch:*");
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
    assert.ok(production.all.length > 35);
    const list = (recording: Recording) => recording.all.map(({ urn }) => urn).sort();
    assert.deepEqual(list(created), list(production));
  });

  it("gives out what the other components build on", async () => {
    const created = await plan("production", {}, false);
    const component = created.only("crm:aws:CrmNetwork");
    assert.deepEqual(created.outputs.get(component.urn), {
      vpcId: "crm-vpc",
      publicSubnetIds: ["public-1", "public-2", "public-3"],
      privateSubnetIds: ["private-1", "private-2", "private-3"],
      databaseSubnetIds: ["isolated-1", "isolated-2", "isolated-3"],
      albSecurityGroupId: "crm-alb-id",
      ecsSecurityGroupId: "crm-ecs-id",
      rdsSecurityGroupId: "crm-rds-id",
      elasticacheSecurityGroupId: "crm-elasticache-id",
      functionsSecurityGroupId: "crm-functions-id",
      endpointsSecurityGroupId: "crm-endpoints-id",
      natGatewayCount: 3,
      natPublicIps: [],
      flowLogGroupName: "/vpc/crm-flow-logs",
    });
    const small = staging.outputs.get(staging.only("crm:aws:CrmNetwork").urn)!;
    assert.equal(small["natGatewayCount"], 1);
    assert.equal(small["endpointsSecurityGroupId"], undefined);
  });

  it("refuses a rule with an unknown peer", async () => {
    const { securityGroups } = validated("production").network;
    const rule = { port: { from: 443, to: 443 }, protocol: "tcp", source: "bastion" };
    await assert.rejects(
      plan("production", {
        securityGroups: { ...securityGroups, ecs: { ingress: [rule], egress: [] } },
      }),
      /"bastion" is neither an IPv4 network nor one of the groups alb, ecs, rds, elasticache, functions\./,
    );
  });

  it("tells rules of two protocols apart", async () => {
    const { securityGroups } = validated("production").network;
    const rule = { port: { from: 53, to: 53 }, destination: "10.0.0.2/32" };
    const egress = [
      { ...rule, protocol: "tcp" },
      { ...rule, protocol: "udp" },
    ];
    const changed = await plan("production", {
      securityGroups: { ...securityGroups, functions: { ingress: [], egress } },
    });
    assert.equal(
      changed.get(EGRESS, "crm-functions-to-10-0-0-2-32-53").inputs["ipProtocol"],
      "tcp",
    );
    assert.equal(
      changed.get(EGRESS, "crm-functions-to-10-0-0-2-32-udp-53").inputs["ipProtocol"],
      "udp",
    );
  });
});
