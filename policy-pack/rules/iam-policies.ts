/** What policies of roles and people allow. */
import { type Report, resourceRule, type Rule, type RuleInfo } from "../define";
import {
  inlinePolicyPaths,
  type Judgement,
  judgeStatements,
  statementsOf,
} from "../document-rules";
import { allowsAction, type Condition, type Statement } from "../documents";
import { type Properties, UNKNOWN } from "../values";
import {
  CREDENTIALS,
  DATA,
  ESCALATIONS,
  isReading,
  isWithoutResources,
  PERMISSIONS,
} from "./iam-actions";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html";
const PRACTICES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";
const ROLE = "aws:iam/role:Role";

/** Where documents about rights stand, by type. */
const HOLDERS: Readonly<Record<string, string>> = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
};

/** Properties of a resource that hold such documents. */
function documentPaths(type: string, properties: Properties, report: Report): readonly string[] {
  return type === ROLE ? inlinePolicyPaths(properties, report) : [HOLDERS[type]!];
}

/** A rule about each statement of such documents that allows something. */
function policyRule<Config extends object = object>(
  info: RuleInfo<Config>,
  judge: (statement: Statement, config: Config) => string | undefined,
): Rule {
  return resourceRule<Config>({
    ...info,
    types: [ROLE, ...Object.keys(HOLDERS)],
    check(subject, report, config) {
      for (const path of documentPaths(subject.type, subject.properties, report)) {
        judgeStatements(subject.properties, path, report, (statement) =>
          bestAndWorst(statement, (known) => judge(known, config)),
        );
      }
    },
  });
}

