/** Alarms of the stack's own. */
import type { OwnAlarmConfig } from "../../../schema/own-alarms";
import type { AlarmSpec, Metric, Watched } from "../../alarm";

/** An alarm as the stack file describes it, by its name there. */
export function ownAlarm(name: string, config: OwnAlarmConfig): AlarmSpec {
  const { metrics, expression, ...shared } = config;
  return { ...watched(metrics, expression), ...shared, part: `own-${name}` };
}

function watched(metrics: OwnAlarmConfig["metrics"], expression: string | undefined): Watched {
  const all = Object.fromEntries(
    Object.entries(metrics).map(([id, { statistic, ...metric }]): [string, Metric] => [
      id,
      { ...metric, stat: statistic },
    ]),
  );
  return expression === undefined
    ? { metric: Object.values(all)[0]! }
    : { metrics: all, expression };
}
