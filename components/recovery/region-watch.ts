import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { MeasuredDuration } from "../../facts/duration-rows";
import { WELL } from "../../functions/region-watch/words";
import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Statement } from "../../platform/policy-documents";
import { publisherGrants } from "../../platform/publishers";
import type { Tags } from "../../platform/tags";
import type { ObservabilityConfig } from "../../schema/observability";
import type { RecoveryConfig } from "../../schema/recovery";
import { type AlarmSpec, createAlarm, createAlarmTopic, type ReplicationRule } from "../alarm";
import { EncryptionKey, logServiceGrant } from "../encryption-key";
import { CrmDeadLetterQueue, CrmSchedule } from "../eventing";
import { CrmFunction } from "../function";
import { deadLetterAlarms, functionAlarms, lateCopiesAlarm } from "../observability";
import { type AutomatedBackups, backupAgeAlarms, type VaultCopies } from "./backup-ages";

/** Seconds that a question may take, an answer that does not come included. */
const TIMEOUT_SECONDS = 20;

/** All backups of these regions: RDS lists them, and the function finds the database's. */
function readBackups(regions: readonly Arns[]): Statement {
  return {
    sid: "ListBackups",
    actions: ["rds:DescribeDBInstanceAutomatedBackups"],
    resources: regions.flatMap((arns) => [
      arns.regional("rds", "auto-backup:*"),
      arns.regional("rds", "db:*"),
    ]),
  };
}

function readCopies(arns: Arns, vaultName: string): Statement {
  return {
    sid: "ListCopies",
    actions: ["backup:ListRecoveryPointsByBackupVault"],
    resources: [arns.regional("backup", `backup-vault:${vaultName}`)],
  };
}

export interface RegionWatchArgs {
  readonly settings: NonNullable<RecoveryConfig["watch"]>;
  /** Region that asks, and that reports. */
  readonly region: string;
  /** Address that answers 200 while the platform is well, and asks no other region. */
  readonly url: string;
  /** Whether the function sets one execution aside, which a new account refuses. */
  readonly reserveConcurrency: boolean;
  /** Folder or URL of the runbooks, start of metrics' namespaces, and what a function may take. */
  readonly observability: Pick<ObservabilityConfig, "runbooks" | "metricNamespace" | "messaging">;
  /** Buckets that are copied, by key in the stack file: in the copies' region an alarm looks how late they are. */
  readonly replications: Readonly<Record<string, ReplicationRule & { readonly region: string }>>;
  /** The database with its automated backups. @default it keeps none */
  readonly backups?: AutomatedBackups;
  /** What AWS Backup copies to the region. @default nothing */
  readonly copies?: VaultCopies;
  /** Lengths that the stack measured, for the ages that are normal. */
  readonly measured: readonly MeasuredDuration[];
  /** What answers at the address: before it exists, the missing answer would fire the alarm. */
  readonly startAfter: readonly pulumi.Resource[];
  readonly keyDeletionWindowDays: number;
  /** Whether Pulumi refuses to delete key and queue. */
  readonly protect: boolean;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/** The arguments, with the ARNs of the region that is watched beside those of the region that asks. */
interface FromHome extends RegionWatchArgs {
  readonly home: Arns;
}

/** What asks, and when. */
interface Asking {
  readonly fn: CrmFunction;
  readonly schedule: CrmSchedule;
}

/**
 * Checks the platform's health from the recovery region and notifies the mailboxes through that region only: function,
 * metric, alarm and topic do not depend on the region that may be lost. Route 53's health checks report to us-east-1 only.
 * Its key costs by the month.
 */
export class RegionWatch extends pulumi.ComponentResource {
  public constructor(name: string, args: RegionWatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:RegionWatch", name, {}, opts);

    const { names, region, tags } = args;
    const home = args.arns;
    const arns = home.inRegion(region);
    const key = new EncryptionKey(
      `${name}-key`,
      {
        alias: names.keyAlias("messaging"),
        description: "Watch over the other region",
        deletionWindowDays: args.keyDeletionWindowDays,
        protect: args.protect,
        services: [...publisherGrants(arns, ["cloudwatch"]), logServiceGrant(arns)],
        region,
        arns,
        tags,
      },
      { parent: this },
    );
    const topicArn = createAlarmTopic(
      name,
      {
        region,
        topicName: names.of("region-alerts", "topic"),
        displayName: "CRM region lost",
        keyAlias: key.aliasName,
        mailboxes: args.settings.mailboxes,
        arns,
        tags,
      },
      { parent: this, dependsOn: [key] },
    );
    const asking = this.askEveryMinute(name, { ...args, arns, home }, key);
    const specs = this.watched(name, { ...args, home }, asking);
    const { runbooks } = args.observability;
    const scope = { name, topicArn, runbooks, region, names, tags };
    const late = Object.entries(args.replications)
      .filter(([, rule]) => rule.region === region)
      .map(([bucket, rule]) => lateCopiesAlarm(bucket, rule));
    [...specs, ...late].forEach((spec) => createAlarm(scope, spec, { parent: this }));
    this.registerOutputs({ topicArn });
  }

