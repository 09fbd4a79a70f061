/**
 * The Lambda runtimes that the platform's functions may name, with the day AWS stops to patch each.
 * Source: Lambda Developer Guide, "Lambda runtimes", supported runtimes
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html).
 */
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
