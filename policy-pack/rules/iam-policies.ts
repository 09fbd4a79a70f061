/** What the policies of roles and users allow. */
import type { Node } from "../../analysis/graph";
import { UNKNOWN } from "../../analysis/properties";
import { type Controls, type Report, type Rule, type RuleInfo, stackRule } from "../define";
import { statementsOf } from "../document-rules";
import { allowsAction, type Statement } from "../documents";
import {
  CREDENTIALS,
  DATA,
  ESCALATIONS,
  isReading,
  isWithoutResources,
  takesOneOf,
  PERMISSIONS,
} from "./iam-actions";
import {
  documentPaths,
  filled,
  grantingPolicies,
  isAll,
  isBroad,
  isUnconstrained,
  allowsEverything,
  policyRule,
  texts,
  unconstrained,
  unconstrainedRule,
} from "./iam-statements";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html";
const PRACTICES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";

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
    allowsEverything(statement) ? "it allows everything; name actions and resources" : undefined,
);

interface ActionSetting {
  /** Patterns, as written in policies, that are allowed. */
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
      // Checkov asks about all actions of all services alone.
      const ofOneService = { securityHub: ["IAM.21"], cdkNag: ["IAM5"] };
      return {
        says: `it allows ${action}; name the actions`,
        breaks: /^[*:]+$/.test(action) ? undefined : ofOneService,
      };
    }
    return statement.notActions.length > 0
      ? "it allows all actions except some (NotAction); name the actions to allow"
      : undefined;
  },
);

/** A rule that no statement allows, on every resource, actions that need a named one. */
function resourcesRule(
  info: Pick<RuleInfo<ActionSetting>, "id" | "description" | "controls" | "remediation">,
  needs: (action: string) => boolean,
  /** What a statement with a condition that restricts no resources breaks. */
  conditional?: Controls,
): Rule {
  return policyRule<ActionSetting>(
    { ...info, severity: "high", url: PRACTICES, defaults: { allowed: [] } },
    (statement, { allowed }) => {
      const needy = texts(statement.actions).find(
        (action) => needs(action) && !isWithoutResources(action, allowed),
      );
      if (needy === undefined || !isUnconstrained(statement, isAll)) {
        return undefined;
      }
      const one = /^[*:]+$/.test(needy) ? undefined : takesOneOf(needy);
      const what = one === undefined ? needy : `${needy}, ${one} among them,`;
      return {
        says: `it allows ${what} on every resource; name the resources`,
        breaks: statement.conditions.length > 0 ? conditional : undefined,
      };
    },
  );
}

const noWildcardResource = resourcesRule(
  {
    id: "iam-no-wildcard-resource",
    description: "A policy names resources, except for actions without resource-level permissions.",
    controls: { cdkNag: ["IAM5"], checkov: ["CKV_AWS_355", "CKV_AWS_356"] },
    remediation: "Name the resources, or add a condition that restricts them.",
  },
  () => true,
  { cdkNag: ["IAM5"] },
);

const noWrite = resourcesRule(
  {
    id: "iam-no-unconstrained-write",
    description: "No policy allows changes to every resource without a condition.",
    controls: { checkov: ["CKV_AWS_290", "CKV_AWS_111"] },
    remediation: "Name the resources, or add a condition that restricts them.",
  },
  (action) => !isReading(action),
);

/** Actions that no policy may allow on every resource, by what they would give away. */
const GIVEAWAYS: readonly (Pick<RuleInfo<object>, "id" | "description" | "remediation"> & {
  readonly checkov: readonly string[];
  readonly actions: readonly string[];
})[] = [
  {
    id: "iam-no-credentials-exposure",
    description: "No policy allows credentials of arbitrary roles or users.",
    checkov: ["CKV_AWS_287", "CKV_AWS_107"],
    remediation: "Name the roles or users.",
    actions: CREDENTIALS,
  },
  {
    id: "iam-no-data-exfiltration",
    description: "No policy allows reading all objects, parameters, secrets or messages.",
    checkov: ["CKV_AWS_288", "CKV_AWS_108"],
    remediation: "Name the buckets, parameters and secrets.",
    actions: DATA,
  },
  {
    id: "iam-no-permissions-management",
    description: "No policy allows changing permissions on arbitrary resources.",
    checkov: ["CKV_AWS_289", "CKV_AWS_109"],
    remediation: "Name the resources whose permissions may change.",
    actions: PERMISSIONS,
  },
];

const noFullIam = policyRule(
  {
    id: "iam-no-full-iam",
    description: "No policy allows all of IAM.",
    severity: "critical",
    controls: { checkov: ["CKV2_AWS_40"] },
    remediation: "Name the actions.",
    url: PRACTICES,
  },
  (statement) => (namesFullIam(statement) ? "it allows iam:*; name the actions" : undefined),
);

function namesFullIam({ actions }: Statement): boolean {
  return texts(actions).some((action) => /^(\*|iam:\*+|\*:\*)$/i.test(action));
}

const passRole = policyRule(
  {
    id: "iam-passrole-scoped",
    description: "A policy with iam:PassRole names the roles and the services.",
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
    description: "A policy with kms:Decrypt names its keys, by ARN or by alias.",
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
    description: "No policy allows all of S3 on every bucket, or listing every bucket.",
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

const noEscalation = stackRule({
  id: "iam-no-privilege-escalation",
  description: "No policy allows privilege escalation.",
  severity: "critical",
  controls: { checkov: ["CKV_AWS_286", "CKV_AWS_110"] },
  remediation: "Name the resources of these actions, or remove one of the actions.",
  url: PRACTICES,
  check(graph, reportOn) {
    for (const node of grantingPolicies(graph)) {
      judgeEscalation(node, reportOn(node));
    }
  },
});

function judgeEscalation({ type, properties }: Node, report: Report): void {
  for (const path of documentPaths(type, properties, report)) {
    const statements = statementsOf(properties, path, report) ?? [];
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
      const admin = statements.some(
        (statement) => statement.effect === "Allow" && allowsEverything(statement),
      );
      const full = statements.some(
        (statement) => statement.effect === "Allow" && namesFullIam(statement),
      );
      const rule = admin ? "iam-no-admin" : full ? "iam-no-full-iam" : undefined;
      const cause = rule === undefined ? "" : ` (cause: ${rule})`;
      const what = found.length > 1 ? "which together can give" : "which can give";
      report.violation(
        `${path} allows ${found.join(" and ")} on every resource, ${what} more permissions than it names; name the resources${cause}.`,
      );
    } else if (has(["*"]) !== undefined) {
      report.undecided(path);
    }
  }
}

export const iamPolicyRules: readonly Rule[] = [
  noAdmin,
  noWildcardAction,
  noWildcardResource,
  noEscalation,
  ...GIVEAWAYS.map(({ checkov, actions, ...info }) =>
    unconstrainedRule(
      { ...info, severity: "high", controls: { checkov }, url: PRACTICES },
      actions,
    ),
  ),
  noWrite,
  noFullIam,
  passRole,
  kmsDecrypt,
  s3Scoped,
];
