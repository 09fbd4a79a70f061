/** Where Lambda writes the log of a function that names no log group. */
import type { Fact } from "./fact";

export const LAMBDA_LOGS = {
  prefix: "/aws/lambda/",
  source: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** The log group that Lambda writes to where a function names none. */
export function lambdaLogOf(functionName: string): string {
  return `${LAMBDA_LOGS.prefix}${functionName}`;
}
