import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type PropertyBag, type RemoteExpansion, UNKNOWN } from "../../../analysis/plan/model";
import { overlaps, parseCidr } from "../../../facts/cidr";
import {
  urn,
  zones,
  recordedInputs,
  expand,
  ofType,
  subnetType,
  networks,
  named,
  vpcUrn,
} from "./awsx-vpc-support";

describe("subnets of awsx.ec2.Vpc in the offline preview", () => {
  it("keeps its shape for any number of zones, tiers and strategies", () => {
    const tier = fc.constantFrom("Public", "Private", "Isolated", "Unused");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.record({ type: tier, cidrMask: fc.integer({ min: 22, max: 28 }) }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.constantFrom("OnePerAz", "Single", "None"),
        fc.constantFrom("Auto", "AutoMerge", "Legacy"),
        (count, tiers, strategy, subnetStrategy) => {
          const specs = tiers.map((spec, index) => ({ ...spec, name: `${spec.type}${index}` }));
          checkShape(count, specs, strategy, subnetStrategy);
        },
      ),
      { numRuns: 100 },
    );
  });

  describe("addresses", () => {
    const base = { availabilityZoneNames: zones, natGateways: { strategy: "Single" } };

    it("Auto halves each zone's share when no subnet is specified", () => {
      assert.deepEqual(networks({ ...base, subnetStrategy: "Auto" }), {
        "crm-private-1": "10.0.0.0/19",
        "crm-public-1": "10.0.32.0/20",
        "crm-private-2": "10.0.64.0/19",
        "crm-public-2": "10.0.96.0/20",
        "crm-private-3": "10.0.128.0/19",
        "crm-public-3": "10.0.160.0/20",
      });
    });

    it("Auto keeps the order of the specs, aligns, and divides evenly where no mask is given", () => {
      const subnetSpecs = [
        { type: "Public", cidrMask: 24 },
        { type: "Unused", cidrMask: 26 },
        { type: "Private", size: 1024 },
        { type: "Isolated" },
      ];
      const inputs = { ...base, availabilityZoneNames: zones.slice(0, 2), subnetStrategy: "Auto" };
      assert.deepEqual(networks({ ...inputs, subnetSpecs }), {
        "crm-public-1": "10.0.0.0/24",
        "crm-private-1": "10.0.4.0/22",
        "crm-isolated-1": "10.0.32.0/19",
        "crm-public-2": "10.0.128.0/24",
        "crm-private-2": "10.0.132.0/22",
        "crm-isolated-2": "10.0.160.0/19",
      });
    });

    it("Auto gives each zone the share that availabilityZoneCidrMask says", () => {
      const inputs = { ...base, subnetStrategy: "Auto", availabilityZoneCidrMask: 20 };
      assert.deepEqual(
        Object.values(networks(inputs)).sort(),
        ["0.0/21", "16.0/21", "24.0/22", "32.0/21", "40.0/22", "8.0/22"].map(
          (end) => `10.0.${end}`,
        ),
      );
    });

    it("AutoMerge adds specs to the default ones or replaces them", () => {
      const subnetSpecs = [
        { type: "Public", cidrMask: 24 },
        { type: "Isolated", cidrMask: 28 },
      ];
      const {
        "crm-private-1": first,
        "crm-public-1": second,
        "crm-isolated-1": third,
      } = networks({
        ...base,
        subnetStrategy: "AutoMerge",
        subnetSpecs,
      });
      assert.deepEqual([first, second, third], ["10.0.0.0/19", "10.0.32.0/24", "10.0.33.0/28"]);
    });

    it("Legacy is the default, orders by tier and ignores cidrBlocks", () => {
      const subnetSpecs = [
        { type: "Isolated", cidrMask: 24 },
        { type: "Public", cidrMask: 22 },
        { type: "Private", cidrMask: 20 },
      ];
      const legacy = networks({ ...base, subnetSpecs });
      assert.deepEqual(
        [legacy["crm-private-2"], legacy["crm-public-2"], legacy["crm-isolated-2"]],
        ["10.0.64.0/20", "10.0.80.0/22", "10.0.84.0/24"],
      );
      const explicit = networks({ ...recordedInputs, subnetStrategy: undefined });
      assert.equal(explicit["crm-private-1"], "10.0.0.0/19");
    });

    it("Legacy splits each zone when no subnet is specified", () => {
      assert.deepEqual(networks(base), {
        "crm-private-1": "10.0.0.0/19",
        "crm-public-1": "10.0.32.0/20",
        "crm-private-2": "10.0.64.0/19",
        "crm-public-2": "10.0.96.0/20",
        "crm-private-3": "10.0.128.0/19",
        "crm-public-3": "10.0.160.0/20",
      });
    });

    it("Exact accepts a VPC filled to its last address", () => {
      const subnetSpecs = [
        { type: "Public", cidrBlocks: ["10.0.0.0/25", "10.0.1.0/25"] },
        { type: "Private", cidrBlocks: ["10.0.0.128/25", "10.0.1.128/25"] },
      ];
      const inputs = {
        ...base,
        availabilityZoneNames: zones.slice(0, 2),
        cidrBlock: "10.0.0.0/23",
        subnetStrategy: "Exact",
        subnetSpecs,
      };
      assert.equal(Object.keys(networks(inputs)).length, 4);
    });

    it("are unknown while an address pool has yet to choose the VPC's", () => {
      const expansion = expand({
        ...base,
        subnetStrategy: "Auto",
        ipv4IpamPoolId: UNKNOWN,
        ipv4NetmaskLength: 20,
      });
      const subnet = named(expansion, subnetType, "crm-private-1");
      assert.equal(subnet.inputs.cidrBlock, UNKNOWN);
      assert.deepEqual(subnet.propertyDependencies.cidrBlock, [vpcUrn()]);
      assert.equal(expansion.state.subnetLayout, UNKNOWN);
    });
  });

  describe("refuses", () => {
    const [publicSpec, privateSpec, isolatedSpec] = recordedInputs.subnetSpecs as PropertyBag[];
    const cases: [string, PropertyBag, RegExp][] = [
      [
        "no zones",
        { availabilityZoneNames: undefined },
        /availabilityZoneNames: expected .*: without/,
      ],
      [
        "a number of zones, which only AWS can turn into names",
        { availabilityZoneNames: undefined, numberOfAvailabilityZones: 2 },
        /availabilityZoneNames: expected .*makes no cloud call/,
      ],
      ["zones said twice", { numberOfAvailabilityZones: 3 }, /not both/],
      ["an empty list of zones", { availabilityZoneNames: [] }, /at least one zone/],
      ["an unknown network", { cidrBlock: UNKNOWN }, /cidrBlock is not known before/],
      [
        "a network with host bits",
        { cidrBlock: "10.0.0.1/16" },
        /cidrBlock: expected .*, got "10\.0\.0\.1\/16"/,
      ],
      ["tags as a whole unknown", { tags: UNKNOWN }, /tags is not known before/],
      [
        "fewer networks than zones",
        { subnetSpecs: [{ ...publicSpec, cidrBlocks: ["10.0.1.0/24"] }, privateSpec] },
        /subnetSpecs\[0\]\.cidrBlocks: expected one for each of the 3 zones, got 1/,
      ],
      [
        "networks for some subnets only",
        { subnetSpecs: [publicSpec, { type: "Private" }] },
        /subnetSpecs\[1\]\.cidrBlocks: expected networks, .*, got none/,
      ],
      [
        "a mask that contradicts a network",
        { subnetSpecs: [{ ...publicSpec, cidrMask: 20 }, privateSpec] },
        /expected a \/20 network, got "10\.0\.1\.0\/24"/,
      ],
      [
        "a size that is no power of 2",
        { subnetSpecs: [{ type: "Public", size: 300 }, { type: "Private" }] },
        /subnetSpecs\[0\]\.size: expected a power of 2 .*, got 300/,
      ],
      [
        "two subnets of one name",
        {
          subnetSpecs: [
            publicSpec,
            privateSpec,
            { ...isolatedSpec, type: "Private", name: undefined },
          ],
        },
        /subnetSpecs\[2\]: another of type Private needs a name/,
      ],
      [
        "overlapping subnets",
        { subnetSpecs: [publicSpec, { ...privateSpec, cidrBlocks: publicSpec?.cidrBlocks }] },
        /subnetSpecs: expected .*, got crm-public-1 \(10\.0\.1\.0\/24\), crm-private-1/,
      ],
      [
        "gaps under Exact",
        { subnetStrategy: "Exact" },
        /gaps before crm-public-1 \(10\.0\.1\.0\/24\)/,
      ],
      ["networks under AutoMerge", { subnetStrategy: "AutoMerge" }, /need subnetStrategy "Auto"/],
      ["NAT without a public subnet", { subnetSpecs: [privateSpec] }, /need public subnets/],
      ["NAT for public subnets alone", { subnetSpecs: [publicSpec] }, /private or isolated/],
      [
        "too few Elastic IPs",
        { natGateways: { elasticIpAllocationIds: ["eipalloc-1"] } },
        /elasticIpAllocationIds: expected 3, .*, got 1/,
      ],
      [
        "Elastic IPs without NAT",
        { natGateways: { strategy: "None", elasticIpAllocationIds: ["eipalloc-1"] } },
        /expected none, .*, got 1/,
      ],
      [
        "an unknown NAT strategy",
        { natGateways: { strategy: "Twice" } },
        /expected one of none, .*, got "twice"/,
      ],
      [
        "subnets larger than their zone",
        {
          subnetSpecs: [
            { type: "Public", cidrMask: 17 },
            { type: "Private", cidrMask: 18 },
          ],
        },
        /need 49152 addresses; its share of the VPC has 16384/,
      ],
      [
        "sizes that Legacy would misplace",
        {
          subnetStrategy: "Legacy",
          subnetSpecs: [
            { type: "Private", cidrMask: 25 },
            { type: "Public", cidrMask: 22 },
            { type: "Public", name: "edge", cidrMask: 20 },
          ],
        },
        /"Legacy" cannot place .* inside 10\.0\.16\.0\/20\. Use "Auto"/,
      ],
      [
        "a pool without a length",
        { cidrBlock: undefined, ipv4IpamPoolId: "ipam-pool-1" },
        /expected one of cidrBlock and ipv4NetmaskLength/,
      ],
      [
        "private DNS in a VPC without DNS",
        {
          enableDnsSupport: false,
          vpcEndpointStrategy: "Auto",
          vpcEndpointSpecs: [{ serviceName: "logs", vpcEndpointType: "Interface" }],
        },
        /enableDnsSupport: expected true .*, got false/,
      ],
    ];
    for (const [what, change, message] of cases) {
      it(what, () => {
        assert.throws(
          () => expand({ ...recordedInputs, ...change }),
          (error: Error) => {
            assert.match(error.message, message);
            assert.match(error.message, /^awsx\.ec2\.Vpc "crm": /);
            return true;
          },
        );
      });
    }
  });
});

