/** What breaks first: by load, and what the design has to become past what one stack carries. */
import type { CostEstimate } from "../cost/model";
import type { Assumptions } from "./assumed";
import { times, type Range } from "./figures";
import { holding, KINDS, UNREACHED, type Limit } from "./model";
import { moveFor, type Move } from "./moves";

/** Multiples of today's load in the table. */
export const MULTIPLES = [1, 2, 5, 10, 100] as const;
/** The load that the table ends with, in requests a second. */
export const LARGEST_LOAD = 1_000_000;

/** One load. */
export interface Row {
  readonly label: string;
  readonly rps: number;
  /** Limits that may be passed, the first that is reached first. */
  readonly passed: readonly { readonly limit: Limit; readonly move: Move }[];
  /** Limits that are passed even where all that is unknown is for them. */
  readonly certain: number;
  /** USD a month more for all moves that have a price. */
  readonly monthlyUsd: number;
  readonly unpriced: number;
}

/** The rows of the table. */
export function rowsOf(
  limits: readonly Limit[],
  today: number,
  assumptions: Assumptions,
  cost: CostEstimate,
  extra?: number,
): Row[] {
  const loads = [
    ...MULTIPLES.map((multiple) => ({ label: `${multiple}x`, rps: multiple * today })),
    ...(extra === undefined ? [] : [{ label: "asked for", rps: extra }]),
    { label: "1 million", rps: LARGEST_LOAD },
  ].sort((one, other) => one.rps - other.rps);
  return loads.map(({ label, rps }) => {
    const passed = limits.flatMap((limit) => {
      const move = moveFor(limit, rps, assumptions, cost);
      return move === undefined ? [] : [{ limit, move }];
    });
    const prices = perResource(passed);
    return {
      ...{ label, rps, passed },
      certain: passed.filter(({ limit }) => limit.holds[1] < rps).length,
      monthlyUsd: prices.reduce((sum, usd) => sum + usd, 0),
      unpriced: passed.filter(({ move }) => move.monthlyUsd === undefined).length,
    };
  });
}

/** A larger database moves several of its limits: the dearest move of a resource counts, and only once. */
function perResource(passed: Row["passed"]): number[] {
  const byUrn = new Map<string, number>();
  for (const { limit, move } of passed) {
    byUrn.set(limit.urn, Math.max(byUrn.get(limit.urn) ?? 0, move.monthlyUsd ?? 0));
  }
  return [...byUrn.values()];
}

/** What one stack carries with each limit at the most that AWS gives and the pools as they are, and how the design grows past that. */
export interface Growth {
  /** Requests a second at the edge: the least of all limits, surely and at best. */
  readonly largest: Range;
  /** What binds then; undefined where nothing does. */
  readonly bound?: Limit;
  /** Stacks of this kind that a load needs: cells, each with a part of the customers. */
  readonly cells: (rps: number) => Range;
}

export function growthOf(limits: readonly Limit[]): Growth {
  const ends = limits
    .map((limit) => ({ limit, holds: atCeiling(limit) }))
    .filter(({ holds }) => holds[0] < UNREACHED)
    .sort((one, other) => one.holds[0] - other.holds[0]);
  const [first] = ends;
  const largest: Range = [
    first?.holds[0] ?? UNREACHED,
    Math.min(UNREACHED, ...ends.map(({ holds }) => holds[1])),
  ];
  return {
    largest,
    ...(first && { bound: first.limit }),
    cells: (rps) => [Math.ceil(rps / largest[1]), Math.ceil(rps / largest[0])],
  };
}

/** What a limit holds with as much as AWS gives of it. */
function atCeiling(limit: Limit): Range {
  if (limit.ceiling === Infinity) return [UNREACHED, UNREACHED];
  return holding(limit, times(limit.capacity, Math.max(1, limit.ceiling / limit.capacity[1])));
}

/** `crm-core: processors of the service's tasks`. */
export function titleOf({ kind, of }: Pick<Limit, "kind" | "of">): string {
  return `${of}: ${KINDS[kind].title}`;
}
