/** The metrics that a service is scaled by, and the arithmetic that keeps them true while both colours run. */
import type { Input } from "@pulumi/pulumi";

/** Whose metrics. */
export interface MetricSource {
  readonly clusterName: string;
  readonly serviceName: string;
  /** `arnSuffix` of blue and green; none of a service that the load balancer does not lead to. */
  readonly targetGroups: TargetGroups;
  /** `arnSuffix` of the load balancer. */
  readonly loadBalancer: Input<string>;
}

const COLOURS = ["blue", "green"] as const;

/** Blue and green, or none. */
export type TargetGroups = readonly [Input<string>, Input<string>] | readonly [];

/** One metric of CloudWatch. */
export interface ServiceMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, Input<string>>>;
}

/** The metrics by the ids that the expressions below use. */
export function serviceMetrics(
  source: Pick<MetricSource, "clusterName" | "serviceName">,
): Record<"cpu" | "memory" | "running" | "desired", ServiceMetric> {
  const dimensions = { ClusterName: source.clusterName, ServiceName: source.serviceName };
  const use = (metricName: string) => ({
    namespace: "AWS/ECS",
    metricName,
    stat: "Average",
    dimensions,
  });
  const tasks = (metricName: string) => ({
    namespace: "ECS/ContainerInsights",
    metricName,
    stat: "Average",
    dimensions,
  });
  return {
    cpu: use("CPUUtilization"),
    memory: use("MemoryUtilization"),
    running: tasks("RunningTaskCount"),
    desired: tasks("DesiredTaskCount"),
  };
}

/** Requests to a task of each colour. */
export function requestMetrics({
  targetGroups,
  loadBalancer,
}: Pick<MetricSource, "targetGroups" | "loadBalancer">): Record<string, ServiceMetric> {
  return Object.fromEntries(
    targetGroups.map((targetGroup, index) => [
      COLOURS[index]!,
      {
        namespace: "AWS/ApplicationELB",
        metricName: "RequestCountPerTarget",
        stat: "Sum",
        dimensions: { TargetGroup: targetGroup, LoadBalancer: loadBalancer },
      },
    ]),
  );
}

/**
 * CPU use as the wanted number of tasks would have it. A deployment doubles the tasks and leaves one colour
 * idle, so that the average is half of what the busy one has. Without the counts the average stands.
 */
export function loadExpression(): string {
  return "MAX([cpu, cpu * running / desired])";
}

/** Requests to a task of whichever colour has the traffic. */
export function requestsExpression(): string {
  return sumOf(COLOURS);
}

/**
 * The sum of those metrics that report. A colour without traffic has no data at all, for hours: AWS documents a missing value
 * as 0 in `a + b`, and does not mention a metric without any. A list leaves it out under either reading.
 */
export function sumOf(ids: readonly string[]): string {
  return `SUM([${ids.join(", ")}])`;
}
