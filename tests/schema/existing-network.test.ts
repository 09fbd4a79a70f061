/** A VPC that exists, by id: what is accepted in `crm:network.existing`, and what is refused beside it. */
import assert from "node:assert/strict";

import { problems, validated } from "../support/stack-files";

const ids = (prefix: string, from: number) =>
  [0, 1, 2].map((zone) => `${prefix}-0123456789abcde${from + zone}0`);

const EXISTING = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: {
    public: ids("subnet", 0),
    private: ids("subnet", 3),
    database: ids("subnet", 6),
  },
  routeTableIds: ["rtb-0123abcd"],
};

/** Staging in the VPC; what the VPC's owner decides is left out. */
function adopt(sections: Record<string, any>): Record<string, any> {
  const { network } = sections;
  for (const name of [
    "subnets",
    "natGateways",
    "enableDnsHostnames",
    "enableDnsSupport",
    "flowLogs",
    "s3GatewayEndpoint",
    "interfaceEndpoints",
  ]) {
    delete network[name];
  }
  network.existing = structuredClone(EXISTING);
  return sections;
}

const found = (change: (sections: Record<string, any>) => void) =>
  problems("staging", (sections) => change(adopt(sections)));

describe("crm:network.existing", () => {
  it("is accepted with subnets in each zone", () => {
    assert.deepEqual(
      found(() => {}),
      [],
    );
    assert.deepEqual(
      validated("staging", (sections) => void adopt(sections)).network.existing,
      EXISTING,
    );
  });

  it("fills in as many zones as it has subnets", () => {
    const { network } = validated("staging", (sections) => {
      const { network: adopted, database } = adopt(sections);
      delete adopted.availabilityZones;
      delete database.availabilityZones;
      delete database.replica.availabilityZone;
      for (const tier of Object.values<string[]>(adopted.existing.subnetIds)) tier.pop();
    });
    assert.deepEqual(network.availabilityZones, ["us-east-1a", "us-east-1b"]);
  });

  it("needs no public subnets where the load balancer is internal, and may have one tier", () => {
    assert.deepEqual(
      found(({ network: { existing }, edge }) => {
        delete edge.domain;
        delete existing.subnetIds.public;
        existing.subnetIds.database = existing.subnetIds.private;
      }),
      [],
    );
  });

  const cases: [string, (sections: Record<string, any>) => void, string[]][] = [
    [
      "a VPC's name",
      ({ network }) => (network.existing.vpcId = "main"),
      ['crm:network.existing.vpcId: expected an id such as vpc-0123456789abcdef0, got "main"'],
    ],
    [
      "an id of a length that EC2 has not",
      ({ network }) => (network.existing.subnetIds.private[1] = "subnet-0123456789"),
      [
        'crm:network.existing.subnetIds.private[1]: expected an id such as subnet-0123456789abcdef0, got "subnet-0123456789"',
      ],
    ],
    [
      "a route table that is a subnet",
      ({ network }) => (network.existing.routeTableIds = [EXISTING.subnetIds.private[0]]),
      [
        `crm:network.existing.routeTableIds[0]: expected an id such as rtb-0123456789abcdef0, got "${EXISTING.subnetIds.private[0]}"`,
      ],
    ],
    [
      "another number of subnets than zones",
      ({ network }) => network.existing.subnetIds.database.pop(),
      [
        'crm:network.existing.subnetIds.database: expected 3 subnets, one in each of crm:network.availabilityZones, got ["subnet-0123456789abcde60","subnet-0123456789abcde70"]',
      ],
    ],
    [
      "a subnet twice",
      ({ network }) =>
        (network.existing.subnetIds.private[2] = network.existing.subnetIds.private[0]),
      [
        'crm:network.existing.subnetIds.private[2]: expected an entry that is not in the list already, got "subnet-0123456789abcde30"',
      ],
    ],
    [
      "a database in a public subnet",
      ({ network }) =>
        (network.existing.subnetIds.database[0] = network.existing.subnetIds.public[0]),
      [
        'crm:network.existing.subnetIds.database[0]: expected a subnet that is not in subnetIds.public, got "subnet-0123456789abcde00"',
      ],
    ],
    [
      "a public load balancer without public subnets",
      ({ network }) => delete network.existing.subnetIds.public,
      [
        "crm:network.existing.subnetIds.public: expected 3 public subnets for the load balancer of crm:edge.domain staging.crm-consulting.com, got []",
      ],
    ],
    [
      "endpoints, which change routes and names for the whole VPC",
      ({ network }) => {
        network.s3GatewayEndpoint = true;
        network.interfaceEndpoints = ["sqs"];
      },
      [
        "crm:network.s3GatewayEndpoint: expected nothing beside existing: it belongs to the VPC's owner, got true",
        'crm:network.interfaceEndpoints: expected nothing beside existing: it belongs to the VPC\'s owner, got ["sqs"]',
      ],
    ],
    [
      "settings of what the owner decides, at once",
      ({ network }) => {
        network.natGateways = "single";
        network.enableDnsSupport = true;
        network.flowLogs = { retentionDays: 30 };
      },
      [
        'crm:network.natGateways: expected nothing beside existing: it belongs to the VPC\'s owner, got "single"',
        "crm:network.enableDnsSupport: expected nothing beside existing: it belongs to the VPC's owner, got true",
        'crm:network.flowLogs: expected nothing beside existing: it belongs to the VPC\'s owner, got {"retentionDays":30}',
      ],
    ],
    [
      "subnets of the stack's own beside it",
      ({ network }) =>
        (network.subnets = {
          public: ["10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"],
          private: ["10.1.11.0/24", "10.1.12.0/24", "10.1.13.0/24"],
          database: ["10.1.21.0/24", "10.1.22.0/24", "10.1.23.0/24"],
        }),
      [
        'crm:network.subnets: expected nothing beside existing: it belongs to the VPC\'s owner, got {"public":["10.1.1.0/24","10.1.2.0/24","10.1.3.0/24"],"private":["10.1.11.0/24","10.1.12.0/24","10.1.13.0/24"],"database":["10.1.21.0/24","10.1.22.0/24","10.1.23.0/24"]}',
      ],
    ],
    [
      "no subnets and no VPC that exists",
      ({ network }) => delete network.existing,
      [
        "crm:network.subnets: expected networks of the tiers public, private and database, or crm:network.existing, got nothing",
      ],
    ],
  ];
  for (const [what, change, expected] of cases) {
    it(`refuses ${what}`, () => assert.deepEqual(found(change), expected));
  }
});
