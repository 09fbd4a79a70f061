/** Tasks of a simulated service: what it begins with, what starts, what is lost, and what a clock switches on and off. */
import { Backlog } from "./backlog";
import { spotTasks } from "./model";
import type { Bounds } from "./scaling";
import type { Instant, SimEvent, SimService, SimStack, State } from "./sim-model";
import { roomForTasks, startingOf } from "./sim-quotas";

/** What clocks have set at a second of the day: the last before it, which may be of the day before; undefined where there is none. */
export function boundsAt(day: readonly Bounds[], clock: number): Bounds | undefined {
  return day.findLast(({ second }) => second <= clock) ?? day.at(-1);
}

/** A service that has long carried the first load: as many tasks as keep to the target. */
function begun(of: SimService, { rate, clock }: Instant): State {
  const bounds = boundsAt(of.day, clock) ?? of;
  const target = of.tracking.find(({ by }) => by === "cpu")?.target ?? 1;
  const each =
    of.work === undefined ? of.cpuSeconds / (of.vcpus * target) : of.work.seconds / of.work.atATime;
  const needed = Math.ceil(rate * of.share * each);
  return {
    ...{ of, least: bounds.least, most: bounds.most, lost: 0, waiting: 0 },
    serving: Math.min(bounds.most, Math.max(bounds.least, needed)),
    trackers: of.tracking.map((one) => ({
      ...{ of: one, sum: 0, points: [], lowSince: 0, pausedUntil: 0 },
    })),
    ...{ starting: [], pending: [], decisions: [], calmSince: 0, inPausedUntil: 0 },
    ...(of.work && { backlog: new Backlog() }),
  };
}

/** All services so, each with no more than the quotas leave it. */
export function begunAll(stack: SimStack, instant: Instant): State[] {
  const states: State[] = [];
  for (const of of stack.services) {
    const state = begun(of, instant);
    const wanted = state.serving;
    state.serving = 0;
    state.serving = roomForTasks(state, wanted, stack, [...states, state], instant);
    states.push(state);
  }
  return states;
}

/** Tasks on Spot of a stack that has long carried a load, at noon. */
export function spotTasksAt(stack: SimStack, rate: number): number {
  const states = begunAll(stack, { second: 0, clock: 12 * 3600, rate, active: [], jobs: [] });
  return states.reduce((sum, { of, serving }) => sum + spotTasks(of, serving), 0);
}

/** What an event takes away at once; returns the tasks on Spot among it that went as such. */
export function strike(
  states: readonly State[],
  { kind, at }: SimEvent,
  { noticeSeconds, startSeconds }: SimStack,
): number {
  let spot = 0;
  for (const state of states) {
    const { of, serving } = state;
    if (kind === "zone lost") {
      const gone = Math.ceil(serving / of.zones);
      state.lost += gone;
      // ECS starts others elsewhere once it has noticed; meanwhile requests still go to what is lost.
      state.starting.push({ at: at + noticeSeconds + startSeconds, count: gone });
      state.serving -= gone;
      state.pending.push({ at: at + noticeSeconds, times: 0 });
    }
    if (kind === "spot gone") {
      const gone = spotTasks(of, serving);
      state.serving -= gone;
      spot += gone;
    }
  }
  return spot;
}

/** Tasks that have started. */
export function arrive(state: State, now: number): void {
  for (const one of state.starting.filter(({ at }) => at <= now)) {
    state.serving += one.count;
    state.starting.splice(state.starting.indexOf(one), 1);
  }
}

/** Fewest and most as a clock sets them: what is too few starts, what is too many stops at once. */
export function byTheClock(
  state: State,
  stack: SimStack,
  states: readonly State[],
  instant: Instant,
): void {
  const { of, starting } = state;
  const bounds = of.day.findLast(({ second }) => second === instant.clock);
  if (bounds === undefined) return;
  state.least = bounds.least;
  state.most = bounds.most;
  const present = state.serving + startingOf(state);
  if (present < bounds.least) {
    const count = roomForTasks(state, bounds.least - present, stack, states, instant);
    if (count > 0) starting.push({ at: instant.second + stack.startSeconds, count });
  }
  if (present > bounds.most) {
    starting.length = 0;
    state.serving = Math.min(state.serving, bounds.most);
  }
}
