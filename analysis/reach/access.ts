/**
 * Who may do which actions with the data stores of a plan, from every policy that decides: of the role, its boundary, the store,
 * its key, and the VPC endpoint that the call passes.
 *
 * A caller chooses what stands in its request: reachable means that one request is allowed. Not modelled: service control
 * policies, policies of sessions, KMS grants, and what is attached outside of the plan. A boundary that stands outside of the
 * plan leaves the verdict to the other policies, and a setting says so.
 */
import { keyActionsOf, STORE_ACTIONS, type StoreAction } from "../../facts/store-actions";
import type { StackGraph } from "../graph";
import type { Policies } from "../iam";
import type { PlannedResource } from "../plan/model";
import type { PlanIndex } from "../rights/plan-index";
import { type AccessPath, ACCOUNTS } from "./access-model";
import { type Actor, actorsOf, endpointFor } from "./actors";
import { type Asked, type Bound, bestOf, joined } from "./answers";
import { DISTRIBUTION, distributionsOf, ofDistribution } from "./distributions";
import { defaultKeyPolicy } from "./keys";
import { INTERNET_PLACE, type Named, type Place, type Setting } from "./model";
import { indexOfGraph } from "./plan-of-graph";
import { strangersPath } from "./public-access";
import { callContext, mayActOn, mayAllow, requestsOf } from "./requests";
import { type Store, storesOf } from "./stores";

export type { AccessPath } from "./access-model";

interface Parts {
  readonly index: PlanIndex;
  readonly stores: readonly Store[];
  readonly actors: readonly Actor[];
}

const parts = new WeakMap<StackGraph, Parts>();

function partsOf(graph: StackGraph): Parts {
  let found = parts.get(graph);
  if (found === undefined) {
    const index = indexOfGraph(graph);
    parts.set(graph, (found = { index, stores: storesOf(index), actors: actorsOf(index) }));
  }
  return found;
}

const paths = new WeakMap<StackGraph, readonly AccessPath[]>();

/** All paths that are open, or of which that is not clear. What is not among them is blocked. */
export function accessPaths(graph: StackGraph): readonly AccessPath[] {
  let found = paths.get(graph);
  if (found === undefined) {
    const { index, stores, actors } = partsOf(graph);
    found = stores.flatMap((store) => {
      const distributions = distributionsOf(index, store);
      const able = actors.filter((actor) => mayActOn(store, openTo(actor, store)));
      return store.kind.actions.flatMap((action) => {
        const trying = able.filter((actor) =>
          mayAllow(callerOf(actor), action.action, store, openTo(actor, store)),
        );
        const all = pathsTo(graph, store, action, {
          ...{ strangers: STRANGERS, distributions, actors: trying },
          explains: false,
        });
        return withoutImplied(all).filter(({ verdict }) => verdict !== "blocked");
      });
    });
    paths.set(graph, found);
  }
  return found;
}

/** What is open without an account is open with one. */
function withoutImplied(all: readonly AccessPath[]): readonly AccessPath[] {
  const open = all.some(
    ({ from, verdict }) => from.id === INTERNET_PLACE.id && verdict === "reachable",
  );
  return open ? all.filter(({ from }) => from.id !== ACCOUNTS.id) : all;
}

/** What a question about access names. */
export interface AccessQuestion {
  /** Id of a place. */
  readonly from: string;
  readonly to: string;
  readonly action: string;
}

/** The paths of one question, whatever their verdict: one for each role of the caller. None where no store has the action. */
export function accessPath(graph: StackGraph, { from, to, action }: AccessQuestion): AccessPath[] {
  const { index, stores, actors } = partsOf(graph);
  return stores
    .filter(({ resource }) => resource.urn === to)
    .flatMap((store) => {
      const callers = {
        strangers: STRANGERS.filter(({ id }) => id === from),
        distributions: distributionsOf(index, store).filter(({ urn }) => urn === from),
        actors: actors.filter(({ place }) => place.urn === from),
        explains: true,
      };
      return store.kind.actions
        .filter((one) => one.action.toLowerCase() === action.toLowerCase())
        .flatMap((one) => pathsTo(graph, store, one, callers));
    });
}

/** The places that calls start from and end at. */
export function accessPlaces(graph: StackGraph): {
  readonly from: readonly Place[];
  readonly to: readonly Place[];
} {
  const { index, stores, actors } = partsOf(graph);
  const callers = [...actors.map(({ place }) => place), ...index.ofType(DISTRIBUTION)];
  const computing = [...new Set(callers)].map((one) => placeOf(one));
  return {
    from: [INTERNET_PLACE, ACCOUNTS, ...computing],
    to: stores.map(({ resource }) => placeOf(resource)),
  };
}

