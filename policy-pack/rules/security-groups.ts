/** Security groups and their rules, in all four forms. */
import type { PolicyResource } from "@pulumi/policy";

import { StackGraph } from "../../analysis/graph";
import { read, shown, UNKNOWN } from "../../analysis/properties";
import {
  isAnywhere,
  isEveryPort,
  type NormalRule,
  securityGroupRules,
  SEPARATE_RULES,
} from "../../analysis/security-group-rules";
import { ADMINISTRATION_PORTS, HIGH_RISK_PORTS } from "../../facts/security-hub";
import { CACHE_PORTS, CLUSTER_PORTS } from "../../facts/store-ports";
import { type Report, resourceRule, type Rule, stackRule, type Subject } from "../define";
import { records } from "../lists";
import { fits } from "../relations";
import { listensForQuic, securityGroupRelationRules } from "./security-group-relations";
import { storeConnectionRules } from "./store-connections";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const GROUPS = [
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
];
/** The rules of one resource that are open to the internet; what is not known is reported. */
function openRules(
  subject: Subject,
  direction: NormalRule["direction"],
  report: Report,
): NormalRule[] {
  const { type, name, urn } = subject;
  const alone = { type, name, urn, props: subject.properties, opts: subject.options };
  const graph = StackGraph.of([
    { ...alone, dependencies: [], propertyDependencies: {} } as unknown as PolicyResource,
  ]);
  return openOf(subject, securityGroupRules(graph), direction, report);
}

/** Of a resource's rules, those that are open to the internet. */
function openOf(
  { type }: Pick<Subject, "type">,
  all: readonly NormalRule[],
  direction: NormalRule["direction"],
  report: Report,
): NormalRule[] {
  const rules = all.filter((rule) => rule.direction === direction);
  if (rules.some(({ networks }) => networks === UNKNOWN)) {
    report.undecided(GROUPS.includes(type) ? direction : "the networks of the rule");
  }
  return rules.filter(
    ({ networks }) => networks !== UNKNOWN && networks.some((network) => isAnywhere(network)),
  );
}

/** Whether a rule's protocol and ports are known; reports if not. */
function decided(rule: NormalRule, report: Report): rule is Decided {
  const known = rule.protocol !== UNKNOWN && rule.ports !== UNKNOWN;
  if (!known) {
    report.undecided("the protocol or the ports of a rule");
  }
  return known;
}

type Decided = NormalRule & {
  readonly protocol: string;
  readonly ports: readonly [number, number];
};

/** Whether a rule is about all ports of all protocols, or of one with ports. */
function isEverything({ protocol, ports }: Decided): boolean {
  return protocol === "all" || (/^(tcp|udp)$/.test(protocol) && isEveryPort(ports));
}

const everything = ({ protocol }: Decided): string =>
  protocol === "all" ? "all traffic" : `all ${protocol.toUpperCase()} traffic`;

function range({ protocol, ports }: Decided): string {
  if (protocol === "all") {
    return "all ports";
  }
  if (!/^(tcp|udp)$/.test(protocol)) {
    return `protocol ${protocol}`;
  }
  return ports[0] === ports[1]
    ? `${protocol} ${ports[0]}`
    : `${protocol} ${ports[0]} to ${ports[1]}`;
}

/** The rule that reports every open port, in each profile: the others name it for a rule that opens all of them. */
const OPEN = "sg-no-open-ingress-except-authorized";
const causeOf = (rule: Decided) => (isEverything(rule) ? ` (cause: ${OPEN})` : "");

