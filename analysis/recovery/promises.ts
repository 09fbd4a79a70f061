/** What reports that a figure of recovery is no longer true. */
import { BACKUP_AGE, COPY_AGE, LOST_JOBS, RESTORABLE_AGE } from "../../facts/backup";
import { entryOf } from "../../facts/entry-of";
import { copyRegions } from "./copy-regions";
import { decided, undecidedBy, type Missing } from "./missing";
import { derive, hours, OBJECTIVES } from "./objectives";
import { type CopyRule, copyRules, type Protection } from "./protections";
import {
  number,
  records,
  text,
  value,
  type RecoveryResource,
  type RecoveryStack,
} from "./resources";
import { pilotLight } from "./stand-in";
import { replicasIn, replicasOf, type OtherStack } from "./standby";
import { boundOf } from "./steps";
import { evaluationSeconds } from "./watch";

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
      copyRules(stack, config)
        .filter(({ copy }) => copy !== undefined && text(copy, "region") === region)
        .flatMap((rule) => {
          const bounds = elsewhere(rule.lossMinutes);
          if (lateCopiesAlarm(stack, config, rule, bounds) !== undefined) return [];
          const metrics = rule.measured ? "" : "enable the rule's metrics and ";
          const message = `no alarm in ${region} tells when copies in ${text(rule.copy!, "bucket")} are late; ${metrics}add one on ReplicationLatency there, ${inTime(bounds)}.`;
          return [{ urn: config.urn, message }];
        }),
    ),
  );
}

/** The alarm on the metric of a rule. S3 publishes it by both buckets and the rule. */
function lateCopiesAlarm(
  stack: RecoveryStack,
  config: RecoveryResource,
  { id, copy, measured }: CopyRule,
  bounds: Bounds,
): RecoveryResource | undefined {
  if (copy === undefined || !measured) return undefined;
  const source = text(config, "bucket");
  return watching(stack, {
    metricName: "ReplicationLatency",
    dimensions: {
      ...(source !== undefined && { SourceBucket: source }),
      DestinationBucket: text(copy, "bucket"),
      // Without an id, S3 makes one.
      ...(typeof id === "string" && { RuleId: id }),
    },
    ...{ bounds, place: { region: text(copy, "region") } },
  });
}

/** RDS says nowhere how late copied backups are: something has to ask, and an alarm to look at the answer. */
function lateBackups(stack: RecoveryStack, region: string): Missing[] {
  return stack
    .ofType(COPIED_BACKUPS)
    .filter((one) => text(one, "region") === region)
    .flatMap((copies) =>
      decided(stack, () => {
        const bounds = elsewhere(boundOf(stack, "automatedBackupReplication"));
        const looked = copiedAge(copies, bounds);
        if (looked !== undefined && watching(stack, looked) !== undefined) return [];
        const message = `no alarm in ${region} tells when the newest copied backup is late; add one on ${BACKUP_AGE} there, ${inTime(bounds, "an age")}${early(stack, looked)}.`;
        return [{ urn: copies.urn, message }];
      }),
    );
}

function copiedAge(copies: RecoveryResource, bounds: Bounds): Looked | undefined {
  const database = text(copies, "sourceDbInstanceArn")?.split(":").at(-1);
  return database === undefined
    ? undefined
    : {
        ...{ metricName: BACKUP_AGE, dimensions: { DBInstanceIdentifier: database } },
        ...{ bounds, place: { region: text(copies, "region") } },
      };
}

/** A figure: what it rests on, of which store, by its physical name, how old the data may be, and by the objective. */
type Figure = Pick<Protection, "kind" | "urn" | "rule" | "lossMinutes"> & {
  readonly store: string;
  readonly objectiveMinutes: number;
};

/** When an alarm has to fire, in seconds. */
interface Bounds {
  /** The figure: a higher threshold does not report that it is missed. */
  readonly figure: number;
  /** The objective: with its periods, the alarm fires before data is that old. Absent where the figure misses it. */
  readonly objective?: number;
}

