/** Questions that are asked in trouble, as queries of CloudWatch Logs Insights. */

import { LOG_QUERY } from "../../facts/limits";
import { inParts, partName } from "../../platform/parts";

/** The log groups that queries are asked of. */
export interface QueriedLogs {
  readonly services: readonly string[];
  readonly functions: readonly string[];
  readonly database: readonly string[];
  readonly taskEvents: string;
  readonly flowLogs: readonly string[];
}

export interface LogQuery {
  /** Its name below the stack's folder. */
  readonly name: string;
  readonly logGroupNames: readonly string[];
  readonly query: string;
}

/** The saved queries, each of as many log groups as one may have; a query over no log group is left out. */
export function logQueries(logs: QueriedLogs): LogQuery[] {
  return [...ofRequests(logs), ...ofEvents(logs)]
    .filter((query) => query.logGroupNames.length > 0)
    .flatMap((query) =>
      inParts(query.logGroupNames, LOG_QUERY.groups).map((logGroupNames, index) => ({
        ...query,
        name: partName(query.name, index),
        logGroupNames,
      })),
    );
}

function ofRequests(logs: QueriedLogs): LogQuery[] {
  return [
    {
      name: "slowest-endpoints",
      logGroupNames: logs.services,
      query: lines(
        'filter event = "request"',
        "stats count(*) as requests, avg(durationMs) as average, pct(durationMs, 95) as p95, max(durationMs) as slowest by service, endpoint",
        "sort p95 desc",
        "limit 50",
      ),
    },
    {
      name: "failed-requests",
      logGroupNames: logs.services,
      query: lines(
        'filter event = "request" and status >= 500',
        "stats count(*) as failures by bin(5m), service, endpoint, status",
        "sort failures desc",
        "limit 100",
      ),
    },
    {
      name: "errors",
      logGroupNames: [...logs.services, ...logs.functions],
      query: lines(
        "fields @timestamp, @log, message, traceId, @message",
        'filter level in ["error", "ERROR", "fatal", "FATAL"]',
        "sort @timestamp desc",
        "limit 200",
      ),
    },
    {
      name: "one-request",
      logGroupNames: [...logs.services, ...logs.functions],
      query: lines(
        "fields @timestamp, @log, level, event, message, endpoint, status, durationMs",
        "# Put the trace's id of the request here.",
        'filter traceId = "1-00000000-000000000000000000000000"',
        "sort @timestamp asc",
      ),
    },
  ];
}

function ofEvents(logs: QueriedLogs): LogQuery[] {
  return [
    {
      name: "function-reports",
      logGroupNames: logs.functions,
      query: lines(
        'filter type = "platform.report"',
        "stats count(*) as calls, max(record.metrics.durationMs) as slowest, max(record.metrics.maxMemoryUsedMB) as memoryMB by @log",
        "sort slowest desc",
      ),
    },
    {
      name: "slow-statements",
      logGroupNames: logs.database,
      query: lines(
        "fields @timestamp, @log, @message",
        "filter @message like /duration: /",
        'parse @message "duration: * ms" as durationMs',
        "sort durationMs desc",
        "limit 100",
      ),
    },
    {
      name: "tasks-lost",
      logGroupNames: [logs.taskEvents],
      query: lines(
        "fields @timestamp, detail.eventName, detail.stopCode, detail.stoppedReason, detail.group, detail.reason, detail.availabilityZone",
        "sort @timestamp desc",
        "limit 200",
      ),
    },
    {
      name: "refused-connections",
      logGroupNames: logs.flowLogs,
      query: lines(
        'filter action = "REJECT"',
        "stats count(*) as refused by srcAddr, dstAddr, dstPort",
        "sort refused desc",
        "limit 100",
      ),
    },
  ];
}

function lines(...parts: string[]): string {
  return parts
    .map((part, index) => (index === 0 || part.startsWith("#") ? part : `| ${part}`))
    .join("\n");
}
