/** The requests by which a caller can try an action: what it chooses itself is tried with the values that policies name. */
import { iamAction } from "../../facts/iam-actions";
import type { StoreAction } from "../../facts/store-actions";
import {
  type Context,
  type ContextValue,
  type Policies,
  principalReach,
  type Request,
  UNKNOWN,
} from "../iam";
import type { Caller, Policy, Statement } from "../iam";
import type { Pattern } from "../iam/pattern";
import { HOLE, withHoles } from "../iam/unknown";
import { contextOf } from "../rights/context";
import type { PlanIndex } from "../rights/plan-index";
import { askedKeys, completed } from "../rights/walk";
import type { Store, StoreKey } from "./stores";

/** A request, with the pattern of objects for which it stands. */
export interface Attempt {
  readonly request: Request;
  /** `uploads/*`; absent where it stands for every object, or the action works on none. */
  readonly objects?: string;
}

interface Given {
  readonly caller: Caller;
  readonly context: Context;
  readonly policies: Policies;
}

/** Whether any policy may allow a caller an action on a store, or on something in it; else no request has to be tried. */
export function mayAllow(
  caller: Caller,
  action: string,
  store: Store,
  { identity = [], resource }: Policies,
): boolean {
  return [...identity, ...(resource ? [resource] : [])].some((policy) => {
    if (policy.state !== "read") return true;
    const allowing = allowingOf(policy, store);
    return (
      allowing.length > 0 &&
      policy
        .about(action)
        .some(({ statement }) => allowing.includes(statement) && isAbout(statement, caller))
    );
  });
}

/** Whether any policy may allow anything on a store, or in it. */
export function mayActOn(store: Store, { identity = [], resource }: Policies): boolean {
  const policies = [...identity, ...(resource ? [resource] : [])];
  return policies.some((one) => one.state !== "read" || allowingOf(one, store).length > 0);
}

function isAbout(statement: Statement, caller: Caller): boolean {
  return Object.values(principalReach(statement, caller, false)).some((one) => one !== "no");
}

const allowed = new WeakMap<Policy, WeakMap<Store, readonly Statement[]>>();

/** The statements of a policy that may allow something on a store. */
function allowingOf(policy: Policy, store: Store): readonly Statement[] {
  const known = allowed.get(policy) ?? new WeakMap<Store, readonly Statement[]>();
  allowed.set(policy, known);
  let found = known.get(store);
  if (found === undefined) {
    const arn = startOf(store.arn);
    const names = ({ source }: Pattern) => {
      const start = startOf(source);
      return start.startsWith(arn) || arn.startsWith(start);
    };
    found = policy.statements.filter(
      ({ effect, resources }) =>
        effect !== "Deny" && (resources === undefined || resources.some(names)),
    );
    known.set(store, found);
  }
  return found;
}

const OPEN = new RegExp(`[*?$${HOLE}]`);

const starts = new Map<string, string>();

/** A text up to its first wildcard, variable or unknown part. */
function startOf(text: string): string {
  let start = starts.get(text);
  if (start === undefined) starts.set(text, (start = withHoles(text).split(OPEN, 1)[0] ?? ""));
  return start;
}

/** How many requests of one action are tried. */
const MOST = 64;

const contexts = new WeakMap<Store, Map<string, Context>>();

/**
 * What a call says of itself; worked out once for all callers.
 *
 * @param throughEndpoint whether it passes a VPC endpoint; undefined where that is not known
 */
export function callContext(
  index: PlanIndex,
  store: Store,
  action: string,
  throughEndpoint: boolean | undefined,
): Context {
  const known = contexts.get(store) ?? new Map<string, Context>();
  contexts.set(store, known);
  const key = `${action} ${throughEndpoint}`;
  const context = known.get(key) ?? contextOfCall(index, store, action, throughEndpoint);
  known.set(key, context);
  return context;
}

