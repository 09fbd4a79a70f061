/** What a limit is: something that a stack has so much of, and that each request takes a part of. */
import { POOL } from "../../facts/pools";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import { times, type Figure, type Range } from "./figures";

/** Kinds of limits, each with what a user sees once it is reached and with what moves it. */
export const KINDS = {
  tasks: {
    title: "processors of the service's tasks",
    user: "answers get slower, then 503",
    moves: "maxCapacity of its scaling target",
  },
  pool: {
    title: "connections in the service's pools",
    user: "requests wait for a connection, then fail by time-out",
    moves: `${POOL.variable} of its container`,
  },
  connections: {
    title: "connections of the database",
    user: "500: remaining connection slots are reserved; new tasks do not become healthy",
    moves: "instanceClass of the database, or smaller pools",
  },
  "database-cpu": {
    title: "processors of the database",
    user: "every page that reads or writes gets slow",
    moves: "instanceClass of the database, or reads on a replica",
  },
  replay: {
    title: "replay of the source's writes, by one process",
    user: "readers of the replica get data that is older each minute",
    moves: "fewer writes, or a storage that replicas share",
  },
  "database-storage": {
    title: "reads and writes of the database's storage",
    user: "writes get slow, then everything",
    moves: "iops of the database",
  },
  "database-throughput": {
    title: "MiB a second of the database's storage",
    user: "writes get slow, then everything",
    moves: "storageThroughput of the database",
  },
  "cache-connections": {
    title: "connections of a cache node",
    user: "sessions are not found: people have to sign in again",
    moves: "the services' pool to the cache",
  },
  "cache-memory": {
    title: "memory of the cache",
    user: "keys are evicted: people have to sign in again, the database gets more queries",
    moves: "nodeType or numNodeGroups of the cache",
  },
  "cache-cpu": {
    title: "commands of the cache",
    user: "every page gets slow",
    moves: "numNodeGroups of the cache",
  },
  "fargate-vcpus": {
    title: "Fargate vCPUs on demand",
    user: "no new tasks start: answers get slow, releases do not finish",
    moves: `the account's quota ${SERVICE_QUOTAS.fargateVcpus.code}`,
  },
  "fargate-spot-vcpus": {
    title: "Fargate vCPUs on Spot",
    user: "no new tasks start on Spot: answers get slow",
    moves: `the account's quota ${SERVICE_QUOTAS.fargateSpotVcpus.code}`,
  },
  "open-requests": {
    title: "requests that the service's tasks keep open",
    user: "requests wait, then 504",
    moves: "maxCapacity of its scaling target",
  },
  "target-connections": {
    title: "connections from the load balancer to the service's tasks",
    user: "502 and 504 from the load balancer",
    moves: "maxCapacity of its scaling target, or a longer keep-alive of its container",
  },
  targets: {
    title: "targets of the load balancer",
    user: "new tasks get no traffic",
    moves: "the account's quota of targets per load balancer",
  },
  addresses: {
    title: "addresses of the tasks' subnets",
    user: "no new tasks start: answers get slow",
    moves: "larger subnets",
  },
  "nat-connections": {
    title: "connections through the NAT gateways to one other party",
    user: "requests that need the other party fail",
    moves: "more addresses for each NAT gateway",
  },
  "distribution-requests": {
    title: "requests a second of the distribution",
    user: "503 from CloudFront",
    moves: "the distribution's quota of requests a second",
  },
  "distribution-bandwidth": {
    title: "bandwidth of the distribution",
    user: "503 from CloudFront",
    moves: "the distribution's quota of its data transfer rate",
  },
  "firewall-rate": {
    title: "requests of one address that the firewall lets through",
    user: "403 for all users behind the busiest address",
    moves: "limit of the web ACL's rate rule",
  },
  "firewall-requests": {
    title: "requests a second of the web ACL",
    user: "503 from the load balancer",
    moves: "the account's quota of requests a second per web ACL",
  },
  queue: {
    title: "work on the queue",
    user: "what the queue does comes later and later",
    moves: "maximumConcurrency and the function's reserved concurrency",
  },
  "in-flight": {
    title: "messages in flight of the queue",
    user: "what the queue does stands still",
    moves: "more queues, or faster work",
  },
  visibility: {
    title: "seconds for a batch of the queue",
    user: "messages are worked on again and again, until they are in the dead-letter queue",
    moves:
      "timeout of the function and visibilityTimeoutSeconds of the queue, or a smaller batchSize",
  },
  "function-concurrency": {
    title: "executions of the account's functions",
    user: "functions are throttled: their work comes later",
    moves: `the account's quota ${SERVICE_QUOTAS.lambdaConcurrency.code}`,
  },
  "log-ingestion": {
    title: "calls of PutLogEvents",
    user: "nothing; lines of the log are lost",
    moves: "the account's quota of PutLogEvents",
  },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly user: string; readonly moves: string }>
