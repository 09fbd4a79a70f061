export { type Alarm, createAlarm, runbookLink } from "./alarm";
export {
  type Metric,
  blockedRequestsMetric,
  cacheMetric,
  databaseMetric,
  distributionMetric,
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
  loadExpression,
  requestsExpression,
  serviceMetrics,
} from "./service-metrics";
export { type AlarmSpec, type Id, highest } from "./spec";
