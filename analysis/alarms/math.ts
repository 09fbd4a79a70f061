/**
 * The values of metric math, period by period, as CloudWatch documents them. Source: CloudWatch User Guide, "Metric math
 * syntax and functions" and "Using IF expressions"; its examples are the tests. Functions that AWS advises against in
 * alarms, and those that no alarm here needs, are refused.
 */
import { type MathNode, parseMath } from "./math-syntax";
import type { Reading } from "./reading";

/** Values by period, oldest first; a period without data is undefined. */
export type Series = readonly (number | undefined)[];

type Value = number | Series | readonly Series[];

export interface MathContext {
  /** Metrics and other expressions by id. */
  readonly values: Readonly<Record<string, Series>>;
  readonly reading: Pick<Reading, "emptyMetric">;
}

/** @throws where the expression is not understood, or is no time series */
export function evaluateMath(expression: string, context: MathContext): Series {
  const value = valueOf(parsed(expression), context);
  if (typeof value === "number" || !isSeries(value)) {
    throw new Error(`metric math: expected one time series: ${expression}`);
  }
  return value;
}

const parsedExpressions = new Map<string, MathNode>();

function parsed(expression: string): MathNode {
  let node = parsedExpressions.get(expression);
  if (node === undefined) {
    node = parseMath(expression);
    parsedExpressions.set(expression, node);
  }
  return node;
}

function valueOf(node: MathNode, context: MathContext): Value {
  switch (node.kind) {
    case "number":
      return node.value;
    case "id": {
      const series = context.values[node.name];
      if (series === undefined) throw new Error(`metric math: no metric ${node.name}`);
      return series;
    }
    case "list":
      return node.items.flatMap((item) => allSeries(valueOf(item, context)));
    case "negative":
      return combined("-", 0, valueOf(node.of, context), context);
    case "binary": {
      const [left, right] = [valueOf(node.left, context), valueOf(node.right, context)];
      return combined(node.operator, left, right, context);
    }
    case "call":
      return called(node.name, node.args, context);
  }
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number | undefined>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  // "If the value of a data point causes a function to attempt to divide by zero, the data point is dropped."
  "/": (left, right) => (right === 0 ? undefined : left / right),
  "^": (left, right) => left ** right,
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "<": (left, right) => Number(left < right),
  ">": (left, right) => Number(left > right),
  "<=": (left, right) => Number(left <= right),
  ">=": (left, right) => Number(left >= right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  "&&": (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
  "||": (left, right) => Number(left !== 0 || right !== 0),
};

function combined(operator: string, left: Value, right: Value, context: MathContext): Value {
  const operate = OPERATORS[operator]!;
  if (typeof left === "number" && typeof right === "number") {
    return operate(left, right) ?? Number.NaN;
  }
  if (typeof left === "number") {
    return one(right).map((value) => (value === undefined ? undefined : operate(left, value)));
  }
  if (typeof right === "number") {
    return one(left).map((value) => (value === undefined ? undefined : operate(value, right)));
  }
  const [a, b] = [one(left), one(right)];
  if (context.reading.emptyMetric === "nothing" && (isEmpty(a) || isEmpty(b))) return nothing(a);
  return a.map((value, period) => {
    const other = b[period];
    // Of a pair of values the missing one is 0; a period without both has no data.
    return value === undefined && other === undefined ? undefined : operate(value ?? 0, other ?? 0);
  });
}

function called(name: string, args: readonly MathNode[], context: MathContext): Value {
  switch (name) {
    case "IF":
      return chosen(args, context);
    case "FILL":
      return filled(args, context);
    case "MAX":
      return overAll(args, context, (values) => Math.max(...values));
    case "MIN":
      return overAll(args, context, (values) => Math.min(...values));
    case "SUM":
      return overAll(args, context, (values) => values.reduce((sum, value) => sum + value, 0));
    default:
      throw new Error(`metric math: ${name} is not modelled`);
  }
}

/** What several series have in each period, of those that report. Of one series it would be a number, not for alarms. */
function overAll(
  args: readonly MathNode[],
  context: MathContext,
  combine: (values: number[]) => number,
): Series {
  const [argument, ...more] = args;
  if (argument?.kind !== "list" || more.length > 0) {
    throw new Error("metric math: expected a list of metrics, as [m1, m2]");
  }
  const all = allSeries(valueOf(argument, context));
  return Array.from({ length: Math.max(...all.map(({ length }) => length)) }, (_, period) => {
    const values = all.map((series) => series[period]).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : combine(values);
  });
}

function chosen(args: readonly MathNode[], context: MathContext): Series {
  const [condition, then, otherwise] = args.map((node) => valueOf(node, context));
  if (condition === undefined || then === undefined) {
    throw new Error("metric math: IF needs a condition and a value");
  }
  const at = (value: Value | undefined, period: number) =>
    value === undefined || typeof value === "number" ? value : one(value)[period];
  if (typeof condition === "number") {
    const value = condition === 0 ? otherwise : then;
    if (value === undefined || typeof value === "number") {
      throw new Error("metric math: IF of numbers is no time series");
    }
    return one(value);
  }
  return one(condition).map((decides, period) => {
    if (decides === undefined) return undefined;
    // "has the value of 0, if ... is TRUE and the corresponding data point does not exist"
    return decides === 0 ? at(otherwise, period) : (at(then, period) ?? 0);
  });
}

function filled(args: readonly MathNode[], context: MathContext): Series {
  const [metric, filler] = args.map((node) => valueOf(node, context));
  if (metric === undefined || typeof metric === "number" || typeof filler !== "number") {
    throw new Error("metric math: FILL is modelled for a metric and a number");
  }
  const series = one(metric);
  if (context.reading.emptyMetric === "nothing" && isEmpty(series)) return series;
  return series.map((value) => value ?? filler);
}

function allSeries(value: Value): readonly Series[] {
  if (typeof value === "number") throw new Error("metric math: expected a metric, got a number");
  return isSeries(value) ? [value] : value;
}

function one(value: Value): Series {
  if (typeof value === "number" || !isSeries(value))
    throw new Error("metric math: expected one time series");
  return value;
}

function isSeries(value: Exclude<Value, number>): value is Series {
  return !Array.isArray(value[0]);
}

function isEmpty(series: Series): boolean {
  return series.every((value) => value === undefined);
}

function nothing(series: Series): Series {
  return series.map(() => undefined);
}
