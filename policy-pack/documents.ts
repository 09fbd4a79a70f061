/**
 * IAM's policy documents as rules read them: of roles, buckets, queues, topics, keys, secrets, endpoints.
 *
 * A document comes as JSON text or as an object, and nearly every element as one value or a list of them.
 * Here all of that is one shape. What cannot be read is an error in the result: a rule that threw would
 * stop the whole deployment.
 * Grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
import { isRecord, items, known, UNKNOWN } from "../analysis/properties";

/** A text of a document; UNKNOWN when it is not known before the first update. */
export type Text = string | typeof UNKNOWN;

/** A policy document. */
export interface PolicyDocument {
  /** Empty when the document cannot be read. */
  readonly statements: readonly Statement[];
  /** Why the document cannot be read. */
  readonly error?: string;
}

/** One statement; what it leaves out is an empty list. */
export interface Statement {
  /** Its Sid, else its place in the document, counted from 1. */
  readonly label: string;
  readonly effect: "Allow" | "Deny" | typeof UNKNOWN;
  readonly actions: readonly Text[];
  readonly notActions: readonly Text[];
  readonly resources: readonly Text[];
  readonly notResources: readonly Text[];
  readonly principals: readonly Principal[];
  readonly notPrincipals: readonly Principal[];
  readonly conditions: readonly Condition[];
}

/** Somebody whom a statement speaks of. */
export interface Principal {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for the bare asterisk; UNKNOWN for an unknown whole. */
  readonly kind: Text;
  readonly value: Text;
}

/** One key of a statement's conditions. */
export interface Condition {
  /** As it is written, such as `ForAnyValue:StringLike`. */
  readonly operator: string;
  /** In lower case: keys do not tell case apart. */
  readonly key: string;
  readonly values: readonly Text[];
}

/** Documents by their text: many rules read the same. */
const parsed = new Map<string, PolicyDocument | typeof UNKNOWN | undefined>();

/** Reads a document; UNKNOWN when it is not known, nothing for an absent one. */
export function parseDocument(value: unknown): PolicyDocument | typeof UNKNOWN | undefined {
  if (typeof value !== "string") {
    return parse(value);
  }
  if (!parsed.has(value)) {
    parsed.set(value, parse(value));
  }
  return parsed.get(value);
}

function parse(value: unknown): PolicyDocument | typeof UNKNOWN | undefined {
  const given = known(value);
  if (given === UNKNOWN) {
    return UNKNOWN;
  }
  if (given === undefined || given === null || given === "") {
    return undefined;
  }
  let document: unknown = given;
  if (typeof given === "string") {
    try {
      document = JSON.parse(given);
    } catch {
      return broken("it is no JSON");
    }
  }
  return isRecord(document) ? fromObject(document) : broken("it is no JSON object");
}

function broken(error: string): PolicyDocument {
  return { statements: [], error };
}

function fromObject(document: Record<string, unknown>): PolicyDocument | typeof UNKNOWN {
  const list = items(document["Statement"]);
  if (list === UNKNOWN) {
    return UNKNOWN;
  }
  if (list.length === 0) {
    return broken("it has no Statement");
  }
  const statements: Statement[] = [];
  for (const [index, entry] of list.entries()) {
    if (entry === UNKNOWN) {
      statements.push({ ...EMPTY, label: `${index + 1}`, effect: UNKNOWN });
      continue;
    }
    const error = isRecord(entry) ? errorIn(entry) : "is no object";
    if (error !== undefined) {
      return broken(`statement ${index + 1} ${error}`);
    }
    statements.push(statementOf(entry as Record<string, unknown>, index));
  }
  return { statements };
}

const EMPTY: Omit<Statement, "label" | "effect"> = {
  actions: [],
  notActions: [],
  resources: [],
  notResources: [],
  principals: [],
  notPrincipals: [],
  conditions: [],
};

function errorIn(statement: Record<string, unknown>): string | undefined {
  const effect = known(statement["Effect"]);
  if (effect !== UNKNOWN && effect !== "Allow" && effect !== "Deny") {
    return "has no Effect of Allow or Deny";
  }
  const condition = known(statement["Condition"]);
  if (condition !== undefined && condition !== UNKNOWN && !isRecord(condition)) {
    return "has a Condition that is no object";
  }
  return statement["Action"] === undefined && statement["NotAction"] === undefined
    ? "has neither Action nor NotAction"
    : undefined;
}

function statementOf(statement: Record<string, unknown>, index: number): Statement {
  const sid = known(statement["Sid"]);
  return {
    label: typeof sid === "string" && sid !== "" ? sid : `${index + 1}`,
    effect: known(statement["Effect"]) as Statement["effect"],
    actions: textsOf(statement["Action"]),
    notActions: textsOf(statement["NotAction"]),
    resources: textsOf(statement["Resource"]),
    notResources: textsOf(statement["NotResource"]),
    principals: principalsOf(statement["Principal"]),
    notPrincipals: principalsOf(statement["NotPrincipal"]),
    conditions: conditionsOf(statement["Condition"]),
  };
}

function textsOf(value: unknown): Text[] {
  const list = items(value);
  return list === UNKNOWN
    ? [UNKNOWN]
    : list.map((item) => (item === UNKNOWN ? UNKNOWN : String(item)));
}

