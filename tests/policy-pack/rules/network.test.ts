import { networkRules as rules } from "../../../policy-pack/rules/network";
import { UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const VPC = { vpc: { type: "aws:ec2/vpc:Vpc", props: { cidrBlock: "10.0.0.0/16" } } };
const OF_VPC = { props: { vpcId: UNKNOWN_TEXT }, references: { vpcId: ["vpc"] } };
const SUBNET = "aws:ec2/subnet:Subnet";
const subnet = (availabilityZone: string) => ({
  type: SUBNET,
  props: { vpcId: UNKNOWN_TEXT, availabilityZone },
  references: { vpcId: ["vpc"] },
});

describe("rules about the network", () => {
  const log = {
    type: "aws:ec2/flowLog:FlowLog",
    props: { vpcId: UNKNOWN_TEXT, trafficType: "ALL", logDestination: UNKNOWN_TEXT },
    references: { vpcId: ["vpc"], logDestination: ["group"] },
  };
  const group = {
    type: "aws:cloudwatch/logGroup:LogGroup",
    props: { kmsKeyId: UNKNOWN_TEXT, retentionInDays: 30 },
  };
  stackTable(rules, "vpc-flow-logs", {
    good: { ...VPC, group, log },
    violating: {
      none: [{ log: undefined }, /no FlowLog refers to it/],
      "a part": [{ log: { props: { trafficType: "REJECT" } } }, /trafficType is "REJECT"/],
      nowhere: [{ log: { props: { logDestination: undefined } } }, /logDestination is not set/],
    },
    unknown: {
      "whose it is": { log: { references: {} } },
      traffic: { log: { props: { trafficType: UNKNOWN_TEXT } } },
    },
  });
  stackTable(rules, "vpc-flow-log-destination-secured", {
    good: { ...VPC, group, log },
    compliant: {
      "a bucket": {
        group: undefined,
        log: { props: { logDestinationType: "s3" }, references: {} },
      },
    },
    violating: {
      "no key": [{ group: { props: { kmsKeyId: undefined } } }, /kmsKeyId is not set/],
      "for ever": [{ group: { props: { retentionInDays: undefined } } }, /retentionInDays/],
    },
    unknown: { group: { log: { references: { vpcId: ["vpc"] } } } },
  });
  stackTable(rules, "vpc-default-sg-closed", {
    good: {
      ...VPC,
      closed: { type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", ...OF_VPC },
    },
    violating: {
      none: [{ closed: undefined }, /no DefaultSecurityGroup refers to it/],
      open: [{ closed: { props: { egress: [{}] } } }, /egress has 1 rules/],
      "a rule apart": [
        {
          rule: {
            type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            props: { securityGroupId: UNKNOWN_TEXT },
            references: { securityGroupId: ["closed"] },
          },
        },
        /refers to a default security group/,
      ],
    },
    unknown: {
      rules: { closed: { props: { ingress: UNKNOWN_LIST } } },
      "whose it is": { closed: { references: {} } },
    },
  });
  variantTable(rules, "vpc-no-default-vpc", {
    type: "aws:ec2/vpc:Vpc",
    good: { cidrBlock: "10.0.0.0/16" },
    violating: {},
    unknown: {},
    unimportant: { addresses: { cidrBlock: UNKNOWN_TEXT } },
    rows: [
      { violating: "the VPC", says: /default VPC/, type: "aws:ec2/defaultVpc:DefaultVpc" },
      { violating: "a subnet", says: /default VPC/, type: "aws:ec2/defaultSubnet:DefaultSubnet" },
    ],
  });
  variantTable(rules, "subnet-no-auto-public-ip", {
    type: SUBNET,
    good: { mapPublicIpOnLaunch: false },
    compliant: { "without a word": { mapPublicIpOnLaunch: undefined } },
    violating: {
      IPv4: [{ mapPublicIpOnLaunch: true }, /mapPublicIpOnLaunch is true/],
      IPv6: [{ assignIpv6AddressOnCreation: true }, /assignIpv6AddressOnCreation is true/],
    },
    unknown: { "not known": { mapPublicIpOnLaunch: UNKNOWN_FLAG } },
    rows: [
      {
        compliant: "a public one",
        type: SUBNET,
        name: "crm-public-1",
        props: { mapPublicIpOnLaunch: true },
      },
    ],
  });
  stackTable(rules, "subnets-span-azs", {
    good: {
      ...VPC,
      "crm-db-1": subnet("us-east-1a"),
      "crm-db-2": subnet("us-east-1b"),
      "crm-db-3": subnet("us-east-1c"),
    },
    violating: {
      "one zone twice": [
        { "crm-db-2": subnet("us-east-1a"), "crm-db-3": subnet("us-east-1a") },
        /subnets in 1 zone /,
      ],
      "fewer than the setting": [
        { "crm-db-3": subnet("us-east-1a") },
        /subnets in 2 zones .* 3 in all/,
        { config: { minimumZones: 3 } },
      ],
      "another tier": [{ "crm-public-1": subnet("us-east-1a") }, /in 1 zone \(crm-public-1\)/],
    },
    unknown: {
      zones: {
        "crm-db-2": { props: { availabilityZone: UNKNOWN_TEXT } },
        "crm-db-3": { props: { availabilityZone: UNKNOWN_TEXT } },
      },
    },
  });
});

const ROUTED = {
  ...VPC,
  gateway: { type: "aws:ec2/internetGateway:InternetGateway" },
  subnet: subnet("us-east-1a"),
  other: subnet("us-east-1b"),
  table: { type: "aws:ec2/routeTable:RouteTable" },
  association: {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    props: { subnetId: UNKNOWN_TEXT, routeTableId: UNKNOWN_TEXT },
    references: { subnetId: ["subnet"], routeTableId: ["table"] },
  },
  address: { type: "aws:ec2/eip:Eip" },
  nat: {
    type: "aws:ec2/natGateway:NatGateway",
    props: { subnetId: UNKNOWN_TEXT, allocationId: UNKNOWN_TEXT },
    references: { subnetId: ["subnet"], allocationId: ["address"] },
  },
  route: {
    type: "aws:ec2/route:Route",
    props: {
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: UNKNOWN_TEXT,
      routeTableId: UNKNOWN_TEXT,
    },
    references: { natGatewayId: ["nat"], routeTableId: ["table"] },
  },
};

describe("rules about ways out", () => {
  stackTable(rules, "private-subnets-have-no-igw-route", {
    good: {
      ...ROUTED,
      service: {
        type: "aws:ecs/service:Service",
        props: { networkConfiguration: { subnets: [UNKNOWN_TEXT] } },
        references: { networkConfiguration: ["subnet"] },
      },
    },
    violating: {
      "an internet gateway": [
        {
          route: {
            props: { natGatewayId: undefined, gatewayId: UNKNOWN_TEXT },
            references: { gatewayId: ["gateway"], routeTableId: ["table"] },
          },
        },
        /routed to an internet gateway \(subnet\)/,
      ],
      "public addresses": [{ subnet: { props: { mapPublicIpOnLaunch: true } } }, /use private/],
    },
    compliant: {
      "has a public address, which is another finding": {
        service: {
          props: { networkConfiguration: { subnets: UNKNOWN_TEXT, assignPublicIp: true } },
          references: {},
        },
      },
    },
    unknown: { subnets: { service: { references: {} } } },
  });
  stackTable(rules, "nat-for-private-egress", {
    good: ROUTED,
    compliant: {
      regional: { nat: { props: { availabilityMode: "regional" }, references: {} } },
    },
    violating: {
      "another zone's": [
        { nat: { references: { subnetId: ["other"], allocationId: ["address"] } } },
        /a gateway in us-east-1b for a subnet in us-east-1a/,
      ],
      "an instance": [
        { route: { props: { natGatewayId: undefined, networkInterfaceId: UNKNOWN_TEXT } } },
        /networkInterfaceId is set/,
      ],
    },
    unknown: {
      gateway: { route: { references: { routeTableId: ["table"] } } },
      zone: { nat: { references: { allocationId: ["address"] } } },
    },
    rows: [
      {
        compliant: "one for all",
        config: { onePerZone: false },
        resources: Object.entries(ROUTED).map(([name, sample]) =>
          name === "nat"
            ? { name, ...sample, references: { subnetId: ["other"], allocationId: ["address"] } }
            : { name, ...sample },
        ),
      },
    ],
  });
  stackTable(rules, "eip-attached", {
    good: ROUTED,
    compliant: {
      "an instance's": {
        nat: undefined,
        route: undefined,
        address: { props: { instance: "i-1" } },
      },
    },
    violating: {
      "nobody's": [{ nat: undefined, route: undefined }, /nothing refers to it/],
      "a name's alone": [
        {
          nat: undefined,
          route: undefined,
          record: {
            type: "aws:route53/record:Record",
            props: { records: [UNKNOWN_TEXT] },
            references: { records: ["address"] },
          },
        },
        /nothing refers to it/,
      ],
    },
    rows: [
      {
        compliant: "a file server's, by whatever property",
        resources: [
          { type: "aws:ec2/eip:Eip", name: "address" },
          {
            type: "aws:transfer/server:Server",
            props: { endpointDetails: { addressAllocationIds: [UNKNOWN_TEXT] } },
            references: { endpointDetails: ["address"] },
          },
        ],
      },
    ],
    unknown: { "whose it is": { nat: { references: {} } } },
  });
});

describe("rules about endpoints", () => {
  const services = ["s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "sqs"];
  const endpoints = Object.fromEntries(
    services.map((service) => [
      service,
      {
        type: "aws:ec2/vpcEndpoint:VpcEndpoint",
        props: { vpcId: UNKNOWN_TEXT, serviceName: `com.amazonaws.us-east-1.${service}` },
        references: { vpcId: ["vpc"] },
      },
    ]),
  );
  stackTable(rules, "vpc-endpoints-present", {
    good: { ...VPC, ...endpoints },
    violating: { one: [{ ssm: undefined }, /no endpoint for ssm/] },
    unknown: { name: { ssm: { props: { serviceName: UNKNOWN_TEXT } } } },
    rows: [{ compliant: "none required", resources: [VPC.vpc], config: { services: [] } }],
  });
  const policy = (Condition?: object, Action = "ecr:*") => ({
    policy: JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: "*", Action, Resource: "*", Condition }],
    }),
  });
  variantTable(rules, "vpc-endpoint-hardened", {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    good: {
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      securityGroupIds: UNKNOWN_LIST,
      ...policy({ StringEquals: { "aws:PrincipalAccount": "123456789012" } }),
    },
    compliant: {
      "named actions": policy(undefined, "ecr:BatchGetImage"),
      "a gateway": { vpcEndpointType: "Gateway", privateDnsEnabled: undefined },
    },
    violating: {
      "no names": [{ privateDnsEnabled: undefined }, /privateDnsEnabled is not set/],
      "no group": [{ securityGroupIds: [] }, /securityGroupIds is empty/],
      "no policy": [{ policy: undefined }, /allows all principals all actions; set it/],
      "all for everybody": [policy(), /statement 1 of the policy allows all/],
      "no JSON": [{ policy: "{" }, /cannot be read/],
    },
    unknown: { policy: { policy: UNKNOWN_TEXT }, kind: { vpcEndpointType: UNKNOWN_TEXT } },
  });
});
