/**
 * Principal and NotPrincipal.
 *
 * How a policy names a caller decides what limits the grant, so a match has a class.
 * Sources: IAM User Guide, "AWS JSON policy elements: Principal", "... NotPrincipal", "Policy evaluation
 * logic" (resource-based policies and implicit denies).
 */
import { accountOf, type Caller, federatingUser, sessionArn } from "./caller";
import { type NamedPrincipal } from "./document";
import { compilePattern, fits, resolve } from "./pattern";
import { and, not, or, type Truth } from "./truth";
import { HOLE } from "./unknown";

/** How a policy reaches a caller. */
export interface Reach {
  /** By the caller's own name, or as everybody: identity policies, boundary and session do not limit the grant. */
  readonly direct: Truth;
  /** By the role or the user behind a session: boundary and session policy limit the grant. */
  readonly behind: Truth;
  /** By the account: its identity policies have to allow as well. */
  readonly account: Truth;
}

const NO_REACH: Reach = { direct: "no", behind: "no", account: "no" };
const DIRECT: Reach = { direct: "yes", behind: "no", account: "no" };
const PERHAPS: Reach = { direct: "maybe", behind: "no", account: "no" };

/** Principals of a statement, ready to be compared. */
export interface Principals {
  readonly named: readonly NamedPrincipal[];
  /** What AWS does not document about them. */
  readonly doubtful?: string;
}

/** Reads the principals of a statement. */
export function compilePrincipals(named: readonly NamedPrincipal[]): Principals {
  const odd = named.find(({ kind, value }) => kind === "AWS" && /[*?]/.test(value));
  return {
    named,
    doubtful:
      odd === undefined
        ? undefined
        : `a principal takes no wildcard inside its name: "${odd.value}"`,
  };
}

/** How the named principals reach a caller. */
export function reach({ named }: Principals, caller: Caller): Reach {
  let result = NO_REACH;
  for (const one of named) {
    const found = reachOf(one, caller);
    if (found !== NO_REACH) {
      result = {
        direct: or(result.direct, found.direct),
        behind: or(result.behind, found.behind),
        account: or(result.account, found.account),
      };
    }
  }
  return result;
}

function reachOf({ kind, value }: NamedPrincipal, caller: Caller): Reach {
  switch (kind) {
    case "unknown":
      return PERHAPS;
    case "everyone":
      // AWS does not document whether `*` includes a caller of STS with a token and without credentials.
      return caller.kind === "federated" ? PERHAPS : DIRECT;
    case "Service":
      return caller.kind === "service" ? named(value, caller.name) : NO_REACH;
    case "Federated":
      return caller.kind === "federated" ? named(value, caller.provider) : NO_REACH;
    case "CanonicalUser":
      return canonical(value, caller);
    case "AWS":
      return aws(value, caller);
  }
}

function named(value: string, name: string): Reach {
  if (value === name || value === "*") {
    return DIRECT;
  }
  return value.includes(HOLE) && mayBe(value, name) ? PERHAPS : NO_REACH;
}

function canonical(value: string, caller: Caller): Reach {
  if (/^(service|federated|anonymous)$/.test(caller.kind)) {
    return NO_REACH;
  }
  if (caller.canonicalId === undefined || value.includes(HOLE)) {
    return { direct: "no", behind: "no", account: "maybe" };
  }
  return { ...NO_REACH, account: value === caller.canonicalId ? "yes" : "no" };
}

function mayBe(pattern: string, name: string): boolean {
  const compiled = compilePattern(pattern, { wildcards: true, variables: false });
  return (
    fits(
      resolve(compiled, () => undefined)!,
      name,
    ) !== "no"
  );
}

/** An account's id or ARN; nothing for another principal. */
function accountNamed(value: string): string | undefined {
  return /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1];
}

