/** What the evaluator answers, as a verdict with the settings that decide. */
import { evaluate, type Policies, type Policy } from "../iam";
import type { Deciding } from "../iam";
import type { PlannedResource } from "../plan/model";
import type { PlanIndex } from "../rights/plan-index";
import { standingOf } from "../rights/roles";
import type { AccessPath } from "./access-model";
import { answerTo, type Answer, type Blocker } from "./blockers";
import type { Named, Setting } from "./model";
import type { Attempt } from "./requests";
import type { Store } from "./stores";
import { worse } from "./verdicts";

/** What is derived of a path. */
export type Bound = Pick<AccessPath, "action" | "verdict" | "objects" | "settings">;

/** The resources that a message may name. */
export interface Asked {
  readonly index: PlanIndex;
  readonly store: Store;
  readonly role?: PlannedResource;
  readonly endpoint?: PlannedResource;
  /** Whether a denial names its settings. */
  readonly explains: boolean;
}

const VERDICTS = { allowed: "reachable", undecided: "undecided", denied: "blocked" } as const;

/**
 * The best of several requests: of those that are denied, the one with the fewest changes. Without `explains`, a denial has no
 * settings: they take most of the time.
 */
export function bestOf(asked: Asked, attempts: readonly Attempt[], policies: Policies): Bound {
  const decided = attempts.map((attempt) => ({
    ...{ attempt, decision: evaluate(attempt.request, policies) },
  }));
  const verdicts = decided.map(({ decision }) => decision.verdict);
  const verdict = verdicts.includes("allowed")
    ? "allowed"
    : verdicts.includes("undecided")
      ? "undecided"
      : "denied";
  const equal = decided.filter(({ decision }) => decision.verdict === verdict);
  const action = attempts[0]!.request.action;
  const result = { action, verdict: VERDICTS[verdict] };
  if (verdict === "denied") {
    if (!asked.explains) return { ...result, settings: [] };
    const answers = attempts.map(({ request }) => answerTo(request, policies));
    const least = answers.reduce((one, other) =>
      other.blockers.length < one.blockers.length ? other : one,
    );
    return { ...result, settings: settingsOf(asked, action, least) };
  }
  const objects = equal.some(({ attempt }) => attempt.objects === undefined)
    ? undefined
    : [...new Set(equal.flatMap(({ attempt }) => attempt.objects ?? []))];
  const [{ decision }] = equal as [(typeof equal)[number]];
  return {
    ...result,
    ...(objects && { objects }),
    settings: settingsOf(asked, action, { decision, blockers: [] }),
  };
}

/** What needs several answers: the action itself, then those on its key. */
export function joined(parts: readonly Bound[]): Bound {
  return {
    ...parts[0]!,
    verdict: parts.map(({ verdict }) => verdict).reduce(worse),
    settings: distinct(parts.flatMap(({ settings }) => settings)),
  };
}

/** Settings, each once. */
export function distinct(settings: readonly Setting[]): Setting[] {
  const found = new Map(settings.map((one) => [JSON.stringify(one), one]));
  return [...found.values()];
}

const namedOf = ({ urn, name, type }: PlannedResource): Named => ({ urn, name, type });

function settingsOf(asked: Asked, action: string, { decision, blockers }: Answer): Setting[] {
  if (decision.verdict === "denied") {
    const found = blockers.map((one) => blockerSetting(asked, action, one));
    return distinct(found.length > 0 ? found : [nothingAllows(asked, action, decision.layer)]);
  }
  const effect = decision.verdict === "allowed" ? "allows" : "unknown";
  return distinct(
    decision.statements.map(({ policy, statement }) => {
      const { resource, property } = whereOf(asked, policy);
      const verb = effect === "allows" ? "allows" : "decides about";
      return {
        ...{ effect, resource: namedOf(resource), property },
        says: `${labelled(policy, statement)} ${verb} ${action}`,
      } as const;
    }),
  );
}

function labelled(policy: Policy, { index, sid }: Deciding["statement"]): string {
  if (index < 0) return policy.name;
  return `${policy.name}, ${sid === undefined ? `statement ${index + 1}` : `statement ${sid}`},`;
}

function blockerSetting(
  asked: Asked,
  action: string,
  { layer, policy, statement }: Blocker,
): Setting {
  if (policy !== undefined && statement !== undefined) {
    const { resource, property } = whereOf(asked, policy);
    return {
      ...{ effect: "blocks", resource: namedOf(resource), property },
      says: `${labelled(policy, statement)} denies ${action}`,
    };
  }
  return nothingAllows(asked, action, layer, policy);
}

/** A layer that has to allow and does not. */
function nothingAllows(asked: Asked, action: string, layer: string, policy?: Policy): Setting {
  const { store, role, endpoint } = asked;
  const isKey = action.startsWith("kms:");
  const block = (
    resource: PlannedResource,
    property: string | undefined,
    says: string,
  ): Setting => ({
    ...{ effect: "blocks", resource: namedOf(resource), ...(property && { property }), says },
  });
  if (layer === "boundary" && role !== undefined) {
    const says = `the permissions boundary of ${role.name} does not allow ${action}`;
    return block(role, "permissionsBoundary", says);
  }
  if (layer === "endpoint" && endpoint !== undefined) {
    return block(endpoint, "policy", `the policy of ${endpoint.name} does not allow ${action}`);
  }
  if (layer === "identity" && role !== undefined) {
    const on = isKey ? ` on the key of ${store.resource.name}` : ` on ${store.resource.name}`;
    return block(role, undefined, `no policy of ${role.name} allows ${action}${on}`);
  }
  if (isKey && store.key !== undefined) {
    const { resource } = store.key;
    return block(resource, "policy", `the policy of ${resource.name} does not allow ${action}`);
  }
  const where = policy === undefined ? undefined : store.policy;
  return where === undefined
    ? block(store.resource, undefined, `${store.resource.name} has no policy that allows ${action}`)
    : block(
        where.resource,
        where.property,
        `the policy of ${store.resource.name} does not allow ${action}`,
      );
}

/** Where a policy stands in the plan. */
function whereOf(asked: Asked, policy: Policy): { resource: PlannedResource; property: string } {
  const { store, role, endpoint } = asked;
  const standing = standingOf(policy);
  if (standing !== undefined) return standing;
  const placed = [store.policy, store.key?.policy].find((one) => one?.policy === policy);
  if (placed !== undefined) return placed;
  if (policy.kind === "endpoint" && endpoint !== undefined) {
    return { resource: endpoint, property: "policy" };
  }
  if (policy.kind === "key" && store.key !== undefined) {
    return { resource: store.key.resource, property: "policy" };
  }
  return { resource: role ?? store.resource, property: "policy" };
}
