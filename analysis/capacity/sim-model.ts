/** What the simulation knows of a stack, and what it says. */
import type { Backlog } from "./backlog";
import type { Bounds, StepIn, Tracking } from "./scaling";

/** Target tracking; its target for processors is a part, 0 to 1. */
export interface SimTracking extends Pick<
  Tracking,
  "by" | "target" | "outCooldownSeconds" | "inCooldownSeconds" | "scalesIn"
> {
  /** Length and number of the points that have to be above, and what passes besides until it has decided. */
  readonly periodSeconds: number;
  readonly periods: number;
  readonly lagSeconds: number;
}

/** A step that takes tasks away; `below` is a part of the processors, 0 to 1. */
export type SimStepIn = StepIn;

/** A service as the simulation knows it. */
export interface SimService {
  readonly name: string;
  /** Part of the requests at the edge. */
  readonly share: number;
  /** vCPUs of a task, and seconds of one that a request takes. */
  readonly vcpus: number;
  readonly cpuSeconds: number;
  readonly least: number;
  readonly most: number;
  /** Policies that add and remove tasks; empty: the service is not scaled. */
  readonly tracking: readonly SimTracking[];
  readonly stepIn?: SimStepIn;
  /** Times of the day from which the fewest and the most are others. */
  readonly day: readonly Bounds[];
  readonly deploying: number;
  /** Part of the tasks above the base that are on Spot; the base is always on demand. */
  readonly spotShare: number;
  readonly onDemandBase: number;
  readonly zones: number;
  /** A worker's messages: seconds of each, and how many a task works on at a time. They wait as long as it takes. */
  readonly work?: { readonly seconds: number; readonly atATime: number };
  /** Name of the cache that it cannot do without. */
  readonly cache?: string;
  /** Calls to another party through a NAT gateway, for a request, and seconds of each. */
  readonly calls: number;
  readonly callSeconds: number;
  /** Seconds that a request is open without its calls, and how many a task keeps open at a time. */
  readonly openSeconds: number;
  readonly atATime: number;
  /** Seconds after which its proxy answers a request with an error, where that is shorter. @default the stack's */
  readonly timeoutSeconds?: number;
  /** Its database, with the connections of a task and what a request takes there. */
  readonly database?: {
    readonly name: string;
    readonly pool: number;
    readonly heldSeconds: number;
    /** Seconds of a request, of those that it is open, in which it waits for the database. @default heldSeconds */
    readonly waitSeconds?: number;
    readonly cpuSeconds: number;
  };
}

/** vCPUs by the load: seconds of one for each request a second at the edge, at the least and at most so many. */
export interface SimWork {
  readonly seconds: number;
  readonly least: number;
  readonly most: number;
}

/** A database as the simulation knows it. */
export interface SimDatabase {
  readonly name: string;
  readonly connections: number;
  readonly vcpus: number;
  /** vCPUs that are used at every load, and by others than services: for each request a second at the edge, from a least to a most. */
  readonly usedVcpus: number;
  readonly besides: readonly SimWork[];
  /** Seconds of a failover: Infinity where nothing stands by. */
  readonly failoverSeconds: number;
  /** Whether it is a read replica: only an event that names it takes it. @default false */
  readonly isReplica?: boolean;
}

/** A queue that a function works on. */
export interface SimQueue {
  readonly name: string;
  /** Messages for each request at the edge. */
  readonly share: number;
  /** Seconds of work for a message; an environment works on one at a time. */
  readonly seconds: number;
  /** Environments at a time at most. */
  readonly most: number;
  /** Seconds until a new environment does its first work. */
  readonly coldSeconds: number;
  /** For each of its functions the environments that are kept ready, by the time of day from which they are. */
  readonly ready: readonly (readonly Bounds[])[];
}

/** A task that a clock starts. */
export interface SimJob {
  readonly name: string;
  /** Seconds of the day at which it starts, and how long it runs. */
  readonly starts: readonly number[];
  readonly seconds: number;
  /** Tasks that start together, and the vCPUs and connections of all of them. */
  readonly count: number;
  readonly vcpus: number;
  readonly database?: { readonly name: string; readonly pool: number };
}

