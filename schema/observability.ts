/** `crm:observability`: thresholds of alarms, metrics, traces and the dashboard. */
import { type z } from "zod";

import { FILTER_DIMENSIONS } from "../facts/limits";
import { TEXT_LENGTHS } from "../facts/name-lengths";
import { SAMPLING_PRIORITY } from "../facts/setting-bounds";
import {
  decimal,
  flag,
  group,
  integer,
  within,
  logRetentionDays,
  mailboxes,
  namedGroup,
  oneOf,
  text,
  queueWord,
  word,
  type SectionRules,
} from "./common";
import { ownAlarmRules, ownAlarmsSchema } from "./own-alarms";

const percent = () => decimal(0.1, 100, "percent");
const periods = () => integer(1, 60, "periods of a minute or, for databases and caches, five");
const minutes = () => integer(1, 1440, "minutes");

const loadBalancerSchema = group({
  clientErrorPercent: percent()
    .default(10)
    .describe("Share of answers with a 4XX status, in percent, above which High-Error-Rate fires"),
  clientErrorPeriods: periods().default(2).describe("Periods of five minutes in a row for it"),
  serverErrorPercent: percent()
    .default(5)
    .describe("Share of answers with a 5XX status, in percent, above which an alarm fires"),
  serverErrorPeriods: periods().default(2).describe("Periods of a minute in a row for it"),
  minimumRequests: integer(1, 1_000_000, "requests a period")
    .default(20)
    .describe("Requests in a period below which a share of errors or an average is ignored"),
  responseSeconds: decimal(0.01, 600, "seconds")
    .default(2)
    .describe("Average response time in seconds above which High-Response-Time fires"),
  responsePeriods: periods().default(3).describe("Periods of a minute in a row for it"),
});

const servicesSchema = group({
  missingTasksMinutes: minutes()
    .default(15)
    .describe("Minutes for which a service may have fewer tasks than desired"),
  noTasksMinutes: integer(3, 60, "minutes")
    .default(5)
    .describe("Minutes without a running task of a service after which an alarm fires"),
  atMaximumMinutes: minutes()
    .default(15)
    .describe("Minutes for which a service may be at its maximum number of tasks"),
  placementFailures: integer(0, 1000, "failures in five minutes")
    .default(0)
    .describe("Failed task placements in five minutes above which an alarm fires"),
  spotInterruptions: integer(0, 1000, "interruptions in an hour")
    .default(5)
    .describe("Spot tasks in an hour that AWS interrupted, above which an alarm fires"),
});

const databaseSchema = group({
  cpuPercent: percent()
    .default(80)
    .describe("CPU use in percent above which RDS-High-CPU fires, for each instance"),
  cpuPeriods: periods().default(2).describe("Periods of five minutes in a row for it"),
  storageUsedPercent: percent()
    .default(80)
    .describe("Share of the allocated storage in use above which an alarm fires"),
  connectionsPercent: percent()
    .default(80)
    .describe("Share of the connections that an instance accepts above which an alarm fires"),
  freeMemoryPercent: percent()
    .default(10)
    .describe("Share of an instance's memory that must be free"),
  replicaLagSeconds: integer(1, 86_400, "seconds")
    .default(300)
    .describe("Maximum lag of the replica in seconds"),
});

const cacheSchema = group({
  memoryPercent: percent()
    .default(90)
    .describe("Memory in use, in percent, above which an alarm fires: above the scaling target"),
  cpuPercent: percent()
    .default(80)
    .describe("CPU use of the Redis process, which uses one core, above which an alarm fires"),
  evictions: integer(0, 1_000_000, "keys in five minutes")
    .default(0)
    .describe("Keys that may be evicted for lack of memory: sessions are among them"),
  replicationLagSeconds: decimal(0.1, 3600, "seconds")
    .default(5)
    .describe("Maximum lag of a node behind its shard's primary, in seconds"),
});

