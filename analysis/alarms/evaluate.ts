/**
 * How CloudWatch decides an alarm's state from the data points that it retrieved. Source: CloudWatch User Guide,
 * "Configuring how CloudWatch alarms treat missing data" and "Avoiding premature transitions to alarm state"; its
 * tables are the tests.
 */

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

/** A data point of a period: breaching, within the threshold, or missing. */
export type Point = boolean | undefined;

export interface Decision {
  /** `EvaluationPeriods`, N. */
  readonly periods: number;
  /** `DatapointsToAlarm`, M. */
  readonly toAlarm: number;
  readonly missingData: MissingData;
}

/**
 * The state that follows; undefined where the alarm keeps the one it has.
 *
 * @param points the evaluation range, oldest first: at least as many as evaluation periods
 */
export function decide(decision: Decision, points: readonly Point[]): AlarmState | undefined {
  const { periods, toAlarm, missingData } = decision;
  const real = points.filter((point) => point !== undefined);
  const evaluated = real.slice(-periods);
  const breaching = evaluated.filter(Boolean).length;
  if (breaching >= toAlarm) return "ALARM";
  if (evaluated.length === periods) return "OK";
  switch (missingData) {
    case "breaching":
      return breaching + periods - evaluated.length >= toAlarm ? "ALARM" : "OK";
    case "notBreaching":
      return "OK";
    case "ignore":
    case "missing":
      // One real point within the threshold is enough to say that all is well.
      if (evaluated.includes(false)) return "OK";
      if (missingData === "ignore") return undefined;
      return isOldEnough(points, toAlarm) ? "ALARM" : "INSUFFICIENT_DATA";
  }
}

/**
 * Whether breaching data that nothing followed has lasted: its oldest point is as many periods old as the alarm asks
 * for. A younger one may still turn out to be a single outlier.
 */
function isOldEnough(points: readonly Point[], toAlarm: number): boolean {
  const oldest = points.indexOf(true);
  return oldest !== -1 && points.length - oldest >= toAlarm;
}
