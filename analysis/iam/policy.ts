/** Policies ready to be evaluated: read once, asked often. */
import { type Caller } from "./caller";
import { compileCondition, type Condition } from "./conditions";
import { type Keys } from "./context";
import {
  faultAnywhere,
  type Finding,
  label,
  namedConditions,
  type PolicyKind,
  type RawStatement,
  readDocument,
} from "./document";
import { compilePattern, fits, fitsResource, type Pattern, resolve } from "./pattern";
import { beyond, compilePrincipals, type Principals, reach, type Reach } from "./principals";
import { and, not, or, type Truth } from "./truth";
import { HOLE } from "./unknown";

/** A statement, ready to be judged. */
export interface Statement {
  /** Its place in the document, from 0. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny" | "unknown";
  readonly actions?: readonly Pattern[];
  readonly notActions?: readonly Pattern[];
  readonly resources?: readonly Pattern[];
  readonly notResources?: readonly Pattern[];
  /** Whether policy variables stand in its resources. */
  readonly variables: boolean;
  readonly principals?: Principals;
  readonly notPrincipals?: Principals;
  readonly conditions: readonly Condition[];
  readonly unknownConditions: boolean;
  /** Why AWS refuses the statement. */
  readonly malformed?: string;
}

/** A policy, ready to be evaluated. */
export interface Policy {
  /** How a decision names it. */
  readonly name: string;
  readonly kind: PolicyKind;
  /** `unknown` and `malformed` policies allow nothing for certain and may deny anything they could speak of. */
  readonly state: "read" | "unknown" | "malformed";
  readonly statements: readonly Statement[];
  readonly findings: readonly Finding[];
  /** The statements that may speak of an action. */
  readonly about: (action: string) => readonly Match[];
  /** Whether its statements speak of a resource, by their place: filled as they are asked. */
  readonly seen: (resource: string) => (Truth | undefined)[];
}

/** A statement that speaks of an action, or may. */
export interface Match {
  readonly statement: Statement;
  readonly action: Truth;
}

/** How many actions, and how many resources, a policy remembers. */
const REMEMBERED = 2000;

/** What was computed for a text; the oldest is not worth keeping apart from the rest. */
function remember<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = compute(text);
      if (known.size >= REMEMBERED) {
        known.clear();
      }
      known.set(text, value);
    }
    return value;
  };
}

/**
 * Reads a policy document: JSON text, an object, or a value that is not known. It never throws; what AWS would
 * refuse is in `findings`.
 */
export function compilePolicy(document: unknown, kind: PolicyKind, name: string = kind): Policy {
  const raw = readDocument(document, kind);
  const statements = raw.statements.map((one) => compileStatement(one, raw.variables));
  const found = statements.flatMap((one) => findingsOf(one, raw.findings));
  const refused = found.some(({ message }) => message.startsWith("malformed"));
  return {
    name,
    kind,
    state: refused ? "malformed" : raw.state,
    statements,
    findings: [...raw.findings, ...found],
    about: remember((action) => matchesOf(statements, action.toLowerCase())),
    seen: remember(() => new Array<Truth | undefined>(statements.length)),
  };
}

/** What AWS refuses in a statement of any policy type; undefined for a well-formed one. */
export function statementFault(entry: Record<string, unknown>): string | undefined {
  return (
    faultAnywhere(entry) ??
    namedConditions(entry)
      .map((one) => compileCondition(one, true))
      .find((one) => typeof one === "string")
  );
}

function compileStatement(raw: RawStatement, variables: boolean): Statement {
  const conditions = raw.conditions.map((one) => compileCondition(one, variables));
  const refused = conditions.find((one) => typeof one === "string");
  const actions = (list: readonly string[] | undefined) =>
    list?.map((one) =>
      compilePattern(one, { wildcards: true, variables: false, ignoreCase: true }),
    );
  const resources = (list: readonly string[] | undefined) =>
    list?.map((one) => compilePattern(one, { wildcards: true, variables }));
  const named = resources(raw.resources);
  const unnamed = resources(raw.notResources);
  return {
    index: raw.index,
    sid: raw.sid,
    effect: raw.effect,
    actions: actions(raw.actions),
    notActions: actions(raw.notActions),
    resources: named,
    notResources: unnamed,
    variables: [...(named ?? []), ...(unnamed ?? [])].some(({ fixed }) => fixed === undefined),
    principals: raw.principals && compilePrincipals(raw.principals),
    notPrincipals: raw.notPrincipals && compilePrincipals(raw.notPrincipals),
    conditions: conditions.filter((one) => typeof one !== "string"),
    unknownConditions: raw.unknownConditions,
    malformed: raw.malformed ?? refused,
  };
}

