import { publicDatabaseRules } from "../../../policy-pack/rules/public-database";
import { type Row, ruleTable, type Sample, UNKNOWN_FLAG, UNKNOWN_TEXT } from "../support";

const [address, subnets, sources, snapshots, managedPassword] = publicDatabaseRules;

const DATABASE = "aws:rds/instance:Instance";
const SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";

describe("policy pack: no public database", () => {
  ruleTable(address!, [
    { compliant: "absent", type: DATABASE },
    { compliant: "off", type: DATABASE, props: { publiclyAccessible: false } },
    {
      violating: "on",
      type: DATABASE,
      props: { publiclyAccessible: true },
      says: /publiclyAccessible is true; set it to false/,
    },
    ...["rds/clusterInstance:ClusterInstance", "neptune/clusterInstance:ClusterInstance"].map(
      (type) => ({
        violating: `on, ${type}`,
        type: `aws:${type}`,
        props: { publiclyAccessible: true },
        says: /is true/,
      }),
    ),
    {
      violating: "absent where that is public",
      type: "aws:dms/replicationInstance:ReplicationInstance",
      says: /is not set/,
    },
    { unknown: "switch", type: DATABASE, props: { publiclyAccessible: UNKNOWN_FLAG } },
    { otherType: "a cache", type: "aws:elasticache/replicationGroup:ReplicationGroup" },
  ]);

  /** A network with a public and a private tier, all ids unknown. */
  const network = (route: Partial<Sample> = {}): Sample[] => [
    { type: "aws:ec2/internetGateway:InternetGateway", name: "gateway" },
    { type: "aws:ec2/natGateway:NatGateway", name: "nat" },
    ...["public", "private"].flatMap((tier): Sample[] => [
      { type: "aws:ec2/routeTable:RouteTable", name: `${tier}-table` },
      { type: "aws:ec2/subnet:Subnet", name: `${tier}-a` },
      { type: "aws:ec2/subnet:Subnet", name: `${tier}-b` },
      ...["a", "b"].map((zone) => ({
        type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
        props: { subnetId: UNKNOWN_TEXT, routeTableId: UNKNOWN_TEXT },
        references: { subnetId: [`${tier}-${zone}`], routeTableId: [`${tier}-table`] },
      })),
    ]),
    {
      type: "aws:ec2/route:Route",
      props: {
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: UNKNOWN_TEXT,
        routeTableId: UNKNOWN_TEXT,
      },
      references: { gatewayId: ["gateway"], routeTableId: ["public-table"] },
      ...route,
    },
    {
      type: "aws:ec2/route:Route",
      props: {
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: UNKNOWN_TEXT,
        routeTableId: UNKNOWN_TEXT,
      },
      references: { natGatewayId: ["nat"], routeTableId: ["private-table"] },
    },
  ];
  const placed = (subnetIds: unknown, names: string[], props: object = {}): Sample[] => [
    { type: SUBNET_GROUP, name: "group", props: { subnetIds }, references: { subnetIds: names } },
    {
      type: DATABASE,
      props: { dbSubnetGroupName: UNKNOWN_TEXT, ...props },
      references: { dbSubnetGroupName: ["group"] },
    },
  ];
  const all = ["public-a", "public-b", "private-a", "private-b"];
  const two = [UNKNOWN_TEXT, UNKNOWN_TEXT];
  ruleTable(subnets!, [
    {
      compliant: "private subnets",
      resources: [...network(), ...placed(two, ["private-a", "private-b"])],
    },
    {
      compliant: "a component's list, which refers to all tiers while it is not known",
      resources: [...network(), ...placed(UNKNOWN_TEXT, all)],
    },
    {
      compliant: "the same list when its ids are known",
      resources: [
        ...network().map((node) => ({ ...node, props: { ...node.props, id: node.name } })),
        ...placed(["private-a", "private-b"], all, { publiclyAccessible: true }),
      ],
    },
    { unknown: "others' subnets", resources: [...network(), ...placed(["subnet-0000000a", "subnet-0000000b"], [])], says: /subnets only is not known: subnet-0000000a, subnet-0000000b are not in the plan/ }, // prettier-ignore
    { unknown: "another's group", resources: [{ type: DATABASE, props: { dbSubnetGroupName: "shared" } }], says: /dbSubnetGroupName is not known: shared is not in the plan/ }, // prettier-ignore
    { unknown: "one of another's", resources: [...network(), ...placed([UNKNOWN_TEXT, "subnet-0000000b"], ["private-a"])], says: /subnet-0000000b is not in the plan/ }, // prettier-ignore
    {
      compliant: "a replica in its source's group",
      resources: [{ type: DATABASE, props: { replicateSourceDb: UNKNOWN_TEXT } }],
    },
    {
      compliant: "a way to a VPN",
      resources: [
        { type: "aws:ec2/vpnGateway:VpnGateway", name: "vpn" },
        ...network({ references: { gatewayId: ["vpn"], routeTableId: ["public-table"] } }),
        ...placed(two, ["public-a", "public-b"]),
      ],
    },
    {
      violating: "public subnets",
      resources: [...network(), ...placed(two, ["public-a", "public-b"])],
      says: /group, with subnets that are routed to an internet gateway \(public-a, public-b\)/,
    },
    {
      violating: "public subnets, by known ids",
      resources: [
        ...network().map((node) => ({ ...node, props: { ...node.props, id: node.name } })),
        ...placed(["public-a"], []),
      ],
      says: /internet gateway \(public-a\)/,
    },
    {
      violating: "one of two, listed one by one",
      resources: [...network(), ...placed(two, ["public-a", "private-b"])],
      says: /\(public-a\)/,
    },
    {
      violating: "over IPv6, in a table with its routes inside",
      resources: [
        {
          type: "aws:ec2/routeTable:RouteTable",
          name: "table",
          props: { routes: [{ ipv6CidrBlock: "0:0:0:0:0:0:0:0/0", gatewayId: "igw-1234" }] },
        },
        { type: "aws:ec2/subnet:Subnet", name: "subnet" },
        {
          type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
          props: { subnetId: UNKNOWN_TEXT, routeTableId: UNKNOWN_TEXT },
          references: { subnetId: ["subnet"], routeTableId: ["table"] },
        },
        ...placed([UNKNOWN_TEXT], ["subnet"]),
      ],
      says: /\(subnet\)/,
    },
    {
      violating: "by the main route table",
      resources: [
        {
          type: "aws:ec2/defaultRouteTable:DefaultRouteTable",
          props: { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: UNKNOWN_TEXT }] },
        },
        { type: "aws:ec2/subnet:Subnet", name: "subnet" },
        ...placed([UNKNOWN_TEXT], ["subnet"]),
      ],
      says: /\(subnet\)/,
    },
    {
      violating: "subnets that hand out addresses, for a cache",
      resources: [
        { type: "aws:ec2/subnet:Subnet", name: "s", props: { mapPublicIpOnLaunch: true } },
        {
          type: "aws:elasticache/subnetGroup:SubnetGroup",
          name: "group",
          props: { name: "crm", subnetIds: [UNKNOWN_TEXT] },
          references: { subnetIds: ["s"] },
        },
        {
          type: "aws:elasticache/replicationGroup:ReplicationGroup",
          props: { subnetGroupName: "crm" },
        },
      ],
      says: /subnetGroupName refers to group/,
    },
    {
      violating: "absent",
      resources: [{ type: DATABASE }],
      says: /dbSubnetGroupName is not set, which means the default VPC/,
    },
    {
      unknown: "group",
      resources: [{ type: DATABASE, props: { dbSubnetGroupName: UNKNOWN_TEXT } }],
    },
    { unknown: "subnets", resources: placed(UNKNOWN_TEXT, []) },
    {
      unknown: "public address in a component's list",
      resources: [...network(), ...placed(UNKNOWN_TEXT, all, { publiclyAccessible: UNKNOWN_FLAG })],
    },
    { otherType: "a group alone", resources: placed(UNKNOWN_TEXT, []).slice(0, 1) },
  ]);

  const groups: Sample[] = [
    { type: GROUP, name: "crm-rds" },
    { type: GROUP, name: "crm-ecs" },
    { type: GROUP, name: "crm-alb" },
  ];
  const database: Sample = {
    type: DATABASE,
    name: "database",
    props: { engine: "postgres", vpcSecurityGroupIds: [UNKNOWN_TEXT] },
    references: { vpcSecurityGroupIds: ["crm-rds"] },
  };
  const rule = (props: object, references: Record<string, string[]> = {}): Sample => ({
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    props: {
      securityGroupId: UNKNOWN_TEXT,
      ipProtocol: "tcp",
      fromPort: 5432,
      toPort: 5432,
      ...props,
    },
    references: { securityGroupId: ["crm-rds"], ...references },
  });
  const from = (name: string): Sample =>
    rule({ referencedSecurityGroupId: UNKNOWN_TEXT }, { referencedSecurityGroupId: [name] });
  const opened = (violating: string, props: object, says = /to the whole internet/): Row => ({
    violating,
    resources: [...groups, database, rule(props)],
    says,
  });
  const inline = (ingress: object): Sample[] => [
    { type: GROUP, name: "crm-rds", props: { ingress: [ingress] } },
    ...groups.slice(1),
    database,
  ];
  ruleTable(sources!, [
    { compliant: "the tasks' group", resources: [...groups, database, from("crm-ecs")] },
    { compliant: "no rule", resources: [...groups, database] },
    {
      compliant: "another port to the world",
      resources: [...groups, database, rule({ fromPort: 22, toPort: 443, cidrIpv4: "0.0.0.0/0" })],
    },
    {
      compliant: "another group's rule",
      resources: [
        ...groups,
        database,
        rule({ cidrIpv4: "0.0.0.0/0" }, { securityGroupId: ["crm-alb"] }),
      ],
    },
    {
      compliant: "a rule of a group outside the stack",
      resources: [
        ...groups,
        database,
        rule({ securityGroupId: "sg-0123", cidrIpv4: "0.0.0.0/0" }, { securityGroupId: [] }),
      ],
    },
    {
      compliant: "any group, when configured so",
      resources: [...groups, database, from("crm-alb")],
      config: { allowedGroups: [] },
    },
    opened("the world", { cidrIpv4: "0.0.0.0/0" }),
    opened("half the world", { cidrIpv4: "128.0.0.0/1" }),
    opened("the world, host bits set", { cidrIpv4: "10.1.2.3/0" }),
    opened("IPv6", { cidrIpv6: "::/0" }),
    opened("IPv6, long", { cidrIpv6: "0:0:0:0:0:0:0:0/0" }),
    opened("half of IPv6", { cidrIpv6: "8000::/1" }),
    opened("a range", { cidrIpv4: "0.0.0.0/0", fromPort: 20, toPort: 6000 }),
    opened("TCP by number", { cidrIpv4: "0.0.0.0/0", ipProtocol: "6" }),
    opened("TCP in capitals", { cidrIpv4: "0.0.0.0/0", ipProtocol: "TCP" }),
    opened("all protocols", { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" }),
    opened("all protocols by name", { cidrIpv4: "0.0.0.0/0", ipProtocol: "all" }),
    opened("a network", { cidrIpv4: "10.0.0.0/16" }, /to the network 10\.0\.0\.0\/16; name/),
    opened("a prefix list", { prefixListId: UNKNOWN_TEXT }, /to a prefix list/),
    {
      violating: "the load balancer's group",
      resources: [...groups, database, from("crm-alb")],
      says: /opens database \(port 5432\) to the group crm-alb, which is not one of the application's/,
    },
    {
      violating: "all ports to the tasks",
      resources: [
        ...groups,
        database,
        rule(
          { ipProtocol: "-1", referencedSecurityGroupId: UNKNOWN_TEXT },
          { referencedSecurityGroupId: ["crm-ecs"] },
        ),
      ],
      says: /opens all ports of database \(port 5432\); name port 5432/,
    },
    {
      violating: "inside the group",
      resources: inline({ protocol: "tcp", fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }),
      says: /whole internet/,
    },
    {
      violating: "inside the group, after a rule for itself",
      resources: inline({
        protocol: "-1",
        fromPort: 0,
        toPort: 0,
        self: true,
        ipv6CidrBlocks: ["0::0/0"],
      }),
      says: /whole internet/,
    },
    {
      violating: "an old rule, on the database's own port, of a cluster",
      resources: [
        ...groups,
        { ...database, type: "aws:rds/cluster:Cluster", props: { ...database.props, port: 6543 } },
        {
          type: "aws:ec2/securityGroupRule:SecurityGroupRule",
          props: {
            type: "ingress",
            protocol: "tcp",
            fromPort: 6543,
            toPort: 6543,
            cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"],
            securityGroupId: UNKNOWN_TEXT,
          },
          references: { securityGroupId: ["crm-rds"] },
        },
      ],
      says: /port 6543\) to the network 10\.0\.0\.0\/8[^]*whole internet/,
    },
    {
      violating: "a cache",
      resources: [
        ...groups,
        {
          type: "aws:elasticache/replicationGroup:ReplicationGroup",
          name: "cache",
          props: { securityGroupIds: [UNKNOWN_TEXT] },
          references: { securityGroupIds: ["crm-rds"] },
        },
        rule({ fromPort: 6379, toPort: 6379, cidrIpv4: "0.0.0.0/0" }),
      ],
      says: /opens cache \(port 6379\)/,
    },
    {
      violating: "absent",
      resources: [{ type: DATABASE }],
      says: /vpcSecurityGroupIds is not set, which means the default group/,
    },
    { unknown: "database's groups", resources: [{ type: DATABASE, props: { vpcSecurityGroupIds: UNKNOWN_TEXT } }] }, // prettier-ignore
    { unknown: "another's group", resources: [{ type: DATABASE, props: { vpcSecurityGroupIds: ["sg-0123"] } }], says: /through sg-0123 is not known: it is not in the plan/ }, // prettier-ignore
    { unknown: "another's group beside one's own", resources: [...groups, { ...database, props: { ...database.props, vpcSecurityGroupIds: [UNKNOWN_TEXT, "sg-01", "sg-02"] } }], says: /through sg-01, sg-02 is not known: they are not in the plan/ }, // prettier-ignore
    {
      unknown: "group of a rule",
      resources: [...groups, database, rule({}, { securityGroupId: [] })],
    },
    { unknown: "network", resources: [...groups, database, rule({ cidrIpv4: UNKNOWN_TEXT })] },
    { unknown: "port", resources: [...groups, database, rule({ fromPort: UNKNOWN_TEXT })] },
    { unknown: "protocol", resources: [...groups, database, rule({ ipProtocol: UNKNOWN_TEXT })] },
    {
      unknown: "admitted group",
      resources: [...groups, database, rule({ referencedSecurityGroupId: UNKNOWN_TEXT })],
    },
    {
      unknown: "rules inside the group",
      resources: [
        { type: GROUP, name: "crm-rds", props: { ingress: UNKNOWN_TEXT } },
        ...groups.slice(1),
        database,
      ],
    },
    { otherType: "no database", resources: [...groups, rule({ cidrIpv4: "0.0.0.0/0" })] },
  ]);

  const snapshot = "aws:rds/snapshot:Snapshot";
  ruleTable(snapshots!, [
    { compliant: "absent", type: snapshot },
    { compliant: "an account", type: snapshot, props: { sharedAccounts: ["123456789012"] } },
    {
      violating: "all",
      type: snapshot,
      props: { sharedAccounts: [UNKNOWN_TEXT, "all"] },
      says: /sharedAccounts has "all", which lets every AWS account restore the snapshot/,
    },
    { unknown: "list", type: snapshot, props: { sharedAccounts: UNKNOWN_TEXT } },
    { unknown: "account", type: snapshot, props: { sharedAccounts: [UNKNOWN_TEXT] } },
    { otherType: "a database", type: DATABASE },
  ]);

  const pair = (props: object): Sample[] => [
    { type: DATABASE, name: "primary", props: { engine: "postgres", ...props } },
    {
      type: DATABASE,
      name: "replica",
      props: { replicateSourceDb: UNKNOWN_TEXT },
      references: { replicateSourceDb: ["primary"] },
    },
  ];
  ruleTable(managedPassword!, [
    { compliant: "a password of one's own", resources: pair({ passwordWo: "x" }) },
    {
      compliant: "no replica",
      resources: pair({ manageMasterUserPassword: true }).slice(0, 1),
    },
    {
      compliant: "SQL Server",
      resources: pair({ engine: "sqlserver-ee", manageMasterUserPassword: true }),
    },
    {
      violating: "managed, with a replica",
      resources: pair({ manageMasterUserPassword: true }),
      says: /manageMasterUserPassword is true and replica is its replica; use passwordWo/,
    },
    { unknown: "switch", resources: pair({ manageMasterUserPassword: UNKNOWN_FLAG }) },
    { otherType: "a cluster", resources: [{ type: "aws:rds/cluster:Cluster" }] },
  ]);
});
