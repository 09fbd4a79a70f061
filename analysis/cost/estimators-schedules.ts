/** Scheduled work costs as often as its schedule runs, not as often as an assumption says. */
import { FUNCTION_MEMORY } from "../../facts/limits";
import { runsBetween, runsPerMonth } from "../../facts/schedule-runs";
import { parseSchedule, type ScheduleService } from "../../facts/schedules";
import { isTimeZone } from "../../facts/time-zones";
import { counted } from "../counted";
import type { PlannedResource } from "../plan/model";
import { isArm, number, record, string } from "./inputs";
import type { Estimator, Scope } from "./model";
import { taskCharges, taskSize } from "./tasks";

const ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction";

const NOT_KNOWN = "its schedule is not known";

/** A schedule with its zone, of the properties that hold them; undefined for one that AWS refuses. */
function clockOf(
  resource: PlannedResource,
  service: ScheduleService,
  [expression, zone]: readonly [string, string],
) {
  const { schedule } = parseSchedule(string(resource, expression) ?? "", service);
  const timeZone = string(resource, zone) ?? "UTC";
  return schedule !== undefined && isTimeZone(timeZone) ? { schedule, timeZone } : undefined;
}

const schedule: Estimator = (scope) => {
  const { resource } = scope;
  const clock = clockOf(resource, "eventbridge-scheduler", [
    "scheduleExpression",
    "scheduleExpressionTimezone",
  ]);
  if (clock === undefined) return NOT_KNOWN;
  const runs = runsPerMonth(clock.schedule, clock);
  const calls = { item: "calls", quantity: runs / 1e6, price: "schedule-million" };
  if (record(resource, "target")["ecsParameters"] === undefined) return [calls];
  const size = taskSize(scope, "target");
  if (size === undefined) return "the size of its task is not known";
  return [calls, ...taskCharges("tasks", (runs * scope.usage("taskMinutes")) / 60, size)];
};

/** Provisioned concurrency: the action that starts it sets the number, the target's other actions its end. Those of a service count with it. */
const scheduledAction: Estimator = (scope) => {
  const capacity = capacityOf(scope.resource);
  const [, name] = /^function:([^:]+):/.exec(string(scope.resource, "resourceId") ?? "") ?? [];
  if (name === undefined || capacity === 0) {
    return [];
  }
  const share = shareOfTime(scope);
  if (share === undefined) {
    return NOT_KNOWN;
  }
  const owner = scope
    .ofType("aws:lambda/function:Function")
    .find((candidate) => string(candidate, "name") === name);
  if (owner && !isArm(owner)) return "the price of environments kept ready on x86 is not known";
  const gigabytes = ((owner && number(owner, "memorySize")) ?? FUNCTION_MEMORY.byItselfMiB) / 1024;
  return [
    {
      item: `${counted(capacity, "environment")} kept ready`,
      quantity: capacity * gigabytes * share * scope.usage("hours") * 3600,
      price: "lambda-provisioned-gb-second",
    },
  ];
};

function capacityOf(action: PlannedResource): number {
  return Number(record(action, "scalableTargetAction")["minCapacity"] ?? 0);
}

/** Part of a year from each run of an action to the next run of another of its target. */
function shareOfTime({ resource, ofType }: Scope): number | undefined {
  const [from, until] = [new Date(Date.UTC(2025, 0)), new Date(Date.UTC(2026, 0))];
  const runsOf = (action: PlannedResource) => {
    const clock = clockOf(action, "application-auto-scaling", ["schedule", "timezone"]);
    return clock && runsBetween(clock.schedule, from, until, clock);
  };
  const others = ofType(ACTION).filter(
    (action) =>
      action.urn !== resource.urn &&
      string(action, "resourceId") === string(resource, "resourceId"),
  );
  const [starts, ...ends] = [resource, ...others].map(runsOf);
  if (starts === undefined || ends.includes(undefined)) {
    return undefined;
  }
  const times = ends.flatMap((runs) => runs ?? []).map(Number);
  let [ready, counted] = [0, from.getTime()];
  for (const start of starts.map(Number)) {
    const end = Math.min(until.getTime(), ...times.filter((time) => time > start));
    ready += Math.max(0, end - Math.max(start, counted));
    counted = Math.max(counted, end);
  }
  return ready / (until.getTime() - from.getTime());
}

/** Part of a year in which scheduled actions leave an ECS service its tasks; all of it where there are none, or none that is known. */
export function scheduledShare(scope: Scope): number {
  const name = string(scope.resource, "name");
  const beginning = scope
    .ofType(ACTION)
    .find(
      (action) =>
        name !== undefined &&
        string(action, "resourceId")?.endsWith(`/${name}`) &&
        capacityOf(action) > 0,
    );
  return beginning === undefined ? 1 : (shareOfTime({ ...scope, resource: beginning }) ?? 1);
}

export const SCHEDULES: Readonly<Record<string, Estimator>> = {
  [ACTION]: scheduledAction,
  "aws:scheduler/schedule:Schedule": schedule,
};
