/** Alarms on the age of backups, as the watch over the other region logs it. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { BACKUP_AGE, COPY_AGE, RESTORABLE_AGE } from "../../facts/backup";
import { type MeasuredDuration, stepBound, wholeMinutes } from "../../facts/duration-rows";
import { AGES, type AgeWord } from "../../functions/region-watch/words";
import type { Names } from "../../platform/names";
import type { AlarmSpec } from "../alarm";

/** Automated backups of a database. */
export interface AutomatedBackups {
  /** Identifier of the instance. */
  readonly database: string;
  readonly instances: readonly pulumi.Resource[];
  /** What copies them to the watch's region. @default nothing does */
  readonly replication?: pulumi.Resource;
}

/** Copies of AWS Backup in the watch's region. */
export interface VaultCopies {
  readonly vaultName: string;
  /** Names of databases and buckets, by a word for their alarms. */
  readonly stores: Readonly<Record<string, string>>;
  /** Longest time between two backups that AWS Backup starts, and in which it starts one. */
  readonly intervalMinutes: number;
  readonly startWindowMinutes: number;
  /** What has to be there before the first copy. */
  readonly plan: pulumi.Resource;
}

export interface BackupAgesArgs {
  /** Region of the watch. */
  readonly region: string;
  /** Region of the database. */
  readonly home: string;
  readonly namespace: string;
  readonly logGroupName: pulumi.Input<string>;
  readonly schedule: pulumi.Resource;
  readonly backups?: AutomatedBackups;
  readonly copies?: VaultCopies;
  /** Lengths that the stack measured: they raise thresholds, and lower none. */
  readonly measured: readonly MeasuredDuration[];
  readonly names: Names;
}

/** One kind of age: a filter of the log, and an alarm for each store. */
interface Kind {
  readonly word: AgeWord;
  /** Parts of the filter's logical and physical name. */
  readonly part: string;
  readonly filterName: string;
  readonly metricName: string;
  readonly dimension: string;
  readonly alarms: readonly { store: string; part: string; what: string }[];
  /** Section of docs/runbooks/alarms.md. */
  readonly runbook: string;
  /** Age that the recovery point counts with. */
  readonly minutes: number;
  readonly periods: number;
  readonly after: readonly pulumi.Resource[];
}

/** As analysis/recovery/steps.ts counts them: below its figure, an alarm would fire at a normal age. */
const minutesOf = (step: string, { measured }: BackupAgesArgs) =>
  wholeMinutes(stepBound(step, measured));

/** That the newest backups are as young as the recovery points count with: copied, at home, and in the vault of copies. */
export function backupAgeAlarms(
  name: string,
  args: BackupAgesArgs,
  opts: pulumi.CustomResourceOptions,
): AlarmSpec[] {
  const { backups, copies } = args;
  const kinds = [
    ...(backups?.replication === undefined ? [] : [copied(args, backups, backups.replication)]),
    ...(backups === undefined ? [] : [restorable(args, backups)]),
    ...(copies === undefined ? [] : [copiesOf(args, copies)]),
  ];
  return kinds.flatMap((kind) => alarmsOf(name, args, kind, opts));
}

function copied(
  args: BackupAgesArgs,
  { database }: AutomatedBackups,
  replication: pulumi.Resource,
): Kind {
  const { region } = args;
  return {
    ...{ word: AGES.copied, part: "backups", filterName: "newest-backup" },
    ...{ metricName: BACKUP_AGE, dimension: "DBInstanceIdentifier" },
    alarms: [
      { store: database, part: "backups", what: `The newest backup of ${database} in ${region}` },
    ],
    ...{ minutes: minutesOf("automatedBackupReplication", args), periods: 2, after: [replication] },
    runbook: "backups-late",
  };
}

function restorable(args: BackupAgesArgs, { database, instances }: AutomatedBackups): Kind {
  const what = `The newest moment that ${database} can be restored to in ${args.home}`;
  return {
    ...{ word: AGES.restorable, part: "restorable", filterName: "newest-moment" },
    ...{ metricName: RESTORABLE_AGE, dimension: "DBInstanceIdentifier" },
    alarms: [{ store: database, part: "restorable", what }],
    // RDS uploads logs every five minutes: one upload that is late is no fault yet.
    ...{ minutes: minutesOf("pointInTime", args), periods: 3, after: instances },
    runbook: "restorable-late",
  };
}

function copiesOf(args: BackupAgesArgs, copies: VaultCopies): Kind {
  const { region } = args;
  const { stores, intervalMinutes, startWindowMinutes, plan } = copies;
  return {
    ...{ word: AGES.copies, part: "vault", filterName: "newest-copy" },
    ...{ metricName: COPY_AGE, dimension: "Store" },
    alarms: Object.entries(stores).map(([word, store]) => ({
      ...{ store, part: `${word}-vault` },
      what: `The newest copy of AWS Backup of ${store} in ${region}`,
    })),
    // As analysis/recovery/protections.ts counts it.
    minutes:
      intervalMinutes +
      startWindowMinutes +
      minutesOf("backupJob", args) +
      minutesOf("copyJob", args),
    ...{ periods: 2, after: [plan], runbook: "vault-late" },
  };
}

function alarmsOf(
  name: string,
  { names, region, namespace, logGroupName, schedule }: BackupAgesArgs,
  { word, part, filterName, metricName, dimension, alarms, minutes, periods, after, runbook }: Kind,
  opts: pulumi.CustomResourceOptions,
): AlarmSpec[] {
  const filter = new aws.cloudwatch.LogMetricFilter(
    `${name}-${part}`,
    {
      name: names.of(filterName),
      logGroupName,
      pattern: `{ $.message.result = "${word}" }`,
      metricTransformation: {
        ...{ name: metricName, namespace, unit: "Seconds" },
        value: "$.message.seconds",
        dimensions: { [dimension]: "$.message.store" },
      },
      region,
    },
    opts,
  );
  return alarms.map(({ store, part: of, what }) => ({
    metric: { namespace, metricName, stat: "Minimum", dimensions: { [dimension]: store } },
    part: `${of}-late`,
    meaning: `${what} is more than ${minutes} minutes old, or nobody can say`,
    runbook: `alarms#${runbook}`,
    threshold: minutes * 60,
    periodSeconds: 300,
    periods,
    silence: "bad",
    after: [filter, schedule, ...after],
  }));
}
