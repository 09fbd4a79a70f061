/** Experiments of AWS FIS cause faults: an alarm stops them, and their roles may affect nothing but the targets. */
import type { Node, StackGraph } from "../../analysis/graph";
import { isRecord, items, read, UNKNOWN } from "../../analysis/properties";
import { iamAction } from "../../facts/iam-actions";
import { type Report, resourceRule, type Rule, stackRule } from "../define";
import { judgeStatements } from "../document-rules";
import type { Statement } from "../documents";
import { isBroad } from "./iam-statements";

const TEMPLATE = "aws:fis/experimentTemplate:ExperimentTemplate";
const ALARM = "aws:cloudwatch:alarm";

const stopCondition = resourceRule({
  id: "fis-stop-condition",
  description: "An experiment of AWS FIS is stopped by an alarm.",
  severity: "high",
  remediation: `Add a stop condition with source ${ALARM} and the ARN of an alarm on customer impact.`,
  url: "https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html",
  types: [TEMPLATE],
  check({ properties }, report) {
    const conditions = items(properties["stopConditions"]);
    if (conditions === UNKNOWN) {
      report.undecided("stopConditions");
      return;
    }
    const stops = conditions.map((one) => {
      const source = isRecord(one) ? read(one, "source") : UNKNOWN;
      if (source !== UNKNOWN) return source === ALARM;
      return UNKNOWN;
    });
    if (stops.includes(true)) return;
    if (stops.includes(UNKNOWN)) report.undecided("stopConditions");
    else report.violation("stopConditions has no alarm; add one on customer impact.");
  },
});

const limitedRole = stackRule<{ readonly unnamedActions: readonly string[] }>({
  id: "fis-role-limited",
  description:
    "The role of an experiment may change only resources that its policies name, and has no AWS managed policy.",
  severity: "high",
  remediation:
    "Write an inline policy with the ARNs of the experiment's targets, or with a condition on their tags, instead of AWSFaultInjectionSimulator... policies.",
  url: "https://docs.aws.amazon.com/fis/latest/userguide/getting-started-iam-service-role.html",
  defaults: {
    // The ACL that a subnet had before is any of the network's; the subnet itself is narrowed.
    unnamedActions: ["ec2:ReplaceNetworkAclAssociation"],
  },
  check(graph, reportOn, { unnamedActions }) {
    const roles = new Set(graph.ofType(TEMPLATE).flatMap((one) => one.references["roleArn"] ?? []));
    for (const urn of roles) {
      attachmentsOf(graph, urn).forEach((one) => judgeAttachment(one, reportOn(one)));
      for (const policy of ofRole(graph, "aws:iam/rolePolicy:RolePolicy", urn)) {
        judgeStatements(policy.properties, "policy", reportOn(policy), (statement) =>
          tooMuch(statement, unnamedActions),
        );
      }
    }
  },
});

function ofRole(graph: StackGraph, type: string, role: string): Node[] {
  return graph.ofType(type).filter(({ references }) => references["role"]?.includes(role));
}

function attachmentsOf(graph: StackGraph, role: string): Node[] {
  return ofRole(graph, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", role);
}

function judgeAttachment({ properties }: Node, report: Report): void {
  const arn = read(properties, "policyArn");
  if (arn === UNKNOWN) report.undecided("policyArn");
  else if (/^arn:[\w-]+:iam::aws:policy\//.test(String(arn))) {
    report.violation(
      "policyArn is an AWS managed policy, which names no target; write an inline policy.",
    );
  }
}

/** What a statement changes without a name or a condition. */
function tooMuch(
  { effect, actions, notActions, resources, notResources, conditions }: Statement,
  unnamed: readonly string[],
): string | typeof UNKNOWN | undefined {
  if (effect === "Deny" || conditions.length > 0) return undefined;
  if (notActions.length > 0 || notResources.length > 0) {
    return "allows everything but a list; name actions and resources";
  }
  const broad = resources.filter((one) => one !== UNKNOWN && isBroad(one));
  const changing = actions.filter(
    (one) => one !== UNKNOWN && !unnamed.includes(one) && isChange(one),
  );
  if (broad.length > 0 && changing.length > 0) {
    return `allows ${changing.join(", ")} on ${broad.join(", ")}; name the targets or add a condition`;
  }
  const isOpen = (texts: Statement["actions"]) => texts.includes(UNKNOWN);
  const mayBeBroad = broad.length > 0 || isOpen(resources);
  const mayChange = changing.length > 0 || isOpen(actions);
  return effect === UNKNOWN || (mayBeBroad && mayChange && (isOpen(resources) || isOpen(actions)))
    ? UNKNOWN
    : undefined;
}

function isChange(action: string): boolean {
  const levels = iamAction(action)?.levels;
  return levels === undefined || levels.some((level) => level !== "List" && level !== "Read");
}

export const experimentRules: readonly Rule[] = [stopCondition, limitedRole];
