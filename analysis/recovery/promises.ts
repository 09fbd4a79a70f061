/** What reports that a figure of recovery is no longer true. */
import { BACKUP_AGE, COPY_AGE, LOST_JOBS, RESTORABLE_AGE } from "../../facts/backup";
import { copyRegions, recoveryRegions } from "./copy-regions";
import { decided, undecidedBy, type Missing } from "./missing";
import { derive } from "./objectives";
import type { Protection } from "./protections";
import {
  isSet,
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "./resources";
import { pilotLight, regionOfPlace } from "./stand-in";
import { minutesOf } from "./steps";

/** The stack's own region. */
const HERE = { region: undefined };

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COPIED_BACKUPS =
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

/** Regions whose figures are promised: of the copies, and of a pilot light's own replica. */
function promisedRegions(stack: RecoveryStack): string[] {
  const own = pilotLight(stack);
  return [...new Set([...copyRegions(stack), ...(own === undefined ? [] : [own])])];
}

/** Recovery points that nothing watches: of copies in their region, where they are measured, and all that the stack derives. */
export function unwatchedPromises(stack: RecoveryStack): Missing[] {
  const { result, unknown } = stack.noting(() => promisedRegions(stack));
  return [
    ...unknown.map(undecidedBy),
    ...result.flatMap((region) => [
      ...lateCopies(stack, region),
      ...lateBackups(stack, region),
      ...lateReplicas(stack, region),
    ]),
    ...unwatchedFigures(stack),
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
          (name) =>
            watching(stack, {
              ...{ metricName: "ReplicationLatency", dimensions: { DestinationBucket: name } },
              ...{ seconds: secondsOf(stack, "bucketReplication"), place: { region } },
            }) === undefined,
        )
        .map((name) => ({
          urn: config.urn,
          message: `no alarm in ${region} tells when copies in ${name} are late; add one on ReplicationLatency there, ${atMost(secondsOf(stack, "bucketReplication"))}.`,
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
        ageAlarm(stack, copies, secondsOf(stack, "automatedBackupReplication")) !== undefined
          ? []
          : [
              {
                urn: copies.urn,
                message: `no alarm in ${region} tells when the newest copied backup is late; add one on ${BACKUP_AGE} there, ${atMost(secondsOf(stack, "automatedBackupReplication"))}.`,
              },
            ],
      ),
    );
}

function ageAlarm(
  stack: RecoveryStack,
  copies: RecoveryResource,
  seconds: number,
): RecoveryResource | undefined {
  const database = text(copies, "sourceDbInstanceArn")?.split(":").at(-1);
  return database === undefined
    ? undefined
    : watching(stack, {
        ...{ metricName: BACKUP_AGE, dimensions: { DBInstanceIdentifier: database } },
        ...{ seconds, place: { region: text(copies, "region") } },
      });
}

/** Name of the bucket that a rule copies to. */
function copyOf(rule: Record<string, unknown>): string[] {
  const arn = (rule["destination"] as Record<string, unknown> | undefined)?.["bucket"];
  return typeof arn === "string" ? [arn.split(":::").at(-1)!] : [];
}

/** A figure: what it rests on, of which store, by its physical name, and how old the data may be. */
type Figure = Pick<Protection, "kind" | "urn" | "lossMinutes"> & { readonly store: string };

/** By what a figure rests on: what reports that it is no longer true, and what to add where nothing does. */
interface Watch {
  readonly find: (
    stack: RecoveryStack,
    resource: RecoveryResource,
    store: string,
    /** The figure: an alarm that fires later does not tell that it is missed. */
    seconds: number,
  ) => string | undefined;
  readonly add: (seconds: number) => string;
}

const secondsOf = (stack: RecoveryStack, step: string) => minutesOf(stack, step) * 60;

const atMost = (seconds: number) => `with a threshold of at most ${seconds} seconds`;

const addAlarm = (metric: string) => (seconds: number) =>
  `add an alarm on ${metric} ${atMost(seconds)}`;

const WATCHES: Readonly<Record<Protection["kind"], Watch>> = {
  // The replica, and the alarm on its lag, are the other stack's: only its plan shows them, and lateReplicas judges it there.
  replica: {
    find: (stack, _, __, seconds) =>
      `not in this plan: the preview of the stack in ${recoveryRegions(stack)[0]} demands an alarm on ReplicaLag ${atMost(seconds)}`,
    add: addAlarm("ReplicaLag"),
  },
  "copied backups": {
    find: (stack, copies, _, seconds) => alarmText(ageAlarm(stack, copies, seconds)),
    add: addAlarm(BACKUP_AGE),
  },
  "point in time": {
    find: (stack, database, _, seconds) => {
      const identifier = text(database, "identifier");
      if (identifier === undefined) return undefined;
      const dimensions = { DBInstanceIdentifier: identifier };
      return alarmText(watching(stack, { metricName: RESTORABLE_AGE, dimensions, seconds }));
    },
    add: addAlarm(RESTORABLE_AGE),
  },
  "backup copy": {
    find: (stack, _, store, seconds) => {
      const dimensions = { Store: store };
      return alarmText(watching(stack, { metricName: COPY_AGE, dimensions, seconds }));
    },
    add: addAlarm(COPY_AGE),
  },
  backup: {
    find: failedJobsRule,
    add: () => "add an EventBridge rule on its failed, expired and aborted jobs, with a target",
  },
  replication: {
    find: (stack, config, _, seconds) => {
      const [bucket] = records(value(config, "rules")).flatMap(copyOf);
      if (bucket === undefined) return undefined;
      return alarmText(
        watching(stack, {
          ...{ metricName: "ReplicationLatency", dimensions: { DestinationBucket: bucket } },
          ...{ seconds, place: { region: regionOf(stack, bucket) } },
        }),
      );
    },
    add: addAlarm("ReplicationLatency"),
  },
  versions: {
    find: () => "none is needed: S3 keeps a version in the request that writes the next one",
    add: () => "",
  },
};

/**
 * What reports that a figure is no longer true: an alarm or a rule of the plan, by name, or in words what the other stack
 * has, or why nothing is needed. Undefined where the plan has nothing that would.
 */
export function watchOf(stack: RecoveryStack, figure: Figure): string | undefined {
  return stack.noting(() => findWatch(stack, figure)).result;
}

function findWatch(
  stack: RecoveryStack,
  { kind, urn, store, lossMinutes }: Figure,
): string | undefined {
  const resource = stack.resources.find((one) => one.urn === urn);
  return resource && WATCHES[kind].find(stack, resource, store, lossMinutes * 60);
}

function alarmText(alarm: RecoveryResource | undefined): string | undefined {
  if (alarm === undefined) return undefined;
  const region = text(alarm, "region");
  return `alarm ${text(alarm, "name")}${region === undefined ? "" : ` in ${region}`}`;
}

/** A rule of EventBridge that reports each job of a plan's vaults that made no backup. */
function failedJobsRule(stack: RecoveryStack, plan: RecoveryResource): string | undefined {
  const vaults = records(value(plan, "rules")).map((rule) => rule["targetVaultName"]);
  const reports = (rule: RecoveryResource): boolean => {
    const { source, "detail-type": types, detail } = patternOf(rule);
    const { state, backupVaultName, $or } = (detail ?? {}) as Record<string, unknown>;
    const alternatives = [{ backupVaultName }, ...records($or)];
    const named = alternatives.flatMap((one) => one["backupVaultName"] ?? []);
    return (
      has(source, ["aws.backup"]) &&
      has(types, ["Backup Job State Change"]) &&
      has(state, LOST_JOBS.states) &&
      ((backupVaultName === undefined && $or === undefined) || has(named, vaults)) &&
      stack.leadingTo(rule, "aws:cloudwatch/eventTarget:EventTarget", "rule").length > 0
    );
  };
  const found = stack.ofType("aws:cloudwatch/eventRule:EventRule").find(reports);
  return found && `rule ${text(found, "name")}`;
}

function has(given: unknown, wanted: readonly unknown[]): boolean {
  return Array.isArray(given) && wanted.every((one) => given.includes(one));
}

function patternOf(rule: RecoveryResource): Record<string, unknown> {
  try {
    return JSON.parse(text(rule, "eventPattern") ?? "{}") as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Figures that nothing watches, of a stack whose objectives are its own. Those of copies are judged region by region. */
function unwatchedFigures(stack: RecoveryStack): Missing[] {
  const { findings, exemptBecause } = stack.noting(() => derive(stack)).result;
  if (exemptBecause !== undefined) return [];
  const figures = new Map(
    findings.flatMap(({ store, protections }) =>
      protections
        .filter(({ kind }) => !BY_REGION.includes(kind))
        .map((one) => [`${store} ${one.source}`, { ...one, store }]),
    ),
  );
  return [...figures.values()].flatMap((figure) =>
    decided(stack, () =>
      findWatch(stack, figure) !== undefined
        ? []
        : [
            {
              urn: figure.urn,
              message: `nothing reports when the recovery point of ${figure.store} by ${figure.source} is missed; ${WATCHES[figure.kind].add(figure.lossMinutes * 60)}.`,
            },
          ],
    ),
  );
}

/** What a stack promises with any objectives: lateCopies, lateBackups and lateReplicas judge it. */
const BY_REGION: readonly Protection["kind"][] = ["replica", "copied backups", "replication"];

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
        const seconds = secondsOf(stack, "replicaLag");
        const found =
          identifier !== undefined &&
          watching(stack, {
            ...{ metricName: "ReplicaLag", dimensions: { DBInstanceIdentifier: identifier } },
            ...{ seconds, place: HERE },
          });
        const message = `no alarm tells when it is more than ${seconds} seconds behind its source; add one on ReplicaLag ${atMost(seconds)}.`;
        return found ? [] : [{ urn: replica.urn, message }];
      }),
    );
}

