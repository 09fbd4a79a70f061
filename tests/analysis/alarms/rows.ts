/**
 * What the metrics of each alarm report when all is well and when it is not, and what the alarm has to say. Written from what a
 * person expects, in numbers of the world (60 of 600 answers, 50 MiB free), not from the alarms' own settings.
 */

/** Reported each minute; null is nothing. Of several metrics of a name, in the order of the alarm. */
type Reported = number | null | readonly (number | null)[];

export type Values = Readonly<Record<string, Reported>>;

export interface AlarmRow {
  readonly good: Values;
  readonly bad: Values;
  /** Minutes of bad values after which it has to be in alarm. */
  readonly within: number;
  /** Minutes of bad values for which it must not be yet. @default 0 */
  readonly notBefore?: number;
  /** Minutes of good values after which it has to be over. */
  readonly overWithin: number;
  /** What silence leads to, from any state; `keep`: it stays what it was. */
  readonly silence: "OK" | "ALARM" | "INSUFFICIENT_DATA" | "keep";
  /** Minutes after which silence has to have led there. @default within */
  readonly silentFor?: number;
  /** Minutes between two reports. @default 1 */
  readonly every?: number;
  /** Values that never raise it. */
  readonly never?: readonly Values[];
}

const GIB = 1024 ** 3;
const count = (metricName: string, row: Partial<AlarmRow> = {}): AlarmRow => ({
  ...{ good: { [metricName]: null }, bad: { [metricName]: 10 } },
  // Once nothing is counted, CloudWatch goes by the last data point until it leaves the range that it retrieves.
  ...{ within: 2, overWithin: 45, silence: "OK", ...row },
});

const blueGreen = (blue: number, green: number | null = null) => [blue, green];

/** Of a service, whichever colour has its traffic. */
const serviceRows: Readonly<Record<string, readonly AlarmRow[]>> = {
  "service-errors": [
    {
      good: { HTTPCode_Target_5XX_Count: null, RequestCount: blueGreen(600) },
      bad: { HTTPCode_Target_5XX_Count: blueGreen(60), RequestCount: blueGreen(600) },
      ...{ within: 4, notBefore: 1, overWithin: 5, silence: "OK" },
      never: [
        { HTTPCode_Target_5XX_Count: blueGreen(6), RequestCount: blueGreen(600) },
        // A handful of requests is no share.
        { HTTPCode_Target_5XX_Count: blueGreen(9), RequestCount: blueGreen(9) },
      ],
    },
    {
      good: { HTTPCode_Target_5XX_Count: null, RequestCount: [null, 600] },
      bad: { HTTPCode_Target_5XX_Count: [null, 60], RequestCount: [null, 600] },
      ...{ within: 4, overWithin: 5, silence: "OK" },
    },
    {
      good: { HTTPCode_Target_5XX_Count: null, RequestCount: [540, 60] },
      bad: { HTTPCode_Target_5XX_Count: [null, 60], RequestCount: [540, 60] },
      ...{ within: 4, overWithin: 5, silence: "OK" },
    },
  ],
  "service-latency": [
    {
      good: { TargetResponseTime: blueGreen(0.2), RequestCount: blueGreen(600) },
      bad: { TargetResponseTime: blueGreen(9), RequestCount: blueGreen(600) },
      ...{ within: 4, notBefore: 1, overWithin: 5, silence: "OK" },
      never: [
        // One slow request a minute.
        { TargetResponseTime: blueGreen(30), RequestCount: blueGreen(1) },
        { TargetResponseTime: [0.2, 30], RequestCount: [600, 1] },
      ],
    },
    {
      good: { TargetResponseTime: [null, 0.2], RequestCount: [null, 600] },
      bad: { TargetResponseTime: [null, 9], RequestCount: [null, 600] },
      ...{ within: 4, overWithin: 5, silence: "OK" },
    },
  ],
  "service-unhealthy": [
    {
      good: { UnHealthyHostCount: blueGreen(0) },
      bad: { UnHealthyHostCount: blueGreen(1) },
      ...{ within: 4, notBefore: 1, overWithin: 5, silence: "OK" },
    },
    {
      good: { UnHealthyHostCount: [0, 0] },
      bad: { UnHealthyHostCount: [0, 1] },
      ...{ within: 4, overWithin: 5, silence: "OK" },
    },
  ],
  // Its action takes a task away: "bad" is a service with little to do.
  "service-scale-in": [
    {
      good: { CPUUtilization: 60, MemoryUtilization: 50, RunningTaskCount: 4, DesiredTaskCount: 4 },
      bad: { CPUUtilization: 10, MemoryUtilization: 20, RunningTaskCount: 4, DesiredTaskCount: 4 },
      ...{ within: 12, notBefore: 9, overWithin: 5, silence: "OK" },
      never: [
        // Both colours run, the idle one halves the average.
        { CPUUtilization: 20, MemoryUtilization: 20, RunningTaskCount: 8, DesiredTaskCount: 4 },
        { CPUUtilization: 10, MemoryUtilization: 70, RunningTaskCount: 4, DesiredTaskCount: 4 },
      ],
    },
  ],
  "no-tasks": [
    {
      good: { RunningTaskCount: 2 },
      bad: { RunningTaskCount: 0 },
      ...{ within: 7, notBefore: 4, overWithin: 3, silence: "ALARM", silentFor: 12 },
      never: [{ RunningTaskCount: 1 }],
    },
  ],
  "tasks-missing": [
    {
      good: { RunningTaskCount: 2, DesiredTaskCount: 2 },
      bad: { RunningTaskCount: 1, DesiredTaskCount: 2 },
      ...{ within: 17, notBefore: 14, overWithin: 3, silence: "keep" },
      never: [{ RunningTaskCount: 4, DesiredTaskCount: 2 }],
    },
  ],
};

