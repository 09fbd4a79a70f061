/** `crm:recovery`: backups, their copies in another region, and what a loss may cost. */
import { z } from "zod";

import { COMPLETION_WINDOW, START_WINDOW } from "../facts/backup";
import { BACKUP_RESTORE, PILOT_LIGHT } from "../facts/control-planes";
import { FUNCTION_BOUNDS } from "../facts/eventing";
import type { ScheduleService } from "../facts/schedules";
import { QUOTA_NAMES, SERVICE_QUOTAS, type QuotaName } from "../facts/service-quotas";
import {
  BACKUP_RETENTION_DAYS,
  DATABASE_BACKUP_DAYS,
  RESTORE_TEST_HOURS,
  VAULT_GRACE_DAYS,
} from "../facts/setting-bounds";
import { DATABASE_WORD } from "../platform/platform-names";
import {
  flag,
  group,
  integer,
  within,
  list,
  logRetentionDays,
  mailbox,
  oneOf,
  oneOfNumbers,
  recurrence,
  region,
  word,
  type SectionRules,
} from "./common";

/** Hours between two backups: divisors of 24, so that a cron expression can express them. */
export const INTERVALS = [1, 2, 3, 4, 6, 8, 12, 24];

const schedule = (service: ScheduleService) =>
  recurrence(service, "a schedule such as cron(0 5 * * ? *)");

const planSchema = group({
  intervalHours: oneOfNumbers(INTERVALS, "hours").default(4).describe("Hours between two backups"),
  firstHour: integer(0, 23, "hours")
    .default(1)
    .describe(
      "Hour of the day's first backup, in UTC; no start is in a window of crm:database or in the hour before it",
    ),
  startWindowMinutes: integer(START_WINDOW.minimum, 1440, "minutes")
    .default(START_WINDOW.minimum)
    .describe("Minutes within which a backup must start, or it fails"),
  completionWindowMinutes: integer(COMPLETION_WINDOW.minimum, 10_080, "minutes")
    .default(180)
    .describe("Minutes within which a backup must end, or it fails"),
  retentionDays: integer(1, 3650, "days").default(14).describe("Days that a backup is kept"),
  copyRetentionDays: integer(1, 3650, "days")
    .default(14)
    .describe("Days that its copy in the other region is kept"),
  buckets: list(word(), 0, 20, "buckets")
    .default([])
    .describe("Buckets that are backed up beside the database, by key in crm:storage; versioned"),
});

const lockSchema = group({
  mode: oneOf(["governance", "compliance"])
    .default("governance")
    .describe(
      "governance: principals with the permission may remove the lock; compliance: no principal may, after the days of grace",
    ),
  minimumDays: integer(1, 3650, "days")
    .default(7)
    .describe("Days for which nothing in a vault can be deleted"),
  maximumDays: within(BACKUP_RETENTION_DAYS, "days")
    .default(365)
    .describe("Longest retention that a vault accepts"),
  graceDays: integer(VAULT_GRACE_DAYS.minimum, 365, "days")
    .default(7)
    .describe("Days in which a compliance lock can still be removed"),
});

const restoreTestSchema = group({
  schedule: schedule("backup")
    .default("cron(0 8 1 * ? *)")
    .describe("When a restore test starts, in UTC"),
  startWindowHours: within(RESTORE_TEST_HOURS, "hours")
    .default(1)
    .describe("Hours within which the test starts"),
  validationHours: within(RESTORE_TEST_HOURS, "hours")
    .default(2)
    .describe("Hours for which restored resources stay for inspection"),
});

const configurationSchema = group({
  schedule: schedule("eventbridge-scheduler")
    .default("cron(0 6 * * ? *)")
    .describe("When the cluster's configuration is written to the bucket, in UTC"),
  bucket: word().default("backups").describe("Bucket for the configuration, by key in crm:storage"),
  timeoutSeconds: integer(30, FUNCTION_BOUNDS.timeoutSeconds.maximum, "seconds")
    .default(300)
    .describe("Time limit of the function"),
  logRetentionDays: logRetentionDays().default(30).describe("Days that the function's log is kept"),
});