/** Where an alarm has to be: absent region: in the stack's own. Absent altogether: anywhere. */
interface Place {
  readonly region: string | undefined;
}

/** What an alarm has to look at, and from how many seconds on it has to fire. */
interface Looked {
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly place?: Place;
}

/** An alarm with a receiver whose threshold is at most the figure; how long it looks before it fires is not judged. */
function watching(
  stack: RecoveryStack,
  { metricName, dimensions, seconds, place }: Looked,
): RecoveryResource | undefined {
  const looks = (alarm: RecoveryResource): boolean => {
    const given = value(alarm, "dimensions") as Record<string, unknown> | undefined;
    const actions = value(alarm, "alarmActions");
    return (
      text(alarm, "metricName") === metricName &&
      (place === undefined || text(alarm, "region") === place.region) &&
      Object.entries(dimensions).every(([key, wanted]) => given?.[key] === wanted) &&
      Array.isArray(actions) &&
      actions.length > 0 &&
      firesBy(alarm, seconds)
    );
  };
  return stack.ofType(ALARM).find(looks);
}

function firesBy(alarm: RecoveryResource, seconds: number): boolean {
  const above = text(alarm, "comparisonOperator")?.startsWith("GreaterThan") ?? false;
  const threshold = number(alarm, "threshold");
  return above && threshold !== undefined && threshold <= seconds;
}