function boundsOf({
  lossMinutes,
  objectiveMinutes,
}: Pick<Figure, "lossMinutes" | "objectiveMinutes">): Bounds {
  return {
    figure: lossMinutes * 60,
    ...(lossMinutes <= objectiveMinutes && { objective: objectiveMinutes * 60 }),
  };
}

const latest = (figure: Figure): number => boundsOf(figure).objective ?? Infinity;

/** The same of what survives in another region. */
function elsewhere(lossMinutes: number): Bounds {
  return boundsOf({ lossMinutes, objectiveMinutes: OBJECTIVES["region lost"].lossMinutes });
}

/** By what a figure rests on: what reports that it is no longer true, and what to add where nothing does. */
interface Watch {
  readonly find: (
    stack: RecoveryStack,
    resource: RecoveryResource,
    figure: Figure,
    other: OtherStack | undefined,
  ) => string | undefined;
  readonly add: (bounds: Bounds, stack: RecoveryStack, figure: Figure) => string;
}

/** An age reaches its figure between two backups, and a lag does so only where something is wrong. */
const inTime = ({ figure, objective }: Bounds, what: "an age" | "a lag" = "a lag") =>
  `with a threshold of ${what === "an age" ? "" : "at most "}${figure} seconds${objective === undefined ? "" : ` that fires before the data is ${objective} seconds old`}`;

const addAlarm = (metric: string) => (bounds: Bounds) =>
  `add an alarm on ${metric} ${inTime(bounds)}`;

/** A watch of an age, by the metric and what the alarm on it has to look at. */
function agesBy(
  metric: string,
  lookedAt: (resource: RecoveryResource, figure: Figure, bounds: Bounds) => Looked | undefined,
): Watch {
  const looked = (stack: RecoveryStack, figure: Figure): Looked | undefined => {
    const resource = stack.resources.find((one) => one.urn === figure.urn);
    return resource && lookedAt(resource, figure, boundsOf(figure));
  };
  return {
    find: (stack, _, figure) => {
      const found = looked(stack, figure);
      return found && alarmText(watching(stack, found));
    },
    add: (bounds, stack, figure) =>
      `add an alarm on ${metric} ${inTime(bounds, "an age")}${early(stack, looked(stack, figure))}`,
  };
}

const WATCHES: Readonly<Record<Protection["kind"], Watch>> = {
  // The replica, and the alarm on its lag, are the other stack's: its rule judges them there (lateReplicas).
  replica: {
    find: (stack, database, figure, other) => {
      const found = replicasOf(stack, database, other);
      if (typeof found === "string") return `undecided: ${found}`;
      const alarm = found.replicas
        .map((replica) => lagAlarm(found.stack, replica, boundsOf(figure)))
        .find((one) => one !== undefined);
      return alarmText(alarm, `${found.region} (stack ${found.name})`);
    },
    add: addAlarm("ReplicaLag"),
  },
  "copied backups": agesBy(BACKUP_AGE, (copies, _, bounds) => copiedAge(copies, bounds)),
  "point in time": agesBy(RESTORABLE_AGE, (database, _, bounds) => {
    const identifier = text(database, "identifier");
    return identifier === undefined
      ? undefined
      : {
          ...{ metricName: RESTORABLE_AGE, dimensions: { DBInstanceIdentifier: identifier } },
          bounds,
        };
  }),
  "backup copy": agesBy(COPY_AGE, (_, { store }, bounds) => ({
    ...{ metricName: COPY_AGE, dimensions: { Store: store }, bounds },
  })),
  backup: {
    find: failedJobsRule,
    add: () => "add an EventBridge rule on its failed, expired and aborted jobs, with a target",
  },
  replication: {
    find: (stack, config, figure) => {
      const rule = copyRules(stack, config).find(({ index }) => index === figure.rule);
      return rule && alarmText(lateCopiesAlarm(stack, config, rule, boundsOf(figure)));
    },
    add: addAlarm("ReplicationLatency"),
  },
  versions: {
    find: () => "none is needed: S3 keeps a version in the request that writes the next one",
    add: () => "",
  },
};