const messagingSchema = group({
  queueAgeMinutes: minutes()
    .default(15)
    .describe("Age of a queue's oldest message, in minutes, above which an alarm fires"),
  queueAgeMinutesByQueue: namedGroup(queueWord(), minutes())
    .default({})
    .describe("The same for single queues, by their key in crm:eventing.queues"),
  deadLetters: integer(0, 100_000, "messages")
    .default(0)
    .describe("Messages in a dead-letter queue above which an alarm fires"),
  functionErrors: integer(0, 100_000, "errors in five minutes")
    .default(0)
    .describe("Failed calls of a function in five minutes above which an alarm fires"),
  functionThrottles: integer(0, 100_000, "refusals in five minutes")
    .default(0)
    .describe("Throttled calls of a function in five minutes above which an alarm fires"),
  timeoutPercent: percent()
    .default(80)
    .describe("Share of its time-out that a function may use, in percent"),
});

const edgeSchema = group({
  serverErrorPercent: percent()
    .default(5)
    .describe("Share of a distribution's answers with a 5XX status above which an alarm fires"),
  minimumRequests: integer(1, 1_000_000, "requests a minute")
    .default(20)
    .describe("Requests in a minute below which that share is ignored"),
  blockedRequests: integer(1, 100_000_000, "requests in five minutes")
    .default(1000)
    .describe(
      "Requests that a firewall blocks in five minutes, twice in a row, above which an alarm fires",
    ),
  mailboxes: mailboxes(0, 10)
    .default([])
    .describe(
      "Receivers of the edge's alarms in a stack outside us-east-1: the edge's metrics are in us-east-1, the alert topic is not",
    ),
});

/** X-Ray's wildcards: `*` for any text, `?` for one character. */
const pattern = (of: string, maximum: number) =>
  text(new RegExp(`^[\\w./:*?%@+-]{1,${maximum}}$`), `${of}, with * and ? for any text`);

const samplingRuleSchema = group({
  service: word()
    .optional()
    .describe("Service, by its key in crm:services; or serviceName, which may hold wildcards"),
  serviceName: pattern("a service's name", TEXT_LENGTHS.sampledService.maximum)
    .optional()
    .describe("Name of the services as traces carry it, such as *"),
  httpMethod: pattern("an HTTP method", TEXT_LENGTHS.sampledMethod.maximum)
    .default("*")
    .describe("Method of the request"),
  urlPath: pattern("a path", TEXT_LENGTHS.sampledPath.maximum)
    .default("*")
    .describe("Path of the request"),
  fixedTarget: integer(0, 1000, "requests a second").describe(
    "Requests a second that are traced at any rate; X-Ray calls it the reservoir",
  ),
  rate: decimal(0, 1).describe("Share of the further requests that are traced, from 0 to 1"),
  priority: within(SAMPLING_PRIORITY).describe("Rules with a low number apply first"),
});

const tracingSchema = group({
  samplingRules: namedGroup(word(), samplingRuleSchema)
    .default({
      opportunities: {
        service: "core",
        httpMethod: "POST",
        urlPath: "/api/v1/opportunities",
        fixedTarget: 2,
        rate: 0.5,
        priority: 100,
      },
      all: {
        serviceName: "*",
        httpMethod: "*",
        urlPath: "*",
        fixedTarget: 1,
        rate: 0.1,
        priority: 9000,
      },
    })
    .describe("Rules for the traced requests, by name; X-Ray's own default comes last"),
  encryption: flag()
    .default(false)
    .describe(
      "Whether this stack sets the key for all traces of the account in its region; only one stack of an account and region may",
    ),
});

/** A field of a log line: letters and digits, so that it needs no quotes in a filter pattern. */
const field = () => text(/^[A-Za-z][A-Za-z0-9]{0,63}$/, "the name of a field, such as durationMs");
const metricWord = (maximum: number, expected: string) =>
  text(new RegExp(`^[A-Za-z][A-Za-z0-9]{0,${maximum - 1}}$`), expected);

