/** Roles: who may assume them, and which policies are attached. What policies allow is in iam-policies.ts. */
import { items, type Properties, read, shown, UNKNOWN } from "../../analysis/properties";
import { ROLE_TRUST_SOURCES } from "../../facts/role-trust";
import { expect, type Report, resourceRule, type Rule, stackRule } from "../define";
import { accountOf, judgeStatements, ownershipOf } from "../document-rules";
import {
  allows,
  isPublicPrincipal,
  isRestricted,
  isUnknownPrincipal,
  type Principal,
  type Statement,
} from "../documents";
import { wildcardInside } from "../openness";
import { fits, isSet, itemPaths } from "../relations";
import { iamPolicyRules } from "./iam-policies";

const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const ROLE = "aws:iam/role:Role";
const ATTACHMENTS = [
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
];
const EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive";

/** The policies that a resource attaches, with their property; those that are not known are reported. */
function attached(
  subject: { type: string; properties: Properties },
  report: Report,
): { path: string; arn: string }[] {
  const lists: Readonly<Record<string, string>> = {
    [ROLE]: "managedPolicyArns",
    [EXCLUSIVE]: "policyArns",
  };
  const list = lists[subject.type];
  const single = subject.type.startsWith("aws:ssoadmin/") ? "managedPolicyArn" : "policyArn";
  const paths = list === undefined ? [single] : itemPaths(subject.properties, list, report);
  return paths.flatMap((path) => {
    const arn = read(subject.properties, path);
    // The ARN of a customer-managed policy is not known before it exists; that of an AWS managed policy always is.
    return typeof arn === "string" ? [{ path, arn }] : [];
  });
}

const noAdminPolicy = resourceRule({
  id: "iam-no-admin-managed-policy",
  description: "No AWS managed policy with near-full access is attached to a role, user or group.",
  severity: "critical",
  controls: {
    cis: ["1.15"],
    checkov: ["CKV_AWS_274", "CKV_AWS_275", "CKV2_AWS_56"],
  },
  remediation: "Write a policy that names actions and resources.",
  url: `${IAM}/best-practices.html#grant-least-privilege`,
  types: [ROLE, EXCLUSIVE, ...ATTACHMENTS],
  check(subject, report) {
    for (const { path, arn } of attached(subject, report)) {
      if (/:aws:policy\/(.*\/)?(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/.test(arn)) {
        report.violation(`${path} is ${shown(arn, "destination")}; attach a policy of your own.`);
      }
    }
  },
});

interface ManagedSetting {
  /** Regular expressions for the names, with their path, of AWS managed policies that may be attached. */
  readonly allowed: string[];
}

const noAwsPolicy = resourceRule<ManagedSetting>({
  id: "iam-no-aws-managed-policy",
  description:
    "Only AWS managed policies for one service's role are attached: the others allow more than a role needs.",
  severity: "low",
  controls: { cdkNag: ["IAM4"] },
  remediation:
    "Write a policy of your own, or name the AWS managed policy in the rule's setting `allowed`.",
  url: `${IAM}/access_policies_managed-vs-inline.html`,
  defaults: {
    allowed: [
      "^service-role/AmazonECSTaskExecutionRolePolicy$",
      "^service-role/AmazonRDSEnhancedMonitoringRole$",
      "^service-role/AWSBackupServiceRolePolicyFor(Backup|Restores)$",
      "^AWSBackupServiceRolePolicyForS3(Backup|Restore)$",
      "^(service-role/)?AmazonECSInfrastructureRolePolicyFor\\w+$",
    ],
  },
  types: [ROLE, EXCLUSIVE, ...ATTACHMENTS],
  check(subject, report, { allowed }) {
    for (const { path, arn } of attached(subject, report)) {
      const name = /^arn:aws[a-z-]*:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
      if (name !== undefined && !fits(name, allowed)) {
        report.violation(`${path} is ${shown(name, "destination")}; write a policy of your own.`);
      }
    }
  },
});

interface Trust {
  /** Whether a role may trust another account as a whole, by its number. Its own account it may trust always. */
  readonly otherAccounts: boolean;
}

const trustNotOpen = resourceRule<Trust>({
  id: "iam-trust-not-open",
  description: "A role's trust policy names who may assume it.",
  severity: "critical",
  controls: { checkov: ["CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_283"] },
  remediation: "Name the service or the role; give an account or an identity provider a condition.",
  url: `${IAM}/best-practices.html`,
  types: [ROLE],
  defaults: { otherAccounts: false },
  check(subject, report, { otherAccounts }) {
    const isOwn = ownershipOf(subject.provider, []);
    // Permissions in that account decide which of its roles may assume this one.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    const isNamed = (principal: Principal) => {
      const account = accountOf(principal);
      return account !== undefined && (otherAccounts || isOwn(account) === true);
    };
    judgeStatements(subject.properties, "assumeRolePolicy", report, (statement) => {
      if (statement.effect === "Deny") {
        return undefined;
      }
      if (statement.effect === UNKNOWN) {
        return UNKNOWN;
      }
      if (statement.notPrincipals.length > 0) {
        return "it trusts all principals except some (NotPrincipal); name the principals to trust";
      }
      const open =
        statement.principals
          .filter((principal) => !isNamed(principal))
          .map((principal) => tooOpen(principal, statement))
          .find((what) => what !== undefined) ?? wildcardInside(statement);
      const unknown =
        statement.principals.some(({ value }) => value === UNKNOWN) ||
        isUnknownPrincipal(statement);
      return open ?? (unknown ? UNKNOWN : undefined);
    });
  },
});