function checkShape(
  count: number,
  specs: { type: string; name: string }[],
  strategy: string,
  subnetStrategy: string,
): void {
  let expansion: RemoteExpansion;
  const inputs = {
    cidrBlock: "10.0.0.0/8",
    availabilityZoneNames: Array.from({ length: count }, (_, zone) => `us-east-1${"abcdef"[zone]}`),
    natGateways: { strategy },
    subnetSpecs: specs,
    subnetStrategy,
  };
  try {
    expansion = expand(inputs);
  } catch (error) {
    // The only objections possible here: nowhere to put NAT, or awsx's oldest strategy at its limits.
    assert.match(String(error), subnetStrategy === "Legacy" ? /NAT|overlap|cannot place/ : /NAT/);
    return;
  }
  const seen = new Set([urn]);
  for (const child of expansion.children) {
    assert.ok(seen.has(child.parent), `${child.urn} comes before its parent`);
    const sources = Object.values(child.propertyDependencies).flat();
    for (const needed of [...sources, ...child.dependencies]) assert.ok(seen.has(needed), needed);
    assert.ok(sources.every((source) => child.dependencies.includes(source)));
    assert.deepEqual(Object.keys(child.inputs), Object.keys(child.propertyDependencies));
    assert.equal(seen.has(child.urn), false, `${child.urn} twice`);
    seen.add(child.urn);
  }
  const subnets = ofType(expansion, subnetType);
  const blocks = subnets.map(({ inputs }) => parseCidr(String(inputs.cidrBlock)));
  blocks.forEach((one, index) => {
    for (const other of blocks.slice(index + 1)) assert.ok(one && other && !overlaps(one, other));
  });
  const added = subnetStrategy === "AutoMerge" ? ["Private", "Public"] : [];
  const types = [...specs.map(({ type }) => type), ...added];
  const rows = (...wanted: string[]): number =>
    types.filter((type) => wanted.includes(type)).length;
  assert.equal(subnets.length, count * rows("Public", "Private", "Isolated"));
  assert.equal(ofType(expansion, "aws:ec2/routeTable:RouteTable").length, subnets.length);
  const gateways = { OnePerAz: count, Single: 1, None: 0 }[strategy];
  assert.equal(ofType(expansion, "aws:ec2/natGateway:NatGateway").length, gateways);
  const routed = strategy === "None" ? rows("Public") : rows("Public", "Private");
  assert.equal(ofType(expansion, "aws:ec2/route:Route").length, count * routed);
}