function principalsOf(value: unknown): Principal[] {
  const given = known(value);
  if (isRecord(given)) {
    return Object.entries(given).flatMap(([kind, names]) =>
      textsOf(names).map((name) => ({ kind, value: name })),
    );
  }
  return textsOf(given).map((text) => ({ kind: text === UNKNOWN ? UNKNOWN : "*", value: text }));
}

function conditionsOf(value: unknown): Condition[] {
  const given = known(value);
  if (given === UNKNOWN) {
    return [{ operator: "", key: "", values: [UNKNOWN] }];
  }
  return Object.entries(isRecord(given) ? given : {}).flatMap(([operator, keys]) => {
    const byKey = known(keys);
    return isRecord(byKey)
      ? Object.entries(byKey).map(([key, values]) => ({
          operator,
          key: key.toLowerCase(),
          values: textsOf(values),
        }))
      : [{ operator, key: "", values: byKey === UNKNOWN ? [UNKNOWN] : [] }];
  });
}

/** Whether a statement allows, and not denies. */
export function allows(statement: Statement): boolean {
  return statement.effect === "Allow";
}

/** Whether a pattern of a document, in which `*` and `?` are wildcards, covers an action. Case does not matter. */
export function coversAction(pattern: string, action: string): boolean {
  return /[*?]/.test(pattern)
    ? wildcard(pattern).test(action)
    : pattern.toLowerCase() === action.toLowerCase();
}

/** Whether a statement allows an action, by Action or by not naming it in NotAction. */
export function allowsAction(statement: Statement, action: string): boolean {
  const covers = (pattern: Text) => pattern !== UNKNOWN && coversAction(pattern, action);
  return (
    allows(statement) &&
    (statement.actions.some(covers) ||
      (statement.notActions.length > 0 &&
        !statement.notActions.some((pattern) => pattern === UNKNOWN || covers(pattern))))
  );
}

const wildcards = new Map<string, RegExp>();

function wildcard(pattern: string): RegExp {
  let expression = wildcards.get(pattern);
  if (expression === undefined) {
    const text = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    expression = new RegExp(`^${text.replaceAll("*", ".*").replaceAll("?", ".")}$`, "is");
    wildcards.set(pattern, expression);
  }
  return expression;
}

/**
 * Whether a statement allows something to everybody: its principal is `*`, of whichever kind, or it allows
 * all but some, and none of its conditions really restricts who that is.
 */
export function isPublicPrincipal(statement: Statement): boolean {
  return (
    allows(statement) &&
    speaksOfEverybody(statement) &&
    !hasUnknownConditions(statement) &&
    !isRestricted(statement)
  );
}

/** Whether a statement may or may not be public: who is meant is not known, and no condition restricts it. */
export function isUnknownPrincipal(statement: Statement): boolean {
  const unknownEffect = statement.effect === UNKNOWN;
  const unknownWho =
    statement.principals.some(({ value }) => value === UNKNOWN) ||
    (speaksOfEverybody(statement) && hasUnknownConditions(statement));
  return unknownEffect || (allows(statement) && unknownWho && !isRestricted(statement));
}

function speaksOfEverybody({ principals, notPrincipals }: Statement): boolean {
  return notPrincipals.length > 0 || principals.some(({ value }) => value === "*");
}

function hasUnknownConditions({ conditions }: Statement): boolean {
  return conditions.some(({ key, values }) => key === "" && values.includes(UNKNOWN));
}

/**
 * Keys that say who calls or for whom, in lower case. Source: Amazon S3 User Guide, "The meaning of public",
 * and the services' authorization references.
 */
const WHO: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceip",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpcarn",
  "aws:sourcevpce",
  "aws:userid",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpcsourceip",
  "kms:calleraccount",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
]);

/** Whether a condition of the statement narrows down who is meant. All conditions of a statement must hold: one is enough. */
export function isRestricted(statement: Statement): boolean {
  return statement.conditions.some(
    (condition) =>
      WHO.has(condition.key) &&
      restrictingOperator(condition) &&
      condition.values.length > 0 &&
      condition.values.every((value) => isSpecific(condition, value)),
  );
}

/** An operator that holds only if the key is there and equals; `IfExists` and `ForAllValues` hold without a key. */
function restrictingOperator({ operator, key }: Condition): boolean {
  const name = operator.replace(/^ForAnyValue:/i, "");
  return /ip$/.test(key)
    ? /^IpAddress$/i.test(name)
    : /^(StringEquals(IgnoreCase)?|StringLike|ArnEquals|ArnLike)$/i.test(name);
}

/** Whether a value names somebody, and not nearly everybody. */
function isSpecific({ key }: Condition, value: Text): boolean {
  if (value === UNKNOWN) {
    // What another resource will be called is a name and no wildcard.
    return true;
  }
  if (value.includes("${")) {
    // A policy variable is whatever the caller is.
    return false;
  }
  if (/ip$/.test(key)) {
    const [address, length] = value.split("/");
    return length === undefined || Number(length) >= (address!.includes(":") ? 32 : 8);
  }
  const parts = value.split(":");
  const naming =
    parts[0] === "arn" && parts.length >= 6
      ? [parts[4]!, parts.slice(5).join(":")]
      : [value.replace(/^o-/, "")];
  return naming.some((text) => text.replace(/[*?/:]/g, "") !== "");
}
