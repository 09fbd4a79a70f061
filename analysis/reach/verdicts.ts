/** The answers about a path, in their order. */
import type { NetworkPath } from "./model";

export type Verdict = NetworkPath["verdict"];

/** From the best to the worst. */
const VERDICTS: readonly Verdict[] = ["reachable", "undecided", "blocked"];

/** 0 for the best. */
export function rankOf(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

/** The worse of two verdicts. */
export function worse(one: Verdict, other: Verdict): Verdict {
  return rankOf(other) > rankOf(one) ? other : one;
}

/** Of several answers the first one with the best verdict; undefined of none. */
export function bestAnswer<T extends { readonly verdict: Verdict }>(
  answers: readonly T[],
): T | undefined {
  return [...answers].sort((one, other) => rankOf(one.verdict) - rankOf(other.verdict))[0];
}
