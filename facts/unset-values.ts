/** What an input means that is not set, where that is neither `false` nor 0. */
import { entryOf } from "./entry-of";
import { type Fact, providerText } from "./fact";
import { KEY_DELETION_DAYS } from "./setting-bounds";

/** The value of one input. */
export interface UnsetValue {
  readonly property: string;
  readonly value: boolean | number;
  /** Other inputs on which it depends; undefined: it always applies. */
  readonly where?: Readonly<Record<string, string>>;
}

/**
 * By type. Source: the comments of the provider's SDK. AWS says the same of Redshift ("encrypted by default",
 * https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-db-encryption.html).
 */
export const UNSET_VALUES: Fact & {
  readonly values: Readonly<Record<string, readonly UnsetValue[]>>;
} = {
  values: {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": [{ property: "actionsEnabled", value: true }],
    "aws:cloudwatch/metricAlarm:MetricAlarm": [{ property: "actionsEnabled", value: true }],
    "aws:elasticache/replicationGroup:ReplicationGroup": [
      { property: "atRestEncryptionEnabled", value: true, where: { engine: "valkey" } },
    ],
    "aws:kms/key:Key": [{ property: "deletionWindowInDays", value: KEY_DELETION_DAYS.unset }],
    "aws:rds/cluster:Cluster": [
      { property: "storageEncrypted", value: true, where: { engineMode: "serverless" } },
    ],
    "aws:rds/instance:Instance": [{ property: "deleteAutomatedBackups", value: true }],
    "aws:redshift/cluster:Cluster": [{ property: "encrypted", value: true }],
  },
  source: providerText(""),
  asOf: "2026-11-29",
};

/** What AWS does by engine, of which the SDK says nothing: the provider sends the flag only where it is set. */
const AURORA_ENCRYPTED = {
  type: "aws:rds/cluster:Cluster",
  property: "storageEncrypted",
  engines: ["aurora-mysql", "aurora-postgresql"] as readonly unknown[],
  /** A replica or a restored cluster is encrypted as its source is. */
  unless: ["replicationSourceIdentifier", "snapshotIdentifier", "restoreToPointInTime"],
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html",
  asOf: "2026-11-29",
} as const satisfies Fact & Record<string, unknown>;

/** What a type's input means that is not set; undefined: `false` or 0. */
export function unsetValue(
  type: string,
  property: string,
  inputs: Readonly<Record<string, unknown>>,
): boolean | number | undefined {
  const aurora = AURORA_ENCRYPTED;
  if (
    type === aurora.type &&
    property === aurora.property &&
    aurora.engines.includes(inputs["engine"]) &&
    aurora.unless.every((other) => inputs[other] === undefined)
  ) {
    return true;
  }
  return entryOf(UNSET_VALUES.values, type)?.find(
    (row) =>
      row.property === property &&
      Object.entries(row.where ?? {}).every(([other, given]) => inputs[other] === given),
  )?.value;
}
