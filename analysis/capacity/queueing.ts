/** Queueing theory: what waits where requests arrive by chance, in closed form, and the same by events to hold it against. */

/** Part of the requests that find all of `servers` busy, where each arrives by chance: Erlang's C. 1 from the whole capacity on. */
export function erlangC(servers: number, offered: number): number {
  if (offered >= servers) return 1;
  // Erlang's B by its recursion: no factorial, so that thousands of servers do no harm.
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) {
    blocked = (offered * blocked) / (count + offered * blocked);
  }
  return blocked / (1 - (offered / servers) * (1 - blocked));
}

/** Seconds that a request waits on average, of `rate` a second that take `seconds` each. */
export function meanWait(servers: number, rate: number, seconds: number): number {
  const offered = rate * seconds;
  if (offered >= servers) return Infinity;
  return (erlangC(servers, offered) * seconds) / (servers - offered);
}

/** Part of the requests that wait longer than `limit` seconds. */
export function waitsLonger(servers: number, rate: number, seconds: number, limit: number): number {
  const offered = rate * seconds;
  if (offered >= servers) return 1;
  return erlangC(servers, offered) * Math.exp((-(servers - offered) * limit) / seconds);
}

/** Numbers from 0 to 1 by a seed: the same seed gives the same numbers (mulberry32). */
export function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a simulation by events says of a queue. */
export interface QueueSample {
  readonly meanWait: number;
  /** Requests inside, waiting or served, on average over time. */
  readonly inside: number;
  readonly delayed: number;
  /** Part of the requests that waited longer than the limit. */
  readonly late: number;
}

/** Requests that arrive and are served by chance, one event after the other: M/M/c. */
export function sampleQueue(
  { servers, rate, seconds }: { servers: number; rate: number; seconds: number },
  requests: number,
  seed: number,
  limit = 0,
): QueueSample {
  const random = randomBy(seed);
  const draw = (mean: number) => -Math.log(1 - random()) * mean;
  const freeAt = new Array<number>(servers).fill(0);
  let [now, waited, spent, delayed, late] = [0, 0, 0, 0, 0];
  let end = 0;
  for (let index = 0; index < requests; index += 1) {
    now += draw(1 / rate);
    let first = 0;
    for (let server = 1; server < servers; server += 1) {
      if (freeAt[server]! < freeAt[first]!) first = server;
    }
    const wait = Math.max(0, freeAt[first]! - now);
    const service = draw(seconds);
    freeAt[first] = now + wait + service;
    waited += wait;
    spent += wait + service;
    delayed += wait > 0 ? 1 : 0;
    late += wait > limit ? 1 : 0;
    end = Math.max(end, freeAt[first]!);
  }
  return {
    ...{ meanWait: waited / requests, inside: spent / end },
    ...{ delayed: delayed / requests, late: late / requests },
  };
}
