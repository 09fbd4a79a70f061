/**
 * Whether a request is allowed.
 *
 * Sources: IAM User Guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates requests",
 * "Cross-account policy evaluation logic", "Permissions boundaries for IAM entities"; AWS KMS Developer Guide,
 * "Key policies"; AWS Organizations User Guide, "SCP evaluation", "Resource control policies".
 */
import { accountOf, accountOfArn, type Caller } from "./caller";
import { type Context, Keys } from "./context";
import {
  conditionsTruth,
  type Match,
  type Policy,
  principalReach,
  rememberedResource,
  type Statement,
} from "./policy";
import { type Reach } from "./principals";
import { and, either, not, or, type Truth } from "./truth";
import { HOLE, withHoles } from "./unknown";

/** A request to AWS. */
export interface Request {
  readonly caller: Caller;
  /** `s3:GetObject`; case does not matter. */
  readonly action: string;
  /** The resource's ARN; `*` for an action without one. Parts may be unknown. */
  readonly resource: string;
  /** The account of the resource, where its ARN names none (S3). */
  readonly resourceAccount?: string;
  readonly context?: Context;
  /** Whether keys that the context does not list may be in the request. Default: they are absent. */
  readonly openContext?: boolean;
}

/** The policies that apply to a request. */
export interface Policies {
  /** Of the user with its groups, or of the role. */
  readonly identity?: readonly Policy[];
  readonly boundary?: Policy;
  /** Policies passed with the session; what one of them allows is allowed. */
  readonly session?: readonly Policy[];
  /** Service control policies by level, from the root to the account; each level has to allow. */
  readonly scps?: readonly (readonly Policy[])[];
  /** Resource control policies. AWS keeps RCPFullAWSAccess attached: only their denials count. */
  readonly rcps?: readonly Policy[];
  /** The resource's own policy: of a bucket, a key, a role's trust. */
  readonly resource?: Policy;
  /** Of the VPC endpoint that the request passes. */
  readonly endpoint?: Policy;
}

/** A statement that decides. */
export interface Deciding {
  readonly policy: Policy;
  readonly statement: Statement;
  /** `maybe` where it depends on something unknown. */
  readonly applies: Truth;
}

/** What stands between a request and its permission. */
export type Layer =
  | "explicit deny"
  | "scp"
  | "endpoint"
  | "identity"
  | "resource"
  | "boundary"
  | "session"
  | "account root";

/** The result of an evaluation. */
export interface Decision {
  readonly verdict: "allowed" | "denied" | "undecided";
  /** What decides: the layer that denies or does not allow, or that allows. */
  readonly layer: Layer;
  /** The statements that decide; none where no statement allows. */
  readonly statements: readonly Deciding[];
}

interface Tally {
  allow: Truth;
  allowBy?: Deciding;
  deny: Truth;
  denyBy?: Deciding;
}

interface Grants extends Tally {
  direct: Truth;
  behind: Truth;
  account: Truth;
}

/** A policy that cannot be read: which one, for the decision to name. */
const UNREAD: Statement = {
  index: -1,
  effect: "unknown",
  variables: false,
  conditions: [],
  unknownConditions: true,
};

class Evaluation {
  readonly keys: Keys;
  readonly resource: string;
  readonly bounded: boolean;
  deny: Truth = "no";
  denyBy: Deciding | undefined;

  constructor(
    readonly request: Request,
    readonly policies: Policies,
  ) {
    this.keys = new Keys(request.caller, request.context ?? {}, request.openContext ?? false);
    this.resource = withHoles(request.resource);
    this.bounded =
      policies.boundary !== undefined && /^(user|role|federated-user)$/.test(request.caller.kind);
  }

  /** Counts the decisions of one layer's policies; a denial counts in every layer. */
  tally(policies: readonly (Policy | undefined)[]): Grants {
    const sum: Grants = { allow: "no", deny: "no", direct: "no", behind: "no", account: "no" };
    for (const policy of policies) {
      if (policy !== undefined) {
        this.count(policy, sum);
      }
    }
    this.deny = or(this.deny, sum.deny);
    if (sum.denyBy !== undefined && this.denyBy?.applies !== "yes") {
      this.denyBy = sum.denyBy.applies === "yes" ? sum.denyBy : (this.denyBy ?? sum.denyBy);
    }
    return sum;
  }

  private count(policy: Policy, sum: Grants): void {
    if (
      policy.state === "unknown" ||
      (policy.state === "malformed" && policy.statements.length === 0)
    ) {
      const unread: Deciding = { policy, statement: UNREAD, applies: "maybe" };
      this.denied(unread, sum);
      if (policy.state === "unknown") {
        this.allowed(unread, { direct: "maybe", behind: "no", account: "no" }, sum);
      }
      return;
    }
    const seen = policy.seen(this.resource);
    for (const match of policy.about(this.request.action)) {
      this.statement(policy, match, seen, sum);
    }
  }

