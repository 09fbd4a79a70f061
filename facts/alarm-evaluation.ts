/** How CloudWatch evaluates an alarm, as far as its pages say. */
import { type Fact, guide } from "./fact";

/**
 * Data points that CloudWatch retrieves beyond the evaluation periods: 2 for three periods of five minutes; otherwise the number
 * "depends on the length of the alarm period".
 */
export const EXTRA_POINTS = {
  documented: 2,
  source: guide(
    "amazon-cloudwatch-user-guide",
    "cc40332fd9cd65366e991a6fd68654b2875588cc",
    "AlarmThatSendsEmail.md",
  ),
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;
