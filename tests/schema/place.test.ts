import assert from "node:assert/strict";

import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import { assumedZones, PARTITIONS } from "../../facts/regions";
import { optInRegions } from "../../schema";
import { problems, validated } from "../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section

/** Staging without what follows from the region. */
function elsewhere(region: string, zones = 3) {
  return ({ network, database }: Sections, values: Record<string, unknown>) => {
    values["aws:region"] = region;
    delete network.availabilityZones;
    delete network.cloudFrontPrefixListId;
    delete database.availabilityZones;
    delete database.replica.availabilityZone;
    for (const tier of Object.keys(network.subnets)) {
      network.subnets[tier] = network.subnets[tier].slice(0, zones);
    }
  };
}

const REGIONS = Object.keys(PARTITIONS["aws"]!.regions);
const LISTED = new Set(Object.keys(CLOUDFRONT_PREFIX_LIST.ids));

describe("The place of a stack", () => {
  for (const region of REGIONS) {
    it(`is ${region} by one setting`, () => {
      const zones = Math.min(3, assumedZones(region).length);
      const found = problems("staging", (sections, values) => {
        elsewhere(region, zones)(sections, values);
        if (region === "us-west-2") sections["storage"].replicationRegion = "us-east-2";
      });
      if (LISTED.has(region)) {
        assert.deepEqual(found, []);
        return;
      }
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(
        found[0]!,
        new RegExp(
          `^crm:network\\.cloudFrontPrefixListId: expected the id of CloudFront's prefix list in ${region}, .* --region ${region} .*, got nothing$`,
        ),
      );
    });
  }

  it("has the zones that most accounts have, one for each subnet", () => {
    const { network, database } = validated("staging", elsewhere("ca-central-1"));
    assert.deepEqual(network.availabilityZones, [
      "ca-central-1a",
      "ca-central-1b",
      "ca-central-1d",
    ]);
    assert.equal(network.cloudFrontPrefixListId, "pl-38a64351");
    assert.deepEqual(database.availabilityZones, ["ca-central-1a", "ca-central-1b"]);
    assert.equal(database.replica.availabilityZone, "ca-central-1d");
    const given = ["ca-central-1b", "ca-central-1d", "ca-central-1a"];
    const own = validated("staging", (sections, values) => {
      elsewhere("ca-central-1")(sections, values);
      sections["network"].availabilityZones = given;
    });
    assert.deepEqual(own.network.availabilityZones, given);
    assert.deepEqual(own.database.availabilityZones, given.slice(0, 2));
  });

  it("has the load balancer's certificate that exists", () => {
    const arn = "arn:aws:acm:us-east-1:123456789012:certificate/one";
    const found = (given: string) =>
      problems("staging", ({ cluster }) => (cluster.loadBalancer.certificateArn = given));
    assert.deepEqual(found(arn), []);
    assert.deepEqual(found(arn.replace("us-east-1", "eu-west-1")), [
      'crm:cluster.loadBalancer.certificateArn: expected a certificate of crm:accountId 123456789012 in aws:region us-east-1, as its load balancer, got "arn:aws:acm:eu-west-1:123456789012:certificate/one"',
    ]);
    assert.deepEqual(found(arn.replace("123456789012", "999988887777")), [
      'crm:cluster.loadBalancer.certificateArn: expected a certificate of crm:accountId 123456789012 in aws:region us-east-1, as its load balancer, got "arn:aws:acm:us-east-1:999988887777:certificate/one"',
    ]);
  });

  it("has certificates of its account, and that of the distributions where CloudFront reads it", () => {
    const arn = "arn:aws:acm:us-east-1:123456789012:certificate/one";
    const found = (given: string) =>
      problems("staging", ({ edge }) => (edge.distribution.certificateArn = given));
    assert.deepEqual(found(arn), []);
    assert.deepEqual(found(arn.replace("us-east-1", "eu-west-1")), [
      'crm:edge.distribution.certificateArn: expected a certificate of crm:accountId 123456789012 in us-east-1, where CloudFront reads it, got "arn:aws:acm:eu-west-1:123456789012:certificate/one"',
    ]);
    assert.deepEqual(found(arn.replace("123456789012", "210987654321")), [
      'crm:edge.distribution.certificateArn: expected a certificate of crm:accountId 123456789012 in us-east-1, where CloudFront reads it, got "arn:aws:acm:us-east-1:210987654321:certificate/one"',
    ]);
    assert.match(found("arn:aws:iam::123456789012:server-certificate/x")[0]!, /an ARN of acm/);
    const without = problems("staging", ({ edge }) => {
      delete edge.domain;
      edge.distribution.certificateArn = arn;
    });
    assert.equal(without.length, 1);
    assert.match(
      without[0]!,
      /edge\.distribution\.certificateArn: expected nothing without crm:edge\.domain/,
    );
  });

  it("has no more zones than its region", () => {
    assert.deepEqual(problems("staging", elsewhere("us-west-1")), [
      ...["public", "private", "database"].map((tier) => {
        const third = { public: 3, private: 13, database: 23 }[tier]!;
        const list = [third - 2, third - 1, third].map((net) => `"10.1.${net}.0/24"`).join();
        return `crm:network.subnets.${tier}: expected 2 networks, one for each of crm:network.availabilityZones, got [${list}]`;
      }),
    ]);
  });

  it("does not accept CloudFront's addresses by another region's list", () => {
    const [message] = problems("staging", (sections, values) => {
      elsewhere("eu-central-1")(sections, values);
      sections["network"].cloudFrontPrefixListId = "pl-3b927c52";
    });
    assert.equal(
      message,
      'crm:network.cloudFrontPrefixListId: expected pl-a3a144ca, CloudFront\'s list in aws:region eu-central-1, not that of us-east-1, got "pl-3b927c52"',
    );
  });

  const refused: readonly (readonly [string, string])[] = [
    [
      "us-gov-west-1",
      "such as us-east-1, as the program does not run in the partition aws-us-gov (AWS GovCloud (US-West))",
    ],
    [
      "us-gov-east-1",
      "such as us-east-1, as the program does not run in the partition aws-us-gov (AWS GovCloud (US-East))",
    ],
    [
      "cn-north-1",
      "such as us-east-1, as the program does not run in the partition aws-cn (China (Beijing))",
    ],
    [
      "cn-northwest-1",
      "such as us-east-1, as the program does not run in the partition aws-cn (China (Ningxia))",
    ],
    [
      "eusc-de-east-1",
      "such as us-east-1, as the program does not run in the partition aws-eusc (AWS European Sovereign Cloud (Germany))",
    ],
    ["eu-central-9", "such as eu-central-1"],
    ["us-est-1", "such as us-east-1"],
  ];
  for (const [region, reason] of refused) {
    it(`is not ${region}, in one sentence`, () => {
      assert.deepEqual(problems("staging", elsewhere(region)), [
        `aws:region: expected a region of AWS's commercial partition ${reason}, got "${region}"`,
      ]);
    });
  }

  it("may be one that the account must enable first", () => {
    assert.deepEqual(optInRegions(validated("production")), []);
    const config = validated("staging", (sections, values) => {
      elsewhere("eu-south-1")(sections, values);
      sections["storage"].replicationRegion = "eu-central-2";
    });
    assert.deepEqual(optInRegions(config), [
      { key: "aws:region", region: "eu-south-1" },
      { key: "crm:storage.replicationRegion", region: "eu-central-2" },
    ]);
  });

  it("is a region that exists, for copies too", () => {
    const found = problems("production", ({ recovery, storage, cluster }: Sections) => {
      recovery.region = storage.replicationRegion = "us-west-9";
      cluster.imageReplication = { region: "us-gov-west-1" };
    });
    assert.deepEqual(
      found.map((message) => message.split(":")[1]!.trim()),
      ["cluster.imageReplication.region", "storage.replicationRegion", "recovery.region"],
    );
  });
});
