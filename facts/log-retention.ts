/** Days for which CloudWatch Logs keeps a log. */
import type { Fact } from "./fact";

export const LOG_RETENTION = {
  days: [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
  ] as readonly number[],
  source:
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
  asOf: "2026-11-23",
} as const satisfies Fact & Record<string, unknown>;
