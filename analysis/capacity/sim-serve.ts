/** What a simulated service serves in a second, as its tasks, its database and its cache let it. */
import { waitsLonger } from "./queueing";
import type { Instant, SimDatabase, SimEvent, SimService, SimStack, State } from "./sim-model";
import { setsOf } from "./sim-quotas";

/** How many times as long queries or calls take in an event that slows them. */
export const SLOWER = 10;

/** Events in which the primary of a database, or of a cache, may be lost. */
const LOSES: Readonly<Record<"database" | "cache", ReadonlySet<SimEvent["kind"]>>> = {
  database: new Set(["database failover", "zone lost"]),
  cache: new Set(["cache failover", "zone lost"]),
};

/** Whether an event takes the primaries of databases, or of caches: at best none is in a replica's zone. */
function takesPrimaries(
  of: "database" | "cache",
  { kind, takes: replica }: SimEvent,
  { isReplicaApart = false }: SimStack,
): boolean {
  return LOSES[of].has(kind) && (replica === undefined || !isReplicaApart);
}

/** Whether a cache has failed and nothing has taken its place. */
function isCacheDown(seconds: number, stack: SimStack, { active, second }: Instant): boolean {
  return active.some(
    (event) => takesPrimaries("cache", event, stack) && second < event.at + seconds,
  );
}

/** Whether an event takes a database: a replica that it names, or a primary. */
function takes(event: SimEvent, { name, isReplica }: SimDatabase, stack: SimStack): boolean {
  return isReplica === true ? event.takes === name : takesPrimaries("database", event, stack);
}

/** Whether an event goes on; one with failovers lasts as long as they do. */
export function lasts(event: SimEvent, now: number, stack: SimStack): boolean {
  const { at, seconds } = event;
  const failovers = [
    ...stack.databases.filter((one) => takes(event, one, stack)).map((one) => one.failoverSeconds),
    ...(takesPrimaries("cache", event, stack) ? Object.values(stack.caches) : []),
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
  const slower = slowness("slow database", instant);
  const shares = new Map(
    stack.databases.map((one) => [one.name, shareOf(one, stack, states, instant)] as const),
  );
  return ({ of, serving }) => {
    if (of.cache !== undefined && isCacheDown(stack.caches[of.cache] ?? 0, stack, instant))
      return 0;
    const byTasks = Math.min(tasksServe(of, serving), tasksHold(of, serving, instant));
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

/** How many times as long something takes. */
function slowness(kind: SimEvent["kind"], { active }: Instant): number {
  return active.some((event) => event.kind === kind) ? SLOWER : 1;
}

/** Requests a second that tasks can keep open, by Little's law: each is open until its queries and calls are answered. */
function tasksHold(of: SimService, serving: number, instant: Instant): number {
  if (of.work !== undefined) return Infinity;
  const { heldSeconds = 0, waitSeconds = heldSeconds } = of.database ?? {};
  const seconds =
    of.openSeconds +
    waitSeconds * (slowness("slow database", instant) - 1) +
    of.calls * of.callSeconds * slowness("slow party", instant);
  return seconds === 0 ? Infinity : (serving * of.atATime) / seconds;
}

/** Part of the calls that find a connection through the NAT gateways. */
function callsConnected(states: readonly State[], stack: SimStack, instant: Instant): number {
  const slower = slowness("slow party", instant);
  const held = states.reduce(
    (sum, { of }) => sum + instant.rate * of.share * of.calls * of.callSeconds * slower,
    0,
  );
  return held === 0 ? 1 : Math.min(1, stack.natConnections / held);
}

/** vCPUs of a database that others than services use at a load. */
export function besides({ besides: parts }: Pick<SimDatabase, "besides">, rate: number): number {
  return parts.reduce(
    (sum, { seconds, least, most }) => sum + Math.min(most, Math.max(least, rate * seconds)),
    0,
  );
}

/** How far a database does what is asked of it. */
function shareOf(
  database: SimDatabase,
  stack: SimStack,
  states: readonly State[],
  instant: Instant,
) {
  const { name, connections, vcpus, usedVcpus, failoverSeconds } = database;
  const users = states.filter(({ of }) => of.database?.name === name);
  const byTasks = users.reduce(
    (sum, { of, serving }) => sum + serving * of.database!.pool * setsOf(of, instant),
    0,
  );
  const byJobs = instant.jobs
    .filter(({ database }) => database?.name === name)
    .reduce((sum, { database }) => sum + database!.pool, 0);
  const open = byTasks + byJobs;
  const busy = users.reduce(
    (sum, { of }) => sum + instant.rate * of.share * of.database!.cpuSeconds,
    usedVcpus + besides(database, instant.rate),
  );
  return {
    stopped: instant.active.some(
      (event) => takes(event, database, stack) && instant.second < event.at + failoverSeconds,
    ),
    connected: open === 0 ? 1 : Math.min(1, connections / open),
    computed: busy === 0 ? 1 : Math.min(1, vcpus / busy),
  };
}

/** Part of the requests that call another party. */
function callShare({ calls }: SimService): number {
  return Math.min(1, calls);
}

/** Part of the requests that go to what a lost zone has taken with it. */
function lostShare(
  { of, serving, lost }: State,
  stack: SimStack,
  states: readonly State[],
  instant: Instant,
): number {
  // Until the load balancer has noticed, lost tasks get their part of the requests.
  const tasks = serving + lost === 0 ? 0 : lost / (serving + lost);
  const zone = instant.active.find(({ kind }) => kind === "zone lost");
  const nodes = zone && instant.second < zone.at + stack.nodeSeconds ? 1 / of.zones : 0;
  const callSeconds = of.callSeconds * slowness("slow party", instant);
  const isLost =
    (zone !== undefined && stack.losesNat) ||
    callSeconds > (of.timeoutSeconds ?? stack.timeoutSeconds);
  const calls = callShare(of) * (isLost ? 1 : 1 - callsConnected(states, stack, instant));
  return 1 - (1 - tasks) * (1 - nodes) * (1 - calls);
}

/** Serves what has arrived and what waits, as far as there is room. */
export function serve(
  state: State,
  arrived: number,
  room: number,
  stack: SimStack,
  states: readonly State[],
  instant: Instant,
) {
  const { of, serving } = state;
  const refused = arrived * lostShare(state, stack, states, instant);
  const waiting = state.waiting + arrived - refused;
  const served = Math.min(waiting, room);
  const left = waiting - served;
  const kept = Math.min(left, room * (of.timeoutSeconds ?? stack.timeoutSeconds));
  state.waiting = kept;
  const whole = (serving * of.vcpus) / of.cpuSeconds;
  const callSeconds = of.callSeconds * slowness("slow party", instant);
  const slowCalls = callSeconds > stack.slowSeconds ? callShare(of) : 0;
  const heldSeconds = (of.database?.heldSeconds ?? 0) * slowness("slow database", instant);
  const late = lateShare(state, instant.rate * of.share, kept, room, stack);
  const slowQueries = heldSeconds > stack.slowSeconds ? 1 : 0;
  return {
    served,
    slow: served * Math.max(late, slowCalls, slowQueries),
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
