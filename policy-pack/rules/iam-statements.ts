/** How rules judge which actions a statement of a permission policy allows, and on which resources. */
import type { Node, StackGraph } from "../../analysis/graph";
import { type Properties, UNKNOWN } from "../../analysis/properties";
import { NARROWING_KEYS } from "../../facts/condition-keys";
import { IDENTITY_POLICIES } from "../../facts/type-properties";
import { type Report, type Rule, type RuleInfo, stackRule } from "../define";
import { inlinePolicyPaths, type Fault, type Judgement, judgeStatements } from "../document-rules";
import { allowsAction, type Condition, type Statement } from "../documents";

const ROLE = "aws:iam/role:Role";

/** Types with permission policies. */
const POLICY_TYPES: readonly string[] = [ROLE, ...Object.keys(IDENTITY_POLICIES.properties)];

/** Properties of a resource that hold such documents. */
export function documentPaths(
  type: string,
  properties: Properties,
  report: Report,
): readonly string[] {
  return type === ROLE
    ? inlinePolicyPaths(properties, report)
    : [IDENTITY_POLICIES.properties[type]!];
}

/** A rule about each statement of such documents that allows something. */
export function policyRule<Config extends object = object>(
  info: RuleInfo<Config>,
  judge: (statement: Statement, config: Config) => string | Fault | undefined,
): Rule {
  return stackRule<Config>({
    ...info,
    check(graph, reportOn, config) {
      for (const node of grantingPolicies(graph)) {
        const report = reportOn(node);
        for (const path of documentPaths(node.type, node.properties, report)) {
          judgeStatements(node.properties, path, report, (statement) =>
            bestAndWorst(statement, (known) => caused(info.id, known, judge(known, config))),
          );
        }
      }
    },
  });
}

/**
 * The resources with permission policies, without policies that are permissions boundaries only: those grant nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function grantingPolicies(graph: StackGraph): readonly Node[] {
  return graph.ofType(...POLICY_TYPES).filter((node) => {
    const uses = graph
      .usersOf(node)
      .map(({ references }) =>
        Object.keys(references).filter((property) => references[property]!.includes(node.urn)),
      );
    const bounds = (properties: readonly string[]) =>
      properties.length > 0 && properties.every((property) => property === "permissionsBoundary");
    return uses.length === 0 || !uses.every(bounds);
  });
}

const ADMIN = "iam-no-admin";

/** Whether a statement allows all actions on all resources. */
export function allowsEverything(statement: Statement): boolean {
  return (
    texts(statement.actions).some((action) => /^\*+(:\*+)?$/.test(action)) &&
    isUnconstrained(statement, isAll)
  );
}

/** A fault that follows from a statement that allows everything names that rule as its cause. */
function caused(
  id: string,
  statement: Statement,
  fault: string | Fault | undefined,
): string | Fault | undefined {
  if (fault === undefined || id === ADMIN || !allowsEverything(statement)) {
    return fault;
  }
  const { says, breaks } = typeof fault === "string" ? { says: fault, breaks: undefined } : fault;
  return { says: `${says} (cause: ${ADMIN})`, breaks };
}

/** Judges what is known of a statement, and then what the unknown could make of it. */
function bestAndWorst(
  statement: Statement,
  judge: (statement: Statement) => string | Fault | undefined,
): Judgement {
  if (statement.effect === "Deny") {
    return undefined;
  }
  const conditions = statement.conditions.filter(({ key }) => key !== "");
  const vague = statement.effect === UNKNOWN || conditions.length < statement.conditions.length;
  const best = judge(filled({ ...statement, effect: "Allow", conditions }, []));
  if (best !== undefined) {
    return vague ? UNKNOWN : best;
  }
  const worst = judge(filled({ ...statement, effect: "Allow", conditions }, ["*"]));
  return worst === undefined ? undefined : UNKNOWN;
}

/** The statement with the unknown replaced. */
export function filled(statement: Statement, by: readonly string[]): Statement {
  const fill = (texts: Statement["actions"]) =>
    texts.flatMap((text) => (text === UNKNOWN ? by : [text]));
  return {
    ...statement,
    actions: fill(statement.actions),
    resources: fill(statement.resources),
  };
}

/** Whether a resource is every one, or every one of its type: `*`, `arn:aws:s3:::*`, `...:parameter/*`. */
export function isBroad(resource: string): boolean {
  const parts = resource.split(":");
  const name = parts.length < 6 ? resource : parts.slice(5).join(":");
  // An ARN of S3 has no type before the name.
  const own = parts[2] === "s3" ? name : name.replace(/^[a-z-]+[/:]/, "");
  return /[*?]/.test(own) && own.replace(/[*?/:]/g, "") === "";
}

/** Whether a resource is `*` or every resource of some type. */
export function isAll(resource: string): boolean {
  const parts = resource.split(":");
  return /^[*?]+$/.test(resource) || (parts[0] === "arn" && /^[*?]+$/.test(parts[2] ?? "*"));
}

function narrows({ key, operator, values }: Condition): boolean {
  return (
    NARROWING_KEYS.pattern.test(key) &&
    /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/i.test(operator) &&
    values.length > 0 &&
    values.every((value) => value === UNKNOWN || value.replace(/[*?/:]/g, "") !== "")
  );
}

/** Whether a statement covers all resources, or all of a type, and no condition restricts them. */
export function isUnconstrained(
  statement: Statement,
  broad: (resource: string) => boolean,
): boolean {
  const reaches =
    statement.notResources.length > 0 ||
    statement.resources.some((resource) => resource !== UNKNOWN && broad(resource));
  return reaches && !statement.conditions.some(narrows);
}

/** The texts that are known. */
export const texts = (list: Statement["actions"]): string[] =>
  list.filter((text): text is string => text !== UNKNOWN);

/** The actions of a list that a statement allows on every resource. */
export function unconstrained(statement: Statement, actions: readonly string[]): string[] {
  return isUnconstrained(statement, isBroad)
    ? actions.filter((action) => allowsAction(statement, action))
    : [];
}

/** A rule that no statement allows some actions on every resource. */
export function unconstrainedRule(info: RuleInfo<object>, actions: readonly string[]): Rule {
  return policyRule(info, (statement) => {
    const found = unconstrained(statement, actions);
    return found.length > 0
      ? `it allows ${found.slice(0, 3).join(", ")} on every resource; name the resources`
      : undefined;
  });
}
