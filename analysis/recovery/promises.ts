/** Which alarm tells that a figure of a lost region is no longer true. */
import { BACKUP_AGE } from "../../facts/backup";
import { copyRegions } from "./copy-regions";
import { decided, type Missing } from "./missing";
import type { Protection } from "./protections";
import {
  isSet,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "./resources";
import { hasPilotLight, pilotLight, regionOfPlace } from "./stand-in";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COPIED_BACKUPS =
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

/** Regions whose figures are promised: of the copies, and of a pilot light's own replica. */
export function promisedRegions(stack: RecoveryStack): string[] {
  const own = pilotLight(stack);
  return [...new Set([...copyRegions(stack), ...(own === undefined ? [] : [own])])];
}

/** Promises that nobody looks at, in the region of the copies, where they are measured. */
export function unwatchedPromises(stack: RecoveryStack, region: string): Missing[] {
  return [
    ...lateCopies(stack, region),
    ...lateBackups(stack, region),
    ...lateReplicas(stack, region),
  ];
}

/** S3 says in the copies' region how late they are. Source: S3 User Guide, "Using S3 Replication metrics". */
function lateCopies(stack: RecoveryStack, region: string): Missing[] {
  return stack.ofType(REPLICATION).flatMap((config) =>
    decided(stack, () =>
      records(value(config, "rules"))
        .filter((rule) => rule["status"] === "Enabled")
        .flatMap(copyOf)
        .filter((name) => regionOf(stack, name) === region)
        .filter(
          (name) => !watches(stack, "ReplicationLatency", { DestinationBucket: name }, region),
        )
        .map((name) => ({
          urn: config.urn,
          message: `no alarm in ${region} tells when copies in ${name} are late; add one on ReplicationLatency there.`,
        })),
    ),
  );
}

/** RDS says nowhere how late copied backups are: something has to ask, and an alarm to look at the answer. */
function lateBackups(stack: RecoveryStack, region: string): Missing[] {
  return stack
    .ofType(COPIED_BACKUPS)
    .filter((one) => text(one, "region") === region)
    .flatMap((copies) =>
      decided(stack, () =>
        ageAlarm(stack, copies) !== undefined
          ? []
          : [
              {
                urn: copies.urn,
                message: `no alarm in ${region} tells when the newest copied backup is late; set crm:recovery.watch, or add one on ${BACKUP_AGE} there.`,
              },
            ],
      ),
    );
}

function ageAlarm(stack: RecoveryStack, copies: RecoveryResource): RecoveryResource | undefined {
  const database = text(copies, "sourceDbInstanceArn")?.split(":").at(-1);
  return database === undefined
    ? undefined
    : watching(stack, BACKUP_AGE, { DBInstanceIdentifier: database }, text(copies, "region"));
}

/** Name of the bucket that a rule copies to. */
function copyOf(rule: Record<string, unknown>): string[] {
  const arn = (rule["destination"] as Record<string, unknown> | undefined)?.["bucket"];
  return typeof arn === "string" ? [arn.split(":::").at(-1)!] : [];
}

/**
 * What tells that a figure of a lost region is no longer true: an alarm of the plan, by name, or in words what the other
 * stack or a person has to look at. Undefined where the plan has nothing that would.
 */
export function toldBy(stack: RecoveryStack, { urn }: Pick<Protection, "urn">): string | undefined {
  const resource = stack.resources.find((one) => one.urn === urn);
  if (resource === undefined) return undefined;
  return stack.noting(() => {
    if (resource.type === REPLICATION) {
      const [bucket] = records(value(resource, "rules")).flatMap(copyOf);
      const region = bucket === undefined ? undefined : regionOf(stack, bucket);
      const found =
        bucket === undefined
          ? undefined
          : watching(stack, "ReplicationLatency", { DestinationBucket: bucket }, region);
      return found && `alarm ${text(found, "name")} in ${region}`;
    }
    if (resource.type === COPIED_BACKUPS) {
      const found = ageAlarm(stack, resource);
      return found && `alarm ${text(found, "name")} in ${text(resource, "region")}`;
    }
    // The replica, and the alarm on its lag, are the other stack's: its plan shows both.
    return resource.type === "aws:rds/instance:Instance" && hasPilotLight(stack)
      ? "the alarm on ReplicaLag in the other region's stack"
      : undefined;
  }).result;
}

function regionOf(stack: RecoveryStack, bucket: string): string | undefined {
  const found = stack.ofType("aws:s3/bucket:Bucket").find((one) => text(one, "bucket") === bucket);
  return found && text(found, "region");
}

/** A replica that takes another region's database's place is as old as its lag. */
function lateReplicas(stack: RecoveryStack, region: string): Missing[] {
  return stack
    .ofType("aws:rds/instance:Instance")
    .filter((one) => regionOfPlace(one) === region && isSet(one, "replicateSourceDb"))
    .flatMap((replica) =>
      decided(stack, () => {
        const identifier = text(replica, "identifier");
        return identifier !== undefined &&
          watches(stack, "ReplicaLag", { DBInstanceIdentifier: identifier })
          ? []
          : [
              {
                urn: replica.urn,
                message: "no alarm tells when it is behind its source; add one on ReplicaLag.",
              },
            ];
      }),
    );
}

/** Whether an alarm with a receiver watches a metric; without a region in the stack's own. */
function watches(
  stack: RecoveryStack,
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
  region?: string,
): boolean {
  return watching(stack, metricName, dimensions, region) !== undefined;
}

function watching(
  stack: RecoveryStack,
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
  region?: string,
): RecoveryResource | undefined {
  const looks = (alarm: RecoveryResource): boolean => {
    const given = value(alarm, "dimensions") as Record<string, unknown> | undefined;
    const actions = value(alarm, "alarmActions");
    return (
      text(alarm, "metricName") === metricName &&
      text(alarm, "region") === region &&
      Object.entries(dimensions).every(([key, wanted]) => given?.[key] === wanted) &&
      Array.isArray(actions) &&
      actions.length > 0
    );
  };
  return stack.ofType(ALARM).find(looks);
}
