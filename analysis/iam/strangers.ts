/**
 * Who can do this: which strangers a policy of a resource, of a key or of a role's trust lets in.
 *
 * A stranger is a principal outside the account: anonymous, a role of another account, of another
 * organization, an AWS service that calls on behalf of one (the confused deputy), or the holder of a foreign
 * token of a shared identity provider. For each the evaluator is asked with the requests that the stranger can
 * make, so that a condition counts only as far as it really keeps them out: a wildcard account, `IfExists`
 * and `ForAllValues` on a key that is absent, a header or a tag that the caller writes, all let them in.
 * Their own account allows a stranger everything.
 */
import { expandActions } from "../../facts/iam-actions";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";
import { isRecord } from "../properties";
import { type Caller } from "./caller";
import { type Context } from "./context";
import { type Finding, type PolicyKind } from "./document";
import { type Deciding, evaluate } from "./evaluate";
import { compilePolicy, type Policy, type Statement } from "./policy";
import {
  choices,
  OWN,
  type ResourceSetting,
  sharedIssuers,
  type StrangerSetting,
} from "./stranger-keys";
import { HOLE, isUnknown, withHoles } from "./unknown";

/** Who a stranger is. */
export type StrangerKind =
  | "anonymous"
  /** A role of another account in the same organization. */
  | "another account"
  | "another organization"
  /** A service that calls on behalf of another organization's resource. */
  | "service for a stranger"
  /** A user with a token of a public identity provider. */
  | "foreign token";

/** A stranger who gets in. */
export interface Opening {
  readonly stranger: StrangerKind;
  /** The service or the identity provider, where the stranger comes through one. */
  readonly through?: string;
  /** `undecided` where it depends on something that is not known or not documented. */
  readonly verdict: "allowed" | "undecided";
  readonly action: string;
  readonly resource: string;
  /** What the stranger's request says. */
  readonly context: Context;
  readonly statements: readonly Deciding[];
  /** The statement that lets in, or may; none where the whole document is not known. */
  readonly by?: Statement;
}

/** What is known of the resource that the policy hangs on. */
export interface WhoCanOptions extends ResourceSetting {
  /** The resource's ARN, for policies that do not name it. */
  readonly resource?: string;
  /** Services to leave out, because they check themselves on whose behalf they call. */
  readonly trustedServices?: readonly string[];
}

/** The strangers that a policy lets in. */
export interface WhoCan {
  readonly openings: readonly Opening[];
  /** What AWS would refuse, and what it does not document. A refused policy allows no principal. */
  readonly findings: readonly Finding[];
}

/** An own value that is not known yet: a name of this program's, and no stranger's. */
const PLANNED = "planned-by-this-program";
const OUTSIDE = "999900001111";
const ALL = compilePolicy(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  "identity",
  "the stranger's own policy",
);

/**
 * The strangers that a policy lets in.
 *
 * Names, ARNs and ids in the document that are not known yet count as this program's own. Where a whole
 * element is not known (the document, a statement, its principals, its conditions), the result is undecided.
 */
export function whoCan(document: unknown, kind: PolicyKind, options: WhoCanOptions = {}): WhoCan {
  const policy = compilePolicy(planned(document), kind);
  const openings: Opening[] = [];
  for (const stranger of strangersOf(policy, options)) {
    const found = policy.statements.flatMap((statement) =>
      tryStatement(policy, statement, stranger, options),
    );
    const worst = found.find(({ verdict }) => verdict === "allowed") ?? found[0];
    if (worst !== undefined) {
      openings.push(...found.filter(({ verdict }) => verdict === worst.verdict));
    }
  }
  if (policy.state === "unknown") {
    openings.push(unknownOpening(options));
  }
  return { openings: distinct(openings), findings: policy.findings };
}