>;

export type Kind = keyof typeof KINDS;

const SLOW_READERS =
  "only readers of the replica get slow, such as reports, and its data get older";
/** What a user sees where a limit of a database is a replica's. */
export const ON_REPLICA: Partial<Readonly<Record<Kind, string>>> = {
  connections:
    "only readers of the replica fail: remaining connection slots are reserved; its new tasks do not become healthy",
  "database-cpu": SLOW_READERS,
  "database-storage": SLOW_READERS,
  "database-throughput": SLOW_READERS,
};

/** What a request takes of a limit, and what is taken without any request. */
export interface Part {
  /** Whether a replica does it for a write of its source, and not for a query of its own. @default false */
  readonly isReplayed?: boolean;
  /** Units for each request a second at the edge. */
  readonly perRequest: Range;
  /** Units that are taken without any request. @default 0 */
  readonly least?: Range;
  /** Units that it takes at most, at any load. @default without end */
  readonly most?: Range;
  /** What only the tasks on one capacity provider take: the units of the part are then tasks, on all of them. @default units */
  readonly on?: OnProvider;
}

/** A capacity provider's tasks: those of the base are on demand, and of the rest a part is on Spot. */
export interface OnProvider extends Placement {
  readonly provider: "demand" | "spot";
  /** Units of a task. */
  readonly each: number;
}

/** How ECS divides the tasks of a service between Fargate on demand and Spot. */
export interface Placement {
  readonly onDemandBase: number;
  readonly spotShare: number;
}

/** Tasks on Spot of so many: each is on one provider whole. */
export function spotTasks({ spotShare, onDemandBase }: Placement, tasks: number): number {
  return Math.floor(Math.max(0, tasks - onDemandBase) * spotShare);
}

/** Units at the least or at the most: AWS does not say which provider the task of a remainder starts on. */
function unitsOn(on: OnProvider, tasks: number, index: 0 | 1): number {
  // What a sum of fractions has too much is no task.
  const whole = Math.ceil(tasks - 1e-9);
  const fewest = spotTasks(on, whole);
  const most = Math.ceil(Math.max(0, whole - on.onDemandBase) * on.spotShare - 1e-9);
  const onSpot: Range = [fewest, most];
  return on.each * (on.provider === "spot" ? onSpot[index] : whole - onSpot[1 - index]!);
}

/** Parts that take so many times as much. */
export function scaled(parts: readonly Part[], by: Range): Part[] {
  return parts.map(({ perRequest, least, most, ...part }) => ({
    ...part,
    perRequest: times(perRequest, by),
    ...(least && { least: times(least, by) }),
    ...(most && { most: times(most, by) }),
  }));
}

/** What more of a setting costs, where its price does not grow with the resource's own. */
export interface Paid {
  /** USD of the price table's unit in the stack's region; undefined where the table does not say. */
  readonly unitUsd?: number;
  /** Units of the limit that are bought together, and how much of the price's unit they are for a month. */
  readonly step: number;
  readonly quantity: number;
  /** Units of the limit up to which the price holds. @default without end */
  readonly upTo?: number;
}

