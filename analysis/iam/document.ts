/**
 * Policy documents in one shape, with what AWS would refuse about them.
 *
 * A document comes as JSON text or as an object, and nearly every element as one value or a list of them. What
 * cannot be read is a finding: nothing here throws.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
import { isRecord } from "../properties";
import { HOLE, isUnknown, shownText, withHoles } from "./unknown";

/** What a policy hangs on; it decides which elements it may have and how it counts. */
export type PolicyKind =
  "identity" | "boundary" | "session" | "scp" | "rcp" | "resource" | "trust" | "key" | "endpoint";

/** Something about a document. */
export interface Finding {
  /** Where: `statement 2`, `Version`. */
  readonly where: string;
  /** `malformed: ...` what AWS refuses; `doubtful: ...` what AWS does not document. */
  readonly message: string;
}

/** A principal that a statement names. */
export interface NamedPrincipal {
  readonly kind: "AWS" | "Service" | "Federated" | "CanonicalUser" | "everyone" | "unknown";
  readonly value: string;
}

/** A key of a condition. */
export interface NamedCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** One statement as it is written; an unknown text is or has a hole. */
export interface RawStatement {
  /** Its place, from 0. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny" | "unknown";
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: readonly NamedPrincipal[];
  readonly notPrincipals?: readonly NamedPrincipal[];
  readonly conditions: readonly NamedCondition[];
  /** Whether conditions, or some of them, are not known. */
  readonly unknownConditions: boolean;
  /** Why AWS refuses the statement. */
  readonly malformed?: string;
}

/** A document that was read. */
export interface RawDocument {
  /** `unknown` where it is not known before the first update, `malformed` where AWS refuses it. */
  readonly state: "read" | "unknown" | "malformed";
  readonly variables: boolean;
  readonly statements: readonly RawStatement[];
  readonly findings: readonly Finding[];
}

const UNKNOWN_DOCUMENT: RawDocument = {
  state: "unknown",
  variables: true,
  statements: [],
  findings: [],
};

/** Reads a document. */
export function readDocument(value: unknown, kind: PolicyKind): RawDocument {
  let document = value;
  if (typeof document === "string" && !isUnknown(document)) {
    try {
      document = JSON.parse(document);
    } catch {
      return malformed("document", "it is not JSON");
    }
  }
  if (isUnknown(document)) {
    return UNKNOWN_DOCUMENT;
  }
  if (!isRecord(document)) {
    return malformed("document", "it is not a JSON object");
  }
  const version = document["Version"] ?? "2008-10-17";
  if (version !== "2008-10-17" && version !== "2012-10-17" && !isUnknown(version)) {
    return malformed("Version", "expected 2012-10-17 or 2008-10-17");
  }
  const extra = Object.keys(document).find((name) => !/^(Version|Id|Statement)$/.test(name));
  if (extra !== undefined) {
    return malformed("document", `it has no element ${extra}`);
  }
  const list = document["Statement"];
  if (isUnknown(list)) {
    return UNKNOWN_DOCUMENT;
  }
  const entries: readonly unknown[] = Array.isArray(list) ? list : [list];
  if (list === undefined || entries.length === 0) {
    return malformed("document", "it has no Statement");
  }
  const statements = entries.map((entry, index) => readStatement(entry, index, kind));
  const findings = statements.flatMap(({ index, sid, malformed: why }) =>
    why === undefined ? [] : [{ where: label(index, sid), message: `malformed: ${why}` }],
  );
  return {
    state: findings.length > 0 ? "malformed" : "read",
    variables: version !== "2008-10-17",
    statements,
    findings,
  };
}

/** How a message names a statement. */
export function label(index: number, sid: string | undefined): string {
  return sid === undefined ? `statement ${index + 1}` : `statement ${index + 1} (${sid})`;
}

function malformed(where: string, why: string): RawDocument {
  const findings = [{ where, message: `malformed: ${why}` }];
  return { state: "malformed", variables: true, statements: [], findings };
}

const ELEMENTS =
  /^(Sid|Effect|Principal|NotPrincipal|Action|NotAction|Resource|NotResource|Condition)$/;

