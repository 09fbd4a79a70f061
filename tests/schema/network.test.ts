import assert from "node:assert/strict";

import { problems } from "../support/stack-files";

describe("crm:network", () => {
  const errors = (change: (network: any) => void) =>
    problems("production", (sections) => change(sections["network"]));

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
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => assert.deepEqual(errors(change), expected));
  }
});