/** The document with the program's own unknown names in place of what is not known. */
function planned(document: unknown): unknown {
  if (typeof document === "string" && !isUnknown(document)) {
    try {
      return planned(JSON.parse(document));
    } catch {
      return document;
    }
  }
  const fill = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(fill)
      : isUnknown(value)
        ? PLANNED
        : typeof value === "string"
          ? withHoles(value).replaceAll(HOLE, PLANNED)
          : value;
  const inside = (value: unknown): unknown =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, one]) => [key, isRecord(one) ? inside(one) : fill(one)]),
        )
      : value;
  // The keys of an operator may not be known as a whole: that stays unknown.
  const conditions = (value: unknown): unknown =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([operator, keys]) => [operator, inside(keys)]),
        )
      : value;
  const elements = { Condition: conditions, Principal: inside, NotPrincipal: inside };
  const statement = (value: unknown): unknown =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, element]) => {
            const change = /Resource$/.test(name) ? fill : elements[name as keyof typeof elements];
            return [name, change?.(element) ?? element];
          }),
        )
      : value;
  if (!isRecord(document)) {
    return document;
  }
  const list = document["Statement"];
  return { ...document, Statement: Array.isArray(list) ? list.map(statement) : statement(list) };
}

interface Stranger {
  readonly kind: StrangerKind;
  readonly through?: string;
  readonly setting: StrangerSetting;
}

const ORGANIZATION = "o-stranger000";

function strangersOf(policy: Policy, options: WhoCanOptions): Stranger[] {
  const networks = /sourcevpc|vpce|vpcsourceip/.test(keysOf(policy).join(" "))
    ? (["internet", "endpoint"] as const)
    : (["internet"] as const);
  const found: Stranger[] = [];
  const add = (kind: StrangerKind, setting: Omit<StrangerSetting, "network">, through?: string) =>
    found.push(...networks.map((network) => ({ kind, through, setting: { ...setting, network } })));
  const outside = { organization: ORGANIZATION, source: "stated" } as const;
  add("anonymous", { ...outside, caller: { kind: "anonymous" }, account: OUTSIDE });
  for (const account of accountsOf(policy)) {
    const caller: Caller = {
      kind: "role",
      arn: `arn:aws:iam::${account}:role/stranger`,
      session: "stranger",
      id: "AROASTRANGER00000001",
      canonicalId: "stranger",
    };
    if (options.organization !== undefined) {
      add("another account", { ...outside, caller, account, organization: options.organization });
    }
    add("another organization", { ...outside, caller, account });
    for (const name of servicesOf(policy, options)) {
      const service: Caller = { kind: "service", name };
      add("service for a stranger", { ...outside, caller: service, account }, name);
      add(
        "service for a stranger",
        { ...outside, caller: service, account, source: "unstated" },
        name,
      );
    }
  }
  for (const provider of principalsOf(policy, "Federated")) {
    const caller: Caller = { kind: "federated", provider };
    for (const issuer of sharedIssuers(provider, PLANNED)) {
      add("foreign token", { ...outside, caller, account: OUTSIDE, issuer }, issuer);
    }
  }
  return found;
}

/** Another account; and for each pattern of accounts one that fits it, for accounts can be had by the dozen. */
function accountsOf(policy: Policy): readonly string[] {
  const values = policy.statements.flatMap(({ conditions }) =>
    conditions.flatMap((one) => one.values),
  );
  const parts = values.flatMap((value) => [value, value.split(":")[4] ?? ""]);
  const fitting = parts.flatMap((part) =>
    /^\d[\d*?]*$|^[*?][\d*?]*\d/.test(part) && /[*?]/.test(part) ? fill(part) : [],
  );
  const named = values.join(" ").includes(OUTSIDE) ? "999900002222" : OUTSIDE;
  return [named, ...new Set(fitting)];
}

