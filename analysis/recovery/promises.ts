/** Which alarm tells that a figure of a lost region is no longer true. */
import { copyRegions } from "./copy-regions";
import { decided, type Missing } from "./missing";
import {
  isSet,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "./resources";
import { pilotLight, regionOfPlace } from "./stand-in";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

/** Regions whose figures are promised: of the copies, and of a pilot light's own replica. */
export function promisedRegions(stack: RecoveryStack): string[] {
  const own = pilotLight(stack);
  return [...new Set([...copyRegions(stack), ...(own === undefined ? [] : [own])])];
}

/** Promises that nobody looks at, in the region of the copies, where they are measured. */
export function unwatchedPromises(stack: RecoveryStack, region: string): Missing[] {
  return [...lateCopies(stack, region), ...lateReplicas(stack, region)];
}

/** S3 says in the copies' region how late they are. Source: S3 User Guide, "Using S3 Replication metrics". */
function lateCopies(stack: RecoveryStack, region: string): Missing[] {
  return stack.ofType(REPLICATION).flatMap((config) =>
    decided(stack, () =>
      records(value(config, "rules"))
        .filter((rule) => rule["status"] === "Enabled")
        .map((rule) => (rule["destination"] as Record<string, unknown> | undefined)?.["bucket"])
        .flatMap((arn) => (typeof arn === "string" ? arn.split(":::").at(-1)! : []))
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

/** Whether an alarm that tells somebody looks at a metric; without a region in the stack's own. */
function watches(
  stack: RecoveryStack,
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
  region?: string,
): boolean {
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
  return stack.ofType(ALARM).some(looks);
}
