/** Open paths against declared ones. */
import { reachRules as rules } from "../../../policy-pack/rules/reach";
import { documentOf } from "../rows";
import { type Row, ruleTable, type Sample, UNKNOWN_TEXT } from "../support";
import { ruleOf } from "../variants";

const provider = { region: "us-east-1", allowedAccountIds: '["111122223333"]' };
const of = (
  type: string,
  name: string,
  props: object = {},
  references: Sample["references"] = {},
): Sample => ({
  ...{ type: `aws:${type}`, name, provider },
  props: {
    ...props,
    ...Object.fromEntries(Object.keys(references).map((key) => [key, UNKNOWN_TEXT])),
  },
  references,
});

/** A public subnet with a server, a private one with a database. */
const NETWORK: readonly Sample[] = [
  of("ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" }),
  of("ec2/internetGateway:InternetGateway", "gateway", {}, { vpcId: ["vpc"] }),
  of("ec2/subnet:Subnet", "subnet", { cidrBlock: "10.0.1.0/24" }, { vpcId: ["vpc"] }),
  of("ec2/routeTable:RouteTable", "table", {}, { vpcId: ["vpc"] }),
  of("ec2/route:Route", "route", { destinationCidrBlock: "0.0.0.0/0" }, { routeTableId: ["table"], gatewayId: ["gateway"] }), // prettier-ignore
  of("ec2/routeTableAssociation:RouteTableAssociation", "association", {}, { subnetId: ["subnet"], routeTableId: ["table"] }), // prettier-ignore
  of("ec2/securityGroup:SecurityGroup", "group", {}, { vpcId: ["vpc"] }),
  of("ec2/instance:Instance", "server", { associatePublicIpAddress: true, vpcSecurityGroupIds: [UNKNOWN_TEXT] }, { subnetId: ["subnet"] }), // prettier-ignore
].map((one) =>
  one.name === "server"
    ? { ...one, references: { ...one.references, vpcSecurityGroupIds: ["group"] } }
    : one,
);

const ingress = (port: number | string) =>
  of(
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "ingress",
    { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: port, toPort: port },
    { securityGroupId: ["group"] },
  );

const egress = (port: number) =>
  of(
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "egress",
    { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: port, toPort: port },
    { securityGroupId: ["group"] },
  );

