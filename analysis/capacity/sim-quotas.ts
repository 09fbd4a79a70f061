/** What the account's quotas let start, on demand and on Spot. */
import { spotTasks } from "./model";
import type { Instant, SimService, SimStack, State } from "./sim-model";

/** How many of the wanted tasks more the quotas have room for, by the provider that they start with. */
export function roomForTasks(
  state: State,
  wanted: number,
  stack: SimStack,
  states: readonly State[],
  { active, jobs }: Instant,
): number {
  const byJobs = jobs.reduce((sum, { vcpus }) => sum + vcpus, 0);
  const taken = (more: number) => {
    const used = { demand: byJobs, spot: 0 };
    for (const one of states) {
      const count = one.serving + startingOf(one) + (one === state ? more : 0);
      const vcpus = one.of.vcpus * setsOf(one.of, { active });
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

/** Sets of a service's tasks: a deployment has another beside those that serve. */
export function setsOf(
  { deploying }: Pick<SimService, "deploying">,
  { active }: Pick<Instant, "active">,
): number {
  return active.some(({ kind }) => kind === "deployment") ? deploying : 1;
}

/** Tasks that start. */
export function startingOf({ starting }: Pick<State, "starting">): number {
  return starting.reduce((sum, { count }) => sum + count, 0);
}
