/** Services that act on a resource on behalf of any account: the confused deputy problem. */
import { MARKERS, UNKNOWN } from "../../analysis/properties";
import {
  KEY_USE_CONDITIONS,
  PATH_BOUND_LOGS,
  SOURCELESS_KEY_USERS,
} from "../../facts/service-principals";
import { canonicalType } from "../../facts/twin-types";
import { INLINE_POLICIES, RESOURCE_POLICIES } from "../../facts/type-properties";
import { resourceRule } from "../define";
import { type Judgement, judgeStatements } from "../document-rules";
import { deputiesOf, type Statement } from "../documents";
import { typesWithTwins } from "../relations";

/** Policies of resources, those of keys included. */
const POLICIES: Readonly<Record<string, string>> = {
  ...RESOURCE_POLICIES.properties,
  ...INLINE_POLICIES.properties,
  ...Object.fromEntries(
    ["Key", "KeyPolicy", "ReplicaKey", "ExternalKey", "ReplicaExternalKey"].map((name) => [
      `aws:kms/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`,
      "policy",
    ]),
  ),
};

interface DeputySetting {
  /** Services, by their principal, that may act on behalf of any account. */
  readonly trustedServices: string[];
}

export const resourceConfusedDeputy = resourceRule<DeputySetting>({
  id: "resource-policy-confused-deputy",
  description:
    "A service may use a resource on behalf of this account or organization only (confused deputy).",
  severity: "medium",
  remediation:
    "Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID, or name the service in the rule's setting `trustedServices`.",
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  defaults: { trustedServices: [] },
  types: typesWithTwins(...Object.keys(POLICIES)),
  check({ type, properties }, report, { trustedServices }) {
    const property = POLICIES[type] ?? POLICIES[canonicalType(type)]!;
    judgeStatements(properties, property, report, (statement) => judge(statement, trustedServices));
  },
});

function judge(statement: Statement, trustedServices: readonly string[]): Judgement {
  const deputies = deputiesOf(statement);
  if (deputies === UNKNOWN) {
    return UNKNOWN;
  }
  const isKey = everyAction(statement, /^kms:/i);
  if (isKey && isTiedToResource(statement)) {
    return undefined;
  }
  const bound = accountInPath(statement);
  const trusted = [
    ...trustedServices,
    ...(isKey ? SOURCELESS_KEY_USERS.principals : []),
    ...(bound === true ? PATH_BOUND_LOGS.principals : []),
  ];
  const untrusted = deputies.filter(({ service }) => !trusted.includes(service));
  const named = statement.principals.map(({ value }) => value);
  const open = untrusted.find(
    ({ service, openness }) => openness === "open" && named.includes(service),
  );
  if (open === undefined) {
    // A service whose name is not known yet, or conditions that are not.
    return untrusted.length > 0 ? UNKNOWN : undefined;
  }
  if (bound === UNKNOWN && PATH_BOUND_LOGS.principals.includes(open.service)) {
    return UNKNOWN;
  }
  return `it allows ${open.service} on behalf of every account; add a condition on aws:SourceAccount`;
}

function everyAction({ actions }: Statement, pattern: RegExp): boolean {
  return actions.length > 0 && actions.every((one) => one !== UNKNOWN && pattern.test(one));
}

/** Whether a statement allows to write below an account's number alone; an account that is not known yet is the program's own. */
function accountInPath(statement: Statement): boolean | typeof UNKNOWN {
  const { resources } = statement;
  if (resources.length === 0 || !everyAction(statement, /^s3:PutObject$/i)) {
    return false;
  }
  const accounts = resources.map((one) => {
    const [before = "", after = ""] =
      one === UNKNOWN ? [] : one.split(`/${PATH_BOUND_LOGS.folder}/`);
    const [account = "", ...rest] = after.split("/");
    return !/[*?]/.test(before) && rest.length > 0 ? account : "";
  });
  if (accounts.every((one) => /^\d{12}$/.test(one) || MARKERS.has(one))) {
    return true;
  }
  return resources.includes(UNKNOWN) ? UNKNOWN : false;
}

/** Whether a statement about a key allows grants for AWS's resources alone, or names whose resource is encrypted. */
function isTiedToResource(statement: Statement): boolean {
  return statement.conditions.some(({ operator, key, values }) => {
    if (key === KEY_USE_CONDITIONS.grant) {
      const isOn = /^Bool$/i.test(operator) && values.every((value) => String(value) === "true");
      return isOn && everyAction(statement, /^kms:\w+Grants?$/i);
    }
    // An ARN with an account, or one that is not known yet: the program's own.
    return (
      key.startsWith(KEY_USE_CONDITIONS.context) &&
      /^(Arn|String)(Equals|Like)$/i.test(operator) &&
      values.every((value) => value === UNKNOWN || /^arn:[^:]+:[^:]+:[^:]*:\d{12}:/.test(value))
    );
  });
}
