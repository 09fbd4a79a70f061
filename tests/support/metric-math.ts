/** Metric math for one point in time, by the model of analysis/alarms. */
import { evaluateMath } from "../../analysis/alarms/math";
import { READINGS } from "../../analysis/alarms/reading";

/** Value of an expression, the same under every reading; a metric without one has none at that time, or at any. */
export function mathValue(
  expression: string,
  metrics: Readonly<Record<string, number | undefined>>,
): number | undefined {
  const values = Object.fromEntries(
    Object.entries(metrics).map(([id, value]) => [id, [value]] as const),
  );
  const found = new Set(
    READINGS.map((reading) => evaluateMath(expression, { values, reading })[0]),
  );
  if (found.size > 1) throw new Error(`${expression} depends on the reading`);
  return [...found][0];
}
