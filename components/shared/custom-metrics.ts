/**
 * The application's own metrics: how the services' log lines become metrics, and the right to publish others.
 * The form of the lines is in docs/observability.md.
 */
import type { Link } from "./links";
import type { Statement } from "./policy-documents";

/** A metric that is read out of log lines. */
export interface CustomMetric {
  readonly name: string;
  /** What follows the stack's namespace: `API` in `CRM/API`. */
  readonly group: string;
  /** Which lines carry it, as a filter pattern of CloudWatch Logs. */
  readonly pattern: string;
  /** Where its value is in the line. */
  readonly value: string;
  readonly unit: string;
  /** Dimension -> where its value is in the line; three at most. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * The metrics that the platform promises. They have no default value: a metric with dimensions may not
 * have one (CloudWatch Logs API Reference, MetricTransformation).
 */
export const CUSTOM_METRICS: readonly CustomMetric[] = [
  {
    name: "APIResponseTime",
    group: "API",
    pattern: '{ ($.event = "request") && ($.durationMs >= 0) }',
    value: "$.durationMs",
    unit: "Milliseconds",
    dimensions: { Service: "$.service", Endpoint: "$.endpoint" },
  },
  {
    name: "ActiveUsers",
    group: "Users",
    pattern: '{ ($.event = "active-users") && ($.users >= 0) }',
    value: "$.users",
    unit: "Count",
    dimensions: { TimeRange: "$.timeRange" },
  },
  {
    name: "LeadConversionRate",
    group: "Business",
    pattern: '{ ($.event = "lead-conversion") && ($.ratePercent >= 0) }',
    value: "$.ratePercent",
    unit: "Percent",
    dimensions: { Period: "$.period", Source: "$.source" },
  },
];

/** The right to publish metrics under `CRM/` and nowhere else. */
export function customMetricsStatement(): Statement {
  return {
    sid: "PublishCrmMetrics",
    actions: ["cloudwatch:PutMetricData"],
    // CloudWatch has no resource for it; the condition is what narrows it (CloudWatch User Guide,
    // "Using condition keys to limit access to CloudWatch namespaces").
    resources: ["*"],
    conditions: { StringLike: { "cloudwatch:namespace": "CRM/*" } },
  };
}

/** The same as a link, for whatever takes links: services and functions. */
export function customMetricsLink(): Link {
  return { environment: {}, statements: [customMetricsStatement()] };
}