/** Ports for a message: the first five, and how many more. */
function listed(ports: readonly number[]): string {
  const more = ports.length - 5;
  return ports.slice(0, 5).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

interface Authorized {
  /** TCP ports that may be open to the internet. */
  readonly authorizedTcpPorts: number[];
}

/** Protocols without ports, which the controls about open ports leave out: ICMP, and that of IPv6. */
const CONTROL_MESSAGES = /^(icmp|icmpv6|58)$/;

const onlyAuthorized = stackRule<Authorized>({
  id: OPEN,
  description:
    "A security group opens web ports to the internet and no others: TCP, and UDP where a load balancer listens for QUIC.",
  severity: "critical",
  controls: { securityHub: ["EC2.18"], cdkNag: ["EC23"] },
  remediation: "Name the security group or the networks that need the port.",
  url: `${GUIDE}/ec2-controls.html#ec2-18`,
  defaults: { authorizedTcpPorts: [80, 443] },
  check(graph, reportOn, { authorizedTcpPorts }) {
    const all = securityGroupRules(graph);
    for (const node of graph.ofType(...GROUPS, ...SEPARATE_RULES)) {
      const report = reportOn(node);
      const own = all.filter((rule) => rule.node === node);
      for (const rule of openOf(node, own, "ingress", report)) {
        if (!decided(rule, report) || CONTROL_MESSAGES.test(rule.protocol)) {
          continue;
        }
        const single =
          rule.ports[0] === rule.ports[1] && authorizedTcpPorts.includes(rule.ports[0]);
        const quic = single && rule.protocol === "udp" && listensForQuic(graph, rule);
        if (quic === UNKNOWN) {
          report.undecided("the listeners of the load balancer that uses the group");
        } else if (!(single && rule.protocol === "tcp") && !quic) {
          report.violation(
            `it opens ${range(rule)} to the internet, where only tcp ${listed(authorizedTcpPorts)} is allowed; name who may connect.`,
          );
        }
      }
    }
  },
});

/** A rule about ports that must not be open to the internet. */
function closedPorts(
  id: string,
  description: string,
  ports: readonly number[],
  controls: NonNullable<Rule["info"]["controls"]>,
): Rule {
  return resourceRule({
    id,
    description,
    severity: "critical",
    controls,
    remediation: "Name the security group or the networks that need the port.",
    url: `${GUIDE}/ec2-controls.html#ec2-19`,
    types: [...GROUPS, ...SEPARATE_RULES],
    check(subject, report) {
      for (const rule of openRules(subject, "ingress", report)) {
        if (decided(rule, report) && /^(tcp|udp|all)$/.test(rule.protocol)) {
          const open = ports.filter((port) => rule.ports[0] <= port && port <= rule.ports[1]);
          if (open.length > 0) {
            report.violation(
              `it opens ${range(rule)} to the internet, and so port ${listed(open)}; name who may connect${causeOf(rule)}.`,
            );
          }
        }
      }
    },
  });
}

/** AWS's, port 445 of CIS 5.1.2, and those of WinRM, which no control names. */
const ADMIN_PORTS = [...ADMINISTRATION_PORTS.ports, 445, 5985, 5986].sort((a, b) => a - b);

const noAdminPorts = closedPorts(
  "sg-no-open-admin-ports",
  "No remote administration port is open to the internet.",
  ADMIN_PORTS,
  {
    securityHub: ["EC2.13", "EC2.14", "EC2.53", "EC2.54"],
    cis: ["5.3", "5.4", "5.1.2"],
    checkov: ["CKV_AWS_24", "CKV_AWS_25"],
    trivy: ["AWS-0107"],
  },
);

/** AWS's, those of its stores that the control leaves out, and Docker's. */
const RISKY_PORTS = [
  ...HIGH_RISK_PORTS.ports,
  ...[CACHE_PORTS.redis, CACHE_PORTS.memcached, 2375],
  ...[
    CLUSTER_PORTS["aws:docdb/cluster:Cluster"].port,
    CLUSTER_PORTS["aws:redshift/cluster:Cluster"].port,
  ],
].sort((a, b) => a - b);

const noHighRiskPorts = closedPorts(
  "sg-no-open-high-risk-ports",
  "No port of a database, an admin tool or a legacy protocol is open to the internet.",
  RISKY_PORTS,
  { securityHub: ["EC2.19"] },
);

const noAllTraffic = resourceRule({
  id: "sg-no-all-traffic-ingress",
  description: "No security group allows all traffic from the internet.",
  severity: "critical",
  controls: { checkov: ["CKV_AWS_277"] },
  remediation: "Name a protocol and ports.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  types: [...GROUPS, ...SEPARATE_RULES],
  check(subject, report) {
    for (const rule of openRules(subject, "ingress", report)) {
      if (decided(rule, report) && isEverything(rule)) {
        report.violation(
          `it allows ${everything(rule)} from the internet; name a protocol and ports${causeOf(rule)}.`,
        );
      }
    }
  },
});

interface Unrestricted {
  /** Regular expressions for the names of resources with unrestricted egress. */
  readonly unrestrictedGroups: string[];
}

const egressRestricted = resourceRule<Unrestricted>({
  id: "sg-egress-restricted",
  description: "A security group has no unrestricted egress.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_382"] },
  remediation: "Name the ports, such as 443, or the destination group or prefix list.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  defaults: { unrestrictedGroups: [] },
  types: [...GROUPS, ...SEPARATE_RULES],
  check(subject, report, { unrestrictedGroups }) {
    if (!fits(subject.name, unrestrictedGroups)) {
      for (const rule of openRules(subject, "egress", report)) {
        if (decided(rule, report) && isEverything(rule)) {
          report.violation(
            `it allows ${everything(rule)} to the internet; name a protocol and ports.`,
          );
        }
      }
    }
  },
});

/** A text that is not a default of the SDK or Terraform. */
function isDescription(value: unknown): boolean {
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
    !/^(managed by (pulumi|terraform)|todo|tbd)$/i.test(value.trim())
  );
}

const groupDescribed = resourceRule({
  id: "sg-has-description",
  description: "A security group has a description.",
  severity: "low",
  controls: { cdkNag: ["EC27"], checkov: ["CKV_AWS_23"], trivy: ["AWS-0099"] },
  remediation: "Set description; a change replaces the group.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-groups.html",
  types: [GROUPS[0]!],
  check(subject, report) {
    const value = read(subject.properties, "description");
    if (value === UNKNOWN) {
      report.undecided("description");
    } else if (!isDescription(value)) {
      report.violation(
        `description is ${shown(value, "description")}; describe what the group is for.`,
      );
    }
  },
});

const ruleDescribed = resourceRule({
  id: "sg-rule-has-description",
  description: "A security group rule has a description.",
  severity: "low",
  controls: { checkov: ["CKV_AWS_23"], trivy: ["AWS-0124"] },
  remediation: "Set description of each rule.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  types: [...GROUPS, ...SEPARATE_RULES],
  check(subject, report) {
    const rules: [string, Readonly<Record<string, unknown>>][] = GROUPS.includes(subject.type)
      ? ["ingress", "egress"].flatMap((direction) =>
          records(subject.properties[direction], direction, report).map(
            (rule, index): [string, Record<string, unknown>] => [
              `${direction}[${index}].description`,
              rule,
            ],
          ),
        )
      : [["description", subject.properties]];
    for (const [path, rule] of rules) {
      const value = read(rule, "description");
      if (value === UNKNOWN) {
        report.undecided(path);
      } else if (!isDescription(value)) {
        report.violation(
          `${path} is ${shown(value, "description")}; describe what the rule is for.`,
        );
      }
    }
  },
});

export const securityGroupRuleSet: readonly Rule[] = [
  onlyAuthorized,
  noAdminPorts,
  noHighRiskPorts,
  noAllTraffic,
  egressRestricted,
  groupDescribed,
  ruleDescribed,
  ...securityGroupRelationRules,
  ...storeConnectionRules,
];
