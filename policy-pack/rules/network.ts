/** The network: VPC, subnets and flow logs. */
import { counted } from "../../analysis/counted";
import type { Node, StackGraph } from "../../analysis/graph";
import { items, known, read, shown, UNKNOWN } from "../../analysis/properties";
import { SEPARATE_RULES } from "../../analysis/security-group-rules";
import { expect, isNotTrue, type Report, resourceRule, type Rule, stackRule } from "../define";
import { fits } from "../relations";
import { networkAclRules } from "./network-acls";
import { networkEndpointRules } from "./network-endpoints";
import { networkRouteRules } from "./network-routes";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

const flowLogs = stackRule({
  id: "vpc-flow-logs",
  description: "A VPC has a flow log of all its connections.",
  severity: "high",
  controls: {
    securityHub: ["EC2.6"],
    cis: ["3.7"],
    cdkNag: ["VPC7"],
    checkov: ["CKV2_AWS_11"],
    trivy: ["AWS-0178"],
  },
  remediation: 'Add an aws.ec2.FlowLog with the VPC\'s id, trafficType "ALL" and a destination.',
  url: `${GUIDE}/ec2-controls.html#ec2-6`,
  check(graph, reportOn) {
    for (const vpc of graph.ofType(VPC)) {
      const logs = graph.referring(vpc, FLOW_LOG, "vpcId");
      if (logs.length === 0) {
        missing(graph, reportOn(vpc), FLOW_LOG, "vpcId", "no FlowLog refers to it; add one.");
      } else {
        judgeFlowLogs(logs, reportOn);
      }
    }
  },
});

/** What all flow logs of a VPC record; one that records everything is enough. */
function judgeFlowLogs(
  logs: readonly Node[],
  reportOn: (resource: { urn: string }) => Report,
): void {
  const traffic = logs.map((log) => read(log.properties, "trafficType"));
  if (!traffic.includes("ALL")) {
    const first = logs[0]!;
    if (traffic.includes(UNKNOWN)) {
      reportOn(first).undecided("trafficType");
    } else {
      const value = shown(traffic[0], "trafficType");
      reportOn(first).violation(`trafficType is ${value}; set it to "ALL".`);
    }
  }
  for (const log of logs) {
    const destinations = ["logDestination", "logGroupName", "logGroupArn"];
    if (destinations.every((property) => read(log.properties, property) === undefined)) {
      reportOn(log).violation("logDestination is not set; name a log group or a bucket.");
    }
  }
}

/** A violation when no resource of a type refers to this one; undecided when a reference is not known. */
function missing(
  graph: StackGraph,
  report: Report,
  type: string,
  property: string,
  message: string,
): void {
  if (graph.unplaced(type, property, VPC).length > 0) {
    report.undecided(`the ${property} of a ${type.split(":").at(-1)}`);
  } else {
    report.violation(message);
  }
}

const flowLogsSecured = stackRule({
  id: "vpc-flow-log-destination-secured",
  description: "The log group of a flow log has a customer-managed key and a retention.",
  severity: "medium",
  remediation: "Set kmsKeyId and retentionInDays of the log group.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html",
  check(graph, reportOn) {
    for (const log of graph.ofType(FLOW_LOG)) {
      // A bucket as the destination is judged by the rules about buckets.
      if ([undefined, "cloud-watch-logs"].includes(kindOf(log))) {
        const groups = graph.referred(log, "logDestination", LOG_GROUP);
        if (groups !== UNKNOWN) {
          groups.forEach((group) => judgeLogGroup(group, reportOn(group)));
        } else if (read(log.properties, "logDestination") === UNKNOWN) {
          reportOn(log).undecided("logDestination");
        }
      }
    }
  },
});

function kindOf(log: Node): string | undefined {
  return read(log.properties, "logDestinationType") as string | undefined;
}

function judgeLogGroup(group: Node, report: Report): void {
  if (read(group.properties, "kmsKeyId") === undefined) {
    report.violation("kmsKeyId is not set, and it holds flow logs; name a customer-managed key.");
  }
  expect(
    group,
    report,
    "retentionInDays",
    (days) => typeof days === "number" && days > 0,
    "it holds flow logs and never expires them; set a number of days",
  );
}

const defaultGroupClosed = stackRule({
  id: "vpc-default-sg-closed",
  description: "A VPC's default security group has no rules: resources without a group get it.",
  severity: "high",
  controls: {
    securityHub: ["EC2.2"],
    cis: ["5.5"],
    checkov: ["CKV2_AWS_12"],
    trivy: ["AWS-0173"],
  },
  remediation: "Adopt it with an aws.ec2.DefaultSecurityGroup that has neither ingress nor egress.",
  url: `${GUIDE}/ec2-controls.html#ec2-2`,
  check(graph, reportOn) {
    for (const vpc of graph.ofType(VPC)) {
      const groups = graph.referring(vpc, DEFAULT_GROUP, "vpcId");
      if (groups.length === 0) {
        const message = "no DefaultSecurityGroup refers to it; add one without rules.";
        missing(graph, reportOn(vpc), DEFAULT_GROUP, "vpcId", message);
      }
    }
    for (const group of graph.ofType(DEFAULT_GROUP)) {
      for (const direction of ["ingress", "egress"]) {
        const rules = items(group.properties[direction]);
        if (rules === UNKNOWN) {
          reportOn(group).undecided(direction);
        } else if (rules.length > 0) {
          reportOn(group).violation(`${direction} has ${rules.length} rules; set it to [].`);
        }
      }
      for (const rule of SEPARATE_RULES.flatMap((type) =>
        graph.referring(group, type, "securityGroupId"),
      )) {
        reportOn(rule).violation(
          "securityGroupId refers to a default security group, which must have no rules; use another group.",
        );
      }
    }
  },
});