/** At the most tasks that the stack lets a service have, and one below. */
const atMaximum = (tasks: number): AlarmRow => ({
  good: { DesiredTaskCount: tasks - 1 },
  bad: { DesiredTaskCount: tasks },
  ...{ within: 17, notBefore: 14, overWithin: 3, silence: "keep" },
});

const entranceRows: Readonly<Record<string, readonly AlarmRow[]>> = {
  "High-Error-Rate": [
    {
      good: { HTTPCode_Target_4XX_Count: 6, HTTPCode_ELB_4XX_Count: null, RequestCount: 600 },
      bad: { HTTPCode_Target_4XX_Count: 180, HTTPCode_ELB_4XX_Count: null, RequestCount: 600 },
      ...{ within: 12, notBefore: 4, overWithin: 12, silence: "OK" },
      never: [{ HTTPCode_Target_4XX_Count: 3, HTTPCode_ELB_4XX_Count: null, RequestCount: 3 }],
    },
    {
      // The load balancer refuses all: no request reaches a service.
      good: { HTTPCode_Target_4XX_Count: null, HTTPCode_ELB_4XX_Count: null, RequestCount: 600 },
      bad: { HTTPCode_Target_4XX_Count: null, HTTPCode_ELB_4XX_Count: 600, RequestCount: null },
      ...{ within: 12, overWithin: 12, silence: "OK" },
    },
  ],
  "High-Response-Time": [
    {
      good: { TargetResponseTime: 0.2, RequestCount: 600 },
      bad: { TargetResponseTime: 9, RequestCount: 600 },
      ...{ within: 5, notBefore: 2, overWithin: 5, silence: "OK" },
      never: [{ TargetResponseTime: 30, RequestCount: 5 }],
    },
  ],
  "High-Server-Error-Rate": [
    {
      good: { HTTPCode_Target_5XX_Count: null, HTTPCode_ELB_5XX_Count: null, RequestCount: 600 },
      bad: { HTTPCode_Target_5XX_Count: 60, HTTPCode_ELB_5XX_Count: null, RequestCount: 600 },
      ...{ within: 4, notBefore: 1, overWithin: 5, silence: "OK" },
      never: [{ HTTPCode_Target_5XX_Count: 5, HTTPCode_ELB_5XX_Count: null, RequestCount: 5 }],
    },
    {
      // No task is left: the load balancer answers 503, and counts no request.
      good: { HTTPCode_Target_5XX_Count: null, HTTPCode_ELB_5XX_Count: null, RequestCount: 600 },
      bad: { HTTPCode_Target_5XX_Count: null, HTTPCode_ELB_5XX_Count: 600, RequestCount: null },
      ...{ within: 4, overWithin: 5, silence: "OK" },
    },
  ],
  "cloudfront-(app|api)-errors": [
    {
      good: { "5xxErrorRate": 0, Requests: 600 },
      bad: { "5xxErrorRate": 50, Requests: 600 },
      ...{ within: 5, notBefore: 2, overWithin: 10, silence: "OK" },
      never: [{ "5xxErrorRate": 100, Requests: 3 }],
    },
  ],
  "firewall-(edge|load-balancer)-blocked": [
    count("BlockedRequests", {
      bad: { BlockedRequests: 1000 },
      ...{ within: 12, never: [{ BlockedRequests: 100 }] },
    }),
  ],
  "region-unhealthy": [
    {
      good: { HealthCheckStatus: 1 },
      bad: { HealthCheckStatus: 0 },
      ...{ within: 4, notBefore: 1, overWithin: 5, silence: "ALARM", silentFor: 10 },
    },
  ],
  // A question a minute; a bad answer counts nothing.
  "region-lost": [
    {
      good: { GoodAnswers: 1 },
      bad: { GoodAnswers: null },
      ...{ within: 10, notBefore: 2, overWithin: 10, silence: "ALARM", silentFor: 10 },
    },
    {
      good: { GoodAnswers: 1 },
      bad: { GoodAnswers: 0 },
      ...{ within: 4, notBefore: 2, overWithin: 5, silence: "ALARM", silentFor: 10 },
    },
  ],
  "dnssec-(failure|key)": [
    {
      good: { DNSSECInternalFailure: 0, DNSSECKeySigningKeysNeedingAction: 0 },
      bad: { DNSSECInternalFailure: 1, DNSSECKeySigningKeysNeedingAction: 1 },
      ...{ within: 241, overWithin: 481, silence: "keep", every: 240 },
    },
  ],
};

