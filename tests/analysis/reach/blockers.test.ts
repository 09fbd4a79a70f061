/**
 * A denied request names everything that has to change: an evaluator of this test's own, which follows AWS's flowchart for one
 * account (IAM User Guide, "How AWS enforcement code logic evaluates requests"; KMS Developer Guide, "Key policies"), allows the
 * request after all the named changes, and not with one of them left out.
 */
import assert from "node:assert/strict";

import fc from "fast-check";

import { compilePolicy, type Policies, type PolicyKind } from "../../../analysis/iam";
import { answerTo, type Blocker } from "../../../analysis/reach/blockers";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

/** A statement that this test's evaluator understands: exact names, or everything. */
interface Row {
  readonly effect: "Allow" | "Deny";
  readonly action: string;
  readonly resource: string;
  /** Of policies of resources alone. */
  readonly who: string;
}

/** All policies of a request; undefined where there is none. */
interface World {
  readonly identity: readonly (readonly Row[])[];
  readonly boundary?: readonly Row[];
  readonly endpoint?: readonly Row[];
  readonly resource?: readonly Row[];
}

interface Case {
  readonly world: World;
  readonly action: string;
  readonly resource: string;
}

const fits = (pattern: string, text: string) => pattern === "*" || pattern === text;
const about =
  ({ action, resource }: Case) =>
  (row: Row) =>
    fits(row.action, action) && fits(row.resource, resource);

/** AWS's flowchart. */
function isAllowed(given: Case): boolean {
  const { identity, boundary, endpoint, resource } = given.world;
  const speaks = about(given);
  const reaches = (row: Row) => speaks(row) && ["*", ROLE, ROOT].includes(row.who);
  const own = [...identity.flat(), ...(boundary ?? [])].filter(speaks);
  const others = [...(endpoint ?? []), ...(resource ?? [])].filter(reaches);
  if ([...own, ...others].some(({ effect }) => effect === "Deny")) return false;
  const allowing = (rows: readonly Row[] | undefined, test: (row: Row) => boolean) =>
    (rows ?? []).some((row) => row.effect === "Allow" && test(row));
  if (endpoint !== undefined && !allowing(endpoint, (row) => speaks(row) && row.who === "*")) {
    return false;
  }
  const bounded = boundary === undefined || allowing(boundary, speaks);
  const byIdentity = allowing(identity.flat(), speaks) && bounded;
  // "*" grants to the session itself; a role's ARN grants behind the boundary; root delegates to the account's policies.
  const direct = allowing(resource, (row) => speaks(row) && row.who === "*");
  const named = allowing(resource, (row) => speaks(row) && row.who === ROLE) && bounded;
  const isKey = given.action.startsWith("kms:");
  const delegates = allowing(resource, (row) => speaks(row) && row.who === ROOT);
  return direct || named || (byIdentity && (!isKey || delegates));
}

const policyOf = (rows: readonly Row[], kind: PolicyKind, name: string) => {
  const withPrincipal = kind !== "identity" && kind !== "boundary";
  const statements = rows.map(({ effect, action, resource, who }) => ({
    ...{ Effect: effect, Action: action, Resource: resource },
    ...(withPrincipal && { Principal: who === "*" ? "*" : { AWS: who } }),
  }));
  return compilePolicy({ Version: "2012-10-17", Statement: statements }, kind, name);
};

function policiesOf({ world, action }: Case): Policies {
  const { identity, boundary, endpoint, resource } = world;
  const kind = action.startsWith("kms:") ? "key" : "resource";
  return {
    identity: identity.map((rows, at) => policyOf(rows, "identity", `identity ${at}`)),
    ...(boundary && { boundary: policyOf(boundary, "boundary", "boundary") }),
    ...(endpoint && { endpoint: policyOf(endpoint, "endpoint", "endpoint") }),
    ...(resource && { resource: policyOf(resource, kind, "resource") }),
  };
}

