/** The Lambda runtimes that a function may name. */
import type { Fact } from "./fact";

/** Where they stand. */
export const LAMBDA_RUNTIME_PAGE: Fact = {
  source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
  asOf: "2026-11-23",
};

/** The day on which AWS stops to patch each. */
export const RUNTIME_SUPPORT_ENDS = {
  "nodejs22.x": "2027-04-30",
  "nodejs24.x": "2028-04-30",
  "python3.12": "2028-10-31",
  "python3.13": "2029-06-30",
  "python3.14": "2029-06-30",
} as const;

/** A runtime that AWS supports. */
export type LambdaRuntime = keyof typeof RUNTIME_SUPPORT_ENDS;

/** All supported runtimes. */
export const LAMBDA_RUNTIMES = Object.keys(RUNTIME_SUPPORT_ENDS) as [
  LambdaRuntime,
  ...LambdaRuntime[],
];

/** The language of a runtime. */
export function languageOf(runtime: LambdaRuntime): "nodejs" | "python" {
  return runtime.startsWith("python") ? "python" : "nodejs";
}