/** Twelve digits that fit a pattern. */
function fill(pattern: string): string[] {
  const digits = pattern.replace(/[*?]/g, "").length + pattern.split("?").length - 1;
  const missing = Math.max(0, 12 - digits);
  let given = false;
  const text = pattern.replaceAll("?", "9").replace(/\*/g, () => {
    const here = given ? "" : "9".repeat(missing);
    given = true;
    return here;
  });
  return text.length === 12 ? [text] : [];
}

/**
 * The services that a policy lets in by name, and one for a policy that lets in everybody. A trust policy has
 * none: a service takes no role for a resource of another account (IAM User Guide, "Grant a user permissions
 * to pass a role to an AWS service").
 */
function servicesOf(policy: Policy, { trustedServices = [] }: WhoCanOptions): readonly string[] {
  if (policy.kind === "trust") {
    return [];
  }
  const everybody = policy.statements.some(
    ({ principals, notPrincipals }) =>
      notPrincipals !== undefined || principals?.named.some(({ kind }) => kind === "everyone"),
  );
  const named = principalsOf(policy, "Service");
  const all = everybody ? [...named, SERVICE_PRINCIPALS.s3] : named;
  return all.filter((name) => !trustedServices.includes(name));
}

function principalsOf(policy: Policy, wanted: string): readonly string[] {
  const named = policy.statements.flatMap(({ effect, principals }) =>
    effect === "Deny" ? [] : (principals?.named ?? []),
  );
  return [...new Set(named.filter(({ kind }) => kind === wanted).map(({ value }) => value))];
}

function keysOf({ statements }: Policy): string[] {
  return statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
}

/** How many requests are tried for one statement and stranger. */
const MOST_REQUESTS = 3000;

/** The worst that a statement that may allow does for a stranger. */
function tryStatement(
  policy: Policy,
  statement: Statement,
  stranger: Stranger,
  options: WhoCanOptions,
): Opening[] {
  if (statement.effect === "Deny") {
    return [];
  }
  let undecided: Opening | undefined;
  let left = MOST_REQUESTS;
  for (const action of actionsOf(policy, statement, stranger, options)) {
    for (const resource of resourcesOf(policy, statement, options)) {
      for (const context of contextsOf(policy, statement, stranger, options)) {
        left -= 1;
        const opening = ask(policy, statement, stranger, { action, resource, context, options });
        if (opening?.verdict === "allowed") {
          return [opening];
        }
        undecided ??= opening;
        if (left <= 0) {
          return undecided === undefined ? [] : [undecided];
        }
      }
    }
  }
  return undecided === undefined ? [] : [undecided];
}

interface Attempt {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  readonly options: WhoCanOptions;
}

function ask(
  policy: Policy,
  statement: Statement,
  { kind, through, setting }: Stranger,
  { action, resource, context, options }: Attempt,
): Opening | undefined {
  const only: Policy = {
    ...policy,
    statements: policy.statements,
    about: (name) =>
      policy
        .about(name)
        .filter((match) => match.statement.effect === "Deny" || match.statement === statement),
  };
  const decision = evaluate(
    {
      caller: setting.caller,
      action,
      resource,
      resourceAccount: options.account ?? "000000000000",
      context,
    },
    { identity: [ALL], resource: only },
  );
  if (decision.verdict === "denied") {
    return undefined;
  }
  // Whether a service calls without naming its source depends on the service: not certain.
  // Nor is a provider whose issuer is not known.
  const { caller, issuer = "", source } = setting;
  const isKnown =
    source === "stated" && (!("provider" in caller) || caller.provider.endsWith(issuer));
  const certain = decision.verdict === "allowed" && isKnown;
  const statements = decision.statements.filter(({ policy: by }) => by === only);
  return {
    stranger: kind,
    through,
    verdict: certain ? "allowed" : "undecided",
    action,
    resource,
    context,
    statements: statements.map((one) => ({ ...one, policy })),
    by: statement,
  };
}

