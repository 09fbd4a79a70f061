/** A stack in time: requests that arrive, tasks that scaling adds with its delays, queues that grow, what is lost in a failure. */
import type { Backlog } from "./backlog";
import { randomBy } from "./queueing";
import { DAY_SECONDS, RunningJobs } from "./sim-jobs";
import type { Instant, Moment, Outcome, SimEvent, SimStack, State } from "./sim-model";
import { QueueState } from "./sim-queues";
import { setsOf } from "./sim-quotas";
import { decide, scale } from "./sim-scaling";
import { lasts, roomOf, serve } from "./sim-serve";
import { arrive, begunAll, byTheClock, strike } from "./sim-tasks";

/** Choices of a run. */
export interface Run {
  readonly events?: readonly SimEvent[];
  /** Of the requests' chance; the same seed, the same outcome. @default 1 */
  readonly seed?: number;
  /** Second of the day at which it begins. @default noon */
  readonly from?: number;
}

/**
 * Simulates second by second; the time that it takes grows with the length alone.
 *
 * @param rateAt requests a second at the edge at a second
 */
export function simulate(
  stack: SimStack,
  rateAt: (second: number) => number,
  seconds: number,
  { events = [], seed = 1, from = DAY_SECONDS / 2 }: Run = {},
): Outcome {
  const random = randomBy(seed);
  // As chance has it, from second to second: up to the square root of what is expected, up or down.
  const byChance = (expected: number) =>
    Math.max(0, expected + Math.sqrt(expected) * (random() + random() - 1));
  const running = new RunningJobs(stack.jobs, from, seconds);
  const instantAt = (second: number): Instant => ({
    ...{ second, clock: (from + second) % DAY_SECONDS, rate: rateAt(second) },
    active: events.filter((one) => lasts(one, second, stack)),
    jobs: running.at(second),
  });
  const states = begunAll(stack, instantAt(0));
  const queues = stack.queues.map((of) => new QueueState(of));
  const total = new Total();
  for (let second = 0; second < seconds; second += 1) {
    const instant = instantAt(second);
    for (const event of events.filter(({ at }) => at === second)) {
      total.spotLost += strike(states, event, stack);
    }
    const room = roomOf(stack, states, instant);
    for (const state of states) {
      byTheClock(state, stack, states, instant);
      arrive(state, second);
      decide(state, stack, states, instant);
      const arrived = byChance(instant.rate * state.of.share);
      const seen =
        state.backlog === undefined
          ? serve(state, arrived, room(state), stack, states, instant)
          : work(state, state.backlog, arrived, room(state));
      scale(state, { use: seen.use, arrived }, instant);
      total.add(state, seen, arrived, instant);
    }
    for (const queue of queues) queue.pass(instant, byChance(instant.rate * queue.of.share));
    total.pass(states, instant, second === seconds - 1);
  }
  return {
    ...total.outcome(),
    decisions: Object.fromEntries(states.map(({ of, decisions }) => [of.name, decisions])),
    queues: Object.fromEntries([
      ...queues.map(({ of, backlog }) => [of.name, summaryOf(backlog)] as const),
      ...states.flatMap(({ of, backlog }) =>
        backlog === undefined ? [] : [[of.name, summaryOf(backlog)] as const],
      ),
    ]),
  };
}

function summaryOf({ mostWaiting, longestSeconds }: Backlog) {
  return { mostWaiting, longestSeconds };
}

/** A worker takes messages as it has room, and the rest waits without end. */
function work(state: State, backlog: Backlog, arrived: number, room: number) {
  const { of, serving } = state;
  const taken = backlog.pass(arrived, room);
  state.waiting = backlog.waiting;
  const whole = (serving * of.vcpus) / of.cpuSeconds;
  const use = whole === 0 ? 0 : Math.min(1, taken / whole);
  return { served: 0, slow: 0, failed: 0, use };
}

/** Sums of all services, of a minute and of the whole time. */
class Total {
  public spotLost = 0;
  private served = 0;
  private slow = 0;
  private failed = 0;
  private closed = 0;
  private taskSeconds = 0;
  private vcpuSeconds = 0;
  private mostWaiting = 0;
  private degradedMinutes = 0;
  private minute = { slow: 0, failed: 0, all: 0 };
  private readonly moments: Moment[] = [];

  /** What a service did in a second. */
  public add(
    { of, most, serving }: State,
    { served, slow, failed }: Pick<Outcome, "served" | "slow" | "failed">,
    arrived: number,
    instant: Instant,
  ): void {
    const tasks = serving * setsOf(of, instant);
    this.taskSeconds += tasks;
    this.vcpuSeconds += tasks * of.vcpus;
    if (of.work !== undefined) return;
    if (most === 0) {
      this.closed += arrived;
      return;
    }
    this.served += served;
    this.slow += slow;
    this.failed += failed;
    this.minute.slow += slow;
    this.minute.failed += failed;
    this.minute.all += arrived;
  }

  /** The end of a second. */
  public pass(states: readonly State[], { second, rate, jobs }: Instant, isLast: boolean): void {
    this.taskSeconds += jobs.reduce((sum, { count }) => sum + count, 0);
    this.vcpuSeconds += jobs.reduce((sum, { vcpus }) => sum + vcpus, 0);
    const waiting = states.reduce(
      (sum, { of, waiting: own }) => sum + (of.work === undefined ? own : 0),
      0,
    );
    this.mostWaiting = Math.max(this.mostWaiting, waiting);
    if (second % 60 !== 59 && !isLast) return;
    const { slow, failed, all } = this.minute;
    if (slow + failed > all / 100) this.degradedMinutes += 1;
    const tasks = states.reduce((sum, { serving }) => sum + serving, 0);
    this.moments.push({ second, rps: rate, tasks, slow, failed });
    this.minute = { slow: 0, failed: 0, all: 0 };
  }

  public outcome(): Omit<Outcome, "decisions" | "queues"> {
    const { served, slow, failed, closed, spotLost, mostWaiting, degradedMinutes, moments } = this;
    return {
      ...{ served, slow, failed, closed, spotLost, mostWaiting, degradedMinutes, moments },
      taskHours: this.taskSeconds / 3600,
      vcpuHours: this.vcpuSeconds / 3600,
    };
  }
}