/**
 * What reports that a figure is no longer true: an alarm or a rule, by name, or why nothing is needed, or what has to be known
 * to say it. Undefined where nothing reports it.
 *
 * @param other the stack that stands in the other region; it has the alarm on its replica
 */
export function watchOf(
  stack: RecoveryStack,
  figure: Figure,
  other?: OtherStack,
): string | undefined {
  return stack.noting(() => findWatch(stack, figure, other)).result;
}

function findWatch(stack: RecoveryStack, figure: Figure, other?: OtherStack): string | undefined {
  const resource = stack.resources.find((one) => one.urn === figure.urn);
  return resource && WATCHES[figure.kind].find(stack, resource, figure, other);
}

function alarmText(
  alarm: RecoveryResource | undefined,
  place = alarm && text(alarm, "region"),
): string | undefined {
  if (alarm === undefined) return undefined;
  const seconds = number(alarm, "threshold")! + evaluationSeconds(alarm)!;
  const at = `at an age of at most ${hours(Math.ceil(seconds / 60))}`;
  return `alarm ${text(alarm, "name")}${place === undefined ? "" : ` in ${place}`}, ${at}`;
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
  const figures = new Map<string, Figure & { readonly source: string }>();
  for (const { store, objective, protections } of findings) {
    for (const one of protections.filter(({ kind }) => !BY_REGION.includes(kind))) {
      const figure = { ...one, store, objectiveMinutes: objective.lossMinutes };
      const key = `${store} ${one.source}`;
      const before = figures.get(key);
      // Of several scenarios, the tightest objective that the figure meets.
      if (before === undefined || latest(figure) < latest(before)) figures.set(key, figure);
    }
  }
  return [...figures.values()].flatMap((figure) =>
    decided(stack, () =>
      findWatch(stack, figure) !== undefined
        ? []
        : [
            {
              urn: figure.urn,
              message: `nothing reports when the recovery point of ${figure.store} by ${figure.source} is missed; ${WATCHES[figure.kind].add(boundsOf(figure), stack, figure)}.`,
            },
          ],
    ),
  );
}

/** What a stack promises with any objectives: lateCopies, lateBackups and lateReplicas judge it. */
const BY_REGION: readonly Protection["kind"][] = ["replica", "copied backups", "replication"];

/** A replica that takes another region's database's place is as old as its lag. */
function lateReplicas(stack: RecoveryStack, region: string): Missing[] {
  return replicasIn(stack, region).flatMap((replica) =>
    decided(stack, () => {
      const bounds = elsewhere(boundOf(stack, "replicaLag"));
      const message = `no alarm tells when it is more than ${bounds.figure} seconds behind its source; add one on ReplicaLag ${inTime(bounds)}.`;
      return lagAlarm(stack, replica, bounds) ? [] : [{ urn: replica.urn, message }];
    }),
  );
}

function lagAlarm(
  stack: RecoveryStack,
  replica: RecoveryResource,
  bounds: Bounds,
): RecoveryResource | undefined {
  const identifier = text(replica, "identifier");
  if (identifier === undefined) return undefined;
  const dimensions = { DBInstanceIdentifier: identifier };
  return watching(stack, { metricName: "ReplicaLag", dimensions, bounds, place: HERE });
}

/** Where an alarm has to be: absent region: in the stack's own. Absent altogether: anywhere. */
interface Place {
  readonly region: string | undefined;
}

/** What an alarm has to look at, and when it has to fire. */
interface Looked {
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string | undefined>>;
  readonly bounds: Bounds;
  readonly place?: Place;
}

/**
 * What AWS publishes of delays. S3 publishes its latency only while it copies, so missing data is no fault; any other metric
 * reports each minute.
 */
const AWS_NAMESPACES: Readonly<Record<string, string>> = {
  ReplicaLag: "AWS/RDS",
  ReplicationLatency: "AWS/S3",
};
const MAY_BE_MISSING = ["ReplicationLatency"];

