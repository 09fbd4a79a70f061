import { securityGroupRuleSet as rules } from "../../../policy-pack/rules/security-groups";
import { type Sample, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const CLASSIC = "aws:ec2/securityGroupRule:SecurityGroupRule";

const WEB = { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" };
const port = (number: number, more: object = {}) => ({
  fromPort: number,
  toPort: number,
  ...more,
});
const inline = (direction: string, rule: object) => ({
  [direction]: [{ protocol: "tcp", fromPort: 443, toPort: 443, ...rule }],
});
/** UDP 443 open to the internet, in the group of a load balancer with this listener. */
const quic = (listener: object, group = "group"): Sample[] => [
  { type: GROUP, name: "group" },
  { type: GROUP, name: "another" },
  {
    type: INGRESS,
    props: { ...WEB, ipProtocol: "udp", securityGroupId: UNKNOWN_TEXT },
    references: { securityGroupId: ["group"] },
  },
  {
    type: "aws:lb/loadBalancer:LoadBalancer",
    name: "balancer",
    props: { loadBalancerType: "network", securityGroups: [UNKNOWN_TEXT] },
    references: { securityGroups: [group] },
  },
  {
    type: "aws:lb/listener:Listener",
    props: { port: 443, loadBalancerArn: UNKNOWN_TEXT, ...listener },
    references: { loadBalancerArn: ["balancer"] },
  },
];
const EVERYTHING = { ipProtocol: "-1", fromPort: undefined, toPort: undefined };

describe("rules about what security groups open", () => {
  variantTable(rules, "sg-no-open-ingress-except-authorized", {
    type: INGRESS,
    good: WEB,
    compliant: {
      "from a network": port(5432, { cidrIpv4: "10.0.0.0/8" }),
      "from a group": port(5432, { cidrIpv4: undefined, referencedSecurityGroupId: UNKNOWN_TEXT }),
      // Security Hub, EC2.18: TCP and UDP alone.
      "echo requests": { ipProtocol: "icmp", fromPort: 8, toPort: 0 },
      "ICMP of IPv6": { ipProtocol: "icmpv6", fromPort: -1, toPort: -1 },
      "ICMP of IPv6 by its number": { ipProtocol: "58", fromPort: -1, toPort: -1 },
    },
    violating: {
      another: [port(3000), /opens tcp 3000 to the internet, where only tcp 80, 443 is allowed/],
      "half the internet": [port(3000, { cidrIpv4: "128.0.0.0/1" }), /tcp 3000/],
      "in IPv6, written out": [
        port(25, { cidrIpv4: undefined, cidrIpv6: "0:0:0:0:0:0:0:0/0" }),
        /tcp 25/,
      ],
      "a range": [{ fromPort: 80, toPort: 443 }, /tcp 80 to 443/],
      UDP: [{ ipProtocol: "udp" }, /udp 443/],
      "a protocol without ports": [
        { ipProtocol: "50", fromPort: undefined, toPort: undefined },
        /opens protocol 50 to the internet/,
      ],
    },
    unknown: { network: { cidrIpv4: UNKNOWN_TEXT }, port: { fromPort: UNKNOWN_TEXT } },
    rows: [
      { compliant: "QUIC of a load balancer", resources: quic({ protocol: "QUIC" }) },
      { compliant: "QUIC beside TCP", resources: quic({ protocol: "TCP_QUIC" }) },
      {
        violating: "UDP of a load balancer without a QUIC listener",
        says: /udp 443/,
        resources: quic({ protocol: "TCP" }),
      },
      {
        violating: "QUIC on another port",
        says: /udp 443/,
        resources: quic({ protocol: "QUIC", port: 8443 }),
      },
      {
        violating: "QUIC of another load balancer",
        says: /udp 443/,
        resources: quic({ protocol: "QUIC" }, "another"),
      },
      {
        unknown: "the protocol of the load balancer's listener",
        resources: quic({ protocol: UNKNOWN_TEXT }),
      },
      {
        violating: "inside a group",
        says: /tcp 9200/,
        type: GROUP,
        props: inline("ingress", port(9200, { cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] })),
      },
      {
        violating: "in the old form",
        says: /tcp 9200/,
        type: CLASSIC,
        props: { type: "ingress", protocol: "6", ...port(9200), cidrBlocks: ["0.0.0.0/0"] },
      },
      {
        violating: "in the default group, beside itself",
        says: /all ports/,
        type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        props: {
          ingress: [
            { protocol: "-1", self: true },
            { protocol: "-1", ipv6CidrBlocks: ["::/0"] },
          ],
        },
      },
    ],
  });
  for (const [id, first] of [
    ["sg-no-open-admin-ports", 22],
    ["sg-no-open-high-risk-ports", 6379],
  ] as const) {
    variantTable(rules, id, {
      type: INGRESS,
      good: WEB,
      compliant: { ICMP: { ipProtocol: "icmp", fromPort: -1, toPort: -1 } },
      violating: {
        one: [port(first), new RegExp(`port ${first}`)],
        "in a range": [{ fromPort: first - 1, toPort: 7000 }, new RegExp(`\\b${first}\\b`)],
        "with all": [EVERYTHING, /all ports/],
      },
      unknown: { protocol: { ipProtocol: UNKNOWN_TEXT } },
      rows: [
        {
          compliant: "a way out",
          type: EGRESS,
          props: { ...WEB, ...port(first) },
        },
      ],
    });
  }
  variantTable(rules, "sg-no-all-traffic-ingress", {
    type: INGRESS,
    good: WEB,
    violating: {
      "all protocols": [EVERYTHING, /allows all traffic from/],
      "all ports": [{ fromPort: 0, toPort: 65535 }, /allows all TCP traffic from/],
    },
    unknown: { network: { cidrIpv4: UNKNOWN_TEXT } },
  });
  variantTable(rules, "sg-egress-restricted", {
    type: EGRESS,
    good: WEB,
    violating: { "all protocols": [EVERYTHING, /allows all traffic to/] },
    unknown: { network: { cidrIpv4: UNKNOWN_TEXT } },
    rows: [
      {
        violating: "inside a group",
        says: /allows all traffic to/,
        type: GROUP,
        props: { egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }] },
      },
      {
        compliant: "where it is allowed",
        type: EGRESS,
        name: "crm-build",
        props: { ...WEB, ipProtocol: "-1" },
        config: { unrestrictedGroups: ["build$"] },
      },
    ],
  });
  variantTable(rules, "sg-has-description", {
    type: GROUP,
    good: { description: "Tasks of the CRM services" },
    violating: {
      "the SDK's": [{ description: "Managed by Pulumi" }, /"Managed by Pulumi"; describe what/],
      none: [{ description: undefined }, /not set/],
    },
    unknown: { "not known": { description: UNKNOWN_TEXT } },
  });
  variantTable(rules, "sg-rule-has-description", {
    type: GROUP,
    good: inline("ingress", { description: "Users" }),
    violating: { none: [inline("egress", {}), /egress\[0\]\.description is not set/] },
    unknown: { rules: { ingress: UNKNOWN_LIST } },
    rows: [
      { violating: "a rule apart", says: /description is not set/, type: INGRESS, props: WEB },
      { compliant: "a rule apart", type: INGRESS, props: { ...WEB, description: "Users" } },
    ],
  });
});

