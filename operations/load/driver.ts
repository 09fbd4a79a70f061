/**
 * Sends requests at a given rate, whether or not the earlier ones were answered: users do not wait for each other. k6's
 * documentation, "Open and closed models", says why: a driver that waits for answers asks a slow platform more seldom, and
 * measures it too fast.
 */
import * as http from "node:http";
import * as https from "node:https";

/** A request that the test sends. */
export interface Request {
  /** The service's name in the program, such as `crm-core`. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  /** Part of all requests. */
  readonly share: number;
}

const isGood = (status: number) => status >= 200 && status < 400;

/** Answered with an error of the platform, or not answered. */
const isFailed = (status: number) => status === 0 || status >= 500;

/** What happened to the requests of a stretch of time. */
export class Tally {
  public sent = 0;
  /** Answers by status; 0 for those that got none. */
  public readonly statuses = new Map<number, number>();
  /** Bytes of the bodies of good answers. */
  public bytes = 0;
  /** Milliseconds from the moment at which each was due until its answer. */
  public readonly milliseconds: number[] = [];

  public get good(): number {
    return this.count(isGood);
  }

  public get failed(): number {
    return this.count(isFailed);
  }

  public add(other: Tally): void {
    this.sent += other.sent;
    this.bytes += other.bytes;
    for (const [status, count] of other.statuses) this.note(status, count);
    for (const one of other.milliseconds) this.milliseconds.push(one);
  }

  public note(status: number, count = 1): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + count);
  }

  /** The times within which these parts of the requests were answered. */
  public within(...parts: readonly number[]): number[] {
    const sorted = [...this.milliseconds].sort((one, other) => one - other);
    return parts.map((part) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
  }

  private count(counts: (status: number) => boolean): number {
    return [...this.statuses].reduce((sum, [status, n]) => sum + (counts(status) ? n : 0), 0);
  }
}

export interface Drive {
  readonly target: URL;
  readonly requests: readonly Request[];
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** Requests a second at a second of the test. */
  readonly rateAt: (second: number) => number;
  readonly timeoutSeconds: number;
  /** Requests in flight, past which this machine is the limit. */
  readonly mostUnderWay: number;
  /** Ends the test. */
  readonly signal: AbortSignal;
  /** Minute in which a moment is counted. @default the clock's */
  readonly minuteOf?: (milliseconds: number) => number;
}

export const minuteOfClock = (milliseconds: number) => Math.floor(milliseconds / 60_000);

/** What a drive found, by service and by the minute of the clock in which its requests were due. */
export interface Driven {
  readonly tallies: ReadonlyMap<string, ReadonlyMap<number, Tally>>;
  /** Why this machine could not go on; undefined where it could. */
  readonly trouble?: string;
}

const TICK_MILLISECONDS = 10;
/** A driver that sends so late measures itself. */
const LATE_MILLISECONDS = 2000;

/** Counts during a drive: for the code that watches it. */
export class Progress {
  private readonly recent: { readonly at: number; readonly failed: boolean }[] = [];

  public answered(failed: boolean, at = Date.now()): void {
    this.recent.push({ at, failed });
  }

  /** Part of the answers of the last seconds that are failures; 0 while there are few. */
  public failedShare(seconds: number, fewest: number, now = Date.now()): number {
    const from = now - seconds * 1000;
    const old = this.recent.findIndex(({ at }) => at >= from);
    this.recent.splice(0, old < 0 ? this.recent.length : old);
    if (this.recent.length < fewest) return 0;
    return this.recent.filter(({ failed }) => failed).length / this.recent.length;
  }
}

/** Sends until the time is over or the signal aborts; then waits for the requests in flight. */
export async function drive(job: Drive, progress = new Progress()): Promise<Driven> {
  const { requests, seconds, rateAt, signal, mostUnderWay, minuteOf = minuteOfClock } = job;
  const tallies = new Map<string, Map<number, Tally>>();
  const next = picker(requests);
  const client = clientOf(job);
  const underWay = new Set<Promise<void>>();
  const begun = Date.now();
  let [due, last] = [0, begun];
  let trouble: string | undefined;
  while (!signal.aborted && trouble === undefined) {
    const now = Date.now();
    if (now - last > LATE_MILLISECONDS) {
      trouble = `this machine was ${((now - last) / 1000).toFixed(1)} s late: it has too little power for this rate`;
    }
    const until = Math.min(now, begun + seconds * 1000);
    const rate = rateAt((last - begun) / 1000);
    const from = last;
    due += (rate * (until - from)) / 1000;
    last = until;
    for (let index = 0; due >= 1; due--, index++) {
      if (underWay.size >= mostUnderWay) {
        trouble = `${mostUnderWay} requests are in flight: more than this machine should hold`;
        break;
      }
      const request = next();
      const moment = Math.min(until, from + (1000 * (index + 1)) / rate);
      const tally = tallyOf(tallies, request.service, minuteOf(moment));
      tally.sent++;
      const answer = client.send(request).then(({ status, bytes }) => {
        tally.note(status);
        tally.milliseconds.push(Date.now() - moment);
        if (isGood(status)) tally.bytes += bytes;
        progress.answered(isFailed(status));
        underWay.delete(answer);
      });
      underWay.add(answer);
    }
    if (until < now) break;
    await new Promise((resolve) => setTimeout(resolve, TICK_MILLISECONDS));
  }
  // What was asked for is not asked for again: connections of a test that was ended are closed.
  if (signal.aborted || trouble !== undefined) client.end();
  await Promise.all(underWay);
  client.end();
  return { tallies, ...(trouble !== undefined && { trouble }) };
}

function tallyOf(tallies: Map<string, Map<number, Tally>>, service: string, minute: number): Tally {
  const minutes = tallies.get(service) ?? new Map<number, Tally>();
  tallies.set(service, minutes);
  const tally = minutes.get(minute) ?? new Tally();
  minutes.set(minute, tally);
  return tally;
}

/** Requests in turn by their shares: after each, none is further than one from its share. */
export function picker<T extends Pick<Request, "share">>(requests: readonly T[]): () => T {
  const sent = requests.map(() => 0);
  let all = 0;
  return () => {
    all++;
    const behind = requests.map(({ share }, index) => share * all - sent[index]!);
    const index = behind.indexOf(Math.max(...behind));
    sent[index]!++;
    return requests[index]!;
  };
}

interface Client {
  readonly send: (request: Request) => Promise<{ readonly status: number; readonly bytes: number }>;
  readonly end: () => void;
}

function clientOf({ target, headers, timeoutSeconds, mostUnderWay }: Drive): Client {
  const { request: ask, Agent } = target.protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: mostUnderWay });
  const open = new Set<http.ClientRequest>();
  return {
    send: ({ method, path, body }) =>
      new Promise((resolve) => {
        let done = false;
        const end = (status: number, bytes = 0) => {
          if (done) return;
          done = true;
          clearTimeout(timer);
          open.delete(asked);
          resolve({ status, bytes });
        };
        const asked = ask(new URL(path, target), { method, agent, headers: { ...headers } });
        const timer = setTimeout(() => asked.destroy(), timeoutSeconds * 1000);
        open.add(asked);
        asked.once("error", () => end(0));
        asked.once("close", () => end(0));
        asked.once("response", (response) => {
          let bytes = 0;
          response.on("data", (chunk: Buffer) => (bytes += chunk.length));
          response.once("end", () => end(response.statusCode ?? 0, bytes));
          response.once("error", () => end(0));
        });
        asked.end(body);
      }),
    end: () => {
      open.forEach((one) => one.destroy());
      agent.destroy();
    },
  };
}