const noDefaultVpc = resourceRule({
  id: "vpc-no-default-vpc",
  description: "No resource uses the account's default VPC, whose subnets are all public.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_148"], trivy: ["AWS-0101"] },
  remediation: "Use a VPC of the stack.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html",
  types: [VPC, SUBNET, "aws:ec2/defaultVpc:DefaultVpc", "aws:ec2/defaultSubnet:DefaultSubnet"],
  check(subject, report) {
    if (subject.type !== VPC && subject.type !== SUBNET) {
      report.violation("it adopts a part of the default VPC; use a VPC of the stack.");
    }
  },
});

interface PublicSubnets {
  /** Regular expressions for the names of subnets that assign public addresses. */
  readonly publicSubnets: string[];
}

const noAutomaticPublicIp = resourceRule<PublicSubnets>({
  id: "subnet-no-auto-public-ip",
  description:
    "A subnet does not assign public addresses by default, except those named public: AWSX creates them that way, and only load balancers and NAT gateways use them.",
  severity: "medium",
  controls: { securityHub: ["EC2.15"], checkov: ["CKV_AWS_130"], trivy: ["AWS-0164"] },
  remediation: "Remove mapPublicIpOnLaunch and assignIpv6AddressOnCreation.",
  url: `${GUIDE}/ec2-controls.html#ec2-15`,
  defaults: { publicSubnets: ["(^|-)public(-|$)"] },
  types: [SUBNET],
  check(subject, report, { publicSubnets }) {
    if (!fits(subject.name, publicSubnets)) {
      expect(subject, report, "mapPublicIpOnLaunch", isNotTrue, "set it to false");
      expect(subject, report, "assignIpv6AddressOnCreation", isNotTrue, "set it to false");
    }
  },
});

interface Zones {
  /** Minimum number of zones with a subnet of each tier. */
  readonly minimumZones: number;
}

const subnetsSpanZones = stackRule<Zones>({
  id: "subnets-span-azs",
  description: "Every tier of a VPC has subnets in several zones.",
  severity: "medium",
  controls: { securityHub: ["ELB.13"] },
  remediation: "Add subnets of the tier in further zones.",
  url: `${GUIDE}/elb-controls.html#elb-13`,
  defaults: { minimumZones: 2 },
  check(graph, reportOn, { minimumZones }) {
    const tiers = new Map<string, Node[]>();
    for (const subnet of graph.ofType(SUBNET)) {
      const tier = tierOf(graph, subnet);
      tiers.set(tier, [...(tiers.get(tier) ?? []), subnet]);
    }
    for (const subnets of tiers.values()) {
      const zones = new Set(subnets.map(zoneOf));
      const [first] = subnets;
      if (zones.delete(UNKNOWN) && zones.size < minimumZones) {
        reportOn(first!).undecided("availabilityZone");
      } else if (zones.size < minimumZones) {
        reportOn(first!).violation(
          `its tier has subnets in ${counted(zones.size, "zone")} (${subnets.map(({ name }) => name).join(", ")}); add subnets in other zones, at least ${minimumZones} in all.`,
        );
      }
    }
  },
});

/** VPC and name without the number or zone at its end: `crm-public-2` belongs to `crm-public`. */
function tierOf(graph: StackGraph, subnet: Node): string {
  const vpcs = graph.referred(subnet, "vpcId", VPC);
  const vpc = vpcs === UNKNOWN ? String(known(subnet.properties["vpcId"])) : vpcs[0]?.urn;
  return `${vpc} ${subnet.name.replace(/-?(\d+|[a-z]{2}(-[a-z]+)+-\d[a-z]|-[a-f])$/, "")}`;
}

/** A subnet's zone; undefined when AWS chooses it. */
export function zoneOf(subnet: Node): unknown {
  return (
    read(subnet.properties, "availabilityZone") ??
    read(subnet.properties, "availabilityZoneId") ??
    UNKNOWN
  );
}

export const networkRules: readonly Rule[] = [
  flowLogs,
  flowLogsSecured,
  defaultGroupClosed,
  noDefaultVpc,
  noAutomaticPublicIp,
  subnetsSpanZones,
  ...networkRouteRules,
  ...networkEndpointRules,
  ...networkAclRules,
];
