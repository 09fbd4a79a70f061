/** What a load test measured of a request, in the values that `npm run capacity` counts with. */
import type { OwnAssumptions } from "../../analysis/capacity/assumed";
import type { Range } from "../../analysis/capacity/figures";

/** A minute of the test. */
export interface Minute {
  readonly requests: number;
  /** Seconds of one vCPU that were used in it. */
  readonly cpuSeconds: number;
}

/** A measured value, or why there is none. */
export type Measurement = { readonly value: Range } | { readonly why: string };

/** A line through fewer minutes, or through minutes of much the same load, says nothing about one request. */
const FEWEST_MINUTES = 5;
const SPREAD = 1.5;

/**
 * Milliseconds of one vCPU for a request: the slope of a line through the minutes by least squares, so that what is used
 * without any request does not count. The range is twice the standard error on each side, 95 of 100 times right.
 */
export function cpuMsOf(minutes: readonly Minute[]): Measurement {
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
  const [meanRequests, meanCpu] = [mean((one) => one.requests), mean((one) => one.cpuSeconds)];
  const spread = minutes.reduce((sum, one) => sum + (one.requests - meanRequests) ** 2, 0);
  const slope =
    minutes.reduce(
      (sum, one) => sum + (one.requests - meanRequests) * (one.cpuSeconds - meanCpu),
      0,
    ) / spread;
  const left = minutes.reduce(
    (sum, one) => sum + (one.cpuSeconds - meanCpu - slope * (one.requests - meanRequests)) ** 2,
    0,
  );
  const error = Math.sqrt(left / (count - 2) / spread);
  if (slope <= 2 * error) return { why: "the use of the processors does not follow the load" };
  return { value: [rounded(1000 * (slope - 2 * error)), rounded(1000 * (slope + 2 * error))] };
}

/** Three digits: more are not measured. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** A database with the services that ask it. */
export interface MeasuredDatabase {
  readonly name: string;
  /** The services' queries of a request and milliseconds of each as assumed, and requests in the test. */
  readonly services: readonly {
    readonly name: string;
    readonly queries: Range;
    readonly queryCpuMs: Range;
    readonly requests: number;
  }[];
  readonly minutes: readonly Minute[];
}

/**
 * Milliseconds of a database for a query, by service. The database is measured as a whole: its services keep the
 * proportion that was assumed, and the queries of a request stay an assumption: a query has the measured milliseconds divided
 * by the most queries to divided by the fewest.
 */
export function queriesOf(
  { name, services, minutes }: MeasuredDatabase,
  said: string,
  asOf: string,
): { readonly services: NonNullable<OwnAssumptions["services"]> } | { readonly why: string } {
  const measured = cpuMsOf(minutes);
  if ("why" in measured) return { why: `${name}: ${measured.why}` };
  const middle = ([least, most]: Range) => (least + most) / 2;
  const all = services.reduce((sum, one) => sum + one.requests, 0);
  const assumed = services.reduce(
    (sum, one) => sum + (one.requests / all) * middle(one.queries) * middle(one.queryCpuMs),
    0,
  );
  const [least, most] = measured.value;
  return {
    services: Object.fromEntries(
      services.map((one) => {
        const share = (middle(one.queries) * middle(one.queryCpuMs)) / assumed;
        const [fewest, mostQueries] = one.queries;
        const value = [
          rounded((least * share) / mostQueries),
          rounded((most * share) / (fewest || middle(one.queries))),
        ] as const;
        const why = `${said}: ${name} used ${least} to ${most} ms of a vCPU for a request; ${one.queries.join(" to ")} queries of it are assumed`;
        return [one.name, { queryCpuMs: { value, why, asOf } }];
      }),
    ),
  };
}
