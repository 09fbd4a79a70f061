/** Security groups and the resources that use them: the allowed connections. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, known, read, UNKNOWN } from "../../analysis/properties";
import {
  coversPort,
  isAnywhere,
  type NormalRule,
  securityGroupRules,
  SEPARATE_RULES,
} from "../../analysis/security-group-rules";
import { outerProperty, SECURITY_GROUPS } from "../../facts/type-properties";
import { type Report, type Rule, stackRule } from "../define";
import { fits, reportForeign } from "../relations";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";

/** The groups of a resource. */
function groupsOf(graph: StackGraph, node: Node, property: string): readonly Node[] {
  const groups = graph.referred(node, property, GROUP);
  return groups === UNKNOWN ? [] : groups;
}

function ingressRules(graph: StackGraph): NormalRule[] {
  return securityGroupRules(graph).filter(({ direction }) => direction === "ingress");
}

/** Rules of one of the groups. */
function rulesOf(rules: readonly NormalRule[], groups: readonly Node[]): NormalRule[] {
  return rules.filter(
    (rule) => rule.groups !== UNKNOWN && rule.groups.some((group) => groups.includes(group)),
  );
}

/** Internet-facing application load balancers of the stack. */
function publicBalancers(graph: StackGraph): Node[] {
  return graph.ofType(BALANCER).filter(({ properties }) => {
    const kind = read(properties, "loadBalancerType");
    return (kind === undefined || kind === "application") && read(properties, "internal") !== true;
  });
}

/** Whether each group of a rule belongs to a load balancer that listens for QUIC at the rule's one port. */
export function listensForQuic(graph: StackGraph, rule: NormalRule): boolean | typeof UNKNOWN {
  if (rule.groups === UNKNOWN || rule.ports === UNKNOWN) {
    return UNKNOWN;
  }
  const [port] = rule.ports;
  const answers = rule.groups.map((group) => {
    const balancers = graph
      .ofType(BALANCER)
      .filter((balancer) => groupsOf(graph, balancer, "securityGroups").includes(group));
    const listeners = balancers.flatMap((balancer) =>
      graph.referring(balancer, LISTENER, "loadBalancerArn"),
    );
    const judged = listeners.map(({ properties }) => {
      const [protocol, at] = [read(properties, "protocol"), read(properties, "port")];
      const isQuic = protocol === UNKNOWN || /^(TCP_)?QUIC$/.test(String(protocol));
      const fits = at === UNKNOWN || Number(at) === port;
      return isQuic && fits && (protocol === UNKNOWN || at === UNKNOWN) ? UNKNOWN : isQuic && fits;
    });
    return judged.includes(true) || (judged.includes(UNKNOWN) ? UNKNOWN : false);
  });
  const sure = answers.length > 0 && !answers.includes(false);
  return sure && answers.includes(UNKNOWN) ? UNKNOWN : sure;
}

const plainHttpOnly = stackRule({
  id: "sg-http80-only-for-alb",
  description: "Port 80 is open to the internet only on a load balancer that redirects to HTTPS.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_260"] },
  remediation: "Remove the rule, or redirect port 80 of the load balancer to HTTPS.",
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
  check(graph, reportOn) {
    const redirecting = publicBalancers(graph).filter((balancer) => redirects(graph, balancer));
    const allowed = redirecting.flatMap((balancer) => groupsOf(graph, balancer, "securityGroups"));
    for (const rule of ingressRules(graph)) {
      const { networks, node } = rule;
      const covers = coversPort(rule, 80);
      if (networks === UNKNOWN || (covers === UNKNOWN && networks.some(isAnywhere))) {
        reportOn(node).undecided("the networks or the ports of the rule");
      } else if (covers === true && networks.some(isAnywhere)) {
        if (rule.groups === UNKNOWN) {
          reportOn(node).undecided("securityGroupId");
        } else if (
          // For a group of another stack it is not known whether a load balancer uses it.
          rule.groups.length === 0 ||
          !rule.groups.every((group) => allowed.includes(group))
        ) {
          reportOn(node).violation(
            "it opens port 80 to the internet, but its group does not belong to a load balancer that redirects to HTTPS; remove it.",
          );
        }
      }
    }
  },
});

function redirects(graph: StackGraph, balancer: Node): boolean {
  return graph.referring(balancer, LISTENER, "loadBalancerArn").some(({ properties }) => {
    const actions = items(properties["defaultActions"]);
    return (
      actions !== UNKNOWN &&
      Number(known(properties["port"])) === 80 &&
      actions.some((action) => read({ action }, "action.redirect.protocol") === "HTTPS")
    );
  });
}

/** Types that refer to a group without using it: they state who may connect. */
const NO_CARRIERS: ReadonlySet<string> = new Set([
  ...SEPARATE_RULES,
  GROUP,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
]);

/** Where workloads name their groups: a workload whose groups are not known could use any. */
const CARRIERS = Object.entries(SECURITY_GROUPS.properties).map(
  ([type, path]) => [type, outerProperty(path)] as const,
);

interface Unattached {
  /** Regular expressions for the names of groups that a resource outside the stack uses. */
  readonly carriedElsewhere: string[];
}

