/** What a service that shifts traffic needs from other resources: rules, target groups, roles, alarms. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, read, UNKNOWN } from "../../analysis/properties";
import { GRANTED_BY_POLICIES } from "../../facts/service-calls";
import { type Report, type Rule, stackRule } from "../define";
import { allowsAction, parseDocument } from "../documents";
import { deploymentAlarms } from "./deployment-alarms";
import { shiftingServices } from "./deployment-strategy";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";
const RULE = "aws:lb/listenerRule:ListenerRule";
const LISTENER = "aws:lb/listener:Listener";
const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const ROLE = "aws:iam/role:Role";
const ADVANCED = "loadBalancers[0].advancedConfiguration";

const listenerRules = stackRule({
  id: "ecs-bluegreen-listener-rules",
  description: "ECS gets a production and a test listener rule, not the listeners themselves.",
  severity: "high",
  remediation:
    "Set productionListenerRule and testListenerRule to the ARNs of two aws.lb.ListenerRule resources.",
  url: `${GUIDE}/alb-resources-for-blue-green.html`,
  check(graph, reportOn) {
    for (const service of shiftingServices(graph, reportOn)) {
      const report = reportOn(service);
      const arns = ["productionListenerRule", "testListenerRule"].map((property) => {
        const path = `${ADVANCED}.${property}`;
        const arn = read(service.properties, path);
        if (arn === undefined) {
          report.violation(`${path} is not set; name a listener rule.`);
        } else if (typeof arn === "string" && !/:listener-rule\/|:rule\//.test(arn)) {
          report.violation(`${path} is not the ARN of a listener rule; name one.`);
        }
        return arn;
      });
      if (arns.every((arn) => typeof arn === "string") && arns[0] === arns[1]) {
        report.violation("both listener rules are the same; name two.");
      }
      if (arns.includes(UNKNOWN)) {
        judgeReferences(graph, service, arns.filter((arn) => arn !== undefined).length, report);
      }
    }
  },
});

/** Rules by reference, while ARNs are not known: as many as are named, and no listener instead of a rule. */
function judgeReferences(graph: StackGraph, service: Node, named: number, report: Report): void {
  if (usesPackets(graph, service)) {
    return;
  }
  const rules = graph.referred(service, "loadBalancers", RULE);
  const listeners = graph.referred(service, "loadBalancers", LISTENER);
  if (rules === UNKNOWN && listeners === UNKNOWN) {
    report.undecided("loadBalancers");
  } else if (listeners !== UNKNOWN && listeners.length > 0) {
    report.violation(
      `loadBalancers refers to the listener ${listeners[0]!.name}; name listener rules instead.`,
    );
  } else if (rules === UNKNOWN || rules.length < named) {
    report.violation("loadBalancers refers to fewer listener rules than it names; name two.");
  }
}

/** Whether a service is behind a network load balancer, whose listeners have no rules. */
function usesPackets(graph: StackGraph, service: Node): boolean {
  const listeners = graph.referred(service, "loadBalancers", LISTENER);
  return (
    listeners !== UNKNOWN &&
    listeners.some((listener) => {
      const balancers = graph.referred(listener, "loadBalancerArn", BALANCER);
      return (
        balancers !== UNKNOWN &&
        balancers.some(({ properties }) => read(properties, "loadBalancerType") === "network")
      );
    })
  );
}

const targetGroups = stackRule({
  id: "ecs-bluegreen-target-groups",
  description: "Each listener rule of a service forwards to both target groups from the start.",
  severity: "high",
  remediation:
    "Forward to both groups with weights 1 and 0 in the rule: ECS refuses the first deployment otherwise.",
  url: `${GUIDE}/alb-resources-for-blue-green.html`,
  check(graph, reportOn) {
    for (const service of shiftingServices(graph, reportOn)) {
      const groups = graph.referred(service, "loadBalancers", TARGET_GROUP);
      const rules = graph.referred(service, "loadBalancers", RULE);
      if (groups === UNKNOWN || rules === UNKNOWN) {
        reportOn(service).undecided("loadBalancers");
        continue;
      }
      if (groups.length < 2) {
        reportOn(service).violation(
          "loadBalancers refers to fewer than 2 target groups; name another as the alternate.",
        );
      }
      for (const rule of rules) {
        const forwarded = graph.referred(rule, "actions", TARGET_GROUP);
        if (forwarded === UNKNOWN) {
          reportOn(rule).undecided("actions");
        } else if (groups.some((group) => !forwarded.includes(group))) {
          reportOn(rule).violation(
            `actions lack a target group of ${service.name}; forward to both with weights 1 and 0.`,
          );
        }
      }
    }
  },
});

