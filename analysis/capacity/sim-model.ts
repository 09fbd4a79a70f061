/** What the simulation knows of a stack, and what it says. */

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
  /** Use of the processors, 0 to 1, above which tasks are added; undefined: nobody scales it. */
  readonly target?: number;
  readonly cooldownSeconds: number;
  readonly deploying: number;
  /** Part of the tasks above the base that are on Spot; the base is always on demand. */
  readonly spotShare: number;
  readonly onDemandBase: number;
  readonly zones: number;
  /** Its database, with the connections of a task and what a request takes there. */
  readonly database?: {
    readonly name: string;
    readonly pool: number;
    readonly heldSeconds: number;
    readonly cpuSeconds: number;
  };
}

/** A database as the simulation knows it. */
export interface SimDatabase {
  readonly name: string;
  readonly connections: number;
  readonly vcpus: number;
  /** Seconds of a failover: Infinity where nothing stands by, 0 for a replica, which is not in the primary's zone. */
  readonly failoverSeconds: number;
}

export interface SimStack {
  readonly services: readonly SimService[];
  readonly databases: readonly SimDatabase[];
  /** vCPUs that the account allows on demand, and on Spot. */
  readonly vcpuQuota: number;
  readonly spotVcpuQuota: number;
  /** Target tracking: length and number of its periods, and what passes besides until it has decided. */
  readonly tracking: {
    readonly periodSeconds: number;
    readonly periods: number;
    readonly lagSeconds: number;
  };
  /** From the decision until a task serves. */
  readonly startSeconds: number;
  /** From its loss until the load balancer leaves a task out. */
  readonly noticeSeconds: number;
  /** Seconds after which a request is answered by an error, and from which on it is slow. */
  readonly timeoutSeconds: number;
  readonly slowSeconds: number;
}

/** What happens on the way. */
export interface SimEvent {
  readonly at: number;
  readonly kind: "zone lost" | "spot gone" | "database failover" | "deployment" | "slow database";
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
}

export interface State {
  readonly of: SimService;
  serving: number;
  lost: number;
  readonly starting: { at: number; count: number }[];
  waiting: number;
  pausedUntil: number;
  /** Use of the processors in the period so far, and in the periods before. */
  used: number;
  readonly uses: number[];
  readonly pending: { at: number; use: number }[];
  calmSince: number;
  readonly decisions: number[];
}
