export { customMetricsLink } from "./custom-metrics";
export { CrmObservability } from "./observability";
export type { CrmObservabilityArgs } from "./observability-args";
export { deadLetterAlarms, functionAlarms } from "./alarms/work";
export { lateCopiesAlarm } from "./alarms/data";
