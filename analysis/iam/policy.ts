/** Policies ready to be evaluated: read once, asked often. */
import { type Caller } from "./caller";
import { compileCondition, type Condition } from "./conditions";
import { type Keys } from "./context";
import { type Finding, label, type PolicyKind, type RawStatement, readDocument } from "./document";
import { compilePattern, fits, fitsResource, type Pattern, resolve } from "./pattern";
import { beyond, compilePrincipals, type Principals, reach, type Reach } from "./principals";
import { and, not, or, type Truth } from "./truth";

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
}

/** A statement that speaks of an action, or may. */
export interface Match {
  readonly statement: Statement;
  readonly action: Truth;
}

/** How many actions a policy remembers. */
const REMEMBERED = 2000;

/**
 * Reads a policy document: JSON text, an object, or a value that is not known. It never throws; what AWS would
 * refuse is in `findings`.
 */
export function compilePolicy(document: unknown, kind: PolicyKind, name: string = kind): Policy {
  const raw = readDocument(document, kind);
  const statements = raw.statements.map((one) => compileStatement(one, raw.variables));
  const found = statements.flatMap((one) => findingsOf(one, raw.findings));
  const refused = found.some(({ message }) => message.startsWith("malformed"));
  const remembered = new Map<string, readonly Match[]>();
  return {
    name,
    kind,
    state: refused ? "malformed" : raw.state,
    statements,
    findings: [...raw.findings, ...found],
    about: (action) => {
      let matches = remembered.get(action);
      if (matches === undefined) {
        matches = matchesOf(statements, action.toLowerCase());
        if (remembered.size >= REMEMBERED) {
          remembered.clear();
        }
        remembered.set(action, matches);
      }
      return matches;
    },
  };
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
  return {
    index: raw.index,
    sid: raw.sid,
    effect: raw.effect,
    actions: actions(raw.actions),
    notActions: actions(raw.notActions),
    resources: resources(raw.resources),
    notResources: resources(raw.notResources),
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
    return among(resources, resource, keys);
  }
  return notResources === undefined ? "yes" : not(among(notResources, resource, keys));
}

function among(patterns: readonly Pattern[], resource: string, keys: Keys): Truth {
  let truth: Truth = "no";
  for (const pattern of patterns) {
    const glob = resolve(pattern, keys.variable);
    // A variable without a value matches no resource.
    const one = glob === undefined ? "no" : fitsResource(glob, resource);
    truth = or(truth, one === "yes" && earlyVariable(pattern) ? "maybe" : one);
    if (truth === "yes") {
      break;
    }
  }
  return truth;
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
  // AWS: a Deny with NotPrincipal denies every user and role that has a permissions boundary, whomever it names.
  if (bounded && statement.effect !== "Allow") {
    return EVERYBODY;
  }
  return { ...EVERYBODY, direct: beyond(statement.notPrincipals, caller) };
}