  /** Alarms on missing good answers, and on failures of the function itself. */
  private watched(name: string, args: FromHome, asking: Asking): AlarmSpec[] {
    const { names, region, settings, url } = args;
    const { metricNamespace, messaging } = args.observability;
    const functionName = names.of("region-watch", "function");
    const namespace = `${metricNamespace}/RegionWatch`;
    const filter = new aws.cloudwatch.LogMetricFilter(
      name,
      {
        name: names.of("region-watch"),
        logGroupName: asking.fn.logGroupName,
        pattern: `"${WELL}"`,
        metricTransformation: { name: "GoodAnswers", namespace, value: "1", unit: "Count" },
        region,
      },
      { parent: this },
    );
    return [
      {
        metric: { namespace, metricName: "GoodAnswers", stat: "Sum", dimensions: {} },
        part: "region-lost",
        meaning: `${url} does not answer 200 when asked from ${region}, or nobody asks`,
        runbook: "region-loss",
        threshold: 1,
        when: "below",
        periodSeconds: 60,
        periods: settings.minutes,
        // What asks may be what is broken.
        silence: "bad",
        after: [filter, asking.schedule, ...args.startAfter],
      },
      ...backupAgeAlarms(
        name,
        {
          ...{ namespace, region, home: args.home.region, schedule: asking.schedule, names },
          ...{ logGroupName: asking.fn.logGroupName, backups: args.backups, copies: args.copies },
          measured: args.measured,
        },
        { parent: this },
      ),
      ...functionAlarms(messaging, "region-watch", {
        name: functionName,
        timeoutSeconds: TIMEOUT_SECONDS,
      }),
      ...deadLetterAlarms(messaging, "dlq-region-watch", names.of("dlq-region-watch", "queue")),
    ];
  }

  private askEveryMinute(name: string, args: FromHome, key: EncryptionKey): Asking {
    const { names, region, arns, home, tags, backups, copies } = args;
    const queueName = names.of("dlq-region-watch", "queue");
    const shared = { region, arns, tags };
    const deadLetters = new CrmDeadLetterQueue(
      `${name}-dead-letters`,
      { ...shared, queueName, keyAlias: key.aliasName, protect: args.protect },
      { parent: this, dependsOn: [key] },
    );
    const fn = new CrmFunction(
      name,
      {
        ...shared,
        functionName: names.of("region-watch", "function"),
        roleName: names.of("region-watch", "role"),
        description: "Asks for the platform's health from another region",
        runtime: "nodejs24.x",
        handler: "handler.handler",
        bundle: "region-watch",
        memoryMb: 256,
        timeoutSeconds: TIMEOUT_SECONDS,
        reservedConcurrency: args.reserveConcurrency ? 1 : undefined,
        logRetentionDays: args.settings.logRetentionDays,
        environment: {
          URL: args.url,
          ...(backups && { DATABASE: backups.database, HOME_REGION: home.region }),
          ...(backups?.replication && { COPIED: backups.database }),
          ...(copies && {
            VAULT: copies.vaultName,
            STORES: Object.values(copies.stores).join(","),
          }),
        },
        deadLetterQueueArn: arns.queue(queueName),
        // The next check is in a minute.
        maximumRetries: 0,
        maximumEventAgeSeconds: 60,
        statements: [
          ...(backups === undefined
            ? []
            : [readBackups(backups.replication === undefined ? [home] : [arns, home])]),
          ...(copies === undefined ? [] : [readCopies(arns, copies.vaultName)]),
        ],
        key,
        logsKey: key,
        startAfter: [deadLetters],
      },
      { parent: this },
    );
    const schedule = this.createSchedule(name, args, fn, { key, deadLetters, queueName });
    return { fn, schedule };
  }

  private createSchedule(
    name: string,
    { names, region, arns, tags }: FromHome,
    fn: CrmFunction,
    {
      key,
      deadLetters,
      queueName,
    }: { key: EncryptionKey; deadLetters: CrmDeadLetterQueue; queueName: string },
  ): CrmSchedule {
    const groupName = names.of("region-watch");
    const group = new aws.scheduler.ScheduleGroup(
      `${name}-schedules`,
      { name: groupName, region, tags },
      { parent: this },
    );
    return new CrmSchedule(
      `${name}-schedule`,
      {
        ...{ region, arns, tags },
        scheduleName: names.of("region-watch"),
        groupName,
        roleName: names.of("region-watch-schedule", "role"),
        description: "A question for the platform's health",
        expression: "rate(1 minute)",
        timeZone: "Etc/UTC",
        targetArn: fn.aliasArn,
        maximumRetries: 0,
        maximumEventAgeSeconds: 60,
        deadLetterQueueArn: arns.queue(queueName),
        key,
        startAfter: [group, fn.alias, deadLetters],
      },
      { parent: this },
    );
  }
}