const attached = stackRule<Unattached>({
  id: "sg-attached",
  description: "A security group is in use.",
  severity: "low",
  controls: { checkov: ["CKV2_AWS_5"] },
  remediation: "Attach it to its resource, remove it, or name it in the setting carriedElsewhere.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
  defaults: { carriedElsewhere: [] },
  check(graph, reportOn, { carriedElsewhere }) {
    for (const group of graph.ofType(GROUP)) {
      if (
        fits(group.name, carriedElsewhere) ||
        graph.usersOf(group).some(({ type }) => isResource(type) && !NO_CARRIERS.has(type)) ||
        CARRIERS.some(([type, property]) => graph.referring(group, type, property).length > 0)
      ) {
        continue;
      }
      if (CARRIERS.some(([type, property]) => graph.unplaced(type, property, GROUP).length > 0)) {
        reportOn(group).undecided("the security groups of a resource that may use it");
      } else {
        reportOn(group).violation("no resource uses it; attach it or remove it.");
      }
    }
  },
});

/** Whether a type is a provider's and not a component's, which only passes its arguments on. */
const isResource = (type: string) => type.includes("/");

const oneManager = stackRule({
  id: "sg-no-rule-management-conflict",
  description: "A security group has inline rules or separate rule resources, never both.",
  severity: "medium",
  remediation: "Move all rules out of the group: its inline list would delete the separate ones.",
  url: "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/",
  check(graph, reportOn) {
    for (const group of graph.ofType(GROUP)) {
      const inline = ["ingress", "egress"].filter((direction) => {
        const rules = items(group.properties[direction]);
        return rules === UNKNOWN || rules.length > 0;
      });
      const separate = SEPARATE_RULES.flatMap((type) =>
        graph.referring(group, type, "securityGroupId"),
      );
      const unplaced = SEPARATE_RULES.flatMap((type) =>
        graph.unplaced(type, "securityGroupId", GROUP),
      );
      if (inline.length > 0 && separate.length > 0) {
        reportOn(group).violation(
          `${inline.join(" and ")} of the group would delete its separate rules (${separate.map(({ name }) => name).join(", ")}); make all of them separate.`,
        );
      } else if (inline.length > 0 && unplaced.length > 0) {
        reportOn(unplaced[0]!).undecided("securityGroupId");
      }
    }
  },
});

const tasksBehindBalancer = stackRule({
  id: "app-sg-only-from-alb",
  description:
    "Tasks accept connections from a load balancer's security group only, and from each other's where they are called by ECS Service Connect.",
  severity: "high",
  remediation: "Set the rule's source to the load balancer's group.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-network.html",
  check(graph, reportOn) {
    const running = [...graph.ofType("aws:ecs/service:Service", "aws:ecs/taskSet:TaskSet")];
    const tasks = running.flatMap((node) => groupsOf(graph, node, "networkConfiguration"));
    const isCalled = running.some(({ properties }) => {
      const called = items(read(properties, "serviceConnectConfiguration.services"));
      return called !== UNKNOWN && called.length > 0;
    });
    const balancers = graph
      .ofType(BALANCER)
      .flatMap((node) => groupsOf(graph, node, "securityGroups"));
    for (const node of running) {
      reportForeign(graph, node, "networkConfiguration", reportOn(node));
    }
    for (const rule of rulesOf(ingressRules(graph), tasks)) {
      judgeSource(rule, isCalled ? [...balancers, ...tasks] : balancers, reportOn(rule.node));
    }
  },
});

function judgeSource(rule: NormalRule, balancers: readonly Node[], report: Report): void {
  if (rule.networks === UNKNOWN || rule.peers === UNKNOWN || rule.prefixLists === UNKNOWN) {
    report.undecided("the source of the rule");
    return;
  }
  for (const network of rule.networks) {
    report.violation(`it allows ${network} to reach the tasks; name the load balancer's group.`);
  }
  if (rule.prefixLists.length > 0) {
    report.violation("it allows a prefix list to reach the tasks; name the load balancer's group.");
  }
  for (const peer of rule.peers.filter((group) => !balancers.includes(group))) {
    report.violation(
      `it allows the group ${peer.name}, which is not a load balancer's, to reach the tasks; name the load balancer's group.`,
    );
  }
}

const balancerBehindEdge = stackRule({
  id: "alb-sg-only-from-cloudfront",
  description:
    "In a stack with CloudFront, its public load balancer accepts connections from CloudFront only, so that no request bypasses the web ACL.",
  severity: "high",
  remediation: "Set the rule's source to CloudFront's origin-facing prefix list.",
  url: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html",
  check(graph, reportOn) {
    if (graph.ofType("aws:cloudfront/distribution:Distribution").length === 0) {
      return;
    }
    const groups = publicBalancers(graph).flatMap((balancer) => {
      reportForeign(graph, balancer, "securityGroups", reportOn(balancer));
      return groupsOf(graph, balancer, "securityGroups");
    });
    for (const rule of rulesOf(ingressRules(graph), groups)) {
      if (rule.networks === UNKNOWN) {
        reportOn(rule.node).undecided("the networks of the rule");
      } else if (rule.networks.length > 0) {
        reportOn(rule.node).violation(
          `it allows ${rule.networks.join(", ")} to bypass CloudFront; name the origin-facing prefix list instead.`,
        );
      }
    }
  },
});

export const securityGroupRelationRules: readonly Rule[] = [
  plainHttpOnly,
  attached,
  oneManager,
  tasksBehindBalancer,
  balancerBehindEdge,
];
