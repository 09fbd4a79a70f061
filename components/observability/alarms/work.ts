/** Alarms of services, queues, functions and the ways out of the network. */
import type { Resource } from "@pulumi/pulumi";

import { FUNCTION_METRICS } from "../../../facts/metrics";
import type { ObservabilityConfig } from "../../../schema/observability";
import { runsNoTasks } from "../../../schema/standing-by";
import {
  type AlarmSpec,
  eventRuleMetric,
  functionMetric,
  type Id,
  type Metric,
  type MetricSource,
  natGatewayMetric,
  queueMetric,
  serviceMetrics,
} from "../../alarm";
import type { WatchedFunction } from "../../function";

/** A service whose tasks are counted. */
export interface WatchedTasks {
  readonly ecsService: Resource;
  readonly summary: { readonly minCapacity: number; readonly maxCapacity: number };
}

/** A service's tasks; its errors, latency and health are its rollback alarms. */
export function serviceAlarms(
  settings: ObservabilityConfig["services"],
  label: string,
  source: MetricSource,
  watched: WatchedTasks,
): AlarmSpec[] {
  const { running, desired } = serviceMetrics(source);
  const { minCapacity, maxCapacity } = watched.summary;
  return [
    ...(runsNoTasks(watched.summary)
      ? []
      : [
          {
            metric: running,
            part: `${label}-no-tasks`,
            meaning: `No task of the ${label} service has run for ${settings.noTasksMinutes} minutes`,
            runbook: "alarms#no-tasks",
            threshold: 1,
            when: "below",
            periodSeconds: 60,
            periods: settings.noTasksMinutes,
            // Container Insights sends nothing about a service without tasks.
            silence: "bad",
            after: [watched.ecsService],
            // A service without a route has no response times.
            customers: source.targetGroups.length > 0,
            needsTasks: true,
          } satisfies AlarmSpec,
        ]),
    // One that never scales is at its maximum for good.
    ...(minCapacity === maxCapacity
      ? []
      : [
          {
            metric: desired,
            part: `${label}-at-maximum`,
            meaning: `Scaling has wanted all ${maxCapacity} tasks that the ${label} service may have for ${settings.atMaximumMinutes} minutes`,
            runbook: "alarms#at-maximum",
            threshold: maxCapacity - 1,
            periodSeconds: 60,
            periods: settings.atMaximumMinutes,
            silence: "keep",
          } satisfies AlarmSpec,
        ]),
    {
      // During a deployment there are more tasks than wanted, never fewer for long.
      expression: "desired - running",
      metrics: { running, desired },
      part: `${label}-tasks-missing`,
      meaning: `The ${label} service has had fewer tasks than it should for ${settings.missingTasksMinutes} minutes`,
      runbook: "alarms#tasks-missing",
      threshold: 0,
      periodSeconds: 60,
      periods: settings.missingTasksMinutes,
      silence: "keep",
    },
  ];
}

/** Counts of failed task placements and interrupted Spot tasks. */
export function taskEventAlarms(
  settings: ObservabilityConfig["services"],
  counts: Readonly<Record<"placement" | "spot", Metric>>,
): AlarmSpec[] {
  const count = (metric: Metric) => ({
    metric,
    silence: "good" as const,
    periods: 1,
  });
  return [
    {
      ...count(counts.placement),
      part: "task-placement",
      meaning: "ECS finds no place for tasks",
      runbook: "alarms#task-placement",
      threshold: settings.placementFailures,
      periodSeconds: 300,
    },
    {
      ...count(counts.spot),
      part: "spot-interruptions",
      meaning: `AWS took back more than ${settings.spotInterruptions} Spot tasks in an hour`,
      runbook: "alarms#spot-interruptions",
      threshold: settings.spotInterruptions,
      periodSeconds: 3600,
    },
  ];
}