const roles = stackRule({
  id: "ecs-bluegreen-roles",
  description: "ECS shifts traffic with one role and calls hooks with another.",
  severity: "high",
  remediation:
    "Give advancedConfiguration.roleArn the policy AmazonECSInfrastructureRolePolicyForLoadBalancers, and the hooks' roleArn lambda:InvokeFunction.",
  url: `${GUIDE}/AmazonECSInfrastructureRolePolicyForLoadBalancers.html`,
  check(graph, reportOn) {
    for (const service of shiftingServices(graph, reportOn)) {
      const report = reportOn(service);
      const traffic = read(service.properties, `${ADVANCED}.roleArn`);
      const hooks = items(read(service.properties, "deploymentConfiguration.lifecycleHooks"));
      if (hooks === UNKNOWN) {
        report.undecided("deploymentConfiguration.lifecycleHooks");
        continue;
      }
      const hookRoles = hooks.map((_, index) =>
        read(service.properties, `deploymentConfiguration.lifecycleHooks[${index}].roleArn`),
      );
      if (typeof traffic === "string" && hookRoles.includes(traffic)) {
        report.violation(`${ADVANCED}.roleArn is also the role of a hook; use two roles.`);
      }
      for (const role of rolesNamed(graph, service, "loadBalancers", [traffic])) {
        requireRight(graph, role, "elasticloadbalancing:ModifyRule", report);
      }
      for (const role of rolesNamed(graph, service, "deploymentConfiguration", hookRoles)) {
        requireRight(graph, role, "lambda:InvokeFunction", report);
      }
    }
  },
});

/** Roles of the stack that a property names, by ARN or by reference. */
function rolesNamed(
  graph: StackGraph,
  service: Node,
  property: string,
  arns: readonly unknown[],
): Node[] {
  const names = arns.filter((arn) => typeof arn === "string").map((arn) => arn.split("/").at(-1));
  const byName = graph
    .ofType(ROLE)
    .filter(({ properties }) => names.includes(read(properties, "name") as string | undefined));
  const byReference = arns.includes(UNKNOWN)
    ? (service.references[property] ?? [])
        .map((urn) => graph.get(urn))
        .filter((node): node is Node => node?.type === ROLE)
    : [];
  return [...new Set([...byName, ...byReference])];
}

/** Requires a policy of the role that allows the action; undecided when the policies are not known. */
function requireRight(graph: StackGraph, role: Node, action: string, report: Report): void {
  const attachments = graph.referring(
    role,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "role",
  );
  const inline = graph.referring(role, "aws:iam/rolePolicy:RolePolicy", "role");
  const granted = attachments.map(({ properties }) => {
    const arn = read(properties, "policyArn");
    return arn === UNKNOWN
      ? UNKNOWN
      : Object.entries(GRANTED_BY_POLICIES.policies).some(
          ([name, right]) => String(arn).endsWith(name) && right === action,
        );
  });
  const embedded = items(role.properties["inlinePolicies"]);
  const documents = [
    ...inline.map(({ properties }) => properties["policy"]),
    ...(embedded === UNKNOWN ? [] : embedded.map((policy) => read({ policy }, "policy.policy"))),
  ];
  const allowed = documents.map((value) => {
    const document = parseDocument(value);
    return document === UNKNOWN
      ? UNKNOWN
      : (document?.statements ?? []).some((statement) => allowsAction(statement, action));
  });
  const all = [...granted, ...allowed];
  if (all.includes(true)) {
    return;
  }
  if (all.includes(UNKNOWN)) {
    report.undecided(`the policies of the role ${role.name}`);
  } else {
    report.violation(
      `the role ${role.name} may not call ${action}; grant it that permission, or name the other role.`,
    );
  }
}

export const deploymentRelationRules: readonly Rule[] = [
  listenerRules,
  targetGroups,
  roles,
  deploymentAlarms,
];