function aws(value: string, caller: Caller): Reach {
  const account = accountNamed(value);
  if (account !== undefined) {
    if (account !== accountOf(caller)) {
      return accountOf(caller)?.includes(HOLE) ? { ...NO_REACH, account: "maybe" } : NO_REACH;
    }
    return caller.kind === "root" ? DIRECT : { ...NO_REACH, account: "yes" };
  }
  const signed = /^(user|role|federated-user|root)$/.test(caller.kind);
  if (!signed) {
    return NO_REACH;
  }
  if (/[*?]/.test(value) || value.includes(HOLE)) {
    return namesOf(caller).some((name) => mayBe(value, name)) ? PERHAPS : NO_REACH;
  }
  return exact(value, caller);
}

/** Every name by which a policy may mean the caller. */
function namesOf(caller: Caller): readonly string[] {
  const account = accountOf(caller);
  const root = `arn:aws:iam::${account}:root`;
  switch (caller.kind) {
    case "user":
      return [caller.arn, root, account!];
    case "role":
      return [caller.arn, sessionArn(caller.arn, caller.session ?? HOLE), root, account!];
    case "federated-user":
      return [caller.arn, federatingUser(caller.arn), root, account!];
    case "root":
      return [root, account!];
    case "service":
    case "federated":
    case "anonymous":
      return [];
  }
}

function exact(value: string, caller: Caller): Reach {
  switch (caller.kind) {
    case "user":
      return { ...NO_REACH, direct: sameName(value, caller.arn, caller.id) };
    case "role":
      return {
        direct: sameSession(value, caller),
        behind: sameRole(value, caller.arn) ? "yes" : byId(value, /^AROA/, caller.id),
        account: "no",
      };
    case "federated-user":
      return {
        direct: sameName(value, caller.arn, undefined),
        behind: value === federatingUser(caller.arn) ? "yes" : "no",
        account: "no",
      };
    case "root":
    case "service":
    case "federated":
    case "anonymous":
      return NO_REACH;
  }
}

function sameName(value: string, arn: string, id: string | undefined): Truth {
  return value === arn
    ? "yes"
    : arn.includes(HOLE) && mayBe(arn, value)
      ? "maybe"
      : byId(value, /^AIDA/, id);
}

/** A document that AWS saved names users and roles by their unique ids. */
function byId(value: string, form: RegExp, id: string | undefined): Truth {
  if (!form.test(value)) {
    return "no";
  }
  return id === undefined ? "maybe" : value === id ? "yes" : "no";
}

function sameSession(value: string, caller: Caller & { kind: "role" }): Truth {
  if (!value.includes(":assumed-role/")) {
    return "no";
  }
  if (caller.session !== undefined) {
    return value === sessionArn(caller.arn, caller.session) ? "yes" : "no";
  }
  return value.startsWith(sessionArn(caller.arn, "")) ? "maybe" : "no";
}

/** A session's ARN has no path: a role read from one is found by its name, which its account has once. */
function sameRole(value: string, arn: string): boolean {
  if (value === arn) {
    return true;
  }
  const [, start, name] = /^(arn:[\w-]+:iam::\d*:role\/)([^/]+)$/.exec(arn) ?? [];
  return name !== undefined && value.startsWith(start!) && value.endsWith(`/${name}`);
}

/**
 * Whether a statement with NotPrincipal speaks of a caller. To be left out, a caller's account, and for a
 * session its role and the session itself, should all be named; AWS says that it might deny otherwise.
 */
export function beyond(principals: Principals, caller: Caller): Truth {
  const found = reach(principals, caller);
  if (accountOf(caller) === undefined || caller.kind === "root") {
    return not(found.direct);
  }
  if (principals.named.some(({ kind }) => kind === "everyone")) {
    return "no";
  }
  const named = or(found.direct, or(found.behind, found.account));
  const whole =
    caller.kind === "user"
      ? and(found.direct, found.account)
      : and(found.direct, and(found.behind, found.account));
  return named === "no" ? "yes" : whole === "yes" ? "no" : "maybe";
}