/** A queue by its key in the stack file and its name. */
export function queueAlarms(
  settings: ObservabilityConfig["messaging"],
  label: string,
  queueName: string,
): AlarmSpec[] {
  const minutes = settings.queueAgeMinutesByQueue[label] ?? settings.queueAgeMinutes;
  return [
    {
      metric: queueMetric("ApproximateAgeOfOldestMessage", "Maximum", queueName),
      part: `${label}-age`,
      meaning: `A message has waited in ${queueName} for more than ${minutes} minutes`,
      runbook: "alarms#queue-age",
      threshold: minutes * 60,
      periodSeconds: 60,
      periods: 5,
      // SQS stops reporting on a queue that has been idle for hours.
      silence: "good",
      needsTasks: true,
    },
  ];
}

export function deadLetterAlarms(
  settings: ObservabilityConfig["messaging"],
  part: string,
  queueName: string,
): AlarmSpec[] {
  return [
    {
      metric: queueMetric("ApproximateNumberOfMessagesVisible", "Maximum", queueName),
      part: `${part}-depth`,
      meaning: `${queueName} holds messages that nobody could handle`,
      runbook: "alarms#dead-letters",
      threshold: settings.deadLetters,
      periodSeconds: 60,
      periods: 1,
      silence: "good",
    },
  ];
}

export function functionAlarms(
  settings: ObservabilityConfig["messaging"],
  label: string,
  watched: Omit<WatchedFunction, "logGroupName">,
): AlarmSpec[] {
  const { name, timeoutSeconds } = watched;
  const limit = (timeoutSeconds * settings.timeoutPercent) / 100;
  // A function that is not called reports nothing.
  const shared = { periodSeconds: FUNCTION_PERIOD, silence: "good" } as const;
  const once = { periods: periodsBack(timeoutSeconds), badPeriods: 1 };
  return [
    {
      ...shared,
      metric: functionMetric("Errors", "Sum", name),
      part: `${label}-errors`,
      meaning: `Calls of ${name} fail`,
      runbook: "alarms#function-errors",
      threshold: settings.functionErrors,
      ...once,
    },
    {
      ...shared,
      metric: functionMetric("Throttles", "Sum", name),
      part: `${label}-throttles`,
      meaning: `Calls of ${name} are refused because too many run at once`,
      runbook: "alarms#function-throttles",
      threshold: settings.functionThrottles,
      periods: 3,
    },
    {
      ...shared,
      metric: functionMetric("Duration", "Maximum", name),
      part: `${label}-duration`,
      meaning: `${name} takes more than ${limit} of its ${timeoutSeconds} s`,
      runbook: "alarms#function-duration",
      threshold: limit * 1000,
      ...once,
    },
  ];
}

const FUNCTION_PERIOD = 300;

/**
 * Periods that an alarm looks back at to see the longest call. What a call reports carries the time at which it began, and
 * arrives when it has ended: by then newer periods have data of their own. Source: Lambda Developer Guide, "Types of
 * metrics for Lambda functions".
 */
function periodsBack(timeoutSeconds: number): number {
  return Math.ceil((timeoutSeconds + FUNCTION_METRICS.delaySeconds) / FUNCTION_PERIOD) + 1;
}

/** An event that a rule finally failed to deliver: EventBridge counts no attempt that it repeats. */
export function eventRuleAlarm(part: string, ruleName: string): AlarmSpec {
  return {
    metric: eventRuleMetric("FailedInvocations", "Sum", ruleName),
    part: `${part}-undelivered`,
    meaning: `EventBridge could not deliver events of the rule ${ruleName}`,
    runbook: "alarms#events-undelivered",
    threshold: 0,
    periodSeconds: 300,
    periods: 1,
    // EventBridge reports it only when it is not zero.
    silence: "good",
  };
}

/** NAT gateways in the order of the zones. */
export function natGatewayAlarms(ids: readonly Id[]): AlarmSpec[] {
  return ids.map((id, index) => ({
    metric: natGatewayMetric("ErrorPortAllocation", "Sum", id),
    part: `nat-${index + 1}-ports`,
    meaning: `NAT gateway ${index + 1} has no ports left for new connections`,
    runbook: "alarms#nat-ports",
    threshold: 0,
    periodSeconds: 60,
    periods: 3,
    badPeriods: 2,
    silence: "good",
  }));
}
