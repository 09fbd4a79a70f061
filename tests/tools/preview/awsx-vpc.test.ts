import assert from "node:assert/strict";
import { type PropertyBag, SIGNATURE, UNKNOWN } from "../../../analysis/plan/model";
import {
  recorded,
  zones,
  recordedInputs,
  expand,
  ofType,
  subnetType,
  named,
  comparable,
  vpcUrn,
} from "./awsx-vpc-support";

describe("awsx.ec2.Vpc in the offline preview", () => {
  it("has the children that awsx registers with a NAT gateway in each zone", () => {
    assert.deepEqual(comparable(expand(recordedInputs).children), comparable(recorded("OnePerAz")));
  });

  it("has the children that awsx registers with a single NAT gateway", () => {
    const inputs = { ...recordedInputs, natGateways: { strategy: "Single" } };
    assert.deepEqual(comparable(expand(inputs).children), comparable(recorded("Single")));
  });

  it("has no NAT gateway, no Elastic IP and no private route without NAT", () => {
    const expansion = expand({ ...recordedInputs, natGateways: { strategy: "None" } });
    const counts = ["natGateway:NatGateway", "eip:Eip", "route:Route"].map(
      (type) => ofType(expansion, `aws:ec2/${type}`).length,
    );
    assert.deepEqual(counts, [0, 0, 3]);
    assert.deepEqual([expansion.state.natGateways, expansion.state.eips], [[], []]);
  });

  it("passes the component's tags to every taggable child, and a subnet's own to the subnet", () => {
    const [first, ...others] = recordedInputs.subnetSpecs as PropertyBag[];
    const expansion = expand({
      ...recordedInputs,
      tags: { Project: "CRM-System", Owner: "platform" },
      subnetSpecs: [{ ...first, tags: { Owner: "edge", Public: "yes" } }, ...others],
    });
    const untaggable = [
      "aws:ec2/route:Route",
      "aws:ec2/routeTableAssociation:RouteTableAssociation",
    ];
    for (const child of expansion.children) {
      if (untaggable.includes(child.type)) continue;
      const { Project } = child.inputs.tags as PropertyBag;
      assert.equal(Project, "CRM-System", child.urn);
    }
    assert.deepEqual(named(expansion, subnetType, "crm-public-1").inputs.tags, {
      Name: "crm-public-1",
      Owner: "edge",
      Project: "CRM-System",
      Public: "yes",
      SubnetType: "Public",
    });
    assert.deepEqual(
      named(expansion, "aws:ec2/routeTable:RouteTable", "crm-public-1").inputs.tags,
      {
        Name: "crm-public-1",
        Owner: "platform",
        Project: "CRM-System",
        SubnetType: "Public",
      },
    );
  });

  it("names subnets by zone in the tag Name only", () => {
    const expansion = expand({ ...recordedInputs, subnetNameTagStrategy: "AvailabilityZone" });
    const subnet = named(expansion, subnetType, "crm-db-3");
    assert.equal((subnet.inputs.tags as PropertyBag).Name, "crm-db-1c");
  });

  it("takes existing Elastic IPs", () => {
    const elasticIpAllocationIds = ["eipalloc-1", "eipalloc-2", "eipalloc-3"];
    const expansion = expand({ ...recordedInputs, natGateways: { elasticIpAllocationIds } });
    assert.equal(ofType(expansion, "aws:ec2/eip:Eip").length, 0);
    const gateways = ofType(expansion, "aws:ec2/natGateway:NatGateway");
    assert.deepEqual(
      gateways.map(({ inputs }) => inputs.allocationId),
      elasticIpAllocationIds,
    );
  });

  it("hands on what concerns the VPC alone, with where it comes from", () => {
    const source = "urn:pulumi:dev::sample::aws:ec2/vpcIpam:VpcIpam::pool";
    const expansion = expand(
      {
        ...recordedInputs,
        instanceTenancy: "dedicated",
        region: "us-west-2",
        ipv6IpamPoolId: UNKNOWN,
        ipv6NetmaskLength: 56,
      },
      { propertyDependencies: { ipv6IpamPoolId: [source] } },
    );
    const vpc = named(expansion, "aws:ec2/vpc:Vpc", "crm");
    const { instanceTenancy, ipv6IpamPoolId, ipv6NetmaskLength } = vpc.inputs;
    assert.deepEqual(
      [instanceTenancy, ipv6IpamPoolId, ipv6NetmaskLength],
      ["dedicated", UNKNOWN, 56],
    );
    assert.deepEqual(vpc.dependencies, [source]);
    for (const child of expansion.children) assert.equal(child.inputs.region, "us-west-2");
  });

  describe("IPv6", () => {
    const block = "2600:1f18:1234:5600::/56";

    it("is unknown while AWS has yet to assign the VPC's network", () => {
      const expansion = expand({ ...recordedInputs, assignGeneratedIpv6CidrBlock: true });
      const { inputs } = named(expansion, subnetType, "crm-private-2");
      assert.equal(inputs.assignIpv6AddressOnCreation, true);
      assert.equal(inputs.ipv6CidrBlock, UNKNOWN);
    });

    it("numbers the subnets of a known network by zone, tier after tier", () => {
      const inputs = {
        ...recordedInputs,
        ipv6CidrBlock: block,
        assignGeneratedIpv6CidrBlock: true,
      };
      const expansion = expand(inputs);
      const subnets = ["crm-public-1", "crm-public-3", "crm-private-1", "crm-db-3"];
      assert.deepEqual(
        subnets.map((name) => named(expansion, subnetType, name).inputs.ipv6CidrBlock),
        ["5600", "5602", "5603", "5608"].map((hextet) => `2600:1f18:1234:${hextet}::/64`),
      );
    });

    it("is absent from subnets that shall have none", () => {
      const subnet = named(
        expand({ ...recordedInputs, ipv6CidrBlock: block }),
        subnetType,
        "crm-db-1",
      );
      assert.equal("ipv6CidrBlock" in subnet.inputs, false);
    });
  });

  describe("endpoints", () => {
    const s3 = { serviceName: "com.amazonaws.us-east-1.s3" };
    const logs = { serviceName: "com.amazonaws.us-east-1.logs", vpcEndpointType: "Interface" };

    it("are made as specified", () => {
      const expansion = expand({
        ...recordedInputs,
        vpcEndpointSpecs: [{ ...s3, routeTableIds: ["rtb-1"], tags: { Owner: "platform" } }],
      });
      const endpoint = named(expansion, "aws:ec2/vpcEndpoint:VpcEndpoint", s3.serviceName);
      assert.equal(endpoint.parent, vpcUrn());
      assert.deepEqual(endpoint.dependencies, [vpcUrn()]);
      assert.deepEqual(endpoint.inputs, {
        serviceName: s3.serviceName,
        routeTableIds: ["rtb-1"],
        vpcId: UNKNOWN,
        tags: { Name: "crm", Project: "CRM-System", Owner: "platform" },
      });
    });

    it("take what they lack from the VPC under Auto", () => {
      const expansion = expand({
        ...recordedInputs,
        enableDnsHostnames: undefined,
        vpcEndpointStrategy: "Auto",
        vpcEndpointSpecs: [s3, logs],
      });
      const type = "aws:ec2/vpcEndpoint:VpcEndpoint";
      assert.equal((named(expansion, type, s3.serviceName).inputs.routeTableIds as []).length, 9);
      const endpoint = named(expansion, type, logs.serviceName);
      assert.equal(endpoint.inputs.privateDnsEnabled, true);
      assert.deepEqual(
        endpoint.propertyDependencies.subnetIds,
        [1, 2, 3].map((zone) => vpcUrn(`$${subnetType}`, `crm-private-${zone}`)),
      );
      const rule = named(
        expansion,
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        `${logs.serviceName}-ingress`,
      );
      assert.deepEqual(rule.inputs.cidrBlocks, ["10.0.0.0/16"]);
      assert.equal(named(expansion, "aws:ec2/vpc:Vpc", "crm").inputs.enableDnsHostnames, true);
    });
  });

  describe("outputs", () => {
    const { state, stateDependencies, children } = expand(recordedInputs);

    it("refer to the resources, zone by zone in the order public, private, isolated", () => {
      const routeTables = state.routeTables as PropertyBag[];
      const names = routeTables.map(({ urn }) => String(urn).split("::").pop());
      assert.deepEqual(
        names,
        [1, 2, 3].flatMap((zone) =>
          ["public", "private", "db"].map((tier) => `crm-${tier}-${zone}`),
        ),
      );
      for (const { [SIGNATURE]: signature, id } of routeTables) {
        assert.deepEqual([signature, id], ["5cf8f73096256a8f31e491e813e4eb8e", ""]);
      }
      assert.equal((state.vpc as PropertyBag).urn, vpcUrn());
      assert.equal((state.isolatedSubnets as []).length, 3);
    });

    it("leave ids unknown, and with them the lists of ids", () => {
      const { vpcId, publicSubnetIds, privateSubnetIds, isolatedSubnetIds } = state;
      assert.deepEqual(
        [vpcId, publicSubnetIds, privateSubnetIds, isolatedSubnetIds],
        [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN],
      );
    });

    it("know that a tier has no subnet", () => {
      const specs = recordedInputs.subnetSpecs as PropertyBag[];
      const expansion = expand({ ...recordedInputs, subnetSpecs: specs.slice(0, 2) });
      assert.deepEqual(expansion.state.isolatedSubnetIds, []);
    });

    it("depend on the VPC and all its subnets", () => {
      const subnets = children.filter(({ type }) => type === subnetType).map((child) => child.urn);
      assert.deepEqual(stateDependencies.vpcId, [vpcUrn(), ...subnets]);
      assert.deepEqual(Object.keys(stateDependencies).sort(), Object.keys(state).sort());
    });

    it("describe the layout", () => {
      assert.deepEqual((state.subnetLayout as unknown[])[2], {
        type: "Isolated",
        name: "db",
        cidrBlocks: ["10.0.21.0/24", "10.0.22.0/24", "10.0.23.0/24"],
      });
      const { subnetLayout } = expand({
        availabilityZoneNames: zones,
        subnetStrategy: "Auto",
      }).state;
      assert.deepEqual(subnetLayout, [
        { type: "Private", cidrMask: 19 },
        { type: "Public", cidrMask: 20 },
      ]);
    });
  });
});
