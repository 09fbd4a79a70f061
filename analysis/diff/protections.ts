/** What watched or protected something and does not any more. */
import { entryOf } from "../../facts/entry-of";
import { DELETES_CONTENTS, ENCRYPTION_SWITCHES } from "../../facts/type-properties";
import type { PlannedResource } from "../plan/model";
import { read } from "../properties";
import type { Pairs } from "./pairs";

/** An alarm or a protection that goes. */
export interface Weakening {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly says: string;
}

/** Types that watch or protect, by what is lost when one is deleted: our choice of what a reviewer must see. */
const GUARDS: Readonly<Record<string, string>> = {
  "aws:backup/plan:Plan": "the backup plan is deleted",
  "aws:backup/selection:Selection": "what it selects is backed up no longer",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": "recovery points can be deleted",
  "aws:budgets/budget:Budget": "the budget warns no longer",
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": "the alarm is deleted",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "the alarm is deleted",
  "aws:costexplorer/anomalySubscription:AnomalySubscription":
    "no one is notified of cost anomalies",
  "aws:ec2/flowLog:FlowLog": "traffic is logged no longer",
  "aws:rds/eventSubscription:EventSubscription": "no one is notified of these events",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication":
    "backups are no longer copied to the second region",
  "aws:route53/healthCheck:HealthCheck": "the health check is deleted",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "public access is no longer blocked",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "objects are no longer copied",
  "aws:s3/bucketVersioning:BucketVersioning": "versions are kept no longer",
  "aws:sns/topicSubscription:TopicSubscription": "the receiver gets no more messages",
  "aws:wafv2/webAclAssociation:WebAclAssociation": "requests are no longer inspected",
  "aws:wafv2/webAcl:WebAcl": "the rules of the web ACL are gone",
};

type Weaker = (old: unknown, now: unknown) => boolean;
/** Redshift's switch of encryption is a text. */
const off: Weaker = (old, now) => String(old) === "true" && String(now) !== "true";
const on: Weaker = (old, now) => old !== true && now === true;
const lower: Weaker = (old, now) => Number(now ?? 0) < Number(old ?? 0);
const gone: Weaker = (old, now) => sizeOf(old) > 0 && sizeOf(now) === 0;

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : value === undefined || value === "" ? 0 : 1;
}

/** Property, when it is weaker than before, and what that means: our choice as well. Encryption and contents have their switches in facts/. */
const SETTINGS: Readonly<Record<string, readonly (readonly [string, Weaker, string])[]>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    ["actionsEnabled", (old, now) => now === false && old !== false, "the alarm has no receiver"],
    ["alarmActions", gone, "the alarm has no receiver"],
  ],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": [
    ["actionsEnabled", (old, now) => now === false && old !== false, "the alarm has no receiver"],
    ["alarmActions", gone, "the alarm has no receiver"],
  ],
  "aws:rds/instance:Instance": [
    ["deletionProtection", off, "may be deleted"],
    ["skipFinalSnapshot", on, "is deleted without a last snapshot"],
    ["deleteAutomatedBackups", on, "takes its automated backups along when it is deleted"],
    ["backupRetentionPeriod", lower, "keeps its automated backups for fewer days"],
    ["multiAz", off, "has no standby in another zone"],
  ],
  "aws:elasticache/replicationGroup:ReplicationGroup": [
    ["automaticFailoverEnabled", off, "does not fail over"],
    ["multiAzEnabled", off, "has its nodes in one zone"],
    ["snapshotRetentionLimit", lower, "keeps its snapshots for fewer days"],
    ["transitEncryptionEnabled", off, "takes connections without TLS"],
  ],
  "aws:lb/loadBalancer:LoadBalancer": [["enableDeletionProtection", off, "may be deleted"]],
  "aws:kms/key:Key": [
    ["deletionWindowInDays", lower, "is deleted after fewer days"],
    ["enableKeyRotation", off, "is rotated no longer"],
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    ["retentionInDays", (old, now) => now !== 0 && lower(old, now), "keeps logs for fewer days"],
  ],
};

/** What goes, or gets weaker, between two plans. */
export function weakeningsOf({ both, removed }: Pairs): Weakening[] {
  const deleted = removed.flatMap((resource) => {
    const says = entryOf(GUARDS, resource.type);
    return says === undefined ? [] : [of(resource, says)];
  });
  const weaker = both.flatMap(({ old, now }) => [
    ...(entryOf(SETTINGS, now.type) ?? [])
      .filter(([property, weakens]) => weakens(old.inputs[property], now.inputs[property]))
      .map(([property, , says]) => of(now, `${says} (${property})`)),
    ...switched(ENCRYPTION_SWITCHES.properties, old, now, off, "is stored unencrypted"),
    ...switched(DELETES_CONTENTS.properties, old, now, on, "is deleted with everything in it"),
    ...(statusOf(old) === "Enabled" && statusOf(now) !== "Enabled"
      ? [of(now, "keeps versions no longer")]
      : []),
    ...(old.protect && !now.protect ? [of(now, "may be deleted by Pulumi (protect)")] : []),
    ...(old.retainOnDelete && !now.retainOnDelete
      ? [of(now, "is deleted with the program's resource (retainOnDelete)")]
      : []),
  ]);
  return [...weaker, ...deleted];
}

/** What the property that a table has for the type means, if it is weaker than before. */
function switched(
  table: Readonly<Record<string, string>>,
  old: PlannedResource,
  now: PlannedResource,
  weaker: Weaker,
  says: string,
): Weakening[] {
  const property = entryOf(table, now.type);
  const weakened =
    property !== undefined && weaker(read(old.inputs, property), read(now.inputs, property));
  return weakened ? [of(now, `${says} (${property})`)] : [];
}

function of({ urn, name, type }: PlannedResource, says: string): Weakening {
  return { urn, name, type, says };
}

function statusOf({ type, inputs }: PlannedResource): unknown {
  return type === "aws:s3/bucketVersioning:BucketVersioning"
    ? (inputs["versioningConfiguration"] as Record<string, unknown> | undefined)?.["status"]
    : undefined;
}