/** Days for which deployments may begin without a backup: one that fixes an outage does not wait. */
const LONGEST_SKIP_DAYS = 3;
const SKIP_DAY = `a day in quotes, such as "2026-01-31", ${LONGEST_SKIP_DAYS} days from now at most`;

/** Least of crm:recovery.beforeDeployment.timeoutMinutes. */
export const SHORTEST_BACKUP_MINUTES = 5;

const deploymentBackupSchema = group({
  retentionDays: integer(1, 3650, "days")
    .default(90)
    .describe("Retention of the backup before a deployment, in days"),
  timeoutMinutes: integer(SHORTEST_BACKUP_MINUTES, 720, "minutes")
    .default(90)
    .describe("Minutes after which a backup that has not ended makes the deployment fail"),
  pollSeconds: integer(5, 300, "seconds")
    .default(20)
    .describe("Seconds between two checks of the backup's state"),
  skipUntil: z.iso
    .date({ error: SKIP_DAY })
    .refine((day) => Date.parse(day) - Date.now() <= LONGEST_SKIP_DAYS * 24 * 3600 * 1000, {
      error: SKIP_DAY,
    })
    .optional()
    .describe(
      "Last day on which deployments start without a backup, for a version that fixes an outage",
    ),
});

const watchSchema = group({
  minutes: integer(1, 60, "minutes")
    .default(3)
    .describe(
      "Minutes in a row without a successful answer after which the mailboxes are notified",
    ),
  mailboxes: list(mailbox(), 1, 10, "mailboxes").describe(
    "Mailboxes that are notified from that region; each must confirm by the link in AWS's first mail",
  ),
  logRetentionDays: logRetentionDays().default(30).describe("Days that the function's log is kept"),
});

/** One setting for each quota; a value that every account has is refused. */
const quotasSchema = group(
  Object.fromEntries(
    QUOTA_NAMES.map((name) => {
      const { service, code, title, newAccount } = SERVICE_QUOTAS[name];
      const value = integer(newAccount, 1_000_000)
        .optional()
        .describe(`${title}: ${service}/${code} of Service Quotas, ${newAccount} in a new account`);
      return [name, value];
    }),
  ) as Record<QuotaName, z.ZodOptional<z.ZodInt>>,
);

/** State of a recovery stack before a failover. Costs and times side by side: docs/decisions.md. */
const READINESS = [BACKUP_RESTORE, PILOT_LIGHT] as const;

/** AWS's third strategy for another region, which this platform refuses. */
const NO_WARM_STANDBY = `backup-restore or ${PILOT_LIGHT}: the tasks of a warm standby could write nothing before the database is promoted, and would save the minutes in which tasks start (docs/decisions.md, Recovery)`;

const readiness = z.enum(READINESS, {
  error: ({ input }) =>
    input === "warm-standby" ? NO_WARM_STANDBY : `one of ${READINESS.join(", ")}`,
});

