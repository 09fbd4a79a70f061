/** `crm:observability.alarms`: your own alarms, on any metric of CloudWatch. */
import { z } from "zod";

import { ALARM_SPAN, CLOUDWATCH_LIMITS } from "../facts/limits";
import { TEXT_LENGTHS } from "../facts/name-lengths";
import { ALARM_RESULT } from "../platform/alarm-result";
import { flag, group, integer, line, namedGroup, oneOf, type Report, text, word } from "./common";

const METRIC_ID = new RegExp(`^[a-z][A-Za-z0-9_]{0,${TEXT_LENGTHS.metricId.maximum - 1}}$`);

const metricSchema = group({
  namespace: text(
    new RegExp(`^[^\\s:][^:]{0,${TEXT_LENGTHS.metricNamespace.maximum - 1}}$`),
    "a namespace such as CRM/API or AWS/SQS",
  ),
  metricName: line(TEXT_LENGTHS.metricName, "the name of a metric"),
  statistic: text(
    /^(Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d{1,2})?)$/,
    "Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p95",
  ).default("Average"),
  dimensions: namedGroup(
    line(TEXT_LENGTHS.dimensionName, "the name of a dimension"),
    line(TEXT_LENGTHS.dimensionValue, "a value"),
  )
    .default({})
    .describe("All dimensions of the metric: with fewer, CloudWatch reads another metric"),
});

export const ownAlarmSchema = group({
  meaning: text(
    /^[^\n]{1,300}[^\s.]$/,
    "a sentence of at most 301 characters, without a full stop",
  ).describe("Meaning of the alarm when it fires"),
  runbook: text(
    /^[a-z0-9-]+#[a-z0-9-]+$/,
    "a runbook and its section such as alarms#queue-age",
  ).describe("Section of a runbook: its file without .md, # and the section"),
  metrics: namedGroup(text(METRIC_ID, "an id such as errors"), metricSchema)
    .refine((metrics) => Object.keys(metrics).length <= CLOUDWATCH_LIMITS.metricsPerAlarm, {
      error: `${CLOUDWATCH_LIMITS.metricsPerAlarm} metrics at most`,
    })
    .describe(
      "Metrics by the id that the expression uses; they must be published in the stack's region",
    ),
  expression: line(TEXT_LENGTHS.metricExpression, "metric math such as 100 * errors / requests")
    .optional()
    .describe("Compared expression of several metrics; without it the only metric"),
  threshold: z.number({ error: "a number" }).describe("Value beyond which a period breaches"),
  when: oneOf(["above", "below"]).default("above").describe("Which side of the threshold breaches"),
  periodSeconds: integer(60, ALARM_SPAN.short, "seconds, a multiple of 60")
    .default(300)
    .describe("One period"),
  periods: integer(1, 1440, "periods").default(1).describe("Evaluated periods"),
  badPeriods: integer(1, 1440, "periods")
    .optional()
    .describe("Number of these periods that must breach; without it all of them"),
  silence: oneOf(["good", "bad", "keep"]).describe(
    "Meaning of missing data: healthy (good), a metric that should always report is missing (bad), no change (keep)",
  ),
  customers: flag()
    .default(false)
    .describe(
      "Whether it affects customers: then it is part of customers-affected, which reaches the person on call",
    ),
});

export type OwnAlarmConfig = z.infer<typeof ownAlarmSchema>;

/** Alarms by name. */
export const ownAlarmsSchema = namedGroup(word(), ownAlarmSchema)
  .default({})
  .describe("Your own alarms, by name; their full names are own-<name>");

export function ownAlarmRules(
  alarms: Readonly<Record<string, OwnAlarmConfig>>,
  report: Report,
): void {
  for (const [name, alarm] of Object.entries(alarms)) {
    const { expression, periodSeconds, periods, badPeriods = periods } = alarm;
    const at = (setting: string) => ["alarms", name, setting];
    const ids = Object.keys(alarm.metrics);
    if (ids.length === 0) report(at("metrics"), "none", "at least one metric");
    if (ids.includes(ALARM_RESULT)) {
      report(at("metrics"), ALARM_RESULT, "another id than that of the expression's result");
    }
    if (expression === undefined && ids.length > 1) {
      report(at("expression"), undefined, `an expression over ${ids.join(", ")}`);
    }
    // What begins with a small letter is an id; functions and operators have capitals.
    for (const [id] of expression?.matchAll(/\b[a-z]\w*/g) ?? []) {
      if (!ids.includes(id)) report(at("expression"), id, `one of the metrics ${ids.join(", ")}`);
    }
    if (badPeriods > periods) report(at("badPeriods"), badPeriods, `at most periods (${periods})`);
    if (periodSeconds % 60 !== 0) report(at("periodSeconds"), periodSeconds, "a multiple of 60");
    const covered = periodSeconds < 3600 ? ALARM_SPAN.short : ALARM_SPAN.long;
    if (periodSeconds * periods > covered) {
      report(
        at("periods"),
        periods,
        `periods of ${covered === ALARM_SPAN.short ? "a day" : "a week"} in all`,
      );
    }
  }
}