/** One action for each group that the policy's statements treat alike. */
function actionsOf(
  policy: Policy,
  statement: Statement,
  { setting: { caller } }: Stranger,
  options: WhoCanOptions,
): readonly string[] {
  const patterns = statement.actions?.map(({ source }) => source) ?? [
    `${serviceOf(policy, options)}:*`,
  ];
  const groups = new Map<string, string>();
  for (const pattern of patterns) {
    const known = expandActions(pattern === "*" ? `${serviceOf(policy, options)}:*` : pattern);
    for (const action of known.length > 0 ? known : [pattern.replace(/[*?]/g, "x")]) {
      const speaking = policy.about(action);
      const suits = /^sts:/i.test(action) ? suitsSts(action, caller) : true;
      if (suits && speaking.some((match) => match.statement === statement)) {
        groups.set(speaking.map((match) => match.statement.index).join(), action);
      }
    }
  }
  return [...groups.values()];
}

/** Who calls which of STS's actions. */
function suitsSts(action: string, caller: Caller): boolean {
  const federated = /WithWebIdentity$|WithSAML$/i.test(action);
  return caller.kind === "federated" ? federated : !federated && caller.kind !== "anonymous";
}

function serviceOf({ kind }: Policy, { resource }: WhoCanOptions): string {
  return kind === "key" ? "kms" : kind === "trust" ? "sts" : (resource?.split(":")[2] ?? "*");
}

/** Resources of which a statement speaks. */
function resourcesOf(
  policy: Policy,
  { resources }: Statement,
  options: WhoCanOptions,
): readonly string[] {
  const own =
    options.resource ??
    DEFAULTS[policy.kind] ??
    `arn:aws:${serviceOf(policy, options)}:::${PLANNED}`;
  const named = resources?.map(({ source }) =>
    source === "*"
      ? own
      : source
          .replace(/\$\{[^}]*\}/g, "any")
          .replaceAll("*", "any")
          .replaceAll("?", "x"),
  );
  return [...new Set(named ?? [own])];
}

const DEFAULTS: Partial<Record<PolicyKind, string>> = {
  key: `arn:aws:kms:eu-west-1:000000000000:key/${PLANNED}`,
  trust: `arn:aws:iam::000000000000:role/${PLANNED}`,
};

/** What the stranger can say of the keys that the statement and the policy's denials name. */
function* contextsOf(
  policy: Policy,
  statement: Statement,
  { setting }: Stranger,
  options: WhoCanOptions,
): Generator<Context> {
  const conditions = policy.statements
    .filter((one) => one === statement || one.effect !== "Allow")
    .flatMap((one) => one.conditions);
  const values = new Map<string, string[]>();
  for (const { key, values: more } of conditions) {
    values.set(key, [...(values.get(key) ?? []), ...more]);
  }
  const keys = [...values].map(
    ([key, some]) => [key, choices(key, some, setting, options)] as const,
  );
  yield* combine(keys, 0, {});
}

type Choice = readonly [key: string, values: ReturnType<typeof choices>];

function* combine(keys: readonly Choice[], at: number, context: Context): Generator<Context> {
  const next = keys[at];
  if (next === undefined) {
    yield context;
    return;
  }
  const [key, values] = next;
  for (const value of values) {
    yield* combine(keys, at + 1, value === OWN ? context : { ...context, [key]: value });
  }
}

function unknownOpening(options: WhoCanOptions): Opening {
  const resource = options.resource ?? PLANNED;
  const nothing = { action: "*", resource, context: {}, statements: [] };
  return { stranger: "anonymous", verdict: "undecided", ...nothing };
}

/** One opening for each kind of stranger and statement. */
function distinct(openings: readonly Opening[]): Opening[] {
  const found = new Map<string, Opening>();
  for (const one of openings) {
    const by = one.statements.map(({ statement }) => statement.index).join();
    const name = [one.stranger, one.through, by].join("|");
    const known = found.get(name);
    if (known === undefined || (known.verdict === "undecided" && one.verdict === "allowed")) {
      found.set(name, one);
    }
  }
  return [...found.values()];
}
