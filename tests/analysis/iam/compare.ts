/**
 * Compares the evaluator with another one, by hand, on random policies and requests.
 *
 *     IAM_SIMULATE=/elsewhere \
 *       node -r ./tests/support/register.js tests/analysis/iam/compare.ts [seed] [cases]
 *
 * That package is under the AGPL: it is installed in a folder beside the project, which
 * IAM_SIMULATE names, and is no dependency of it. Method and
 * result: docs/judges.md.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

import {
  callerOf,
  compilePolicy,
  type Decision,
  evaluate,
  explain,
  type Policies,
  type Request,
} from "../../../analysis/iam";
import { type Case, Random, randomCase } from "./random";

/** The parts of the other evaluator that are used: its core, since its outer functions want valid requests. */
interface Simulator {
  readonly authorize: (request: unknown) => { readonly result: string };
  readonly load: (document: unknown, options: { readonly name: string }) => unknown;
  readonly Request: new (
    principal: unknown,
    resource: unknown,
    action: string,
    context: unknown,
    withoutResource: boolean,
  ) => object;
  readonly Context: new (values: unknown) => object;
  readonly Constraints: new (list: readonly unknown[]) => object;
}

function loadSimulator(folder: string): Simulator {
  const from = createRequire(join(folder, "package.json"));
  const inside = (file: string) =>
    from(join(folder, "node_modules/@cloud-copilot/iam-simulate/dist/cjs", file)) as Record<
      string,
      any
    >;
  return {
    authorize: inside("core_engine/CoreSimulatorEngine.js")["authorize"],
    load: (from("@cloud-copilot/iam-policy") as Record<string, any>)["loadPolicy"],
    Request: inside("request/request.js")["AwsRequestImpl"],
    Context: inside("requestContext.js")["RequestContextImpl"],
    Constraints: inside("context_keys/discoveryContextKeyConstraints.js")[
      "DiscoveryContextKeyConstraints"
    ],
  };
}

type Statement = Record<string, unknown>;
type Rewrite = (statement: Statement, one: Case, version: unknown) => Statement | undefined;

/** A difference that is understood. */
interface Difference {
  readonly why: string;
  /** Statements that mean the same. */
  readonly readings?: readonly Rewrite[];
  /** A case that means the same. */
  readonly whole?: (one: Case) => Case;
}

/**
 * Differences that are understood. Each rewrites a statement into one that means the same by AWS's own words
 * and that the other evaluator reads so too; where AWS leaves it open, into each of the readings. A difference
 * is explained when the rewritten case has none.
 */
const EXPLAINED: readonly Difference[] = [
  {
    why: "Action *:* is every action; the other one wants a service's name",
    readings: [(statement) => mapTexts(statement, ["Action", "NotAction"], "*:*", "*")],
  },
  {
    why: "a negated operator holds against a variable without a value (guide: Policy variables with no value)",
    readings: [(statement, one) => withoutValueless(statement, one)],
  },
  {
    why: "seconds since 1970; the other one counts milliseconds",
    readings: [(statement) => replaced(statement, "1704067200", "2024-01-01T00:00:00Z")],
  },
  {
    why: "0.0.0.0/0 is every IPv4 address; the other one matches none",
    readings: [(statement) => halves(statement)],
  },
  {
    why: "NotIpAddress holds for an address of the other family (guide: all addresses except the range)",
    readings: [(statement, one) => sameFamily(statement, one)],
  },
  {
    why: "variables of version 2012-10-17 alone; the other one fills them in under any version",
    readings: [(statement, _, version) => literal(statement, version)],
  },
  {
    why: "the guide's own example of a queue named by a variable; the other one splits at the variable's colon",
    readings: [(statement, one) => namedQueue(statement, one)],
  },
  {
    why: "undecided here: ForAnyValue with IfExists and without the key (guide: both say something)",
    readings: [
      (statement, one) => withoutAbsentAny(statement, one),
      (statement, one) => (withoutAbsentAny(statement, one) === statement ? statement : undefined),
    ],
  },
  {
    why: "undecided here: NotPrincipal that names a part of the caller alone (guide: might deny)",
    readings: [
      (statement) => ("NotPrincipal" in statement ? applying(statement) : statement),
      (statement) => ("NotPrincipal" in statement ? undefined : statement),
    ],
  },
  {
    why: "undecided here: NotResource with a variable without a value (guide: the statement may be invalid)",
    readings: [
      (statement, one) => withoutValuelessResources(statement, one),
      (statement, one) =>
        withoutValuelessResources(statement, one) === statement ? statement : undefined,
    ],
  },
  {
    why: "a role has a trust policy and it has to allow; the other one lets identity policies suffice without one",
    whole: (one) =>
      one.action.startsWith("sts:")
        ? { ...one, resourcePolicy: one.resourcePolicy ?? silent(true) }
        : one,
  },
  {
    why: "a session policy's implicit denial does not limit what a resource grants the session itself",
    whole: grantedSession,
  },
];

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function mapTexts(
  statement: Statement,
  names: readonly string[],
  from: string,
  to: string,
): Statement {
  const entries = Object.entries(statement).map(([name, value]) => [
    name,
    names.includes(name) ? list(value).map((item) => (item === from ? to : item)) : value,
  ]);
  return Object.fromEntries(entries) as Statement;
}

