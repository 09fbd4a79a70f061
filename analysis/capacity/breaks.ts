/** What breaks first, by load. */
import type { CostEstimate } from "../cost/model";
import type { Assumptions } from "./assumed";
import { KINDS, ON_REPLICA, type Limit } from "./model";
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
  /** Moves without a price. */
  readonly unpriced: number;
  /** Limits that no setting moves that far. */
  readonly beyond: number;
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
      unpriced: passed.filter(({ move }) => !move.isBeyond && move.monthlyUsd === undefined).length,
      beyond: passed.filter(({ move }) => move.isBeyond).length,
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

/** What a user sees once a limit is reached: of a replica, only those who read it. */
export function userOf({ kind, bounds = [] }: Pick<Limit, "kind" | "bounds">): string {
  const isReplica = bounds.some(({ which }) => which?.split(".").includes("replica"));
  return (isReplica ? ON_REPLICA[kind] : undefined) ?? KINDS[kind].user;
}

/** `crm-core: processors of the service's tasks`. */
export function titleOf({ kind, of }: Pick<Limit, "kind" | "of">): string {
  return `${of}: ${KINDS[kind].title}`;
}