/** What is wrong with trust in a principal. */
function tooOpen({ kind, value }: Principal, statement: Statement): string | undefined {
  if (value === UNKNOWN) {
    return undefined;
  }
  if (kind === "Federated" && value === "*") {
    return "it trusts every identity provider; name one";
  }
  if (value === "*") {
    const closed = isRestricted(statement) && kind !== "Service";
    return closed ? undefined : "it trusts every principal; name the principals";
  }
  if (kind === "Service" && value.includes("*")) {
    return `it trusts ${value}; name the service`;
  }
  if (kind === "AWS" && /^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/.test(value)) {
    return isRestricted(statement) || wantsExternalId(statement)
      ? undefined
      : "it trusts a whole account; name the role, or add a condition";
  }
  // For a provider that issues tokens to the public, the evaluator tries tokens of strangers against the condition.
  return kind === "Federated" && (statement.conditions.length === 0 || isPublicPrincipal(statement))
    ? "it trusts every user of an identity provider; name the subject, with its organization"
    : undefined;
}

/** Whether the statement requires an external ID that is more than wildcards. */
function wantsExternalId({ conditions }: Statement): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      key === "sts:externalid" &&
      /^(ForAnyValue:)?String(Equals|EqualsIgnoreCase|Like)$/i.test(operator) &&
      values.every((value) => value === UNKNOWN || /[^*?]/.test(value)),
  );
}

interface ServicesSetting {
  /** Services, by their principal, that name their source when they assume a role. */
  readonly services: string[];
}

const confusedDeputy = resourceRule<ServicesSetting>({
  id: "iam-trust-confused-deputy",
  description: "A service may assume a role for this account only (confused deputy).",
  severity: "medium",
  remediation: "Add a condition on aws:SourceAccount or aws:SourceArn.",
  url: `${IAM}/confused-deputy.html`,
  defaults: {
    // Each service's own guide shows the condition in its role's trust.
    services: Object.keys(ROLE_TRUST_SOURCES.pages).map((service) => `${service}.amazonaws.com`),
  },
  types: [ROLE],
  check(subject, report, { services }) {
    judgeStatements(subject.properties, "assumeRolePolicy", report, (statement) => {
      const service = statement.principals.find(
        ({ kind, value }) => kind === "Service" && services.includes(String(value)),
      );
      if (!allows(statement) || service === undefined) {
        return statement.effect === UNKNOWN ? UNKNOWN : undefined;
      }
      const conditions = statement.conditions.filter(({ key }) => key !== "");
      if (conditions.some(namesSource)) {
        return undefined;
      }
      return conditions.length < statement.conditions.length
        ? UNKNOWN
        : `it trusts ${String(service.value)} for every account; add aws:SourceAccount`;
    });
  },
});

