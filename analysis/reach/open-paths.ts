/** The paths of a plan that are open, and those of which that is not clear. */
import { type AccessPath, accessPaths } from "./access";
import { type Apart, apartFromReach } from "./apart";
import { graphOfPlan, type PlanOfGraph } from "./graph-of-plan";
import type { NetworkPath } from "./model";
import { networkPaths } from "./network-paths";

/** Paths by network and by policies. */
export interface Paths {
  readonly network: readonly NetworkPath[];
  readonly access: readonly AccessPath[];
  /** What can take or start connections and is in none of the paths, because it is not modelled. */
  readonly apart?: readonly Apart[];
}

/** Whether the plan leaves undecided who reaches what by policies. */
export const isAccessOpen = (plan: PlanOfGraph): boolean =>
  accessPaths(graphOfPlan(plan)).some(({ verdict }) => verdict === "undecided");

export function openPaths(plan: PlanOfGraph): Paths {
  const graph = graphOfPlan(plan);
  return {
    network: networkPaths(graph).filter(({ verdict }) => verdict !== "blocked"),
    access: accessPaths(graph),
    apart: apartFromReach(graph),
  };
}
