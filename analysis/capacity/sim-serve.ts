/** What a simulated service serves in a second, as its tasks, its database and its cache let it. */
import { waitsLonger } from "./queueing";
import type { Instant, SimDatabase, SimEvent, SimService, SimStack, State } from "./sim-model";

/** Events in which the primary of a database, or of a cache, is lost. */
const LOSES: Readonly<Record<"database" | "cache", ReadonlySet<SimEvent["kind"]>>> = {
  database: new Set(["database failover", "zone lost"]),
  cache: new Set(["cache failover", "zone lost"]),
};

/** Whether a store of a kind has failed and nothing has taken its place. */
function isDown(kind: keyof typeof LOSES, seconds: number, { active, second }: Instant): boolean {
  return active.some((event) => LOSES[kind].has(event.kind) && second < event.at + seconds);
}

/** Whether an event goes on; one with failovers lasts as long as they do. */
export function lasts({ kind, at, seconds }: SimEvent, now: number, stack: SimStack): boolean {
  const failovers = [
    ...(LOSES.database.has(kind) ? stack.databases.map((one) => one.failoverSeconds) : []),
    ...(LOSES.cache.has(kind) ? Object.values(stack.caches) : []),
  ];
  const length = failovers.length > 0 ? Math.max(...failovers) : (seconds ?? Infinity);
  return at <= now && now < at + length;
}

/** What each service can serve a second. */
export function roomOf(
  stack: SimStack,
  states: readonly State[],
  instant: Instant,
): (state: State) => number {
  const slower = instant.active.some(({ kind }) => kind === "slow database") ? 10 : 1;
  const shares = new Map(
    stack.databases.map((one) => [one.name, shareOf(one, states, instant)] as const),
  );
  return ({ of, serving }) => {
    if (of.cache !== undefined && isDown("cache", stack.caches[of.cache] ?? 0, instant)) return 0;
    const byTasks = tasksServe(of, serving);
    const store = of.database && shares.get(of.database.name);
    if (store === undefined) return byTasks;
    if (store.stopped) return 0;
    const byPool = (serving * of.database!.pool) / (of.database!.heldSeconds * slower);
    const byDatabase = instant.rate * of.share * store.computed;
    const whole = store.computed < 1 ? byDatabase : Infinity;
    return Math.min(byTasks * store.connected, byPool * store.connected, whole);
  };
}

/** Requests, or a worker's messages, a second of so many tasks. */
function tasksServe({ vcpus, cpuSeconds, work }: SimService, serving: number): number {
  const byProcessors = (serving * vcpus) / cpuSeconds;
  return work === undefined
    ? byProcessors
    : Math.min(byProcessors, (serving * work.atATime) / work.seconds);
}

/** How far a database does what is asked of it. */
function shareOf(
  { name, connections, vcpus, failoverSeconds }: SimDatabase,
  states: readonly State[],
  instant: Instant,
) {
  const deploys = instant.active.some(({ kind }) => kind === "deployment");
  const users = states.filter(({ of }) => of.database?.name === name);
  const byTasks = users.reduce(
    (sum, { of, serving }) => sum + serving * of.database!.pool * (deploys ? of.deploying : 1),
    0,
  );
  const byJobs = instant.jobs
    .filter(({ database }) => database?.name === name)
    .reduce((sum, { database }) => sum + database!.pool, 0);
  const open = byTasks + byJobs;
  const busy = users.reduce(
    (sum, { of }) => sum + instant.rate * of.share * of.database!.cpuSeconds,
    0,
  );
  return {
    stopped: isDown("database", failoverSeconds, instant),
    connected: open === 0 ? 1 : Math.min(1, connections / open),
    computed: busy === 0 ? 1 : Math.min(1, vcpus / busy),
  };
}

/** Part of the requests that go to what a lost zone has taken with it. */
function lostShare({ of, serving, lost }: State, stack: SimStack, instant: Instant): number {
  // Until the load balancer has noticed, lost tasks get their part of the requests.
  const tasks = serving + lost === 0 ? 0 : lost / (serving + lost);
  const zone = instant.active.find(({ kind }) => kind === "zone lost");
  const nodes = zone && instant.second < zone.at + stack.nodeSeconds ? 1 / of.zones : 0;
  const calls = zone && stack.losesNat ? of.callShare : 0;
  return 1 - (1 - tasks) * (1 - nodes) * (1 - calls);
}

/** Serves what has arrived and what waits, as far as there is room. */
export function serve(
  state: State,
  arrived: number,
  room: number,
  stack: SimStack,
  instant: Instant,
) {
  const { of, serving } = state;
  const refused = arrived * lostShare(state, stack, instant);
  const waiting = state.waiting + arrived - refused;
  const served = Math.min(waiting, room);
  const left = waiting - served;
  const kept = Math.min(left, room * stack.timeoutSeconds);
  state.waiting = kept;
  const whole = (serving * of.vcpus) / of.cpuSeconds;
  return {
    served,
    slow: served * lateShare(state, instant.rate * of.share, kept, room, stack),
    failed: refused + left - kept,
    use: whole === 0 ? 1 : Math.min(1, served / whole),
  };
}

/** Part of what was served that had waited too long: by chance at the rate that is expected, or in a queue that has grown. */
function lateShare(
  { of, serving }: State,
  expected: number,
  kept: number,
  room: number,
  { slowSeconds }: SimStack,
): number {
  const isLong = kept > room * slowSeconds ? 1 : 0;
  if (expected >= room) return isLong;
  const servers = Math.max(1, Math.floor(serving * of.vcpus));
  return Math.max(isLong, waitsLonger(servers, expected, servers / room, slowSeconds));
}