/** Whether an alarm reads a namespace that has the metric: AWS's, or that of the log filter that publishes it. */
function readsFrom(stack: RecoveryStack, alarm: RecoveryResource, metricName: string): boolean {
  const namespace = text(alarm, "namespace");
  const ofAws = entryOf(AWS_NAMESPACES, metricName);
  if (ofAws !== undefined) return namespace === ofAws;
  if (namespace === undefined) return false;
  const published = stack
    .ofType("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    .filter((filter) => text(filter, "region") === text(alarm, "region"))
    .map((filter) => value(filter, "metricTransformation") as Record<string, unknown> | undefined)
    .filter((metric) => metric?.["name"] === metricName)
    .map((metric) => metric?.["namespace"]);
  // Without a filter, a program publishes it: never in a namespace of AWS.
  return published.length > 0 ? published.includes(namespace) : !namespace.startsWith("AWS/");
}

/** Whether an alarm reports at all: to a receiver, about the metric's values, and where there are none. */
function reports(alarm: RecoveryResource, metricName: string): boolean {
  const actions = value(alarm, "alarmActions");
  return (
    Array.isArray(actions) &&
    actions.length > 0 &&
    value(alarm, "actionsEnabled") !== false &&
    text(alarm, "statistic") !== "SampleCount" &&
    (MAY_BE_MISSING.includes(metricName) || text(alarm, "treatMissingData") === "breaching")
  );
}

/** An alarm with a receiver that fires when it should. */
function watching(stack: RecoveryStack, looked: Looked): RecoveryResource | undefined {
  return reporting(stack, looked).find((alarm) => firesBy(stack, alarm, looked));
}

/** Alarms with a receiver on a metric, whenever they fire. */
function reporting(
  stack: RecoveryStack,
  { metricName, dimensions, place }: Looked,
): RecoveryResource[] {
  const looks = (alarm: RecoveryResource): boolean => {
    const given = value(alarm, "dimensions") as Record<string, unknown> | undefined;
    return (
      text(alarm, "metricName") === metricName &&
      (place === undefined || text(alarm, "region") === place.region) &&
      Object.entries(dimensions).every(([key, wanted]) => given?.[key] === wanted) &&
      readsFrom(stack, alarm, metricName) &&
      reports(alarm, metricName)
    );
  };
  return stack.ofType(ALARM).filter(looks);
}

/** Ages, which normally grow to their figure: an alarm below it fires at each backup. */
const AGES: readonly string[] = [BACKUP_AGE, COPY_AGE, RESTORABLE_AGE];

/**
 * Whether an alarm's threshold is at most the figure, and it fires before the objective is missed. For an age it is the figure
 * itself; without measurements, which may raise the figure, no lower than the table's.
 */
function firesBy(
  stack: RecoveryStack,
  alarm: RecoveryResource,
  { metricName, bounds: { figure, objective } }: Looked,
): boolean {
  const above = text(alarm, "comparisonOperator")?.startsWith("GreaterThan") ?? false;
  const threshold = number(alarm, "threshold");
  const evaluated = evaluationSeconds(alarm);
  if (!above || threshold === undefined || evaluated === undefined) return false;
  const isAge = AGES.includes(metricName);
  const mayBeHigher = isAge && !stack.knowsMeasured && objective !== undefined;
  return (
    (threshold <= figure || mayBeHigher) &&
    (threshold >= figure || !isAge) &&
    threshold + evaluated <= (objective ?? Infinity)
  );
}

/** Names the alarm on an age whose threshold is below the figure. */
function early(stack: RecoveryStack, looked: Looked | undefined): string {
  const found = (looked === undefined ? [] : reporting(stack, looked))
    .map((alarm) => ({ alarm, threshold: number(alarm, "threshold") }))
    .find(({ threshold = Infinity }) => threshold < looked!.bounds.figure);
  return found === undefined
    ? ""
    : `; ${text(found.alarm, "name") ?? found.alarm.name} fires at ${found.threshold} seconds, which is a normal age`;
}