export const recoverySchema = group({
  region: region()
    .optional()
    .describe(
      "Region of the copies, in which the recovery stack is created; without it nothing is copied",
    ),
  readiness: readiness
    .default(BACKUP_RESTORE)
    .describe(
      "What exists in the other region before this one is lost; the same value in both stacks. backup-restore: copies, the recovery stack is created in the emergency; pilot-light: the recovery stack exists, with a replica of the database and without tasks. Where crm:recovery.region or crm:database.standbyOf is set, the default is pilot-light",
    ),
  serving: flag()
    .default(false)
    .describe("Whether a pilot light has taken over: its database is promoted, its services run"),
  protect: flag().default(true).describe("Whether Pulumi refuses to delete vaults and their keys"),
  automatedBackupDays: within(DATABASE_BACKUP_DAYS, "days")
    .default(7)
    .describe(
      "Retention of the database's automated backups in the other region, in days; 0: none",
    ),
  quotas: quotasSchema
    .prefault({})
    .describe(
      "Quotas requested in that region, so that the platform fits into it; at least the account's current quota, because AWS refuses a request for less",
    ),
  plan: planSchema
    .optional()
    .describe(
      "Backups by AWS Backup; without it there are none besides the services' own. Production needs it",
    ),
  lock: lockSchema
    .optional()
    .describe(
      "Makes backups in the vaults undeletable for a time; without it, only policies protect them. Production needs it",
    ),
  restoreTest: restoreTestSchema
    .optional()
    .describe(
      "Restores the newest backup of the database by schedule and deletes it again. Production needs it, but not a stack that is restored itself",
    ),
  configuration: configurationSchema
    .optional()
    .describe("Writes cluster, services and task definitions to a bucket. Production needs it"),
  watch: watchSchema
    .optional()
    .describe(
      "Checks the platform's health from that region every minute, and reports through it. Production needs it",
    ),
  beforeDeployment: deploymentBackupSchema
    .optional()
    .describe(
      "Backs up the database before the primary, a service or a function is changed, and waits for it. Production needs it",
    ),
});

export type RecoveryConfig = z.infer<typeof recoverySchema>;

export const recoveryRules: SectionRules<RecoveryConfig> = (recovery, report) => {
  const { plan, lock, region: copies, quotas } = recovery;
  if (copies === undefined && Object.keys(quotas).length > 0) {
    report(["quotas"], quotas, "nothing without region");
  }
  if (copies === undefined && recovery.watch !== undefined) {
    report(["watch"], recovery.watch, "nothing without region, as it asks from there");
  }
  if (plan === undefined) {
    for (const key of ["lock", "restoreTest", "beforeDeployment"] as const) {
      if (recovery[key] !== undefined) {
        report([key], recovery[key], "nothing without plan, as there is no vault");
      }
    }
    return;
  }
  const shortest = plan.startWindowMinutes + COMPLETION_WINDOW.afterStart;
  if (plan.completionWindowMinutes < shortest) {
    const expected = `at least ${shortest} minutes, ${COMPLETION_WINDOW.afterStart} more than startWindowMinutes`;
    report(["plan", "completionWindowMinutes"], plan.completionWindowMinutes, expected);
  }
  // The alarms on the copies' age are named by it: a bucket of that name would replace the database's own.
  if (plan.buckets.includes(DATABASE_WORD)) {
    const expected = `keys other than ${DATABASE_WORD}, which stands for the database itself`;
    report(["plan", "buckets"], DATABASE_WORD, expected);
  }
  if (plan.firstHour >= plan.intervalHours) {
    const expected = `less than intervalHours ${plan.intervalHours}, as starts count from midnight`;
    report(["plan", "firstHour"], plan.firstHour, expected);
  }
  if (lock !== undefined) {
    lockRules(recovery, lock, report);
  }
};

/** A locked vault refuses backups that are kept shorter or longer than it says: the jobs fail. */
function lockRules(
  { plan, beforeDeployment }: RecoveryConfig,
  lock: NonNullable<RecoveryConfig["lock"]>,
  report: Parameters<typeof recoveryRules>[1],
): void {
  if (lock.maximumDays < lock.minimumDays) {
    report(["lock", "maximumDays"], lock.maximumDays, `at least ${lock.minimumDays} days`);
    return;
  }
  const retentions: [readonly string[], number | undefined][] = [
    [["plan", "retentionDays"], plan?.retentionDays],
    [["plan", "copyRetentionDays"], plan?.copyRetentionDays],
    [["beforeDeployment", "retentionDays"], beforeDeployment?.retentionDays],
  ];
  for (const [path, days] of retentions) {
    if (days !== undefined && (days < lock.minimumDays || days > lock.maximumDays)) {
      report(path, days, `${lock.minimumDays} to ${lock.maximumDays} days, as lock says`);
    }
  }
}