const rule = (group: string, change: object, peer?: string) => ({
  type: INGRESS,
  props: {
    securityGroupId: UNKNOWN_TEXT,
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    ...(peer && { referencedSecurityGroupId: UNKNOWN_TEXT }),
    ...change,
  },
  references: {
    securityGroupId: [group],
    ...(peer && { referencedSecurityGroupId: [peer] }),
  },
});
const STACK = {
  alb: { type: GROUP },
  tasks: { type: GROUP },
  balancer: {
    type: "aws:alb/loadBalancer:LoadBalancer",
    props: { securityGroups: [UNKNOWN_TEXT] },
    references: { securityGroups: ["alb"] },
  },
  http: {
    type: "aws:lb/listener:Listener",
    props: {
      loadBalancerArn: UNKNOWN_TEXT,
      port: 80,
      defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS" } }],
    },
    references: { loadBalancerArn: ["balancer"] },
  },
  service: {
    type: "aws:ecs/service:Service",
    props: { networkConfiguration: { securityGroups: [UNKNOWN_TEXT] } },
    references: { networkConfiguration: ["tasks"] },
  },
  edge: { type: "aws:cloudfront/distribution:Distribution" },
  fromEdge: rule("alb", { prefixListId: "pl-3b927c52" }),
  fromBalancer: rule("tasks", { fromPort: 3000, toPort: 3010 }, "alb"),
};

