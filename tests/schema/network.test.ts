import assert from "node:assert/strict";

import { problems } from "../support/stack-files";

describe("crm:network", () => {
  // What other sections say of a changed network is theirs to test.
  const errors = (change: (network: any) => void) =>
    problems("production", (sections) => change(sections["network"])).filter((message) =>
      message.startsWith("crm:network"),
    );

  it("accepts the shipped network", () => {
    assert.deepEqual(
      errors(() => {}),
      [],
    );
  });

  const cases: [string, (network: any) => void, string[]][] = [
    [
      "wants one subnet for each zone in each tier",
      (n) => n.subnets.database.pop(),
      [
        'crm:network.subnets.database: ["10.0.21.0/24","10.0.22.0/24"] given; 3 networks, one for each of crm:network.availabilityZones, expected.',
      ],
    ],
    [
      "wants every subnet inside the VPC",
      (n) => (n.subnets.public[0] = "10.1.1.0/24"),
      [
        'crm:network.subnets.public[0]: "10.1.1.0/24" given; a network inside crm:network.cidrBlock 10.0.0.0/16 expected.',
      ],
    ],
    [
      "finds overlapping subnets of any two tiers",
      (n) => (n.subnets.database[2] = "10.0.0.0/22"),
      [
        'crm:network.subnets.database[2]: "10.0.0.0/22" given; a network that does not overlap 10.0.1.0/24 (subnets.public[0]) expected.',
      ],
    ],
    [
      "wants canonical networks",
      (n) => (n.subnets.private[1] = "10.0.12.1/24"),
      [
        'crm:network.subnets.private[1]: "10.0.12.1/24" given; an IPv4 network such as 10.0.0.0/16, with no bits set beyond its length expected.',
      ],
    ],
    [
      "wants a VPC of a size that AWS has",
      (n) => (n.cidrBlock = "10.0.0.0/8"),
      ['crm:network.cidrBlock: "10.0.0.0/8" given; a network of /16 to /28 expected.'],
    ],
    [
      "wants each zone once",
      (n) => (n.availabilityZones[1] = "us-east-1a"),
      [
        'crm:network.availabilityZones[1]: "us-east-1a" given; a zone that is not in the list already expected.',
      ],
    ],
    [
      "wants zones of the stack's region",
      (n) => (n.availabilityZones[0] = "us-west-2a"),
      [
        'crm:network.availabilityZones[0]: "us-west-2a" given; a zone of aws:region us-east-1 expected.',
      ],
    ],
    [
      "opens the database to groups only",
      (n) => n.securityGroups.rds.ingress.push({ port: 5432, source: "0.0.0.0/0" }),
      [
        'crm:network.securityGroups.rds.ingress[2].source: "0.0.0.0/0" given; one of the groups alb, ecs, rds, elasticache, functions expected.',
      ],
    ],
    [
      "wants the first port of a range first",
      (n) => (n.securityGroups.ecs.ingress[1].port = "3010-3000"),
      [
        'crm:network.securityGroups.ecs.ingress[1].port: "3010-3000" given; a range that begins at 1 or above and ends at 65535 at most, first port first expected.',
      ],
    ],
    [
      "wants a port to be one",
      (n) => (n.securityGroups.ecs.ingress[1].port = "http"),
      [
        'crm:network.securityGroups.ecs.ingress[1].port: "http" given; a port such as 443 or a range such as 3000-3010 expected.',
      ],
    ],
    [
      "names the nearest key for an unknown one",
      (n) => (n.natGateway = "single"),
      ["crm:network.natGateway: there is no such key. Did you mean crm:network.natGateways?"],
    ],
    [
      "knows the words it accepts",
      (n) => (n.natGateways = "two"),
      ['crm:network.natGateways: "two" given; one of one-per-zone, single expected.'],
    ],
    [
      "wants names for private endpoints",
      (n) => (n.enableDnsHostnames = false),
      [
        "crm:network.enableDnsHostnames: false given; true, which private names of interfaceEndpoints demand, expected.",
      ],
    ],
    [
      "wants each endpoint once",
      (n) => n.interfaceEndpoints.push("sqs"),
      [
        'crm:network.interfaceEndpoints[6]: "sqs" given; a service that is not in the list already expected.',
      ],
    ],
    [
      "knows the services that have endpoints",
      (n) => (n.interfaceEndpoints[0] = "ecr"),
      [
        'crm:network.interfaceEndpoints[0]: "ecr" given; one of ecr.api, ecr.dkr, ecs, kms, lambda, logs, monitoring, secretsmanager, sns, sqs, ssm, ssmmessages, sts, xray expected.',
      ],
    ],
    [
      "finds a rule whose other half is missing, in either direction",
      (n) => {
        n.securityGroups.functions.egress.shift();
        n.securityGroups.alb.egress[1].port = "3000-3020";
      },
      [
        'crm:network.securityGroups.alb.egress[1]: "tcp 3000-3020 to ecs" given; its other half in securityGroups.ecs.ingress, or no such rule, expected.',
        'crm:network.securityGroups.rds.ingress[1]: "tcp 5432 from functions" given; its other half in securityGroups.functions.egress, or no such rule, expected.',
      ],
    ],
    [
      "finds a rule that is there twice",
      (n) => n.securityGroups.alb.ingress.push({ port: "443", source: "0.0.0.0/0" }),
      [
        'crm:network.securityGroups.alb.ingress[2]: "tcp 443 from 0.0.0.0/0" given; a rule that is not in the list already expected.',
      ],
    ],
    [
      "wants a group that there is",
      (n) => (n.securityGroups.rds.ingress[0].source = "bastion"),
      [
        'crm:network.securityGroups.rds.ingress[0].source: "bastion" given; one of the groups alb, ecs, rds, elasticache, functions, or an IPv4 network such as 0.0.0.0/0 expected.',
      ],
    ],
    [
      "opens the cache to groups only, however narrow the network",
      (n) => n.securityGroups.elasticache.ingress.push({ port: 6379, source: "10.0.11.0/24" }),
      [
        'crm:network.securityGroups.elasticache.ingress[1].source: "10.0.11.0/24" given; one of the groups alb, ecs, rds, elasticache, functions expected.',
      ],
    ],
    [
      "wants subnets of a size that AWS has",
      (n) => (n.subnets.public[0] = "10.0.1.0/29"),
      ['crm:network.subnets.public[0]: "10.0.1.0/29" given; a network of /16 to /28 expected.'],
    ],
    [
      "wants two zones at least",
      (n) => {
        n.availabilityZones = ["us-east-1a"];
        n.subnets = {
          public: ["10.0.1.0/24"],
          private: ["10.0.2.0/24"],
          database: ["10.0.3.0/24"],
        };
      },
      [
        'crm:network.availabilityZones: ["us-east-1a"] given; a list of 2 to 6 availability zones expected.',
        'crm:network.subnets.public: ["10.0.1.0/24"] given; a list of 2 to 6 networks, one for each zone expected.',
        'crm:network.subnets.private: ["10.0.2.0/24"] given; a list of 2 to 6 networks, one for each zone expected.',
        'crm:network.subnets.database: ["10.0.3.0/24"] given; a list of 2 to 6 networks, one for each zone expected.',
      ],
    ],
    [
      "wants name resolution for names",
      (n) => (n.enableDnsSupport = false),
      [
        "crm:network.enableDnsSupport: false given; true, which enableDnsHostnames demands, expected.",
      ],
    ],
    [
      "wants what flow logs accept",
      (n) => (n.flowLogs = { retentionDays: 31, trafficType: "SOME", aggregationSeconds: 300 }),
      [
        "crm:network.flowLogs.retentionDays: 31 given; days that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 expected.",
        'crm:network.flowLogs.trafficType: "SOME" given; one of ALL, ACCEPT, REJECT expected.',
        "crm:network.flowLogs.aggregationSeconds: 300 given; 60 or 600 seconds expected.",
      ],
    ],
    [
      "wants a prefix list by its id",
      (n) => (n.cloudFrontPrefixListId = "com.amazonaws.global.cloudfront.origin-facing"),
      [
        'crm:network.cloudFrontPrefixListId: "com.amazonaws.global.cloudfront.origin-facing" given; the id of a prefix list such as pl-3b927c52 expected.',
      ],
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => assert.deepEqual(errors(change), expected));
  }
});
