/** One declared dependency: whether it works, through the network and by policies, with every setting that decides. */
import type { StackGraph } from "../graph";
import { read } from "../properties";
import { accessPath, accessPlaces } from "./access";
import type { NetworkPath, Place, Protocol, Setting } from "./model";
import { INTERNET_PLACE, networkPath, placesOf } from "./network-paths";

/** What is asked: a port, or an action on a data store. */
export type Means =
  | { readonly protocol: Protocol; readonly port: number }
  | {
      /** `s3:GetObject`. */
      readonly action: string;
    };

/** The answer to one question. */
export interface DependencyAnswer {
  readonly verdict: "reachable" | "blocked" | "undecided";
  readonly settings: readonly Setting[];
}

const places = new WeakMap<StackGraph, readonly Place[]>();

/** Every place that a question can name. */
export function reachPlaces(graph: StackGraph): readonly Place[] {
  let found = places.get(graph);
  if (found === undefined) {
    const { from, to } = accessPlaces(graph);
    const all = [...placesOf(graph), ...from, ...to];
    found = [...new Map(all.reverse().map((one) => [one.id, one])).values()].reverse();
    places.set(graph, found);
  }
  return found;
}

/** Whether one place reaches another; undefined where the target has no such action. */
export function dependencyPath(
  graph: StackGraph,
  from: Place,
  to: Place,
  means: Means,
): DependencyAnswer | undefined {
  if ("port" in means) return networkPath(graph, from, to, means.protocol, means.port);
  const { action } = means;
  const paths = accessPath(graph, { from: from.id, to: to.id, action });
  const [best] = [...paths].sort((one, other) => RANK[other.verdict] - RANK[one.verdict]);
  if (best === undefined) return undefined;
  const route = routeTo(graph, from, action.split(":")[0]!);
  if (route === undefined) return best;
  const verdict = RANK[route.verdict] < RANK[best.verdict] ? route.verdict : best.verdict;
  // An open part has nothing to say about a path that is not open.
  const parts = [route, best].filter(
    (one) => verdict === "reachable" || one.verdict !== "reachable",
  );
  return { verdict, settings: parts.flatMap(({ settings }) => settings) };
}

const RANK = { blocked: 0, undecided: 1, reachable: 2 } as const;
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const HTTPS = 443;

/** How a caller in a network reaches a service of AWS: by an endpoint, or through the internet. */
function routeTo(graph: StackGraph, from: Place, service: string): NetworkPath | undefined {
  const all = placesOf(graph);
  const caller = all.find(({ id }) => id === from.id);
  if (caller?.kind !== "compute") return undefined;
  const endpoints = all.filter(({ resource }) => {
    const name = resource?.type === ENDPOINT ? graph.get(resource.urn)?.properties : undefined;
    const text = name && read(name, "serviceName");
    return typeof text === "string" && text.endsWith(`.${service}`);
  });
  const paths = [...endpoints, INTERNET_PLACE].map((place) =>
    networkPath(graph, caller, place, "tcp", HTTPS),
  );
  return paths.reduce((one, other) => (RANK[other.verdict] > RANK[one.verdict] ? other : one));
}
