/** What watched or protected something and does not any more. */
import { entryOf } from "../../facts/entry-of";
import {
  DELETES_CONTENTS,
  ENCRYPTION_SWITCHES,
  type TypeProperties,
} from "../../facts/type-properties";
import { unsetValue } from "../../facts/unset-values";
import type { PlannedResource, PropertyBag } from "../plan/model";
import { reveal } from "../plan/values";
import { read } from "../properties";
import type { Pairs } from "./pairs";
import { weakerParts } from "./weaker";

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

/** Whether a value is weaker than before; undefined: that depends on one that is not known. */
type Weaker = (old: unknown, now: unknown) => boolean | undefined;

/** Some switches are texts: Redshift's of encryption. */
const switchedTo =
  (weak: boolean): Weaker =>
  (old, now) => {
    const [before, after] = [flag(old), flag(now)];
    if (before === undefined && after === undefined) return false;
    if (before === weak || after === !weak) return false;
    return before === undefined || after === undefined ? undefined : true;
  };
const off = switchedTo(false);
const on = switchedTo(true);
const lower: Weaker = (old, now) => {
  const [before, after] = [numberOf(old), numberOf(now)];
  if (Number.isNaN(before) && Number.isNaN(after)) return false;
  return Number.isNaN(before) || Number.isNaN(after) ? undefined : after < before;
};
/** Of days where 0 stands for all time. */
const sooner: Weaker = (old, now) => lower(orForever(old), orForever(now));
/** Of the status of a bucket's versions. */
const ended: Weaker = (old, now) =>
  old !== "Enabled" || now === old
    ? false
    : now === undefined || now === "Suspended" || now === "Disabled" || undefined;
const gone: Weaker = (old, now) => sizeOf(old) > 0 && sizeOf(now) === 0;

/** A switch that is not set is off; undefined: its value is not known. */
function flag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return (value ?? false) === false || value === "false" ? false : undefined;
}

/** A number that is not set is 0; NaN: its value is not known. */
function numberOf(value: unknown): number {
  return typeof value === "symbol" ? Number.NaN : Number(value ?? 0);
}

function orForever(value: unknown): number {
  const given = numberOf(value);
  return given === 0 ? Number.POSITIVE_INFINITY : given;
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : value === undefined || value === "" ? 0 : 1;
}

/** Property, when it is weaker than before, and what that means: our choice as well. Encryption and contents have their switches in facts/. */
const SETTINGS: Readonly<Record<string, readonly (readonly [string, Weaker, string])[]>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    ["actionsEnabled", off, "the alarm has no receiver"],
    ["alarmActions", gone, "the alarm has no receiver"],
  ],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": [
    ["actionsEnabled", off, "the alarm has no receiver"],
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
  "aws:s3/bucketVersioning:BucketVersioning": [
    ["versioningConfiguration.status", ended, "keeps versions no longer"],
  ],
  "aws:lb/loadBalancer:LoadBalancer": [["enableDeletionProtection", off, "may be deleted"]],
  "aws:kms/key:Key": [
    ["deletionWindowInDays", lower, "is deleted after fewer days"],
    ["enableKeyRotation", off, "is rotated no longer"],
  ],
  "aws:cloudwatch/logGroup:LogGroup": [["retentionInDays", sooner, "keeps logs for fewer days"]],
};

/** What goes, or gets weaker, between two plans. */
export function weakeningsOf({ both, removed }: Pairs): Weakening[] {
  const deleted = removed.flatMap((resource) => {
    const says = resource.external ? undefined : entryOf(GUARDS, resource.type);
    return says === undefined ? [] : [of(resource, says)];
  });
  const weaker = both.flatMap(({ old, now }) => [
    ...(entryOf(SETTINGS, now.type) ?? []).flatMap((setting) => weakened(old, now, setting)),
    ...switched(ENCRYPTION_SWITCHES, old, now, off, "is stored unencrypted"),
    ...switched(DELETES_CONTENTS, old, now, on, "is deleted with everything in it"),
    ...(old.protect && !now.protect ? [of(now, "may be deleted by Pulumi (protect)")] : []),
    ...(old.retainOnDelete && !now.retainOnDelete
      ? [of(now, "is deleted with the program's resource (retainOnDelete)")]
      : []),
    ...weakerParts({ old, now }, both).map((says) => of(now, says)),
  ]);
  return [...weaker, ...deleted];
}

/** What the property that a table has for the type means, if it is weaker than before. */
function switched(
  { properties }: TypeProperties,
  old: PlannedResource,
  now: PlannedResource,
  weaker: Weaker,
  says: string,
): Weakening[] {
  const property = entryOf(properties, now.type);
  return property === undefined ? [] : weakened(old, now, [property, weaker, says]);
}

function weakened(
  old: PlannedResource,
  now: PlannedResource,
  [property, weaker, says]: readonly [string, Weaker, string],
): Weakening[] {
  const isWeaker = weaker(valueOf(old, property), valueOf(now, property));
  if (isWeaker === undefined) return [of(now, `possibly ${says} (${property} is not known)`)];
  return isWeaker ? [of(now, `${says} (${property})`)] : [];
}

/** An input's value, as AWS takes it where it is not set. */
function valueOf({ type, inputs }: PlannedResource, property: string): unknown {
  const plain = reveal(inputs) as PropertyBag;
  return read(plain, property) ?? unsetValue(type, property, plain);
}

function of({ urn, name, type }: PlannedResource, says: string): Weakening {
  return { urn, name, type, says };
}
