/** A stack in time: requests that arrive, tasks that scaling adds with its delays, queues that grow, what is lost in a failure. */
import { randomBy, waitsLonger } from "./queueing";
import type { Moment, Outcome, SimEvent, SimStack, SimService, State } from "./sim-model";
import { roomForTasks, spotTasks, startingOf } from "./sim-quotas";

/** Events in which the primary of a database is lost. */
const FAILS_OVER: ReadonlySet<SimEvent["kind"]> = new Set(["database failover", "zone lost"]);

/**
 * Use below which tasks are taken away, one each so many seconds: what this program sets by default, taken for every stack.
 * The plan is not asked, and target tracking that scales in by itself is not simulated.
 */
const SCALE_IN = { use: 0.3, seconds: 600 };

/**
 * Simulates second by second; the time that it takes grows with the length alone.
 *
 * @param rateAt requests a second at the edge at a second
 * @param seed of the requests' chance; the same seed, the same outcome
 */
export function simulate(
  stack: SimStack,
  rateAt: (second: number) => number,
  seconds: number,
  { events = [], seed = 1 }: { events?: readonly SimEvent[]; seed?: number } = {},
): Outcome {
  const random = randomBy(seed);
  const states = begunAll(stack, rateAt(0));
  const total = {
    served: 0,
    slow: 0,
    failed: 0,
    tasks: 0,
    vcpus: 0,
    waiting: 0,
    degraded: 0,
    spot: 0,
  };
  const moments: Moment[] = [];
  let minute = { slow: 0, failed: 0, all: 0, worst: 0 };
  for (let second = 0; second < seconds; second += 1) {
    const rate = rateAt(second);
    const active = events.filter((one) => lasts(one, second, stack));
    for (const event of events.filter(({ at }) => at === second)) {
      total.spot += strike(states, event, stack);
    }
    const room = roomOf(stack, states, active, rate, second);
    let waiting = 0;
    for (const state of states) {
      arrive(state, second, stack, states, active);
      // As chance has it: the square root of what is expected, up or down.
      const expected = rate * state.of.share;
      const arrived = Math.max(0, expected + Math.sqrt(expected) * (random() + random() - 1));
      const one = serve(state, arrived, room(state), stack);
      scale(state, second, one.use, stack, active);
      waiting += state.waiting;
      total.served += one.served;
      total.slow += one.slow;
      total.failed += one.failed;
      total.tasks += state.serving;
      total.vcpus += state.serving * state.of.vcpus;
      minute.slow += one.slow;
      minute.failed += one.failed;
      minute.all += arrived;
    }
    total.waiting = Math.max(total.waiting, waiting);
    if (second % 60 === 59 || second === seconds - 1) {
      if (minute.slow + minute.failed > minute.all / 100) total.degraded += 1;
      const tasks = states.reduce((sum, { serving }) => sum + serving, 0);
      moments.push({ second, rps: rate, tasks, slow: minute.slow, failed: minute.failed });
      minute = { slow: 0, failed: 0, all: 0, worst: 0 };
    }
  }
  return {
    ...{ served: total.served, slow: total.slow, failed: total.failed },
    taskHours: total.tasks / 3600,
    vcpuHours: total.vcpus / 3600,
    degradedMinutes: total.degraded,
    mostWaiting: total.waiting,
    spotLost: total.spot,
    moments,
    decisions: Object.fromEntries(states.map(({ of, decisions }) => [of.name, decisions])),
  };
}

/** A service that has long carried the first load: as many tasks as keep to the target. */
function begun(of: SimService, rate: number): State {
  const needed = (rate * of.share * of.cpuSeconds) / (of.vcpus * (of.target ?? 1));
  return {
    ...{ of, serving: Math.min(of.most, Math.max(of.least, Math.ceil(needed))), lost: 0 },
    ...{ starting: [], waiting: 0, pausedUntil: 0, used: 0, uses: [], pending: [] },
    ...{ calmSince: 0, decisions: [] },
  };
}

/** All services so, each with no more than the quotas leave it. */
function begunAll(stack: SimStack, rate: number): State[] {
  const states: State[] = [];
  for (const of of stack.services) {
    const state = begun(of, rate);
    const wanted = state.serving;
    state.serving = 0;
    state.serving = roomForTasks(state, wanted, stack, [...states, state], 1);
    states.push(state);
  }
  return states;
}

/** Whether an event goes on; a failover of each database takes its own time. */
function lasts({ kind, at, seconds }: SimEvent, now: number, stack: SimStack): boolean {
  const length = FAILS_OVER.has(kind)
    ? Math.max(0, ...stack.databases.map((one) => one.failoverSeconds))
    : (seconds ?? Infinity);
  return at <= now && now < at + length;
}

/** What an event takes away at once; returns the tasks on Spot among it that went as such. */
function strike(states: readonly State[], { kind, at }: SimEvent, stack: SimStack): number {
  let spot = 0;
  for (const state of states) {
    const { of, serving } = state;
    if (kind === "zone lost") {
      const gone = Math.ceil(serving / of.zones);
      state.lost += gone;
      // ECS starts others elsewhere once it has noticed; meanwhile requests still go to what is lost.
      state.starting.push({ at: at + stack.noticeSeconds + stack.startSeconds, count: gone });
      state.serving -= gone;
      state.pending.push({ at: at + stack.noticeSeconds, use: -1 });
    }
    if (kind === "spot gone") {
      const gone = spotTasks(of, serving);
      state.serving -= gone;
      spot += gone;
    }
  }
  return spot;
}

