export { customMetricsLink } from "./custom-metrics";
export { CrmObservability, type CrmObservabilityArgs } from "./observability";
export { deadLetterAlarms, functionAlarms } from "./alarms/work";
export { lateCopiesAlarm } from "./alarms/data";
