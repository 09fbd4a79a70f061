/** Alarms that roll a new version back. */
import type { Node, StackGraph } from "../../analysis/graph";
import { items, known, read, UNKNOWN } from "../../analysis/properties";
import { type Report, type Rule, stackRule } from "../define";
import { shiftingServices } from "./deployment-strategy";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

export const deploymentAlarms: Rule = stackRule({
  id: "ecs-bluegreen-alarms",
  description:
    "Alarms roll a new version back, and they fire within its bake time: period times periods is shorter.",
  severity: "high",
  remediation:
    "Set alarms with enable and rollback true, and name alarms with a period of a few minutes.",
  url: `${GUIDE}/deployment-alarm-failure.html`,
  check(graph, reportOn) {
    for (const service of shiftingServices(graph, reportOn)) {
      const report = reportOn(service);
      for (const property of ["alarms.enable", "alarms.rollback"]) {
        const value = read(service.properties, property);
        if (value === UNKNOWN) {
          report.undecided(property);
        } else if (value !== true) {
          report.violation(`${property} is not true; set it to true.`);
        }
      }
      const names = items(read(service.properties, "alarms.alarmNames"));
      const bake = read(service.properties, "deploymentConfiguration.bakeTimeInMinutes");
      if (names === UNKNOWN || bake === UNKNOWN) {
        report.undecided("alarms.alarmNames or deploymentConfiguration.bakeTimeInMinutes");
      } else if (names.length === 0) {
        report.violation("alarms.alarmNames is empty; name alarms.");
      } else {
        const found = alarmsNamed(graph, service, names, report);
        found.forEach((alarm) => judgeAlarm(alarm, Number(bake ?? 0), reportOn(alarm)));
      }
    }
  },
});

function alarmsNamed(
  graph: StackGraph,
  service: Node,
  names: readonly unknown[],
  report: Report,
): Node[] {
  const all = graph.ofType(ALARM, "aws:cloudwatch/compositeAlarm:CompositeAlarm");
  const found = names.map((name) =>
    all.find(({ properties }) => name !== UNKNOWN && nameOf(properties) === name),
  );
  names.forEach((name, index) => {
    if (name !== UNKNOWN && found[index] === undefined) {
      if (all.some(({ properties }) => nameOf(properties) === UNKNOWN)) {
        report.undecided("the name of an alarm");
      } else {
        report.violation(
          `alarms.alarmNames has ${String(name)}, which is not an alarm of the stack; add the alarm.`,
        );
      }
    }
  });
  const byReference = names.includes(UNKNOWN) ? graph.referred(service, "alarms", ALARM) : [];
  if (byReference === UNKNOWN) {
    report.undecided("alarms.alarmNames");
  }
  const referred = byReference === UNKNOWN ? [] : byReference;
  return [...new Set([...found.filter((alarm) => alarm !== undefined), ...referred])];
}

function nameOf(properties: Node["properties"]): unknown {
  return read(properties, "name") ?? read(properties, "alarmName");
}

/** Requires that an alarm's longest period times its evaluation periods is within the bake time. */
function judgeAlarm(alarm: Node, bakeMinutes: number, report: Report): void {
  if (alarm.type !== ALARM) {
    return;
  }
  const queries = items(alarm.properties["metricQueries"]);
  const periods = [
    known(alarm.properties["period"]),
    ...(queries === UNKNOWN ? [UNKNOWN] : queries).map((query) =>
      query === UNKNOWN
        ? UNKNOWN
        : (read({ query }, "query.metric.period") ?? read({ query }, "query.period")),
    ),
  ].filter((period) => period !== undefined);
  const count = read(alarm.properties, "evaluationPeriods");
  if (periods.includes(UNKNOWN) || count === UNKNOWN) {
    report.undecided("period or evaluationPeriods");
    return;
  }
  const seconds = Math.max(...periods.map(Number), 0) * Number(count ?? 1);
  if (seconds >= bakeMinutes * 60) {
    report.violation(
      `it fires after ${seconds / 60} minutes, but the bake time is ${bakeMinutes} minutes; shorten period or evaluationPeriods.`,
    );
  }
}