function replaced(statement: Statement, from: string, to: string): Statement {
  return JSON.parse(JSON.stringify(statement).replaceAll(`"${from}"`, `"${to}"`)) as Statement;
}

function applying({ NotPrincipal: _, ...rest }: Statement): Statement {
  return { ...rest, Principal: "*" };
}

const VARIABLE = /\$\{([\w:/-]+)\}/g;

function isValueless(text: unknown, { context }: Case): boolean {
  const keys = Object.keys(context).map((key) => key.toLowerCase());
  return [...String(text).matchAll(VARIABLE)].some(([, key]) => !keys.includes(key!.toLowerCase()));
}

/** Without the values of negated operators that nothing can equal; an operator without any holds. */
function withoutValueless(statement: Statement, one: Case): Statement {
  return mapConditions(statement, (operator, values) =>
    /Not/.test(operator) ? list(values).filter((value) => !isValueless(value, one)) : values,
  );
}

function withoutValuelessResources(statement: Statement, one: Case): Statement {
  const all = statement["NotResource"];
  if (all === undefined) {
    return statement;
  }
  const left = list(all).filter((text) => !isValueless(text, one));
  if (left.length === list(all).length) {
    return statement;
  }
  return { ...statement, NotResource: left.length === 0 ? ["arn:aws:none:::none"] : left };
}

function halves(statement: Statement): Statement {
  const whole = (value: unknown) => value === "0.0.0.0/0";
  return mapConditions(statement, (_, values) =>
    list(values).flatMap((value) => (whole(value) ? ["0.0.0.0/1", "128.0.0.0/1"] : [value])),
  );
}

function sameFamily(statement: Statement, { context }: Case): Statement {
  const source = context["aws:SourceIp"];
  if (source === undefined) {
    return statement;
  }
  const family = (address: unknown) => String(address).includes(":");
  return mapConditions(statement, (operator, values) =>
    operator.startsWith("NotIpAddress")
      ? list(values).filter((value) => family(value) === family(source))
      : values,
  );
}

/** Conditions with other values; a key that is left with none holds. */
function mapConditions(
  statement: Statement,
  map: (operator: string, values: unknown) => unknown,
): Statement {
  const condition = statement["Condition"] as Record<string, Record<string, unknown>> | undefined;
  if (condition === undefined) {
    return statement;
  }
  const blocks = Object.entries(condition).map(([operator, keys]) => {
    const mapped = Object.entries(keys).map(
      ([key, values]) => [key, map(operator, values)] as const,
    );
    return [operator, Object.fromEntries(mapped.filter(([, left]) => list(left).length > 0))];
  });
  return { ...statement, Condition: Object.fromEntries(blocks) };
}

