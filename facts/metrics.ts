/**
 * Metrics that AWS publishes, by namespace and the dimensions that they are looked up by. CloudWatch takes an
 * alarm or a graph of a metric that is never published, without an error: it stays empty.
 */
import { entryOf } from "./entry-of";
import { type Fact, guide } from "./fact";

/** The metrics of a namespace. */
interface Published extends Fact {
  /** Metrics by their dimensions, sorted and joined by commas. */
  readonly metrics: Readonly<Record<string, readonly string[]>>;
}

const asOf = "2026-11-23";

const TARGETS = [
  "HTTPCode_Target_2XX_Count",
  "HTTPCode_Target_3XX_Count",
  "HTTPCode_Target_4XX_Count",
  "HTTPCode_Target_5XX_Count",
  "RequestCount",
  "TargetConnectionErrorCount",
  "TargetResponseTime",
];

/** By namespace. */
export const PUBLISHED: Readonly<Record<string, Published>> = {
  "AWS/ApplicationELB": {
    source:
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
    asOf,
    metrics: {
      LoadBalancer: [
        ...TARGETS,
        "ActiveConnectionCount",
        "ConsumedLCUs",
        "HTTPCode_ELB_3XX_Count",
        "HTTPCode_ELB_4XX_Count",
        "HTTPCode_ELB_5XX_Count",
        "NewConnectionCount",
        "ProcessedBytes",
        "RejectedConnectionCount",
      ],
      "LoadBalancer,TargetGroup": [
        ...TARGETS,
        "HealthyHostCount",
        "RequestCountPerTarget",
        "UnHealthyHostCount",
      ],
    },
  },
  "AWS/CloudFront": {
    source:
      "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html",
    asOf,
    metrics: {
      "DistributionId,Region": [
        "4xxErrorRate",
        "5xxErrorRate",
        "BytesDownloaded",
        "BytesUploaded",
        "Requests",
        "TotalErrorRate",
      ],
    },
  },
  "AWS/ECS": {
    source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html",
    asOf,
    metrics: { "ClusterName,ServiceName": ["CPUUtilization", "MemoryUtilization"] },
  },
  "ECS/ContainerInsights": {
    source:
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html",
    asOf,
    metrics: {
      "ClusterName,ServiceName": [
        "CpuReserved",
        "CpuUtilized",
        "DeploymentCount",
        "DesiredTaskCount",
        "MemoryReserved",
        "MemoryUtilized",
        "PendingTaskCount",
        "RunningTaskCount",
        "TaskSetCount",
      ],
    },
  },
  "AWS/ElastiCache": {
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html",
    asOf,
    metrics: {
      CacheClusterId: [
        "BytesUsedForCache",
        "CacheHits",
        "CacheMisses",
        "CurrConnections",
        "DatabaseMemoryUsageCountedForEvictPercentage",
        "DatabaseMemoryUsagePercentage",
        "EngineCPUUtilization",
        "Evictions",
        "ReplicationLag",
      ],
    },
  },
  "AWS/Events": {
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html",
    asOf: "2026-11-27",
    metrics: {
      RuleName: ["DeadLetterInvocations", "FailedInvocations", "Invocations", "TriggeredRules"],
    },
  },
  "AWS/Lambda": {
    source: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    asOf,
    metrics: {
      FunctionName: [
        "ConcurrentExecutions",
        "DeadLetterErrors",
        "Duration",
        "Errors",
        "Invocations",
        "Throttles",
      ],
    },
  },
  "AWS/Logs": {
    source:
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html",
    asOf,
    metrics: { LogGroupName: ["IncomingBytes", "IncomingLogEvents"] },
  },
  "AWS/NATGateway": {
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html",
    asOf,
    metrics: {
      NatGatewayId: [
        "ActiveConnectionCount",
        "BytesInFromSource",
        "BytesOutToDestination",
        "ConnectionAttemptCount",
        "ErrorPortAllocation",
        "PacketsDropCount",
      ],
    },
  },
  "AWS/RDS": {
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html",
    asOf,
    metrics: {
      DBInstanceIdentifier: [
        "CPUUtilization",
        "DatabaseConnections",
        "DiskQueueDepth",
        "FreeStorageSpace",
        "FreeableMemory",
        "ReadIOPS",
        "ReadLatency",
        "ReplicaLag",
        "SwapUsage",
        "WriteIOPS",
        "WriteLatency",
      ],
    },
  },
  "AWS/Route53": {
    source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html",
    asOf,
    metrics: {
      HealthCheckId: ["HealthCheckPercentageHealthy", "HealthCheckStatus"],
      HostedZoneId: [
        "DNSQueries",
        "DNSSECInternalFailure",
        "DNSSECKeySigningKeyAge",
        "DNSSECKeySigningKeyMaxNeedingActionAge",
        "DNSSECKeySigningKeysNeedingAction",
      ],
    },
  },
  "AWS/WAFV2": {
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html",
    asOf: "2026-11-27",
    metrics: {
      "Region,Rule,WebACL": ["AllowedRequests", "BlockedRequests", "CountedRequests"],
      "Rule,WebACL": ["AllowedRequests", "BlockedRequests", "CountedRequests"],
    },
  },
  // The other replication metrics (latency, bytes and operations pending) are published where the copies are.
  "AWS/S3": {
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html",
    asOf: "2026-11-27",
    metrics: {
      "DestinationBucket,RuleId,SourceBucket": [
        "OperationsFailedReplication",
        "ReplicationLatency",
      ],
    },
  },
  "AWS/SQS": {
    source:
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    asOf,
    metrics: {
      QueueName: [
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfMessagesReceived",
        "NumberOfMessagesSent",
      ],
    },
  },
};

/** Whether the metric is published: by AWS, or by one of the stack's own filters. */
export function isPublished(
  namespace: string,
  metricName: string,
  dimensions: readonly string[],
  filters: readonly { readonly namespace: string; readonly name: string }[],
): boolean {
  const key = [...dimensions].sort().join(",");
  return (
    entryOf(entryOf(PUBLISHED, namespace)?.metrics ?? {}, key)?.includes(metricName) ??
    filters.some((filter) => filter.namespace === namespace && filter.name === metricName)
  );
}

/** How many metrics Container Insights publishes on Fargate of a cluster, of a service in it, and of a family of tasks. */
export const INSIGHTS_METRICS = {
  cluster: 12,
  service: 15,
  family: 10,
  source: guide(
    "amazon-cloudwatch-user-guide",
    "b35549706cab03cdcd0a8df9956a2381c0315642",
    "Container-Insights-metrics-ECS.md",
  ),
  asOf: "2026-11-28",
} as const satisfies Fact & Record<string, unknown>;

/** How long a metric of a function, which Lambda sends each minute, takes until CloudWatch has it. */
export const FUNCTION_METRICS = {
  delaySeconds: 120,
  source: guide(
    "aws-lambda-developer-guide",
    "38e9014eba7b2de5dff7e353de675d991e58947d",
    "monitoring-metrics.md",
  ),
  asOf: "2026-11-28",
  unverified:
    "the page says that they are sent each minute; the second minute is left over for the way",
} as const satisfies Fact & Record<string, unknown>;
