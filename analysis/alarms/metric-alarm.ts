/**
 * A planned metric alarm fed with what its metrics report, minute by minute. Source: CloudWatch User Guide, "Evaluating an
 * alarm": "For any period of one minute or longer, an alarm is evaluated every minute and the evaluation is based on the
 * window of time defined by the Period and Evaluation Periods."
 */
import type { PropertyBag } from "../plan/model";
import { type AlarmState, decide, type MissingData, type Point } from "./evaluate";
import { evaluateMath, type Series } from "./math";
import type { Reading } from "./reading";

/** What a metric reports. */
export interface Sample {
  readonly value: number;
  /** Minute that it is for: its timestamp. */
  readonly minute: number;
  /** Minute in which it reaches CloudWatch. @default the one that it is for */
  readonly arrives?: number;
}

interface WatchedMetric {
  readonly id: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly stat: string;
  readonly periodSeconds: number;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

interface AlarmModel {
  readonly metrics: readonly WatchedMetric[];
  /** Expressions in the order in which they use each other, the one that is compared last. @default the one metric */
  readonly expressions: readonly { readonly id: string; readonly expression: string }[];
  readonly operator: string;
  readonly threshold: number;
  readonly periods: number;
  readonly toAlarm: number;
  readonly missingData: MissingData;
}

interface MetricQuery {
  readonly id: string;
  readonly expression?: string;
  readonly metric?: Omit<WatchedMetric, "id" | "periodSeconds"> & { readonly period: number };
  readonly returnData?: boolean;
}

/** The inputs of a planned `aws:cloudwatch/metricAlarm:MetricAlarm` with a threshold. */
interface AlarmInputs {
  readonly metricQueries?: readonly MetricQuery[];
  readonly namespace?: string;
  readonly metricName?: string;
  readonly statistic?: string;
  readonly extendedStatistic?: string;
  readonly period?: number;
  readonly dimensions?: Readonly<Record<string, unknown>>;
  readonly comparisonOperator: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissingData?: MissingData;
}

/** @param planned inputs of a metric alarm with a threshold, none of them unknown but for dimensions */
export function alarmModel(planned: PropertyBag): AlarmModel {
  const inputs = planned as unknown as AlarmInputs;
  const queries = inputs.metricQueries ?? [];
  const single: WatchedMetric = {
    id: "metric",
    namespace: inputs.namespace ?? "",
    metricName: inputs.metricName ?? "",
    stat: inputs.extendedStatistic ?? inputs.statistic ?? "",
    periodSeconds: inputs.period ?? 60,
    dimensions: inputs.dimensions ?? {},
  };
  const metrics = queries.flatMap(({ id, metric }) =>
    metric === undefined ? [] : [{ ...metric, id, periodSeconds: metric.period }],
  );
  const expressions = queries.flatMap(({ id, expression, returnData }) =>
    expression === undefined ? [] : [{ id, expression, returnData: returnData ?? true }],
  );
  return {
    metrics: queries.length === 0 ? [single] : metrics,
    expressions: expressions.sort((a, b) => Number(a.returnData) - Number(b.returnData)),
    operator: inputs.comparisonOperator,
    threshold: inputs.threshold,
    periods: inputs.evaluationPeriods,
    toAlarm: inputs.datapointsToAlarm ?? inputs.evaluationPeriods,
    missingData: inputs.treatMissingData ?? "missing",
  };
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * The alarm's state at the end of each minute, as long as there are minutes.
 *
 * @param reported what each metric of the model reports, in the order of its metrics
 */
export function statesOf(
  model: AlarmModel,
  reported: readonly (readonly Sample[])[],
  minutes: number,
  reading: Reading,
): AlarmState[] {
  let state: AlarmState = "INSUFFICIENT_DATA";
  const sorted = reported.map((samples) => [...samples].sort((a, b) => a.minute - b.minute));
  return Array.from({ length: minutes }, (_, minute) => {
    const values = valuesAt(model, sorted, minute, reading);
    const breaches = COMPARISONS[model.operator];
    if (breaches === undefined) throw new Error(`${model.operator} is not modelled`);
    const points = values.map((value): Point =>
      value === undefined ? undefined : breaches(value, model.threshold),
    );
    state = decide(model, points) ?? state;
    return state;
  });
}

/** The evaluation range at the end of a minute. What has left it is dropped: minutes come in their order. */
function valuesAt(
  model: AlarmModel,
  reported: readonly Sample[][],
  minute: number,
  reading: Reading,
): Series {
  const length = model.periods + reading.extraPoints;
  const values: Record<string, Series> = {};
  model.metrics.forEach(({ id, stat, periodSeconds }, index) => {
    const width = periodSeconds / 60;
    const start = minute + 1 - length * width;
    const periods: number[][] = Array.from({ length }, () => []);
    const samples = reported[index] ?? [];
    samples.splice(
      0,
      samples.findIndex((sample) => sample.minute >= start),
    );
    for (const sample of samples) {
      if (sample.minute > minute) break;
      if ((sample.arrives ?? sample.minute) > minute) continue;
      periods[Math.floor((sample.minute - start) / width)]?.push(sample.value);
    }
    values[id] = periods.map((period) => statistic(stat, period));
  });
  let last = values[model.metrics[0]!.id]!;
  for (const { id, expression } of model.expressions) {
    last = evaluateMath(expression, { values, reading });
    values[id] = last;
  }
  return last;
}

function statistic(stat: string, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(stat)?.[1];
  if (percentile !== undefined) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.ceil((Number(percentile) / 100) * sorted.length) - 1];
  }
  switch (stat) {
    case "Sum":
      return sum;
    case "Average":
      return sum / values.length;
    case "Maximum":
      return Math.max(...values);
    case "Minimum":
      return Math.min(...values);
    case "SampleCount":
      return values.length;
    default:
      throw new Error(`statistic ${stat} is not modelled`);
  }
}