/** Judges what is known of a statement, and then what the unknown could make of it. */
function bestAndWorst(
  statement: Statement,
  judge: (statement: Statement) => string | undefined,
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
function filled(statement: Statement, by: readonly string[]): Statement {
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

/** Whether a resource is every one of whichever type. */
function isAll(resource: string): boolean {
  const parts = resource.split(":");
  return /^[*?]+$/.test(resource) || (parts[0] === "arn" && /^[*?]+$/.test(parts[2] ?? "*"));
}

/** Condition keys that narrow down which resources or data are meant. Source: Service Authorization Reference. */
const NARROWING =
  /^(aws:(resourcetag|requesttag)\/|[a-z0-9-]+:resourcetag\/|kms:(resourcealiases|requestalias|encryptioncontext)|cloudwatch:namespace|ecs:(cluster|service|task-definition)|ec2:(vpc|subnet|instance)|secretsmanager:secretid|s3:(prefix|dataaccesspointarn)|dynamodb:leadingkeys|lambda:functionarn|events:source|iam:(policyarn|permissionsboundary|awsservicename))/;

function narrows({ key, operator, values }: Condition): boolean {
  return (
    NARROWING.test(key) &&
    /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/i.test(operator) &&
    values.length > 0 &&
    values.every((value) => value === UNKNOWN || value.replace(/[*?/:]/g, "") !== "")
  );
}

/** Whether a statement reaches all resources, or all of a type, and no condition narrows them down. */
function isUnconstrained(statement: Statement, broad: (resource: string) => boolean): boolean {
  const reaches =
    statement.notResources.length > 0 ||
    statement.resources.some((resource) => resource !== UNKNOWN && broad(resource));
  return reaches && !statement.conditions.some(narrows);
}

const texts = (list: Statement["actions"]): string[] =>
  list.filter((text): text is string => text !== UNKNOWN);

/** The actions of a list that a statement allows on every resource. */
function unconstrained(statement: Statement, actions: readonly string[]): string[] {
  return isUnconstrained(statement, isBroad)
    ? actions.filter((action) => allowsAction(statement, action))
    : [];
}

/** A rule that no statement allows some actions on every resource. */
function unconstrainedRule(info: RuleInfo<object>, actions: readonly string[]): Rule {
  return policyRule(info, (statement) => {
    const found = unconstrained(statement, actions);
    return found.length > 0
      ? `it allows ${found.slice(0, 3).join(", ")} on every resource; name the resources`
      : undefined;
  });
}

const noAdmin = policyRule(
  {
    id: "iam-no-admin",
    description: "No policy allows everything.",
    severity: "critical",
    controls: { securityHub: ["IAM.1"], cis: ["1.15"], checkov: ["CKV_AWS_62", "CKV_AWS_1"] },
    remediation: "Name actions and resources.",
    url: `${GUIDE}#iam-1`,
  },
  (statement) =>
    texts(statement.actions).some((action) => /^\*+(:\*+)?$/.test(action)) &&
    isUnconstrained(statement, isAll)
      ? "it allows everything; name actions and resources"
      : undefined,
);

interface ActionSetting {
  /** Patterns as they stand in policies that may stay. */
  readonly allowed: string[];
}

const noWildcardAction = policyRule<ActionSetting>(
  {
    id: "iam-no-wildcard-action",
    description: "No policy allows all actions of a service.",
    severity: "high",
    controls: {
      securityHub: ["IAM.21"],
      cdkNag: ["IAM5"],
      checkov: ["CKV_AWS_63", "CKV_AWS_49"],
    },
    remediation: "Name the actions that are needed, and use Action in place of NotAction.",
    url: `${GUIDE}#iam-21`,
    defaults: { allowed: [] },
  },
  (statement, { allowed }) => {
    const action = texts(statement.actions).find(
      (given) =>
        !allowed.includes(given) && /^[^:]*\*[^:]*$|^[^:]+:\*+$|^[^:]*\*[^:]*:/.test(given),
    );
    if (action !== undefined) {
      return `it allows ${action}; name the actions`;
    }
    return statement.notActions.length > 0
      ? "it allows all but some actions; name those it allows"
      : undefined;
  },
);

const noWildcardResource = policyRule<ActionSetting>(
  {
    id: "iam-no-wildcard-resource",
    description: "A policy names resources, except for actions of which AWS knows none.",
    severity: "high",
    controls: { cdkNag: ["IAM5"], checkov: ["CKV_AWS_355", "CKV_AWS_356"] },
    remediation: "Name the resources, or add a condition that narrows them down.",
    url: PRACTICES,
    defaults: { allowed: [] },
  },
  (statement, { allowed }) => {
    const needy = texts(statement.actions).find((action) => !isWithoutResources(action, allowed));
    return needy !== undefined && isUnconstrained(statement, isAll)
      ? `it allows ${needy} on every resource; name the resources`
      : undefined;
  },
);

const noWrite = policyRule<ActionSetting>(
  {
    id: "iam-no-unconstrained-write",
    description: "Nothing may be changed on every resource without a condition.",
    severity: "high",
    controls: { checkov: ["CKV_AWS_290", "CKV_AWS_111"] },
    remediation: "Name the resources, or add a condition that narrows them down.",
    url: PRACTICES,
    defaults: { allowed: [] },
  },
  (statement, { allowed }) => {
    const writing = texts(statement.actions).find(
      (action) => !isReading(action) && !isWithoutResources(action, allowed),
    );
    return writing !== undefined && isUnconstrained(statement, isAll)
      ? `it allows ${writing} on every resource; name the resources`
      : undefined;
  },
);

const noCredentials = unconstrainedRule(
  {
    id: "iam-no-credentials-exposure",
    description: "No policy hands out credentials of whomever.",
    severity: "high",
    controls: { checkov: ["CKV_AWS_287", "CKV_AWS_107"] },
    remediation: "Name the roles or users.",
    url: PRACTICES,
  },
  CREDENTIALS,
);

const noExfiltration = unconstrainedRule(
  {
    id: "iam-no-data-exfiltration",
    description: "No policy reads all objects, parameters, secrets or messages.",
    severity: "high",
    controls: { checkov: ["CKV_AWS_288", "CKV_AWS_108"] },
    remediation: "Name the buckets, parameters and secrets.",
    url: PRACTICES,
  },
  DATA,
);

const noPermissions = unconstrainedRule(
  {
    id: "iam-no-permissions-management",
    description: "No policy changes the rights of whomever.",
    severity: "high",
    controls: { checkov: ["CKV_AWS_289", "CKV_AWS_109"] },
    remediation: "Name the resources whose rights may change.",
    url: PRACTICES,
  },
  PERMISSIONS,
);

const noFullIam = policyRule(
  {
    id: "iam-no-full-iam",
    description: "No policy allows all of IAM.",
    severity: "critical",
    controls: { checkov: ["CKV2_AWS_40"] },
    remediation: "Name the actions.",
    url: PRACTICES,
  },
  (statement) =>
    texts(statement.actions).some((action) => /^(\*|iam:\*+|\*:\*)$/i.test(action))
      ? "it allows iam:*; name the actions"
      : undefined,
);

const passRole = policyRule(
  {
    id: "iam-passrole-scoped",
    description: "Only roles that are named may be handed on, to services that are named.",
    severity: "high",
    controls: { trivy: ["AWS-0342"] },
    remediation: "Name the roles, and add a condition on iam:PassedToService.",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
  },
  (statement) => {
    if (!allowsAction(statement, "iam:PassRole")) {
      return undefined;
    }
    if (statement.notResources.length > 0 || texts(statement.resources).some(isBroad)) {
      return "it allows iam:PassRole for every role; name the roles";
    }
    const named = statement.conditions.some(
      ({ key, operator, values }) =>
        key === "iam:passedtoservice" &&
        /^(ForAnyValue:)?String(Equals|Like|EqualsIgnoreCase)$/i.test(operator) &&
        !values.includes("*"),
    );
    return named ? undefined : "it allows iam:PassRole to every service; add iam:PassedToService";
  },
);

const kmsDecrypt = unconstrainedRule(
  {
    id: "iam-kms-decrypt-scoped",
    description: "Keys to decrypt with are named, by ARN or by alias.",
    severity: "medium",
    controls: { securityHub: ["KMS.1", "KMS.2"] },
    remediation: "Name the key's ARN, or add a condition on kms:ResourceAliases.",
    url: "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-1",
  },
  ["kms:Decrypt", "kms:ReEncryptFrom"],
);

const s3Scoped = policyRule(
  {
    id: "iam-s3-scoped",
    description: "No policy allows all of S3 on every bucket, or lists buckets.",
    severity: "high",
    controls: { trivy: ["AWS-0345", "AWS-0346"] },
    remediation: "Name the actions and the buckets.",
    url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
  },
  (statement) => {
    const all = texts(statement.actions).some((action) => /^(\*|s3:\*+)$/i.test(action));
    if (all && isUnconstrained(statement, isBroad)) {
      return "it allows all of S3 on every bucket; name actions and buckets";
    }
    const lists = ["s3:ListAllMyBuckets", "s3:ListBucket", "s3:ListBucketVersions"];
    const [listed] = unconstrained(statement, lists);
    return listed === undefined ? undefined : `it allows ${listed} on every bucket; name buckets`;
  },
);

const noEscalation = resourceRule({
  id: "iam-no-privilege-escalation",
  description: "No policy lets its holder take more rights than it gives.",
  severity: "critical",
  controls: { checkov: ["CKV_AWS_286", "CKV_AWS_110"] },
  remediation: "Name the resources of these actions, or take one of them away.",
  url: PRACTICES,
  types: [ROLE, ...Object.keys(HOLDERS)],
  check(subject, report) {
    for (const path of documentPaths(subject.type, subject.properties, report)) {
      const statements = statementsOf(subject.properties, path, report) ?? [];
      const has = (by: readonly string[]) => {
        const known = statements
          .filter(({ effect }) => effect === "Allow" || (effect === UNKNOWN && by.length > 0))
          .map((statement) => filled({ ...statement, effect: "Allow" }, by))
          .filter((statement) => isUnconstrained(statement, isBroad));
        return ESCALATIONS.find((actions) =>
          actions.every((action) => known.some((statement) => allowsAction(statement, action))),
        );
      };
      const found = has([]);
      if (found !== undefined) {
        report.violation(
          `${path} allows ${found.join(" and ")} on every resource, which leads to all rights; name the resources.`,
        );
      } else if (has(["*"]) !== undefined) {
        report.undecided(path);
      }
    }
  },
});

export const iamPolicyRules: readonly Rule[] = [
  noAdmin,
  noWildcardAction,
  noWildcardResource,
  noEscalation,
  noCredentials,
  noExfiltration,
  noPermissions,
  noWrite,
  noFullIam,
  passRole,
  kmsDecrypt,
  s3Scoped,
];