/** Another server, which the first one may call. */
const BESIDE: readonly Sample[] = [
  of("ec2/securityGroup:SecurityGroup", "inner", {}, { vpcId: ["vpc"] }),
  of("ec2/instance:Instance", "beside", {}, { subnetId: ["subnet"], vpcSecurityGroupIds: ["inner"] }), // prettier-ignore
  of("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "from-server", { ipProtocol: "-1" }, { securityGroupId: ["inner"], referencedSecurityGroupId: ["group"] }), // prettier-ignore
];

const ports = (...list: string[]) => ({
  config: { allowed: [{ from: "^internet$", to: "^server$", ports: list }] },
});

const NOTHING: readonly Sample[] = [{ type: "random:index/randomId:RandomId" }];

/** Declared paths whose patterns fit no place: a misspelled name must not pass. */
const unfit = (means: object, target: string, resources: readonly Sample[]): readonly Row[] => {
  const of = (from: string, to: string, optional = false) => ({
    resources,
    config: {
      allowed: [
        { from: ".", to: ".", ...means, optional: true },
        { from, to, ...means, ...(optional && { optional }) },
      ],
    },
  });
  const says = (what: string) =>
    new RegExp(
      `\\nallowed declares a path .* but ${what}; correct the pattern, or remove the entry`,
    );
  return [
    {
      violating: "a declared path from a name that nothing has",
      ...of("^bastoin$", `^${target}$`),
      says: says("no caller has a name like \\^bastoin\\$"),
    },
    {
      violating: "a declared path to a name that nothing has",
      ...of("^internet$", "^missing$"),
      says: says("nothing that is called has a name like \\^missing\\$"),
    },
    {
      violating: "a declared path between names that nothing has",
      ...of("^bastoin$", "^missing$"),
      says: says(
        "no caller has a name like \\^bastoin\\$ and nothing that is called has a name like \\^missing\\$",
      ),
    },
    { compliant: "an optional path between such names", ...of("^bastoin$", "^missing$", true) },
  ];
};

const NETWORK_ROWS: readonly Row[] = [
  {
    compliant: "the open port is declared",
    resources: [...NETWORK, ingress(443)],
    ...ports("443"),
  },
  {
    compliant: "nothing is declared",
    resources: [...NETWORK, ingress(22)],
    config: { allowed: [] },
  },
  {
    compliant: "an optional path is closed",
    resources: NETWORK,
    config: { allowed: [{ from: "^internet$", to: "^server$", ports: ["443"], optional: true }] },
  },
  {
    violating: "another port is open",
    resources: [...NETWORK, ingress(22)],
    config: { allowed: [{ from: "^internet$", to: "^server$", ports: ["443"], optional: true }] },
    says: /internet can reach server by tcp 22, which allowed does not declare/,
  },
  {
    violating: "a declared path is closed by two settings",
    resources: NETWORK.filter(({ name }) => name !== "route"),
    ...ports("443"),
    says: /internet cannot reach server by tcp 443, which allowed declares: .*;/,
  },
  {
    compliant: "compute reaches compute and the internet by declared ports",
    resources: [...NETWORK, ...BESIDE, egress(9000)],
    config: {
      allowed: [
        { from: "^server$", to: "^beside$", ports: ["8999-9001"] },
        { from: "^server$", to: "^internet$", ports: ["9000"] },
      ],
    },
  },
  {
    violating: "compute reaches compute by a port that is not declared",
    resources: [...NETWORK, ...BESIDE, egress(9000)],
    config: { allowed: [{ from: "^server$", to: "^internet$", ports: ["9000"] }] },
    says: /server can reach beside by tcp 9000, which allowed does not declare/,
  },
  {
    violating: "compute reaches the internet by another port",
    resources: [...NETWORK, egress(25)],
    config: {
      allowed: [{ from: "^server$", to: "^internet$", ports: ["443"], optional: true }],
    },
    says: /server can reach internet by tcp 25, which allowed does not declare/,
  },
  {
    unknown: "the port of a rule",
    resources: [...NETWORK, ingress(UNKNOWN_TEXT)],
    ...ports("443"),
  },
  {
    unknown: "the subnet of another stack",
    resources: [
      ...NETWORK.filter(({ name }) => ["vpc", "group"].includes(name!)),
      ingress(443),
      {
        type: "aws:ec2/instance:Instance",
        name: "server",
        provider,
        props: {
          ...{ associatePublicIpAddress: true, subnetId: "subnet-0000000a" },
          vpcSecurityGroupIds: [UNKNOWN_TEXT],
        },
        references: { vpcSecurityGroupIds: ["group"] },
      },
    ],
    ...ports("443"),
    says: /whether internet reaches? server by tcp 443 is not known: the subnets of server are not in the plan/,
  },
  ...unfit({ ports: ["443"] }, "server", [...NETWORK, ingress(443)]),
  {
    violating: "a declared path to what nothing calls by port",
    resources: [...NETWORK, ingress(443)],
    config: { allowed: [{ from: "^server$", to: "^server$", ports: ["443"] }] },
    says: /from \^server\$ to \^server\$, but no two places have such names/,
  },
  { otherType: "nothing of the kind", resources: NOTHING, config: { allowed: [{ from: ".", to: ".", ports: ["443"], optional: true }] } }, // prettier-ignore
];

const allow = (action: string) => ({ Effect: "Allow", Action: action, Resource: "*" });

/** A function and a queue. */
const stack = (policy: unknown): readonly Sample[] => [
  of("iam/role:Role", "role", { name: "worker", assumeRolePolicy: "{}" }),
  of("iam/rolePolicy:RolePolicy", "own", { policy }, { role: ["role"] }),
  of("lambda/function:Function", "worker", {}, { role: ["role"] }),
  of("sqs/queue:Queue", "jobs", { name: "jobs" }),
];

const actions = (...list: string[]) => ({
  config: { allowed: [{ from: "^worker$", to: "^jobs$", actions: list }] },
});

const ACCESS_ROWS: readonly Row[] = [
  {
    compliant: "the action is declared",
    resources: stack(documentOf(allow("sqs:SendMessage"))),
    ...actions("sqs:SendMessage"),
  },
  {
    compliant: "one of the actions that a pattern fits is open",
    resources: stack(documentOf(allow("sqs:SendMessage"))),
    ...actions("sqs:*"),
  },
  {
    compliant: "nothing is declared",
    resources: stack(documentOf(allow("sqs:*"))),
    config: { allowed: [] },
  },
  {
    violating: "another action is open",
    resources: stack(documentOf(allow("sqs:SendMessage"), allow("sqs:PurgeQueue"))),
    ...actions("sqs:SendMessage"),
    says: /worker can reach jobs by sqs:PurgeQueue, which allowed does not declare \(own, statement 2, allows/,
  },
  {
    violating: "the declared action is not allowed",
    resources: stack(documentOf(allow("sqs:ReceiveMessage"))),
    ...actions("sqs:SendMessage", "sqs:ReceiveMessage"),
    says: /worker cannot reach jobs by sqs:SendMessage, which allowed declares: no policy of role allows/,
  },
  { unknown: "the role's policy", resources: stack(UNKNOWN_TEXT), ...actions("sqs:SendMessage") },
  ...unfit({ actions: ["sqs:*"] }, "jobs", stack(documentOf(allow("sqs:SendMessage")))),
  { otherType: "nothing of the kind", resources: NOTHING, config: { allowed: [{ from: ".", to: ".", actions: ["sqs:*"], optional: true }] } }, // prettier-ignore
];

describe("rules about paths", () => {
  ruleTable(ruleOf(rules, "network-paths"), NETWORK_ROWS);
  ruleTable(ruleOf(rules, "access-paths"), ACCESS_ROWS);
});