const dataRows: Readonly<Record<string, readonly AlarmRow[]>> = {
  "RDS-High-CPU(-replica)?": [
    {
      good: { CPUUtilization: 30 },
      bad: { CPUUtilization: 99 },
      ...{ within: 12, notBefore: 4, overWithin: 12, silence: "ALARM", silentFor: 40 },
    },
  ],
  "rds-(primary|replica)-storage": [
    {
      good: { FreeStorageSpace: 400 * GIB },
      bad: { FreeStorageSpace: GIB },
      ...{ within: 12, overWithin: 12, silence: "keep" },
    },
  ],
  "rds-(primary|replica)-connections": [
    {
      good: { DatabaseConnections: 40 },
      bad: { DatabaseConnections: 5000 },
      ...{ within: 12, overWithin: 12, silence: "keep" },
    },
  ],
  "rds-(primary|replica)-memory": [
    {
      good: { FreeableMemory: 8 * GIB },
      bad: { FreeableMemory: GIB / 20 },
      ...{ within: 17, overWithin: 17, silence: "keep" },
    },
  ],
  "rds-replica-lag": [
    {
      good: { ReplicaLag: 1 },
      bad: { ReplicaLag: 1800 },
      ...{ within: 12, overWithin: 12, silence: "ALARM", silentFor: 40 },
    },
  ],
  "redis-memory": [
    {
      good: { DatabaseMemoryUsagePercentage: [50, 50] },
      bad: { DatabaseMemoryUsagePercentage: [50, 97] },
      ...{ within: 12, overWithin: 12, silence: "keep" },
    },
  ],
  // Each node reports always: none does where the cache is gone.
  "redis-cpu": [
    {
      good: { EngineCPUUtilization: [20, 20] },
      bad: { EngineCPUUtilization: [20, 97] },
      ...{ within: 12, overWithin: 12, silence: "ALARM", silentFor: 40 },
      // One node is replaced.
      never: [{ EngineCPUUtilization: [20, null] }],
    },
  ],
  "redis-evictions": [
    count("Evictions", { good: { Evictions: [0, 0] }, bad: { Evictions: [0, 9] } }),
  ],
  "redis-replication-lag": [
    {
      // A primary reports no lag.
      good: { ReplicationLag: [null, 0.1] },
      bad: { ReplicationLag: [null, 60] },
      ...{ within: 12, overWithin: 12, silence: "OK" },
    },
  ],
  "[a-z-]+-copies-failed": [count("OperationsFailedReplication")],
  "backups-late": [
    {
      good: { NewestBackupAge: 900 },
      bad: { NewestBackupAge: 3600 },
      ...{ within: 15, notBefore: 5, overWithin: 15, silence: "ALARM", silentFor: 40 },
    },
  ],
  "restorable-late": [
    {
      good: { RestorableAge: 240 },
      bad: { RestorableAge: 900 },
      ...{ within: 20, notBefore: 10, overWithin: 20, silence: "ALARM", silentFor: 40 },
    },
  ],
  "[a-z-]+-vault-late": [
    {
      good: { NewestCopyAge: 20_000 },
      bad: { NewestCopyAge: 21_600 },
      ...{ within: 15, notBefore: 5, overWithin: 15, silence: "ALARM", silentFor: 40 },
    },
  ],
  "[a-z-]+-copies-late": [
    {
      good: { ReplicationLatency: 30 },
      bad: { ReplicationLatency: 1200 },
      ...{ within: 12, overWithin: 45, silence: "OK" },
    },
  ],
};

