export { type Alarm, createAlarm, runbookLink } from "./alarm";
export { createAlarmTopic } from "./alarm-topic";
export {
  type Metric,
  type ReplicationRule,
  blockedRequestsMetric,
  cacheMetric,
  databaseMetric,
  distributionMetric,
  failedReplicationMetric,
  lateReplicationMetric,
  eventRuleMetric,
  functionMetric,
  healthCheckMetric,
  hostedZoneMetric,
  loadBalancerMetric,
  logGroupMetric,
  natGatewayMetric,
  queueMetric,
} from "./metrics";
export {
  type MetricSource,
  type ServiceMetric,
  type TargetGroups,
  loadExpression,
  requestMetrics,
  requestsExpression,
  serviceMetrics,
  sumOf,
} from "./service-metrics";
export { type AlarmSpec, type Id, type Watched, highest } from "./spec";
