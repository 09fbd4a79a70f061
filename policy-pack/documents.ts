/**
 * IAM policy documents as rules read them: of roles, buckets, queues, topics, keys, secrets, endpoints.
 * A document is JSON text or an object, and nearly every element is one value or a list. This module gives them one
 * shape. An unreadable document is an error in the result: a rule that threw would stop the whole deployment.
 * Grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
import { covers, type PolicyKind, statementFault, whoCan } from "../analysis/iam";
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

/** A principal of a statement. */
export interface Principal {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for the bare asterisk; UNKNOWN for an unknown whole. */
  readonly kind: Text;
  readonly value: Text;
}

/** One key of a statement's conditions. */
export interface Condition {
  /** As it is written, such as `ForAnyValue:StringLike`. */
  readonly operator: string;
  /** In lower case: keys are not case-sensitive. */
  readonly key: string;
  readonly values: readonly Text[];
}

/** Documents by their text: many rules read the same document. */
const parsed = new Map<string, PolicyDocument | typeof UNKNOWN | undefined>();

/** Reads a document; UNKNOWN when it is not known, undefined for an absent one. */
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
      return broken("it is not valid JSON");
    }
  }
  return isRecord(document) ? fromObject(document) : broken("it is not a JSON object");
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
    const error = isRecord(entry) ? errorIn(entry) : "is not an object";
    if (error !== undefined) {
      return broken(`statement ${index + 1} ${error}`);
    }
    statements.push(statementOf(entry as Record<string, unknown>, index));
  }
  for (const [index, statement] of statements.entries()) {
    places.set(statement, { document, index });
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
    return "needs an Effect of Allow or Deny";
  }
  const condition = known(statement["Condition"]);
  if (condition !== undefined && condition !== UNKNOWN && !isRecord(condition)) {
    return "has a Condition that is not an object";
  }
  if (statement["Action"] === undefined && statement["NotAction"] === undefined) {
    return "has neither Action nor NotAction";
  }
  const fault = statementFault(statement);
  return fault === undefined ? undefined : `is malformed: ${fault}`;
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

/** Whether a pattern of a document, with the wildcards `*` and `?`, covers an action, ignoring case. */
export function coversAction(pattern: string, action: string): boolean {
  return covers(pattern, action);
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

/** The place of a statement: the evaluator needs the whole document, its denials included. */
interface Place {
  readonly document: Record<string, unknown>;
  /** From 0. */
  readonly index: number;
}

const places = new WeakMap<Statement, Place>();

type Openness = "open" | "undecided" | "closed";

/**
 * Whether a statement is public: it allows a stranger something despite its conditions and the document's denials. A
 * service that the statement names is not a stranger, on behalf of any account.
 */
export function isPublicPrincipal(statement: Statement): boolean {
  return allows(statement) && opennessOf(statement, (principal) => principal) === "open";
}

/** Whether unknown values decide if a statement is public. */
export function isUnknownPrincipal(statement: Statement): boolean {
  if (statement.effect === "Deny" || isPublicPrincipal(statement)) {
    return false;
  }
  // In the worst case, an unknown principal is every principal.
  return opennessOf(statement, unknownAs("*")) !== "closed";
}

/** Whether the conditions of a statement, and the document's denials, exclude strangers for any principal. */
export function isRestricted(statement: Statement): boolean {
  return opennessOf(statement, () => "*") === "closed";
}

/** The principal with its unknown parts replaced by an example. */
function unknownAs(everybody: string): (principal: unknown) => unknown {
  const fill = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(fill)
      : isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([kind, names]) => [kind, fill(names)]))
        : known(value) === UNKNOWN
          ? everybody
          : value;
  return fill;
}

/** How open one statement is to strangers, with its principals changed by `change`. */
function opennessOf(statement: Statement, change: (principal: unknown) => unknown): Openness {
  const place = places.get(statement);
  if (place === undefined || statement.effect === UNKNOWN) {
    return "undecided";
  }
  const { document, index } = place;
  const list = document["Statement"];
  const changed = (Array.isArray(list) ? list : [list]).map((entry: unknown, at) =>
    at === index && isRecord(entry) && entry["Principal"] !== undefined
      ? { ...entry, Principal: change(entry["Principal"]) }
      : entry,
  );
  return answerOf({ ...document, Statement: changed }, statement).strangers[index] ?? "closed";
}

/** A service that a statement allows to act on behalf of a stranger, and whether that is certain. */
export interface Deputy {
  readonly service: string;
  readonly openness: "open" | "undecided";
}

/**
 * The services that a statement names and lets act on behalf of any account: confused deputies. UNKNOWN when it is not
 * known what the statement does.
 */
export function deputiesOf(statement: Statement): readonly Deputy[] | typeof UNKNOWN {
  const place = places.get(statement);
  if (place === undefined || statement.effect === UNKNOWN) {
    return UNKNOWN;
  }
  return answerOf(place.document, statement).deputies[place.index] ?? [];
}

interface Answer {
  /** By statement. */
  readonly strangers: readonly (Openness | undefined)[];
  readonly deputies: readonly (readonly Deputy[] | undefined)[];
}

const answers = new Map<string, Answer>();

/** The evaluator's results for a document. */
function answerOf(document: Record<string, unknown>, statement: Statement): Answer {
  const text = JSON.stringify(document);
  let found = answers.get(text);
  if (found === undefined) {
    const { openings } = whoCan(text, kindOf(statement));
    const strangers: (Openness | undefined)[] = [];
    const deputies: Deputy[][] = [];
    for (const { stranger, verdict, by, through } of openings) {
      const openness = verdict === "allowed" ? "open" : "undecided";
      if (by === undefined) {
        continue;
      }
      if (stranger === "service for a stranger" && !isEverybody(by)) {
        const others = (deputies[by.index] ?? []).filter(({ service }) => service !== through);
        const before = deputies[by.index]?.find(({ service }) => service === through);
        deputies[by.index] = [
          ...others,
          before?.openness === "open" ? before : { service: through!, openness },
        ];
      } else if (strangers[by.index] !== "open") {
        strangers[by.index] = openness;
      }
    }
    found = { strangers, deputies };
    answers.set(text, found);
  }
  return found;
}

type Judged = NonNullable<ReturnType<typeof whoCan>["openings"][number]["by"]>;

function isEverybody({ principals, notPrincipals }: Judged): boolean {
  return (
    notPrincipals !== undefined || principals?.named.some(({ value }) => value === "*") === true
  );
}

/** Key policies and trust policies concern one service. */
function kindOf({ actions }: Statement): PolicyKind {
  const all = (service: RegExp) =>
    actions.length > 0 && actions.every((action) => action !== UNKNOWN && service.test(action));
  return all(/^kms:/i) ? "key" : all(/^sts:/i) ? "trust" : "resource";
}