function namesSource({ key, operator, values }: Statement["conditions"][number]): boolean {
  return (
    /^aws:source(account|arn|orgid|orgpaths)$/.test(key) &&
    /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/i.test(operator) &&
    !values.includes("*")
  );
}

/** Types that create or support a user with a password or a long-lived key. */
const USERS = [
  "aws:iam/user:User",
  "aws:iam/accessKey:AccessKey",
  "aws:iam/userLoginProfile:UserLoginProfile",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
];

const noUsers = resourceRule({
  id: "iam-no-users",
  description: "People and machines use roles: no IAM user has a long-lived key.",
  severity: "high",
  controls: { cis: ["1.14"], checkov: ["CKV_AWS_40"] },
  remediation:
    "Use a role: through IAM Identity Center for people, through the service for machines.",
  url: `${IAM}/best-practices.html#bp-users-federation-idp`,
  types: [...USERS, "aws:iam/policyAttachment:PolicyAttachment"],
  check(subject, report) {
    if (USERS.includes(subject.type)) {
      report.violation("it creates or supports an IAM user; use a role.");
      return;
    }
    const users = items(subject.properties["users"]);
    if (users === UNKNOWN) {
      report.undecided("users");
    } else if (users.length > 0) {
      report.violation("users is not empty; attach the policy to a role.");
    }
  },
});

const noConflict = stackRule({
  id: "iam-no-policy-management-conflict",
  description:
    "A role's policies are attached by one method: two methods remove each other's policies.",
  severity: "medium",
  remediation: "Use RolePolicy and RolePolicyAttachment, and remove the role's own lists.",
  url: "https://www.pulumi.com/registry/packages/aws/api-docs/iam/role/",
  check(graph, reportOn) {
    const ways = [
      ["inlinePolicies", "aws:iam/rolePolicy:RolePolicy"],
      ["managedPolicyArns", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"],
    ] as const;
    for (const role of graph.ofType(ROLE)) {
      for (const [property, type] of ways) {
        const list = items(role.properties[property]);
        if (list !== UNKNOWN && list.length === 0) {
          continue;
        }
        if (graph.referring(role, type, "role").length === 0) {
          if (graph.unplaced(type, "role", ROLE).length > 0) {
            reportOn(role).undecided(`role of a ${type.split(":").at(-1)!}`);
          }
        } else if (list === UNKNOWN) {
          reportOn(role).undecided(property);
        } else {
          const name = type.split(":").at(-1)!;
          reportOn(role).violation(`${property} is set and a ${name} names the role; use one.`);
        }
      }
    }
  },
});

interface SessionSetting {
  readonly maximumSeconds: number;
  /** Whether each role needs a permissions boundary. */
  readonly boundary: boolean;
}

const session = resourceRule<SessionSetting>({
  id: "iam-session-and-boundary",
  description:
    "A role's sessions last four hours at most; where permissions boundaries are required, each role has one.",
  severity: "low",
  remediation: "Lower maxSessionDuration; set permissionsBoundary where it is required.",
  url: `${IAM}/id_roles_manage-assume.html`,
  defaults: { maximumSeconds: 14_400, boundary: false },
  types: [ROLE],
  check(subject, report, { maximumSeconds, boundary }) {
    expect(
      subject,
      report,
      "maxSessionDuration",
      (seconds) =>
        seconds === undefined || (typeof seconds === "number" && seconds <= maximumSeconds),
      `set it to at most ${maximumSeconds}`,
    );
    if (boundary && !isSet(subject.properties, "permissionsBoundary")) {
      report.violation("permissionsBoundary is not set; name the boundary.");
    }
  },
});

export const iamRules: readonly Rule[] = [
  ...iamPolicyRules,
  noAdminPolicy,
  noAwsPolicy,
  trustNotOpen,
  confusedDeputy,
  noUsers,
  noConflict,
  session,
];
