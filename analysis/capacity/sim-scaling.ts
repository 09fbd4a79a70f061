/** Scaling of a simulated service: policies that track a figure, the step that takes tasks away. */
import { TRACKING_IN } from "../../facts/scaling-times";
import { spotTasks } from "./model";
import type { Instant, SimStack, SimTracking, State, Tracker } from "./sim-model";
import { roomForTasks, startingOf } from "./sim-quotas";

/** What a second showed of a service. */
export interface Seen {
  /** Part of its processors that was used. */
  readonly use: number;
  readonly arrived: number;
}

/** Follows what each policy tracks, and removes tasks that are not needed. */
export function scale(state: State, { use, arrived }: Seen, { second, active }: Instant): void {
  const metric: Readonly<Record<SimTracking["by"], number>> = {
    cpu: use,
    requests: (60 * arrived) / state.serving,
    backlog: state.waiting / state.serving,
  };
  for (const tracker of state.trackers) track(state, tracker, metric[tracker.of.by], second);
  // In a failure nothing is taken away: an alarm without figures is not on.
  if (active.length > 0) state.calmSince = second;
  else takeAway(state, use, second);
}

function track(state: State, tracker: Tracker, metric: number, now: number): void {
  const { of, points } = tracker;
  const { target, periodSeconds, periods, lagSeconds } = of;
  // Without a task there is no figure of one.
  if (state.serving === 0) {
    tracker.sum = points.length = 0;
    return;
  }
  tracker.sum += metric;
  if ((now + 1) % periodSeconds !== 0) return;
  const point = tracker.sum / periodSeconds;
  tracker.sum = 0;
  points.push(point);
  if (points.length > periods) points.shift();
  if (point >= TRACKING_IN.share * target) tracker.lowSince = now;
  const above = points.length === periods && points.every((one) => one > target);
  const decides = state.pending.some((one) => one.tracker === tracker);
  // An alarm that stays on acts again by the minute: its delay passes within the pause, and not after it.
  if (!above || decides || now + lagSeconds < tracker.pausedUntil) return;
  state.pending.push({ at: now + lagSeconds, times: point / target, tracker });
}

/** Decisions that are due: as many tasks as bring the figure back to its target and the quotas have room for, after the pause. */
export function decide(
  state: State,
  stack: SimStack,
  states: readonly State[],
  instant: Instant,
): void {
  const { second } = instant;
  for (const one of state.pending.filter(({ at }) => at <= second)) {
    state.pending.splice(state.pending.indexOf(one), 1);
    if (one.tracker === undefined) state.lost = 0;
    else grow(state, one.tracker, one.times, stack, states, instant);
  }
}

function grow(
  state: State,
  tracker: Tracker,
  times: number,
  stack: SimStack,
  states: readonly State[],
  instant: Instant,
): void {
  const { of, serving } = state;
  const { second, active } = instant;
  const present = serving + startingOf(state);
  const wanted = Math.min(state.most, Math.ceil(serving * times));
  if (wanted <= present) return;
  const withoutSpot = active.some(({ kind }) => kind === "spot gone");
  const more = wanted - present;
  const lost = withoutSpot ? spotTasks(of, wanted) - spotTasks(of, present) : 0;
  const count = roomForTasks(state, more - lost, stack, states, instant);
  if (count <= 0) return;
  state.starting.push({ at: second + stack.startSeconds, count });
  tracker.pausedUntil = second + tracker.of.outCooldownSeconds;
  tracker.points.length = 0;
  state.decisions.push(second);
}

/** One step of the alarm that use is low, or what all policies agree on that may take tasks away. */
function takeAway(state: State, use: number, now: number): void {
  const { of, trackers, least } = state;
  const { stepIn } = of;
  if (stepIn !== undefined) {
    const few =
      stepIn.messagesBelow === undefined ||
      state.waiting < stepIn.messagesBelow * (state.serving - 1);
    if (use >= stepIn.below || !few) state.calmSince = now;
    if (now - state.calmSince >= stepIn.lowSeconds && now >= state.inPausedUntil) {
      remove(state, stepIn.tasks, now + stepIn.cooldownSeconds);
    }
  }
  const able = trackers.filter((one) => one.of.scalesIn && one.points.length > 0);
  const areLow = able.every((one) => now - one.lowSince >= 60 * TRACKING_IN.minutes);
  if (able.length === 0 || !areLow || now < state.inPausedUntil) return;
  const needed = able.map(({ of: { target }, points }) =>
    Math.ceil((state.serving * points.at(-1)!) / target),
  );
  const wanted = Math.max(least, ...needed);
  const cooldown = Math.max(...able.map((one) => one.of.inCooldownSeconds));
  remove(state, state.serving - wanted, now + cooldown);
}

function remove(state: State, tasks: number, pausedUntil: number): void {
  const count = Math.min(tasks, state.serving - state.least);
  if (count <= 0) return;
  state.serving -= count;
  state.inPausedUntil = pausedUntil;
}
