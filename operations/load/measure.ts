/** What a load test measured of a request, in the values that `npm run capacity` counts with. */
import type { OwnAssumptions } from "../../analysis/capacity/assumed";
import type { Range } from "../../analysis/capacity/figures";

/** A minute of the test. */
export interface Minute {
  readonly requests: number;
  /** What was used in it: seconds of one vCPU, or reads and writes of storage. */
  readonly used: number;
}

/** A measured value, or why there is none. */
export type Measurement = { readonly value: Range } | { readonly why: string };

/** A line through fewer minutes, or through minutes of much the same load, says nothing about one request. */
const FEWEST_MINUTES = 5;
const SPREAD = 1.5;

/** Milliseconds of one vCPU for a request. */
export function cpuMsOf(minutes: readonly Minute[]): Measurement {
  return perRequest(minutes, 1000, "the use of the processors");
}

/**
 * What a request uses: the slope of a line through the minutes by least squares, so that what is used
 * without any request does not count. The range is twice the standard error on each side, 95 of 100 times right.
 */
function perRequest(minutes: readonly Minute[], units: number, what: string): Measurement {
  const count = minutes.length;
  if (count < FEWEST_MINUTES) {
    return { why: `${count} minutes have figures, and ${FEWEST_MINUTES} are needed` };
  }
  const most = Math.max(...minutes.map(({ requests }) => requests));
  const least = Math.min(...minutes.map(({ requests }) => requests));
  if (most < SPREAD * least || most === 0) {
    return { why: `the load is nearly the same in all minutes: ${least} to ${most} requests` };
  }
  const mean = (pick: (minute: Minute) => number) =>
    minutes.reduce((sum, minute) => sum + pick(minute), 0) / count;
  const [meanRequests, meanUsed] = [mean((one) => one.requests), mean((one) => one.used)];
  const spread = minutes.reduce((sum, one) => sum + (one.requests - meanRequests) ** 2, 0);
  const slope =
    minutes.reduce((sum, one) => sum + (one.requests - meanRequests) * (one.used - meanUsed), 0) /
    spread;
  const left = minutes.reduce(
    (sum, one) => sum + (one.used - meanUsed - slope * (one.requests - meanRequests)) ** 2,
    0,
  );
  const error = Math.sqrt(left / (count - 2) / spread);
  if (slope <= 2 * error) return { why: `${what} does not follow the load` };
  return { value: [rounded(units * (slope - 2 * error)), rounded(units * (slope + 2 * error))] };
}

/** Three digits: more are not measured. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** What is measured of a database, for each query. */
export type OfQuery = "queryCpuMs" | "queryIos";

/** A database with the services that ask it. */
export interface MeasuredDatabase {
  readonly name: string;
  /** The services' queries of a request and what each takes as assumed, and requests in the test. */
  readonly services: readonly {
    readonly name: string;
    readonly queries: Range;
    readonly takes: Readonly<Record<OfQuery, Range>>;
    readonly requests: number;
  }[];
  readonly minutes: Readonly<Record<OfQuery, readonly Minute[]>>;
}

const UNITS = {
  queryCpuMs: { units: 1000, what: "the use of the processors", said: "ms of a vCPU" },
  queryIos: { units: 1, what: "the use of the storage", said: "reads and writes of storage" },
} as const;

/**
 * What a query takes of a database, by service. The database is measured as a whole: its services keep the
 * proportion that was assumed, and the queries of a request stay an assumption: a query takes the measured amount divided
 * by the most queries to divided by the fewest.
 */
export function queriesOf(
  { name, services, minutes }: MeasuredDatabase,
  id: OfQuery,
  said: string,
  asOf: string,
): { readonly services: NonNullable<OwnAssumptions["services"]> } | { readonly why: string } {
  const { units, what, said: unit } = UNITS[id];
  const measured = perRequest(minutes[id], units, what);
  if ("why" in measured) return { why: `${name}, ${id}: ${measured.why}` };
  const middle = ([least, most]: Range) => (least + most) / 2;
  const all = services.reduce((sum, one) => sum + one.requests, 0);
  const assumed = services.reduce(
    (sum, one) => sum + (one.requests / all) * middle(one.queries) * middle(one.takes[id]),
    0,
  );
  const [least, most] = measured.value;
  return {
    services: Object.fromEntries(
      services.map((one) => {
        const share = (middle(one.queries) * middle(one.takes[id])) / assumed;
        const [fewest, mostQueries] = one.queries;
        const value = [
          rounded((least * share) / mostQueries),
          rounded((most * share) / (fewest || middle(one.queries))),
        ] as const;
        const why = `${said}: ${name} used ${least} to ${most} ${unit} for a request; ${one.queries.join(" to ")} queries of it are assumed`;
        return [one.name, { [id]: { value, why, asOf } }];
      }),
    ),
  };
}

/** A queue and the functions that work on it alone. */
export interface MeasuredQueue {
  /** Physical name. */
  readonly queue: string;
  /** Seconds that the functions ran in all, and messages that they finished. */
  readonly seconds: number;
  readonly messages: number;
}

/** Seconds of work for a message. */
export function messageSecondsOf({
  messages,
  seconds,
}: MeasuredQueue): { readonly value: number } | { readonly why: string } {
  return messages === 0 || seconds === 0
    ? { why: "no message was worked on" }
    : { value: rounded(seconds / messages) };
}