  private statement(
    policy: Policy,
    { statement, action }: Match,
    seen: (Truth | undefined)[],
    sum: Grants,
  ): void {
    const { effect } = statement;
    const refused = policy.state === "malformed";
    if (refused && effect === "Allow") {
      return;
    }
    if (statement.malformed !== undefined) {
      // The resources of an unreadable statement are not known.
      this.denied({ policy, statement, applies: "maybe" }, sum);
      return;
    }
    const found = principalReach(statement, this.request.caller, this.bounded);
    const any = or(found.direct, or(found.behind, found.account));
    if (any === "no") {
      return;
    }
    let applies = and(action, rememberedResource(seen, statement, this.resource, this.keys));
    if (applies === "no") {
      return;
    }
    applies = and(applies, conditionsTruth(statement, this.keys));
    if (applies === "no") {
      return;
    }
    const certain = effect === "unknown" || refused ? "maybe" : applies;
    if (effect !== "Allow") {
      this.denied({ policy, statement, applies: and(certain, any) }, sum);
    }
    if (effect !== "Deny" && !refused) {
      this.allowed({ policy, statement, applies: certain }, found, sum);
    }
  }

  private denied(by: Deciding, sum: Tally): void {
    sum.deny = or(sum.deny, by.applies);
    if (sum.denyBy === undefined || (by.applies === "yes" && sum.denyBy.applies !== "yes")) {
      sum.denyBy = by;
    }
  }

  private allowed(by: Deciding, found: Reach, sum: Grants): void {
    sum.direct = or(sum.direct, and(by.applies, found.direct));
    sum.behind = or(sum.behind, and(by.applies, found.behind));
    sum.account = or(sum.account, and(by.applies, found.account));
    const truth = and(by.applies, or(found.direct, or(found.behind, found.account)));
    sum.allow = or(sum.allow, truth);
    if (sum.allowBy === undefined || (truth === "yes" && sum.allowBy.applies !== "yes")) {
      sum.allowBy = { ...by, applies: truth };
    }
  }
}

/** Decides on a request. Never throws, for any documents. */
export function evaluate(request: Request, policies: Policies): Decision {
  const run = new Evaluation(request, policies);
  const { kind } = request.caller;
  const own = kind === "user" || kind === "role" || kind === "federated-user" || kind === "root";
  const layers: Layers = {
    scps: own ? (policies.scps ?? []).map((level) => run.tally(level)) : [],
    endpoint: policies.endpoint && run.tally([policies.endpoint]),
    resource: run.tally([policies.resource]),
    identity: own ? run.tally(policies.identity ?? []) : undefined,
    boundary: run.bounded ? run.tally([policies.boundary]) : undefined,
    session: own && policies.session?.length ? run.tally(policies.session) : undefined,
  };
  run.tally(policies.rcps ?? []);
  if (run.deny === "yes") {
    return { verdict: "denied", layer: "explicit deny", statements: [run.denyBy!] };
  }
  const granted = core(request, run.resource, layers);
  const gates = gatesOf(request, layers);
  const closed = gates.find(({ sum }) => sum.allow === "no");
  if (closed !== undefined) {
    return { verdict: "denied", layer: closed.layer, statements: [] };
  }
  if (granted.truth === "no") {
    return { verdict: "denied", layer: granted.layer, statements: granted.statements };
  }
  const open = gates.filter(({ sum }) => sum.allow === "maybe");
  const whole = open.reduce<Truth>((truth, { sum }) => and(truth, sum.allow), granted.truth);
  if (and(whole, not(run.deny)) === "yes") {
    return { verdict: "allowed", layer: granted.layer, statements: granted.statements };
  }
  const statements = [
    ...(run.deny === "maybe" ? [run.denyBy!] : []),
    ...open.flatMap(({ sum }) => sum.allowBy ?? []),
    ...(granted.truth === "maybe" ? granted.statements : []),
  ];
  const layer = run.deny === "maybe" ? "explicit deny" : (open[0]?.layer ?? granted.layer);
  return { verdict: "undecided", layer, statements };
}

interface Layers {
  readonly scps: readonly Tally[];
  readonly endpoint?: Grants;
  readonly resource: Grants;
  readonly identity?: Tally;
  readonly boundary?: Tally;
  readonly session?: Tally;
}

/** Layers that grant nothing and have to let the request through. */
function gatesOf({ caller }: Request, { scps, endpoint }: Layers): { layer: Layer; sum: Tally }[] {
  const gates: { layer: Layer; sum: Tally }[] = scps.map((sum) => ({ layer: "scp", sum }));
  if (endpoint !== undefined) {
    // In an endpoint policy an account means its root user only.
    const byAccount: Truth =
      endpoint.account !== "no" && caller.kind !== "root" ? "maybe" : endpoint.account;
    const allow = or(or(endpoint.direct, endpoint.behind), byAccount);
    gates.push({ layer: "endpoint", sum: { ...endpoint, allow } });
  }
  return gates;
}