function findingsOf(statement: Statement, known: readonly Finding[]): Finding[] {
  const where = label(statement.index, statement.sid);
  const doubts = [
    statement.principals?.doubtful,
    statement.notPrincipals?.doubtful,
    ...statement.conditions.map(({ operator, key, doubtful }) =>
      doubtful === undefined ? undefined : `Condition ${operator} ${key}: ${doubtful}`,
    ),
    [...(statement.resources ?? []), ...(statement.notResources ?? [])].some(earlyVariable)
      ? "a policy variable stands before the fifth colon of an ARN"
      : undefined,
  ].flatMap((why) => (why === undefined ? [] : [{ where, message: `doubtful: ${why}` }]));
  const listed = known.some((one) => one.where === where);
  return statement.malformed === undefined || listed
    ? doubts
    : [{ where, message: `malformed: ${statement.malformed}` }, ...doubts];
}

/** The guide allows variables in the last of an ARN's six parts alone. */
function earlyVariable({ parts, source }: Pattern): boolean {
  return (
    parts.length > 1 && source.startsWith("arn:") && source.split("${")[0]!.split(":").length < 6
  );
}

function matchesOf(statements: readonly Statement[], action: string): readonly Match[] {
  return statements.flatMap((statement) => {
    // What cannot be read may speak of anything.
    const truth = statement.malformed === undefined ? actionTruth(statement, action) : "maybe";
    return truth === "no" ? [] : [{ statement, action: truth }];
  });
}

const NONE = () => undefined;

/** Whether a statement speaks of an action, given in lower case. */
export function actionTruth({ actions, notActions }: Statement, action: string): Truth {
  const among = (list: readonly Pattern[]) =>
    list.reduce<Truth>((truth, one) => or(truth, fits(resolve(one, NONE)!, action)), "no");
  if (actions !== undefined) {
    return among(actions);
  }
  return notActions === undefined ? "maybe" : not(among(notActions));
}

/** Whether a statement speaks of a resource. A policy of a resource may leave it out: it is the resource itself. */
export function resourceTruth(statement: Statement, resource: string, keys: Keys): Truth {
  const { resources, notResources } = statement;
  if (resources !== undefined) {
    // A variable without a value matches no resource.
    return among(resources, resource, keys, "no");
  }
  // Left out by such a variable is no resource either, or the statement is invalid: the guide says both.
  return notResources === undefined ? "yes" : not(among(notResources, resource, keys, "maybe"));
}

function among(
  patterns: readonly Pattern[],
  resource: string,
  keys: Keys,
  valueless: Truth,
): Truth {
  const holes = resource.includes(HOLE);
  let truth: Truth = "no";
  for (const pattern of patterns) {
    const glob = pattern.fixed ?? resolve(pattern, keys.variable);
    const one = glob === undefined ? valueless : fitsResource(glob, resource, holes);
    if (one === "yes" && !earlyVariable(pattern)) {
      return "yes";
    }
    truth = one === "no" ? truth : "maybe";
  }
  return truth;
}

/** The same, remembered for statements without policy variables. */
export function rememberedResource(
  seen: (Truth | undefined)[],
  statement: Statement,
  resource: string,
  keys: Keys,
): Truth {
  if (statement.variables) {
    return resourceTruth(statement, resource, keys);
  }
  return (seen[statement.index] ??= resourceTruth(statement, resource, keys));
}

/** Whether all conditions of a statement hold. */
export function conditionsTruth(statement: Statement, keys: Keys): Truth {
  let truth: Truth = statement.unknownConditions ? "maybe" : "yes";
  for (const condition of statement.conditions) {
    truth = and(truth, condition.holds(keys));
    if (truth === "no") {
      break;
    }
  }
  return truth;
}

const EVERYBODY: Reach = { direct: "yes", behind: "no", account: "no" };

/** How a statement reaches a caller. A policy of an identity speaks of the identity it hangs on. */
export function principalReach(statement: Statement, caller: Caller, bounded: boolean): Reach {
  if (statement.principals !== undefined) {
    return reach(statement.principals, caller);
  }
  if (statement.notPrincipals === undefined) {
    return EVERYBODY;
  }
  // AWS: a Deny with NotPrincipal denies every user and role that has a permissions boundary, with any principals.
  if (bounded && statement.effect !== "Allow") {
    return EVERYBODY;
  }
  return { ...EVERYBODY, direct: beyond(statement.notPrincipals, caller) };
}
