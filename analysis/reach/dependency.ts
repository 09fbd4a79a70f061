/** One declared dependency: whether it works, through the network and by policies, with every setting that decides. */
import type { StackGraph } from "../graph";
import { read } from "../properties";
import { accessPath, accessPlaces } from "./access";
import { INTERNET_PLACE, type NetworkPath, type Place, type Protocol, type Setting } from "./model";
import { networkPath, placesOf } from "./network-paths";
import { bestAnswer, type Verdict, worse } from "./verdicts";

/** What is asked: a port, or an action on a data store. */
export type Means =
  | { readonly protocol: Protocol; readonly port: number }
  | {
      /** `s3:GetObject`. */
      readonly action: string;
      /** Which of the caller's roles acts, as `AccessPath` has it. @default any of them */
      readonly purpose?: string | undefined;
    };

/** The answer to one question. */
export interface DependencyAnswer {
  readonly verdict: Verdict;
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
  const { action, purpose } = means;
  const paths = accessPath(graph, { from: from.id, to: to.id, action });
  const best = bestAnswer(
    paths.filter((path) => purpose === undefined || path.purpose === purpose),
  );
  if (best === undefined) return undefined;
  const route = routeTo(graph, from, action.split(":")[0]!);
  if (route === undefined) return best;
  const verdict = worse(route.verdict, best.verdict);
  // An open part has nothing to say about a path that is not open.
  const parts = [route, best].filter(
    (one) => verdict === "reachable" || one.verdict !== "reachable",
  );
  return { verdict, settings: parts.flatMap(({ settings }) => settings) };
}

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
  return bestAnswer(
    [...endpoints, INTERNET_PLACE].map((place) => networkPath(graph, caller, place, "tcp", HTTPS)),
  );
}
