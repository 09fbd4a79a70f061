/** Why a decision is what it is, statement by statement. */
import { type Context, Keys } from "./context";
import { label } from "./document";
import { type Decision, evaluate, type Layer, type Policies, type Request } from "./evaluate";
import {
  actionTruth,
  conditionsTruth,
  type Policy,
  principalReach,
  resourceTruth,
  type Statement,
} from "./policy";
import { or, type Truth } from "./truth";
import { HOLE, shownText, withHoles } from "./unknown";

/** How a statement meets a request. */
export interface Explanation {
  readonly policy: string;
  /** `statement 2 (DenyInsecureTransport)`. */
  readonly statement: string;
  readonly effect: "Allow" | "Deny" | "unknown";
  readonly action: Truth;
  readonly resource: Truth;
  readonly principal: Truth;
  readonly conditions: readonly { readonly text: string; readonly holds: Truth }[];
  /** Whether the statement applies. */
  readonly applies: Truth;
  /** What keeps it from applying, or makes that uncertain, in words. */
  readonly because: string;
}

/** A decision with every evaluated statement. */
export interface Explained extends Decision {
  /** One sentence. */
  readonly summary: string;
  readonly explanations: readonly Explanation[];
}

/** Decides on a request and says why. Slower than `evaluate`: for one request at a time. */
export function explain(request: Request, policies: Policies): Explained {
  const decision = evaluate(request, policies);
  const all = [
    ...(policies.scps ?? []).flat(),
    ...(policies.rcps ?? []),
    ...[policies.endpoint, policies.resource].filter((policy) => policy !== undefined),
    ...(policies.identity ?? []),
    ...[policies.boundary].filter((policy) => policy !== undefined),
    ...(policies.session ?? []),
  ];
  const bounded = policies.boundary !== undefined;
  const keys = new Keys(request.caller, request.context ?? {}, request.openContext ?? false);
  const explanations = all.flatMap((policy) =>
    policy.statements.map((one) => explainStatement(policy, one, request, keys, bounded)),
  );
  return { ...decision, summary: summaryOf(request, decision), explanations };
}

function explainStatement(
  policy: Policy,
  statement: Statement,
  request: Request,
  keys: Keys,
  bounded: boolean,
): Explanation {
  const found = principalReach(statement, request.caller, bounded);
  const parts = {
    action: actionTruth(statement, request.action.toLowerCase()),
    resource: resourceTruth(statement, withHoles(request.resource), keys),
    principal: or(found.direct, or(found.behind, found.account)),
  };
  const conditions = statement.conditions.map((condition) => ({
    text: conditionText(condition.operator, condition.key, condition.values, keys),
    holds: condition.holds(keys),
  }));
  const truths = [...Object.values(parts), conditionsTruth(statement, keys)];
  const applies: Truth = truths.includes("no") ? "no" : truths.includes("maybe") ? "maybe" : "yes";
  const reasons = [
    ...Object.entries(parts).map(([name, truth]) => reason(`the ${name}`, truth, "match")),
    ...conditions.map(({ text, holds }) => reason(text, holds, "hold")),
    statement.unknownConditions ? "its conditions are not known" : undefined,
  ].filter((text) => text !== undefined);
  return {
    policy: policy.name,
    statement: label(statement.index, statement.sid),
    effect: statement.effect,
    ...parts,
    conditions,
    applies: statement.malformed === undefined ? applies : "maybe",
    because: statement.malformed ?? reasons.join("; "),
  };
}

function reason(what: string, truth: Truth, verb: string): string | undefined {
  if (truth === "yes") {
    return undefined;
  }
  return truth === "no" ? `${what} does not ${verb}` : `${what} may or may not ${verb}`;
}

function conditionText(
  operator: string,
  key: string,
  values: readonly string[],
  keys: Keys,
): string {
  const value = keys.get(key);
  const given =
    value === undefined || value.texts.length === 0
      ? `the request has no ${key}`
      : value.texts.every((text) => text === HOLE)
        ? `${key} is not known`
        : `${key} is ${value.texts.map((text) => `"${shownText(text)}"`).join(", ")}`;
  const wanted = values.map((text) => `"${shownText(text)}"`).join(" or ");
  return `${operator} ${key} ${wanted} (${given})`;
}

const LACKS: Readonly<Record<Exclude<Layer, "explicit deny">, string>> = {
  scp: "a service control policy does not allow it",
  endpoint: "the endpoint's policy does not allow it",
  identity: "no policy of the caller allows it",
  resource: "the resource's policy does not allow it",
  boundary: "the permissions boundary does not allow it",
  session: "the session's policy does not allow it",
  "account root": "the account does not allow it",
};

function summaryOf(request: Request, { verdict, layer, statements }: Decision): string {
  const what = `${request.action} on ${shownText(withHoles(request.resource))}`;
  const named = statements
    .map(({ policy, statement }) =>
      statement.index < 0
        ? `${policy.name} (which cannot be read)`
        : `${policy.name}, ${label(statement.index, statement.sid)}`,
    )
    .join("; ");
  if (verdict === "allowed") {
    return `${what} is allowed by ${named === "" ? "the account's root" : named}`;
  }
  if (verdict === "undecided") {
    return `${what} is undecided: it depends on ${named}`;
  }
  return layer === "explicit deny"
    ? `${what} is denied by ${named}`
    : `${what} is denied: ${LACKS[layer]}`;
}

/** The keys on which a policy's conditions and variables depend, in lower case. */
export function keysOf(policy: Policy): readonly string[] {
  const found = new Set<string>();
  for (const statement of policy.statements) {
    for (const { key } of statement.conditions) {
      found.add(key);
    }
    for (const pattern of [...(statement.resources ?? []), ...(statement.notResources ?? [])]) {
      for (const part of pattern.parts) {
        if (typeof part !== "string") {
          found.add(part.key);
        }
      }
    }
  }
  return [...found].sort();
}

export type { Context };
