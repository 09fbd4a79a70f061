/** Alarms of the database, the cache and the copies of buckets. */
import type { Resource } from "@pulumi/pulumi";

import { REPLICATION_MINUTES } from "../../../facts/duration-rows";
import { instanceMemoryGiB, maximumConnections } from "../../../facts/instance-memory";
import { CLOUDWATCH_LIMITS } from "../../../facts/limits";
import type { ObservabilityConfig } from "../../../schema/observability";
import {
  type AlarmSpec,
  cacheMetric,
  databaseMetric,
  failedReplicationMetric,
  highest,
  lateReplicationMetric,
  type ReplicationRule,
} from "../../alarm";

/** An instance of the database. */
export interface WatchedInstance {
  readonly identifier: string;
  /** Such as `db.r6g.large`. */
  readonly instanceClass: string;
  /** Its size in GiB, also for storage that RDS has grown automatically. */
  readonly allocatedStorage: number;
  readonly replica: boolean;
  /** The instance, before which no alarm on its silence exists. */
  readonly resource: Resource;
}

const GIB = 1024 ** 3;

const SHARED = { periodSeconds: 300, periods: 2 };

export function databaseAlarms(
  settings: ObservabilityConfig["database"],
  instance: WatchedInstance,
): AlarmSpec[] {
  const { identifier, replica } = instance;
  const label = replica ? "replica" : "primary";
  const memoryGiB = instanceMemoryGiB(instance.instanceClass);
  const metric = (name: string, stat = "Average") => databaseMetric(name, stat, identifier);
  return [
    {
      ...SHARED,
      metric: metric("CPUUtilization"),
      part: replica ? "RDS-High-CPU-replica" : "RDS-High-CPU",
      meaning: `The ${label}'s CPU is in use to more than ${settings.cpuPercent} percent`,
      runbook: "alarms#rds-high-cpu",
      threshold: settings.cpuPercent,
      periods: settings.cpuPeriods,
      // An instance always reports: missing data means that it is down.
      silence: "bad",
      after: [instance.resource],
    },
    {
      ...SHARED,
      metric: metric("FreeStorageSpace", "Minimum"),
      part: `rds-${label}-storage`,
      meaning: `More than ${settings.storageUsedPercent} percent of the ${label}'s ${instance.allocatedStorage} GiB are in use`,
      runbook: "alarms#rds-storage",
      threshold: Math.round(
        instance.allocatedStorage * GIB * (1 - settings.storageUsedPercent / 100),
      ),
      when: "below",
      silence: "keep",
    },
    {
      ...SHARED,
      metric: metric("DatabaseConnections", "Maximum"),
      part: `rds-${label}-connections`,
      meaning: `More than ${settings.connectionsPercent} percent of the connections that the ${label} accepts are open`,
      runbook: "alarms#rds-connections",
      threshold: Math.floor((maximumConnections(memoryGiB) * settings.connectionsPercent) / 100),
      silence: "keep",
    },
    {
      ...SHARED,
      metric: metric("FreeableMemory", "Minimum"),
      part: `rds-${label}-memory`,
      meaning: `Less than ${settings.freeMemoryPercent} percent of the ${label}'s memory is free`,
      runbook: "alarms#rds-memory",
      threshold: Math.round((memoryGiB * GIB * settings.freeMemoryPercent) / 100),
      when: "below",
      periods: 3,
      silence: "keep",
    },
    ...(replica ? [replicaLagAlarm(settings, instance)] : []),
  ];
}

function replicaLagAlarm(
  { replicaLagSeconds }: ObservabilityConfig["database"],
  { identifier, resource }: WatchedInstance,
): AlarmSpec {
  return {
    // An idle primary switches its log every 5 minutes: until then the lag grows with nothing behind. On
    // average that is half. Source: RDS User Guide, "Monitoring read replication".
    metric: databaseMetric("ReplicaLag", "Average", identifier),
    part: "rds-replica-lag",
    meaning: `The replica is more than ${replicaLagSeconds} s behind`,
    runbook: "alarms#rds-replica-lag",
    threshold: replicaLagSeconds,
    ...SHARED,
    // A replica that replicates nothing reports no lag.
    silence: "bad",
    after: [resource],
  };
}

