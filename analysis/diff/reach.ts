/** Paths that open and close between two plans: who reaches what now and did not, and the other way round. */
import type { AccessPath } from "../reach/access";
import type { PlanOfGraph } from "../reach/graph-of-plan";
import type { NetworkPath } from "../reach/model";
import { openPaths, type Paths } from "../reach/open-paths";
import type { Pairs } from "./pairs";

/** What opens, and what closes for certain. */
export interface ReachChange {
  readonly opened: Paths;
  readonly closed: Paths;
}

/** The paths of two plans that only one of them has; what is undecided counts as open on the side that it is missing from. */
export function reachChangeOf(old: PlanOfGraph, now: PlanOfGraph, { both }: Pairs): ReachChange {
  const later = new Map(both.map((pair) => [pair.old.urn, pair.now.urn]));
  const [before, after] = [openPaths(old), openPaths(now)];
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