/** A resource as a place. */
export function placeOf(resource: PlannedResource): Place {
  const kind =
    resource.type === DISTRIBUTION
      ? "distribution"
      : STORE_ACTIONS.types[resource.type] === undefined
        ? "compute"
        : "store";
  return { id: resource.urn, label: resource.name, kind, resource: namedOf(resource), ports: [] };
}

const namedOf = ({ urn, name, type }: PlannedResource): Named => ({ urn, name, type });

const STRANGERS: readonly Place[] = [INTERNET_PLACE, ACCOUNTS];

/** Who tries an action. */
interface Callers {
  readonly strangers: readonly Place[];
  readonly distributions: readonly PlannedResource[];
  readonly actors: readonly Actor[];
  /** Whether a denial names its settings. */
  readonly explains: boolean;
}

function pathsTo(
  graph: StackGraph,
  store: Store,
  action: StoreAction,
  { strangers, distributions, actors, explains }: Callers,
): AccessPath[] {
  const { index } = partsOf(graph);
  const to = placeOf(store.resource);
  return [
    ...strangers.map((one) => ({
      ...{ from: one, to },
      ...strangersPath(index, store, action, one.id, explains),
    })),
    ...distributions.map((one) => ({
      ...{ from: placeOf(one), to },
      ...ofDistribution(index, one, store, action, explains),
    })),
    ...actors.map((actor) => ({
      ...{ from: placeOf(actor.place), role: namedOf(actor.role), to },
      ...(actor.purpose && { purpose: actor.purpose }),
      ...ofActor(index, actor, store, action, explains),
    })),
  ];
}

const callerOf = ({ acting }: Actor) => ({ kind: "role", arn: acting.arn }) as const;

function policiesOf({ acting: { identity, boundary } }: Actor): Policies {
  return { identity, ...(boundary && { boundary }) };
}

/** The policies that may allow a caller something on a store. */
function openTo(actor: Actor, { policy }: Store): Policies {
  return { ...policiesOf(actor), ...(policy && { resource: policy.policy }) };
}

function ofActor(
  index: PlanIndex,
  actor: Actor,
  store: Store,
  action: StoreAction,
  explains: boolean,
): Bound {
  const { networks } = actor;
  const caller = callerOf(actor);
  const own = policiesOf(actor);
  const service = action.action.split(":")[0]!;
  const endpoint = endpointFor(index, actor, service, store.region);
  const policies: Policies = {
    ...openTo(actor, store),
    ...(endpoint?.policy && { endpoint: endpoint.policy }),
  };
  const asked: Asked = {
    ...{ index, store, role: actor.role, explains },
    ...(endpoint && { endpoint: endpoint.resource }),
  };
  const through = networks === undefined ? undefined : endpoint !== undefined;
  const context = callContext(index, store, action.action, through);
  const requests = requestsOf(index, store, action, { caller, context, policies });
  const data = bestOf(asked, requests, policies);
  if (data.verdict === "blocked" && !explains) return data;
  const key = keyActionsOf(action).map((one) => {
    const of: Policies = {
      ...own,
      resource: store.key?.policy?.policy ?? defaultKeyPolicy(index),
    };
    const request = { caller, context: callContext(index, store, one, false), policies: of };
    return store.key === undefined
      ? undefined
      : bestOf(asked, requestsOf(index, store, { action: one }, request, store.key), of);
  });
  const path = joined([data, ...key.filter((one) => one !== undefined)]);
  if (path.verdict === "blocked") return path;
  return { ...path, settings: [...path.settings, ...outsideOf(actor, store, action)] };
}

/** Policies that have to allow an action as well, and that the plan does not have. */
function outsideOf({ outside, role }: Actor, store: Store, action: StoreAction): Setting[] {
  const { keyOutside } = store;
  const keyActions = keyActionsOf(action);
  const boundary: Setting = {
    ...{ effect: "unknown", resource: namedOf(role), property: "permissionsBoundary" },
    says: `${outside} is the permissions boundary of ${role.name}, stands outside of the plan, and has to allow ${action.action} as well`,
  };
  const key: Setting = {
    ...{ effect: "unknown", resource: namedOf(store.resource) },
    says: `${keyOutside} is the key of ${store.resource.name}, stands outside of the plan, and its policy and that of ${role.name} have to allow ${keyActions.join(" and ")} as well`,
  };
  return [
    ...(outside === undefined ? [] : [boundary]),
    ...(keyOutside === undefined || keyActions.length === 0 ? [] : [key]),
  ];
}
