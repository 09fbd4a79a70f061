/** Paths that open and close between two plans: who reaches what now and did not, and the other way round. */
import { type AccessPath, accessPaths } from "../reach/access";
import { graphOfPlan, type PlanOfGraph } from "../reach/graph-of-plan";
import type { NetworkPath } from "../reach/model";
import { networkPaths } from "../reach/network-paths";
import type { Pairs } from "./pairs";

/** Paths by network and by policies. */
export interface Paths {
  readonly network: readonly NetworkPath[];
  readonly access: readonly AccessPath[];
}

/** What opens, and what closes for certain. */
export interface ReachChange {
  readonly opened: Paths;
  readonly closed: Paths;
}

/** The paths of two plans that only one of them has; what is undecided counts as open on the side that it is missing from. */
export function reachChangeOf(old: PlanOfGraph, now: PlanOfGraph, { both }: Pairs): ReachChange {
  const later = new Map(both.map((pair) => [pair.old.urn, pair.now.urn]));
  const [before, after] = [pathsOf(old), pathsOf(now)];
  const idOf = ({ id }: { readonly id: string }) => later.get(id) ?? id;
  const covers = (one: NetworkPath, other: NetworkPath) =>
    idOf(one.from) === idOf(other.from) &&
    idOf(one.to) === idOf(other.to) &&
    one.protocol === other.protocol &&
    one.ports[0] <= other.ports[0] &&
    other.ports[1] <= one.ports[1] &&
    (one.sources === undefined || String(one.sources) === String(other.sources));
  const same = (one: AccessPath, other: AccessPath) =>
    idOf(one.from) === idOf(other.from) &&
    idOf(one.to) === idOf(other.to) &&
    one.action === other.action &&
    one.purpose === other.purpose &&
    (one.objects === undefined || String(one.objects) === String(other.objects));
  const missing = (side: Paths, from: Paths): Paths => ({
    network: side.network.filter((one) => !from.network.some((other) => covers(other, one))),
    access: side.access.filter((one) => !from.access.some((other) => same(other, one))),
  });
  const gone = missing(before, after);
  const certain = ({ verdict }: { readonly verdict: string }) => verdict === "reachable";
  return {
    opened: missing(after, before),
    closed: { network: gone.network.filter(certain), access: gone.access.filter(certain) },
  };
}

function pathsOf(plan: PlanOfGraph): Paths {
  const graph = graphOfPlan(plan);
  return {
    network: networkPaths(graph).filter(({ verdict }) => verdict !== "blocked"),
    access: accessPaths(graph),
  };
}
