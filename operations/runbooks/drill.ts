/** `npm run drill`: the ways back are tried beside the platform, and timed. Users notice nothing. */
import { value } from "../../analysis/recovery/resources";
import { databaseRestore, minutesOf, restoreCase } from "../../analysis/recovery/steps";
import {
  act,
  available,
  describeInstance,
  gone,
  placeOf,
  placeOptions,
  printsSomething,
  prove,
  restoreTo,
  roomForInstance,
  signedIn,
  wait,
} from "./commands";
import { beside, namedOf, type BookPlan } from "./names";
import { vaultsOf, type Vaults } from "./restore-from-vault";
import { withDatabase, type WithDatabase } from "./state-follows";
import type { Command, Runbook, Step } from "./step";

const INSTANCE = "aws:rds/instance:Instance";
/** Days for which the drill's backup is kept, where the vault's lock does not ask for more. */
const KEPT_DAYS = 7;

export function drill(plan: BookPlan): Runbook {
  const named = withDatabase(namedOf(plan));
  const vaults = vaultsOf(named);
  const instance = beside(named.id, "drill");
  return {
    ...{ command: "drill", stack: named.stackName, page: "drill.md" },
    before: [signedIn(named)],
    parts: [
      {
        ...{ id: "tried", first: 1 },
        steps: [
          restoreStep(named, instance),
          dataStep(named, instance),
          ...(vaults === undefined ? [] : backupSteps(named, vaults)),
          tidyStep(named, instance),
        ],
      },
    ],
    cases: { all: ["tried"] },
    questions: {},
  };
}

function restoreStep(named: WithDatabase, instance: string): Step {
  const { region, id, stack, primary } = named;
  const { minutes } = databaseRestore(stack, primary);
  // It is deleted at the end.
  const options = placeOptions(named).replace(
    /--(no-)?deletion-protection/,
    "--no-deletion-protection",
  );
  return {
    id: "restore",
    title: `Restore the database to a new instance, ${instance}`,
    says: "The restore is the one after a deletion, with the settings of the primary. Nothing uses the new instance. While it exists, it costs as much as the primary.",
    minutes,
    commands: [
      roomForInstance(region),
      placeOf(region, id),
      restoreTo(region, `identifier ${id}`, instance, `--use-latest-restorable-time ${options}`),
      {
        ...available(region, instance, minutes),
        measures: { type: INSTANCE, when: restoreCase(primary) },
      },
    ],
    undo: `The last step deletes ${instance}.`,
  };
}

function dataStep({ region, stack }: WithDatabase, instance: string): Step {
  return {
    id: "data",
    title: "The data is there",
    says: "In a second terminal, open [a tunnel](../operations.md#shell-and-tunnel) with this address as `--host`, and sign in with the login of the primary.",
    minutes: minutesOf(stack, "verify"),
    commands: [
      prove("The address", describeInstance(region, instance, "Endpoint.Address"), {
        good: printsSomething("a host"),
      }),
    ],
    look: "the newest rows of a table that you know are in it",
    undo: "Nothing was changed.",
  };
}

function backupSteps(named: WithDatabase, vaults: Vaults): Step[] {
  const { region, account, id, stack } = named;
  const { vault, backupRole, copies } = vaults;
  const least = stack
    .ofType("aws:backup/vaultLockConfiguration:VaultLockConfiguration")
    .map((one) => Number(value(one, "minRetentionDays") ?? 0));
  const days = Math.max(KEPT_DAYS, ...least);
  const lifecycle = `--lifecycle DeleteAfterDays=${days}`;
  const job = (kind: "backup" | "copy", line: string, minutes: number): Command[] => [
    act(kind === "backup" ? "Back up" : "Copy", line, { keeps: [`${kind} job`] }),
    {
      ...wait(
        "The job is done",
        `aws backup describe-${kind}-job --region ${region} --${kind}-job-id <${kind} job> --query ${kind === "backup" ? "State" : "CopyJob.State"} --output text`,
        "COMPLETED",
        minutes,
        { bad: /^(ABORTED|EXPIRED|FAILED|PARTIAL)$/, redo: true },
      ),
      measures: { key: `${kind}Job` },
    },
  ];
  const [backup, copy] = [minutesOf(stack, "backupJob"), minutesOf(stack, "copyJob")];
  return [
    {
      id: "backup",
      title: "Back the database up into the vault",
      says: `As the plan of AWS Backup does; the backup is kept for ${days} days.`,
      minutes: backup,
      commands: [
        ...job(
          "backup",
          `aws backup start-backup-job --region ${region} --backup-vault-name ${vault} --resource-arn arn:aws:rds:${region}:${account}:db:${id} --iam-role-arn ${backupRole} ${lifecycle} --query BackupJobId --output text`,
          backup,
        ),
        prove(
          "The backup",
          `aws backup describe-backup-job --region ${region} --backup-job-id <backup job> --query RecoveryPointArn --output text`,
          { keeps: ["recovery point"], good: printsSomething("an ARN") },
        ),
      ],
      undo: `Nothing: the vault deletes it after ${days} days.`,
    },
    ...(copies === undefined
      ? []
      : [
          {
            id: "copy",
            title: `Copy it to ${copies.region}`,
            says: `The copy is what is left when the region is lost; it is kept for ${days} days as well.`,
            minutes: copy,
            commands: job(
              "copy",
              `aws backup start-copy-job --region ${region} --recovery-point-arn <recovery point> --source-backup-vault-name ${vault} --destination-backup-vault-arn arn:aws:backup:${copies.region}:${account}:backup-vault:${copies.vault} --iam-role-arn ${backupRole} ${lifecycle} --query CopyJobId --output text`,
              copy,
            ),
            undo: `Nothing: the vault deletes it after ${days} days.`,
          },
        ]),
  ];
}

function tidyStep({ region, stack }: WithDatabase, instance: string): Step {
  const minutes = minutesOf(stack, "deleteInstance");
  return {
    id: "tidy",
    title: `Delete ${instance}`,
    says: "Without a snapshot: its data is the primary's.",
    minutes,
    commands: [
      act(
        "Delete it",
        `aws rds delete-db-instance --region ${region} --db-instance-identifier ${instance} --skip-final-snapshot --delete-automated-backups --query DBInstance.DBInstanceStatus --output text`,
        { already: /DBInstanceNotFound|InvalidDBInstanceState/ },
      ),
      {
        ...gone(region, instance, minutes),
        measures: { key: "deleteInstance" },
      },
    ],
    undo: "There is none, and none is needed.",
  };
}
