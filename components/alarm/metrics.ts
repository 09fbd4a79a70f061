/** CloudWatch's metrics of the platform's resources, for alarms and dashboard alike. */
import type { Input } from "@pulumi/pulumi";

import { CLOUDFRONT_REGION } from "../../facts/cloudfront";
import type { ServiceMetric } from "./service-metrics";

/** A metric, with the region where it is not the stack's. */
export interface Metric extends ServiceMetric {
  /** CloudFront and Route 53 report to us-east-1 only. @default the stack's region */
  readonly region?: string;
}

/** `arnSuffix` of a load balancer, or of a target group behind it as well. */
export function loadBalancerMetric(
  metricName: string,
  stat: string,
  loadBalancer: Input<string>,
  targetGroup?: Input<string>,
): Metric {
  return {
    namespace: "AWS/ApplicationELB",
    metricName,
    stat,
    dimensions: {
      ...(targetGroup !== undefined && { TargetGroup: targetGroup }),
      LoadBalancer: loadBalancer,
    },
  };
}

export function databaseMetric(metricName: string, stat: string, identifier: string): Metric {
  return {
    namespace: "AWS/RDS",
    metricName,
    stat,
    dimensions: { DBInstanceIdentifier: identifier },
  };
}

/** A node is named as `crm-redis-cluster-0001-001`. */
export function cacheMetric(metricName: string, stat: string, node: string): Metric {
  return {
    namespace: "AWS/ElastiCache",
    metricName,
    stat,
    dimensions: { CacheClusterId: node },
  };
}

/** A rule of S3 replication whose metrics are on. Source: S3 User Guide, "Metrics and dimensions". */
export interface ReplicationRule {
  /** Names of both buckets. */
  readonly source: string;
  readonly destination: string;
  readonly ruleId: string;
}

/** Published in the region of the source: only `OperationsFailedReplication` is, of the replication metrics. */
export function failedReplicationMetric(rule: ReplicationRule): Metric {
  return replicationMetric("OperationsFailedReplication", "Sum", rule);
}

/** Seconds by which the copies are behind, published in their own region; nothing where there is nothing to copy. */
export function lateReplicationMetric(rule: ReplicationRule): Metric {
  return replicationMetric("ReplicationLatency", "Maximum", rule);
}

function replicationMetric(metricName: string, stat: string, rule: ReplicationRule): Metric {
  return {
    ...{ namespace: "AWS/S3", metricName, stat },
    dimensions: {
      SourceBucket: rule.source,
      DestinationBucket: rule.destination,
      RuleId: rule.ruleId,
    },
  };
}

export function queueMetric(metricName: string, stat: string, queueName: string): Metric {
  return { namespace: "AWS/SQS", metricName, stat, dimensions: { QueueName: queueName } };
}

export function functionMetric(metricName: string, stat: string, functionName: string): Metric {
  return { namespace: "AWS/Lambda", metricName, stat, dimensions: { FunctionName: functionName } };
}

/** A rule of the default bus. Source: EventBridge User Guide, "Monitoring Amazon EventBridge". */
export function eventRuleMetric(metricName: string, stat: string, ruleName: string): Metric {
  return { namespace: "AWS/Events", metricName, stat, dimensions: { RuleName: ruleName } };
}

export function natGatewayMetric(metricName: string, stat: string, id: Input<string>): Metric {
  return { namespace: "AWS/NATGateway", metricName, stat, dimensions: { NatGatewayId: id } };
}

export function distributionMetric(metricName: string, stat: string, id: Input<string>): Metric {
  return {
    namespace: "AWS/CloudFront",
    metricName,
    stat,
    dimensions: { DistributionId: id, Region: "Global" },
    region: CLOUDFRONT_REGION,
  };
}

/**
 * What a web ACL blocked, by whichever rule. Source: AWS WAF Developer Guide, "AWS WAF metrics and dimensions": those of
 * CloudFront have no dimension Region.
 */
export function blockedRequestsMetric(aclName: string, region: string): Metric {
  const metric = { namespace: "AWS/WAFV2", metricName: "BlockedRequests", stat: "Sum" };
  return region === "CLOUDFRONT"
    ? { ...metric, dimensions: { WebACL: aclName, Rule: "ALL" }, region: CLOUDFRONT_REGION }
    : { ...metric, dimensions: { WebACL: aclName, Region: region, Rule: "ALL" } };
}

/** A hosted zone, by its id. */
export function hostedZoneMetric(metricName: string, id: Input<string>): Metric {
  return {
    namespace: "AWS/Route53",
    metricName,
    stat: "Sum",
    dimensions: { HostedZoneId: id },
    region: CLOUDFRONT_REGION,
  };
}

export function healthCheckMetric(id: Input<string>): Metric {
  return {
    namespace: "AWS/Route53",
    metricName: "HealthCheckStatus",
    stat: "Minimum",
    dimensions: { HealthCheckId: id },
    region: CLOUDFRONT_REGION,
  };
}

export function logGroupMetric(metricName: string, stat: string, logGroupName: string): Metric {
  return { namespace: "AWS/Logs", metricName, stat, dimensions: { LogGroupName: logGroupName } };
}