/** The case after some changes, made in the documents. */
function changed(given: Case, blockers: readonly Blocker[]): Case {
  const { world, action, resource } = given;
  const denied = (name: string) =>
    blockers.flatMap(({ policy, statement }) =>
      statement !== undefined && policy?.name === name ? [statement.index] : [],
    );
  const lacks = (layer: string) =>
    blockers.some((one) => one.layer === layer && one.statement === undefined);
  const isKey = action.startsWith("kms:");
  const edited = (rows: readonly Row[] | undefined, name: string, layer: string, who: string) => {
    const cut = denied(name);
    const kept = rows?.filter((_, at) => !cut.includes(at));
    const grant: Row = { effect: "Allow", action, resource, who };
    return lacks(layer) ? [...(kept ?? []), grant] : kept;
  };
  const identity = world.identity.map((rows, at) => edited(rows, `identity ${at}`, "", "")!);
  const boundary = edited(world.boundary, "boundary", "boundary", "");
  const endpoint = edited(world.endpoint, "endpoint", "endpoint", "*");
  const policy = edited(world.resource, "resource", "resource", isKey ? ROOT : ROLE);
  return {
    ...given,
    world: {
      identity: lacks("identity")
        ? [...identity, [{ effect: "Allow", action, resource, who: "" }]]
        : identity,
      ...(boundary && { boundary }),
      ...(endpoint && { endpoint }),
      ...(policy && { resource: policy }),
    },
  };
}

const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/one`;
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:one`;

const cases = fc
  .boolean()
  .chain((isKey) => {
    const asked = isKey
      ? { action: "kms:Decrypt", resource: KEY, other: "kms:Encrypt" }
      : { action: "sqs:SendMessage", resource: QUEUE, other: "sqs:ReceiveMessage" };
    const row = (...who: readonly string[]) =>
      fc.record<Row>({
        effect: fc.constantFrom("Allow", "Allow", "Deny"),
        action: fc.constantFrom(asked.action, asked.other, "*"),
        resource: fc.constantFrom(asked.resource, `${asked.resource}2`, "*"),
        who: fc.constantFrom(...who),
      });
    const rows = (...who: readonly string[]) =>
      fc.array(row(...who), { minLength: 1, maxLength: 3 });
    const maybe = (...who: readonly string[]) => fc.option(rows(...who), { nil: undefined });
    return fc.record({
      world: fc.record({
        identity: fc.array(rows(""), { maxLength: 2 }),
        boundary: maybe(""),
        endpoint: maybe("*"),
        resource: maybe("*", ROLE, ROOT, `${ROLE}2`),
      }),
      action: fc.constant(asked.action),
      resource: fc.constant(asked.resource),
    });
  })
  .map((one): Case => one as Case);

describe("reach: what has to change", () => {
  it("in random cases the verdict is AWS's, all named changes allow, and none can be left out", () => {
    let denied = 0;
    let several = 0;
    fc.assert(
      fc.property(cases, (one) => {
        const { action, resource } = one;
        const request = { caller: { kind: "role" as const, arn: ROLE }, action, resource };
        const { decision, blockers } = answerTo(request, policiesOf(one));
        assert.equal(decision.verdict === "allowed", isAllowed(one));
        if (decision.verdict === "allowed") return assert.deepEqual(blockers, []);
        denied += 1;
        several += blockers.length > 1 ? 1 : 0;
        assert.ok(blockers.length > 0);
        assert.ok(isAllowed(changed(one, blockers)), "all changes together allow");
        for (const left of blockers) {
          const others = blockers.filter((blocker) => blocker !== left);
          assert.ok(!isAllowed(changed(one, others)), "each change is needed");
        }
        return undefined;
      }),
      { numRuns: 2_000, seed: 23 },
    );
    assert.ok(denied > 600 && several > 200, `${denied} denied, ${several} by several settings`);
  });
});
