import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { mapped } from "../../platform/records";
import type { ObservabilityConfig } from "../../schema/observability";
import { metricPattern } from "./custom-metrics";

/** A service whose log lines carry metrics. */
export interface LoggingService {
  readonly logGroupName: string;
  /** The log group, which the filters wait for. */
  readonly logGroup: pulumi.Resource;
}

/** The application's metrics, from each service's log. */
export function createMetricFilters(
  name: string,
  config: ObservabilityConfig,
  services: Readonly<Record<string, LoggingService>>,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const [key, service] of Object.entries(services)) {
    for (const [metric, settings] of Object.entries(config.customMetrics)) {
      new aws.cloudwatch.LogMetricFilter(
        `${name}-${key}-${metric.toLowerCase()}`,
        {
          name: metric,
          logGroupName: service.logGroupName,
          pattern: metricPattern(settings),
          // No default value: a metric with dimensions may not have one (CloudWatch Logs API
          // Reference, MetricTransformation).
          metricTransformation: {
            name: metric,
            namespace: `${config.metricNamespace}/${settings.group}`,
            value: `$.${settings.value}`,
            unit: settings.unit,
            dimensions: mapped(settings.dimensions, (field) => `$.${field}`),
          },
        },
        { ...opts, dependsOn: [service.logGroup] },
      );
    }
  }
}
