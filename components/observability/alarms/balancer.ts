/** Alarms over all requests, at the load balancer and at the edge. */
import type { Resource } from "@pulumi/pulumi";

import type { ObservabilityConfig } from "../../../schema/observability";
import {
  type AlarmSpec,
  distributionMetric,
  healthCheckMetric,
  type Id,
  hostedZoneMetric,
  loadBalancerMetric,
  type Metric,
  sumOf,
} from "../../alarm";

/**
 * The load balancer by its `arnSuffix`.
 *
 * @param services those that answer: until they do, Route 53's checkers alone make more than 20 errors a minute
 */
export function loadBalancerAlarms(
  settings: ObservabilityConfig["loadBalancer"],
  loadBalancer: Id,
  services: readonly Resource[],
): AlarmSpec[] {
  return [
    {
      ...answersShare(loadBalancer, "4XX", settings.minimumRequests),
      part: "High-Error-Rate",
      meaning: `More than ${settings.clientErrorPercent} percent of the load balancer's answers are 4XX`,
      runbook: "alarms#high-error-rate",
      threshold: settings.clientErrorPercent,
      periodSeconds: 300,
      periods: settings.clientErrorPeriods,
      silence: "good",
    },
    {
      expression: `IF(requests >= ${settings.minimumRequests}, seconds, 0)`,
      metrics: {
        seconds: loadBalancerMetric("TargetResponseTime", "Average", loadBalancer),
        requests: loadBalancerMetric("RequestCount", "Sum", loadBalancer),
      },
      part: "High-Response-Time",
      meaning: `Services take more than ${settings.responseSeconds} s to answer on average`,
      runbook: "alarms#high-response-time",
      threshold: settings.responseSeconds,
      periodSeconds: 60,
      periods: settings.responsePeriods,
      silence: "good",
      customers: true,
    },
    {
      ...answersShare(loadBalancer, "5XX", settings.minimumRequests),
      part: "High-Server-Error-Rate",
      meaning: `More than ${settings.serverErrorPercent} percent of the load balancer's answers are 5XX`,
      runbook: "alarms#high-server-error-rate",
      threshold: settings.serverErrorPercent,
      periodSeconds: 60,
      periods: settings.serverErrorPeriods,
      silence: "good",
      after: services,
      customers: true,
    },
  ];
}

/** Share of answers of a class, in percent: those of the services and those of the load balancer itself. */
export function answersShare(loadBalancer: Id, answers: "4XX" | "5XX", minimumRequests: number) {
  const count = (metricName: string) => loadBalancerMetric(metricName, "Sum", loadBalancer);
  // Requests that the load balancer itself refuses are not in its request count.
  const all = sumOf(["requests", "own"]);
  return {
    expression: `IF(${all} >= ${minimumRequests}, 100 * ${sumOf(["services", "own"])} / ${all}, 0)`,
    metrics: {
      services: count(`HTTPCode_Target_${answers}_Count`),
      own: count(`HTTPCode_ELB_${answers}_Count`),
      requests: count("RequestCount"),
    },
  };
}

/** Requests that a web ACL blocks: an attack, or users that a rule mistakes for one. */
export function firewallAlarm(
  settings: ObservabilityConfig["edge"],
  label: string,
  metric: Metric,
): AlarmSpec {
  return {
    metric,
    part: `firewall-${label}-blocked`,
    meaning: `The firewall of the ${label} blocks more than ${settings.blockedRequests} requests in five minutes`,
    runbook: "alarms#firewall-blocked",
    threshold: settings.blockedRequests,
    periodSeconds: 300,
    periods: 2,
    silence: "good",
  };
}

/**
 * A signed zone with wrong answers fails for every validating resolver. Route 53 reports every four hours. Source:
 * Route 53 Developer Guide, "Monitoring hosted zones using Amazon CloudWatch".
 */
export function zoneSigningAlarms(zoneId: Id): AlarmSpec[] {
  const shared = {
    runbook: "alarms#dnssec",
    threshold: 0,
    periodSeconds: 14_400,
    periods: 1,
    silence: "keep" as const,
  };
  return [
    {
      ...shared,
      metric: hostedZoneMetric("DNSSECInternalFailure", zoneId),
      part: "dnssec-failure",
      meaning: "Route 53 can no longer sign the hosted zone",
    },
    {
      ...shared,
      metric: hostedZoneMetric("DNSSECKeySigningKeysNeedingAction", zoneId),
      part: "dnssec-key",
      meaning: "The key that signs the hosted zone needs action",
    },
  ];
}

/**
 * The distributions by name, and the check by which DNS leaves the region. During a first `up` both stand before the
 * services do, and every answer is an error.
 *
 * @param services those that answer behind the distributions
 */
export function edgeAlarms(
  settings: ObservabilityConfig["edge"],
  distributions: Readonly<Record<string, Id>>,
  healthCheckId: Id | undefined,
  services: readonly Resource[],
): AlarmSpec[] {
  return [
    ...Object.entries(distributions).map(([name, id]): AlarmSpec => ({
      expression: `IF(requests >= ${settings.minimumRequests}, percent, 0)`,
      metrics: {
        percent: distributionMetric("5xxErrorRate", "Average", id),
        requests: distributionMetric("Requests", "Sum", id),
      },
      part: `cloudfront-${name}-errors`,
      meaning: `More than ${settings.serverErrorPercent} percent of CloudFront's answers for ${name} are 5XX`,
      runbook: "alarms#cloudfront-errors",
      threshold: settings.serverErrorPercent,
      periodSeconds: 60,
      periods: 5,
      badPeriods: 3,
      silence: "good",
      after: services,
      customers: true,
    })),
    ...(healthCheckId === undefined
      ? []
      : [
          {
            metric: healthCheckMetric(healthCheckId),
            part: "region-unhealthy",
            meaning: "Route 53 finds the primary region unhealthy and leads requests elsewhere",
            runbook: "alarms#region-unhealthy",
            threshold: 1,
            when: "below",
            periodSeconds: 60,
            periods: 2,
            // A check always reports: missing data means that the check does not exist.
            silence: "bad",
            after: services,
            customers: true,
          } satisfies AlarmSpec,
        ]),
  ];
}
