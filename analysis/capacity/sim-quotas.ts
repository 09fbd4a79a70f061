/** What the account's quotas let start, on demand and on Spot. */
import type { SimService, SimStack, State } from "./sim-model";

/** Tasks on Spot of so many. */
export function spotTasks(
  { spotShare, onDemandBase }: Pick<SimService, "spotShare" | "onDemandBase">,
  tasks: number,
): number {
  return Math.floor(Math.max(0, tasks - onDemandBase) * spotShare);
}

/**
 * How many of the wanted tasks more the quotas have room for, by the provider that they start with.
 *
 * @param sets 2 in a deployment, which has its second set beside each task
 */
export function roomForTasks(
  state: State,
  wanted: number,
  stack: SimStack,
  states: readonly State[],
  sets: number,
): number {
  const taken = (more: number) => {
    const used = { demand: 0, spot: 0 };
    for (const one of states) {
      const count = one.serving + startingOf(one) + (one === state ? more : 0);
      const vcpus = one.of.vcpus * (sets === 1 ? 1 : one.of.deploying);
      const onSpot = spotTasks(one.of, count);
      used.spot += onSpot * vcpus;
      used.demand += (count - onSpot) * vcpus;
    }
    return used;
  };
  for (let more = wanted; more > 0; more -= 1) {
    const { demand, spot } = taken(more);
    if (demand <= stack.vcpuQuota && spot <= stack.spotVcpuQuota) return more;
  }
  return 0;
}

/** Tasks that start. */
export function startingOf({ starting }: Pick<State, "starting">): number {
  return starting.reduce((sum, { count }) => sum + count, 0);
}
