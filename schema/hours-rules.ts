/** When `crm:cluster.hours` fits a stack. */
import { PILOT_LIGHT } from "../facts/control-planes";
import type { Report } from "./common";
import type { StackConfig } from "./sections";

/** Hours start and end on one day, and are only for a stack that no user needs outside the hours. */
export function hoursRules(
  { cluster, environment, recovery }: Partial<StackConfig>,
  report: Report,
): void {
  const hours = cluster?.hours;
  if (hours === undefined) return;
  const at = ["cluster", "hours"];
  const { from, until } = hours;
  if (until <= from) report([...at, "until"], until, `a time after ${from} on the same day`);
  if (environment === "production") {
    report(at, hours, "nothing, as crm:environment is production");
  } else if (recovery?.readiness === PILOT_LIGHT) {
    report(at, hours, "nothing, as crm:recovery.readiness pilot-light says when services run");
  } else if (recovery?.watch !== undefined) {
    report(
      at,
      hours,
      "nothing beside crm:recovery.watch, which reports a region without tasks as lost",
    );
  }
}