const METRICS_PER_ALARM = CLOUDWATCH_LIMITS.metricsPerAlarm;

/**
 * Alarms over all nodes together: as few as CloudWatch allows. A node that is not there yet reports nothing; those of
 * the start come first.
 *
 * @param cache the cluster, before which no alarm on its silence exists
 */
export function cacheAlarms(
  settings: ObservabilityConfig["cache"],
  nodes: readonly string[],
  cache: Resource,
): AlarmSpec[] {
  const groups = Math.ceil(nodes.length / METRICS_PER_ALARM);
  return Array.from({ length: groups }, (_, index) =>
    nodeAlarms(
      settings,
      nodes.slice(index * METRICS_PER_ALARM, (index + 1) * METRICS_PER_ALARM),
      index === 0 ? "" : `-${index + 1}`,
      // Each node reports always: none of the first does where the cache is gone.
      index === 0 ? { silence: "bad", after: [cache] } : {},
    ),
  ).flat();
}

function nodeAlarms(
  settings: ObservabilityConfig["cache"],
  nodes: readonly string[],
  suffix: string,
  gone: Partial<Pick<AlarmSpec, "silence" | "after">>,
): AlarmSpec[] {
  const shared = { periodSeconds: 300, periods: 2, silence: "keep" } as const;
  const over = (name: string, stat: string) =>
    highest(nodes.map((node) => cacheMetric(name, stat, node)));
  return [
    {
      ...shared,
      ...over("DatabaseMemoryUsagePercentage", "Maximum"),
      part: `redis-memory${suffix}`,
      meaning: `More than ${settings.memoryPercent} percent of a Redis node's memory is in use`,
      runbook: "alarms#redis-memory",
      threshold: settings.memoryPercent,
    },
    {
      ...shared,
      ...over("EngineCPUUtilization", "Average"),
      part: `redis-cpu${suffix}`,
      meaning: `Redis uses more than ${settings.cpuPercent} percent of its CPU on a node`,
      runbook: "alarms#redis-cpu",
      threshold: settings.cpuPercent,
      ...gone,
    },
    {
      ...shared,
      ...over("Evictions", "Sum"),
      part: `redis-evictions${suffix}`,
      meaning: "Redis drops keys for want of memory, sessions among them",
      runbook: "alarms#redis-evictions",
      threshold: settings.evictions,
      periods: 1,
      silence: "good",
    },
    {
      ...shared,
      ...over("ReplicationLag", "Maximum"),
      part: `redis-replication-lag${suffix}`,
      meaning: `A Redis node is more than ${settings.replicationLagSeconds} s behind its primary`,
      runbook: "alarms#redis-replication-lag",
      threshold: settings.replicationLagSeconds,
      // Primaries report no lag.
      silence: "good",
    },
  ];
}

/** An object that S3 failed to copy stays uncopied until an operator copies it: the promise of 15 minutes is broken. */
export function replicationAlarms(bucket: string, rule: ReplicationRule): AlarmSpec[] {
  return [
    {
      metric: failedReplicationMetric(rule),
      part: `${bucket}-copies-failed`,
      meaning: `Objects of ${rule.source} were not copied to ${rule.destination}`,
      runbook: "alarms#copies-failed",
      threshold: 0,
      periodSeconds: 300,
      periods: 1,
      silence: "good",
    },
  ];
}

/** An alarm in the copies' region: they are later than the recovery point of a lost region assumes. */
export function lateCopiesAlarm(bucket: string, rule: ReplicationRule): AlarmSpec {
  return {
    metric: lateReplicationMetric(rule),
    part: `${bucket}-copies-late`,
    meaning: `Copies of ${rule.source} in ${rule.destination} are more than ${REPLICATION_MINUTES} minutes behind`,
    runbook: "alarms#copies-late",
    threshold: REPLICATION_MINUTES * 60,
    periodSeconds: 300,
    periods: 1,
    // Nothing is said where there is nothing to copy.
    silence: "good",
  };
}