function contextOfCall(
  index: PlanIndex,
  store: Store,
  action: string,
  throughEndpoint: boolean | undefined,
): Context {
  const isKey = action.startsWith("kms:");
  const target =
    isKey && store.key !== undefined
      ? { arn: store.key.arn, resource: store.key.resource }
      : { arn: store.arn, resource: store.resource };
  const there: ContextValue = [UNKNOWN];
  return {
    ...contextOf(index, store.resource, { action, step: "update" }, target, "settled"),
    // The store's service uses the key for the caller: IAM User Guide, "Forward access sessions".
    "aws:ViaAWSService": isKey,
    // In a topic's default policy it stands for the caller's account.
    "aws:SourceOwner": index.home.account,
    ...(isKey && { "aws:SourceIp": undefined }),
    ...(throughEndpoint === true && {
      ...{ "aws:SourceVpce": there, "aws:SourceVpc": there, "aws:VpcSourceIp": there },
      "aws:SourceIp": undefined,
    }),
    ...(throughEndpoint === false && {
      ...{ "aws:SourceVpce": undefined, "aws:SourceVpc": undefined },
      "aws:VpcSourceIp": undefined,
    }),
  };
}

/** The requests of one action on a store, or on its key. */
export function requestsOf(
  index: PlanIndex,
  store: Store,
  { action, object }: StoreAction,
  { caller, context, policies }: Given,
  key?: StoreKey,
): Attempt[] {
  const all = [
    ...(policies.identity ?? []),
    ...[policies.boundary, policies.resource, policies.endpoint].filter((one) => one !== undefined),
  ];
  const asked = new Set(all.flatMap(askedKeys));
  const resources =
    key !== undefined
      ? [{ arn: key.arn, pattern: undefined }]
      : object
        ? objectsOf(store.arn, all)
        : [{ arn: store.arn, pattern: undefined }];
  const contexts = chosen(action, completed({ action, context }, asked), asked, all);
  return resources
    .flatMap(({ arn, pattern }) =>
      contexts.map((one) => ({
        request: {
          ...{ caller, action, resource: arn, context: one },
          ...{ resourceAccount: index.home.account, openContext: caller.kind === "role" },
        },
        ...(pattern !== undefined && { objects: pattern }),
      })),
    )
    .slice(0, MOST);
}

/** Any object, and one for each pattern under the bucket that a policy names. */
function objectsOf(bucket: string, policies: readonly Policy[]) {
  const named = policies
    .flatMap(({ statements }) => statements)
    .filter(({ effect }) => effect !== "Deny")
    .flatMap(({ resources = [] }) => resources.map(({ source }) => source))
    .filter((source) => source.startsWith(`${bucket}/`))
    .map((source) => source.slice(bucket.length + 1))
    .filter((pattern) => pattern !== "*" && pattern !== "");
  return [
    { arn: `${bucket}/any-object`, pattern: undefined },
    ...[...new Set(named)].map((pattern) => ({
      arn: `${bucket}/${pattern
        .replace(/\$\{[^}]*\}/g, "any")
        .replaceAll("*", "any")
        .replaceAll("?", "x")}`,
      pattern,
    })),
  ];
}

/** Keys of a service that a request does not choose. */
const NOT_CHOSEN =
  /^(aws:|kms:)|tag\/|resourceaccount|signature|authtype|tlsversion|accesspoint|dataaccess|existing/;

/** Contexts with each value of the keys that the caller chooses, and without them. */
function chosen(
  action: string,
  context: Context,
  asked: ReadonlySet<string>,
  policies: readonly Policy[],
): Context[] {
  const own = new Set((iamAction(action)?.conditionKeys ?? []).map((key) => key.toLowerCase()));
  // What a service says of what it encrypts is its own.
  const said = Object.fromEntries(
    [...asked]
      .filter((key) => key.startsWith("kms:encryptioncontext"))
      .map((key) => [key, UNKNOWN]),
  );
  const keys = [...asked].filter((key) => own.has(key) && !NOT_CHOSEN.test(key));
  let contexts: Context[] = [{ ...context, ...said }];
  if (keys.length === 0) return contexts;
  const conditions = policies.flatMap(({ statements }) =>
    statements.flatMap((one) => one.conditions),
  );
  for (const key of keys) {
    const values = conditions
      .filter((one) => one.key === key)
      .flatMap((one) => one.values)
      .map((value) => value.replaceAll("*", "any").replaceAll("?", "x"));
    const name = Object.keys(context).find((one) => one.toLowerCase() === key) ?? key;
    contexts = contexts
      .flatMap((one) => [undefined, ...new Set(values)].map((value) => ({ ...one, [name]: value })))
      .slice(0, MOST);
  }
  return contexts;
}
