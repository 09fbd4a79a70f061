import { networkRules as rules } from "../../../policy-pack/rules/network";
import { UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { stackTable, variantTable } from "../variants";

const ACL = "aws:ec2/networkAcl:NetworkAcl";
const ANYWHERE = { action: "allow", cidrBlock: "0.0.0.0/0" };

describe("rules about network ACLs", () => {
  const entry = (change: object) => ({
    ingress: [{ ...ANYWHERE, protocol: "tcp", fromPort: 443, toPort: 443, ...change }],
  });
  const SSH = { ...ANYWHERE, protocol: "6", fromPort: 22, toPort: 22 };
  variantTable(rules, "nacl-no-open-admin-ports", {
    type: ACL,
    good: entry({}),
    compliant: {
      "from a network": entry({ cidrBlock: "10.0.0.0/16", fromPort: 22, toPort: 22 }),
      refused: entry({ action: "deny", fromPort: 22, toPort: 22 }),
      UDP: entry({ protocol: "17", fromPort: 0, toPort: 65535 }),
      "all but what lower numbers refuse": {
        ingress: [
          {
            ruleNo: 10,
            action: "deny",
            cidrBlock: "0.0.0.0/0",
            protocol: "6",
            fromPort: 20,
            toPort: 22,
          },
          {
            ruleNo: 20,
            action: "deny",
            cidrBlock: "0.0.0.0/0",
            protocol: "tcp",
            fromPort: 3389,
            toPort: 3389,
          },
          {
            ruleNo: 100,
            action: "allow",
            cidrBlock: "0.0.0.0/0",
            protocol: "-1",
            fromPort: 0,
            toPort: 0,
          },
        ],
      },
    },
    violating: {
      "refused by a higher number": [
        {
          ingress: [
            {
              ruleNo: 10,
              action: "allow",
              cidrBlock: "0.0.0.0/0",
              protocol: "6",
              fromPort: 22,
              toPort: 22,
            },
            { ruleNo: 20, action: "deny", cidrBlock: "0.0.0.0/0", protocol: "-1" },
          ],
        },
        /ingress\[0\] opens port 22 to the internet/,
      ],
      "refused to some": [
        {
          ingress: [
            { ruleNo: 10, action: "deny", cidrBlock: "203.0.113.0/24", protocol: "-1" },
            {
              ruleNo: 20,
              action: "allow",
              cidrBlock: "0.0.0.0/0",
              protocol: "6",
              fromPort: 22,
              toPort: 22,
            },
          ],
        },
        /ingress\[1\] opens port 22 to the internet/,
      ],
      SSH: [entry({ fromPort: 22, toPort: 22 }), /ingress\[0\] opens port 22 to the internet/],
      "a range": [entry({ protocol: "6", fromPort: 1024, toPort: 4000 }), /port 3389/],
      "all by IPv6": [entry({ cidrBlock: undefined, ipv6CidrBlock: "::/0", protocol: "-1" }), /20/],
    },
    unimportant: {
      "ports of UDP": entry({ protocol: "udp", fromPort: UNKNOWN_TEXT }),
    },
    unknown: {
      "what is refused before": {
        ingress: [
          {
            ruleNo: 10,
            action: "deny",
            cidrBlock: "0.0.0.0/0",
            protocol: "6",
            fromPort: 22,
            toPort: UNKNOWN_TEXT,
          },
          { ...SSH, ruleNo: 20 },
        ],
      },
      "whether it is refused": {
        ingress: [
          { ...SSH, ruleNo: 10, action: UNKNOWN_TEXT },
          { ...SSH, ruleNo: 20 },
        ],
      },
      network: entry({ cidrBlock: UNKNOWN_TEXT }),
      ports: entry({ toPort: UNKNOWN_TEXT }),
      order: {
        ingress: [
          { ruleNo: UNKNOWN_TEXT, action: "deny", cidrBlock: "0.0.0.0/0", protocol: "-1" },
          {
            ruleNo: 20,
            action: "allow",
            cidrBlock: "0.0.0.0/0",
            protocol: "6",
            fromPort: 22,
            toPort: 22,
          },
        ],
      },
    },
    rows: [
      {
        violating: "a rule of its own",
        says: /opens port 22 to the internet/,
        type: "aws:ec2/networkAclRule:NetworkAclRule",
        props: {
          ruleAction: "allow",
          cidrBlock: "0.0.0.0/0",
          protocol: "6",
          fromPort: 22,
          toPort: 22,
        },
      },
      {
        compliant: "a way out",
        type: "aws:ec2/networkAclRule:NetworkAclRule",
        props: { egress: true, ruleAction: "allow", cidrBlock: "0.0.0.0/0", protocol: "-1" },
      },
    ],
  });
  variantTable(rules, "nacl-not-all-ports", {
    type: ACL,
    good: entry({}),
    compliant: {
      "all but the first ports": entry({ fromPort: 1024, toPort: 65535 }),
      "all of ICMP": entry({ protocol: "1", fromPort: -1, toPort: -1 }),
    },
    unimportant: {
      "the order": {
        ingress: [
          { ...SSH, ruleNo: UNKNOWN_TEXT, action: "deny" },
          { ...SSH, ruleNo: 20 },
        ],
      },
    },
    violating: {
      "from port 1": [
        entry({ protocol: "17", fromPort: 1, toPort: 65535 }),
        /allows all traffic from/,
      ],
      "all protocols": [entry({ protocol: "-1" }), /allows all traffic from/],
      "all ports": [entry({ fromPort: 0, toPort: 65535 }), /allows all traffic from/],
    },
    unknown: { list: { ingress: UNKNOWN_LIST }, protocol: entry({ protocol: UNKNOWN_TEXT }) },
  });
  stackTable(rules, "nacl-attached", {
    good: { acl: { type: ACL, props: { subnetIds: UNKNOWN_LIST } } },
    compliant: {
      "by an association": {
        acl: { props: { subnetIds: undefined } },
        association: {
          type: "aws:ec2/networkAclAssociation:NetworkAclAssociation",
          props: { networkAclId: UNKNOWN_TEXT },
          references: { networkAclId: ["acl"] },
        },
      },
    },
    violating: { "nobody's": [{ acl: { props: { subnetIds: [] } } }, /nothing else refers/] },
    unknown: {
      "whose an association is": {
        acl: { props: { subnetIds: [] } },
        association: {
          type: "aws:ec2/networkAclAssociation:NetworkAclAssociation",
          props: { networkAclId: UNKNOWN_TEXT },
        },
      },
    },
  });
});