/** Tasks that have started, and decisions that are due. */
function arrive(
  state: State,
  now: number,
  stack: SimStack,
  states: readonly State[],
  active: readonly SimEvent[],
): void {
  for (const one of state.starting.filter(({ at }) => at <= now)) {
    state.serving += one.count;
    state.starting.splice(state.starting.indexOf(one), 1);
  }
  for (const one of state.pending.filter(({ at }) => at <= now)) {
    state.pending.splice(state.pending.indexOf(one), 1);
    if (one.use < 0) state.lost = 0;
    else grow(state, now, one.use, stack, states, active);
  }
}

/** What each service can serve a second, as its database lets it. */
function roomOf(
  stack: SimStack,
  states: readonly State[],
  active: readonly SimEvent[],
  rate: number,
  now: number,
): (state: State) => number {
  const deploying = active.some(({ kind }) => kind === "deployment");
  const failed = active.filter(({ kind }) => FAILS_OVER.has(kind));
  const slower = active.some(({ kind }) => kind === "slow database") ? 10 : 1;
  const shares = new Map(
    stack.databases.map(({ name, connections, vcpus, failoverSeconds }) => {
      const users = states.filter(({ of }) => of.database?.name === name);
      const open = users.reduce(
        (sum, { of, serving }) =>
          sum + serving * of.database!.pool * (deploying ? of.deploying : 1),
        0,
      );
      const busy = users.reduce(
        (sum, { of }) => sum + rate * of.share * of.database!.cpuSeconds,
        0,
      );
      return [
        name,
        {
          stopped: failed.some(({ at }) => now < at + failoverSeconds),
          connected: open === 0 ? 1 : Math.min(1, connections / open),
          computed: busy === 0 ? 1 : Math.min(1, vcpus / busy),
        },
      ];
    }),
  );
  return ({ of, serving }) => {
    const byTasks = (serving * of.vcpus) / of.cpuSeconds;
    const store = of.database && shares.get(of.database.name);
    if (store === undefined) return byTasks;
    if (store.stopped) return 0;
    const byPool = (serving * of.database!.pool) / (of.database!.heldSeconds * slower);
    const byDatabase = rate * of.share * store.computed;
    const whole = store.computed < 1 ? byDatabase : Infinity;
    return Math.min(byTasks * store.connected, byPool * store.connected, whole);
  };
}

/** Serves what has arrived and what waits, as far as there is room. */
function serve(state: State, arrived: number, room: number, stack: SimStack) {
  const { of, serving, lost } = state;
  // Until the load balancer has noticed, lost tasks get their part of the requests.
  const refused = serving + lost === 0 ? 0 : (arrived * lost) / (serving + lost);
  const waiting = state.waiting + arrived - refused;
  const served = Math.min(waiting, room);
  const left = waiting - served;
  const kept = Math.min(left, room * stack.timeoutSeconds);
  state.waiting = kept;
  const servers = Math.max(1, Math.floor(serving * of.vcpus));
  const byChance = room > 0 && kept === 0 && served > 0;
  const late = byChance
    ? waitsLonger(servers, served, servers / Math.max(room, served), stack.slowSeconds)
    : kept > room * stack.slowSeconds
      ? 1
      : 0;
  const whole = (serving * of.vcpus) / of.cpuSeconds;
  return {
    served,
    slow: served * late,
    failed: refused + left - kept,
    use: whole === 0 ? 1 : Math.min(1, served / whole),
  };
}

/** Follows the use of the processors as target tracking does, and the step that takes tasks away. */
function scale(
  state: State,
  now: number,
  use: number,
  stack: SimStack,
  active: readonly SimEvent[],
): void {
  const { of } = state;
  const { periodSeconds, periods, lagSeconds } = stack.tracking;
  state.used += use;
  if (use > SCALE_IN.use) state.calmSince = now;
  const calm = now - state.calmSince >= SCALE_IN.seconds && active.length === 0;
  if (calm && state.serving > of.least && of.target !== undefined) {
    state.serving -= 1;
    state.calmSince = now;
  }
  if (of.target === undefined || (now + 1) % periodSeconds !== 0) return;
  state.uses.push(state.used / periodSeconds);
  state.used = 0;
  if (state.uses.length > periods) state.uses.shift();
  const above = state.uses.length === periods && state.uses.every((one) => one > of.target!);
  if (!above || state.pending.some((one) => one.use >= 0) || now < state.pausedUntil) return;
  state.pending.push({ at: now + lagSeconds, use: state.uses.at(-1)! });
}

/** As many tasks as bring the use back to the target and the quotas have room for, after the pause. */
function grow(
  state: State,
  now: number,
  use: number,
  stack: SimStack,
  states: readonly State[],
  active: readonly SimEvent[],
): void {
  const { of, serving } = state;
  const present = serving + startingOf(state);
  const wanted = Math.min(of.most, Math.ceil((serving * use) / of.target!));
  if (wanted <= present) return;
  const withoutSpot = active.some(({ kind }) => kind === "spot gone");
  const more = wanted - present;
  const lost = withoutSpot ? spotTasks(of, wanted) - spotTasks(of, present) : 0;
  const sets = active.some(({ kind }) => kind === "deployment") ? 2 : 1;
  const count = roomForTasks(state, more - lost, stack, states, sets);
  if (count <= 0) return;
  state.starting.push({ at: now + stack.startSeconds, count });
  state.pausedUntil = now + of.cooldownSeconds;
  state.uses.length = 0;
  state.decisions.push(now);
}