describe("rules about how security groups belong together", () => {
  const plain = rule("alb", { fromPort: 80, toPort: 80, cidrIpv4: "0.0.0.0/0" });
  stackTable(rules, "sg-http80-only-for-alb", {
    good: { ...STACK, plain },
    violating: {
      "no redirect": [{ http: undefined }, /opens port 80 to the internet/],
      "another group": [
        { plain: { references: { securityGroupId: ["tasks"] } } },
        /does not belong to a load balancer/,
      ],
      "a group of another stack": [
        { plain: { props: { securityGroupId: "sg-0123456789" }, references: {} } },
        /does not belong to a load balancer/,
      ],
    },
    unknown: {
      group: { plain: { references: {} } },
      network: { plain: { props: { cidrIpv4: UNKNOWN_TEXT } } },
    },
  });
  stackTable(rules, "sg-attached", {
    good: STACK,
    violating: { "nobody's": [{ spare: { type: GROUP } }, /no resource uses it/] },
    unknown: { "who carries it": { balancer: { references: {} } } },
    rows: [
      {
        compliant: "outside the stack",
        resources: [{ type: GROUP, name: "crm-partners" }],
        config: { carriedElsewhere: ["partners"] },
      },
      {
        compliant: "a broker, by whatever property",
        resources: [
          { type: GROUP, name: "broker" },
          {
            type: "aws:mq/broker:Broker",
            props: { securityGroups: [UNKNOWN_TEXT] },
            references: { securityGroups: ["broker"] },
          },
        ],
      },
      {
        unknown: "a cluster of DocumentDB whose groups are not known yet may use it",
        resources: [
          { type: GROUP, name: "documents" },
          {
            type: "aws:docdb/cluster:Cluster",
            props: { vpcSecurityGroupIds: [UNKNOWN_TEXT] },
          },
        ],
      },
      {
        violating: "a rule of another group alone names it",
        resources: [
          { type: GROUP, name: "spare" },
          {
            type: "aws:ec2/instance:Instance",
            name: "host",
            references: { vpcSecurityGroupIds: ["other"] },
            props: { vpcSecurityGroupIds: [UNKNOWN_TEXT] },
          },
          { type: GROUP, name: "other" },
          {
            type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            props: { securityGroupId: UNKNOWN_TEXT, referencedSecurityGroupId: UNKNOWN_TEXT },
            references: { securityGroupId: ["other"], referencedSecurityGroupId: ["spare"] },
          },
        ],
        says: /no resource uses it/,
      },
    ],
  });
  stackTable(rules, "sg-no-rule-management-conflict", {
    good: STACK,
    compliant: { "inside alone": { alb: { props: { ingress: [{}] } }, fromEdge: undefined } },
    violating: {
      both: [{ alb: { props: { ingress: [{}] } } }, /would delete its separate rules/],
    },
    unknown: {
      "whose a rule is": { tasks: { props: { egress: [{}] } }, fromBalancer: { references: {} } },
    },
  });
  const called = (services: unknown) => ({
    props: {
      networkConfiguration: { securityGroups: [UNKNOWN_TEXT] },
      serviceConnectConfiguration: { enabled: true, services },
    },
  });
  stackTable(rules, "app-sg-only-from-alb", {
    good: STACK,
    compliant: {
      "each other, called by Service Connect": {
        service: called([{ portName: "core" }]),
        more: rule("tasks", {}, "tasks"),
      },
    },
    rows: [
      {
        unknown: "a group of another stack",
        resources: [
          {
            type: "aws:ecs/service:Service",
            props: { networkConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-0123"] } },
          },
        ],
        says: /who may connect through sg-0123 is not known: it is not in the plan/,
      },
    ],
    violating: {
      "a network": [
        { more: rule("tasks", { cidrIpv4: "10.0.0.0/16" }) },
        /10\.0\.0\.0\/16 to reach/,
      ],
      "a prefix list": [{ more: rule("tasks", { prefixListId: "pl-1" }) }, /a prefix list/],
      "another group": [
        { spare: { type: GROUP }, more: rule("tasks", {}, "spare") },
        /the group spare, which is not a load balancer's/,
      ],
      "another group, where tasks call each other": [
        {
          service: called([{ portName: "core" }]),
          spare: { type: GROUP },
          more: rule("tasks", {}, "spare"),
        },
        /the group spare, which is not a load balancer's/,
      ],
      "each other, though none is called": [
        { service: called(undefined), more: rule("tasks", {}, "tasks") },
        /the group tasks, which is not a load balancer's/,
      ],
    },
    unknown: { source: { fromBalancer: { references: { securityGroupId: ["tasks"] } } } },
  });
  stackTable(rules, "alb-sg-only-from-cloudfront", {
    good: STACK,
    compliant: {
      "no CloudFront": { edge: undefined, more: rule("alb", { cidrIpv4: "0.0.0.0/0" }) },
    },
    violating: {
      "around it": [{ more: rule("alb", { cidrIpv4: "0.0.0.0/0" }) }, /to bypass CloudFront/],
    },
    unknown: { network: { more: rule("alb", { cidrIpv4: UNKNOWN_TEXT }) } },
  });
});