/** Before version 2012-10-17 a variable is the text that stands there: nothing has such a name. */
function literal(statement: Statement, version: unknown): Statement {
  if (version === "2012-10-17") {
    return statement;
  }
  return JSON.parse(
    JSON.stringify(statement, (_, value: unknown) =>
      typeof value === "string" && value.includes("${")
        ? value.startsWith("arn:")
          ? "arn:aws:none:::none"
          : "literally-none"
        : value,
    ),
  ) as Statement;
}

function namedQueue(statement: Statement, { context }: Case): Statement {
  const name = context["aws:username"];
  return typeof name === "string"
    ? replaced(statement, "arn:aws:sqs:*:*:${aws:username}-queue", `arn:aws:sqs:*:*:${name}-queue`)
    : statement;
}

function withoutAbsentAny(statement: Statement, { context }: Case): Statement {
  const condition = statement["Condition"] as Record<string, Record<string, unknown>> | undefined;
  const kept = Object.entries(condition ?? {}).filter(
    ([operator, keys]) =>
      !/^ForAnyValue:.*IfExists$/.test(operator) ||
      Object.keys(keys).every((key) => context[key] !== undefined),
  );
  return kept.length === Object.keys(condition ?? {}).length
    ? statement
    : { ...statement, Condition: Object.fromEntries(kept) };
}

/** Where a resource of the same account grants a session by itself, its session policy only denies. */
function grantedSession(one: Case): Case {
  const [request, policies] = ours({
    ...one,
    identity: [],
    boundary: silent(false),
    session: silent(false),
    scps: [],
    rcps: [],
  });
  const granted = one.session !== undefined && evaluate(request, policies).verdict === "allowed";
  if (!granted || !one.caller.includes(`::${one.resourceAccount}:`)) {
    return one;
  }
  const { Statement: statements, ...rest } = one.session as { Statement: Statement[] };
  const all = { Effect: "Allow", Action: "*", Resource: "*" };
  return { ...one, session: { ...rest, Statement: [...statements, all] } };
}

/** A case with every statement rewritten. */
function rewritten(one: Case, rewrite: Rewrite): Case {
  const policy = (ofResource: boolean) => (document: unknown) => {
    const { Statement: statements, ...rest } = document as { Statement: Statement[] };
    const version = (rest as Statement)["Version"];
    const left = statements.flatMap((statement) => rewrite(statement, one, version) ?? []);
    return left.length === 0 ? silent(ofResource) : { ...rest, Statement: left };
  };
  const own = policy(false);
  const optional = (document: unknown) => (document === undefined ? undefined : own(document));
  return {
    ...one,
    identity: one.identity.map(own),
    boundary: optional(one.boundary),
    session: optional(one.session),
    scps: one.scps.map(own),
    rcps: one.rcps.map(policy(true)),
    resourcePolicy: one.resourcePolicy && policy(true)(one.resourcePolicy),
  };
}

/** A policy that speaks of nothing that a case asks. */
function silent(ofResource: boolean): unknown {
  const statement = { Effect: "Deny", NotAction: "*", Resource: "*" };
  const principal = ofResource ? { Principal: "*" } : {};
  return { Version: "2012-10-17", Statement: [{ ...statement, ...principal }] };
}

/** Every reading of a case that some of the differences leave. */
function readings(one: Case, differences: typeof EXPLAINED): readonly Case[] {
  let cases: readonly Case[] = [one];
  for (const { readings: all, whole } of differences) {
    cases = whole
      ? cases.map(whole)
      : cases.flatMap((each) => all!.map((rewrite) => rewritten(each, rewrite)));
  }
  return cases;
}

/** The fewest differences that explain a case; nothing where all of them do not. */
function explanation(simulator: Simulator, one: Case): readonly string[] | undefined {
  const sets = EXPLAINED.reduce<(typeof EXPLAINED)[]>(
    (all, difference) => [...all, ...all.map((set) => [...set, difference])],
    [[]],
  )
    .filter((set) => set.length <= 3)
    .sort((a, b) => a.length - b.length);
  return sets
    .find((set) =>
      readings(one, set).every((each) => agrees(evaluate(...ours(each)), theirs(simulator, each))),
    )
    ?.map(({ why }) => why);
}

