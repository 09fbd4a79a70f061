/* eslint-disable @typescript-eslint/no-implied-eval -- evaluates the expressions of our own alarms, in tests alone */
/** CloudWatch's metric math for one point in time, as far as the alarms use it: numbers, IF, MAX and comparisons. */

/**
 * Value of an expression where every metric of it has a data point. Source: CloudWatch User Guide, "Metric math syntax and functions".
 */
export function evaluated(expression: string, metrics: Readonly<Record<string, number>>): number {
  const functions = {
    IF: (condition: boolean, then: number, otherwise: number) => (condition ? then : otherwise),
    MAX: (values: readonly number[]) => Math.max(...values),
  };
  const scope = { ...functions, ...metrics };
  // The syntax is a subset of this language's.
  const calculate = new Function(...Object.keys(scope), `return ${expression};`) as (
    ...values: unknown[]
  ) => number;
  return calculate(...Object.values(scope));
}
