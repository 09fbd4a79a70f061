/** How CloudWatch evaluates an alarm, as far as its pages say. */
import type { Fact } from "./fact";

/**
 * Data points that CloudWatch retrieves beyond the evaluation periods: 2 for three periods of five minutes; otherwise the number
 * "depends on the length of the alarm period".
 */
export const EXTRA_POINTS = {
  documented: 2,
  source:
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
  asOf: "2026-11-28",
  unverified: "not recorded that the page was opened on that day",
} as const satisfies Fact & Record<string, unknown>;
