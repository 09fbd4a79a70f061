/**
 * The application's own metrics: how the services' log lines become metrics, and the right to publish others.
 * The form of the lines is in docs/observability.md.
 */
import type { Link } from "../../platform/links";
import type { CustomMetricConfig } from "../../schema/observability";

/** The filter pattern of CloudWatch Logs for the lines that carry a metric. */
export function metricPattern({ event, value }: CustomMetricConfig): string {
  return `{ ($.event = "${event}") && ($.${value} >= 0) }`;
}

/** The right to publish metrics under one namespace, such as `CRM/API` under `CRM`, and nowhere else. */
export function customMetricsLink(namespace: string): Link {
  return {
    environment: {},
    statements: [
      {
        sid: "PublishCrmMetrics",
        actions: ["cloudwatch:PutMetricData"],
        // CloudWatch has no resource for it; the condition is what narrows it (CloudWatch User Guide,
        // "Using condition keys to limit access to CloudWatch namespaces").
        resources: ["*"],
        conditions: { StringLike: { "cloudwatch:namespace": `${namespace}/*` } },
      },
    ],
  };
}