/** So many equal ones, such as shards, of which more are added one by one. */
export interface Counted {
  readonly count: number;
}

/** How the price of what is moved grows: with each task, by the family's sizes, one by one, by a price of its own, or not at all. */
export type Growth = "tasks" | "sizes" | "free" | Counted | Paid;

/** One of several things that bound a limit. */
export interface Bound {
  /** The kind of limit whose setting moves it. */
  readonly kind: Kind;
  /** Which of the kind's settings, such as `replica`: `KIND.WHICH` among the program's settings. @default the kind's own */
  readonly which?: string;
  /** Units that it lets through surely. */
  readonly least: number;
  /** @default the kind's own */
  readonly growth?: Growth;
  /** How many times as much the largest size has, and the kind whose setting adds more of those. @default without end */
  readonly largest?: { readonly times: number; readonly more: Kind };
}

/** One limit. */
export interface Limit {
  readonly kind: Kind;
  /** What it is a limit of: the service's, database's or queue's name in the program. */
  readonly of: string;
  readonly urn: string;
  readonly unit: string;
  readonly capacity: Range;
  /** Units that are taken at every load. */
  readonly fixed: Range;
  readonly parts: readonly Part[];
  /** What it follows from. */
  readonly figures: readonly Figure[];
  /** What bounds it, each with a setting of its own, where that is not its kind's alone. */
  readonly bounds?: readonly Bound[];
  /** The service's tasks, where more of them are the move: at most now, and as many as the program asks for. */
  readonly tasks?: { readonly most: number; readonly desired: number };
  /** Class or node type of the resource, by which its price is found. */
  readonly size?: string;
  /** What the setting is now, where a smaller one, of at least 1, is the move. */
  readonly shrinks?: Range;
  /** Nodes that share what the parts take of all: the limit is that of one. @default 1 */
  readonly nodes?: number;
  /** How much the same resource could have at most without another design; Infinity: as much as is asked for. */
  readonly ceiling: number;
  /** Largest load at the edge, in requests a second: surely, and at best. */
  readonly holds: Range;
}

/** A limit before its load is worked out. */
export type Draft = Omit<Limit, "holds" | "fixed" | "ceiling"> &
  Partial<Pick<Limit, "fixed" | "ceiling">>;

const NONE: Range = [0, 0];
const ENDLESS: Range = [Infinity, Infinity];

/** Units that a load takes: the least and the most. */
export function usedBy({ fixed, parts }: Pick<Limit, "fixed" | "parts">, rps: number): Range {
  const sum = (index: 0 | 1) =>
    parts.reduce((total, { perRequest, least = NONE, most = ENDLESS, on }) => {
      const units = Math.min(most[index], Math.max(least[index], perRequest[index] * rps));
      return total + (on === undefined ? units : unitsOn(on, units, index));
    }, fixed[index]);
  return [sum(0), sum(1)];
}

/** A load above every load that is asked for: it has no effect on the limit. */
export const UNREACHED = 1e9;

/** The largest load that keeps to the limit: with all that is unknown against it, and with all for it. */
export function holding(
  limit: Pick<Limit, "fixed" | "parts" | "capacity">,
  capacity: Range = limit.capacity,
): Range {
  const largest = (room: number, index: 0 | 1): number => {
    const fits = (rps: number) => usedBy(limit, rps)[index] <= room;
    if (!fits(0)) return 0;
    if (fits(UNREACHED)) return UNREACHED;
    let [low, high] = [0, UNREACHED];
    // Halves until it is exact to a hundredth of a percent.
    while (high - low > low * 1e-4 + 1e-3) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low;
  };
  return [largest(capacity[0], 1), largest(capacity[1], 0)];
}