export interface SimStack {
  readonly services: readonly SimService[];
  readonly databases: readonly SimDatabase[];
  readonly queues: readonly SimQueue[];
  readonly jobs: readonly SimJob[];
  /** Seconds of a failover by the cache's name: Infinity where nothing stands by. */
  readonly caches: Readonly<Record<string, number>>;
  /** vCPUs that the account allows on demand, and on Spot. */
  readonly vcpuQuota: number;
  readonly spotVcpuQuota: number;
  /** From the decision until a task serves. */
  readonly startSeconds: number;
  /** From its loss until the load balancer leaves a task out. */
  readonly noticeSeconds: number;
  /** For so long a lost zone's nodes of the load balancer still get their part of the requests. */
  readonly nodeSeconds: number;
  /** Whether all NAT gateways are in the zone that is lost. */
  readonly losesNat: boolean;
  /** Whether no primary, of a database or a cache, is in the zone of a replica that an event names. @default false */
  readonly isReplicaApart?: boolean;
  /** Connections at a time through all NAT gateways to one other party; Infinity where there is no gateway. */
  readonly natConnections: number;
  /** Seconds after which a request is answered by an error, and from which on it is slow. */
  readonly timeoutSeconds: number;
  readonly slowSeconds: number;
}

/** An event during the simulation. */
export interface SimEvent {
  readonly at: number;
  readonly kind:
    | "zone lost"
    | "spot gone"
    | "database failover"
    | "cache failover"
    | "deployment"
    | "slow database"
    | "slow party";
  /** The replica that is in the lost zone. @default none */
  readonly takes?: string;
  /** How long what is no failover lasts. @default to the end */
  readonly seconds?: number;
}

/** A moment of the outcome. */
export interface Moment {
  readonly second: number;
  readonly rps: number;
  readonly tasks: number;
  readonly slow: number;
  readonly failed: number;
}

export interface Outcome {
  readonly served: number;
  /** Of the served ones. */
  readonly slow: number;
  readonly failed: number;
  /** Requests at times at which a service is switched off. */
  readonly closed: number;
  readonly taskHours: number;
  readonly vcpuHours: number;
  /** Minutes in which more than one request in a hundred was slow or failed. */
  readonly degradedMinutes: number;
  /** Most requests that waited at a time. */
  readonly mostWaiting: number;
  /** One a minute. */
  readonly moments: readonly Moment[];
  /** Tasks on Spot that an event took. */
  readonly spotLost: number;
  /** Seconds at which scaling decided to add tasks, by service. */
  readonly decisions: Readonly<Record<string, readonly number[]>>;
  /** By queue, of functions and workers alike. */
  readonly queues: Readonly<Record<string, QueueOutcome>>;
}

export interface QueueOutcome {
  readonly mostWaiting: number;
  /** The longest that a message waited, until its work began. */
  readonly longestSeconds: number;
}

/** A second of the simulation. */
export interface Instant {
  readonly second: number;
  /** Of the day. */
  readonly clock: number;
  /** Requests a second at the edge. */
  readonly rate: number;
  readonly active: readonly SimEvent[];
  /** Tasks that clocks have started. */
  readonly jobs: readonly SimJob[];
}

export interface State {
  readonly of: SimService;
  /** As the clock has them. */
  least: number;
  most: number;
  serving: number;
  lost: number;
  readonly starting: { at: number; count: number }[];
  waiting: number;
  readonly trackers: Tracker[];
  /** Decisions of which AWS has yet to make a number: how many times as much as the target was seen. */
  readonly pending: { at: number; times: number; tracker?: Tracker }[];
  /** Since when a step may take tasks away, and until when it may not again. */
  calmSince: number;
  inPausedUntil: number;
  readonly decisions: number[];
  /** Of a worker: the messages that wait. */
  readonly backlog?: Backlog;
}

export interface Tracker {
  readonly of: SimTracking;
  /** Of the point so far. */
  sum: number;
  /** The last points, so many as have to be above. */
  readonly points: number[];
  lowSince: number;
  pausedUntil: number;
}
