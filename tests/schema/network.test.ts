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
        'crm:network.subnets.database: expected 3 networks, one for each of crm:network.availabilityZones, got ["10.0.21.0/24","10.0.22.0/24"]',
      ],
    ],
    [
      "wants every subnet inside the VPC",
      (n) => (n.subnets.public[0] = "10.1.1.0/24"),
      [
        'crm:network.subnets.public[0]: expected a network inside crm:network.cidrBlock 10.0.0.0/16, got "10.1.1.0/24"',
      ],
    ],
    [
      "finds overlapping subnets of any two tiers",
      (n) => (n.subnets.database[2] = "10.0.0.0/22"),
      [
        'crm:network.subnets.database[2]: expected a network that does not overlap 10.0.1.0/24 (subnets.public[0]), got "10.0.0.0/22"',
      ],
    ],
    [
      "wants canonical networks",
      (n) => (n.subnets.private[1] = "10.0.12.1/24"),
      [
        'crm:network.subnets.private[1]: expected an IPv4 network such as 10.0.0.0/16, with no bits set beyond its length, got "10.0.12.1/24"',
      ],
    ],
    [
      "wants a VPC of a size that AWS has",
      (n) => (n.cidrBlock = "10.0.0.0/8"),
      ['crm:network.cidrBlock: expected a network between /16 and /28, got "10.0.0.0/8"'],
    ],
    [
      "wants each zone once",
      (n) => (n.availabilityZones[1] = "us-east-1a"),
      [
        'crm:network.availabilityZones[1]: expected an entry that is not in the list already, got "us-east-1a"',
      ],
    ],
    [
      "wants zones of the stack's region",
      (n) => (n.availabilityZones[0] = "us-west-2a"),
      [
        'crm:network.availabilityZones[0]: expected a zone of aws:region us-east-1, got "us-west-2a"',
      ],
    ],
    [
      "opens the database to groups only",
      (n) => n.securityGroups.rds.ingress.push({ port: 5432, source: "0.0.0.0/0" }),
      [
        'crm:network.securityGroups.rds.ingress[2].source: expected one of the groups alb, ecs, rds, elasticache, functions, got "0.0.0.0/0"',
      ],
    ],
    [
      "wants the first port of a range first",
      (n) => (n.securityGroups.ecs.ingress[1].port = "3010-3000"),
      [
        'crm:network.securityGroups.ecs.ingress[1].port: expected a range that begins at 1 or above and ends at 65535 at most, first port first, got "3010-3000"',
      ],
    ],
    [
      "wants a port to be one",
      (n) => (n.securityGroups.ecs.ingress[1].port = "http"),
      [
        'crm:network.securityGroups.ecs.ingress[1].port: expected a port such as 443, a range such as 3000-3010, or database or cache for theirs, got "http"',
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
      ['crm:network.natGateways: expected one of one-per-zone, single, none, got "two"'],
    ],
    [
      "wants names for private endpoints",
      (n) => (n.enableDnsHostnames = false),
      [
        "crm:network.enableDnsHostnames: expected true, which private names of interfaceEndpoints require, got false",
      ],
    ],
    [
      "wants each endpoint once",
      (n) => n.interfaceEndpoints.push("sqs"),
      [
        'crm:network.interfaceEndpoints[6]: expected an entry that is not in the list already, got "sqs"',
      ],
    ],
    [
      "knows the services that have endpoints",
      (n) => (n.interfaceEndpoints[0] = "ecr"),
      [
        'crm:network.interfaceEndpoints[0]: expected one of ecr.api, ecr.dkr, ecs, kms, lambda, logs, monitoring, secretsmanager, sns, sqs, ssm, ssmmessages, sts, xray, got "ecr"',
      ],
    ],
    [
      "finds a rule whose other half is missing, in either direction",
      (n) => {
        n.securityGroups.functions.egress.shift();
        n.securityGroups.alb.egress[1].port = "3000-3020";
      },
      [
        'crm:network.securityGroups.alb.egress[1]: expected its other half in securityGroups.ecs.ingress, or no such rule, got "tcp 3000-3020 to ecs"',
        'crm:network.securityGroups.rds.ingress[1]: expected its other half in securityGroups.functions.egress, or no such rule, got "tcp 5432 from functions"',
        'crm:network.securityGroups.functions.egress: expected a rule for tcp 5432 to rds, as social-data-processor, analytics-aggregator, report-generator get its URL, got ["tcp 443 to 0.0.0.0/0"]',
      ],
    ],
    [
      "finds a rule that is there twice",
      (n) => n.securityGroups.alb.ingress.push({ port: "443", source: "0.0.0.0/0" }),
      [
        'crm:network.securityGroups.alb.ingress[2]: expected a rule that is not in the list already, got "tcp 443 from 0.0.0.0/0"',
      ],
    ],
    [
      "wants a group that there is",
      (n) => (n.securityGroups.rds.ingress[0].source = "bastion"),
      [
        'crm:network.securityGroups.rds.ingress[0].source: expected one of the groups alb, ecs, rds, elasticache, functions, or an IPv4 network such as 0.0.0.0/0, got "bastion"',
      ],
    ],
    [
      "opens the cache to groups only, however narrow the network",
      (n) => n.securityGroups.elasticache.ingress.push({ port: 6379, source: "10.0.11.0/24" }),
      [
        'crm:network.securityGroups.elasticache.ingress[1].source: expected one of the groups alb, ecs, rds, elasticache, functions, got "10.0.11.0/24"',
      ],
    ],
    [
      "wants subnets of a size that AWS has",
      (n) => (n.subnets.public[0] = "10.0.1.0/29"),
      ['crm:network.subnets.public[0]: expected a network between /16 and /28, got "10.0.1.0/29"'],
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
        'crm:network.availabilityZones: expected a list of 2 to 6 availability zones, got ["us-east-1a"]',
        'crm:network.subnets.public: expected a list of 2 to 6 networks, one for each zone, got ["10.0.1.0/24"]',
        'crm:network.subnets.private: expected a list of 2 to 6 networks, one for each zone, got ["10.0.2.0/24"]',
        'crm:network.subnets.database: expected a list of 2 to 6 networks, one for each zone, got ["10.0.3.0/24"]',
      ],
    ],
    [
      "wants name resolution for names",
      (n) => (n.enableDnsSupport = false),
      ["crm:network.enableDnsSupport: expected true, which enableDnsHostnames requires, got false"],
    ],
    [
      "wants what flow logs accept",
      (n) => (n.flowLogs = { retentionDays: 31, trafficType: "SOME", aggregationSeconds: 300 }),
      [
        "crm:network.flowLogs.retentionDays: expected a number of days that CloudWatch Logs accepts: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 31",
        'crm:network.flowLogs.trafficType: expected one of ALL, ACCEPT, REJECT, got "SOME"',
        "crm:network.flowLogs.aggregationSeconds: expected one of 60, 600 seconds, got 300",
      ],
    ],
    [
      "wants a prefix list by its id",
      (n) => (n.cloudFrontPrefixListId = "com.amazonaws.global.cloudfront.origin-facing"),
      [
        'crm:network.cloudFrontPrefixListId: expected the id of a prefix list such as pl-3b927c52, got "com.amazonaws.global.cloudfront.origin-facing"',
      ],
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => assert.deepEqual(errors(change), expected));
  }
});