const customMetricSchema = group({
  group: metricWord(32, "a word such as API").describe(
    "Last part of the metric's namespace: API for CRM/API",
  ),
  event: word().describe("Log lines with the metric: the value of their field event"),
  value: field().describe("Field of the line that holds the value, a number of 0 or more"),
  // Source: CloudWatch API Reference, MetricDatum; the units that a log line would have.
  unit: oneOf(["Seconds", "Milliseconds", "Bytes", "Percent", "Count", "None"])
    .default("Count")
    .describe("Unit of the value"),
  dimensions: namedGroup(metricWord(255, "the name of a dimension, such as Service"), field())
    .refine((dimensions) => Object.keys(dimensions).length <= FILTER_DIMENSIONS.most, {
      error: `${FILTER_DIMENSIONS.most} dimensions at most`,
    })
    .default({})
    .describe(
      `Fields of the line by the dimension that gets their value; at most ${FILTER_DIMENSIONS.most}`,
    ),
  statistic: text(
    /^(Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2})$/,
    "Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p95",
  )
    .default("Average")
    .describe("Statistic that the dashboard shows"),
});

/** One of the application's metrics, as the stack file describes it. */
export type CustomMetricConfig = z.infer<typeof customMetricSchema>;

export const observabilitySchema = group({
  runbooks: text(
    /^[^\s#]{1,200}[^\s#/]$/,
    "a folder or URL of at most 201 characters, without a slash at its end",
  )
    .default("docs/runbooks")
    .describe("Folder or URL of the runbooks, named in the alarms' descriptions"),
  metricNamespace: text(/^CRM(\/[A-Za-z0-9-]{1,32})?$/, "CRM, or CRM/ and a word")
    .default("CRM")
    .describe(
      "Start of the application's namespaces, CRM/API and so on; a second stack in an account needs its own",
    ),
  customMetrics: namedGroup(
    metricWord(64, "the name of a metric, such as APIResponseTime"),
    customMetricSchema,
  )
    .default({
      APIResponseTime: {
        group: "API",
        event: "request",
        value: "durationMs",
        unit: "Milliseconds",
        dimensions: { Service: "service", Endpoint: "endpoint" },
        statistic: "p95",
      },
      ActiveUsers: {
        group: "Users",
        event: "active-users",
        value: "users",
        unit: "Count",
        dimensions: { TimeRange: "timeRange" },
        statistic: "Maximum",
      },
      LeadConversionRate: {
        group: "Business",
        event: "lead-conversion",
        value: "ratePercent",
        unit: "Percent",
        dimensions: { Period: "period", Source: "source" },
        statistic: "Average",
      },
    })
    .describe(
      "Metrics from the services' log lines, by name; docs/observability.md shows the lines",
    ),
  loadBalancer: loadBalancerSchema.prefault({}).describe("All requests together"),
  services: servicesSchema
    .prefault({})
    .describe(
      "Tasks; errors, latency and health of each service are its rollback alarms, in crm:services",
    ),
  database: databaseSchema.prefault({}).describe("Primary and replica"),
  cache: cacheSchema.prefault({}).describe("The Redis cluster"),
  messaging: messagingSchema.prefault({}).describe("Queues and functions"),
  edge: edgeSchema.prefault({}).describe("The distributions"),
  alarms: ownAlarmsSchema,
  tracing: tracingSchema.prefault({}).describe("X-Ray"),
  eventLogRetentionDays: logRetentionDays()
    .default(30)
    .describe("Retention of the log of failed task placements and interrupted Spot tasks"),
});

export type ObservabilityConfig = z.infer<typeof observabilitySchema>;

export const observabilityRules: SectionRules<ObservabilityConfig> = (section, report) => {
  const metrics = new Map<string, string>();
  for (const name of Object.keys(section.customMetrics)) {
    // Resources take the name in lower case.
    const other = metrics.get(name.toLowerCase());
    if (other !== undefined) {
      report(["customMetrics"], name, `a name that differs from ${other} in more than capitals`);
    }
    metrics.set(name.toLowerCase(), name);
  }
  ownAlarmRules(section.alarms, report);
  const priorities = new Map<number, string>();
  for (const [name, rule] of Object.entries(section.tracing.samplingRules)) {
    const path = ["tracing", "samplingRules", name];
    if ((rule.service === undefined) === (rule.serviceName === undefined)) {
      const given = rule.service === undefined ? undefined : `${rule.service}, ${rule.serviceName}`;
      report([...path, "service"], given, "either service or serviceName");
    }
    const other = priorities.get(rule.priority);
    if (other !== undefined) {
      report([...path, "priority"], rule.priority, `another number than that of ${other}`);
    }
    priorities.set(rule.priority, name);
  }
};
