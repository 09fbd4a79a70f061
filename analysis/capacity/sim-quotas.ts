/** What the account's quotas let start, on demand and on Spot. */
import { spotTasks } from "./model";
import type { Instant, SimStack, State } from "./sim-model";

/** How many of the wanted tasks more the quotas have room for, by the provider that they start with. */
export function roomForTasks(
  state: State,
  wanted: number,
  stack: SimStack,
  states: readonly State[],
  { active, jobs }: Instant,
): number {
  const deploys = active.some(({ kind }) => kind === "deployment");
  const byJobs = jobs.reduce((sum, { vcpus }) => sum + vcpus, 0);
  const taken = (more: number) => {
    const used = { demand: byJobs, spot: 0 };
    for (const one of states) {
      const count = one.serving + startingOf(one) + (one === state ? more : 0);
      // A deployment has its second set beside each task.
      const vcpus = one.of.vcpus * (deploys ? one.of.deploying : 1);
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