interface Granted {
  readonly truth: Truth;
  readonly layer: Layer;
  readonly statements: readonly Deciding[];
}

const by = (...sums: readonly (Tally | undefined)[]) => sums.flatMap((sum) => sum?.allowBy ?? []);

/** What the caller's and the resource's policies grant together. */
function core(request: Request, resource: string, layers: Layers): Granted {
  const { caller } = request;
  const granted = layers.resource;
  const mine = accountOf(caller);
  if (mine === undefined) {
    // Services, tokens and anonymous callers have no policies of their own.
    return { truth: granted.direct, layer: "resource", statements: by(granted) };
  }
  const theirs =
    accountOfArn(resource) ?? request.resourceAccount ?? (resource === "*" ? mine : undefined);
  const same: Truth =
    theirs === undefined || theirs.includes(HOLE) || mine.includes(HOLE)
      ? "maybe"
      : theirs === mine
        ? "yes"
        : "no";
  if (same === "no") {
    return acrossAccounts(caller, layers);
  }
  const must = mustBeNamed(request, resource);
  const near = withinAccount(caller, layers, must);
  if (same === "yes") {
    return near;
  }
  const far = acrossAccounts(caller, layers);
  return { ...(near.truth === far.truth ? far : near), truth: either(near.truth, far.truth) };
}

/** Keys and roles are reached through their own policy alone. */
function mustBeNamed({ action }: Request, resource: string): Truth {
  const key = /^kms:/i.test(action);
  const role = /^sts:(AssumeRole|TagSession|SetSourceIdentity)/i.test(action);
  if (!key && !role) {
    return "no";
  }
  const form = key ? /:key\// : /:role\//;
  return form.test(resource) ? "yes" : resource.includes(HOLE) ? "maybe" : "no";
}

/** What limits a caller's own rights. */
function limits(caller: Caller, { boundary, session }: Layers): { truth: Truth; layer: Layer } {
  const limit = boundary?.allow ?? "yes";
  // A federated user's session without a policy has no rights of its own; a role's session has the role's.
  const passed = session?.allow ?? (caller.kind === "federated-user" ? "no" : "yes");
  const layer = limit !== "yes" && (limit === "no" || passed !== "no") ? "boundary" : "session";
  return { truth: and(limit, passed), layer };
}

function withinAccount(caller: Caller, layers: Layers, must: Truth): Granted {
  const { resource, identity, boundary, session } = layers;
  const limit = limits(caller, layers);
  const free = caller.kind === "root" ? "yes" : (identity?.allow ?? "no");
  const owned = and(free, limit.truth);
  const delegated = and(resource.account, owned);
  const named = or(resource.direct, and(resource.behind, limit.truth));
  const through = must === "no" ? owned : must === "yes" ? delegated : either(owned, delegated);
  const truth = or(named, through);
  if (named === "yes") {
    const limited = resource.direct === "yes" ? [] : by(boundary, session);
    return { truth, layer: "resource", statements: [...by(resource), ...limited] };
  }
  if (truth === "yes") {
    const layer = caller.kind === "root" ? "account root" : "identity";
    const trusted = must === "yes" ? by(resource) : [];
    return { truth, layer, statements: [...by(identity), ...trusted, ...by(boundary, session)] };
  }
  const layer = missing(layers, limit, must);
  return {
    truth,
    layer,
    statements: truth === "no" ? [] : by(resource, identity, boundary, session),
  };
}

/** Which layer keeps a request from being allowed within an account. */
function missing(layers: Layers, limit: { truth: Truth; layer: Layer }, must: Truth): Layer {
  const { resource, identity } = layers;
  if (must !== "no" && resource.allow !== "yes") {
    return "resource";
  }
  const own = identity?.allow ?? "no";
  return own !== "no" || resource.behind !== "no"
    ? limit.truth === "yes"
      ? "identity"
      : limit.layer
    : "identity";
}

function acrossAccounts(caller: Caller, layers: Layers): Granted {
  const { resource, identity, boundary, session } = layers;
  const limit = limits(caller, layers);
  const own = caller.kind === "root" ? "yes" : (identity?.allow ?? "no");
  const truth = and(resource.allow, and(own, limit.truth));
  if (truth === "yes") {
    const statements = by(resource, identity, boundary, session);
    return { truth, layer: "resource", statements };
  }
  const layer = resource.allow === truth ? "resource" : own === truth ? "identity" : limit.layer;
  return {
    truth,
    layer,
    statements: truth === "no" ? [] : by(resource, identity, boundary, session),
  };
}
