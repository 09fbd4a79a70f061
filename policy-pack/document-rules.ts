/** How rules judge the policy documents of resources, statement by statement. */
import { isRecord, items, type Properties, read, UNKNOWN } from "../analysis/properties";
import type { Controls, Report } from "./define";
import { parseDocument, type Principal, type Statement } from "./documents";

/** What is wrong with a statement, and which of the rule's controls that breaks: by default all. */
export interface Fault {
  readonly says: string;
  readonly breaks: Controls | undefined;
}

/** A fault or its text alone; UNKNOWN when it is undecided, undefined when nothing is wrong. */
export type Judgement = string | Fault | typeof UNKNOWN | undefined;

/** Judges each statement of the document in a property; an absent document passes. */
export function judgeStatements(
  properties: Properties,
  property: string,
  report: Report,
  judge: (statement: Statement) => Judgement,
): void {
  const statements = statementsOf(properties, property, report);
  for (const statement of statements ?? []) {
    const judgement = judge(statement);
    if (judgement === UNKNOWN) {
      report.undecided(`${property}, statement ${statement.label},`);
    } else if (judgement !== undefined) {
      const { says, breaks } =
        typeof judgement === "string" ? { says: judgement, breaks: undefined } : judgement;
      report.violation(`${property}, statement ${statement.label}: ${says}.`, breaks);
    }
  }
}

/** The statements of the document in a property; undefined, with a report, when it cannot be read. */
export function statementsOf(
  properties: Properties,
  property: string,
  report: Report,
): readonly Statement[] | undefined {
  const document = parseDocument(read(properties, property));
  if (document === UNKNOWN) {
    report.undecided(property);
    return undefined;
  }
  if (document?.error !== undefined) {
    report.violation(`${property} cannot be read: ${document.error}; correct the document.`);
    return undefined;
  }
  return document?.statements ?? [];
}

/** A condition that only holds for connections without TLS. */
export function whenNotEncrypted({ conditions }: Statement): boolean {
  return (
    conditions.length === 1 &&
    conditions[0]!.key === "aws:securetransport" &&
    /^Bool(IfExists)?$/i.test(conditions[0]!.operator) &&
    conditions[0]!.values.every((value) => String(value).toLowerCase() === "false")
  );
}

/** Whether a statement denies something to all principals. */
export function deniesEverybody({ effect, principals }: Statement): boolean {
  return (
    effect === "Deny" &&
    principals.some(({ kind, value }) => value === "*" && (kind === "*" || kind === "AWS"))
  );
}

/** The account that a principal belongs to: an account's number, or one in an ARN. */
export function accountOf({ kind, value }: Principal): string | undefined {
  if (kind !== "AWS" || value === UNKNOWN) {
    return undefined;
  }
  return /^(?:arn:aws[a-z-]*:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(value)?.[1];
}

/** The missing fact that leaves a named account undecided, for a report: without it, any account could be the stack's own. */
export const OWN_ACCOUNT =
  "the stack's own account, which the rule's setting ownAccounts or the provider's allowedAccountIds names,";

/** Whether an account is one of the stack's own; UNKNOWN while nothing names all of these. */
export type Ownership = (account: string) => boolean | typeof UNKNOWN;

/** The stack's own accounts: those of the rule's setting, and those that the provider may use. */
export function ownershipOf(
  provider: Properties | undefined,
  accounts: readonly string[],
): Ownership {
  const allowed = provider && read(provider, "allowedAccountIds");
  let list: unknown = allowed;
  if (typeof allowed === "string") {
    try {
      list = JSON.parse(allowed);
    } catch {
      list = [];
    }
  }
  const given = items(list);
  const own = [...accounts, ...(given === UNKNOWN ? [UNKNOWN] : given)];
  // An entry that is not known may be any account. The setting alone names the stack's own, too.
  const isOpen = accounts.length === 0 && (own.length === 0 || own.includes(UNKNOWN));
  return (account) => own.includes(account) || (isOpen ? UNKNOWN : false);
}

/** The properties of a role with permission policies: `inlinePolicies[0].policy` and so on. */
export function inlinePolicyPaths(properties: Properties, report: Report): readonly string[] {
  const list = items(properties["inlinePolicies"]);
  if (list === UNKNOWN) {
    report.undecided("inlinePolicies");
    return [];
  }
  return list.flatMap((entry, index) =>
    entry === UNKNOWN || isRecord(entry) ? [`inlinePolicies[${index}].policy`] : [],
  );
}