const NOTHING = { conditions: [], unknownConditions: false } as const;

function readStatement(entry: unknown, index: number, kind: PolicyKind): RawStatement {
  if (isUnknown(entry)) {
    const everything = { actions: [HOLE], resources: [HOLE] };
    const principals = takesPrincipal(kind)
      ? [{ kind: "unknown" as const, value: HOLE }]
      : undefined;
    const unknown = { ...NOTHING, unknownConditions: true, principals };
    return { index, effect: "unknown", ...everything, ...unknown };
  }
  if (!isRecord(entry)) {
    return { index, effect: "unknown", ...NOTHING, malformed: "it is not an object" };
  }
  const sid = typeof entry["Sid"] === "string" && entry["Sid"] !== "" ? entry["Sid"] : undefined;
  const effect = entry["Effect"];
  const conditions = readConditions(entry["Condition"]);
  return {
    index,
    sid,
    effect: effect === "Allow" || effect === "Deny" ? effect : "unknown",
    actions: texts(entry["Action"]),
    notActions: texts(entry["NotAction"]),
    resources: texts(entry["Resource"]),
    notResources: texts(entry["NotResource"]),
    principals: readPrincipals(entry["Principal"]),
    notPrincipals: readPrincipals(entry["NotPrincipal"]),
    conditions: conditions.list,
    unknownConditions: conditions.unknown,
    malformed: fault(entry, kind) ?? conditions.fault,
  };
}

const takesPrincipal = (kind: PolicyKind) => /^(resource|trust|key|endpoint|rcp)$/.test(kind);

/** What AWS refuses about a statement's elements. */
function fault(entry: Record<string, unknown>, kind: PolicyKind): string | undefined {
  const found = faultOfElements(entry);
  if (found !== undefined) {
    return found;
  }
  const has = (name: string) => entry[name] !== undefined;
  const withPrincipal = takesPrincipal(kind);
  if (withPrincipal && has("Principal") === has("NotPrincipal")) {
    return "expected either Principal or NotPrincipal";
  }
  if (!withPrincipal && (has("Principal") || has("NotPrincipal"))) {
    return `a policy of an identity (${kind}) takes no Principal`;
  }
  if (kind === "trust" && (has("NotPrincipal") || has("Resource") || has("NotResource"))) {
    return "a trust policy takes neither NotPrincipal nor Resource";
  }
  if (!withPrincipal && !has("Resource") && !has("NotResource")) {
    return "expected either Resource or NotResource";
  }
  return faultOfTexts(entry, kind);
}

/** What AWS refuses in a statement of any policy type, except condition operators. */
export function faultAnywhere(entry: Record<string, unknown>): string | undefined {
  return (
    faultOfElements(entry) ??
    faultOfTexts(entry, "resource") ??
    readConditions(entry["Condition"]).fault
  );
}

/** The conditions that a statement names, as far as they can be read. */
export function namedConditions(entry: Record<string, unknown>): readonly NamedCondition[] {
  return readConditions(entry["Condition"]).list;
}

function faultOfElements(entry: Record<string, unknown>): string | undefined {
  const has = (name: string) => entry[name] !== undefined;
  const extra = Object.keys(entry).find((name) => !ELEMENTS.test(name));
  if (extra !== undefined) {
    return `it has no element ${extra}`;
  }
  const effect = entry["Effect"];
  if (effect !== "Allow" && effect !== "Deny" && !isUnknown(effect)) {
    return "expected Effect Allow or Deny";
  }
  if (has("Action") === has("NotAction")) {
    return "expected either Action or NotAction";
  }
  if (has("Resource") && has("NotResource")) {
    return "expected either Resource or NotResource";
  }
  return has("Principal") && has("NotPrincipal")
    ? "expected either Principal or NotPrincipal"
    : undefined;
}

