/**
 * Everything that has to change before a request is allowed, and not only what denies it first.
 *
 * What may be in the way is known from AWS's page: each explicit denial, and each layer that has to allow. All of it is changed,
 * then one after the other is put back while the request stays possible. What is left has to change, each part of it.
 * Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access", "Cross-account policy
 * evaluation logic"; KMS Developer Guide, "Key policies".
 */
import { accountOf, accountOfArn, compilePolicy, evaluate, type Policy } from "../iam";
import type { Caller, Decision, Layer, Policies, Request, Statement } from "../iam";

/** One thing that has to change. */
export interface Blocker {
  readonly layer: Layer;
  /** The policy that denies, or that does not allow; none where the caller or the resource has none. */
  readonly policy?: Policy;
  /** The statement that denies; none where the policy lacks one that allows. */
  readonly statement?: Statement;
}

/** A change that removes a blocker. */
interface Change extends Blocker {
  readonly made: (policies: Policies) => Policies;
}

/** What a decision is, and for a denial everything that has to change. */
export interface Answer {
  readonly decision: Decision;
  readonly blockers: readonly Blocker[];
}

/** Decides on a request, and says of a denial what has to change; alternatives count as one, the caller's own policy first. */
export function answerTo(request: Request, policies: Policies): Answer {
  const decision = evaluate(request, policies);
  if (decision.verdict !== "denied") return { decision, blockers: [] };
  const possible = (changes: readonly Change[]) =>
    evaluate(
      request,
      changes.reduce((all, { made }) => made(all), policies),
    ).verdict !== "denied";
  let needed = changesOf(request, policies);
  for (const change of needed) {
    const others = needed.filter((one) => one !== change);
    if (possible(others)) needed = others;
  }
  return {
    decision,
    blockers: needed.map(({ layer, policy, statement }) => ({
      ...{ layer, ...(policy && { policy }), ...(statement && { statement }) },
    })),
  };
}

/** All that may be in the way; what there is another path around comes first, so that it is put back first. */
function changesOf(request: Request, policies: Policies): Change[] {
  const { resource, endpoint, boundary } = policies;
  const allow = allowFor(request);
  const own = accountOf(request.caller) !== undefined;
  return [
    gate("resource", resource, (given) => ({
      ...given,
      resource: extended(given.resource, allow.resource),
    })),
    ...(own
      ? [
          gate("identity", policies.identity?.[0], (given) => ({
            ...given,
            identity: [...(given.identity ?? []), allow.identity],
          })),
        ]
      : []),
    ...(boundary === undefined
      ? []
      : [
          gate("boundary", boundary, (given) => ({
            ...given,
            boundary: extended(given.boundary, allow.boundary),
          })),
        ]),
    ...(endpoint === undefined
      ? []
      : [
          gate("endpoint", endpoint, (given) => ({
            ...given,
            endpoint: extended(given.endpoint, allow.endpoint),
          })),
        ]),
    ...all(policies).flatMap((policy) =>
      policy.statements
        .filter(({ effect }) => effect === "Deny")
        .map((statement) => ({
          ...{ layer: "explicit deny" as const, policy, statement },
          made: (given: Policies) => without(given, policy, statement),
        })),
    ),
  ];
}

const gate = (layer: Layer, policy: Policy | undefined, made: Change["made"]): Change => ({
  ...{ layer, ...(policy && { policy }) },
  made,
});

function all({ identity = [], boundary, resource, endpoint }: Policies): Policy[] {
  return [...identity, boundary, resource, endpoint].filter((one) => one !== undefined);
}

/** Statements that allow what is asked, in each kind of policy. */
function allowFor({ caller, resource, action }: Request) {
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  const document = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] });
  const sameAccount = accountOf(caller) === (accountOfArn(resource) ?? accountOf(caller));
  // A key's usual policy delegates to its account: the caller's own policy still has to allow.
  const delegates = /^kms:/i.test(action) && sameAccount && accountOf(caller) !== undefined;
  const principal = delegates
    ? { AWS: `arn:aws:iam::${accountOf(caller)}:root` }
    : principalOf(caller);
  return {
    identity: compilePolicy(document(everything), "identity"),
    boundary: compilePolicy(document(everything), "boundary"),
    endpoint: compilePolicy(document({ ...everything, Principal: "*" }), "endpoint"),
    resource: compilePolicy(
      document({ ...everything, Principal: principal }),
      /^kms:/i.test(action) ? "key" : "resource",
    ),
  };
}

function principalOf(caller: Caller): unknown {
  return caller.kind === "role" || caller.kind === "user"
    ? { AWS: caller.arn }
    : caller.kind === "service"
      ? { Service: caller.name }
      : "*";
}

/** A policy with the statements of another; what AWS would refuse is replaced. */
function extended(policy: Policy | undefined, by: Policy): Policy {
  if (policy === undefined || policy.state === "malformed") return by;
  return joined(policy, [...policy.statements, ...by.statements], [policy, by]);
}

function without(given: Policies, policy: Policy, statement: Statement): Policies {
  const cut = (one: Policy) =>
    (origins.get(one) ?? one) === policy
      ? joined(
          one,
          one.statements.filter(({ index }) => index !== statement.index),
          [one],
        )
      : one;
  const { identity, boundary, resource, endpoint } = given;
  return {
    ...given,
    ...(identity && { identity: identity.map(cut) }),
    ...(boundary && { boundary: cut(boundary) }),
    ...(resource && { resource: cut(resource) }),
    ...(endpoint && { endpoint: cut(endpoint) }),
  };
}

/** The policy of the plan that a changed one is made of. */
const origins = new WeakMap<Policy, Policy>();

/** A policy of some statements of others; each gets a place of its own, by which the evaluator remembers it. */
function joined(policy: Policy, statements: readonly Statement[], from: readonly Policy[]): Policy {
  const places = new Map(
    statements.map((one, at) => [
      one,
      { ...one, index: at < policy.statements.length ? one.index : 1000 + at },
    ]),
  );
  const made: Policy = {
    ...policy,
    statements: [...places.values()],
    about: (action) =>
      from
        .flatMap((one) => one.about(action))
        .flatMap((match) => {
          const statement = places.get(match.statement);
          return statement === undefined ? [] : [{ ...match, statement }];
        }),
    seen: () => [],
  };
  origins.set(made, origins.get(policy) ?? policy);
  return made;
}