const FUNCTIONS =
  "(analytics-aggregator|report-generator|social-data-processor|deployment-gate|configuration-backup|region-watch)";

const workRows: Readonly<Record<string, readonly AlarmRow[]>> = {
  "task-placement": [count("TaskPlacementFailures")],
  "spot-interruptions": [
    count("SpotInterruptions", {
      bad: { SpotInterruptions: 100 },
      ...{ overWithin: 370, silentFor: 370 },
    }),
  ],
  "[a-z-]+-undelivered": [count("FailedInvocations")],
  "[a-z-]+-age": [
    {
      good: { ApproximateAgeOfOldestMessage: 5 },
      bad: { ApproximateAgeOfOldestMessage: 7200 },
      ...{ within: 7, notBefore: 4, overWithin: 3, silence: "OK" },
    },
  ],
  "dlq-[a-z-]+-depth": [
    count("ApproximateNumberOfMessagesVisible", {
      good: { ApproximateNumberOfMessagesVisible: 0 },
      bad: { ApproximateNumberOfMessagesVisible: 1 },
      ...{ within: 1, overWithin: 2 },
    }),
  ],
  [`${FUNCTIONS}-throttles`]: [
    count("Throttles", {
      good: { Throttles: 0 },
      ...{ within: 17, notBefore: 9, overWithin: 17 },
    }),
  ],
  [`${FUNCTIONS}-errors`]: [
    count("Errors", { good: { Errors: 0 }, bad: { Errors: 1 }, silentFor: 60 }),
  ],
  [`${FUNCTIONS}-duration`]: [
    count("Duration", { good: { Duration: 900 }, bad: { Duration: 890_000 }, silentFor: 60 }),
  ],
  "nat-\\d-ports": [
    count("ErrorPortAllocation", {
      good: { ErrorPortAllocation: 0 },
      ...{ within: 4, notBefore: 1, overWithin: 4 },
    }),
  ],
};

const PER_SERVICE = ["analytics", "auth", "core", "social"];

/** Most tasks of a service as the stack file of the tests has it. */
const MAXIMUM_TASKS: Readonly<Record<string, readonly number[]>> = {
  production: [6, 10, 15, 8],
  staging: [3, 3, 3, 3],
  recovery: [6, 10, 15, 8],
};

/** Alarms of a pilot light alone. */
const standbyRows: Readonly<Record<string, readonly AlarmRow[]>> = {
  // Without data, Route 53 counts the target as unhealthy.
  "standby-serves": [
    {
      good: { RunningTaskCount: 2 },
      bad: { RunningTaskCount: 0 },
      ...{ within: 7, notBefore: 4, overWithin: 3, silence: "INSUFFICIENT_DATA" },
      never: [{ RunningTaskCount: 1 }],
    },
  ],
};

/** Rows by the alarm's name without the stack's prefix, as regular expressions that match the whole of it. */
export function rowsOf(stack: string): Readonly<Record<string, readonly AlarmRow[]>> {
  return {
    ...{ ...entranceRows, ...dataRows, ...workRows },
    ...(stack === "recovery" && standbyRows),
    ...Object.fromEntries(
      Object.entries(serviceRows).map(([part, rows]) => [
        `(${PER_SERVICE.join("|")})-${part}`,
        rows,
      ]),
    ),
    ...Object.fromEntries(
      PER_SERVICE.map((service, index) => [
        `${service}-at-maximum`,
        [atMaximum(MAXIMUM_TASKS[stack]![index]!)],
      ]),
    ),
  };
}