function faultOfTexts(entry: Record<string, unknown>, kind: PolicyKind): string | undefined {
  for (const name of ["Action", "NotAction", "Resource", "NotResource"]) {
    const value = entry[name];
    if (value === undefined || isUnknown(value)) {
      continue;
    }
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.length === 0) {
      return `${name} names nothing`;
    }
    const isAction = name.endsWith("Action");
    for (const item of list) {
      if (isUnknown(item)) {
        continue;
      }
      const accepted = isAction ? isActionText(item) : isResourceText(item, kind);
      if (!accepted) {
        const form = isAction ? "service:action or *" : "an ARN or *";
        return `${name}: expected ${form}, got ${shown(item)}`;
      }
    }
  }
  return faultOfPrincipal(entry["Principal"] ?? entry["NotPrincipal"]);
}

const isActionText = (item: unknown) =>
  typeof item === "string" && (/^\*+$/.test(item) || /^[^:]+:./.test(withHoles(item)));

/** Policies of resources also take forms of their own, such as API Gateway's `execute-api:/stage/GET/`. */
function isResourceText(item: unknown, kind: PolicyKind): boolean {
  if (typeof item !== "string" || item === "") {
    return false;
  }
  return takesPrincipal(kind) || item.startsWith("arn:") || /^[*\u0003]/.test(withHoles(item));
}

function faultOfPrincipal(value: unknown): string | undefined {
  if (value === undefined || isUnknown(value) || value === "*") {
    return undefined;
  }
  if (!isRecord(value)) {
    return "Principal: expected * or an object";
  }
  const kinds = Object.entries(value);
  const extra = kinds.find(([kind]) => !/^(AWS|Service|Federated|CanonicalUser)$/.test(kind));
  if (extra !== undefined) {
    return `Principal: expected AWS, Service, Federated or CanonicalUser, got ${shown(extra[0])}`;
  }
  const named = kinds.flatMap(([, names]) => listOf(names));
  const odd = named.find((name) => !isScalar(name));
  if (odd !== undefined) {
    return `Principal: expected texts, got ${shown(odd)}`;
  }
  return named.length === 0 ? "Principal names no principal" : undefined;
}

function texts(value: unknown): readonly string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (isUnknown(value)) {
    return [HOLE];
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => (isUnknown(item) ? HOLE : withHoles(scalar(item))));
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** JSON's numbers and truth values count as their text. */
const isScalar = (item: unknown) =>
  /^(string|number|boolean)$/.test(typeof item) || isUnknown(item);

function scalar(item: unknown): string {
  return isScalar(item) ? String(item) : "";
}

function readPrincipals(value: unknown): readonly NamedPrincipal[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!isRecord(value)) {
    return value === "*"
      ? [{ kind: "everyone", value: "*" }]
      : [{ kind: "unknown", value: isUnknown(value) ? HOLE : "" }];
  }
  return Object.entries(value).flatMap(([kind, names]) =>
    (texts(names) ?? []).map((name) => ({
      kind: kind === "AWS" && name === "*" ? "everyone" : (kind as NamedPrincipal["kind"]),
      value: name,
    })),
  );
}

interface Conditions {
  readonly list: readonly NamedCondition[];
  readonly unknown: boolean;
  readonly fault?: string;
}

function readConditions(value: unknown): Conditions {
  if (value === undefined) {
    return { list: [], unknown: false };
  }
  if (isUnknown(value)) {
    return { list: [], unknown: true };
  }
  if (!isRecord(value)) {
    return { list: [], unknown: false, fault: "Condition: expected an object" };
  }
  const list: NamedCondition[] = [];
  let unknown = false;
  for (const [operator, keys] of Object.entries(value)) {
    if (isUnknown(keys)) {
      unknown = true;
    } else if (!isRecord(keys)) {
      return { list, unknown, fault: `Condition ${operator}: expected an object of keys` };
    } else {
      for (const [key, values] of Object.entries(keys)) {
        const odd = listOf(values).find((value) => !isScalar(value));
        if (odd !== undefined) {
          return {
            list,
            unknown,
            fault: `Condition ${operator} ${key}: expected texts, got ${shown(odd)}`,
          };
        }
        list.push({ operator, key: key.toLowerCase(), values: texts(values) ?? [] });
      }
    }
  }
  return { list, unknown };
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? `"${shownText(withHoles(value))}"`
    : value === null
      ? "null"
      : typeof value;
}
