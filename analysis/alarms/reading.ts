import { EXTRA_POINTS } from "../../facts/alarm-evaluation";

/**
 * What AWS's pages leave open about the evaluation of an alarm. An alarm that is right under every reading is right
 * whichever CloudWatch follows.
 */
export interface Reading {
  /** Data points that CloudWatch retrieves beyond the evaluation periods. */
  readonly extraPoints: number;
  /**
   * A metric without any data point, in arithmetic and comparisons with one that has some: `zero` as a single missing
   * value is ("Missing values in a time series are treated as 0"), or `nothing`, as if there were nothing to combine.
   */
  readonly emptyMetric: "zero" | "nothing";
}

/** The documented one, where there is one. */
export const DOCUMENTED: Reading = { extraPoints: EXTRA_POINTS.documented, emptyMetric: "zero" };

/** Every combination that an alarm has to be right under; 5 stands for more points than the documented ones. */
export const READINGS: readonly Reading[] = [EXTRA_POINTS.documented, 5].flatMap((extraPoints) =>
  (["zero", "nothing"] as const).map((emptyMetric) => ({ extraPoints, emptyMetric })),
);