/** Whether both say the same, and for a denial whether both find it explicit. */
function agrees(decision: Decision, other: string): boolean {
  return decision.verdict === "allowed"
    ? other === "Allowed"
    : decision.verdict === "denied" &&
        other === (decision.layer === "explicit deny" ? "ExplicitlyDenied" : "ImplicitlyDenied");
}

function ours(one: Case): [Request, Policies] {
  const identity = one.identity.map((document, i) =>
    compilePolicy(document, "identity", `identity ${i}`),
  );
  const kind = one.action.startsWith("kms:") ? "key" : "resource";
  return [
    {
      caller: callerOf(one.caller)!,
      action: one.action,
      resource: one.resource,
      resourceAccount: one.resourceAccount,
      context: one.context,
    },
    {
      identity,
      boundary: one.boundary === undefined ? undefined : compilePolicy(one.boundary, "boundary"),
      scps: one.scps.map((document) => [compilePolicy(document, "scp")]),
      rcps: one.rcps.map((document) => compilePolicy(document, "rcp")),
      session: one.session === undefined ? undefined : [compilePolicy(one.session, "session")],
      resource:
        one.resourcePolicy === undefined ? undefined : compilePolicy(one.resourcePolicy, kind),
    },
  ];
}

function theirs(simulator: Simulator, one: Case): string {
  const load = (document: unknown) => simulator.load(document, { name: "policy" });
  const level = (documents: readonly unknown[]) => ({
    orgIdentifier: "o-1",
    policies: documents.map(load),
  });
  const optional = (document: unknown) => (document === undefined ? undefined : load(document));
  const request = new simulator.Request(
    one.caller === "*" ? { type: "Anonymous" } : one.caller,
    { resource: one.resource, accountId: one.resourceAccount },
    one.action,
    new simulator.Context(one.context),
    one.resource === "*",
  );
  return simulator.authorize({
    request,
    sessionPolicy: optional(one.session),
    identityPolicies: one.identity.map(load),
    serviceControlPolicies: one.scps.map((document) => level([document])),
    resourceControlPolicies: one.rcps.map((document) => level([document, FULL_ACCESS])),
    resourcePolicy: optional(one.resourcePolicy),
    permissionBoundaries: one.boundary === undefined ? undefined : [load(one.boundary)],
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: "Strict",
      discoveryContextKeyConstraints: new simulator.Constraints([]),
    },
    serviceSettings: {},
  }).result;
}

const FULL_ACCESS = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
};

function main(path: string): void {
  const simulator = loadSimulator(path);
  const [seed, cases] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 10_000)];
  const random = new Random(seed);
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let shown = 0;
  for (let i = 0; i < cases; i++) {
    const one = randomCase(random);
    const [request, policies] = ours(one);
    const decision = evaluate(request, policies);
    const other = theirs(simulator, one);
    if (agrees(decision, other)) {
      add(`same: ${other}`);
      continue;
    }
    const reasons = explanation(simulator, one);
    add(reasons === undefined ? "UNEXPLAINED" : `explained: ${reasons.join(" + ")}`);
    if (reasons === undefined && shown < Number(process.env["SHOW"] ?? 3)) {
      shown += 1;
      const { summary, explanations } = explain(request, policies);
      const lines = explanations.filter(({ applies }) => applies !== "no");
      console.log(JSON.stringify({ i, one, other, summary, lines }, undefined, 1));
    }
  }
  console.log(`seed ${seed}, ${cases} cases`);
  for (const [name, count] of [...counts].sort()) {
    console.log(`${String(count).padStart(6)}  ${name}`);
  }
  process.exitCode = counts.has("UNEXPLAINED") ? 1 : 0;
}

const path = process.env["IAM_SIMULATE"];
if (path === undefined) {
  console.log("skipped: IAM_SIMULATE names no evaluator to compare with");
} else {
  main(path);
}
