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

/** Those of the architecture document, which AWS has deprecated: it patches them no longer. */
export const DEPRECATED_RUNTIMES: readonly string[] = ["nodejs18.x", "python3.9"];

/** Those that programs of others may name as well. */
const OTHER_RUNTIMES = [
  ...["dotnet8", "dotnet10", "java17", "java21", "java25"],
  ...["provided.al2023", "python3.11", "ruby3.3", "ruby3.4"],
];

/** All runtimes that AWS supports, in any language. */
export const SUPPORTED_RUNTIMES: readonly string[] = [...LAMBDA_RUNTIMES, ...OTHER_RUNTIMES].sort();

/** The language of a runtime. */
export function languageOf(runtime: LambdaRuntime): "nodejs" | "python" {
  return runtime.startsWith("python") ? "python" : "nodejs";
}
